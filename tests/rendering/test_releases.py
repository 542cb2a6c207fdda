"""What a plan says of its releases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from groundplan.objects.schemas import versions_at_hand
from groundplan.rendering import render_all
from groundplan.rendering.releases import Release, releases_of

from .charts import needs_helm, write_chart

needs_schemas = pytest.mark.skipif(not versions_at_hand(), reason="the package kubernetes-validate is missing")

AFTER = {
    "name": "vault",
    "namespace": "vault",
    "repository": "https://helm.releases.hashicorp.com",
    "chart": "vault",
    "version": "0.34.1",
    "values": ["{}\n", "server:\n  ha:\n    replicas: 3\n", "server:\n  ha: {enabled: on}\n"],
}


def _plan(after: Mapping[str, Any] | None, **change: Any) -> dict[str, Any]:
    resource = {
        "address": 'module.a.helm_release.vault["x"]',
        "mode": "managed",
        "type": "helm_release",
        "change": {"before": None, "after": after, "after_unknown": {}, **change},
    }
    return {"resource_changes": [resource, {"mode": "data", "type": "helm_release"}, {"type": "aws_kms_key"}]}


def _release(after: Mapping[str, Any], **change: Any) -> Release:
    (found,) = releases_of("prod-a", _plan(after, **change), Path("stack"))
    return found


def test_documents_go_over_one_another_and_set_over_them_all() -> None:
    settings = [{"name": "server.ha.replicas", "value": "5"}, {"name": "ui.enabled", "value": "true"}]
    found = _release({**AFTER, "set": settings})

    assert found.values == {"server": {"ha": {"replicas": 5, "enabled": True}}, "ui": {"enabled": True}}
    assert found.title == "vault 0.34.1"
    assert not found.unreadable


def test_a_release_says_whether_helm_leaves_out_the_folder_of_definitions() -> None:
    plain, skipping = _release({**AFTER, "skip_crds": False}), _release({**AFTER, "skip_crds": True})

    assert (plain.skips_definitions, skipping.skips_definitions) == (False, True)
    assert plain.makes_the_same_as(_release(AFTER))
    assert not plain.makes_the_same_as(skipping)


def test_a_release_that_goes_is_there_before_and_not_after() -> None:
    plan = _plan(None, before=AFTER)

    assert releases_of("prod-a", plan, Path("stack")) == []
    (before,) = releases_of("prod-a", plan, Path("stack"), before=True)
    assert before.values["server"]["ha"]["replicas"] == 3


def test_what_only_an_apply_tells_is_left_out_and_said_unless_somebody_has_made_it_up() -> None:
    known, late = AFTER["values"][1], "server:\n  service: {annotations: {arn: made-up}}\n"
    plan = _plan({**AFTER, "values": [known, None]}, after_unknown={"values": [False, True]})
    attributes = {"values": [known, late], "set": None}
    state = {
        "resources": [
            {
                "module": "module.a",
                "type": "helm_release",
                "name": "vault",
                "instances": [{"index_key": "x", "attributes": attributes}],
            }
        ]
    }

    (left_out,) = releases_of("prod-a", plan, Path("stack"))
    (made_up,) = releases_of("prod-a", plan, Path("stack"), supposed=state)

    assert left_out.values == {"server": {"ha": {"replicas": 3}}}
    assert made_up.values["server"]["service"] == {"annotations": {"arn": "made-up"}}
    assert left_out.unknown == made_up.unknown == ("document 2 of 2 of its values is known only after apply",)
    assert (left_out.is_supposed, made_up.is_supposed) == (False, True)


@pytest.mark.parametrize(
    ("change", "unknown", "says"),
    [
        ({"version": None}, {"version": True}, "its version is known only after apply"),
        ({"values": ["a: ["]}, {}, "document 1 of its values is no YAML"),
        ({"values": ["- a"]}, {}, "document 1 of its values is no map"),
        ({"set": [{"name": "a[0]", "value": "b"}]}, {}, "a[0] is set in a way that only Helm itself reads"),
        ({"set": [{"name": "a", "value": "{b,c}"}]}, {}, "a is set in a way that only Helm itself reads"),
        ({"set_list": [{"name": "a", "value": ["b"]}]}, {}, "set_list is set in a way"),
    ],
)
def test_what_cannot_be_rendered_says_why(change: dict[str, Any], unknown: dict[str, Any], says: str) -> None:
    assert says in _release({**AFTER, **change}, after_unknown=unknown).unreadable


@pytest.mark.parametrize(
    ("value", "kind", "read"),
    [
        ("true", None, True),
        ("FALSE", "", False),
        ("12", None, 12),
        ("012", None, "012"),
        ("1.5", None, "1.5"),
        ("null", None, None),
        ("12", "string", "12"),
        ("a,b", "literal", "a,b"),
    ],
)
def test_a_setting_is_what_helms_own_reader_makes_of_it(value: str, kind: str | None, read: Any) -> None:
    assert _release({**AFTER, "values": [], "set": [{"name": "a", "value": value, "type": kind}]}).values == {"a": read}


def test_a_chart_without_a_repository_lies_in_the_stacks_folder_and_an_address_is_no_folder() -> None:
    local = _release({**AFTER, "repository": None, "chart": "modules/a/charts/resources", "version": None})
    address = _release({**AFTER, "repository": None, "chart": "oci://registry.example.com/charts/vault"})

    assert local.folder == Path("stack/modules/a/charts/resources")
    assert local.chart == "resources"
    assert address.folder is None


def test_secrets_are_marked_so_that_nothing_of_them_is_kept() -> None:
    assert not _release(AFTER).is_sensitive
    assert _release(AFTER, after_sensitive={"values": [False, True]}).is_sensitive
    assert _release({**AFTER, "set_sensitive": [{"name": "a", "value": "b"}]}).is_sensitive


@pytest.mark.parametrize(
    "text", ["", "no JSON", "[]", "null", '{"resource_changes": null}', '{"resource_changes": [1]}']
)
def test_what_is_no_plan_has_no_release_and_is_told_by_whoever_judges_it(tmp_path: Path, text: str) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(text)

    assert render_all({"a": plan, "b": tmp_path / "gone.json"}, {}, None).stacks == {"a": (), "b": ()}


def test_a_plan_without_a_manifest_is_looked_at_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GROUNDPLAN_CHARTS", raising=False)
    monkeypatch.setenv("GROUNDPLAN_CACHE_DIR", str(tmp_path))
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(_plan(AFTER)))

    (outcome,) = render_all({"a": plan}, {}, None).stacks["a"]

    assert outcome.objects is None
    assert outcome.why


@needs_helm
@needs_schemas
def test_a_chart_hears_that_a_cluster_has_the_kinds_of_kubernetes_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDPLAN_CACHE_DIR", str(tmp_path / "cache"))
    write_chart(tmp_path / "stack" / "charts" / "claims")
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(_plan({**AFTER, "repository": None, "chart": "charts/claims", "version": None})))

    (outcome,) = render_all({"a": plan}, {"a": tmp_path / "stack"}, None, prove=False).stacks["a"]

    (service,) = [one.document for one in outcome.objects or () if one.kind == "Service"]
    assert service["metadata"]["annotations"]["classes"] == "true"
    assert service["metadata"]["annotations"]["monitored"] == "false"
