"""Cost: limits for the environment and each family of it, who is told, and what is paid for and not used."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import Literal, Self, cast

import modules
from environments.families.alerting import Alerting
from environments.families.cluster import Cluster
from environments.platform import Platform, PlatformFamily
from groundplan.framework import field
from groundplan.grammars.availability import offers
from groundplan.problems import Problem
from groundplan.synth.families import Once
from groundplan.synth.stack import Stack
from modules.cost.budgets import Anomalies, Budget, Budgets, BudgetsInputs, TagFilter
from modules.cost.cleanup import Cleanup, CleanupInputs, Deletion, Mail, Report
from modules.cost.savings import Export, NodePool, Savings, SavingsInputs, SpotNodes

__all__ = ["CostFamily", "services"]

WITHOUT_LAYER = ("cn-northwest-1",)
"""Regions in which AWS does not publish what the functions of cleanup log with: groundplan.building.powertools."""

NODE_IMAGE = "al2023@v20261110"
"""Amazon Linux 2023 of nodes of spot capacity, which change when this does:
https://github.com/awslabs/amazon-eks-ami/releases"""


@cache
def services() -> dict[str, list[str]]:
    """The modules of each family, which are the values of the tag Service: of what is there, so none is forgotten."""
    return {family: _packages(import_module(f"modules.{family}").__path__) for family in _packages(modules.__path__)}


def _packages(path: Iterable[str]) -> list[str]:
    return sorted(found.name for found in pkgutil.iter_modules(path) if found.ispkg)


def _families_there_are(settings: CostFamily) -> Iterable[Problem]:
    there = services()
    for family in settings.family_limits:
        if family not in there:
            yield Problem(
                f'family_limits["{family}"]',
                f"must be the name of a family, got {family}",
                f"There are: {', '.join(there)}.",
            )


