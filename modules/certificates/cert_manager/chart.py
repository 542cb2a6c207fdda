"""The charts of cert-manager and its companions, and the values of them that the module sets itself.

Source of the values: https://github.com/cert-manager/cert-manager/tree/v1.21.1/deploy/charts/cert-manager
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundplan.building import TOKEN_MOUNT, TOKEN_VOLUME
from groundplan.charts import chart
from groundplan.framework import (
    all_of,
    calculated,
    choose,
    concat,
    each,
    equals,
    expression_of,
    is_set,
    join,
    not_empty,
    only_when,
    present,
    text,
)
from groundplan.framework.references import AnyReference

from .inputs import CertManagerInputs, Workload
from .issuers import signers

__all__ = [
    "CHART",
    "CONTROLLER",
    "INSTEAD",
    "ISTIO_CSR",
    "ISTIO_CSR_CHART",
    "ISTIO_CSR_INSTEAD",
    "ISTIO_CSR_LABELS",
    "ISTIO_CSR_METRICS",
    "ISTIO_CSR_SERVICE",
    "PRIVATE_CA_CHART",
    "PRIVATE_CA_INSTEAD",
    "PRIVATE_CA_ISSUER",
    "PRIVATE_CA_LABELS",
    "PRIVATE_CA_METRICS",
    "STARTUP_CHECK",
    "STARTUP_CHECK_LABELS",
    "istio_csr_values",
    "private_ca_values",
    "values",
]

CHART = chart("cert-manager")
PRIVATE_CA_CHART = chart("aws-privateca-issuer")
ISTIO_CSR_CHART = chart("cert-manager-istio-csr")

CONTROLLER = "cert-manager"
"""The name of the release, and of the controllers' service account."""
PRIVATE_CA_ISSUER = "aws-privateca-issuer"
"""The name of the release, and of its service account."""
ISTIO_CSR = "cert-manager-istio-csr"
"""The name of the release, and of its service, which the chart does not let one choose."""
STARTUP_CHECK = "cert-manager-startupapicheck"
"""The name of the job that waits for the webhook."""

PRIVATE_CA_METRICS = 8080
ISTIO_CSR_SERVICE = 6443
ISTIO_CSR_METRICS = 9402
"""The ports of containers that something else in the cluster connects to."""

ROOT_FOLDER = "/var/run/istio-csr"


def _labels(name: str, instance: str, component: str = "") -> dict[str, str]:
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": instance}
    return labels | ({"app.kubernetes.io/component": component} if component else {})


PRIVATE_CA_LABELS = _labels("aws-privateca-issuer", PRIVATE_CA_ISSUER)
ISTIO_CSR_LABELS = {"app": ISTIO_CSR}
STARTUP_CHECK_LABELS = _labels("startupapicheck", CONTROLLER, "startupapicheck")
"""What the charts label the pods with."""

INSTEAD = {
    "approveSignerNames": "approved_signers",
    "cainjector.replicaCount": "cainjector",
    "cainjector.resources": "cainjector",
    "config.gatewayAPI": "acme_issuers",
    "disableAutoApproval": "approver",
    "dns01RecursiveNameservers": "recursive_nameservers",
    "global.priorityClassName": "priority_class_name",
    "prometheus.servicemonitor": "metrics",
    "replicaCount": "controller",
    "resources": "controller",
    "webhook.replicaCount": "webhook",
    "webhook.resources": "webhook",
}
PRIVATE_CA_INSTEAD = {
    "priorityClassName": "priority_class_name",
    "replicaCount": "private_ca",
    "resources": "private_ca",
    "serviceMonitor": "metrics",
}
ISTIO_CSR_INSTEAD = {
    "app": "istio_csr",
    "priorityClassName": "priority_class_name",
    "replicaCount": "istio_csr.workload",
    "resources": "istio_csr.workload",
}
"""The input to set instead of a value that the module keeps."""

# None of their programs writes, or asks who it is: any user can run them, so one that no node has an account for.
# https://github.com/cert-manager/cert-manager/blob/v1.21.1/hack/containers/Containerfile.controller
_USER = 65532
_POD = {"runAsNonRoot": True, "runAsUser": _USER, "runAsGroup": _USER, "seccompProfile": {"type": "RuntimeDefault"}}
_CONTAINER = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
# https://cert-manager.io/docs/installation/best-practice/#restrict-auto-mount-of-service-account-tokens
_OWN_TOKEN = {
    "automountServiceAccountToken": False,
    "volumes": [TOKEN_VOLUME],
    "volumeMounts": [TOKEN_MOUNT],
}
# the API server of EKS, and what tells its address
_TO_THE_API_SERVER = [
    {
        "ports": [
            {"port": 443, "protocol": "TCP"},
            {"port": 53, "protocol": "TCP"},
            {"port": 53, "protocol": "UDP"},
        ]
    }
]
# none of these can lose more than one pod at a time; a single one does not keep its node from being drained
_BUDGET = {"enabled": True, "maxUnavailable": 1}


