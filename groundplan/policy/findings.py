"""What the policies said: the shape of out/findings.json, which the review and the merge request read."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from groundplan.problems import Line

__all__ = ["Finding", "Findings", "Rule", "Severity", "Verdict"]


class Severity(StrEnum):
    """How much it matters; the words are GitLab code quality's."""

    BLOCKER = "blocker"
    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"


class Verdict(StrEnum):
    """What a rule makes of one resource. `UNKNOWN`: the plan does not say yet, so nobody may call it fine."""

    DENY = "deny"
    UNKNOWN = "unknown"
    WAIVED = "waived"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Record):
    """A rule's metadata. `id` is the rule's path below policies/ without its ending: `storage/bucket_encrypted`.

    `fields` are words of the fields of Kubernetes objects that it asks for, as charts name their values too.
    """

    id: str
    title: str
    severity: Severity
    controls: tuple[str, ...]
    fix: str
    fields: tuple[str, ...] = ()


class Finding(_Record):
    """One rule's verdict on one address of one stack's plan.

    `source` is the statement in modules/ that made the resource, `call` the module call in
    environments/; either is None where the plan holds something that no Python line made. `setting`
    is the line that says the entry which the address is one of, such as a record by its name.

    Of a release that was rendered, `object` is what of it the finding is on, `StatefulSet vault/vault`, and `field`
    where in there, `spec.template.spec.containers[0]`, empty for all of it. `values` are the values of the chart that
    change what the rule asks for, the nearest first.
    """

    rule: str
    verdict: Verdict
    severity: Severity
    stack: str
    address: str
    message: str
    fix: str
    controls: tuple[str, ...]
    waiver: str | None = None
    source: Line | None = None
    call: Line | None = None
    setting: Line | None = None
    object: str | None = None
    field: str | None = None
    values: tuple[str, ...] = ()


class Findings(_Record):
    """All verdicts of one run, sorted by stack, address and rule, so that equal inputs give equal bytes.

    `types_read` are the resource types that a rule of their own reads, None when nobody looked.
    """

    engine: str
    rules: tuple[Rule, ...]
    stacks: tuple[str, ...]
    findings: tuple[Finding, ...]
    types_read: tuple[str, ...] | None = None

    @property
    def denied(self) -> bool:
        """Whether any finding stops the merge."""
        return any(finding.verdict is Verdict.DENY for finding in self.findings)
