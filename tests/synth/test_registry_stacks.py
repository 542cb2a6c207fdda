"""Who may push images, and what keeps others from it: over all environments, since they share GitLab projects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from environments import PLATFORM
from environments.families.registry import RegistryFamily
from environments.prod import PROD
from groundplan.framework.layers import REMOVED
from groundplan.problems import BadInput
from groundplan.synth.manifest import Manifest
from groundplan.synth.project import synth
from modules.registry.ecr import EcrInputs, Pipeline
from modules.registry.gitlab_registry import GitlabRegistryInputs, Promotion, ProtectedTag
from tests.synth.compositions import only
from tests.synth.programs import PROJECT

BUILD_PROFILE = "arn:aws:signer:us-east-1:333344445555:/signing-profiles/dev_ecr"


@pytest.fixture(scope="module")
def calls(synthesized: Path, manifest: Manifest) -> dict[str, dict[str, Any]]:
    """The module calls of each registry stack."""
    return {
        stack.environment: json.loads((synthesized / stack.folder / "cdk.tf.json").read_bytes())["module"]
        for stack in manifest.stacks
        if stack.family == "registry"
    }


def keepers(calls: dict[str, dict[str, Any]], project: str) -> list[str]:
    return [
        name
        for name, each in calls.items()
        if each["gitlab_registry"]["protects_images"] and each["gitlab_registry"]["project_path"] == project
    ]


def test_every_branch_and_tag_that_may_push_is_protected_in_gitlab(calls: dict[str, dict[str, Any]]) -> None:
    for name, each in calls.items():
        for pipeline in each["ecr"]["pipelines"].values():
            (keeper,) = keepers(calls, pipeline["project_path"])
            kept = calls[keeper]["gitlab_registry"]
            branches = {rule["branch"] for rule in kept["protected_branches"].values()}
            tags = {rule["tag"] for rule in kept["protected_tags"].values()}
            assert set(pipeline.get("branches", [])) <= branches, f"{name}: protect them in {keeper}"
            assert set(pipeline["tags"]) <= tags, f"{name}: protect them in {keeper}"


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


def test_every_environment_has_its_accounts_images_scanned(calls: dict[str, dict[str, Any]]) -> None:
    assert {name for name, each in calls.items() if each["ecr"].get("registry") is None} == set()


def test_failed_copies_are_told_to_the_topic_of_their_region(calls: dict[str, dict[str, Any]]) -> None:
    assert calls["prod"]["ecr"]["registry"]["replica_regions"] == {
        PROD.dr_region: {"alarm_topic_arn": PROD.dr_alarm_topic_arn}
    }


WRONG: dict[str, tuple[RegistryFamily, str, str]] = {
    "an image promoted to nowhere": (
        RegistryFamily(gitlab_registry=GitlabRegistryInputs(promotion=Promotion(repositories={"claims/web": "web"}))),
        'prod.registry.gitlab_registry.promotion.repositories["claims/web"]',
        "must be the name of one of ecr.repositories",
    ),
    "a promotion without a role": (
        RegistryFamily(ecr=EcrInputs(pipelines={"promotion": REMOVED})),
        "prod.registry.ecr.pipelines",
        'must have "promotion", whose role the promotion takes',
    ),
    "a promotion that nobody signs": (
        RegistryFamily(ecr=EcrInputs(signing=None)),
        "prod.registry.ecr.signing",
        "must be there where images are promoted",
    ),
    "rules of a project that another environment keeps": (
        RegistryFamily(gitlab_registry=GitlabRegistryInputs(protected_tags={"v": ProtectedTag(tag="v*")})),
        "prod.registry.gitlab_registry.protects_images",
        "must be true where protected_branches or protected_tags are given",
    ),
    "a profile by its name": (
        RegistryFamily(
            gitlab_registry=GitlabRegistryInputs(promotion=Promotion(source_signing_profile_arns=["dev_ecr"]))
        ),
        "prod.registry.gitlab_registry.promotion.source_signing_profile_arns[0]",
        "must be the ARN of a signer resource",
    ),
    "a tools image that can move": (
        RegistryFamily(
            gitlab_registry=GitlabRegistryInputs(promotion=Promotion(tools_image="registry.gitlab.com/tools/promote:1"))
        ),
        "prod.registry.gitlab_registry.promotion.tools_image",
        "with its registry and its digest",
    ),
    "a project without a group": (
        RegistryFamily(gitlab_registry=GitlabRegistryInputs(project_path="api")),
        "prod.registry.gitlab_registry.project_path",
        "the whole path of a GitLab project",
    ),
    "a pipeline of any branch": (
        RegistryFamily(ecr=EcrInputs(pipelines={"promotion": Pipeline(branches=["*"])})),
        'prod.registry.ecr.pipelines["promotion"].branches[0]',
        "must be the name of a branch or tag",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_of_the_registry_is_refused_at_its_place(name: str, tmp_path: Path) -> None:
    layer, path, message = WRONG[name]
    with pytest.raises(BadInput) as refused:
        synth(
            only(PLATFORM.with_layers(PROD, layer), RegistryFamily).compose,
            [PROD],
            project=PROJECT,
            out=tmp_path / "cdktf.out",
        )
    told = [(each.path, each.message) for each in refused.value.problems]
    assert any(where == path and message in what for where, what in told), told
