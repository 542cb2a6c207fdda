from datetime import date
from importlib import util
from pathlib import Path

from groundplan.plan.checks import holds_data, lambda_runtimes, replacement_paths, schemas, unchecked
from groundplan.plan.checks.mapping import attributes, data, mapped_types, mapping

# Types that share a CloudFormation type with the one that holds the data, and set only a part of it.
PARTS = (
    "aws_s3_bucket_",
    "aws_backup_vault_",
    "aws_ecr_lifecycle_policy",
    "aws_ecr_repository_policy",
    "aws_kms_key_policy",
)


def test_what_aws_says_forces_replacement_is_named_in_terraform_words():
    assert {"engine", "kms_key_id", "storage_encrypted", "db_name"} <= set(replacement_paths("aws_db_instance"))
    assert {"name", "encryption_configuration"} <= set(replacement_paths("aws_ecr_repository"))
    assert {"bucket", "bucket_prefix"} <= set(replacement_paths("aws_s3_bucket"))
    assert {"name", "name_prefix"} <= set(replacement_paths("aws_iam_role"))
    assert "key_usage" in replacement_paths("aws_kms_key")
    assert replacement_paths("aws_iam_role_policy_attachment") == ("policy_arn", "role")
    assert replacement_paths("helm_release") == ()


def test_what_is_changed_in_place_is_not_named():
    assert "instance_class" not in replacement_paths("aws_db_instance")
    assert "retention_in_days" not in replacement_paths("aws_cloudwatch_log_group")
    assert "policy" not in replacement_paths("aws_kms_key")
    assert "identifier" not in replacement_paths("aws_db_instance")
    assert replacement_paths("aws_vpc_security_group_ingress_rule") == ("security_group_id",)


def test_replacement_names_only_attributes_that_exist():
    for type_name in data("mapping"):
        assert set(replacement_paths(type_name)) <= {name.partition(".")[0] for name in attributes(type_name)}


def test_what_cfn_lint_calls_stateful_holds_data():
    stateful = schemas.additional("StatefulResources")["ResourceTypes"]
    for type_name in mapped_types():
        if mapping(type_name).cloudformation_type in stateful and not type_name.startswith(PARTS):
            assert holds_data(type_name), type_name


def test_a_policy_or_an_alarm_holds_no_data():
    assert not holds_data("aws_s3_bucket_policy")
    assert not holds_data("aws_cloudwatch_metric_alarm")
    assert holds_data("kubernetes_persistent_volume_claim_v1")


def test_types_that_hold_data_exist_in_the_bindings():
    for type_name in data("holds_data"):
        provider, _, name = type_name.partition("_")
        package = util.find_spec(f"cdktf_cdktf_provider_{provider}")
        assert (Path(package.submodule_search_locations[0]) / name).is_dir(), type_name


def test_what_nobody_checks_is_said_in_words():
    assert unchecked("aws_invented_thing") == ("no checks beyond the schema: not in the AWS resource schemas",)
    assert unchecked("aws_iam_role_policy_attachment") == (
        "only the provider's own rules are checked: not in the AWS resource schemas",
    )
    assert unchecked("aws_kms_key") == ()
    [left] = unchecked("aws_iam_role")
    assert left == "attributes of which no rule is known: force_detach_policies"
    code, rules = unchecked("aws_lb")[-2:]
    assert code == "code of the provider for the whole type is not run: customize_diff"
    assert rules.endswith("name (elbv2.validName), name_prefix (elbv2.validNamePrefix)")
    assert unchecked("aws_backup_vault_lock_configuration") == ()
    assert unchecked("helm_release") != ()


def test_a_lambda_runtime_is_supported_until_its_last_day():
    before, after = lambda_runtimes(date(2025, 12, 14)), lambda_runtimes(date(2025, 12, 15))
    assert "python3.9" in before.supported
    assert after.deprecated["python3.9"] == date(2025, 12, 15)
    assert not set(after.supported) & set(after.deprecated)
