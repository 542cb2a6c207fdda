"""The rules themselves: which there are, and that each is documented by what it does."""

from __future__ import annotations

import json
import re
import shutil
from itertools import accumulate
from pathlib import Path

import pytest

from groundplan.policy import policies_hcl, read_rules, render_docs, run_rego_tests, selftest_json, write_generated
from groundplan.policy.embedded import Embedded
from groundplan.policy.examples import example_document
from groundplan.policy.library import load_library
from groundplan.problems import BadInput

PROJECT = Path(__file__).parents[2]
POLICIES = PROJECT / "policies"
IDS = [
    "alarms/alarm_acts",
    "alarms/alarm_names_runbook",
    "alarms/budget_told",
    "availability/database_multi_az",
    "availability/disruption_budget",
    "availability/hsms_multi_az",
    "availability/spread_over_zones",
    "availability/three_replicas",
    "certificates/dns_validation",
    "certificates/expiry_alarm",
    "certificates/key_strength",
    "certificates/no_wildcard",
    "compute/instance_metadata_v2",
    "dns/failover_checked",
    "dns/no_dangling_record",
    "dns/queries_logged",
    "dns/ttl_bounds",
    "dns/zone_signed",
    "encryption/customer_managed_key",
    "encryption/database_tls",
    "encryption/distribution_tls",
    "encryption/function_environment_key",
    "encryption/key_rotation",
    "encryption/listener_tls",
    "encryption/mesh_mtls_strict",
    "encryption/service_tls",
    "encryption/volumes_encrypted_by_default",
    "exceptions/permit_valid",
    "exceptions/waiver_used",
    "exceptions/waiver_valid",
    "exposure/admin_api_internal",
    "exposure/cluster_endpoint_private",
    "exposure/database_private",
    "exposure/function_url_authenticated",
    "exposure/grafana_signed_in",
    "exposure/ingress_tls",
    "exposure/no_open_ingress",
    "exposure/no_public_address",
    "exposure/nothing_shared_with_everybody",
    "exposure/service_internal",
    "exposure/web_acl_attached",
    "functions/dead_letter_target",
    "functions/state_machine_observed",
    "functions/supported_runtime",
    "functions/tracing",
    "identity/cluster_access_views",
    "identity/default_service_account",
    "identity/endpoint_policy_bounded",
    "identity/federated_trust_bounded",
    "identity/kubernetes_binding_bounded",
    "identity/kubernetes_role_bounded",
    "identity/mesh_policy_bounded",
    "identity/no_access_key",
    "identity/no_policy_on_users",
    "identity/no_wildcard_action_on_wildcard_resource",
    "identity/pass_role_bounded",
    "identity/password_policy",
    "identity/permission_bounded",
    "identity/resource_policy_bounded",
    "identity/service_trust_bounded",
    "identity/shell_moves_no_files",
    "identity/third_party_external_id",
    "identity/trust_without_wildcard_principal",
    "identity/vault_login_bounded",
    "identity/vault_policy_bounded",
    "logging/access_logged",
    "logging/cluster_logs_enabled",
    "logging/database_logs_exported",
    "logging/detectors_on",
    "logging/flow_logs",
    "logging/log_retention",
    "logging/trail_complete",
    "network/default_vpc",
    "network/egress_bounded",
    "protection/backup_vault_locked",
    "protection/data_deletion_permitted",
    "protection/database_backup_retention",
    "protection/deletion_protection",
    "protection/final_snapshot",
    "protection/key_deletion_window",
    "protection/minor_version_upgrades",
    "protection/not_destroyed_with_contents",
    "protection/purchase_permitted",
    "protection/secret_recovery_window",
    "protection/table_recovery",
    "regions/allowed_region",
    "registry/images_scanned",
    "registry/immutable_tags",
    "registry/lifecycle_policy",
    "registry/replicated",
    "releases/exact_chart_version",
    "releases/explicit_wait",
    "releases/host_access",
    "releases/image_origin",
    "releases/immutable_image_tags",
    "releases/immutable_values",
    "releases/read_only_root",
    "releases/resources_bounded",
    "releases/workload_hardened",
    "secrets/no_secret_attribute",
    "secrets/no_secret_in_environment",
    "secrets/no_secret_in_values",
    "secrets/no_secret_value",
    "storage/bucket_customer_key",
    "storage/bucket_lifecycle",
    "storage/bucket_public_access_blocked",
    "storage/bucket_tls_only",
    "storage/bucket_versioned",
    "storage/volume_class",
    "tags/backup_tier",
    "tags/required_tags",
]
PAGES = render_docs(POLICIES)
RULES = {item.rule.id: item for item in read_rules(POLICIES)}
LIBRARY = load_library(POLICIES)


