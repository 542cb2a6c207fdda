"""Builds a module's class into the Terraform module that is called by stacks and published for plain HCL."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

from cdktf import App, TerraformStack
from constructs import Construct
from jsii._reference_map import register_reference
from pydantic import BaseModel, ConfigDict

from groundplan.bindings import PROVIDERS
from groundplan.problems import Line

from . import errors
from .hcl import hcl, unbraced
from .inputs import Outputs
from .lines import recorded_lines
from .module import Module
from .places import path_of
from .reading import questions_refused
from .references import reference
from .shapes import ObjectOf
from .variables import variables

__all__ = ["TERRAFORM_VERSION", "Definition", "define", "terraform_json"]

TERRAFORM_VERSION = ">= 1.9.0"
"""Since 1.9 a variable's validation may look at other variables."""

_WRITE_ONLY_VERSION = ">= 1.11.0"


class Definition(BaseModel):
    """A built module: what a composition and a publisher need to know of it beside its files.

    `lines` maps addresses inside the module to the statements that made them; `owned` maps a pass-through input to the
    chart whose values it reaches and the paths of them that the module keeps; `providers` are the ones it needs, and
    `terraform_version` the versions of Terraform that read it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    family: str
    terraform_version: str
    providers: tuple[str, ...]
    lines: dict[str, Line]
    owned: dict[str, dict[str, Any]]


class _ModuleStack(TerraformStack):
    """Where a module is built: names its resources by the last parts of their construct paths."""

    def _allocate_logical_id(self, element: Any) -> str:
        parts = [part for part in path_of(element).split("/")[1:] if part != "Default"]
        # `_policy/backups` is a helper's second resource: another type, the same name in its address
        own = [part.partition("--")[2] if part.startswith("_") else part for part in parts]
        return "_".join(part for part in own if part) or "this"


def define(kind: type[Module[Any, Any]], folder: Path, *, project: Path) -> Definition:
    """Writes the Terraform module of `kind` into `folder`, and tells what it is.

    Raises InputInspected when `build` asks an input for its value, TypeError when its outputs differ from its
    declaration or two resources of one type have one name.
    """
    with tempfile.TemporaryDirectory() as scratch:
        stack = _ModuleStack(App(outdir=scratch, skip_validation=True), kind.name)
        module = _new(kind, stack)
        given = reference(ObjectOf(declaration=kind.inputs_type), "var")
        folders = (project / "modules", kind.folder())
        with recorded_lines(project / "modules", project) as lines, questions_refused(*folders):
            made = module.build(given)
        _add_outputs(kind, stack, made)
        document = _document(kind, module, stack.to_terraform())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "main.tf.json").write_text(terraform_json(document), encoding="utf-8")
    for path, content in sorted(module._shipped.items()):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return Definition(
        name=kind.name,
        family=kind.family,
        terraform_version=document["terraform"]["required_version"],
        providers=tuple(sorted(document["terraform"]["required_providers"])),
        lines=dict(sorted(lines.items())),
        owned=module._owned,
    )


def terraform_json(document: dict[str, Any]) -> str:
    """Terraform JSON as it is written everywhere: in the order of its making, readable, one newline at the end."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _new(kind: type[Module[Any, Any]], stack: TerraformStack) -> Module[Any, Any]:
    module = kind.__new__(kind)
    Construct.__init__(module, stack, "Default")
    # as jsii's metaclass does for what is made by calling its class
    register_reference(module)
    module._shipped, module._validations, module._owned, module._made_once = {}, [], {}, set()
    return module


def _add_outputs(kind: type[Module[Any, Any]], stack: TerraformStack, made: Outputs) -> None:
    declared = {field.name: field for field in kind.outputs_type.fields()}
    given = made.given()
    if set(given) != set(declared):
        raise errors.outputs_differ(kind.__name__, set(declared) - set(given), set(given) - set(declared))
    blocks = {}
    for name, field in declared.items():
        value = given[name]
        blocks[name] = {
            "value": value if isinstance(value, str) else f"${{{hcl(value)}}}",
            "description": f"{field.sentence[:1].upper()}{field.sentence[1:]}.",
            **({"sensitive": True} if field.sensitive else {}),
        }
    # at once: each of them as a construct takes as long as a resource
    stack.add_override("output", blocks)


def _document(kind: type[Module[Any, Any]], module: Module[Any, Any], built: dict[str, Any]) -> dict[str, Any]:
    resources = _resources(built.get("resource", {}))
    data = _resources(built.get("data", {}))
    needed = sorted({type_name.split("_")[0] for type_name in (*resources, *data)})
    document: dict[str, Any] = {
        "terraform": {
            "required_version": _terraform_version(resources),
            "required_providers": {
                name: {"source": PROVIDERS[name].source, "version": PROVIDERS[name].versions} for name in needed
            },
        },
        "variable": variables(kind.inputs_type),
        "locals": _settled(built.get("locals"), "local"),
        "data": data,
        "resource": resources,
        "moved": [{"from": old, "to": new} for old, new in sorted(type(module).moved.items())],
        "output": {name: _settled(block, f"output.{name}") for name, block in built.get("output", {}).items()},
    }
    for validation in module._validations:
        block = document["variable"][validation.setting]
        block.setdefault("validation", []).append(
            {"condition": validation.condition, "error_message": validation.message}
        )
    return {name: block for name, block in document.items() if block}


def _terraform_version(resources: dict[str, Any]) -> str:
    """The versions that read these resources.

    Arguments that are written and never kept came with 1.11, which every provider marks by their names' end:
    https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only
    """
    blocks = [block for named in resources.values() for block in named.values()]
    return _WRITE_ONLY_VERSION if any(name.endswith("_wo") for block in blocks for name in block) else TERRAFORM_VERSION


def _resources(blocks: dict[str, Any]) -> dict[str, Any]:
    """Resources by type and name, each beginning with how often it is there."""
    return {
        kind: {
            name: {word: settled[word] for word in ("count", "for_each") if word in settled} | settled
            for name, block in named.items()
            for settled in [_settled(block, f"{kind}.{name}")]
        }
        for kind, named in blocks.items()
    }


# cdktf hides a reference to a number in a float of some three hundred digits, and misses it right after a hyphen
_HIDDEN_NUMBER = re.compile(r"\d{250}|\d\.\d+e\+29\d")


def _settled(block: Any, address: str) -> Any:
    """A block as Terraform reads it: without cdktf's notes, and with its tokens as expressions want them."""
    if isinstance(block, dict):
        return {name: _settled(item, address) for name, item in block.items() if name != "//"}
    if isinstance(block, list):
        return [_settled(item, address) for item in block]
    if isinstance(block, str):
        if _HIDDEN_NUMBER.search(block):
            raise errors.number_in_digits(address)
        return unbraced(block)
    return block
