"""Environments elsewhere: in another region, in GovCloud, in China, and a whole twin for disaster recovery."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from environments import PLATFORM
from environments.families.certificates import CertificatesFamily
from environments.families.dns import DnsFamily
from environments.families.gateway import GatewayFamily
from environments.platform import Platform
from environments.prod import PROD
from environments.staging import STAGING
from groundplan.framework.checking import checked, problems_of
from groundplan.framework.layers import REMOVED
from groundplan.plan import plan_all
from groundplan.policy import Verdict, judge
from groundplan.policy.judging import environments_json
from groundplan.problems import BadInput
from groundplan.synth.environment import Environment, Kubernetes
from groundplan.synth.families import Project
from groundplan.synth.manifest import Manifest
from groundplan.synth.project import synth
from modules.certificates.acm import AcmInputs, Certificate
from modules.dns.route53 import Route53Inputs
from modules.gateway.kong import KongInputs, LoadBalancer
from modules.secrets.secrets_manager import functions
from tests.support.planning import SEATS
from tests.support.schemas import derive_every_schema
from tests.synth.programs import PROJECT


def elsewhere(
    like: Platform, name: str, account: str, region: str, dr_region: str, *topics: str, **more: Any
) -> Platform:
    """An environment that is to be what another one is, in an account and regions of its own."""
    made = like.but(name=name, twin_of=like.name, region=region, account_id=account)
    partition = made.partition
    provider = f"oidc-provider/oidc.eks.{region}.{partition.dns_suffix}/id/A0B1C2D3E4F5A0B1C2D3E4F5A0B1C2D3"
    given: dict[str, Any] = {
        "dr_region": dr_region,
        "alarm_topics": {
            each: f"arn:{partition.id}:sns:{each}:{account}:alarms" for each in (region, dr_region, *topics)
        },
        "permissions_boundary_arn": f"arn:{partition.id}:iam::{account}:policy/platform-boundary",
        "cluster": like.cluster.but(oidc_provider_arn=f"arn:{partition.id}:iam::{account}:{provider}"),
        "network": like.network.but(availability_zones=[f"{region}{zone}" for zone in "abc"]),
    }
    return made.but(**{**given, **more})


FRANKFURT = elsewhere(
    PROD, "eu", "666677778888", "eu-central-1", "eu-west-1", "us-east-1", further_regions=["us-east-1"]
)
FRANKFURT_TOPICS = FRANKFURT.alarm_topics
GOVERNMENT = elsewhere(STAGING, "gov", "777788889999", "us-gov-west-1", "us-gov-east-1")
CHINA = elsewhere(STAGING, "china", "888899990000", "cn-north-1", "cn-northwest-1")
TWIN = elsewhere(PROD, "dr", "999900001111", PROD.dr_region, PROD.region)

CERTIFICATE = "arn:aws-us-gov:acm:us-gov-west-1:777788889999:certificate/00000000-0000-4000-8000-000000000001"

PLANNED = ("eu-dns", "gov-dns", "china-dns")


def project() -> Project[Platform]:
    """The platform, and these environments in it."""
    made = PLATFORM
    # no record of the internet is in GovCloud, which has no public zones
    unserved = DnsFamily(route53=Route53Inputs(records={"claims-api": REMOVED}))
    # and no certificate that such records would prove
    shown = GatewayFamily(kong=KongInputs(load_balancer=LoadBalancer(certificate_arns=[CERTIFICATE])))
    for environment, *layers in ((FRANKFURT,), (GOVERNMENT, unserved, shown), (CHINA,), (TWIN,)):
        made = made.with_layers(environment, *layers)
    return made


def refused(environment: Platform, folder: Path, *layers: Any) -> list[str]:
    with pytest.raises(BadInput) as told:
        synth(PLATFORM.with_layers(environment, *layers).compose, [environment], project=PROJECT, out=folder / "out")
    return [str(problem) for problem in told.value.problems]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """cdktf.out of these environments, with every family of theirs."""
    out = tmp_path_factory.mktemp("regions") / "cdktf.out"
    synth(project().compose, [FRANKFURT, GOVERNMENT, CHINA, TWIN], project=PROJECT, out=out)
    return out


@pytest.fixture(scope="module")
def plans(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The plans of what differs most between regions and partitions."""
    # of these types and of all, in one go
    derive_every_schema(tmp_path_factory)
    plan_all(whole, whole.parent, PLANNED, jobs=1, seats=SEATS)
    return {name: json.loads((whole.parent / "plans" / f"{name}.json").read_bytes()) for name in PLANNED}


@pytest.fixture(scope="module")
def calls(whole: Path) -> dict[str, dict[str, Any]]:
    """The inputs of every module call, by its stack and its name."""
    found = {}
    for stack in Manifest.read(whole).stacks:
        for name, call in json.loads((whole / stack.folder / "cdk.tf.json").read_bytes()).get("module", {}).items():
            found[f"{stack.name}.{name}"] = call
    return found


