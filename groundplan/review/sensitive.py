"""Keeps secrets out of the review: collects every value that a plan marks sensitive, and removes it wherever it stands.

Masks as in https://developer.hashicorp.com/terraform/internals/json-format#change-representation: `true` marks a whole
value, an object or a list marks what it holds at the same place.
"""

from __future__ import annotations

import base64
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

import yaml

from groundplan.secrets import ORDINARY_WORDS

from .documents import opened

__all__ = ["MINIMUM_LENGTH", "SENSITIVE", "SHORTEST", "Redactor", "child_mask", "masks_of", "secrets_of"]

SENSITIVE = "(sensitive)"

MINIMUM_LENGTH = 8
"""Secrets of this length are removed wherever their characters stand in a text."""

SHORTEST = 4
"""Secrets of this length are removed where they stand as a word of their own. Shorter ones, and words that every plan
is full of, are too common for it; where they are marked they are hidden all the same."""

_MIXED = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])|[^A-Za-z0-9._/:-]")

# What a release repeats of its values, as text: https://github.com/hashicorp/terraform-provider-helm/tree/v3.1.1/docs
# `metadata` holds the merged values as JSON and the rendered notes; `manifest` and `resources` hold what the chart made
# of them. The provider hides there what set_sensitive names, and nothing of a document that is sensitive as a whole.
_HELM_INPUTS = ("values", "set", "set_list", "set_sensitive", "set_wo")
_HELM_REPEATS = {"manifest": True, "manifests": True, "resources": True, "notes": True, "crds": True}
_HELM_METADATA = {"values": True, "notes": True}


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
    """The ways in which other values of a plan may hold `text`: as it is, its lines, inside JSON, YAML, HTML, a URL or
    a template, in hexadecimal, and in base64 wherever it begins there.
    """
    plain = {text, text.strip()}
    if "\n" in text:
        plain.update(line.strip() for line in text.splitlines())
    for each in plain:
        if not each or each.isspace() or each in ORDINARY_WORDS:
            continue
        yield each
        if len(each) >= SHORTEST:
            yield from _encoded(each)


def _encoded(text: str) -> Iterator[str]:
    for form in _json(text):
        yield form
        # JSON inside JSON
        yield from _json(form)
    yield text.replace("'", "''")
    yield text.replace("'", "'\\''")
    yield text.replace("${", "$${").replace("%{", "%%{")
    for unicode in (False, True):
        dumped: str = yaml.safe_dump(text, default_style='"', allow_unicode=unicode, width=float("inf"))
        yield dumped.strip()[1:-1]
    yield escape(text)
    # as Go's html/template writes quotes
    yield escape(text, quote=False).replace('"', "&#34;").replace("'", "&#39;")
    raw = text.encode("utf-8", "surrogatepass")
    for form in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
        yield form
        yield re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), form)
    yield raw.hex()
    yield raw.hex().upper()
    for each in (raw, text.encode("utf-16-le", "surrogatepass")):
        yield base64.b64encode(each).decode("ascii")
        for core in _inside_base64(each):
            yield core
            yield core.translate(_URL_SAFE)


_URL_SAFE = str.maketrans("+/", "-_")
_HTML_IN_JSON = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def _json(text: str) -> tuple[str, ...]:
    """`text` inside a JSON string as Python, JavaScript and Go write it: Go and Terraform's jsonencode escape what HTML
    reads. https://pkg.go.dev/encoding/json#Marshal, https://developer.hashicorp.com/terraform/language/functions/jsonencode
    """
    plain = json.dumps(text, ensure_ascii=False)[1:-1]
    # Go spells these two controls with four digits where Python has a letter
    go = plain.translate(_HTML_IN_JSON)
    return (
        plain,
        json.dumps(text)[1:-1],
        go,
        go.replace("\\b", "\\u0008").replace("\\f", "\\u000c"),
        plain.replace("/", "\\/"),
    )


def _inside_base64(raw: bytes) -> Iterator[str]:
    """The characters that `raw` has in base64 when it begins at the first, second or third byte of a group; those at
    the ends that neighbours share are left out.
    """
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw).decode("ascii")
        start = (0, 2, 3)[before]
        end = (len(raw) + before) * 8 // 6
        if end - start >= MINIMUM_LENGTH:
            yield encoded[start:end]


def _masked_values(plan: Mapping[str, Any]) -> Iterator[Any]:
    """Every value in a plan that a mask beside it marks."""
    for section in ("resource_changes", "resource_drift"):
        for resource in plan.get(section) or ():
            yield from _of_change(resource.get("change") or {})
    for deferred in plan.get("deferred_changes") or ():
        yield from _of_change((deferred.get("resource_change") or {}).get("change") or {})
    for action in plan.get("action_invocations") or ():
        yield from _marked(action.get("config_values"), action.get("config_sensitive"))
    root = (plan.get("configuration") or {}).get("root_module") or {}
    for name, change in (plan.get("output_changes") or {}).items():
        if not _is_passed_on(name, root):
            yield from _of_change(change)
    for values in (plan.get("planned_values"), (plan.get("prior_state") or {}).get("values")):
        if values:
            for name, output in (values.get("outputs") or {}).items():
                if output.get("sensitive") and not _is_passed_on(name, root):
                    yield output.get("value")
            yield from _of_module(values.get("root_module") or {})
    given = plan.get("variables") or {}
    for name, variable in (root.get("variables") or {}).items():
        if variable.get("sensitive"):
            yield variable.get("default")
            yield (given.get(name) or {}).get("value")
    yield from _of_calls(root)


