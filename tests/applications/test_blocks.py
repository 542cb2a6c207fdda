"""Texts of attributes and blocks: HCL of version 1, and Alloy's syntax."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.applications import check_alloy, judge_object, judge_values
from groundplan.applications.syntaxes.blocks import ALLOY, HCL, Dialect, NotReadable, read
from groundplan.applications.written import Block
from groundplan.charts import chart

_NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,6}", fullmatch=True).filter(
    lambda name: name not in ("true", "false", "null")
)
_SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="$\x7f"), max_size=8),
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_NAMES, inner, max_size=3)),
    max_leaves=5,
)
_BODIES = st.recursive(
    st.dictionaries(_NAMES, _VALUES, max_size=3),
    lambda inner: st.dictionaries(
        _NAMES, st.one_of(_VALUES, st.lists(inner.map(Block), min_size=1, max_size=2)), max_size=3
    ),
    max_leaves=4,
)


def _written(value: Any, indent: str, dialect: Dialect) -> str:
    if isinstance(value, dict):
        comma = "," if dialect is ALLOY else ""
        inside = "".join(
            f"\n{indent}  {key} = {_written(item, indent + '  ', dialect)}{comma}" for key, item in value.items()
        )
        return f"{{{inside}\n{indent}}}" if value else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(_written(item, indent, dialect) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _body(content: dict[str, Any], dialect: Dialect, indent: str = "") -> str:
    lines = []
    for name, value in content.items():
        if isinstance(value, list) and value and all(isinstance(each, Block) for each in value):
            lines += [f"{indent}{name} {{\n{_body(each, dialect, indent + '  ')}{indent}}}\n" for each in value]
        else:
            lines.append(f"{indent}{name} = {_written(value, indent, dialect)} // said\n")
    return "\n".join(lines)


@pytest.mark.parametrize("dialect", [ALLOY, HCL], ids=["alloy", "hcl"])
@settings(max_examples=40, deadline=None)
@given(content=_BODIES)
def test_what_is_written_is_read_back(dialect: Dialect, content: dict[str, Any]) -> None:
    assert read(_body(content, dialect), dialect).content == content


@settings(max_examples=100, deadline=None)
@given(
    text=st.lists(
        st.sampled_from(
            [
                '"',
                "a",
                "b.c",
                " ",
                "\n",
                "{",
                "}",
                "[",
                "]",
                "=",
                ",",
                "(",
                ")",
                "1",
                "`",
                "#",
                "//",
                "${",
                "<<E\n",
                "\\",
            ]
        ),
        max_size=25,
    ).map("".join),
    dialect=st.sampled_from([ALLOY, HCL]),
)
def test_any_text_is_read_or_refused_with_a_line_of_it(text: str, dialect: Dialect) -> None:
    refused = None
    try:
        read(text, dialect)
    except NotReadable as error:
        refused = error
    assert refused is None or (1 <= refused.line <= text.count("\n") + 1 and refused.reason)


def test_texts_that_never_end_are_refused_at_once() -> None:
    for text in ('a = "' + "${x}" * 2_000, "a = " + "[" * 5_000, "a {\n" * 5_000, "/*" * 2_000):
        with pytest.raises(NotReadable):
            read(text, ALLOY)


PIPELINE = r"""
logging {
  level = "info"
}
discovery.kubernetes "pods" {
  role = "pod"
}
prometheus.scrape "pods" {
  targets         = discovery.kubernetes.pods.targets
  forward_to      = [prometheus.remote_write.mimir.receiver]
  scrape_interval = "30s"
  clustering {
    enabled = true
  }
}
prometheus.remote_write "mimir" {
  endpoint {
    url     = "http://mimir/api/v1/push"
    headers = {"X-Scope-OrgID" = sys.env("TENANT")}
  }
}
loki.source.kubernetes "pods" {
  targets    = concat(discovery.kubernetes.pods.targets, [{__address__ = "x"}])
  forward_to = [loki.process.pods.receiver]
}
loki.process "pods" {
  stage.match {
    selector = `{a="b"}`
    stage.drop {
      source = "x"
    }
  }
  forward_to = [loki.write.loki.receiver]
}
loki.write "loki" {
  endpoint {
    url = "http://loki/loki/api/v1/push"
  }
}
declare "twice" {
  argument "targets" { }
  prometheus.scrape "inner" {
    targets    = argument.targets.value
    forward_to = []
  }
  export "output" {
    value = argument.targets.value
  }
}
twice "a" {
  targets = discovery.kubernetes.pods.targets
}
foreach "each" {
  collection = ["a"]
  var        = "one"
  template {
    prometheus.scrape "each" {
      targets    = [{"__address__" = one}]
      forward_to = [prometheus.remote_write.mimir.receiver]
    }
  }
}
"""


def _alloy(text: str) -> list[str]:
    values = {"alloy": {"configMap": {"content": text}}}
    found = judge_values(chart("alloy"), values, where="")
    assert found.warnings == []
    return [f"{each.path.partition(', ')[2]}: {each.message}; {each.cure}" for each in found.problems]


def test_a_pipeline_that_is_wired_is_let_be() -> None:
    assert _alloy(PIPELINE) == []


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (
            "remote_write.mimir.receiver]\n  scrape",
            "remote_write.mimr.receiver]\n  scrape",
            "line 10: prometheus.scrape.pods.forward_to[0]: nothing here is called prometheus.remote_write.mimr, and "
            "Alloy does not start; did you mean prometheus.remote_write.mimir?",
        ),
        (
            "prometheus.remote_write.mimir.receiver]\n  scrape",
            "loki.write.loki.receiver]\n  scrape",
            "line 10: prometheus.scrape.pods.forward_to[0]: takes a receiver of metrics, and loki.write.loki.receiver "
            "is a receiver of logs; put a component between the two that turns one into the other",
        ),
        (
            "loki.process.pods.receiver",
            "loki.process.pods.reciever",
            "line 24: loki.source.kubernetes.pods.forward_to[0]: loki.process.pods exports receiver, and no reciever; "
            "did you mean receiver?",
        ),
        (
            "scrape_interval",
            "scrape_intervall",
            "line 11: prometheus.scrape.pods.scrape_intervall: Alloy 1.18.1 knows no scrape_intervall here: Alloy "
            "refuses it and does not start; did you mean scrape_interval?",
        ),
        (
            '"30s"',
            "30",
            "line 11: prometheus.scrape.pods.scrape_interval: must be a duration with its unit, such as 30s or 1h30m, "
            'got 30; write it with its unit: "30s" are 30 seconds',
        ),
        (
            "clustering {",
            "clustering = {",
            "line 12: prometheus.scrape.pods.clustering: is written as a block, not as an attribute; write it without "
            "=, and with its label if it has one",
        ),
        (
            'url     = "http://mimir/api/v1/push"',
            "",
            "line 17: prometheus.remote_write.mimir.endpoint: Alloy 1.18.1 needs url here, and it is not set; set url",
        ),
        (
            'prometheus.scrape "pods"',
            'prometheus.scrap "pods"',
            "line 8: prometheus.scrap: Alloy 1.18.1 knows no prometheus.scrap here: Alloy refuses it and does not "
            "start; did you mean prometheus.scrape?",
        ),
        (
            'twice "a" {\n  targets = discovery.kubernetes.pods',
            'twice "a" {\n  targets = discovery.kubernetes.podz',
            "line 51: twice.a.targets: nothing here is called discovery.kubernetes.podz, and Alloy does not start",
        ),
        (
            "sys.env",
            "sys.envv",
            "line 19: prometheus.remote_write.mimir.endpoint.headers.X-Scope-OrgID: nothing here is called sys.envv, "
            "and Alloy does not start; did you mean sys.env?",
        ),
        (
            "enabled = true",
            "enabled = true, x = 1",
            "line 13: is not Alloy's syntax: a new line is expected, and there is ','; mend it there",
        ),
        (
            '[{"__address__" = one}]',
            '[{"__address__" = two}]',
            "line 58: foreach.each.template.prometheus.scrape.each.targets[0].__address__: nothing here is called two",
        ),
    ],
)
def test_a_pipeline_that_alloy_would_not_start_with_is_an_error_with_its_line(was: str, now: str, said: str) -> None:
    assert was in PIPELINE
    (found,) = _alloy(PIPELINE.replace(was, now))
    assert found.startswith(said)


def test_blocks_that_are_no_text_yet_are_held_to_the_same() -> None:
    wrong = {"prometheus.scrap": {"pods": [{"targets": []}]}}
    assert [str(each) for each in check_alloy(wrong, where="prod.observability.alloy")] == [
        "prod.observability.alloy, prometheus.scrap: Alloy 1.18.1 knows no prometheus.scrap here: Alloy refuses it and "
        "does not start\n    did you mean prometheus.scrape?",
    ]


def test_a_template_is_looked_at_when_it_is_filled_in() -> None:
    content = 'loki.process "a" {\n  stage.template {\n    source = "x"\n    template = "{{ .Value }}"\n  }\n}\n'
    judged = judge_values(chart("alloy"), {"alloy": {"configMap": {"content": content}}}, where="")
    assert (judged.problems, judged.unchecked) == ([], {"Alloy": 1})
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}, "data": {"config.alloy": content}}
    (problem,) = judge_object(config_map, where="object", chart=chart("alloy")).problems
    assert problem.path == "object.data.config\\.alloy, line 1: loki.process.a"
    assert problem.message == "Alloy 1.18.1 needs forward_to here, and it is not set"


def _vault(text: str) -> tuple[list[str], list[str]]:
    found = judge_values(chart("vault"), {"server": {"ha": {"raft": {"config": text}}}}, where="")
    return [str(each) for each in found.problems], [f"{each.path}: {each.message}" for each in found.warnings]


SERVER = """
ui            = true
disable_mlock = true
listener "tcp" {
  address         = "[::]:8200"
  tls_min_version = "tls12"
  telemetry { unauthenticated_metrics_access = true }
}
storage "raft" {
  path = "/vault/data"
  retry_join { leader_api_addr = "https://vault-0.vault-internal:8200" }
  retry_join { leader_api_addr = "https://vault-1.vault-internal:8200" }
}
seal "awskms" {
  region     = "us-east-1"
  kms_key_id = "alias/vault"
}
service_registration "kubernetes" {}
telemetry { prometheus_retention_time = "24h" }
"""


def test_a_server_configuration_that_vault_reads_is_let_be() -> None:
    assert _vault(SERVER) == ([], [])


def test_a_server_configuration_that_is_a_template_is_looked_at_when_it_is_printed() -> None:
    text = 'cluster_name = "{{ .Release.Name }}"\nstorage "raft" {\n  pth = "/vault/data"\n}\n'
    values = {"server": {"ha": {"raft": {"config": text}}}}
    judged = judge_values(chart("vault"), values, where="")
    assert (judged.problems, judged.warnings, judged.unchecked) == ([], [], {"Vault": 1})
    printed = {"extraconfig-from-values.hcl": text.replace("{{ .Release.Name }}", "vault")}
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}, "data": printed}
    (warning,) = judge_object(config_map, where="object", chart=chart("vault")).warnings
    assert warning.path == "object.data.extraconfig-from-values\\.hcl, line 3: storage.raft.pth"
    assert (
        judge_values(chart("vault"), {"server": {"ha": {"raft": {"config": '{"ui": true}'}}}}, where="").problems == []
    )


def test_what_a_vault_of_another_version_does_not_know_is_a_warning_and_what_is_no_hcl_an_error() -> None:
    problems, warnings = _vault(SERVER.replace("retry_join", "retry_jion", 1).replace("tls12", "tls9"))
    assert problems == []
    place = "server.ha.raft.config, line"
    doubt = "(not sure: what is known is of Vault 1.21.4, and the chart brings 2.0.4)"
    assert warnings == [
        f"{place} 6: listener.tcp.tls_min_version: must be one of tls10, tls11, tls12, tls13, got 'tls9' {doubt}",
        f"{place} 11: storage.raft.retry_jion: Vault 1.21.4 knows no retry_jion here: Vault warns of it, or ignores it "
        f"{doubt}",
    ]
    problems, warnings = _vault(SERVER.replace('"raft" {', '"raft"'))
    assert warnings == []
    assert problems[0].startswith(
        "server.ha.raft.config, line 9: is not HCL: after storage there must be = or a block, and there is the end of "
        "the line"
    )
