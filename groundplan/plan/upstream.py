"""What a stack reads of another one: the other's planned outputs, with stand-ins where nobody can know yet.

The stand-ins live in a state file inside a temporary working copy, and nowhere else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .schema import Block, CtyType
from .server import Maker, Place

__all__ = ["MARKER", "Output", "outputs_of_plan", "outputs_of_state", "state_file", "unplanned_outputs"]

MARKER = "groundplan-unknown"
# where only capitals may stand, as in the id of a hosted zone
_CAPITAL_MARKER = "GROUNDPLANUNKNOWN"
_LISTS = ("_ids", "_arns", "_zones", "_names", "_subnets", "_cidrs", "_cidr_blocks")


@dataclass(frozen=True)
class Output:
    """One output: `placeholder` when any part of the value is made up."""

    value: Any
    type: CtyType
    sensitive: bool = False
    placeholder: bool = False


def outputs_of_plan(plan: Mapping[str, Any], resources: Mapping[str, Block], place: Place) -> dict[str, Output]:
    """A planned stack's outputs. `resources` are schemas by type, to know what an unknown output will be."""
    known = plan.get("planned_values", {}).get("outputs", {})
    root = plan.get("configuration", {}).get("root_module", {})
    found = {}
    for name, change in sorted(plan.get("output_changes", {}).items()):
        if change["actions"] == ["delete"]:
            continue
        sensitive = change.get("after_sensitive") is not False and bool(change.get("after_sensitive"))
        unknown = change.get("after_unknown")
        if not _any(unknown):
            cty = known.get(name, {}).get("type") or _type_of(change.get("after"))
            found[name] = Output(change.get("after"), cty, sensitive)
            continue
        type_name, cty, path = _origin(root, f"output.{name}", resources)
        maker = Maker(type_name, name, place, {}, marker=f"{MARKER}-{name.replace('_', '-')}")
        value = _filled(change.get("after"), unknown, maker, cty, path or (name.removesuffix("s"),))
        found[name] = Output(value, _type_of(value), sensitive, placeholder=True)
    return found


def outputs_of_state(state: Mapping[str, Any]) -> dict[str, Output]:
    """The outputs of an applied stack."""
    return {
        name: Output(output["value"], output["type"], bool(output.get("sensitive")))
        for name, output in sorted(state.get("outputs", {}).items())
    }


def unplanned_outputs(names: tuple[str, ...], place: Place) -> dict[str, Output]:
    """Stand-ins for the outputs of a state that belongs to nobody in this project; all that is known is their names."""
    found = {}
    for name in names:
        maker = Maker("", name, place, {}, marker=f"{MARKER}-{name.replace('_', '-')}")
        text = _marked(maker, (name,))
        value = [text] if name.endswith(_LISTS) else text
        found[name] = Output(value, _type_of(value), placeholder=True)
    return found


def state_file(outputs: Mapping[str, Output]) -> str:
    """A state that has these outputs and nothing else. Equal outputs give equal text."""
    written = {
        name: {"value": output.value, "type": output.type} | ({"sensitive": True} if output.sensitive else {})
        for name, output in outputs.items()
    }
    state = {
        "version": 4,
        "terraform_version": "1.11.0",
        "serial": 1,
        "lineage": MARKER,
        "outputs": written,
        "resources": [],
    }
    return json.dumps(state, sort_keys=True, indent=1)


