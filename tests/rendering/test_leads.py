"""From a field of an object to the values of the chart that change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from groundplan.charts import chart
from groundplan.charts.paths import parse_path
from groundplan.rendering import rendering
from groundplan.rendering.engines import Target

from .charts import needs_helm, release, rendering_for, write_chart

CHART = {
    "Chart.yaml": "apiVersion: v2\nname: claims\nversion: 1.2.3\n",
    "values.yaml": """
        web: {replicas: 2, sidecar: {image: {name: helper, tag: "1"}, securityContext: {pod: {}, container: {}}}}
        api: {replicaCount: 1, image: {registry: registry.example.com, tag: "2"}}
        account: {automountToken: true}
        strict: {image: good}
        extra: {image: unused}
        """,
    "templates/all.yaml": """
        {{- if ne .Values.strict.image "good" }}{{ fail "image must be good" }}{{ end }}
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: {{ .Values.web.replicas }}
          template:
            spec:
              automountServiceAccountToken: {{ .Values.account.automountToken }}
              securityContext: {{ toYaml .Values.web.sidecar.securityContext.pod | nindent 8 }}
              containers:
              - name: helper
                image: {{ .Values.web.sidecar.image.name }}:{{ .Values.web.sidecar.image.tag }}
                imagePullPolicy: {{ .Values.web.pullImages | default "Always" }}
                securityContext: {{ toYaml .Values.web.sidecar.securityContext.container | nindent 10 }}
              - name: main
                image: {{ .Values.api.image.registry }}/main:{{ .Values.api.image.tag }}
                {{- if gt (int .Values.api.replicaCount) 1 }}
                securityContext: {{ toYaml .Values.extra.securityContext | nindent 10 }}
                {{- end }}
              {{- toYaml .Values.more | nindent 6 }}
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: api}
        spec:
          replicas: {{ .Values.api.replicaCount }}
        """,
}
KNOWN = {
    "account.automountToken": "boolean",
    "api.image.registry": "string",
    "api.image.tag": "string",
    "api.replicaCount": "integer",
    "extra.image": "string",
    "extra.securityContext": "SecurityContext",
    "more": "list",
    "strict.image": "string",
    "web.pullImages": "string",
    "web.replicas": "integer",
    "web.sidecar.image.name": "string",
    "web.sidecar.image.tag": "string",
    "web.sidecar.securityContext.container": "SecurityContext",
    "web.sidecar.securityContext.pod": "map",
}
WEB, API = "Deployment insurance/web", "StatefulSet insurance/api"
HELPER, MAIN, THIRD = (f"spec.template.spec.containers[{index}]" for index in range(3))
SET = {
    "more": [{"name": "third", "image": "third:1", "securityContext": {"runAsUser": 5}}],
    "api": {"image": {"tag": "3"}},
}


@needs_helm
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ["image"],
            {
                # what only has the word in it, the pull policy, is left out
                (WEB, HELPER): ["web.sidecar.image.name", "web.sidecar.image.tag"],
                # what is set comes first
                (WEB, MAIN): ["api.image.tag", "api.image.registry"],
                (WEB, THIRD): ["more[0].image"],
                (API, ""): [],
                ("Deployment insurance/nowhere", ""): [],
            },
        ),
        (
            ["securityContext"],
            {
                (WEB, HELPER): ["web.sidecar.securityContext.container"],
                # of the template's pod, and not of a container
                (WEB, "spec.template.spec.securityContext"): ["web.sidecar.securityContext.pod"],
                # it would act if there were more replicas, and does not
                (WEB, MAIN): [],
                (WEB, THIRD): ["more[0].securityContext"],
            },
        ),
        (["replica"], {(WEB, ""): ["web.replicas"], (API, ""): ["api.replicaCount"]}),
        # a flag has nothing in it that is found again
        (["automount"], {(WEB, ""): ["account.automountToken"], (API, ""): []}),
        (["nothing"], {(WEB, ""): []}),
    ],
    ids=lambda case: case[0] if isinstance(case, list) else "",
)
def test_what_changes_a_field_is_found_whatever_the_chart_calls_it(
    words: list[str], expected: Mapping[tuple[str, str], list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDPLAN_CACHE_DIR", str(tmp_path / "cache"))
    facts = replace(chart("vault"), value_types=KNOWN, dependencies=(), doubts={})
    monkeypatch.setattr(rendering, "locked_chart_of", lambda _: "claims")
    monkeypatch.setattr(rendering, "locked_chart", lambda _: facts)
    one = release(write_chart(tmp_path / "claims", CHART), SET)
    wanted = {
        (title, parse_path(place)): [parse_path(way) for way in ways] for (title, place), ways in expected.items()
    }
    with rendering_for(Target("1.34")) as renders:
        found: dict[Any, Any] = renders.leads(one, words, wanted)

    assert found == wanted
    with rendering_for(Target("1.34")) as renders:
        monkeypatch.setattr(rendering, "Leads", None)
        assert renders.leads(one, words, wanted) == wanted, "a second time it is kept"
