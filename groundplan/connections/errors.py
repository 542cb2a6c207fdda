"""Everything this package says to a person, one function a message."""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.problems import Problem

__all__ = ["refused"]

_ANY = "any port"
_SIDES = {"egress": ("lets it out", "egress"), "ingress": ("lets it in", "ingress")}


def refused(
    path: str, who: str, what: str, why: str, ports: Sequence[str], direction: str, policies: Sequence[str]
) -> Problem:
    none, word = _SIDES[direction]
    by = f"{' and '.join(policies)} {'closes' if len(policies) == 1 else 'close'} it, and no NetworkPolicy {none}"
    led = [port for port in ports if not what.endswith(f" at {port}") and port != _ANY]
    at = f" ({', '.join(led)} of the pods)" if led else ""
    return Problem(
        path,
        f"{who} cannot ask {what}{at}: {by}; {why}",
        f"Let it through by an {word} rule, or leave out what asks.",
    )
