"""What people are told: that Vault could not give what it was asked for, as its audit log says."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_log_metric_filter import (
    CloudwatchLogMetricFilter,
    CloudwatchLogMetricFilterMetricTransformation,
)

from groundplan.building import metric_alarm
from groundplan.framework import Module, choose, is_set, part_id, present, when

from .inputs import VaultConfigInputs

__all__ = ["METRIC_NAMESPACE", "failure_alarms"]

METRIC_NAMESPACE = "Groundplan/VaultConfig"

# engine: what of its paths is asked for, and what an error most often means
ENGINES = {
    "database": ("creds/*", "a database that Vault does not reach, or its own user's password there"),
    "aws": ("sts/*", "a role that does not trust Vault's servers any more"),
    "pki": ("issue/*", "a name that no role signs, or a CA whose time is over"),
    "transit": ("*", "a version of a key that is too old, or a key that is not there"),
}
# What the core could not do stands in error; what an engine answered instead is hashed, in the response, and error is
# not there (seen of Vault 1.20.4). Who may not ask at all is told by the alarm requests-refused of the module vault.
FAILED = '($.error = "*" && $.error != "*permission denied*") || ($.response.data.error = "*" && $.error NOT EXISTS)'


def failure_alarms(scope: Module[Any, Any], given: VaultConfigInputs) -> None:
    """An alarm for each engine whose answers are errors.

    https://developer.hashicorp.com/vault/docs/audit#audit-log-entry-schema
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    """
    for engine, (below, meaning) in ENGINES.items():
        there, settings = is_set(getattr(given, engine)), present(getattr(given, engine))
        name = f"{given.name}-{engine}-failing"
        path = choose(there, settings.path, engine)
        when(there)(
            CloudwatchLogMetricFilter,
            scope,
            part_id("filter", f"{engine}_failing"),
            name=name,
            log_group_name=given.audit_log_group_name,
            pattern=f'{{ $.type = "response" && $.request.path = "{path}/{below}" && ({FAILED}) }}',
            metric_transformation=CloudwatchLogMetricFilterMetricTransformation(
                name=name, namespace=METRIC_NAMESPACE, value="1", default_value="0", unit="Count"
            ),
        )
        metric_alarm(
            scope,
            f"{engine}_failing",
            given,
            name=name,
            description=(
                f"{given.failures_alarm} requests or more below {path}/ of {given.name} failed within five minutes: "
                f"{meaning}. The audit log is in {given.audit_log_group_name}."
            ),
            namespace=METRIC_NAMESPACE,
            metric=name,
            threshold=given.failures_alarm,
            only_when=there,
        )
