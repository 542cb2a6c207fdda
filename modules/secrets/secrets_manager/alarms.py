"""What is reported about secrets: failed rotations, readers that are not listed, deletions.

EventBridge knows of all three from CloudTrail: a trail must log management events, reading ones too.
https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
"""

from __future__ import annotations

from typing import Any

from groundplan.building import account_id, event_alarm, partition, region
from groundplan.framework import Module, concat, each, fitted
from groundplan.framework.references import ListReference

from .functions import listed_roles
from .inputs import SecretsManagerInputs
from .kinds import managed_by_rds

__all__ = ["alarms"]

RULE_NAME_CHARACTERS = 64
"""https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html"""
API_CALL = "AWS API Call via CloudTrail"
RDS_ROLE = "AWSServiceRoleForRDS"
SERVICE_EVENT = "AWS Service Event via CloudTrail"


def alarms(module: Module[Any, Any], given: SecretsManagerInputs, arns: Any, role_arns: Any) -> Any:
    """Makes the event rules, and gives their ARNs."""
    where = f"arn:{partition(module)}:secretsmanager:{region(module)}:{account_id(module)}:secret"
    # by the prefix of their names: a pattern has room for 2,048 characters, which a list of ARNs would soon fill
    own = concat(
        [{"prefix": f"{where}:{given.name}/"}],
        each(given.secrets).where(managed_by_rds).documents(lambda name, _: {"prefix": arns[name]}),
    )
    failed = event_alarm(
        module,
        "rotation_failed",
        given,
        name=f"{given.name}-rotation-failed",
        description="A secret was not rotated: its value stays as it is. The rotation function's log group tells why",
        pattern=_pattern(
            [API_CALL, SERVICE_EVENT],
            ["RotationFailed", "TestRotationFailed"],
            {"additionalEventData": {"SecretId": own}},
        ),
    )
    deleted = event_alarm(
        module,
        "deletion_scheduled",
        given,
        name=f"{given.name}-deletion-scheduled",
        description="A secret is going to be deleted: if nobody meant to, restore it within its recovery window",
        # CloudTrail writes the API's ARN as aRN, as it documents, and names are compared by their case; arn is what it
        # writes for other services
        pattern=_pattern(
            [API_CALL],
            ["DeleteSecret"],
            {"$or": [{"responseElements": {name: own}} for name in ("aRN", "arn")]},
        ),
    )

    secrets = each(given.secrets)
    # the role by which RDS itself looks after what it owns; also, EventBridge takes no empty list
    rds = f"arn:{partition(module)}:iam::{account_id(module)}:role/aws-service-role/rds.amazonaws.com/{RDS_ROLE}"
    listed = concat(listed_roles(given, secrets.key, role_arns), [rds])
    issuer = {"anything-but": listed}
    event_alarm(
        module,
        "unlisted_reader",
        given,
        name=fitted(f"{given.name}-unlisted-reader-{secrets.key}", RULE_NAME_CHARACTERS),
        description="A secret was read, or asked for, by somebody who is not listed: find out who, and rotate it",
        pattern=_pattern(
            [API_CALL],
            ["GetSecretValue"],
            {
                # what the caller wrote: the ARN, with or without its random end, or the name
                "requestParameters": {
                    "secretId": [
                        arns[secrets.key],
                        f"{where}:{given.name}/{secrets.key}",
                        f"{given.name}/{secrets.key}",
                    ]
                },
                "$or": [
                    {"userIdentity": {"sessionContext": {"sessionIssuer": {"arn": [issuer]}}}},
                    # users, the root user and other accounts have no role; AWS's services act for somebody
                    {
                        "userIdentity": {
                            "type": [{"anything-but": "AWSService"}],
                            "sessionContext": {"sessionIssuer": {"arn": [{"exists": False}]}},
                        }
                    },
                ],
            },
        ),
        read_only_calls=True,
        only_when=secrets,
    )
    readers = ListReference("[for made in aws_cloudwatch_event_rule.unlisted_reader : made.arn]")
    return concat([deleted.arn, failed.arn], readers)


def _pattern(kinds: list[str], names: list[str], detail: dict[str, Any]) -> dict[str, Any]:
    return {
        "source": ["aws.secretsmanager"],
        "detail-type": kinds,
        "detail": {"eventSource": ["secretsmanager.amazonaws.com"], "eventName": names, **detail},
    }
