"""Istio's charts, and the values of them that the module sets itself.

Source of the values: https://github.com/istio/istio/tree/1.30.3/manifests/charts
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from groundplan.charts import chart
from groundplan.framework import (
    choose,
    concat,
    equals,
    first_set,
    is_set,
    join,
    merged,
    negated,
    not_empty,
    only_when,
    present,
)

from .gateway_inputs import Gateway, LoadBalancer, Scale
from .inputs import ControlPlane, IstioInputs
from .policies import authorizers

__all__ = [
    "BASE",
    "BASE_INSTEAD",
    "GATEWAY",
    "GATEWAY_INSTEAD",
    "ISTIOD",
    "ISTIOD_INSTEAD",
    "TRACER",
    "base_values",
    "gateway_labels",
    "gateway_values",
    "istiod_values",
    "release_name",
]

BASE = chart("istio-base")
ISTIOD = chart("istiod")
GATEWAY = chart("istio-gateway")

TRACER = "opentelemetry"
"""The name of the extension provider that traces go to."""

BASE_INSTEAD = {"defaultRevision": "default_revision", "global.istioNamespace": "namespace"}
ISTIOD_INSTEAD = {
    "autoscaleEnabled": "revisions",
    "cni.enabled": "cni",
    "global.caAddress": "certificate_authority",
    "global.hub": "hub",
    "global.multiCluster.clusterName": "cluster",
    "global.networkPolicy.enabled": "network_policies",
    "global.priorityClassName": "priority_class_name",
    "global.proxy.resources": "sidecar",
    "global.tag": "revisions",
    "meshConfig.accessLogFile": "access_logs",
    "meshConfig.extensionProviders": "external_authorizers",
    "meshConfig.outboundTrafficPolicy": "outbound",
    "meshConfig.trustDomain": "trust_domain",
    "resources": "revisions",
    "revision": "revisions",
}
GATEWAY_INSTEAD = {
    "autoscaling": "gateways",
    "priorityClassName": "priority_class_name",
    "replicaCount": "gateways",
    "resources": "gateways",
    "revision": "default_revision",
    "service": "gateways",
}
"""The input to set instead of a value that the module keeps."""

_SECCOMP = {"type": "RuntimeDefault"}


def release_name(revision: str) -> str:
    """What istiod of a revision is called: its release, Deployment and Service."""
    return f"istiod-{revision}"


def gateway_labels(name: str) -> dict[str, str]:
    """What the chart labels the pods of a gateway with, by which Gateways and policies find it."""
    return {"app": name, "istio": name}


def base_values(given: IstioInputs) -> dict[str, Any]:
    """The values of base: the definitions, which stay when the release goes, and who looks at their objects."""
    return {
        "defaultRevision": given.default_revision,
        "global": {"istioNamespace": given.namespace, "enableReaderRBAC": False},
    }


def istiod_values(given: IstioInputs, revision: str, plane: ControlPlane) -> dict[str, Any]:
    """The values of one revision's istiod."""
    scaled = _scaled(plane.scale)
    alone = equals(plane.scale.min_replicas, 1)
    return {
        "revision": revision,
        "autoscaleEnabled": scaled,
        "autoscaleMin": choose(scaled, plane.scale.min_replicas, cast(int, None)),
        "autoscaleMax": choose(scaled, plane.scale.max_replicas, cast(int, None)),
        "cpu": only_when(scaled, {"targetAverageUtilization": plane.scale.cpu_percent}),
        "replicaCount": choose(scaled, cast(int, None), plane.scale.min_replicas),
        "pdb": only_when(negated(alone), {"maxUnavailable": 1, "minAvailable": None}),
        "resources": _resources(plane.resources),
        "seccompProfile": _SECCOMP,
        "topologySpreadConstraints": _spread({"app": "istiod", "istio.io/rev": revision}),
        "meshConfig": _mesh_config(given),
        # who leads pods' requests to their proxies
        "cni": {"enabled": is_set(given.cni)},
        # the Telemetry object says it, and this would be a second place
        "traceSampling": 0,
        "env": {
            # when others sign, istiod must not
            "ENABLE_CA_SERVER": choose(is_set(given.certificate_authority), "false", "true"),
            # gateways are releases: istiod makes none of objects of the Gateway API, and needs no right to
            "PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER": "false",
        },
        "global": {
            "istioNamespace": given.namespace,
            # for control planes of other clusters, which there are none of
            "enableReaderRBAC": False,
            "hub": given.hub,
            "tag": plane.version,
            # without a shell
            "variant": "distroless",
            "logAsJson": True,
            "priorityClassName": given.priority_class_name,
            "defaultPodDisruptionBudget": {"enabled": negated(alone)},
            "networkPolicy": {"enabled": given.network_policies},
            "caAddress": first_set(given.certificate_authority, ""),
            "multiCluster": {"clusterName": given.cluster.name},
            "proxy": {"resources": _resources(given.sidecar), "seccompProfile": _SECCOMP},
        },
    }


