"""Who needs what of the topic, its key and the roles of actions."""

from __future__ import annotations

from groundplan.iam import Principal
from tests.modules.budgets.examples import FREEZE
from tests.modules.uses import ACCOUNT, Use, administers, takes_role

# https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
# https://docs.aws.amazon.com/cost-management/latest/userguide/ad-SNS.html
PUBLISHERS = [Principal.service("budgets.amazonaws.com"), Principal.service("costalerts.amazonaws.com")]
OWN = {"aws:SourceAccount": ACCOUNT}
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:prod-budgets"

POLICIES = {
    "aws_kms_key.topic[0]": [
        administers(),
        *(Use(["kms:Decrypt", "kms:GenerateDataKey"], given=OWN, by=publisher) for publisher in PUBLISHERS),
    ],
    "aws_sns_topic_policy.topic": [Use("sns:Publish", TOPIC, given=OWN, by=publisher) for publisher in PUBLISHERS],
    'aws_iam_role.action["observability"]': takes_role("budgets.amazonaws.com"),
    'aws_iam_role_policy.action["observability"]': [
        Use(
            ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
            [f"arn:aws:iam::{ACCOUNT}:role/claims-api", f"arn:aws:iam::{ACCOUNT}:role/sandbox"],
            given={"iam:PolicyARN": FREEZE},
            elsewhere=[f"arn:aws:iam::{ACCOUNT}:role/prod-budgets-observability"],
        )
    ],
    "aws_iam_role.slack[0]": takes_role("chatbot.amazonaws.com", for_account=False),
}
