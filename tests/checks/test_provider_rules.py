"""The aws provider's own rules: what it refuses is refused, what it takes is taken, and unknown is never a problem."""

import json
import re

import pytest
from bindings_lists import KINDS, lists
from hypothesis import given
from hypothesis import strategies as st

from groundplan.plan.checks import arns, check_resource, patterns, rules
from groundplan.plan.checks.mapping import data as data_file
from groundplan.plan.schema.facts import fact_types, provider_facts
from groundplan.values import UNKNOWN


def said(value, facts, *, secret=False):
    """The messages about one value, in one text."""
    found = list(rules.value_problems(("x",), value, facts, secret=secret, listed=True))
    assert all(problem.cure for problem in found)
    return "\n".join(problem.message for problem in found)


# Facts, values that hold, and values that do not with a part of what is said of them.
RULES = {
    "a choice": ({"one_of": ["A", "B"]}, ["A"], [("C", "be one of A, B"), ("a", "be one of"), ("", "be one of")]),
    "a choice in any case": ({"one_of": ["A"], "ignore_case": True}, ["a", "A"], [("b", "be one of")]),
    "a choice with the empty text": ({"one_of": ["A", ""]}, ["", "A"], [("B", "be one of A, ''")]),
    "a choice of numbers": ({"one_of": [1, 3]}, [1, 3, "3"], [(2, "be one of 1, 3; got 2")]),
    "what is taken": ({"none_of": ["default"]}, ["a"], [("default", "be other than default")]),
    "bounds": ({"int_between": [1, 5]}, [1, 5, "3"], [(0, "1 to 5"), (6, "1 to 5"), ("7", "1 to 5")]),
    "an open bound": ({"int_between": [1, None]}, [1, 10**9], [(0, "at least 1")]),
    "bounds of a fraction": ({"float_between": [0, 1]}, [0.5], [(1.01, "0 to 1"), (-0.1, "0 to 1")]),
    "a whole number as text": ({"int_string_between": [1, 9]}, ["9"], [("x", "whole number"), ("10", "1 to 9")]),
    "greater than": ({"greater_than": 0}, [0.1], [(0, "greater than 0")]),
    "a multiple": ({"multiple_of": 0.5}, [1.5, 64], [(0.7, "multiple of 0.5")]),
    "a length in bytes": ({"length_between": [1, 4]}, ["abcd", "éé"], [("", "has 0"), ("ééé", "bytes, has 6")]),
    "a length in characters": (
        {"length_between": [1, 4], "in_characters": True},
        ["éééé"],
        [("ééééé", "characters, has 5")],
    ),
    "a pattern": ({"regex": "^[a-z]+$"}, ["ab"], [("aB", "lower case letters"), ("ab\n", "lower case letters")]),
    "two patterns": ({"regex": ["^a", "z$"]}, ["az"], [("b", "begin with 'a' and must end with 'z'")]),
    "a pattern of Go": ({"regex": r"^[[:alnum:]\p{L}]+\z"}, ["aé1", "名前"], [("a b", "the provider's pattern")]),
    "a forbidden pattern": ({"not_regex": "--"}, ["a-b"], [("a--b", "not hold '--'")]),
    "a pattern that the empty text passes": ({"regex": "^a", "empty_ok": True}, [""], [("b", "begin with 'a'")]),
    "forbidden characters": ({"contains_none_of": "|:"}, ["a"], [("a:b", "hold none of '|', ':'")]),
    "a forbidden beginning": ({"prefix_none_of": ["xn--"]}, ["a"], [("xn--a", "not begin with 'xn--'")]),
    "a forbidden ending": ({"suffix_none_of": ["-x", "-y"]}, ["a"], [("a-y", "not end with '-x' or '-y'")]),
    "not only white space": ({"not_blank": True}, [" a "], [(" \t", "more than white space")]),
    "not zero": ({"no_zero": True}, ["a", 1], [("", "not be empty"), (0, "not be 0")]),
    "no null in a list": ({"no_null": True}, [["a"]], [(["a", None], "not be null")]),
    "an account": ({"account_id": True}, ["111122223333"], [("11112222333", "12 digits"), ("a", "12 digits")]),
    "a region": ({"region": True}, ["eu-west-1", "us-gov-west-1"], [("EU-WEST-1", "region"), ("eu-west", "region")]),
    "JSON": ({"json": True}, ["{}", "[1]", ""], [("{a: 1}", "be JSON"), ('{"a": NaN}', "be JSON")]),
    "a policy": (
        {"json": True, "iam_policy": True},
        ['{"a": {"b": 1}, "c": {"b": 1}}'],
        [('["a"]', "a JSON object"), ('{"a": {"b": 1, "b": 2}}', "name each key once; 'b'"), ("", "be JSON")],
    ),
    "JSON or YAML": ({"json_or_yaml": True}, ["{}", "a: !Ref b"], [("{", "be JSON"), ("a: [", "be YAML")]),
    "base64": ({"base64": True}, ["aGk=", ""], [("hi!", "base64")]),
    "a UUID": ({"uuid": True}, ["0b1c2d3e-0000-4000-8000-0123456789ab"], [("0b1c2d3e", "UUID")]),
    "a regular expression": ({"regexp_syntax": True}, [r"^\d+$", r"\pL"], [("(a", "Go reads"), ("(?=a)", "Go reads")]),
    "a CIDR block": (
        {"cidr": True},
        ["10.0.0.1/8", "fd00::/8"],
        [("10.0.0.0", "CIDR"), ("10.0.0.0/255.0.0.0", "CIDR")],
    ),
    "a CIDR block of a network": (
        {"cidr": True, "cidr_network": True, "ip_version": 4, "cidr_prefix_between": [16, 28]},
        ["10.0.0.0/16"],
        [("10.0.1.0/16", "10.0.0.0/16"), ("10.0.0.0/8", "16 to 28, has 8"), ("fd00::/20", "an IPv4 CIDR block")],
    ),
    "an address": ({"ip": True}, ["10.0.0.1", "::1"], [("10.0.0.256", "IP address"), ("10.0.0.01", "IP address")]),
    "an address of IPv4": ({"ipv4": True}, ["10.0.0.1"], [("::1", "IPv4")]),
    "an address of IPv6": ({"ipv6": True}, ["::1"], [("10.0.0.1", "IPv6"), ("fe80::1%eth0", "IPv6")]),
    "a URL": (
        {"url": ["https"]},
        ["https://example.com/a"],
        [("http://example.com", "https://"), ("https://", "host")],
    ),
    "a time": (
        {"timestamp": True},
        ["2025-12-04T00:00:00Z", "2025-12-04T00:00:00.5+01:00"],
        [("2025-12-04", "RFC 3339"), ("2025-02-30T00:00:00Z", "RFC 3339")],
    ),
    "a date": ({"date": True}, ["2025-12-04"], [("2025-13-04", "YYYY-MM-DD"), ("20251204", "YYYY-MM-DD")]),
    "a duration": (
        {"duration": True, "duration_seconds_between": [10, 180]},
        ["1m30s", "10s", "0.5m"],
        [("5s", "10 to 180 seconds"), ("90", "duration"), ("-1m", "duration"), ("1d", "duration")],
    ),
    "a duration of ISO 8601": ({"iso_duration": True}, ["P1Y", "PT10M"], [("1Y", "ISO 8601"), ("P", "ISO 8601")]),
    "a window of each day": (
        {"daily_window": True},
        ["", "04:00-05:30"],
        [("4:00-5:00", "hh:mm"), ("24:00-25:00", "hh:mm")],
    ),
    "a window of each week": (
        {"weekly_window": True},
        ["", "Sun:05:00-sun:06:00"],
        [("05:00-06:00", "ddd:hh:mm"), ("sunday:05:00-sunday:06:00", "ddd:hh:mm")],
    ),
    "a flag as text": ({"nullable": "bool"}, ["", "true", "0"], [("yes", "true, false or empty")]),
    "a number as text": (
        {"nullable": "int", "int_between": [0, 9]},
        ["", "9"],
        [("x", "whole number"), ("10", "0 to 9")],
    ),
    "entries": ({"elem": {"regex": "^a"}}, [["a", "ab", None]], [(["a", "b"], "begin with 'a'; got 'b'")]),
    "a count": ({"min_items": 1, "max_items": 2}, [["a"]], [([], "1 to 2 entries"), (["a"] * 3, "has 3")]),
    "keys and values": (
        {"map_key": {"length_between": [1, 2]}, "map_value": {"one_of": ["x"]}, "map_size_between": [0, 2]},
        [{"a": "x"}],
        [
            ({"abc": "x"}, "the key must have 1 to 2"),
            ({"a": "y"}, "be one of x"),
            (dict.fromkeys("abc", "x"), "0 to 2"),
        ],
    ),
    "alternatives": (
        {"any": [{"arn": "loose"}, {"one_of": ["*"]}]},
        ["*", "arn:aws:s3:::b"],
        [("all", "or be one of *")],
    ),
    "more rules": ({"all": [{"regex": "^a"}, {"regex": "z$"}]}, ["az"], [("ab", "end with 'z'")]),
}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_of_the_provider_takes_what_holds_and_says_what_does_not(name):
    facts, good, bad = RULES[name]
    assert [said(value, facts) for value in good] == [""] * len(good)
    for value, words in bad:
        assert words in said(value, facts), value
    assert said(UNKNOWN, facts) == said(None, facts) == said([UNKNOWN], {"elem": facts}) == ""


