"""Every message about a value that is not in its grammar: what was got, what is allowed, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from groundplan.problems import nearest
from groundplan.values import ConfigProblem

__all__ = [
    "any_rule_not_last",
    "both_days",
    "deleted_too_early",
    "duplicate_priority",
    "neither_day",
    "never_comes",
    "no_such_date",
    "no_such_key",
    "no_such_zone",
    "not_a_bucket_name",
    "not_json",
    "not_offered",
    "not_one_of",
    "not_re2",
    "other_region",
    "refused",
    "reserved_tag",
    "unusual_tag",
    "wrong_field",
    "wrong_fields",
    "wrong_form",
    "wrong_length",
    "wrong_rate",
    "wrong_unit",
]

Path = tuple[str | int, ...]


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:100]}... ({len(text)} characters)"


def refused(path: Path, value: Any, allowed: str, cure: str) -> ConfigProblem:
    """What has no words of its own: a value of a document that must be something else."""
    return ConfigProblem(path, f"must be {allowed}, got {_shown(value)}", cure)


def not_json(reason: str) -> ConfigProblem:
    return ConfigProblem((), f"is not JSON: {reason}", "Render it with jsonencode, or correct it.")


def not_offered(path: Path, what: str, partition: str, instead: str, source: str) -> ConfigProblem:
    message = f"needs {what}, which AWS does not offer in the partition {partition}"
    return ConfigProblem(path, message, f"{instead} See {source}")


def not_one_of(path: Path, value: Any, allowed: Sequence[str]) -> ConfigProblem:
    close = nearest(str(value), allowed)
    return ConfigProblem(
        path,
        f"must be one of {', '.join(allowed)}, got {_shown(value)}",
        f"Did you mean {close!r}?" if close else f"Write one of {', '.join(allowed)}.",
    )


def not_re2(value: str, position: int, what: str) -> ConfigProblem:
    return ConfigProblem(
        (),
        f"must be a regular expression that RE2 reads, got {_shown(value)}, which {what} at character {position + 1}",
        "Write it without: RE2 has groups, |, [ ] and repeats up to 1000 times, and no look-ahead or back-references.",
    )


def no_such_key(path: Path, key: str, allowed: Iterable[str]) -> ConfigProblem:
    names = sorted(allowed)
    close = nearest(key, names)
    return ConfigProblem(
        path,
        f"has {key!r}, which AWS does not know here",
        f"Did you mean {close!r}?" if close else f"Take it out; allowed are {', '.join(names)}.",
    )


def wrong_form(value: str, service: str, forms: Sequence[str]) -> ConfigProblem:
    listed = " or ".join(forms)
    return ConfigProblem((), f"{service} takes {listed}, got {_shown(value)}", f"Write it as {listed}.")


def wrong_fields(value: str, count: int) -> ConfigProblem:
    return ConfigProblem(
        (),
        f"cron(...) has 6 fields: minute, hour, day of month, month, day of week, year; got {count}: {_shown(value)}",
        "Write all six, such as cron(0 5 ? * MON *): the last is the year, and * means every one.",
    )


def wrong_field(value: str, field: str, text: str, allowed: str) -> ConfigProblem:
    return ConfigProblem((), f"the {field} must be {allowed}, got {text!r} in {_shown(value)}", f"Write {allowed}.")


def both_days(value: str) -> ConfigProblem:
    return ConfigProblem(
        (),
        f"the day of month and the day of week are both ?, got {_shown(value)}",
        "Say one of them, such as * for every day, and leave ? in the other.",
    )


def neither_day(value: str) -> ConfigProblem:
    return ConfigProblem(
        (),
        f"the day of month and the day of week are both said, got {_shown(value)}",
        "Write ? in one of them: * is a value too.",
    )


def never_comes(value: str) -> ConfigProblem:
    return ConfigProblem(
        (),
        f"none of its months has such a day, so it never comes, got {_shown(value)}",
        "Name a day that one of its months has, or L for the last of each.",
        warning=True,
    )


def wrong_rate(value: str, service: str) -> ConfigProblem:
    return ConfigProblem(
        (),
        f"{service} takes rate(number unit) with a whole number from 1, got {_shown(value)}",
        "Write it like rate(5 minutes).",
    )


def wrong_unit(value: str, service: str, number: int, right: Sequence[str]) -> ConfigProblem:
    return ConfigProblem(
        (),
        f"{service} takes {', '.join(right)} after {number}, got {_shown(value)}",
        f"Write rate({number} {right[0]}), or another of the units.",
    )


def no_such_date(value: str) -> ConfigProblem:
    return ConfigProblem(
        (),
        f"at(...) must have a date and time that there is, as yyyy-mm-ddThh:mm:ss without a zone, got {_shown(value)}",
        "Write it like at(2030-01-31T08:00:00); the time zone is an attribute of its own.",
    )


def no_such_zone(value: str, close: str | None) -> ConfigProblem:
    return ConfigProblem(
        (),
        f"must be a time zone of the IANA database, got {_shown(value)}",
        f"Did you mean {close!r}?" if close else "Write it like Europe/Berlin, or UTC.",
    )


def not_a_bucket_name(value: str, rule: str) -> ConfigProblem:
    return ConfigProblem((), f"a bucket's name {rule}, got {_shown(value)}", "Name it like prod-reports-111122223333.")


def wrong_length(path: Path, what: str, low: int, high: int, length: int) -> ConfigProblem:
    return ConfigProblem(
        path, f"{what} has {low} to {high} characters, got {length}", f"Write {low} to {high} characters."
    )


def reserved_tag(path: Path, key: str) -> ConfigProblem:
    return ConfigProblem(
        path, f"keys of tags that begin with aws: are AWS's own, got {_shown(key)}", "Begin it with another word."
    )


def unusual_tag(path: Path, what: str, value: str, characters: str) -> ConfigProblem:
    return ConfigProblem(
        path,
        f"{what} has {characters!r}, which only some services take, got {_shown(value)}",
        "Write letters, digits, spaces and _ . : / = + - @ alone.",
        warning=True,
    )


def other_region(value: str, region: str, form: str) -> ConfigProblem:
    return ConfigProblem(
        (), f"must be a zone of region {region}, got {_shown(value)}", f"Write {form}, or say the zone's own region."
    )


def deleted_too_early(path: Path, delete: int, cold: int, days: int) -> ConfigProblem:
    return ConfigProblem(
        path,
        f"must be at least {days} days after cold_storage_after ({cold}), got {delete}",
        f"Write {cold + days} or more, or leave cold_storage_after out.",
    )


def duplicate_priority(path: Path, priority: int) -> ConfigProblem:
    return ConfigProblem(path, f"{priority} is the priority of an earlier rule too", "Give each rule its own number.")


def any_rule_not_last(path: Path, priority: int, highest: int) -> ConfigProblem:
    return ConfigProblem(
        path,
        f"a rule for any image comes last, got {priority} beside {highest}",
        f"Give it the highest priority, such as {highest + 1}.",
    )
