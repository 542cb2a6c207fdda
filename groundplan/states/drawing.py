"""A picture of a machine, as Mermaid draws it: https://mermaid.js.org/syntax/stateDiagram.html."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .model import Choice, Fail, Map, Parallel, StateMachine, Succeed, Task, Wait, Workflow

__all__ = ["drawn"]


def drawn(machine: StateMachine) -> str:
    """The machine as a diagram of states: ways after an error say which; the same text for the same machine."""
    return "\n".join(["stateDiagram-v2", *_workflow(machine, _ids(machine), "    ")]) + "\n"


def _ids(machine: StateMachine) -> dict[str, str]:
    """A short name for each state: names of the language may have spaces and signs."""
    from .checks import workflows

    names = [name for _, workflow in workflows(machine) for name in workflow.states]
    return {name: f"s{number}" for number, name in enumerate(names, 1)}


def _workflow(workflow: Workflow, ids: dict[str, str], indent: str) -> Iterator[str]:
    yield f"{indent}[*] --> {ids[workflow.start_at]}"
    for name, state in workflow.states.items():
        own = ids[name]
        yield f"{indent}{own}: {_label(name, state)}"
        inner = (
            state.branches if isinstance(state, Parallel) else [state.item_processor] if isinstance(state, Map) else []
        )
        if inner:
            yield f"{indent}state {own} {{"
            for number, each in enumerate(inner):
                if number:
                    yield f"{indent}    --"
                yield from _workflow(each, ids, f"{indent}    ")
            yield f"{indent}}}"
        yield from (f"{indent}{line}" for line in _ways(own, state, ids))


def _label(name: str, state: Any) -> str:
    if isinstance(state, Task):
        return f"{_plain(name)} ({state.resource.rpartition(':::')[2].replace(':', ' ')})"
    if isinstance(state, Wait):
        return f"{_plain(name)} (wait)"
    if isinstance(state, Map) and state.distributed:
        return f"{_plain(name)} (each item)"
    return _plain(name)


def _ways(own: str, state: Any, ids: dict[str, str]) -> Iterator[str]:
    if isinstance(state, Choice):
        for rule in state.choices:
            yield f"{own} --> {ids[rule.next or '']}: {_plain(rule.comment or 'when so')}"
        if state.default is not None:
            yield f"{own} --> {ids[state.default]}: otherwise"
    elif isinstance(state, (Succeed, Fail)) or state.end:
        yield f"{own} --> [*]"
    else:
        yield f"{own} --> {ids[state.next]}"
    for catcher in getattr(state, "catch", None) or ():
        yield f"{own} --> {ids[catcher.next]}: {', '.join(_plain(name) for name in catcher.error_equals)}"


def _plain(text: str) -> str:
    """Mermaid ends a label at a line's end, and reads a colon as its beginning."""
    return " ".join(text.replace(":", " ").replace(";", ",").split())
