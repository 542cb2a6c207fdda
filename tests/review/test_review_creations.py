"""What all new resources of a stack share is said once, and what apply fills in takes a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_plans import change, findings, outputs, plan, review

from groundplan.review.repeats import shared_tags, without_repeats

DEFAULTS = {"Environment": "prod", "Owner": "platform"}
Json = dict[str, Any]


def created(name: str, tags_all: Json | None, tags: Json | None = None, **more: Any) -> Json:
    return change(f"module.a.aws_sqs_queue.{name}", ["create"], None, {"tags": tags, "tags_all": tags_all}, **more)


def text_of(folder: Path, *changes: Json, page: str = "review.md") -> str:
    return outputs(review(folder, {"prod-a": plan(*changes)}, findings(stacks=("prod-a",))))[page]


@pytest.mark.parametrize("page", ["review.md", "review.html"])
def test_default_tags_are_told_once_a_stack_and_a_resources_own_tags_with_it(tmp_path: Path, page: str) -> None:
    text = text_of(
        tmp_path,
        created("first", {**DEFAULTS, "Service": "ecr"}, {"Service": "ecr"}),
        created("second", {**DEFAULTS, "Service": "vault"}, {"Service": "vault"}),
        page=page,
    )
    assert text.count("Owner=platform") == 1
    assert "tags_all" not in text
    for service in ("ecr", "vault"):
        assert f"tags.Service = {'&#34;' if page.endswith('html') else chr(34)}{service}" in text


def test_a_tag_that_a_resource_alone_has_without_setting_it_is_told(tmp_path: Path) -> None:
    text = text_of(tmp_path, created("first", {**DEFAULTS, "Team": "claims"}), created("second", DEFAULTS))
    assert 'tags_all.Team = "claims"' in text


def test_a_default_tag_that_a_resource_changes_is_not_called_shared(tmp_path: Path) -> None:
    other = {**DEFAULTS, "Owner": "claims"}
    text = text_of(tmp_path, created("first", other, {"Owner": "claims"}), created("second", DEFAULTS))
    assert "`Environment=prod`" in text
    assert "Owner=" not in text
    assert 'tags.Owner = "claims"' in text
    assert 'tags_all.Owner = "platform"' in text


def test_a_sensitive_tag_is_shared_by_nobody(tmp_path: Path) -> None:
    mask = {"tags_all": {"Owner": True}}
    text = text_of(tmp_path, created("first", DEFAULTS, after_sensitive=mask))
    assert "platform" not in text
    assert "`Environment=prod`" in text


def test_a_plan_that_creates_nothing_says_no_tags(tmp_path: Path) -> None:
    text = text_of(tmp_path, change("module.a.aws_sqs_queue.it", ["update"], {"tags_all": {}}, {"tags_all": DEFAULTS}))
    assert "every new resource" not in text
    assert 'tags_all.Owner = "platform"' in text


@pytest.mark.parametrize("page", ["review.md", "review.html"])
def test_attributes_that_are_known_after_apply_take_one_line_and_parts_of_one_their_own(
    tmp_path: Path, page: str
) -> None:
    text = text_of(
        tmp_path,
        created("it", None, unknown={"arn": True, "id": True, "rule": [{"id": True}]}),
        page=page,
    )
    assert "(known after apply): arn, id\n" in text or "(known after apply): arn, id<" in text
    assert "rule[0].id = (known after apply)" in text


TAGS = st.dictionaries(st.sampled_from("ABC"), st.sampled_from("xy"), max_size=3)


@given(st.lists(st.tuples(TAGS, TAGS), max_size=4))
def test_no_tag_is_lost(resources: list[tuple[Json, Json]]) -> None:
    changes = [created(f"r{index}", {**tags, **own}, own) for index, (tags, own) in enumerate(resources)]
    shared = shared_tags(changes)
    for made in changes:
        after = made["change"]["after"]
        if after["tags_all"]:
            told = {**shared, **after["tags"], **without_repeats(after, shared)["tags_all"]}
            assert told == after["tags_all"]
