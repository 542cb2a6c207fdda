from __future__ import annotations

import copy
import json
import random
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.charts import custom_resource_kinds, custom_resource_problems, definition_problems, unchecked
from groundplan.charts.definitions import derive, write
from groundplan.charts.tree import data_folder
from groundplan.problems import BadInput

QUANTITY = {
    "x-kubernetes-int-or-string": True,
    "anyOf": [{"type": "integer"}, {"type": "string"}],
    "pattern": "^[0-9]+%?$",
}
SPEC: dict[str, Any] = {
    "type": "object",
    "required": ["size", "mode", "colour"],
    "x-kubernetes-validations": [{"rule": "self.size > 1"}, {"rule": "true"}],
    "properties": {
        "size": {"type": "integer", "minimum": 0, "maximum": 9, "format": "int32"},
        "share": {"type": "number", "minimum": 0, "exclusiveMinimum": True, "multipleOf": 0.1},
        "mode": {"type": "string", "enum": ["on", "=", "off"], "description": "Nobody's words are kept."},
        "colour": {"type": "string", "default": "red"},
        "name": {"type": "string", "pattern": "^[a-z]+$", "minLength": 2, "maxLength": 5},
        "names": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "string", "maxLength": 3}},
        "labels": {"type": "object", "maxProperties": 2, "additionalProperties": {"type": "string", "pattern": "^v"}},
        "rows": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
        "by_zone": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["weight"],
                "properties": {"weight": QUANTITY, "a.b": {"type": "boolean"}},
            },
        },
        "raw": {
            "type": "object",
            "x-kubernetes-preserve-unknown-fields": True,
            "properties": {"amount": {"type": "integer"}},
        },
        "anything": {"x-kubernetes-preserve-unknown-fields": True},
        "nothing": {"type": "object"},
        "template": {
            "type": "object",
            "x-kubernetes-embedded-resource": True,
            "x-kubernetes-preserve-unknown-fields": True,
        },
        "one": {
            "type": "object",
            "properties": {key: {"type": "string"} for key in "abc"},
            "oneOf": [{"required": ["a"]}, {"required": ["b", "c"]}],
        },
        "most": {
            "type": "object",
            "properties": {key: {"type": "string"} for key in "ab"},
            "oneOf": [
                {"not": {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}},
                {"required": ["a"]},
                {"required": ["b"]},
            ],
        },
        "least": {
            "type": "object",
            "properties": {key: {"type": "string"} for key in "abc"},
            "allOf": [
                {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
                {"not": {"required": ["b", "c"]}},
                {"properties": {"a": {"minLength": 2}}, "required": ["a"]},
            ],
        },
        "odd": {"type": "string", "anyOf": [{"enum": ["x"]}, {"pattern": "^y"}]},
    },
}


def definition(spec: dict[str, Any] = SPEC, **changes: Any) -> dict[str, Any]:
    schema = {"type": "object", "required": ["spec"], "properties": {"spec": spec, "status": {"type": "object"}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"kind": "Widget", "plural": "widgets"},
            "versions": [version],
            **changes,
        },
    }


def file(*definitions: Any) -> bytes:
    return yaml.safe_dump_all(definitions).encode()


WIDGET = derive({"widgets.yaml": file(definition())})["kinds"][0]
GOOD: dict[str, Any] = {
    "size": 0,
    "share": 0.3,
    "mode": "=",
    "name": "abc",
    "names": ["a"],
    "labels": {"a": "v1"},
    "rows": [[1], []],
    "by_zone": {"a": {"weight": 5}, "b": {"weight": "5%", "a.b": True}},
    "raw": {"amount": 1, "more": {"x": []}},
    "anything": [1, {"x": None}],
    "nothing": {},
    "template": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": {}},
    "one": {"b": "x", "c": "y"},
    "most": {},
    "least": {"a": "xx", "b": "y"},
    "odd": "z",
}


def told(spec: Any, facts: dict[str, Any] = WIDGET) -> list[tuple[str, str, str]]:
    obj = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "x"}, "spec": spec}
    return [
        (problem.path, problem.message, problem.cure) for problem in definition_problems(facts, obj, where="object")
    ]


