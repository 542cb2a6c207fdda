"""From plan files to a Review."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from groundplan.plan.meta import PlanMeta
from groundplan.policy.findings import Finding, Findings
from groundplan.problems import BadInput, Problem
from groundplan.remembering import Memory, digest
from groundplan.synth.manifest import Manifest

from .kept import kept_or, key_of
from .model import Review, StackReview
from .objects import read_objects
from .plans import Plan, content_of, plan_of
from .sensitive import Redactor, secrets_of
from .shown import INSTANCE_KEY, MESSAGE_CHARACTERS, Builder, Earlier, address_of, by_importance
from .text import cut, one_line

if TYPE_CHECKING:
    from groundplan.rendering import Renders

__all__ = ["read_review", "redactors", "without_secrets"]


def read_review(
    plans: Mapping[str, Path],
    metas: Mapping[str, PlanMeta],
    findings: Findings,
    manifest: Manifest | None,
    *,
    project: Path,
    holds_data: Callable[[str], bool],
    memory: Memory | None = None,
    renders: Renders | None = None,
    keeps: bool = False,
) -> Review:
    """Reads every plan, and removes what any of them marks sensitive from all that is said.

    `holds_data(type)` tells whether a resource type keeps data that is lost with it; it and `project` must be the same
    whenever the `memory` is. With `keeps`, what is shown of a stack is kept for later reviews, and `holds_data` must be
    theirs. Raises BadInput with one problem for each file that is missing or is no plan.
    """
    memory = memory or Memory()
    read = _read(plans, memory)
    redact, hidden = _redactor(read, memory)
    shown = tuple(_finding(finding, redact) for finding in findings.findings)
    removed = [meta.removed for meta in metas.values() if meta.removed is not None]
    records = {record.name: record for each in (manifest, *removed) if each is not None for record in each.stacks}
    names = sorted({*read, *records, *findings.stacks, *(finding.stack for finding in shown)})
    builder = Builder(redact, holds_data, project, findings.types_read)

    def stack(name: str) -> StackReview:
        plan, meta, record = read.get(name), metas.get(name), records.get(name)
        own = [finding for finding in shown if finding.stack == name]
        judged = name in findings.stacks
        # a lone surrogate, which a finding may quote, has no JSON
        said = [repr(each) for each in (meta, record, *own)]
        key = key_of(name, plan and plan.digest, hidden, digest(*said), findings.types_read, judged, project)
        # asked for by every review, so that it is there when the stack's plan is another
        earlier = Earlier(memory.get(("changes", name, hidden)) or {})

        def built() -> StackReview:
            found = builder.stack(
                name, plan=plan, meta=meta, record=record, findings=own, judged=judged, earlier=earlier
            )
            memory.put(("changes", name, hidden), earlier.now)
            return found

        may_keep = keeps and meta is not None and meta.mode == "offline"
        return memory.of(("stack", key), partial(kept_or, key, built) if may_keep else built)

    stacks = tuple(stack(name) for name in names)
    # environments as the project lists them, which is the order in which a change travels
    environments = dict.fromkeys(record.environment for record in manifest.stacks) if manifest else {}
    rank = {name: index for index, name in enumerate(environments)}
    ordered = sorted(
        stacks,
        key=lambda stack: (rank.get(stack.environment, len(rank)), stack.environment, stack.family, stack.name),
    )
    objects = None
    if renders is not None:
        objects = read_objects(
            renders,
            redact,
            {stack.name: stack.environment for stack in stacks},
            [stack.name for stack in stacks if stack.base is not None or stack.mode == "live"],
        )
    return Review(
        tuple(ordered), findings.rules, tuple(sorted(shown, key=by_importance)), one_line(findings.engine), objects
    )


def _read(plans: Mapping[str, Path], memory: Memory) -> dict[str, Plan]:
    """What is kept of each plan, by stack. Raises BadInput with the problems of all files."""
    problems: list[Problem] = []
    read: dict[str, Plan] = {}
    for stack in sorted(plans):
        try:
            content = content_of(stack, plans[stack])
            own = digest(content)
            read[stack] = memory.of(("plan to review", own), partial(plan_of, stack, plans[stack], content, own))
        except BadInput as bad:
            problems += bad.problems
    if problems:
        raise BadInput(problems)
    return read


def _redactor(read: Mapping[str, Plan], memory: Memory) -> tuple[Redactor, str]:
    """What removes everything that one of the plans marks sensitive, and what stands for it."""
    secrets = {secret for plan in read.values() for secret in plan.secrets}
    hidden = digest(*sorted(secrets))
    return memory.of(("redactor", hidden), lambda: Redactor(secrets)), hidden


def without_secrets(findings: Findings, plans: Mapping[str, Path], *, memory: Memory | None = None) -> Findings:
    """`findings` as they may be written and printed: without any value that one of the plans marks sensitive.

    Raises BadInput as `read_review` does.
    """
    memory = memory or Memory()
    redact, _ = _redactor(_read(plans, memory), memory)
    return findings.model_copy(
        update={
            "findings": tuple(
                finding.model_copy(
                    update={
                        "message": redact(finding.message),
                        "fix": redact(finding.fix),
                        "waiver": redact(finding.waiver) if finding.waiver else finding.waiver,
                        "address": INSTANCE_KEY.sub(lambda match: f'["{redact(match[1])}"]', finding.address),
                    }
                )
                for finding in findings.findings
            )
        }
    )


def redactors(plans: Mapping[str, Path]) -> Callable[[str, str], str]:
    """What takes the secrets that a stack's plan marks out of a text: given the stack and the text.

    Raises BadInput as `read_review` does.
    """
    made: dict[str, Redactor] = {}

    def redact(stack: str, text: str) -> str:
        if stack not in made:
            made[stack] = Redactor(secrets_of(json.loads(plans[stack].read_bytes())))
        return made[stack](text)

    return redact


def _finding(finding: Finding, redact: Callable[[str], str]) -> Finding:
    """The finding with its texts redacted: a rule may quote the value that it denies."""
    return finding.model_copy(
        update={
            "message": cut(one_line(redact(finding.message)), MESSAGE_CHARACTERS),
            "fix": cut(one_line(redact(finding.fix)), MESSAGE_CHARACTERS),
            "waiver": cut(one_line(redact(finding.waiver)), MESSAGE_CHARACTERS) if finding.waiver else finding.waiver,
            "address": address_of(finding.address, redact),
        }
    )
