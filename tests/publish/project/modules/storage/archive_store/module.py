"""What it makes."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from groundplan.framework import Module, each, when

from .inputs import ArchiveStoreInputs, ArchiveStoreOutputs


class ArchiveStore(Module[ArchiveStoreInputs, ArchiveStoreOutputs]):
    """Keeps archives."""

    def build(self, given: ArchiveStoreInputs) -> ArchiveStoreOutputs:
        archives = each(given.archives)
        kept = archives(
            SecretsmanagerSecret,
            self,
            "archive",
            name=f"{given.name}/{archives.key}",
            description=self.shipped_text("note.txt"),
            kms_key_id=given.key_arn,
            tags=archives.value.labels,
        )
        topic = when(given.notice)(
            SnsTopic,
            self,
            "notice",
            name=f"{given.name}-notice",
            display_name="Runbook: runbooks/notice.md of the module archive_store",
        )
        return ArchiveStoreOutputs(archive_arns=kept.all("arn"), topic_arn=topic.one.arn)
