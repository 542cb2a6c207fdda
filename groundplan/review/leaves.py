"""The attributes that differ between the two sides of a change, leaf by leaf.

Values are compared as Terraform's plan JSON gives them: `before`, `after`, `after_unknown` and the two masks of
sensitive values lie over each other. Strings that are documents are compared as documents.
"""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from .documents import identities, may_open, opened
from .model import Leaf
from .sensitive import SENSITIVE, child_mask
from .text import cut, visible

__all__ = ["KNOWN_AFTER_APPLY", "leaves_of"]

KNOWN_AFTER_APPLY = "(known after apply)"

VALUE_CHARACTERS = 240
LINES = 40
LEAVES = 400

# Beyond this, aligning two lists costs more than it explains.
_ALIGNED_ITEMS = 200

_ABSENT: Final = object()
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Side:
    """What stands on the two sides at one place."""

    before: Any
    after: Any
    unknown: Any
    before_mask: Any
    after_mask: Any

    def child(self, before_key: str | int | None, after_key: str | int | None) -> _Side:
        """The same one level deeper; a key of None is absent on that side."""
        return _Side(
            _item(self.before, before_key),
            _item(self.after, after_key),
            child_mask(self.unknown, after_key) if after_key is not None else False,
            child_mask(self.before_mask, before_key) if before_key is not None else False,
            child_mask(self.after_mask, after_key) if after_key is not None else False,
        )


def _item(value: Any, key: str | int | None) -> Any:
    if isinstance(value, dict):
        return value.get(key, _ABSENT)
    if isinstance(value, list) and isinstance(key, int) and key < len(value):
        return value[key]
    return _ABSENT


def leaves_of(
    before: Any,
    after: Any,
    *,
    unknown: Any = False,
    before_mask: Any = False,
    after_mask: Any = False,
    redact: Callable[[str], str] = str,
    forcing: Collection[str] = (),
) -> tuple[tuple[Leaf, ...], int]:
    """The leaves that differ, and how many more there are beyond the first LEAVES.

    `before` is None for a creation, `after` for a deletion. `forcing` names the attributes whose change replaces the
    resource. Nulls and empty collections count as absent.
    """
    writer = _Writer(redact, frozenset(forcing))
    found = writer.walk((), _Side(before, after, unknown, before_mask, after_mask))
    leaves = tuple(islice(found, LEAVES))
    # A hard end, so that a hostile or generated document cannot hold the review up.
    return leaves, sum(1 for _ in islice(found, 100_000))


def _is_empty(value: Any) -> bool:
    return value is _ABSENT or value is None or value == [] or value == {}


def _says_unknown(unknown: Any) -> bool:
    if isinstance(unknown, dict):
        return any(_says_unknown(item) for item in unknown.values())
    if isinstance(unknown, list):
        return any(_says_unknown(item) for item in unknown)
    return unknown is True


def _is_masked(mask: Any) -> bool:
    if isinstance(mask, dict):
        return any(_is_masked(item) for item in mask.values())
    if isinstance(mask, list):
        return any(_is_masked(item) for item in mask)
    return mask is True


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


