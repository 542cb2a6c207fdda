"""What Route 53 asks, from all over the world, to learn whether an answer can still be given."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from groundplan.framework import Inputs, Rule, count_set, field, length, matches, unset
from groundplan.framework.constraints import Pattern
from groundplan.framework.types import Domain, Names, RegionName

from .addresses import UNREACHABLE, IpAddress

__all__ = ["CalculatedCheck", "CloudWatchAlarmCheck", "HealthCheck", "HttpsCheck", "TcpCheck"]

# https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
CheckerRegion = Literal[
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-west-1",
    "sa-east-1",
    "us-east-1",
    "us-west-1",
    "us-west-2",
]


class _Endpoint(Inputs):
    """What every check of an endpoint has."""

    ip_address: IpAddress | None = field(
        "public IP address that is asked; left out, what host_name leads to", default=None
    )
    port: int = field("port that is asked", default=443, ge=1, le=65535)
    request_interval_seconds: Literal[10, 30] = field(
        "time between two questions of one checker, in seconds; 10 costs extra", default=30
    )
    failure_threshold: int = field("how many answers in a row change the verdict", default=3, ge=1, le=10)
    checker_regions: list[CheckerRegion] = field(
        "regions that ask, 3 at least; left out, all of Route 53's", default=[]
    )
    measure_latency: bool = field(
        "whether latency is measured and shown; costs extra; cannot be changed later", default=False
    )

    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "checker_regions",
            lambda v: (length(v.checker_regions) == 0) | (length(v.checker_regions) >= 3),
            "must name 3 regions at least, or none for all of them",
            shows=("checker_regions",),
        ),
        Rule(
            "ip_address",
            lambda v: unset(v.ip_address) | ~matches(v.ip_address, UNREACHABLE),
            "must be an address that can be asked from the internet: for a private one use cloudwatch_alarm",
            shows=("ip_address",),
        ),
    )


class HttpsCheck(_Endpoint):
    """Asks over HTTPS, with the host's name in SNI: healthy with a status of 200 to 399."""

    host_name: Domain = field("host that is asked: in DNS unless ip_address is given, in SNI, and in the header Host")
    path: Annotated[str, Pattern("/[!-~]{0,254}", "a path that begins with /")] = field(
        "path that is asked", default="/"
    )
    search_string: str | None = field(
        "text that the first 5,120 bytes of the answer must hold; left out, the status alone decides",
        default=None,
        min_length=1,
        max_length=255,
    )


class TcpCheck(_Endpoint):
    """Opens a TCP connection: healthy when it is accepted."""

    host_name: Domain | None = field("host that is asked; left out, give ip_address", default=None)

    rules = (
        *_Endpoint.rules,
        Rule(
            "host_name",
            lambda v: count_set(v.host_name, v.ip_address) == 1,
            "must be given, or ip_address instead, and not both",
            shows=("host_name", "ip_address"),
        ),
    )


class CalculatedCheck(Inputs):
    """Healthy when enough of other health checks are."""

    children: Names = field(
        "health checks that count: names among health_checks, calculated ones excepted", min_length=1, max_length=255
    )
    healthy_at_least: int = field("how many of them must be healthy", ge=1, le=255)

    rules = (
        Rule(
            "healthy_at_least",
            lambda v: v.healthy_at_least <= length(v.children),
            "must not be more than there are children: it would never be healthy",
            shows=("healthy_at_least", "children"),
        ),
    )


class CloudWatchAlarmCheck(Inputs):
    """Healthy while a CloudWatch alarm is in state OK: for what cannot be asked from the internet."""

    alarm_name: str = field(
        "name of the alarm: of one metric, with a period of 60 seconds or more", min_length=1, max_length=255
    )
    region: RegionName = field("region of the alarm")
    insufficient_data: Literal["Healthy", "LastKnownStatus", "Unhealthy"] = field(
        "verdict while the alarm has too little data", default="Unhealthy"
    )


class HealthCheck(Inputs):
    """Whether something is healthy: asked by Route 53, calculated from other checks, or told by an alarm."""

    https: HttpsCheck | None = field("asks over HTTPS; left out, give one of the others", default=None)
    tcp: TcpCheck | None = field("opens a TCP connection; left out, give one of the others", default=None)
    calculated: CalculatedCheck | None = field(
        "counts other health checks; left out, give one of the others", default=None
    )
    cloudwatch_alarm: CloudWatchAlarmCheck | None = field(
        "follows a CloudWatch alarm; left out, give one of the others", default=None
    )
    inverted: bool = field("whether healthy counts as unhealthy and the other way around", default=False)

    rules = (
        Rule(
            "https",
            lambda v: count_set(v.https, v.tcp, v.calculated, v.cloudwatch_alarm) == 1,
            "exactly one of https, tcp, calculated and cloudwatch_alarm must be given",
        ),
        Rule(
            "inverted",
            lambda v: unset(v.calculated) | ~v.inverted,
            "must be left out with calculated: invert the checks that it counts",
        ),
    )
