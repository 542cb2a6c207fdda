"""Secrets: attributes that hold one, and the shapes that one is known by."""

from __future__ import annotations

import re

from groundplan.plan.schema.model import walk
from tests.policy.tables.provider import LIBRARY, schema_of

# Sensitive to the provider, and no secret of ours.
NO_SECRETS = {
    "aws_redshiftserverless_namespace.admin_username": "a name",
    "helm_release.set_sensitive.value": "secrets/no_secret_in_values reads it",
}


def test_what_a_provider_calls_sensitive_is_listed_as_a_secret() -> None:
    for name, paths in LIBRARY.data["parameters"]["secrets"]["attributes"].items():
        listed = {".".join(step for step in path if isinstance(step, str) and step != "*") for path in paths}
        sensitive = {
            place
            for place, attribute in walk(schema_of(name))
            if attribute.sensitive and not attribute.computed_only and not attribute.write_only
        }
        assert sorted(place for place in sensitive - listed if f"{name}.{place}" not in NO_SECRETS) == [], name


X = "0123456789abcdefABCDEF" * 4


SECRETS = {
    "an AWS access key": ["AKIA" + "ABCDEFGH01234567", "ASIA" + "ABCDEFGH01234567"],
    "an AWS secret access key": ["aws_secret_access_key = " + X[:40]],
    "a private key": [
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----",
        "PuTTY-User-Key-File" + "-3",
        "AGE-SECRET-KEY" + "-1" + "A" * 24,
    ],
    "a password in a URL": ["postgres://app:" + "hunter22@db.example.com/claims"],
    "an authorization header": ["Authorization: Bearer " + X[:20]],
    "a password, key or token in words": ["password=" + "hunter22!", "api_key: " + "hunter22!"],
    "a token of GitHub": ["ghp" + "_" + X[:36], "github" + "_pat_" + X[:40]],
    "a token of GitLab": ["glpat" + "-" + X[:20], "GR134" + "8941" + X[:20]],
    "a token of Slack": ["xoxb" + "-" + X[:12], "xapp" + "-1-" + X[:20]],
    "a webhook that anybody may call": [
        "https://hooks.slack.com/" + "services/" + X[:24],
        "https://discord.com/" + "api/webhooks/123/" + X[:24],
        "https://example.webhook.office.com/" + "webhookb2/" + X[:24],
    ],
    "a live API key": [
        "sk" + "_live_" + X[:16],
        "SG" + "." + X[:20] + "." + X[:40],
        "sq0csp" + "-" + X[:22],
        "key" + "-" + "0123456789abcdef" * 2,
        "AIza" + X[:35],
        "sk" + "-proj-" + X[:32],
        "dapi" + "0123456789abcdef" * 2,
        "NRAK" + "-" + "ABCDEFGHI" * 3,
        "dt0c01" + "." + "A" * 24 + "." + "A" * 64,
        "glsa" + "_" + X[:32],
        "PMAK" + "-" + "0123456789abcdef01234567" + "-" + "01" * 17,
        "shpat" + "_" + "0123456789abcdef" * 2,
        "AccountKey" + "=" + X[:60],
        "0123456789abcdef" * 2 + "-us12",
    ],
    "a token of a registry": [
        "npm" + "_" + X[:36],
        "pypi" + "-Ag" + X[:50],
        "dckr" + "_pat_" + X[:20],
        "rubygems" + "_" + "0123456789abcdef" * 3,
        "//registry.example.com/:_auth" + "Token=" + X[:12],
    ],
    "a token of HashiCorp": ["hvs" + "." + X[:24], X[:14] + "." + "atlasv1." + X[:60]],
    "a signed token (JWT)": [".".join(["eyJ" + X[:12], "eyJ" + X[:12], X[:12]])],
}


def test_each_shape_of_a_secret_is_known_by_an_invented_one() -> None:
    shapes = LIBRARY.data["parameters"]["secrets"]["values"]
    for kind, samples in SECRETS.items():
        mine = [shape for shape in shapes if shape["kind"] == kind]
        for sample in samples:
            assert any(re.search(shape["pattern"], sample) for shape in mine), f"{kind}: {sample[:8]}"
        idle = [shape["pattern"] for shape in mine if not any(re.search(shape["pattern"], each) for each in samples)]
        assert idle == [], kind
    assert {shape["kind"] for shape in shapes} == set(SECRETS)


# What has the shape of a secret and is none, by what says so: a word instead of a secret, and where a secret is.
INNOCENT = [
    ("an authorization header", "with", "Authorization: Bearer " + "abcdefghijklmnopqrst"),
    ("a password, key or token in words", "with", "password=" + "changethis"),
    ("a password, key or token in words", "with", "api_key: " + "changethis"),
    ("a password, key or token in words", "without", "password=" + "arn:aws:secretsmanager:us-east-1:111122223333:a"),
    ("a password, key or token in words", "without", "api_key: " + "https://keys.example.com/1"),
    ("a password, key or token in words", "without", "password=" + "vault:claims/1"),
    ("a password, key or token in words", "without", "api_key: " + "projects/1/secrets/a"),
]


def test_each_shape_lets_what_is_no_secret_pass() -> None:
    shapes = LIBRARY.data["parameters"]["secrets"]["values"]
    told = set()
    for kind, why, text in INNOCENT:
        for place, shape in enumerate(shapes):
            part = re.search(shape["pattern"], text)
            if part is not None:
                assert shape["kind"] == kind
                assert (re.search(shape[why], part[0]) is None) == (why == "with"), text
                told.add((place, why))
    # each shape that says more than its pattern is one of these, and its secrets pass by what it says
    assert told == {(place, why) for place, shape in enumerate(shapes) for why in ("with", "without") if why in shape}
    assert len(told) == 5
    for place, why in told:
        parts = [re.search(shapes[place]["pattern"], sample) for sample in SECRETS[shapes[place]["kind"]]]
        said = [re.search(shapes[place][why], part[0]) is not None for part in parts if part]
        assert said
        assert all(each == (why == "with") for each in said)