def test_every_fact_of_every_type_is_a_rule_that_is_run_or_is_known_to_be_none():
    left = set()
    for data in (False, True):
        for type_name in fact_types(data=data):
            facts = provider_facts(type_name, data=data)
            left |= {word for path in facts.paths if path for word in rules.not_run(facts.at(path)) if "." not in word}
    assert left == {"a warning of the provider", "whether Go reads the regular expression"}


def test_code_of_the_provider_is_never_a_problem_and_what_was_read_from_it_is():
    assert said("x", {"any": [{"arn": True}, {"checked": "verify.ValidServicePrincipal"}]}) == ""
    assert "begin with 'a'" in said("x", {"checked": "x.validName", "regex": "^a"})


@pytest.mark.parametrize("kind", ["replication_group", "user", "user_group"])
def test_an_engine_in_capitals_is_warned_of_and_another_one_is_refused(kind):
    """https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/elasticache"""
    facts = provider_facts(f"aws_elasticache_{kind}").at("engine")
    assert said("REDIS", facts) == said("valkey", facts) == ""
    assert "be one of redis, valkey; got 'memcached'" in said("memcached", facts)


@pytest.mark.parametrize("argument", ["grantee_principal", "retiring_principal"])
def test_who_gets_a_grant_of_a_key_is_an_arn_or_a_service(argument):
    """https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/kms/grant.go"""
    facts = provider_facts("aws_kms_grant").at(argument)
    for good in ("arn:aws:iam::111122223333:role/a", "backup.amazonaws.com", "a.b.c.d.amazon.com", UNKNOWN):
        assert said(good, facts) == ""
    for bad in ("backup", "Backup.amazonaws.com", "a.b.c.d.e.amazonaws.com", "backup.amazonaws.com.cn"):
        assert said(bad, facts) != ""


