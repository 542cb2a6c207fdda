"""Who pulls: the cluster's nodes by a policy, and workloads that read images themselves by a role each."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy

from groundplan.building import tags, workload_role
from groundplan.framework import (
    Module,
    all_of,
    choose,
    concat,
    each,
    each_name,
    is_set,
    jsonencode,
    negated,
    not_empty,
    part_id,
    present,
)
from groundplan.iam import Statement

from . import access
from .inputs import EcrInputs
from .places import below, every_region, repository_everywhere

__all__ = ["node_policy", "pull_roles"]


def node_policy(scope: Module[Any, Any], given: EcrInputs) -> Any:
    """The policy of nodes: every repository and its copies, and every cache."""
    return IamPolicy(
        scope,
        "pull",
        name=f"{given.name}-pull",
        description=f"Pulls every image of {given.name}",
        policy=jsonencode(
            {
                "Version": "2012-10-17",
                "Statement": concat(
                    [access.log_in().as_json(), _all_of_registry(scope, given).as_json()],
                    _through_caches(scope, given, not_empty(given.caches)),
                ),
            }
        ),
        tags=tags(scope, given),
    )


def pull_roles(scope: Module[Any, Any], given: EcrInputs, profile_arn: str, signing_jobs_arn: str) -> None:
    """One role for each workload, which can pull what it names and nothing else."""
    entries = each(given.pull_roles)
    settings = entries.value
    # without a cluster there are no roles, yet Terraform looks at its settings
    cluster = choose(
        is_set(given.cluster), present(given.cluster), {"name": "", "oidc_provider_arn": "", "identity": "irsa"}
    )
    role = workload_role(
        scope,
        "pull",
        given,
        name=f"{given.name}-pull-{entries.key}",
        cluster=cluster,
        namespace=settings.namespace,
        service_account=settings.service_account,
        statements=(),
        only_when=entries,
    )
    named = repository_everywhere(scope, given, settings.repositories)
    entries(
        IamRolePolicy,
        scope,
        part_id("access", "pull"),
        name="access",
        role=role.name,
        policy=jsonencode(
            {
                "Version": "2012-10-17",
                "Statement": concat(
                    [access.log_in().as_json()],
                    access.only_if(not_empty(named), access.pull(named)),
                    access.only_if(negated(not_empty(named)), _all_of_registry(scope, given)),
                    _through_caches(scope, given, all_of(settings.through_caches, not_empty(given.caches))),
                    access.only_if(
                        settings.verifies_signatures, access.check_revocation([profile_arn, signing_jobs_arn])
                    ),
                ),
            }
        ),
    )


def _all_of_registry(scope: Module[Any, Any], given: EcrInputs) -> Statement:
    everywhere = each_name(every_region(scope, given)).documents(lambda where, _: below(scope, where=where))
    return access.pull_tagged(everywhere, given.name)


def _through_caches(scope: Module[Any, Any], given: EcrInputs, wanted: Any) -> list[Any]:
    """By prefix: before the first pull there is no repository yet, and so no tag."""
    cached = each(given.caches).documents(lambda prefix, _: below(scope, prefix))
    return access.only_if(wanted, access.pull_through_caches(cached))
