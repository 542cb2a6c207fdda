"""A review as data: what the Markdown, the page and GitLab's reports are all written from.

Everything in here is fit to be shown: values are redacted, visible (no control characters) and cut.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from groundplan.plan.meta import Placeholder
from groundplan.policy.findings import Finding, Rule, Severity, Verdict

if TYPE_CHECKING:
    # every command says an outcome, and few tell of objects
    from groundplan.objects.changes import Certainty, ObjectAction

__all__ = [
    "SEVERITIES",
    "Action",
    "Assumed",
    "Change",
    "Check",
    "CheckStatus",
    "EnvironmentImages",
    "Fault",
    "Invocation",
    "Leaf",
    "ObjectReview",
    "Objects",
    "Outcome",
    "ReleaseReview",
    "Review",
    "RuleGroup",
    "StackReview",
    "grouped",
]

SEVERITIES: tuple[Severity, ...] = tuple(Severity)


class Action(StrEnum):
    """What Terraform will do to one resource, most dangerous first."""

    DELETE = "delete"
    REPLACE = "replace"
    UPDATE = "update"
    CREATE = "create"
    FORGET = "forget"
    READ = "read"
    NOOP = "no-op"

    @property
    def sign(self) -> str:
        """Terraform's own sign for it."""
        return _SIGNS[self]


_SIGNS = {
    Action.DELETE: "-",
    Action.REPLACE: "-/+",
    Action.UPDATE: "~",
    Action.CREATE: "+",
    Action.FORGET: ".",
    Action.READ: "<=",
    Action.NOOP: " ",
}


class Outcome(StrEnum):
    """The verdict on the merge."""

    MAY = "may"
    LOOK = "look"
    MAY_NOT = "may_not"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One attribute that differs. `before` or `after` is None where the attribute is absent on that side.

    `lines` holds a changed text of several lines as (sign, line) instead of the two values.
    """

    path: str
    before: str | None
    after: str | None
    lines: tuple[tuple[str, str], ...] = ()
    forces_replacement: bool = False

    @property
    def sign(self) -> str:
        """`+` for what appears, `-` for what goes, `~` for what changes."""
        if self.before is None:
            return "+"
        return "-" if self.after is None else "~"


@dataclass(frozen=True, slots=True)
class Change:
    """One resource's change. `hidden` counts leaves beyond those listed; `note` holds further facts in words.

    `later` names the attributes of a new resource that are known after apply alone.

    `by_schema`: Terraform said update, but AWS's schema says that it destroys and creates anew. `may_replace` names the
    changed attributes of an update for which the provider's own code decides at apply whether it does.
    """

    stack: str
    address: str
    action: Action
    holds_data: bool
    leaves: tuple[Leaf, ...]
    hidden: int = 0
    note: str = ""
    by_schema: bool = False
    later: tuple[str, ...] = ()
    may_replace: tuple[str, ...] = ()

    @property
    def destroys(self) -> bool:
        """Whether the resource that exists now will be gone."""
        return self.action in (Action.DELETE, Action.REPLACE)


class CheckStatus(StrEnum):
    """What came of a condition that the configuration sets, worst first."""

    ERROR = "error"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """A condition that did not pass: of a `check` block, a resource, an output or a variable, which `kind` says.

    `messages` are its author's.
    """

    stack: str
    address: str
    kind: str
    status: CheckStatus
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Invocation:
    """An action that an apply runs: it does something now and leaves nothing in the state. `trigger` says when."""

    stack: str
    address: str
    trigger: str
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class ObjectReview:
    """What becomes of one object of a release: see groundplan.objects.changes.ObjectChange."""

    title: str
    action: ObjectAction
    certainty: Certainty
    restarts: str
    refused: tuple[str, ...]
    lost: str
    not_upgraded: str
    remarks: tuple[str, ...]
    leaves: tuple[Leaf, ...]
    hidden: int = 0
    only_version: bool = False

    @property
    def rank(self) -> int:
        """How much there is to look at, the most first."""
        facts = (self.refused, self.lost, self.restarts, self.not_upgraded)
        return next((number for number, said in enumerate(facts) if said), 9 if self.only_version else 5)

    @property
    def is_left(self) -> bool:
        """Whether Helm does not bring it to what the chart says, so that somebody else must."""
        return bool(self.not_upgraded) and self.action.value != "delete"

    @property
    def sign(self) -> str:
        """Terraform's own sign for it."""
        return {"delete": "-", "update": "~", "create": "+"}[self.action.value]