def _mesh_config(given: IstioInputs) -> dict[str, Any]:
    """What all proxies do. https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/"""
    return {
        "trustDomain": given.trust_domain,
        "enableAutoMtls": True,
        "meshMTLS": {"minProtocolVersion": "TLSV1_2"},
        "tlsDefaults": {"minProtocolVersion": "TLSV1_2"},
        "outboundTrafficPolicy": {"mode": given.outbound},
        "accessLogFile": choose(given.access_logs, "/dev/stdout", ""),
        "accessLogEncoding": "JSON",
        "enableTracing": is_set(given.tracing),
        "defaultConfig": {
            # a pod that calls somebody as soon as it starts would find nobody
            "holdApplicationUntilProxyStarts": True,
            "proxyMetadata": {"ISTIO_META_DNS_CAPTURE": choose(given.dns_proxying, "true", "false")},
        },
        "extensionProviders": concat(
            choose(
                is_set(given.tracing),
                [
                    {
                        "name": TRACER,
                        "opentelemetry": {
                            "service": present(given.tracing).service,
                            "port": present(given.tracing).port,
                        },
                    }
                ],
                [],
            ),
            authorizers(given),
        ),
    }


def gateway_values(given: IstioInputs, name: str, gateway: Gateway) -> dict[str, Any]:
    """The values of one gateway."""
    scaled = _scaled(gateway.scale)
    balanced = is_set(gateway.load_balancer)
    balancer = present(gateway.load_balancer)
    return {
        "name": name,
        "revision": given.default_revision,
        "labels": gateway_labels(name),
        "autoscaling": only_when(
            scaled,
            {
                "enabled": scaled,
                "minReplicas": gateway.scale.min_replicas,
                "maxReplicas": gateway.scale.max_replicas,
                "targetCPUUtilizationPercentage": gateway.scale.cpu_percent,
            },
            but=["enabled"],
        ),
        "replicaCount": choose(scaled, cast(int, None), gateway.scale.min_replicas),
        "podDisruptionBudget": only_when(negated(equals(gateway.scale.min_replicas, 1)), {"maxUnavailable": 1}),
        "priorityClassName": given.priority_class_name,
        "resources": {
            "requests": {"cpu": gateway.cpu_request, "memory": gateway.memory_request},
            "limits": {"cpu": None, "memory": gateway.memory_limit},
        },
        "topologySpreadConstraints": _spread(gateway_labels(name)),
        "securityContext": {
            "runAsNonRoot": True,
            "seccompProfile": _SECCOMP,
            # what listens on 80 and 443 is no root
            "sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}],
        },
        "serviceAccount": {"create": True, "name": name},
        "service": {
            "type": choose(balanced, "LoadBalancer", "ClusterIP"),
            # no port for health: a load balancer would listen there too, and asks the pods themselves
            "ports": [
                {"name": "http2", "port": 80, "protocol": "TCP", "targetPort": 80},
                {"name": "https", "port": 443, "protocol": "TCP", "targetPort": 443},
            ],
            "loadBalancerClass": choose(balanced, given.load_balancer_class, cast(str, None)),
            "loadBalancerSourceRanges": choose(balanced, balancer.source_ranges, []),
            "annotations": choose(balanced, _annotations(balancer), {}),
        },
        "global": {"networkPolicy": {"enabled": given.network_policies}},
    }


def _annotations(balancer: LoadBalancer) -> dict[str, Any]:
    """https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/"""
    prefix = "service.beta.kubernetes.io/aws-load-balancer"
    subnets = {f"{prefix}-subnets": join(",", balancer.subnet_ids)}
    return merged(
        {
            f"{prefix}-scheme": balancer.scheme,
            f"{prefix}-nlb-target-type": "ip",
            f"{prefix}-attributes": choose(
                balancer.deletion_protection,
                "load_balancing.cross_zone.enabled=true,deletion_protection.enabled=true",
                "load_balancing.cross_zone.enabled=true,deletion_protection.enabled=false",
            ),
            # who asked is seen behind it, by policies and in logs
            f"{prefix}-target-group-attributes": "preserve_client_ip.enabled=true",
            f"{prefix}-healthcheck-protocol": "HTTP",
            f"{prefix}-healthcheck-port": "15021",
            f"{prefix}-healthcheck-path": "/healthz/ready",
        },
        choose(not_empty(balancer.subnet_ids), subnets, {}),
    )


def _scaled(scale: Scale) -> bool:
    """Whether there may be more pods than there are always."""
    return negated(equals(scale.min_replicas, scale.max_replicas))


def _resources(resources: Any) -> dict[str, Any]:
    """A container's resources. CPU has no limit: what is throttled delays every request that passes it."""
    return {
        "requests": {"cpu": resources.cpu_request, "memory": resources.memory_request},
        "limits": {"cpu": None, "memory": resources.memory_limit},
    }


def _spread(labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Over zones and nodes as far as there are any: a cluster of one zone still gets its pods."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": dict(labels)},
        }
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]