def made_by(plan: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for change in plan["resource_changes"]:
        if change["mode"] == "managed":
            yield change["type"], change["change"]["after"]


def test_every_family_is_built_in_another_region_or_partition_and_in_a_twin(whole: Path) -> None:
    stacks = {stack.name for stack in Manifest.read(whole).stacks}

    families = {path.stem.replace("_", "-") for path in (PROJECT / "environments" / "families").glob("[a-z]*.py")}
    assert stacks == {f"{name}-{family}" for name in ("eu", "gov", "china", "dr") for family in families}


def test_alarms_ring_where_their_metrics_are(
    plans: dict[str, dict[str, Any]], calls: dict[str, dict[str, Any]]
) -> None:
    alarms = [made for kind, made in made_by(plans["eu-dns"]) if kind == "aws_cloudwatch_metric_alarm"]
    told = {alarm["namespace"]: (alarm["region"], alarm["alarm_actions"]) for alarm in alarms}

    assert told["AWS/Route53"] == ("us-east-1", [FRANKFURT_TOPICS["us-east-1"]])
    for environment, region in ((GOVERNMENT, "us-gov-west-1"), (CHINA, "cn-northwest-1"), (TWIN, "us-east-1")):
        route53, discovery = (calls[f"{environment.name}-dns.{name}"] for name in ("route53", "service_discovery"))
        assert route53["alarm_topic_arn"] == environment.alarm_topics[region]
        assert discovery["alarm_topic_arn"] == environment.alarm_topics[environment.region]
    assert calls["eu-certificates.acm"]["copy_alarm_topic_arns"] == {
        region: FRANKFURT_TOPICS[region] for region in ("eu-west-1", "us-east-1")
    }


def test_nothing_is_named_as_in_another_partition(plans: dict[str, dict[str, Any]]) -> None:
    for name, partition in zip(PLANNED, ("aws", "aws-us-gov", "aws-cn"), strict=True):
        text = json.dumps([after for _, after in made_by(plans[name])])
        others = {"aws", "aws-us-gov", "aws-cn"} - {partition}
        assert f"arn:{partition}:" in text
        assert [other for other in others if f"arn:{other}:" in text] == [], name


def test_in_china_a_service_is_called_as_everywhere_but_for_a_few(plans: dict[str, dict[str, Any]]) -> None:
    text = json.dumps([after for _, after in made_by(plans["china-dns"])])

    assert "logs.cn-northwest-1.amazonaws.com.cn" in text
    assert "route53.amazonaws.com" in text
    assert "route53.amazonaws.com.cn" not in text


def test_rotation_functions_are_known_in_every_partition_for_every_engine() -> None:
    for partition, known in functions.VERSIONS.items():
        assert functions.APPLICATIONS[partition].startswith(f"arn:{partition}:serverlessrepo:")
        assert known.keys() == {
            f"SecretsManagerRDS{engine}Rotation{users}"
            for engine in functions.ENGINES.values()
            for users in functions.USERS.values()
        }
    assert functions.APPLICATIONS.keys() == {"aws", *functions.VERSIONS}


def test_what_a_partition_does_not_offer_is_not_asked_for(
    plans: dict[str, dict[str, Any]], calls: dict[str, dict[str, Any]]
) -> None:
    zones = [zone for kind, zone in made_by(plans["gov-dns"]) if kind == "aws_route53_zone"]

    assert [len(zone["vpc"]) for zone in zones] == [1]
    assert calls["eu-dns.route53"]["public_zones"]["public"]["dnssec"] is True
    assert calls["china-dns.route53"]["public_zones"]["public"]["dnssec"] is False
    assert set(calls["gov-registry.ecr"]["caches"]) == {"kubernetes", "quay"}
    assert not calls["china-registry.ecr"].get("caches")
    assert calls["china-certificates.private_ca"]["root"]["revocation"] == "none"
    for name in ("gov", "china"):
        assert "portal" not in calls[f"{name}-certificates.acm"]["certificates"]


def test_no_rule_refuses_them_for_where_they_are(whole: Path, plans: dict[str, dict[str, Any]]) -> None:
    manifest, policies = Manifest.read(whole), whole.parent / "policies"
    shutil.copytree(PROJECT / "policies", policies)
    facts = environments_json(policies, manifest, date(2026, 11, 29))
    (policies / "parameters" / "environments" / "data.json").write_text(facts)
    files = {name: whole.parent / "plans" / f"{name}.json" for name in plans}

    found = judge(files, policies=policies, manifest=manifest, today=date(2026, 11, 29))

    assert [(each.rule, each.stack, each.address) for each in found.findings if each.verdict is Verdict.DENY] == []


def test_every_topic_that_is_missing_is_told_with_what_rings_there(tmp_path: Path) -> None:
    lacking = FRANKFURT.but(alarm_topics={key: FRANKFURT_TOPICS[key] for key in ("eu-central-1", "eu-west-1")})
    copied = CertificatesFamily(acm=AcmInputs(certificates={"claims": Certificate(copy_regions=["eu-north-1"])}))

    told = refused(lacking, tmp_path, copied)

    assert [text.split("\n")[0] for text in told] == [
        "eu.alarm_topics: must have a topic in us-east-1: Route 53 has its metrics there alone, and an alarm reaches "
        "only topics of its own region",
        "eu.alarm_topics: must have a topic in eu-north-1: a certificate that is made there rings before it runs out, "
        "and an alarm reaches only topics of its own region",
        "eu.alarm_topics: must have a topic in us-east-1: a certificate that is made there rings before it runs out, "
        "and an alarm reaches only topics of its own region",
    ]
    assert all('as alarm_topics["' in text and "It is said at tests/synth/test_regions.py:" in text for text in told)


def test_a_region_that_gets_no_topic_of_its_own_is_told_with_what_rings_there(tmp_path: Path) -> None:
    told = refused(FRANKFURT.but(alarm_topics={}, further_regions=[]), tmp_path)

    assert told[0].split("\n")[0] == (
        "eu.further_regions: must have us-east-1: Route 53 has its metrics there alone, and an alarm reaches only "
        "topics of its own region"
    )
    assert "Add us-east-1 to further_regions" in told[0]


def test_alarms_go_to_the_topics_that_the_environment_makes_unless_others_make_them(
    calls: dict[str, dict[str, Any]],
) -> None:
    own = FRANKFURT.but(alarm_topics={})
    alerting, watching = calls["eu-alerting.cloudwatch"], calls["eu-observability.cloudwatch"]

    # the module calls a topic <name>-<severity>: tests/modules/cloudwatch
    assert own.alarm_topic_arn == f"arn:aws:sns:eu-central-1:{own.account_id}:{alerting['name']}-critical"
    assert own.dr_alarm_topic_arn == f"arn:aws:sns:eu-west-1:{own.account_id}:{alerting['name']}-critical"
    warning = f"arn:aws:sns:eu-central-1:{own.account_id}:{alerting['name']}-warning"
    assert own.topics_by_severity["warning"] == warning
    assert alerting["topic_regions"] == ["eu-west-1", "us-east-1"]
    assert watching["topic_arns"] == dict.fromkeys(alerting["severities"], FRANKFURT_TOPICS["eu-central-1"])
    assert {severity for one in alerting["channels"].values() for severity in one["severities"]} == {
        *alerting["severities"]
    }


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        (
            CHINA.but(dr_region="eu-west-1", alarm_topics={**CHINA.alarm_topics, "eu-west-1": PROD.alarm_topic_arn}),
            'china.dr_region: must be a region of the partition aws-cn, as region cn-north-1 is, got "eu-west-1"',
        ),
        (
            GOVERNMENT.but(further_regions=["us-gov-west-1", "us-east-1"]),
            "gov.further_regions[1]: must be a region of the partition aws-us-gov, as region us-gov-west-1 is, got "
            '"us-east-1"',
        ),
        (
            GOVERNMENT.but(cluster=PROD.cluster),
            "gov.cluster.oidc_provider_arn: must be in the partition aws-us-gov of us-gov-west-1, got ",
        ),
        (
            CHINA.but(permissions_boundary_arn=PROD.permissions_boundary_arn),
            "china.permissions_boundary_arn: must be in the partition aws-cn of cn-north-1, got ",
        ),
        (
            PROD.but(alarm_topics={"us-east-1": PROD.alarm_topic_arn}),
            "prod.alarm_topics: must have a topic in us-west-2: what the environment has there rings",
        ),
    ],
)
def test_what_reaches_out_of_the_partition_or_has_no_topic_is_refused(environment: Platform, expected: str) -> None:
    assert any(str(problem).startswith(expected) for problem in checked(environment, environment.name))