def test_these_are_the_rules() -> None:
    assert list(RULES) == IDS


def test_every_rule_has_tests_beside_it() -> None:
    assert [name for name in IDS if not (POLICIES / f"{name}_test.rego").is_file()] == []


@pytest.fixture(scope="module")
def rules_alone() -> Embedded:
    """The embedded engine, to ask a rule by itself: asking all of them takes a hundred times as long."""
    engine = Embedded()
    for path, text in LIBRARY.sources.items():
        engine.add_policy(path, text)
    engine.add_data(LIBRARY.parameters)
    engine.get_ready()
    return engine


def _verdicts(rules_alone: Embedded, rule: str, *, good: bool) -> set[str]:
    """What the rule says of its own example."""
    document = example_document(RULES[rule], good=good)
    engine = rules_alone.clone()
    if any(document["exceptions"].values()):
        engine.add_data(json.dumps({"exceptions": document["exceptions"]}))
    asked = json.dumps(document)
    source = LIBRARY.sources[f"{rule}.rego"]
    (package,) = re.findall(r"^package (\S+)$", source, re.MULTILINE)
    said = {
        name: json.loads(engine.ask(f"data.{package}.{name}", of=asked, label=rule))
        for name in ("deny", "unknown")
        if re.search(rf"^{name} contains ", source, re.MULTILINE)
    }
    assert said
    assert all(isinstance(found, list) for found in said.values())
    return {name for name, found in said.items() if found}


@pytest.mark.parametrize("rule", IDS)
def test_what_a_rule_says_to_avoid_it_denies(rules_alone: Embedded, rule: str) -> None:
    assert "deny" in _verdicts(rules_alone, rule, good=False)


@pytest.mark.parametrize("rule", IDS)
def test_what_a_rule_says_to_prefer_it_lets_pass(rules_alone: Embedded, rule: str) -> None:
    assert _verdicts(rules_alone, rule, good=True) == set()


def test_the_rules_own_tests_pass_and_reach_nearly_every_line() -> None:
    report = run_rego_tests(POLICIES, coverage=True)
    assert report.failed == ()
    assert report.covered_percent is not None
    assert report.covered_percent >= 97
    assert len(report.tests) > 5 * len(IDS)


