"""The library and the command make the same of a chart: each is the other's second opinion."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from groundplan.objects import read_manifest
from groundplan.rendering.engines import Helm, Made, Refused, Target, helm

from .charts import write_chart

COMMAND = shutil.which("helm")
TARGET = Target("1.33", ("monitoring.coreos.com/v1",))


def _made(chosen: Helm, chart: Path, values: dict[str, object]) -> Made | str:
    session = chosen.session()
    try:
        opened = session.open(chart)
        assert opened.defaults["port"] == 8080
        return opened.render(values, name="claims", namespace="insurance", target=TARGET)
    except Refused as refused:
        return str(refused)
    finally:
        session.close()


def _read(made: Made) -> dict[str, list[str]]:
    """The documents by template; the command sorts them by kind, and leaves out templates that make nothing."""
    found = {
        each.path: sorted(json.dumps(document, sort_keys=True) for document in read_manifest(each.text))
        for each in made.manifests
    }
    return {path: documents for path, documents in found.items() if documents}


def test_the_library_and_the_command_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = helm()
    if COMMAND is None or library is None or not library.name.startswith("helm-python-sdk"):
        pytest.skip("only one Helm is here, or none")
    monkeypatch.setenv("GROUNDPLAN_HELM", COMMAND)
    command = helm()
    assert command is not None
    chart = write_chart(tmp_path / "claims")
    compared = 0
    for values in ({}, {"metrics": {"enabled": True}}, {"port": None}, {"replicas": 3, "tolerateAll": True}):
        one, other = _made(library, chart, values), _made(command, chart, values)
        assert isinstance(one, Made) == isinstance(other, Made), values
        if isinstance(one, Made) and isinstance(other, Made):
            assert _read(one) == _read(other), values
        compared += 1
    assert compared == 4
