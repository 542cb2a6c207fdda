"""A module with every kind of setting, rule and part, for the framework's own tests."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret, SecretsmanagerSecretReplica
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from groundplan.building import GivenKey
from groundplan.framework import (
    EachRule,
    Inputs,
    Module,
    Outputs,
    Rule,
    Term,
    choose,
    computed,
    contains,
    count_set,
    distinct,
    each,
    each_pair,
    every,
    expression_of,
    field,
    fitted,
    is_set,
    jsonencode,
    keys,
    length,
    matches,
    merged,
    occurrences,
    output,
    overlap,
    picked,
    repeated,
    some,
    tallied,
    together,
    unset,
    values,
    when,
)
from groundplan.framework.constraints import Unique
from groundplan.framework.types import AwsSchedule, Cidr, Cron, KmsKeyArn, NamespaceName, OddNumber, ResourceName


class Rotation(Inputs):
    """How a secret is renewed."""

    cron: Cron = field("when", default="0 2 * * *")
    cold_after_days: int | None = field("when it moves", default=None, ge=1)
    delete_after_days: int = field("when it goes", default=30, ge=1, le=3650)

    rules = (
        Rule(
            "delete_after_days",
            lambda v: unset(v.cold_after_days) | (v.delete_after_days >= v.cold_after_days + 90),
            "must be at least 90 days after cold_after_days",
            shows=("cold_after_days", "delete_after_days"),
        ),
    )


class Secret(Inputs):
    """One secret."""

    kind: Literal["api_key", "database"] = field("what it is")
    labels: dict[str, str] = field("labels", default={})
    namespaces: Annotated[list[NamespaceName], Unique()] = field("who reads it", default=[], max_length=2)
    rotation: Rotation | None = field("how it is renewed", default=None)
    replicas: dict[str, GivenKey] = field("keys of the copies by region", default={})


def _not_taken(v: Any) -> Term:
    """A term of its own words, said twice."""
    return Term(lambda: f'!startswith({expression_of(v.name)}, "x-")', lambda: not computed(v.name).startswith("x-"))


class EverythingInputs(Inputs):
    """Every kind of setting."""

    name: ResourceName = field("name", max_length=20)
    voters: OddNumber = field("how many", default=3, ge=1, le=7)
    ratio: float = field("a share", default=0.5, ge=0, le=1)
    size: Literal[1, 2, 4] = field("a size", default=1)
    mode: Literal["quick", "safe"] = field("a mode", default="safe")
    enabled: bool = field("a switch", default=True)
    network: Cidr = field("a network", default="10.0.0.0/16")
    key_arn: KmsKeyArn | None = field("a key", default=None)
    schedule: AwsSchedule = field("a schedule", default="rate(1 day)")
    password: str = field("never shown", default="long enough", min_length=8, sensitive=True)
    zones: Annotated[list[str], Unique()] = field("zones", default=["a"], min_length=1)
    denied_zones: list[str] = field("zones not to use", default=[])
    secrets: dict[NamespaceName, Secret] = field("secrets", default={}, max_length=3)
    replica_regions: list[str] = field("regions of replicas", default=["us-west-2"])
    rotation: Rotation | None = field("default rotation", default=None)
    aliases: dict[str, str] = field("other names", default={})

    rules = (
        Rule("aliases", lambda v: ~contains(keys(v.aliases), v.name), "must not have name in it", shows=("name",)),
        Rule("name", _not_taken, "must not begin with x-"),
        Rule("aliases", lambda v: ~contains(values(v.aliases), v.name), "must not lead to name", shows=("name",)),
        EachRule("aliases", lambda _v, _, alias: matches(alias, r"[a-z\s-]+"), "must be small letters"),
        EachRule(
            "aliases",
            lambda _v, _, alias, every_alias: occurrences(every_alias, alias) == 1,
            "is what another leads to as well",
            shared=lambda v: tallied(v.aliases, lambda _, alias: alias),
        ),
        Rule("key_arn", lambda v: count_set(v.key_arn, v.rotation) <= 1, "must not be there with rotation"),
        Rule("size", lambda v: together(v.mode, v.size) != '["safe",4]', "must be smaller to be safe"),
        Rule("mode", lambda v: (v.mode == "safe") | (v.voters < 5), "must be safe with five voters", shows=("voters",)),
        Rule(
            "denied_zones",
            lambda v: ~overlap(v.zones, v.denied_zones),
            "must not name a zone of zones",
            shows=("zones",),
        ),
        Rule(
            "zones",
            lambda v: (length(v.zones) <= v.voters) & ~contains(v.zones, "x"),
            "must not be more than voters, nor x",
        ),
        Rule(
            "secrets",
            lambda v: distinct(v.secrets, lambda k, s: s.kind) | (v.mode == "quick"),
            "must differ in kind",
            finds=lambda v: repeated(v.secrets, lambda _, s: s.kind),
        ),
        Rule(
            "secrets",
            lambda v: every(v.secrets, lambda k, s: unset(s.rotation) | (s.kind == "api_key")),
            "must not rotate what is no api_key",
            shows=("mode",),
            finds=lambda v: picked(
                v.secrets, lambda name, _: name, lambda _, s: ~(unset(s.rotation) | (s.kind == "api_key"))
            ),
        ),
        EachRule(
            "secrets",
            lambda v, name, s: every(s.replicas, lambda region, _: contains(v.replica_regions, region)),
            "must be in replica_regions",
            inside="replicas",
            shows=("kind",),
        ),
        EachRule("denied_zones", lambda v, _, zone: zone != "everywhere", "must not be everywhere"),
        Rule(
            "enabled",
            lambda v: v.enabled | ~some(v.secrets, lambda k, s: s.kind == "api_key"),
            "must be on with an api_key",
        ),
    )


class EverythingOutputs(Outputs):
    """Results."""

    secret_arns: dict[str, str] = output("ARNs by name")
    topic_arn: str = output("ARN of the topic, null without one")
    longest_name: str = output("a name that fits")


class Everything(Module[EverythingInputs, EverythingOutputs]):
    """Makes one of each."""

    def build(self, given: EverythingInputs) -> EverythingOutputs:
        secrets = each(given.secrets)
        made = secrets(
            SecretsmanagerSecret,
            self,
            "secret",
            name=f"{given.name}/{secrets.key}",
            description=choose(is_set(secrets.value.rotation), "renewed", "kept"),
            kms_key_id=given.key_arn,
            tags=merged({"Kind": secrets.value.kind}, secrets.value.labels),
        ).having(
            "replica",
            secrets.value.replicas,
            lambda replica: SecretsmanagerSecretReplica(region=replica.key, kms_key_id=replica.value.arn),
        )
        secrets.where(lambda secret: is_set(secret.rotation))(
            IamPolicy,
            self,
            "rotate",
            name=f"{given.name}-{secrets.key}",
            policy=jsonencode(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": made.here.arn}
                    ],
                }
            ),
        )
        readers = each_pair(given.secrets, lambda secret: secret.namespaces)
        readers(SnsTopic, self, "reader", name=f"{readers.value.inner_key}-{readers.value.outer_key}")
        topic = when(given.enabled)(SnsTopic, self, "topic", name=given.name)
        return EverythingOutputs(
            secret_arns=made.all("arn"),
            topic_arn=topic.one.arn,
            longest_name=fitted(f"{given.name}-with-a-very-long-suffix-indeed", 30),
        )