def _origin(
    root: Mapping[str, Any], reference: str, resources: Mapping[str, Block]
) -> tuple[str, CtyType, tuple[str, ...]]:
    """Follows an output to the resource attribute that it gives: its resource type, its type and its path.

    Where it ends in an expression, the name that the innermost module has for it is all that tells what it is.
    """
    module, wanted = root, reference.split(".")[1]
    for _depth in range(16):
        expression = module.get("outputs", {}).get(wanted, {}).get("expression", {})
        references = expression.get("references", [])
        if not references:
            return "", None, (wanted.removesuffix("s"),)
        # the condition of an expression comes first, and is no part of what it gives
        leading = (each for each in references if each.split(".")[0] in ("module", *resources))
        parts = next(leading, references[0]).split(".")
        if parts[0] == "module" and len(parts) >= 3:
            module = module.get("module_calls", {}).get(parts[1].split("[")[0], {}).get("module", {})
            wanted = parts[2].split("[")[0]
            continue
        if parts[0] in resources and len(parts) == 2:
            return parts[0], None, _ending(resources[parts[0]], wanted)
        if parts[0] in resources and len(parts) >= 3:
            attribute = parts[2].split("[")[0]
            schema = resources[parts[0]].attributes.get(attribute)
            plain = len(parts) == 3 and len({each for each in references if each.count(".") >= 2}) == 1
            cty = schema.cty() if schema is not None and plain and "[" not in parts[2] else None
            return parts[0], cty, tuple(part.split("[")[0] for part in parts[2:])
        return "", None, (wanted.removesuffix("s"),)
    return "", None, ()


def _ending(block: Block, wanted: str) -> tuple[str, ...]:
    """Of all instances at once (`[*]`) no attribute is told: the only one whose name ends as that of the output."""
    ending = wanted.removesuffix("s").rpartition("_")[2]
    fitting = [name for name in block.attributes if name.rpartition("_")[2] == ending]
    return (fitting[0],) if len(fitting) == 1 else ()


def _filled(value: Any, unknown: Any, maker: Maker, cty: CtyType, path: tuple[str, ...]) -> Any:
    if unknown is True:
        made = maker.value(cty, path) if cty not in (None, "string", "dynamic") else _marked(maker, path)
        return _marked_all(made, maker, path)
    if isinstance(unknown, dict):
        given = value if isinstance(value, dict) else {}
        keys = sorted({*given, *unknown})
        return {
            key: _filled(
                given.get(key),
                unknown.get(key),
                # entries of a map differ, and so must what stands for them
                replace(maker, marker=f"{maker.marker}-{key}"),
                None,
                (key,) if maker.shaped(key) else path,
            )
            for key in keys
        }
    if isinstance(unknown, list):
        items = value if isinstance(value, list) else []
        count = max(len(items), len(unknown))
        return [
            _filled(
                items[index] if index < len(items) else None,
                unknown[index] if index < len(unknown) else None,
                maker,
                None,
                path,
            )
            for index in range(count)
        ]
    return value


def _marked(maker: Maker, path: tuple[str, ...]) -> str:
    """A text of the right shape that says what it is."""
    # An output named bucket_arn of module "x" is shaped by the resource's own attribute where that is known.
    if path[-1].endswith("zone_id"):
        return f"Z{_CAPITAL_MARKER}{hashlib.sha256(maker.marker.encode()).hexdigest()[:8].upper()}"
    text = maker.text(path[-1:] if maker.type_name else path)
    return text if _is_marked(text) else maker.marker


def _is_marked(text: str) -> bool:
    return MARKER in text or _CAPITAL_MARKER in text


def _marked_all(value: Any, maker: Maker, path: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {key: _marked_all(item, maker, path) for key, item in value.items()}
    if isinstance(value, list):
        return [_marked_all(item, maker, path) for item in value]
    if isinstance(value, str) and not _is_marked(value):
        return maker.marker
    return value


def _any(unknown: Any) -> bool:
    if isinstance(unknown, dict):
        return any(_any(item) for item in unknown.values())
    if isinstance(unknown, list):
        return any(_any(item) for item in unknown)
    return bool(unknown)


def _type_of(value: Any) -> CtyType:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, dict):
        return ["object", {key: _type_of(item) for key, item in sorted(value.items())}]
    if isinstance(value, list):
        return ["tuple", [_type_of(item) for item in value]]
    return "dynamic"