def _is_passed_on(name: str, root: Mapping[str, Any]) -> bool:
    """Whether an output is one that cdktf makes for another stack, of a module's output that is not sensitive itself.

    cdktf marks all of those, names of namespaces too: hidden everywhere, such a word would leave nothing to read. What
    a module's output takes from a secret is found where that secret stands.
    https://github.com/hashicorp/terraform-cdk/blob/v0.21.0/packages/cdktf/lib/terraform-stack.ts
    """
    if not name.startswith("cross-stack-output-"):
        return False
    said = (root.get("outputs") or {}).get(name) or {}
    for reference in (said.get("expression") or {}).get("references") or ():
        parts = reference.split(".")
        if parts[0] == "module" and len(parts) > 2:
            call = (root.get("module_calls") or {}).get(parts[1]) or {}
            output = ((call.get("module") or {}).get("outputs") or {}).get(parts[2].partition("[")[0]) or {}
            return not output.get("sensitive")
    return False


def _of_calls(module: Mapping[str, Any]) -> Iterator[Any]:
    """What module calls pass literally to inputs that are sensitive."""
    for call in (module.get("module_calls") or {}).values():
        inner = call.get("module") or {}
        for name, variable in (inner.get("variables") or {}).items():
            if variable.get("sensitive"):
                yield variable.get("default")
                expression = (call.get("expressions") or {}).get(name)
                yield expression.get("constant_value") if isinstance(expression, dict) else None
        yield from _of_calls(inner)


def _of_change(change: Mapping[str, Any]) -> Iterator[Any]:
    yield from _marked(change.get("before"), change.get("before_sensitive"))
    yield from _marked(change.get("after"), change.get("after_sensitive"))


def _of_module(module: Mapping[str, Any]) -> Iterator[Any]:
    for resource in module.get("resources") or ():
        yield from _marked(resource.get("values"), resource.get("sensitive_values"))
    for child in module.get("child_modules") or ():
        yield from _of_module(child)


def masks_of(kind: str, change: Mapping[str, Any]) -> tuple[Any, Any]:
    """The masks of a change's two sides, with what the resource repeats of its own sensitive values marked too.

    A Helm release (`kind` is the resource's type) writes its merged values into attributes of their own, which no mask
    covers.
    """
    before, after = change.get("before_sensitive"), change.get("after_sensitive")
    if kind not in ("helm_release", "helm_template") or not any(map(_marks_input, (before, after))):
        return before, after
    return _with_repeats(before, change.get("before")), _with_repeats(after, change.get("after"))


def _marks_input(mask: Any) -> bool:
    return isinstance(mask, dict) and any(_says(mask.get(name)) for name in _HELM_INPUTS)


def _says(mask: Any) -> bool:
    if isinstance(mask, dict):
        return any(map(_says, mask.values()))
    return any(map(_says, mask)) if isinstance(mask, list) else mask is True


def _with_repeats(mask: Any, value: Any) -> Any:
    if mask is True or not isinstance(value, dict):
        return mask
    metadata = value.get("metadata")
    # an object since 3.0, a list of one before
    repeated = [_HELM_METADATA for _ in metadata] if isinstance(metadata, list) else _HELM_METADATA
    return {**(mask if isinstance(mask, dict) else {}), **_HELM_REPEATS, "metadata": repeated}


def secrets_of(plan: Mapping[str, Any]) -> set[str]:
    """Every text of at least SHORTEST characters that `plan` (terraform show -json) marks sensitive.

    Also the spellings under which other values could hold it, and the values inside when it is itself a JSON or YAML
    document. Of those inside, words of letters alone count from MINIMUM_LENGTH characters: a document is full of them.
    """
    found: set[str] = set()
    for value in _masked_values(plan):
        for leaf in _leaves(value):
            inside = opened(leaf)
            if inside is None and leaf[:1] in '{["':
                inside = _json_document(leaf)
            found.update(_worth_removing(leaf))
            for part in _leaves(inside):
                if len(part) >= MINIMUM_LENGTH or _MIXED.search(part):
                    found.update(_worth_removing(part))
    return found


def _json_document(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _worth_removing(text: str) -> Iterator[str]:
    for spelling in _spellings(text):
        if len(spelling) >= SHORTEST:
            yield spelling


class Redactor:
    """Replaces every occurrence of the given secrets by `(sensitive)`.

    Occurrences that overlap are removed as one. The cost does not grow with the number of long secrets: a text is
    looked up by the first MINIMUM_LENGTH characters at each position. Secrets below that length are removed where no
    letter, digit or sign of a name stands beside them.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        by_start: defaultdict[str, list[str]] = defaultdict(list)
        words: list[str] = []
        for secret in sorted(set(secrets), key=lambda text: (-len(text), text)):
            if len(secret) >= MINIMUM_LENGTH:
                by_start[secret[:MINIMUM_LENGTH]].append(secret)
            elif secret:
                words.append(_word(secret))
        self._by_start = dict(by_start)
        self._words = re.compile("|".join(words)) if words else None
        self._seen: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        """`text` without any secret."""
        if len(text) < (MINIMUM_LENGTH if self._words is None else SHORTEST) or not (self._by_start or self._words):
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
        if self._words is not None:
            spans = _joined([*spans, *(match.span() for match in self._words.finditer(text))])
        if not spans:
            return text
        parts, position = [], 0
        for start, end in spans:
            parts += [text[position:start], SENSITIVE]
            position = end
        return "".join([*parts, text[position:]])


def _word(secret: str) -> str:
    """A pattern for a short secret that is not a part of a longer word or name."""
    start = r"(?<![\w.-])" if secret[0].isalnum() else ""
    end = r"(?![\w-])" if secret[-1].isalnum() else ""
    return f"{start}{re.escape(secret)}{end}"


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
