"""The gate: what it says, what it refuses, and that it never takes silence for consent."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from groundplan.policy import Findings, Verdict, engines, judge
from groundplan.policy.embedded import Embedded
from groundplan.policy.library import load_library
from groundplan.problems import BadInput, Line, ToolFailed
from groundplan.synth.manifest import Manifest, ModuleRecord, StackRecord

POLICIES = Path(__file__).parents[2] / "policies"
TODAY = date(2026, 6, 30)
Judged = Callable[..., Findings]
BUCKET = 'module.velero.aws_s3_bucket.backups["daily"]'
MANIFEST = Manifest(
    stacks=(
        StackRecord(
            name="prod-backup",
            environment="prod",
            family="backup",
            folder="stacks/prod-backup",
            depends_on=(),
            calls={"module.velero": Line(file="environments/backup.py", line=12)},
            call_modules={"module.velero": "velero"},
            answers={},
        ),
    ),
    modules=(
        ModuleRecord(
            name="velero",
            family="backup",
            lines={"aws_s3_bucket.backups": Line(file="modules/backup/velero/module.py", line=34)},
        ),
    ),
)


def plan(*changes: dict[str, Any]) -> dict[str, Any]:
    return {"format_version": "1.2", "resource_changes": list(changes), "configuration": {"root_module": {}}}


def change(address: str, after: dict[str, Any], *actions: str) -> dict[str, Any]:
    return {
        "address": address,
        "module_address": "module.velero",
        "mode": "managed",
        "type": address.split(".")[-2],
        "name": "backups",
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {"actions": actions or ["create"], "before": None, "after": after, "after_unknown": {}},
    }


NOT_JUDGED_BY = shutil.ignore_patterns("*_test.rego")
"""The rules' own tests, half of all files."""


def policies_with(tmp_path: Path, exceptions: dict[str, Any]) -> Path:
    copy = tmp_path / "policies"
    shutil.copytree(POLICIES, copy, ignore=NOT_JUDGED_BY)
    (copy / "exceptions" / "data.yaml").write_text(json.dumps(exceptions), encoding="utf-8")
    return copy


def waiver(**changes: str) -> dict[str, str]:
    return {
        "rule": "storage/bucket_versioned",
        "stack": "prod-backup",
        "address": BUCKET,
        "reason": "written once",
        "owner": "platform",
        "last_day": "2026-12-31",
        **changes,
    }


def test_a_finding_names_the_python_that_made_the_resource_and_the_call(judged: Judged, engine: str) -> None:
    findings = judged({"prod-backup": plan(change(BUCKET, {"bucket": "b"}))}, manifest=MANIFEST, engine=engine)
    found = next(item for item in findings.findings if item.rule == "storage/bucket_versioned")
    assert (found.stack, found.address, found.verdict) == ("prod-backup", BUCKET, Verdict.DENY)
    assert found.source is not None
    assert (found.source.file, found.source.line) == ("modules/backup/velero/module.py", 34)
    assert found.call is not None
    assert (found.call.file, found.call.line) == ("environments/backup.py", 12)
    assert found.fix.startswith("Add aws_s3_bucket_versioning")
    assert findings.engine == engine
    assert findings.denied


ENTRIES = {
    'buckets["claims"].days': Line("environments/families/backup.py", 8),
    'buckets["claims"].name': Line("environments/prod/backup.py", 21),
    'buckets["claims/api"].days': Line("environments/prod/backup.py", 30),
    'buckets["policies"].days': Line("environments/families/backup.py", 9),
}


def test_a_finding_leads_to_the_line_that_said_its_entry_rather_in_the_environment_than_below_it(
    judged: Judged,
) -> None:
    places = {
        '["claims"]': "environments/prod/backup.py:21",
        '["claims/api"]': "environments/prod/backup.py:30",
        '["claims/worker/dr"]': "environments/prod/backup.py:21",
        '["policies"]': "environments/families/backup.py:9",
        '["unheard"]': "None",
        "[0]": "None",
        "": "None",
    }
    (stack,) = MANIFEST.stacks
    manifest = MANIFEST.model_copy(
        update={"stacks": (stack.model_copy(update={"settings": {"module.velero": ENTRIES}}),)}
    )
    base = "module.velero.aws_s3_bucket.backups"

    changes = [change(f"{base}{key}", {"bucket": f"b{number}"}) for number, key in enumerate(places)]
    findings = judged({"prod-backup": plan(*changes)}, manifest=manifest)

    found = [item for item in findings.findings if item.rule == "storage/bucket_versioned"]
    assert len(found) == len(places)
    assert {item.address.removeprefix(base): str(item.setting) for item in found} == places


