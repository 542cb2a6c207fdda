"""Questions about domain names that the rules ask, in Python and in Terraform alike.

`example.com` and `*.example.com` are proved by one and the same record, so both are the name `example.com` here:
https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
"""

from __future__ import annotations

from typing import Any

from groundplan.framework.rules import Term, contains, some

__all__ = ["all_covered", "in_a_zone", "proved_once", "topic_region"]


def _proved_name(domain: str) -> str:
    return domain.removeprefix("*.")


def _names(certificate: str) -> str:
    """The names of a certificate that need a proof, as a Terraform expression."""
    listed = f"concat([{certificate}.domain], {certificate}.alternative_names)"
    return f'distinct([for domain in {listed} : trimprefix(domain, "*.")])'


def _names_of(certificate: Any) -> list[str]:
    return sorted({_proved_name(domain) for domain in (certificate.domain, *certificate.alternative_names)})


def in_a_zone(domain: Term, zones: Term) -> Term:
    """Whether one of the zones, by their names, holds the domain."""
    return some(zones, lambda zone, _: _within(domain, zone))


def _within(domain: Term, zone: Term) -> Term:
    bare = f'trimprefix({domain.render}, "*.")'
    return Term(
        f'({bare} == {zone.render} || endswith({bare}, ".${{{zone.render}}}"))',
        lambda: f".{_proved_name(domain.compute())}".endswith(f".{zone.compute()}"),
    )


def proved_once(name: Term, certificate: Term, certificates: Term) -> Term:
    """Whether no other certificate that makes its own records has a name of this one too."""
    others = f"[for key, other in {certificates.render} : {_names('other')} "
    others += f"if key != {name.render} && other.validated_by == null]"

    def compute() -> bool:
        mine = set(_names_of(certificate.compute()))
        return not any(
            mine & set(_names_of(other))
            for key, other in certificates.compute().items()
            if key != name.compute() and other.validated_by is None
        )

    return Term(
        f"length(setintersection({_names(certificate.render)}, flatten({others}))) == 0",
        compute,
    )


def all_covered(certificate: Term, certificates: Term) -> Term:
    """Whether the certificate that `validated_by` names is there, and makes records for every name of this one."""
    found = f"{certificates.render}[{certificate.render}.validated_by]"
    missing = f"setsubtract({_names(certificate.render)}, {_names(found)})"

    def compute() -> bool:
        asked = certificate.compute()
        other = certificates.compute()[asked.validated_by]
        return other.validated_by is None and set(_names_of(asked)) <= set(_names_of(other))

    there = contains(
        Term(f"keys({certificates.render})", lambda: sorted(certificates.compute())), certificate.validated_by
    )
    return there & Term(f"({found}.validated_by == null && length({missing}) == 0)", compute)


def topic_region(topic_arn: Term) -> Term:
    """The region that an SNS topic is in."""
    return Term(f'split(":", {topic_arn.render})[3]', lambda: topic_arn.compute().split(":")[3])
