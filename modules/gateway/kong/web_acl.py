"""The web ACL before an Application Load Balancer: rule groups of AWS, and a log of what they block."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws import wafv2_web_acl as waf
from cdktf_cdktf_provider_aws import wafv2_web_acl_logging_configuration as logging

from groundplan.building import Key, log_group, tags
from groundplan.framework import Module, all_of, choose, each_item, first_set, is_set, part_id, present, unset, when
from groundplan.framework.references import NumberReference

from .inputs import KongInputs

__all__ = ["log_name", "web_acl_arn"]

REDACTED = ("authorization", "cookie")


def log_name(given: KongInputs) -> str:
    """AWS WAF writes into no other: https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html"""
    return f"aws-waf-logs-{given.name}"


def web_acl_arn(scope: Module[Any, Any], given: KongInputs, key: Key) -> str | None:
    """The ARN of the web ACL, of one that is there or is made here; null without an Application Load Balancer."""
    balanced = is_set(given.load_balancer.application)
    wanted = present(given.load_balancer.application).web_acl
    existing = choose(balanced, wanted.arn, None)
    part = when(all_of(balanced, unset(existing)))
    made = part(
        waf.Wafv2WebAcl,
        scope,
        part_id("web_acl", "gateway"),
        name=given.name,
        description=f"before the API gateway {given.name}",
        scope="REGIONAL",
        default_action=waf.Wafv2WebAclDefaultAction(allow=waf.Wafv2WebAclDefaultActionAllow()),
        visibility_config=waf.Wafv2WebAclVisibilityConfig(
            cloudwatch_metrics_enabled=True, metric_name=given.name, sampled_requests_enabled=True
        ),
        tags=tags(scope, given),
    )
    made.having("rule", each_item(wanted.managed_rule_groups), _rule)
    group = log_group(
        scope, "web_acl", given, name=log_name(given), key=key, only_when=all_of(balanced, unset(existing))
    )
    part(
        logging.Wafv2WebAclLoggingConfiguration,
        scope,
        part_id("logging", "web_acl"),
        resource_arn=made.one.arn,
        log_destination_configs=[group.arn],
        redacted_fields=[
            logging.Wafv2WebAclLoggingConfigurationRedactedFields(
                single_header=logging.Wafv2WebAclLoggingConfigurationRedactedFieldsSingleHeader(name=name)
            )
            for name in REDACTED
        ],
        # what passes is in the gateway's own log of requests
        logging_filter=logging.Wafv2WebAclLoggingConfigurationLoggingFilter(
            default_behavior="DROP",
            filter=[
                logging.Wafv2WebAclLoggingConfigurationLoggingFilterFilter(
                    behavior="KEEP",
                    requirement="MEETS_ANY",
                    condition=[
                        logging.Wafv2WebAclLoggingConfigurationLoggingFilterFilterCondition(
                            action_condition=logging.Wafv2WebAclLoggingConfigurationLoggingFilterFilterConditionActionCondition(
                                action="BLOCK"
                            )
                        )
                    ],
                )
            ],
        ),
    )
    return choose(balanced, first_set(existing, made.one.arn), None)


def _rule(group: Any) -> dict[str, Any]:
    """A rule group of AWS, asked at its place in the list."""
    return {
        "name": group,
        "priority": NumberReference("rule.key"),
        "override_action": {"none": {}},
        "statement": {"managed_rule_group_statement": {"name": group, "vendor_name": "AWS"}},
        "visibility_config": {
            "cloudwatch_metrics_enabled": True,
            "metric_name": group,
            "sampled_requests_enabled": True,
        },
    }
