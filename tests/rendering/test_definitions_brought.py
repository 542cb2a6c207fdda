"""Of the definitions in folders `crds` those come that Helm would install: of charts inside that take part."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from groundplan.rendering.engines import Target
from groundplan.rendering.rendering import Outcome

from .charts import FILES, needs_helm, release, rendering_for, write_chart

TARGET = Target("1.33")


def _definition(kind: str) -> str:
    return FILES["crds/widgets.yaml"].replace("Widget", kind).replace("widgets", f"{kind.lower()}s")


def _inside(name: str, kind: str, **more: str) -> dict[str, str]:
    folder = f"charts/{name}"
    return {
        f"{folder}/Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n",
        f"{folder}/crds/{kind.lower()}.yaml": _definition(kind),
        **{f"{folder}/{path}": text for path, text in more.items()},
    }


CHART = {
    **FILES,
    "Chart.yaml": """
        apiVersion: v2
        name: claims
        version: 1.2.3
        dependencies:
        - {name: definitions, version: 1.0.0, condition: definitions.install}
        - {name: tagged, version: 1.0.0, tags: [extras]}
        - {name: copied, version: 1.0.0, alias: first}
        - {name: copied, version: 1.0.0, alias: second, condition: second.enabled}
        """,
    "values.yaml": FILES["values.yaml"].rstrip() + "\n        definitions:\n          install: true\n",
    # nothing but definitions: no template tells whether it takes part
    **_inside("definitions", "Gadget"),
    **_inside("tagged", "Tag", **{"Chart.yaml": "apiVersion: v2\nname: tagged\nversion: 1.0.0\ntype: library\n"}),
    **_inside("copied", "Copy", **{"crds/notes.txt": "no definition", "crds/Deep/MORE.YAML": _definition("Deep")}),
    "charts/copied/charts/deeper/Chart.yaml": "apiVersion: v2\nname: deeper\nversion: 1.0.0\n",
    "charts/copied/charts/deeper/crds/inner.yaml": _definition("Inner"),
}


def _kinds(outcome: Outcome) -> dict[str, str]:
    assert outcome.problem is None
    return {
        one.document["spec"]["names"]["kind"]: one.template
        for one in outcome.objects or ()
        if one.kind == "CustomResourceDefinition"
    }


@needs_helm
@pytest.mark.parametrize("named", ["", "helm"])
def test_definitions_of_a_chart_inside_that_takes_no_part_are_not_installed(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if named and not shutil.which(named):
        pytest.skip("there is no helm on PATH")
    monkeypatch.setenv("GROUNDPLAN_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("GROUNDPLAN_HELM", named)
    chart = write_chart(tmp_path / "claims", CHART)
    off: dict[str, Any] = {"definitions": {"install": False}, "tags": {"extras": False}}
    with rendering_for(TARGET) as rendering:
        everything = rendering.outcome(release(chart, {}))
        without = rendering.outcome(release(chart, off))
        skipped = rendering.outcome(replace(release(chart, {}), skips_definitions=True))

    brought = _kinds(everything)
    # Helm 3 and 4 name what is in a chart of another name differently
    assert brought.pop("Inner").endswith("/charts/deeper/crds/inner.yaml")
    assert brought == {
        "Widget": "claims/crds/widgets.yaml",
        "Gadget": "claims/charts/definitions/crds/gadget.yaml",
        "Tag": "claims/charts/tagged/crds/tag.yaml",
        "Copy": "claims/charts/first/crds/copy.yaml",
        "Deep": "claims/charts/first/crds/Deep/MORE.YAML",
    }
    assert sorted(_kinds(without)) == ["Copy", "Deep", "Inner", "Widget"]
    assert sum(one.kind == "CustomResourceDefinition" for one in everything.objects or ()) == 6
    # what `skip_crds` of a release says, with all else as it was
    assert _kinds(skipped) == {}
    assert len(skipped.objects or ()) == len(everything.objects or ()) - 6
