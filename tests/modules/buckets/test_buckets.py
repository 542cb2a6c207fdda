"""Where logs, traces and metrics are kept: private, for as long as asked, and copied where it matters."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from groundplan.building import GivenKey
from groundplan.framework.checking import problems_of
from groundplan.iam import evaluate
from modules.observability.buckets import Buckets
from tests.modules.buckets.examples import FULL, SMALL
from tests.modules.complete import applied
from tests.modules.conftest import Planner
from tests.support.planning import ModulePlan

STORES = sorted(FULL.stores)
KEY = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000003"
COPIED = ["loki-chunks", "loki-ruler", "mimir-blocks"]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> ModulePlan:
    return applied("buckets", tmp_path_factory)


@pytest.fixture(scope="module")
def small(plan_module: Planner) -> ModulePlan:
    return plan_module(Buckets, SMALL)


def test_the_addresses_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


def test_each_bucket_has_the_name_that_it_was_given(full: ModulePlan) -> None:
    assert full.outputs["bucket_names"] == {store: it.bucket_name for store, it in FULL.stores.items()}
    assert full.outputs["bucket_arns"]["loki-chunks"] == "arn:aws:s3:::monitoring-loki-data"


def test_one_key_encrypts_all_buckets_and_is_renewed_every_year(full: ModulePlan) -> None:
    key = full.resource("aws_kms_key.stores[0]")
    assert key["enable_key_rotation"] is True
    for store in STORES:
        address = f'aws_s3_bucket_server_side_encryption_configuration.store["{store}"]'
        ((by_default,),) = (rule["apply_server_side_encryption_by_default"] for rule in full.resource(address)["rule"])
        assert (by_default["sse_algorithm"], by_default["kms_master_key_id"]) == ("aws:kms", key["arn"])
        blocked = full.resource(f'aws_s3_bucket_public_access_block.store["{store}"]')
        assert blocked["block_public_policy"] is blocked["restrict_public_buckets"] is True


def test_a_given_key_is_used_and_none_is_made(plan_module: Planner) -> None:
    given = plan_module(Buckets, SMALL.but(kms_key=GivenKey(arn=KEY)))
    assert not given.resources("aws_kms_key")
    assert given.outputs["kms_key_arn"] == KEY


def ages(plan: ModulePlan, store: str) -> dict[str, dict[str, list[int]]]:
    rules = plan.resource(f'aws_s3_bucket_lifecycle_configuration.store["{store}"]')["rule"]
    parts = {"noncurrent_version_expiration": "noncurrent_days", "expiration": "days", "transition": "days"}
    return {
        rule["id"]: {part: [each[days] for each in rule[part]] for part, days in parts.items() if rule[part]}
        for rule in rules
    }


def test_what_was_deleted_stays_for_days_and_what_nobody_deleted_goes_by_its_age(full: ModulePlan) -> None:
    assert {store: ages(full, store) for store in STORES} == {
        "loki-chunks": {
            "clean-up": {"noncurrent_version_expiration": [7]},
            "age": {"expiration": [430], "transition": [30]},
        },
        "loki-ruler": {"clean-up": {"noncurrent_version_expiration": [90]}},
        "mimir-blocks": {"clean-up": {"noncurrent_version_expiration": [7]}, "age": {"transition": [90]}},
        "tempo-traces": {"clean-up": {"noncurrent_version_expiration": [7]}, "age": {"expiration": [35]}},
    }


def test_requests_are_logged_by_bucket(full: ModulePlan) -> None:
    logged = full.resource('aws_s3_bucket_logging.store["loki-chunks"]')
    assert (logged["target_bucket"], logged["target_prefix"]) == ("prod-access-logs", "s3/monitoring-loki-data/")


def test_what_matters_is_copied_to_the_other_region_and_the_rest_is_not(full: ModulePlan) -> None:
    assert full.outputs["copies_bucket_names"] == {s: f"{FULL.stores[s].bucket_name}-copies" for s in COPIED}
    there = full.resource("aws_kms_key.copies[0]")["arn"]
    for store in COPIED:
        assert full.resource(f'aws_s3_bucket.copy["{store}"]')["region"] == "us-west-2"
        (rule,) = full.resource(f'aws_s3_bucket_replication_configuration.stores["{store}"]')["rule"]
        (destination,) = rule["destination"]
        assert destination["bucket"] == f"arn:aws:s3:::{FULL.stores[store].bucket_name}-copies"
        assert destination["encryption_configuration"][0]["replica_kms_key_id"] == there
        # what a compactor deletes is not kept for ever in the copy
        assert rule["delete_marker_replication"][0]["status"] == "Enabled"
        assert ages(full, store)["clean-up"] != {}


def test_a_copy_that_fails_rings_for_its_own_bucket(full: ModulePlan) -> None:
    alarms = full.resources("aws_cloudwatch_metric_alarm")
    assert {alarm["dimensions"]["SourceBucket"] for alarm in alarms.values()} == {
        FULL.stores[store].bucket_name for store in COPIED
    }
    assert len({alarm["alarm_name"] for alarm in alarms.values()}) == len(COPIED)


def test_a_key_that_is_about_to_go_rings(full: ModulePlan) -> None:
    pattern = full.document("aws_cloudwatch_event_rule.key_endangered", "event_pattern")
    assert pattern["detail"]["resources"]["ARN"] == [full.resource("aws_kms_key.stores[0]")["arn"]]


def test_whoever_gets_the_policy_of_one_bucket_keeps_objects_there_and_nowhere_else(full: ModulePlan) -> None:
    policies = full.outputs["access_policies"]
    assert sorted(policies) == STORES
    loki = policies["loki-chunks"]
    key = full.resource("aws_kms_key.stores[0]")["arn"]
    chunk = "arn:aws:s3:::monitoring-loki-data/claims/0001"
    assert evaluate(loki, "s3:PutObject", chunk)
    assert evaluate(loki, "s3:ListBucket", "arn:aws:s3:::monitoring-loki-data")
    assert evaluate(loki, "kms:GenerateDataKey", key)
    assert not evaluate(loki, "s3:GetObject", "arn:aws:s3:::monitoring-tempo-traces/claims/0001")
    # or the versions that bring back what was deleted by mistake would go with it
    assert not evaluate(loki, "s3:DeleteObjectVersion", chunk)
    assert not evaluate(loki, "s3:PutLifecycleConfiguration", "arn:aws:s3:::monitoring-loki-data")


def test_a_small_environment_has_one_copy_of_everything_and_deletes_it_with_the_module(small: ModulePlan) -> None:
    assert small.outputs["copies_bucket_names"] == {}
    assert small.outputs["copies_kms_key_arn"] is None
    assert small.resource('aws_s3_bucket.store["loki-chunks"]')["force_destroy"] is True
    assert not small.resources("aws_s3_bucket_replication_configuration")
    assert not small.resources("aws_s3_bucket_logging")
    assert ages(small, "loki-chunks") == {"clean-up": {"noncurrent_version_expiration": [1]}}


def test_the_examples_are_sound() -> None:
    assert problems_of(FULL) == problems_of(SMALL) == []
