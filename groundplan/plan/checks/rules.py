"""One value against the rules that the aws provider has for it: `provider_facts` names them, this runs them.

A rule looks only at values of the type that it is for. Each answers with what the value must be, in the words that come
after "must"; nothing when it holds.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import yaml

from groundplan.values import ConfigProblem, is_unknown

from . import arns, errors, patterns
from .groups import GROUPS

__all__ = ["INFORMATION", "RULES", "has_rules", "not_run", "value_problems"]

Path: TypeAlias = tuple[str | int, ...]
Facts: TypeAlias = Mapping[str, Any]
Wanted: TypeAlias = Iterator[str]

# Facts that refuse no value, facts beside a rule, and rules between arguments, which groups.py runs.
INFORMATION = frozenset(
    [
        "at_least_one_of",
        "cidr_network",
        "cidr_prefix_between",
        "conflicts_with",
        "default",
        "default_func",
        "deprecated",
        "duration_seconds_between",
        "empty_ok",
        "exactly_one_of",
        "force_new",
        "force_new_if",
        "iam_policy",
        "ignore_case",
        "in_characters",
        "ip_version",
        "optional_computed",
        "plan_modifier",
        "required_together",
        "required_with",
        "same_as",
        "sensitive",
        "write_only",
    ]
)
_BESIDE = frozenset({"elem", "map_key", "map_value", "min_items", "max_items", "map_size_between", "no_null"})

_UNCITED = {
    "arn": "be an ARN",
    "any": "have one of the forms that the provider takes",
    "cidr": "be a CIDR block",
    "json": "be valid JSON",
}

_GO_DURATION = re.compile(r"\+?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)", re.ASCII)
_GO_UNIT = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
_ISO_DURATION = re.compile(
    r"P(?=.)(?:[\d.]+Y)?(?:[\d.]+M)?(?:[\d.]+W)?(?:[\d.]+D)?(?:T(?=.)(?:[\d.]+H)?(?:[\d.]+M)?(?:[\d.]+S)?)?", re.ASCII
)
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)([.,]\d+)?(Z|[+-]([01]\d|2[0-4]):[0-5]\d)", re.ASCII)
_DAILY = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_DAY = r"(sun|mon|tue|wed|thu|fri|sat):([01]\d|2[0-3]):[0-5]\d"
_WEEKLY = re.compile(rf"{_DAY}-{_DAY}", re.ASCII | re.IGNORECASE)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_BOOLEANS = frozenset(["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"])


def value_problems(path: Path, value: Any, facts: Facts, *, secret: bool, listed: bool) -> Iterator[ConfigProblem]:
    """What the provider refuses of one value, at most one problem a place in it.

    `secret` keeps values out of messages. `listed` says that the value is an attribute's and not a block's: an empty
    list of blocks is a block that is not there.
    """
    if value is None or is_unknown(value):
        return
    wanted = list(_broken(value, facts, secret=secret))
    if wanted:
        yield errors.refused(path, value, wanted, allowed=facts.get("one_of", ()), secret=secret)
    if isinstance(value, (list, tuple)):
        yield from _counted(path, value, facts, listed=listed)
        for index, item in enumerate(value):
            if "no_null" in facts and item is None:
                yield errors.empty_entry((*path, index))
            elif "elem" in facts and not (isinstance(item, Mapping) and not _for_maps(facts["elem"])):
                yield from value_problems((*path, index), item, facts["elem"], secret=secret, listed=True)
    elif isinstance(value, Mapping):
        yield from _entries(path, value, facts, secret=secret)


def _for_maps(facts: Facts) -> bool:
    return any(name in facts for name in ("elem", "map_key", "map_value", "map_size_between"))


def _counted(path: Path, value: Sequence[Any], facts: Facts, *, listed: bool) -> Iterator[ConfigProblem]:
    low, high = facts.get("min_items"), facts.get("max_items")
    if not value and not listed:
        return
    # An entry that is not known may turn out to be another one's equal in a set.
    sure = not any(is_unknown(item) for item in value)
    if (low is not None and len(value) < low) or (sure and high is not None and len(value) > high):
        yield errors.wrong_items(path, len(value), low, high)


def _entries(path: Path, value: Mapping[str, Any], facts: Facts, *, secret: bool) -> Iterator[ConfigProblem]:
    low, high = facts.get("map_size_between", (None, None))
    if (low is not None and len(value) < low) or (high is not None and len(value) > high):
        yield errors.wrong_items(path, len(value), low, high)
    within = facts.get("map_value") or facts.get("elem")
    for key, item in value.items():
        if "map_key" in facts:
            wanted = list(_broken(key, facts["map_key"], secret=False))
            if wanted:
                yield errors.wrong_key((*path, key), key, wanted, allowed=facts["map_key"].get("one_of", ()))
        if within:
            yield from value_problems((*path, key), item, within, secret=secret, listed=True)


def _broken(value: Any, facts: Facts, *, secret: bool) -> Wanted:
    """What a value must be and is not, by every rule of `facts`."""
    for name, rule in facts.items():
        run = RULES.get(name)
        if run is not None:
            for said in run(value, rule, facts):
                # What is said of a secret may not cite it.
                yield _UNCITED.get(name, said) if secret else said


def _alternatives(value: Any, rule: Sequence[Facts], _facts: Facts) -> Wanted:
    """None of the alternatives holds. One that is only the provider's own code may hold: then nothing is said."""
    if isinstance(value, (list, tuple, Mapping)):
        return
    said: list[str] = []
    for alternative in rule:
        broken = list(_broken(value, alternative, secret=False))
        if not broken:
            return
        said.append(" and ".join(broken))
    yield ", or ".join(dict.fromkeys(said))


