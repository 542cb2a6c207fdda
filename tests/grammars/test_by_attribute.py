"""The grammars of a resource's attributes, judged together; and the short ones: tags, zones, buckets, lifecycles."""

from __future__ import annotations

import re
import zoneinfo
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.grammars import backup_lifecycles, bucket_names, tags, time_zones, zones
from groundplan.grammars.by_attribute import ATTRIBUTES, check
from groundplan.plan.schema import load
from groundplan.plan.schema.model import walk
from groundplan.values import UNKNOWN
from tests.support.schemas import derive_every_schema

GOOD: list[tuple[str, dict[str, Any]]] = [
    ("aws_cloudwatch_event_rule", {"schedule_expression": "rate(5 minutes)", "event_pattern": None}),
    ("aws_cloudwatch_event_rule", {"event_pattern": '{"source": ["aws.s3"]}', "schedule_expression": ""}),
    ("aws_cloudwatch_event_rule", {"event_pattern": UNKNOWN, "schedule_expression": UNKNOWN, "tags": UNKNOWN}),
    (
        "aws_scheduler_schedule",
        {"schedule_expression": "at(2030-01-31T08:00:00)", "schedule_expression_timezone": "Europe/Berlin"},
    ),
    ("aws_backup_plan", {"rule": [{"schedule": None, "lifecycle": [{"delete_after": 97, "cold_storage_after": 7}]}]}),
    ("aws_backup_plan", {"rule": UNKNOWN}),
    ("aws_subnet", {"availability_zone": "us-east-1a", "region": "us-east-1", "tags": {"Name": "a", "Team": UNKNOWN}}),
    ("aws_subnet", {"availability_zone": "us-west-2-lax-1a", "region": None}),
    ("aws_subnet", {"availability_zone_id": "use1-az1", "region": "us-east-1"}),
    ("aws_lb_target_group_attachment", {"availability_zone": "all"}),
    ("aws_elb", {"availability_zones": ["us-east-1a", UNKNOWN]}),
    ("aws_s3_bucket", {"bucket": "prod.reports-1"}),
    ("gitlab_project", {"container_expiration_policy": [{"name_regex_keep": "(?:v.+|main)"}], "tags": ["aws:a"]}),
    ("helm_release", {"tags": {"aws:a": "b"}, "availability_zone": "here"}),
]


@pytest.mark.parametrize(("type_name", "config"), GOOD)
def test_a_resource_that_aws_takes(type_name: str, config: dict[str, Any]) -> None:
    assert check(type_name, config) == []


