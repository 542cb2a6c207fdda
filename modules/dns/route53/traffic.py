"""Traffic policies and the names that they answer for."""

from __future__ import annotations

from typing import Any

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.route53_traffic_policy import Route53TrafficPolicy
from cdktf_cdktf_provider_aws.route53_traffic_policy_instance import Route53TrafficPolicyInstance

from groundplan.framework import Module, choose, each, each_pair, hcl, is_set, jsonencode, merged, without_nulls
from groundplan.framework.references import AnyReference, TextReference

from .grammar import FORMAT_VERSION
from .inputs import Route53Inputs
from .zones import Zones, full_name

__all__ = ["traffic_policies"]


def traffic_policies(module: Module[Any, Any], given: Route53Inputs, zones: Zones, health_check_ids: Any) -> Any:
    """Makes the policies and their instances, and gives the policies' ids by name."""
    policies = each(given.traffic_policies)
    document = _document(policies.value, health_check_ids)
    made = policies(
        Route53TrafficPolicy,
        module,
        "policy",
        # a changed document is a new policy, made before the old one goes: their names must differ
        name=f"{given.name}-{policies.key}-{_digest(document)}",
        comment=policies.value.comment,
        document=document,
        lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
    )
    instances = each_pair(given.traffic_policies, lambda policy: policy.instances)
    instance = instances.value.inner
    policy: Any = made.at(instances.value.outer_key)
    instances(
        Route53TrafficPolicyInstance,
        module,
        "instance",
        hosted_zone_id=zones.ids[instance.zone],
        name=full_name(zones, instance),
        ttl=instance.ttl_seconds,
        traffic_policy_id=policy.id,
        traffic_policy_version=policy.version,
    )
    return made.all("id")


def _digest(document: Any) -> str:
    return TextReference(f"substr(sha256({hcl(document)}), 0, 8)")


def _document(policy: Any, ids: Any) -> str:
    def led(target: Any, **more: Any) -> Any:
        return without_nulls(
            {
                "EndpointReference": target.endpoint,
                "RuleReference": target.rule,
                "EvaluateTargetHealth": target.evaluate_target_health,
                "HealthCheck": choose(is_set(target.health_check), ids[target.health_check], None),
                **more,
            }
        )

    rules = merged(
        each(policy.failover_rules).document(
            lambda _, rule: {"RuleType": "failover", "Primary": led(rule.primary), "Secondary": led(rule.secondary)}
        ),
        each(policy.geolocation_rules).document(
            lambda _, rule: {
                "RuleType": "geo",
                "Locations": each(rule.locations).documents(
                    lambda _, target: led(
                        target, Continent=target.continent, Country=target.country, Subdivision=target.subdivision
                    )
                ),
            }
        ),
        each(policy.latency_rules).document(
            lambda _, rule: {
                "RuleType": "latency",
                "Regions": each(rule.regions).documents(lambda region, target: led(target, Region=region)),
            }
        ),
        each(policy.weighted_rules).document(
            lambda _, rule: {
                "RuleType": "weighted",
                "Items": each(rule.items).documents(lambda _, target: led(target, Weight=_text(target.weight))),
            }
        ),
    )
    return jsonencode(
        without_nulls(
            {
                "AWSPolicyFormatVersion": FORMAT_VERSION,
                "RecordType": policy.record_type,
                "StartRule": policy.start_rule,
                "StartEndpoint": policy.start_endpoint,
                "Endpoints": each(policy.endpoints).document(
                    lambda _, end: without_nulls({"Type": end.type, "Region": end.region, "Value": end.value})
                ),
                "Rules": AnyReference(f"(length({hcl(rules)}) > 0 ? {hcl(rules)} : null)"),
            }
        )
    )


def _text(number: Any) -> str:
    """The format has weights as texts."""
    return TextReference(f"tostring({hcl(number)})")
