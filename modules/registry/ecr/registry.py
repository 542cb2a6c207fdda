"""What a registry has once: scanning and its findings, replication, and who replicates to it."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.ecr_registry_policy import EcrRegistryPolicy
from cdktf_cdktf_provider_aws.ecr_registry_scanning_configuration import EcrRegistryScanningConfiguration
from cdktf_cdktf_provider_aws.ecr_replication_configuration import (
    EcrReplicationConfiguration,
    EcrReplicationConfigurationReplicationConfiguration,
)
from cdktf_cdktf_provider_aws.inspector2_enabler import Inspector2Enabler

from groundplan.building import Key, account_id, encryption_key, event_alarm, partition, region
from groundplan.framework import (
    Module,
    all_of,
    choose,
    dependable,
    dynamic,
    each,
    each_name,
    expression_of,
    first_set,
    is_set,
    jsonencode,
    merged,
    negated,
    not_empty,
    part_id,
    present,
    when,
)
from groundplan.framework.references import MapReference, TextReference
from groundplan.framework.shapes import ListOf, Text

from . import access
from .inputs import EcrInputs, ReplicaRegion
from .places import repository

__all__ = ["critical_findings", "failed_copies", "incoming", "replica_keys", "replication", "scanning"]


def scanning(scope: Module[Any, Any], given: EcrInputs, regions: Any) -> None:
    """Enhanced scanning by Amazon Inspector, here and where copies are."""
    wanted = is_set(given.registry)
    settings = present(given.registry)
    on = when(all_of(wanted, settings.enable_inspector))(
        Inspector2Enabler,
        scope,
        part_id("inspector", "ecr"),
        account_ids=[account_id(scope)],
        resource_types=["ECR"],
    )
    here = when(wanted)(
        EcrRegistryScanningConfiguration,
        scope,
        part_id("scanning", "registry"),
        scan_type="ENHANCED",
        depends_on=[dependable(on)],
    )
    _rules(here, given)

    copies = each(regions)
    also_on = each(regions).where(lambda _: choose(wanted, settings.enable_inspector, False))
    on_there = also_on(
        Inspector2Enabler,
        scope,
        part_id("inspector", "replica"),
        account_ids=[account_id(scope)],
        resource_types=["ECR"],
        region=also_on.key,
    )
    there = copies(
        EcrRegistryScanningConfiguration,
        scope,
        part_id("scanning", "replica"),
        scan_type="ENHANCED",
        region=copies.key,
        depends_on=[dependable(on_there)],
    )
    _rules(there, given)


def _rules(configuration: Any, given: EcrInputs) -> None:
    """One rule a frequency, where it has filters."""
    settings = present(given.registry)
    by_frequency = {"CONTINUOUS_SCAN": settings.continuous_scan, "SCAN_ON_PUSH": settings.scan_on_push}
    filters = each(by_frequency).where(lambda found: not_empty(found)).document(lambda _, found: found)
    dynamic(
        configuration,
        "rule",
        MapReference(expression_of(filters), ListOf(item=Text())),
        lambda rule: {
            "scan_frequency": rule.key,
            "dynamic": {
                "repository_filter": {
                    "for_each": rule.value,
                    "content": {"filter": "${repository_filter.value}", "filter_type": "WILDCARD"},
                }
            },
        },
    )


def critical_findings(scope: Module[Any, Any], given: EcrInputs) -> Any:
    """Tells of every new finding of the highest severity; gives the event rule.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-events.html
    """
    return event_alarm(
        scope,
        "critical_finding",
        given,
        name=f"{given.name}-critical-finding",
        description="Inspector found a critical vulnerability in an image: rebuild it, and replace what runs of it",
        pattern={
            "source": ["aws.inspector2"],
            "detail-type": ["Inspector2 Finding"],
            "detail": {
                "severity": ["CRITICAL"],
                "status": ["ACTIVE"],
                "resources": {"type": ["AWS_ECR_CONTAINER_IMAGE"]},
            },
        },
        only_when=is_set(given.registry),
    )


def replica_keys(scope: Module[Any, Any], given: EcrInputs, regions: dict[str, ReplicaRegion]) -> tuple[Key, Any]:
    """The key of each region that keeps copies, given or made: the own one of the region at hand, and all by region."""
    own = each(regions).where(lambda copies: negated(is_set(copies.kms_key)))
    made = encryption_key(
        scope,
        "replica",
        given,
        name=given.name,
        purpose=f"Encrypts the copies of the images of {given.name}",
        region=own.key,
        only_when=own,
    )
    others = each(regions).where(lambda copies: is_set(copies.kms_key))
    arns = merged(
        others.document(lambda _, copies: present(copies.kms_key).arn),
        MapReference("{for there, made in aws_kms_key.replica : there => made.arn}", Text()),
    )
    return made, arns


def replication(scope: Module[Any, Any], given: EcrInputs, after: Any) -> None:
    """Copies images to other regions and accounts; the first copy of a repository makes it there, by its template."""
    settings = present(given.registry)
    rules = choose(is_set(given.registry), settings.replication, {})
    made = when(not_empty(rules))(
        EcrReplicationConfiguration,
        scope,
        part_id("replication", "registry"),
        replication_configuration=EcrReplicationConfigurationReplicationConfiguration(rule=[]),
        depends_on=[dependable(after)],
    )
    dynamic(
        made,
        "replication_configuration.rule",
        rules,
        lambda rule: {
            "dynamic": {
                "destination": {
                    "for_each": rule.value.destinations,
                    "content": {
                        "region": "${destination.value.region}",
                        "registry_id": first_set(TextReference("destination.value.account_id"), account_id(scope)),
                    },
                },
                "repository_filter": {
                    "for_each": rule.value.repository_prefixes,
                    "content": {"filter": "${repository_filter.value}", "filter_type": "PREFIX_MATCH"},
                },
            }
        },
    )


def failed_copies(scope: Module[Any, Any], given: EcrInputs, regions: dict[str, ReplicaRegion]) -> None:
    """Tells of an image that could not be copied, in the region that lacks it: ECR says so there, and nowhere else.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
    """
    told = each(regions).where(lambda copies: is_set(copies.alarm_topic_arn))
    event_alarm(
        scope,
        "copy_failed",
        given,
        name=f"{given.name}-copy-failed",
        description=(
            "An image could not be copied to this region: look at the role and the key of the template here, then "
            "start a replication backfill, or push the image again"
        ),
        pattern={
            "source": ["aws.ecr"],
            "detail-type": ["ECR Replication Action"],
            "detail": {"result": ["FAILED"], "source-account": [account_id(scope)], "source-region": [region(scope)]},
        },
        topic_arn=present(told.value.alarm_topic_arn),
        in_region=told.key,
        only_when=told,
    )


def incoming(scope: Module[Any, Any], given: EcrInputs) -> None:
    """Lets other accounts' registries replicate to this one."""
    sources = choose(is_set(given.registry), present(given.registry).replicated_from, {})
    here = partition(scope)
    when(not_empty(sources))(
        EcrRegistryPolicy,
        scope,
        part_id("policy", "registry"),
        policy=jsonencode(
            {
                "Version": "2012-10-17",
                "Statement": each(sources).documents(
                    lambda _, source: access.replicate_here(
                        here,
                        source.account_id,
                        each_name(source.repository_prefixes).documents(
                            lambda prefix, _: repository(scope, f"{prefix}*")
                        ),
                    ).as_json()
                ),
            }
        ),
    )
