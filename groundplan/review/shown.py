"""What is shown of each stack: changes, outputs, checks, and what is said of its plan."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath
from typing import Any

from groundplan.plan.meta import PlanMeta, Replacement
from groundplan.policy.findings import Finding, Verdict
from groundplan.synth.manifest import StackRecord

from .leaves import leaves_of
from .model import SEVERITIES, Action, Change, Check, CheckStatus, Invocation, Leaf, StackReview
from .plans import ACTIONS, Plan, action_of, kind_of
from .repeats import known_later, shared_tags, without_repeats
from .sensitive import masks_of
from .text import cut, one_line, visible
from .words import MAY_REPLACE, REASONS

__all__ = ["INSTANCE_KEY", "MESSAGE_CHARACTERS", "Builder", "Earlier", "address_of", "by_importance"]

INSTANCE_KEY = re.compile(r'\["((?:[^"\\]|\\.)*)"\]')
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
MESSAGE_CHARACTERS = 2_000


def by_importance(finding: Finding) -> tuple[int, int, str, str, str, str]:
    """The order in which findings are shown: what stops a merge first."""
    verdict = list(Verdict).index(finding.verdict)
    severity = SEVERITIES.index(finding.severity)
    return verdict, severity, finding.rule, finding.stack, finding.address, finding.message


def address_of(address: str, redact: Callable[[str], str]) -> str:
    """An address with its instance keys redacted; the rest of it is written in the project's own code."""
    return visible(INSTANCE_KEY.sub(lambda match: f'["{redact(match[1])}"]', address)).replace("\n", "\\n")


def _apart(change: Mapping[str, Any]) -> tuple[Any, tuple[str, ...]]:
    """What is unknown of an update, without the attributes that were null and stay unset, which are named apart.

    A provider may give each of them a value, and most never do: one line for all of them is enough.
    """
    unknown, before = change.get("after_unknown"), change.get("before")
    if not isinstance(unknown, dict) or not isinstance(before, dict):
        return unknown, ()
    filled = tuple(sorted(name for name, said in unknown.items() if said is True and before.get(name) is None))
    return {name: said for name, said in unknown.items() if name not in filled}, filled


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


class Earlier:
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


class Builder:
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
        plan: Plan | None,
        meta: PlanMeta | None,
        record: StackRecord | None,
        findings: list[Finding],
        judged: bool,
        earlier: Earlier,
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
            findings=tuple(sorted(findings, key=by_importance)),
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
                address_of(address, self._redact),
                kind_of(check),
                CheckStatus(str(check["status"])),
                self._lines(text for text in said if text),
            )

    def _invocation(self, stack: str, action: Mapping[str, Any]) -> Invocation:
        """As Terraform 1.14 writes it: https://developer.hashicorp.com/terraform/language/block/action"""
        trigger = action.get("lifecycle_action_trigger")
        when = "when it is asked for by name"
        if isinstance(trigger, Mapping):
            event = _EVENTS.get(str(trigger.get("action_trigger_event")), str(trigger.get("action_trigger_event")))
            where = address_of(str(trigger.get("triggering_resource_address", "")), self._redact)
            when = f"{one_line(self._redact(event))} {where}"
        leaves, _ = leaves_of(
            None,
            action.get("config_values") or {},
            unknown=action.get("config_unknown") or False,
            after_mask=action.get("config_sensitive") or False,
            redact=self._redact,
        )
        return Invocation(stack, address_of(str(action.get("address", "")), self._redact), when, leaves)

    def _lines(self, texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(cut(one_line(self._redact(text)), MESSAGE_CHARACTERS) for text in texts)

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
        action = action_of(resource)
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
            address=address_of(address, self._redact),
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
        if list(change.get("actions") or ()) not in [list(actions) for actions in ACTIONS]:
            parts.append(f"actions {change.get('actions')} that this review does not know, shown as update")
        if (previous := resource.get("previous_address")) and previous != resource.get("address"):
            parts.append(f"moved from {address_of(str(previous), self._redact)}")
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
