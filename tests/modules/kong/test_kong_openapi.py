"""OpenAPI documents: each fault is told with its place, and what the portal can show passes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from environments.families.gateway import APIS
from modules.gateway.kong.grammar import METHODS, openapi_faults
from tests.modules.kong.examples import CLAIMS, POLICIES

INFO = 'openapi: 3.0.4\ninfo: {title: Claims, version: "1"}\n'
FINE = "{responses: {default: {description: fine}}}"

FAULTS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "a version that is a number": (
        "openapi: 3.1\n",
        [("/openapi", "must be 3.0 or 3.1 with a patch version, such as 3.0.4; it is 3.1")],
    ),
    "a version that no viewer knows": (
        "openapi: 4.0.0\n",
        [("/openapi", "must be 3.0 or 3.1 with a patch version, such as 3.0.4; it is '4.0.0'")],
    ),
    "nothing but a version": (
        "openapi: 3.0.4\n",
        [("/info", "must be there, with title and version"), ("/paths", "must be there, and a mapping")],
    ),
    "an info that looks like a number": (
        "openapi: 3.0.4\ninfo: {title: '', version: 1}\npaths: {}\n",
        [
            ("/info/title", "must be text, in quotes where it looks like a number; it is ''"),
            ("/info/version", "must be text, in quotes where it looks like a number; it is 1"),
        ],
    ),
    "a misspelt key": (
        INFO + "paths: {}\nserver: []\n",
        [("/server", "OpenAPI has no such key: is it servers?")],
    ),
    "a path without its slash": (
        INFO + f"paths: {{claims: {{get: {FINE}}}}}\n",
        [("/paths/claims", "must begin with /")],
    ),
    "a method that is none": (
        INFO + f"paths: {{/claims: {{send: {FINE}}}}}\n",
        [("/paths/~1claims/send", "OpenAPI has no such key")],
    ),
    "an operation that answers nothing": (
        INFO + "paths: {/claims: {get: {summary: all}}}\n",
        [("/paths/~1claims/get/responses", "must be there, with one response at least")],
    ),
    "an answer without a status": (
        INFO + "paths: {/claims: {get: {responses: {ok: {description: fine}}}}}\n",
        [
            (
                "/paths/~1claims/get/responses/ok",
                "must be the status of an answer: three digits, a digit and XX, or default",
            )
        ],
    ),
    "one id for two operations": (
        INFO
        + "paths: {/a: {get: {operationId: x, responses: {200: {}}}, put: {operationId: x, responses: {200: {}}}}}\n",
        [("/paths/~1a/put/operationId", "must be another than that of /paths/~1a/get; both are 'x'")],
    ),
    "references that lead nowhere": (
        INFO + "paths: {/a: {$ref: '#/components/a'}, /b: {$ref: b.yaml}}\n",
        [
            ("/paths/~1a/$ref", "must name something in the same document; it is '#/components/a'"),
            (
                "/paths/~1b/$ref",
                "must name something in the same document, as the portal shows it alone; it is 'b.yaml'",
            ),
        ],
    ),
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_fault_is_told_at_its_place(fault: str) -> None:
    text, expected = FAULTS[fault]
    assert openapi_faults(text) == expected


SOUND = {
    "yaml": CLAIMS,
    "json": POLICIES,
    "3.1 with components alone": 'openapi: 3.1.0\ninfo: {title: a, version: "1"}\ncomponents: {}\n',
    "3.1 without answers": 'openapi: 3.1.0\ninfo: {title: a, version: "1"}\npaths: {/a: {get: {}}}\n',
    "extensions": INFO + "x-owner: claims\npaths: {x-note: 1, /a: {get: {x-cost: 2, responses: {4XX: {}, x-n: 1}}}}\n",
    "a property and an example that are called $ref": INFO
    + "paths: {}\ncomponents: {schemas: {A: {properties: {$ref: {type: string}}, example: {$ref: elsewhere}}}}\n",
    "escaped steps": INFO + "paths: {/a~b: {get: {responses: {200: {}}}}, /c: {$ref: '#/paths/~1a~0b'}}\n",
    "an anchor that stands twice": INFO + "paths: {/a: &a {get: {responses: {200: {}}}}, /b: *a}\n",
    "what the environments serve": "\n".join(path.read_text("utf-8") for path in sorted(APIS.glob("*.yaml"))[:1]),
}


@pytest.mark.parametrize("kind", sorted(SOUND))
def test_what_a_viewer_shows_passes(kind: str) -> None:
    assert openapi_faults(SOUND[kind]) == []


_TEXT = st.text("abcdefghij{}/~#$", min_size=1, max_size=8)
_ANY: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT | st.just("$ref"), inner, max_size=3),
    max_leaves=8,
)
_OPERATION = st.fixed_dictionaries(
    {"responses": st.just({"200": {"description": "fine"}})}, optional={"summary": _TEXT}
)


@settings(max_examples=40)
@given(st.dictionaries(_TEXT.map(lambda name: f"/{name}"), st.dictionaries(st.sampled_from(METHODS), _OPERATION)))
def test_every_path_and_method_passes_in_both_versions(paths: Any) -> None:
    for version in ("3.0.0", "3.0.4", "3.1.0", "3.1.1"):
        document = {"openapi": version, "info": {"title": "a", "version": "1"}, "paths": paths}
        assert openapi_faults(json.dumps(document)) == []


@settings(max_examples=40)
@given(
    st.fixed_dictionaries({"openapi": st.just("3.1.0") | _ANY}, optional=dict.fromkeys(("info", "paths", "tags"), _ANY))
)
def test_whatever_is_given_is_told_with_places_that_are_pointers(document: Any) -> None:
    faults = openapi_faults(json.dumps(document))
    assert all(where == "" or where.startswith("/") for where, _ in faults)
    assert faults or "paths" in document or "components" in document


@settings(max_examples=40)
@given(st.text(max_size=40))
def test_no_text_stops_the_check(text: str) -> None:
    assert openapi_faults(text)