def test_every_attribute_with_a_grammar_is_one_that_its_type_has(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Another name would be an attribute that nobody writes, and the one that is meant would pass unread."""
    derive_every_schema(tmp_path_factory)
    loaded = load({"resources": set(ATTRIBUTES)}).values()
    places = {name: {place for place, _ in walk(block)} for each in loaded for name, block in each.resources.items()}
    wrong = [
        f"{name}.{place}"
        for name, read in ATTRIBUTES.items()
        for place in read
        if not any(f"{each}.".startswith(f"{place}.") for each in places[name])
    ]
    assert wrong == []


BAD: list[tuple[str, dict[str, Any], tuple[str | int, ...], str]] = [
    (
        "aws_cloudwatch_event_rule",
        {"schedule_expression": "rate(1 minutes)"},
        ("schedule_expression",),
        "EventBridge takes minute, hour, day after 1",
    ),
    (
        "aws_cloudwatch_event_rule",
        {"event_pattern": '{"detail": {"state": "on"}}'},
        ("event_pattern",),
        "detail.state: must be an object of fields or a list of values, got 'on'",
    ),
    (
        "gitlab_project",
        {"container_expiration_policy": [{"name_regex_delete": "(?!v).*", "name_regex_keep": UNKNOWN}]},
        ("container_expiration_policy", 0, "name_regex_delete"),
        "a regular expression that RE2 reads, got '(?!v).*', which looks ahead or behind at character 1",
    ),
    (
        "aws_scheduler_schedule",
        {"schedule_expression_timezone": "Europe/Berln"},
        ("schedule_expression_timezone",),
        "a time zone of the IANA database",
    ),
    (
        "aws_backup_plan",
        {"rule": [{}, {"schedule": "rate(5 hours)"}]},
        ("rule", 1, "schedule"),
        "AWS Backup takes cron(",
    ),
    (
        "aws_backup_plan",
        {"rule": [{"lifecycle": [{"delete_after": 96, "cold_storage_after": 7}]}]},
        ("rule", 0, "lifecycle", 0, "delete_after"),
        "at least 90 days after cold_storage_after (7), got 96",
    ),
    (
        "aws_ecr_lifecycle_policy",
        {"policy": '{"rules": [{"rulePriority": 0, "selection": {}, "action": {"type": "expire"}}]}'},
        ("policy",),
        "rules[0].rulePriority: must be a whole number from 1, got 0",
    ),
    ("aws_vpc", {"tags": {"aws:Name": "a"}}, ("tags", "aws:Name"), "are AWS's own"),
    ("aws_vpc", {"tags": {"": "a"}}, ("tags", ""), "1 to 128 characters, got 0"),
    ("aws_vpc", {"tags": {"Name": "a" * 257}}, ("tags", "Name"), "0 to 256 characters, got 257"),
    ("aws_subnet", {"availability_zone": "us-east-1"}, ("availability_zone",), "the name of an availability zone"),
    ("aws_subnet", {"availability_zone": "use1-az1"}, ("availability_zone",), "the name of an availability zone"),
    (
        "aws_subnet",
        {"availability_zone": "us-east-2a", "region": "us-east-1"},
        ("availability_zone",),
        "a zone of region us-east-1",
    ),
    (
        "aws_subnet",
        {"availability_zone_id": "use2-az1", "region": "us-east-1"},
        ("availability_zone_id",),
        "a zone of region us-east-1",
    ),
    ("aws_elb", {"availability_zones": ["us-east-1a", "b"]}, ("availability_zones", 1), "got 'b'"),
    ("aws_s3_bucket", {"bucket": "192.168.5.4"}, ("bucket",), "is no IP address"),
]


@pytest.mark.parametrize(("type_name", "config", "path", "message"), BAD)
def test_a_resource_that_aws_refuses_says_where_and_why(
    type_name: str, config: dict[str, Any], path: tuple[str | int, ...], message: str
) -> None:
    found = [problem for problem in check(type_name, config) if problem.attribute_path == path]
    assert message in found[0].message
    assert not found[0].warning
    assert found[0].cure


def test_a_tag_that_only_some_services_take_is_a_warning() -> None:
    [problem] = check("aws_instance", {"tags": {"Name": "a#b"}})
    assert problem.warning
    assert "'#'" in problem.message


def test_letters_of_any_script_are_letters_of_a_tag() -> None:
    assert tags.problems({"Größe": "東京 1"}) == []


def test_the_shortest_and_the_longest_that_aws_takes_are_taken_and_one_more_is_not() -> None:
    """https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html and
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"""
    for key in ("k", "k" * 128):
        assert tags.problems({key: ""}) == tags.problems({key: "v" * 256}) == []
    assert tags.problems({"k" * 129: ""})
    assert tags.problems({"k": "v" * 257})
    assert bucket_names.problems("abc") == bucket_names.problems("a" * 63) == []
    for undotted, taken in (("ab", False), ("abc", True), ("a" * 63, True), ("a" * 64, False)):
        assert bool(re.fullmatch(bucket_names.UNDOTTED, undotted)) is taken


SHORT = {
    "us-east-1": "use1",
    "us-gov-west-1": "usgw1",
    "ap-southeast-2": "apse2",
    "ap-northeast-1": "apne1",
    "ap-south-1": "aps1",
    "eu-central-1": "euc1",
    "eu-north-1": "eun1",
    "ca-central-1": "cac1",
    "sa-east-1": "sae1",
    "me-south-1": "mes1",
    "af-south-1": "afs1",
}
"""https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html"""


@pytest.mark.parametrize("region", SHORT)
def test_the_id_of_a_zone_tells_its_region(region: str) -> None:
    assert zones.id_problems(f"{SHORT[region]}-az1", region) == []
    others = [other for other in SHORT if other != region]
    assert all(zones.id_problems(f"{SHORT[region]}-az1", other) for other in others)


@pytest.mark.parametrize(
    ("name", "zone_id"),
    [
        ("us-east-1a", "use1-az1"),
        ("us-west-2-lax-1a", "usw2-lax1-az1"),
        ("us-east-1-wl1-bos-wlz-1", "use1-wl1-bos-wlz1"),
    ],
)
def test_a_local_zone_and_one_of_a_carrier_are_zones_of_their_region(name: str, zone_id: str) -> None:
    assert zones.name_problems(name, name[:9]) == zones.id_problems(zone_id, name[:9]) == []
    assert zones.name_problems(name, "eu-central-1")
    assert zones.id_problems(zone_id, "eu-central-1")


@pytest.mark.parametrize(
    "name", ["us-west-2", "us-west-2-lax-1", "us-east-1-wl1-bos", "us-east-1-bos-wlz-1", "use1-az1"]
)
def test_a_region_or_a_group_of_zones_is_no_zone(name: str) -> None:
    [problem] = zones.name_problems(name)
    assert problem.cure == "Write it like us-east-1a."


BUCKETS = ["ab", "a" * 64, "Upper", "a_b", "-ab", "ab-", "a..b", "10.0.0.1", "xn--a", "a-s3alias", "amzn-s3-demo-a"]


@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_that_s3_refuses(name: str) -> None:
    assert bucket_names.problems(name)


@given(st.from_regex(bucket_names.UNDOTTED, fullmatch=True))
def test_a_name_without_dots_is_refused_only_for_what_s3_keeps(name: str) -> None:
    assert all("S3 keeps them" in problem.message for problem in bucket_names.problems(name))


@given(st.integers(-1, 400), st.integers(-1, 400))
def test_a_cold_recovery_point_is_kept_for_ninety_days(cold: int, delete: int) -> None:
    refused = backup_lifecycles.problems({"cold_storage_after": cold, "delete_after": delete})
    assert bool(refused) == (cold > 0 and 0 < delete < cold + 90)


def test_a_time_zone_has_its_own_name_on_a_machine_without_a_database_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(zoneinfo, "TZPATH", ())
    time_zones._names.cache_clear()
    assert [time_zones.problems(name) for name in ("UTC", "Etc/UTC", "America/New_York")] == [[], [], []]
    [problem] = time_zones.problems("America/NewYork")
    assert problem.cure == "Did you mean 'America/New_York'?"


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_has_an_answer_in_every_short_grammar(text: str, other: str) -> None:
    found = [*zones.name_problems(text), *zones.id_problems(text), *bucket_names.problems(text)]
    found += [*time_zones.problems(text), *tags.problems({text: other})]
    assert all(problem.message and problem.cure for problem in found)
