"""IP addresses, and those that nobody can ask from the internet."""

from __future__ import annotations

from typing import Annotated

from groundplan.framework.constraints import Pattern

__all__ = ["IPV4", "IPV6", "UNREACHABLE", "IpAddress"]

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
IPV4 = rf"(?:{_OCTET}\.){{3}}{_OCTET}"
_GROUP = "[0-9A-Fa-f]{1,4}"
IPV6 = rf"(?:{_GROUP}:){{7}}{_GROUP}|(?:{_GROUP}:){{1,7}}:|:(?::{_GROUP}){{1,7}}|::|" + "|".join(
    rf"(?:{_GROUP}:){{1,{left}}}(?::{_GROUP}){{1,{7 - left}}}" for left in range(1, 7)
)
IpAddress = Annotated[str, Pattern(f"{IPV4}|{IPV6}", "an IPv4 or IPv6 address")]

UNREACHABLE = (
    r"(?:0|10|127|22[4-9]|2[3-5][0-9])\..*|100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\..*|169\.254\..*"
    r"|172\.(?:1[6-9]|2[0-9]|3[01])\..*|192\.168\..*|(?:[Ff][CcDd]|[Ff][Ee][89AaBb])[0-9A-Fa-f]{2}:.*|[Ff]{2}.*|::1?"
)
"""Addresses of networks of one's own, of the host itself, and of groups: RFC 1918, 3927, 4193, 4291, 5771 and 6598."""