def test_facts_are_by_path_and_hold_no_words_of_the_definition() -> None:
    assert WIDGET["fields"] == {
        "spec.anything": "any",
        r"spec.by_zone.*.a\.b": "boolean",
        "spec.by_zone.*.weight": "integer|string",
        "spec.colour": "string",
        "spec.labels": "map<string>",
        **{
            f"spec.{of}": "string"
            for of in ("least.a", "least.b", "least.c", "mode", "most.a", "most.b", "name", "odd")
        },
        "spec.names": "list<string>",
        "spec.nothing": "object",
        **{f"spec.one.{key}": "string" for key in "abc"},
        "spec.raw": "map",
        "spec.raw.amount": "integer",
        "spec.rows": "list<list<integer>>",
        "spec.share": "number",
        "spec.size": "integer",
        "spec.template": "map",
        "spec.template.apiVersion": "string",
        "spec.template.kind": "string",
        "spec.template.metadata": "map",
        "status": "object",
    }
    assert WIDGET["required"][""] == ["spec"]
    assert WIDGET["required"]["spec"] == ["mode", "size"], "the API server sets what has a default"
    assert WIDGET["bounds"]["spec.share"] == {"exclusiveMinimum": 0, "multipleOf": 0.1}
    assert WIDGET["enums"] == {"spec.mode": ["on", "=", "off"]}
    assert (WIDGET["cel_rules"], WIDGET["not_compared"]) == ({"spec": 2}, {"spec.odd": 1})
    assert WIDGET["exactly_one_of"] == {"spec.one": [[["a"], ["b", "c"]]]}
    assert not {"description", "format"} & set(re.findall(r"\w+", json.dumps(WIDGET)))


def test_an_object_of_the_definition_passes() -> None:
    assert told(GOOD) == []
    assert told({"size": 9, "mode": "on", "labels": {}, "most": {"b": "x"}, "one": {"a": "x", "b": "y"}}) == []


OUT_OF = "object.spec."


@pytest.mark.parametrize(
    ("change", "path", "said", "cure"),
    [
        (
            {"size": -1},
            "size",
            "must be at least 0 and at most 9, got -1",
            "give a number that is at least 0 and at most 9",
        ),
        ({"share": 0}, "share", "must be more than 0 and a multiple of 0.1, got 0", ""),
        ({"share": 0.25}, "share", "must be more than 0 and a multiple of 0.1, got 0.25", ""),
        ({"mode": "onn"}, "mode", "must be one of on, =, off, got 'onn'", "did you mean on?"),
        ({"name": "abc\n"}, "name", "must be of the form ^[a-z]+$, got 'abc\\n'", "write text of that form, as 'a' is"),
        (
            {"name": "a"},
            "name",
            "must be at least 2 and at most 5 characters long, got 'a', which is 1 long",
            "make it ",
        ),
        ({"names": []}, "names", "must be a list of at least 1 and at most 2 items, got a list of 0 items", "make "),
        (
            {"names": ["a", "long"]},
            "names[1]",
            "must be at most 3 characters long, got 'long', which is 4 long",
            "make it at most 3 c",
        ),
        (
            {"labels": dict.fromkeys("abc", "v")},
            "labels",
            "must be a map of at most 2 keys, got a map of 3 keys",
            "make it ",
        ),
        ({"labels": {"a": "x"}}, "labels.a", "must be of the form ^v, got 'x'", "write text of that form, as 'v' is"),
        ({"rows": [["x"]]}, "rows[0][0]", "must be a whole number, got 'x'", "write it without quotes"),
        (
            {"by_zone": {"a": {"weight": "x"}}},
            "by_zone.a.weight",
            "must be of the form ",
            "write text of that form, as '1",
        ),
        ({"by_zone": {"a": {}}}, "by_zone.a", "Widget needs a field weight here, and it is not set", "set weight"),
        ({"raw": {"amount": "x"}}, "raw.amount", "must be a whole number, got 'x'", "write it without quotes"),
        ({"nothing": {"x": 1}}, "nothing.x", "Widget has no field spec.nothing.x", "nothing is allowed here"),
        ({"template": {"kind": "Pod", "metadata": {}}}, "template", "Widget needs a field apiVersion here", "set api"),
        ({"one": {}}, "one", "Widget takes exactly one of a, b with c here, and none is set", "set one of a, b with c"),
        (
            {"one": dict.fromkeys("abc", "x")},
            "one",
            "Widget takes exactly one of a, b with c here",
            "leave out all but one",
        ),
        ({"most": {"a": "", "b": ""}}, "most", "Widget takes at most one of a, b here, and a, b are set", "leave out "),
        (
            {"least": {"a": "xx", "b": "", "c": ""}},
            "least",
            "Widget takes at most one of b, c here",
            "leave out all but",
        ),
        ({"least": {"a": "x"}}, "least.a", "must be at least 2 characters long, got 'x', which is 1 long", "make it "),
        ({"size": None}, "", "Widget needs a field size here, and it is not set", "set size"),
    ],
)
def test_what_the_api_server_would_refuse_is_told_with_what_is_allowed(
    change: dict[str, Any], path: str, said: str, cure: str
) -> None:
    ((where, message, what_to_do),) = told({**GOOD, **change})
    assert where == f"object.spec.{path}".rstrip(".")
    assert message.startswith(said)
    assert what_to_do.startswith(cure)