def test_the_same_plans_give_the_same_bytes_in_any_order(judged: Judged) -> None:
    one, two = plan(change(BUCKET, {"bucket": "b"})), plan(change(BUCKET, {"bucket": "c", "force_destroy": True}))
    first = judged({"prod-a": one, "prod-b": two}).model_dump_json()
    assert judged({"prod-b": two, "prod-a": one}).model_dump_json() == first


def test_a_waived_finding_stays_visible_and_does_not_deny(judged: Judged, tmp_path: Path, engine: str) -> None:
    policies = policies_with(tmp_path, {"waivers": [waiver()], "permits": []})
    findings = judged({"prod-backup": plan(change(BUCKET, {}))}, policies=policies, manifest=MANIFEST, engine=engine)
    found = next(item for item in findings.findings if item.rule == "storage/bucket_versioned")
    assert (found.verdict, found.waiver) == (Verdict.WAIVED, "written once")


def test_an_expired_waiver_waives_nothing_and_is_a_finding(judged: Judged, tmp_path: Path) -> None:
    policies = policies_with(tmp_path, {"waivers": [waiver()], "permits": []})
    options = {"policies": policies, "manifest": MANIFEST, "today": date(2027, 1, 1)}
    findings = judged({"prod-backup": plan(change(BUCKET, {}))}, **options).findings
    denied = {item.rule for item in findings if item.verdict is Verdict.DENY}
    assert {"storage/bucket_versioned", "exceptions/waiver_valid"} <= denied


def test_a_waiver_for_no_rule_and_no_stack_is_refused_with_what_was_meant(judged: Judged, tmp_path: Path) -> None:
    wrong = waiver(rule="storage/bucket_versionned", stack="prod-bakcup")
    with pytest.raises(BadInput) as caught:
        judged({}, policies=policies_with(tmp_path, {"waivers": [wrong]}), manifest=MANIFEST)
    assert "Did you mean storage/bucket_versioned?" in str(caught.value)
    assert "policies/exceptions/data.yaml:1: waivers[0].stack: prod has no stack 'prod-bakcup'" in str(caught.value)
    assert "Did you mean prod-backup?" in str(caught.value)


def denials(findings: Findings, category: str) -> list[tuple[str, str]]:
    return [
        (item.rule, item.message)
        for item in findings.findings
        if item.rule.startswith(f"{category}/") and item.verdict is Verdict.DENY
    ]


def test_entries_of_environments_that_are_not_judged_are_left_alone(judged: Judged, tmp_path: Path) -> None:
    entries = [waiver(stack=stack) for stack in ("dev-backup", "staging-anything", "dev-registry")]
    permits = [{key: text for key, text in entry.items() if key != "rule"} for entry in entries]
    policies = policies_with(tmp_path, {"waivers": entries, "permits": permits})
    assert denials(judged({"prod-backup": plan()}, policies=policies, manifest=MANIFEST), "exceptions") == []


def test_entries_of_the_same_environment_s_other_stacks_are_left_alone(judged: Judged, tmp_path: Path) -> None:
    other = MANIFEST.stacks[0].model_copy(update={"name": "prod-registry", "family": "registry"})
    manifest = Manifest(stacks=(*MANIFEST.stacks, other), modules=MANIFEST.modules)
    policies = policies_with(tmp_path, {"waivers": [waiver()]})
    assert denials(judged({"prod-registry": plan()}, policies=policies, manifest=manifest), "exceptions") == []


