"""Each value acts, or somebody is told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from groundplan.charts import format_path
from groundplan.rendering.engines import Made, Target
from groundplan.rendering.proof import Render

from .charts import FILES, needs_helm, release, rendering_for, write_chart

TARGET = Target("1.33")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDPLAN_CACHE_DIR", str(tmp_path / "cache"))


def _dead(tmp_path: Path, values: Mapping[str, Any], **files: str) -> dict[str, str]:
    chart = write_chart(tmp_path / "claims", {**FILES, **files})
    wanted = release(chart, values)
    with rendering_for(TARGET) as rendering:
        assert rendering.outcome(wanted).objects is not None
        found = rendering.dead(wanted)
        # by the cache
        assert rendering.dead(wanted) == found
    return {format_path(each.way): format_path(each.switch) for each in found}


@needs_helm
def test_values_that_reach_an_object_act(tmp_path: Path) -> None:
    values = {
        "image": "registry.example.com/claims:2.0.0",
        "port": 9090,
        "replicas": 1,
        "logLevel": "debug",
        "tolerateAll": True,
        "metrics": {"enabled": True, "interval": "60s", "labels": {"release": "prometheus"}},
    }
    assert _dead(tmp_path, values) == {}


@needs_helm
def test_a_value_that_is_the_default_acts_when_another_one_would_change_something(tmp_path: Path) -> None:
    assert _dead(tmp_path, {"port": 8080, "logLevel": "info", "metrics": {"enabled": False}, "replicas": 1}) == {}


@needs_helm
def test_a_word_of_which_the_schema_allows_no_other_spelling_than_those_it_lists_is_tried_in_those(
    tmp_path: Path,
) -> None:
    schema = '{"properties": {"mode": {"enum": ["small", "large"]}, "unused": {"enum": ["a", "b"]}}}'
    # the word that is compared stands in a helper of its own
    template = """
        {{- $large := "large" }}
        {{- if eq .Values.mode $large }}
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: large
        {{- end }}
        """
    files = {"values.schema.json": schema, "templates/mode.yaml": template}
    assert _dead(tmp_path, {"mode": "small", "unused": "a"}, **files) == {"unused": ""}


@needs_helm
def test_whatever_word_switches_a_part_off_is_named_and_so_is_a_single_replica(tmp_path: Path) -> None:
    parts = {"one": "enabled", "two": "create", "three": "install", "four": "deploy"}
    template = "".join(
        f"""
        {{{{- if .Values.{part}.{word} }}}}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {part}
        data:
          title: {{{{ .Values.{part}Title | quote }}}}
        {{{{- end }}}}"""
        for part, word in parts.items()
    )
    # a budget is for two pods and more
    budget = """
        {{- if and (gt (int .Values.server.replicas) 1) (lt (int .Values.server.replicas) 4) }}
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata:
          name: server
        spec:
          minAvailable: {{ .Values.server.minAvailable }}
        {{- end }}
        """
    values: dict[str, Any] = {part: {word: False} for part, word in parts.items()}
    values.update({f"{part}Title": "a title" for part in parts})
    values["server"] = {"replicas": 1, "minAvailable": 1}
    assert _dead(tmp_path, values, **{"templates/parts.yaml": template, "templates/budget.yaml": budget}) == {
        **{f"{part}Title": f"{part}.{word}" for part, word in parts.items()},
        "server.minAvailable": "server.replicas",
    }


@needs_helm
def test_a_setting_of_which_a_chart_asks_only_whether_there_is_one_acts(tmp_path: Path) -> None:
    template = """
        {{- range $name := list "number" "text" "several" "map" }}
        {{- if index $.Values $name }}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ $name }}
        {{- end }}
        {{- end }}
        """
    defaults = "number: 1\ntext: one\nseveral: [one]\nmap: {one: one}\n"
    found = _dead(
        tmp_path,
        {"number": 2, "text": "", "several": [], "map": {}},
        **{
            "templates/asked.yaml": template,
            "values.yaml": FILES["values.yaml"] + defaults.replace("\n", "\n        "),
        },
    )
    assert found == {}


@needs_helm
def test_what_nothing_reads_is_found_and_what_is_switched_off_names_its_switch(tmp_path: Path) -> None:
    values = {
        "gone": "still",
        "imagee": "registry.example.com/claims:2.0.0",
        "metrics": {"enabled": False, "interval": "60s", "labels": {"release": "prometheus"}},
        "extra": [],
        "port": None,
        "nothing": None,
    }
    assert _dead(tmp_path, values) == {
        "gone": "",
        "imagee": "",
        "metrics.interval": "metrics.enabled",
        "metrics.labels.release": "metrics.enabled",
    }


@needs_helm
def test_what_stands_in_an_object_only_because_another_value_was_changed_too_is_not_taken_for_acting(
    tmp_path: Path,
) -> None:
    template = """
        {{- if ne .Values.mode "plain" }}
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: special
        data:
          title: {{ .Values.title | quote }}
        {{- end }}
        """
    found = _dead(
        tmp_path, {"mode": "plain", "title": "never shown", "port": 9090}, **{"templates/special.yaml": template}
    )
    assert found == {"title": ""}


@needs_helm
def test_a_value_that_says_what_happens_where_a_kind_is_missing_acts(tmp_path: Path) -> None:
    template = """
        {{- if or (not .Values.autodetect) (.Capabilities.APIVersions.Has "example.com/v1") }}
        apiVersion: example.com/v1
        kind: Widget
        metadata:
          name: one
        {{- end }}
        """
    chart = write_chart(tmp_path / "claims", {**FILES, "templates/widget.yaml": template})
    wanted = release(chart, {"autodetect": False, "gone": "x"})
    with rendering_for(Target("1.33", ("example.com/v1",))) as rendering:
        assert [each.way for each in rendering.dead(wanted)] == [("gone",)]


@needs_helm
def test_what_a_chart_refuses_or_prints_into_a_text_costs_no_render_for_each_value(tmp_path: Path) -> None:
    settings = {f"limit_{number}": 10 + number for number in range(20)}
    chart = write_chart(
        tmp_path / "claims",
        {
            "Chart.yaml": "apiVersion: v2\nname: claims\nversion: 1.2.3\n",
            "values.yaml": "{}\n",
            "templates/all.yaml": """
                {{- if gt (int .Values.off.replicas) 0 }}{{ fail "must be off" }}{{ end }}
                {{- if ne .Values.mode "one" }}{{ fail "no such mode" }}{{ end }}
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: claims}
                data:
                  config.yaml: |
                    {{- toYaml .Values.limits | nindent 4 }}
                  replicas: {{ .Values.web.replicas }}
                {{- if .Values.web.extra }}
                ---
                apiVersion: v1
                kind: List
                items:
                {{- range $name, $value := .Values.web.extra }}
                - {apiVersion: v1, kind: ConfigMap, metadata: {name: {{ $name }}}, data: {value: {{ $value }}}}
                {{- end }}
                {{- end }}
                """,
        },
    )
    extra = {f"extra-{number}": f"value-{number}" for number in range(10)}
    values = {
        "limits": settings,
        "mode": "one",
        "off": {"replicas": 0},
        "web": {"replicas": 3, "extra": extra, "unread": 12},
    }
    count = 0

    def counted(render: Render) -> Render:
        def made(tried: Mapping[str, Any]) -> Made:
            nonlocal count
            count += 1
            return render(tried)

        return made

    with rendering_for(TARGET) as rendering:
        one = release(chart, values)
        assert rendering.outcome(one).objects
        kept = rendering._render
        rendering._render = lambda *given: counted(kept(*given))  # type: ignore[method-assign]
        dead = rendering.dead(one)

    assert [each.way for each in dead] == [("web", "unread")]
    assert count < 30, "thirty-five values"
