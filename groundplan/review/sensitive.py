"""Keeps secrets out of the review: collects every value that a plan marks sensitive, and removes it wherever it stands.

Masks as in https://developer.hashicorp.com/terraform/internals/json-format#change-representation: `true` marks a whole
value, an object or a list marks what it holds at the same place.
"""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = ["MINIMUM_LENGTH", "SENSITIVE", "Redactor", "child_mask", "secrets_of"]

SENSITIVE = "(sensitive)"

MINIMUM_LENGTH = 8
"""Shorter values are too common to be removed from other text; where they are marked they are hidden all the same."""


def child_mask(mask: Any, key: str | int) -> Any:
    """The mask of one item of a value whose mask is `mask`; False where nothing is said."""
    if mask is True:
        return True
    if isinstance(mask, dict):
        return mask.get(key, False)
    if isinstance(mask, list) and isinstance(key, int) and key < len(mask):
        return mask[key]
    return False


def _leaves(value: Any) -> Iterator[str]:
    """The texts and numbers inside `value`. Not the keys: they are layout, and often as plain as `username`."""
    if isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, str):
        yield value
    elif value is not None and not isinstance(value, bool):
        yield json.dumps(value)


def _marked(value: Any, mask: Any) -> Iterator[Any]:
    """The parts of `value` that `mask` marks."""
    if mask is True:
        yield value
    elif isinstance(mask, dict) and isinstance(value, dict):
        for key, part in mask.items():
            if part and key in value:
                yield from _marked(value[key], part)
    elif isinstance(mask, list) and isinstance(value, list):
        for item, part in zip(value, mask, strict=False):
            if part:
                yield from _marked(item, part)


def _spellings(text: str) -> Iterator[str]:
    """The ways in which other values of a plan may hold `text`: as it is, inside JSON, in base64, line by line."""
    yield text
    yield text.strip()
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    yield base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")
    if "\n" in text:
        yield from (line.strip() for line in text.splitlines())
    if text[:1] in "{[":
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            return
        yield from _leaves(document)


def _masked_values(plan: Mapping[str, Any]) -> Iterator[Any]:
    """Every value in a plan that a mask beside it marks."""
    for section in ("resource_changes", "resource_drift"):
        for resource in plan.get(section) or ():
            yield from _of_change(resource.get("change") or {})
    for change in (plan.get("output_changes") or {}).values():
        yield from _of_change(change)
    for values in (plan.get("planned_values"), (plan.get("prior_state") or {}).get("values")):
        if values:
            for output in (values.get("outputs") or {}).values():
                if output.get("sensitive"):
                    yield output.get("value")
            yield from _of_module(values.get("root_module") or {})
    declared = ((plan.get("configuration") or {}).get("root_module") or {}).get("variables") or {}
    given = plan.get("variables") or {}
    for name, variable in declared.items():
        if variable.get("sensitive"):
            yield variable.get("default")
            yield (given.get(name) or {}).get("value")


def _of_change(change: Mapping[str, Any]) -> Iterator[Any]:
    yield from _marked(change.get("before"), change.get("before_sensitive"))
    yield from _marked(change.get("after"), change.get("after_sensitive"))


def _of_module(module: Mapping[str, Any]) -> Iterator[Any]:
    for resource in module.get("resources") or ():
        yield from _marked(resource.get("values"), resource.get("sensitive_values"))
    for child in module.get("child_modules") or ():
        yield from _of_module(child)


def secrets_of(plan: Mapping[str, Any]) -> set[str]:
    """Every text of at least MINIMUM_LENGTH characters that `plan` (terraform show -json) marks sensitive.

    Also the spellings under which other values could hold it: escaped as JSON, in base64, its lines, and the values
    inside when it is itself a JSON document.
    """
    found: set[str] = set()
    for value in _masked_values(plan):
        for leaf in _leaves(value):
            found.update(text for text in _spellings(leaf) if len(text) >= MINIMUM_LENGTH and not text.isspace())
    return found


class Redactor:
    """Replaces every occurrence of the given secrets by `(sensitive)`.

    Occurrences that overlap are removed as one. The cost does not grow with the number of secrets: a text is looked up
    by the first MINIMUM_LENGTH characters at each position.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        by_start: defaultdict[str, list[str]] = defaultdict(list)
        for secret in sorted(set(secrets), key=lambda text: (-len(text), text)):
            by_start[secret[:MINIMUM_LENGTH]].append(secret)
        self._by_start = dict(by_start)
        self._seen: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        """`text` without any secret."""
        if not self._by_start or len(text) < MINIMUM_LENGTH:
            return text
        known = self._seen.get(text)
        if known is None:
            known = self._seen[text] = self._redacted(text)
        return known

    def _redacted(self, text: str) -> str:
        spans: list[tuple[int, int]] = []
        for start in range(len(text) - MINIMUM_LENGTH + 1):
            candidates = self._by_start.get(text[start : start + MINIMUM_LENGTH])
            if candidates is None:
                continue
            longest = next((secret for secret in candidates if text.startswith(secret, start)), None)
            if longest is None:
                continue
            end = start + len(longest)
            if spans and start <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(spans[-1][1], end))
            else:
                spans.append((start, end))
        if not spans:
            return text
        parts, position = [], 0
        for start, end in spans:
            parts += [text[position:start], SENSITIVE]
            position = end
        return "".join([*parts, text[position:]])
