"""Where things are: the ARNs and host names of repositories, made of their names and so known when Terraform plans."""

from __future__ import annotations

from typing import Any

from groundplan.building import account_id, dns_suffix, partition, region, service_names
from groundplan.framework import Module, choose, concat, each, each_name, is_set, present, texts

from .inputs import EcrInputs

__all__ = ["below", "every_region", "host", "replica_regions", "repository", "repository_everywhere", "services"]


def host(scope: Module[Any, Any], where: str | None = None) -> str:
    """The registry's host name in a region, the provider's when left out.

    https://docs.aws.amazon.com/general/latest/gr/ecr.html
    """
    return f"{account_id(scope)}.dkr.ecr.{region(scope) if where is None else where}.{dns_suffix(scope)}"


def repository(scope: Module[Any, Any], name: str, where: str | None = None) -> str:
    """A repository's ARN."""
    return (
        f"arn:{partition(scope)}:ecr:{region(scope) if where is None else where}:{account_id(scope)}:repository/{name}"
    )


def below(scope: Module[Any, Any], prefix: str | None = None, where: str | None = None) -> str:
    """The ARNs of all repositories under a prefix, or of all there are."""
    return repository(scope, "*" if prefix is None else f"{prefix}/*", where)


def replica_regions(given: EcrInputs) -> Any:
    """The regions that keep copies of this account's images, by name."""
    return choose(is_set(given.registry), present(given.registry).replica_regions, {})


def every_region(scope: Module[Any, Any], given: EcrInputs) -> list[str]:
    """The region at hand, and those with copies."""
    return concat([region(scope)], each(replica_regions(given)).documents(lambda where, _: where))


def services(scope: Module[Any, Any], regions: list[str]) -> list[str]:
    """ECR in some regions as `kms:ViaService` names it."""
    return texts("flatten", each_name(regions).documents(lambda where, _: service_names(scope, "ecr", where=where)))


def repository_everywhere(scope: Module[Any, Any], given: EcrInputs, names: Any) -> list[str]:
    """The ARNs of some repositories and of their copies."""
    return texts(
        "flatten",
        each_name(every_region(scope, given)).documents(
            lambda where, _: each_name(names).documents(lambda name, _: repository(scope, name, where))
        ),
    )
