"""Modules: a Terraform module written as a Python class.

    class Velero(Module[VeleroInputs, VeleroOutputs]):
        \"\"\"Backs up a cluster's objects and volumes to S3, and restores them.\"\"\"

        def build(self, given: VeleroInputs) -> VeleroOutputs: ...

`define` runs `build` once, with references in place of values, and gives the Terraform module. In a composition the
same class is a module call: `Velero(stack, "velero", VeleroInputs(...)).outputs.bucket_arn`.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar, cast

from cdktf import TerraformStack
from constructs import Construct
from jsii._runtime import JSIIMeta

from . import errors
from .hcl import expression_of
from .inputs import Inputs, Outputs
from .references import AnyReference

__all__ = ["Module", "ModuleCaller", "Validation", "part_id"]

In = TypeVar("In", bound=Inputs)
Out = TypeVar("Out", bound=Outputs)


_RESERVED = {"count", "depends_on", "for_each", "lifecycle", "locals", "providers", "source", "version"}
"""https://developer.hashicorp.com/terraform/language/block/variable"""


def part_id(part: str, name: str) -> str:
    """The id of one of several resources that go by one name: `part` keeps ids apart, and addresses have `name` alone.

    A bucket `backups` and its policy are `aws_s3_bucket.backups` and `aws_s3_bucket_policy.backups`:
    `S3BucketPolicy(self, part_id("policy", "backups"), ...)`.
    """
    return f"_{part}/{name}"


class ModuleCaller(TerraformStack):
    """A stack that modules can be called in."""

    def call_module(self, kind: type[Module[Any, Any]], name: str, inputs: Inputs) -> Outputs:
        """Adds the module call and gives the references to its outputs."""
        raise NotImplementedError(f"{type(self).__name__}.call_module")


class Validation(typing.NamedTuple):
    """A further validation of one of a module's variables, from what the module builds."""

    setting: str
    condition: str
    message: str


class _Kind(JSIIMeta):
    """The class of modules: to call one is to call a module, for which the jsii kernel needs to make nothing."""

    def __call__(self, *arguments: Any, **settings: Any) -> Any:
        return type.__call__(self, *arguments, **settings)


class Module(Construct, Generic[In, Out], metaclass=_Kind):
    """A Terraform module. Subclasses declare their inputs and outputs, and write `build`.

    It is a construct while it is built. In a composition it is a call that its stack says, and no construct.
    """

    inputs_type: ClassVar[type[Inputs]]
    outputs_type: ClassVar[type[Outputs]]
    family: ClassVar[str]
    name: ClassVar[str]
    """The module's own name: its folder's, and the service's."""

    moved: ClassVar[Mapping[str, str]] = {}
    """Addresses of earlier versions, and what they are called now: `{"aws_kms_key.backup": "aws_kms_key.backups"}`."""

    notice: ClassVar[str] = ""
    """What whoever calls the module should hear at each synth, such as that AWS ends what it is about."""

    outputs: Out
    """In a composition: references to what the called module tells."""

    def __init_subclass__(cls, **settings: Any) -> None:
        super().__init_subclass__(**settings)
        for base in getattr(cls, "__orig_bases__", ()):
            if typing.get_origin(base) is Module:
                cls.inputs_type, cls.outputs_type = typing.get_args(base)
                break
        else:
            raise errors.module_without_declaration(cls.__name__)
        for name in cls.inputs_type.names():
            if name in _RESERVED:
                raise errors.name_is_terraforms(cls.inputs_type.__name__, name)
        parts = cls.__module__.split(".")
        cls.family, cls.name = (parts[-3], parts[-2]) if len(parts) > 2 else (parts[-1], cls.__name__.lower())

    def __init__(self, stack: ModuleCaller, name: str, inputs: In) -> None:
        # no construct is begun: `define` does so for what it builds
        self.outputs = cast(Out, stack.call_module(type(self), name, inputs))

    def build(self, given: In) -> Out:
        """Makes the module's resources. `given` holds references: Terraform fills in the values later."""
        raise NotImplementedError(f"{type(self).__name__}.build")

    @classmethod
    def sentence(cls) -> str:
        """The first paragraph of the docstring, in one line."""
        return " ".join((cls.__doc__ or "").strip().split("\n\n")[0].split())

    @classmethod
    def folder(cls) -> Path:
        """Where the module's Python stands; its files/ are next to it."""
        import sys

        return Path(cast(str, sys.modules[cls.__module__].__file__)).parent

    @classmethod
    def project(cls) -> Path:
        """The folder that the module's package is named from: that of modules/."""
        return [cls.folder(), *cls.folder().parents][cls.__module__.count(".")]

    # What a module being built collects beside its resources.

    _shipped: dict[str, bytes]
    _validations: list[Validation]
    _owned: dict[str, dict[str, Any]]
    _made_once: set[str]

    def is_first(self, part: str) -> bool:
        """Whether nobody has asked this of `part` yet, which the module has once, whoever needs it."""
        first = part not in self._made_once
        self._made_once.add(part)
        return first

    def ship(self, path: str, content: bytes) -> str:
        """Puts a file into the Terraform module, and gives the expression of its path there."""
        self._shipped[path] = content
        return f"${{path.module}}/{path}"

    def shipped_text(self, path: str) -> str:
        """A text file of the module's files/, put into the Terraform module; gives the expression of its content."""
        where = self.ship(f"files/{path}", (self.folder() / "files" / path).read_bytes())
        return f'${{file("{where}")}}'

    def validate(self, setting: str, *, condition: str, message: str) -> None:
        """Adds a validation to a variable, once: `condition` is a Terraform expression, `message` a template."""
        asked = Validation(setting, condition, message)
        if asked not in self._validations:
            self._validations.append(asked)

    def own(self, setting: AnyReference, *, chart: str, paths: Any, instead: dict[str, str]) -> None:
        """Notes which of a chart's value paths the module keeps for itself, against what `setting` may bring."""
        self._owned[expression_of(setting).removeprefix("var.")] = {"chart": chart, "paths": paths, "instead": instead}
