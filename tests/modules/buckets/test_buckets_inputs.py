"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from modules.observability.buckets import AccessLogs, Buckets, BucketsInputs, Replica, Store
from tests.modules.buckets.examples import SMALL
from tests.support.planning import refusals

LOKI = Store(bucket_name="dev-monitoring-loki-data")


def only(**stores: Store) -> BucketsInputs:
    return SMALL.but(stores=stores, force_destroy=False)


WRONG: dict[str, tuple[BucketsInputs, str]] = {
    "no bucket": (only(), "stores: must have 1 or more entries, got 0"),
    "a name with room for nothing": (
        only(loki=LOKI.but(bucket_name="a" * 57)),
        f'stores["loki"].bucket_name: must have at most 56 characters, got "{"a" * 57}"',
    ),
    "one bucket for two": (
        only(chunks=LOKI, ruler=LOKI),
        'stores: must each have a bucket_name of their own, got ["chunks","ruler"]',
    ),
    "objects that are gone before they are moved": (
        only(loki=LOKI.but(expire_after_days=30, tier_after_days=30)),
        'stores["loki"].expire_after_days: must be more than tier_after_days: S3 moves nothing that is gone by then, '
        "got expire_after_days = 30, tier_after_days = 30",
    ),
    "logs of a bucket in itself": (
        only(loki=LOKI).but(access_logs=AccessLogs(bucket_name="dev-monitoring-loki-data")),
        'stores["loki"].bucket_name: must not be access_logs.bucket_name: each log of a request would be a request '
        'that is logged, got bucket_name = "dev-monitoring-loki-data"',
    ),
    "copies that would go with the module": (
        SMALL.but(replica=Replica(region="us-west-2")),
        "force_destroy: must be false with replica: what is worth a copy is not deleted with the module, "
        "got force_destroy = true",
    ),
}
IN_ITS_OWN_REGION = only(loki=LOKI).but(replica=Replica(region="us-east-1"))


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    assert [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)] == [message]


def test_copies_in_the_buckets_own_region_are_refused() -> None:
    (problem,) = problems_of(IN_ITS_OWN_REGION)
    assert problem.path == "replica.region"
    assert "another region" in problem.message


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    calls = {name: inputs for name, (inputs, _) in WRONG.items()}
    told = refusals(Buckets, {**calls, "own region": IN_ITS_OWN_REGION}, tmp_path)
    assert {name: message for name, (_, message) in WRONG.items() if message not in told[name]} == {}
    assert "replica.region: must be another region than the module's own, got us-east-1 for both" in told["own region"]
