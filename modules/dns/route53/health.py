"""Health checks, and the alarms that tell people when one fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.route53_health_check import Route53HealthCheck

from groundplan.building import global_region, metric_alarm, tags
from groundplan.framework import Module, choose, each, expression_of, is_set, merged, not_empty, present
from groundplan.framework.references import ListReference, MapReference
from groundplan.framework.repetition import Each
from groundplan.framework.shapes import Text

from .inputs import Route53Inputs
from .zones import local

__all__ = ["HealthChecks", "health_checks"]


# a record must not name, even for a moment, a check that is gone: nobody can tell what Route 53 makes of it then
_NEW_FIRST = TerraformResourceLifecycle(create_before_destroy=True)


@dataclass(frozen=True)
class HealthChecks:
    """Every health check: `ids` by name, a failover pair's own as `<record>/primary`; `own` are those of pairs."""

    ids: Any
    own: Any


def health_checks(module: Module[Any, Any], given: Route53Inputs) -> HealthChecks:
    """Makes the health checks, and an alarm for each."""
    https = each(given.health_checks).where(lambda check: is_set(check.https))
    asked = _https(module, given, "https", https, present(https.value.https), inverted=https.value.inverted)
    tcp = each(given.health_checks).where(lambda check: is_set(check.tcp))
    opened = tcp(
        Route53HealthCheck,
        module,
        "tcp",
        type="TCP",
        **_endpoint(present(tcp.value.tcp)),
        invert_healthcheck=tcp.value.inverted,
        lifecycle=_NEW_FIRST,
        tags=_tags(module, given, tcp.key),
    )
    told = each(given.health_checks).where(lambda check: is_set(check.cloudwatch_alarm))
    alarm = present(told.value.cloudwatch_alarm)
    followed = told(
        Route53HealthCheck,
        module,
        "cloudwatch_alarm",
        type="CLOUDWATCH_METRIC",
        cloudwatch_alarm_name=alarm.alarm_name,
        cloudwatch_alarm_region=alarm.region,
        insufficient_data_health_status=alarm.insufficient_data,
        invert_healthcheck=told.value.inverted,
        lifecycle=_NEW_FIRST,
        tags=_tags(module, given, told.key),
    )
    asked_ids = local(module, "asked_health_check_ids", merged(asked.all("id"), opened.all("id"), followed.all("id")))
    counting = each(given.health_checks).where(lambda check: is_set(check.calculated))
    children = ListReference(f"[for child in each.value.calculated.children : {expression_of(asked_ids)}[child]]")
    counted = counting(
        Route53HealthCheck,
        module,
        "calculated",
        type="CALCULATED",
        child_healthchecks=children,
        child_health_threshold=present(counting.value.calculated).healthy_at_least,
        lifecycle=_NEW_FIRST,
        tags=_tags(module, given, counting.key),
    )
    pairs = each(given.records).where(lambda record: is_set(record.failover)).where(_has_own_check)
    own = _https(module, given, "failover", pairs, present(present(pairs.value.failover).health_check))
    ids = local(
        module,
        "health_check_ids",
        merged(
            asked_ids,
            counted.all("id"),
            MapReference(f'{{for name, made in {own.address} : "${{name}}/primary" => made.id}}', Text()),
        ),
    )
    _alarm(module, given, "health_check", each(given.health_checks), lambda key: key, ids)
    _alarm(module, given, "failover", pairs, lambda key: f"{key}/primary", ids)
    return HealthChecks(ids, own)


def _has_own_check(record: Any) -> bool:
    return is_set(record.failover.health_check)


def _https(
    module: Module[Any, Any], given: Route53Inputs, id: str, entries: Each[Any], check: Any, inverted: Any = None
) -> Any:
    return entries(
        Route53HealthCheck,
        module,
        id,
        type=choose(is_set(check.search_string), "HTTPS_STR_MATCH", "HTTPS"),
        **_endpoint(check),
        enable_sni=True,
        resource_path=check.path,
        search_string=check.search_string,
        invert_healthcheck=inverted,
        lifecycle=_NEW_FIRST,
        tags=_tags(module, given, entries.key),
    )


def _endpoint(check: Any) -> dict[str, Any]:
    """What is asked. A check cannot be given an address later, nor lose it: with its reference name it is made anew.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_UpdateHealthCheck.html (IPAddress)
    """
    return {
        "reference_name": choose(is_set(check.ip_address), "address", "host-name"),
        "fqdn": check.host_name,
        "ip_address": check.ip_address,
        "port": check.port,
        "request_interval": check.request_interval_seconds,
        "failure_threshold": check.failure_threshold,
        "measure_latency": check.measure_latency,
        "regions": choose(not_empty(check.checker_regions), check.checker_regions, None),
    }


def _tags(module: Module[Any, Any], given: Route53Inputs, key: str) -> dict[str, str]:
    """A health check has no name but this one, or that of the caller's own tag."""
    return tags(module, given, {"Name": f"{given.name}-{key}"})


def _alarm(module: Module[Any, Any], given: Route53Inputs, id: str, entries: Each[Any], named: Any, ids: Any) -> None:
    """Whether it fails over or not, people hear of it."""
    metric_alarm(
        module,
        id,
        given,
        name=f"{given.name}-{id.replace('_', '-')}-{entries.key}",
        description=f"Health check {entries.key} fails: Route 53 answers its stand-in, or what else is healthy",
        namespace="AWS/Route53",
        metric="HealthCheckStatus",
        dimensions={"HealthCheckId": ids[named(entries.key)]},
        statistic="Minimum",
        period_seconds=60,
        periods=2,
        comparison="LessThanThreshold",
        threshold=1,
        missing_data="breaching",
        in_region=global_region(module),
        only_when=entries,
    )
