"""How one learns that a certificate is not there or will not last: the status report, and its alarms.

cert-manager's own metrics are Prometheus's. A small CronJob tells CloudWatch what its objects say, and an alarm takes
silence as bad news, so that a report which stopped is noticed like a certificate that was not renewed.
"""

from __future__ import annotations

from typing import Any

from groundplan.building import cluster_report, metric_alarm
from groundplan.framework import Module, calculated, choose, each, join, not_empty, text

from . import access
from .inputs import CertManagerInputs

__all__ = ["alarms", "report"]

NAME = "cert-manager-status"
EVERY_15_MINUTES = "*/15 * * * *"


def report(scope: Module[Any, Any], given: CertManagerInputs, *, after: list[Any]) -> Any:
    """Reports how many certificates and issuers are not ready or late, and how long the module's certificates last."""
    return cluster_report(
        scope,
        "status",
        given,
        name=NAME,
        cluster=given.cluster,
        namespace=given.namespace,
        schedule=EVERY_15_MINUTES,
        script="status/status.sh",
        environment={
            "CLUSTER": given.cluster.name,
            "NOT_READY_MINUTES": text("tostring", given.not_ready_alarm_minutes),
            "PRIVATE_CA": choose(not_empty(given.private_ca_issuers), "true", ""),
            "CERTIFICATES": join(
                " ",
                each(given.certificates).documents(lambda name, wanted: f"{wanted.namespace}/{name}"),
            ),
        },
        reads={
            "cert-manager.io": ["certificates", "clusterissuers", "issuers"],
            "awspca.cert-manager.io": ["awspcaclusterissuers", "awspcaissuers"],
        },
        metric_namespace=access.METRIC_NAMESPACE,
        kubectl_image=given.images.kubectl,
        aws_cli_image=given.images.aws_cli,
        after=after,
    )


def alarms(scope: Module[Any, Any], given: CertManagerInputs) -> None:
    """Alarms on what is not ready, on what is not renewed in time, and on each of the module's certificates."""
    cluster = given.cluster.name
    dimensions = {"Cluster": cluster}
    metric_alarm(
        scope,
        "certificates_not_ready",
        given,
        name=f"{given.name}-certificates-not-ready",
        description=(
            f"Certificates of the cluster {cluster} were not ready for {given.not_ready_alarm_minutes} minutes, or "
            f"the CronJob {NAME} in {given.namespace} does not report. See: kubectl get certificates --all-namespaces, "
            "then kubectl describe certificate, certificaterequest, order and challenge."
        ),
        namespace=access.METRIC_NAMESPACE,
        metric="NotReadyCertificates",
        dimensions=dimensions,
        statistic="Maximum",
        period_seconds=3600,
        missing_data="breaching",
    )
    metric_alarm(
        scope,
        "certificates_late",
        given,
        name=f"{given.name}-certificates-late",
        description=(
            f"Certificates of the cluster {cluster} should have been renewed, and half of the time for it has passed. "
            "See: kubectl get certificates --all-namespaces --output wide, kubectl get challenges --all-namespaces."
        ),
        namespace=access.METRIC_NAMESPACE,
        metric="LateCertificates",
        dimensions=dimensions,
        statistic="Maximum",
        period_seconds=3600,
    )
    metric_alarm(
        scope,
        "issuers_not_ready",
        given,
        name=f"{given.name}-issuers-not-ready",
        description=(
            f"Issuers of the cluster {cluster} have been not ready for {given.not_ready_alarm_minutes} minutes: they "
            "issue and renew nothing. See: kubectl describe clusterissuers, kubectl describe awspcaclusterissuers."
        ),
        namespace=access.METRIC_NAMESPACE,
        metric="NotReadyIssuers",
        dimensions=dimensions,
        statistic="Maximum",
        period_seconds=3600,
    )
    certificates = each(given.certificates)
    wanted = certificates.value
    metric_alarm(
        scope,
        "certificate_expires",
        given,
        name=f"{given.name}-{certificates.key}-expires",
        description=(
            f"The certificate {wanted.namespace}/{certificates.key} of the cluster {cluster} ends within "
            f"{wanted.alarm_before_hours} hours and was not renewed, or was never issued. See: kubectl --namespace "
            f"{wanted.namespace} describe certificate {certificates.key}"
        ),
        namespace=access.METRIC_NAMESPACE,
        metric="DaysToExpiry",
        dimensions={"Cluster": cluster, "Namespace": wanted.namespace, "Certificate": certificates.key},
        statistic="Minimum",
        period_seconds=3600,
        comparison="LessThanThreshold",
        threshold=calculated("{hours} / 24", hours=wanted.alarm_before_hours),
        missing_data="breaching",
        only_when=certificates,
    )
