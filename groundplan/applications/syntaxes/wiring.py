"""Names in a configuration that must be defined elsewhere in it: the receivers of a pipeline, say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from groundplan.charts.opaque import is_opaque
from groundplan.charts.paths import Way, parse_path
from groundplan.problems import nearest

from ..facts import Application
from ..places import found_at
from ..walking import Finding

__all__ = ["unwired"]


def unwired(application: Application, value: Any, way: Way, *, others: Iterable[Way]) -> Iterator[Finding]:
    """References to what is not there. `others` are the ways of what others merge with the value.

    A name with a slash at its end stands for all that go on from there (`k8s_leader_elector/`).
    """
    if not application.wiring or is_opaque(value):
        return
    merged = [other for other in others if len(other) > 1]
    beginnings = tuple(name for other in merged if (name := str(other[1])).endswith("/"))
    for link in application.wiring:
        defined: set[str] = set()
        gone: set[str] = set()
        is_known = True
        for kind in link["in"]:
            for _, found in found_at(value, parse_path(kind)):
                if is_opaque(found) or any(map(is_opaque, found)):
                    is_known = False
                else:
                    defined |= set(map(str, found))
                    gone |= {str(key) for key, item in found.items() if item is None}
        brought = {str(other[1]) for other in merged if other[0] in link["in"]}
        # null takes away what the chart has; of what it has not, it is one with all its defaults
        defined -= gone & brought
        written = tuple(sorted(defined))
        defined |= brought - gone
        if not is_known:
            continue
        for at, name in found_at(value, parse_path(link["at"])):
            if not isinstance(name, str) or is_opaque(name) or "{{" in name:
                continue
            if name not in defined and not name.startswith(beginnings):
                said = (tuple(link["in"]), written or tuple(sorted(defined)))
                yield Finding("no such name", (*way, *at), name, said, nearest(name, defined) or "", is_plain=True)
