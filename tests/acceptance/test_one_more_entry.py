"""One more entry in environments/ is one more thing in the plan, by its name, and moves nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from environments import PROD, Platform, platform
from groundplan.plan import plan_all
from groundplan.synth.project import synth
from modules.certificates.acm import Certificate
from modules.certificates.cert_manager import Certificate as ClusterCertificate
from modules.dns.route53 import Answer, Record
from modules.registry.ecr import Repository

PROJECT = Path(__file__).parents[2]

Changes = dict[str, list[str]]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """prod as it is, synthesized."""
    out = tmp_path_factory.mktemp("base") / "cdktf.out"
    synth(platform, (PROD,), project=PROJECT, out=out)
    return out


@pytest.fixture(scope="module")
def changes(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Platform, str], Changes]:
    """What a changed prod changes in one stack: actions by address."""

    def compare(changed: Platform, stack: str) -> Changes:
        folder = tmp_path_factory.mktemp("changed")
        synth(platform, (changed,), project=PROJECT, out=folder / "cdktf.out")
        report = plan_all(folder / "cdktf.out", folder / "out", [stack], base=base)
        plan = json.loads(report.plans[stack].read_bytes())
        return {
            change["address"]: change["change"]["actions"]
            for change in plan["resource_changes"]
            if change["mode"] == "managed" and change["change"]["actions"] != ["no-op"]
        }

    return compare


def test_a_record(changes: Callable[[Platform, str], Changes]) -> None:
    record = Record(zone="public", name="status", type="CNAME", simple=Answer(values=["status.example.net"]))
    changed = PROD.but(dns=PROD.dns.but(records={**PROD.dns.records, "status": record}))
    found = changes(changed, "prod-dns")
    assert len(found) == 1
    ((address, actions),) = found.items()
    assert actions == ["create"]
    assert "status" in address
    assert address.startswith("module.route53.aws_route53_record.")


def test_a_certificate(changes: Callable[[Platform, str], Changes]) -> None:
    certificate = Certificate(domain="brokers.platform.example.com")
    catalog = {**PROD.certificates.catalog, "brokers": certificate}
    found = changes(PROD.but(certificates=PROD.certificates.but(catalog=catalog)), "prod-certificates")
    assert set(map(tuple, found.values())) == {("create",)}
    assert all("brokers" in address for address in found)
    kinds = {address.split(".")[2] for address in found}
    assert {"aws_acm_certificate", "aws_route53_record", "aws_cloudwatch_metric_alarm"} <= kinds


def test_a_certificate_of_the_cluster(changes: Callable[[Platform, str], Changes]) -> None:
    certificate = ClusterCertificate(
        namespace="claims", secret_name="claims-tls", dns_names=["claims.claims.svc"], issuer="internal"
    )
    wanted = PROD.certificates.but(cluster_catalog={"claims": certificate})
    assert changes(PROD.but(certificates=wanted), "prod-certificates") == {
        'module.cert_manager.aws_cloudwatch_metric_alarm.certificate_expires["claims"]': ["create"],
        "module.cert_manager.helm_release.certificates[0]": ["create"],
        # the report tells how many days it has left
        "module.cert_manager.kubernetes_cron_job_v1.status": ["update"],
    }


def test_a_repository(changes: Callable[[Platform, str], Changes]) -> None:
    repositories = {**PROD.registry.repositories, "billing/api": Repository()}
    found = changes(PROD.but(registry=PROD.registry.but(repositories=repositories)), "prod-registry")
    assert found == {
        'module.ecr.aws_ecr_lifecycle_policy.repository["billing/api"]': ["create"],
        'module.ecr.aws_ecr_repository.repository["billing/api"]': ["create"],
    }


def test_nothing_changed_is_nothing_planned(changes: Callable[[Platform, str], Changes]) -> None:
    assert changes(PROD, "prod-dns") == {}