@pytest.mark.parametrize("stack", ["prdo-backup", "backup", "production"])
def test_an_entry_is_never_led_into_another_environment(judged: Judged, tmp_path: Path, stack: str) -> None:
    with pytest.raises(BadInput, match="begins with no environment's") as caught:
        judged({}, policies=policies_with(tmp_path, {"waivers": [waiver(stack=stack)]}), manifest=MANIFEST)
    assert "prod-backup" not in str(caught.value)
    assert "there are the environments dev, prod, staging" in str(caught.value)


def test_a_stack_of_the_base_revision_is_known(judged: Judged, tmp_path: Path) -> None:
    policies = policies_with(tmp_path, {"waivers": [waiver(stack="prod-queues")]})
    gone = MANIFEST.stacks[0].model_copy(update={"name": "prod-queues", "family": "queues"})
    removed = Manifest(stacks=(gone,), modules=())
    assert judged({}, policies=policies, manifest=MANIFEST, removed=removed).findings == ()
    with pytest.raises(BadInput, match="If the stack was removed, remove the entry with it"):
        judged({}, policies=policies, manifest=MANIFEST)


def test_a_permit_outlives_its_stack_until_its_last_day(judged: Judged, tmp_path: Path) -> None:
    permit = {key: text for key, text in waiver(stack="prod-queues").items() if key != "rule"}
    policies = policies_with(tmp_path, {"permits": [permit]})
    assert judged({}, policies=policies, manifest=MANIFEST).findings == ()
    with pytest.raises(BadInput, match="prod has no stack 'prod-queues'"):
        judged({}, policies=policies, manifest=MANIFEST, today=date(2027, 1, 1))


def test_a_removed_stack_is_told_to_lose_its_waiver(judged: Judged, tmp_path: Path) -> None:
    policies = policies_with(tmp_path, {"waivers": [waiver(stack="prod-queues")]})
    findings = judged({"prod-queues": plan()}, policies=policies, manifest=MANIFEST)
    assert [(rule, "the stack is removed" in message) for rule, message in denials(findings, "exceptions")] == [
        ("exceptions/waiver_used", True)
    ]


def test_an_environment_that_matches_no_entry_is_told_on_both_sides(judged: Judged) -> None:
    unlisted = MANIFEST.stacks[0].model_copy(update={"name": "prod-eu-backup", "environment": "prod-eu"})
    manifest = Manifest(stacks=(unlisted,), modules=(), environments=("prod-eu", "dev", "prod"))
    with pytest.raises(BadInput) as caught:
        judged({}, manifest=manifest)
    assert [(problem.path, problem.message) for problem in caught.value.problems] == [
        (
            "policies/parameters/environments/data.json:1",
            "the environment prod-eu has no entry, so nobody has said whether it is production",
        ),
        ("policies/parameters/environments/data.json:3: staging", "matches no environment"),
    ]


def test_every_file_that_is_no_plan_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "b.json").write_text("no")
    plans = {"a": tmp_path / "a.json", "b": tmp_path / "b.json", "c": tmp_path / "c.json"}
    with pytest.raises(BadInput) as caught:
        judge(plans, policies=POLICIES, manifest=None, today=TODAY)
    assert [problem.path for problem in caught.value.problems] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"errored": True}, "is the plan of a run that failed"),
        ({"complete": False, "applyable": True}, "is not a whole plan"),
        ({"deferred_changes": [{"reason": "provider_config_unknown", "resource_change": {}}]}, "is not a whole plan"),
    ],
)
def test_a_plan_that_failed_or_is_not_whole_is_refused_with_what_to_do(
    tmp_path: Path, said: dict[str, Any], words: str
) -> None:
    path = tmp_path / "prod-backup.json"
    path.write_text(json.dumps(plan() | said))
    with pytest.raises(BadInput, match=words) as refused:
        judge({"prod-backup": path}, policies=POLICIES, manifest=MANIFEST, today=TODAY)
    assert "lan again" in str(refused.value)


def test_a_plan_that_changes_nothing_is_whole_though_there_is_nothing_to_apply(judged: Judged) -> None:
    assert not judged({"prod-backup": plan() | {"errored": False, "complete": True, "applyable": False}}).denied