def test_a_choice_that_has_to_be_met_and_is_not_is_told() -> None:
    assert [(path, message) for path, message, _ in told({**GOOD, "least": {}})] == [
        ("object.spec.least", "Widget needs a field a here, and it is not set"),
        ("object.spec.least", "Widget takes at least one of a, b here, and none is set"),
    ]


def test_what_only_terraform_knows_is_right_in_every_construct() -> None:
    known_later = "${var.x}"
    for key in GOOD:
        assert told({**GOOD, key: known_later}) == [], key
    assert told({**GOOD, "one": {"a": known_later, "b": "x", "c": "y"}}) == [], "it may be null"
    assert told({**GOOD, "one": {"b": known_later, "c": "x"}}) == []
    assert told({**GOOD, "most": {"a": known_later, "b": "x"}}) == []
    assert told({**GOOD, "one": {known_later: "x"}, "labels": {known_later: "v", "b": "v", "c": "v"}}) == []
    assert told({"${TfToken[TOKEN.1]}": "x"}) == []


def test_every_served_version_is_known_and_an_equal_one_refers_to_the_first() -> None:
    ((version,), other) = (definition()["spec"]["versions"], definition({"type": "object"})["spec"]["versions"][0])
    versions = [
        {**version, "name": "v2", "storage": False, "deprecated": True},
        version,
        {**other, "name": "v3", "subresources": {"status": {}}, "storage": False},
        {**other, "name": "v0", "served": False},
    ]
    kinds = derive({"x.yaml": file({"kind": "Pod"}, definition(versions=versions, scope="Cluster"), None)})["kinds"]
    own = [{key: kind.get(key) for key in ("api_version", "storage", "deprecated", "fields_of")} for kind in kinds]
    assert own == [
        {"api_version": "example.com/v1", "storage": True, "deprecated": None, "fields_of": None},
        {
            "api_version": "example.com/v2",
            "storage": False,
            "deprecated": True,
            "fields_of": ["example.com/v1", "Widget"],
        },
        {"api_version": "example.com/v3", "storage": False, "deprecated": None, "fields_of": None},
    ]
    assert {(kind["plural"], kind["cluster_wide"]) for kind in kinds} == {("widgets", True)}
    assert "status" in kinds[0]["fields"]
    assert kinds[2]["fields"] == {"spec": "object"}, "a status of its own resource is for controllers alone"