@dataclass(frozen=True, slots=True)
class ReleaseReview:
    """What becomes of the objects of a release: `chart` before and after, and all of it in one line, `summary`.

    Where nothing could be compared, the summary says why.
    """

    stack: str
    address: str
    chart: str
    summary: str
    objects: tuple[ObjectReview, ...]
    unknown: tuple[str, ...]

    @property
    def told(self) -> tuple[ObjectReview, ...]:
        """The objects of which more changes than the labels of the version."""
        return tuple(one for one in self.objects if not one.only_version)

    @property
    def only_version(self) -> tuple[ObjectReview, ...]:
        """Those of which nothing else changes."""
        return tuple(one for one in self.objects if one.only_version)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that an apply will run into."""

    stack: str
    message: str


@dataclass(frozen=True, slots=True)
class Assumed:
    """A chart whose kinds an environment takes for granted, and who makes objects of them."""

    environment: str
    chart: str
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EnvironmentImages:
    """The images that will run in an environment; what is new, gone and changed, where there is a base to compare.

    Those of `not_rendered` releases are not known.
    """

    environment: str
    count: int
    without_digest: int
    compared: bool
    not_rendered: int = 0
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    changed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Objects:
    """The objects behind the releases: what changes, what an apply runs into, what nobody could look at.

    `not_rendered` pairs a reason with releases, `left_out` a release with what of it only an apply tells, `warnings` a
    stack with a sentence. Of `rendered` releases there are `count` objects.
    """

    releases: tuple[ReleaseReview, ...] = ()
    faults: tuple[Fault, ...] = ()
    not_rendered: tuple[tuple[str, tuple[str, ...]], ...] = ()
    left_out: tuple[tuple[str, tuple[str, ...]], ...] = ()
    assumptions: tuple[Assumed, ...] = ()
    not_looked_at: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()
    images: tuple[EnvironmentImages, ...] = ()
    rendered: int = 0
    count: int = 0

    @cached_property
    def by_release(self) -> dict[tuple[str, str], ReleaseReview]:
        """Releases by stack and address."""
        return {(release.stack, release.address): release for release in self.releases}

    @cached_property
    def lost(self) -> tuple[tuple[ReleaseReview, ObjectReview], ...]:
        """Objects whose deletion takes something with it."""
        return tuple((release, one) for release in self.releases for one in release.objects if one.lost)

    @cached_property
    def left(self) -> int:
        """How many objects Helm does not bring to what their charts say."""
        return sum(one.is_left for release in self.releases for one in release.objects)


@dataclass(frozen=True)
class RuleGroup:
    """The findings of one rule that share a fix."""

    rule: Rule
    fix: str
    findings: tuple[Finding, ...]


def grouped(findings: Iterable[Finding], rules: Iterable[Rule]) -> tuple[RuleGroup, ...]:
    """Findings by rule and fix, the most severe first; a rule without metadata gets its own id as title."""
    known = {rule.id: rule for rule in rules}
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.rule, finding.fix), []).append(finding)
    result = []
    for (rule_id, fix), members in groups.items():
        worst = min((finding.severity for finding in members), key=SEVERITIES.index)
        rule = known.get(rule_id) or Rule(
            id=rule_id, title=rule_id, severity=worst, controls=members[0].controls, fix=fix
        )
        ordered = sorted(members, key=lambda finding: (finding.stack, finding.address, finding.message))
        result.append(RuleGroup(rule.model_copy(update={"severity": worst}), fix, tuple(ordered)))
    return tuple(sorted(result, key=lambda group: (SEVERITIES.index(group.rule.severity), group.rule.id, group.fix)))


@dataclass(frozen=True)
class StackReview:
    """One stack: its changes, its findings, and what its plan could not know.

    `planned` and `judged` say whether there is a plan, and whether the policies saw it; `mode` is None when nothing
    recorded how the plan came about. `blockers` are reasons, beside findings, for which the merge must wait. `tags` are
    on every new resource that takes tags, and not told of each. `removed`: only the base has it, and its plan destroys
    it. `drift` is what was changed outside Terraform. `unread` counts, by type, resources that no rule of their own
    reads.
    """

    name: str
    environment: str
    family: str
    depends_on: tuple[str, ...]
    planned: bool
    judged: bool
    mode: str | None
    terraform: str
    base: str | None
    changes: tuple[Change, ...]
    outputs: tuple[Leaf, ...]
    findings: tuple[Finding, ...]
    placeholders: tuple[Placeholder, ...]
    unchecked: dict[str, tuple[str, ...]]
    warnings: tuple[str, ...]
    blockers: tuple[str, ...]
    tags: dict[str, str] = field(default_factory=dict)
    unchanged: int = 0
    counts: Counter[Action] = field(default_factory=Counter)
    removed: bool = False
    drift: tuple[Change, ...] = ()
    checks: tuple[Check, ...] = ()
    invocations: tuple[Invocation, ...] = ()
    unread: Counter[str] = field(default_factory=Counter)

    @property
    def changed(self) -> bool:
        """Whether the plan does anything, reads of data sources aside."""
        return bool(self.removed or self.outputs or self.invocations) or any(
            change.action is not Action.READ for change in self.changes
        )

    def verdicts(self, verdict: Verdict) -> int:
        """How many findings say `verdict`."""
        return sum(finding.verdict is verdict for finding in self.findings)


@dataclass(frozen=True)
class Review:
    """Everything that the outputs say, in the order in which they say it."""

    stacks: tuple[StackReview, ...]
    rules: tuple[Rule, ...]
    findings: tuple[Finding, ...]
    engine: str
    objects: Objects | None = None
    """None where nobody rendered the releases."""

    @cached_property
    def counts(self) -> Counter[Action]:
        """Changes of all stacks by action."""
        return sum((stack.counts for stack in self.stacks), Counter())

    def by_verdict(self, verdict: Verdict) -> tuple[Finding, ...]:
        """All findings that say `verdict`."""
        return tuple(finding for finding in self.findings if finding.verdict is verdict)

    def groups(self, verdict: Verdict) -> tuple[RuleGroup, ...]:
        """Findings that say `verdict`, by rule."""
        return grouped(self.by_verdict(verdict), self.rules)

    @cached_property
    def destructive(self) -> tuple[Change, ...]:
        """Deletions and replacements, those of data first."""
        found = (change for stack in self.stacks for change in stack.changes if change.destroys)
        order = list(Action)
        return tuple(sorted(found, key=lambda c: (not c.holds_data, order.index(c.action), c.stack, c.address)))

    @cached_property
    def perhaps_replaced(self) -> tuple[Change, ...]:
        """Updates that may turn out to be replacements at apply, those of data first."""
        found = (change for stack in self.stacks for change in stack.changes if change.may_replace)
        return tuple(sorted(found, key=lambda c: (not c.holds_data, c.stack, c.address)))

    @cached_property
    def removed(self) -> tuple[str, ...]:
        """The stacks that only the base has."""
        return tuple(stack.name for stack in self.stacks if stack.removed)

    @cached_property
    def drift(self) -> tuple[Change, ...]:
        """What was changed outside Terraform."""
        return tuple(change for stack in self.stacks for change in stack.drift)

    @cached_property
    def invocations(self) -> tuple[Invocation, ...]:
        """The actions that an apply runs."""
        return tuple(action for stack in self.stacks for action in stack.invocations)

    def checks(self, *statuses: CheckStatus) -> tuple[Check, ...]:
        """Conditions with one of these statuses, the worst first."""
        order = list(CheckStatus)
        found = (check for stack in self.stacks for check in stack.checks if check.status in statuses)
        return tuple(sorted(found, key=lambda check: (order.index(check.status), check.stack, check.address)))

    @cached_property
    def unread(self) -> Counter[str]:
        """Resources by type, of types that no rule of their own reads."""
        return sum((stack.unread for stack in self.stacks), Counter())

    @cached_property
    def blockers(self) -> tuple[tuple[str, str], ...]:
        """(stack, reason) for every reason beside findings for which the merge must wait."""
        return tuple((stack.name, reason) for stack in self.stacks for reason in stack.blockers)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What an apply will run into."""
        return self.objects.faults if self.objects else ()

    @property
    def objects_lost(self) -> tuple[tuple[ReleaseReview, ObjectReview], ...]:
        """Objects in a cluster whose deletion takes something with it."""
        return self.objects.lost if self.objects else ()

    @cached_property
    def outcome(self) -> Outcome:
        """Denials, plans that nobody judged, and what an apply will run into stop a merge.

        Unknown verdicts, data that is or may be lost, definitions that Helm does not upgrade, removed stacks, failed
        checks, drift, and actions, which no rule judges, ask for a look. A failed `check` block is a warning to
        Terraform: it applies all the same.
        https://developer.hashicorp.com/terraform/language/block/check
        """
        if self.blockers or self.faults or any(finding.verdict is Verdict.DENY for finding in self.findings):
            return Outcome.MAY_NOT
        unknown = any(finding.verdict is Verdict.UNKNOWN for finding in self.findings)
        lost = any(change.holds_data for change in (*self.destructive, *self.perhaps_replaced)) or self.objects_lost
        left = self.objects is not None and self.objects.left
        failed = self.checks(CheckStatus.FAIL, CheckStatus.ERROR)
        if unknown or lost or left or failed or self.removed or self.drift or self.invocations:
            return Outcome.LOOK
        return Outcome.MAY