def values(given: CertManagerInputs, annotations: Mapping[str, str]) -> dict[str, Any]:
    """The values of cert-manager's release. `annotations` are those of the controllers' service account."""
    scraped = is_set(given.metrics)
    metrics = present(given.metrics)
    config = {
        "apiVersion": "controller.config.cert-manager.io/v1alpha1",
        "kind": "ControllerConfiguration",
        # without the Gateway API's kinds the controllers would not start
        "gatewayAPI": {"enabled": _by_gateway(given)},
    }
    further = AnyReference(f"try({expression_of(given.extra_values)}.config, null)")
    return {
        "fullnameOverride": CONTROLLER,
        # kept when the release goes: without the definitions every Certificate would go too
        "crds": {"enabled": True, "keep": True},
        "global": {
            "priorityClassName": given.priority_class_name,
            # the default is kube-system, where cert-manager would need a role for nothing else
            "leaderElection": {"namespace": given.namespace},
        },
        "replicaCount": given.controller.replicas,
        "resources": _resources(given.controller),
        "podDisruptionBudget": _BUDGET,
        "topologySpreadConstraints": _spread(_labels("cert-manager", CONTROLLER, "controller")),
        "securityContext": _POD,
        "containerSecurityContext": _CONTAINER,
        **_OWN_TOKEN,
        # issuers are anywhere in the world, on whatever port they say
        "networkPolicy": _network_policy(given, egress=[{}]),
        "serviceAccount": {"create": True, "name": CONTROLLER, "annotations": annotations},
        # a certificate that is deleted by mistake leaves its secret, and what serves with it serves on
        "enableCertificateOwnerRef": False,
        # controllers read config when they start: without a new pod they would not see that it changed
        "podAnnotations": {"checksum/config": text("sha256", text("jsonencode", [config, further]))},
        "disableAutoApproval": equals(given.approver, "external"),
        "approveSignerNames": concat(signers(given), given.approved_signers),
        "dns01RecursiveNameservers": join(",", given.recursive_nameservers),
        "dns01RecursiveNameserversOnly": not_empty(given.recursive_nameservers),
        "config": config,
        "prometheus": {
            "enabled": True,
            "servicemonitor": only_when(
                scraped,
                {
                    "enabled": scraped,
                    "labels": choose(scraped, metrics.labels, {}),
                    "interval": choose(scraped, f"{metrics.interval_seconds}s", ""),
                    "scrapeTimeout": "5s",
                    # or a certificate's own namespace would be exported_namespace
                    "honorLabels": True,
                },
                but=["enabled"],
            ),
        },
        "webhook": {
            "replicaCount": given.webhook.replicas,
            "resources": _resources(given.webhook),
            "podDisruptionBudget": _BUDGET,
            "topologySpreadConstraints": _spread(_labels("webhook", CONTROLLER, "webhook")),
            "securityContext": _POD,
            "containerSecurityContext": _CONTAINER,
            **_OWN_TOKEN,
            "networkPolicy": _network_policy(given, egress=_TO_THE_API_SERVER),
        },
        "cainjector": {
            "enabled": True,
            "replicaCount": given.cainjector.replicas,
            "resources": _resources(given.cainjector),
            "podDisruptionBudget": _BUDGET,
            "topologySpreadConstraints": _spread(_labels("cainjector", CONTROLLER, "cainjector")),
            "securityContext": _POD,
            "containerSecurityContext": _CONTAINER,
            **_OWN_TOKEN,
            "networkPolicy": _network_policy(given, egress=_TO_THE_API_SERVER),
        },
        # the release is done when the webhook answers, so that issuers can come
        "startupapicheck": {
            "enabled": True,
            "timeout": "5m",
            # it asks once and is gone: throttled, it would only be gone later
            "resources": {
                "requests": {"cpu": "10m", "memory": "32Mi"},
                "limits": {"cpu": "500m", "memory": "128Mi"},
            },
            "securityContext": _POD,
            "containerSecurityContext": _CONTAINER,
            **_OWN_TOKEN,
        },
    }


