"""Questions about domain names that the rules ask, in Python and in Terraform alike.

`example.com` and `*.example.com` are proved by one and the same record, so both are the name `example.com` here:
https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
"""

from __future__ import annotations

from typing import Any

from groundplan.framework import Term, computed, contains, expression_of, some

__all__ = ["all_covered", "in_a_zone", "proved_once", "topic_region"]


def _proved_name(domain: str) -> str:
    return domain.removeprefix("*.")


def _names(certificate: str) -> str:
    """The names of a certificate that need a proof, as a Terraform expression."""
    listed = f"concat([{certificate}.domain], {certificate}.alternative_names)"
    return f'distinct([for domain in {listed} : trimprefix(domain, "*.")])'


def _names_of(certificate: Any) -> list[str]:
    return sorted({_proved_name(domain) for domain in (certificate.domain, *certificate.alternative_names)})


def in_a_zone(domain: Term, zones: Term) -> bool:
    """Whether one of the zones, by their names, holds the domain."""
    return some(zones, lambda zone, _: _within(domain, zone))


def _within(domain: Term, zone: Term) -> Term:
    bare = f'trimprefix({expression_of(domain)}, "*.")'
    return Term(
        f'({bare} == {expression_of(zone)} || endswith({bare}, ".${{{expression_of(zone)}}}"))',
        lambda: f".{_proved_name(computed(domain))}".endswith(f".{computed(zone)}"),
    )


def proved_once(name: Term, certificate: Term, certificates: Term) -> Term:
    """Whether no other certificate that makes its own records has a name of this one too."""
    others = f"[for key, other in {expression_of(certificates)} : {_names('other')} "
    others += f"if key != {expression_of(name)} && other.validated_by == null]"

    def compute() -> bool:
        mine = set(_names_of(computed(certificate)))
        return not any(
            mine & set(_names_of(other))
            for key, other in computed(certificates).items()
            if key != computed(name) and other.validated_by is None
        )

    return Term(
        f"length(setintersection({_names(expression_of(certificate))}, flatten({others}))) == 0",
        compute,
    )


def all_covered(certificate: Term, certificates: Term) -> Term:
    """Whether the certificate that `validated_by` names is there, and makes records for every name of this one."""
    found = f"{expression_of(certificates)}[{expression_of(certificate)}.validated_by]"
    missing = f"setsubtract({_names(expression_of(certificate))}, {_names(found)})"

    def compute() -> bool:
        asked = computed(certificate)
        other = computed(certificates)[asked.validated_by]
        return other.validated_by is None and set(_names_of(asked)) <= set(_names_of(other))

    there = contains(
        Term(f"keys({expression_of(certificates)})", lambda: sorted(computed(certificates))), certificate.validated_by
    )
    return there & Term(f"({found}.validated_by == null && length({missing}) == 0)", compute)


def topic_region(topic_arn: Term) -> Term:
    """The region that an SNS topic is in."""
    return Term(f'split(":", {expression_of(topic_arn)})[3]', lambda: computed(topic_arn).split(":")[3])
