"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.framework.checking import problems_of
from groundplan.framework.inputs import plain
from groundplan.problems import BadInput
from modules.secrets.secrets_manager import (
    ApiKeyProvider,
    Authentication,
    Consumer,
    Create,
    KeyRing,
    Probe,
    RdsCredentials,
    Rotation,
    Secret,
    SecretsManager,
    SecretsManagerInputs,
)
from tests.modules.secrets_manager.examples import FULL, GATEWAY, SMALL
from tests.support.planning import ModulePlan

DAILY = Rotation(automatically_after_days=1)
WRONG: dict[str, tuple[Secret, str]] = {
    "rds settings on an API key": (
        Secret(kind="api_key", description="x", rds=RdsCredentials()),
        'rds: is for kind rds_credentials only: remove it, or change the kind, got kind = "api_key"',
    ),
    "a database password to rotate without its database": (
        Secret(kind="rds_credentials", description="x", rotation=DAILY),
        "rds: must be given to rotate a secret of kind rds_credentials: which engine and users it is for",
    ),
    "a provider on an encryption key": (
        Secret(kind="encryption_key", description="x", provider="gateway", rotation=DAILY),
        "provider: is for kinds api_key and oauth_client_secret only: remove it, or change the kind, "
        'got kind = "encryption_key"',
    ),
    "an API key to rotate without a provider": (
        Secret(kind="api_key", description="x", rotation=DAILY),
        "provider: must be given to rotate a secret of this kind: only the third party can make a new key, "
        'got kind = "api_key"',
    ),
    "a provider that is never asked": (
        Secret(kind="api_key", description="x", provider="gateway"),
        "rotation: must be given with provider: without a schedule the provider is never asked",
    ),
    "a key ring on an OAuth client": (
        Secret(kind="oauth_client_secret", description="x", provider="gateway", rotation=DAILY, key_ring=KeyRing()),
        'key_ring: is for kind encryption_key only: remove it, or change the kind, got kind = "oauth_client_secret"',
    ),
    "a kind that is none": (
        Secret(kind="password", description="x"),  # type: ignore[arg-type]  # what is wrong is the point
        'kind: must be one of "rds_credentials", "api_key", "oauth_client_secret", "encryption_key", got "password"',
    ),
    "two schedules": (
        Secret(
            kind="encryption_key",
            description="x",
            rotation=Rotation(automatically_after_days=1, schedule_expression="rate(4 hours)"),
        ),
        "rotation.schedule_expression: must not be given together with automatically_after_days: remove one of them, "
        'got schedule_expression = "rate(4 hours)", automatically_after_days = 1',
    ),
    "a window into the next one": (
        Secret(
            kind="encryption_key",
            description="x",
            rotation=Rotation(schedule_expression="rate(4 hours)", window_hours=5),
        ),
        "rotation.window_hours: must end before the next window begins, and before the day ends in UTC: make it "
        'shorter, or begin earlier, got window_hours = 5, schedule_expression = "rate(4 hours)"',
    ),
    "a window into the next day": (
        Secret(
            kind="encryption_key",
            description="x",
            rotation=Rotation(schedule_expression="cron(0 22 ? * SUN *)", window_hours=3),
        ),
        "rotation.window_hours: must end before the next window begins, and before the day ends in UTC: make it "
        'shorter, or begin earlier, got window_hours = 3, schedule_expression = "cron(0 22 ? * SUN *)"',
    ),
    "no schedule": (
        Secret(kind="encryption_key", description="x", rotation=Rotation()),
        "rotation.automatically_after_days: must be given, or schedule_expression instead",
    ),
    "alternating users without a superuser": (
        Secret(kind="rds_credentials", description="x", rds=RdsCredentials(users="alternating")),
        "rds.superuser_secret: must be given for users = alternating: "
        "name the secret of a user that may change both passwords",
    ),
    "a superuser for a single user": (
        Secret(kind="rds_credentials", description="x", rds=RdsCredentials(superuser_secret="x1")),
        'rds.superuser_secret: is for users = alternating only: remove it, or change users, got users = "single"',
    ),
}


def with_secret(secret: Secret) -> SecretsManagerInputs:
    return SMALL.but(secrets={"x1": secret, "gateway": FULL.secrets["payments-gateway"].but(replica_regions=[])}).but(
        api_key_providers={"gateway": GATEWAY}
    )


def said(inputs: SecretsManagerInputs) -> list[str]:
    return [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)]


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_combination_is_refused_at_its_place(wrong: str) -> None:
    secret, message = WRONG[wrong]
    assert said(with_secret(secret)) == [f'secrets["x1"].{message}']


