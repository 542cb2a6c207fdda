"""What may be set: who uses CloudShell and what they may do in the cluster, where shells run, which tools they get."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.building import HELM, KUBECTL, ServiceInputs, Tool
from groundplan.framework import EachRule, Inputs, Outputs, Rule, distinct, field, matches, output, repeated
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.types import (
    BucketName,
    Cidr,
    NamespaceName,
    RoleArn,
    SecurityGroupId,
    SubnetId,
    TopicArn,
    VpcId,
)

__all__ = ["CloudshellInputs", "CloudshellOutputs", "Developers", "Sessions", "VpcEnvironment"]

GroupName = Annotated[
    str,
    Pattern("[a-z][a-z0-9-]{0,38}[a-z0-9]", "2 to 40 lower-case letters, digits and hyphens, beginning with a letter"),
]
# https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
ClusterName = Annotated[
    str,
    Pattern(
        "[0-9A-Za-z][0-9A-Za-z_-]{0,99}",
        "the name of an EKS cluster: at most 100 letters, digits, - and _, beginning with a letter or digit",
    ),
]
ActionPattern = Annotated[
    str,
    Pattern(
        "[a-z0-9-]+:[A-Za-z]+[*]?",
        "an action of IAM with its service, such as logs:GetLogEvents, or the beginning of some, such as logs:Get*",
    ),
]

MOST_SECURITY_GROUPS = 5
"""Of an environment: https://docs.aws.amazon.com/cloudshell/latest/userguide/creating-vpc-environment.html"""

MOST_SUBNETS, MOST_NETWORKS, MOST_ACTIONS = 6, 10, 20
"""So that both policies stay below the 6,144 characters that a managed one may have, whatever else is set.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""


class VpcEnvironment(Inputs):
    """The network that shells run in. They keep no files then, and AWS's own console moves none in or out of them."""

    vpc_id: VpcId = field("the VPC")
    subnet_ids: Annotated[list[SubnetId], Unique()] = field(
        "subnets that a shell may be in: private ones, with a way to AWS's services",
        min_length=1,
        max_length=MOST_SUBNETS,
    )
    security_group_ids: Annotated[list[SecurityGroupId], Unique()] = field(
        "security groups that a shell may have; they need no way in, and one out to port 443",
        min_length=1,
        max_length=MOST_SECURITY_GROUPS,
    )


class Developers(Inputs):
    """People of one role, and what it may do in the cluster."""

    role_arn: RoleArn = field("ARN of the role that they have in the console; with its path, where it has one")
    access: Literal["none", "view", "edit"] = field(
        "what it may do in the cluster: view reads all but Secrets, edit changes workloads and reads Secrets, none "
        "makes no access entry, for a role that has one already",
        default="view",
    )
    namespaces: Annotated[list[NamespaceName], Unique()] = field(
        "namespaces that access is limited to; left out, it is for all", default=[], max_length=50
    )
    attach_policy: bool = field(
        "whether the module attaches its policy to the role; not to one of IAM Identity Center, whose permission set "
        "names the policy",
        default=True,
    )


class Sessions(Inputs):
    """Who gets a shell. How long one lasts AWS decides: it ends after some minutes without a key, and after hours."""

    mfa_required: bool = field(
        "whether who signed in without a second factor gets none; of people who come by an identity provider AWS does "
        "not know, so it is the provider that asks them",
        default=True,
    )
    source_cidrs: Annotated[list[Cidr], Unique()] = field(
        "networks that a browser must be in to get one, such as the company's; left out, any",
        default=[],
        max_length=MOST_NETWORKS,
    )


class CloudshellInputs(ServiceInputs):
    """Who uses CloudShell for what, and who is told."""

    cluster_name: ClusterName = field(
        "name of the EKS cluster that shells are set up for; its authentication mode must have access entries"
    )
    bucket_name: BucketName = field("name of the bucket that holds the bootstrap script")
    developers: dict[GroupName, Developers] = field(
        "roles of people who use it, by a name of yours; where there are none, others attach the policy"
    )
    file_transfer: Literal["denied", "allowed"] = field(
        "whether the console moves files between a shell and the browser's computer; denied stands above whatever "
        "else allows it",
        default="denied",
    )
    vpc_environment: VpcEnvironment | None = field(
        "network that shells run in, none of them outside of it; left out, they run in AWS's network, with the "
        "internet and without the VPC",
        default=None,
    )
    sessions: Sessions = field("who gets a shell", default=Sessions())
    boundary_actions: Annotated[list[ActionPattern], Unique()] = field(
        "what a role with the module's permissions boundary may do at most besides, on any resource, such as "
        "logs:Get*; a shell has the rights of whoever opened it",
        default=[],
        max_length=MOST_ACTIONS,
    )
    kubectl: Tool = field(
        "kubectl that the script installs: at most one minor version from the cluster's", default=KUBECTL
    )
    helm: Tool = field("Helm that the script installs", default=HELM)
    downloads: Literal["internet", "bucket"] = field(
        "where the script gets them: from their projects' own servers, or from the folder tools/ of the bucket, where "
        "you put the same files, for networks without the internet",
        default="internet",
    )
    report_use: bool = field("whether somebody is told of every shell that is opened", default=True)
    use_topic_arn: TopicArn | None = field(
        "ARN of the SNS topic that is told of every shell, and of files that were refused; left out, alarm_topic_arn",
        default=None,
    )
    force_destroy: bool = field(
        "whether deleting the module deletes the bucket with the script in it: nothing else is of the module's own",
        default=False,
    )

    rules = (
        Rule(
            "alarm_topic_arn",
            # https://docs.aws.amazon.com/cloudshell/latest/userguide/supported-aws-regions.html
            lambda v: ~matches(v.alarm_topic_arn, "arn:aws-cn:.*"),
            "must be in a partition that has CloudShell: AWS does not offer it in China",
            shows=("alarm_topic_arn",),
        ),
        Rule(
            "developers",
            lambda v: distinct(v.developers, lambda _, people: people.role_arn),
            "must each have a role_arn of their own: a cluster has one access entry for a role",
            finds=lambda v: repeated(v.developers, lambda _, people: people.role_arn),
        ),
        EachRule(
            "developers",
            # https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
            lambda _, __, people: (
                ~people.attach_policy | ~matches(people.role_arn, "arn:[^:]+:iam::[0-9]+:role/aws-reserved/.*")
            ),
            "must be false for a role of IAM Identity Center, which nobody but it may change: name the policy in the "
            "permission set",
            inside="attach_policy",
            shows=("role_arn",),
        ),
    )


class CloudshellOutputs(Outputs):
    """What people need to begin, and what others attach."""

    use_policy_arn: str = output("ARN of the policy of who uses CloudShell, to attach to a role or a permission set")
    use_policy_name: str = output("name of that policy, as a permission set of IAM Identity Center wants it")
    boundary_policy_arn: str = output("ARN of the permissions boundary for roles of people who use CloudShell")
    bootstrap_command: str = output("what is pasted into a shell: it gets the script, compares its sum, and runs it")
    bootstrap_uri: str = output("where the bootstrap script is, for aws s3 cp")
    bootstrap_sha256: str = output("SHA-256 sum of the bootstrap script")
    bucket_name: str = output("name of the bucket that holds the script, and tools where they are not downloaded")
    kms_key_arn: str = output("ARN of the key that encrypts the bucket")
    access_entry_arns: dict[str, str] = output("ARN of each access entry of the cluster, by its name in developers")
