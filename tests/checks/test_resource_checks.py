import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.iam import allow, document
from groundplan.plan.checks import check_resource
from groundplan.plan.checks.mapping import attributes, data, mapped_types
from groundplan.values import UNKNOWN

GOOD_POLICY = json.dumps(document(allow("s3:GetObject", on="arn:aws:s3:::backups/*")))

FINE = {
    "a log group kept for ever": ("aws_cloudwatch_log_group", {"name": "/eks/a", "retention_in_days": 0}),
    "a bucket whose versions are off": (
        "aws_s3_bucket_versioning",
        {"bucket": "b-1", "versioning_configuration": [{"status": "Disabled"}]},
    ),
    "a function without a concurrency limit": (
        "aws_lambda_function",
        {
            "function_name": "rotate",
            "filename": "a.zip",
            "role": "arn:aws:iam::111122223333:role/a",
            "runtime": "python3.13",
            "reserved_concurrent_executions": -1,
        },
    ),
    "a secret parameter": (
        "aws_ssm_parameter",
        {"name": "/a", "type": "SecureString", "value_wo": "x", "value_wo_version": 1},
    ),
    "a role": (
        "aws_iam_role",
        {
            "name": "a-role",
            "assume_role_policy": json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
                    ],
                }
            ),
        },
    ),
    "a backup plan": (
        "aws_backup_plan",
        {
            "name": "daily",
            "rule": [
                {
                    "rule_name": "daily",
                    "target_vault_name": "main",
                    "schedule": "cron(0 5 * * ? *)",
                    "lifecycle": [{"delete_after": 35}],
                }
            ],
        },
    ),
    "a number that came as text": ("aws_cloudwatch_log_group", {"name": "a", "retention_in_days": "30"}),
    "tags with any words": ("aws_kms_key", {"tags": {"policy": "not json", "key_usage": "whatever"}}),
    "a release": ("helm_release", {"name": "velero", "namespace": "velero", "timeout": 600, "values": ["a: {b: 1}"]}),
    "a day that no calendar has": ("helm_release", {"name": "a", "values": ["image: {tag: 2024-13-45}"]}),
    "a role of Kubernetes with a colon": ("kubernetes_cluster_role_v1", {"metadata": [{"name": "system:reader"}]}),
    "a type that nobody knows": ("aws_invented_thing", {"name": "x" * 5000, "policy": "{"}),
}


def provider_of(type_name):
    return type_name.partition("_")[0]


@pytest.mark.parametrize("name", FINE)
def test_what_aws_takes_is_no_problem(name):
    type_name, config = FINE[name]
    assert check_resource(provider_of(type_name), type_name, config) == []


