"""What accounts share with each other: a sink takes what links give.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Unified-Cross-Account.html
"""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.oam_link import OamLink
from cdktf_cdktf_provider_aws.oam_sink import OamSink
from cdktf_cdktf_provider_aws.oam_sink_policy import OamSinkPolicy

from groundplan.building import tags
from groundplan.framework import Module, choose, is_set, jsonencode, part_id, present, when
from groundplan.iam import document

from . import access
from .inputs import CloudwatchInputs

__all__ = ["sharing"]


def sharing(scope: Module[Any, Any], given: CloudwatchInputs) -> Any:
    """The sink with its policy, and the link, each where it is wanted."""
    wanted = is_set(given.sink)
    sink: Any = present(given.sink)
    made = when(wanted)(OamSink, scope, "sink", name=given.name, tags=tags(scope, given))
    of_accounts = access.links(sink.resource_types, {"aws:PrincipalAccount": sink.account_ids})
    of_organization = access.links(sink.resource_types, {"aws:PrincipalOrgID": present(sink.organization_id)})
    when(wanted)(
        OamSinkPolicy,
        scope,
        part_id("policy", "sink"),
        sink_identifier=made.one.arn,
        policy=choose(
            is_set(sink.organization_id),
            jsonencode(document(*of_organization)),
            jsonencode(document(*of_accounts)),
        ),
    )
    link: Any = present(given.link)
    when(is_set(given.link))(
        OamLink,
        scope,
        "link",
        label_template=link.label_template,
        resource_types=link.resource_types,
        sink_identifier=link.sink_arn,
        tags=tags(scope, given),
    )
    return made.one
