"""What may be set: which buckets there are, how long what is in them stays, where it is copied to."""

from __future__ import annotations

from typing import Annotated

from groundplan.building import GivenKey, ServiceInputs, copied_onto_itself
from groundplan.framework import EachRule, Inputs, Rule, distinct, field, is_set, repeated, unset
from groundplan.framework.constraints import Pattern
from groundplan.framework.types import BucketName, RegionName

__all__ = ["AccessLogs", "BucketsInputs", "Replica", "Store"]

StoreName = Annotated[
    str,
    Pattern("[a-z]([a-z0-9-]{0,22}[a-z0-9])?", "at most 24 lower-case letters, digits and hyphens, after a letter"),
]

COPY_SUFFIX = "-copies"


class Store(Inputs):
    """A bucket, and how long what is in it stays."""

    bucket_name: BucketName = field("name of the bucket, which nobody else in the partition may have", max_length=56)
    keep_deleted_days: int = field(
        "how long S3 keeps what was deleted or overwritten, in days: what compactors delete is paid for as long",
        default=7,
        ge=1,
        le=3650,
    )
    expire_after_days: int | None = field(
        "after how many days S3 deletes what is still there, such as what a compactor has lost sight of; longer than "
        "the service's own retention. Left out, nothing goes by its age",
        default=None,
        ge=1,
        le=36500,
    )
    tier_after_days: int | None = field(
        "after how many days objects of 128 KiB or more move to Intelligent-Tiering; left out, they stay where they "
        "are",
        default=None,
        ge=1,
        le=36500,
    )
    replicated: bool = field("whether what is in it is copied, where the module has a replica", default=True)

    rules = (
        Rule(
            "expire_after_days",
            # https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
            lambda v: unset(v.expire_after_days) | unset(v.tier_after_days) | (v.expire_after_days > v.tier_after_days),
            "must be more than tier_after_days: S3 moves nothing that is gone by then",
            shows=("expire_after_days", "tier_after_days"),
        ),
    )


class Replica(Inputs):
    """Copies of the buckets in another region."""

    region: RegionName = field("the region of the copies; it cannot be the buckets' own")
    kms_key: GivenKey | None = field(
        "key of that region that encrypts the copies; left out, the module makes one there with yearly rotation",
        default=None,
    )
    keep_deleted_days: int = field(
        "how long a copy keeps what was deleted or overwritten in its bucket, in days", default=7, ge=1, le=3650
    )


class AccessLogs(Inputs):
    """S3's server access logs: who asked for which object."""

    bucket_name: BucketName = field(
        "name of a bucket of the same account and region that logging.s3.amazonaws.com may write to, encrypted with "
        "S3's own key"
    )
    prefix: str = field("folder there, before the bucket's name", default="s3/", max_length=200)


class BucketsInputs(ServiceInputs):
    """The buckets that logs, traces and metrics are kept in."""

    stores: dict[StoreName, Store] = field("the buckets, by what is in them, such as loki-chunks", min_length=1)
    replica: Replica | None = field("copies in another region; left out, there are none", default=None)
    access_logs: AccessLogs | None = field(
        "S3's server access logs; left out, none are written, and CloudTrail's data events tell the same",
        default=None,
    )
    force_destroy: bool = field(
        "whether deleting the module deletes what is in the buckets too: for environments without data of value",
        default=False,
    )

    rules = (
        Rule(
            "stores",
            lambda v: distinct(v.stores, lambda _, store: store.bucket_name),
            "must each have a bucket_name of their own",
            finds=lambda v: repeated(v.stores, lambda _, store: store.bucket_name),
        ),
        EachRule(
            "stores",
            lambda v, _, store: unset(v.access_logs) | (store.bucket_name != v.access_logs.bucket_name),
            "must not be access_logs.bucket_name: each log of a request would be a request that is logged",
            inside="bucket_name",
            shows=("bucket_name",),
        ),
        Rule(
            "force_destroy",
            lambda v: ~v.force_destroy | ~is_set(v.replica),
            "must be false with replica: what is worth a copy is not deleted with the module",
            shows=("force_destroy",),
        ),
    )

    checks = (lambda v: copied_onto_itself(v, "replica.region", v.replica.region) if v.replica else (),)
