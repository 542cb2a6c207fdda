"""`groundplan render`: the objects behind the releases of a plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundplan.charts import chart, write_local_chart
from groundplan.charts.sources import archive_at, carry
from groundplan.rendering import rendering
from tests.cli.conftest import Groundplan
from tests.cli.small_project import own_rules
from tests.rendering.charts import FILES, needs_helm, write_chart

SERVER = chart("metrics-server")


def _release(plans: Path, stack: str, name: str, values: Mapping[str, Any], **said: Any) -> None:
    """Adds a release to a plan that was made before, as Terraform would show it."""
    path = plans / f"{stack}.json"
    plan = json.loads(path.read_text())
    after = {
        "name": name,
        "namespace": "insurance",
        "repository": SERVER.repository,
        "chart": SERVER.chart,
        "version": SERVER.version,
        "values": ["{}\n", yaml.safe_dump(dict(values))],
        **said,
    }
    plan["resource_changes"].append(
        {
            "address": f"module.archive.helm_release.{name}",
            "module_address": "module.archive",
            "mode": "managed",
            "type": "helm_release",
            "name": name,
            "provider_name": "registry.terraform.io/hashicorp/helm",
            "change": {
                "actions": ["create"],
                "before": None,
                "after": after,
                "after_unknown": {},
                "after_sensitive": {"set_sensitive": [{"value": True}]} if "set_sensitive" in said else {},
            },
        }
    )
    path.write_text(json.dumps(plan))


@pytest.fixture
def carried(tmp_path: Path, environment: pytest.MonkeyPatch) -> Path:
    """Our small chart in the place of a chart of the lock."""
    description = f"apiVersion: v2\nname: {SERVER.chart}\nversion: {SERVER.version}\n"
    folder = write_chart(tmp_path / SERVER.chart, {**FILES, "Chart.yaml": description})
    carry(tmp_path / "carried", [(SERVER.repository, archive_at(folder))])
    environment.setenv("GROUNDPLAN_CHARTS", str(tmp_path / "carried"))
    environment.setenv("GROUNDPLAN_CHARTS_UNPINNED", "1")
    return tmp_path / "carried"


@needs_helm
@pytest.mark.usefixtures("carried")
def test_objects_and_images_are_written_without_what_is_secret(groundplan: Groundplan, planned: Path) -> None:
    plans = planned / "out" / "plans"
    _release(plans, "live-storage", "server", {"image": "registry.example.com/claims@sha256:" + "a" * 64, "port": 9443})
    secret = {"name": "args", "value": "hunter2-and-more", "type": "string"}
    _release(plans, "live-storage", "other", {"image": "hunter2-and-more"}, set_sensitive=[secret])
    stale = planned / "out" / "objects" / "live-storage" / "gone.yaml"
    stale.parent.mkdir(parents=True)
    stale.touch()

    said = groundplan("render", "--only", "live", "--json")

    assert said.code == 2, said.err
    assert (
        "module.archive.helm_release.other: values.args: has no effect"
        in said.json["problems"][0]["path"] + ": " + (said.json["problems"][0]["message"])
    )
    folder = planned / "out" / "objects" / "live-storage"
    assert sorted(path.name for path in folder.iterdir()) == ["archive.other.yaml", "archive.server.yaml"]
    objects = list(yaml.safe_load_all((folder / "archive.server.yaml").read_text()))
    assert [each["kind"] for each in objects] == [
        "ConfigMap",
        "Service",
        "CustomResourceDefinition",
        "Deployment",
        "ClusterRole",
    ]
    # what the cluster's version is, the environment says
    assert objects[1]["metadata"]["annotations"]["kubernetes"] == "v1.34.0"
    everything = "".join(path.read_text() for path in (planned / "out" / "objects").rglob("*.yaml"))
    assert "hunter2" not in everything + said.out + said.err
    images = json.loads((planned / "out" / "images.json").read_text())
    assert images["live"][-1] == {
        "image": "registry.example.com/claims@sha256:" + "a" * 64,
        "has_digest": True,
        "used_by": [
            {
                "container": "claims",
                "object": "Deployment insurance/server",
                "release": "module.archive.helm_release.server",
                "stack": "live-storage",
            }
        ],
    }


@needs_helm
@pytest.mark.usefixtures("carried")
def test_people_see_what_was_rendered_and_a_second_run_is_the_same(groundplan: Groundplan, planned: Path) -> None:
    _release(planned / "out" / "plans", "test-storage", "server", {"port": 9443})

    first = groundplan("render", "--only", "test")
    files = {path: path.read_bytes() for path in (planned / "out" / "objects").rglob("*.yaml")}
    second = groundplan("render", "--only", "test")

    assert first.code == second.code == 0, first.err
    assert first.out == second.out
    assert "insurance/server" in first.out
    assert f"Not looked at: the archive that the lock means of {SERVER.title}:" in " ".join(first.err.split())
    assert files == {path: path.read_bytes() for path in (planned / "out" / "objects").rglob("*.yaml")}


@needs_helm
def test_who_asks_for_objects_of_a_chart_that_is_not_at_hand_does_not_get_none(
    groundplan: Groundplan, planned: Path
) -> None:
    _release(planned / "out" / "plans", "test-storage", "server", {"port": 9443})

    said = groundplan("render", "--only", "test", "--json")

    assert said.code == 3
    (row,) = said.json
    assert row["objects"] == []
    assert f"groundplan charts pull {SERVER.name}" in row["not_rendered"]


def test_a_kind_that_nobody_brings_is_an_error_with_the_chart_that_does(
    groundplan: Groundplan, planned: Path, tmp_path: Path
) -> None:
    write_local_chart(tmp_path / "resources")
    monitor: dict[str, Any] = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "ServiceMonitor",
        "metadata": {"name": "files"},
    }
    monitor |= {"spec": {"selector": {}, "endpoints": []}}
    place = {"repository": None, "chart": str(tmp_path / "resources"), "version": None}
    _release(planned / "out" / "plans", "test-storage", "monitor", {"objects": {"monitor": monitor}}, **place)

    said = groundplan("render", "--only", "test", "--json")

    assert said.code == 2
    (problem,) = said.json["problems"]
    assert problem["path"] == "test-storage: module.archive.helm_release.monitor"
    assert "nothing brings ServiceMonitor to the cluster" in problem["message"]
    assert "prometheus-operator-crds" in problem["fix"]


def test_plans_without_a_release_have_nothing_to_render(groundplan: Groundplan, planned: Path) -> None:
    said = groundplan("render", "--only")

    assert said.code == 0
    assert "no Helm release" in said.err
    assert json.loads((planned / "out" / "images.json").read_text()) == {}


@needs_helm
@pytest.mark.usefixtures("carried")
def test_check_refuses_what_an_apply_would_fail_on_and_a_review_shows_it_and_stops_the_merge(
    groundplan: Groundplan, planned: Path
) -> None:
    _release(planned / "out" / "plans", "test-storage", "server", {"port": 9443, "prot": 1})

    checked = groundplan("check", "--only", "test", "--json")
    reviewed = groundplan("review", "--only", "test", "--json")

    assert checked.code == 2
    (problem,) = checked.json["problems"]
    assert problem["path"] == "test-storage: module.archive.helm_release.server: values.prot"
    assert "has no effect" in problem["message"]
    assert reviewed.code == 1
    page = (planned / "out" / "review.md").read_text()
    assert "values.prot" in page
    assert "has no effect" in page


CONFINED = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-NAME
spec:
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec:
      containers:
      - name: helper
        image: {{ .Values.helper.image.repository }}:{{ .Values.helper.image.tag }}
        securityContext: {{ toYaml .Values.NAME.containerSecurityContext | nindent 10 }}
        resources: {{ toYaml .Values.resources | nindent 10 }}
      - name: claims
        image: {{ .Values.image }}
        {{- with .Values.NAME.securityContext }}
        securityContext: {{ toYaml . | nindent 10 }}
        {{- end }}
"""


