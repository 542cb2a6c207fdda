"""What modules are built of: keys, buckets, databases, roles, functions, releases, jobs of a cluster, alarms.

Every helper takes the module, the name of what it makes (part of the address), and the module's inputs; what it makes
is private, encrypted, tagged and logged unless its arguments say otherwise.
"""

from .account import account_id, dns_suffix, global_region, partition, region, service_name, service_names, tags
from .alarms import event_alarm, metric_alarm, prometheus_alert, topic_of_the_region
from .alloy import AlloyBlock, OnlyIf, Written, alloy_block, alloy_text
from .bucket import Bucket, private_bucket
from .copies import copied_onto_itself, refuse_own_region
from .crds import Crds, CrdUpgrade, crd_upgrade, crds_by_hook, crds_left_out
from .database import Database, PostgresInstance, postgres_database, postgres_key_use
from .encryption import Key, encryption_key, service_use, volumes_use
from .function import Function, function
from .identity import Role, service_role, workload_role
from .jobs import RESULT_FOLDER, Step, Volume, cluster_job, folder
from .logs import log_group, logs_use
from .parts import Part, maker
from .release import TOKEN_MOUNT, TOKEN_VOLUME, custom_resources, ingress_policy, name_of, namespace, release
from .replication import replicate
from .reporting import MISSING_BY_PART, MISSING_REPLICAS, cluster_report
from .runbooks import runbook, with_runbook
from .settings import AlarmInputs, Cluster, GivenKey, ServiceInputs, kept_tag
from .tools import HELM, KUBECTL, TERRAFORM, Tool
from .users import ExternalSecret, Gateway, SecretSource, User, UserSecret, external_secret, gateway_users
from .workloads import Autoscaled, Replicated, Workload

__all__ = [
    "HELM",
    "KUBECTL",
    "MISSING_BY_PART",
    "MISSING_REPLICAS",
    "RESULT_FOLDER",
    "TERRAFORM",
    "TOKEN_MOUNT",
    "TOKEN_VOLUME",
    "AlarmInputs",
    "AlloyBlock",
    "Autoscaled",
    "Bucket",
    "Cluster",
    "CrdUpgrade",
    "Crds",
    "Database",
    "ExternalSecret",
    "Function",
    "Gateway",
    "GivenKey",
    "Key",
    "OnlyIf",
    "Part",
    "PostgresInstance",
    "Replicated",
    "Role",
    "SecretSource",
    "ServiceInputs",
    "Step",
    "Tool",
    "User",
    "UserSecret",
    "Volume",
    "Workload",
    "Written",
    "account_id",
    "alloy_block",
    "alloy_text",
    "cluster_job",
    "cluster_report",
    "copied_onto_itself",
    "crd_upgrade",
    "crds_by_hook",
    "crds_left_out",
    "custom_resources",
    "dns_suffix",
    "encryption_key",
    "event_alarm",
    "external_secret",
    "folder",
    "function",
    "gateway_users",
    "global_region",
    "ingress_policy",
    "kept_tag",
    "log_group",
    "logs_use",
    "maker",
    "metric_alarm",
    "name_of",
    "namespace",
    "partition",
    "postgres_database",
    "postgres_key_use",
    "private_bucket",
    "prometheus_alert",
    "refuse_own_region",
    "region",
    "release",
    "replicate",
    "runbook",
    "service_name",
    "service_names",
    "service_role",
    "service_use",
    "tags",
    "topic_of_the_region",
    "volumes_use",
    "with_runbook",
    "workload_role",
]
