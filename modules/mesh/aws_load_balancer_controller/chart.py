"""The controller's chart, and the values of it that the module sets itself.

Source of the values: https://github.com/aws/eks-charts/tree/v0.0.242/stable/aws-load-balancer-controller
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundplan.building import TOKEN_MOUNT, TOKEN_VOLUME
from groundplan.charts import chart
from groundplan.framework import calculated, choose, concat, equals, is_set, negated, only_when, present

from .inputs import AwsLoadBalancerControllerInputs

__all__ = [
    "CHART",
    "CONTROLLER",
    "INSTEAD",
    "LOAD_BALANCER_CLASS",
    "METRICS_PORT",
    "POD_LABELS",
    "WEBHOOK_PORT",
    "values",
]

CHART = chart("aws-load-balancer-controller")

CONTROLLER = "aws-load-balancer-controller"
"""The name of the release, of the Deployment and of its service account."""
POD_LABELS = {"app.kubernetes.io/name": CONTROLLER, "app.kubernetes.io/instance": CONTROLLER}
"""What the chart labels the pods with."""
WEBHOOK_PORT, METRICS_PORT = 9443, 8080
"""Where the API server asks, and where metrics are read."""
LOAD_BALANCER_CLASS = "service.k8s.aws/nlb"
"""What a Service names as its loadBalancerClass to get a network load balancer of this controller."""

INSTEAD = {
    "backendSecurityGroup": "backend_security_group_id",
    "certManager": "issuer",
    "clusterName": "cluster",
    "controllerConfig.featureGates.ALBGatewayAPI": "gateway_api",
    "controllerConfig.featureGates.GatewayListenerSet": "gateway_api",
    "controllerConfig.featureGates.NLBGatewayAPI": "gateway_api",
    "defaultSSLPolicy": "tls_policy",
    "defaultTags": "load_balancer_tags",
    "enableServiceMutatorWebhook": "takes_unclassed_services",
    "enableShield": "shield_enabled",
    "enableWafv2": "waf_enabled",
    "createIngressClassResource": "ingress_classes",
    "priorityClassName": "priority_class_name",
    "replicaCount": "controller",
    "resources": "controller",
    "serviceMonitor": "prometheus",
    "serviceMutatorWebhookConfig.namespaceSelectors": "unclassed_services_left_in",
    "vpcId": "vpc_id",
}
"""The input to set instead of a value that the module keeps."""

# the user of the image, which it only names, so that kubelet cannot tell that it is not root
# https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/Makefile
_USER = 65532


def values(
    given: AwsLoadBalancerControllerInputs, *, region: str, tags: dict[str, str], annotations: Mapping[str, str]
) -> dict[str, Any]:
    """The values of the release. `tags` are those of load balancers, `annotations` those of the service account."""
    scraped = is_set(given.prometheus)
    settings = present(given.prometheus)
    return {
        "fullnameOverride": CONTROLLER,
        "clusterName": given.cluster.name,
        # neither is asked of the node, whose metadata pods need not reach
        "region": region,
        "vpcId": given.vpc_id,
        "replicaCount": given.controller.replicas,
        "resources": {
            "requests": {"cpu": given.controller.cpu_request, "memory": given.controller.memory_request},
            # no limit on CPU: while its webhooks wait, so does whoever makes a Service
            "limits": {"memory": given.controller.memory_limit},
        },
        # of one pod the chart makes none
        "podDisruptionBudget": only_when(negated(equals(given.controller.replicas, 1)), {"maxUnavailable": 1}),
        "priorityClassName": given.priority_class_name,
        "configureDefaultAffinity": False,
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": key,
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": POD_LABELS},
            }
            for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
        ],
        "serviceAccount": {
            "create": True,
            "name": CONTROLLER,
            "annotations": annotations,
            "automountServiceAccountToken": False,
        },
        "rbac": {"create": True},
        "extraVolumes": [TOKEN_VOLUME],
        "extraVolumeMounts": [TOKEN_MOUNT],
        "podSecurityContext": {
            "fsGroup": _USER,
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "runAsGroup": _USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "securityContext": {
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        },
        # otherwise the chart makes another certificate each time that it is rendered
        "enableCertManager": True,
        "certManager": {
            "duration": f"{calculated('{days} * 24', days=given.certificate_days)}h0m0s",
            # a third of it: whole hours
            "renewBefore": f"{calculated('{days} * 8', days=given.certificate_days)}h0m0s",
            "issuerRef": {"name": given.issuer.name, "kind": given.issuer.kind, "group": given.issuer.group},
        },
        # the classes are the module's, with what an Ingress may not choose for itself
        "createIngressClassResource": False,
        # for the annotation of old: without it the controller takes Ingresses that name nobody
        "ingressClass": "alb",
        "disableIngressClassAnnotation": True,
        # by the annotation anybody joins the load balancer of another team; by a class only whom it lets
        # https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/docs/guide/ingress/annotations.md#ingressgroup
        "disableIngressGroupNameAnnotation": True,
        "defaultTargetType": "ip",
        "defaultLoadBalancerScheme": "internal",
        "defaultSSLPolicy": given.tls_policy,
        "defaultTags": tags,
        "backendSecurityGroup": given.backend_security_group_id,
        # AWS has ended WAF Classic: https://docs.aws.amazon.com/waf/latest/developerguide/classic-waf-chapter.html
        "enableWaf": False,
        "enableWafv2": given.waf_enabled,
        "enableShield": given.shield_enabled,
        "enableServiceMutatorWebhook": given.takes_unclassed_services,
        "serviceMutatorWebhookConfig": only_when(
            given.takes_unclassed_services,
            {
                "namespaceSelectors": [
                    {
                        "key": "kubernetes.io/metadata.name",
                        "operator": "NotIn",
                        "values": concat(["kube-system"], given.unclassed_services_left_in),
                    }
                ]
            },
        ),
        "controllerConfig": {
            "featureGates": {
                "ALBGatewayAPI": given.gateway_api,
                "GatewayListenerSet": given.gateway_api,
                "NLBGatewayAPI": given.gateway_api,
            }
        },
        "serviceMonitor": only_when(
            scraped,
            {
                "enabled": scraped,
                "additionalLabels": choose(scraped, settings.labels, {}),
                "interval": choose(scraped, f"{settings.interval_seconds}s", ""),
            },
            but=["enabled"],
        ),
    }
