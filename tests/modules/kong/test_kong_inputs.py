"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from groundplan.problems import BadInput
from modules.gateway.kong import (
    Admin,
    ApplicationBalancer,
    Autoscaling,
    BackupCopy,
    Consumer,
    Credential,
    HttpLog,
    Jwt,
    Kong,
    KongInputs,
    LoadBalancer,
    Plugin,
    Portal,
    RateLimiting,
    WebAcl,
)
from tests.modules.kong.examples import CERTIFICATE, FULL, GUARDED, POLICIES, SECRET, SMALL
from tests.support.planning import ModulePlan, refusals

assert FULL.portal is not None
PORTAL: Portal = FULL.portal
WRONG: dict[str, tuple[KongInputs, str]] = {
    "a public load balancer for everybody": (
        SMALL.but(load_balancer=LoadBalancer(certificate_arns=[CERTIFICATE], scheme="internet-facing")),
        "load_balancer.allowed_cidrs: must name the networks of the clients when scheme is internet-facing: it has no "
        "firewall before it, which application would have, got allowed_cidrs = []",
    ),
    "everybody by another name": (
        SMALL.but(load_balancer=LoadBalancer(certificate_arns=[CERTIFICATE], allowed_cidrs=["0.0.0.0/0"])),
        'load_balancer.allowed_cidrs[0]: must name a network: /0 is everybody, got "0.0.0.0/0"',
    ),
    "everybody at the admin API": (
        SMALL.but(admin=Admin(allowed_cidrs=["0.0.0.0/0"])),
        'admin.allowed_cidrs[0]: must name a network: /0 is everybody, got "0.0.0.0/0"',
    ),
    "no certificate": (
        SMALL.but(load_balancer=LoadBalancer(certificate_arns=[])),
        "load_balancer.certificate_arns: must have 1 to 25 items, got 0",
    ),
    "fewer replicas than zones": (
        FULL.but(autoscaling=Autoscaling(min_replicas=2, max_replicas=4)),
        "autoscaling: must have min_replicas of zones at least, or a zone has none; a single replica needs zones = 1, "
        "got autoscaling.min_replicas = 2, zones = 3",
    ),
    "more at least than at most": (
        FULL.but(autoscaling=Autoscaling(min_replicas=6, max_replicas=4)),
        "autoscaling.max_replicas: must be min_replicas at least, got max_replicas = 4, min_replicas = 6",
    ),
    "a limit without a number": (
        SMALL.but(plugins={"limits": Plugin(rate_limiting=RateLimiting())}),
        'plugins["limits"].rate_limiting.second: must be set, or one of minute, hour and day: a limit needs a number, '
        "got second = null, minute = null, hour = null, day = null",
    ),
    "a limit by a header without its name": (
        SMALL.but(plugins={"limits": Plugin(rate_limiting=RateLimiting(second=5, limit_by="header"))}),
        'plugins["limits"].rate_limiting.header_name: must be set when limit_by is header, and only then, '
        'got limit_by = "header", header_name = null',
    ),
    "a limit in a redis that nobody knows": (
        SMALL.but(plugins={"limits": Plugin(rate_limiting=RateLimiting(second=5, policy="redis"))}),
        'plugins["limits"].rate_limiting.policy: must not be redis without redis of the module, which says where it is',
    ),
    "a plugin that is two": (
        SMALL.but(plugins={"both": Plugin(rate_limiting=RateLimiting(second=5), jwt=Jwt())}),
        'plugins["both"].rate_limiting: must be set, or jwt, request_transformer, response_transformer or http_log, '
        "and one of them alone: each is a plugin",
    ),
    "two limits of everything": (
        SMALL.but(
            plugins={
                name: Plugin(rate_limiting=RateLimiting(second=5), everywhere=True) for name in ("first", "second")
            }
        ),
        "plugins: must have one rate_limiting everywhere at most: Kong takes a single one for everything, "
        'got ["first","second"]',
    ),
    "a token that may live without an end that is looked at": (
        SMALL.but(plugins={"tokens": Plugin(jwt=Jwt(claims_to_verify=["nbf"]))}),
        'plugins["tokens"].jwt.maximum_expiration_seconds: must be 0 unless claims_to_verify has exp, '
        'got maximum_expiration_seconds = 3600, claims_to_verify = ["nbf"]',
    ),
    "a consumer of a plugin that is not there": (
        SMALL.but(consumers={"portal": Consumer(plugins=["limits"])}),
        'consumers["portal"].plugins: must name plugins that are there, got plugins = ["limits"]',
    ),
    "credentials that nobody brings": (
        SMALL.but(client_credentials={"portal": Credential(secret_arn=SECRET)}),
        "client_credentials: must be empty unless credentials is external_secrets, which brings them, "
        'got credentials = "csi"',
    ),
    "a password in a log's address": (
        SMALL.but(plugins={"log": Plugin(http_log=HttpLog(http_endpoint="https://me:it@logs.example.com"))}),
        'plugins["log"].http_log.http_endpoint: must not have a user or a password in it: name a header',
    ),
    "a portal whose secrets nobody brings": (
        SMALL.but(portal=FULL.portal),
        "portal: must be left out unless credentials is external_secrets, which brings its secrets, "
        'got credentials = "csi"',
    ),
    "a portal that wants a token of everybody": (
        FULL.but(plugins={"tokens": Plugin(jwt=Jwt(), everywhere=True)}, consumers={"portal": Consumer(plugins=[])}),
        'plugins["tokens"].everywhere: must be false beside portal, whose readers come with a cookie: name tokens '
        "where they are wanted",
    ),
    "a portal of nothing": (
        FULL.but(portal=PORTAL.but(documents={})),
        "portal.documents: must have 1 or more entries, got 0",
    ),
    "a scope that is two": (
        FULL.but(portal=PORTAL.but(oidc=PORTAL.oidc.but(scopes=["openid email"]))),
        "portal.oidc.scopes[0]: must be printable characters without spaces, quotes, commas and backslashes, "
        'got "openid email"',
    ),
    "days for logs that are elsewhere": (
        GUARDED.but(load_balancer=GUARDED.load_balancer.but(access_log_days=30)),
        "load_balancer.access_log_days: must be left out with application, whose logs are in a bucket that is not the "
        "module's, got access_log_days = 30",
    ),
    "logs that go with a module that has none": (
        GUARDED.but(load_balancer=GUARDED.load_balancer.but(keep_logs=False)),
        "load_balancer.keep_logs: must be left out with application, whose logs are in a bucket that is not the "
        "module's, got keep_logs = false",
    ),
    "a web ACL of CloudFront": (
        GUARDED.but(
            load_balancer=GUARDED.load_balancer.but(
                application=ApplicationBalancer(
                    access_logs_bucket_name="dev-balancer-logs",
                    web_acl=WebAcl(arn="arn:aws:wafv2:us-east-1:111122223333:global/webacl/dev/0a1b2c3d"),
                )
            )
        ),
        "load_balancer.application.web_acl.arn: must be the ARN of a wafv2 resource, such as arn:aws:wafv2:us-east-1:"
        '111122223333:regional/webacl/prod/0a1b2c3d-0000-4000-8000-000000000000, got "arn:aws:wafv2:us-east-1:'
        '111122223333:global/webacl/dev/0a1b2c3d"',
    ),
    "another's namespace": (
        SMALL.but(namespace="kube-system"),
        "namespace: must be Kong's own: the module makes it, default is there already, and names that begin with kube- "
        'are Kubernetes\' own, got namespace = "kube-system"',
    ),
}


