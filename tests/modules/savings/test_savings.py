"""What Terraform would make: what is bought, who is asked, what bills are told by, which nodes may go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from recommend_savings_plan.handler import Settings  # type: ignore[import-not-found]
from syrupy.assertion import SnapshotAssertion

from environments.prod import PROD
from groundplan.framework.checking import problems_of
from groundplan.iam import evaluate
from modules.cost.savings import Savings
from modules.cost.savings.bills import COLUMNS
from modules.cost.savings.inputs import PLATFORM_TAGS
from modules.cost.savings.spot import TAINT
from tests.modules.complete import applied
from tests.modules.conftest import Planner
from tests.modules.savings.examples import COSTS, FULL, SMALL
from tests.support.planning import ModulePlan

PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> ModulePlan:
    return applied("savings", tmp_path_factory)


@pytest.fixture(scope="module")
def small(plan_module: Planner) -> ModulePlan:
    return plan_module(Savings, SMALL)


def objects(plan: ModulePlan, address: str) -> dict[str, Any]:
    (text,) = plan.resource(address)["values"]
    return dict(yaml.safe_load(text)["objects"])


def test_the_addresses_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


def test_a_reservation_buys_the_offering_of_what_is_wanted(full: ModulePlan) -> None:
    bought = full.resource('aws_rds_reserved_instance.instances["kong"]')
    assert (bought["instance_count"], bought["reservation_id"]) == (2, "prod-savings-kong")
    offered = [each for each in full.json["resource_changes"] if "offering" in each["address"]]
    asked = {each["type"]: each["change"]["after"] for each in offered}
    rds, cache = asked["aws_rds_reserved_instance_offering"], asked["aws_elasticache_reserved_cache_node_offering"]
    assert (rds["duration"], rds["offering_type"], rds["multi_az"]) == (31_536_000, "No Upfront", True)
    assert (cache["duration"], cache["offering_type"], cache["product_description"]) == (
        "P3Y",
        "Partial Upfront",
        "valkey",
    )
    assert bought["offering_id"] == rds["offering_id"]


def test_what_is_bought_needs_a_permit_of_the_rules_besides_the_confirmation(full: ModulePlan) -> None:
    held = json.loads((PROJECT / "policies/parameters/purchases/data.json").read_bytes())["irreversible"]
    assert {address.split(".")[0] for address in full.addresses if "reserved" in address} <= set(held)


def test_too_little_use_is_told_and_too_little_cover(full: ModulePlan) -> None:
    told = {}
    for made in full.resources("aws_budgets_budget").values():
        (notification,) = made["notification"]
        assert (notification["comparison_operator"], notification["subscriber_sns_topic_arns"]) == (
            "LESS_THAN",
            [COSTS],
        )
        told[made["budget_type"]] = (notification["threshold"], [each["values"] for each in made["cost_filter"]])
    assert told == {
        "RI_COVERAGE": (60, [["Amazon Relational Database Service"]]),
        "SAVINGS_PLANS_UTILIZATION": (95, []),
    }


def test_bills_are_told_by_the_tags_that_the_platform_sets(full: ModulePlan) -> None:
    active = {made["tag_key"] for made in full.resources("aws_ce_cost_allocation_tag").values()}
    assert active == set(PLATFORM_TAGS) == {*PROD.default_tags(), "Service"}
    # and on everything that takes tags there are these and no others
    assert set(full.resource("aws_kms_key.savings[0]")["tags_all"]) == active


def test_costs_are_put_into_families(full: ModulePlan) -> None:
    made = full.resource("aws_ce_cost_category.family[0]")
    assert (made["name"], made["default_value"]) == ("Family", "other")
    assert {rule["value"]: rule["rule"][0]["tags"][0]["values"] for rule in made["rule"]} == {
        "gateway": ["kong"],
        "observability": ["loki", "mimir", "tempo"],
    }


def test_athena_finds_what_is_exported(full: ModulePlan) -> None:
    (export,) = full.resource("aws_bcmdataexports_export.bills[0]")["export"]
    (query,) = export["data_query"]
    assert query["query_statement"] == f"SELECT {', '.join(COLUMNS)} FROM COST_AND_USAGE_REPORT"
    (destination,) = export["destination_configurations"][0]["s3_destination"]
    table = full.resource("aws_glue_catalog_table.bills[0]")
    assert [column["name"] for column in table["storage_descriptor"][0]["columns"]] == list(COLUMNS)
    where = f"s3://{destination['s3_bucket']}/{destination['s3_prefix']}/{export['name']}/data/"
    assert table["storage_descriptor"][0]["location"] == where
    # Athena fills it in, so Terraform must not
    assert table["parameters"]["storage.location.template"] == f"{where}BILLING_PERIOD=${{billing_period}}/"
    (workgroup,) = full.resource("aws_athena_workgroup.bills[0]")["configuration"]
    assert workgroup["bytes_scanned_cutoff_per_query"] == 10 * 1024**3
    assert full.resource("aws_athena_named_query.families[0]")["database"] == "prod_savings"


def test_pods_that_do_not_tolerate_it_are_on_no_node_that_may_go(full: ModulePlan) -> None:
    pools = objects(full, "helm_release.spot_pools[0]")
    assert set(pools) == {"batch", "previews"}
    for pool in pools.values():
        assert pool["spec"]["template"]["spec"]["taints"] == [TAINT]
        assert pool["spec"]["template"]["spec"]["nodeClassRef"]["name"] == "prod-savings"
        assert pool["spec"]["disruption"]["budgets"] == [{"nodes": "10%"}]
    batch, previews = (pools[name]["spec"]["template"]["spec"]["requirements"] for name in ("batch", "previews"))
    assert batch[0]["values"] == ["spot"]
    assert previews[0]["values"] == ["spot", "on-demand"]
    assert pools["batch"]["spec"]["limits"] == {"cpu": 200, "memory": "800Gi"}


def test_jobs_that_ask_for_spot_capacity_find_these_nodes(
    full: ModulePlan, tmp_path_factory: pytest.TempPathFactory
) -> None:
    jobs = applied("kubernetes_jobs", tmp_path_factory).resources("kubernetes_cron_job_v1").values()
    pods = [job["spec"][0]["job_template"][0]["spec"][0]["template"][0]["spec"][0] for job in jobs]
    asking = [pod for pod in pods if "karpenter.sh/capacity-type" in (pod["node_selector"] or {})]
    assert asking
    for pod in asking:
        tolerated = [(each["key"], each["value"], each["effect"]) for each in pod["toleration"]]
        assert tuple(TAINT.values()) in tolerated
        assert pod["node_selector"] == {"karpenter.sh/capacity-type": "spot"}
    for pool in objects(full, "helm_release.spot_pools[0]").values():
        assert pool["spec"]["template"]["spec"]["requirements"][0]["values"][0] == "spot"


def test_nodes_are_encrypted_and_give_their_role_to_no_pod(full: ModulePlan) -> None:
    made = objects(full, "helm_release.spot_class[0]")["class"]
    assert made["metadata"]["name"] == "prod-savings"
    spec = made["spec"]
    assert spec["blockDeviceMappings"][0]["ebs"]["encrypted"] is True
    assert (spec["metadataOptions"]["httpTokens"], spec["metadataOptions"]["httpPutResponseHopLimit"]) == (
        "required",
        1,
    )
    assert spec["amiSelectorTerms"] == [{"alias": "al2023@v20261110"}]


def test_whoever_may_answer_may_answer_and_nothing_else(full: ModulePlan) -> None:
    policy, machine = full.outputs["answerer_policy"], full.outputs["state_machine_arn"]
    assert evaluate(policy, "states:SendTaskSuccess", machine)
    for refused in ("states:StartExecution", "states:UpdateStateMachine", "savingsplans:CreateSavingsPlan"):
        assert not evaluate(policy, refused, machine)


def test_each_function_reads_the_settings_that_the_module_writes(full: ModulePlan) -> None:
    for id in ("recommend", "buy"):
        made = full.resource(f"aws_lambda_function.{id}_savings_plan[0]")
        said = json.loads(made["environment"][0]["variables"]["SETTINGS"])
        assert said["most_hourly_commitment"] == "2.50"
        assert made["handler"] == f"{id}_savings_plan.handler.handle"
        if id == "recommend":
            assert Settings(**said).lookback == "SIXTY_DAYS"


def test_an_account_that_only_watches_buys_nothing_and_asks_nobody(small: ModulePlan) -> None:
    kinds = {address.split(".")[0] for address in small.addresses}
    assert kinds == {
        "aws_budgets_budget",
        "aws_computeoptimizer_enrollment_status",
        "aws_kms_alias",
        "aws_kms_key",
    }
    assert small.outputs["state_machine_arn"] is None
    assert small.outputs["answerer_policy"] is None


def test_the_examples_are_sound() -> None:
    assert problems_of(FULL) == problems_of(SMALL) == []
