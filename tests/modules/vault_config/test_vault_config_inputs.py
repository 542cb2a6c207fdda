"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from modules.secrets.vault_config import (
    AwsEngine,
    AwsRole,
    DatabaseEngine,
    DatabaseRole,
    Generation,
    KubernetesAuth,
    KubernetesRole,
    PathRule,
    PkiEngine,
    PkiRole,
    Policy,
    TransitEngine,
    TransitKey,
    VaultConfig,
    VaultConfigInputs,
)
from tests.modules.vault_config.examples import CLAIMS, FULL, ROLES, SMALL
from tests.support.planning import refusals

LOGIN = KubernetesRole(service_accounts=["a"], namespaces=["b"], policies=["c-policy"])
EMPTY = Policy(paths={"kv/data/a": PathRule(capabilities=["read"])})
PKI = PkiEngine(
    organization="Example",
    generations={"1": Generation(common_name="CA")},
    signs="1",
    address="https://vault.example.com",
    roles={"claims": PkiRole(domain="example.com")},
)
PATH = (
    "must be a path of Vault without a slash at its beginning, with * at its very end only and + for a whole part of "
    "it, such as claims/data/+/keys/*"
)


def policy(path: str, *capabilities: str) -> VaultConfigInputs:
    return SMALL.but(policies={"it-is": Policy(paths={path: PathRule(capabilities=list(capabilities))})})


def pki(**settings: object) -> VaultConfigInputs:
    return SMALL.but(pki=PKI.but(**settings))


WRONG: dict[str, tuple[VaultConfigInputs, str]] = {
    "a star in the middle of a path": (
        policy("kv/*/keys", "read"),
        f'policies["it-is"].paths["kv/*/keys"]: its name {PATH}, got "kv/*/keys"',
    ),
    "a slash at the beginning of a path": (
        policy("/kv/data", "read"),
        f'policies["it-is"].paths["/kv/data"]: its name {PATH}, got "/kv/data"',
    ),
    "deny beside others": (
        policy("kv/data", "deny", "read"),
        'policies["it-is"].paths["kv/data"].capabilities: must have deny alone: beside it nothing else counts',
    ),
    "a capability that Vault does not have": (
        policy("kv/data", "write"),
        'policies["it-is"].paths["kv/data"].capabilities[0]: must be one of "create", "read", "update", "patch", '
        '"delete", "list", "subscribe", "sudo", "deny", got "write"',
    ),
    "a policy that gives nothing": (
        SMALL.but(policies={"it-is": Policy(paths={})}),
        'policies["it-is"].paths: must have a path at least: a policy without one gives nothing',
    ),
    "a login whose policy nobody wrote": (
        SMALL.but(kubernetes=KubernetesAuth(roles={"api-login": LOGIN}), policies={"other": EMPTY}),
        "kubernetes: must name policies that are in policies: of a policy that is not there Vault says nothing, and "
        "gives nothing by it",
    ),
    "every service account": (
        SMALL.but(
            kubernetes=KubernetesAuth(roles={"api-login": LOGIN.but(service_accounts=["*"])}),
            policies={"c-policy": EMPTY},
        ),
        'kubernetes.roles["api-login"].service_accounts[0]: must be a Kubernetes name: at most 253 of a-z, 0-9, - and '
        '., with a letter or digit at its beginning and end, got "*"',
    ),
    "a token that is over before it begins to be renewed": (
        SMALL.but(
            kubernetes=KubernetesAuth(roles={"api-login": LOGIN.but(token_max_ttl_seconds=60)}),
            policies={"c-policy": EMPTY},
        ),
        'kubernetes.roles["api-login"].token_max_ttl_seconds: must be token_ttl_seconds at least, got '
        "token_max_ttl_seconds = 60, token_ttl_seconds = 1200",
    ),
    "an engine in a place of Vault's own": (
        SMALL.but(transit=TransitEngine(path="sys/transit", keys={})),
        'transit.path: must not begin with sys, auth, identity or cubbyhole, which are Vault\'s own, got "sys/transit"',
    ),
    "a user that outlives what Vault can renew": (
        SMALL.but(
            database=DatabaseEngine(
                connections={
                    "claims": CLAIMS.but(
                        roles={"reader": DatabaseRole(creation_statements=["SELECT 1"], default_ttl_seconds=100_000)}
                    )
                }
            )
        ),
        'database.connections["claims"].roles["reader"].max_ttl_seconds: must be default_ttl_seconds at least, got '
        "max_ttl_seconds = 86400, default_ttl_seconds = 100000",
    ),
    "credentials for less than AWS gives": (
        SMALL.but(
            aws=AwsEngine(
                region="us-east-1",
                server_role_arn=f"{ROLES}a",
                roles={"export": AwsRole(role_arns=[f"{ROLES}b"], default_ttl_seconds=60)},
            )
        ),
        'aws.roles["export"].default_ttl_seconds: must be 900 to 43200, got 60',
    ),
    "a CA that nobody signs with": (pki(signs="2"), 'pki.signs: must be a name in generations, got signs = "2"'),
    "a certificate that nobody may show": (
        pki(roles={"claims": PkiRole(domain="example.com", server=False)}),
        'pki.roles["claims"].server: must be on where client is off, or nobody may show them',
    ),
    "a role that signs nothing": (
        pki(roles={"claims": PkiRole(domain="example.com", allow_subdomains=False)}),
        'pki.roles["claims"].allow_subdomains: must be on where allow_bare_domain is off, or the role signs nothing',
    ),
    "a length for a key that has its own": (
        SMALL.but(transit=TransitEngine(keys={"claims": TransitKey(key_bytes=64)})),
        'transit.keys["claims"].key_bytes: must be left out but for type hmac, as the others have a length of their '
        'own, got type = "aes256-gcm96"',
    ),
}


def test_the_examples_are_sound() -> None:
    assert problems_of(FULL) == problems_of(SMALL) == problems_of(pki()) == []
    for path in ("*", "kv/*", "+/config", "kv/data/+/keys/", "kv/data/team-*"):
        assert problems_of(policy(path, "read")) == [], path


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    assert [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)] == [message]


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    told = refusals(VaultConfig, {name: inputs for name, (inputs, _) in WRONG.items()}, tmp_path)
    assert {name: message for name, (_, message) in WRONG.items() if message not in told[name]} == {}
