"""Vault's chart, and the values that the module keeps for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from groundplan.building import Role, prometheus_alert
from groundplan.charts import chart
from groundplan.framework import choose, equals, first_set, is_set, negated, only_when, present, text

from .inputs import ServiceMonitor, VaultInputs

__all__ = [
    "CHART",
    "INJECTOR_PORT",
    "INSTEAD",
    "TLS_FOLDER",
    "USER",
    "image_parts",
    "injector_labels",
    "values",
]

CHART = chart("vault")
TLS_FOLDER = "/vault/userconfig/tls"
AUDIT_FOLDER = "/vault/audit"
USER = 100
GROUP = 1000
"""As the chart runs Vault. https://github.com/hashicorp/vault-helm/blob/v0.34.1/templates/_helpers.tpl"""
INJECTOR_USER = 65532
"""One that no node has an account for: the injector writes no file, and every user may run its program.

https://github.com/hashicorp/vault-k8s/blob/v1.7.6/Dockerfile
"""
INJECTOR_PORT = 8080
"""Where its webhook listens."""
SHIPPER_USER = 1001
"""Not the server's: what reads the log must not be able to signal Vault, or to look into its process."""

_POD = {
    "runAsNonRoot": True,
    "runAsUser": USER,
    "runAsGroup": GROUP,
    "fsGroup": GROUP,
    "seccompProfile": {"type": "RuntimeDefault"},
}
_CONFINED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}

INSTEAD = {
    "server.ha.replicas": "replicas",
    "server.image.repository": "images.server",
    "server.image.tag": "images.server",
    "server.dataStorage.size": "data_volume_gib",
    "server.dataStorage.storageClass": "storage_class_name",
    "server.auditStorage.size": "audit_volume_gib",
    "server.auditStorage.storageClass": "storage_class_name",
    "server.priorityClassName": "priority_class_name",
    "injector.enabled": "injector_enabled",
    "injector.replicas": "injector_replicas",
    "injector.image.repository": "images.injector",
    "injector.image.tag": "images.injector",
    "csi.enabled": "csi_enabled",
    "csi.image.repository": "images.csi_provider",
    "csi.image.tag": "images.csi_provider",
    "serverTelemetry.serviceMonitor.enabled": "service_monitor",
    "ui.enabled": "ui_enabled",
}
"""The input to use, for paths that people reach for."""


def values(
    given: VaultInputs,
    *,
    role: Role,
    config: str,
    storage_class_name: str,
    tls_secret: str,
    sidecars: Mapping[str, str],
    log_group_name: str,
    region: str,
) -> dict[str, Any]:
    """The values of Vault's release.

    `config` is the server's configuration as text, `sidecars` names the ConfigMap of the files beside the server
    (`name`) and a checksum of them (`checksum`).
    """
    return {
        "fullnameOverride": given.release_name,
        "global": {"tlsDisable": False},
        "server": _server(
            given,
            role=role,
            config=config,
            storage_class_name=storage_class_name,
            tls_secret=tls_secret,
            sidecars=sidecars,
            containers=[
                _reloader(given),
                _shipper(given, log_group_name=log_group_name, region=region),
            ],
        ),
        "ui": {"enabled": given.ui_enabled, "serviceType": "ClusterIP"},
        "injector": _injector(given),
        "csi": _csi(given, tls_secret),
        "serverTelemetry": _telemetry(given, tls_secret),
    }


