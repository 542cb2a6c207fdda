"""The charts' own schemas are run, as Helm runs them before it renders; values that no template reads are told."""

from __future__ import annotations

from typing import Any

import pytest

from groundplan.charts import chart, check_values, value_warnings

LEVELS = "give 'panic', 'debug', 'info', 'warning', 'error' or 'fatal'"
RECORD_TYPES = {"managedRecordTypes": [1]}
REFUSED: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "a value outside an enumeration": ("external-dns", {"logLevel": "loud"}, "values.logLevel", LEVELS),
    "a number of the wrong type": (
        "cert-manager",
        {"replicaCount": "two"},
        "values.replicaCount",
        "write it without quotes",
    ),
    "an item": ("external-dns", RECORD_TYPES, "values.managedRecordTypes[0]", 'write it as text: "1"'),
}


@pytest.mark.parametrize(("name", "values", "path", "cure"), REFUSED.values(), ids=list(REFUSED))
def test_what_the_chart_refuses_is_refused_once(name: str, values: dict[str, Any], path: str, cure: str) -> None:
    [problem] = check_values(chart(name), values, where="values")
    assert (problem.path, problem.cure) == (path, cure)


def test_what_only_terraform_knows_is_right_for_a_schema_too() -> None:
    values = {"logLevel": "${var.level}", "managedRecordTypes": ["${var.type}"], "interval": None}
    assert check_values(chart("external-dns"), values, where="values") == []


def test_what_a_schema_asks_for_may_stand_in_the_charts_defaults() -> None:
    # provider is required together with its name, and both have defaults
    assert check_values(chart("external-dns"), {"provider": {"webhook": {"env": []}}}, where="values") == []


def test_a_value_that_the_chart_shows_and_forgets_is_told_as_that() -> None:
    [problem] = check_values(chart("vault"), {"csi": {"daemonSet": {"kubeletRootDir": "/x"}}}, where="values")
    assert problem.path == "values.csi.daemonSet.kubeletRootDir"
    assert "no template reads it: setting it does nothing" in problem.message


LEGAL: dict[str, tuple[str, dict[str, Any]]] = {
    "Loki's digests": ("loki", {"loki": {"image": {"digest": "sha256:0"}}}),
    "Loki's containers": ("loki", {"ingester": {"containerSecurityContext": {"runAsNonRoot": True}, "lifecycle": {}}}),
    "Tempo's spread": ("tempo-distributed-2x", {"ingester": {"topologySpreadConstraints": "x"}}),
    "Velero's maps": ("velero", {"configMaps": {"one": {"data": {"a": "b"}}}}),
}


@pytest.mark.parametrize(("name", "values"), LEGAL.values(), ids=list(LEGAL))
def test_what_templates_read_beside_the_defaults_is_taken(name: str, values: dict[str, Any]) -> None:
    assert check_values(chart(name), values, where="values") == []


@pytest.mark.parametrize("name", ["istiod", "kiali-server"])
def test_where_a_chart_hands_all_values_on_a_miss_is_a_warning(name: str) -> None:
    assert list(chart(name).doubts) == [""]
    assert check_values(chart(name), {"pilto": {}}, where="values") == []
    [warning] = value_warnings(chart(name), {"pilto": {}}, where="values")
    assert warning.path == "values.pilto"
    assert warning.message.endswith(chart(name).doubts[""])
