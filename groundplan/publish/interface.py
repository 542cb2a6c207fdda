"""What a module promises to its callers, as it is locked in interfaces/<module>.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, ValidationError

from groundplan.framework.constraints import Constraint
from groundplan.framework.inputs import Declaration, Outputs, passes_through, plain
from groundplan.framework.module import Module
from groundplan.framework.shapes import Anything, Field, Flag, ListOf, MapOf, Number, ObjectOf, Shape
from groundplan.framework.terms import declaration_term

from . import errors
from .versions import UNRELEASED, Bump

__all__ = [
    "FOLDER",
    "About",
    "Interface",
    "Noted",
    "Release",
    "RuleRecord",
    "Setting",
    "Value",
    "interface_of",
    "read_lock",
]

FOLDER = "interfaces"
About: TypeAlias = Literal["input", "output", "resource", "version"]
"""What a change is a change of; `version` is that of Terraform or a provider."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleRecord(_Record):
    """A rule between several settings; `condition` is what Terraform asks, and what identifies it."""

    setting: str
    condition: str
    message: str


class Value(_Record):
    """What a value may be. `limits` are its constraints in JSON Schema's words, `names` those of a map's names."""

    type: str
    nullable: bool = False
    limits: tuple[dict[str, Any], ...] = ()
    names: tuple[dict[str, Any], ...] = ()
    item: Value | None = None
    fields: dict[str, Setting] | None = None
    rules: tuple[RuleRecord, ...] = ()


class Setting(Value):
    """A variable, an output, or a part of an object. Neither required nor with a default: null when left out."""

    required: bool = False
    default: Any = None
    sensitive: bool = False


class Noted(_Record):
    """A change that the next release carries."""

    bump: Bump
    about: About
    change: str


class Release(_Record):
    """A version that was released, what it changed, and the one before; the first has none before."""

    version: str
    since: str = ""
    changes: tuple[Noted, ...] = ()


class Interface(_Record):
    """A module's promises, what changed in them since its last release, and its releases from the newest.

    `resources` maps each address to how often it is there: `one`, `count` or `for_each`; `moved` maps addresses of
    earlier versions to those of now.
    """

    module: str
    family: str
    released: str = UNRELEASED
    changes: tuple[Noted, ...] = ()
    releases: tuple[Release, ...] = ()
    terraform: str
    providers: dict[str, str]
    variables: dict[str, Setting]
    rules: tuple[RuleRecord, ...] = ()
    outputs: dict[str, Setting]
    resources: dict[str, str]
    moved: dict[str, str] = {}

    def promises(self) -> Interface:
        """The same without its history."""
        return self.model_copy(update={"released": UNRELEASED, "changes": (), "releases": ()})

    def text(self) -> str:
        """The lock file: sorted, so that a diff of two shows what changed and nothing else."""
        known = {"module": self.module, "family": self.family, "released": self.released}
        shown = known | self.model_dump(mode="json", exclude_defaults=True)
        return json.dumps(shown, indent=2, ensure_ascii=False) + "\n"


def read_lock(project: Path, module: str) -> Interface | None:
    """The committed interface of a module, None when there is none yet. BadInput when the file is something else."""
    path = project / FOLDER / f"{module}.json"
    try:
        return Interface.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise errors.not_a_lock(
            f"{FOLDER}/{module}.json", f"{where}: {first['msg']}" if where else first["msg"]
        ) from None


def interface_of(kind: type[Module[Any, Any]], document: Mapping[str, Any]) -> Interface:
    """What a module promises now; `document` is its Terraform JSON."""
    terraform = document["terraform"]
    return Interface(
        module=kind.name,
        family=kind.family,
        terraform=terraform["required_version"],
        providers={
            name: f"{entry['source']} {entry['version']}"
            for name, entry in sorted(terraform.get("required_providers", {}).items())
        },
        variables=_settings(kind.inputs_type),
        rules=_rules(kind.inputs_type, "var"),
        outputs=_settings(kind.outputs_type),
        resources={
            f"{type_name}.{name}": next((word for word in ("count", "for_each") if word in block), "one")
            for type_name, named in sorted(document.get("resource", {}).items())
            for name, block in sorted(named.items())
        },
        moved={block["from"]: block["to"] for block in document.get("moved", ())},
    )


def _settings(declaration: type[Declaration]) -> dict[str, Setting]:
    told = issubclass(declaration, Outputs)
    return {field.name: _setting(field, told=told) for field in sorted(declaration.fields(), key=lambda f: f.name)}


def _setting(field: Field, *, told: bool) -> Setting:
    if passes_through(field):
        value: dict[str, Any] = {"type": "any", "nullable": field.shape.nullable}
    else:
        value = _parts(field.shape)
    if told:
        # what an output may be is its type: limits on it would promise nothing to anyone
        return Setting(**{**value, "limits": ()}, sensitive=field.sensitive)
    default = None if field.required else plain(field.default)
    return Setting(**value, required=field.required, default=default, sensitive=field.sensitive)


def _parts(shape: Shape) -> dict[str, Any]:
    parts: dict[str, Any] = {"type": _type(shape), "nullable": shape.nullable, "limits": _limits(shape.constraints)}
    if isinstance(shape, ListOf):
        parts["item"] = Value(**_parts(shape.item))
    elif isinstance(shape, MapOf):
        parts["item"] = Value(**_parts(shape.item))
        parts["names"] = _limits(shape.key.constraints)
    elif isinstance(shape, ObjectOf):
        parts["fields"] = _settings(shape.declaration)
        parts["rules"] = _rules(shape.declaration, "value")
    return parts


def _type(shape: Shape) -> str:
    kinds: tuple[tuple[type[Shape], str], ...] = (
        (Anything, "any"),
        (Flag, "bool"),
        (Number, "number"),
        (ListOf, "list"),
        (MapOf, "map"),
        (ObjectOf, "object"),
    )
    return next((word for kind, word in kinds if isinstance(shape, kind)), "string")


def _limits(constraints: tuple[Constraint, ...]) -> tuple[dict[str, Any], ...]:
    return tuple(words for constraint in constraints if (words := constraint.json_schema()))


def _rules(declaration: type[Declaration], root: str) -> tuple[RuleRecord, ...]:
    return tuple(
        RuleRecord(
            setting=rule.setting, condition=rule.term(declaration_term(root, None)).__expression__, message=rule.message
        )
        for rule in declaration.rules
    )
