"""What may be set: what is reserved, which plan is asked about, what is watched, what bills are told by, spot nodes."""

from __future__ import annotations

from typing import Annotated, Literal

from groundplan.building import ServiceInputs
from groundplan.framework import Inputs, Rule, any_of, field, is_set, not_empty
from groundplan.framework.constraints import Length, Pattern, Unique
from groundplan.framework.types import AwsSchedule, BucketName, EmailAddress, TopicArn

__all__ = [
    "PLATFORM_TAGS",
    "Bills",
    "Export",
    "NodePool",
    "ReservedInstances",
    "ReservedNodes",
    "SavingsInputs",
    "SavingsPlans",
    "SpotNodes",
    "Watch",
]

PLATFORM_TAGS = ["CostCenter", "DataClassification", "Environment", "ManagedBy", "Owner", "Service"]
"""The tags that the platform sets on everything."""

PurchaseName = Annotated[
    str,
    Pattern("[a-z][a-z0-9-]{0,22}[a-z0-9]", "2 to 24 lower-case letters, digits and hyphens, beginning with a letter"),
]
PoolName = Annotated[
    str,
    Pattern("[a-z]([a-z0-9-]{0,38}[a-z0-9])?", "at most 40 lower-case letters, digits and hyphens, after a letter"),
]
FamilyName = Annotated[str, Pattern("[a-z][a-z0-9_]{0,39}", "1 to 40 lower-case letters, digits and _, after a letter")]
Dollars = Annotated[str, Pattern(r"[0-9]{1,7}(\.[0-9]{1,5})?", "an amount of USD, such as 2.50")]
Payment = Literal["All Upfront", "No Upfront", "Partial Upfront"]
Quantity = Annotated[str, Pattern("[1-9][0-9]*(Gi|Mi)", "an amount of memory, such as 512Gi")]

CONFIRMED = (
    "must be true, written by somebody who may decide that: it is paid for the whole term from the next apply on, and "
    "AWS gives nothing back. Without that decision leave the entry out"
)


InstanceClass = Annotated[str, Pattern(r"db\.[a-z0-9]+\.[a-z0-9]+", "a class of RDS, such as db.r7g.large")]
NodeType = Annotated[str, Pattern(r"cache\.[a-z0-9]+\.[a-z0-9]+", "a type of ElastiCache, such as cache.r7g.large")]


class ReservedInstances(Inputs):
    """Instances of RDS that are paid for one or three years, whatever runs."""

    instance_class: Annotated[str, Pattern(r"db\.[a-z0-9]+\.[a-z0-9]+", "a class of RDS, such as db.r7g.large")] = (
        field("class of the instances; within a family, sizes count for one another")
    )
    product_description: Literal["aurora-mysql", "aurora-postgresql", "mariadb", "mysql", "postgresql"] = field(
        "engine, in the words of RDS's offerings"
    )
    multi_az: bool = field("whether it is for Multi-AZ instances", default=False)
    count: int = field("how many", ge=1, le=100)
    term_years: Literal[1, 3] = field("for how long, in years", default=1)
    payment: Payment = field("when it is paid", default="No Upfront")
    i_understand_that_this_cannot_be_given_back: bool = field(
        "true, written by somebody who may decide to pay for the whole term"
    )

    rules = (
        Rule(
            "i_understand_that_this_cannot_be_given_back",
            lambda v: v.i_understand_that_this_cannot_be_given_back,
            CONFIRMED,
        ),
        Rule(
            "payment",
            # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithReservedDBInstances.html
            lambda v: any_of(v.term_years == 1, v.payment != "No Upfront"),
            "must be All Upfront or Partial Upfront for 3 years: RDS offers no other",
            shows=("payment", "term_years"),
        ),
    )


