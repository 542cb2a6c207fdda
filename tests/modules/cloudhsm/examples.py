"""Inputs of the tests: a cluster before the ceremony, and one after it with everything switched on."""

from __future__ import annotations

from modules.secrets.cloudhsm import Ceremony, CloudhsmInputs

TOPIC = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
# the id that the offline apply gives to the cluster of FULL: Terraform compares the two
CLUSTER = "cluster-yp4b2m52xoy"
SUBNETS = {"us-east-1a": "subnet-0a1b2c3d4e5f60001", "us-east-1b": "subnet-0a1b2c3d4e5f60002"}
HELD = Ceremony(cluster_id=CLUSTER, held_on="2026-11-30", witnesses=["Ann Archer", "Ben Baker"])

BEFORE = CloudhsmInputs(name="prod-cloudhsm", alarm_topic_arn=TOPIC, subnets=SUBNETS, first_zone="us-east-1a")

FULL = BEFORE.but(
    permissions_boundary_arn="arn:aws:iam::111122223333:policy/platform-boundary",
    subnets={**SUBNETS, "us-east-1c": "subnet-0a1b2c3d4e5f60003"},
    clients={"payments": "sg-0a1b2c3d4e5f60001", "signing": "sg-0a1b2c3d4e5f60002"},
    initialized=True,
    ceremony=HELD,
    additional_hsms={"busy": "us-east-1b"},
    source_backup_identifier="backup-abcdefghij2",
    backup_retention_days=365,
)