def _server(
    given: VaultInputs,
    *,
    role: Role,
    config: str,
    storage_class_name: str,
    tls_secret: str,
    sidecars: Mapping[str, str],
    containers: list[dict[str, Any]],
) -> dict[str, Any]:
    labels = _labels("vault", given) | {"component": "server"}
    several = negated(equals(given.replicas, 1))
    return {
        "enabled": True,
        "image": image_parts(given.images.server),
        # Vault is unsealed pod by pod, the active one last: nothing may restart all of them by itself. It also lets a
        # first install end, which Vault cannot be ready in before people have initialized it.
        "updateStrategyType": "OnDelete",
        "annotations": {"checksum/sidecars": sidecars["checksum"]},
        "includeConfigAnnotation": True,
        "resources": {
            "requests": {"cpu": f"{given.cpu_millicores}m", "memory": f"{given.memory_mebibytes}Mi"},
            # no limit on CPU: a leader that is throttled loses its lease
            "limits": {"memory": f"{given.memory_mebibytes}Mi"},
        },
        "extraEnvironmentVars": {"VAULT_CACERT": f"{TLS_FOLDER}/ca.crt"},
        "volumes": [
            {"name": "tls", "secret": {"secretName": tls_secret, "defaultMode": 0o440}},
            {"name": "sidecars", "configMap": {"name": sidecars["name"], "defaultMode": 0o444}},
            # Vault's settings, and a whole snapshot while it is taken: a limit would evict the server
            # https://github.com/hashicorp/raft-snapshot
            {"name": "tmp", "emptyDir": {}},
        ],
        "volumeMounts": [
            {"name": "tls", "mountPath": TLS_FOLDER, "readOnly": True},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108  # in the container, whose own is read-only
        ],
        "extraContainers": containers,
        # the reloader signals Vault
        "shareProcessNamespace": True,
        "dataStorage": _storage(f"{given.data_volume_gib}Gi", storage_class_name, "/vault/data"),
        "auditStorage": _storage(f"{given.audit_volume_gib}Gi", storage_class_name, AUDIT_FOLDER),
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
        "dev": {"enabled": False},
        "ha": {
            "enabled": True,
            "replicas": given.replicas,
            # the default is the pod's address, which no certificate names
            "apiAddr": f"https://$(VAULT_K8S_POD_NAME).{given.release_name}-internal.{given.namespace}.svc:8200",
            "raft": {"enabled": True, "setNodeId": True, "config": config},
            # with one server the chart's budget would stop every drain of its node
            "disruptionBudget": only_when(several, {"enabled": several, "maxUnavailable": 1}, but=["enabled"]),
        },
        "affinity": {
            "podAntiAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [
                    {"labelSelector": {"matchLabels": labels}, "topologyKey": "kubernetes.io/hostname"}
                ]
            }
        },
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "minDomains": given.zones,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": {"matchLabels": labels},
            }
        ],
        "priorityClassName": first_set(given.priority_class_name, ""),
        "terminationGracePeriodSeconds": 60,
        "preStopSleepSeconds": 5,
        "readinessProbe": {"enabled": True},
        "livenessProbe": {
            "enabled": True,
            # a server that is sealed, or not initialized yet, must be left alone
            "path": "/v1/sys/health?standbyok=true&perfstandbyok=true&sealedcode=204&uninitcode=204",
            "initialDelaySeconds": 60,
        },
        "serviceAccount": {"create": True, "name": given.release_name, "annotations": role.annotations},
        # Vault asks Kubernetes whether the tokens that log in are real
        "authDelegator": {"enabled": True},
        "service": {"enabled": True, "type": "ClusterIP"},
        "ingress": {"enabled": False},
        "networkPolicy": {
            "enabled": True,
            "ingress": [
                {"from": [{"namespaceSelector": {}}], "ports": [_port(8200)]},
                {"from": [{"podSelector": {"matchLabels": labels}}], "ports": [_port(8200), _port(8201)]},
            ],
        },
        "statefulSet": {
            "securityContext": {
                "pod": {**_POD, "fsGroupChangePolicy": "OnRootMismatch"},
                "container": _CONFINED,
            }
        },
        "logFormat": "json",
    }


def _reloader(given: VaultInputs) -> dict[str, Any]:
    """Rotates the audit log, and has Vault read a renewed certificate."""
    return {
        "name": "reload",
        "image": given.images.server,
        "command": ["/bin/sh", "/sidecars/reload.sh"],
        "env": [{"name": "TLS_FOLDER", "value": TLS_FOLDER}],
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}},
        "securityContext": _locked_down(USER),
        "volumeMounts": [
            {"name": "audit", "mountPath": AUDIT_FOLDER},
            {"name": "tls", "mountPath": TLS_FOLDER, "readOnly": True},
            {"name": "sidecars", "mountPath": "/sidecars", "readOnly": True},
        ],
    }


def _shipper(given: VaultInputs, *, log_group_name: str, region: str) -> dict[str, Any]:
    """Ships the audit log to CloudWatch; how far it came, and what waits, is kept on the audit volume."""
    return {
        "name": "audit-shipper",
        "image": given.images.log_shipper,
        "command": ["/fluent-bit/bin/fluent-bit", "-c", "/sidecars/fluent-bit.yaml"],
        "env": [
            {"name": "AWS_REGION", "value": region},
            {"name": "LOG_GROUP_NAME", "value": log_group_name},
            {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        ],
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}},
        "securityContext": _locked_down(SHIPPER_USER),
        "livenessProbe": {
            "httpGet": {"path": "/api/v1/health", "port": 2020},
            "initialDelaySeconds": 30,
            "periodSeconds": 30,
            "failureThreshold": 10,
        },
        "volumeMounts": [
            {"name": "audit", "mountPath": AUDIT_FOLDER, "readOnly": True},
            {"name": "audit", "mountPath": "/fluent-bit/state", "subPath": "shipper"},
            {"name": "sidecars", "mountPath": "/sidecars", "readOnly": True},
        ],
    }


def _injector(given: VaultInputs) -> dict[str, Any]:
    wanted = {
        "enabled": given.injector_enabled,
        "replicas": given.injector_replicas,
        "leaderElector": {"enabled": True},
        "image": image_parts(given.images.injector),
        "agentImage": image_parts(given.images.server),
        "podDisruptionBudget": {"maxUnavailable": 1},
        "port": INJECTOR_PORT,
        "securityContext": {
            "pod": {
                "runAsNonRoot": True,
                "runAsUser": INJECTOR_USER,
                "runAsGroup": INJECTOR_USER,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "container": _CONFINED,
        },
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}},
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": injector_labels(given)},
            }
        ],
        # pods without Vault annotations start while the injector is away
        "webhook": {"failurePolicy": "Ignore"},
    }
    return only_when(given.injector_enabled, wanted, but=["enabled"])