def schema_with(**properties: Any) -> dict[str, Any]:
    return definition({"type": "object", "properties": properties})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            file(schema_with(mode={"type": "string", "pattern": "{{ .Values.pattern }}"})),
            "x.yaml: widgets.example.com: what its schema says is decided by a template\n    give the file that Helm",
        ),
        (
            b"a: {{ .Values.a }}\n: x",
            "x.yaml: cannot be read as YAML at line 2\n    it has {{ }}: give the file that Helm",
        ),
        (b"a: [", "x.yaml: cannot be read as YAML"),
        (b"\xff\xfe\xfd", "x.yaml: cannot be read as YAML"),
        (b"kind: Pod", "x.yaml: no CustomResourceDefinition is in there"),
        (b"- 1", "x.yaml: no CustomResourceDefinition is in there"),
        (file({**definition(), "apiVersion": "apiextensions.k8s.io/v1beta1"}), "since 1.22"),
        (file({**definition(), "spec": []}), "spec must be a map, got []"),
        (file(definition(scope="Everywhere")), "spec.scope must be Cluster or Namespaced, got 'Everywhere'"),
        (file(definition(versions={})), "spec.versions must be a list that is not empty"),
        (
            file(definition(versions=[{"served": True, "name": "v1"}])),
            "spec.versions[0].schema must be a map, got None",
        ),
        (file(definition(names={"kind": "Widget", "plural": 5})), "spec.names.plural must be text, got 5"),
        (file(schema_with(a={})), "the schema of spec.a has the type None"),
        (file(schema_with(a="x")), "the schema of spec.a has no schema"),
        (file(schema_with(a={"type": "array"})), "the schema of spec.a is a list without items"),
        (file(schema_with(a={"type": "string", "minLength": "1"})), "the schema of spec.a has another minLength than"),
        (file(schema_with(a={"type": "string", "enum": "x"})), "the schema of spec.a has another enum than"),
        (file(schema_with(a={"type": "object", "oneOf": ["x"]})), "the schema of spec.a has another oneOf than"),
        (file(definition(), schema_with()), "Widget of example.com/v1 is defined otherwise in x.yaml"),
    ],
)
def test_a_file_that_is_no_good_definition_is_refused_in_words(content: bytes, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        derive({"x.yaml": content})
    assert said in str(caught.value)


def test_a_schema_that_refers_to_itself_is_refused() -> None:
    for keyword, kind in (("items", "array"), ("additionalProperties", "object")):
        endless: dict[str, Any] = {"type": kind}
        endless[keyword] = endless
        content = file(schema_with(a=endless))
        assert b"&id001" in content
        with pytest.raises(BadInput, match="has more than 50000 fields or 100 levels"):
            derive({"x.yaml": content})


def test_the_problems_of_all_files_are_told_at_once() -> None:
    with pytest.raises(BadInput) as caught:
        derive({"a.yaml": b"[", "b.yaml": file(schema_with(a={})), "c.yaml": file(definition())})
    assert [problem.path.partition(":")[0] for problem in caught.value.problems] == ["a.yaml", "b.yaml"]


def test_a_list_of_definitions_and_an_unquoted_equals_sign_are_read() -> None:
    listed = file({"apiVersion": "v1", "kind": "List", "items": [definition()]})
    assert b"'='" in listed
    assert derive({"x.yaml": listed.replace(b"'='", b"=")}) == {"kinds": [WIDGET]}


def test_the_same_facts_are_written_as_the_same_bytes_one_a_line(tmp_path: Path) -> None:
    facts = derive({"widgets.yaml": file(definition())})
    for folder, order in ((tmp_path / "a", 1), (tmp_path / "b", -1)):
        write(folder, "other", {"source": "x", "kinds": []})
        write(folder, "widgets", dict([("source", "https://example.com"), *facts.items()][::order]))
    first, second = (tmp_path / name / "custom_resources" / "widgets.json" for name in "ab")
    assert first.read_bytes() == second.read_bytes()
    assert json.loads(first.read_bytes()) == {"source": "https://example.com", **facts}
    assert '\n    "spec.names": {"maxItems": 2, "minItems": 1},\n' in first.read_text("utf-8")
    index = json.loads((tmp_path / "a" / "custom_resources.json").read_bytes())
    assert index == {"files": {"example.com/v1 Widget": "widgets"}}


def test_the_index_of_the_facts_is_that_of_its_files_and_one_kind_reads_one_file(tmp_path: Path) -> None:
    folder = Path(str(data_folder()))
    for path in sorted((folder / "custom_resources").glob("*.json")):
        facts = json.loads(path.read_bytes())
        write(tmp_path, path.stem, facts)
        assert (tmp_path / "custom_resources" / path.name).read_bytes() == path.read_bytes()
    assert (tmp_path / "custom_resources.json").read_bytes() == (folder / "custom_resources.json").read_bytes()
    assert sum(path.stat().st_size for path in (folder / "custom_resources").glob("*.json")) < 1_000_000


def test_what_is_left_to_the_api_server_is_said() -> None:
    assert unchecked("karpenter.sh/v1", "NodePool").cel_rules["spec.disruption.budgets"] == 1
    assert not [kind for kind in custom_resource_kinds() if unchecked(*kind).patterns]
    with pytest.raises(BadInput, match="did you mean NodePool of karpenter.sh/v1"):
        unchecked("karpenter.sh/v1", "NodePol")


def test_real_facts_refuse_what_they_once_passed_and_pass_what_they_once_refused() -> None:
    def of(kind: str, api_version: str, spec: Any) -> list[str]:
        obj = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, "spec": spec}
        return [problem.path for problem in custom_resource_problems(obj, where="x")]

    path = {"provider": {"vault": {"server": "x", "auth": {"appRole": {"roleId": "x", "secretRef": {"name": "x"}}}}}}
    assert of("SecretStore", "external-secrets.io/v1", path) == [], "path has a default"
    location = {"wasm": {"url": "oci://example.com/x"}, "lua": {"inlineCode": "x"}}
    assert of("TrafficExtension", "extensions.istio.io/v1alpha1", location) == ["x.spec"]


# Schemas and objects made up: what is generated from a schema passes, and jsonschema agrees on what does not


