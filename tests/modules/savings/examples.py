"""Inputs of the tests: everything that can be bought, asked about and told, and an account that only watches."""

from __future__ import annotations

from modules.cost.savings import (
    Bills,
    Export,
    NodePool,
    ReservedInstances,
    ReservedNodes,
    SavingsInputs,
    SavingsPlans,
    SpotNodes,
    Watch,
)

ACCOUNT = "111122223333"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:platform-alarms"
COSTS = f"arn:aws:sns:us-east-1:{ACCOUNT}:prod-budgets"

FULL = SavingsInputs(
    name="prod-savings",
    alarm_topic_arn=TOPIC,
    permissions_boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/platform-boundary",
    reserved_instances={
        "kong": ReservedInstances(
            instance_class="db.r7g.large",
            product_description="postgresql",
            multi_az=True,
            count=2,
            i_understand_that_this_cannot_be_given_back=True,
        )
    },
    reserved_nodes={
        "sessions": ReservedNodes(
            node_type="cache.r7g.large",
            product_description="valkey",
            count=3,
            term_years=3,
            payment="Partial Upfront",
            i_understand_that_this_cannot_be_given_back=True,
        )
    },
    savings_plans=SavingsPlans(bucket_name=f"prod-savings-{ACCOUNT}", most_hourly_commitment="2.50", lookback_days=60),
    watches={
        "databases": Watch(kind="RI_COVERAGE", service="Amazon Relational Database Service", least_percent=60),
        "plans": Watch(kind="SAVINGS_PLANS_UTILIZATION", least_percent=95),
    },
    topic_arn=COSTS,
    emails=["finance@example.com"],
    compute_optimizer=True,
    cost_optimization_hub=True,
    bills=Bills(families={"gateway": ["kong"], "observability": ["loki", "mimir", "tempo"]}),
    export=Export(bucket_name=f"prod-bills-{ACCOUNT}"),
    spot_nodes=SpotNodes(
        cluster_name="prod",
        node_role_name="prod-cluster-node",
        ami_alias="al2023@v20261110",
        pools={
            "batch": NodePool(cpu_limit=200, memory_limit="800Gi"),
            "previews": NodePool(
                cpu_limit=40, memory_limit="160Gi", on_demand_too=True, architectures=["amd64", "arm64"]
            ),
        },
    ),
)

SMALL = SavingsInputs(
    name="dev-savings",
    alarm_topic_arn=TOPIC,
    compute_optimizer=True,
    watches={"plans": Watch(kind="SAVINGS_PLANS_COVERAGE")},
    emails=["platform@example.com"],
)
