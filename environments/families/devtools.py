"""Devtools: shells in the browser for people who work on the environment, and who hears of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from environments.families.cluster import Cluster
from environments.platform import Platform, PlatformFamily
from groundplan.framework import field
from groundplan.grammars.availability import offers
from groundplan.problems import Problem
from groundplan.synth.families import Once
from groundplan.synth.stack import Stack
from modules.devtools.cloud9 import Cloud9, Cloud9Inputs
from modules.devtools.cloudshell import Cloudshell, CloudshellInputs, Developers, VpcEnvironment

__all__ = ["DevtoolsFamily"]


class DevtoolsFamily(PlatformFamily):
    """How people get at the environment, without a machine of their own that holds its keys."""

    cloudshell: CloudshellInputs = field("who uses CloudShell, and for what")
    cloud9: Cloud9Inputs = field(
        "editors of Cloud9; while it says nothing there are none: AWS takes no new customers, and CloudShell has what "
        "people need with less to look after"
    )

    @classmethod
    def everywhere(cls, env: Platform) -> Self:
        """The developers, by a role that the account has."""
        return cls(
            cloudshell=CloudshellInputs(
                developers={"developers": Developers(role_arn=env.role_arn("developers"))},
                use_topic_arn=env.topics_by_severity["warning"],
            )
        )

    @classmethod
    def small(cls, _env: Platform) -> Self:
        """People change what they like and bring files, and nobody hears of it."""
        return cls(
            cloudshell=CloudshellInputs(
                developers={"developers": Developers(access="edit")},
                file_transfer="allowed",
                report_use=False,
                force_destroy=True,
            )
        )

    @classmethod
    def full(cls, env: Platform) -> Self:
        """A shell is in the private subnets, people look at things, and no file is moved."""
        return cls(
            cloudshell=CloudshellInputs(
                developers={"developers": Developers(access="view")},
                vpc_environment=VpcEnvironment(vpc_id=env.network.vpc_id, subnet_ids=env.network.private_subnet_ids),
            )
        )

    def unfit(self, env: Platform) -> Iterable[Problem]:
        """A kubectl that does not speak to the cluster, and hands on production.

        https://kubernetes.io/releases/version-skew-policy/#kubectl
        """
        wanted, there = (version.split(".")[1] for version in (self.cloudshell.kubectl.version, env.kubernetes.version))
        if abs(int(wanted) - int(there)) > 1:
            yield Problem(
                "cloudshell.kubectl.version",
                f"must be at most one minor version from {env.kubernetes.version}, which the cluster is of, got "
                f"{self.cloudshell.kubectl.version}",
                f"Give cloudshell.kubectl a version 1.{there}, with the sum of its file.",
            )
        for name, people in self.cloudshell.developers.items() if env.production else ():
            if people.access == "edit":
                yield Problem(
                    f'cloudshell.developers["{name}"].access',
                    "must be view or none in production, where changes come by a reviewed plan, got edit",
                    "Set access to view, and give whoever is on call a role of their own for emergencies.",
                )

    def made_once(self, _env: Platform) -> Iterable[Once]:
        """The role by which Cloud9 reaches instances, whose name is Cloud9's: `AWSCloud9SSMAccessRole`."""
        if self.cloud9.given() and self.cloud9.make_access_role:
            yield Once(
                "the role of Cloud9's instances",
                "",
                "cloud9.make_access_role",
                "Set cloud9.make_access_role to False in one of the two: the other's role is for both.",
            )

    def compose(self, stack: Stack, env: Platform, _cluster: Cluster) -> None:
        """The stack `<environment>-devtools`, whose tools are for the cluster."""
        if offers(env.region, "cloudshell"):
            named = CloudshellInputs(
                name=f"{env.name}-cloudshell",
                cluster_name=env.cluster.name,
                bucket_name=f"{env.name}-cloudshell-{env.account_id}",
            )
            shells = Cloudshell(stack, "cloudshell", stack.wired(self.cloudshell, named))
            stack.tell(shells.outputs, "bootstrap_command", "use_policy_name", "boundary_policy_arn")
        if self.cloud9.given():
            editors = Cloud9(stack, "cloud9", stack.wired(self.cloud9, Cloud9Inputs(name=f"{env.name}-cloud9")))
            stack.tell(editors.outputs, "urls")
