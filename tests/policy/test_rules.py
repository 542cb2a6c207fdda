"""The rules themselves: which there are, and that each is documented by what it does."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import cdktf_cdktf_provider_aws
import pytest

from groundplan.bindings import package_root
from groundplan.plan.checks.mapping import data
from groundplan.plan.schema import nearest_type, schema_for
from groundplan.plan.schema.model import walk
from groundplan.policy import policies_hcl, read_rules, render_docs, run_rego_tests, selftest_json
from groundplan.policy.engines import EngineName, Question, engine_called
from groundplan.policy.examples import example_document
from groundplan.policy.library import load_library
from groundplan.policy.scope import tables_of_types
from groundplan.problems import BadInput

PROJECT = Path(__file__).parents[2]
POLICIES = PROJECT / "policies"
IDS = [
    "availability/database_multi_az",
    "availability/disruption_budget",
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
    "encryption/service_tls",
    "encryption/volumes_encrypted_by_default",
    "exceptions/permit_valid",
    "exceptions/waiver_used",
    "exceptions/waiver_valid",
    "exposure/admin_api_internal",
    "exposure/cluster_endpoint_private",
    "exposure/database_private",
    "exposure/function_url_authenticated",
    "exposure/no_open_ingress",
    "exposure/no_public_address",
    "exposure/nothing_shared_with_everybody",
    "exposure/web_acl_attached",
    "functions/dead_letter_target",
    "functions/supported_runtime",
    "functions/tracing",
    "identity/endpoint_policy_bounded",
    "identity/federated_trust_bounded",
    "identity/no_access_key",
    "identity/no_policy_on_users",
    "identity/no_wildcard_action_on_wildcard_resource",
    "identity/pass_role_bounded",
    "identity/password_policy",
    "identity/permission_bounded",
    "identity/resource_policy_bounded",
    "identity/service_trust_bounded",
    "identity/third_party_external_id",
    "identity/trust_without_wildcard_principal",
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
    "releases/immutable_image_tags",
    "secrets/no_secret_attribute",
    "secrets/no_secret_in_environment",
    "secrets/no_secret_in_values",
    "secrets/no_secret_value",
    "storage/bucket_customer_key",
    "storage/bucket_public_access_blocked",
    "storage/bucket_tls_only",
    "storage/bucket_versioned",
    "tags/backup_tier",
    "tags/required_tags",
]
RULES = {item.rule.id: item for item in read_rules(POLICIES)}
LIBRARY = load_library(POLICIES)


def test_these_are_the_rules() -> None:
    assert list(RULES) == IDS


def test_every_rule_has_tests_beside_it() -> None:
    assert [name for name in IDS if not (POLICIES / f"{name}_test.rego").is_file()] == []


def _verdicts(engine: EngineName, rule: str, *, good: bool) -> set[str]:
    document = example_document(RULES[rule], good=good)
    question = Question(rule, json.dumps(document), document["exceptions"])
    (answer,) = engine_called(engine).ask(LIBRARY, [question])
    return {str(found["verdict"]) for found in answer.findings if found["rule"] == rule}


@pytest.mark.parametrize("rule", IDS)
def test_what_a_rule_says_to_avoid_it_denies(rule: str) -> None:
    assert "deny" in _verdicts("regorus", rule, good=False)


@pytest.mark.parametrize("rule", IDS)
def test_what_a_rule_says_to_prefer_it_lets_pass(rule: str) -> None:
    assert _verdicts("regorus", rule, good=True) == set()


def test_the_rules_own_tests_pass_and_reach_nearly_every_line() -> None:
    report = run_rego_tests(POLICIES, coverage=True)
    assert report.failed == ()
    assert report.covered_percent is not None
    assert report.covered_percent >= 97
    assert len(report.tests) > 5 * len(IDS)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docs/policies.md", render_docs(POLICIES)),
        ("policies/policies.hcl", policies_hcl()),
        ("policies/selftest/bad_plan.json", selftest_json(POLICIES)),
    ],
)
def test_generated_files_are_current(path: str, text: str) -> None:
    assert (PROJECT / path).read_text(encoding="utf-8") == text


def test_terraform_cloud_gets_at_most_five_queries_and_each_names_a_rule_of_main() -> None:
    queries = re.findall(r'query\s+= "data\.main\.(\w+)"', policies_hcl())
    main = (POLICIES / "main.rego").read_text(encoding="utf-8")
    assert 1 <= len(queries) <= 5
    assert [name for name in queries if not re.search(rf"^{name} contains ", main, re.MULTILINE)] == []


def test_rules_of_other_packages_are_read_by_their_full_path() -> None:
    """regorus 0.13 loses an import inside a function once another rule of its package was read, without an error."""
    wrong = []
    for path, text in LIBRARY.sources.items():
        aliases = [alias or name for name, alias in re.findall(r"^import data\.lib\.(\w+)(?: as (\w+))?$", text, re.M)]
        for line in text.splitlines():
            if line.startswith(("#", "import ")):
                continue
            wrong += [
                f"{path}: {found[0]}"
                for alias in aliases
                for found in re.finditer(rf'(?<![\w."]){alias}\.\w+\b(?!\()', line)
            ]
    assert wrong == []


def test_rules_take_what_nobody_wrote_for_the_provider_s_default() -> None:
    """`plan.unknown_at` is true of it as well, and an advisory "unknown" merges."""
    attributes_that_must_be_written = ("identity/", "lib/")
    asking = [path for path, text in LIBRARY.sources.items() if "plan.unknown_at(" in text]
    assert [path for path in asking if not path.startswith(attributes_that_must_be_written)] == []


def test_runtimes_have_the_days_that_cfn_lint_knows() -> None:
    import cfnlint

    known = json.loads((Path(cfnlint.__file__).parent / "data/AdditionalSpecs/LmbdRuntimeLifecycle.json").read_text())
    ours = LIBRARY.data["parameters"]["runtimes"]["deprecated"]
    assert ours == {name: facts["deprecated"] for name, facts in known.items()}


def test_what_needs_a_permit_to_be_deleted_is_what_the_review_warns_of() -> None:
    """A review that warns of a deletion which the gate lets pass would be worse than either alone."""
    listed = LIBRARY.data["parameters"]["stores"]["holds_data"]
    assert listed == sorted(data("holds_data"))


@cache
def _aws_types() -> dict[str, bool]:
    """Every resource type of the bindings, and whether it has an attribute for a key."""
    named_keys = re.compile(
        rb'"(?:\w*kms_(?:key|arn|master_key_id|encryption_key)\w*|\w*encryption_key\w*|cmk_arn)": "'
    )
    # a folder may be called s3_tables_table: the type's own name stands in the address of its documentation
    own_name = re.compile(rb"/docs/resources/(\w+)")
    found = {}
    for folder in package_root("aws").iterdir():
        if folder.is_dir() and not folder.name.startswith(("data_", "_")):
            text = (folder / "__init__.py").read_bytes()
            if name := own_name.search(text):
                found[f"aws_{name[1].decode()}"] = bool(named_keys.search(text))
    return found


def _places(type_name: str) -> set[str]:
    """Every attribute of a type by its path, members of objects too."""
    found: set[str] = set()

    def members(path: str, cty: Any) -> None:
        found.add(path)
        while isinstance(cty, list) and cty[0] in ("list", "set", "map"):
            cty = cty[1]
        if isinstance(cty, list) and cty[0] == "object":
            for name, inner in cty[1].items():
                members(f"{path}.{name}", inner)

    for path, attribute in walk(schema_for(type_name)):
        members(path, attribute.type)
    return found


SWITCHES = [
    ("compute", "metadata"),
    ("compute", "upgrades"),
    ("compute", "volumes_by_default"),
    ("exposure", "public_addresses"),
    ("exposure", "shared"),
    ("logging", "detectors"),
    ("logging", "trail"),
    ("recovery", "tables"),
    ("transit", "distribution"),
    ("transit", "services"),
]


def _switches() -> list[tuple[str, dict[str, Any]]]:
    tables = (LIBRARY.data["parameters"][topic][table] for topic, table in SWITCHES)
    return [(name, fact) for table in tables for name, facts in table.items() for fact in facts]


def test_switches_say_what_is_wanted_and_what_the_provider_does_or_what_never_stands_there() -> None:
    for name, fact in _switches():
        assert {"path", "fault"} < set(fact), name
        assert {"wanted", "default"} <= set(fact) or "never" in fact, name
        assert set(fact) <= {"path", "wanted", "default", "never", "fault", "when"}, name


def test_switches_name_attributes_that_their_types_have() -> None:
    wrong = []
    for name, fact in _switches():
        places = {tuple(place.split(".")): attribute for place, attribute in walk(schema_for(name))}
        for path in [fact["path"], fact.get("when", {"path": fact["path"]})["path"]]:
            steps = tuple(step for step in path if isinstance(step, str) and step != "*")
            # an attribute of a map or object is a step that the schema does not have
            if steps not in places and steps[:-1] not in places:
                wrong.append(f"{name}.{'.'.join(steps)}")
    assert wrong == []


def test_databases_and_networks_name_attributes_that_their_types_have() -> None:
    tables = LIBRARY.data["parameters"]
    named = [(name, facts["attribute"]) for name, facts in tables["logging"]["database_exports"].items()]
    named += [(name, facts["attribute"]) for name, facts in tables["network"]["placed_by"].items()]
    named += [(fact["type"], "family") for fact in tables["transit"]["databases"]]
    wrong = [f"{name}.{attribute}" for name, attribute in named if attribute not in schema_for(name).attributes]
    assert wrong == []


def test_tables_name_types_that_their_provider_has() -> None:
    tables = tables_of_types(LIBRARY)
    read = tables.pop("secrets.readers")
    # no binding says what types random and tls have
    named = {name for name in set().union(*tables.values()) if not name.startswith(("random_", "tls_"))}
    wrong = [name for name in named if name.startswith("aws_") and name not in _aws_types()]
    wrong += [name for name in named if not name.startswith("aws_") and nearest_type(name, data=False) != name]
    wrong += [name for name in read if nearest_type(name, data=True) != name]
    assert sorted(wrong) == []


def test_tables_name_attributes_that_their_types_have() -> None:
    """A misspelled attribute would be absent from every plan: always denied, or never."""
    tables = LIBRARY.data["parameters"]
    stores = tables["stores"]
    named = [(name, facts["key"]) for name, facts in tables["encryption"]["stores"].items()]
    named += [(name, facts["switch"]) for name, facts in tables["encryption"]["stores"].items() if "switch" in facts]
    for name, parts in tables["encryption"]["parts"].items():
        for part in parts:
            paths = [part.get("blocks", []) + part[what] for what in ("key", "switch") if what in part]
            named += [(name, path) for path in [*paths, *([part["when"]] if "when" in part else [])]]
    named += [(name, [facts["attribute"]]) for name, facts in stores["deletion_protection"].items()]
    named += [(name, [attribute]) for name, attribute in {**stores["deletion_window"]}.items()]
    named += [(name, [attribute]) for name, attribute in stores["force_destroy"].items()]
    named += [(name, path) for name, paths in tables["secrets"]["attributes"].items() for path in paths]
    named += [(name, [attribute]) for name, attribute in tables["identity"]["attachments"].items()]
    named += [(name, [attribute]) for name, attribute in tables["identity"]["attachment_lists"].items()]
    named += [(name, facts["path"]) for name, facts in tables["identity"]["resource_policies"].items()]
    named += [*tables["identity"]["permissions"].items()]
    wrong = []
    for name, path in named:
        place = ".".join(step for step in path if isinstance(step, str))
        if place not in _places(name):
            wrong.append(f"{name}.{place}")
    assert wrong == []


# Types that are called policies or permissions and say nothing of who gets into a resource, or are read by a rule of
# their own: what identities may do, how traffic flows, how long things are kept, who acts inside one service.
NOT_RESOURCE_POLICIES = frozenset(
    {
        "acmpca_permission",
        "app_cookie_stickiness_policy",
        "appautoscaling_policy",
        "autoscaling_policy",
        "batch_scheduling_policy",
        "cloudfront_cache_policy",
        "cloudfront_continuous_deployment_policy",
        "cloudfront_origin_request_policy",
        "cloudfront_response_headers_policy",
        "cloudwatch_log_account_policy",
        "cloudwatch_log_data_protection_policy",
        "cloudwatch_log_index_policy",
        "dlm_lifecycle_policy",
        "ecr_lifecycle_policy",
        "efs_backup_policy",
        "emr_managed_scaling_policy",
        "fms_policy",
        "iam_account_password_policy",
        "iam_group_policy",
        "iam_policy",
        "iam_role_policy",
        "iam_user_policy",
        "imagebuilder_lifecycle_policy",
        "iot_policy",
        "lakeformation_permissions",
        "lb_cookie_stickiness_policy",
        "lb_ssl_negotiation_policy",
        "lightsail_lb_https_redirection_policy",
        "lightsail_lb_stickiness_policy",
        "load_balancer_backend_server_policy",
        "load_balancer_listener_policy",
        "load_balancer_policy",
        "networkfirewall_firewall_policy",
        "opensearchserverless_access_policy",
        "opensearchserverless_lifecycle_policy",
        "opensearchserverless_security_policy",
        "organizations_policy",
        "proxy_protocol_policy",
        "quicksight_custom_permissions",
        "quicksight_role_custom_permission",
        "quicksight_user_custom_permission",
        "resiliencehub_resiliency_policy",
        "route53_traffic_policy",
        "securityhub_configuration_policy",
        "sns_topic_data_protection_policy",
        "sqs_queue_redrive_allow_policy",
        "sqs_queue_redrive_policy",
        "ssoadmin_permission_set_inline_policy",
        "verifiedpermissions_policy",
        "vpc_endpoint_policy",
    }
)


def test_every_type_that_is_called_a_policy_is_read_or_says_nothing_of_who_gets_in() -> None:
    """A type of a newer provider stands out here, before somebody opens a resource with it."""
    folders = {path.name for path in Path(cdktf_cdktf_provider_aws.__path__[0]).iterdir()}
    named = {name for name in folders if re.fullmatch(r"(?!data_)\w+_(policy|permissions?)", name)}
    tables = LIBRARY.data["parameters"]["identity"]
    read = {
        name.removeprefix("aws_").replace("_", "") for name in {**tables["resource_policies"], **tables["permissions"]}
    }
    assert sorted(name for name in named - NOT_RESOURCE_POLICIES if name.replace("_", "") not in read) == []


def test_every_type_that_can_have_a_key_is_asked_for_one_or_left_out_for_a_reason() -> None:
    """A new version of the bindings may bring a service that keeps data: it must not pass for want of a line."""
    have = {name for name, has_key in _aws_types().items() if has_key}
    table = LIBRARY.data["parameters"]["encryption"]
    asked = {*table["stores"], *table["parts"]}
    assert len(have) > 100
    assert sorted(have - asked - set(table["left_out"])) == []
    assert sorted(asked & set(table["left_out"])) == []
    assert [name for name, reason in table["left_out"].items() if not reason.strip()] == []


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