def test_the_examples_are_sound() -> None:
    assert problems_of(FULL) == problems_of(SMALL) == problems_of(GUARDED) == []


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    assert [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)] == [message]


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    told = refusals(Kong, {name: inputs for name, (inputs, _) in WRONG.items()}, tmp_path)
    assert {name: message for name, (_, message) in WRONG.items() if message not in told[name]} == {}


UNREADABLE = {
    "of the version before": ('{"swagger": "2.0"}', "at /openapi: must be 3.0 or 3.1 with a patch version"),
    "prose": ("Claims are reported by POST.", "it must be a mapping, which begins with openapi"),
    "without an end": ("{", "it is neither YAML nor JSON"),
}


def test_what_is_no_openapi_is_refused_in_python_with_its_place_and_by_terraform(tmp_path: Path) -> None:
    given = {name: PORTAL.but(documents={"claims": text}) for name, (text, _) in UNREADABLE.items()}
    for name, (_, fault) in UNREADABLE.items():
        (found,) = problems_of(FULL.but(portal=given[name]))
        assert found.path == 'portal.documents["claims"]'
        assert fault in found.message
    large = PORTAL.but(documents={"a": POLICIES + " " * 600_000, "b": POLICIES + " " * 600_000})
    (found,) = problems_of(FULL.but(portal=large))
    assert found.path == "portal.documents"
    assert found.message.startswith("must have at most 1048576 bytes together")
    told = refusals(
        Kong, {name: FULL.but(portal=portal) for name, portal in {**given, "large": large}.items()}, tmp_path
    )
    assert [name for name in given if "each must be an OpenAPI document" not in told[name]] == []
    assert "must have at most 1048576 bytes together" in told["large"]


def test_what_only_the_region_tells_is_refused_by_terraform(
    plan_module: Callable[..., ModulePlan],
) -> None:
    wrong = SMALL.but(
        backup_copy=BackupCopy(region="il-central-1"),
        alarm_topic_arn="arn:aws:sns:il-central-1:111122223333:dev-alarms",
    )
    with pytest.raises(BadInput) as refused:
        plan_module(Kong, wrong, region="il-central-1")
    told = " ".join(str(refused.value).split())
    assert "trusted_authorities_pem: must be set in il-central-1" in told
    assert "backup_copy.region: must be another region than the module's own" in told
