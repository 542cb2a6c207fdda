"""Mistakes that authors make, one stack each: what is wrong in the module, and what the plan must say about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.plan.conftest import module, stack

__all__ = ["WRONG", "Mistake", "all_wrong"]


@dataclass(frozen=True)
class Mistake:
    """`content` is the module's, `call` its arguments; `where` ends the problem's path, `says` is in its message."""

    content: dict[str, Any]
    where: str
    says: str
    call: dict[str, Any] = field(default_factory=dict)
    line: bool = True


def _resource(kind: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resource": {kind: {"this": body}}, **more}


_BUCKET = {"aws_s3_bucket": {"this": {"bucket": "example"}}}
_VERSIONS = {"status": "Enabled"}
_ROLE = "arn:aws:iam::111122223333:role/a"
_TRUST = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", '
    '"Principal": {"Service": "ec2.amazonaws.com"}}]}'
)


def _attached(arn: str, says: str) -> Mistake:
    """A policy that is attached to a role by a wrong ARN."""
    return Mistake(
        _resource("aws_iam_role_policy_attachment", {"role": "a", "policy_arn": arn}),
        "aws_iam_role_policy_attachment.this.policy_arn",
        says,
    )


_RESTORE = "aws_backup_restore_testing_selection"
# What the aws provider itself refuses, and its schema does not say.
_REFUSED: dict[str, Mistake] = {
    "a-name-where-an-arn-is-needed": _attached("ReadOnlyAccess", "does not begin with 'arn:'"),
    "an-arn-without-a-resource": _attached("arn:aws:iam::aws:", "its resource"),
    "an-arn-of-five-parts": _attached("arn:aws:iam:aws:policy/ReadOnlyAccess", "5 of 6 parts"),
    "an-arn-of-no-partition": _attached("arn:amazon:iam::aws:policy/ReadOnlyAccess", "partition 'amazon'"),
    "an-arn-of-no-region": _attached("arn:aws:iam:europe:aws:policy/ReadOnlyAccess", "region 'europe'"),
    "an-arn-of-no-account": _attached("arn:aws:iam::1234:policy/a", "account '1234'"),
    "an-arn-read-loosely": Mistake(
        _resource(
            _RESTORE,
            {
                "name": "a",
                "restore_testing_plan_name": "b",
                "protected_resource_type": "RDS",
                "protected_resource_arns": ["*"],
                "iam_role_arn": "role/a",
            },
        ),
        f"{_RESTORE}.this.iam_role_arn",
        "does not begin with 'arn:'",
    ),
    "an-arn-in-a-list": Mistake(
        _resource(
            _RESTORE,
            {
                "name": "a",
                "restore_testing_plan_name": "b",
                "protected_resource_type": "RDS",
                "protected_resource_arns": ["all"],
                "iam_role_arn": _ROLE,
            },
        ),
        f"{_RESTORE}.this.protected_resource_arns",
        "or be one of *",
    ),
    "exactly-one-and-both-are-there": Mistake(
        _resource(
            _RESTORE,
            {
                "name": "a",
                "restore_testing_plan_name": "b",
                "protected_resource_type": "RDS",
                "protected_resource_arns": ["*"],
                "protected_resource_conditions": [{"string_equals": [{"key": "aws:ResourceTag/a", "value": "b"}]}],
                "iam_role_arn": _ROLE,
            },
        ),
        f"{_RESTORE}.this.protected_resource_arns",
        "exactly one of protected_resource_arns, protected_resource_conditions",
    ),
    "two-names-at-once": Mistake(
        _resource("aws_iam_role", {"name": "a", "name_prefix": "b", "assume_role_policy": _TRUST}),
        "aws_iam_role.this.name",
        "name and name_prefix cannot both be set",
    ),
    "a-needed-companion": Mistake(
        _resource("aws_ssm_parameter", {"name": "/a", "type": "SecureString", "value_wo": "x"}),
        "aws_ssm_parameter.this.value_wo",
        "value_wo needs value_wo_version",
    ),
    "a-choice-that-nobody-makes": Mistake(
        _resource("aws_vpc_security_group_ingress_rule", {"security_group_id": "sg-1", "ip_protocol": "-1"}),
        "aws_vpc_security_group_ingress_rule.this",
        "must be set, got none",
    ),
    "a-region-of-nowhere-in-a-block": Mistake(
        _resource("aws_vpc_ipam", {"operating_regions": [{"region_name": "europe"}]}),
        "aws_vpc_ipam.this.operating_regions.region_name",
        "region's name",
    ),
    "a-network-with-host-bits": Mistake(
        _resource(
            "aws_security_group",
            {
                "vpc_id": "vpc-1",
                "ingress": [
                    {
                        "from_port": 0,
                        "to_port": 0,
                        "protocol": "-1",
                        "cidr_blocks": ["10.0.0.1/16"],
                        "description": "",
                        "ipv6_cidr_blocks": [],
                        "prefix_list_ids": [],
                        "security_groups": [],
                        "self": False,
                    }
                ],
            },
        ),
        "aws_security_group.this.ingress",
        "10.0.0.0/16",
    ),
    "a-network-that-is-too-wide": Mistake(
        _resource("aws_vpc", {"cidr_block": "10.0.0.0/8"}), "aws_vpc.this.cidr_block", "16 to 28, has 8"
    ),
    "an-account-of-eleven-digits": Mistake(
        _resource(
            "aws_s3_bucket_versioning",
            {"bucket": "b", "expected_bucket_owner": "11112222333", "versioning_configuration": _VERSIONS},
        ),
        "aws_s3_bucket_versioning.this.expected_bucket_owner",
        "12 digits",
    ),
    "a-region-of-nowhere": Mistake(
        _resource("aws_sqs_queue", {"name": "q", "region": "europe"}), "aws_sqs_queue.this.region", "region's name"
    ),
    "a-window-without-days": Mistake(
        _resource("aws_db_instance", {"instance_class": "db.t4g.micro", "maintenance_window": "03:00-04:00"}),
        "aws_db_instance.this.maintenance_window",
        "ddd:hh:mm-ddd:hh:mm",
    ),
    "a-key-twice-in-a-policy": Mistake(
        _resource(
            "aws_fsx_s3_access_point_attachment",
            {
                "name": "a",
                "type": "OPENZFS",
                "s3_access_point": [{"policy": '{"a": 1, "a": 2}'}],
            },
        ),
        "aws_fsx_s3_access_point_attachment.this.s3_access_point.policy",
        "name each key once",
    ),
    "a-listener-rule-of-no-method": Mistake(
        _resource(
            "aws_lb_listener_rule",
            {
                "listener_arn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/a/b/c",
                "action": [{"type": "forward"}],
                "condition": [{"http_request_method": [{"values": ["GET POST"]}]}],
            },
        ),
        "aws_lb_listener_rule.this.condition.http_request_method.values",
        "letters",
    ),
    "a-pattern-of-the-provider": Mistake(
        _resource("aws_kms_alias", {"name": "alias/aws/a", "target_key_id": "k"}), "aws_kms_alias.this.name", "alias"
    ),
    "a-time-that-is-none": Mistake(
        _resource(
            "aws_ami_copy",
            {"name": "a", "source_ami_id": "ami-1", "source_ami_region": "eu-west-1", "deprecation_time": "soon"},
        ),
        "aws_ami_copy.this.deprecation_time",
        "RFC 3339",
    ),
    "an-arn-of-no-form-at-all": Mistake(
        _resource("aws_sns_topic_subscription", {"topic_arn": "x", "protocol": "sqs", "endpoint": "y"}),
        "aws_sns_topic_subscription.this.topic_arn",
        "arn:",
    ),
    "a-name-that-begins-with-a-digit": Mistake(
        _resource("aws_accessanalyzer_analyzer", {"analyzer_name": "1", "type": "ACCOUNT"}),
        "aws_accessanalyzer_analyzer.this.analyzer_name",
        "begin with a letter",
    ),
}

WRONG: dict[str, Mistake] = {
    "a-missing-argument": Mistake(
        _resource("aws_s3_bucket_versioning", {"versioning_configuration": _VERSIONS}),
        "aws_s3_bucket_versioning.this",
        '"bucket" is required',
    ),
    "a-null-argument": Mistake(
        _resource("aws_s3_bucket_versioning", {"bucket": None, "versioning_configuration": _VERSIONS}),
        "aws_s3_bucket_versioning.this.bucket",
        "bucket is required",
    ),
    "an-unknown-argument": Mistake(
        _resource("aws_s3_bucket", {"bukcet": "example"}), "aws_s3_bucket.this.bukcet", "bukcet"
    ),
    "a-wrong-type": Mistake(
        _resource("aws_sqs_queue", {"delay_seconds": "soon"}), "aws_sqs_queue.this.delay_seconds", "number is required"
    ),
    "a-configured-result": Mistake(
        _resource("aws_s3_bucket", {"arn": "arn:aws:s3:::example"}), "aws_s3_bucket.this.arn", "decided by the provider"
    ),
    "a-reference-to-nothing": Mistake(
        _resource("aws_s3_bucket", {"bucket": "${aws_s3_bucket.other.id}"}),
        "aws_s3_bucket.this.bucket",
        "has not been declared",
    ),
    "a-reference-to-an-unknown-attribute": Mistake(
        {"resource": {**_BUCKET, "aws_sqs_queue": {"this": {"name": "${aws_s3_bucket.this.nmae}"}}}},
        "aws_sqs_queue.this.name",
        "nmae",
    ),
    "an-undeclared-variable": Mistake(
        _resource("aws_s3_bucket", {"bucket": "${var.name}"}), "aws_s3_bucket.this.bucket", "has not been declared"
    ),
    "an-unknown-resource-type": Mistake(
        _resource("aws_s3_bukcet", {"bucket": "example"}), "aws_s3_bukcet.this", "no resource type aws_s3_bukcet"
    ),
    "an-unknown-data-source": Mistake(
        {"data": {"aws_caller_identify": {"this": {}}}}, "data.aws_caller_identify.this", "no data source"
    ),
    "a-missing-block": Mistake(
        _resource("aws_s3_bucket_versioning", {"bucket": "example"}),
        "aws_s3_bucket_versioning.this",
        "versioning_configuration",
    ),
    "one-block-too-many": Mistake(
        _resource("aws_s3_bucket_versioning", {"bucket": "b", "versioning_configuration": [_VERSIONS, _VERSIONS]}),
        "aws_s3_bucket_versioning.this.versioning_configuration[1]",
        "No more than 1",
    ),
    "an-unknown-argument-in-a-block": Mistake(
        _resource("aws_s3_bucket_versioning", {"bucket": "b", "versioning_configuration": {**_VERSIONS, "mfa": "x"}}),
        "aws_s3_bucket_versioning.this.versioning_configuration.mfa",
        "mfa",
    ),
    "a-missing-argument-in-a-block": Mistake(
        _resource("aws_s3_bucket_versioning", {"bucket": "b", "versioning_configuration": {}}),
        "aws_s3_bucket_versioning.this.versioning_configuration",
        '"status" is required',
    ),
    "a-bad-enum": Mistake(
        _resource("aws_s3_bucket_versioning", {"bucket": "b", "versioning_configuration": {"status": "On"}}),
        "aws_s3_bucket_versioning.this.versioning_configuration.status",
        "On",
    ),
    "a-policy-that-is-not-json": Mistake(
        _resource("aws_iam_role", {"name": "x", "assume_role_policy": "allow everything"}),
        "aws_iam_role.this.assume_role_policy",
        "JSON",
    ),
    "a-wrong-name-inside-a-helm-value": Mistake(
        _resource("helm_release", {"name": "x", "chart": "x", "set": [{"nmae": "a", "value": "b"}]}),
        "helm_release.this.set",
        "name",
    ),
    "a-circle": Mistake(
        {
            "resource": {
                "aws_sqs_queue": {
                    "one": {"name": "${aws_sqs_queue.two.name}"},
                    "two": {"name": "${aws_sqs_queue.one.name}"},
                }
            }
        },
        "",
        "Cycle",
        line=False,
    ),
    "a-missing-input": Mistake({"variable": {"name": {"type": "string"}}}, "module.box", '"name" is required'),
    "an-unknown-input": Mistake({"resource": _BUCKET}, "module.box.colour", "colour", call={"colour": "red"}),
    "an-input-of-the-wrong-type": Mistake(
        {"variable": {"days": {"type": "number"}}}, "module.box.days", "number", call={"days": "many"}
    ),
    "an-input-that-breaks-its-rule": Mistake(
        {
            "variable": {
                "days": {
                    "type": "number",
                    "validation": {"condition": "${var.days > 0}", "error_message": "days must be 1 or more."},
                }
            }
        },
        "module.box.days",
        "days must be 1 or more",
        call={"days": 0},
    ),
    "for-each-over-a-list": Mistake(
        _resource("aws_sqs_queue", {"for_each": ["a", "b"], "name": "${each.key}"}),
        "aws_sqs_queue.this.for_each",
        "for_each",
    ),
    "for-each-over-what-is-not-known": Mistake(
        {
            "resource": {
                **_BUCKET,
                "aws_sqs_queue": {"this": {"for_each": "${toset([aws_s3_bucket.this.arn])}", "name": "q"}},
            }
        },
        "aws_sqs_queue.this.for_each",
        "for_each",
    ),
    "a-count-that-is-no-number": Mistake(
        _resource("aws_sqs_queue", {"count": "many", "name": "q"}), "aws_sqs_queue.this.count", "number is required"
    ),
    "a-broken-precondition": Mistake(
        _resource(
            "aws_sqs_queue",
            {
                "name": "q",
                "lifecycle": {
                    "precondition": [
                        {"condition": "${length(var.name) > 1}", "error_message": "The name is too short."}
                    ]
                },
            },
            variable={"name": {"type": "string", "default": "q"}},
        ),
        "aws_sqs_queue.this.lifecycle.precondition[0].condition",
        "too short",
    ),
    "an-undeclared-alias": Mistake(
        _resource("aws_sqs_queue", {"name": "q", "provider": "aws.other"}), "aws_sqs_queue.this", "rovider"
    ),
    "a-provider-that-is-not-served": Mistake(
        {
            "terraform": {"required_providers": {"google": {"source": "hashicorp/google"}}},
            "resource": {"google_storage_bucket": {"this": {"name": "a"}}},
        },
        "modules/a-provider-that-is-not-served/main.tf.json",
        "google",
        line=False,
    ),
    "a-served-provider-that-nobody-declares": Mistake(
        {"resource": {"gitlab_tag_protection": {"this": {"project": "example/api", "tag": "v*"}}}},
        "modules/a-served-provider-that-nobody-declares/main.tf.json",
        "gitlab",
        line=False,
    ),
    "a-transit-key-below-its-first-version": Mistake(
        _resource("vault_transit_secret_backend_key", {"backend": "transit", "name": "a", "min_decryption_version": 0}),
        "vault_transit_secret_backend_key.this.min_decryption_version",
        "at least 1",
    ),
    "two-databases-in-one-connection": Mistake(
        _resource(
            "vault_database_secret_backend_connection",
            {"backend": "database", "name": "claims", "postgresql": [{}], "mysql": [{}]},
        ),
        "vault_database_secret_backend_connection.this",
        "postgresql",
    ),
    "a-level-that-gitlab-does-not-have": Mistake(
        {
            "terraform": {"required_providers": {"gitlab": {"source": "gitlabhq/gitlab"}}},
            "resource": {
                "gitlab_tag_protection": {
                    "this": {"project": "example/api", "tag": "v*", "create_access_level": "boss"}
                }
            },
        },
        "gitlab_tag_protection.this.create_access_level",
        "boss",
    ),
    "an-unknown-function": Mistake(
        _resource("aws_sqs_queue", {"name": '${uppercase("q")}'}), "aws_sqs_queue.this.name", "uppercase"
    ),
    "a-dependency-on-nothing": Mistake(
        _resource("aws_sqs_queue", {"name": "q", "depends_on": ["aws_sqs_queue.other"]}),
        "aws_sqs_queue.this.depends_on[0]",
        '"other"',
    ),
    "an-output-of-nothing": Mistake(
        {"output": {"arn": {"value": "${aws_sqs_queue.q.arn}"}}}, "output.arn.value", "declared", line=False
    ),
}


def all_wrong() -> tuple[dict[str, Any], dict[str, Any]]:
    """One stack for each mistake, and its own module."""
    stacks, modules = {}, {}
    for name, mistake in WRONG.items():
        # Every stack calls its module `box`, whose folder carries the mistake's name.
        stacks[name] = stack(name, module={"box": {"source": f"./modules/{name}", **mistake.call}})
        modules[name] = {**module(), **mistake.content}
    return stacks, modules
