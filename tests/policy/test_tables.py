"""The tables of parameters: what they name exists, and what exists is named, by sources that are not the tables.

`python -m mutants` runs these tests too, with another LIBRARY; those that it can run take no fixtures.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import cdktf_cdktf_provider_aws

from groundplan.bindings import package_root
from groundplan.plan.checks.mapping import data
from groundplan.plan.schema import nearest_type, schema_for
from groundplan.plan.schema.model import walk
from groundplan.policy.library import load_library
from groundplan.policy.scope import tables_of_types

PROJECT = Path(__file__).parents[2]
LIBRARY = load_library(PROJECT / "policies")


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
