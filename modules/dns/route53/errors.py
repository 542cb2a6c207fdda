"""What is said of names that would be made, and never answered or never accepted."""

from __future__ import annotations

from groundplan.problems import Problem

__all__ = ["another_bucket", "answered_already", "asks_itself", "domain_in_name", "never_answered"]


def domain_in_name(path: str, name: str, domain: str) -> Problem:
    """A record's name ends in the domain of its zone, which is put behind it once more."""
    short = name.removesuffix(domain).removesuffix(".")
    return Problem(
        path,
        f"must be below the zone's domain and without it, got {_shown(name)}: it would be {name}.{domain}",
        f"Write {_shown(short)}." if short else "Leave it out: without a name it is the domain itself.",
    )


def never_answered(path: str, name: str, cut: str, by: str) -> Problem:
    """A name at or below one that the zone hands over to other name servers."""
    return Problem(
        path,
        f"must not be at or below {_shown(cut)}, which {by} hands over to other name servers, got {_shown(name)}: "
        "nobody would ever be answered from here",
        f"Put it into the zone of {by}, or remove one of the two.",
    )


def answered_already(path: str, name: str, kind: str, by: str) -> Problem:
    """A traffic policy's name that a record or another policy has."""
    return Problem(
        path,
        f"must not have the zone, name and type of {by}, got name = {_shown(name)}, type = {_shown(kind)}: a name has "
        "one answer",
        "Remove one of the two, or change its name.",
    )


def another_bucket(path: str, full: str, bucket: str) -> Problem:
    """A traffic policy leads a name to a website in S3 that is called otherwise.

    https://docs.aws.amazon.com/Route53/latest/APIReference/api-policies-traffic-policy-document-format.html
    """
    return Problem(
        path,
        f"must not answer for {_shown(full)} with the bucket {_shown(bucket)}: S3 serves a website under its bucket's "
        "name only",
        f"Use a bucket that is called {full}, or an endpoint of another type, such as cloudfront.",
    )


def asks_itself(path: str, full: str) -> Problem:
    """A health check that looks up the very name whose answer it decides.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html (FullyQualifiedDomainName)
    """
    return Problem(
        path,
        f"must not ask {_shown(full)}, whose answer it decides: after a failover it asks the stand-in, finds it well, "
        "and turns back",
        "Set ip_address as well, or give what is asked a name of its own, such as east." + full + ".",
    )


def _shown(text: str) -> str:
    return f'"{text}"'