def test_nothing_of_a_secret_is_shown():
    secret = "not:a-real:one"
    for name in ("arn", "json", "base64", "cidr", "ip", "timestamp"):
        assert "a str that is not shown" in said(secret, {name: True}, secret=True)
        assert "real" not in said(secret, {name: True}, secret=True)
    assert "real" not in said(secret, {"any": [{"arn": True}]}, secret=True)


A = "111122223333"
WRONG_ARNS = {
    "": None,
    "a-name": "'arn:'",
    "aws:s3:::bucket": "'arn:'",
    "ARN:aws:s3:::bucket": "'arn:'",
    " arn:aws:s3:::bucket": "'arn:'",
    "https://sqs.eu-west-1.amazonaws.com/1/q": "'arn:'",
    "arn": "1 of 6",
    "arn:": "2 of 6",
    "arn:aws": "2 of 6",
    "arn:aws:s3": "3 of 6",
    "arn:aws:s3:bucket": "4 of 6",
    f"arn:aws:iam:{A}:role/a": "5 of 6",
    "arn:aws:s3::bucket": "5 of 6",
    "arn::s3:::bucket": "partition ''",
    "arn:AWS:s3:::bucket": "partition 'AWS'",
    "arn:amazon:s3:::bucket": "partition 'amazon'",
    "arn:aws-:s3:::bucket": "partition 'aws-'",
    "arn:aws_cn:s3:::bucket": "partition 'aws_cn'",
    "arn:aws-cn1:s3:::bucket": "partition 'aws-cn1'",
    f"arn:aws:kms:eu-west:{A}:key/a": "region 'eu-west'",
    f"arn:aws:kms:EU-WEST-1:{A}:key/a": "region 'EU-WEST-1'",
    f"arn:aws:kms:euwest1:{A}:key/a": "region 'euwest1'",
    f"arn:aws:kms:eu-west-1a:{A}:key/a": "region 'eu-west-1a'",
    f"arn:aws:kms:eu-west-100:{A}:key/a": "region 'eu-west-100'",
    f"arn:aws:kms:*:{A}:key/a": "region '*'",
    f"arn:aws:kms:{A}:eu-west-1:key/a": "it is empty for global services; its account 'eu-west-1'",
    "arn:aws:kms:eu-west-1:1111:key/a": "account '1111'",
    "arn:aws:kms:eu-west-1:1111-2222-3333:key/a": "account '1111-2222-3333'",
    "arn:aws:kms:eu-west-1:1111222233334:key/a": "account '1111222233334'",
    "arn:aws:kms:eu-west-1:account:key/a": "account 'account'",
    "arn:aws:iam::*:role/a": "account '*'",
    "arn:aws:iam::AWS:policy/a": "account 'AWS'",
    f"arn:aws:iam::{A}:": "its resource",
    "arn:aws:s3:::": "its resource",
}
GOOD_ARNS = (
    "arn:aws:s3:::bucket",
    "arn:aws:s3:::bucket/a:b",
    "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "arn:aws:iam::aws-managed:policy/a",
    f"arn:aws-us-gov:kms:us-gov-west-1:{A}:key/a",
    f"arn:aws-cn:sns:cn-north-1:{A}:topic",
    f"arn:aws-iso-b:sns:us-isob-east-1:{A}:topic",
    f"arn:aws-eusc:sns:eusc-de-east-1:{A}:topic",
    f"arn:aws:states:eu-west-1:{A}:stateMachine:a",
    f"arn:aws:lambda:eu-west-1:{A}:function:a:$LATEST",
    "arn:aws:apigateway:eu-west-1::/restapis/a",
    "arn:aws:catalog:us-east-1:aws-marketplace:a",
    "arn:aws:cloudwatch:us-east-1:cw0123456789:a",
    f"arn:aws::eu-west-1:{A}:a",
)