class ReservedNodes(Inputs):
    """Nodes of ElastiCache that are paid for one or three years, whatever runs."""

    node_type: NodeType = field("type of the nodes")
    product_description: Literal["memcached", "redis", "valkey"] = field(
        "engine, in the words of ElastiCache's offerings"
    )
    count: int = field("how many", ge=1, le=100)
    term_years: Literal[1, 3] = field("for how long, in years", default=1)
    payment: Payment = field("when it is paid", default="No Upfront")
    i_understand_that_this_cannot_be_given_back: bool = field(
        "true, written by somebody who may decide to pay for the whole term"
    )

    rules = (
        Rule(
            "i_understand_that_this_cannot_be_given_back",
            lambda v: v.i_understand_that_this_cannot_be_given_back,
            CONFIRMED,
        ),
    )


class SavingsPlans(Inputs):
    """A Compute Savings Plan: what AWS recommends is asked about, and bought when somebody approves within a week."""

    bucket_name: BucketName = field("name of the bucket that recommendations are kept in, a file a month")
    most_hourly_commitment: Dollars = field("what may be committed at most by one plan, in USD an hour")
    least_monthly_savings: Dollars = field(
        "what it must save at least for people to be asked, in USD a month", default="100"
    )
    term_years: Literal[1, 3] = field("for how long, in years", default=1)
    payment: Literal["ALL_UPFRONT", "NO_UPFRONT", "PARTIAL_UPFRONT"] = field("when it is paid", default="NO_UPFRONT")
    lookback_days: Literal[7, 30, 60] = field("usage of how many days AWS looks at", default=30)
    schedule: AwsSchedule = field(
        "when it is looked at, as cron(...) in UTC; left out, on the first Tuesday of a month",
        default="cron(0 7 ? * 3#1 *)",
    )


class Watch(Inputs):
    """Told when what was bought is not used, or when too little of what runs is covered by it."""

    kind: Literal["RI_COVERAGE", "RI_UTILIZATION", "SAVINGS_PLANS_COVERAGE", "SAVINGS_PLANS_UTILIZATION"] = field(
        "what is watched, in the words of AWS Budgets"
    )
    service: (
        Literal["Amazon ElastiCache", "Amazon Elastic Compute Cloud - Compute", "Amazon Relational Database Service"]
        | None
    ) = field("whose reservations, for RI_COVERAGE and RI_UTILIZATION", default=None)
    least_percent: int = field("below how many percent people are told", default=80, ge=1, le=100)
    time_unit: Literal["DAILY", "MONTHLY", "QUARTERLY"] = field("over what time it is looked at", default="MONTHLY")

    rules = (
        Rule(
            "service",
            lambda v: is_set(v.service) == any_of(v.kind == "RI_COVERAGE", v.kind == "RI_UTILIZATION"),
            "must be given for RI_COVERAGE and RI_UTILIZATION, and left out for savings plans",
            shows=("kind", "service"),
        ),
    )


class Bills(Inputs):
    """What the account that gets the bills of an organization decides for all of it."""

    allocation_tags: Annotated[list[str], Unique(), Length(1, 500, "items")] = field(
        "keys of tags that bills are told by; AWS knows a key a day after something carries it, and refuses it before",
        default=PLATFORM_TAGS,
    )
    category_name: Annotated[
        str, Pattern("[A-Za-z0-9_-][A-Za-z0-9 _-]{0,48}[A-Za-z0-9_-]", "2 to 50 letters, digits, blanks, _ and -")
    ] = field("name of the cost category that puts costs into families", default="Family")
    families: dict[FamilyName, Annotated[list[str], Unique(), Length(1, None, "items")]] = field(
        "values of the tag Service that belong together, by the name of the family", min_length=1, max_length=500
    )


class Export(Inputs):
    """Cost and usage, line by line, once a day into a bucket, for Athena."""

    bucket_name: BucketName = field("name of the bucket, which nobody else in the partition may have")
    keep_days: int = field("how long a month's lines are kept, in days", default=1100, ge=62, le=36500)
    most_scanned_gibibytes: int = field("what one query may read at most, in GiB", default=10, ge=1, le=10_000)


