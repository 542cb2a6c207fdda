"""What a .helmignore leaves out: https://helm.sh/docs/chart_template_guide/helm_ignore_file/.

The rules are Helm's and not git's: the first that matches decides, there is no `**`, and a rule with `!` leaves out
everything that it does not match (https://github.com/helm/helm/blob/v3.19.0/pkg/ignore/rules.go).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from . import errors

__all__ = ["Ignored"]

# Helm adds it to every chart's rules: files with a dot before their name are no templates
_ALWAYS = "templates/.?*"


@dataclass(frozen=True)
class _Rule:
    pattern: re.Pattern[str]
    whole_path: bool
    only_folders: bool
    negated: bool

    def matches(self, path: str) -> bool:
        return self.pattern.fullmatch(path if self.whole_path else path.rpartition("/")[2]) is not None


class Ignored:
    """The rules of one chart's folder; `text` is its .helmignore, empty when it has none.

    Raises BadInput with the line when a rule cannot be read.
    """

    def __init__(self, text: str, where: str) -> None:
        self._rules = list(_rules(enumerate([*text.splitlines(), _ALWAYS], start=1), where))

    def has(self, path: str, *, folder: bool) -> bool:
        """Whether a path inside the chart, with / between its parts, is left out."""
        for rule in self._rules:
            applies = folder or not rule.only_folders
            if rule.negated:
                if not (applies and rule.matches(path)):
                    return True
            elif applies and rule.matches(path):
                return True
        return False


def _rules(lines: Iterable[tuple[int, str]], where: str) -> Iterable[_Rule]:
    for number, line in lines:
        rule = line.strip()
        if not rule or rule.startswith("#"):
            continue
        if "**" in rule:
            raise errors.bad_ignore_rule(where, number, rule, "has **, which Helm does not know")
        negated = rule.startswith("!")
        glob = rule[1:] if negated else rule
        only_folders = glob.endswith("/")
        glob = glob.removesuffix("/")
        try:
            pattern = re.compile(_expression(glob.removeprefix("/")), re.DOTALL)
        except (ValueError, re.error):
            raise errors.bad_ignore_rule(where, number, rule, "is no pattern of paths") from None
        yield _Rule(pattern, "/" in glob, only_folders, negated)


def _expression(glob: str) -> str:
    """A pattern of Go's filepath.Match as a regular expression. Raises ValueError when it is none."""
    made = []
    at = 0
    while at < len(glob):
        sign = glob[at]
        at += 1
        if sign == "*":
            made.append("[^/]*")
        elif sign == "?":
            made.append("[^/]")
        elif sign == "[":
            chosen, at = _choice(glob, at)
            made.append(chosen)
        else:
            if sign == "\\":
                sign, at = _character(glob, at - 1)
            made.append(re.escape(sign))
    return "".join(made)


def _choice(glob: str, at: int) -> tuple[str, int]:
    negated = glob[at : at + 1] == "^"
    at += negated
    ranges: list[str] = []
    while glob[at : at + 1] != "]" or not ranges:
        low, at = _character(glob, at, in_choice=True)
        high = low
        if glob[at : at + 1] == "-":
            high, at = _character(glob, at + 1, in_choice=True)
        # a range that ends before it begins has nothing in it, for Go
        if low <= high:
            ranges.append(f"{re.escape(low)}-{re.escape(high)}")
        else:
            ranges.append("")
    inside = "".join(ranges)
    if not inside:
        return ("." if negated else "(?!)"), at + 1
    return f"[{'^' if negated else ''}{inside}]", at + 1


def _character(glob: str, at: int, *, in_choice: bool = False) -> tuple[str, int]:
    sign = glob[at : at + 1]
    if sign == "\\":
        at += 1
        sign = glob[at : at + 1]
    elif in_choice and sign in ("-", "]"):
        raise ValueError(glob)
    if not sign:
        raise ValueError(glob)
    return sign, at + 1
