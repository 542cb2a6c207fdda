"""The data sources, as Grafana reads them when it starts, and how they lead to one another.

https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources
Grafana replaces `$NAME` by a variable of its environment, and `$$` by a `$`.
"""

from __future__ import annotations

from typing import Any

from groundplan.framework import choose, concat, each, first_set, is_set, literal, only_when, present

from .inputs import GrafanaInputs
from .source_inputs import TenantSource

__all__ = ["CLOUDWATCH", "LOKI", "MIMIR", "TEMPO", "TENANT_SOURCES", "data_sources"]

CLOUDWATCH, LOKI, TEMPO, MIMIR = "cloudwatch", "loki", "tempo", "mimir"
"""The uids, which dashboards and links name; those of other accounts are `cloudwatch-<name>`."""
TENANT_SOURCES = (LOKI, TEMPO, MIMIR)


def data_sources(given: GrafanaInputs, *, region: str) -> dict[str, Any]:
    """The file of data sources; those that are not in it any more are removed from Grafana."""
    wanted = given.data_sources
    has = {uid: is_set(getattr(wanted, uid)) for uid in (CLOUDWATCH, *TENANT_SOURCES)}
    cloudwatch = present(wanted.cloudwatch)
    accounts = each(choose(has[CLOUDWATCH], cloudwatch.accounts, {}))
    listed = concat(
        choose(
            has[CLOUDWATCH],
            [
                {
                    "name": "CloudWatch",
                    "uid": CLOUDWATCH,
                    "type": "cloudwatch",
                    "access": "proxy",
                    "editable": False,
                    "jsonData": {"authType": "default", "defaultRegion": region},
                }
            ],
            [],
        ),
        accounts.documents(
            lambda name, account: {
                "name": f"CloudWatch {name}",
                "uid": f"{CLOUDWATCH}-{name}",
                "type": "cloudwatch",
                "access": "proxy",
                "editable": False,
                "jsonData": {
                    "authType": "default",
                    "assumeRoleArn": account.role_arn,
                    "externalId": first_set(account.external_id, ""),
                    "defaultRegion": first_set(account.default_region, region),
                },
            }
        ),
        choose(has[LOKI], [_loki(present(wanted.loki), has)], []),
        choose(has[TEMPO], [_tempo(present(wanted.tempo), has)], []),
        choose(has[MIMIR], [_mimir(present(wanted.mimir), has)], []),
    )
    return {"apiVersion": 1, "prune": True, "datasources": listed}


def _of_a_tenant(uid: str, kind: str, source: TenantSource, linked: dict[str, Any]) -> dict[str, Any]:
    asked = is_set(source.credentials)
    return {
        "name": uid.capitalize(),
        "uid": uid,
        "type": kind,
        "access": "proxy",
        "url": source.url,
        "editable": False,
        "isDefault": uid == MIMIR,
        "basicAuth": asked,
        "basicAuthUser": choose(asked, f"${uid.upper()}_USER", ""),
        "jsonData": {"httpHeaderName1": "X-Scope-OrgID", "timeout": source.timeout_seconds, **linked},
        "secureJsonData": {
            # no secret: it says whose data are asked for, and the gateway knows who may
            "httpHeaderValue1": source.tenant,
            "basicAuthPassword": choose(asked, f"${uid.upper()}_PASSWORD", ""),
        },
    }


def _loki(source: TenantSource, has: dict[str, Any]) -> dict[str, Any]:
    """Logs, in which a trace's id leads to the trace.

    https://grafana.com/docs/grafana/latest/datasources/loki/configure-loki-data-source/#derived-fields
    """
    found = {
        "name": "TraceID",
        "matcherType": "regex",
        "matcherRegex": '[Tt]race_?[Ii][Dd]"?[=:] ?"?([0-9a-f]{16,32})',
        "datasourceUid": TEMPO,
        "url": literal("$${__value.raw}"),
        "urlDisplayLabel": "Trace",
    }
    return _of_a_tenant(LOKI, "loki", source, {"maxLines": "1000", "derivedFields": choose(has[TEMPO], [found], [])})


def _tempo(source: TenantSource, has: dict[str, Any]) -> dict[str, Any]:
    """Traces, whose spans lead to the logs and metrics of their service, and the map of services.

    https://grafana.com/docs/grafana/latest/datasources/tempo/configure-tempo-data-source/
    """
    shifts = {"spanStartTimeShift": "-5m", "spanEndTimeShift": "5m"}
    return _of_a_tenant(
        TEMPO,
        "tempo",
        source,
        {
            "tracesToLogsV2": only_when(
                has[LOKI],
                {
                    **shifts,
                    "datasourceUid": LOKI,
                    "tags": [
                        {"key": "service.name", "value": "service_name"},
                        {"key": "k8s.namespace.name", "value": "namespace"},
                    ],
                    "filterByTraceID": True,
                    "filterBySpanID": False,
                },
            ),
            "tracesToMetrics": only_when(
                has[MIMIR],
                {
                    **shifts,
                    "datasourceUid": MIMIR,
                    "tags": [{"key": "service.name", "value": "service"}],
                    # https://grafana.com/docs/tempo/latest/metrics-generator/span_metrics/
                    "queries": [
                        {"name": "Requests", "query": "sum(rate(traces_spanmetrics_calls_total{$$__tags}[5m]))"},
                        {
                            "name": "Errors",
                            "query": 'sum(rate(traces_spanmetrics_calls_total{$$__tags,status_code="STATUS_CODE_ERROR"}'
                            "[5m]))",
                        },
                        {
                            "name": "Latency of 95 %",
                            "query": "histogram_quantile(0.95, sum by (le) "
                            "(rate(traces_spanmetrics_latency_bucket{$$__tags}[5m])))",
                        },
                    ],
                },
            ),
            "serviceMap": only_when(has[MIMIR], {"datasourceUid": MIMIR}),
            "nodeGraph": {"enabled": True},
        },
    )


def _mimir(source: TenantSource, has: dict[str, Any]) -> dict[str, Any]:
    """Metrics, whose exemplars lead to traces: as OpenTelemetry names the label, and as Tempo does.

    https://grafana.com/docs/grafana/latest/datasources/prometheus/configure/#exemplars
    """
    exemplars = [{"name": name, "datasourceUid": TEMPO} for name in ("trace_id", "traceID")]
    return _of_a_tenant(
        MIMIR,
        "prometheus",
        source,
        {
            "httpMethod": "POST",
            "prometheusType": "Mimir",
            "timeInterval": "60s",
            "manageAlerts": True,
            "exemplarTraceIdDestinations": choose(has[TEMPO], exemplars, []),
        },
    )
