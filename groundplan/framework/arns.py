"""Where settings hold ARNs: each with its path, and the service whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .constraints import Arn, as_json
from .inputs import Declaration
from .references import is_opaque
from .shapes import ListOf, MapOf, ObjectOf, Shape

__all__ = ["Written", "arns_of"]


@dataclass(frozen=True)
class Written:
    """An ARN that somebody wrote, in the form that its setting asks for.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """

    path: str
    arn: str

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn`, `aws-us-gov`, ..."""
        return self.arn.split(":")[1]

    @property
    def service(self) -> str:
        """`sns`, `kms`, ..."""
        return self.arn.split(":")[2]

    @property
    def region(self) -> str:
        """Empty where the service has none, as IAM."""
        return self.arn.split(":")[3]

    @property
    def account(self) -> str:
        """Empty where the service has none, as S3; `aws` for what is AWS's own."""
        return self.arn.split(":")[4]

    @property
    def resource(self) -> str:
        """What follows the account, such as `policy/platform-boundary`."""
        return self.arn.split(":", 5)[5]


def arns_of(declaration: Declaration, path: str = "") -> Iterator[Written]:
    """Every ARN among the settings that were written, of a declaration that is sound; references are passed over."""
    for field in type(declaration).fields():
        if field.name in declaration.given():
            yield from _arns(field.shape, declaration.given()[field.name], f"{path}.{field.name}".removeprefix("."))


def _arns(shape: Shape, value: Any, path: str) -> Iterator[Written]:
    if value is None or is_opaque(value):
        return
    if isinstance(shape, ObjectOf):
        yield from arns_of(value, path)
    elif isinstance(shape, ListOf):
        for index, item in enumerate(value):
            yield from _arns(shape.item, item, f"{path}[{index}]")
    elif isinstance(shape, MapOf):
        for key, item in value.items():
            yield from _arns(shape.item, item, f"{path}[{as_json(key)}]")
    elif any(isinstance(rule, Arn) for rule in shape.constraints):
        yield Written(path, value)
