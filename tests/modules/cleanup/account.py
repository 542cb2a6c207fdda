"""An account of the emulator that has of each kind both waste and what only looks like it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

import boto3
from moto.backends import get_backend

__all__ = ["ACCOUNT", "NOW", "REGION", "Account", "made"]

ACCOUNT, REGION = "123456789012", "us-east-1"
NOW = datetime.now(UTC).replace(microsecond=0) + timedelta(days=120)
"""The emulator makes things today: seen from here they are old."""
RECENT = NOW - timedelta(days=3)
KEEP = [{"Key": "Keep", "Value": "until the audit is over"}]
OPTED_IN = [{"Key": "Cleanup", "Value": "delete"}]
BUCKET, TOPIC = "prod-cleanup-reports", f"arn:aws:sns:{REGION}:{ACCOUNT}:prod-cleanup"


@dataclass
class Account:
    """What is waste, by kind, and all the rest by what it is."""

    waste: dict[str, set[str]] = field(default_factory=dict)
    look_alikes: dict[str, str] = field(default_factory=dict)
    opted_in: dict[str, str] = field(default_factory=dict)

    def wastes(self, kind: str, id: str) -> str:
        self.waste.setdefault(kind, set()).add(id)
        return id

    def looks(self, how: str, id: str) -> str:
        self.look_alikes[how] = id
        return id


@cache
def client(service: str) -> Any:
    """A client of the emulator; each takes a while to make."""
    return boto3.client(service, region_name=REGION)


def _measured(namespace: str, metric: str, dimension: str, value: str, amount: float) -> None:
    client("cloudwatch").put_metric_data(
        Namespace=namespace,
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": [{"Name": dimension, "Value": value}],
                "Timestamp": RECENT,
                "Value": amount,
            }
        ],
    )


def _tagged(kind: str, tags: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": tags}] if tags else []


def _image() -> str:
    return str(client("ec2").register_image(Name=f"base-{uuid4()}", RootDeviceName="/dev/xvda")["ImageId"])


def _disks(account: Account) -> None:
    ec2, backend = client("ec2"), get_backend("ec2")[ACCOUNT][REGION]

    def volume(tags: list[dict[str, str]] = [], **more: Any) -> str:  # noqa: B006
        made = ec2.create_volume(
            AvailabilityZone=f"{REGION}a",
            Size=100,
            VolumeType="gp3",
            TagSpecifications=_tagged("volume", tags),
            **more,
        )
        return str(made["VolumeId"])

    account.wastes("unattached_volume", volume([{"Key": "Name", "Value": "old-claims"}]))
    account.opted_in["unattached_volume"] = account.wastes("unattached_volume", volume(OPTED_IN))
    account.looks("a volume that somebody keeps", volume(KEEP))
    young = account.looks("a volume of yesterday", volume())
    backend.volumes[young].create_time = NOW - timedelta(days=1)
    moving = account.looks("a volume whose pod is about to start again", volume())
    _measured("AWS/EBS", "VolumeIdleTime", "VolumeId", moving, 300)
    (instance,) = ec2.run_instances(ImageId=_image(), MinCount=1, MaxCount=1)["Instances"]
    attached = account.looks("a volume that is attached", volume())
    ec2.attach_volume(VolumeId=attached, InstanceId=instance["InstanceId"], Device="/dev/sdh")

    def snapshot(tags: list[dict[str, str]] = []) -> str:  # noqa: B006
        made = ec2.create_snapshot(VolumeId=attached, TagSpecifications=_tagged("snapshot", tags))
        return str(made["SnapshotId"])

    account.wastes("old_snapshot", snapshot())
    account.opted_in["old_snapshot"] = account.wastes("old_snapshot", snapshot(OPTED_IN))
    account.looks("a snapshot that somebody keeps", snapshot(KEEP))
    account.looks("a snapshot of AWS Backup", snapshot([{"Key": "aws:backup:source-resource", "Value": "x"}]))
    account.looks("a snapshot of Velero", snapshot([{"Key": "velero.io/backup", "Value": "daily"}]))
    account.looks("a snapshot of a cluster", snapshot([{"Key": "ebs.csi.aws.com/cluster", "Value": "true"}]))
    recent = account.looks("a snapshot of this month", snapshot())
    backend.snapshots[recent].start_time = NOW - timedelta(days=30)
    for image in ec2.describe_images(Owners=["self"])["Images"]:
        (mapping,) = image["BlockDeviceMappings"]
        account.looks(f"a snapshot that the image {image['Name']} uses", mapping["Ebs"]["SnapshotId"])


def _network(account: Account) -> tuple[str, str]:
    ec2, backend = client("ec2"), get_backend("ec2")[ACCOUNT][REGION]
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"
        ]
        for number, zone in enumerate("ab")
    ]

    def address(tags: list[dict[str, str]] = []) -> str:  # noqa: B006
        made = ec2.allocate_address(Domain="vpc", TagSpecifications=_tagged("elastic-ip", tags))
        return str(made["AllocationId"])

    account.wastes("unassociated_address", address())
    account.opted_in["unassociated_address"] = account.wastes("unassociated_address", address(OPTED_IN))
    account.looks("an address that somebody keeps", address(KEEP))
    (instance,) = ec2.run_instances(ImageId=_image(), MinCount=1, MaxCount=1)["Instances"]
    used = account.looks("an address of an instance", address())
    ec2.associate_address(AllocationId=used, InstanceId=instance["InstanceId"])

    def gateway(tags: list[dict[str, str]] = []) -> str:  # noqa: B006
        # private: no address of its own to be found beside it
        made = ec2.create_nat_gateway(
            SubnetId=subnets[0], ConnectivityType="private", TagSpecifications=_tagged("natgateway", tags)
        )
        return str(made["NatGateway"]["NatGatewayId"])

    account.wastes("idle_nat_gateway", gateway())
    silent = account.wastes("idle_nat_gateway", gateway(OPTED_IN))
    account.opted_in["idle_nat_gateway"] = silent
    _measured("AWS/NATGateway", "BytesOutToDestination", "NatGatewayId", silent, 0)
    account.looks("a NAT gateway that somebody keeps", gateway(KEEP))
    busy = account.looks("a NAT gateway that something goes through", gateway())
    _measured("AWS/NATGateway", "BytesOutToDestination", "NatGatewayId", busy, 12_345)
    new = account.looks("a NAT gateway of yesterday", gateway())
    backend.nat_gateways[new]._created_at = NOW - timedelta(days=1)
    return subnets[0], subnets[1]


def _load_balancers(account: Account, subnets: tuple[str, str]) -> None:
    elbv2 = client("elbv2")

    def balancer(name: str, kind: str = "application", tags: list[dict[str, str]] = []) -> str:  # noqa: B006
        made = elbv2.create_load_balancer(
            Name=name, Type=kind, Subnets=list(subnets), **({"Tags": tags} if tags else {})
        )
        return str(made["LoadBalancers"][0]["LoadBalancerArn"])

    account.wastes("idle_load_balancer", balancer("forgotten"))
    account.opted_in["idle_load_balancer"] = account.wastes(
        "idle_load_balancer", balancer("forgotten-network", "network", OPTED_IN)
    )
    account.looks("a load balancer that somebody keeps", balancer("kept", tags=KEEP))
    for name, kind, namespace, metric in (
        ("asked", "application", "AWS/ApplicationELB", "RequestCount"),
        ("streaming", "network", "AWS/NetworkELB", "ProcessedBytes"),
    ):
        arn = account.looks(f"a load balancer of type {kind} that is asked", balancer(name, kind))
        _measured(namespace, metric, "LoadBalancer", arn.split(":loadbalancer/")[1], 7)


def _images(account: Account) -> None:
    ecr, backend = client("ecr"), get_backend("ecr")[ACCOUNT][REGION]

    def repository(name: str, tags: list[dict[str, str]] = []) -> None:  # noqa: B006
        ecr.create_repository(repositoryName=name, tags=tags)

    def image(
        where: str, tag: str, *, parts: list[str] | None = None, pushed_days: int = 110, pulled_days: int = 0
    ) -> str:
        layered = {
            "schemaVersion": 2,
            "config": {"digest": f"sha256:{tag}"},
            "layers": [{"digest": f"sha256:{tag}-layer", "size": 1000}],
        }
        media = "application/vnd.docker.distribution.manifest.v2+json"
        if parts is not None:
            media = "application/vnd.oci.image.index.v1+json"
            # an index has no layers; without one the emulator makes its digest by chance
            layered |= {"mediaType": media, "manifests": [{"digest": part} for part in parts]}
        made = ecr.put_image(
            repositoryName=where, imageManifest=json.dumps(layered), imageManifestMediaType=media, imageTag=tag
        )
        digest = str(made["image"]["imageId"]["imageDigest"])
        for each in backend.repositories[where].images:
            if each.get_image_digest() == digest:
                each.image_pushed_at = (NOW - timedelta(days=pushed_days)).timestamp()
                if pulled_days:
                    each.last_recorded_pull_time = (NOW - timedelta(days=pulled_days)).timestamp()
        return f"{where}@{digest}"

    repository("claims/api")
    account.wastes("stale_image", image("claims/api", "v1", pushed_days=118))
    part = account.looks("an image that a newer index is made of", image("claims/api", "v2-arm64", pushed_days=117))
    account.looks("an old image that was pulled this month", image("claims/api", "v2", pushed_days=116, pulled_days=5))
    account.looks("one of the newest images", image("claims/api", "v3", parts=[part.split("@")[1]], pushed_days=115))
    account.looks("the newest image", image("claims/api", "v4", pushed_days=100))
    repository("sandbox/api", OPTED_IN)
    account.opted_in["stale_image"] = account.wastes("stale_image", image("sandbox/api", "v1"))
    account.looks("the newest of a sandbox", image("sandbox/api", "v2", pushed_days=105))
    account.looks("the second newest of a sandbox", image("sandbox/api", "v3", pushed_days=104))
    repository("golden/base", KEEP)
    for number in range(4):
        account.looks(f"image {number} of a repository that is kept", image("golden/base", f"v{number}"))


def _logs(account: Account) -> None:
    logs = client("logs")
    for name, tags, retention in (
        ("/aws/lambda/forgotten", {}, 0),
        ("/aws/lambda/sandbox", {"Cleanup": "delete"}, 0),
        ("/audit/for-ever", {"Keep": "the law asks for it"}, 0),
        ("/aws/lambda/kept-a-year", {}, 365),
    ):
        logs.create_log_group(logGroupName=name, tags=tags)
        if retention:
            logs.put_retention_policy(logGroupName=name, retentionInDays=retention)
    account.wastes("log_group_without_retention", "/aws/lambda/forgotten")
    account.opted_in["log_group_without_retention"] = account.wastes(
        "log_group_without_retention", "/aws/lambda/sandbox"
    )
    account.looks("a log group that the law keeps", "/audit/for-ever")
    account.looks("a log group with a retention", "/aws/lambda/kept-a-year")


def made() -> Account:
    """The account; call it inside of the emulator."""
    client("s3").create_bucket(Bucket=BUCKET)
    client("sns").create_topic(Name="prod-cleanup")
    account = Account()
    _disks(account)
    subnets = _network(account)
    _load_balancers(account, subnets)
    _images(account)
    _logs(account)
    return account
