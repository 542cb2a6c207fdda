"""Vaults for the tests: everything switched on, as little as there can be, and one that takes another's place."""

from __future__ import annotations

from groundplan.building import Cluster, GivenKey
from modules.secrets.vault import Copies, Issuer, Recovery, ServiceMonitor, Snapshots, VaultInputs

CLUSTER = Cluster(
    name="test",
    oidc_provider_arn="arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF",
)
TOPIC = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
GIVEN_KEY = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000000"
REPLICA = "arn:aws:kms:us-east-1:111122223333:key/mrk-0d6c1c2e000040008000000000000001"
STANDBY_ROLE = "arn:aws:iam::111122223333:role/prod-vault-west-server"

FULL = VaultInputs(
    name="prod-vault",
    alarm_topic_arn=TOPIC,
    cluster=CLUSTER,
    issuer=Issuer(name="internal-ca"),
    replicas=5,
    csi_enabled=True,
    service_monitor=ServiceMonitor(labels={"release": "monitoring"}, interval_seconds=60),
    snapshots=Snapshots(cron="17 */4 * * *", retention_days=90, alarm_after_hours=9),
    copies=Copies(region="us-west-2", unseal_role_arns=[STANDBY_ROLE]),
    priority_class_name="platform-critical",
    permissions_boundary_arn="arn:aws:iam::111122223333:policy/workload-boundary",
    extra_values={"server": {"nodeSelector": {"workload": "vault"}}},
)

SMALL = VaultInputs(
    name="dev-vault",
    alarm_topic_arn=TOPIC,
    cluster=CLUSTER.but(identity="pod_identity"),
    issuer=Issuer(name="internal-ca"),
    namespace="secrets",
    release_name="store",
    replicas=1,
    zones=1,
    injector_enabled=False,
    storage_class_name="gp3-encrypted",
    kms_key=GivenKey(arn=GIVEN_KEY),
)

RESTORED = FULL.but(name="west-vault", copies=None, recovery=Recovery(unseal_key_arn=REPLICA))
