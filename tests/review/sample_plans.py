"""Plans, metas and manifests made by hand for the tests of the review."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from groundplan.plan.meta import PlanMeta
from groundplan.policy.findings import Finding, Findings, Rule, Severity, Verdict
from groundplan.problems import Line
from groundplan.review import ReviewFiles, write_review
from groundplan.synth.manifest import Manifest, StackRecord

DATA_TYPES = frozenset({"aws_db_instance", "aws_dynamodb_table", "aws_s3_bucket", "aws_efs_file_system"})


def change(
    address: str,
    actions: list[str],
    before: Any = None,
    after: Any = None,
    *,
    unknown: Any = None,
    before_sensitive: Any = False,
    after_sensitive: Any = False,
    **more: Any,
) -> dict[str, Any]:
    """One entry of `resource_changes`; what is in `more` goes into it, `replace_paths` into its change."""
    kind = address.split(".")[-2] if not address.startswith("data.") else address.split(".")[1]
    body = {
        "actions": actions,
        "before": before,
        "after": after,
        "after_unknown": {} if unknown is None else unknown,
        "before_sensitive": before_sensitive,
        "after_sensitive": after_sensitive,
    }
    for key in ("replace_paths", "importing"):
        if key in more:
            body[key] = more.pop(key)
    return {"address": address, "mode": "managed", "type": kind, "name": "x", "change": body, **more}


def plan(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A plan as `terraform show -json` prints it."""
    return {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": list(changes), **more}


def meta(stack: str, **more: Any) -> PlanMeta:
    """A plan made offline, with nothing odd about it."""
    environment, _, family = stack.partition("-")
    given: dict[str, Any] = {
        "stack": stack,
        "environment": environment,
        "family": family,
        "mode": "offline",
        "terraform": "1.11.4",
        "base": "base/cdktf.out",
        "placeholders": (),
        "replacements": (),
        "unchecked": {},
        "warnings": (),
    }
    return PlanMeta(**(given | more))


def finding(rule: str, stack: str, address: str, **more: Any) -> Finding:
    """A denial, unless said otherwise."""
    given: dict[str, Any] = {
        "rule": rule,
        "verdict": Verdict.DENY,
        "severity": Severity.CRITICAL,
        "stack": stack,
        "address": address,
        "message": "it is wrong",
        "fix": "make it right",
        "controls": ("CIS AWS 2.1.1",),
        "source": Line(file="modules/storage/store/module.py", line=31),
        "call": Line(file="environments/storage.py", line=12),
    }
    return Finding(**(given | more))


def findings(*found: Finding, stacks: tuple[str, ...] = (), rules: tuple[Rule, ...] | None = None) -> Findings:
    """What the policies said; the rules are those of the findings unless given."""
    if rules is None:
        rules = tuple(
            Rule(id=name, title=f"About {name}", severity=Severity.CRITICAL, controls=("CIS AWS 2.1.1",), fix="")
            for name in sorted({item.rule for item in found})
        )
    names = stacks or tuple(sorted({item.stack for item in found}))
    return Findings(engine="regorus 0.13.0", rules=rules, stacks=names, findings=found)


def record(stack: str, *, depends_on: tuple[str, ...] = ()) -> StackRecord:
    """A stack of the manifest with one call."""
    environment, _, family = stack.partition("-")
    return StackRecord(
        name=stack,
        environment=environment,
        family=family,
        folder=f"stacks/{stack}",
        depends_on=depends_on,
        calls={"module.store": Line(file=f"environments/{family}.py", line=7)},
        call_modules={"module.store": "store"},
        answers={},
    )


def manifest(*records: StackRecord) -> Manifest:
    """A manifest of these stacks."""
    return Manifest(stacks=records, modules=())


def review(
    folder: Path,
    plans: dict[str, dict[str, Any]],
    said: Findings | None = None,
    *,
    metas: dict[str, PlanMeta] | None = None,
    made: Manifest | None = None,
    blob_url: str | None = None,
    renders: Any = None,
) -> ReviewFiles:
    """Writes plans to disk and the review of them; unless given, policies saw every plan and said nothing."""
    paths = {}
    (folder / "out" / "plans").mkdir(parents=True, exist_ok=True)
    for stack, content in plans.items():
        paths[stack] = folder / "out" / "plans" / f"{stack}.json"
        paths[stack].write_text(json.dumps(content), encoding="utf-8")
    return write_review(
        folder / "out",
        manifest=made,
        findings=said if said is not None else findings(stacks=tuple(sorted(plans))),
        plans=paths,
        metas={stack: meta(stack) for stack in plans} if metas is None else metas,
        project=folder,
        blob_url=blob_url,
        holds_data=DATA_TYPES.__contains__,
        renders=renders,
    )


def outputs(files: ReviewFiles) -> dict[str, str]:
    """The text of every file that the review wrote."""
    paths = (files.markdown, files.html, files.terraform, files.codequality, files.junit, files.note)
    return {path.name: path.read_text(encoding="utf-8") for path in paths}
