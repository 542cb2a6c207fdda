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

    Stacks that read each other in a circle, which Terraform Cloud would never finish, share a layer.
    """
    graph = nx.DiGraph()
    graph.add_nodes_from(sorted(depends_on))
    for name in sorted(depends_on):
        graph.add_edges_from((upstream, name) for upstream in sorted(depends_on[name]) if upstream in depends_on)
    layers = _ordered(graph, _layers(graph))
    places: dict[str, tuple[int, int]] = {}
    y = _MARGIN
    for layer in layers:
        for start in range(0, len(layer), 2):
            row = layer[start : start + 2]
            xs = [0, BOX_WIDTH + _GAP] if len(row) == 2 else [(WIDTH - BOX_WIDTH) // 2 if len(layer) == 1 else 0]
            places.update({name: (x, y) for name, x in zip(row, xs, strict=True)})
            y += _ROW
        y += _LAYER
    boxes = tuple(Box(name, *places[name]) for layer in layers for name in layer)
    edges = tuple(
        Edge(source, target, _curve(places[source], places[target]))
        for source, target in sorted(graph.edges)
        if source != target
    )
    return Picture(WIDTH, max(y - _ROW + BOX_HEIGHT - _LAYER + _MARGIN, 2 * _MARGIN), boxes, edges)


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


def _curve(source: tuple[int, int], target: tuple[int, int]) -> str:
    x1, y1 = source[0] + BOX_WIDTH // 2, source[1] + BOX_HEIGHT
    x2, y2 = target[0] + BOX_WIDTH // 2, target[1]
    bend = max(12, (y2 - y1) // 2)
    return f"M{x1} {y1} C{x1} {y1 + bend} {x2} {y2 - bend} {x2} {y2}"