def test_terraform_refuses_the_same_in_the_same_words(plan_module: Callable[..., ModulePlan]) -> None:
    wrong = {f"x{index}": secret for index, (secret, _) in enumerate(WRONG.values())}
    inputs = with_secret(SMALL.secrets["crm"]).but(
        secrets={**wrong, "gateway": FULL.secrets["payments-gateway"].but(replica_regions=[])}
    )
    with pytest.raises(BadInput) as refused:
        plan_module(SecretsManager, inputs)
    messages = " ".join(problem.message for problem in refused.value.problems)
    for index, (_, message) in enumerate(WRONG.values()):
        assert f'secrets["x{index}"].{message}' in messages


def test_a_missing_kind_is_required_and_missing() -> None:
    problems = said(with_secret(Secret(description="x")))  # type: ignore[call-arg]  # what is missing is the point
    assert problems == ['secrets["x1"].kind: is required and missing']


def broken(**changed: Any) -> list[str]:
    return said(FULL.but(**changed))


def test_names_that_lead_nowhere_and_those_that_the_module_keeps_are_refused() -> None:
    gateway = FULL.secrets["payments-gateway"]
    claims = FULL.secrets["claims-db"]
    assert broken(tags={"Consumer/ledger": "mine", "consumers": "fine", "Kind": "fine"}) == [
        'tags["Consumer/ledger"]: must have another name: the module sets consumer/ itself, and each of consumers may '
        "read the secrets that carry its own"
    ]
    assert broken(api_key_providers={}) == [
        'secrets["payments-gateway"].provider: must be a name among api_key_providers, got provider = "gateway"'
    ]
    assert broken(replica_regions={}) == [
        f'secrets["{name}"].replica_regions: must be names among the replica_regions of the module, '
        'got replica_regions = ["us-west-2"]'
        for name, secret in sorted(FULL.secrets.items())
        if secret.replica_regions
    ]
    assert broken(consumers={"a1": Consumer(secrets=["nothing"], role_arns=["arn:aws:iam::111122223333:role/a"])}) == [
        'consumers["a1"].secrets: must be names among secrets, got secrets = ["nothing"]'
    ]
    assert broken(secrets={**FULL.secrets, "claims-db": claims.but(rds=claims.rds.but(superuser_secret="crm"))}) == [
        'secrets["claims-db"].rds.superuser_secret: must be the name of a secret of kind rds_credentials '
        'among secrets, got rds.superuser_secret = "crm"'
    ]
    assert broken(secrets={**FULL.secrets, "payments-gateway": gateway.but(provider=None, rotation=None)}) == [
        "secrets: each of api_key_providers must be the provider of one secret at least: "
        'a function without a secret has nothing to rotate, got ["gateway"]'
    ]


def test_a_database_that_no_function_can_reach_is_refused() -> None:
    without = [name for name, s in sorted(FULL.secrets.items()) if s.rds and s.rotation and not s.rds.managed_secret]
    assert broken(rotation_network=None) == [
        f'secrets["{name}"].rds.network: must be given, or rotation_network of the module: the function that rotates '
        "the password must reach the database, got rds.network = null"
        for name in without
    ]
    assert without


def test_the_secrets_own_region_is_refused_for_copies(plan_module: Callable[..., ModulePlan]) -> None:
    with pytest.raises(BadInput, match="replica_regions: must not name us-west-2, where the secrets themselves are"):
        plan_module(SecretsManager, FULL, region="us-west-2")
    (problem,) = problems_of(FULL.but(alarm_topic_arn="arn:aws:sns:us-west-2:111122223333:prod-alarms"), "prod.secrets")
    assert problem.path == 'prod.secrets.replica_regions["us-west-2"]'
    assert problem.message.startswith('must be another region than the module\'s own, got "us-west-2"')


@pytest.mark.parametrize("schedule", ["rate(3 hours)", "rate(5 minutes)", "cron(30 3 * * ? *)", "cron(0 3 * * ? 2030)"])
def test_a_schedule_that_secrets_manager_does_not_take_is_refused(schedule: str) -> None:
    rotation = Rotation(schedule_expression=schedule)
    problems = said(with_secret(Secret(kind="encryption_key", description="x", rotation=rotation)))
    assert [problem.split(":")[0] for problem in problems] == ['secrets["x1"].rotation.schedule_expression']


@pytest.mark.parametrize("schedule", ["rate(4 hours)", "rate(1 day)", "rate(30 days)", "cron(0 3 ? * SUN *)"])
def test_schedules_of_secrets_manager_are_taken(schedule: str) -> None:
    rotation = Rotation(schedule_expression=schedule)
    assert said(with_secret(Secret(kind="encryption_key", description="x", rotation=rotation))) == []


def test_a_wildcard_among_readers_is_refused_since_an_event_pattern_would_not_match_it() -> None:
    consumer = Consumer(secrets=["crm"], role_arns=["arn:aws:iam::111122223333:role/claims-*"])
    (problem,) = said(FULL.but(consumers={"claims-api": consumer}))
    assert problem.startswith('consumers["claims-api"].role_arns[0]: must be the ARN of an iam resource')


