"""Module calls of a stack: what is said of each in Terraform's words, and the references to its outputs."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from cdktf import TerraformHclModule, TerraformStack

from groundplan.bindings import unanswered
from groundplan.framework.hcl import expression_of, hcl
from groundplan.framework.module import Module
from groundplan.framework.references import Reference, TextReference, is_opaque
from groundplan.framework.shapes import Field, MapOf

from . import errors

__all__ = ["CalledOutputs", "ModuleCall"]

_UNNAMED = "a token without a name"
_TOKENS = re.compile(r"TfToken\[[^\]]*\]")


class ModuleCall:
    """The call `module.<name>` of a stack.

    It is a construct of cdktf's only where cdktf has something to find: an output that another stack may take, or a
    value that another stack may have given. All others of a stack are said at once, since each construct takes
    several requests to the jsii kernel.
    """

    def __init__(self, stack: TerraformStack, name: str, source: str, values: dict[str, Any]) -> None:
        self.name = name
        self.tokens: dict[str, str] = {}
        """Of the outputs that were asked for."""
        self.values: dict[str, Any] = _literal(values)
        self.held = _tokens(self.values)
        """The tokens in its values."""
        self._stack = stack
        self._source = source
        self._construct: TerraformHclModule | None = None

    @property
    def is_construct(self) -> bool:
        """Whether cdktf knows it."""
        return self._construct is not None

    @property
    def block(self) -> dict[str, Any]:
        """The call in Terraform's words."""
        return {"source": self._source, **self.values}

    def token(self, output: str) -> str:
        """A token knows the stack it comes from: in another stack cdktf makes a remote state of it. One is enough."""
        if output not in self.tokens:
            self.tokens[output] = self.construct().get_string(output)
        return self.tokens[output]

    def construct(self) -> TerraformHclModule:
        """The call as cdktf knows it, which is asked for it now if it does not yet."""
        if self._construct is None:
            self._construct = TerraformHclModule(
                self._stack,
                # apart from the ids of the stack's other constructs
                f"module.{self.name}",
                source=self._source,
                variables=self.values,
                skip_asset_creation_from_local_modules=True,
            )
            with unanswered():
                self._construct.override_logical_id(self.name)
        return self._construct


def said_at_once(calls: Collection[ModuleCall]) -> dict[str, dict[str, Any]]:
    """The calls of a stack in Terraform's words, but for those that are constructs or have to be.

    Which is a call with a value that another stack may have given, and that no construct here has yet: what cdktf has
    found in one of them, it fills in everywhere.
    """
    known = {name for call in calls for token in call.tokens.values() for name in _TOKENS.findall(token)}
    for call in calls:
        if call.is_construct:
            known |= call.held
    blocks = {}
    for call in calls:
        if call.is_construct:
            continue
        if call.held <= known - {_UNNAMED}:
            blocks[call.name] = call.block
        else:
            call.construct()
            known |= call.held
    return blocks


def _tokens(value: Any) -> set[str]:
    """The names of the tokens in `value`; `_UNNAMED` for anything else that only cdktf can tell."""
    if isinstance(value, str):
        return set(_TOKENS.findall(value))
    if type(value) is dict:
        return set().union(*(_tokens(each) for each in (*value, *value.values())))
    if type(value) is list:
        return set().union(*map(_tokens, value))
    return {_UNNAMED} if is_opaque(value) else set()


class MapOutput(TextReference):
    """An output that is a map: `[name]` refers to one entry of it."""

    __hash__ = TextReference.__hash__

    def __getitem__(self, name: Any) -> TextReference:
        entry = f"{expression_of(self)}[{hcl(name)}]"
        made = TextReference.of_token(f"${{{entry}}}")
        made._expression = entry
        return made


class CalledOutputs:
    """The outputs of a called module, as references."""

    def __init__(self, kind: type[Module[Any, Any]], call: ModuleCall | None, call_name: str) -> None:
        self._kind = kind
        self._call = call
        self._call_name = call_name

    def __getattr__(self, name: str) -> Reference:
        shape = self._declared(name).shape
        token = self._call.token(name) if self._call else "${null}"
        return MapOutput.of_token(token) if isinstance(shape, MapOf) else TextReference.of_token(token)

    def _declared(self, name: str) -> Field:
        declared = {field.name: field for field in self._kind.outputs_type.fields()}
        if name not in declared:
            raise errors.unknown_output(self._kind.__name__, name, declared)
        return declared[name]


def _literal(value: Any) -> Any:
    """A composition's value as it goes into a module call: `${` in a setting means itself."""
    if isinstance(value, Reference):
        return value
    if isinstance(value, str):
        return value if "${TfToken[" in value else value.replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, dict):
        return {key: _literal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_literal(item) for item in value]
    return value