def test_a_removed_stack_has_its_lines_and_its_permits_from_the_base(judged: Judged, tmp_path: Path) -> None:
    record = MANIFEST.stacks[0].model_copy(update={"name": "prod-old"})
    moved = MANIFEST.modules[0].model_copy(
        update={"lines": {"aws_s3_bucket.backups": Line(file="modules/backup/velero/module.py", line=7)}}
    )
    removed = Manifest(stacks=(record,), modules=(moved,))
    gone = plan(change(BUCKET, {"bucket": "b"}, "delete"))
    gone["resource_changes"][0]["change"] |= {"before": {"bucket": "b"}, "after": None}

    found = judged({"prod-old": gone}, removed=removed)
    (denied,) = [each for each in found.findings if each.rule == "protection/data_deletion_permitted"]
    assert denied.source is not None
    assert denied.source.line == 7

    permit = {"stack": "prod-old", "address": BUCKET, "reason": "r", "owner": "o", "last_day": "2026-07-30"}
    policies = policies_with(tmp_path, {"waivers": [], "permits": [permit]})
    assert not judged({"prod-old": gone}, policies=policies, manifest=MANIFEST, removed=removed).denied

    waived = {"rule": "storage/bucket_versioned", **permit}
    policies = policies_with(tmp_path / "waived", {"waivers": [waived], "permits": [permit]})
    found = judged({"prod-old": gone}, policies=policies, manifest=MANIFEST, removed=removed)
    assert [each.rule for each in found.findings if each.verdict == Verdict.DENY] == ["exceptions/waiver_used"]
    with pytest.raises(BadInput, match="prod has no stack 'prod-old'"):
        judged({"prod-backup": plan()}, policies=policies, manifest=MANIFEST)


def broken(tmp_path: Path, file: str, old: str, new: str) -> Path:
    copy = tmp_path / "broken"
    shutil.copytree(POLICIES, copy, ignore=NOT_JUDGED_BY)
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return copy


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("lib/plan.rego", 'change.mode == "managed"', 'change.mode == "data"', "the gate is broken"),
        ("encryption/key_rotation.rego", "!= true", "== 5", "encryption/key_rotation"),
        ("tags/required_tags.rego", "deny contains", "denied contains", "tags/required_tags"),
        ("main.rego", "some finding in data.lib.verdicts.judged", "some finding in []", "the gate is broken"),
    ],
)
def test_a_gate_that_lets_the_bad_plan_pass_judges_nothing(
    judged: Judged, tmp_path: Path, engine: str, file: str, old: str, new: str, says: str
) -> None:
    with pytest.raises(ToolFailed) as caught:
        judged({}, policies=broken(tmp_path, file, old, new), engine=engine)
    assert says in str(caught.value)


def test_a_rule_that_stops_the_engine_stops_the_gate(judged: Judged, tmp_path: Path, engine: str) -> None:
    policies = broken(tmp_path, "tags/required_tags.rego", "count(missing) > 0", "count(5) > 0")
    with pytest.raises(ToolFailed, match=f"the policy engine {engine} failed"):
        judged({}, policies=policies, engine=engine)


def test_a_rule_in_another_package_is_not_silently_left_out(judged: Judged, tmp_path: Path) -> None:
    policies = broken(tmp_path, "main.rego", "evaluated contains data.audits[_][_].rule.id", "")
    with pytest.raises(ToolFailed, match="did not evaluate exceptions/permit_valid"):
        judged({}, policies=policies)


def test_the_embedded_engine_spends_no_time_on_stacks_of_errors_that_its_parser_throws_away() -> None:
    # where a machine sets RUST_BACKTRACE, as many that build programs do
    with pytest.raises(ToolFailed) as failed:
        Embedded().add_policy("wrong.rego", "package wrong\n\nright if {")
    thrown = str(failed.value.__cause__)
    assert "error: " in thrown
    assert "Stack backtrace" not in thrown