def test_no_literal_stands_so_deep_that_the_embedded_engine_reads_it_for_seconds() -> None:
    """It reads a literal twice for each brace around it: at 14 that is a quarter of a second, at 19 it was 18."""
    for path in POLICIES.rglob("*.rego"):
        code = re.sub(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`|#[^\n]*', "", path.read_text(encoding="utf-8"))
        depths = accumulate({"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(each, 0) for each in code)
        assert max(depths) <= 14, f"{path}: give the inner part of its deepest literal a name"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        *((f"docs/{path}", text) for path, text in PAGES.items()),
        ("policies/policies.hcl", policies_hcl()),
        ("policies/selftest/bad_plan.json", selftest_json(POLICIES)),
    ],
)
def test_generated_files_are_current(path: str, text: str) -> None:
    assert (PROJECT / path).read_text(encoding="utf-8") == text


def test_every_rule_has_a_page_of_its_own_and_no_page_is_left_of_a_rule_that_is_gone() -> None:
    pages = {path.relative_to(PROJECT / "docs" / "rules").as_posix() for path in (PROJECT / "docs/rules").rglob("*.md")}
    assert pages == {"README.md", *(f"{identity}.md" for identity in IDS)}


def test_a_rule_s_page_says_what_it_wants_why_and_how_it_is_followed() -> None:
    for identity, item in RULES.items():
        page = PAGES[f"rules/{identity}.md"]
        assert page.startswith(f"# {identity}\n\n{item.rule.title}. Severity {item.rule.severity}.\n")
        assert [text for text in (item.why, item.rule.fix, *item.rule.controls) if text not in page] == []
        assert re.findall(r"^## (.+)$", page, re.MULTILINE) == ["Avoid", "Prefer", "Controls"]


def test_writing_the_pages_adds_a_new_rule_s_and_removes_one_that_is_gone(tmp_path: Path) -> None:
    policies, docs = tmp_path / "policies", tmp_path / "docs"
    shutil.copytree(POLICIES, policies)
    write_generated(policies, docs)
    (policies / "tags" / "required_tags.rego").unlink()
    (policies / "tags" / "backup_tier.rego").unlink()
    (policies / "network" / "default_vpc.rego").unlink()
    (docs / "rules" / "network" / "default_vpc.md").read_text(encoding="utf-8")
    written = write_generated(policies, docs)
    assert sorted(docs.rglob("*.md")) == sorted(path for path in written if path.is_relative_to(docs))
    assert not (docs / "rules" / "tags").exists()
    assert (docs / "rules" / "network" / "egress_bounded.md").is_file()
    assert "required_tags" not in (docs / "rules" / "README.md").read_text(encoding="utf-8")


def test_terraform_cloud_gets_at_most_five_queries_and_each_names_a_rule_of_main() -> None:
    queries = re.findall(r'query\s+= "data\.main\.(\w+)"', policies_hcl())
    main = (POLICIES / "main.rego").read_text(encoding="utf-8")
    assert 1 <= len(queries) <= 5
    assert [name for name in queries if not re.search(rf"^{name} contains ", main, re.MULTILINE)] == []


def test_rules_of_other_packages_are_read_by_their_full_path() -> None:
    """regorus 0.13 loses an import inside a function once another rule of its package was read, without an error.

    And it evaluates the whole package for one rule that is read through an import: a test takes twice as long then.
    """
    wrong = []
    for path, text in load_library(POLICIES, tests=True).sources.items():
        imports = re.findall(r"^import data\.(?:\w+\.)*(\w+)(?: as (\w+))?$", text, re.MULTILINE)
        aliases = "|".join(alias or name for name, alias in imports)
        code = re.sub(r"^(?:#|import ).*$", "", text, flags=re.MULTILINE)
        # without imports, nothing can follow the place of an alias
        found = re.findall(rf'(?<![\w."])(?:{aliases or "(?!)"})\.\w+\b(?!\()', code)
        wrong += [f"{path}: {each}" for each in found]
    assert wrong == []


def test_rules_take_what_nobody_wrote_for_the_provider_s_default() -> None:
    """`plan.unknown_at` is true of it as well, and an advisory "unknown" merges."""
    attributes_that_must_be_written = ("identity/", "lib/")
    asking = [path for path, text in LIBRARY.sources.items() if "plan.unknown_at(" in text]
    assert [path for path in asking if not path.startswith(attributes_that_must_be_written)] == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("# title: Sample\n", ""), "title"),
        (("severity: major\n", "severity: fatal\n"), "severity"),
        (("id: storage/sample\n", "id: storage/other\n"), "the file's place says storage/sample"),
        (('"storage/sample"', '"storage/wrong"'), "its rule record says storage/wrong"),
        (("package rules.storage.sample", "package storage.sample"), "its package must be rules.storage.sample"),
        (("# METADATA\n", ""), "title"),
        (('    - "SOC 2: CC8.1"', "    []"), "controls"),
    ],
)
def test_incomplete_metadata_is_named_with_its_file(tmp_path: Path, change: tuple[str, str], complaint: str) -> None:
    text = (
        "# METADATA\n# title: Sample\n# description: Why it matters\n# custom:\n#   id: storage/sample\n"
        '#   severity: major\n#   controls:\n#     - "SOC 2: CC8.1"\n#   fix: Do it\n#   avoid: {}\n#   prefer: {}\n'
        'package rules.storage.sample\n\nrule := {"id": "storage/sample", "severity": "major"}\n'
    )
    (tmp_path / "main.rego").write_text("package main\n")
    (tmp_path / "storage").mkdir()
    file = tmp_path / "storage" / "sample.rego"
    file.write_text(text)
    assert [item.rule.id for item in read_rules(tmp_path)] == ["storage/sample"]
    assert change[0] in text
    file.write_text(text.replace(*change))
    with pytest.raises(BadInput) as caught:
        read_rules(tmp_path)
    assert all(problem.path == "storage/sample.rego" for problem in caught.value.problems)
    assert complaint in str(caught.value)
