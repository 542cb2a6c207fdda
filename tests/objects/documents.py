"""Objects that every API server takes, to be made wrong one field at a time."""

from __future__ import annotations

import json
from typing import Any

from groundplan.objects import KubernetesObject

__all__ = ["DELETE", "GOOD", "changed", "made"]

DELETE = object()

_LABELS = {"app": "web"}
_POD: dict[str, Any] = {
    "metadata": {"labels": _LABELS},
    "spec": {
        "serviceAccountName": "web",
        "nodeSelector": {"kubernetes.io/arch": "arm64"},
        "tolerations": [{"key": "team", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60}],
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": _LABELS},
            }
        ],
        "initContainers": [{"name": "prepare", "image": "registry.example.com/prepare:1"}],
        "containers": [
            {
                "name": "web",
                "image": "registry.example.com/web:1",
                "imagePullPolicy": "IfNotPresent",
                "ports": [{"name": "http", "containerPort": 8080}, {"name": "metrics", "containerPort": 9090}],
                "env": [{"name": "LEVEL", "value": "info"}],
                "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": 134217728}},
                "readinessProbe": {"httpGet": {"path": "/", "port": "http"}, "periodSeconds": 5},
                "livenessProbe": {"tcpSocket": {"port": 8080}},
                "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                "volumeMounts": [{"name": "scratch", "mountPath": "/tmp"}],
            }
        ],
        "volumes": [{"name": "scratch", "emptyDir": {"sizeLimit": "1Gi"}}],
    },
}


def _object(api_version: str, kind: str, **said: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "web", "labels": _LABELS}, **said}


_WEBHOOK = {
    "name": "pods.example.com",
    "sideEffects": "None",
    "admissionReviewVersions": ["v1"],
    "timeoutSeconds": 5,
    "clientConfig": {"service": {"namespace": "web", "name": "web"}},
    "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}],
}
_CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}, "storageClassName": "gp3"}
_JOB = {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "job", "image": "job:1"}]}}}
_DEFINITION = {
    "group": "example.com",
    "scope": "Namespaced",
    "names": {"kind": "Widget", "plural": "widgets"},
    "versions": [
        {
            "name": "v1",
            "served": True,
            "storage": True,
            "schema": {
                "openAPIV3Schema": {
                    "type": "object",
                    "description": "A widget.",
                    "properties": {
                        "spec": {
                            "type": "object",
                            "required": ["size"],
                            "properties": {
                                "size": {"type": "string", "enum": ["small", "large"]},
                                "description": {"type": "string"},
                            },
                        }
                    },
                }
            },
        }
    ],
}

GOOD: dict[str, dict[str, Any]] = {
    document["kind"]: document
    for document in (
        _object(
            "apps/v1",
            "Deployment",
            spec={
                "replicas": 2,
                "selector": {"matchLabels": _LABELS},
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}},
                "template": _POD,
            },
        ),
        _object(
            "apps/v1",
            "StatefulSet",
            spec={
                "selector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["web"]}]},
                "template": {
                    "metadata": {"labels": _LABELS},
                    "spec": {
                        "containers": [
                            {
                                "name": "web",
                                "image": "web:1",
                                "volumeMounts": [{"name": "data", "mountPath": "/data"}],
                            }
                        ]
                    },
                },
                "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": _CLAIM}],
            },
        ),
        _object("batch/v1", "Job", spec={"backoffLimit": 2, **_JOB}),
        _object(
            "batch/v1",
            "CronJob",
            spec={"schedule": "*/5 1-3 * * MON,fri", "timeZone": "Europe/Berlin", "jobTemplate": {"spec": _JOB}},
        ),
        _object(
            "v1",
            "Service",
            spec={
                "selector": _LABELS,
                "ports": [
                    {"name": "http", "port": 80, "targetPort": "http"},
                    {"name": "metrics", "port": 9090, "protocol": "TCP"},
                ],
            },
        ),
        _object("v1", "ConfigMap", data={"config.yaml": "a: 1"}, binaryData={"logo.png": "AAEC"}),
        _object("v1", "Secret", type="kubernetes.io/tls", data={"tls.crt": "AAEC", "tls.key": "AAEC"}),
        _object("v1", "PersistentVolumeClaim", spec=_CLAIM),
        _object("policy/v1", "PodDisruptionBudget", spec={"minAvailable": "50%", "selector": {"matchLabels": _LABELS}}),
        _object(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            spec={
                "minReplicas": 2,
                "maxReplicas": 4,
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            },
        ),
        _object(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            spec={
                "podSelector": {},
                "ingress": [
                    {
                        "from": [{"ipBlock": {"cidr": "10.0.0.0/16", "except": ["10.0.1.0/24"]}}, {"podSelector": {}}],
                        "ports": [{"port": "http", "protocol": "TCP"}],
                    }
                ],
            },
        ),
        _object(
            "networking.k8s.io/v1",
            "Ingress",
            spec={
                "rules": [
                    {
                        "host": "web.example.com",
                        "http": {
                            "paths": [
                                {
                                    "path": "/",
                                    "pathType": "Prefix",
                                    "backend": {"service": {"name": "web", "port": {"number": 80}}},
                                }
                            ]
                        },
                    }
                ]
            },
        ),
        _object(
            "rbac.authorization.k8s.io/v1",
            "Role",
            rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
        ),
        _object(
            "rbac.authorization.k8s.io/v1",
            "ClusterRoleBinding",
            roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "web:reader"},
            subjects=[{"kind": "ServiceAccount", "namespace": "web", "name": "web"}],
        ),
        _object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", webhooks=[_WEBHOOK]),
        _object("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", webhooks=[_WEBHOOK]),
        _object("scheduling.k8s.io/v1", "PriorityClass"),
        {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": "widgets.example.com"},
            "spec": _DEFINITION,
        },
        _object("example.com/v1", "Widget", spec={"size": "small"}),
    )
}


def changed(kind: str, path: str, value: Any) -> dict[str, Any]:
    """The good object of a kind with another value at a path such as `spec.ports.0.name`, or DELETE for none."""
    # labels that are one object stay apart in the copy
    document: dict[str, Any] = json.loads(json.dumps(GOOD[kind]))
    *above, last = (int(step) if step.isdecimal() else step.replace("!", ".") for step in path.split("."))
    place: Any = document
    for step in above:
        place = place[step]
    if value is DELETE:
        del place[last]
    elif isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    return document


def made(
    document: dict[str, Any], *, release: str = "module.web.helm_release.web", template: str = "web/templates/web.yaml"
) -> KubernetesObject:
    return KubernetesObject(release, template, "web", document)
