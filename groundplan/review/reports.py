"""The reports that GitLab's merge request reads itself.

Formats: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format,
https://docs.gitlab.com/user/infrastructure/iac/mr_integration/ and
https://docs.gitlab.com/ci/testing/unit_test_reports/
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any
from xml.etree import ElementTree

from groundplan.policy.findings import Finding, Severity, Verdict
from groundplan.problems import Line
from groundplan.synth.manifest import Manifest

from .model import Action, Review, StackReview
from .text import cut, visible

__all__ = ["code_quality", "junit", "terraform_report"]

_DESCRIPTION_CHARACTERS = 500

# A location is required, and everything that is synthesized starts there.
_ANYWHERE = Line(file="main.py", line=1)

# Nobody knows yet whether an unknown verdict is a fault, so it never shouts.
_UNKNOWN_SEVERITY = {
    Severity.BLOCKER: Severity.MINOR,
    Severity.CRITICAL: Severity.MINOR,
    Severity.MAJOR: Severity.MINOR,
    Severity.MINOR: Severity.INFO,
    Severity.INFO: Severity.INFO,
}


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def terraform_report(review: Review) -> str:
    """Counts over all stacks, a replacement counting as a deletion and a creation, as Terraform's actions do."""
    counts = review.counts
    replaced = counts[Action.REPLACE]
    report = {
        "create": counts[Action.CREATE] + replaced,
        "update": counts[Action.UPDATE],
        "delete": counts[Action.DELETE] + replaced,
    }
    return _json(report)


def code_quality(review: Review, manifest: Manifest | None) -> str:
    """Denied and unknown findings as a Code Quality report; waived ones are accepted, so they are not in it.

    A fingerprint stays the same while rule, stack and address do, so that GitLab tells new findings from old ones.
    """
    issues = []
    seen: Counter[tuple[str, str, str]] = Counter()
    for finding in review.findings:
        if finding.verdict is Verdict.WAIVED:
            continue
        identity = (finding.rule, finding.stack, finding.address)
        seen[identity] += 1
        # a location must be a file of this commit, and what a removed stack came from may be gone
        where = _ANYWHERE if finding.stack in review.removed else _where(finding, manifest)
        unknown = finding.verdict is Verdict.UNKNOWN
        prefix = "Not known before apply: " if unknown else ""
        fix = f" Fix: {finding.fix}" if finding.fix else ""
        issues.append(
            {
                "description": cut(
                    f"{prefix}{finding.message}{fix} ({finding.stack}: {finding.address})", _DESCRIPTION_CHARACTERS
                ),
                "check_name": finding.rule,
                "fingerprint": sha256("\0".join((*identity, str(seen[identity]))).encode()).hexdigest(),
                "severity": (_UNKNOWN_SEVERITY[finding.severity] if unknown else finding.severity).value,
                "location": {"path": where.file, "lines": {"begin": max(1, where.line)}},
            }
        )
    issues.sort(key=lambda issue: (str(issue["location"]), str(issue["check_name"]), str(issue["fingerprint"])))
    return _json(issues)


def _where(finding: Finding, manifest: Manifest | None) -> Line:
    """The line that said the entry, else that made the resource, else that called its module, else the first call."""
    found = finding.setting or finding.source or finding.call
    if found is None and manifest is not None:
        calls = [line for record in manifest.stacks if record.name == finding.stack for line in record.calls.values()]
        found = min(calls, default=None)
    found = found or _ANYWHERE
    return Line(file=PurePosixPath(visible(found.file)).as_posix(), line=found.line)


def junit(review: Review) -> str:
    """One test suite a stack, one test case a rule: failed when it denies, skipped when it cannot tell yet.

    A plan that nobody judged, or that is not whole, is an error of its suite, and so is what an apply runs into.
    """
    rules = sorted({rule.id for rule in review.rules} | {finding.rule for finding in review.findings})
    root = ElementTree.Element("testsuites", name="groundplan")
    totals: Counter[str] = Counter()
    for stack in review.stacks:
        faults = [fault.message for fault in review.faults if fault.stack == stack.name]
        if not stack.judged and not stack.blockers and not faults:
            continue
        suite = ElementTree.SubElement(root, "testsuite", name=visible(stack.name))
        counts = _cases(suite, stack, rules)
        for number, reason in enumerate(faults, 1):
            ElementTree.SubElement(_case(suite, stack, f"objects {number}"), "error", message=reason, type="objects")
            counts.update(("tests", "errors"))
        totals += counts
        _count(suite, counts)
    _count(root, totals)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _count(element: ElementTree.Element, counts: Counter[str]) -> None:
    for name in ("tests", "failures", "errors", "skipped"):
        element.set(name, str(counts[name]))
    # The format asks for a duration; a measured one would make equal reviews differ.
    element.set("time", "0")


def _cases(suite: ElementTree.Element, stack: StackReview, rules: list[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    by_rule: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in stack.findings:
        by_rule[finding.rule].append(finding)
    for number, reason in enumerate(stack.blockers, 1):
        case = _case(suite, stack, f"plan {number}")
        ElementTree.SubElement(case, "error", message=reason, type="plan")
        counts.update(("tests", "errors"))
    for rule in rules if stack.judged else ():
        case = _case(suite, stack, rule)
        counts["tests"] += 1
        denied = [finding for finding in by_rule[rule] if finding.verdict is Verdict.DENY]
        unknown = [finding for finding in by_rule[rule] if finding.verdict is Verdict.UNKNOWN]
        waived = [finding for finding in by_rule[rule] if finding.verdict is Verdict.WAIVED]
        if denied:
            source = denied[0].setting or denied[0].source or denied[0].call
            if source:
                case.set("file", visible(source.file))
            failure = ElementTree.SubElement(case, "failure", message=denied[0].message, type=denied[0].severity.value)
            failure.text = _listed(denied)
            counts["failures"] += 1
        elif unknown:
            ElementTree.SubElement(case, "skipped", message=f"not known before apply: {_listed(unknown)}")
            counts["skipped"] += 1
        if waived:
            ElementTree.SubElement(case, "system-out").text = f"waived:\n{_listed(waived)}"
    return counts


def _case(suite: ElementTree.Element, stack: StackReview, name: str) -> ElementTree.Element:
    # GitLab groups by classname, and shows the name
    return ElementTree.SubElement(suite, "testcase", name=visible(name), classname=visible(stack.name), time="0")


def _listed(findings: list[Finding]) -> str:
    lines = []
    for finding in findings:
        source = f" ({visible(finding.source.file)}:{finding.source.line})" if finding.source else ""
        waiver = f" [{finding.waiver}]" if finding.waiver else ""
        lines.append(f"{finding.address}: {finding.message}{source}{waiver}")
    fixes = sorted({finding.fix for finding in findings if finding.fix})
    return "\n".join([*lines, *(f"Fix: {fix}" for fix in fixes)])
