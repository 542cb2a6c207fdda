"""Every message of the policy gate."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from groundplan.problems import BadInput, Problem, ToolFailed, nearest

__all__ = [
    "duplicate_exception",
    "engine_failed",
    "environment_without_facts",
    "facts_without_environment",
    "gate_does_not_deny",
    "metadata_problem",
    "no_engine",
    "no_policies",
    "not_a_plan",
    "opa_missing",
    "other_facts",
    "plan_errored",
    "plan_incomplete",
    "regorus_missing",
    "rules_not_evaluated",
    "two_data_files",
    "unknown_environment_in_exception",
    "unknown_example_key",
    "unknown_rule_in_exception",
    "unknown_stack_in_exception",
    "unreadable_verdict",
]

_SHOWN = 400
_GET_OPA = (
    "Put opa (1.0 or newer, https://www.openpolicyagent.org/docs#1-download-opa) on PATH, or its path into "
    "GROUNDPLAN_OPA"
)
_GET_REGORUS = (
    "gordon-to-regorus has packages for Linux with glibc 2.34 or newer and for macOS: "
    "pip install --require-hashes -r engines.lock"
)


def no_policies(folder: Path) -> BadInput:
    return BadInput(
        Problem(
            str(folder), "holds no main.rego", "Restore the policies there: without main.rego nothing can be judged."
        )
    )


def metadata_problem(path: str, message: str) -> Problem:
    return Problem(path, message, "See policies/README.md for what the METADATA block of a rule holds.")


def unknown_example_key(path: str, key: str) -> Problem:
    return Problem(path, f"{key} is neither a resource type nor one of actions, before, provider, waivers, permits")


def two_data_files(name: str, other: str) -> Problem:
    return Problem(name, f"stands beside {other}, and both are rooted at their folder", "Keep one of them.")


def duplicate_exception(place: str, path: str, first: str) -> Problem:
    return Problem(f"{place}: {path}", f"is for the same thing as the entry in {first}", "Keep one of them.")


def unknown_rule_in_exception(place: str, path: str, rule: str, allowed: Iterable[str]) -> Problem:
    guess = nearest(rule, allowed)
    return Problem(f"{place}: {path}", f"there is no rule {_short(rule)!r}", f"Did you mean {guess}?" if guess else "")


def unknown_stack_in_exception(place: str, path: str, stack: str, environment: str, guess: str | None) -> Problem:
    return Problem(
        f"{place}: {path}",
        f"{environment} has no stack {_short(stack)!r}",
        f"Did you mean {guess}?" if guess else "If the stack was removed, remove the entry with it.",
    )


def unknown_environment_in_exception(place: str, path: str, stack: str, environments: Iterable[str]) -> Problem:
    return Problem(
        f"{place}: {path}",
        f"there is no stack {_short(stack)!r}: its name begins with no environment's",
        f"A stack is named <environment>-<family>; there are the environments {', '.join(sorted(environments))}.",
    )


def environment_without_facts(place: str, environment: str, listed: Iterable[str]) -> Problem:
    return Problem(
        place,
        f"the environment {environment} has no entry, so nobody has said whether it is production",
        f"Write the file anew: groundplan policies --write; there are: {', '.join(sorted(listed))}.",
    )


def other_facts(place: str, environment: str, said: Mapping[str, Any], listed: Mapping[str, Any]) -> Problem:
    return Problem(
        f"{place}: {environment}",
        f"is not what the environment says: {json.dumps(dict(said))}, got {json.dumps(dict(listed))}",
        "Write the file anew: groundplan policies --write. To change it, change the environment.",
    )


def facts_without_environment(place: str, entry: str, environments: Iterable[str]) -> Problem:
    names = sorted(environments)
    guess = nearest(entry, names)
    return Problem(
        f"{place}: {entry}",
        "matches no environment",
        f"Did you mean {guess}?" if guess else f"Remove it, or correct it; there are: {', '.join(names)}.",
    )


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def not_a_plan(stack: str, path: Path, reason: str) -> Problem:
    return Problem(
        stack,
        f"{path} is not the JSON of a plan: {reason}",
        "Make it anew with groundplan plan, or with terraform show -json.",
    )


def plan_errored(stack: str, path: Path) -> Problem:
    return Problem(
        stack,
        f"{path} is the plan of a run that failed: `errored` is true, and what is missing in it cannot be judged",
        "Correct what Terraform said, and plan again.",
    )


def plan_incomplete(stack: str, path: Path) -> Problem:
    return Problem(
        stack,
        f"{path} is not a whole plan: Terraform deferred a part of it, or -target left a part out",
        "Plan again without -target, and apply first what the deferred part waits for.",
    )


def opa_missing() -> ToolFailed:
    return ToolFailed(
        "the policy engine opa is not there",
        cure=f"{_GET_OPA}, or use the embedded engine.",
    )


def regorus_missing() -> ToolFailed:
    return ToolFailed(
        "the embedded policy engine regorus, the Python package gordon-to-regorus, is not installed",
        cure=f"{_GET_REGORUS}; judging takes opa in its place, with --engine opa or without --engine.",
    )


def no_engine() -> ToolFailed:
    return ToolFailed(
        "there is no policy engine: the Python package gordon-to-regorus is not installed, and opa is not on PATH",
        cure=f"{_GET_OPA}. {_GET_REGORUS}.",
    )


def engine_failed(name: str, what: str, reason: str) -> ToolFailed:
    return ToolFailed(
        f"the policy engine {name} failed on {what}; nothing was judged",
        cure="Run groundplan policies --test: a rule that reads a value of the wrong type shows there.",
        output=reason.split("Stack backtrace")[0].strip()[:4000],
    )


def unreadable_verdict(name: str, reason: str) -> ToolFailed:
    return ToolFailed(f"the policy engine {name} gave a verdict that cannot be read: {reason[:_SHOWN]}")


def rules_not_evaluated(name: str, missing: Iterable[str], extra: Iterable[str]) -> ToolFailed:
    words = []
    if gone := sorted(missing):
        words.append(f"did not evaluate {', '.join(gone)}")
    if more := sorted(extra):
        words.append(f"evaluated {', '.join(more)}, which no rule file declares")
    return ToolFailed(
        f"the policy engine {name} {' and '.join(words)}",
        cure="A rule's package is rules.<category>.<name>, and its `rule` record carries the id of its file.",
    )


def gate_does_not_deny(name: str, silent: Iterable[str]) -> ToolFailed:
    return ToolFailed(
        f"the gate is broken: with {name}, a plan known to be bad is not denied by {', '.join(sorted(silent))}",
        cure="Nothing was judged. If a rule changed, correct its `avoid` example and run groundplan policies --write "
        "to write policies/selftest/bad_plan.json anew.",
    )
