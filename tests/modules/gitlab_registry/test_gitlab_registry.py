"""What Terraform would make of the module: everything switched on, and as little as there can be."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

from groundplan.framework.definition import define
from groundplan.iam import evaluate
from modules.registry.gitlab_registry import GitlabRegistry
from tests.modules.gitlab_registry.examples import (
    BUILD_PROFILE,
    FULL,
    PROMOTION,
    PROMOTION_PROFILE,
    SMALL,
    TOPIC,
)
from tests.support.planning import ModulePlan


@pytest.fixture(scope="module")
def full(plan_module: Callable[..., ModulePlan]) -> ModulePlan:
    return plan_module(GitlabRegistry, FULL)


@pytest.fixture(scope="module")
def applied(apply_module: Callable[..., ModulePlan]) -> ModulePlan:
    return apply_module(GitlabRegistry, FULL)


@pytest.fixture(scope="module")
def small(plan_module: Callable[..., ModulePlan]) -> ModulePlan:
    return plan_module(GitlabRegistry, SMALL)


def test_the_addresses_of_everything_stay_what_they_are(full: ModulePlan, snapshot: SnapshotAssertion) -> None:
    assert full.addresses == snapshot


def test_a_project_that_exists_is_only_protected(small: ModulePlan) -> None:
    (address,) = small.addresses
    rule = small.resource(address)
    assert address == "gitlab_project_container_repository_protection.all[0]"
    assert rule["project"] == "insurance/claims/api"
    assert rule["repository_path_pattern"] == "insurance/claims/api*"
    assert rule["minimum_access_level_for_delete"] == "maintainer"
    assert rule["minimum_access_level_for_push"] is None, "developers' pipelines push"
    assert small.outputs["promotion_template"] is None
    assert small.outputs["kms_key_arn"] is None
    assert small.outputs["deploy_token_secret_arns"] == {}


def test_the_owner_of_a_project_that_exists_is_told_the_cleanup_policy(small: ModulePlan) -> None:
    policy = json.loads(small.outputs["cleanup_policy_request"])["container_expiration_policy_attributes"]
    assert policy == {
        "cadence": "1d",
        "enabled": True,
        "keep_n": 10,
        "name_regex_delete": ".*",
        "name_regex_keep": "",
        "older_than": "14d",
    }


def test_an_own_project_is_private_cleaned_up_and_outlives_the_module(full: ModulePlan) -> None:
    project = full.resource("gitlab_project.images[0]")
    assert (project["path"], project["visibility_level"], project["archive_on_destroy"]) == ("api", "private", True)
    assert project["container_registry_access_level"] == "private"
    (policy,) = project["container_expiration_policy"]
    assert policy["enabled"] is True
    assert (policy["cadence"], policy["keep_n"], policy["older_than"]) == ("1d", 5, "7d")
    assert (policy["name_regex_delete"], policy["name_regex_keep"]) == (".*", "(?:v.+|main)")


def test_only_maintainers_push_and_delete_where_the_inputs_say_so(full: ModulePlan) -> None:
    rule = full.resource('gitlab_project_container_repository_protection.images["releases"]')
    assert rule["repository_path_pattern"] == "Insurance/claims/api/release/*"
    assert (rule["minimum_access_level_for_push"], rule["minimum_access_level_for_delete"]) == (
        "maintainer",
        "maintainer",
    )
    assert full.resource('gitlab_tag_protection.tags["releases"]')["create_access_level"] == "maintainer"


def test_branches_that_may_push_are_changed_by_the_roles_that_are_named(full: ModulePlan) -> None:
    rule = full.resource('gitlab_branch_protection.branches["main"]')
    assert (rule["branch"], rule["push_access_level"], rule["merge_access_level"]) == ("main", "no one", "maintainer")
    assert rule["allow_force_push"] is False


def test_a_call_that_only_promotes_leaves_the_project_to_the_one_that_keeps_it(
    plan_module: Callable[..., ModulePlan],
) -> None:
    promotes = plan_module(
        GitlabRegistry, SMALL.but(protects_images=False, promotion=PROMOTION.but(template_file=None))
    )
    assert promotes.addresses == []
    assert ".promote-dev-claims-api" in template(promotes)
    # whoever puts it somewhere fills in where that is
    text = promotes.outputs["promotion_template"]
    assert "#     - project: <project>\n#       file: <file>\n" in text


def test_templates_of_two_environments_go_into_one_pipeline(full: ModulePlan) -> None:
    jobs = set(template(full)) - {"include"}
    assert jobs == {"container_scanning", ".promote-staging-claims-api"}, "the first is the same in all"


def test_a_group_gets_its_role_by_its_path(full: ModulePlan) -> None:
    share = full.resource('gitlab_project_share_group.groups["testers"]')
    assert share["group_access"] == "reporter"
    assert share["group_id"] > 0


def test_a_deploy_token_only_pulls_and_ends(full: ModulePlan) -> None:
    token = full.resource('gitlab_project_deploy_token.pull["blue"]')
    assert token["scopes"] == ["read_registry"]
    assert token["expires_at"] == f"{FULL.deploy_tokens['blue'].expires_on}T00:00:00Z"
    assert full.unknown('gitlab_project_deploy_token.pull["blue"]')["token"] is True
    sensitive = full.changes['gitlab_project_deploy_token.pull["blue"]']["after_sensitive"]
    assert sensitive["token"] is True


def test_the_tokens_secret_is_encrypted_and_shows_its_value_in_no_plan(applied: ModulePlan) -> None:
    secret = applied.resource('aws_secretsmanager_secret.pull["blue"]')
    assert secret["name"] == "staging-claims-api/pull/blue"
    assert secret["kms_key_id"] == applied.resource("aws_kms_key.tokens[0]")["arn"]
    version = applied.resource('aws_secretsmanager_secret_version.pull["blue"]')
    assert version["secret_string_wo"] is None
    assert version["secret_string"] is None
    assert str(version["secret_string_wo_version"]) == FULL.deploy_tokens["blue"].expires_on.replace("-", "")


def test_somebody_is_told_two_weeks_before_a_token_ends(full: ModulePlan) -> None:
    told = date.fromisoformat(FULL.deploy_tokens["blue"].expires_on) - timedelta(days=14)
    rule = full.resource('aws_cloudwatch_event_rule.expiry["blue"]')
    assert rule["schedule_expression"] == f"cron(0 6 {told.day} {told.month} ? {told.year})"
    assert full.resource('aws_cloudwatch_event_target.expiry["blue"]')["arn"] == TOPIC


def test_the_read_policy_opens_the_tokens_of_this_project_and_no_other_secret(applied: ModulePlan) -> None:
    policy = json.loads(applied.outputs["deploy_token_read_policy"])
    (arn,) = applied.outputs["deploy_token_secret_arns"].values()
    other = "arn:aws:secretsmanager:us-east-1:111122223333:secret:other-claims-api/pull/blue-AbCdEf"
    assert evaluate(policy, action="secretsmanager:GetSecretValue", resource=arn)
    assert not evaluate(policy, action="secretsmanager:GetSecretValue", resource=other)
    assert not evaluate(policy, action="secretsmanager:PutSecretValue", resource=arn)


def template(plan: ModulePlan) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(plan.outputs["promotion_template"])
    return found


def heredoc(step: str) -> str:
    """What a step of the job writes into its file."""
    first, *lines = step.splitlines()
    mark = first.rpartition("<<")[2].strip("'")
    return "\n".join(lines[: lines.index(mark)]) + "\n"


def test_the_promotion_is_one_file_that_a_pipeline_includes(full: ModulePlan) -> None:
    committed = full.resource("gitlab_repository_file.promotion[0]")
    assert committed["content"] == full.outputs["promotion_template"]
    assert (committed["project"], committed["file_path"]) == ("platform/ci-templates", "promote/claims-api.yml")
    assert template(full)["include"] == [{"template": "Jobs/Container-Scanning.gitlab-ci.yml"}]


def test_the_promotion_runs_for_protected_refs_only_with_an_id_token_and_no_key(full: ModulePlan) -> None:
    job = template(full)[".promote-staging-claims-api"]
    assert job["rules"] == [{"if": '$CI_COMMIT_REF_PROTECTED == "true"'}]
    assert job["id_tokens"] == {"PROMOTE_ID_TOKEN": {"aud": "https://gitlab.com"}}
    assert job["tags"] == ["protected"]
    assert [need["job"] for need in job["needs"]] == ["container_scanning", "build: image"]
    assert "AWS_SECRET" not in full.outputs["promotion_template"]


def test_the_scan_and_the_promotion_are_of_one_image(full: ModulePlan) -> None:
    scan = template(full)["container_scanning"]
    assert scan["variables"]["CS_IMAGE"] == "$PROMOTE_IMAGE"
    assert scan["dependencies"] == ["build: image"], "where the variable comes from"
    assert {"gl-container-scanning-report.json", "**/gl-sbom-*.cdx.json"} <= set(scan["artifacts"]["paths"])


def test_what_the_module_s_readme_sends_people_to_is_in_the_module(tmp_path: Path) -> None:
    readme = (GitlabRegistry.folder() / "README.md").read_text("utf-8")
    named = set(re.findall(r"\bfiles/promote/[\w.-]+\w", readme))
    define(GitlabRegistry, tmp_path, project=Path(__file__).parents[3])
    assert len(named) == 2
    for path in named:
        assert (tmp_path / path).read_bytes() == (GitlabRegistry.folder() / path).read_bytes()


def test_the_job_runs_the_modules_program_with_its_settings_and_no_variable_can_change_them(full: ModulePlan) -> None:
    settings, program, run = template(full)[".promote-staging-claims-api"]["script"]
    written = (GitlabRegistry.folder() / "files/promote/promote.py").read_text()
    assert heredoc(program) == written
    assert run == "python3 promote.py promote-settings.json"
    assert json.loads(heredoc(settings)) == {
        "registry": "444455556666.dkr.ecr.us-east-1.amazonaws.com",
        "registry_id": "444455556666",
        "region": "us-east-1",
        "role_arn": "arn:aws:iam::444455556666:role/prod-registry-push-claims-api",
        "repositories": {
            "insurance/claims-api": "registry.gitlab.com/insurance/claims/api",
            "insurance/claims-worker": "registry.gitlab.com/insurance/claims/api/worker",
        },
        "signing_profile_arn": PROMOTION_PROFILE,
        "source_signers": [BUILD_PROFILE],
        "refused_severities": ["Critical", "High"],
        "waivers_file": ".gitlab/image-waivers.toml",
        "waiver_most_days": 90,
        "report_most_hours": 24,
        "scan_wait_seconds": 900,
    }
