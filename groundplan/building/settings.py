"""Settings that every service has, and the facts of a platform that modules are given."""

from __future__ import annotations

from typing import Literal

from groundplan.framework.conditions import matches
from groundplan.framework.inputs import Inputs, field
from groundplan.framework.rules import EachRule
from groundplan.framework.types import (
    HttpsUrl,
    KmsKeyArn,
    LogRetentionDays,
    OidcProviderArn,
    PolicyArn,
    ResourceName,
    Tags,
    TopicArn,
)

__all__ = ["AlarmInputs", "Cluster", "GivenKey", "ServiceInputs", "kept_tag"]


class GivenKey(Inputs):
    """A customer managed KMS key that exists already."""

    arn: KmsKeyArn = field("ARN of the key; its policy must let the service use it")


class Cluster(Inputs):
    """The EKS cluster that a service runs in, and how its workloads get AWS credentials."""

    name: str = field("name of the EKS cluster", min_length=1, max_length=100)
    oidc_provider_arn: OidcProviderArn = field("ARN of the cluster's IAM OIDC provider, which IRSA trusts")
    identity: Literal["irsa", "pod_identity"] = field(
        "how service accounts get a role: IAM roles for service accounts, or EKS Pod Identity", default="irsa"
    )


class AlarmInputs(Inputs):
    """What a module takes that has alarms of its own: each tells where the page about it is."""

    runbooks_url: HttpsUrl | None = field(
        "address below which there is a page about each alarm, at <module>/<alarm>.md, which the alarm links to; "
        "left out, the alarm names the page in the module's package",
        default=None,
    )


class ServiceInputs(AlarmInputs):
    """What every service module takes."""

    name: ResourceName = field(
        "prefix of the names of everything the module makes, by custom <environment>-<service>", max_length=40
    )
    alarm_topic_arn: TopicArn = field("ARN of the SNS topic that alarms go to")
    kms_key: GivenKey | None = field(
        "key that encrypts everything the module stores; left out, the module makes its own with yearly rotation",
        default=None,
    )
    permissions_boundary_arn: PolicyArn | None = field(
        "ARN of the IAM policy that bounds every role of the module; left out, roles have no boundary", default=None
    )
    log_retention_days: LogRetentionDays = field("how long CloudWatch keeps the module's logs, in days", default=365)
    tags: Tags = field("tags on everything that takes them, over those of the provider's default_tags", default={})


def kept_tag(key: str, found_by: str) -> EachRule:
    """Refuses a tag among the caller's that the module sets itself: `found_by` says what reads it.

    `key` is the tag's, or its beginning where it ends with `/`. In any case of letters: what follows `aws:ResourceTag/`
    in a policy is a part of the condition's key, whose case IAM does not look at.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    """
    letters = "".join(f"[{one.upper()}{one.lower()}]" if one.isalpha() else one for one in key)
    pattern = f"{letters}.*" if key.endswith("/") else letters
    return EachRule(
        "tags",
        lambda _, name, __: ~matches(name, pattern),
        f"must have another name: the module sets {key} itself, and {found_by}",
    )
