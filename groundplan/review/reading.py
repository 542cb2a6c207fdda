"""From plan files to a Review."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from groundplan.plan.meta import PlanMeta, Replacement
from groundplan.policy.findings import Finding, Findings, Verdict
from groundplan.problems import BadInput, Problem
from groundplan.remembering import Memory, digest
from groundplan.synth.manifest import Manifest, StackRecord

from . import errors
from .kept import kept_or, key_of
from .leaves import leaves_of
from .model import SEVERITIES, Action, Change, Check, CheckStatus, Invocation, Leaf, Review, StackReview
from .objects import read_objects
from .repeats import known_later, shared_tags, without_repeats
from .sensitive import Redactor, masks_of, secrets_of
from .text import cut, one_line, visible
from .words import MAY_REPLACE, REASONS

if TYPE_CHECKING:
    from groundplan.rendering import Renders

__all__ = ["read_review", "redactors", "without_secrets"]

_ACTIONS: dict[tuple[str, ...], Action] = {
    ("no-op",): Action.NOOP,
    ("create",): Action.CREATE,
    ("read",): Action.READ,
    ("update",): Action.UPDATE,
    ("delete",): Action.DELETE,
    ("delete", "create"): Action.REPLACE,
    ("create", "delete"): Action.REPLACE,
    ("create", "forget"): Action.REPLACE,
    ("forget",): Action.FORGET,
}

_INSTANCE_KEY = re.compile(r'\["((?:[^"\\]|\\.)*)"\]')
_MESSAGE_CHARACTERS = 2_000
_EVENTS = {
    "BeforeCreate": "before creating",
    "AfterCreate": "after creating",
    "BeforeUpdate": "before updating",
    "AfterUpdate": "after updating",
    "BeforeDestroy": "before destroying",
    "AfterDestroy": "after destroying",
}
# an update of a Helm release has twenty of them
_FILLED = 3


@dataclass(frozen=True)
class _Plan:
    """What is kept of a plan file while all of them are read."""

    resources: tuple[Mapping[str, Any], ...]
    outputs: Mapping[str, Any]
    unchanged: int
    blockers: tuple[str, ...]
    drift: tuple[Mapping[str, Any], ...] = ()
    checks: tuple[Mapping[str, Any], ...] = ()
    invocations: tuple[Mapping[str, Any], ...] = ()
    types: Counter[str] = field(default_factory=Counter)
    digest: str = ""
    """Stands for the whole file."""
    secrets: frozenset[str] = frozenset()
    """What it marks sensitive."""


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
    builder = _Builder(redact, holds_data, project, findings.types_read)

    def stack(name: str) -> StackReview:
        plan, meta, record = read.get(name), metas.get(name), records.get(name)
        own = [finding for finding in shown if finding.stack == name]
        judged = name in findings.stacks
        # a lone surrogate, which a finding may quote, has no JSON
        said = [repr(each) for each in (meta, record, *own)]
        key = key_of(name, plan and plan.digest, hidden, digest(*said), findings.types_read, judged, project)
        # asked for by every review, so that it is there when the stack's plan is another
        earlier = _Earlier(memory.get(("changes", name, hidden)) or {})

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
        tuple(ordered), findings.rules, tuple(sorted(shown, key=_finding_order)), one_line(findings.engine), objects
    )


def _read(plans: Mapping[str, Path], memory: Memory) -> dict[str, _Plan]:
    """What is kept of each plan, by stack. Raises BadInput with the problems of all files."""
    problems: list[Problem] = []
    read: dict[str, _Plan] = {}
    for stack in sorted(plans):
        try:
            content = _content(stack, plans[stack])
            own = digest(content)
            read[stack] = memory.of(("plan to review", own), partial(_kept_of, stack, plans[stack], content, own))
        except BadInput as bad:
            problems += bad.problems
    if problems:
        raise BadInput(problems)
    return read


def _redactor(read: Mapping[str, _Plan], memory: Memory) -> tuple[Redactor, str]:
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
                        "address": _INSTANCE_KEY.sub(lambda match: f'["{redact(match[1])}"]', finding.address),
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


def _apart(change: Mapping[str, Any]) -> tuple[Any, tuple[str, ...]]:
    """What is unknown of an update, without the attributes that were null and stay unset, which are named apart.

    A provider may give each of them a value, and most never do: one line for all of them is enough.
    """
    unknown, before = change.get("after_unknown"), change.get("before")
    if not isinstance(unknown, dict) or not isinstance(before, dict):
        return unknown, ()
    filled = tuple(sorted(name for name, said in unknown.items() if said is True and before.get(name) is None))
    return {name: said for name, said in unknown.items() if name not in filled}, filled


def _finding_order(finding: Finding) -> tuple[int, int, str, str, str, str]:
    verdict = list(Verdict).index(finding.verdict)
    severity = SEVERITIES.index(finding.severity)
    return verdict, severity, finding.rule, finding.stack, finding.address, finding.message


def _content(stack: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput(errors.plan_missing(stack, path)) from None


def _kept_of(stack: str, path: Path, content: bytes, own: str) -> _Plan:
    """What is kept of a plan file's content; `own` is its digest."""
    plan = _load(stack, path, content)
    return _kept(plan, own, frozenset(secrets_of(plan)))