def test_what_data_sources_find_is_what_the_environment_says_and_some_of_it_may_be_left_out() -> None:
    told = PROD.answers()
    assert (told["region"], told["dr_region"], told["account_id"]) == (PROD.region, PROD.dr_region, PROD.account_id)
    assert (told["cluster"]["name"], told["cluster"]["version"]) == (PROD.cluster.name, PROD.kubernetes.version)
    needed = {declared.name for declared in (*Kubernetes.fields(), *Environment.fields()) if declared.required}
    assert needed.isdisjoint({"provides", "production", "twin_of", "without", "further_regions", "gitlab"})


def test_another_region_that_is_the_same_is_refused_at_its_own_name() -> None:
    [problem] = [
        each for each in problems_of(PROD.but(dr_region=PROD.region), "prod") if "another region" in each.message
    ]
    assert problem.path == "prod.dr_region"


def test_a_layer_that_says_the_topic_is_sent_to_the_environments_own(tmp_path: Path) -> None:
    said = CertificatesFamily(acm=AcmInputs(alarm_topic_arn=PROD.alarm_topic_arn))

    (told,) = refused(PROD, tmp_path, said)

    assert told.startswith(
        'prod.certificates.acm.alarm_topic_arn: is filled from prod.alarm_topics["us-east-1"], for every module alike\n'
        '    Leave it out here, and set alarm_topics["us-east-1"] of the environment.'
    )