def test_an_engine_that_is_not_there_is_no_verdict(judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDPLAN_OPA", "/nowhere/opa")
    with pytest.raises(ToolFailed, match="opa is not there"):
        judged({}, engine="opa")


@pytest.mark.parametrize("where", ["stdout", "stderr"])
def test_an_opa_that_fails_is_told_in_its_words_whatever_bytes_are_among_them(
    judged: Judged, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, where: str
) -> None:
    program = tmp_path / "opa"
    program.write_text(
        "#!/usr/bin/env python3\nimport sys\nsys.stdin.read()\n"
        f"sys.{where}.buffer.write(b'rego_type_error: caf\\xe9')\nsys.exit(2)\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("GROUNDPLAN_OPA", str(program))
    with pytest.raises(ToolFailed, match="rego_type_error: caf\N{REPLACEMENT CHARACTER}"):
        judged({}, engine="opa")


def test_progress_is_told(judged: Judged) -> None:
    heard: list[str] = []
    judged({"prod-backup": plan()}, progress=heard.append)
    assert heard == ["proving the gate with regorus", "judging 1 plan"]


def registry_of(environment: str, account: str, *families: str) -> Manifest:
    records = [
        MANIFEST.stacks[0].model_copy(
            update={
                "name": f"{environment}-{family}",
                "environment": environment,
                "family": family,
                "answers": {"account_id": account},
            }
        )
        for family in families
    ]
    return Manifest(stacks=tuple(records), modules=())


REPOSITORY = change("module.ecr.aws_ecr_repository.this", {"name": "claims/api", "region": "us-east-1"})
REPLICATION = change(
    "module.ecr.aws_ecr_replication_configuration.this",
    {"region": "us-east-1", "replication_configuration": [{"rule": [{"destination": [{"region": "us-west-2"}]}]}]},
)


def replicated(findings: Findings) -> list[tuple[str, Verdict, str]]:
    return [
        (item.stack, item.verdict, item.message) for item in findings.findings if item.rule == "registry/replicated"
    ]


def test_a_rule_about_the_whole_registry_reads_the_other_stacks_of_the_run(judged: Judged, engine: str) -> None:
    manifest = registry_of("prod", "111122223333", "claims", "registry")
    plans = {"prod-claims": plan(REPOSITORY), "prod-registry": plan(REPLICATION)}
    assert replicated(judged(plans, manifest=manifest, engine=engine)) == []
    without = {**plans, "prod-registry": plan()}
    assert [item[:2] for item in replicated(judged(without, manifest=manifest, engine=engine))] == [
        ("prod-claims", Verdict.DENY)
    ]


def test_another_account_s_registry_is_another_registry(judged: Judged, engine: str) -> None:
    here, there = registry_of("prod", "111122223333", "claims"), registry_of("staging", "444455556666", "registry")
    manifest = Manifest(stacks=(*here.stacks, *there.stacks), modules=())
    plans = {"prod-claims": plan(REPOSITORY), "staging-registry": plan(REPLICATION)}
    assert [item[:2] for item in replicated(judged(plans, manifest=manifest, engine=engine))] == [
        ("prod-claims", Verdict.DENY)
    ]


def test_a_part_of_an_environment_says_what_to_judge_it_with(judged: Judged, engine: str) -> None:
    manifest = registry_of("prod", "111122223333", "claims", "dns", "registry")
    found = replicated(judged({"prod-claims": plan(REPOSITORY)}, manifest=manifest, engine=engine))
    assert found == [
        (
            "prod-claims",
            Verdict.UNKNOWN,
            "is copied by another stack's rules, or nowhere: judge it along with prod-dns, prod-registry",
        )
    ]


def test_a_plan_that_shares_nothing_readable_stops_the_gate(judged: Judged, tmp_path: Path, engine: str) -> None:
    policies = broken(tmp_path, "main.rego", "share := data.lib.platform.share", "share := data.lib.platform.nothing")
    with pytest.raises(ToolFailed):
        judged({"prod-backup": plan()}, policies=policies, engine=engine)


def test_what_many_records_cost_grows_no_faster_than_their_number() -> None:
    # the rules alone: what prepares the engine costs as much as some hundred records, and differs from run to run
    prepared = engines._Session(load_library(POLICIES), "").beside('{"others":[]}')

    def seconds(count: int) -> float:
        targets = [change(f"aws_lb.l{number}", {"name": f"l{number}"}, "create") for number in range(count)]
        records = [
            change(
                f"aws_route53_record.r{number}",
                {"name": f"r{number}.example.com", "type": "CNAME", "records": [f"t{number}.example.com"], "ttl": 300},
                "create",
            )
            for number in range(count)
        ]
        said = {"stack": "dev-dns", "environment": "dev", "today": TODAY.isoformat(), "account": "dev", "absent": []}
        question = engines.Question("dev-dns", json.dumps({"groundplan": said, "plan": plan(*targets, *records)}), {})
        took = []
        for _ in range(2):
            engine = prepared.engine({})
            began = time.process_time()
            engine.ask("data.main.answer", of=question.document, label=question.label)
            took.append(time.process_time() - began)
        return min(took)

    few, many = seconds(100), seconds(400)
    assert many < 6 * few


# --- What Helm makes

RELEASE = change("module.velero.helm_release.backups", {"name": "velero", "chart": "velero"})
POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "api"}, "spec": {"hostPID": True, "containers": []}}
OBJECT = {"template": "api/templates/pod.yaml", "namespace": "claims", "object": POD}
MADE = {"prod-backup": {RELEASE["address"]: {"objects": [OBJECT], "unknown": []}}}


