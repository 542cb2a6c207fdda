"""Schedules of AWS: what each service takes, and the words for what it does not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.grammars.schedules import (
    BACKUP,
    EVENTBRIDGE,
    RESTORE_TESTING,
    SCHEDULER,
    SECRETS_MANAGER,
    problems,
)

SERVICES = {
    "rules": EVENTBRIDGE,
    "scheduler": SCHEDULER,
    "backup": BACKUP,
    "tests": RESTORE_TESTING,
    "secrets": SECRETS_MANAGER,
}
EVERYBODY = frozenset(SERVICES)

# from AWS's own pages, but for the last few
TAKEN = {
    "cron(0 12 * * ? *)": EVERYBODY,
    "cron(0 5 ? * * *)": EVERYBODY,
    "cron(0 18 ? * MON-FRI *)": EVERYBODY,
    "cron(0 8 1 * ? *)": EVERYBODY,
    "cron(0 10 ? * 6L *)": EVERYBODY,
    "cron(0 8 ? * 3#2 *)": EVERYBODY,
    "cron(0 0 3W * ? *)": EVERYBODY,
    "cron(0 0 L * ? *)": EVERYBODY,
    "cron(0 8 1 JAN,FEB,MAR ? *)": EVERYBODY,
    "cron(15 10 ? * 6L 2022-2023)": EVERYBODY - {"secrets"},
    "cron(0/10 * ? * MON-FRI *)": EVERYBODY - {"backup", "secrets"},
    "cron(15 * ? * * *)": EVERYBODY - {"secrets"},
    "rate(5 minutes)": frozenset({"rules", "scheduler"}),
    "rate(1 hour)": frozenset({"rules", "scheduler"}),
    "rate(1 day)": frozenset({"rules", "scheduler", "secrets"}),
    "rate(4 hours)": frozenset({"rules", "scheduler", "secrets"}),
    "rate(3 hours)": frozenset({"rules", "scheduler"}),
    "rate(1 minutes)": frozenset({"scheduler"}),
    "rate(5 minute)": frozenset({"scheduler"}),
    "at(2030-11-20T13:00:00)": frozenset({"scheduler"}),
    "at(2030-02-30T13:00:00)": frozenset(),
    "at(2030-11-20)": frozenset(),
    "cron(0 12 * * * *)": frozenset(),
    "cron(0 12 ? * ? *)": frozenset(),
    "cron(0 12 * * ?)": frozenset(),
    "cron(0 24 * * ? *)": frozenset(),
    "cron(60 0 * * ? *)": frozenset(),
    "cron(0 0 ? * 0 *)": frozenset(),
    "cron(0 0 ? * 3#6 *)": frozenset(),
    "cron(0 0 32 * ? *)": frozenset(),
    "cron(0 0 1 13 ? *)": frozenset(),
    "cron(0 0 1 * ? 1969)": frozenset(),
    "rate(0 days)": frozenset(),
    "rate(5 weeks)": frozenset(),
    "rate(five minutes)": frozenset(),
    "0 12 * * *": frozenset(),
    "": frozenset(),
}


@pytest.mark.parametrize("text", TAKEN)
def test_each_service_takes_what_its_pages_say(text: str) -> None:
    assert {name for name, service in SERVICES.items() if problems(text, service) == []} == TAKEN[text]


WORDS = {
    "cron(0 12 * * * *)": "Write ? in one of them",
    "cron(0 12 ? * ? *)": "leave ? in the other",
    "cron(0 12 * * ?)": "Write all six",
    "cron(0 24 * * ? *)": "0 to 23",
    "cron(0 0 ? * MUN *)": "SUN to SAT",
    "rate(1 minutes)": "Write rate(1 minute)",
    "rate(5 minute)": "Write rate(5 minutes)",
    "rate(0 days)": "rate(5 minutes)",
    "at(2030-11-20T13:00:00)": "cron(minute hour",
}


@pytest.mark.parametrize("text", WORDS)
def test_a_rule_s_schedule_that_is_none_says_what_to_do(text: str) -> None:
    [problem] = problems(text, EVENTBRIDGE)
    assert repr(text) in problem.message
    assert WORDS[text] in problem.cure


def test_every_wrong_field_is_told_of_at_once() -> None:
    found = problems("cron(61 25 0 13 ? 1900)", EVENTBRIDGE)
    assert [problem.message.partition(" must")[0] for problem in found] == [
        "the minute",
        "the hour",
        "the day of month",
        "the month",
        "the year",
    ]


@pytest.mark.parametrize("text", ["cron(0 0 30 2 ? *)", "cron(0 0 31 APR,JUN ? *)"])
def test_a_day_that_never_comes_is_a_warning(text: str) -> None:
    [problem] = problems(text, EVENTBRIDGE)
    assert problem.warning


FIELD = st.one_of(
    st.sampled_from(["*", "?", "L", "LW", "MON-FRI", "JAN", "3#2", "6L", "15W", "0/15", "1,15", "2030", "", "FRI-MON"]),
    st.text("0123456789*?LW#,-/", max_size=5),
)
SCHEDULE = st.one_of(
    st.builds("cron({})".format, st.lists(FIELD, min_size=5, max_size=7).map(" ".join)),
    st.builds("rate({} {})".format, st.integers(0, 30), st.sampled_from(["minute", "minutes", "hours", "day", "week"])),
)


@given(SCHEDULE, st.sampled_from(sorted(SERVICES)))
def test_the_pattern_of_a_service_takes_what_the_words_take(text: str, name: str) -> None:
    service = SERVICES[name]
    refused = [problem for problem in problems(text, service) if not problem.warning]
    assert bool(re.fullmatch(service.pattern, text, re.ASCII)) == (not refused)


@given(st.text(max_size=30), st.sampled_from(sorted(SERVICES)))
def test_any_text_has_an_answer(text: str, name: str) -> None:
    for problem in problems(text, SERVICES[name]):
        assert problem.message
        assert problem.cure
