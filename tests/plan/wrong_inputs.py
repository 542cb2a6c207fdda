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
            "terraform": {"required_providers": {"random": {"source": "hashicorp/random"}}},
            "resource": {"random_id": {"this": {"byte_length": 4}}},
        },
        "modules/a-provider-that-is-not-served/main.tf.json",
        "random",
        line=False,
    ),
    "a-served-provider-that-nobody-declares": Mistake(
        {"resource": {"gitlab_tag_protection": {"this": {"project": "example/api", "tag": "v*"}}}},
        "modules/a-served-provider-that-nobody-declares/main.tf.json",
        "gitlab",
        line=False,
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
