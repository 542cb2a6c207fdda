"""Inputs of the tests: an account that cleans up and reports, and one that only looks."""

from __future__ import annotations

from modules.cost.cleanup import CleanupInputs, Deletion, Mail, Report

ACCOUNT = "111122223333"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:platform-alarms"
IDENTITY = f"arn:aws:ses:us-east-1:{ACCOUNT}:identity/example.com"

FULL = CleanupInputs(
    name="prod-cleanup",
    alarm_topic_arn=TOPIC,
    permissions_boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/platform-boundary",
    bucket_name=f"prod-cleanup-{ACCOUNT}",
    regions=["us-east-1", "us-west-2"],
    idle_days=30,
    newest_images=25,
    deletion=Deletion(dry_run=False, grace_days=21, most=5),
    report=Report(
        families={"gateway": ["kong"], "observability": ["loki", "tempo"]},
        mail=Mail(
            from_address="costs@example.com",
            identity_arn=IDENTITY,
            recipients=["platform@example.com", "finance@example.com"],
        ),
    ),
)

SMALL = CleanupInputs(
    name="dev-cleanup",
    alarm_topic_arn=TOPIC,
    bucket_name=f"dev-cleanup-{ACCOUNT}",
    regions=["us-east-1"],
    kinds=["unattached_volume"],
    deletion=Deletion(),
)
