"""Parameters and exceptions: what is refused, with file and line, before any rule reads it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.documents import SCHEMA, read_document, reading
from groundplan.policy import engines, judge
from groundplan.policy.engines import opa_path
from groundplan.policy.library import load_library
from groundplan.problems import BadInput, ExitCode

POLICIES = Path(__file__).parents[2] / "policies"
HOMES = [path.parent for path in (POLICIES / "parameters").rglob("data.*")]
PARAMETERS = sorted(home.relative_to(POLICIES / "parameters").as_posix() for home in HOMES)
OPA = [path for path in [opa_path()] if path]
WAIVER = """\
waivers:
  - rule: storage/bucket_versioned
    stack: prod-backup
    address: aws_s3_bucket.this
    reason: written once
    owner: platform
    last_day: "2026-12-31"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the data, without rules: a wrong value must not need one to be found."""
    shutil.copytree(POLICIES, tmp_path / "policies", ignore=shutil.ignore_patterns("*_test.rego"))
    return tmp_path / "policies"


def problems(folder: Path) -> list[tuple[str, str, str]]:
    with pytest.raises(BadInput) as caught:
        load_library(folder)
    assert caught.value.exit_code == ExitCode.BAD_INPUT
    return [(problem.path, problem.message, problem.cure) for problem in caught.value.problems]


def rewritten(folder: Path, topic: str, change: Callable[[dict[str, Any]], None]) -> None:
    path = folder / "parameters" / topic / "data.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")


@pytest.mark.parametrize("topic", PARAMETERS)
def test_every_parameters_file_has_a_schema_that_says_what_each_value_is_for(topic: str) -> None:
    schema = json.loads((POLICIES / "parameters" / topic / SCHEMA).read_text(encoding="utf-8"))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["type"] == "object"
    closed = schema["additionalProperties"]
    assert closed is False or isinstance(closed, dict), "any key at all would be let pass"
    content = next((POLICIES / "parameters" / topic).glob("data.*")).read_text(encoding="utf-8")
    assert content.strip()
    assert [name for name, value in schema.get("properties", {}).items() if not value.get("description")] == []


def test_a_parameters_file_without_a_schema_is_refused(folder: Path) -> None:
    (folder / "parameters" / "retention" / SCHEMA).unlink()
    assert problems(folder)[0][:2] == (
        "policies/parameters/retention/data.json",
        "has no policies/parameters/retention/schema.json beside it",
    )


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"type": "objekt"}, "'objekt' is not valid under any of the given schemas"),
        ({"minProperties": "1"}, "'1' is not of type 'integer'"),
        ({"properties": {"key_deletion_days": {"pattern": 7, "type": "integer"}}, "$ref": "#/$defs/none"}, ""),
        ([], "[] is not of type 'object', 'boolean'"),
    ],
)
def test_a_schema_that_is_none_is_refused(folder: Path, wrong: object, says: str) -> None:
    (folder / "parameters" / "retention" / SCHEMA).write_text(json.dumps(wrong), encoding="utf-8")
    ((where, message, _),) = problems(folder)
    assert where == "policies/parameters/retention/schema.json"
    assert says in message


def test_a_schema_whose_mistake_lets_everything_pass_is_found_by_the_tests_of_the_rules(folder: Path) -> None:
    path = folder / "parameters" / "retention" / SCHEMA
    path.write_text(path.read_text(encoding="utf-8").replace('s": false', 's": "false"'), encoding="utf-8")
    with pytest.raises(BadInput, match="'false' is not of type 'object', 'boolean'"):
        load_library(folder, tests=True)


def test_wrong_values_of_all_files_are_told_at_once_with_file_and_line(folder: Path) -> None:
    def retention(content: dict[str, Any]) -> None:
        content["log_group_days"]["production"] = -1
        content["key_deletion_days"] = "30"
        content["secret_recovery_dayz"] = content.pop("secret_recovery_days")

    def environments(content: dict[str, Any]) -> None:
        content["prod"]["production"] = "yes"

    rewritten(folder, "retention", retention)
    rewritten(folder, "environments", environments)
    found = problems(folder)
    lines = {
        path: (folder.parent / path.split(":")[0]).read_text(encoding="utf-8").splitlines()[int(path.split(":")[1]) - 1]
        for path, _, _ in found
    }
    assert {path.partition(": ")[2]: line.strip().partition(":")[0] for path, line in lines.items()} == {
        "prod.production": '"production"',
        "secret_recovery_dayz": '"secret_recovery_dayz"',
        "key_deletion_days": '"key_deletion_days"',
        "log_group_days.production": '"production"',
        "": "{",
    }
    messages = {path.rpartition(": ")[2]: (message, cure) for path, message, cure in found}
    assert messages["log_group_days.production"][0] == "-1 is less than the minimum of 1"
    assert messages["key_deletion_days"][0] == "'30' is not of type 'integer'"
    assert messages["secret_recovery_dayz"] == ("no rule reads this key", "Did you mean secret_recovery_days?")
    assert messages["prod.production"][0] == "'yes' is not of type 'boolean'"


def test_no_engine_is_asked_when_a_value_is_wrong(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import date

    def asked(*_: object) -> None:
        raise AssertionError("an engine was asked")

    monkeypatch.setattr(engines._Regorus, "ask", asked)
    rewritten(folder, "retention", lambda content: content.update(key_deletion_days="30"))
    with pytest.raises(BadInput, match="'30' is not of type 'integer'"):
        judge({}, policies=folder, manifest=None, today=date(2026, 6, 30))


@pytest.mark.parametrize(
    ("old", "new", "path", "says"),
    [
        ("reason: written once", 'reason: "  "', "5: waivers[0].reason", "does not match"),
        ('"2026-12-31"', '"2026-02-30"', "7: waivers[0].last_day", "'2026-02-30' is not a 'date'"),
        ('"2026-12-31"', '"20261231"', "7: waivers[0].last_day", "'20261231' is not a 'date'"),
        ('"2026-12-31"', "2026-12-31", "7: waivers[0].last_day", "2026-12-31 is a date to YAML, not text"),
        ("owner: platform", "ownr: platform", "2: waivers[0]", "'owner' is a required property"),
        ("owner: platform", "ownr: platform", "6: waivers[0].ownr", "no rule reads this key"),
        ("owner: platform", "owner: 7", "6: waivers[0].owner", "7 is not of type 'string'"),
        ("owner: platform", "reason: twice", "6: waivers[0].reason", "is written twice, first in line 5"),
        ("waivers:", "waiver:", "1: waiver", "no rule reads this key"),
        ("waivers:\n", "permits:\nwaivers:\n", "1: permits", "is not of type 'array'"),
        ("owner: platform", "1: platform", "6: waivers[0]", "has a key that is no text, 1"),
        ("owner: platform", "owner: !!binary aGk=", "6: waivers[0].owner", "is a bytes"),
        ("owner: platform", "owner: .nan", "6: waivers[0].owner", "is no number of JSON"),
        ("reason: written once", "reason: &it [*it]", "5: waivers[0].reason[0]", "holds itself"),
        ("reason: written once", "reason: [", "", "cannot be read"),
    ],
)
def test_a_wrong_exception_is_refused_with_its_line(folder: Path, old: str, new: str, path: str, says: str) -> None:
    (folder / "exceptions" / "data.yaml").write_text(WAIVER.replace(old, new, 1), encoding="utf-8")
    found = problems(folder)
    expected = f"policies/exceptions/data.yaml:{path}" if path else "policies/exceptions/data.yaml"
    assert any(where == expected and says in message for where, message, _ in found), found


@pytest.mark.parametrize("day", ["soon", "2026-02-30", "20261231"])
def test_what_is_no_day_in_two_ways_is_told_once_with_what_it_is_meant_to_be(folder: Path, day: str) -> None:
    (folder / "exceptions" / "data.yaml").write_text(WAIVER.replace("2026-12-31", day), encoding="utf-8")
    ((where, _, cure),) = problems(folder)
    assert where == "policies/exceptions/data.yaml:7: waivers[0].last_day"
    assert cure == 'It is meant to be a day such as "2026-12-31", in quotes.'


def test_two_entries_for_one_thing_are_refused(folder: Path) -> None:
    entry = WAIVER.partition("\n")[2]
    other = entry.replace("written once", "another reason").replace("2026-12-31", "2026-11-30")
    (folder / "exceptions" / "data.yaml").write_text(WAIVER + other, encoding="utf-8")
    assert problems(folder) == [
        (
            "policies/exceptions/data.yaml:8: waivers[1]",
            "is for the same thing as the entry in policies/exceptions/data.yaml:2",
            "Keep one of them.",
        )
    ]


def test_data_in_json_and_yaml_at_one_place_is_refused(folder: Path) -> None:
    (folder / "exceptions" / "data.json").write_text('{"waivers": []}', encoding="utf-8")
    assert any("stands beside policies/exceptions/data.json" in message for _, message, _ in problems(folder))


@pytest.mark.parametrize(
    "text",
    [
        '{"required": [NaN]}',
        '{"required": ["a"], "required": []}',
        "[]",
        "{",
        "\ud800",
        pytest.param('{"required": ' + "[" * 100_000, id="deeper than Python counts"),
    ],
)
def test_what_is_no_json_is_refused(folder: Path, text: str) -> None:
    path = folder / "parameters" / "tags" / "data.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert all(where.startswith("policies/parameters/tags/data.json") for where, _, _ in problems(folder))


# Neither control characters nor what Unicode has given to nobody: a hand writes none, and YAML's reader refuses them.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(TEXT, JSON, max_size=4), st.sampled_from([None, 2, "\t"]), st.booleans())
def test_whatever_json_holds_is_read_as_json_reads_it_and_has_lines(
    tmp_path_factory: pytest.TempPathFactory, content: dict[str, Any], indent: int | str | None, ascii_only: bool
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    (folder / SCHEMA).write_text("{}", encoding="utf-8")
    (folder / "data.json").write_text(json.dumps(content, indent=indent, ensure_ascii=ascii_only), encoding="utf-8")
    document, wrong = read_document(folder / "data.json", "policies/any/data.json")
    assert wrong == []
    assert document is not None
    assert document.content == content
    for place, key in enumerate(content):
        line = int(document.place((key,)).rpartition(":")[2])
        assert line > place if indent is not None else line == 1


@pytest.mark.parametrize("program", OPA)
def test_terraform_cloud_loads_no_schema_as_data(program: str) -> None:
    command = [program, "eval", "-b", str(POLICIES), "--format", "json", "data.parameters.retention"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout)["result"][0]["expressions"][0]["value"]
    assert loaded == load_library(POLICIES).data["parameters"]["retention"]
    assert "properties" not in loaded


def test_every_parameter_is_read_by_some_rule() -> None:
    """By its full name, `data.parameters.retention.key_deletion_days`, or with its whole topic and by its last name.

    A key inside is read at least by its last name, by a rule that reads the topic or in a library that it hands it to.
    """
    sources = {
        path: re.sub(r"(?m)^\s*#.*$", "", text)
        for path, text in load_library(POLICIES).sources.items()
        if not path.endswith("_test.rego")
    }
    libraries = {path.removeprefix("lib/").removesuffix(".rego"): text for path, text in sources.items()}
    unread = []
    for topic in PARAMETERS:
        full = rf"\bdata\.parameters\.{re.escape(topic.replace('/', '.'))}"
        readers = [text for text in sources.values() if re.search(rf"{full}\b", text)]
        assert readers, f"no rule reads parameters/{topic}"
        handed = [libraries[name] for text in readers for name in re.findall(r"(?m)^import data\.lib\.(\w+)", text)]
        schema = json.loads((POLICIES / "parameters" / topic / SCHEMA).read_text(encoding="utf-8"))
        for steps in _named(schema, schema.get("$defs", {})):
            named = re.compile(rf"\b{re.escape(steps[-1])}\b")
            texts = [*readers, *handed]
            if len(steps) == 1:
                whole = re.compile(rf"{full}(?![.\w])")
                texts = [text for text in readers if whole.search(text)]
                if any(re.search(rf"{full}\.{re.escape(steps[0])}\b", text) for text in readers):
                    continue
            if not any(named.search(text) for text in texts):
                unread.append(".".join((topic, *steps)))
    assert unread == []


def _named(schema: dict[str, Any], shared: dict[str, Any], steps: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every key that a schema names, wherever it stands, by its place; `*` is any key, and `[]` any item of a list."""
    schema = shared[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    found = []
    for name, inner in schema.get("properties", {}).items():
        if not inner.get("$comment", "").startswith("for people"):
            found += [(*steps, name), *_named(inner, shared, (*steps, name))]
    for keyword, step in (("additionalProperties", "*"), ("items", "[]")):
        if isinstance(inner := schema.get(keyword), dict):
            found += _named(inner, shared, (*steps, step))
    return found


def test_after_an_edit_only_the_file_that_was_edited_is_held_to_its_schema_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDPLAN_CACHE_DIR", str(tmp_path / "cache"))
    held: list[str] = []
    check = reading._against_schema

    def noted(document: Any, *given: Any, **named: Any) -> Any:
        held.append(document.name)
        return check(document, *given, **named)

    monkeypatch.setattr(reading, "_against_schema", noted)
    first = load_library(folder)
    assert set(held) == {document.name for document in first.documents.values()}

    held.clear()
    rewritten(folder, "tags", lambda content: content.update(dict(content)))
    again = load_library(folder)

    assert held == ["policies/parameters/tags/data.json"]
    assert again.data == first.data
    held.clear()
    load_library(folder)
    assert held == []
