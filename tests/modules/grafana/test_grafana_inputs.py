"""What the module refuses, in Python and by Terraform, with the same words."""

from __future__ import annotations

import pytest

from groundplan.framework.checking import problems_of
from modules.observability.grafana import (
    Credentials,
    DataSources,
    ExistingDatabase,
    Grafana,
    GrafanaInputs,
    Metrics,
    Persistence,
    SecretValue,
    TenantSource,
)
from tests.modules.grafana.examples import DATABASE, FULL, GIVEN, SMALL
from tests.support.planning import refusals

STORED = Credentials(remote_key="dev/grafana")
STORE = "must have its secret in the namespace already, or secret_store, which brings it from AWS Secrets Manager"

BAD: dict[str, tuple[GrafanaInputs, str, str]] = {
    "replicas that share no database": (
        SMALL.but(replicas=3),
        "replicas",
        "must be 1 without a database that the replicas share, or each has users and dashboards of its own: give "
        "database or existing_database, got replicas = 3",
    ),
    "two databases": (
        FULL.but(existing_database=ExistingDatabase(host="db.example.com", credentials=STORED)),
        "existing_database",
        "must not be given together with database",
    ),
    "one volume of EBS for several replicas": (
        FULL.but(persistence=Persistence(claims="shared")),
        "persistence",
        "must not be one ReadWriteOnce volume for several replicas, which only one node can mount: set claims to "
        "per_replica, or access_mode to ReadWriteMany with a class of EFS",
    ),
    "a database whose secret nobody brings": (SMALL.but(database=DATABASE), "database", STORE),
    "an administrator whose secret nobody brings": (SMALL.but(admin=STORED), "admin", STORE),
    "a source whose secret nobody brings": (
        SMALL.but(data_sources=DataSources(tempo=TenantSource(url="http://t", tenant="dev", credentials=STORED))),
        "data_sources",
        STORE,
    ),
    "a secret in two places": (
        FULL.but(encryption_key=SecretValue(secret_name="grafana", remote_key="grafana")),
        "encryption_key.secret_name",
        "must be given when remote_key is not, and only then",
    ),
    "a secret nowhere": (
        SMALL.but(admin=Credentials()),
        "admin.secret_name",
        "must be given when remote_key is not, and only then",
    ),
    "metrics that whoever reaches the ingress reads": (
        FULL.but(metrics=Metrics()),
        "metrics",
        "must have credentials together with ingress: /metrics would be open to whoever reaches it",
    ),
    "a group that would end its expression": (
        FULL.but(oidc=FULL.oidc.but(admin_groups=["a' || 'b"])),
        "oidc.admin_groups",
        "the name of a group: letters, digits, spaces and _ . / : @ + -",
    ),
    "a tenant with a slash": (
        SMALL.but(data_sources=DataSources(loki=TenantSource(url="http://l", tenant="a/b"))),
        "data_sources.loki.tenant",
        "the name of a tenant, or several with | between them",
    ),
    "a namespace of Kubernetes": (
        SMALL.but(create_namespace=True, namespace="kube-system"),
        "create_namespace",
        "must be false for default",
    ),
    "a database too small to grow": (
        FULL.but(database=DATABASE.but(max_allocated_storage_gib=22, allocated_storage_gib=21)),
        "database.max_allocated_storage_gib",
        "must be larger than allocated_storage_gib by a tenth or more",
    ),
    "people without a name": (
        SMALL.but(extra_values={"grafana.ini": {"auth.anonymous": {"enabled": True}}}),
        "extra_values",
        "These values are set by the module and cannot be overridden: grafana\\.ini.auth\\.anonymous.enabled",
    ),
    "replicas in the values": (
        SMALL.but(extra_values={"replicas": 5}),
        "extra_values",
        "replicas (set the input replicas instead)",
    ),
}
BY_TERRAFORM_ALONE = {"people without a name", "replicas in the values"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Terraform's answers to all of them at once."""
    return refusals(Grafana, {name: BAD[name][0] for name in sorted(BAD)}, tmp_path_factory.mktemp("refusals"))


@pytest.mark.parametrize("name", sorted(BAD))
def test_terraform_refuses_it(name: str, told: dict[str, str]) -> None:
    _, setting, words = BAD[name]
    assert setting.partition(".")[0] in told[name]
    assert words in told[name]


@pytest.mark.parametrize("name", sorted(set(BAD) - BY_TERRAFORM_ALONE))
def test_python_refuses_it_before_with_the_same_words(name: str) -> None:
    inputs, setting, words = BAD[name]
    (problem,) = problems_of(inputs, "prod.observability.grafana")
    assert problem.path.startswith(f"prod.observability.grafana.{setting}")
    assert words in problem.message


@pytest.mark.parametrize("inputs", [FULL, SMALL, GIVEN], ids=["full", "small", "given"])
def test_what_is_right_is_taken(inputs: GrafanaInputs) -> None:
    assert problems_of(inputs, "prod.observability.grafana") == []
