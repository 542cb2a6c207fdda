"""The rotation function against an emulated Secrets Manager and a provider that keeps its keys in a dictionary."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.secretsmanager.models import secretsmanager_backends
from rotate_api_key.errors import RotationFailed
from rotate_api_key.handler import handle
from rotate_api_key.transport import Request, Response

ACCOUNT, REGION, NAME = "123456789012", "us-east-1", "prod/payments/gateway"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
FIRST, SECOND, THIRD = (f"{n}{n}{n}{n}{n}{n}{n}{n}-0000-4000-8000-000000000000" for n in "123")

PROVIDER: dict[str, Any] = {
    "secret": {"key_pointer": "/api_key", "key_id_pointer": "/api_key_id"},
    "create": {"url": "https://api.example.com/keys", "key_pointer": "/data/secret", "key_id_pointer": "/data/id"},
    "enable": {"url": "https://api.example.com/keys/{key_id}/enable"},
    "probe": {"url": "https://api.example.com/whoami", "wait_seconds": 0},
    "revoke": {"url": "https://api.example.com/keys/{key_id}"},
}


class FakeProvider:
    """Hands out keys, disabled until enabled, and answers only those who have a living one."""

    def __init__(self) -> None:
        self.keys = {"k0": "live-0"}
        self.enabled = {"k0"}
        self.requests: list[tuple[str, str]] = []
        self.trouble: dict[str, list[int]] = {}

    def __call__(self, request: Request) -> Response:
        path = request.url.removeprefix("https://api.example.com")
        self.requests.append((request.method, path))
        if statuses := self.trouble.get(f"{request.method} {path}"):
            return Response(statuses.pop(0), b"")
        caller = request.headers["Authorization"].removeprefix("Bearer ")
        if caller not in [self.keys[name] for name in self.enabled if name in self.keys]:
            return Response(401, b"{}")
        if (request.method, path) == ("POST", "/keys"):
            name = f"k{len(self.requests)}x"
            self.keys[name] = f"live-{name}"
            return Response(201, json.dumps({"data": {"secret": self.keys[name], "id": name}}).encode())
        if path == "/whoami":
            return Response(200, b"{}")
        name = path.split("/")[2]
        if name not in self.keys:
            return Response(404, b"{}")
        if request.method == "DELETE":
            del self.keys[name]
        else:
            self.enabled.add(name)
        return Response(204, b"")


class Rig:
    """A secret with its first key, its provider, and the wish to rotate."""

    def __init__(self, client: Any) -> None:
        self.client, self.provider, self.settings = client, FakeProvider(), json.loads(json.dumps(PROVIDER))
        self.arn = client.create_secret(Name=NAME)["ARN"]
        # moto enables rotation without a function only while there is no version, and then starts none.
        client.rotate_secret(SecretId=NAME, RotationRules={"AutomaticallyAfterDays": 30})
        self.put({"api_key": "live-0", "api_key_id": "k0", "account": "acme"})

    def put(self, value: Any) -> None:
        self.client.put_secret_value(SecretId=NAME, SecretString=value if isinstance(value, str) else json.dumps(value))

    def begin(self, version: str) -> None:
        """What Secrets Manager does before it asks for the first step: an empty version at AWSPENDING."""
        secret = secretsmanager_backends[ACCOUNT][REGION].secrets[NAME]
        secret.remove_version_stages_from_old_versions(["AWSPENDING"])
        secret.versions[version] = {"createdate": 0, "version_id": version, "version_stages": ["AWSPENDING"]}

    def step(self, step: str, version: str = FIRST, client: Any = None) -> None:
        event = {"Step": step, "SecretId": self.arn, "ClientRequestToken": version}
        handle(event, json.dumps(self.settings), client or self.client, self.provider)

    def rotate(self, version: str) -> None:
        self.begin(version)
        for step in STEPS:
            self.step(step, version)

    def value(self, stage: str) -> dict[str, Any]:
        found = self.client.get_secret_value(SecretId=NAME, VersionStage=stage)
        value: dict[str, Any] = json.loads(found["SecretString"])
        return value

    def stages(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = self.client.describe_secret(SecretId=NAME)["VersionIdsToStages"]
        return found


@pytest.fixture(scope="module")
def emulated() -> Iterator[Any]:
    """A client of a Secrets Manager that is emulated while these tests run: to make one takes longer than a test."""
    with pytest.MonkeyPatch.context() as patched, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patched.setenv(name, "testing")
        patched.delenv("AWS_PROFILE", raising=False)
        yield boto3.client("secretsmanager", region_name=REGION)


@pytest.fixture
def rig(emulated: Any) -> Rig:
    secretsmanager_backends.reset()
    return Rig(emulated)


def test_a_rotation_makes_a_new_key_current_and_keeps_the_old_one_alive(rig: Rig) -> None:
    rig.rotate(FIRST)
    current = rig.value("AWSCURRENT")
    assert rig.provider.keys[current["api_key_id"]] == current["api_key"] != "live-0"
    assert rig.value("AWSPREVIOUS")["api_key"] == "live-0"
    assert "k0" in rig.provider.keys


def test_what_else_the_secret_holds_stays(rig: Rig) -> None:
    rig.rotate(FIRST)
    assert rig.value("AWSCURRENT")["account"] == "acme"


def test_the_next_rotation_revokes_the_key_before_the_current_one(rig: Rig) -> None:
    rig.rotate(FIRST)
    first = rig.value("AWSCURRENT")["api_key_id"]
    rig.rotate(SECOND)
    assert set(rig.provider.keys) == {first, rig.value("AWSCURRENT")["api_key_id"]}


def test_never_more_than_two_keys_live_at_the_provider(rig: Rig) -> None:
    for version in (FIRST, SECOND, THIRD):
        rig.rotate(version)
        assert len(rig.provider.keys) == 2


def test_without_overlap_the_old_key_is_revoked_at_once(rig: Rig) -> None:
    rig.settings["overlap"] = "none"
    rig.rotate(FIRST)
    assert set(rig.provider.keys) == {rig.value("AWSCURRENT")["api_key_id"]}


def test_a_provider_without_revoke_and_enable_is_not_asked_for_either(rig: Rig) -> None:
    del rig.settings["revoke"], rig.settings["enable"]
    rig.begin(FIRST)
    rig.step("createSecret")
    rig.step("setSecret")
    assert rig.provider.requests == [("POST", "/keys")]


@pytest.mark.parametrize("step", STEPS)
def test_every_step_can_run_twice(rig: Rig, step: str) -> None:
    rig.begin(FIRST)
    for each in STEPS:
        rig.step(each)
        if each == step:
            rig.step(each)
    assert len(rig.provider.keys) == 2
    assert "AWSCURRENT" in rig.stages()[FIRST]


def test_a_finished_rotation_asks_the_provider_for_nothing_more(rig: Rig) -> None:
    rig.rotate(FIRST)
    asked = len(rig.provider.requests)
    for step in STEPS:
        rig.step(step)
    assert len(rig.provider.requests) == asked


def test_a_key_that_could_not_be_stored_is_given_back(rig: Rig) -> None:
    rig.begin(FIRST)
    with pytest.raises(ClientError, match="InternalServiceError"):
        rig.step("createSecret", client=Failing(rig.client, "put_secret_value", "InternalServiceError"))
    assert set(rig.provider.keys) == {"k0"}
    rig.step("createSecret")
    assert rig.value("AWSPENDING")["api_key"] in rig.provider.keys.values()


def test_a_key_that_an_idempotent_provider_will_give_again_is_kept(rig: Rig) -> None:
    rig.settings["idempotency_header"] = "Idempotency-Key"
    rig.begin(FIRST)
    with pytest.raises(ClientError, match="InternalServiceError"):
        rig.step("createSecret", client=Failing(rig.client, "put_secret_value", "InternalServiceError"))
    assert len(rig.provider.keys) == 2


def test_when_two_runs_race_the_slower_one_gives_its_key_back(rig: Rig) -> None:
    rig.begin(FIRST)
    rig.step("createSecret", client=Failing(rig.client, "put_secret_value", "ResourceExistsException"))
    assert set(rig.provider.keys) == {"k0"}


def test_a_key_that_could_neither_be_stored_nor_given_back_is_named_in_the_log(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.provider.trouble["DELETE /keys/k1x"] = [500]
    rig.begin(FIRST)
    with pytest.raises(ClientError):
        rig.step("createSecret", client=Failing(rig.client, "put_secret_value", "InternalServiceError"))
    assert "k1x could not be revoked, do it by hand" in caplog.text


def test_a_key_that_does_not_work_is_never_made_current(rig: Rig) -> None:
    del rig.settings["enable"]
    rig.begin(FIRST)
    rig.step("createSecret")
    rig.step("setSecret")
    with pytest.raises(RotationFailed, match=r"api\.example\.com answered HTTP 401 where 200, 204 was expected"):
        rig.step("testSecret")
    assert rig.value("AWSCURRENT")["api_key"] == "live-0"


def test_the_probe_waits_for_a_key_that_is_not_known_everywhere_yet(rig: Rig) -> None:
    rig.provider.trouble["GET /whoami"] = [401, 503]
    rig.rotate(FIRST)
    assert "AWSCURRENT" in rig.stages()[FIRST]


def test_a_failed_rotation_goes_on_where_it_stopped(rig: Rig) -> None:
    rig.provider.trouble["GET /whoami"] = [503] * 5
    with pytest.raises(RotationFailed):
        rig.rotate(FIRST)
    pending = rig.value("AWSPENDING")
    for step in STEPS:
        rig.step(step)
    assert rig.value("AWSCURRENT") == pending
    assert len(rig.provider.keys) == 2


def test_an_old_key_that_is_gone_already_is_no_failure(rig: Rig) -> None:
    rig.rotate(FIRST)
    del rig.provider.keys["k0"]
    rig.rotate(SECOND)
    assert "AWSCURRENT" in rig.stages()[SECOND]


def test_an_old_key_that_cannot_be_revoked_stops_the_rotation_before_a_new_one_is_made(rig: Rig) -> None:
    rig.rotate(FIRST)
    rig.provider.trouble["DELETE /keys/k0"] = [500]
    with pytest.raises(RotationFailed, match=r"To revoke an old key, api\.example\.com answered HTTP 500"):
        rig.rotate(SECOND)
    assert len(rig.provider.keys) == 2


def test_the_same_key_put_by_hand_again_is_not_revoked(rig: Rig) -> None:
    rig.put({"api_key": "live-0", "api_key_id": "k0", "account": "acme, renamed"})
    rig.rotate(FIRST)
    assert "k0" in rig.provider.keys


@pytest.mark.parametrize("first", ["change me", '{"api_key": "", "api_key_id": ""}', '{"api_key": "old"}'])
def test_a_first_value_that_is_no_whole_key_does_not_stop_later_rotations(rig: Rig, first: str) -> None:
    rig.put(first)
    rig.put({"api_key": "live-0", "api_key_id": "k0"})
    rig.rotate(FIRST)
    assert "AWSCURRENT" in rig.stages()[FIRST]


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("plain-text", "at AWSCURRENT is not a JSON object"),
        ('["live-0"]', "at AWSCURRENT is not a JSON object"),
        ('{"key": "live-0"}', "has no text at the JSON pointer '/api_key'"),
        ('{"api_key": "live-0\\n"}', "characters that an HTTP header cannot carry"),
    ],
)
def test_a_secret_without_a_usable_key_is_said_without_saying_its_value(rig: Rig, value: str, complaint: str) -> None:
    rig.put(value)
    rig.begin(FIRST)
    with pytest.raises(RotationFailed) as caught:
        rig.step("createSecret")
    assert complaint in str(caught.value)
    assert "live-0" not in str(caught.value)
    assert "plain-text" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (b"<html>live-9</html>", "answered something that is not JSON"),
        (b'{"data": {"id": "k9", "key": "live-9"}}', "has no text at the JSON pointer '/data/secret'"),
        (b'{"data": {"id": "k0", "secret": "live-0"}}', "the key that is current already"),
        (b'{"data": {"id": "k9", "secret": "live-9\\u0000"}}', "an HTTP header cannot carry"),
    ],
)
def test_an_answer_without_a_new_key_is_said_without_saying_the_answer(rig: Rig, answer: bytes, complaint: str) -> None:
    rig.begin(FIRST)
    event = {"Step": "createSecret", "SecretId": rig.arn, "ClientRequestToken": FIRST}
    with pytest.raises(RotationFailed) as caught:
        handle(event, json.dumps(rig.settings), rig.client, lambda _: Response(200, answer))
    assert complaint in str(caught.value)
    assert "live-" not in str(caught.value)


def test_a_numeric_key_id_is_taken_as_text(rig: Rig) -> None:
    rig.begin(FIRST)
    event = {"Step": "createSecret", "SecretId": rig.arn, "ClientRequestToken": FIRST}
    answer = Response(200, b'{"data": {"id": 42, "secret": "live-42"}}')
    handle(event, json.dumps(rig.settings), rig.client, lambda _: answer)
    assert rig.value("AWSPENDING")["api_key_id"] == "42"


def test_a_key_without_an_id_is_not_asked_for_by_id(rig: Rig) -> None:
    rig.settings["create"]["url"] = "https://api.example.com/keys/{key_id}/roll"
    rig.put({"api_key": "live-0"})
    rig.begin(FIRST)
    with pytest.raises(RotationFailed, match="To create a key, its id is needed"):
        rig.step("createSecret")
    assert rig.provider.requests == []


def test_a_request_that_is_none_of_the_secrets_rotations_is_refused(rig: Rig) -> None:
    with pytest.raises(RotationFailed, match=f"has no version {SECOND}"):
        rig.step("createSecret", SECOND)


def test_a_rotation_that_another_one_overtook_is_refused(rig: Rig) -> None:
    rig.begin(FIRST)
    rig.begin(SECOND)
    with pytest.raises(RotationFailed, match="is not AWSPENDING"):
        rig.step("createSecret", FIRST)


def test_a_secret_that_is_being_deleted_is_left_alone(rig: Rig) -> None:
    rig.begin(FIRST)
    rig.client.delete_secret(SecretId=NAME, RecoveryWindowInDays=7)
    with pytest.raises(RotationFailed, match="scheduled for deletion"):
        rig.step("createSecret")
    assert rig.provider.requests == []


def test_a_deleted_secret_is_said_to_be_gone(rig: Rig) -> None:
    rig.client.delete_secret(SecretId=NAME, ForceDeleteWithoutRecovery=True)
    with pytest.raises(RotationFailed, match="does not exist"):
        rig.step("createSecret")


def test_a_secret_whose_rotation_is_off_is_left_alone(rig: Rig) -> None:
    rig.begin(FIRST)
    secretsmanager_backends[ACCOUNT][REGION].secrets[NAME].rotation_enabled = False
    with pytest.raises(RotationFailed, match="no rotation enabled"):
        rig.step("createSecret")


def test_a_secret_without_a_first_key_says_how_to_put_one(rig: Rig) -> None:
    rig.client.create_secret(Name="empty")
    rig.client.rotate_secret(SecretId="empty", RotationRules={"AutomaticallyAfterDays": 30})
    secret = secretsmanager_backends[ACCOUNT][REGION].secrets["empty"]
    secret.versions[FIRST] = {"createdate": 0, "version_id": FIRST, "version_stages": ["AWSPENDING"]}
    event = {"Step": "createSecret", "SecretId": "empty", "ClientRequestToken": FIRST}
    with pytest.raises(RotationFailed, match="put-secret-value"):
        handle(event, json.dumps(rig.settings), rig.client, rig.provider)


@pytest.mark.parametrize("left_out", ["Step", "SecretId", "ClientRequestToken"])
def test_an_event_of_another_kind_is_refused(rig: Rig, left_out: str) -> None:
    event = {"Step": "createSecret", "SecretId": NAME, "ClientRequestToken": FIRST}
    del event[left_out]
    with pytest.raises(RotationFailed, match=left_out):
        handle(event, json.dumps(rig.settings), rig.client, rig.provider)


def test_an_unknown_step_is_refused(rig: Rig) -> None:
    rig.begin(FIRST)
    with pytest.raises(RotationFailed, match="'dropSecret'; a rotation has createSecret, setSecret"):
        rig.step("dropSecret")


def test_no_key_is_ever_logged(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="rotate_api_key")
    rig.provider.trouble["GET /whoami"] = [503] * 5
    with pytest.raises(RotationFailed):
        rig.rotate(FIRST)
    for step in STEPS:
        rig.step(step)
    rig.rotate(SECOND)
    assert "Stored a new key as AWSPENDING" in caplog.text
    for key in ["live-0", rig.value("AWSCURRENT")["api_key"], rig.value("AWSPREVIOUS")["api_key"]]:
        assert key not in caplog.text


class Failing:
    """The client, but for one call that fails."""

    def __init__(self, client: Any, call: str, code: str) -> None:
        self._client, self._call, self._code = client, call, code

    def __getattr__(self, name: str) -> Any:
        if name != self._call:
            return getattr(self._client, name)

        def fail(**_: Any) -> None:
            raise ClientError({"Error": {"Code": self._code, "Message": "tested"}}, name)

        return fail
