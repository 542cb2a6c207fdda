"""Every request as a record in CloudWatch: Kong tells a sidecar, which ships it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundplan.building import Key, account_id, custom_resources, log_group, partition, region
from groundplan.framework import Module

from .chart import SHIPPER_PORT
from .inputs import KongInputs
from .plugins import API, CLASS, REDACTED

__all__ = ["log_group_arn", "request_log_group", "request_log_plugin"]


def _name(given: KongInputs) -> str:
    return f"/kong/{given.name}/requests"


def log_group_arn(scope: Module[Any, Any], given: KongInputs) -> str:
    """Made of names, and so known when Terraform plans."""
    return f"arn:{partition(scope)}:logs:{region(scope)}:{account_id(scope)}:log-group:{_name(given)}"


def request_log_group(scope: Module[Any, Any], given: KongInputs, key: Key) -> Any:
    """The log group of the requests."""
    return log_group(scope, "requests", given, name=_name(given), key=key, only_when=given.request_logs)


def request_log_plugin(scope: Module[Any, Any], given: KongInputs, *, after: Sequence[Any]) -> None:
    """The plugin that tells the sidecar of everything that Kong serves.

    https://developer.konghq.com/plugins/http-log/
    """
    custom_resources(
        scope,
        "request_log",
        name=f"{given.release_name}-request-log",
        namespace=given.namespace,
        after=after,
        objects={
            "plugin": {
                "apiVersion": API,
                "kind": "KongClusterPlugin",
                "metadata": {
                    "name": f"{given.release_name}-request-log",
                    "annotations": {CLASS: given.ingress_class},
                    "labels": {"global": "true"},
                },
                "plugin": "http-log",
                "config": {
                    # it does not leave the pod
                    "http_endpoint": f"http://127.0.0.1:{SHIPPER_PORT}/",
                    "queue": {"max_batch_size": 100, "max_coalescing_delay": 1},
                    **REDACTED,
                },
            }
        },
        only_when=given.request_logs,
    )
