"""A picture of the stacks of one environment: who reads whom, and what changes. Inline SVG, drawn here.

A column as narrow as a phone: layers from top to bottom, what is read above who reads it, at most two stacks a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

import networkx as nx

__all__ = ["Box", "Edge", "Picture", "draw"]

WIDTH = 344
BOX_WIDTH = 158
BOX_HEIGHT = 46
_GAP = WIDTH - 2 * BOX_WIDTH
_ROW = BOX_HEIGHT + 14
_LAYER = 20
_MARGIN = 4
_SWEEPS = 4


@dataclass(frozen=True)
class Box:
    """A stack's place."""

    name: str
    x: int
    y: int


@dataclass(frozen=True)
class Edge:
    """An arrow from the stack that is read to the one that reads it, as an SVG path."""

    source: str
    target: str
    path: str


@dataclass(frozen=True)
class Picture:
    """Places and arrows in a drawing of `width` by `height`."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]


def draw(depends_on: Mapping[str, Sequence[str]]) -> Picture:
    """Lays out stacks; `depends_on` names for each the stacks that it reads. Others than its keys are left out.

    A line that others imply (a reads b, b reads c, a reads c) is not drawn. Stacks that read each other in a circle,
    which Terraform Cloud would never finish, share a layer.
    """
    graph = nx.DiGraph()
    graph.add_nodes_from(sorted(depends_on))
    for name in sorted(depends_on):
        graph.add_edges_from((upstream, name) for upstream in sorted(depends_on[name]) if upstream in depends_on)
    if nx.is_directed_acyclic_graph(graph):
        graph = nx.transitive_reduction(graph)
        graph.add_nodes_from(sorted(depends_on))
    places: dict[str, _Place] = {}
    row = 0
    y = _MARGIN
    for layer in _ordered(graph, _layers(graph)):
        for start in range(0, len(layer), 2):
            names = layer[start : start + 2]
            columns = [0, 1] if len(names) == 2 else [_column(names[0], graph, places)]
            for name, column in zip(names, columns, strict=True):
                places[name] = _Place(column * (BOX_WIDTH + _GAP), y, row)
            y += _ROW
            row += 1
        y += _LAYER
    drawn = sorted(edge for edge in graph.edges if edge[0] != edge[1])
    edges = tuple(
        Edge(source, target, _line(places[source], places[target], _lane(index, len(drawn))))
        for index, (source, target) in enumerate(drawn)
    )
    boxes = tuple(Box(name, place.x, place.y) for name, place in places.items())
    return Picture(WIDTH, max(y - _ROW + BOX_HEIGHT - _LAYER + _MARGIN, 2 * _MARGIN), boxes, edges)


@dataclass(frozen=True)
class _Place:
    x: int
    y: int
    row: int


def _column(name: str, graph: nx.DiGraph[str], places: Mapping[str, _Place]) -> int:
    """The column of a stack that is alone in its row: below most of what it reads. The middle stays free for lines."""
    xs = [places[other].x for other in graph.predecessors(name) if other in places]
    return 1 if xs and mean(xs) > (BOX_WIDTH + _GAP) / 2 else 0


def _layers(graph: nx.DiGraph[str]) -> list[list[str]]:
    condensed = nx.condensation(graph)
    members = condensed.nodes(data="members")
    by_number = dict(members)
    return [
        sorted(name for number in generation for name in by_number[number])
        for generation in nx.topological_generations(condensed)
    ]


def _ordered(graph: nx.DiGraph[str], layers: list[list[str]]) -> list[list[str]]:
    """Each layer ordered by the mean place of its neighbours, some sweeps down and up: fewer crossings."""
    rank = {name: float(index) for layer in layers for index, name in enumerate(layer)}

    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        neighbours = graph.predecessors if down else graph.successors
        for layer in layers if down else reversed(layers):
            places = {name: mean([rank[other] for other in neighbours(name)] or [rank[name]]) for name in layer}
            layer.sort(key=lambda name: (places[name], name))
            rank.update({name: float(index) for index, name in enumerate(layer)})
    return layers


def _lane(index: int, count: int) -> int:
    """Where in the middle a line runs, so that lines that pass the same rows lie side by side."""
    room = _GAP - 8
    return WIDTH // 2 - room // 2 + (room * (index + 1)) // (count + 1)


def _line(source: _Place, target: _Place, lane: int) -> str:
    """Straight down to the next row; through the middle, between the columns, when rows lie in between."""
    x1, y1 = source.x + BOX_WIDTH // 2, source.y + BOX_HEIGHT
    x2, y2 = target.x + BOX_WIDTH // 2, target.y
    if target.row <= source.row + 1:
        bend = max(10, (y2 - y1) // 2)
        return f"M{x1} {y1}C{x1} {y1 + bend} {x2} {y2 - bend} {x2} {y2}"
    turn = 14
    return (
        f"M{x1} {y1}C{x1} {y1 + turn} {lane} {y1 + 2} {lane} {y1 + turn + 6}"
        f"V{y2 - turn - 6}C{lane} {y2 - 2} {x2} {y2 - turn} {x2} {y2}"
    )
