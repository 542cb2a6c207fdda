"""How one learns that backups are made and can be restored: the status report, the restore drill, and their alarms.

Velero's own metrics are Prometheus's. A small CronJob tells CloudWatch what Velero's objects say, and an alarm takes
silence as bad news, so that a report which stopped is noticed like a backup that did not happen.
"""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_kubernetes.cluster_role_binding_v1 import (
    ClusterRoleBindingV1,
    ClusterRoleBindingV1Metadata,
    ClusterRoleBindingV1RoleRef,
    ClusterRoleBindingV1Subject,
)
from cdktf_cdktf_provider_kubernetes.cluster_role_v1 import ClusterRoleV1, ClusterRoleV1Metadata, ClusterRoleV1Rule
from cdktf_cdktf_provider_kubernetes.role_v1 import RoleV1Rule

from groundplan.building import RESULT_FOLDER, Step, cluster_job, cluster_report, metric_alarm
from groundplan.framework import (
    Module,
    calculated,
    choose,
    each,
    is_set,
    join,
    negated,
    not_empty,
    part_id,
    present,
    text,
    when,
)

from . import access
from .inputs import ExpectedResource, VeleroInputs

__all__ = ["drill", "drill_alarms", "status", "status_alarms"]

STATUS = "velero-status"
DRILL = "velero-restore-drill"
SCRATCH_LABEL = "groundplan.io/restore-drill"


def status(scope: Module[Any, Any], given: VeleroInputs, *, after: Any) -> None:
    """Reports the age of the newest complete backup of every schedule, its failures, and the age of the last drill."""
    drilled = is_set(given.restore_drill)
    cluster_report(
        scope,
        "status",
        given,
        name=STATUS,
        cluster=given.cluster,
        namespace=given.namespace,
        schedule=given.status_cron,
        script="status/status.sh",
        environment={
            "VELERO_NAMESPACE": given.namespace,
            "CLUSTER": given.cluster.name,
            "DRILL": choose(drilled, DRILL, ""),
            "DRILL_SCHEDULE": choose(drilled, present(given.restore_drill).schedule, ""),
        },
        rules=[
            RoleV1Rule(api_groups=["velero.io"], resources=["backups", "schedules"], verbs=["get", "list"]),
            RoleV1Rule(api_groups=["batch"], resources=["cronjobs"], verbs=["get"], resource_names=[DRILL]),
        ],
        metric_namespace=access.METRIC_NAMESPACE,
        kubectl_image=given.images.kubectl,
        aws_cli_image=given.images.aws_cli,
        after=[after],
    )


def status_alarms(scope: Module[Any, Any], given: VeleroInputs) -> None:
    """One alarm a schedule for each of: no complete backup for too long, failed backups, partially failed ones."""
    schedules = each(given.schedules).where(lambda schedule: negated(schedule.paused))
    dimensions = {"Cluster": given.cluster.name, "Schedule": schedules.key}
    what = f"of the schedule {schedules.key} in the cluster {given.cluster.name}"
    see = (
        f"kubectl --namespace {given.namespace} get backups.velero.io "
        f"--selector velero.io/schedule-name={schedules.key}"
    )
    metric_alarm(
        scope,
        "backup_too_old",
        given,
        name=f"{given.name}-{schedules.key}-backup-too-old",
        description=(
            f"There was no complete backup {what} for {schedules.value.alarm_after_hours} hours, or the "
            f"CronJob {STATUS} does not report. See: {see}"
        ),
        namespace=access.METRIC_NAMESPACE,
        metric="HoursSinceSuccessfulBackup",
        dimensions=dimensions,
        statistic="Minimum",
        period_seconds=3600,
        comparison="GreaterThanThreshold",
        threshold=schedules.value.alarm_after_hours,
        missing_data="breaching",
        only_when=schedules,
    )
    metric_alarm(
        scope,
        "backup_failed",
        given,
        name=f"{given.name}-{schedules.key}-backup-failed",
        description=f"A backup {what} failed, and there was no complete one since. See: {see}",
        namespace=access.METRIC_NAMESPACE,
        metric="FailedBackups",
        dimensions=dimensions,
        statistic="Maximum",
        period_seconds=3600,
        only_when=schedules,
    )
    metric_alarm(
        scope,
        "backup_partially_failed",
        given,
        name=f"{given.name}-{schedules.key}-backup-partially-failed",
        description=(
            f"A backup {what} failed in part, and there was no complete one since: something is missing in it. "
            f"See: {see}, and: velero backup logs <name>"
        ),
        namespace=access.METRIC_NAMESPACE,
        metric="PartiallyFailedBackups",
        dimensions=dimensions,
        statistic="Maximum",
        period_seconds=3600,
        only_when=schedules,
    )


