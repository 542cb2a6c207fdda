"""prod keeps backups for as long as the law asks, and nobody can delete those of the last two weeks."""

from environments.families.backup import BackupFamily
from modules.backup.aws_backup import AwsBackupInputs, ContinuousBackup, Copy, Tier
from modules.backup.velero import ObjectLock, Schedule, VeleroInputs

BACKUP = BackupFamily(
    velero=VeleroInputs(
        schedules={"daily": Schedule(ttl_hours=2160), "claims-hourly": Schedule(ttl_hours=168)},
        object_lock=ObjectLock(retention_days=14),
    ),
    aws_backup=AwsBackupInputs(
        vault_max_retention_days=3653,
        tiers={
            "critical": Tier(
                delete_after_days=90,
                continuous=ContinuousBackup(retention_days=35),
                copy_to_dr=Copy(delete_after_days=90),
            ),
            "standard": Tier(delete_after_days=35, copy_to_dr=Copy(delete_after_days=35)),
            "archive": Tier(delete_after_days=3653, copy_to_dr=Copy(delete_after_days=3653)),
        },
    ),
)
