"""What the module makes: the cluster and its first HSM, and once people have initialized it the others."""

from __future__ import annotations

import json
from typing import Any

from cdktf import Precondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cloudhsm_v2_cluster import CloudhsmV2Cluster
from cdktf_cdktf_provider_aws.cloudhsm_v2_hsm import CloudhsmV2Hsm
from cdktf_cdktf_provider_aws.data_aws_cloudhsm_v2_cluster import DataAwsCloudhsmV2Cluster
from cdktf_cdktf_provider_aws.scheduler_schedule import (
    SchedulerSchedule,
    SchedulerScheduleFlexibleTimeWindow,
    SchedulerScheduleTarget,
    SchedulerScheduleTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.scheduler_schedule_group import SchedulerScheduleGroup
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule

from groundplan.building import (
    account_id,
    encryption_key,
    log_group,
    logs_use,
    partition,
    region,
    service_role,
    tags,
)
from groundplan.framework import Module, dependable, each, expression_of, jsonencode, part_id, text, values, when
from groundplan.framework.references import MapReference, TextReference
from groundplan.framework.shapes import Text

from .access import keeps_retention
from .alarms import cluster_changes, hsm_alarms, retention_alarm
from .inputs import HELD, CloudhsmInputs, CloudhsmOutputs

__all__ = ["Cloudhsm"]

HSM_TYPE = "hsm2m.medium"
"""The only type that a cluster can still be made of: https://docs.aws.amazon.com/cloudhsm/latest/userguide/hsm-types.html"""
FIRST_PORT, LAST_PORT = 2223, 2225
"""https://docs.aws.amazon.com/cloudhsm/latest/userguide/configure-sg.html"""
NOT_YET = ["CREATE_IN_PROGRESS", "UNINITIALIZED", "INITIALIZE_IN_PROGRESS", "INITIALIZED"]
"""States before an administrator has activated a cluster, in which AWS takes no second HSM.

https://docs.aws.amazon.com/cloudhsm/latest/APIReference/API_Cluster.html
https://github.com/hashicorp/terraform-provider-aws/issues/7437
"""


class Cloudhsm(Module[CloudhsmInputs, CloudhsmOutputs]):
    """Hardware security modules of one's own: a cluster over zones, which people claim in a ceremony."""

    def build(self, given: CloudhsmInputs) -> CloudhsmOutputs:
        """The cluster, its first HSM, who reaches it; the others; what is kept of it and told."""
        cluster = CloudhsmV2Cluster(
            self,
            "cluster",
            hsm_type=HSM_TYPE,
            mode=given.mode,
            subnet_ids=values(given.subnets),
            source_backup_identifier=given.source_backup_identifier,
            tags=tags(self, given, {"Name": given.name}),
        )
        clients = each(given.clients)
        clients(
            VpcSecurityGroupIngressRule,
            self,
            "client",
            security_group_id=cluster.security_group_id,
            description=f"{given.name}: client {clients.key}",
            referenced_security_group_id=clients.value,
            ip_protocol="tcp",
            from_port=FIRST_PORT,
            to_port=LAST_PORT,
            tags=tags(self, given),
        )
        logs = self._audit_logs(given, cluster.id)
        first = CloudhsmV2Hsm(
            self,
            "first",
            cluster_id=cluster.id,
            availability_zone=given.first_zone,
            # CloudHSM makes the group itself where there is none: not encrypted with the key, and kept for ever
            depends_on=[dependable(logs)],
        )
        status = DataAwsCloudhsmV2Cluster(
            self,
            "status",
            cluster_id=cluster.id,
            # there is no certificate signing request without an HSM
            depends_on=[dependable(first)],
        )
        self._others(given, cluster, status)
        ids, addresses = _of_all("hsm_id"), _of_all("ip_address")
        hsm_alarms(self, given, cluster.id, ids)
        self._retention(given, cluster.id)
        changed = cluster_changes(self, given)
        return CloudhsmOutputs(
            cluster_id=cluster.id,
            cluster_state=status.cluster_state,
            cluster_csr=_certificate("cluster_csr"),
            hsm_certificate=_certificate("hsm_certificate"),
            aws_hardware_certificate=_certificate("aws_hardware_certificate"),
            manufacturer_hardware_certificate=_certificate("manufacturer_hardware_certificate"),
            security_group_id=cluster.security_group_id,
            hsm_ids=ids,
            hsm_ip_addresses=addresses,
            log_group_name=logs.name,
            event_rule_arns=[changed.arn],
        )

    def _audit_logs(self, given: CloudhsmInputs, cluster_id: str) -> Any:
        """The group that CloudHSM writes to by its own choice of a name.

        https://docs.aws.amazon.com/cloudhsm/latest/userguide/understand-audit-logs.html
        """
        key = encryption_key(
            self,
            "logs",
            given,
            existing=given.kms_key,
            name=f"{given.name}-logs",
            purpose=f"Encrypts the audit logs of {given.name}",
            statements=[logs_use(self, "/aws/cloudhsm/cluster-")],
        )
        return log_group(self, "audit", given, name=f"/aws/cloudhsm/{cluster_id}", key=key)

    def _others(self, given: CloudhsmInputs, cluster: CloudhsmV2Cluster, status: DataAwsCloudhsmV2Cluster) -> None:
        """The HSMs that join once the cluster is somebody's, by zone or by name, each with its zone."""
        wanted = MapReference(
            "merge({for zone, subnet in var.subnets : zone => zone if zone != var.first_zone}, var.additional_hsms)",
            Text(),
        )
        state, id = expression_of(status.cluster_state), expression_of(cluster.id)
        zones = each(wanted).where(lambda _: given.initialized)
        zones(
            CloudhsmV2Hsm,
            self,
            "other",
            cluster_id=cluster.id,
            availability_zone=zones.value,
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=f"${{var.ceremony.cluster_id == {id}}}",
                        error_message="ceremony.cluster_id: must be the id of this cluster, "
                        f"${{{id}}}, got ${{var.ceremony.cluster_id}}: the ceremony of another cluster says nothing of "
                        "this one. Leave initialized false until its own was held",
                    ),
                    Precondition(
                        condition=f"${{!contains({json.dumps(NOT_YET)}, {state})}}",
                        error_message=f"initialized: must be false while the cluster ${{{id}}} is not active, it is "
                        f"${{{state}}}: hold {HELD}, or set initialized to false again",
                    ),
                ]
            ),
        )

    def _retention(self, given: CloudhsmInputs, cluster_id: str) -> None:
        """Sets each day how long backups are kept, which the provider has no argument for.

        https://docs.aws.amazon.com/cloudhsm/latest/APIReference/API_ModifyCluster.html
        https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
        """
        only = when(given.initialized)
        arn = f"arn:{partition(self)}:cloudhsm:{region(self)}:{account_id(self)}:cluster/{cluster_id}"
        role = service_role(
            self,
            "retention",
            given,
            name=f"{given.name}-retention",
            service="scheduler.amazonaws.com",
            statements=keeps_retention(arn),
            only_when=given.initialized,
        )
        group = only(
            SchedulerScheduleGroup, self, part_id("group", "retention"), name=given.name, tags=tags(self, given)
        )
        only(
            SchedulerSchedule,
            self,
            part_id("schedule", "retention"),
            name=f"{given.name}-retention",
            group_name=group.one.name,
            description=f"Keeps backups of {given.name} for as long as backup_retention_days says",
            schedule_expression="rate(1 days)",
            flexible_time_window=SchedulerScheduleFlexibleTimeWindow(mode="OFF"),
            target=SchedulerScheduleTarget(
                arn=f"arn:{partition(self)}:scheduler:::aws-sdk:cloudhsmv2:modifyCluster",
                role_arn=role.arn,
                input=jsonencode(
                    {
                        "ClusterId": cluster_id,
                        "BackupRetentionPolicy": {
                            "Type": "DAYS",
                            "Value": text("tostring", given.backup_retention_days),
                        },
                    }
                ),
                retry_policy=SchedulerScheduleTargetRetryPolicy(
                    maximum_event_age_in_seconds=3600, maximum_retry_attempts=3
                ),
            ),
        )
        retention_alarm(self, given, group.one.name)


def _of_all(attribute: str) -> dict[str, str]:
    """An attribute of each HSM, by its zone or its name."""
    return MapReference(
        f"merge({{(var.first_zone) = aws_cloudhsm_v2_hsm.first.{attribute}}}, "
        f"{{for name, made in aws_cloudhsm_v2_hsm.other : name => made.{attribute}}})",
        Text(),
    )


def _certificate(name: str) -> str:
    """A certificate that AWS shows until the cluster is initialized; it is an empty text afterwards, or not there."""
    return TextReference(f"try(coalesce(data.aws_cloudhsm_v2_cluster.status.cluster_certificates[0].{name}), null)")