@pytest.mark.parametrize("text", WRONG_ARNS)
def test_which_part_of_an_arn_is_wrong_is_named(text):
    words = WRONG_ARNS[text]
    if words is None:
        assert said(text, {"arn": True}) == ""
    else:
        assert words in said(text, {"arn": True})
    loosely = said(text, {"arn": "loose"})
    assert (loosely == "") == (text.startswith("arn:") and text.count(":") >= 5)


@pytest.mark.parametrize("text", GOOD_ARNS)
def test_an_arn_of_every_partition_and_kind_is_taken(text):
    assert said(text, {"arn": True}) == said(text, {"arn": "loose"}) == ""


@given(st.text(st.sampled_from("arnws:-1ae*/2"), max_size=40))
def test_an_arn_that_is_taken_strictly_is_taken_loosely(text):
    if text and not arns.wrong_parts(text):
        assert not arns.wrong_parts(text, loosely=True)


ROLE = f"arn:aws:iam::{A}:role/a"
BETWEEN = {
    "two that exclude each other": (
        "aws_iam_role",
        {"name": "a", "name_prefix": "b"},
        "name and name_prefix cannot both be set",
    ),
    "the empty text is set": (
        "aws_security_group",
        {"name": "", "name_prefix": "b"},
        "name and name_prefix cannot both be set",
    ),
    "three that exclude each other are one problem": (
        "aws_route53_record",
        {
            "name": "a",
            "type": "A",
            "zone_id": "Z1",
            "ttl": 1,
            "records": ["b"],
            "set_identifier": "c",
            "failover_routing_policy": [{"type": "PRIMARY"}],
            "weighted_routing_policy": [{"weight": 1}],
            "latency_routing_policy": [{"region": "eu-west-1"}],
        },
        "failover_routing_policy and latency_routing_policy and weighted_routing_policy cannot all be set",
    ),
    "exactly one, and two are there": (
        "aws_backup_restore_testing_selection",
        {"protected_resource_arns": ["*"], "protected_resource_conditions": [{}], "iam_role_arn": ROLE},
        "exactly one of protected_resource_arns, protected_resource_conditions must be set, got",
    ),
    "exactly one, and an empty list of blocks is none": (
        "aws_backup_restore_testing_selection",
        {"protected_resource_conditions": [], "iam_role_arn": ROLE},
        "one of protected_resource_arns, protected_resource_conditions must be set, got none",
    ),
    "an argument that needs another": (
        "aws_kms_key",
        {"xks_key_id": "a"},
        "xks_key_id needs custom_key_store_id",
    ),
    "inside a block": (
        "aws_accessanalyzer_analyzer",
        {"analyzer_name": "a", "configuration": [{"internal_access": [{}], "unused_access": [{}]}]},
        "internal_access and unused_access cannot both be set",
    ),
    "all of the type or none": (
        "aws_lb_listener_rule",
        {"listener_arn": f"arn:aws:elasticloadbalancing:eu-west-1:{A}:listener/a", "priority": None},
        "listener_arn needs priority",
    ),
}