def test_a_key_in_a_providers_url_is_refused() -> None:
    bad = GATEWAY.but(probe=Probe(url="https://api.example.com/whoami?key={key}"))
    (problem,) = broken(api_key_providers={"gateway": bad})
    assert problem.startswith('api_key_providers["gateway"].probe.url: must be an https:// URL')


def test_a_member_of_a_body_that_is_a_text_and_a_list_is_refused() -> None:
    bad = GATEWAY.but(create=GATEWAY.create.but(body_lists={"label": ["payments"]}))
    assert broken(api_key_providers={"gateway": bad}) == [
        'api_key_providers["gateway"].create.body_lists["label"]: must have another name than those of body: the '
        "object has each once"
    ]


def test_a_probe_that_outlasts_its_function_is_refused() -> None:
    bad = GATEWAY.but(probe=Probe(url="https://api.example.com/whoami", attempts=30, wait_seconds=60))
    (problem,) = broken(api_key_providers={"gateway": bad})
    assert "attempts * (timeout_seconds + wait_seconds) must be 870 seconds or less" in problem


POINTERS = st.sampled_from(["/api_key", "/data/0/key", "/a~1b", "/"])
URLS = st.sampled_from(["https://api.example.com/keys", "https://api.example.com/keys/{request_id}?all=1"])


@st.composite
def providers(draw: st.DrawFn) -> ApiKeyProvider:
    named = draw(st.booleans())
    pointer = draw(POINTERS) if named else None
    return ApiKeyProvider(
        authentication=Authentication(
            header=draw(st.sampled_from(["Authorization", "X-Api-Key"])),
            format=draw(st.sampled_from(["Bearer {key}", "{key}", "token={key}; v=2"])),
            username_pointer=draw(st.none() | POINTERS),
        ),
        key_pointer=draw(POINTERS),
        key_id_pointer=pointer,
        create=Create(
            url=draw(URLS),
            key_pointer=draw(POINTERS),
            key_id_pointer=pointer,
            body=draw(st.none() | st.dictionaries(st.sampled_from(["label", "scope"]), st.just("{request_id}"))),
            expect=draw(st.none() | st.lists(st.integers(200, 299), min_size=1, max_size=3)),
        ),
        probe=Probe(url=draw(URLS), attempts=draw(st.integers(1, 8)), wait_seconds=draw(st.integers(0, 40))),
        overlap=draw(st.sampled_from(["none", "until_next_rotation"])),
        timeout_seconds=draw(st.integers(1, 60)),
    )


@settings(max_examples=80, deadline=None)
@given(provider=providers())
def test_what_the_module_takes_the_rotation_function_takes(provider: ApiKeyProvider) -> None:
    from rotate_api_key.settings import parse

    assert problems_of(provider) == []
    written = plain(provider)
    authentication = written["authentication"]
    basic = "username_pointer" in authentication
    document = {
        "authentication": {**authentication, "format": "Basic {basic}" if basic else authentication["format"]},
        "secret": {"key_pointer": written["key_pointer"], "key_id_pointer": written.get("key_id_pointer")},
        **{name: written.get(name) for name in ("create", "probe", "enable", "revoke", "overlap", "timeout_seconds")},
    }
    assert parse(json.dumps(document)).create.url == provider.create.url


def test_the_environment_of_the_planned_function_is_what_the_function_reads(
    plan_module: Callable[..., ModulePlan],
) -> None:
    from rotate_api_key.settings import parse

    bare = GATEWAY.but(create=Create(url=GATEWAY.create.url, key_pointer="/key", key_id_pointer="/id"))
    listed = bare.but(create=bare.create.but(body_lists={"scopes": ["read"]}))
    secrets = {name: FULL.secrets["payments-gateway"].but(provider=name) for name in ("bare", "listed")}
    plan = plan_module(
        SecretsManager,
        FULL.but(
            secrets={**FULL.secrets, **secrets},
            api_key_providers={**FULL.api_key_providers, "bare": bare, "listed": listed},
        ),
    )

    def known_of(provider: str) -> Any:
        (environment,) = plan.resource(f'aws_lambda_function.api_key["{provider}"]')["environment"]
        return parse(environment["variables"]["PROVIDER"])

    assert known_of("bare").create.body is None
    assert known_of("listed").create.body == {"scopes": ["read"]}
    known = known_of("gateway")
    assert known.header_format == "Bearer {key}"
    assert known.create.body == {"label": "payments", "scopes": ["charges.create", "charges.read"]}
    assert known.key_id_pointer == "/api_key_id"
    assert known.revoke is not None
    assert known.enable is None


@pytest.mark.parametrize(
    ("schedule", "hours"),
    [("rate(4 hours)", 4), ("cron(0 22 ? * SUN *)", 2), ("cron(0 0/8 * * ? *)", 8), ("rate(10 days)", 24)],
)
def test_a_window_that_ends_in_time_is_taken(schedule: str, hours: int) -> None:
    rotation = Rotation(schedule_expression=schedule, window_hours=hours)
    assert problems_of(rotation) == []
