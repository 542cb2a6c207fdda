"""What a provider answers when Terraform asks what would change, and what came of it.

A planned value differs from the configured one only where the provider owns it: a computed attribute that nobody set,
and one with a default, which is planned wherever the configuration has nothing. Everything else stays as configured,
null included. https://developer.hashicorp.com/terraform/plugin/framework/resources/plan-modification and
https://developer.hashicorp.com/terraform/plugin/sdkv2/schemas/schema-behaviors#default
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeAlias

from groundplan.values import UNKNOWN, ConfigProblem

from ..cty import Dynamic, dynamic, encode, unknown
from ..schema import Attribute, Block, NestedBlock

__all__ = ["config_problems", "fill_unknown", "plan_change", "replaced_paths", "upgraded", "with_defaults"]

Fill: TypeAlias = Callable[[Attribute, tuple[str, ...]], Any]
Forces: TypeAlias = Callable[[Attribute | NestedBlock], bool]
Change: TypeAlias = Callable[[Attribute, Any, tuple[str, ...]], Any]


def plan_change(block: Block, prior: Any, proposed: Any, config: Any, *, settings: dict[str, Any]) -> Any:
    """The planned state of a resource: `proposed` with what the provider owns made unknown.

    `settings` is what the provider's own configuration decides: `region`, and `default_tags`, a map. `prior` is None
    for a resource that does not exist yet.
    """
    if proposed is None or unknown(proposed):
        return proposed
    planned = with_defaults(block, dict(_without_write_only(block, proposed)), config)
    if block.has_defaults and isinstance(prior, dict):
        planned = _recognized(block, prior, planned)
    _provider_owned(block, prior, planned, config, settings)
    if prior is not None and (planned == prior or _ordered(block, planned) == _ordered(block, prior)):
        return prior
    return _each_attribute(block, planned, (), _unknown_if_unset)


def with_defaults(block: Block, planned: Any, config: Any) -> Any:
    """`planned` with the provider's defaults, in every block that is there, where `config` has nothing."""
    if not isinstance(planned, dict) or not block.has_defaults:
        return planned
    given = config if isinstance(config, dict) else {}
    changed = dict(planned)
    for name, attribute in block.attributes.items():
        if attribute.default is not None and given.get(name) is None:
            changed[name] = attribute.default
        elif attribute.member_defaults and isinstance(changed[name], list):
            changed[name] = [_with_member_defaults(attribute.member_defaults, item) for item in changed[name]]
    for name, nested in block.blocks.items():
        inner, own = changed[name], given.get(name) or []
        if isinstance(inner, list) and nested.block.has_defaults:
            # the members of a set have no place: what is there in the plan was configured so, but for what is null
            paired = nested.nesting == "list" and isinstance(own, list) and len(own) == len(inner)
            changed[name] = [
                with_defaults(nested.block, item, mine)
                for item, mine in zip(inner, own if paired else inner, strict=True)
            ]
    return changed


def _recognized(block: Block, prior: Any, planned: Any) -> Any:
    """`planned` with the members of sets that were there before: the core tells them apart by their defaults."""
    changed = dict(planned)
    for name, nested in block.blocks.items():
        before, after = prior.get(name), planned.get(name)
        if not isinstance(before, list) or not isinstance(after, list) or not nested.block.has_defaults:
            continue
        if nested.nesting == "set":
            changed[name] = [next((old for old in before if _fits(nested.block, old, item)), item) for item in after]
        else:
            pairs = zip(before, after, strict=False)
            changed[name] = [_recognized(nested.block, *pair) for pair in pairs] + after[len(before) :]
    return changed