def _load(stack: str, path: Path, content: bytes) -> dict[str, Any]:
    try:
        plan = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadInput(errors.not_a_plan(stack, path, f"not JSON ({error})")) from None
    if not isinstance(plan, dict) or "format_version" not in plan:
        raise BadInput(errors.not_a_plan(stack, path, "a JSON object with `format_version` is expected"))
    if not str(plan["format_version"]).startswith("1."):
        raise BadInput(errors.plan_version_unknown(stack, path, plan["format_version"]))
    return plan


def _kept(plan: Mapping[str, Any], own: str, secrets: frozenset[str]) -> _Plan:
    changes = plan.get("resource_changes") or ()
    kept = tuple(change for change in changes if _action(change) is not Action.NOOP or _moves(change))
    outputs = {
        name: change
        for name, change in (plan.get("output_changes") or {}).items()
        if tuple(change.get("actions") or ()) not in ((), ("no-op",))
    }
    blockers = []
    if plan.get("errored"):
        blockers.append("Terraform stopped with an error: the plan is not whole")
    # complete is false for -target too: https://developer.hashicorp.com/terraform/internals/json-format
    if plan.get("complete") is False or plan.get("deferred_changes"):
        blockers.append("the plan is not complete: Terraform deferred a part of it, or was told to plan only a part")
    checks = tuple(check for check in plan.get("checks") or () if check.get("status") in set(CheckStatus))
    for check in checks:
        if check.get("status") != CheckStatus.UNKNOWN and _kind_of(check) != "check":
            blockers.append("a condition of its own fails, which stops Terraform: the plan is not whole")
            break
    return _Plan(
        kept,
        outputs,
        len(changes) - len(kept),
        tuple(blockers),
        drift=tuple(each for each in plan.get("resource_drift") or () if _action(each) is not Action.NOOP),
        checks=checks,
        invocations=tuple(plan.get("action_invocations") or ()),
        types=Counter(
            str(each.get("type"))
            for each in changes
            if each.get("mode") == "managed" and (each.get("change") or {}).get("after") is not None
        ),
        digest=own,
        secrets=secrets,
    )


def _kind_of(check: Mapping[str, Any]) -> str:
    """`check`, `resource`, `output_value` or `var`."""
    return str((check.get("address") or {}).get("kind", "check"))


def _action(resource: Mapping[str, Any]) -> Action:
    actions = tuple((resource.get("change") or {}).get("actions") or ("no-op",))
    # An action that no Terraform of today writes must not pass unseen.
    return _ACTIONS.get(actions, Action.UPDATE)


def _moves(resource: Mapping[str, Any]) -> bool:
    return bool(resource.get("previous_address") or (resource.get("change") or {}).get("importing"))


def _finding(finding: Finding, redact: Callable[[str], str]) -> Finding:
    """The finding with its texts redacted: a rule may quote the value that it denies."""
    return finding.model_copy(
        update={
            "message": cut(one_line(redact(finding.message)), _MESSAGE_CHARACTERS),
            "fix": cut(one_line(redact(finding.fix)), _MESSAGE_CHARACTERS),
            "waiver": cut(one_line(redact(finding.waiver)), _MESSAGE_CHARACTERS) if finding.waiver else finding.waiver,
            "address": _address(finding.address, redact),
        }
    )


def _address(address: str, redact: Callable[[str], str]) -> str:
    """An address with its instance keys redacted; the rest of it is written in the project's own code."""
    return visible(_INSTANCE_KEY.sub(lambda match: f'["{redact(match[1])}"]', address)).replace("\n", "\\n")


def _names(stack: str, record: StackRecord | None, meta: PlanMeta | None) -> tuple[str, str]:
    """Environment and family; without manifest and meta, from the stack's name `<environment>-<family>`."""
    if record is not None:
        return record.environment, record.family
    if meta is not None:
        return meta.environment, meta.family
    environment, _, family = stack.partition("-")
    return environment, family or stack


@dataclass(frozen=True)
class _Shown:
    """A change, and what it was made of."""

    resource: Mapping[str, Any]
    around: tuple[Any, ...]
    change: Change


