"""What every environment says about itself, whichever services it has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from groundplan.building.settings import Cluster
from groundplan.charts.facts import list_charts
from groundplan.framework import Rule, length
from groundplan.framework.arns import Written, arns_of
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.inputs import Inputs, field
from groundplan.framework.types import (
    AccountId,
    HttpsUrl,
    Names,
    OrganizationId,
    RegionName,
    ResourceName,
    SubnetId,
    TagValue,
    VpcId,
)
from groundplan.grammars import zones
from groundplan.grammars.partitions import Partition, partition_of
from groundplan.problems import Problem

from . import errors
from .cloud import host_fault
from .manifest import ClusterFacts, EnvironmentFacts

__all__ = ["Environment", "GitLab", "Kubernetes", "Network", "TerraformCloud", "VaultServer", "misplaced"]


# Unverified: no page of HashiCorp's that could be read says which characters, nor 3 to 40 of them.
OrganizationName = Annotated[
    str,
    Pattern(
        "[A-Za-z0-9_-]+",
        "the organization's name as it stands in its address, /app/<name>: letters, digits, - and _",
    ),
]


def _a_host_that_terraform_takes(cloud: TerraformCloud) -> Iterator[Problem]:
    if fault := host_fault(cloud.hostname):
        yield errors.not_a_host("hostname", cloud.hostname, fault)


class TerraformCloud(Inputs):
    """Where the environment's workspaces are."""

    organization: OrganizationName = field(
        "Terraform Cloud organization that holds the workspaces", min_length=3, max_length=40
    )
    hostname: str = field(
        "host of Terraform Cloud or of a Terraform Enterprise installation, with its port where it has one of its own",
        default="app.terraform.io",
        min_length=1,
    )

    checks: ClassVar[tuple[Callable[[Any], Iterable[Problem]], ...]] = (_a_host_that_terraform_takes,)


class GitLab(Inputs):
    """The GitLab that the environment's projects are in. Its token is read from GITLAB_TOKEN when Terraform runs."""

    base_url: HttpsUrl = field("address of GitLab's API", default="https://gitlab.com/api/v4/")


MountPath = Annotated[
    str, Pattern("[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*", "a path of Vault without slashes at its ends, such as aws")
]


class VaultServer(Inputs):
    """The Vault that the environment's stacks configure, and how a run of Terraform logs in: by who it is.

    https://registry.terraform.io/providers/hashicorp/vault/5.6.0/docs#vault-authentication-configuration-options
    """

    address: HttpsUrl = field("address of Vault's API, as runs of Terraform reach it")
    login: Literal["aws", "kubernetes"] = field(
        "how a run proves who it is: aws by the AWS role that it has, kubernetes by the token of the service account "
        "that it runs as, which it reads from TERRAFORM_VAULT_AUTH_JWT",
        default="aws",
    )
    login_path: MountPath | None = field(
        "where that auth method is mounted; left out, under its own name", default=None
    )
    login_role: ResourceName = field("role of that auth method that runs log in as", default="groundplan")
    token_ttl_seconds: int = field("how long a run's token lives, in seconds", default=1200, ge=60, le=86400)

    def provider_block(self, region: str) -> dict[str, Any]:
        """The provider's own block; `region` is that of the STS which tells Vault who a run is."""
        path = self.login_path or self.login
        login: dict[str, Any] = {"mount": path, "role": self.login_role}
        if self.login == "aws":
            # signed too: what was meant for another Vault cannot be sent to this one
            # https://developer.hashicorp.com/vault/docs/auth/aws#iam-auth-method
            login |= {"aws_region": region, "header_value": str(urlsplit(self.address).hostname)}
        # the API of the method kubernetes takes what that of jwt does, a role and a token
        # https://developer.hashicorp.com/vault/api-docs/auth/kubernetes#login
        word = {"aws": "auth_login_aws", "kubernetes": "auth_login_jwt"}[self.login]
        return {"address": self.address, "max_lease_ttl_seconds": self.token_ttl_seconds, word: [login]}


KubernetesVersion = Annotated[
    str, Pattern(r"1\.[1-9][0-9]", "a minor version of Kubernetes as EKS names it, such as 1.34")
]


def _charts_of_the_lock(kubernetes: Kubernetes) -> Iterator[Problem]:
    known = list_charts()
    for index, name in enumerate(kubernetes.provides):
        if name not in known:
            yield errors.unknown_chart_provided(f"provides[{index}]", name, known)


class Kubernetes(Inputs):
    """The API of the environment's EKS cluster: what charts are rendered for, and what objects are held against."""

    version: KubernetesVersion = field("minor version of the cluster, such as 1.34")
    provides: Annotated[list[str], Unique()] = field(
        "charts of the lock whose custom kinds are in the cluster although no stack of the environment brings them",
        default=[],
    )

    checks: ClassVar[tuple[Callable[[Any], Iterable[Problem]], ...]] = (_charts_of_the_lock,)


class Network(Inputs):
    """The VPC that the environment's services are in."""

    vpc_id: VpcId = field("id of the VPC")
    private_subnet_ids: Annotated[list[SubnetId], Unique()] = field(
        "ids of the private subnets, one an availability zone", min_length=1
    )
    availability_zones: Names = field("names of the availability zones, in the order of the subnets", min_length=1)

    rules = (
        Rule(
            "private_subnet_ids",
            lambda v: length(v.private_subnet_ids) == length(v.availability_zones),
            "must have one subnet for each of availability_zones",
            shows=("private_subnet_ids", "availability_zones"),
        ),
    )


def _zones_of_the_region(environment: Environment) -> Iterator[Problem]:
    for index, zone in enumerate(environment.network.availability_zones):
        for found in zones.name_problems(zone, environment.region):
            yield Problem(f"network.availability_zones[{index}]", found.message, found.cure)