def _fits(block: Block, before: Any, after: Any) -> bool:
    """Whether `after` is `before` but for what the provider decides and the plan has not taken over."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return bool(before == after)
    for name, attribute in block.attributes.items():
        if after.get(name) != before.get(name) and not (after.get(name) is None and attribute.computed):
            return False
    for name, nested in block.blocks.items():
        old, new = before.get(name) or [], after.get(name) or []
        if not isinstance(old, list) or not isinstance(new, list) or len(old) != len(new):
            if old != new:
                return False
            continue
        if not all(_fits(nested.block, *pair) for pair in zip(old, new, strict=True)):
            return False
    return True


def _with_member_defaults(defaults: dict[str, Any], item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    return item | {name: value for name, value in defaults.items() if item.get(name) is None}


def replaced_paths(block: Block, prior: Any, planned: Any, config: Any, forces: Forces) -> list[tuple[str | int, ...]]:
    """Where an update changes what `forces` a replacement; empty for a creation or a deletion.

    A path ends at the first set in it, whose members have no place, and at a block that came or went.
    """
    if not isinstance(prior, dict) or not isinstance(planned, dict):
        return []
    given = config if isinstance(config, dict) else {}
    found: list[tuple[str | int, ...]] = []
    for name, attribute in block.attributes.items():
        before, after = prior.get(name), planned.get(name)
        # What nobody configured is the provider's to keep, even where this plan does not know its value.
        kept = unknown(after) and given.get(name) is None and attribute.computed
        if forces(attribute) and before != after and not kept:
            found.append((name,))
    for name, nested in block.blocks.items():
        before, after, own = prior.get(name), planned.get(name), given.get(name)
        if before == after:
            continue
        if not isinstance(before, list) or not isinstance(after, list):
            if forces(nested):
                found.append((name,))
            elif nested.nesting == "single":
                found += [(name, *rest) for rest in replaced_paths(nested.block, before, after, own, forces)]
            continue
        if nested.nesting == "set":
            came = [item for item in after if item not in before]
            gone = [item for item in before if item not in after]
        else:
            came, gone = after[len(before) :], before[len(after) :]
            for index, (old, new) in enumerate(zip(before, after, strict=False)):
                mine = own[index] if isinstance(own, list) and index < len(own) else None
                inside = replaced_paths(nested.block, old, new, mine, forces)
                found += [(name, index, *rest) for rest in inside]
        if (forces(nested) and len(before) != len(after)) or any(
            _holds_forcing(nested.block, item, forces) for item in (*came, *gone)
        ):
            found.append((name,))
    return found


def _holds_forcing(block: Block, value: Any, forces: Forces) -> bool:
    """Whether a block that came or went has something in it whose change replaces the resource."""
    if not isinstance(value, dict):
        return False
    if any(forces(each) and value.get(name) is not None for name, each in block.attributes.items()):
        return True
    for name, nested in block.blocks.items():
        inner = value.get(name)
        if not isinstance(inner, list) or not inner:
            continue
        if forces(nested) or any(_holds_forcing(nested.block, item, forces) for item in inner):
            return True
    return False


def _ordered(block: Block, value: Any) -> Any:
    """`value` with the members of each set of blocks in one order, whatever order they travelled in."""
    if not isinstance(value, dict):
        return value
    ordered = dict(value)
    for name, nested in block.blocks.items():
        inner = ordered.get(name)
        if isinstance(inner, list):
            items = [_ordered(nested.block, item) for item in inner]
            ordered[name] = sorted(items, key=encode) if nested.nesting == "set" else items
    return ordered


def fill_unknown(block: Block, planned: Any, fill: Fill) -> Any:
    """The state after apply: `planned` with each unknown value replaced by `fill(attribute, path)`."""

    def known(attribute: Attribute, value: Any, path: tuple[str, ...]) -> Any:
        if unknown(value):
            return fill(attribute, path)
        return _fill_inside(value, path, lambda inner: fill(Attribute("string"), inner))

    return None if planned is None else _each_attribute(block, planned, (), known)


def config_problems(block: Block, config: Any, path: tuple[str | int, ...] = ()) -> list[ConfigProblem]:
    """What Terraform's core leaves to every provider: null for what is required, a value for what is computed only."""
    found = []
    for name, attribute in block.attributes.items():
        value = config.get(name)
        if attribute.computed_only and value is not None:
            message = f"{name} is decided by the provider and cannot be configured"
            found.append(ConfigProblem((*path, name), message, "remove it; refer to it where its value is needed"))
        if attribute.required and value is None:
            found.append(ConfigProblem((*path, name), f"{name} is required, and it is null", "give it a value"))
        if attribute.nested is not None and value is not None:
            inside = Block(attribute.nested.attributes)
            found += _in_each(inside, value, (*path, name), attribute.nested.nesting == "map")
    for name, nested in block.blocks.items():
        found += _in_each(nested.block, config.get(name), (*path, name), nested.nesting == "map")
    return found


def _in_each(block: Block, value: Any, path: tuple[str | int, ...], keyed: bool) -> list[ConfigProblem]:
    if isinstance(value, list):
        items: Iterable[tuple[str | int, Any]] = enumerate(value)
    elif isinstance(value, dict) and keyed:
        items = value.items()
    else:
        return config_problems(block, value, path) if isinstance(value, dict) else []
    return [
        each for step, item in items if isinstance(item, dict) for each in config_problems(block, item, (*path, step))
    ]


