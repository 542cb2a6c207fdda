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

from groundplan.charts.locks import schema_of
from groundplan.cli import main
from tests.charts.sources.serving import Served, chart_archive, forget_lock, sha256

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
    shutil.unpack_archive(archive, tmp_path, "gztar", filter="data")
    assert run("shop", "--from", str(tmp_path / "shop"), "--repository", "https://charts.example.com")[0] == 0
    assert entry(data) == {**of_archive, "digest": ""}


def test_a_chart_is_locked_under_a_name_of_ones_own_and_again_without_saying_where_it_is(
    run: Run, served: Served, data: Path
) -> None:
    served.has_release(chart_archive("stall", files=FILES), name="stall")
    code, _, err = run("shop", "--from", served.repository)
    assert code == 2
    assert "has no chart shop" in " ".join(err.split())
    assert run("shop", "--from", served.repository, "--chart", "stall")[0] == 0
    assert entry(data)["chart"] == "stall"
    served.has_release(chart_archive("stall", "2.0.0", NEWER), name="stall", version="2.0.0")
    forget_lock()
    assert run("shop", "--version", "1.2.0")[0] == 0
    assert entry(data)["version"] == "1.2.0"
    assert run("shop")[0] == 0
    assert (entry(data)["chart"], entry(data)["version"]) == ("stall", "2.0.0")


def test_a_chart_of_a_registry_is_locked_again_from_there(run: Run, served: Served, data: Path) -> None:
    served.has_tag(chart_archive(files=FILES))
    assert run("shop", "--from", served.registry)[0] == 0
    newer = chart_archive(version="2.0.0", files=NEWER)
    served.has_tag(newer, tag="2.0.0")
    forget_lock()
    code, out, _ = run("shop")
    assert code == 0
    assert "shop 1.2.0 -> 2.0.0" in out
    assert (entry(data)["repository"], entry(data)["digest"]) == (served.registry, sha256(newer))


def test_a_version_that_was_published_again_is_not_locked_in_silence(run: Run, served: Served, data: Path) -> None:
    first = chart_archive(files=FILES)
    served.has_release(first)
    assert run("shop", "--from", served.repository)[0] == 0
    before = entry(data)
    served.answers.clear()
    second = chart_archive(files=NEWER)
    served.has_release(second)
    forget_lock()
    code, _, err = run("shop", "--version", "1.2.0")
    assert code == 2
    said = " ".join(err.split())
    assert f"its digest must be {sha256(first)}, got {sha256(second)}" in said
    assert "--republished" in said
    assert entry(data) == before
    assert run("shop", "--version", "1.2.0", "--republished")[0] == 0
    assert entry(data)["digest"] == sha256(second)


def test_a_lock_that_cannot_be_written_is_told_with_its_place(run: Run, served: Served, data: Path) -> None:
    served.has_release(chart_archive(files=FILES))
    (data / "charts" / "shop.json").mkdir()
    code, _, err = run("shop", "--from", served.repository)
    assert code == 3
    assert "charts/shop.json" in " ".join(err.split())
    assert "Remove the folder that stands where a file is needed" in " ".join(err.split())


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


HOME = ("--repository", "https://charts.example.com")
WRONG = {
    "definitions of a chart that has none": (
        ("vault", "--from", "{archive}", "--crds", *HOME),
        2,
        "no file of the chart has a CustomResourceDefinition",
    ),
    "definitions that are nowhere": (("vault", "--crds-from", "no/such"), 2, "no/such: is neither a file nor a folder"),
    "a folder without definitions": (("vault", "--crds-from", "{empty}"), 2, "no CustomResourceDefinition is in there"),
    "a chart and none": (("vault", "--crds-from", "{empty}", "--crds"), 2, "--crds-from: does not go with --crds"),
    "definitions that the API server refuses": (
        ("vault", "--from", "{bad}", "--crds", *HOME),
        2,
        "crds/shop.yaml: shops.example.com: is of apiextensions.k8s.io/v1beta1",
    ),
    "no repository is known": (("shopp", "--from", "{archive}"), 2, "nothing says which repository it is in"),
    "a chart that is nowhere": (("vault", "--from", "no/such/folder", *HOME), 2, "no/such/folder"),
    "a template that Go refuses": (
        ("vault", "--from", "{broken}", *HOME),
        2,
        "templates/all.yaml:2: end without a beginning",
    ),
}


