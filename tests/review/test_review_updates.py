"""What an update leaves to the provider is said in one line, and does not hide what changes."""

from __future__ import annotations

from pathlib import Path

from sample_plans import change, findings, outputs, plan, review


def test_unset_attributes_are_named_together_and_changes_stay_visible(tmp_path: Path) -> None:
    content = plan(
        change(
            "module.a.helm_release.it",
            ["update"],
            {"version": "1.0.0", "lint": None, "status": "deployed"},
            {"version": "1.1.0"},
            unknown={"lint": True, "status": True},
        )
    )
    text = outputs(review(tmp_path, {"prod-a": content}, findings()))["review.md"]
    assert "unset, for the provider to fill in: lint" in text
    assert 'version: "1.0.0" -> "1.1.0"' in text
    assert 'status: "deployed" -> (known after apply)' in text
    assert "lint = (known after apply)" not in text


def test_an_update_of_which_nothing_is_said_to_be_unknown_is_shown(tmp_path: Path) -> None:
    updated = change("module.a.helm_release.it", ["update"], {"version": "1.0.0"}, {"version": "1.1.0"})
    del updated["change"]["after_unknown"]
    text = outputs(review(tmp_path, {"prod-a": plan(updated)}, findings()))["review.md"]
    assert 'version: "1.0.0" -> "1.1.0"' in text


def test_why_something_is_deleted_is_said_in_words(tmp_path: Path) -> None:
    gone = change('module.a.aws_ecr_repository.it["b"]', ["delete"], {"name": "b"}, None)
    gone["action_reason"] = "delete_because_each_key"
    new = change("module.a.aws_ecr_repository.that", ["delete"], {"name": "c"}, None)
    new["action_reason"] = "delete_because_of_the_moon"
    text = outputs(review(tmp_path, {"prod-a": plan(gone, new)}, findings()))["review.md"]
    assert "its key is no longer in for_each" in text
    assert "delete because of the moon" in text, "what Terraform learns to say later must not be lost"


def test_of_many_unset_attributes_some_are_named_and_the_rest_is_counted(tmp_path: Path) -> None:
    unset = [f"setting_{letter}" for letter in "abcdef"]
    content = plan(
        change(
            "module.a.helm_release.it",
            ["update"],
            {"version": "1.0.0", **dict.fromkeys(unset)},
            {"version": "1.1.0"},
            unknown=dict.fromkeys(unset, True),
        )
    )
    text = outputs(review(tmp_path, {"prod-a": content}, findings()))["review.md"]
    assert "unset, for the provider to fill in: setting_a, setting_b, setting_c and 3 more" in text
