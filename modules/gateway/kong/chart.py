"""Kong's chart, and the values that the module keeps for itself.

Source of the values: https://github.com/Kong/charts/tree/kong-3.4.1/charts/kong
Source of the settings below `env`: https://github.com/Kong/kong/blob/3.9.3/kong.conf.default
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from groundplan.building import Database
from groundplan.charts import chart
from groundplan.framework import (
    choose,
    concat,
    equals,
    is_set,
    join,
    negated,
    only_when,
    present,
    text,
    unset,
    without_nulls,
)

from .balancer import STATUS_PORT, service_annotations, source_ranges
from .certificates import ADMIN, CLIENT, PROXY, WEBHOOK
from .credentials import VARIABLE, brings_by_csi
from .database import NAME, USER
from .inputs import KongInputs

__all__ = [
    "ADMIN_PORT",
    "CHART",
    "CONTROLLER_METRICS_PORT",
    "FILES",
    "INSTEAD",
    "PROXY_PORT",
    "SHIPPER_PORT",
    "STATUS_PORT",
    "WEBHOOK_PORT",
    "pod_labels",
    "values",
]

CHART = chart("kong")
PROXY_PORT, ADMIN_PORT = 8443, 8444
WEBHOOK_PORT, CONTROLLER_METRICS_PORT = 8080, 10255
"""Where the containers listen; the last is fixed by the chart."""

SHIPPER_PORT = 9880
"""Where the sidecar is told of requests, inside the pod; as files/fluent-bit.yaml says."""
SHIPPER_USER = 1001

FILES = "/etc/kong-files"
"""The module's own files in the pods: whom the admin API answers, RDS's authorities, the probe."""
DATABASE = "/etc/kong-database"
SECRETS = "/etc/secrets"
"""Where the chart mounts the secrets of `secretVolumes`, each in a folder of its name."""
DRAIN_SECONDS = 60
"""How long a replica that goes away still answers: the load balancer stops asking it within that time."""

INSTEAD = {
    "admin.type": "admin",
    "autoscaling.enabled": "autoscaling",
    "autoscaling.maxReplicas": "autoscaling.max_replicas",
    "autoscaling.metrics": "autoscaling",
    "autoscaling.minReplicas": "autoscaling.min_replicas",
    "env.database": "database",
    "env.trusted_ips": "vpc_cidrs",
    "image.unifiedRepoTag": "images.gateway",
    "ingressController.image.unifiedRepoTag": "images.controller",
    "ingressController.ingressClass": "ingress_class",
    "proxy.annotations": "load_balancer",
    "proxy.loadBalancerSourceRanges": "load_balancer.allowed_cidrs",
    "resources": "cpu_millicores",
    "serviceMonitor.enabled": "metrics",
    "topologySpreadConstraints": "zones",
}
"""The input to use, for paths that people reach for."""


def values(
    given: KongInputs,
    *,
    database: Database,
    log_bucket: str,
    files: Mapping[str, str],
    account: Mapping[str, str],
    log_group_name: str,
    region: str,
) -> dict[str, Any]:
    """The values of Kong's release.

    `files` names the ConfigMap of the module's own files (`name`) and a checksum of them (`checksum`); `account` are
    the annotations of the pods' service account. `log_group_name` is where requests are logged, in `region`.
    """
    release = given.release_name
    labels = pod_labels(given)
    several = negated(equals(given.autoscaling.min_replicas, 1))
    memory = f"{given.memory_mebibytes}Mi"
    network = unset(given.load_balancer.application)
    # no limit on CPU: a gateway that is throttled makes everybody behind it slow
    resources = {"requests": {"cpu": f"{given.cpu_millicores}m", "memory": memory}, "limits": {"memory": memory}}
    return {
        "fullnameOverride": release,
        "image": {"unifiedRepoTag": given.images.gateway},
        "deployment": {
            "serviceAccount": {"create": True, "name": release, "annotations": account},
            "sidecarContainers": choose(given.request_logs, [_shipper(given, log_group_name, region)], []),
            "userDefinedVolumes": [
                {"name": "files", "configMap": {"name": files["name"], "defaultMode": 0o444}},
                _password_volume(given),
            ],
            "userDefinedVolumeMounts": [
                {"name": "files", "mountPath": FILES, "readOnly": True},
                {"name": "database", "mountPath": DATABASE, "readOnly": True},
            ],
        },
        "secretVolumes": [f"{release}-{ADMIN}", f"{release}-{PROXY}"],
        "env": _environment(given, database),
        # the password: the one key of the secret is the variable's name
        "envFrom": [{"secretRef": {"name": f"{release}-database"}}],
        "podAnnotations": {"checksum/files": files["checksum"]},
        "resources": resources,
        "initContainerResources": {
            "requests": {"cpu": "50m", "memory": "64Mi"},
            "limits": {"memory": "256Mi"},
        },
        "migrations": {
            "preUpgrade": True,
            "postUpgrade": True,
            "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}},
        },
        "postgresql": {"enabled": False},
        "admin": {
            "enabled": True,
            "type": "ClusterIP",
            "http": {"enabled": False},
            "tls": {"enabled": True, "containerPort": ADMIN_PORT, "servicePort": ADMIN_PORT},
            "ingress": {"enabled": False},
        },
        # the web interface of the admin API, which the chart would open a port on every node for
        "manager": {"enabled": False},
        "status": {"enabled": True, "http": {"enabled": True, "containerPort": STATUS_PORT}},
        "proxy": {
            "enabled": True,
            "type": choose(network, "LoadBalancer", "ClusterIP"),
            "loadBalancerClass": choose(network, "service.k8s.aws/nlb", cast(str, None)),
            "loadBalancerSourceRanges": choose(network, source_ranges(given), cast(list[str], None)),
            "annotations": choose(network, service_annotations(given, log_bucket), {}),
            "http": {"enabled": False},
            "tls": {
                "enabled": True,
                "containerPort": PROXY_PORT,
                "servicePort": 443,
                "parameters": concat(["http2"], choose(network, ["proxy_protocol"], [])),
            },
        },
        "ingressController": _controller(given),
        "autoscaling": {
            "enabled": True,
            "minReplicas": given.autoscaling.min_replicas,
            "maxReplicas": given.autoscaling.max_replicas,
            "metrics": _measures(given),
            "behavior": {
                "scaleUp": {"stabilizationWindowSeconds": given.autoscaling.scale_up_stabilization_seconds},
                "scaleDown": {"stabilizationWindowSeconds": given.autoscaling.scale_down_stabilization_seconds},
            },
        },
        # with one replica the chart's budget would stop every drain of its node, and the chart refuses it
        "podDisruptionBudget": only_when(several, {"enabled": several, "maxUnavailable": 1}, but=["enabled"]),
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "minDomains": given.zones,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": {"matchLabels": labels},
                # each version of the pods is spread by itself, or a rollout could find no place
                "matchLabelKeys": ["pod-template-hash"],
            },
            {
                "maxSkew": 1,
                "topologyKey": "kubernetes.io/hostname",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": labels},
                "matchLabelKeys": ["pod-template-hash"],
            },
        ],
        "lifecycle": {"preStop": {"exec": {"command": ["kong", "quit", f"--wait={DRAIN_SECONDS}"]}}},
        "terminationGracePeriodSeconds": DRAIN_SECONDS + 30,
        # see files/reload.sh; the chart's own asks by HTTP alone
        "livenessProbe": {
            "httpGet": cast(dict[str, Any], None),
            "exec": {
                "command": [
                    "/bin/bash",
                    f"{FILES}/reload.sh",
                    f"{DATABASE}/{VARIABLE}",
                    SECRETS,
                    str(STATUS_PORT),
                ]
            },
            "initialDelaySeconds": 30,
            "periodSeconds": 30,
            "timeoutSeconds": 25,
        },
        "serviceMonitor": _service_monitor(given),
    }


def _environment(given: KongInputs, database: Database) -> dict[str, Any]:
    """kong.conf. What is no text in it would be read as another value than it is: all of them are text."""
    release = given.release_name
    admin, proxy = f"{SECRETS}/{release}-{ADMIN}", f"{SECRETS}/{release}-{PROXY}"
    return {
        "database": "postgres",
        "pg_host": database.address,
        "pg_port": str(database.port),
        "pg_database": NAME,
        "pg_user": USER,
        "pg_ssl": "on",
        "pg_ssl_verify": "on",
        "lua_ssl_trusted_certificate": f"system,{FILES}/rds.pem",
        # RDS signs an instance's certificate with an authority below the root
        "lua_ssl_verify_depth": "2",
        "ssl_protocols": "TLSv1.2 TLSv1.3",
        "ssl_cert": f"{proxy}/tls.crt",
        "ssl_cert_key": f"{proxy}/tls.key",
        "admin_ssl_cert": f"{admin}/tls.crt",
        "admin_ssl_cert_key": f"{admin}/tls.key",
        # the admin API asks for a certificate of Kong's own authority: by its file, which is renewed. The chart's
        # admin.tls.client takes a text that is fixed, or asks the cluster while it renders.
        "nginx_admin_ssl_verify_client": "on",
        "nginx_admin_ssl_client_certificate": f"{admin}/ca.crt",
        "nginx_admin_include": f"{FILES}/admin.conf",
        # of the addresses that an Application Load Balancer and whoever is before it add, the last that is not ours
        "real_ip_header": choose(unset(given.load_balancer.application), "proxy_protocol", "X-Forwarded-For"),
        "real_ip_recursive": choose(unset(given.load_balancer.application), "off", "on"),
        "trusted_ips": join(",", given.vpc_cidrs),
        "headers": "x-kong-request-id",
        "anonymous_reports": "off",
    }


def _controller(given: KongInputs) -> dict[str, Any]:
    release = given.release_name
    return {
        "enabled": True,
        "image": {"unifiedRepoTag": given.images.controller},
        "ingressClass": given.ingress_class,
        # https://developer.konghq.com/kubernetes-ingress-controller/reference/configuration-options/
        "customEnv": {
            "controller_kong_admin_tls_skip_verify": "false",
            "controller_kong_admin_ca_cert_file": f"{SECRETS}/admin-api-cert/ca.crt",
            "controller_anonymous_reports": "false",
            "controller_log_format": "json",
        },
        "adminApi": {"tls": {"client": {"enabled": True, "certProvided": True, "secretName": f"{release}-{CLIENT}"}}},
        "admissionWebhook": {
            "enabled": True,
            "port": WEBHOOK_PORT,
            "failurePolicy": "Ignore",
            # one that the chart makes would be another one with every render; cert-manager writes its authority
            # https://cert-manager.io/docs/concepts/ca-injector/
            "annotations": {"cert-manager.io/inject-ca-from": f"{given.namespace}/{release}-{WEBHOOK}"},
            "certificate": {"provided": True, "secretName": f"{release}-{WEBHOOK}"},
        },
        "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "512Mi"}},
    }


def _measures(given: KongInputs) -> list[Any]:
    """What the autoscaler looks at: the gateway's own CPU, not the pod's, and requests where that was asked for."""
    cpu = {
        "type": "ContainerResource",
        "containerResource": {
            "name": "cpu",
            "container": "proxy",
            "target": {"type": "Utilization", "averageUtilization": given.autoscaling.cpu_percent},
        },
    }
    served = present(given.autoscaling.requests)
    requests = {
        "type": "Pods",
        "pods": {
            "metric": {"name": served.metric_name},
            "target": {"type": "AverageValue", "averageValue": text("tostring", served.per_replica)},
        },
    }
    return concat([cpu], choose(is_set(given.autoscaling.requests), [requests], []))


def _shipper(given: KongInputs, log_group_name: str, region: str) -> dict[str, Any]:
    """Is told of each request by the plugin http-log, and ships it to CloudWatch."""
    return {
        "name": "request-log",
        "image": given.images.log_shipper,
        "command": ["/fluent-bit/bin/fluent-bit", "-c", f"{FILES}/fluent-bit.yaml"],
        "env": [
            {"name": "AWS_REGION", "value": region},
            {"name": "LOG_GROUP_NAME", "value": log_group_name},
            {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        ],
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}},
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": SHIPPER_USER,
            "runAsGroup": SHIPPER_USER,
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "livenessProbe": {
            "httpGet": {"path": "/api/v1/health", "port": 2020},
            "initialDelaySeconds": 30,
            "periodSeconds": 30,
            "failureThreshold": 10,
        },
        "volumeMounts": [{"name": "files", "mountPath": FILES, "readOnly": True}],
    }


def _password_volume(given: KongInputs) -> dict[str, Any]:
    """The password as a file, which follows the secret: the probe reads it."""
    name = f"{given.release_name}-database"
    by_csi = brings_by_csi(given)
    driver = {
        "driver": "secrets-store.csi.k8s.io",
        "readOnly": True,
        "volumeAttributes": {"secretProviderClass": name},
    }
    return without_nulls(
        {
            "name": "database",
            "csi": choose(by_csi, driver, None),
            "secret": choose(by_csi, None, {"secretName": name, "defaultMode": 0o444}),
        }
    )


def _service_monitor(given: KongInputs) -> dict[str, Any]:
    wanted = is_set(given.metrics)
    metrics = present(given.metrics)
    monitor = {
        "enabled": wanted,
        "trustCRDsExist": True,
        "interval": choose(wanted, f"{metrics.interval_seconds}s", ""),
        "labels": choose(wanted, metrics.labels, {}),
    }
    return only_when(wanted, monitor, but=["enabled"])


def pod_labels(given: KongInputs) -> dict[str, str]:
    """What the chart's Services choose Kong's pods by."""
    return {
        "app.kubernetes.io/name": "kong",
        "app.kubernetes.io/component": "app",
        "app.kubernetes.io/instance": given.release_name,
    }