def upgraded(block: Block, state: Any) -> Any:
    """A state as JSON holds it, in the schema's shape of now: what is new is null, what is gone is dropped."""
    if not isinstance(state, dict):
        return state
    value = {name: _upgraded_value(attribute.cty(), state.get(name)) for name, attribute in block.attributes.items()}
    for name, nested in block.blocks.items():
        given = state.get(name)
        if isinstance(given, dict) and set(given) == {"type", "value"}:
            value[name] = _typed(given)
        elif isinstance(given, list):
            value[name] = [upgraded(nested.block, item) for item in given]
        elif isinstance(given, dict) and nested.nesting == "map":
            value[name] = {key: upgraded(nested.block, item) for key, item in given.items()}
        elif given is None:
            value[name] = {"list": [], "set": [], "map": {}}.get(nested.nesting)
        else:
            value[name] = upgraded(nested.block, given)
    return value


def _typed(value: Any) -> Dynamic:
    """A dynamic value, which stands beside its type in a state file."""
    if isinstance(value, dict) and set(value) == {"type", "value"}:
        return Dynamic(json.dumps(value["type"], separators=(",", ":")).encode(), value["value"])
    return dynamic(value)


def _upgraded_value(cty: Any, value: Any) -> Any:
    if value is None:
        return None
    if cty == "dynamic":
        return _typed(value)
    if isinstance(cty, list) and cty[0] == "object" and isinstance(value, dict):
        return {name: _upgraded_value(member, value.get(name)) for name, member in cty[1].items()}
    if isinstance(cty, list) and cty[0] == "map" and isinstance(value, dict):
        return {key: _upgraded_value(cty[1], item) for key, item in value.items()}
    if isinstance(cty, list) and isinstance(value, list):
        return [_upgraded_value(cty[1], item) for item in value]
    return value


def _unknown_if_unset(attribute: Attribute, value: Any, _path: tuple[str, ...]) -> Any:
    return UNKNOWN if value is None and attribute.computed and not attribute.write_only else value


def _provider_owned(block: Block, prior: Any, planned: dict[str, Any], config: Any, settings: dict[str, Any]) -> None:
    before = prior if isinstance(prior, dict) else {}
    if "region" in settings and "region" in block.attributes and config.get("region") is None:
        planned["region"] = settings["region"]
    if "default_tags" in settings and {"tags", "tags_all"} <= set(block.attributes) and config.get("tags_all") is None:
        own, default = planned.get("tags"), settings["default_tags"]
        if unknown(own) or unknown(default):
            planned["tags_all"] = UNKNOWN
        else:
            merged = {key: value for key, value in {**default, **(own or {})}.items() if value is not None}
            planned["tags_all"] = merged or ({} if before else UNKNOWN)


def _without_write_only(block: Block, value: dict[str, Any]) -> dict[str, Any]:
    cleared: dict[str, Any] = _each_attribute(
        block, value, (), lambda attribute, item, _path: None if attribute.write_only else item
    )
    return cleared


def _each_attribute(
    block: Block,
    value: Any,
    path: tuple[str, ...],
    change: Change,
) -> Any:
    """`value` with `change` applied to every attribute of every block and nested attribute in it."""
    if value is None or unknown(value):
        return value
    if isinstance(value, Dynamic):
        return Dynamic(value.type, _each_attribute(block, value.value, path, change))
    changed = dict(value)
    for name, attribute in block.attributes.items():
        changed[name] = _attribute(attribute, value.get(name), (*path, name), change)
    for name, nested in block.blocks.items():
        inner = value.get(name)
        where = (*path, name)
        changed[name] = _items(inner, partial(_inside, nested.block, where, change), nested.nesting == "map")
    return changed


def _inside(block: Block, path: tuple[str, ...], change: Change, value: Any) -> Any:
    return _each_attribute(block, value, path, change)


def _attribute(attribute: Attribute, value: Any, path: tuple[str, ...], change: Change) -> Any:
    value = change(attribute, value, path)
    if attribute.nested is None or value is None or unknown(value):
        return value
    inside = Block(attribute.nested.attributes)
    return _items(value, partial(_inside, inside, path, change), attribute.nested.nesting == "map")


def _items(value: Any, change: Callable[[Any], Any], keyed: bool) -> Any:
    if value is None or unknown(value):
        return value
    if isinstance(value, Dynamic):
        return Dynamic(value.type, _items(value.value, change, keyed))
    if isinstance(value, list):
        return [change(item) for item in value]
    if keyed and isinstance(value, dict):
        return {key: change(item) for key, item in value.items()}
    return change(value)


def _fill_inside(value: Any, path: tuple[str, ...], fill: Callable[[tuple[str, ...]], Any]) -> Any:
    if unknown(value):
        return fill(path)
    if isinstance(value, Dynamic):
        return Dynamic(value.type, _fill_inside(value.value, path, fill))
    if isinstance(value, dict):
        return {key: _fill_inside(item, (*path, str(key)), fill) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill_inside(item, path, fill) for item in value]
    return value
