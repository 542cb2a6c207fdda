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
    jsonencode,
    not_empty,
    present,
    texts,
)

from . import access
from .inputs import EcrInputs
from .places import below, repository_everywhere

__all__ = ["node_policy", "pull_roles"]


def node_policy(scope: Module[Any, Any], given: EcrInputs) -> Any:
    """The policy of nodes: every repository and its copies, and every cache."""
    cached = each(given.caches).documents(lambda prefix, _: below(scope, prefix))
    every = repository_everywhere(scope, given, _names(given))
    return IamPolicy(
        scope,
        "pull",
        name=f"{given.name}-pull",
        description=f"Pulls every image of {given.name}",
        policy=jsonencode(
            {
                "Version": "2012-10-17",
                "Statement": concat(
                    [access.log_in().as_json()],
                    access.only_if(not_empty(concat(every, cached)), access.pull(concat(every, cached))),
                    access.only_if(not_empty(given.caches), access.fetch_through_caches(cached)),
                ),
            }
        ),
        tags=tags(scope, given),
    )


def pull_roles(scope: Module[Any, Any], given: EcrInputs, profile_arn: str, signing_jobs_arn: str) -> None:
    """One role for each workload, which can pull what it names and nothing else."""
    entries = each(given.pull_roles)
    settings = entries.value
    role = workload_role(
        scope,
        "pull",
        given,
        name=f"{given.name}-pull-{entries.key}",
        cluster=present(given.cluster),
        namespace=settings.namespace,
        service_account=settings.service_account,
        statements=(),
        only_when=entries,
    )
    cached = each(given.caches).documents(lambda prefix, _: below(scope, prefix))
    named = choose(not_empty(settings.repositories), settings.repositories, _names(given))
    wanted = concat(
        repository_everywhere(scope, given, named),
        texts(
            "flatten", each({"caches": cached}).where(lambda _: settings.through_caches).documents(lambda _, arns: arns)
        ),
    )
    entries(
        IamRolePolicy,
        scope,
        "_access/pull",
        name="access",
        role=role.name,
        policy=jsonencode(
            {
                "Version": "2012-10-17",
                "Statement": concat(
                    [access.log_in().as_json()],
                    access.only_if(not_empty(wanted), access.pull(wanted)),
                    access.only_if(
                        all_of(settings.through_caches, not_empty(given.caches)), access.fetch_through_caches(cached)
                    ),
                    access.only_if(
                        settings.verifies_signatures, access.check_revocation(profile_arn, signing_jobs_arn)
                    ),
                ),
            }
        ),
    )


def _names(given: EcrInputs) -> list[str]:
    return texts("keys", given.repositories)
