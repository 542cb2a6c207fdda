"""staging keeps backups for days, of everything that prod keeps for months."""

from environments.families.backup import BackupFamily
from modules.backup.aws_backup import AwsBackupInputs, ContinuousBackup, Copy, Tier
from modules.backup.velero import ObjectLock, Schedule, VeleroInputs

BACKUP = BackupFamily(
    velero=VeleroInputs(
        schedules={"daily": Schedule(ttl_hours=336), "claims-hourly": Schedule(ttl_hours=48)},
        object_lock=ObjectLock(retention_days=1),
    ),
    aws_backup=AwsBackupInputs(
        vault_max_retention_days=365,
        tiers={
            "critical": Tier(
                delete_after_days=14,
                continuous=ContinuousBackup(retention_days=7),
                copy_to_dr=Copy(delete_after_days=14),
            ),
            "standard": Tier(delete_after_days=7, copy_to_dr=Copy(delete_after_days=7)),
            "archive": Tier(delete_after_days=365, copy_to_dr=Copy(delete_after_days=365)),
        },
    ),
)
