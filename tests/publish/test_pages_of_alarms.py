"""Pages about alarms: each alarm has one, and each page is an alarm's."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.publish.runbooks import SECTIONS, problems_of_runbooks

DOCUMENT = {
    "resource": {
        "aws_cloudwatch_metric_alarm": {
            "alarm_full": {
                "alarm_description": '${"The store is full. Runbook: ${var.runbooks_url == null ? '
                '\\"runbooks/full.md of the module store\\" : var.runbooks_url}"}'
            },
            "alarm_of_another": {"alarm_description": "runbooks/slow.md of the module stores"},
        }
    }
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pages of the module `store` are: the one that its alarm leads to."""
    pages = tmp_path / "docs" / "runbooks" / "store"
    pages.mkdir(parents=True)
    (pages / "full.md").write_text("# Full\n\n" + "\n\n".join(f"## {section}\n\nIt is." for section in SECTIONS))
    return pages


def told(folder: Path) -> list[str]:
    return [str(problem) for problem in problems_of_runbooks(folder.parents[2], "store", DOCUMENT)]


def test_an_alarm_with_its_page_is_well(folder: Path) -> None:
    assert told(folder) == []


def test_an_alarm_without_its_page_is_told_what_to_write(folder: Path) -> None:
    (folder / "full.md").unlink()
    assert told(folder) == [
        "docs/runbooks/store/full.md: is missing, and an alarm of the module leads to it\n"
        "    Write it for somebody who was woken: ## What it means, ## What to look at, ## What to do."
    ]


def test_a_page_that_no_alarm_leads_to_is_told_with_the_alarm_that_was_meant(folder: Path) -> None:
    (folder / "full.md").rename(folder / "ful.md")
    missing, of_nothing = told(folder)
    assert "store/full.md: is missing" in missing
    assert of_nothing == (
        "docs/runbooks/store/ful.md: is a page that no alarm of the module leads to\n"
        "    Name it full.md, which an alarm leads to."
    )


def test_a_page_of_nothing_beside_those_of_alarms_is_told(folder: Path) -> None:
    (folder / "slow.md").write_text((folder / "full.md").read_text())
    assert told(folder) == [
        "docs/runbooks/store/slow.md: is a page that no alarm of the module leads to\n"
        "    Remove it, or name it as the alarm's id."
    ]


def test_a_page_without_a_section_is_told_all_that_it_lacks(folder: Path) -> None:
    (folder / "full.md").write_text("# Full\n\n## What it means\n\nIt is.\n\n### What to do\n")
    (problem,) = told(folder)
    assert "docs/runbooks/store/full.md: has no section ## What to look at and none ## What to do" in problem
