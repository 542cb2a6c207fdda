"""What a change or a loss of a resource would mean, and what nobody checks of it before apply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from groundplan.grammars import by_attribute

from . import schemas
from .mapping import attributes, data, everywhere, mapping
from .resources import own_rules

__all__ = ["LambdaRuntimes", "holds_data", "lambda_runtimes", "replacement_paths", "unchecked"]


@cache
def replacement_paths(type_name: str) -> tuple[str, ...]:
    """The attributes whose change destroys the resource and creates it anew, as far as AWS's schemas tell; sorted.

    Top-level names only. Empty when nothing is known: that is no promise.
    """
    known = mapping(type_name)
    raw = data("mapping").get(type_name, {})
    found = set(raw.get("replaced_by", ()))
    if known is not None:
        fixed = tuple(
            path.removeprefix("/properties/").replace("/*", "") for path in known.schema.get("createOnlyProperties", ())
        )
        for attribute in attributes(type_name):
            prop = known.property(attribute)
            if prop is not None and any(prop.path == path or prop.path.startswith(f"{path}/") for path in fixed):
                found.add(attribute.partition(".")[0])
        found |= {f"{name}_prefix" for name in found if f"{name}_prefix" in attributes(type_name)}
    return tuple(sorted(found - set(raw.get("not_replaced_by", ()))))


def holds_data(type_name: str) -> bool:
    """Whether destroying the resource loses what people put into it: data, keys, history."""
    return type_name in data("holds_data")


@cache
def unchecked(type_name: str) -> tuple[str, ...]:
    """What nobody checks of this type before apply, in words for a review; empty when all of it has a counterpart."""
    known = mapping(type_name)
    if known is None:
        own = own_rules(type_name)
        if not type_name.startswith("aws_"):
            return (
                (f"only names, bounds and documents are checked beyond the schema: {_nobody_asked(type_name)}",)
                if own
                else ("no checks beyond the schema",)
            )
        if own:
            return ("only a few own checks beyond the schema: not in the AWS resource schemas",)
        return ("no checks beyond the schema: not in the AWS resource schemas",)
    rules = own_rules(type_name)
    own_names = {*rules.get("values", {}), *rules.get("documents", {}), *by_attribute.ATTRIBUTES.get(type_name, {})}
    without: list[str] = []
    for attribute in attributes(type_name):
        covered = attribute in everywhere or known.property(attribute) is not None
        below = any(attribute.startswith(f"{above}.") for above in without)
        inner = any(known.property(name) for name in attributes(type_name) if name.startswith(f"{attribute}."))
        if not (covered or below or inner or attribute in own_names):
            without.append(attribute)
    return (f"properties without a mapping: {', '.join(without)}",) if without else ()


def _nobody_asked(type_name: str) -> str:
    return "GitLab was not asked" if type_name.startswith("gitlab_") else "no cluster was asked"


@dataclass(frozen=True)
class LambdaRuntimes:
    """Lambda's runtimes on a day: those that AWS still patches, and those past their deprecation with that day."""

    supported: tuple[str, ...]
    deprecated: dict[str, date]


def lambda_runtimes(today: date) -> LambdaRuntimes:
    """Which Lambda runtimes AWS supports on the day `today`; one is deprecated from its last day of support on."""
    ends = {
        name: date.fromisoformat(facts["deprecated"]) if facts.get("deprecated") else None
        for name, facts in sorted(schemas.additional("LmbdRuntimeLifecycle").items())
    }
    return LambdaRuntimes(
        supported=tuple(name for name, end in ends.items() if end is None or today < end),
        deprecated={name: end for name, end in ends.items() if end is not None and today >= end},
    )
