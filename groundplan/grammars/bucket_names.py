"""Names of general purpose buckets of S3.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
"""

from __future__ import annotations

import re

from groundplan.values import ConfigProblem

from . import errors

__all__ = ["UNDOTTED", "problems"]

UNDOTTED = "[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"
"""A name without dots, which alone works with TLS as the first part of a host's name."""

_RESERVED_BEGINNINGS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")


def problems(value: str) -> list[ConfigProblem]:
    """What S3 would refuse in the name of a new bucket."""
    rules = (
        ("has 3 to 63 characters", 3 <= len(value) <= 63),
        (
            "holds lower-case letters, digits, . and - alone, and begins and ends with a letter or digit",
            re.fullmatch("[a-z0-9]([a-z0-9.-]*[a-z0-9])?", value) is not None,
        ),
        ("has no two dots side by side", ".." not in value),
        ("is no IP address", re.fullmatch(r"[0-9]+(\.[0-9]+){3}", value) is None),
        (
            f"does not begin with {', '.join(_RESERVED_BEGINNINGS)}: S3 keeps them",
            not value.startswith(_RESERVED_BEGINNINGS),
        ),
        (f"does not end with {', '.join(_RESERVED_ENDS)}: S3 keeps them", not value.endswith(_RESERVED_ENDS)),
    )
    return [errors.not_a_bucket_name(value, rule) for rule, kept in rules if not kept]