def node(children: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    names = st.sampled_from(["a", "b", "c.d"])
    return st.one_of(
        st.builds(
            lambda items, least: {"type": "array", "items": items, "minItems": least}, children, st.integers(0, 2)
        ),
        st.builds(lambda inner: {"type": "object", "additionalProperties": inner, "maxProperties": 2}, children),
        st.builds(
            lambda properties, required, choice: {
                "type": "object",
                "properties": properties,
                "required": sorted(required & set(properties)),
                **({choice: [{"required": [name]} for name in sorted(properties)]} if choice else {}),
            },
            st.dictionaries(names, children, min_size=1),
            st.sets(names, max_size=1),
            st.sampled_from(["", "oneOf", "anyOf"]),
        ),
    )


LEAVES = st.sampled_from(
    [
        {"type": "string", "pattern": "^[a-c]{2}$"},
        {"type": "string", "enum": ["x", "y"]},
        {"type": "string", "minLength": 1, "maxLength": 3},
        {"type": "integer", "minimum": 1, "maximum": 4},
        {"type": "number", "minimum": 0, "exclusiveMinimum": True, "maximum": 2},
        {"type": "boolean"},
    ]
)
SCHEMAS = st.recursive(LEAVES, node, max_leaves=6)
VALUES = ["ab", "x", "", 1, 4, 0.5, True, [], {}, ["ab", "x"], {"a": "ab"}, {"b": 1}]


def generated(schema: dict[str, Any], draw: random.Random) -> Any:
    """A value that the schema takes."""
    if schema["type"] == "array":
        return [generated(schema["items"], draw) for _ in range(schema["minItems"] + draw.randint(0, 1))]
    if "additionalProperties" in schema:
        return {
            name: generated(schema["additionalProperties"], draw) for name in draw.sample("klm", draw.randint(0, 2))
        }
    if "properties" in schema:
        names = set(schema["required"]) or {draw.choice(sorted(schema["properties"]))}
        return {name: generated(schema["properties"][name], draw) for name in sorted(names)}
    taken = [value for value in VALUES if jsonschema.Draft4Validator(schema).is_valid(value)]
    return draw.choice(taken)


def spoilt(value: Any, draw: random.Random) -> Any:
    """The same value with something else in one place."""
    if isinstance(value, dict) and value and draw.random() < 0.7:
        key = draw.choice(sorted(value))
        rest = {name: item for name, item in value.items() if name != key}
        return draw.choice([rest, {**value, key: spoilt(value[key], draw)}, {**value, "b": draw.choice(VALUES)}])
    if isinstance(value, list) and value and draw.random() < 0.7:
        return [spoilt(value[0], draw), *value[1:]]
    return draw.choice(VALUES)


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """For jsonschema, which passes fields that a structural schema does not have."""
    schema = copy.deepcopy(schema)
    for key in ("items", "additionalProperties"):
        if key in schema:
            schema[key] = closed(schema[key])
    if "properties" in schema:
        schema["properties"] = {name: closed(inner) for name, inner in schema["properties"].items()}
        schema["additionalProperties"] = False
    return schema


@settings(max_examples=60, deadline=None)
@given(SCHEMAS, st.integers(0, 10**9))
def test_an_object_made_from_a_schema_passes_and_a_spoilt_one_is_judged_as_jsonschema_does(
    schema: dict[str, Any], seed: int
) -> None:
    draw = random.Random(seed)
    (facts,) = derive({"x.yaml": file(definition(schema))})["kinds"]
    value = generated(schema, draw)
    assert told(value, facts) == []
    validator = jsonschema.Draft4Validator(closed(schema))
    for _ in range(5):
        other = spoilt(value, draw)
        assert bool(told(other, facts)) != validator.is_valid(other), other


def test_actions_around_a_schema_do_not_keep_it_from_being_read() -> None:
    plain = file(definition())
    lines = plain.decode().splitlines()
    templated = "\n".join(
        ["{{- if .Values.create }}", *lines, "  {{- with .x }}", "  {{- toYaml . }}", "{{ end }}{{ end }}"]
    )
    assert derive({"x.yaml": templated.encode()}) == derive({"x.yaml": plain})


def test_words_are_those_of_kubernetes() -> None:
    """A field `n` without quotes is `false` to the API server too."""
    text = file(definition()).replace(b"amount:", b"n:").replace(b"exclusiveMinimum: true", b"exclusiveMinimum: y")
    assert "spec.raw.false" in derive({"x.yaml": text})["kinds"][0]["fields"]
    day = text.replace(b"- 'off'", b"- 2026-01-02")
    assert "2026-01-02" in derive({"x.yaml": day})["kinds"][0]["enums"]["spec.mode"]
