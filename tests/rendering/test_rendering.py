"""What Helm makes of releases, and what is said where it makes nothing."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from groundplan.problems import BadInput, ToolFailed
from groundplan.rendering import HOW_TO_GET_HELM, engines
from groundplan.rendering.engines import Target, helm
from groundplan.rendering.rendering import Rendering, Sessions
from tests.synth.programs import PROJECT

from .charts import FILES, needs_helm, release, rendering_for, write_chart

TARGET = Target("1.33", ("monitoring.coreos.com/v1",))


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDPLAN_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("GROUNDPLAN_CHARTS", raising=False)


@needs_helm
def test_a_release_is_what_helm_would_install_and_no_more(tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "claims")
    with rendering_for(TARGET) as rendering:
        outcome = rendering.outcome(release(chart, {"port": 9090}))

    assert outcome.problem is None
    assert not outcome.why
    assert [one.title for one in outcome.objects or ()] == [
        "ConfigMap elsewhere/claims",
        "Service insurance/claims",
        "CustomResourceDefinition widgets.example.com",
        "Deployment insurance/claims",
        "ClusterRole claims",
    ]
    by_kind = {one.kind: one.document for one in outcome.objects or ()}
    container = by_kind["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    assert container["ports"] == [{"containerPort": 9090}]
    said = {"kubernetes": "v1.33.0", "monitored": "true", "classes": "false"}
    assert by_kind["Service"]["metadata"]["annotations"] == said


@needs_helm
def test_what_was_rendered_once_needs_no_helm_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chart = write_chart(tmp_path / "claims")
    with rendering_for(TARGET) as rendering:
        first = rendering.outcome(release(chart, {}))

    def started(*_: object) -> None:
        raise AssertionError("Helm was started")

    monkeypatch.setattr(engines._Library, "session", started)
    monkeypatch.setattr(engines._Command, "session", started)
    with rendering_for(TARGET) as rendering:
        assert rendering.outcome(release(chart, {})) == first
    (chart / "templates/NOTES.txt").write_text("changed", encoding="utf-8")
    with rendering_for(TARGET) as rendering, pytest.raises(AssertionError, match="Helm was started"):
        rendering.outcome(release(chart, {}))
    with rendering_for(Target("1.34")) as rendering, pytest.raises(AssertionError, match="Helm was started"):
        rendering.outcome(release(chart, {}))


@needs_helm
@pytest.mark.parametrize(
    ("files", "values", "says"),
    [
        ({}, {"port": {"a": 1}}, None),
        ({}, {"metrics": {"enabled": True, "labels": "x"}}, "must be a map"),
        ({}, {"metrics": {"enabled": True, "labels": None}}, None),
        ({"templates/broken.yaml": '{{ fail "no region" }}'}, {}, "no region"),
        ({"templates/broken.yaml": "{{ if }}"}, {}, "missing value for if"),
        ({"templates/broken.yaml": "a: {{ .Values.image }}: b"}, {}, "YAML"),
        ({"templates/broken.yaml": "a: b"}, {}, "makes something without apiVersion and kind"),
        ({"Chart.yaml": "name: ["}, {}, "cannot be rendered"),
        ({"values.schema.json": '{"properties": {"port": {"type": "integer"}}}'}, {"port": "x"}, "/port"),
    ],
)
def test_what_helm_refuses_is_a_problem_with_its_release_and_helms_own_words(
    tmp_path: Path, files: dict[str, str], values: dict[str, object], says: str | None
) -> None:
    chart = write_chart(tmp_path / "claims", {**FILES, **files})
    with rendering_for(TARGET) as rendering:
        outcome = rendering.outcome(release(chart, values))

    if says is None:
        assert outcome.objects is not None
        return
    assert outcome.objects is None
    assert outcome.problem is not None
    assert outcome.problem.path.startswith("prod-claims: module.claims.helm_release.claims")
    assert says in outcome.problem.message


def test_without_helm_the_reason_is_said_and_custom_resources_of_our_own_chart_are_there_all_the_same(
    tmp_path: Path,
) -> None:
    from groundplan.charts import write_local_chart

    chart = write_chart(tmp_path / "claims")
    write_local_chart(tmp_path / "resources")
    monitor = {"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "metadata": {"name": "claims"}}
    rendering = Rendering(TARGET, None)
    outcome = rendering.outcome(release(chart, {}))
    ours = rendering.outcome(release(tmp_path / "resources", {"objects": {"b": monitor, "a": None}}))

    assert outcome.objects is None
    assert "groundplan[charts]" in outcome.why
    assert [one.title for one in ours.objects or ()] == ["ServiceMonitor insurance/claims"]


@needs_helm
def test_helm_makes_of_our_own_chart_what_we_read_from_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from groundplan.charts import write_local_chart

    write_local_chart(tmp_path / "resources")
    objects = {
        "b": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}, "data": {"a": "{{ .x }}", "n": "1"}},
        "a": {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "other"}},
        "none": None,
    }
    wanted = release(tmp_path / "resources", {"objects": objects})
    with rendering_for(TARGET) as rendering:
        read = rendering.outcome(wanted)
        monkeypatch.setattr("groundplan.rendering.rendering._is_ours", lambda _: False)
        rendered = rendering.outcome(wanted)

    assert read.objects == rendered.objects
    assert len(read.objects or ()) == 2


def test_a_chart_that_is_not_at_hand_is_named_with_how_to_get_it() -> None:
    known = {"repository": "https://helm.releases.hashicorp.com", "chart": "vault", "version": "0.34.1"}
    rendering = Rendering(TARGET, Sessions(engines._Command("helm")))
    locked = rendering.outcome(release(None, {}, **known))
    other = rendering.outcome(release(None, {}, **{**known, "version": "0.0.1"}))

    assert "groundplan charts pull vault" in locked.why
    assert "no chart of the lock" in other.why


def test_a_helm_that_is_named_and_not_there_is_wrong_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDPLAN_HELM", "/nowhere/helm")
    with pytest.raises(BadInput, match="GROUNDPLAN_HELM: names no command, got '/nowhere/helm'"):
        helm()


@pytest.mark.skipif(not isinstance(helm(), engines._Library), reason="helm-python-sdk is not installed")
@pytest.mark.parametrize("said", ["glibc 2.31", "glibc 2.9"])
def test_a_library_that_the_machine_cannot_load_is_as_one_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setattr(os, "confstr", lambda name: {"CS_GNU_LIBC_VERSION": said}[name])
    monkeypatch.setattr(shutil, "which", {"helm": "/usr/bin/helm"}.get)
    found = helm()
    assert isinstance(found, engines._Command)
    monkeypatch.setattr(shutil, "which", {}.get)
    assert helm() is None


@pytest.mark.skipif(not isinstance(helm(), engines._Library), reason="helm-python-sdk is not installed")
@pytest.mark.parametrize("said", ["glibc 2.34", "glibc 2.100", "glibc 3.0", "musl 1.2", None, ValueError()])
def test_a_library_is_taken_with_a_new_glibc_and_where_there_is_none(
    monkeypatch: pytest.MonkeyPatch, said: str | ValueError | None
) -> None:
    def confstr(name: str) -> str | None:
        if isinstance(said, ValueError):
            raise said
        return said

    monkeypatch.setattr(os, "confstr", confstr)
    assert isinstance(helm(), engines._Library)


def test_what_is_known_of_the_library_is_known_of_the_locked_version() -> None:
    (locked,) = re.findall(r"^helm-python-sdk==(\S+)", (PROJECT / "charts.lock").read_text(), re.MULTILINE)
    assert f"glibc {'.'.join(map(str, engines._NEEDS_GLIBC[locked]))} or newer" in HOW_TO_GET_HELM


@pytest.mark.skipif(not isinstance(helm(), engines._Library), reason="helm-python-sdk is not installed")
def test_a_library_that_ends_in_the_middle_is_told_as_such(tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "claims")
    session = engines._Worker()
    opened = session.open(chart)
    session._process.kill()
    with pytest.raises(ToolFailed, match="Helm ended in the middle of a render"):
        opened.render({}, name="claims", namespace="insurance", target=TARGET)