@needs_helm
def test_what_a_rule_denies_of_an_object_leads_to_the_value_and_may_be_waived_for_that_object_alone(
    groundplan: Groundplan, planned: Path, tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    part = {"containerSecurityContext": {"runAsUser": 0}, "securityContext": {}}
    defaults = {"one": part, "two": part, "three": part, "image": "registry.example.com/claims:1.0.0", "resources": {}}
    helper = {"image": {"repository": "registry.example.com/helper", "tag": "1.0.0"}}
    folder = write_chart(
        tmp_path / SERVER.chart,
        {
            "Chart.yaml": f"apiVersion: v2\nname: {SERVER.chart}\nversion: {SERVER.version}\n",
            "values.yaml": yaml.safe_dump({**defaults, "helper": helper}),
            **{f"templates/{name}.yaml": CONFINED.replace("NAME", name) for name in ("one", "two", "three")},
        },
    )
    carry(tmp_path / "carried", [(SERVER.repository, archive_at(folder))])
    environment.setenv("GROUNDPLAN_CHARTS", str(tmp_path / "carried"))
    environment.setenv("GROUNDPLAN_CHARTS_UNPINNED", "1")
    known = {
        "helper.image.repository": "string",
        "helper.image.tag": "string",
        "image": "string",
        "one.containerSecurityContext": "SecurityContext",
        "one.securityContext": "any",
        "resources": "map",
        "two.containerSecurityContext": "SecurityContext",
        "two.securityContext": "any",
    }
    like = replace(SERVER, value_types=known, digest="")
    environment.setattr(rendering, "locked_chart", lambda name: like if name == SERVER.name else chart(name))
    _release(planned / "out" / "plans", "live-storage", "server", {"one": {"securityContext": {"runAsUser": 0}}})

    exceptions = own_rules(planned) / "exceptions" / "data.yaml"
    waiver = {
        "rule": "releases/workload_hardened",
        "stack": "live-storage",
        "address": "module.archive.helm_release.server",
        "object": "Deployment insurance/server-three",
        "reason": "its chart has no other way",
        "owner": "platform",
        "last_day": (date.today() + timedelta(days=30)).isoformat(),
    }
    exceptions.write_text(yaml.safe_dump({"waivers": [waiver], "permits": [], "not_secrets": []}))

    said = groundplan("check", "--only", "live", "--json")

    assert said.code == 1
    found = [each for each in said.json["findings"] if each["rule"] == "releases/workload_hardened"]
    assert {each["address"] for each in found} == {"module.archive.helm_release.server"}
    verdicts = {each["object"].rpartition("-")[2]: each["verdict"] for each in found}
    assert verdicts == {"one": "deny", "two": "deny", "three": "waived"}
    by_place = {(each["object"], each["field"]): each for each in found if each["verdict"] == "deny"}
    place = "spec.template.spec.containers"
    assert {key: each["values"] for key, each in by_place.items()} == {
        ("Deployment insurance/server-one", f"{place}[0]"): ["one.containerSecurityContext"],
        ("Deployment insurance/server-one", f"{place}[1]"): ["one.securityContext"],
        ("Deployment insurance/server-two", f"{place}[0]"): ["two.containerSecurityContext"],
        ("Deployment insurance/server-two", f"{place}[1]"): ["two.securityContext"],
    }
    message = by_place["Deployment insurance/server-one", f"{place}[1]"]["message"]
    assert message.startswith("Deployment insurance/server-one: container claims ")
    assert message.endswith("; what changes it: one.securityContext, which the module sets")
    message = by_place["Deployment insurance/server-two", f"{place}[1]"]["message"]
    assert message.endswith("; what changes it: two.securityContext, which nobody sets")
    bounded = [each for each in said.json["findings"] if each["rule"] == "releases/resources_bounded"]
    assert {tuple(each["values"]) for each in bounded if each["field"] == f"{place}[0]"} == {("resources",)}
    assert {tuple(each["values"]) for each in bounded if each["field"] == f"{place}[1]"} == {()}, "no value has it"
    images = [each for each in said.json["findings"] if each["rule"] == "releases/image_origin"]
    assert {tuple(each["values"]) for each in images if each["field"] == f"{place}[1]"} == {("image",)}
    helpers = {tuple(each["values"]) for each in images if each["field"] == f"{place}[0]"}
    assert helpers == {("helper.image.repository", "helper.image.tag")}


@needs_helm
@pytest.mark.usefixtures("carried")
def test_the_map_of_signals_is_shown_and_written_where_every_release_could_be_rendered(
    groundplan: Groundplan, planned: Path
) -> None:
    _release(planned / "out" / "plans", "test-storage", "server", {"port": 9443})

    shown = groundplan("signals", "--only", "test", "--json")
    named = groundplan("signals", "--only", "test", "--write")

    assert shown.json["environments"] == ["test"]
    assert "kubelet" in [one["component"] for one in shown.json["families"][""]["components"]]
    assert named.code == 2
    assert "--write: does not go with names of stacks" in named.err
    assert not (planned / "docs" / "signals.md").exists()


@needs_helm
def test_a_map_without_the_objects_of_a_release_is_not_written(groundplan: Groundplan, planned: Path) -> None:
    _release(planned / "out" / "plans", "test-storage", "server", {"port": 9443})

    said = groundplan("signals", "--only", "--write")

    assert said.code == 3
    assert "module.archive.helm_release.server" in said.err
    assert not (planned / "docs" / "signals.md").exists()