class CostFamily(PlatformFamily):
    """What the environment and its families may cost, and who is told on the way there."""

    checks = (_families_there_are,)

    budgets: BudgetsInputs = field("limits of costs, and who is told")
    cleanup: CleanupInputs = field("what is paid for and not used, and the weekly report")
    savings: SavingsInputs = field("what is committed to, and what AWS recommends; nothing is bought by itself")
    family_limits: dict[str, int] = field(
        "what each family may cost in a month, in the currency of the bills, by the family's name", default={}
    )

    @classmethod
    def everywhere(cls, env: Platform) -> Self:
        """Whoever answers for the environment is told of all that it costs, tagged or not."""
        return cls(
            budgets=BudgetsInputs(
                emails=[f"{env.owner}@example.com"],
                budgets={
                    "account": Budget(limit_unit=_currency(env)),
                    "environment": Budget(
                        limit_unit=_currency(env), tag=TagFilter(key="Environment", values=[env.name])
                    ),
                },
            ),
            # bills are the organization's own: none of its environments' accounts decides what they are told by
            savings=SavingsInputs(
                emails=[f"{env.owner}@example.com"], compute_optimizer=True, cost_optimization_hub=True
            ),
            cleanup=CleanupInputs(
                regions=[env.region],
                deletion=Deletion(),
                report=Report(families=services()) if offers(env.region, "cost_management") else None,
            ),
        )

    @classmethod
    def small(cls, _env: Platform) -> Self:
        """What nobody should have to think about."""
        return cls(
            budgets=BudgetsInputs(
                budgets={"account": Budget(limit_amount=1_500), "environment": Budget(limit_amount=1_200)},
            ),
            # what carries the tag in an environment that anybody may try things out in, goes
            cleanup=CleanupInputs(idle_days=7, image_age_days=60, deletion=Deletion(grace_days=7, dry_run=False)),
            # reports, synchronization and cleanup, which begin again where they are cut off
            savings=SavingsInputs(
                spot_nodes=SpotNodes(ami_alias=NODE_IMAGE, pools={"batch": NodePool(cpu_limit=16, memory_limit="64Gi")})
            ),
            family_limits={**dict.fromkeys(services(), 100), "cluster": 400, "observability": 300},
        )

    @classmethod
    def full(cls, env: Platform) -> Self:
        """The shape of production, in which what is unlike usual is told too, and both regions are looked at."""
        # what the family email sends from
        domain = f"notify.{env.public_domain}"
        identity = f"arn:{env.partition.id}:ses:{env.region}:{env.account_id}:identity/{domain}"
        mail = Mail(
            from_address=f"costs@{domain}",
            identity_arn=identity,
            recipients=[f"{env.owner}@example.com"],
        )
        return cls(
            budgets=BudgetsInputs(
                budgets={"account": Budget(limit_amount=20_000), "environment": Budget(limit_amount=15_000)},
                anomalies=Anomalies(threshold_amount=100, threshold_percent=20),
            ),
            cleanup=CleanupInputs(
                regions=[env.region, env.dr_region],
                report=Report(mail=mail) if offers(env.region, "cost_management") else None,
            ),
            savings=SavingsInputs(
                export=Export(bucket_name=f"{env.name}-bills-{env.account_id}"),
                # no workload that customers wait for tolerates its nodes
                spot_nodes=SpotNodes(
                    ami_alias=NODE_IMAGE, pools={"batch": NodePool(cpu_limit=64, memory_limit="256Gi")}
                ),
            ),
            family_limits={**dict.fromkeys(services(), 1_000), "cluster": 4_000, "observability": 3_000},
        )

    def made_once(self, env: Platform) -> Iterable[Once]:
        """Enrolments, and the monitor of all services, of which AWS allows an account one.

        https://docs.aws.amazon.com/cost-management/latest/userguide/getting-started-ad.html
        """
        if self.savings.compute_optimizer and offers(env.region, "cost_management"):
            yield Once(
                "the enrolment in Compute Optimizer",
                env.region,
                "savings.compute_optimizer",
                "Set savings.compute_optimizer to False in one of the two: the other's holds for its account.",
            )
        if self.savings.cost_optimization_hub and offers(env.region, "cost_management"):
            yield Once(
                "the enrolment in Cost Optimization Hub",
                "",
                "savings.cost_optimization_hub",
                "Set savings.cost_optimization_hub to False in one of the two: the other's holds for its account.",
            )
        anomalies = self.budgets.anomalies
        if anomalies is not None and anomalies.service_monitor is None and offers(env.region, "cost_management"):
            yield Once(
                "the monitor of all services of Cost Anomaly Detection",
                "",
                "budgets.anomalies.service_monitor",
                "Set budgets.anomalies.service_monitor in one of the two to the other's.",
            )

    def compose(self, stack: Stack, env: Platform, _alerting: Alerting, cluster: Cluster) -> None:
        """The stack `<environment>-cost`. What bills tell is told in the partition that gets them."""
        if offers(env.region, "cost_management"):
            by_family = {
                family: Budget(
                    limit_amount=limit,
                    limit_unit=_currency(env),
                    tag=TagFilter(key="Service", values=services()[family]),
                )
                for family, limit in self.family_limits.items()
            }
            named = BudgetsInputs(name=f"{env.name}-budgets", budgets=by_family)
            budgets = Budgets(stack, "budgets", stack.wired(self.budgets, named))
            if env.region not in WITHOUT_LAYER:
                told = SavingsInputs(name=f"{env.name}-savings", topic_arn=budgets.outputs.topic_arn)
                if self.savings.spot_nodes is not None:
                    told = told.but(spot_nodes=_spot_nodes(env, cluster))
                Savings(stack, "savings", stack.wired(self.savings, told))
        if env.region not in WITHOUT_LAYER:
            kept = CleanupInputs(name=f"{env.name}-cleanup", bucket_name=f"{env.name}-cleanup-{env.account_id}")
            Cleanup(stack, "cleanup", stack.wired(self.cleanup, kept))


def _spot_nodes(env: Platform, cluster: Cluster) -> SpotNodes:
    """What only the composition knows; of a cluster with a Karpenter of its own, the settings say the nodes' role."""
    named = SpotNodes(cluster_name=env.cluster.name)
    if "karpenter" in env.kubernetes.provides:
        return named
    return named.but(node_role_name=cast(str, cluster.foundations.outputs.node_role_name))


def _currency(env: Platform) -> Literal["USD", "CNY"]:
    """What bills are in: https://docs.amazonaws.cn/en_us/aws/latest/userguide/billing-and-payment.html."""
    return "CNY" if env.partition.id == "aws-cn" else "USD"
