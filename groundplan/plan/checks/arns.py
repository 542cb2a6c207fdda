"""An ARN by its parts, as the aws provider 6.25.0 reads it before it asks AWS.

Format: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
The provider's check: https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/verify/validate.go
"""

from __future__ import annotations

import re

__all__ = ["REGION", "wrong_parts"]

_PARTITION = re.compile(r"aws(-[a-z]+)*")
REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}")
_ACCOUNT = re.compile(r"(aws|aws-managed|third-party|aws-marketplace|[0-9]{12}|cw.{10})", re.ASCII)
_FORM = "arn:<partition>:<service>:<region>:<account>:<resource>"


def wrong_parts(text: str, *, loosely: bool = False) -> tuple[str, ...]:
    """What is wrong with the ARN, part by part, each with what the part should look like; empty when nothing is.

    `loosely` is how newer resources read it: six parts, the first of them `arn`.
    """
    if loosely:
        if not text.startswith("arn:"):
            return (f"it does not begin with 'arn:', as in {_FORM}",)
        missing = 5 - text.count(":")
        return (f"it has {6 - missing} of 6 parts, as in {_FORM}",) if missing > 0 else ()
    if not text:
        return ()
    parts = text.split(":", 5)
    if parts[0] != "arn":
        return (f"it does not begin with 'arn:', as in {_FORM}",)
    if len(parts) < 6:
        return (f"it has {len(parts)} of 6 parts, as in {_FORM}",)
    _, partition, _, region, account, resource = parts
    wrong = []
    if not _PARTITION.fullmatch(partition):
        wrong.append(f"its partition {partition!r} is none, such as aws, aws-cn or aws-us-gov")
    if region and not REGION.fullmatch(region):
        wrong.append(f"its region {region!r} is none, such as eu-central-1; it is empty for global services")
    if account and not _ACCOUNT.fullmatch(account):
        wrong.append(f"its account {account!r} is none: 12 digits, or empty, or aws")
    if not resource:
        wrong.append("its resource, what stands after the fifth colon, is missing")
    return tuple(wrong)
