"""Settings that contradict each other, or AWS: each is told once, where its author wrote it."""

from __future__ import annotations

from pathlib import Path

import pytest

from environments import PLATFORM
from environments.families.backup import BackupFamily
from environments.families.secrets import SecretsFamily
from environments.prod import PROD
from environments.staging import STAGING
from groundplan.building.settings import GivenKey
from groundplan.problems import BadInput
from groundplan.synth.project import synth
from modules.backup.aws_backup import AwsBackupInputs
from modules.backup.velero import Schedule, VeleroInputs
from modules.secrets.secrets_manager import SecretsManagerInputs
from modules.secrets.vault import VaultInputs
from tests.synth.programs import PROJECT

NETWORK, CLUSTER = PROD.network, PROD.cluster
SUBNET = NETWORK.private_subnet_ids[0]
ACCOUNT, OTHER = PROD.account_id, "999988887777"
TOPICS = {region: f"arn:aws:sns:{region}:{ACCOUNT}:platform-alarms" for region in (PROD.region, PROD.dr_region)}
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/0d6c1c2e-0000-4000-8000-000000000000"

WRONG = {
    "zone": (
        PROD.but(network=NETWORK.but(availability_zones=["us-east-1a"] * 3)),
        'zone.network.availability_zones: must not name anything twice, got ["us-east-1a","us-east-1a","us-east-1a"]',
    ),
    "subnet": (
        PROD.but(network=NETWORK.but(private_subnet_ids=[SUBNET] * 3)),
        f'subnet.network.private_subnet_ids: must not name anything twice, got ["{SUBNET}","{SUBNET}","{SUBNET}"]',
    ),
    "neighbour": (
        PROD.but(network=NETWORK.but(availability_zones=["us-east-1a", "us-east-1b", "us-east-10a"])),
        "neighbour.network.availability_zones[2]: must be the name of an availability zone, got 'us-east-10a'",
    ),
    "region": (
        PROD.but(network=NETWORK.but(availability_zones=["us-east-1a", "us-east-1b", "us-east-1"])),
        "region.network.availability_zones[2]: must be the name of an availability zone, got 'us-east-1'",
    ),
    "boundary": (
        PROD.but(permissions_boundary_arn=f"arn:aws:iam::{OTHER}:policy/platform-boundary"),
        f"boundary.permissions_boundary_arn: must be in the environment's account {ACCOUNT}, got "
        f'"arn:aws:iam::{OTHER}:policy/platform-boundary"',
    ),
    "provider": (
        PROD.but(cluster=CLUSTER.but(oidc_provider_arn=CLUSTER.oidc_provider_arn.replace(ACCOUNT, OTHER))),
        f"provider.cluster.oidc_provider_arn: must be in the environment's account {ACCOUNT}, got "
        f'"{CLUSTER.oidc_provider_arn.replace(ACCOUNT, OTHER)}"',
    ),
    "partition": (
        PROD.but(permissions_boundary_arn=f"arn:aws-cn:iam::{ACCOUNT}:policy/platform-boundary"),
        f"partition.permissions_boundary_arn: must be in the partition aws of us-east-1, got "
        f'"arn:aws-cn:iam::{ACCOUNT}:policy/platform-boundary"',
    ),
    "topic": (
        PROD.but(alarm_topics={**TOPICS, "us-east-1": f"arn:aws:sns:us-east-1:{OTHER}:platform-alarms"}),
        f'topic.alarm_topics["us-east-1"]: must be in the environment\'s account {ACCOUNT}, got '
        f'"arn:aws:sns:us-east-1:{OTHER}:platform-alarms"',
    ),
    "nowhere": (
        PROD.but(alarm_topics={**TOPICS, "us-east-1": f"arn:aws:sns::{ACCOUNT}:platform-alarms"}),
        'nowhere.alarm_topics["us-east-1"]: must be a topic in us-east-1, with an ARN of the partition aws, got '
        f'"arn:aws:sns::{ACCOUNT}:platform-alarms"',
    ),
}


def test_facts_that_contradict_each_other_are_told_with_value_and_rule(tmp_path: Path) -> None:
    environments = [environment.but(name=name) for name, (environment, _) in WRONG.items()]
    with pytest.raises(BadInput) as told:
        synth(
            lambda _stacks, _env: None,
            environments,
            project=PROJECT,
            out=tmp_path / "cdktf.out",
        )

    facts = [f"{problem.path}: {problem.message}" for problem in told.value.problems]
    assert sorted(facts) == sorted(message for _, message in WRONG.values())


def test_settings_that_the_environment_does_not_go_with_are_told_with_their_paths(tmp_path: Path) -> None:
    two_zones = PROD.but(
        network=NETWORK.but(
            availability_zones=NETWORK.availability_zones[:2], private_subnet_ids=NETWORK.private_subnet_ids[:2]
        )
    )
    layers = (
        SecretsFamily(vault=VaultInputs(zones=3), secrets_manager=SecretsManagerInputs(kms_key=GivenKey(arn=KEY))),
        # the composition makes an entry of this name: were the two merged, claims would not be saved
        BackupFamily(velero=VeleroInputs(schedules={"vault-hourly": Schedule(excluded_namespaces=["claims"])})),
    )

    with pytest.raises(BadInput) as told:
        synth(
            PLATFORM.with_layers(two_zones, *layers).compose,
            [two_zones],
            project=PROJECT,
            out=tmp_path / "cdktf.out",
        )

    assert sorted(problem.path for problem in told.value.problems) == [
        'prod.backup.velero.schedules["vault-hourly"]',
        # what is spread over the zones of the environment's network
        "prod.gateway.kong.zones",
        "prod.observability.loki.zones",
        "prod.observability.mimir.zones",
        "prod.observability.tempo.zones",
        "prod.secrets.secrets_manager.kms_key.arn",
        "prod.secrets.vault.zones",
    ]


def test_two_environments_of_one_account_do_not_make_twice_what_it_has_once() -> None:
    twin = STAGING.but(account_id=ACCOUNT, cluster=CLUSTER, network=NETWORK, private_domain=PROD.private_domain)
    project = PLATFORM.with_layers(twin, BackupFamily(aws_backup=AwsBackupInputs()))

    told = [
        f"{problem.path}: {problem.message}"
        for family in project.families
        for problem in project._contradictions("staging", twin, project.settings(twin, family, "staging"))
    ]

    assert [text for text in told if "oidc" in text] == [
        "staging.registry.ecr.gitlab.create_oidc_provider: makes IAM's OIDC provider for https://gitlab.com, of which "
        "an account has one, as prod of the same account does"
    ]
    paths = {text.partition(": ")[0].removeprefix("staging.") for text in told}
    assert {
        "registry.ecr.registry",
        'registry.ecr.caches["kubernetes"]',
        'registry.ecr.repositories["claims/api"]',
        "dns.service_discovery.coredns",
        'dns.route53.private_zones["private"]',
    } <= paths
    apart = twin.but(account_id=OTHER)
    elsewhere = project.with_layers(apart)
    assert not [
        problem
        for family in elsewhere.families
        for problem in elsewhere._contradictions("staging", apart, elsewhere.settings(apart, family, "staging"))
        if "of which an account has one" in problem.message
    ]
