"""The tokens that clusters pull with: made in GitLab, kept in Secrets Manager, and a reminder before each ends."""

from __future__ import annotations

from typing import Any, NamedTuple

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret
from cdktf_cdktf_provider_aws.secretsmanager_secret_version import SecretsmanagerSecretVersion
from cdktf_cdktf_provider_gitlab.project_deploy_token import ProjectDeployToken

from groundplan.building import (
    account_id,
    encryption_key,
    runbook,
    service_name,
    tags,
    topic_of_the_region,
    with_runbook,
)
from groundplan.framework import Module, choose, each, jsonencode, not_empty, number, part_id, present, text
from groundplan.iam import document

from . import access
from .inputs import GitlabRegistryInputs

__all__ = ["Tokens", "deploy_tokens"]

LONGEST_TOKEN_HOURS = 366 * 24
REMINDER_HOURS = 14 * 24
RECOVERY_WINDOW_DAYS = 30


class Tokens(NamedTuple):
    """What became of the deploy tokens."""

    secret_arns: dict[str, str]
    read_policy: str | None
    key_arn: str | None
    rule_arns: list[str]


def deploy_tokens(scope: Module[Any, Any], given: GitlabRegistryInputs, project: str) -> Tokens:
    """GitLab makes a token; Terraform hands it to Secrets Manager, as a write-only value, which no plan shows."""
    scope.validate(
        "deploy_tokens",
        condition=(
            '${alltrue([for token in values(var.deploy_tokens) : try(timecmp("${token.expires_on}T00:00:00Z", '
            f'timeadd(plantimestamp(), "{LONGEST_TOKEN_HOURS}h")) <= 0, true)])}}'
        ),
        message="deploy_tokens: expires_on of each must be at most 366 days ahead: choose an earlier day",
    )
    topic_of_the_region(scope)
    tokens = each(given.deploy_tokens)
    wanted = not_empty(given.deploy_tokens)
    token = tokens(
        ProjectDeployToken,
        scope,
        "pull",
        project=project,
        name=text("format", "%s-%s", given.name, tokens.key),
        username=text("format", "%s-%s", given.name, tokens.key),
        scopes=["read_registry"],
        expires_at=text("format", "%sT00:00:00Z", tokens.value.expires_on),
    )
    # the secret has the new token before GitLab revokes the old one
    token.element.add_override("lifecycle", {"create_before_destroy": True})
    key = encryption_key(
        scope,
        "tokens",
        given,
        existing=given.kms_key,
        name=text("format", "%s-deploy-tokens", given.name),
        purpose=f"Encrypts the deploy tokens of {given.name}",
        statements=access.key_policy(account_id(scope), service_name(scope, "secretsmanager")),
        only_when=wanted,
    )
    secret = tokens(
        SecretsmanagerSecret,
        scope,
        part_id("secret", "pull"),
        name=text("format", "%s/pull/%s", given.name, tokens.key),
        description=text("format", "Pulls images of %s until %s", given.project_path, tokens.value.expires_on),
        kms_key_id=key.arn,
        recovery_window_in_days=RECOVERY_WINDOW_DAYS,
        tags=tags(scope, given),
    )
    tokens(
        SecretsmanagerSecretVersion,
        scope,
        part_id("version", "pull"),
        secret_id=secret.here.id,
        secret_string_wo=jsonencode({"username": token.here.username, "accessToken": token.here.token}),
        # another day is another token, and this is what makes Terraform write it
        secret_string_wo_version=number("tonumber", text("replace", tokens.value.expires_on, "-", "")),
    )
    rule = tokens(
        CloudwatchEventRule,
        scope,
        "expiry",
        name=text("format", "%s-%s-expiry", given.name, tokens.key),
        description=with_runbook(
            f"A deploy token of {given.project_path} ends in 14 days.", given, "gitlab_registry", "expiry"
        ),
        schedule_expression=text(
            "formatdate",
            "'cron(0 6 'D' 'M' ? 'YYYY')'",
            text(
                "timeadd",
                text("format", "%sT00:00:00Z", tokens.value.expires_on),
                f"-{REMINDER_HOURS}h",
            ),
        ),
        tags=tags(scope, given),
    )
    tokens(
        CloudwatchEventTarget,
        scope,
        part_id("target", "expiry"),
        rule=rule.here.name,
        arn=present(given.alarm_topic_arn),
        input=jsonencode(
            {
                "subject": text("format", "Deploy token %s-%s ends in 14 days", given.name, tokens.key),
                "project": given.project_path,
                "expires_on": tokens.value.expires_on,
                "runbook": runbook(given, "gitlab_registry", "expiry"),
                "cure": text("format", "Give deploy_tokens[%s] a later expires_on, and apply.", tokens.key),
            }
        ),
    )
    readable = document(*access.read(secret.list("arn"), key.arn, service_name(scope, "secretsmanager")))
    return Tokens(
        secret_arns=secret.all("arn"),
        read_policy=choose(wanted, jsonencode(readable), None),
        key_arn=choose(wanted, key.arn, None),
        rule_arns=rule.list("arn"),
    )