def _into_the_node(found: Findings) -> list[tuple[str, str, str]]:
    return [
        (each.verdict, each.address, each.message) for each in found.findings if each.rule == "releases/host_access"
    ]


def test_what_helm_makes_of_a_release_is_judged_at_the_release_s_address(
    judged: Judged, tmp_path: Path, engine: str
) -> None:
    plans = {"prod-backup": plan(RELEASE), "prod-other": plan(RELEASE)}
    found = judged(plans, engine=engine, rendered=MADE)
    said = (RELEASE["address"], "Pod claims/api: shares its node's processes")
    assert _into_the_node(found) == [("deny", *said)]
    assert {each.stack for each in found.findings if each.rule == "releases/host_access"} == {"prod-backup"}
    assert _into_the_node(judged(plans, engine=engine)) == []
    entry = {"rule": "releases/host_access", "stack": "prod-backup", "address": RELEASE["address"]}
    entry |= {"reason": "an agent of the node", "owner": "platform", "last_day": "2026-12-31"}
    policies = policies_with(tmp_path, {"waivers": [entry], "permits": [], "not_secrets": []})
    assert _into_the_node(judged(plans, engine=engine, rendered=MADE, policies=policies)) == [("waived", *said)]


def test_stacks_that_were_not_rendered_are_asked_as_if_nobody_could_render(
    judged: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = Embedded.ask

    def ask(engine: Embedded, rule: str, *, of: str, label: str) -> str:
        asked.append(of)
        return real(engine, rule, of=of, label=label)

    monkeypatch.setattr(Embedded, "ask", ask)
    plans = {"prod-backup": plan(RELEASE)}
    judged(plans, fresh=True)
    before, asked[:] = list(asked), []
    judged(plans, fresh=True, rendered={"prod-backup": {}, "prod-other": MADE["prod-backup"]})
    assert asked == before
    asked.clear()
    judged(plans, fresh=True, rendered=MADE)
    assert before[-1] not in asked


def test_a_text_that_people_said_is_no_secret_is_none_in_an_object_either(judged: Judged, tmp_path: Path) -> None:
    text = "url = postgres://api:n0t-real@db.example.com/api"
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "api"}, "data": {"url": text}}
    made = {"prod-backup": {RELEASE["address"]: {"objects": [{**OBJECT, "object": config}], "unknown": []}}}

    def found(policies: Path) -> list[str]:
        findings = judged({"prod-backup": plan(RELEASE)}, rendered=made, policies=policies).findings
        return [each.message for each in findings if each.rule == "secrets/no_secret_value"]

    assert found(POLICIES) == ["ConfigMap claims/api: url looks like a password in a URL"]
    entry = {"sha256": hashlib.sha256(text.encode()).hexdigest(), "reason": "an example", "owner": "platform"}
    assert found(policies_with(tmp_path, {"waivers": [], "permits": [], "not_secrets": [entry]})) == []
