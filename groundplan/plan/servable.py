"""What Terraform could only complain about in its own terms: unknown types, and providers that are not served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundplan.problems import Problem
from groundplan.synth.manifest import Manifest

from . import errors
from .diagnostics import place_of_file, python_lines
from .schema import ProviderSchema, nearest_type
from .stacks import Stack

__all__ = ["unservable"]


def unservable(
    stacks: Sequence[Stack], schemas: Mapping[str, ProviderSchema], manifest: Manifest | None
) -> list[Problem]:
    """The problems of these stacks that show before any of them is planned."""
    problems = []
    for stack in stacks:
        for file, source in sorted(set(stack.foreign_providers())):
            problems.append(errors.foreign_provider(f"{stack.name}/{file}", source))
        for word, kind in (("resource", "resources"), ("data", "data_sources")):
            served = {name for schema in schemas.values() for name in getattr(schema, kind)}
            for file, type_name, label in stack.uses(word):
                if type_name in served or type_name.split("_", 1)[0] not in schemas:
                    continue
                local = f"{'data.' if word == 'data' else ''}{type_name}.{label}"
                address = place_of_file(stack, file, local)
                suggestion = nearest_type(type_name, data=word == "data")
                problem = errors.unknown_type(
                    f"{stack.name}.{address}", type_name, data=word == "data", suggestion=suggestion
                )
                lines = python_lines(stack, manifest, address)
                problems.append(Problem(problem.path, problem.message, "; ".join(filter(None, (problem.cure, lines)))))
    return problems