def _csi(given: VaultInputs, tls_secret: str) -> dict[str, Any]:
    wanted = {
        "enabled": given.csi_enabled,
        "image": image_parts(given.images.csi_provider),
        # the chart's agent cannot be told the CA, and would only cache
        "agent": {"enabled": False},
        "extraArgs": ["--vault-tls-ca-cert=/vault/tls/ca.crt"],
        "volumes": [
            {"name": "tls", "secret": {"secretName": tls_secret, "items": [{"key": "ca.crt", "path": "ca.crt"}]}}
        ],
        "volumeMounts": [{"name": "tls", "mountPath": "/vault/tls", "readOnly": True}],
        # It is root: it makes its socket in a folder of the node, which is root's.
        "daemonSet": {
            "securityContext": {"pod": {"seccompProfile": {"type": "RuntimeDefault"}}, "container": _CONFINED}
        },
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}},
    }
    return only_when(given.csi_enabled, wanted, but=["enabled"])


def _telemetry(given: VaultInputs, tls_secret: str) -> dict[str, Any]:
    wanted = is_set(given.service_monitor)
    monitor: ServiceMonitor = present(given.service_monitor)
    service_monitor = {
        "enabled": wanted,
        "selectors": choose(wanted, monitor.labels, {}),
        "interval": choose(wanted, f"{monitor.interval_seconds}s", ""),
        # every server, not the active one alone: a sealed standby must show
        "matchLabels": {"vault-internal": "true"},
        "tlsConfig": {
            "ca": {"secret": {"name": tls_secret, "key": "ca.crt"}},
            "serverName": given.release_name,
        },
    }
    rules = {"enabled": wanted, "selectors": choose(wanted, monitor.labels, {}), "rules": _alerts(given)}
    return {
        "serviceMonitor": only_when(wanted, service_monitor, but=["enabled"]),
        "prometheusRules": only_when(wanted, rules, but=["enabled"]),
    }


def _alerts(given: VaultInputs) -> list[dict[str, Any]]:
    """https://developer.hashicorp.com/vault/docs/internals/telemetry/metrics/all"""
    job = f'job="{given.release_name}-internal",namespace="{given.namespace}"'
    alerts: list[tuple[str, str, str, str, Literal["critical", "warning"], str]] = [
        ("VaultServerDown", "server_down", f"up{{{job}}} == 0", "5m", "critical", "a server is down or sealed"),
        ("VaultSealed", "sealed", f"vault_core_unsealed{{{job}}} == 0", "1m", "critical", "a server is sealed"),
        (
            "VaultWithoutLeader",
            "without_leader",
            f"absent(vault_core_active{{{job}}} == 1)",
            "2m",
            "critical",
            "no server is active, so nobody is served",
        ),
        (
            "VaultOneFailureFromStopping",
            "one_failure_from_stopping",
            f"vault_autopilot_failure_tolerance{{{job}}} < 1",
            "10m",
            "warning",
            "one more lost server stops it",
        ),
        (
            "VaultAuditLogFailing",
            "audit_log_failing",
            f"increase(vault_audit_log_request_failure{{{job}}}[5m]) > 0",
            "1m",
            "critical",
            "the audit log cannot be written, and Vault refuses what it cannot log",
        ),
    ]
    return [
        prometheus_alert(
            given,
            "vault",
            page,
            name=alert,
            expression=expression,
            summary=f"Vault {given.release_name} in {given.namespace}: {summary}",
            severity=severity,
            lasting=lasting,
        )
        for alert, page, expression, lasting, severity, summary in alerts
    ]


def image_parts(image: str) -> dict[str, str]:
    """Repository and tag as the chart joins them, with a colon; a digest's hexadecimal digits take the tag's place."""
    return {
        "repository": text("replace", image, "/:[^:]*$/", ""),
        "tag": text("replace", image, "/^.*:/", ""),
    }


def injector_labels(given: VaultInputs) -> dict[str, str]:
    """What the chart labels the injector's pods with."""
    return _labels("vault-agent-injector", given)


def _labels(name: str, given: VaultInputs) -> dict[str, str]:
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": given.release_name}


def _storage(size: str, storage_class_name: str, folder: str) -> dict[str, Any]:
    return {
        "enabled": True,
        "size": size,
        "storageClass": storage_class_name,
        "accessMode": "ReadWriteOnce",
        "mountPath": folder,
    }


def _port(number: int) -> dict[str, Any]:
    return {"port": number, "protocol": "TCP"}


def _locked_down(user: int) -> dict[str, Any]:
    return {"runAsNonRoot": True, "runAsUser": user, "runAsGroup": GROUP, **_CONFINED}
