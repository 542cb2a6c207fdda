"""Who may push images, and what keeps others from it: over all environments, since they share GitLab projects."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from environments import ENVIRONMENTS, platform
from environments.dev import DEV
from environments.prod import PROD
from environments.settings import Platform, RegistrySettings
from groundplan.framework.checking import problems_of
from groundplan.synth.project import synth
from modules.registry.ecr import Pipeline
from tests.synth.programs import PROJECT

BUILD_PROFILE = "arn:aws:signer:us-east-1:333344445555:/signing-profiles/dev_ecr"


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The module calls of each registry stack."""
    out = tmp_path_factory.mktemp("synth")
    manifest = synth(platform, ENVIRONMENTS, project=PROJECT, out=out)
    return {
        stack.environment: json.loads((Path(out) / stack.folder / "cdk.tf.json").read_bytes())["module"]
        for stack in manifest.stacks
        if stack.family == "registry"
    }


def keepers(project: str) -> list[Platform]:
    return [each for each in ENVIRONMENTS if each.registry.keeps_project and each.registry.project_path == project]


def test_every_branch_and_tag_that_may_push_is_protected_in_gitlab() -> None:
    for environment in ENVIRONMENTS:
        for pipeline in environment.registry.pipelines.values():
            (keeper,) = keepers(pipeline.project_path)
            branches = {each.branch for each in keeper.registry.protected_branches.values()}
            tags = {each.tag for each in keeper.registry.protected_tags.values()}
            assert set(pipeline.branches) <= branches, f"{environment.name}: protect them in {keeper.name}"
            assert set(pipeline.tags) <= tags, f"{environment.name}: protect them in {keeper.name}"


def test_one_environment_keeps_the_projects_rules_and_the_others_touch_nothing(
    calls: dict[str, dict[str, Any]],
) -> None:
    assert calls["dev"]["gitlab_registry"].get("protects_images", True) is True
    for name in ("staging", "prod"):
        call = calls[name]["gitlab_registry"]
        assert call["protects_images"] is False
        assert not call.get("protected_branches")
        assert not call.get("protected_tags")


def test_the_role_of_a_promotion_reads_what_it_judges_by(calls: dict[str, dict[str, Any]]) -> None:
    for name in ("staging", "prod"):
        promotion = calls[name]["ecr"]["pipelines"]["promotion"]
        assert promotion["verifies_profiles"] == [BUILD_PROFILE]
        assert promotion["reads_findings"] is True
    assert not calls["dev"]["ecr"]["pipelines"]["promotion"].get("verifies_profiles")


def test_failed_copies_are_told_to_the_topic_of_their_region(calls: dict[str, dict[str, Any]]) -> None:
    assert calls["prod"]["ecr"]["registry"]["replica_regions"] == {
        PROD.dr_region: {"alarm_topic_arn": PROD.dr_alarm_topic_arn}
    }


WRONG: dict[str, tuple[Callable[[RegistrySettings], RegistrySettings], str, str]] = {
    "an image promoted to nowhere": (
        lambda it: it.but(promoted={"claims/web": "web"}),
        "prod.registry.promoted",
        "must be names among repositories",
    ),
    "a promotion without a role": (
        lambda it: it.but(pipelines={"api": it.pipelines["promotion"]}),
        "prod.registry.pipelines",
        'must have "promotion", whose role the promotion takes',
    ),
    "a promotion that nobody signs": (
        lambda it: it.but(signed=False),
        "prod.registry.signed",
        "must be true where images are promoted",
    ),
    "rules of a project that another environment keeps": (
        lambda it: it.but(protected_tags=DEV.registry.protected_tags),
        "prod.registry.keeps_project",
        "must be true where protected_branches or protected_tags are given",
    ),
    "a profile by its name": (
        lambda it: it.but(build_signing_profile_arns=["dev_ecr"]),
        "prod.registry.build_signing_profile_arns[0]",
        "must be the ARN of a signer resource",
    ),
    "a tools image that can move": (
        lambda it: it.but(tools_image="registry.gitlab.com/tools/promote:1"),
        "prod.registry.tools_image",
        "with its registry and its digest",
    ),
    "a project without a group": (
        lambda it: it.but(project_path="api"),
        "prod.registry.project_path",
        "the whole path of a GitLab project",
    ),
    "a pipeline of any branch": (
        lambda it: it.but(pipelines={"promotion": Pipeline(project_path="a/b", branches=["*"], repositories=["x"])}),
        'prod.registry.pipelines["promotion"].branches[0]',
        "must be the name of a branch or tag",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_of_the_registry_is_refused_at_its_place(name: str) -> None:
    change, path, message = WRONG[name]
    told = [(each.path, each.message) for each in problems_of(PROD.but(registry=change(PROD.registry)), "prod")]
    assert any(where == path and message in what for where, what in told), told
