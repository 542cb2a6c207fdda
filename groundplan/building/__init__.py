"""What modules are built of: keys, buckets, roles, functions, releases, alarms.

Every helper takes the module, the name of what it makes (part of the address), and the module's inputs; what it makes
is private, encrypted, tagged and logged unless its arguments say otherwise.
"""

from .account import account_id, partition, region, tags
from .alarms import event_alarm, metric_alarm
from .bucket import Bucket, private_bucket
from .encryption import Key, encryption_key, service_use
from .function import Function, function
from .identity import Role, service_role, workload_role
from .logs import log_group, logs_use
from .parts import Part, maker
from .release import custom_resources, namespace, release
from .settings import Cluster, GivenKey, ServiceInputs

__all__ = [
    "Bucket",
    "Cluster",
    "Function",
    "GivenKey",
    "Key",
    "Part",
    "Role",
    "ServiceInputs",
    "account_id",
    "custom_resources",
    "encryption_key",
    "event_alarm",
    "function",
    "log_group",
    "logs_use",
    "maker",
    "metric_alarm",
    "namespace",
    "partition",
    "private_bucket",
    "region",
    "release",
    "service_role",
    "service_use",
    "tags",
    "workload_role",
]
