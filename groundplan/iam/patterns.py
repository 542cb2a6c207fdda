"""IAM's wildcards and AWS's ARN formats, compared with each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein

__all__ = ["arn_parts", "can_match", "glob", "looks_like_arn", "misspelt"]

ARN_PARTS = 6

# An ARN format's ${Name} may stand for any text, slashes and colons included (log groups, secrets, role paths), except
# where AWS forbids the slash. Without these, s3:ListBucket on "bucket/*" would look right.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
_WITHOUT_SLASH = frozenset(
    {"Account", "BucketName", "KeyId", "Partition", "QueueName", "Region", "TableName", "TopicName"}
)

_ANY = "*"
_ANY_BUT_SLASH = "*/"
_ONE = "?"


@lru_cache(maxsize=4096)
def glob(pattern: str, *, crossing: str = ".") -> str:
    """`pattern` with IAM's `*` and `?` as a regular expression; `crossing` is what a wildcard may stand for."""
    return "".join(f"{crossing}*" if c == "*" else crossing if c == "?" else re.escape(c) for c in pattern)


def misspelt(given: str, known: Iterable[str]) -> str | None:
    """The known name that `given` is a slip or two away from, upper and lower case apart; None without one.

    Two slips in a name of ten characters and more, one in a shorter one: `s33` is a slip, `ecs` is no misspelt `eks`.
    """
    lower = given.lower()
    slips = 2 if len(given) >= 10 else 1
    near = [(DamerauLevenshtein.distance(lower, name.lower(), score_cutoff=slips), name) for name in known]
    return min(((far, name) for far, name in near if 0 < far <= slips), default=(0, None))[1]


def looks_like_arn(text: str) -> bool:
    """Whether `text` has an ARN's six parts; a final wildcard stands for the parts that are left out."""
    return text.startswith("arn:") and (text.count(":") >= ARN_PARTS - 1 or text.endswith("*"))


def arn_parts(arn: str) -> list[str]:
    """The six parts of an ARN; `arn:aws:s3:*` stands for `arn:aws:s3:*:*:*`."""
    parts = arn.split(":", ARN_PARTS - 1)
    return parts + ["*"] * (ARN_PARTS - len(parts))


def _pattern_items(pattern: str) -> tuple[str, ...]:
    return tuple({"*": _ANY, "?": _ONE}.get(character, f"={character}") for character in pattern)


def _format_items(text: str) -> tuple[str, ...]:
    items: list[str] = []
    for piece in re.split(r"(\$\{[^}]*\}|\*)", text):
        if piece == "*":
            items.append(_ANY)
        elif piece.startswith("${"):
            items.append(_ANY_BUT_SLASH if piece[2:-1] in _WITHOUT_SLASH else _ANY)
        else:
            items += [f"={character}" for character in piece]
    return tuple(items)


def _meet(one: str, other: str) -> bool:
    """Whether some single character satisfies both items."""
    if one[0] == "=" and other[0] == "=":
        return one == other
    return not (_ANY_BUT_SLASH in (one, other) and "=/" in (one, other))


def _overlap(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Whether some text matches both: a walk over the positions that both can have reached together."""
    reached, seen = [(0, 0)], {(0, 0)}
    while reached:
        i, j = reached.pop()
        if i == len(left) and j == len(right):
            return True
        one, other = left[i] if i < len(left) else "", right[j] if j < len(right) else ""
        steps = []
        if one[:1] == "*":
            steps.append((i + 1, j))
        if other[:1] == "*":
            steps.append((i, j + 1))
        if one and other and _meet(one, other):
            steps.append((i if one[0] == "*" else i + 1, j if other[0] == "*" else j + 1))
        for step in steps:
            if step not in seen:
                seen.add(step)
                reached.append(step)
    return False


@lru_cache(maxsize=4096)
def can_match(pattern: str, arn_format: str) -> bool:
    """Whether the resource `pattern` of a statement can cover any ARN of the form `arn_format`.

    `arn:aws:s3:::backups/*` covers objects (`arn:${Partition}:s3:::${BucketName}/${ObjectName}`), and no bucket.
    """
    return all(
        _overlap(_pattern_items(given), _format_items(form))
        for given, form in zip(arn_parts(pattern), arn_parts(arn_format), strict=True)
    )