class _Writer:
    """Walks both sides at once and words what differs."""

    def __init__(self, redact: Callable[[str], str], forcing: frozenset[str]) -> None:
        self._redact = redact
        self._forcing = forcing

    def walk(self, path: Path, side: _Side) -> Iterator[Leaf]:
        """The leaves below `path` that differ."""
        before, after, unknown = side.before, side.after, side.unknown
        if unknown is True:
            yield self._leaf(path, self._shown(before, side.before_mask), KNOWN_AFTER_APPLY)
            return
        if not _says_unknown(unknown):
            if _is_empty(before) and _is_empty(after):
                return
            if before is not _ABSENT and after is not _ABSENT and _same(before, after):
                return
        if side.before_mask is True or side.after_mask is True:
            shown = [None if _is_empty(value) else SENSITIVE for value in (before, after)]
            yield self._leaf(path, *shown)
            return
        if isinstance(before, str) and isinstance(after, str):
            yield from self._texts(path, before, after)
            return
        if isinstance(after, dict) or isinstance(before, dict) or isinstance(unknown, dict):
            if self._mixed(side, dict):
                yield from self._both(path, side)
            else:
                yield from self._objects(path, side)
            return
        if isinstance(after, list) or isinstance(before, list) or isinstance(unknown, list):
            if self._mixed(side, list):
                yield from self._both(path, side)
            else:
                yield from self._lists(path, side)
            return
        yield from self._both(path, side)

    @staticmethod
    def _mixed(side: _Side, kind: type) -> bool:
        """Whether the sides hold different kinds of value, so that there is nothing to lay over each other."""
        return any(not _is_empty(value) and not isinstance(value, kind) for value in (side.before, side.after))

    def _both(self, path: Path, side: _Side) -> Iterator[Leaf]:
        text = side.after if _is_empty(side.before) else side.before if _is_empty(side.after) else None
        if isinstance(text, str) and may_open(text):
            document = opened(self._redact(text))
            if document is not None:
                created = _is_empty(side.before)
                yield from self.walk(
                    self._inside(path),
                    _Side(_ABSENT if created else document, document if created else _ABSENT, False, False, False),
                )
                return
        yield self._leaf(path, self._shown(side.before, side.before_mask), self._shown(side.after, side.after_mask))

    @staticmethod
    def _inside(path: Path) -> Path:
        """The path of a document that a string holds: what follows is separated by a guillemet."""
        return (*path, "»")

    def _objects(self, path: Path, side: _Side) -> Iterator[Leaf]:
        keys: set[str] = set()
        for value in (side.before, side.after, side.unknown):
            if isinstance(value, dict):
                keys.update(value)
        for key in sorted(keys):
            child = side.child(key, key)
            # most of a plan is equal or empty: told apart here, cheaper than one level deeper
            if child.unknown is False and (
                _is_empty(child.after) and _is_empty(child.before)
                if child.after is None or child.after is _ABSENT
                else type(child.after) is type(child.before) is str and child.after == child.before
            ):
                continue
            yield from self.walk((*path, key), child)

    def _lists(self, path: Path, side: _Side) -> Iterator[Leaf]:
        before = side.before if isinstance(side.before, list) else []
        after = side.after if isinstance(side.after, list) else []
        known = not _says_unknown(side.unknown)
        masked = _is_masked(side.before_mask) or _is_masked(side.after_mask)
        plain = known and not masked
        if plain and all(_is_scalar(item) for item in (*before, *after)):
            yield from self._sets(path, before, after)
            return
        pairs: list[tuple[int | None, int | None, str]]
        named = self._by_identity(before, after) if plain else None
        if named is not None:
            pairs = named
        elif plain and len(before) <= _ALIGNED_ITEMS and len(after) <= _ALIGNED_ITEMS:
            pairs = _aligned(before, after)
        else:
            length = max(len(before), len(after), len(side.unknown) if isinstance(side.unknown, list) else 0)
            pairs = [(index, index, str(index)) for index in range(length)]
        for old, new, label in pairs:
            yield from self.walk((*path, f"[{label}]"), side.child(old, new))

    @staticmethod
    def _by_identity(before: list[Any], after: list[Any]) -> list[tuple[int | None, int | None, str]] | None:
        old, new = identities(before), identities(after)
        if (before and old is None) or (after and new is None) or (old and new and old[0] != new[0]):
            return None
        found = new or old
        if found is None:
            return None
        key = found[0]
        old_at = {name: index for index, name in enumerate(old[1] if old else [])}
        new_at = {name: index for index, name in enumerate(new[1] if new else [])}
        names = [*new_at, *(name for name in old_at if name not in new_at)]
        return [(old_at.get(name), new_at.get(name), f"{key}={name}") for name in names]

    def _sets(self, path: Path, before: list[Any], after: list[Any]) -> Iterator[Leaf]:
        """Lists of scalars, as what was removed and what was added: most of Terraform's are sets."""
        if not before or not after:
            yield self._leaf(path, self._shown(before or None, False), self._shown(after or None, False))
            return
        old, new = Counter(map(_key, before)), Counter(map(_key, after))
        removed, added = old - new, new - old
        if not removed and not added:
            yield self._leaf(path, self._shown(before, False), self._shown(after, False))
            return
        for side, count in ((before, removed), (after, added)):
            for item in side:
                if count[_key(item)] > 0:
                    count[_key(item)] -= 1
                    shown = self._shown(item, False)
                    yield self._leaf((*path, "[]"), *((shown, None) if side is before else (None, shown)))

    def _texts(self, path: Path, before: str, after: str) -> Iterator[Leaf]:
        before, after = self._redact(before), self._redact(after)
        old, new = (opened(before), opened(after)) if may_open(before) and may_open(after) else (None, None)
        if old is not None and new is not None and type(old) is type(new):
            if _same(old, new):
                yield self._leaf(path, "(written one way)", "(written another way, same meaning)")
            else:
                yield from self.walk(self._inside(path), _Side(old, new, False, False, False))
        elif "\n" in before.strip() or "\n" in after.strip():
            yield self._line_diff(path, before, after)
        else:
            yield self._leaf(path, self._shown(before, False), self._shown(after, False))

    def _line_diff(self, path: Path, before: str, after: str) -> Leaf:
        old, new = before.splitlines(), after.splitlines()
        changed: list[tuple[str, str]] = []
        for line in difflib.unified_diff(old[:5000], new[:5000], lineterm="", n=1):
            if line.startswith(("---", "+++")) and not changed:
                continue
            sign, text = (" ", "…") if line.startswith("@@") else (line[:1], line[1:])
            changed.append((sign, cut(visible(text), VALUE_CHARACTERS)))
        if len(changed) > LINES:
            changed = [*changed[:LINES], (" ", f"… {len(changed) - LINES:,} more lines")]
        counts = (f"({len(old):,} lines)", f"({len(new):,} lines)")
        leaf = self._leaf(path, *counts)
        return Leaf(leaf.path, leaf.before, leaf.after, tuple(changed[1:]), leaf.forces_replacement)

    def _shown(self, value: Any, mask: Any) -> str | None:
        if isinstance(value, str) and mask is not True:
            return cut(visible(json.dumps(self._redact(value), ensure_ascii=False)), VALUE_CHARACTERS)
        if _is_empty(value):
            return None
        hidden = self._hide(value, mask)
        text = hidden.text if isinstance(hidden, _Word) else json.dumps(hidden, ensure_ascii=False, default=str)
        return cut(visible(text), VALUE_CHARACTERS)

    def _hide(self, value: Any, mask: Any) -> Any:
        if mask is True:
            return _Word(SENSITIVE)
        if isinstance(value, dict):
            pairs = ((self._redact(str(key)), self._hide(item, child_mask(mask, key))) for key, item in value.items())
            return {key: item.text if isinstance(item, _Word) else item for key, item in sorted(pairs, key=_first)}
        if isinstance(value, list):
            items = [self._hide(item, child_mask(mask, index)) for index, item in enumerate(value)]
            return [item.text if isinstance(item, _Word) else item for item in items]
        if isinstance(value, str):
            return self._redact(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            plain = json.dumps(value)
            shown = self._redact(plain)
            return value if shown == plain else _Word(shown)
        return value

    def _leaf(self, path: Path, before: str | None, after: str | None) -> Leaf:
        forces = bool(path) and path[0] in self._forcing
        return Leaf(self._path(path), before, after, (), forces)

    def _path(self, path: Path) -> str:
        out = ""
        for part in path:
            part = self._redact(part)
            if part.isidentifier() and part.isascii():
                out += part if not out or out.endswith(" ") else f".{part}"
                continue
            part = visible(part).replace("\n", "\\n")
            if part == "»":
                out += " » "
            elif part.startswith("[") and part.endswith("]"):
                out += part
            elif part.replace("_", "").replace("-", "").isalnum():
                out += part if not out or out.endswith(" ") else f".{part}"
            else:
                out += f"[{json.dumps(part, ensure_ascii=False)}]"
        return cut(out.strip(), VALUE_CHARACTERS) or "value"


@dataclass(frozen=True, slots=True)
class _Word:
    """Text that is shown without quotes: it is not a string of the plan."""

    text: str


def _first(pair: tuple[str, Any]) -> str:
    return pair[0]


def _is_scalar(value: Any) -> bool:
    if isinstance(value, str):
        return "\n" not in value and value[:1] not in ("{", "[")
    return not isinstance(value, (dict, list))


def _same(before: Any, after: Any) -> bool:
    """Equality in which true is not 1, as in Terraform."""
    if type(before) is not type(after) and not (
        isinstance(before, (int, float))
        and isinstance(after, (int, float))
        and not isinstance(before, bool)
        and not isinstance(after, bool)
    ):
        return False
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_same(item, after[key]) for key, item in before.items())
    if isinstance(before, list):
        return len(before) == len(after) and all(map(_same, before, after))
    return bool(before == after)


def _aligned(before: list[Any], after: list[Any]) -> list[tuple[int | None, int | None, str]]:
    """Pairs of indices of two lists of objects, so that one item put in front does not change all the others."""
    if len(before) == len(after) == 1:
        return [(0, 0, "0")]
    pairs: list[tuple[int | None, int | None, str]] = []
    matcher = difflib.SequenceMatcher(None, [_key(item) for item in before], [_key(item) for item in after], False)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        shared = min(old_end - old_start, new_end - new_start)
        pairs += [(old_start + i, new_start + i, str(new_start + i)) for i in range(shared)]
        pairs += [(index, None, str(index)) for index in range(old_start + shared, old_end)]
        pairs += [(None, index, str(index)) for index in range(new_start + shared, new_end)]
    return pairs