def _all(value: Any, rule: Sequence[Facts], _facts: Facts) -> Wanted:
    for each in rule:
        yield from _broken(value, each, secret=False)


def _scalar(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def _same(value: Any, choice: Any, *, ignore_case: bool = False) -> bool:
    """Terraform may carry a number as text, and the other way round."""
    if value == choice and not isinstance(choice, bool):
        return True
    mine, its = str(value), str(choice)
    return mine.lower() == its.lower() if ignore_case else mine == its


def _one_of(value: Any, rule: Sequence[Any], facts: Facts) -> Wanted:
    if _scalar(value) and not any(_same(value, choice, ignore_case="ignore_case" in facts) for choice in rule):
        yield errors.choices(rule)


def _none_of(value: Any, rule: Sequence[Any], facts: Facts) -> Wanted:
    if _scalar(value) and any(_same(value, choice, ignore_case="ignore_case" in facts) for choice in rule):
        yield errors.other_than(rule)


def _number(value: Any) -> float | int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value
    try:
        return (int(value) if _WHOLE.fullmatch(value) else float(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def _between(value: Any, rule: Sequence[Any], _facts: Facts) -> Wanted:
    number, (low, high) = _number(value), rule
    if number is not None and ((low is not None and number < low) or (high is not None and number > high)):
        yield errors.between(low, high)


def _integer_text(value: Any, rule: Sequence[Any], _facts: Facts) -> Wanted:
    if not _scalar(value):
        return
    low, high = rule
    text = str(value)
    if not _WHOLE.fullmatch(text) or (low is not None and int(text) < low) or (high is not None and int(text) > high):
        yield errors.whole_between(low, high)


def _greater(value: Any, rule: Any, _facts: Facts) -> Wanted:
    number = _number(value)
    if number is not None and number <= rule:
        yield f"be greater than {rule}"


def _multiple(value: Any, rule: Any, _facts: Facts) -> Wanted:
    number = _number(value)
    if number is not None and Fraction(str(number)) % Fraction(str(rule)):
        yield f"be a multiple of {rule}"


def _length(value: Any, rule: Sequence[Any], facts: Facts) -> Wanted:
    if not isinstance(value, str):
        return
    low, high = rule
    characters = "in_characters" in facts or value.isascii()
    length = len(value) if characters else len(value.encode("utf-8", "surrogatepass"))
    if (low is not None and length < low) or (high is not None and length > high):
        yield errors.length(length, low, high, "characters" if characters else "bytes")


def _each(rule: Any) -> Sequence[str]:
    return [rule] if isinstance(rule, str) else rule


def _regex(value: Any, rule: Any, facts: Facts) -> Wanted:
    if not isinstance(value, str) or (value == "" and "empty_ok" in facts):
        return
    for pattern in _each(rule):
        if patterns.matches(pattern, value) is False:
            yield errors.pattern(pattern, patterns.in_words(pattern))


def _not_regex(value: Any, rule: Any, facts: Facts) -> Wanted:
    if not isinstance(value, str) or (value == "" and "empty_ok" in facts):
        return
    for pattern in _each(rule):
        if patterns.matches(pattern, value):
            yield errors.not_pattern(pattern, patterns.in_words(pattern))


def _contains_none(value: Any, rule: str, _facts: Facts) -> Wanted:
    if isinstance(value, str) and any(char in value for char in rule):
        yield f"hold none of {', '.join(repr(char) for char in rule)}"


def _prefix_none(value: Any, rule: Sequence[str], _facts: Facts) -> Wanted:
    if isinstance(value, str) and value.startswith(tuple(rule)):
        yield f"not begin with {errors.listed(rule)}"


def _suffix_none(value: Any, rule: Sequence[str], _facts: Facts) -> Wanted:
    if isinstance(value, str) and value.endswith(tuple(rule)):
        yield f"not end with {errors.listed(rule)}"


def _json(value: Any, _rule: Any, facts: Facts) -> Wanted:
    policy = "iam_policy" in facts
    if not isinstance(value, str) or (value == "" and not policy):
        return
    repeated: list[str] = []

    def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        repeated.extend(name for name in dict.fromkeys(names) if names.count(name) > 1)
        return dict(pairs)

    try:
        parsed = json.loads(value, object_pairs_hook=object_of, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        yield errors.valid("JSON", str(error))
        return
    if policy and not isinstance(parsed, dict):
        yield "be a JSON object"
    elif policy and repeated:
        yield f"name each key once; {errors.listed(repeated)} stands there again"


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _json_or_yaml(value: Any, rule: Any, _facts: Facts) -> Wanted:
    if not isinstance(value, str):
        return
    if value.lstrip().startswith(("{", "[")):
        yield from _json(value, rule, {})
        return
    try:
        # Composed and not constructed: CloudFormation's own tags, such as !Ref, mean nothing to YAML itself.
        yaml.compose(value, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        # Not str(error): it quotes the text around the mistake, which may hold a secret.
        yield errors.valid("YAML", getattr(error, "problem", None) or type(error).__name__)


def _base64(value: Any, _rule: Any, _facts: Facts) -> Wanted:
    if isinstance(value, str):
        try:
            base64.b64decode(re.sub(r"[\r\n]", "", value), validate=True)
        except (binascii.Error, ValueError):
            yield "be base64"


def _regexp(value: Any, _rule: Any, _facts: Facts) -> Wanted:
    if isinstance(value, str) and patterns.valid_syntax(value) is False:
        yield "be a regular expression that Go reads: RE2, which does not look around"


def _network(text: str) -> ipaddress.IPv4Interface | ipaddress.IPv6Interface | None:
    address, slash, prefix = text.partition("/")
    if not slash or not (prefix.isascii() and prefix.isdigit()) or "%" in address:
        return None
    try:
        return ipaddress.ip_interface(text)
    except ValueError:
        return None


def _cidr(value: Any, _rule: Any, facts: Facts) -> Wanted:
    if not isinstance(value, str):
        return
    found, version = _network(value), facts.get("ip_version")
    if found is None or (version is not None and found.version != version):
        yield errors.cidr(version)
        return
    low, high = facts.get("cidr_prefix_between", (None, None))
    length = found.network.prefixlen
    if (low is not None and length < low) or (high is not None and length > high):
        yield f"have a prefix length that is {errors.bounds(low, high)}, has {length}"
    if "cidr_network" in facts and found.ip != found.network.network_address:
        yield f"begin at the network's own address: {found.network}"


def _address(value: Any, version: int | None) -> bool:
    try:
        return "%" not in value and (version is None or ipaddress.ip_address(value).version == version)
    except ValueError:
        return False


def _ip(value: Any, _rule: Any, _facts: Facts) -> Wanted:
    if isinstance(value, str) and not (_address(value, 4) or _address(value, 6)):
        yield "be an IP address"


def _ipv4(value: Any, _rule: Any, _facts: Facts) -> Wanted:
    if isinstance(value, str) and not _address(value, 4):
        yield "be an IPv4 address"


def _ipv6(value: Any, _rule: Any, _facts: Facts) -> Wanted:
    if isinstance(value, str) and not _address(value, 6):
        yield "be an IPv6 address"


def _url(value: Any, rule: Sequence[str], _facts: Facts) -> Wanted:
    if not isinstance(value, str):
        return
    try:
        parts = urlsplit(value)
        good = parts.scheme in rule and bool(parts.netloc)
    except ValueError:
        good = False
    if not good:
        yield f"be a URL that begins with {' or '.join(f'{scheme}://' for scheme in rule)} and names a host"


def _timestamp(value: Any, _rule: Any, _facts: Facts) -> Wanted:
    if not isinstance(value, str):
        return
    found = _RFC3339.fullmatch(value)
    try:
        good = found is not None and datetime.fromisoformat(f"{found[1]}T{found[2]}") is not None
    except ValueError:
        good = False
    if not good:
        yield "be a time as RFC 3339 has it, YYYY-MM-DDThh:mm:ssZ"


def _date(value: Any, _rule: Any, _facts: Facts) -> Wanted:
    if not isinstance(value, str):
        return
    try:
        good = re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII) is not None and date.fromisoformat(value) is not None
    except ValueError:
        good = False
    if not good:
        yield "be a date, YYYY-MM-DD"


def _duration(value: Any, _rule: Any, facts: Facts) -> Wanted:
    if not isinstance(value, str):
        return
    if not _GO_DURATION.fullmatch(value):
        yield "be a duration such as 30s, 10m or 1h30m"
        return
    seconds = sum(float(amount) * _SECONDS[unit] for amount, unit in _GO_UNIT.findall(value))
    low, high = facts.get("duration_seconds_between", (None, None))
    if (low is not None and seconds < low) or (high is not None and seconds > high):
        yield f"last {errors.bounds(low, high)} seconds"


def _nullable(value: Any, rule: str, _facts: Facts) -> Wanted:
    if not isinstance(value, str) or value == "":
        return
    if rule == "bool" and value not in _BOOLEANS:
        yield "be true, false or empty"
    elif rule == "int" and not _WHOLE.fullmatch(value):
        yield "be a whole number or empty"
    elif rule == "float" and _number(value) is None:
        yield "be a number or empty"


def _arn(value: Any, rule: Any, _facts: Facts) -> Wanted:
    if isinstance(value, str):
        wrong = arns.wrong_parts(value, loosely=rule == "loose")
        if wrong:
            yield f"be an ARN: {'; '.join(wrong)}"


@dataclass(frozen=True)
class _Text:
    """A rule for text that is said in one sentence."""

    good: Callable[[str], bool]
    says: str

    def __call__(self, value: Any, _rule: Any, _facts: Facts) -> Wanted:
        if isinstance(value, str) and not self.good(value):
            yield self.says


def _no_zero(value: Any, _rule: Any, _facts: Facts) -> Wanted:
    if value == "" or (_scalar(value) and value == 0):
        yield "not be empty" if value == "" else "not be 0"


RULES: Mapping[str, Callable[[Any, Any, Facts], Wanted]] = {
    "one_of": _one_of,
    "none_of": _none_of,
    "int_between": _between,
    "float_between": _between,
    "int_string_between": _integer_text,
    "greater_than": _greater,
    "multiple_of": _multiple,
    "length_between": _length,
    "regex": _regex,
    "not_regex": _not_regex,
    "contains_none_of": _contains_none,
    "prefix_none_of": _prefix_none,
    "suffix_none_of": _suffix_none,
    "not_blank": _Text(lambda text: bool(text.strip()), "hold more than white space"),
    "no_zero": _no_zero,
    "arn": _arn,
    "account_id": _Text(lambda text: re.fullmatch("[0-9]{12}", text) is not None, "be an AWS account's 12 digits"),
    "region": _Text(lambda text: arns.REGION.fullmatch(text) is not None, "be a region's name, such as eu-central-1"),
    "json": _json,
    "json_or_yaml": _json_or_yaml,
    "base64": _base64,
    "uuid": _Text(lambda text: _UUID.fullmatch(text) is not None, "be a UUID: 8-4-4-4-12 hexadecimal digits"),
    "regexp_syntax": _regexp,
    "cidr": _cidr,
    "ip": _ip,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "url": _url,
    "timestamp": _timestamp,
    "date": _date,
    "duration": _duration,
    "iso_duration": _Text(
        lambda text: _ISO_DURATION.fullmatch(text) is not None, "be a duration as ISO 8601 has it, such as P1Y or PT10M"
    ),
    "daily_window": _Text(
        lambda text: not text or _DAILY.fullmatch(text) is not None, "be a window of each day, hh:mm-hh:mm"
    ),
    "weekly_window": _Text(
        lambda text: not text or _WEEKLY.fullmatch(text) is not None,
        "be a window of each week, ddd:hh:mm-ddd:hh:mm, such as sun:05:00-sun:06:00",
    ),
    "nullable": _nullable,
    "any": _alternatives,
    "all": _all,
}


def has_rules(facts: Facts) -> bool:
    """Whether something in these facts can refuse a value and is run."""
    return any(name in RULES or name in _BESIDE or name in GROUPS for name in facts)


def not_run(facts: Facts) -> Iterator[str]:
    """What of these facts nobody runs, in words."""
    for name, rule in facts.items():
        if name == "checked":
            yield from (str(each).partition(":")[0] for each in ([rule] if isinstance(rule, str) else rule))
        elif name in ("regex", "not_regex"):
            yield from ("a pattern that only Go reads" for each in _each(rule) if not patterns.expressible(each))
        elif name in ("elem", "map_key", "map_value"):
            yield from not_run(rule)
        elif name in ("any", "all"):
            for each in rule:
                yield from not_run(each)
        elif name == "regexp_syntax":
            yield "whether Go reads the regular expression"
        elif name not in RULES and name not in INFORMATION and name not in _BESIDE:
            yield name if name != "warns_only" else "a warning of the provider"