def _arns_of_its_own(environment: Environment) -> Iterator[Problem]:
    for written in arns_of(environment):
        # of which of its regions a topic is, the project's own checks say
        yield from misplaced(environment, written, regional=("kms",))


def misplaced(
    environment: Environment, written: Written, regional: tuple[str, ...] = ("kms", "sns")
) -> Iterator[Problem]:
    """What is wrong with the place of an ARN, which for the `regional` services is a region of the environment.

    Alarms and events reach topics of their own account alone here, a role takes a boundary and trusts a provider of its
    own account alone:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_OpenIDConnectProviderListEntry.html
    A key, a role and a secret may be another account's.
    """
    regions = sorted({environment.region, environment.dr_region, *environment.further_regions})
    partition = environment.partition.id
    own = written.service == "sns" or written.resource.startswith(("policy/", "oidc-provider/"))
    if written.partition != partition:
        yield errors.other_partition(written.path, written.arn, partition, environment.region)
    elif written.service in regional and written.region not in regions:
        yield errors.arn_elsewhere(written.path, written.arn, regions)
    elif own and written.account not in (environment.account_id, "aws"):
        yield errors.other_account(written.path, written.arn, environment.account_id)


def _regions_of_its_partition(environment: Environment) -> Iterator[Problem]:
    own = environment.partition
    given = [("dr_region", environment.dr_region)]
    given += [(f"further_regions[{index}]", region) for index, region in enumerate(environment.further_regions)]
    for path, region in given:
        if partition_of(region) != own:
            yield errors.region_of_another_partition(path, region, environment.region, own.id)


class Environment(Inputs):
    """Base class of a project's settings. Extend it with what the project's compositions need."""

    name: ResourceName = field("short name of the environment: part of every name and tag, such as prod", max_length=16)
    account_id: AccountId = field("AWS account that the environment is in")
    organization_id: OrganizationId = field("AWS Organizations id that the account belongs to")
    region: RegionName = field("primary region")
    dr_region: RegionName = field("disaster recovery region, which holds the copies")
    terraform_cloud: TerraformCloud = field("where the workspaces <environment>-<family> are")
    owner: TagValue = field("team that answers for the environment, as its Owner tag")
    cost_center: TagValue = field("who pays, as the CostCenter tag")
    data_classification: Literal["public", "internal", "confidential", "restricted"] = field(
        "highest class of data in the environment, as the DataClassification tag"
    )
    cluster: Cluster = field("the EKS cluster")
    kubernetes: Kubernetes = field("the API of that cluster")
    network: Network = field("the VPC")
    production: bool = field(
        "whether policies judge it as production; environments of production come last in lists", default=False
    )
    twin_of: ResourceName | None = field(
        "environment whose families' settings hold here too, below this one's own, as for disaster recovery; left out, "
        "there is none",
        default=None,
    )
    without: list[str] = field("families that the environment does not have", default=[])
    further_regions: list[RegionName] = field(
        "regions beside region and dr_region that policies let it use, such as us-east-1 for CloudFront", default=[]
    )
    gitlab: GitLab | None = field(
        "the GitLab that stacks with GitLab resources talk to; left out, gitlab.com", default=None
    )
    vault: VaultServer | None = field(
        "the Vault that stacks with Vault resources configure; left out, there must be no such stack", default=None
    )

    rules = (
        Rule(
            "dr_region",
            lambda v: v.dr_region != v.region,
            "must be another region than region, or a regional outage takes the copies too",
            shows=("region", "dr_region"),
        ),
    )
    checks: ClassVar[tuple[Callable[[Any], Iterable[Problem]], ...]] = (
        _zones_of_the_region,
        _arns_of_its_own,
        _regions_of_its_partition,
    )

    wired: ClassVar[tuple[str, ...]] = ("cluster", "organization_id", "region")
    """Settings that every module with an input of the same name gets, see `groundplan.synth.stack.Stack.wired`."""

    def steps_to(self, name: str) -> tuple[str | int, ...]:
        """Where a setting of `wired` stands in the environment: by default under its own name."""
        return (name,)

    @property
    def partition(self) -> Partition:
        """Where `region` is: AWS's own partition, or that of China, of GovCloud, ..."""
        return partition_of(self.region)

    def default_tags(self) -> dict[str, str]:
        """The tags that the AWS provider puts on everything; each module adds Service."""
        return {
            "CostCenter": self.cost_center,
            "DataClassification": self.data_classification,
            "Environment": self.name,
            "ManagedBy": "groundplan",
            "Owner": self.owner,
        }

    def facts(self) -> EnvironmentFacts:
        """What policies know of the environment."""
        regions = {self.region, self.dr_region, *self.further_regions}
        return EnvironmentFacts(production=self.production, allowed_regions=tuple(sorted(regions)))

    def cluster_facts(self) -> ClusterFacts:
        """What rendering knows of the cluster."""
        return ClusterFacts(
            kubernetes_version=self.kubernetes.version, provides=tuple(sorted(self.kubernetes.provides))
        )

    def answers(self) -> dict[str, Any]:
        """What data sources find in this environment, for plans that ask no cloud."""
        return {
            "account_id": self.account_id,
            "availability_zones": list(self.network.availability_zones),
            "cluster": {
                "name": self.cluster.name,
                "oidc_provider_arn": self.cluster.oidc_provider_arn,
                "version": self.kubernetes.version,
            },
            "dr_region": self.dr_region,
            "organization_id": self.organization_id,
            "region": self.region,
            "subnet_ids": list(self.network.private_subnet_ids),
            "vpc_id": self.network.vpc_id,
        }
