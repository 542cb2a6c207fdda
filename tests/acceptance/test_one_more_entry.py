"""One more entry in environments/ is one more thing in the plan, by its name, and moves nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from environments import PLATFORM
from environments.families.certificates import CertificatesFamily
from environments.families.dns import DnsFamily
from environments.families.registry import RegistryFamily
from environments.prod import PROD
from groundplan.plan import plan_all
from groundplan.synth.families import Family
from groundplan.synth.project import synth
from modules.certificates.acm import AcmInputs, Certificate
from modules.certificates.cert_manager import Certificate as ClusterCertificate
from modules.certificates.cert_manager import CertManagerInputs
from modules.dns.route53 import Answer, Record, Route53Inputs
from modules.registry.ecr import EcrInputs, Repository

PROJECT = Path(__file__).parents[2]

Changes = dict[str, list[str]]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """prod as it is, synthesized."""
    out = tmp_path_factory.mktemp("base") / "cdktf.out"
    synth(PLATFORM.compose, (PROD,), project=PROJECT, out=out)
    return out


@pytest.fixture(scope="module")
def changes(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Family, str], Changes]:
    """What one more thing that prod says changes in one stack: actions by address."""

    def compare(layer: Family, stack: str) -> Changes:
        folder = tmp_path_factory.mktemp("changed")
        synth(PLATFORM.with_layers(PROD, layer).compose, (PROD,), project=PROJECT, out=folder / "cdktf.out")
        report = plan_all(folder / "cdktf.out", folder / "out", [stack], base=base)
        plan = json.loads(report.plans[stack].read_bytes())
        return {
            change["address"]: change["change"]["actions"]
            for change in plan["resource_changes"]
            if change["mode"] == "managed" and change["change"]["actions"] != ["no-op"]
        }

    return compare


def test_a_record(changes: Callable[[Family, str], Changes]) -> None:
    record = Record(zone="public", name="status", type="CNAME", simple=Answer(values=["status.example.net"]))
    found = changes(DnsFamily(route53=Route53Inputs(records={"status": record})), "prod-dns")
    assert len(found) == 1
    ((address, actions),) = found.items()
    assert actions == ["create"]
    assert "status" in address
    assert address.startswith("module.route53.aws_route53_record.")


def test_a_certificate(changes: Callable[[Family, str], Changes]) -> None:
    certificate = Certificate(domain="brokers.platform.example.com")
    found = changes(CertificatesFamily(acm=AcmInputs(certificates={"brokers": certificate})), "prod-certificates")
    assert set(map(tuple, found.values())) == {("create",)}
    assert all("brokers" in address for address in found)
    kinds = {address.split(".")[2] for address in found}
    assert {"aws_acm_certificate", "aws_route53_record", "aws_cloudwatch_metric_alarm"} <= kinds


def test_a_certificate_of_the_cluster(changes: Callable[[Family, str], Changes]) -> None:
    certificate = ClusterCertificate(
        namespace="claims", secret_name="claims-tls", dns_names=["claims.claims.svc"], issuer="internal"
    )
    wanted = CertificatesFamily(cert_manager=CertManagerInputs(certificates={"claims": certificate}))
    assert changes(wanted, "prod-certificates") == {
        'module.cert_manager.aws_cloudwatch_metric_alarm.certificate_expires["claims"]': ["create"],
        "module.cert_manager.helm_release.certificates[0]": ["create"],
        # the report tells how many days it has left
        "module.cert_manager.kubernetes_cron_job_v1.status": ["update"],
    }


def test_a_repository(changes: Callable[[Family, str], Changes]) -> None:
    found = changes(RegistryFamily(ecr=EcrInputs(repositories={"billing/api": Repository()})), "prod-registry")
    assert found == {
        'module.ecr.aws_ecr_lifecycle_policy.repository["billing/api"]': ["create"],
        'module.ecr.aws_ecr_repository.repository["billing/api"]': ["create"],
    }


def test_nothing_changed_is_nothing_planned(changes: Callable[[Family, str], Changes]) -> None:
    assert changes(DnsFamily(), "prod-dns") == {}
