"""One more entry in environments/ is one more thing in the plan, by its name, and moves nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from environments import PLATFORM
from environments.families.alerting import AlertingFamily
from environments.families.certificates import CertificatesFamily
from environments.families.cluster import ClusterFamily
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
from tests.acceptance.conftest import with_only
from tests.support.planning import SEATS

PROJECT = Path(__file__).parents[2]
SMALL = with_only(PROD, AlertingFamily, CertificatesFamily, ClusterFamily, DnsFamily, RegistryFamily)
"""What none of the entries reaches is left out."""

Changes = dict[str, list[str]]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """prod as it is, synthesized: the stacks in question and those that they need."""
    out = tmp_path_factory.mktemp("base") / "cdktf.out"
    synth(PLATFORM.compose, (SMALL,), project=PROJECT, out=out)
    return out


def compare(folder: Path, base: Path, layers: Sequence[Family], stacks: Sequence[str]) -> dict[str, Changes]:
    """What more that prod says changes in these stacks: actions by address, by the stack's name."""
    synth(PLATFORM.with_layers(SMALL, *layers).compose, (SMALL,), project=PROJECT, out=folder / "cdktf.out")
    report = plan_all(folder / "cdktf.out", folder / "out", stacks, base=base, jobs=1, seats=SEATS)
    return {
        stack: {
            change["address"]: change["change"]["actions"]
            for change in json.loads(path.read_bytes())["resource_changes"]
            if change["mode"] == "managed" and change["change"]["actions"] != ["no-op"]
        }
        for stack, path in report.plans.items()
    }


@pytest.fixture(scope="module")
def changes(base: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Changes]:
    """What one more entry of each kind changes, in the stacks that they are in."""
    record = Record(zone="public", name="status", type="CNAME", simple=Answer(values=["status.example.net"]))
    of_the_cluster = ClusterCertificate(
        namespace="claims", secret_name="claims-tls", dns_names=["claims.claims.svc"], issuer="internal"
    )
    layers = [
        DnsFamily(route53=Route53Inputs(records={"status": record})),
        CertificatesFamily(
            acm=AcmInputs(certificates={"brokers": Certificate(domain="brokers.platform.example.com")}),
            cert_manager=CertManagerInputs(certificates={"claims": of_the_cluster}),
        ),
        RegistryFamily(ecr=EcrInputs(repositories={"billing/api": Repository()})),
    ]
    return compare(tmp_path_factory.mktemp("changed"), base, layers, ["prod-dns", "prod-certificates", "prod-registry"])


def test_a_record(changes: dict[str, Changes]) -> None:
    found = changes["prod-dns"]
    assert len(found) == 1
    ((address, actions),) = found.items()
    assert actions == ["create"]
    assert "status" in address
    assert address.startswith("module.route53.aws_route53_record.")


def test_a_certificate(changes: dict[str, Changes]) -> None:
    # module.cert_manager's, all of them, are the next test's
    every = changes["prod-certificates"]
    found = {address: actions for address, actions in every.items() if not address.startswith("module.cert_manager.")}
    assert set(map(tuple, found.values())) == {("create",)}
    assert all("brokers" in address for address in found)
    kinds = {address.split(".")[2] for address in found}
    assert {"aws_acm_certificate", "aws_route53_record", "aws_cloudwatch_metric_alarm"} <= kinds


def test_a_certificate_of_the_cluster(changes: dict[str, Changes]) -> None:
    every = changes["prod-certificates"]
    assert {address: actions for address, actions in every.items() if address.startswith("module.cert_manager.")} == {
        'module.cert_manager.aws_cloudwatch_metric_alarm.certificate_expires["claims"]': ["create"],
        "module.cert_manager.helm_release.certificates[0]": ["create"],
        # the report tells how many days it has left
        "module.cert_manager.kubernetes_cron_job_v1.status": ["update"],
    }


def test_a_repository(changes: dict[str, Changes]) -> None:
    assert changes["prod-registry"] == {
        'module.ecr.aws_ecr_lifecycle_policy.repository["billing/api"]': ["create"],
        'module.ecr.aws_ecr_repository.repository["billing/api"]': ["create"],
    }


def test_nothing_changed_is_nothing_planned(base: Path, tmp_path: Path) -> None:
    assert compare(tmp_path, base, [DnsFamily()], ["prod-dns"]) == {"prod-dns": {}}
