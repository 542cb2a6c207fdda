"""What Helm never upgrades, every module upgrades or tells how: the list is the lock's, whoever adds a chart to it."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from groundplan.charts import Chart, chart, list_charts
from tests.modules.complete import COMPLETE, applied, built

LOCKED = [locked for locked in map(chart, list_charts()) if locked.crd_files]
# by the chart: what of its own values has its definitions upgraded by a hook, or leaves them out
BY_VALUE = {"velero": ("upgradeCRDs", True), "alloy": ("crds.create", False)}
TOKEN = {"mount_path": "/var/run/secrets/kubernetes.io/serviceaccount", "name": "token", "read_only": True}


class Released(NamedTuple):
    """A release of a chart with a folder crds, and its settings in the module's Terraform JSON."""

    module: str
    name: str
    chart: Chart
    settings: dict[str, Any]


@pytest.fixture(scope="module")
def releases() -> list[Released]:
    return [
        Released(module, name, locked, made)
        for module in COMPLETE
        for name, made in built(module)[1].get("resource", {}).get("helm_release", {}).items()
        for locked in LOCKED
        if locked.is_that_of(made.get("repository", ""), made["chart"], made.get("version", ""))
    ]


def test_what_has_such_definitions_is_what_the_lock_says(releases: list[Released]) -> None:
    brought = {locked.name for locked in map(chart, list_charts()) if locked.custom_resources.get("crds")}
    assert {locked.name for locked in LOCKED} == brought
    released = {each.chart.name for each in releases}
    assert {
        "aws-load-balancer-controller",
        "aws-privateca-issuer",
        "external-dns",
        "kong",
        "rollout-operator",
    } < released


def test_each_release_with_such_definitions_comes_after_what_upgrades_them(
    releases: list[Released], tmp_path_factory: pytest.TempPathFactory
) -> None:
    for each in releases:
        where = f"{each.module}.{each.name}"
        if each.settings.get("skip_crds"):
            continue
        if each.chart.name in BY_VALUE:
            path, wanted = BY_VALUE[each.chart.name]
            place = f"helm_release.{each.name}{'[0]' if 'count' in each.settings else ''}"
            values: Any = applied(each.module, tmp_path_factory).helm_values(place)
            for step in path.split("."):
                values = values[step]
            assert values is wanted, where
            continue
        folder, document = built(each.module)
        label = f"{each.chart.chart}-{each.chart.version}"
        (address, job), *others = (
            (address, job)
            for address, job in document["resource"].get("kubernetes_job_v1", {}).items()
            if job["metadata"]["labels"].get("helm.sh/chart") == label
        )
        assert others == [], where
        assert f"kubernetes_job_v1.{address}" in each.settings["depends_on"], where
        (fetch,) = job["spec"]["template"]["spec"]["init_container"]
        told = {each["name"]: each["value"] for each in fetch["env"]}
        assert told["CRD_FILES"].split() == sorted(each.chart.crd_files), where
        assert f"sha256:{told['SHA256']}" == each.chart.digest, where
        # groundplan publish writes it where the marker is
        assert f"\n{each.chart.crds_command}\n" in (folder / "README.md").read_text("utf-8"), where


def test_the_job_may_change_no_other_definition_and_what_fetches_has_no_token(
    releases: list[Released], tmp_path_factory: pytest.TempPathFactory
) -> None:
    wanted = [each for each in releases if each.chart.name not in BY_VALUE and not each.settings.get("skip_crds")]
    for module in sorted({each.module for each in wanted}):
        plan = applied(module, tmp_path_factory)
        (job,) = (each for each in plan.resources("kubernetes_job_v1").values() if "helm.sh/chart" in _labels(each))
        (locked,) = (each for each in LOCKED if f"{each.chart}-{each.version}" == _labels(job)["helm.sh/chart"])
        name = job["metadata"][0]["name"]
        roles = plan.resources("kubernetes_cluster_role_v1").values()
        ((rule,),) = (role["rule"] for role in roles if role["metadata"][0]["name"] == name)
        assert (rule["api_groups"], rule["resources"]) == (["apiextensions.k8s.io"], ["customresourcedefinitions"])
        assert set(rule["resource_names"]) == {one for names in locked.crd_files.values() for one in names}, module
        assert not {"*", "delete", "deletecollection", "update"} & set(rule["verbs"]), module
        spec = job["spec"][0]
        pod = spec["template"][0]["spec"][0]
        assert (pod["automount_service_account_token"], spec["ttl_seconds_after_finished"]) == (False, None), module
        # a release that came before its definitions would fail, or do without
        assert job["wait_for_completion"] is True, module
        (fetch,), (apply,) = pod["init_container"], pod["container"]
        for container, does_apply in ((fetch, False), (apply, True)):
            mounted = [{key: mount[key] for key in TOKEN} for mount in container["volume_mount"]]
            assert (TOKEN in mounted) is does_apply, module
            assert ("kubectl apply" in container["command"][2]) is does_apply, module


def _labels(job: dict[str, Any]) -> dict[str, str]:
    return job["metadata"][0]["labels"] or {}