def private_ca_values(given: CertManagerInputs, annotations: Mapping[str, str]) -> dict[str, Any]:
    """The values of aws-privateca-issuer's release. `annotations` are those of its service account.

    https://github.com/cert-manager/aws-privateca-issuer/tree/v1.9.0/charts/aws-pca-issuer
    """
    scraped = is_set(given.metrics)
    return {
        "fullnameOverride": PRIVATE_CA_ISSUER,
        "replicaCount": given.private_ca.replicas,
        "autoscaling": {"enabled": False},
        # the chart's own limit on CPU is less than what may be asked for
        "resources": {
            "requests": _resources(given.private_ca)["requests"],
            "limits": {"cpu": None, "memory": _memory(given.private_ca)},
        },
        "priorityClassName": given.priority_class_name,
        "podDisruptionBudget": {"maxUnavailable": 1},
        "topologySpreadConstraints": _spread(PRIVATE_CA_LABELS),
        "podSecurityContext": _POD,
        "securityContext": _CONTAINER,
        "serviceAccount": {"create": True, "name": PRIVATE_CA_ISSUER, "annotations": annotations},
        # cert-manager approves by approveSignerNames: the chart's role would let it approve for any issuer of this kind
        "approverRole": {"enabled": False},
        "disableApprovedCheck": False,
        "serviceMonitor": only_when(
            scraped,
            {"create": scraped, "labels": choose(scraped, present(given.metrics).labels, {})},
            but=["create"],
        ),
    }


def istio_csr_values(given: CertManagerInputs, root_config_map: str, root_checksum: str) -> dict[str, Any]:
    """The values of istio-csr's release. `root_config_map` holds the mesh's root, of which pods have the checksum.

    https://github.com/cert-manager/istio-csr/tree/v0.17.0/deploy/charts/istio-csr
    """
    settings = present(given.istio_csr)
    scraped = is_set(given.metrics)
    duration = f"{settings.certificate_hours}h"
    return {
        "replicaCount": settings.workload.replicas,
        "resources": _resources(settings.workload),
        "priorityClassName": given.priority_class_name,
        "podDisruptionBudget": _BUDGET,
        "topologySpreadConstraints": _spread(ISTIO_CSR_LABELS),
        # the chart has none for the pod
        "securityContext": {**_POD, **_CONTAINER},
        "podAnnotations": {"checksum/root": root_checksum},
        "volumes": [{"name": "root", "configMap": {"name": root_config_map}}],
        "volumeMounts": [{"name": "root", "mountPath": ROOT_FOLDER, "readOnly": True}],
        "app": {
            "logFormat": "json",
            "metrics": {
                "port": ISTIO_CSR_METRICS,
                "service": {
                    "enabled": True,
                    "servicemonitor": {
                        "enabled": scraped,
                        "labels": choose(scraped, present(given.metrics).labels, {}),
                    },
                },
            },
            "certmanager": {
                "namespace": given.namespace,
                "preserveCertificateRequests": False,
                "issuer": {
                    "enabled": True,
                    "name": settings.issuer,
                    "kind": "AWSPCAClusterIssuer",
                    "group": "awspca.cert-manager.io",
                },
            },
            "tls": {
                "trustDomain": settings.trust_domain,
                "rootCAFile": f"{ROOT_FOLDER}/ca.pem",
                "certificateDNSNames": [f"{ISTIO_CSR}.{given.namespace}.svc"],
                "certificateDuration": duration,
                "istiodCertificateEnable": True,
                "istiodCertificateDuration": duration,
                # half of its time
                "istiodCertificateRenewBefore": f"{calculated('{hours} * 30', hours=settings.certificate_hours)}m",
                "istiodPrivateKeyAlgorithm": "ECDSA",
                "istiodPrivateKeySize": 256,
            },
            "server": {
                "clusterID": settings.cluster_id,
                "maxCertificateDuration": duration,
                "authenticators": {"enableClientCert": False},
                "serving": {"port": ISTIO_CSR_SERVICE, "signatureAlgorithm": "ECDSA", "certificateKeySize": 256},
            },
            "istio": {"namespace": settings.istio_namespace, "revisions": settings.revisions},
            "controller": {"leaderElectionNamespace": given.namespace},
        },
    }


def _by_gateway(given: CertManagerInputs) -> bool:
    """Whether an issuer has challenges come in by a Gateway."""
    some = each(given.acme_issuers).where(
        lambda issuer: all_of(is_set(issuer.http01), is_set(present(present(issuer.http01).gateway)))
    )
    return not_empty(some.entries())


def _network_policy(given: CertManagerInputs, *, egress: list[Any]) -> Any:
    """A chart's policy: its own for what may come in, which is every port that the pods serve, and `egress`."""
    return only_when(given.network_policies, {"enabled": given.network_policies, "egress": egress}, but=["enabled"])


def _resources(workload: Workload) -> dict[str, Any]:
    """A container's resources. CPU has no limit: what is throttled answers webhooks too late."""
    return {
        "requests": {"cpu": f"{workload.cpu_millicores}m", "memory": _memory(workload)},
        "limits": {"memory": _memory(workload)},
    }


def _memory(workload: Workload) -> str:
    return f"{workload.memory_mebibytes}Mi"


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
