"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from modules.cost.cleanup import Cleanup, CleanupInputs, Deletion, Mail, Report
from tests.modules.cleanup.examples import IDENTITY, SMALL
from tests.support.planning import refusals

MAIL = Mail(from_address="costs@example.com", identity_arn=IDENTITY, recipients=["platform@example.com"])

WRONG: dict[str, tuple[CleanupInputs, str]] = {
    "nowhere": (SMALL.but(regions=[]), "regions: must have 1 or more items, got 0"),
    "nothing": (SMALL.but(kinds=[]), "kinds: must have 1 or more items, got 0"),
    "no grace": (SMALL.but(deletion=Deletion(grace_days=0)), "deletion.grace_days: must be 1 to 365, got 0"),
    "one tag for both": (
        SMALL.but(keep_tag_key="Cleanup"),
        "keep_tag_key: must differ from deletion.tag_key: one tag cannot say both, got "
        'keep_tag_key = "Cleanup", deletion.tag_key = "Cleanup"',
    ),
    "a tag that AWS keeps for itself": (
        SMALL.but(deletion=Deletion(tag_key="aws:cleanup")),
        'deletion.tag_key: must not begin with aws:, which AWS keeps for itself, got "aws:cleanup"',
    ),
    "a search that is missed for longer than CloudWatch remembers": (
        SMALL.but(missed_after_days=8),
        "missed_after_days: must be 1 to 7, got 8",
    ),
    "a report for nobody": (
        SMALL.but(report=Report(mail=MAIL.but(recipients=[]))),
        "report.mail.recipients: must have 1 to 50 items, got 0",
    ),
    "a family without modules": (
        SMALL.but(report=Report(families={"gateway": []})),
        'report.families["gateway"]: must have 1 or more items, got 0',
    ),
}


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    assert [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)] == [message]


def test_a_schedule_that_eventbridge_would_not_read_is_refused() -> None:
    (problem,) = problems_of(SMALL.but(schedule="0 4 * * *"))
    assert problem.path == "schedule"
    assert "cron(" in problem.message


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    told = refusals(Cleanup, {name: inputs for name, (inputs, _) in WRONG.items()}, tmp_path)
    assert {name: message for name, (_, message) in WRONG.items() if message not in told[name]} == {}
