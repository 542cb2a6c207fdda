"""What collectors read and where they send it, of the configurations that their releases hold.

A collector is a release whose chart `data/emitters.json` names among `collectors`, with what its components are: which
read objects of the Prometheus operator, which scrape what every cluster has, where signals come from and go.

https://grafana.com/docs/alloy/latest/reference/components/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundplan.applications.syntaxes.blocks import ALLOY, NotReadable, read
from groundplan.applications.written import Block
from groundplan.objects import KubernetesObject
from groundplan.objects.fields import matches

from . import errors
from .discovering import discovered_by
from .errors import Said
from .facts import emitters
from .monitors import GROUP
from .running import Running, all_objects, map_at

__all__ = ["Collector", "Reader", "collectors_of", "discoveries_of", "read_objects", "unread"]

KINDS = ("ServiceMonitor", "PodMonitor", "Probe", "PrometheusRule")
"""The kinds of objects that mean nothing until a collector reads them."""


@dataclass(frozen=True)
class Reader:
    """A component that reads objects of `kind` with what `selector` asks for, None where that is not known.

    `namespaces` are those that it looks into, empty for all.
    """

    kind: str
    component: str
    selector: Mapping[str, Any] | None
    namespaces: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What it asks for, in words."""
        if self.selector is None:
            return "labels that are not known"
        said = [f"{key}={value}" for key, value in sorted(map_at(self.selector, "matchLabels").items())]
        said += [f"{each.get('key')} {each.get('operator')}" for each in self.selector.get("matchExpressions", ())]
        where = f" in {', '.join(self.namespaces)}" if self.namespaces else ""
        return (", ".join(said) or "any label") + where

    def may_read(self, obj: KubernetesObject) -> bool:
        """Whether it reads an object, as far as anybody can know."""
        if obj.kind != self.kind or (self.namespaces and obj.namespace not in self.namespaces):
            return False
        return self.selector is None or matches(self.selector, map_at(obj.document, "metadata", "labels"))


@dataclass(frozen=True)
class Collector:
    """A release that collects: what of its components reads objects, and which components of the cluster it scrapes.

    `sources` say in words what it takes in, `sinks` where it sends it to.
    """

    release: Running
    name: str
    readers: tuple[Reader, ...]
    scraped: frozenset[str]
    sources: tuple[str, ...]
    sinks: tuple[str, ...]


def collectors_of(running: Sequence[Running]) -> list[Collector]:
    """The collectors among releases, each configuration of theirs by itself; what cannot be read is told elsewhere."""
    found = []
    for release in running:
        facts = emitters()["collectors"].get(release.chart)
        if release.is_local or facts is None:
            continue
        for one in release.objects or ():
            if one.kind == "ConfigMap":
                found += [
                    _collector(release, one, content, facts)
                    for text in map_at(one.document, "data").values()
                    if (content := _content(text)) is not None
                ]
    return found


def discoveries_of(running: Iterable[Running]) -> list[tuple[str, ...]]:
    """The namespaces, empty for all, in which pods that offer themselves are collected from, as PromQL finds them.

    What takes metrics elsewhere, such as to CloudWatch, writes to no store of Prometheus's.
    """
    return [
        namespaces
        for release in running
        for one in release.objects or ()
        if one.kind == "ConfigMap"
        for text in map_at(one.document, "data").values()
        if isinstance(text, str) and ("remote_write" in text or "remotewrite" in text)
        for namespaces in discovered_by(text)
    ]


def _content(text: Any) -> Block | None:
    try:
        return read(text, ALLOY).content if isinstance(text, str) else None
    except NotReadable:
        return None


def _collector(release: Running, one: KubernetesObject, content: Block, facts: Mapping[str, Any]) -> Collector:
    readers = [
        Reader(kind, f"{said['component']}.{label}", _selector(block, said["selector"]), _namespaces(block))
        for kind, said in facts["reads"].items()
        for label, block in _labelled(content, said["component"])
    ]
    jobs = {str(block.get("job_name")) for _, block in _labelled(content, facts["scrape"])}
    sources = [words for kind, words in facts["sources"].items() if kind in content]
    return Collector(
        release,
        one.name,
        tuple(readers),
        frozenset(component for job, component in facts["jobs"].items() if job in jobs),
        tuple(dict.fromkeys(sources)),
        tuple(dict.fromkeys(_sinks(content, facts["sinks"]))),
    )


def _labelled(content: Mapping[str, Any], kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The blocks of a kind, each with its label."""
    for label, blocks in map_at(content, kind).items():
        for block in blocks if isinstance(blocks, list) else ():
            if isinstance(block, Mapping):
                yield label, block


def _inner(block: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    found = block.get(name)
    yield from (each for each in found if isinstance(each, Mapping)) if isinstance(found, list) else ()


def _selector(block: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """As Kubernetes writes it; None where an expression stands in it that Alloy alone evaluates."""
    labels: dict[str, Any] = {}
    expressions: list[Mapping[str, Any]] = []
    for selector in _inner(block, name):
        said = selector.get("match_labels", {})
        if not isinstance(said, Mapping) or any(_is_open(value) for value in said.values()):
            return None
        labels.update(said)
        expressions += _inner(selector, "match_expression")
    if any(_is_open(value) for each in expressions for value in each.values()):
        return None
    return {"matchLabels": labels, "matchExpressions": expressions}


def _is_open(value: Any) -> bool:
    return isinstance(value, str) and "${" in value


def _namespaces(block: Mapping[str, Any]) -> tuple[str, ...]:
    names = block.get("namespaces")
    return tuple(map(str, names)) if isinstance(names, list) and not any(map(_is_open, names)) else ()


def _sinks(content: Mapping[str, Any], facts: Mapping[str, str]) -> Iterator[str]:
    for kind, path in facts.items():
        for _, block in _labelled(content, kind):
            *above, last = path.split(".")
            holders: list[Mapping[str, Any]] = [block]
            for step in above:
                holders = [inner for holder in holders for inner in _inner(holder, step)]
            yield from (str(holder[last]) for holder in holders if isinstance(holder.get(last), str))


def read_objects(running: Sequence[Running]) -> list[tuple[Running, KubernetesObject]]:
    """Every object of the kinds that a collector has to read, with its release."""
    return [each for kind in KINDS for each in all_objects(running, kind, GROUP)]


def unread(obj: KubernetesObject, collectors: Sequence[Collector]) -> Said | None:
    """Why no collector reads an object; None where one may, or where none of them collects metrics at all.

    An environment without a collector of metrics has one that nobody here knows of, or none.
    """
    readers = [(collector, reader) for collector in collectors for reader in collector.readers]
    if not readers or any(reader.may_read(obj) for _, reader in readers):
        return None
    asked = sorted(
        f"{reader.component} of {collector.name} ({reader.words})"
        for collector, reader in readers
        if reader.kind == obj.kind
    )
    labels = map_at(obj.document, "metadata", "labels")
    return errors.read_by_nobody(obj.kind, asked, [f"{key}={labels[key]}" for key in sorted(labels)])
