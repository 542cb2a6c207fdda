"""What a change or a loss of a resource would mean, and what nobody checks of it before apply."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from groundplan.grammars import by_attribute

from ..schema.facts import PROVIDERS_WITH_FACTS, TypeFacts, provider_facts
from . import schemas
from .mapping import TypeMapping, attributes, data, everywhere, mapping
from .resources import own_rules
from .rules import has_rules, not_run

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
    """What nobody checks of this type before apply, in words for a review; empty when all of it has a counterpart.

    An attribute counts as checked when every rule that the provider has for it is run, or AWS's schema has its
    property. What the provider checks by code of its own is named as that code is.
    """
    known, own = mapping(type_name), own_rules(type_name)
    facts, provider = provider_facts(type_name), type_name.partition("_")[0]
    if provider not in PROVIDERS_WITH_FACTS:
        words = f"only names, bounds and documents are checked beyond the schema: {_nobody_asked(type_name)}"
        return (words if own else "no checks beyond the schema",)
    found: list[str] = []
    if provider != "aws":
        found.append(f"only the provider's own rules are checked: {_nobody_asked(type_name)}")
    elif known is None and not facts:
        found.append(f"{'only a few own' if own else 'no'} checks beyond the schema: not in the AWS resource schemas")
    elif known is None:
        found.append("only the provider's own rules are checked: not in the AWS resource schemas")
    else:
        without = _without_rules(type_name, known, facts)
        found += [f"attributes of which no rule is known: {', '.join(without)}"] if without else []
    return (*found, *(_not_run(facts) if facts else ()))


def _without_rules(type_name: str, known: TypeMapping, facts: TypeFacts | None) -> list[str]:
    """The attributes of which neither AWS's schema, nor the provider, nor our own data says anything."""
    own = own_rules(type_name)
    told = {*own.get("values", {}), *own.get("documents", {}), *by_attribute.ATTRIBUTES.get(type_name, {})}
    without: list[str] = []
    for attribute in attributes(type_name):
        covered = attribute in everywhere or attribute in told or known.property(attribute) is not None
        ruled = facts is not None and has_rules(facts.at(attribute))
        below = any(attribute.startswith(f"{above}.") for above in without)
        inner = any(known.property(name) for name in attributes(type_name) if name.startswith(f"{attribute}."))
        if not (covered or ruled or below or inner):
            without.append(attribute)
    return without


def _not_run(facts: TypeFacts) -> Iterator[str]:
    """The provider's own code that can refuse a plan and that an offline plan does not have."""
    whole = facts.at("")
    code = [name for name in ("customize_diff", "modify_plan", "validate_config") if name in whole]
    code += not_run({"checked": whole["checked"]}) if "checked" in whole else ()
    if code:
        yield f"code of the provider for the whole type is not run: {', '.join(code)}"
    words = {path: dict.fromkeys(not_run(facts.at(path))) for path in facts.paths if path}
    left = [f"{path} ({', '.join(names)})" for path, names in words.items() if names]
    if left:
        yield f"rules of the provider that are not run: {', '.join(left)}"


def _nobody_asked(type_name: str) -> str:
    asked = {"gitlab": "GitLab was not asked", "vault": "Vault was not asked"}
    return asked.get(type_name.partition("_")[0], "no cluster was asked")


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
