"""Every message of the policy gate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from groundplan.problems import BadInput, Problem, ToolFailed, nearest

__all__ = [
    "engine_failed",
    "engine_missing",
    "gate_does_not_deny",
    "metadata_problem",
    "no_policies",
    "not_a_plan",
    "plan_errored",
    "plan_incomplete",
    "rules_not_evaluated",
    "unknown_example_key",
    "unknown_rule_in_exception",
    "unknown_stack_in_exception",
    "unreadable_data",
    "unreadable_verdict",
]

_SHOWN = 400


def no_policies(folder: Path) -> BadInput:
    return BadInput(
        Problem(
            str(folder), "holds no main.rego", "Restore the policies there: without main.rego nothing can be judged."
        )
    )


def metadata_problem(path: str, message: str) -> Problem:
    return Problem(path, message, "See policies/README.md for what the METADATA block of a rule holds.")


def unreadable_data(path: str, reason: str) -> Problem:
    return Problem(path, f"cannot be read: {reason}")


def unknown_example_key(path: str, key: str) -> Problem:
    return Problem(path, f"{key} is neither a resource type nor one of actions, provider, waivers, permits")


def unknown_rule_in_exception(path: str, rule: str, allowed: Iterable[str]) -> Problem:
    guess = nearest(rule, allowed)
    return Problem(f"{path}.rule", f"there is no rule {rule!r}", f"Did you mean {guess}?" if guess else "")


def unknown_stack_in_exception(path: str, stack: str, allowed: Sequence[str]) -> Problem:
    guess = nearest(stack, allowed)
    cure = f"Did you mean {guess}?" if guess else f"There are: {', '.join(sorted(allowed))}."
    return Problem(f"{path}.stack", f"there is no stack {stack!r}", cure)


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


def engine_missing(name: str) -> ToolFailed:
    return ToolFailed(
        f"the policy engine {name} is not there",
        cure="Put opa (1.0 or newer) on PATH, or its path into GROUNDPLAN_OPA, or use the embedded engine.",
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
