"""What the module refuses, in Python and by Terraform, with the same words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from groundplan.framework.checking import problems_of
from modules.registry.gitlab_registry import (
    Cleanup,
    DeployToken,
    GitlabRegistry,
    GitlabRegistryInputs,
    SharedGroup,
    TemplateFile,
)
from tests.modules.gitlab_registry.examples import FULL, PROMOTION, SMALL, TOPIC, day
from tests.support.planning import refusals


def promoted(**settings: Any) -> GitlabRegistryInputs:
    return SMALL.but(promotion=PROMOTION.but(**settings))


def token(expires_on: str) -> dict[str, DeployToken]:
    return {"blue": DeployToken(expires_on=expires_on)}


BAD: dict[str, tuple[GitlabRegistryInputs, str, str]] = {
    "a project without a group": (SMALL.but(project_path="api"), "project_path", "the whole path of a GitLab project"),
    "a cadence that GitLab does not have": (SMALL.but(cleanup=Cleanup(cadence="2d")), "cleanup.cadence", "must be"),
    "a look-ahead, which RE2 has not": (
        SMALL.but(cleanup=Cleanup(name_regex_delete="^(?!v).*")),
        "cleanup.name_regex_delete",
        "must be a regular expression that RE2 reads: no look-ahead, look-behind or back-references, got",
    ),
    "a group that is never closed": (
        SMALL.but(cleanup=Cleanup(name_regex_keep="(?:v.+|main")),
        "cleanup.name_regex_keep",
        "must be a regular expression that RE2 reads",
    ),
    "alternatives of which one keeps all that begins with v": (
        SMALL.but(cleanup=Cleanup(name_regex_keep="v.+|main")),
        "cleanup.name_regex_keep",
        "must have parentheses around its alternatives, such as (?:v.+|main)",
    ),
    "a role that GitLab does not have": (
        SMALL.but(groups={"testers": SharedGroup(group_path="insurance/testers", access_level="puller")}),
        "access_level",
        "must be",
    ),
    "a token that ends on no day": (
        SMALL.but(alarm_topic_arn=TOPIC, deploy_tokens=token("next year")),
        "expires_on",
        "a day up to the 28th, such as 2027-01-28",
    ),
    "a promotion of a tools image that can move": (
        promoted(tools_image="registry.gitlab.com/platform/images/promote:1.2.3"),
        "promotion.tools_image",
        "with its registry and its digest",
    ),
    "a promotion without a trusted build": (
        promoted(source_signing_profile_arns=[]),
        "promotion.source_signing_profile_arns",
        "must have 1 to 10 items, got 0",
    ),
    "a promotion that refuses nothing": (promoted(refused_severities=[]), "promotion.refused_severities", "must have"),
    "waivers for ever": (promoted(waiver_max_days=1000), "promotion.waiver_max_days", "must be 1 to 366, got 1000"),
    "a template outside the repository": (
        promoted(template_file=TemplateFile(project_path="platform/ci", file_path="/etc/promote.yml")),
        "promotion.template_file.file_path",
        "the path of a file in a repository",
    ),
    "an image with two places": (
        promoted(repositories={"insurance/one": "api", "insurance/two": "api"}),
        "promotion.repositories",
        'must not have the same image twice: an image has one place in ECR, got ["insurance/one","insurance/two"]',
    ),
    "tokens that end without a word": (
        SMALL.but(deploy_tokens=token(day(30))),
        "deploy_tokens",
        "need alarm_topic_arn",
    ),
}
TOO_LONG = SMALL.but(alarm_topic_arn=TOPIC, deploy_tokens=token(day(420)))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Terraform's answers to all of them at once."""
    return refusals(GitlabRegistry, {name: BAD[name][0] for name in sorted(BAD)}, tmp_path_factory.mktemp("refusals"))


@pytest.mark.parametrize("name", sorted(BAD))
def test_terraform_refuses_it(name: str, told: dict[str, str]) -> None:
    _, setting, words = BAD[name]
    assert setting in told[name]
    assert words in told[name]


@pytest.mark.parametrize("name", sorted(BAD))
def test_python_refuses_it_before_with_the_same_words(name: str) -> None:
    inputs, setting, words = BAD[name]
    (problem,) = problems_of(inputs, "dev.registry")
    assert problem.path.startswith("dev.registry.")
    assert setting in problem.path
    assert words in problem.message


def test_terraform_refuses_a_token_that_ends_beyond_a_year(tmp_path: Path) -> None:
    told = refusals(GitlabRegistry, {"it": TOO_LONG}, tmp_path)
    assert "expires_on of each must be at most 366 days ahead" in told["it"]


def test_the_examples_are_fine() -> None:
    assert problems_of(FULL, "staging.registry") == []
    assert problems_of(SMALL, "dev.registry") == []