class NodePool(Inputs):
    """Nodes of spot capacity that Karpenter makes for pods which tolerate to lose them."""

    instance_categories: Annotated[list[Literal["c", "m", "r", "t"]], Unique(), Length(1, None, "items")] = field(
        "categories of instances: the more, the rarer spot capacity runs out", default=["c", "m", "r"]
    )
    architectures: Annotated[list[Literal["amd64", "arm64"]], Unique(), Length(1, None, "items")] = field(
        "what images are built for", default=["arm64"]
    )
    on_demand_too: bool = field("whether nodes are made on demand where there is no spot capacity", default=False)
    cpu_limit: int = field("how many CPUs all of its nodes may have", ge=1, le=10_000)
    memory_limit: Quantity = field("how much memory all of its nodes may have")
    weight: int = field("which pool comes first where several fit; the greater one does", default=10, ge=1, le=100)
    expire_after_hours: int = field("after how many hours a node is replaced", default=168, ge=1, le=720)
    consolidate_after_seconds: int = field(
        "how long a node must stay too large, or empty, before pods move to fewer ones, in seconds",
        default=60,
        ge=0,
        le=86_400,
    )
    most_disrupted_percent: int = field(
        "how many of its nodes go at once at most, in percent", default=10, ge=1, le=100
    )


class SpotNodes(Inputs):
    """Spot capacity for workloads that may be interrupted; Karpenter must be there, and bring its kinds."""

    cluster_name: Annotated[str, Length(1, 100)] = field("name of the EKS cluster, which tags its subnets and groups")
    node_role_name: Annotated[str, Pattern("[A-Za-z0-9_+=,.@-]{1,64}", "the name of an IAM role, without its path")] = (
        field("name of the role that the nodes have")
    )
    ami_alias: Annotated[
        str,
        # where its volume is, others say otherwise
        Pattern("al2023@v[0-9]{8}", "an image of Amazon Linux 2023 and its exact version, such as al2023@v20261110"),
    ] = field("image of the nodes: never @latest, by which nodes change on a day when nobody changed anything")
    volume_gibibytes: int = field("size of a node's volume, in GiB", default=50, ge=20, le=16_384)
    pools: dict[PoolName, NodePool] = field("pools of nodes by name", min_length=1)


class SavingsInputs(ServiceInputs):
    """Reservations and plans, what watches them, what bills are told by, and spot capacity."""

    reserved_instances: dict[PurchaseName, ReservedInstances] = field(
        "reservations of RDS by name; each is bought by the apply that brings it. Left out, none is", default={}
    )
    reserved_nodes: dict[PurchaseName, ReservedNodes] = field(
        "reservations of ElastiCache by name; each is bought by the apply that brings it. Left out, none is", default={}
    )
    savings_plans: SavingsPlans | None = field(
        "recommendation of a Compute Savings Plan, which somebody may approve; left out, nobody is asked", default=None
    )
    watches: dict[PurchaseName, Watch] = field("what is watched of them, by name", default={})
    topic_arn: TopicArn | None = field(
        "ARN of the topic that watches tell, whose policy lets budgets.amazonaws.com publish; left out, mail alone",
        default=None,
    )
    emails: Annotated[list[EmailAddress], Unique(), Length(0, 10, "items")] = field(
        "who gets mail of what is watched", default=[]
    )
    compute_optimizer: bool = field("whether AWS Compute Optimizer looks at the account's resources", default=False)
    cost_optimization_hub: bool = field("whether Cost Optimization Hub gathers what AWS recommends", default=False)
    bills: Bills | None = field(
        "tags and categories of bills: for the account that gets them alone; left out, as they are", default=None
    )
    export: Export | None = field("cost and usage for Athena; left out, there is none", default=None)
    spot_nodes: SpotNodes | None = field(
        "spot capacity in a cluster with Karpenter; left out, there is none", default=None
    )

    rules = (
        Rule(
            "watches",
            lambda v: any_of(~not_empty(v.watches), is_set(v.topic_arn), not_empty(v.emails)),
            "tell nobody: give topic_arn or emails",
        ),
    )
