"""What differs between two interfaces, and what each difference means to the module's callers."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from groundplan.framework.constraints import as_json
from groundplan.problems import nearest

from .interface import About, Interface, RuleRecord, Setting, Value
from .versions import Bump

__all__ = ["Change", "changes"]

_LOWER = ("minimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "maxLength", "maxItems", "maxProperties")
_WORDS = {
    "minimum": "the lowest value",
    "maximum": "the highest value",
    "minLength": "the lowest number of characters",
    "maxLength": "the highest number of characters",
    "minItems": "the lowest number of items",
    "maxItems": "the highest number of items",
    "minProperties": "the lowest number of entries",
    "maxProperties": "the highest number of entries",
    "enum": "the list of what is allowed",
    "pattern": "the pattern",
    "uniqueItems": "that nothing is named twice",
    "type": "the kind of number",
    "not": "what is excluded",
}
_BOUND = re.compile(r"(>=|<)\s*([0-9]+(?:\.[0-9]+)*)$")


@dataclass(frozen=True)
class Change:
    """One difference: `path` inside the module, what happened there, and what would spare callers that it breaks.

    `about` says what kind of promise it is a change of.
    """

    path: str
    what: str
    bump: Bump
    cure: str = ""
    about: About = "input"

    @property
    def text(self) -> str:
        """The change in one line, as it goes into a changelog."""
        return f"{self.path}: {self.what}"


def changes(old: Interface, new: Interface) -> list[Change]:
    """Every difference between two interfaces of one module: `major` for what breaks a caller, `minor` for the rest."""
    return [
        *_settings(old.variables, new.variables, ""),
        *_rules(old.rules, new.rules, ""),
        *_about("output", _outputs(old.outputs, new.outputs, "output.")),
        *_about("resource", _resources(old, new)),
        *_about(
            "version",
            _requirements({"terraform": old.terraform, **old.providers}, {"terraform": new.terraform, **new.providers}),
        ),
    ]


def _about(about: About, found: Iterator[Change]) -> Iterator[Change]:
    return (replace(change, about=about) for change in found)


def _settings(old: Mapping[str, Setting], new: Mapping[str, Setting], path: str) -> Iterator[Change]:
    added = [name for name in new if name not in old]
    for name, was in old.items():
        where = f"{path}{name}"
        if name in new:
            yield from _setting(was, new[name], where)
            continue
        guess = nearest(name, [other for other in added if new[other].type == was.type])
        renamed = f"; was it renamed to {path}{guess}?" if guess else ""
        yield Change(where, f"is no longer an input{renamed}", "major", "Keep it as an input.")
    for name in added:
        if new[name].required:
            yield Change(f"{path}{name}", "is a new required input", "major", "Give it a default.")
        else:
            yield Change(f"{path}{name}", "is a new input", "minor")


def _setting(old: Setting, new: Setting, path: str) -> Iterator[Change]:
    if old.required and not new.required:
        yield Change(path, f"is no longer required: {_shown(new.default)} when left out", "minor")
    elif new.required and not old.required:
        yield Change(path, f"is now required, was {_shown(old.default)} when left out", "major", "Keep its default.")
    elif old.default != new.default:
        yield Change(
            path, f"its default is now {_shown(new.default)}, was {_shown(old.default)}", "major", "Keep its default."
        )
    if old.sensitive != new.sensitive:
        yield _sensitive(new, path)
    yield from _value(old, new, path)


def _value(old: Value, new: Value, path: str) -> Iterator[Change]:
    if old.type != new.type:
        bump: Bump = "minor" if new.type == "any" else "major"
        cure = "" if bump == "minor" else "Keep its type, or add an input of another name."
        yield Change(path, f"its type is now {new.type}, was {old.type}", bump, cure)
        return
    if old.nullable and not new.nullable:
        yield Change(path, "may no longer be null", "major", "Keep null allowed.")
    elif new.nullable and not old.nullable:
        yield Change(path, "may now be null", "minor")
    yield from _limits(old.limits, new.limits, path)
    yield from _limits(old.names, new.names, f"{path} (its names)")
    if old.item and new.item:
        yield from _value(old.item, new.item, f"{path}[*]")
    yield from _settings(old.fields or {}, new.fields or {}, f"{path}.")
    yield from _rules(old.rules, new.rules, f"{path}.")


def _limits(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], path: str) -> Iterator[Change]:
    before, after = _by_word(old), _by_word(new)
    for word in sorted({*before, *after}):
        had, has = before.get(word, []), after.get(word, [])
        if had != has:
            bump: Bump = "major" if _narrower(word, had, has) else "minor"
            yield Change(
                path,
                f"{_WORDS.get(word, word)} is now {_several(has)}, was {_several(had)}",
                bump,
                "Keep accepting what was accepted." if bump == "major" else "",
            )


def _by_word(limits: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for limit in limits:
        for word, value in limit.items():
            found[word].append(value)
    return {word: sorted(values, key=_key) for word, values in found.items()}


def _narrower(word: str, old: list[Any], new: list[Any]) -> bool:
    """Whether something may be refused now that was accepted before."""
    if word in _LOWER:
        return bool(new) and (not old or max(new) > max(old))
    if word in _UPPER:
        return bool(new) and (not old or min(new) < min(old))
    if word == "enum" and old and new:
        return not {_key(item) for item in _common(old)} <= {_key(item) for item in _common(new)}
    return not {_key(item) for item in new} <= {_key(item) for item in old}


def _common(lists: list[list[Any]]) -> list[Any]:
    return [item for item in lists[0] if all(item in other for other in lists[1:])]


def _rules(old: Sequence[RuleRecord], new: Sequence[RuleRecord], path: str) -> Iterator[Change]:
    before = {(rule.setting, rule.condition): rule for rule in old}
    after = {(rule.setting, rule.condition): rule for rule in new}
    for key, rule in after.items():
        if key not in before:
            what = f"{rule.message}: this rule is new or differs, {rule.condition}"
            yield Change(f"{path}{rule.setting}", what, "major", "Keep accepting what was accepted.")
    for key, rule in before.items():
        if key not in after:
            yield Change(f"{path}{rule.setting}", f"no longer: {rule.message}", "minor")


def _outputs(old: Mapping[str, Setting], new: Mapping[str, Setting], path: str) -> Iterator[Change]:
    added = [name for name in new if name not in old]
    for name, was in old.items():
        where = f"{path}{name}"
        if name in new:
            if was.sensitive != new[name].sensitive:
                yield _sensitive(new[name], where)
            yield from _told(was, new[name], where)
            continue
        guess = nearest(name, added)
        renamed = f"; was it renamed to {path}{guess}?" if guess else ""
        yield Change(where, f"is no longer told{renamed}", "major", "Keep telling it.")
    for name in added:
        yield Change(f"{path}{name}", "is a new output", "minor")


def _told(old: Value, new: Value, path: str) -> Iterator[Change]:
    """A value that is told: the other way round, it may become more certain and never less."""
    if old.type != new.type:
        yield Change(path, f"its type is now {new.type}, was {old.type}", "major", "Tell it by another name.")
        return
    if new.nullable and not old.nullable:
        yield Change(path, "may now be null", "major", "Tell it by another name.")
    elif old.nullable and not new.nullable:
        yield Change(path, "is never null now", "minor")
    if old.item and new.item:
        yield from _told(old.item, new.item, f"{path}[*]")
    yield from _outputs(old.fields or {}, new.fields or {}, f"{path}.")


def _sensitive(new: Setting, path: str) -> Change:
    if new.sensitive:
        cure = "Leave it as it was, or accept that callers must mark what they make of it."
        return Change(path, "is now sensitive", "major", cure)
    return Change(path, "is no longer sensitive", "minor")


def _resources(old: Interface, new: Interface) -> Iterator[Change]:
    for before, after in old.moved.items():
        if before not in new.moved:
            what = f"its moved block to {after} is gone: callers that skip a version lose the resource"
            yield Change(before, what, "major", "Keep the moved block.")
    arrived = {address: _moved_to(address, new.moved) for address in old.resources}
    targets = {there for address, there in arrived.items() if there != address}
    added = [address for address in new.resources if address not in old.resources and address not in targets]
    for address, was in old.resources.items():
        there = arrived[address]
        if there not in new.resources:
            yield _lost(address, there, added)
            continue
        if there != address:
            yield Change(address, f"is moved to {there}", "minor")
        now = new.resources[there]
        if {was, now} != {"for_each"} and "for_each" in (was, now) and not _instances_moved(there, new.moved):
            yield Change(
                there,
                f"is now repeated by {_repeated(now)}, was by {_repeated(was)}: Terraform would destroy and create it",
                "major",
                f"Ship a moved block for its instances: from {there}[...] to where they are now.",
            )
    for address in added:
        yield Change(address, "is a new resource", "minor")


def _lost(address: str, there: str, added: list[str]) -> Change:
    """A resource that is gone; one that came instead is no longer in `added` afterwards."""
    type_name, _, name = address.partition(".")
    same_type = {candidate.partition(".")[2]: candidate for candidate in added if candidate.split(".")[0] == type_name}
    guess = nearest(name, same_type) or (next(iter(same_type)) if len(same_type) == 1 else None)
    if there != address:
        return Change(address, f"is moved to {there}, which does not exist", "major", "Move it to where it is now.")
    if guess is None:
        return Change(address, "is gone: Terraform would destroy it", "major", "Keep it.")
    renamed = same_type[guess]
    added.remove(renamed)
    return Change(
        address,
        f"is gone and {renamed} is new, without a moved block: Terraform would destroy the one and create the other",
        "major",
        f"Ship a moved block from {address} to {renamed}, or keep the name.",
    )


def _moved_to(address: str, moved: Mapping[str, str]) -> str:
    seen = {address}
    while address in moved and moved[address] not in seen:
        address = moved[address]
        seen.add(address)
    return address


def _instances_moved(address: str, moved: Mapping[str, str]) -> bool:
    return any(f"{place}".startswith(f"{address}[") for move in moved.items() for place in move)


def _repeated(word: str) -> str:
    return "nothing" if word == "one" else word


def _requirements(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for name, wanted in new.items():
        path = name if name == "terraform" else f"provider.{name}"
        if name not in old:
            yield Change(path, f"is newly needed: {wanted}", "major", "Callers without it must configure it.")
        elif old[name] != wanted:
            bump: Bump = "major" if _tighter(old[name], wanted) else "minor"
            cure = "Keep accepting the versions that were accepted." if bump == "major" else ""
            yield Change(path, f"needs now {wanted}, was {old[name]}", bump, cure)
    for name in old:
        if name not in new:
            yield Change(f"provider.{name}", "is no longer needed", "minor")


def _tighter(old: str, new: str) -> bool:
    """Whether a version constraint leaves out what it had; what is not a plain `>= a, < b` counts as if it did."""
    before, after = _bounds(old), _bounds(new)
    if before is None or after is None or before[0] != after[0]:
        return True
    lower = after[1] > before[1]
    upper = after[2] is not None and (before[2] is None or after[2] < before[2])
    return lower or upper


def _bounds(requirement: str) -> tuple[str, tuple[int, ...], tuple[int, ...] | None] | None:
    source, space, constraint = requirement.rpartition(" >=")
    found = {}
    for part in f"{space}{constraint}".split(","):
        match = _BOUND.fullmatch(part.strip())
        if match is None:
            return None
        found[match[1]] = tuple(int(number) for number in match[2].split("."))
    return (source, found[">="], found.get("<")) if ">=" in found else None


def _shown(value: Any) -> str:
    return as_json(value)


def _several(values: list[Any]) -> str:
    return " and ".join(as_json(value) for value in values) if values else "nothing"


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