@pytest.mark.parametrize("name", BETWEEN)
def test_arguments_that_exclude_or_need_each_other_are_one_problem(name):
    type_name, config, words = BETWEEN[name]
    data = name == "all of the type or none"
    [problem] = check_resource("aws", type_name, config, data=data)
    assert words in problem.message
    assert problem.cure


def test_an_argument_that_is_not_known_is_neither_there_nor_missing():
    two = ("protected_resource_arns", "protected_resource_conditions")
    for known in two:
        config = {known: UNKNOWN, "iam_role_arn": ROLE}
        assert check_resource("aws", "aws_backup_restore_testing_selection", config) == []
        config = {**dict.fromkeys(two, UNKNOWN), known: [{}] if known == two[1] else ["*"], "iam_role_arn": ROLE}
        assert check_resource("aws", "aws_backup_restore_testing_selection", config) == []
    assert check_resource("aws", "aws_kms_key", {"xks_key_id": "a", "custom_key_store_id": UNKNOWN}) == []
    assert check_resource("aws", "aws_accessanalyzer_analyzer", {"analyzer_name": "a", "configuration": UNKNOWN}) == []


def test_a_data_source_is_judged_by_its_own_rules():
    [problem] = check_resource("aws", "aws_availability_zones", {"state": "up"}, data=True)
    assert problem.attribute_path == ("state",)
    assert check_resource("aws", "aws_availability_zones", {"state": "available"}, data=True) == []
    [problem] = check_resource("aws", "aws_region", {"name": "eu-west-1", "region": "eu-west-1"}, data=True)
    assert problem.message == "name and region cannot both be set"


def test_a_value_that_only_a_later_provider_takes_is_taken_where_our_data_says_so():
    template = {"prefix": "sandbox", "applied_for": ["CREATE_ON_PUSH"]}
    assert check_resource("aws", "aws_ecr_repository_creation_template", template) == []
    [problem] = check_resource("aws", "aws_ecr_repository_creation_template", {**template, "applied_for": ["PUSH"]})
    assert problem.attribute_path == ("applied_for", 0)


