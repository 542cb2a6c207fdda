"""Jobs of a cluster: on time, not as root, and noticed when they fail or do not come."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

from modules.workflow.kubernetes_jobs import KubernetesJobs
from tests.modules.complete import applied
from tests.modules.conftest import Planner
from tests.modules.kubernetes_jobs.examples import FULL, SMALL
from tests.support.planning import ModulePlan

CRON_JOBS = sorted(FULL.cron_jobs)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> ModulePlan:
    return applied("kubernetes_jobs", tmp_path_factory)


@pytest.fixture(scope="module")
def small(plan_module: Planner) -> ModulePlan:
    """One report, whose pod takes its role by IRSA, and nobody is told."""
    return plan_module(KubernetesJobs, SMALL)


def cron_job(plan: ModulePlan, name: str) -> dict[str, Any]:
    (spec,) = plan.resource(f'kubernetes_cron_job_v1.cron_job["{name}"]')["spec"]
    return spec


def run(plan: ModulePlan, name: str) -> dict[str, Any]:
    (spec,) = cron_job(plan, name)["job_template"][0]["spec"]
    return spec


def pod(plan: ModulePlan, name: str) -> dict[str, Any]:
    if name in FULL.jobs:
        (job,) = plan.resource(f'kubernetes_job_v1.job["{name}"]')["spec"]
    else:
        job = run(plan, name)
    return job["template"][0]["spec"][0]


def report(plan: ModulePlan) -> dict[str, Any]:
    (spec,) = plan.resource("kubernetes_cron_job_v1.status")["spec"]
    return spec["job_template"][0]["spec"][0]["template"][0]["spec"][0]


def rules(plan: ModulePlan) -> list[dict[str, Any]]:
    (values,) = plan.resource("helm_release.prometheus_rule[0]")["values"]
    (group,) = yaml.safe_load(values)["objects"]["rule"]["spec"]["groups"]
    return group["rules"]


def test_the_addresses_stay_as_they_are(full: ModulePlan, small: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot(name="full")
    assert small.addresses == snapshot(name="small")


def test_a_job_runs_at_its_time_in_its_zone_and_not_beside_itself(full: ModulePlan) -> None:
    times = {name: (cron_job(full, name)["schedule"], cron_job(full, name)["timezone"]) for name in CRON_JOBS}
    assert times["daily-report"] == ("30 6 * * *", "America/New_York")
    assert times["cleanup"] == ("0 3 * * SUN", "Etc/UTC")
    policies = {name: cron_job(full, name)["concurrency_policy"] for name in CRON_JOBS}
    assert policies == {"cleanup": "Forbid", "daily-report": "Forbid", "partner-sync": "Replace"}
    assert [cron_job(full, name)["suspend"] for name in CRON_JOBS] == [True, False, False]


def test_a_run_ends_is_tried_again_and_goes_away(full: ModulePlan) -> None:
    sync = run(full, "partner-sync")
    assert (sync["active_deadline_seconds"], sync["backoff_limit"]) == (840, 2)
    assert sync["ttl_seconds_after_finished"] == "86400"
    kept = cron_job(full, "partner-sync")
    assert (kept["starting_deadline_seconds"], kept["failed_jobs_history_limit"]) == (600, 3)


def test_work_that_is_done_once_is_not_forgotten_so_that_no_apply_does_it_again(full: ModulePlan) -> None:
    made = full.resource('kubernetes_job_v1.job["backfill"]')
    assert made["spec"][0]["ttl_seconds_after_finished"] is None
    assert made["spec"][0]["backoff_limit"] == 0
    assert made["wait_for_completion"] is False


@pytest.mark.parametrize("name", [*CRON_JOBS, "backfill"])
def test_no_pod_is_root_or_writes_but_to_tmp_or_may_ask_the_cluster(name: str, full: ModulePlan) -> None:
    spec = pod(full, name)
    (context,) = spec["security_context"]
    assert (context["run_as_non_root"], context["run_as_user"]) == (True, "65532")
    assert context["seccomp_profile"][0]["type"] == "RuntimeDefault"
    (container,) = spec["container"]
    (own,) = container["security_context"]
    assert own["read_only_root_filesystem"] is True
    assert own["allow_privilege_escalation"] is False
    assert own["capabilities"][0]["drop"] == ["ALL"]
    assert [mount["mount_path"] for mount in container["volume_mount"]] == ["/tmp"]
    assert spec["automount_service_account_token"] is False
    assert spec["service_account_name"] == name
    assert container["resources"][0]["limits"]["memory"] == container["resources"][0]["requests"]["memory"]


def test_the_namespace_takes_no_other_pods_and_nobody_asks_them_for_anything(full: ModulePlan) -> None:
    (labels,) = (made["labels"] for made in full.resource("kubernetes_namespace.jobs")["metadata"])
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    (closed,) = full.resource("kubernetes_network_policy_v1.closed")["spec"]
    assert (closed["policy_types"], closed["ingress"]) == (["Ingress"], [])


def test_a_job_runs_where_it_says_and_on_spot_nodes_in_spite_of_their_taint(full: ModulePlan) -> None:
    spot = {"karpenter.sh/capacity-type": "spot"}
    assert pod(full, "cleanup")["node_selector"] == spot
    assert [(each["key"], each["value"]) for each in pod(full, "cleanup")["toleration"]] == [*spot.items()]
    assert pod(full, "partner-sync")["node_selector"] == {"kubernetes.io/arch": "arm64"}
    assert [each["key"] for each in pod(full, "partner-sync")["toleration"]] == ["team"]
    assert pod(full, "daily-report")["toleration"] == []


def test_settings_are_in_the_environment_and_a_role_is_for_whoever_has_a_policy(full: ModulePlan) -> None:
    data = full.resource('kubernetes_config_map_v1.cron_job["daily-report"]')["data"]
    assert data == {"BUCKET": "prod-reports", "LOG_LEVEL": "info"}
    (source,) = pod(full, "daily-report")["container"][0]["env_from"]
    assert source["config_map_ref"][0]["name"] == "daily-report"
    assert list(full.outputs["role_arns"]) == ["daily-report"]
    association = full.resource('aws_eks_pod_identity_association.cron_job["daily-report"]')
    assert (association["namespace"], association["service_account"]) == ("jobs", "daily-report")
    assert set(full.outputs["service_account_names"]) == {*CRON_JOBS, "backfill"}


def test_by_irsa_the_account_names_the_role(small: ModulePlan) -> None:
    (metadata,) = small.resource('kubernetes_service_account_v1.cron_job["daily-report"]')["metadata"]
    role = "arn:aws:iam::111122223333:role/prod-jobs-daily-report"
    assert metadata["annotations"] == {"eks.amazonaws.com/role-arn": role}
    assert not small.resources("aws_eks_pod_identity_association")


def test_cloudwatch_tells_of_what_failed_and_of_what_did_not_come_without_prometheus(small: ModulePlan) -> None:
    assert not small.resources("helm_release")
    failed = small.resource("aws_cloudwatch_metric_alarm.job_failed")
    assert (failed["metric_name"], failed["dimensions"]) == ("FailedJobs", {"Cluster": "prod", "Namespace": "jobs"})
    # a report that does not come is bad news too
    assert failed["treat_missing_data"] == "breaching"
    missed = small.resource('aws_cloudwatch_metric_alarm.cron_job_missed["daily-report"]')
    assert (missed["threshold"], missed["comparison_operator"]) == (1560, "GreaterThanThreshold")
    assert missed["dimensions"]["CronJob"] == "daily-report"
    (data,) = [pod["env"] for pod in report(small)["init_container"]]
    told = {each["name"]: each["value"] for each in data}
    assert (told["CRON_JOBS"], told["NAMESPACE"]) == ("daily-report", "jobs")


def test_a_run_that_failed_rings_and_so_does_one_that_did_not_come(full: ModulePlan) -> None:
    failed, *missed = rules(full)
    assert failed["expr"] == 'kube_job_failed{namespace="jobs",condition="true"} > 0'
    assert [rule["labels"]["cronjob"] for rule in missed] == CRON_JOBS
    for rule, minutes in zip(missed, (10_200, 1560, 45), strict=True):
        name = rule["labels"]["cronjob"]
        one = f'{{namespace="jobs",cronjob="{name}"}}'
        # one that never succeeded counts from its beginning, and a suspended one not at all
        assert rule["expr"] == (
            f"(time() - (kube_cronjob_status_last_successful_time{one} or kube_cronjob_created{one})) / 60 > {minutes}"
            f" and on (namespace, cronjob) kube_cronjob_spec_suspend{one} == 0"
        )
    assert missed[0]["annotations"]["runbook_url"] == "runbooks/cron_job_missed.md of the module kubernetes_jobs"
