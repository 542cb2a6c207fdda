"""A chart is locked by a command: read where it is, written as facts, compared with what was there."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.charts import tree
from groundplan.charts.locks import schema_of
from groundplan.cli import main
from tests.charts.sources.serving import Served, chart_archive, sha256

TEMPLATE = (
    b"apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\nspec:\n  ports: {{ .Values.ports }}\n"
)
FILES = {"values.yaml": b"name: shop\nports: []\nold: 1\n", "templates/all.yaml": TEMPLATE}
NEWER = {
    "values.yaml": b"name: shop\nports: {}\nfresh: 1\n",
    "templates/all.yaml": TEMPLATE + b"x: {{ .Values.fresh }}\n",
}

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lock of its own."""
    (tmp_path / "data" / "charts").mkdir(parents=True)
    monkeypatch.setattr(tree, "data_folder", lambda: tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["groundplan", "charts", "lock", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capfd.readouterr()
        assert "Traceback" not in said.err
        return int(ended.value.code or 0), said.out, said.err

    return run


def entry(data: Path, name: str = "shop") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data / "charts" / f"{name}.json").read_text())
    return found


def test_a_chart_of_a_repository_is_locked_with_the_digest_of_its_archive(run: Run, served: Served, data: Path) -> None:
    archive = chart_archive(files=FILES)
    served.has_release(archive)
    code, out, err = run("shop", "--from", served.repository)
    assert (code, err) == (0, "")
    assert "shop 1.2.0: 2 values, 1 kinds of objects" in out
    locked = entry(data)
    assert locked["values"] == {"name": "string", "ports": "list"}
    assert locked["unread"] == ["old"]
    assert locked["kinds"] == ["v1 Service"]
    assert (locked["digest"], locked["repository"]) == (sha256(archive), served.repository)


def test_a_newer_version_tells_what_is_different(run: Run, served: Served, data: Path) -> None:
    served.has_release(chart_archive(files=FILES))
    assert run("shop", "--from", served.repository)[0] == 0
    served.has_release(chart_archive(version="2.0.0", files=NEWER), version="2.0.0")
    code, out, _ = run("shop", "--from", served.repository, "--json")
    assert code == 0
    changes = json.loads(out)["changes"]
    assert (changes["before"], changes["now"]) == ("1.2.0", "2.0.0")
    assert (changes["new"], changes["gone"], changes["other_types"]) == (["fresh"], [], {"ports": ["list", "object"]})
    assert entry(data)["values"]["fresh"] == "integer"


def test_a_folder_and_its_archive_are_read_alike_and_a_folder_has_no_digest(
    run: Run, tmp_path: Path, data: Path
) -> None:
    archive = tmp_path / "shop-1.2.0.tgz"
    archive.write_bytes(chart_archive(files=FILES))
    assert run("shop", "--from", str(archive), "--repository", "https://charts.example.com")[0] == 0
    of_archive = entry(data)
    shutil.unpack_archive(archive, tmp_path, "gztar")
    assert run("shop", "--from", str(tmp_path / "shop"), "--repository", "https://charts.example.com")[0] == 0
    assert entry(data) == {**of_archive, "digest": ""}


def test_what_a_person_settled_is_kept(run: Run, tmp_path: Path, data: Path) -> None:
    all_at_once = {**FILES, "templates/all.yaml": b"kind: ConfigMap\ndata: {{ toYaml .Values }}\n"}
    archive = tmp_path / "shop.tgz"
    archive.write_bytes(chart_archive(files=all_at_once))
    words = ("shop", "--from", str(archive), "--repository", "https://charts.example.com")
    assert run(*words)[0] == 0
    before = entry(data)
    assert list(before["doubts"]) == [""]
    before["settled"] = {"": "it is only for the record"}
    (data / "charts" / "shop.json").write_text(json.dumps(before))
    assert run(*words)[0] == 0
    after = entry(data)
    assert (after["doubts"], after["settled"]) == ({}, before["settled"])


WRONG = {
    "no repository is known": (("shopp", "--from", "{archive}"), 2, "nothing says which repository it is in"),
    "a chart that is nowhere": (("vault", "--from", "no/such/folder"), 2, "no/such/folder"),
    "a template that Go refuses": (("vault", "--from", "{broken}"), 2, "templates/all.yaml:2: end without a beginning"),
}


@pytest.mark.parametrize(("words", "code", "said"), WRONG.values(), ids=list(WRONG))
def test_what_cannot_be_locked_is_told_and_leaves_the_lock_as_it_is(
    run: Run, tmp_path: Path, data: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    places = {"archive": tmp_path / "shop.tgz", "broken": tmp_path / "broken.tgz"}
    places["archive"].write_bytes(chart_archive(files=FILES))
    places["broken"].write_bytes(chart_archive("vault", files={**FILES, "templates/all.yaml": b"a: 1\n{{ end }}"}))
    got, _, err = run(*(word.format(**places) for word in words))
    assert got == code
    assert said in " ".join(err.split())
    assert list((data / "charts").iterdir()) == []


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner)
)
TYPES = st.sampled_from(["string", "integer", "boolean", "object", "array", "null"])
SCHEMAS = st.recursive(
    st.fixed_dictionaries(
        {}, optional={"type": TYPES, "description": st.text(), "title": st.just("t"), "enum": st.just([1, "a"])}
    ),
    lambda inner: st.fixed_dictionaries(
        {"default": LEAVES},
        optional={
            # a value may be called as a word of a schema is
            "properties": st.dictionaries(st.sampled_from(["a", "title", "default"]), inner),
            "items": inner,
            "additionalProperties": inner | st.booleans(),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "examples": st.just([{}]),
        },
    ),
)


@given(SCHEMAS, VALUES)
def test_a_schema_without_its_words_gives_the_same_verdict(schema: dict[str, Any], value: Any) -> None:
    assert jsonschema_rs.is_valid(schema_of(schema), value) == jsonschema_rs.is_valid(schema, value)


def test_words_of_a_schema_go_and_values_of_the_same_name_stay() -> None:
    schema = {"title": "x", "properties": {"title": {"type": "string", "description": "y"}}, "enum": [{"title": 1}]}
    assert schema_of(schema) == {"properties": {"title": {"type": "string"}}, "enum": [{"title": 1}]}
