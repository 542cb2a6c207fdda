"""Roles: for the workloads of a cluster, and for AWS services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.eks_pod_identity_association import EksPodIdentityAssociation
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment

from groundplan.framework import equals, fitted, hcl, jsonencode
from groundplan.framework.module import Module, part_id
from groundplan.framework.references import MapReference, TextReference
from groundplan.iam import Principal, Statement, allow, document

from .account import account_id, partition, tags
from .parts import maker

__all__ = ["Role", "service_role", "workload_role"]

ROLE_NAME_CHARACTERS = 64
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


@dataclass(frozen=True)
class Role:
    """A role that the module made. `annotations` belong on the service account that takes it: empty with Pod Identity.

    `ready` is what pods must start after: Pod Identity gives credentials only to those that start after its
    association.
    """

    name: str
    arn: str
    annotations: Mapping[str, str]
    resource: Any
    policy: Any
    ready: tuple[Any, ...] = ()


def workload_role(
    scope: Module[Any, Any],
    id: str,
    given: Any,
    *,
    name: str,
    cluster: Any,
    namespace: str,
    service_account: str,
    statements: Sequence[Statement],
    only_when: Any = None,
) -> Role:
    """The role of one service account in one namespace, with `statements` and nothing else.

    `cluster` is a `Cluster` input: its switch decides between IRSA, where the role trusts the cluster's OIDC provider
    for this one subject, and EKS Pod Identity, where an association names the service account. `given` are the module's
    inputs. https://docs.aws.amazon.com/eks/latest/userguide/service-accounts.html
    """
    issuer = f'${{split("oidc-provider/", {hcl(cluster.oidc_provider_arn)})[1]}}'
    irsa = allow(
        "sts:AssumeRoleWithWebIdentity",
        principals=Principal.federated(cluster.oidc_provider_arn),
        when={
            "StringEquals": {
                f"{issuer}:sub": f"system:serviceaccount:{namespace}:{service_account}",
                f"{issuer}:aud": "sts.amazonaws.com",
            }
        },
    )
    cluster_arn = f"arn:{partition(scope)}:eks:*:{account_id(scope)}:cluster/{cluster.name}"
    pod_identity = allow(
        "sts:AssumeRole",
        "sts:TagSession",
        principals=Principal.service("pods.eks.amazonaws.com"),
        when={
            "StringEquals": {"aws:SourceAccount": account_id(scope)},
            "ArnLike": {"aws:SourceArn": cluster_arn},
        },
    )
    by_irsa = equals(cluster.identity, "irsa")
    # each branch is text of its own: Terraform wants one type on both sides of a condition
    trust = TextReference(
        f"{hcl(by_irsa)} ? jsonencode({hcl(document(irsa))}) : jsonencode({hcl(document(pod_identity))})"
    )
    role = _role(scope, id, name=name, trust=trust, statements=statements, given=given, only_when=only_when)
    association = maker(only_when).also(equals(cluster.identity, "pod_identity"))(
        EksPodIdentityAssociation,
        scope,
        part_id("association", id),
        cluster_name=cluster.name,
        namespace=namespace,
        service_account=service_account,
        role_arn=role.arn,
        tags=tags(scope, given),
    )
    annotation = hcl({"eks.amazonaws.com/role-arn": role.arn})
    annotations = MapReference(f"{{for name, value in {annotation} : name => value if {hcl(by_irsa)}}}")
    ready = (association,) if role.policy is None else (role.policy, association)
    return Role(role.name, role.arn, annotations, role.resource, role.policy, ready)


def service_role(
    scope: Module[Any, Any],
    id: str,
    given: Any,
    *,
    name: str,
    service: str,
    statements: Sequence[Statement] = (),
    managed_policies: Mapping[str, str] | None = None,
    says_for_whom: bool = True,
    only_when: Any = None,
) -> Role:
    """The role that an AWS service takes in this account's name only, such as `backup.amazonaws.com`.

    `says_for_whom` is False for a service that is not documented to say in which account's name it acts, and which the
    condition might therefore shut out; who may hand the role to a service still needs `iam:PassRole` in this account.
    `managed_policies` maps a short name (part of the address) to the path of an AWS managed policy below `policy/`.
    """
    trust = allow(
        "sts:AssumeRole",
        principals=Principal.service(service),
        when={"StringEquals": {"aws:SourceAccount": account_id(scope)}} if says_for_whom else None,
    )
    made = _role(
        scope,
        id,
        name=name,
        trust=jsonencode(document(trust)),
        statements=statements,
        given=given,
        only_when=only_when,
    )
    for short, path in sorted((managed_policies or {}).items()):
        maker(only_when)(
            IamRolePolicyAttachment,
            scope,
            part_id("attachment", f"{id}_{short}"),
            role=made.name,
            policy_arn=f"arn:{partition(scope)}:iam::aws:policy/{path}",
        )
    return made


def _role(
    scope: Module[Any, Any],
    id: str,
    *,
    name: str,
    trust: str,
    statements: Sequence[Statement],
    given: Any,
    only_when: Any,
) -> Role:
    part = maker(only_when)
    role = part(
        IamRole,
        scope,
        part_id("role", id),
        name=fitted(name, ROLE_NAME_CHARACTERS),
        assume_role_policy=trust,
        permissions_boundary=given.permissions_boundary_arn,
        tags=tags(scope, given),
    )
    # made of the name, so that it is known when Terraform plans, and with it all that names the role
    arn = part.template(f"arn:{partition(scope)}:iam::{account_id(scope)}:role/{role.name}")
    policy = None
    if statements:
        policy = part(
            IamRolePolicy,
            scope,
            part_id("access", id),
            name="access",
            role=role.name,
            policy=jsonencode(document(*statements)),
        )
    return Role(role.name, arn, {}, role, policy)