def drill(scope: Module[Any, Any], given: VeleroInputs, *, after: Any) -> None:
    """Restores one namespace under another name, looks whether what must be there is there, and tidies up.

    Who may create a Restore can restore anything into the cluster: nobody else should get the drill's service account.
    """
    wanted = is_set(given.restore_drill)
    settings = present(given.restore_drill)
    result_file = f"{RESULT_FOLDER}/result"
    timeout_seconds = calculated("{minutes} * 60", minutes=settings.timeout_minutes)
    cluster_job(
        scope,
        "restore_drill",
        given,
        name=DRILL,
        cluster=given.cluster,
        namespace=given.namespace,
        schedule=settings.cron,
        first=Step(
            "look",
            given.images.kubectl,
            script="drill/drill.sh",
            environment={
                "VELERO_NAMESPACE": given.namespace,
                "SCHEDULE": settings.schedule,
                "SOURCE_NAMESPACE": settings.source_namespace,
                "SCRATCH_NAMESPACE": settings.scratch_namespace,
                "EXPECTED": join(" ", each(settings.expected).documents(_expected)),
                "EXCLUDED_RESOURCES": join(",", settings.excluded_resources),
                "RUN_PODS": text("tostring", settings.run_pods),
                "TIMEOUT_SECONDS": text("tostring", timeout_seconds),
                "RESULT_FILE": result_file,
            },
        ),
        then=Step(
            "publish",
            given.images.aws_cli,
            script="drill/report.sh",
            environment={
                "CLUSTER": given.cluster.name,
                "SCHEDULE": settings.schedule,
                "METRIC_NAMESPACE": access.METRIC_NAMESPACE,
                "RESULT_FILE": result_file,
            },
            memory_request="128Mi",
        ),
        metric_namespace=access.METRIC_NAMESPACE,
        rules=[
            RoleV1Rule(api_groups=["velero.io"], resources=["backups"], verbs=["get", "list"]),
            RoleV1Rule(
                api_groups=["velero.io"], resources=["restores"], verbs=["create", "delete", "get", "list", "watch"]
            ),
        ],
        # beside the restore: deleting the scratch namespace before and after it
        timeout_seconds=calculated("{seconds} + 1800", seconds=timeout_seconds),
        after=[after],
        only_when=wanted,
    )
    _drill_in_the_cluster(scope, given, only_when=wanted)


def _expected(_: str, wanted: ExpectedResource) -> str:
    """What drill.sh asks kubectl for: `deployments.apps/api`, or a kind alone."""
    group = choose(not_empty(wanted.api_group), f".{wanted.api_group}", "")
    name = choose(is_set(wanted.name), f"/{wanted.name}", "")
    return f"{wanted.resource}{group}{name}"


def _drill_in_the_cluster(scope: Module[Any, Any], given: VeleroInputs, *, only_when: Any) -> None:
    """What the drill may do outside of Velero's namespace: its scratch namespace does not exist before it runs."""
    settings = present(given.restore_drill)
    name = f"{given.name}-restore-drill"
    when(only_when)(
        ClusterRoleV1,
        scope,
        part_id("cluster_role", "restore_drill"),
        metadata=ClusterRoleV1Metadata(name=name),
        rule=[
            # a name cannot be said of what does not exist yet
            ClusterRoleV1Rule(api_groups=[""], resources=["namespaces"], verbs=["create"]),
            ClusterRoleV1Rule(
                api_groups=[""],
                resources=["namespaces"],
                verbs=["delete", "get", "list", "watch"],
                resource_names=[settings.scratch_namespace],
            ),
            ClusterRoleV1Rule(api_groups=[""], resources=["resourcequotas"], verbs=["create"]),
            ClusterRoleV1Rule(api_groups=["networking.k8s.io"], resources=["networkpolicies"], verbs=["create"]),
        ],
    ).having(
        "rule",
        settings.expected,
        lambda wanted: ClusterRoleV1Rule(
            api_groups=[wanted.value.api_group], resources=[wanted.value.resource], verbs=["get", "list"]
        ),
    )
    when(only_when)(
        ClusterRoleBindingV1,
        scope,
        part_id("cluster_binding", "restore_drill"),
        metadata=ClusterRoleBindingV1Metadata(name=name),
        role_ref=ClusterRoleBindingV1RoleRef(api_group="rbac.authorization.k8s.io", kind="ClusterRole", name=name),
        subject=[ClusterRoleBindingV1Subject(kind="ServiceAccount", name=DRILL, namespace=given.namespace)],
    )


def drill_alarms(scope: Module[Any, Any], given: VeleroInputs) -> None:
    """Alarms for a drill that failed, and for drills that did not succeed for too long, for whatever reason."""
    wanted = is_set(given.restore_drill)
    settings = present(given.restore_drill)
    dimensions = {"Cluster": given.cluster.name, "Schedule": settings.schedule}
    see = f"kubectl --namespace {given.namespace} logs --selector app.kubernetes.io/name={DRILL} --container look"
    metric_alarm(
        scope,
        "drill_too_old",
        given,
        name=f"{given.name}-restore-drill-too-old",
        description=(
            f"No backup of the cluster {given.cluster.name} was restored successfully for {settings.alarm_after_hours} "
            f"hours, or the CronJob {STATUS} does not report. See: {see}"
        ),
        namespace=access.METRIC_NAMESPACE,
        metric="HoursSinceSuccessfulDrill",
        dimensions=dimensions,
        statistic="Minimum",
        period_seconds=3600,
        comparison="GreaterThanThreshold",
        threshold=settings.alarm_after_hours,
        missing_data="breaching",
        only_when=wanted,
    )
    metric_alarm(
        scope,
        "drill_failed",
        given,
        name=f"{given.name}-restore-drill-failed",
        description=(
            f"A backup of the cluster {given.cluster.name} could not be restored, or came back incomplete. See: {see}"
        ),
        namespace=access.METRIC_NAMESPACE,
        metric="RestoreDrillSucceeded",
        dimensions=dimensions,
        statistic="Minimum",
        comparison="LessThanThreshold",
        missing_data="ignore",
        only_when=wanted,
    )
