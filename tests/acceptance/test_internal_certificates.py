"""What is issued inside the cluster fits the authority that issues it, in every environment."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from environments import PLATFORM
from environments.dev import DEV
from environments.families.alerting import AlertingFamily
from environments.families.certificates import CertificatesFamily
from environments.families.cluster import ClusterFamily
from environments.families.dns import DnsFamily
from environments.families.secrets import SecretsFamily
from environments.platform import Platform
from environments.prod import PROD
from groundplan.framework.layers import REMOVED
from groundplan.problems import BadInput
from groundplan.synth.project import synth
from modules.certificates import acm
from modules.certificates.cert_manager import Certificate, CertManagerInputs
from modules.certificates.private_ca import PrivateCaInputs
from tests.acceptance.conftest import with_only

PROJECT = Path(__file__).parents[2]
NEEDED = (AlertingFamily, CertificatesFamily, ClusterFamily, DnsFamily, SecretsFamily)
SMALL_DEV, SMALL_PROD = (with_only(each, *NEEDED) for each in (DEV, PROD))

Calls = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Calls:
    """The module calls of an environment, by stack and name."""

    def read(env: Platform, *layers: CertificatesFamily) -> dict[str, Any]:
        out = tmp_path_factory.mktemp(env.name) / "cdktf.out"
        synth(PLATFORM.with_layers(env, *layers).compose, (env,), project=PROJECT, out=out)
        return {
            f"{stack.parent.name}.{name}": call
            for stack in (out / "stacks").glob("*/cdk.tf.json")
            for name, call in json.loads(stack.read_text())["module"].items()
        }

    return read


def test_what_a_cheap_authority_issues_lasts_less_than_its_seven_days(calls: Calls) -> None:
    made = calls(SMALL_DEV)
    assert made["dev-certificates.private_ca"]["root"]["short_lived"] is True
    assert made["dev-certificates.cert_manager"]["private_ca_issuers"]["internal"]["short_lived"] is True
    assert made["dev-secrets.vault"]["certificate_days"] < 7


def test_what_another_authority_issues_lasts_for_months(calls: Calls) -> None:
    made = calls(SMALL_PROD)
    assert made["prod-certificates.cert_manager"]["private_ca_issuers"]["internal"]["short_lived"] is False
    assert made["prod-secrets.vault"]["certificate_days"] == 90


def test_a_small_environment_too_may_have_a_certificate_in_the_other_region(calls: Calls) -> None:
    copied = {"claims": acm.Certificate(copy_regions=["us-west-2"])}
    made = calls(SMALL_DEV, CertificatesFamily(acm=acm.AcmInputs(certificates=copied)))
    topics = made["dev-certificates.acm"]["copy_alarm_topic_arns"]
    assert topics == {"us-west-2": DEV.dr_alarm_topic_arn}


def test_a_certificate_that_outlives_a_cheap_authority_s_mode_is_refused_where_it_stands(tmp_path: Path) -> None:
    certificate = Certificate(
        namespace="claims", secret_name="claims-tls", dns_names=["claims.claims.svc"], issuer="internal"
    )
    wrong = CertificatesFamily(cert_manager=CertManagerInputs(certificates={"claims": certificate}))
    with pytest.raises(BadInput) as refused:
        synth(PLATFORM.with_layers(SMALL_DEV, wrong).compose, (SMALL_DEV,), project=PROJECT, out=tmp_path / "cdktf.out")
    (problem,) = refused.value.problems
    assert problem.path == 'dev.certificates.cert_manager.certificates["claims"].duration_hours'
    assert "must be 168 or less when the issuer is short_lived" in problem.message


def test_authorities_without_the_one_that_the_cluster_asks_are_refused(tmp_path: Path) -> None:
    wrong = CertificatesFamily(private_ca=PrivateCaInputs(subordinates={"internal": REMOVED}))
    with pytest.raises(BadInput) as refused:
        synth(
            PLATFORM.with_layers(SMALL_PROD, wrong).compose, (SMALL_PROD,), project=PROJECT, out=tmp_path / "cdktf.out"
        )
    assert [f"{problem.path}: {problem.message}" for problem in refused.value.problems] == [
        "prod.certificates.private_ca.subordinates: must have one named internal, which the cluster's own certificates "
        "are from, or be empty: then they are from the root"
    ]
