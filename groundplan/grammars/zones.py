"""Regions and their availability zones: names (us-east-1a) and ids (use1-az1), local and Wavelength zones too.

https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html
"""

from __future__ import annotations

import re

from groundplan.values import ConfigProblem

from . import errors

__all__ = ["REGION", "id_problems", "name_problems"]

_DIRECTIONS = {
    "central": "c",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "northeast": "ne",
    "northwest": "nw",
    "southeast": "se",
    "southwest": "sw",
}

# Its parts are few, and a misspelled one is none of them; the list of regions itself grows by the year.
REGION = (
    "(?:af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov|us-iso[bf]?|eu-isoe|eusc-de)-"
    "(?:central|north|south|(?:north|south)?(?:east|west))-[1-9]"
)
"""The form of a region's name, for Python's `re` and RE2 alike."""

# us-east-1a, us-west-2-lax-1a, us-east-1-wl1-bos-wlz-1
_NAME = re.compile(rf"({REGION})(?:(?:-[a-z0-9]+-[0-9])?[a-z]|-wl[0-9]-[a-z0-9]+-wlz-[0-9])")
_ID = re.compile("([a-z]+)([1-9])(?:-[a-z0-9]+)*-(?:az|wlz)[1-9][0-9]*")


def name_problems(value: str, region: str | None = None) -> list[ConfigProblem]:
    """What is wrong with the name of a zone; one of another region is, where `region` says which it must be of."""
    found = _NAME.fullmatch(value)
    if found is None:
        return [errors.refused((), value, "the name of an availability zone", "Write it like us-east-1a.")]
    if region and found[1] != region:
        return [errors.other_region(value, region, f"it like {region}a")]
    return []


def id_problems(value: str, region: str | None = None) -> list[ConfigProblem]:
    """What is wrong with the id of a zone; one of another region is, where `region` says which it must be of."""
    found = _ID.fullmatch(value)
    if found is None:
        return [errors.refused((), value, "the id of an availability zone", "Write it like use1-az1.")]
    short = _short(region) if region else None
    if region and short and f"{found[1]}{found[2]}" != short:
        return [errors.other_region(value, region, f"it like {short}-az1")]
    return []


def _short(region: str) -> str | None:
    """`use1` for us-east-1; None for the regions whose ids the page does not list."""
    parts = re.fullmatch(r"([a-z]{2})(-gov)?-([a-z]+)-([1-9])", region)
    if parts is None or parts[3] not in _DIRECTIONS:
        return None
    return f"{parts[1]}{'g' if parts[2] else ''}{_DIRECTIONS[parts[3]]}{parts[4]}"
