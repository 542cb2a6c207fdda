from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cdktf_cdktf_provider_kubernetes.config_map_v1 import ConfigMapV1, ConfigMapV1Metadata
from hypothesis import given
from hypothesis import strategies as st

from groundplan.applications.syntaxes.blocks import ALLOY, read
from groundplan.building import OnlyIf, Written, alloy_block, alloy_text
from groundplan.framework import Inputs, Module, Outputs, field, output
from groundplan.problems import BadInput
from tests.support.planning import plan_module

WRITE = alloy_block("loki.write", "loki", alloy_block("endpoint", "", url="http://loki/loki/api/v1/push"))


class TextInputs(Inputs):
    """What a text is made of."""

    url: str = field("where to", default='http://loki/"quoted"/${x}')
    labels: dict[str, str] = field("labels", default={"a-b": 'say "a"', "cluster": "prod"})
    names: list[str] = field("namespaces", default=["one", "two"])
    samples: int = field("how many", default=100)
    whole: bool = field("all of it, or as little as there can be", default=True)


class TextOutputs(Outputs):
    """Nothing that matters."""

    name: str = output("the name")


class Texts(Module[TextInputs, TextOutputs]):
    """A text of every kind of value."""

    def build(self, given: TextInputs) -> TextOutputs:
        receiver = Written("loki.write.loki.receiver")
        text = alloy_text(
            self,
            "text",
            [
                alloy_block(
                    "loki.write",
                    "loki",
                    alloy_block("endpoint", "", url=given.url, name=OnlyIf(given.whole, "first")),
                    external_labels=given.labels,
                    max_streams=given.samples,
                ),
                alloy_block(
                    "loki.source.kubernetes_events",
                    "events",
                    alloy_block("clustering", enabled=given.whole),
                    only_when=given.whole,
                    namespaces=given.names,
                    forward_to=[receiver],
                ),
                alloy_block(
                    "loki.process",
                    "two",
                    forward_to=[OnlyIf(given.whole, Written("loki.echo.all.receiver")), receiver],
                ),
                alloy_block("loki.echo", "all"),
            ],
        )
        metadata = ConfigMapV1Metadata(name="alloy", namespace="monitoring")
        ConfigMapV1(self, "text", metadata=metadata, data={"config.alloy": text})
        return TextOutputs(name="alloy")


class Scope:
    """A module that is being built, as far as a message asks."""

    def folder(self) -> Path:
        return Path(__file__).parent

    def project(self) -> Path:
        return Path(__file__).parents[2]


def _refused(*blocks: Any) -> list[str]:
    scope: Any = Scope()
    with pytest.raises(BadInput) as refused:
        alloy_text(scope, "logs", blocks)
    return [f"{problem.path}: {problem.message}" for problem in refused.value.problems]


def _read(inputs: TextInputs, folder: Path) -> dict[str, Any]:
    data = plan_module(Texts, inputs, folder).resource("kubernetes_config_map_v1.text")["data"]
    return read(data["config.alloy"], ALLOY).content


def test_terraform_fills_in_a_text_that_alloy_reads_as_it_was_meant(tmp_path: Path) -> None:
    found = _read(TextInputs(), tmp_path / "whole")
    (write,) = found["loki.write"]["loki"]
    assert write["external_labels"] == {"a-b": 'say "a"', "cluster": "prod"}
    assert (write["max_streams"], write["endpoint"]) == (100, [{"url": 'http://loki/"quoted"/${x}', "name": "first"}])
    (events,) = found["loki.source.kubernetes_events"]["events"]
    assert (events["namespaces"], events["clustering"]) == (["one", "two"], [{"enabled": True}])
    assert len(found["loki.process"]["two"][0]["forward_to"]) == 2

    found = _read(TextInputs(whole=False, labels={}, names=[]), tmp_path / "little")
    assert "loki.source.kubernetes_events" not in found
    assert found["loki.write"]["loki"][0]["external_labels"] == {}
    assert found["loki.write"]["loki"][0]["endpoint"][0].keys() == {"url"}
    assert len(found["loki.process"]["two"][0]["forward_to"]) == 1


def test_what_alloy_does_not_have_is_an_error_with_its_place_and_the_nearest_name() -> None:
    (said,) = _refused(alloy_block("loki.wirte", "loki"))
    assert said == "Scope.logs, loki.wirte: Alloy 1.18.1 knows no loki.wirte here: Alloy refuses it and does not start"
    (said,) = _refused(alloy_block("loki.write", "loki", alloy_block("endpoint", "", adress="x", url="http://x/")))
    assert "loki.write.loki.endpoint.adress" in said
    (said,) = _refused(WRITE, alloy_block("loki.process", "kept", forward_to=[Written("loki.write.lokki.receiver")]))
    assert "loki.process.kept.forward_to[0]" in said
    assert "loki.write.lokki" in said
    (said,) = _refused(
        alloy_block("prometheus.remote_write", "mimir", alloy_block("endpoint", "", url="http://x/")),
        alloy_block("loki.process", "kept", forward_to=[Written("prometheus.remote_write.mimir.receiver")]),
    )
    assert "loki.process.kept.forward_to[0]" in said
    (said,) = _refused(alloy_block("loki.process", "kept", forward_to=[], stage="x"))
    assert "loki.process.kept.stage" in said


def test_what_is_there_only_sometimes_is_looked_at_too() -> None:
    (said,) = _refused(alloy_block("loki.echo", "all", only_when="${var.whole}", levell=OnlyIf("${var.whole}", "x")))
    assert "loki.echo.all.levell" in said


@given(st.text().filter(lambda text: not {"${", "%{", "#{"} & {text[i : i + 2] for i in range(len(text))}))
def test_any_text_is_read_as_it_was_meant(text: str) -> None:
    scope: Any = Scope()
    written = alloy_text(scope, "text", [alloy_block("loki.write", "all", external_labels={"a": text})])
    assert read(written, ALLOY).content["loki.write"]["all"][0]["external_labels"] == {"a": text}