def test_a_region_is_checked_wherever_the_provider_has_one():
    [problem] = check_resource("aws", "aws_sqs_queue", {"name": "a", "region": "EU"})
    assert "a region's name" in problem.message


def test_what_two_sources_say_of_one_argument_is_said_once():
    for type_name, config in (
        ("aws_s3_bucket_versioning", {"bucket": "b-1", "versioning_configuration": [{"status": "on"}]}),
        ("aws_iam_role", {"name": "r" * 65}),
        ("aws_lambda_function", {"filename": "a.zip", "image_uri": "x"}),
        ("aws_iam_role", {"name": "a", "assume_role_policy": "{"}),
        ("aws_instance", {"tags": {}}),
    ):
        found = check_resource("aws", type_name, config)
        assert len({problem.attribute_path for problem in found}) >= len(found) - 1
        if type_name != "aws_instance":
            assert len(found) == 1, found


def test_inside_a_shape_that_repeats_the_same_rules_hold():
    byte = {"positional_constraint": "SOMEWHERE", "search_string": "a"}
    statement = {"not_statement": [{"statement": [{"byte_match_statement": [byte]}]}]}
    rule = {"name": "a", "priority": 1, "statement": [statement]}
    found = check_resource("aws", "aws_wafv2_web_acl", {"name": "a", "scope": "REGIONAL", "rule": [rule]})
    assert [problem.attribute_path[-1] for problem in found] == ["positional_constraint"]


def test_which_arguments_hold_a_list_is_as_the_pinned_bindings_have_it():
    sample = ("aws_backup_restore_testing_selection", "aws_route53_record")
    kept = data_file("lists")
    assert lists("resources", sample) == {name: kept["resources"][name] for name in sample if name in kept["resources"]}
    assert set(kept) == set(KINDS)


def every_pattern():
    """Every pattern that the provider writes."""

    def inside(facts):
        for name, rule in facts.items():
            if name in ("regex", "not_regex"):
                yield from [rule] if isinstance(rule, str) else rule
            elif name in ("elem", "map_key", "map_value"):
                yield from inside(rule)
            elif name in ("any", "all"):
                for each in rule:
                    yield from inside(each)

    for data in (False, True):
        for type_name in fact_types(data=data):
            facts = provider_facts(type_name, data=data)
            for path in facts.paths:
                yield from inside(facts.at(path))


def test_every_pattern_of_the_provider_can_be_run_and_most_are_said_in_words():
    written = list(every_pattern())
    assert [pattern for pattern in set(written) if not patterns.expressible(pattern)] == []
    said_in_words = [pattern for pattern in written if patterns.in_words(pattern)]
    assert len(said_in_words) > 0.7 * len(written)
    assert not [pattern for pattern in said_in_words if re.search(r"[\[\]^]\w|\\[wsdpS]", patterns.in_words(pattern))]


CLASSES = st.sampled_from(["a-z", "A-Z", "0-9", "_", ".", "/", r"\-", ":", "@"])


@given(st.lists(CLASSES, min_size=1, max_size=4, unique=True), st.sampled_from(["*", "+", "{1,4}", "{3}"]), st.text())
def test_a_class_of_characters_means_the_same_in_go_and_in_words(members, count, text):
    pattern = f"^[{''.join(members)}]{count}$"
    assert patterns.matches(pattern, text) == bool(re.fullmatch(pattern[1:-1], text, re.ASCII))
    words = patterns.in_words(pattern)
    assert words is not None
    assert all(f"'{char}'" in words for char in "_./:@" if char in members)


@given(st.text())
def test_whatever_is_written_as_a_pattern_is_read_or_not_known(text):
    assert patterns.matches(text, "abc") in (True, False, None)
    assert patterns.in_words(text) is None or "\n" not in patterns.in_words(text)


@given(st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=3) | st.none(), max_size=3))
def test_json_that_is_json_is_taken(value):
    assert said(json.dumps(value), {"json": True, "iam_policy": True}) == ""
