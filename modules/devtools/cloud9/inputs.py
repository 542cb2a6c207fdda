"""What may be set: which environments there are and whose, who works in them too, what their instances may reach."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from groundplan.building import HELM, KUBECTL, TERRAFORM, ServiceInputs, Tool
from groundplan.framework import (
    EachRule,
    Inputs,
    Outputs,
    Rule,
    Term,
    computed,
    contains,
    expression_of,
    field,
    matches,
    output,
)
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.types import SubnetId

__all__ = ["Cloud9Inputs", "Cloud9Outputs", "DevelopmentEnvironment", "Member", "NamedService"]

CLOSED = "2024-07-25"
"""Since then AWS takes no new customers of Cloud9.

https://aws.amazon.com/blogs/devops/how-to-migrate-from-aws-cloud9-to-aws-ide-toolkits-or-aws-cloudshell/
"""

REGIONS = [
    "af-south-1",
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-south-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-south-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
]
"""All that Cloud9 came to before it was closed.

https://github.com/boto/botocore/blob/1.44.5/botocore/data/endpoints.json
"""

EnvironmentName = Annotated[
    str,
    Pattern("[a-z][a-z0-9-]{0,17}[a-z0-9]", "2 to 19 lower-case letters, digits and hyphens, beginning with a letter"),
]
ServiceName = Annotated[
    str, Pattern("[a-z][a-z0-9]{1,19}", "2 to 20 lower-case letters and digits, beginning with a letter, such as ecr")
]
MemberName = Annotated[
    str, Pattern("[a-z][a-z0-9-]{0,38}[a-z0-9]", "2 to 40 lower-case letters, digits and hyphens, after a letter")
]
# https://docs.aws.amazon.com/cloud9/latest/APIReference/API_CreateEnvironmentMembership.html
PersonArn = Annotated[
    str,
    Pattern(
        "arn:aws:(iam::[0-9]{12}:(root|user/[!-~]+)|sts::[0-9]{12}:(assumed-role|federated-user)/[!-~]+)",
        "the ARN of a user or of a role's session, such as arn:aws:sts::111122223333:assumed-role/developers/ann",
    ),
]
InstanceType = Annotated[str, Pattern("[a-z][a-z0-9-]*[.][a-z0-9]+", "a type of instance of EC2, such as t3.small")]
ExactAction = Annotated[
    str, Pattern("[a-z0-9-]+:[A-Za-z]+", "an action of IAM with its service, such as ecr:BatchGetImage")
]
ResourceArn = Annotated[
    str,
    Pattern("arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:[!-~]*[!-)+-~][!-~]*", "an ARN that names something"),
]


def region_of(arn: Any) -> Term:
    """The region of an ARN, empty where there is none."""
    return Term(
        f'try(split(":", {expression_of(arn)})[3], "")',
        lambda: [*str(computed(arn)).split(":"), "", "", "", ""][3],
    )


class Member(Inputs):
    """Somebody who works in an environment besides its owner."""

    user_arn: PersonArn = field("ARN of the user or of the role's session")
    permissions: Literal["read-only", "read-write"] = field(
        "what they may do: read-write runs commands on the instance, with the rights that it has", default="read-only"
    )


class DevelopmentEnvironment(Inputs):
    """An environment of Cloud9: an editor in the browser, and the instance that it works on."""

    owner_arn: PersonArn = field("ARN of the user or of the role's session that it belongs to")
    subnet_id: SubnetId = field("subnet of the instance: a private one, with a way to Systems Manager and the internet")
    instance_type: InstanceType = field("type of the instance, of x86-64", default="t3.small")
    image: Literal["amazonlinux-2023-x86_64", "ubuntu-22.04-x86_64"] = field(
        "what the instance runs, by its name at Cloud9", default="amazonlinux-2023-x86_64"
    )
    automatic_stop_minutes: int = field(
        "after how many minutes without use the instance is stopped", default=30, ge=15, le=20160
    )
    description: str | None = field(
        "what it is for, for whoever looks through the list; left out, nothing is said",
        default=None,
        min_length=1,
        max_length=200,
    )
    members: dict[MemberName, Member] = field("who works in it too, by name; left out, nobody", default={})


class NamedService(Inputs):
    """What instances may do with a service of AWS."""

    actions: Annotated[list[ExactAction], Unique()] = field("its actions", min_length=1)
    resources: Annotated[list[ResourceArn], Unique()] = field(
        "what they are done with, by ARNs that name something", min_length=1
    )


class Cloud9Inputs(ServiceInputs):
    """Environments of Cloud9 in an account that has had some before."""

    existing_customer: bool = field(
        f"says that the account had an environment of Cloud9 before {CLOSED}, when AWS closed it to all others"
    )
    environments: dict[EnvironmentName, DevelopmentEnvironment] = field("environments by name")
    services: dict[ServiceName, NamedService] = field(
        "services of AWS that instances may use with rights of their own, by name; an account has one role for all "
        "environments of all modules. Left out, Systems Manager alone",
        default={},
    )
    make_access_role: bool = field(
        "whether the module makes the role AWSCloud9SSMAccessRole and its instance profile, which an account has once; "
        "false where the console or another call of the module has made them",
        default=True,
    )
    kubectl: Tool = field("kubectl of every instance", default=KUBECTL)
    helm: Tool = field("Helm of every instance", default=HELM)
    terraform: Tool = field("Terraform of every instance", default=TERRAFORM)

    rules = (
        Rule(
            "existing_customer",
            lambda v: v.existing_customer,
            f"must be true: AWS has taken no new customers of Cloud9 since {CLOSED}, so an account without one gets an "
            "error when it is applied. Use CloudShell for commands, and AWS Toolkit in people's own editors",
            shows=("existing_customer",),
        ),
        Rule(
            "alarm_topic_arn",
            lambda v: contains(REGIONS, region_of(v.alarm_topic_arn)),
            "must be in a region that has Cloud9, as the module then is: AWS brings it to no other",
            shows=("alarm_topic_arn",),
        ),
        EachRule(
            "environments",
            # https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
            lambda _, __, made: ~matches(made.instance_type, "[a-z]+[0-9]+g[a-z0-9-]*[.].*"),
            "must be of x86-64, as the images of Cloud9 are: one with a g behind its number is of Arm",
            inside="instance_type",
            shows=("instance_type",),
        ),
    )


class Cloud9Outputs(Outputs):
    """Where people find their environments, and what others need of them."""

    urls: dict[str, str] = output("where each environment opens in the browser, by its name")
    environment_ids: dict[str, str] = output("id of each environment, by its name; its instance has it as a tag")
    document_name: str = output("name of the document of Systems Manager that installs the tools, to run it again")
    access_role_name: str = output("name of the role that instances have, whichever module made it")
