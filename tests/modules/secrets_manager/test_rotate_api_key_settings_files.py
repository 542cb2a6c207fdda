"""What PROVIDER may say: everything wrong with it at once, https only, and no key where it would be logged."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rotate_api_key import pointers
from rotate_api_key.errors import RotationFailed
from rotate_api_key.provider import Key, Provider
from rotate_api_key.settings import parse
from rotate_api_key.transport import Request, Response

LEAST: dict[str, Any] = {
    "create": {"url": "https://api.example.com/keys", "key_pointer": "/key"},
    "probe": {"url": "https://api.example.com/whoami"},
}


def settings(**changes: Any) -> str:
    """The least settings with changes: `create__url` changes the member of a member."""
    changed = json.loads(json.dumps(LEAST))
    for name, value in changes.items():
        *way, last = name.split("__")
        inner = changed
        for part in way:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return json.dumps(changed)


def complaint(text: str) -> str:
    with pytest.raises(RotationFailed) as caught:
        parse(text)
    return str(caught.value)


def test_two_urls_and_a_pointer_are_enough() -> None:
    found = parse(settings())
    assert (found.header, found.header_format, found.key_pointer) == ("Authorization", "Bearer {key}", "/api_key")
    assert (found.create.method, found.probe.method, found.overlap) == ("POST", "GET", "until_next_rotation")
    assert found.enable is None
    assert found.revoke is None


def test_what_is_gone_already_counts_as_revoked() -> None:
    found = parse(settings(revoke__url="https://api.example.com/keys/current"))
    assert found.revoke is not None
    assert {404, 410} <= set(found.revoke.expect)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com/keys",
        "https://user:pass@api.example.com/keys",
        "https:///keys",
        "api.example.com/keys",
        "https://[half/keys",
        "file:///etc/passwd",
    ],
)
def test_only_https_without_credentials_in_the_url_will_do(url: str) -> None:
    assert "create.url: must be an https:// URL" in complaint(settings(create__url=url))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"create__url": None}, "create.url: is missing"),
        ({"create__key_pointer": "key"}, "create.key_pointer: a JSON pointer starts with a slash"),
        ({"probe__url": "https://api.example.com/?key={key}"}, "probe.url: the placeholder {key} is not among"),
        ({"create__body": {"a": ["{secret}"]}}, "create.body: the placeholder {secret} is not among"),
        ({"create__method": "TRACE"}, "create.method: must be one of DELETE, GET, PATCH, POST, PUT, got 'TRACE'"),
        ({"create__expect": []}, "create.expect: must be a list of HTTP statuses"),
        ({"create__expect": ["200"]}, "create.expect: must be a list of HTTP statuses"),
        ({"create__headers": {"X-Version": 2}}, "create.headers: must be an object of texts"),
        ({"create__urls": "x"}, "create.urls: is not known here"),
        ({"overlap": "a week"}, "overlap: must be one of none, until_next_rotation, got 'a week'"),
        ({"timeout_seconds": 0}, "timeout_seconds: must be a number from 1 to 60, got 0"),
        ({"timeout_seconds": True}, "timeout_seconds: must be a number from 1 to 60, got True"),
        ({"probe__attempts": 99}, "probe.attempts: must be a number from 1 to 30, got 99"),
        ({"authentication__format": "Bearer"}, "authentication.format: must hold {key} or {basic}"),
        ({"authentication__format": "Basic {basic}"}, "authentication.username_pointer: is missing"),
        ({"revoke__url": "https://api.example.com/{key_id}"}, "secret.key_id_pointer: is missing"),
        ({"secret__key_id_pointer": "/id"}, "secret.key_id_pointer: and create.key_id_pointer belong together"),
        ({"secret": []}, "secret: must be a JSON object"),
        ({"providers": {}}, "providers: is not known here"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed(change: dict[str, Any], said: str) -> None:
    assert said in complaint(settings(**change))


def test_everything_wrong_is_said_at_once() -> None:
    said = complaint(settings(create__url="http://a.example.com", probe__url="ftp://b.example.com", overlap="no"))
    assert said.count("\n- ") == 3


@pytest.mark.parametrize("text", ["", "null", "[]", "{", '"text"'])
def test_what_is_no_json_object_is_refused(text: str) -> None:
    assert "PROVIDER is wrong" in complaint(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda s: (
            st.lists(s)
            | st.dictionaries(
                st.sampled_from(
                    ["create", "probe", "url", "secret", "body", "expect", "headers", "authentication", "format"]
                ),
                s,
            )
        ),
    )
)
def test_nothing_but_a_complaint_comes_of_nonsense(document: Any) -> None:
    with pytest.raises(RotationFailed):
        parse(json.dumps(document))


def sent(text: str, key: Key) -> Request:
    """The request for a new key that these settings make."""
    requests: list[Request] = []

    def send(request: Request) -> Response:
        requests.append(request)
        return Response(200, b'{"key": "new"}')

    Provider(parse(text), send).create(key, "request-1")
    return requests[0]


def test_a_user_name_and_the_key_make_basic_authentication() -> None:
    text = settings(authentication__format="Basic {basic}", authentication__username_pointer="/client_id")
    assert (
        sent(text, Key("open sesame", username="Aladdin")).headers["Authorization"]
        == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    )


def test_any_header_can_carry_the_key() -> None:
    text = settings(authentication__header="X-Api-Key", authentication__format="{key}")
    assert sent(text, Key("k")).headers["X-Api-Key"] == "k"


def test_an_idempotent_provider_gets_the_rotations_own_token() -> None:
    assert sent(settings(idempotency_header="Idempotency-Key"), Key("k")).headers["Idempotency-Key"] == "request-1"


def test_a_key_id_cannot_leave_its_place_in_the_url() -> None:
    text = settings(
        create__url="https://api.example.com/keys/{key_id}/roll",
        create__key_id_pointer="/key",
        secret__key_id_pointer="/id",
    )
    assert sent(text, Key("k", "../../admin?x=1")).url == "https://api.example.com/keys/..%2F..%2Fadmin%3Fx%3D1/roll"


def test_what_replaces_a_placeholder_is_not_looked_at_again() -> None:
    text = settings(create__body={"old": "{key}"})
    assert json.loads(sent(text, Key("{request_id}")).body or b"") == {"old": "{request_id}"}


def test_a_key_does_not_show_when_printed() -> None:
    assert "open sesame" not in repr(Key("open sesame", "k1", "Aladdin"))
    assert "open sesame" not in repr(sent(settings(), Key("open sesame")))


@given(
    st.dictionaries(st.text(), st.text() | st.dictionaries(st.text(), st.text())),
    st.lists(st.text(), min_size=1),
    st.text(),
)
def test_what_is_put_at_a_pointer_is_found_there(document: dict[str, Any], way: list[str], value: str) -> None:
    pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in way)
    before = json.dumps(document)
    try:
        changed = pointers.replace(document, pointer, value)
    except ValueError:
        changed = None
    assert json.dumps(document) == before
    if changed is not None:
        assert pointers.read(changed, pointer) == value


def test_a_pointer_goes_into_lists_and_nowhere_else() -> None:
    assert pointers.read({"keys": [{"id": "a"}, {"id": "b"}]}, "/keys/1/id") == "b"
    assert pointers.read({"keys": [{"id": "a"}]}, "/keys/1/id") is None
    assert pointers.read({"keys": "text"}, "/keys/0") is None