class _Earlier:
    """What an earlier review has shown of a stack's resources: most are the same in two plans of one stack."""

    def __init__(self, known: Mapping[str, _Shown]) -> None:
        self._known = known
        self.now: dict[str, _Shown] = {}
        """What this review shows."""

    def of(self, resource: Mapping[str, Any], around: tuple[Any, ...], make: Callable[[], Change]) -> Change:
        """What is shown of a resource; `around` is what that depends on beside it."""
        name = f"{resource.get('address')} {resource.get('deposed', '')}"
        known = self._known.get(name)
        if known is None or not _is_same((known.resource, known.around), (resource, around)):
            known = _Shown(resource, around, make())
        self.now[name] = known
        return known.change


def _is_same(one: Any, other: Any) -> bool:
    """Equality in which true is not 1, and 1 not 1.0: they are shown otherwise."""
    return bool(one == other) and repr(one) == repr(other)


class _Builder:
    """Makes what is shown of each stack."""

    def __init__(
        self,
        redact: Callable[[str], str],
        holds_data: Callable[[str], bool],
        project: Path,
        types_read: Collection[str] | None,
    ) -> None:
        self._redact = redact
        self._types_read = types_read
        self._holds_data = holds_data
        self._project = project

    def stack(
        self,
        name: str,
        *,
        plan: _Plan | None,
        meta: PlanMeta | None,
        record: StackRecord | None,
        findings: list[Finding],
        judged: bool,
        earlier: _Earlier,
    ) -> StackReview:
        """One stack, planned or not."""
        environment, family = _names(name, record, meta)
        replacements = {item.address: item for item in meta.replacements} if meta else {}
        perhaps = {item.address: item for item in meta.may_replace} if meta else {}
        resources = plan.resources if plan else ()
        tags = shared_tags(resources)
        changes = [
            earlier.of(
                resource,
                (replacements.get(resource.get("address", "")), perhaps.get(resource.get("address", "")), tags),
                partial(self._change, name, resource, replacements, perhaps, tags),
            )
            for resource in resources
        ]
        order = list(Action)
        changes.sort(key=lambda change: (order.index(change.action), not change.holds_data, change.address))
        blockers = list(plan.blockers) if plan else []
        if plan and not judged:
            blockers.append("no policy has judged this plan")
        return StackReview(
            name=name,
            environment=environment,
            family=family,
            depends_on=record.depends_on if record else (),
            planned=plan is not None,
            judged=judged,
            mode=meta.mode if meta else None,
            terraform=one_line(meta.terraform) if meta else "",
            base=self._base(meta.base) if meta and meta.base is not None else None,
            changes=tuple(changes),
            outputs=self._outputs(plan.outputs) if plan else (),
            findings=tuple(sorted(findings, key=_finding_order)),
            placeholders=tuple(sorted(meta.placeholders, key=lambda p: (p.stack, p.output))) if meta else (),
            unchecked=self._unchecked(meta),
            warnings=self._lines(meta.warnings) if meta else (),
            blockers=tuple(blockers),
            tags={visible(self._redact(tag)): visible(self._redact(value)) for tag, value in sorted(tags.items())},
            unchanged=plan.unchanged if plan else 0,
            counts=Counter(change.action for change in changes),
            removed=meta is not None and meta.removed is not None,
            drift=tuple(
                sorted((self._change(name, each, {}, {}, {}) for each in plan.drift), key=lambda change: change.address)
            )
            if plan
            else (),
            checks=tuple(self._checks(name, plan.checks)) if plan else (),
            invocations=tuple(map(partial(self._invocation, name), plan.invocations)) if plan else (),
            unread=self._unread(plan.types) if plan else Counter(),
        )

    def _unread(self, types: Counter[str]) -> Counter[str]:
        if self._types_read is None:
            return Counter()
        return Counter({kind: number for kind, number in types.items() if kind not in self._types_read})

    def _checks(self, stack: str, checks: Iterable[Mapping[str, Any]]) -> Iterator[Check]:
        """https://developer.hashicorp.com/terraform/internals/json-format#checks-representation"""
        for check in checks:
            instances = check.get("instances") or ()
            problems = [problem for each in instances for problem in each.get("problems") or ()]
            said = dict.fromkeys(str(problem.get("message", "")) for problem in problems)
            address = str((check.get("address") or {}).get("to_display", ""))
            yield Check(
                stack,
                _address(address, self._redact),
                _kind_of(check),
                CheckStatus(str(check["status"])),
                self._lines(text for text in said if text),
            )

    def _invocation(self, stack: str, action: Mapping[str, Any]) -> Invocation:
        """As Terraform 1.14 writes it: https://developer.hashicorp.com/terraform/language/block/action"""
        trigger = action.get("lifecycle_action_trigger")
        when = "when it is asked for by name"
        if isinstance(trigger, Mapping):
            event = _EVENTS.get(str(trigger.get("action_trigger_event")), str(trigger.get("action_trigger_event")))
            where = _address(str(trigger.get("triggering_resource_address", "")), self._redact)
            when = f"{one_line(self._redact(event))} {where}"
        leaves, _ = leaves_of(
            None,
            action.get("config_values") or {},
            unknown=action.get("config_unknown") or False,
            after_mask=action.get("config_sensitive") or False,
            redact=self._redact,
        )
        return Invocation(stack, _address(str(action.get("address", "")), self._redact), when, leaves)

    def _lines(self, texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(cut(one_line(self._redact(text)), _MESSAGE_CHARACTERS) for text in texts)

    def _unchecked(self, meta: PlanMeta | None) -> dict[str, tuple[str, ...]]:
        return {kind: self._lines(words) for kind, words in sorted(meta.unchecked.items())} if meta else {}

    def _base(self, base: str) -> str:
        """Where the base stands, without the way to the project on this machine."""
        path = PurePath(base)
        if path.is_absolute():
            return path.relative_to(self._project).as_posix() if path.is_relative_to(self._project) else path.name
        return visible(base)

    def _change(
        self,
        stack: str,
        resource: Mapping[str, Any],
        replacements: Mapping[str, Replacement],
        perhaps: Mapping[str, Replacement],
        tags: Mapping[str, str],
    ) -> Change:
        change = resource.get("change") or {}
        address = str(resource.get("address", ""))
        action = _action(resource)
        replacement = replacements.get(address)
        by_schema = action is Action.UPDATE and replacement is not None
        if by_schema:
            action = Action.REPLACE
        possible = perhaps.get(address) if action is Action.UPDATE else None
        forcing = {str(path[0]) for path in change.get("replace_paths") or () if path}
        forcing.update(replacement.attributes if replacement else ())
        after, unknown = change.get("after"), change.get("after_unknown")
        filled: tuple[str, ...] = ()
        later: tuple[str, ...] = ()
        if action is Action.UPDATE:
            unknown, filled = _apart(change)
        elif action is Action.CREATE:
            after = without_repeats(after, tags)
            unknown, later = known_later(unknown)
        before_mask, after_mask = masks_of(str(resource.get("type", "")), change)
        known_type = self._holds_data(str(resource.get("type", "")))
        leaves, hidden = leaves_of(
            change.get("before"),
            after,
            unknown=unknown,
            before_mask=before_mask,
            after_mask=after_mask,
            redact=self._redact,
            forcing=forcing,
        )
        return Change(
            stack=stack,
            address=_address(address, self._redact),
            action=action,
            holds_data=(known_type or any(each is not None and each.holds_data for each in (replacement, possible)))
            and (possible is not None or action in (Action.DELETE, Action.REPLACE, Action.FORGET)),
            leaves=leaves,
            hidden=hidden,
            note=self._note(resource, action, by_schema=by_schema, possible=possible, empty=not leaves, filled=filled),
            by_schema=by_schema,
            later=later,
            may_replace=tuple(map(visible, possible.attributes)) if possible else (),
        )

    def _note(
        self,
        resource: Mapping[str, Any],
        action: Action,
        *,
        by_schema: bool,
        possible: Replacement | None,
        empty: bool,
        filled: tuple[str, ...],
    ) -> str:
        change = resource.get("change") or {}
        parts = []
        if by_schema:
            parts.append("Terraform says update; by AWS's own schema this destroys it and creates it anew")
        if possible is not None:
            parts.append(MAY_REPLACE)
        if list(change.get("actions") or ()) not in [list(actions) for actions in _ACTIONS]:
            parts.append(f"actions {change.get('actions')} that this review does not know, shown as update")
        if (previous := resource.get("previous_address")) and previous != resource.get("address"):
            parts.append(f"moved from {_address(str(previous), self._redact)}")
        if change.get("importing"):
            parts.append("imported from what exists already")
        if resource.get("deposed"):
            parts.append("a deposed object, left from a replacement that failed")
        if reason := resource.get("action_reason"):
            parts.append(REASONS.get(str(reason), str(reason).replace("_", " ")))
        if empty and action is Action.UPDATE:
            parts.append("no visible value differs: only what is marked sensitive, or nulls and empty values")
        if filled:
            more = f" and {len(filled) - _FILLED:,} more" if len(filled) > _FILLED else ""
            parts.append(f"unset, for the provider to fill in: {', '.join(filled[:_FILLED])}{more}")
        return one_line("; ".join(parts))

    def _outputs(self, outputs: Mapping[str, Any]) -> tuple[Leaf, ...]:
        found: list[Leaf] = []
        for name, change in sorted(outputs.items()):
            leaves, _ = leaves_of(
                {name: change.get("before")},
                {name: change.get("after")},
                unknown={name: change.get("after_unknown", False)},
                before_mask={name: change.get("before_sensitive", False)},
                after_mask={name: change.get("after_sensitive", False)},
                redact=self._redact,
            )
            found += leaves
        return tuple(found)
