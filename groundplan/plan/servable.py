"""What Terraform could only complain about in its own terms: unknown types, and providers that are not served."""

from __future__ import annotations

from collections.abc import Mapping

from groundplan.bindings import PROVIDERS
from groundplan.problems import Problem
from groundplan.synth.manifest import Manifest

from . import errors
from .diagnostics import place_of_file, python_lines
from .schema import ProviderSchema, nearest_type, provider_of
from .schema.utility import UTILITIES
from .stacks import Stack

__all__ = ["unservable"]


def unservable(stack: Stack, schemas: Mapping[str, ProviderSchema], manifest: Manifest | None) -> list[Problem]:
    """The problems of a stack that show before it is planned."""
    problems = [
        errors.foreign_provider(f"{stack.name}/{file}", source, sorted({*PROVIDERS, *UTILITIES}))
        for file, source in sorted(set(stack.foreign_providers()))
    ]
    for data in (False, True):
        served = {name for schema in schemas.values() for name in (schema.data_sources if data else schema.resources)}
        for file, type_name, label in stack.uses("data" if data else "resource"):
            if type_name in served or provider_of(type_name) not in schemas:
                continue
            address = place_of_file(stack, file, f"{'data.' if data else ''}{type_name}.{label}")
            problem = errors.unknown_type(
                f"{stack.name}.{address}", type_name, data=data, suggestion=nearest_type(type_name, data=data)
            )
            cure = "; ".join(part for part in (problem.cure, python_lines(stack, manifest, address)) if part)
            problems.append(Problem(problem.path, problem.message, cure))
    return problems
