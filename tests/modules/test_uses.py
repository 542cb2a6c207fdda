"""Policies give what somebody needs, refuse what is next to it, and hold no word that nobody needs."""

from __future__ import annotations

import importlib
import json
from collections.abc import Sequence
from typing import Any

import pytest

from groundplan.charts.tree import data_folder
from tests.modules.complete import COMPLETE, applied
from tests.modules.uses import ACCOUNT, Can, Refusal, Use, documents, faults, pod, rbac_faults
from tests.support.planning import ModulePlan

NAMES = sorted(COMPLETE)
# https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.34/
KUBERNETES = {
    "/metrics",
    "configmaps",
    "cronjobs.batch",
    "customresourcedefinitions.apiextensions.k8s.io",
    "daemonsets.apps",
    "deployments.apps",
    "endpointslices.discovery.k8s.io",
    "events",
    "ingresses.networking.k8s.io",
    "jobs.batch",
    "namespaces",
    "networkpolicies.networking.k8s.io",
    "nodes",
    "nodes/metrics",
    "persistentvolumeclaims",
    "pods",
    "pods/log",
    "replicasets.apps",
    "resourcequotas",
    "secrets",
    "services",
    "statefulsets.apps",
}


@pytest.fixture(scope="module", params=NAMES)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, ModulePlan]:
    """Who needs what of a module, and what its complete example makes."""
    needs = importlib.import_module(f"tests.modules.{request.param}.uses")
    return needs, applied(request.param, tmp_path_factory)


def test_every_policy_has_somebody_who_needs_it(made: tuple[Any, ModulePlan]) -> None:
    needs, plan = made
    assert set(needs.POLICIES) == set(documents(plan))


def test_every_policy_gives_what_is_needed_and_no_more(made: tuple[Any, ModulePlan]) -> None:
    needs, plan = made
    spare: dict[str, str] = getattr(needs, "SPARE", {})
    told, not_needed = {}, set()
    for address, document in documents(plan).items():
        found = faults(document, needs.POLICIES.get(address, ()), plan)
        not_needed |= {sid for sid in spare for each in found if each.endswith(f" of {sid}")}
        if rest := [each for each in found if not any(each.endswith(f" of {sid}") for sid in spare)]:
            told[address] = rest
    assert told == {}
    assert not_needed == set(spare), "listed as spare, and needed"


def test_every_role_of_kubernetes_gives_what_is_needed_and_no_more(made: tuple[Any, ModulePlan]) -> None:
    needs, plan = made
    roles = {
        address: change["after"]["rule"]
        for address, change in plan.changes.items()
        if address.startswith(("kubernetes_role_v1.", "kubernetes_cluster_role_v1."))
    }
    asked = getattr(needs, "RBAC", {})
    assert set(asked) == set(roles)
    assert {address: found for address, rules in roles.items() if (found := rbac_faults(rules, asked[address]))} == {}
    assert {can.resource for cans in asked.values() for can in cans} <= KUBERNETES | custom_resources()


def custom_resources() -> set[str]:
    """`backups.velero.io` and so on: what charts bring, by the plural that Kubernetes knows it by."""
    return {
        f"{kind['plural']}.{kind['api_version'].partition('/')[0]}"
        for file in data_folder().joinpath("custom_resources").iterdir()
        for kind in json.loads(file.read_text("utf-8"))["kinds"]
    }


# That the tests above can fail

NO_PLAN = ModulePlan({"resource_changes": []})
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"
VIA = {"kms:ViaService": "s3.us-east-1.amazonaws.com"}
DECRYPTS = Use("kms:Decrypt", KEY, given=VIA)


def grant(**changes: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Action": ["kms:Decrypt"],
        "Resource": [KEY],
        "Condition": {"StringEquals": {"kms:ViaService": ["s3.us-east-1.amazonaws.com"]}},
        **changes,
    }
    return {"Statement": [{key: value for key, value in statement.items() if value}]}


@pytest.mark.parametrize(
    ("document", "needs", "told"),
    [
        pytest.param(grant(), [DECRYPTS], "", id="what is needed"),
        pytest.param(grant(Condition=None), [DECRYPTS], "let through", id="through any service"),
        pytest.param(grant(Resource=["*"]), [DECRYPTS], "let through", id="any key"),
        pytest.param(grant(Action=["kms:Encrypt"]), [DECRYPTS], "refused", id="another action"),
        pytest.param(
            grant(Action=["kms:Decrypt", "kms:Encrypt"]), [DECRYPTS], "nobody needs kms:Encrypt", id="one more"
        ),
        pytest.param(grant(Resource=[KEY, f"{KEY}2"]), [DECRYPTS], f"nobody needs {KEY}2", id="one more key"),
        pytest.param(grant(), [Use("kms:Decrypt", KEY, also=VIA)], "nobody needs the condition", id="condition untold"),
        pytest.param(grant(Effect="Deny"), [], "nobody needs", id="a refusal that nobody asked for"),
        pytest.param(grant(), [Refusal("kms:Decrypt", KEY)], "not denied", id="no refusal"),
    ],
)
def test_a_policy_that_is_not_what_is_needed_is_told(
    document: dict[str, Any], needs: Sequence[Use | Refusal], told: str
) -> None:
    found = faults(document, needs, NO_PLAN)
    assert any(each.startswith(told) for each in found) if told else found == []


def test_a_role_that_any_service_account_may_take_is_told() -> None:
    provider = "oidc.example.com/id/1"
    trust = {
        "Effect": "Allow",
        "Action": ["sts:AssumeRoleWithWebIdentity"],
        "Principal": {"Federated": [f"arn:aws:iam::{ACCOUNT}:oidc-provider/{provider}"]},
        "Condition": {"StringEquals": {f"{provider}:aud": ["sts.amazonaws.com"]}},
    }
    assert any(
        each.startswith("let through") for each in faults({"Statement": [trust]}, pod("a", "b", provider), NO_PLAN)
    )


RULE = {"api_groups": ["velero.io"], "resources": ["backups"], "verbs": ["get", "list"]}


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        pytest.param(RULE, "", id="what is needed"),
        pytest.param({**RULE, "api_groups": ["velero.com"]}, "refused: get backups.velero.io", id="another group"),
        pytest.param({**RULE, "verbs": ["get"]}, "refused: list", id="a verb too few"),
        pytest.param({**RULE, "verbs": ["delete", "get", "list"]}, "let through: delete", id="a verb too many"),
        pytest.param(
            {**RULE, "resources": ["backups", "restores"]}, "nobody needs 'restores'", id="a resource too many"
        ),
        pytest.param({**RULE, "resource_names": ["daily"]}, "refused: get", id="only by a name"),
    ],
)
def test_a_role_that_is_not_what_is_needed_is_told(rule: dict[str, Any], told: str) -> None:
    found = rbac_faults([rule], [Can("get list", "backups.velero.io")])
    assert any(each.startswith(told) for each in found) if told else found == []
