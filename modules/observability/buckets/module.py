"""What the module makes: the buckets, their key, their copies in another region."""

from __future__ import annotations

from typing import cast

from cdktf_cdktf_provider_aws.s3_bucket_logging import S3BucketLoggingA

from groundplan.building import Bucket, Key, encryption_key, partition, private_bucket, refuse_own_region, replicate
from groundplan.framework import (
    Module,
    Outputs,
    all_of,
    choose,
    each,
    is_set,
    jsonencode,
    output,
    part_id,
    present,
)
from groundplan.framework.references import MapReference
from groundplan.framework.shapes import Text
from groundplan.iam import document

from . import access
from .alarms import key_alarm
from .inputs import COPY_SUFFIX, BucketsInputs
from .lifecycle import ages

__all__ = ["Buckets", "BucketsOutputs"]


class BucketsOutputs(Outputs):
    """Where things are kept, and what who keeps them there must be allowed."""

    bucket_names: dict[str, str] = output("name of each bucket, by what is in it")
    bucket_arns: dict[str, str] = output("ARN of each bucket, by what is in it")
    kms_key_arn: str = output("ARN of the key that encrypts the buckets")
    access_policies: dict[str, str] = output(
        "policy, as JSON, of who keeps objects in each bucket, to be attached to the role of a workload"
    )
    copies_bucket_names: dict[str, str] = output(
        "name of each copy in the other region, by what is in it; empty without a replica"
    )
    copies_kms_key_arn: str | None = output("ARN of the key that encrypts the copies; null without a replica")


class Buckets(Module[BucketsInputs, BucketsOutputs]):
    """The buckets that logs, traces and metrics are kept in: encrypted, private, and copied to another region."""

    def build(self, given: BucketsInputs) -> BucketsOutputs:
        """The key, the buckets, what becomes of objects by their age, the copies."""
        key = encryption_key(
            self,
            "stores",
            given,
            existing=given.kms_key,
            name=given.name,
            purpose=f"What is kept in the buckets of {given.name}",
        )
        key_alarm(self, given, key)
        stores = each(given.stores)
        bucket = private_bucket(
            self,
            "store",
            given,
            name=stores.value.bucket_name,
            key=key,
            refuse_other_keys=True,
            noncurrent_days=stores.value.keep_deleted_days,
            force_destroy=given.force_destroy,
            only_when=stores,
        )
        ages(bucket, stores.value)
        logs = present(given.access_logs)
        stores.where(lambda _: is_set(given.access_logs))(
            S3BucketLoggingA,
            self,
            part_id("logging", "store"),
            bucket=bucket.name,
            target_bucket=logs.bucket_name,
            target_prefix=f"{logs.prefix}{stores.value.bucket_name}/",
        )
        copies_key = self._copies(given, bucket, key)
        names = _names("store")

        def arn(bucket_name: str) -> str:
            return f"arn:{partition(self)}:s3:::{bucket_name}"

        return BucketsOutputs(
            bucket_names=names,
            bucket_arns=each(names).document(lambda _, name: arn(name)),
            kms_key_arn=key.arn,
            access_policies=each(names).document(
                lambda _, name: jsonencode(document(*access.keeps_objects(arn(name), key.arn)))
            ),
            copies_bucket_names=_names("copy"),
            copies_kms_key_arn=choose(is_set(given.replica), copies_key.arn, cast(str, None)),
        )

    def _copies(self, given: BucketsInputs, bucket: Bucket, key: Key) -> Key:
        """The copies of the buckets that have one; the key's ARN is null without a replica."""
        refuse_own_region(self, "replica")
        wanted = is_set(given.replica)
        replica = present(given.replica)
        copies_key = encryption_key(
            self,
            "copies",
            given,
            existing=replica.kms_key,
            name=f"{given.name}-copies",
            purpose=f"Copies of what is kept in the buckets of {given.name}",
            region=replica.region,
            only_when=wanted,
        )
        copied = each(given.stores).where(lambda store: all_of(wanted, store.replicated))
        copies = private_bucket(
            self,
            "copy",
            given,
            name=f"{copied.value.bucket_name}{COPY_SUFFIX}",
            key=copies_key,
            noncurrent_days=replica.keep_deleted_days,
            force_destroy=given.force_destroy,
            region=replica.region,
            only_when=copied,
        )
        replicate(
            self,
            "stores",
            given,
            name=f"{given.name}-{copied.key}",
            what=copied.key,
            source=bucket,
            source_key=key,
            destination=copies,
            destination_key=copies_key,
            destination_region=replica.region,
            # or the copy would keep for ever what a compactor has deleted
            deletions=True,
            only_when=copied,
        )
        return copies_key


def _names(id: str) -> dict[str, str]:
    """Names of buckets by what is in them: those of the resources, so that who takes one waits for it."""
    return MapReference(f"{{for name, made in aws_s3_bucket.{id} : name => made.bucket}}", Text())