BAD = {
    "an enumeration": (
        "aws_s3_bucket_versioning",
        {"bucket": "b-1", "versioning_configuration": [{"status": "enabled"}]},
        ("versioning_configuration", 0, "status"),
        "must be one of Enabled, Suspended, Disabled; got 'enabled'",
        "Did you mean 'Enabled'?",
    ),
    "an enumeration of numbers": (
        "aws_cloudwatch_log_group",
        {"retention_in_days": 31},
        ("retention_in_days",),
        "must be one of 1, 3, 5, 7",
        "Use an allowed value.",
    ),
    "an enumeration inside a list": (
        "aws_lambda_function",
        {"filename": "a.zip", "architectures": ["arm"]},
        ("architectures", 0),
        "must be one of x86_64, arm64; got 'arm'",
        "arm64",
    ),
    "a bound": (
        "aws_kms_key",
        {"deletion_window_in_days": 5},
        ("deletion_window_in_days",),
        "must be 7 to 30; got 5",
        "7 to 30",
    ),
    "a bound of our own": (
        "aws_backup_vault_lock_configuration",
        {"backup_vault_name": "main", "changeable_for_days": 1},
        ("changeable_for_days",),
        "must be 3 to 36500; got 1",
        "3 to 36500",
    ),
    "a pattern": (
        "aws_synthetics_canary",
        {"name": "My canary"},
        ("name",),
        "must be one or more lower case letters, digits, '_' and '-'; got 'My canary'",
        "lower case letters",
    ),
    "a pattern of AWS in words of our own": (
        "aws_backup_vault",
        {"name": "my vault"},
        ("name",),
        "must be 2 to 50 letters, digits, '-' and '_'; got 'my vault'",
        "2 to 50",
    ),
    "a pattern in words": (
        "aws_kms_alias",
        {"name": "backups", "target_key_id": "k"},
        ("name",),
        "must be 'alias/' and then letters",
        "alias/",
    ),
    "a length": ("aws_iam_role", {"name": "r" * 65}, ("name",), "must have 1 to 64 characters, has 65", "64"),
    "too many entries": (
        "aws_cloudwatch_metric_alarm",
        {"metric_name": "m", "namespace": "n", "alarm_actions": [f"arn:aws:sns:a:1:{n}" for n in range(6)]},
        ("alarm_actions",),
        "must have 0 to 5 entries, has 6",
        "5",
    ),
    "a block deep inside": (
        "aws_s3_bucket_server_side_encryption_configuration",
        {"bucket": "b-1", "rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "AES-256"}]}]},
        ("rule", 0, "apply_server_side_encryption_by_default", 0, "sse_algorithm"),
        "got 'AES-256'",
        "AES256",
    ),
    "attributes that exclude each other": (
        "aws_iam_role",
        {"name": "a", "name_prefix": "b"},
        ("name",),
        "name and name_prefix cannot both be set",
        "Keep one",
    ),
    "one of several, and two are there": (
        "aws_lambda_function",
        {"filename": "a.zip", "image_uri": "x"},
        ("filename",),
        "exactly one of filename, image_uri, s3_bucket must be set, got filename and image_uri",
        "Keep one",
    ),
    "one of several, and none is there": (
        "aws_route53_record",
        {"name": "a", "type": "A"},
        (),
        "one of alias, records must be set",
        "Set one",
    ),
    "one that needs another": (
        "aws_kms_key",
        {"rotation_period_in_days": 180, "enable_key_rotation": False},
        ("rotation_period_in_days",),
        "rotation_period_in_days needs enable_key_rotation",
        "enable_key_rotation",
    ),
    "one of several inside a block": (
        "aws_s3_bucket_object_lock_configuration",
        {"bucket": "b-1", "rule": [{"default_retention": [{"mode": "GOVERNANCE", "days": 1, "years": 1}]}]},
        ("rule", 0, "default_retention", 0, "days"),
        "days and years cannot both be set",
        "Keep one",
    ),
    "JSON that is none": (
        "aws_cloudwatch_event_rule",
        {"name": "a", "event_pattern": "{source: aws.ec2}"},
        ("event_pattern",),
        "is not JSON",
        "jsonencode",
    ),
    "YAML that is none": (
        "helm_release",
        {"name": "a", "values": ["fine: 1", "a: [1"]},
        ("values", 1),
        "is not YAML",
        "yamlencode",
    ),
    "a schedule that is none to its service": (
        "aws_backup_plan",
        {"name": "a", "rule": [{"rule_name": "a", "target_vault_name": "aa", "schedule": "rate(5 hours)"}]},
        ("rule", 0, "schedule"),
        "AWS Backup takes cron(",
        "cron(minute",
    ),
    "a policy within a resource": (
        "aws_iam_policy",
        {"name": "a", "policy": GOOD_POLICY.replace("GetObject", "GetObjct")},
        ("policy",),
        "Statement[0].Action[0]: 's3:GetObjct' is no action of AWS",
        "s3:GetObject",
    ),
    "a policy whose kind another attribute tells": (
        "aws_organizations_policy",
        {"name": "a", "type": "SERVICE_CONTROL_POLICY", "content": GOOD_POLICY.replace("GetObject", "GetObjct")},
        ("content",),
        "Statement[0].Action[0]",
        "s3:GetObject",
    ),
    "a release that waits for nothing": ("helm_release", {"name": "a", "timeout": 0}, ("timeout",), "1 to 86400", "1"),
    "a release's name": ("helm_release", {"name": "A_b"}, ("name",), "at most 53 lower case letters", "lower case"),
    "an object's name": (
        "kubernetes_config_map_v1",
        {"metadata": [{"name": "My_Config"}]},
        ("metadata", 0, "name"),
        "DNS-1123 subdomain",
        "lower case",
    ),
    "a namespace's name": (
        "kubernetes_namespace_v1",
        {"metadata": [{"name": "a.b"}]},
        ("metadata", 0, "name"),
        "DNS-1123 label",
        "lower case",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_aws_refuses_is_named_with_value_rule_and_cure(name):
    type_name, config, path, message, cure = BAD[name]
    [problem] = check_resource(provider_of(type_name), type_name, config)
    assert problem.attribute_path == path
    assert message in problem.message
    assert cure in problem.cure


@pytest.mark.parametrize("name", BAD)
def test_the_same_resource_with_unknown_values_has_no_problem(name):
    type_name, config, path, _, _ = BAD[name]

    def unknown_below(value, rest):
        if not rest:
            return UNKNOWN
        if isinstance(value, list):
            return [unknown_below(item, rest[1:]) if index == rest[0] else item for index, item in enumerate(value)]
        return {key: unknown_below(item, rest[1:]) if key == rest[0] else item for key, item in value.items()}

    assert check_resource(provider_of(type_name), type_name, {**dict.fromkeys(config, UNKNOWN)}) == [] or not path
    if path:
        assert check_resource(provider_of(type_name), type_name, unknown_below(config, path)) == []


def test_every_problem_of_a_resource_is_named_at_once():
    found = check_resource("aws", "aws_sqs_queue", {"name": "a b", "delay_seconds": 901, "policy": "{"})
    assert [problem.attribute_path for problem in found] == [("delay_seconds",), ("name",), ("policy",)]


def test_what_looks_like_a_secret_is_never_shown():
    secret = "0123-not-a-real-one" * 60
    found = check_resource("aws", "aws_ssm_parameter", {"name": "/a", "type": "Secret", "insecure_value": secret})
    found += check_resource("aws", "aws_db_instance", {"password": secret, "username": "1"})
    found += check_resource("helm", "helm_release", {"name": "a", "values": [f"token: [{secret}\nx: {{"]})
    assert len(found) == 4
    assert not any(secret[:10] in problem.message + problem.cure for problem in found)


def test_a_policy_longer_than_iam_stores_is_a_problem_and_white_space_does_not_count():
    statements = [allow("s3:GetObject", on=f"arn:aws:s3:::bucket-{n}/*") for n in range(75)]
    text = json.dumps(document(*statements), indent=30)
    [problem] = check_resource("aws", "aws_iam_policy", {"name": "a", "policy": text})
    assert "1 to 6144 characters" in problem.message
    assert check_resource("aws", "aws_iam_role_policy", {"name": "a", "role": "r", "policy": text}) == []


def test_an_unknown_choice_leaves_the_others_open():
    config = {"name": "a", "type": "A", "alias": UNKNOWN, "records": None}
    assert check_resource("aws", "aws_route53_record", config) == []


names = st.sampled_from(sorted({*mapped_types(), *(name for name in data("extra") if "*" not in name)}))


@given(names, st.data())
def test_a_resource_of_which_nothing_is_known_has_no_problem(type_name, drawn):
    top = sorted({name.partition(".")[0] for name in attributes(type_name)} or {"name"})
    config = dict.fromkeys(drawn.draw(st.sets(st.sampled_from(top))), UNKNOWN)
    whole = dict.fromkeys(top, UNKNOWN) | config
    assert check_resource(provider_of(type_name), type_name, whole) == []


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(names, st.data())
def test_whatever_a_configuration_holds_the_check_answers(type_name, drawn):
    top = sorted({name.partition(".")[0] for name in attributes(type_name)} or {"name", "metadata", "values"})
    config = drawn.draw(st.dictionaries(st.sampled_from(top), values, max_size=6))
    found = check_resource(provider_of(type_name), type_name, config)
    assert found == check_resource(provider_of(type_name), type_name, config)
    assert all(problem.message and problem.cure for problem in found)


def test_a_key_signing_key_has_a_name_that_route_53_takes():
    assert check_resource("aws", "aws_route53_key_signing_key", {"name": "example-com.2030_01"}) == []
    [problem] = check_resource("aws", "aws_route53_key_signing_key", {"name": "example com"})
    assert "letters, digits, '-', '.' and '_'" in problem.message


def test_a_policy_that_aws_takes_is_a_warning_of_its_resource():
    policy = json.dumps({"Statement": [{"Effect": "Allow", "Action": "ec2:View*", "Resource": "*"}]})
    found = check_resource("aws", "aws_iam_policy", {"name": "a", "policy": policy})
    assert [(problem.warning, problem.attribute_path) for problem in found] == [(True, ("policy",))] * 2