@pytest.mark.parametrize(("words", "code", "said"), WRONG.values(), ids=list(WRONG))
def test_what_cannot_be_locked_is_told_and_leaves_the_lock_as_it_is(
    run: Run, tmp_path: Path, data: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    places = {"archive": tmp_path / "shop.tgz", "broken": tmp_path / "broken.tgz", "bad": tmp_path / "bad.tgz"}
    places["empty"] = tmp_path / "empty"
    places["empty"].mkdir()
    old = definition().replace(b"k8s.io/v1", b"k8s.io/v1beta1")
    places["bad"].write_bytes(chart_archive("vault", files={**FILES, "crds/shop.yaml": old}))
    places["archive"].write_bytes(chart_archive(files=FILES))
    places["broken"].write_bytes(chart_archive("vault", files={**FILES, "templates/all.yaml": b"a: 1\n{{ end }}"}))
    got, _, err = run(*(word.format(**places) for word in words))
    assert got == code
    assert said in " ".join(err.split())
    assert list((data / "charts").iterdir()) == []


def definition(kind: str = "Shop", versions: str = "v1", **fields: str) -> bytes:
    """A definition with these fields of the spec."""
    properties = {name: {"type": kind} for name, kind in fields.items()}
    spec = {
        "type": "object",
        "properties": properties,
        "required": [name for name in fields if name.startswith("must")],
    }
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
    plural = f"{kind.lower()}s"
    return json.dumps(
        {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.example.com"},
            "spec": {
                "group": "example.com",
                "scope": "Namespaced",
                "names": {"kind": kind, "plural": plural},
                "versions": [
                    {"name": name, "served": True, "storage": name == "v1", "schema": schema}
                    for name in versions.split()
                ],
            },
        }
    ).encode()


def facts(data: Path, name: str = "shop") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data / "custom_resources" / f"{name}.json").read_text())
    return found


def test_the_fields_of_the_custom_resources_that_a_chart_brings_are_locked_with_it(
    run: Run, served: Served, data: Path
) -> None:
    templated = b"{{- if .Values.name }}\n" + definition("Till", size="integer") + b"\n{{- end }}"
    first = {**FILES, "crds/shop.yaml": definition(size="integer", old="string"), "templates/till.yaml": templated}
    served.has_release(chart_archive(files=first))
    code, out, err = run("shop", "--from", served.repository, "--crds")
    assert (code, err) == (0, "")
    assert "custom resources of shop: 2 kinds" in out
    assert [kind["fields"] for kind in facts(data)["kinds"]] == [
        {"spec.old": "string", "spec.size": "integer"},
        {"spec.size": "integer"},
    ]
    assert json.loads((data / "custom_resources.json").read_text())["files"]["example.com/v1 Till"] == "shop"
    second = {**FILES, "crds/shop.yaml": definition(versions="v1 v2", size="string", must="string")}
    served.has_release(chart_archive(version="2.0.0", files=second), version="2.0.0")
    code, out, _ = run("shop", "--crds", "--from", served.repository)
    assert code == 0
    told = out.partition("custom resources of shop: 2 kinds")[2]
    assert [line.strip() for line in told.strip().splitlines()] == [
        "kinds that are gone (1)",
        "example.com/v1 Till",
        "kinds that are new (1)",
        "example.com/v2 Shop",
        "fields that are gone (1)",
        "example.com/v1 Shop: spec.old",
        "fields that are new (1)",
        "example.com/v1 Shop: spec.must",
        "fields of another type (1)",
        "example.com/v1 Shop: spec.size: integer -> string",
        "fields that must be set now (1)",
        "example.com/v1 Shop: spec.must",
    ]


def test_definitions_of_no_chart_are_locked_from_where_they_are_with_their_source(
    run: Run, tmp_path: Path, data: Path
) -> None:
    folder = tmp_path / "config"
    (folder / "crd").mkdir(parents=True)
    (folder / "crd" / "shops.yaml").write_bytes(definition(size="integer"))
    (folder / "README.yaml").write_text("a: [")
    words = ("shop", "--crds-from", str(folder))
    code, _, err = run(*words)
    assert code == 2
    assert "nothing says where these definitions are published" in err
    assert not (data / "custom_resources").exists()
    assert run(*words, "--source", "https://example.com/tree/v1")[0] == 0
    before = facts(data)
    assert before["source"] == "https://example.com/tree/v1"
    assert run("shop", "--crds-from", str(folder / "crd" / "shops.yaml"))[0] == 0, "the same facts have the same source"
    assert facts(data) == before


def test_a_kind_stays_in_the_file_that_has_it_and_what_is_left_out_stays_so(
    run: Run, tmp_path: Path, data: Path
) -> None:
    path = tmp_path / "all.yaml"
    path.write_bytes(definition(a="string"))
    of = ("--crds-from", str(path), "--source", "https://example.com/tree/v1")
    assert run("shops", *of)[0] == 0
    path.write_bytes(b"\n---\n".join((definition("Audit", "v1 v2", b="string"), definition("Till", b="string"))))
    assert run("tills", *of)[0] == 0
    known = facts(data, "tills")
    # Till of v1 says the same as Audit, which nobody makes
    (data / "custom_resources" / "tills.json").write_text(json.dumps({**known, "left_out": ["Audit"]}))
    path.write_bytes(b"\n---\n".join((path.read_bytes(), definition(a="string", b="string"))))
    code, _, err = run("other", *of)
    assert code == 2
    assert "all of its kinds are known from shops, tills" in " ".join(err.split())
    code, out, _ = run("tills", *of, "--json")
    assert code == 0
    assert json.loads(out)["definitions"]["known_elsewhere"] == {"example.com/v1 Shop": "shops"}
    found = facts(data, "tills")
    assert [(kind["kind"], kind["fields"]) for kind in found["kinds"]] == [("Till", {"spec.b": "string"})]
    assert found["left_out"] == ["Audit"]
    assert facts(data, "shops")["kinds"][0]["fields"] == {"spec.a": "string"}


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
