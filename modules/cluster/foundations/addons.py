"""The parts that come as EKS add-ons: software that AWS publishes for EKS, in an exact version.

An add-on takes the values of its own schema and refuses all others:
`aws eks describe-addon-configuration --addon-name <name> --addon-version <version>`. So there is no input for values of
somebody's own, and the module sets none but those that it must.

https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html
https://docs.aws.amazon.com/eks/latest/userguide/community-addons.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cdktf_cdktf_provider_aws.eks_addon import EksAddon

from groundplan.building import Role, maker, tags
from groundplan.framework import Module, choose, dependable, equals, jsonencode, part_id

from .inputs import FoundationsInputs

__all__ = ["EBS_ACCOUNT", "KUBE_SYSTEM", "addon", "ebs_values"]

KUBE_SYSTEM = "kube-system"
"""Where EKS puts these add-ons, and where the charts of the same software go."""
EBS_ACCOUNT = "ebs-csi-controller-sa"
"""The service account of the EBS CSI driver's controller, which the add-on lets nobody rename.

https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html
"""


def addon(
    scope: Module[Any, Any],
    id: str,
    given: FoundationsInputs,
    *,
    name: str,
    version: Any,
    configuration: Mapping[str, Any] | None = None,
    role: Role | None = None,
    preserve: bool = False,
    after: Sequence[Any] = (),
    only_when: Any,
) -> Any:
    """One add-on. It takes over the same software where a cluster has it already; changes by hand are overwritten.

    `role` is what its service account gets by IRSA; with Pod Identity an association has it. `preserve` leaves the
    software in the cluster when the add-on goes.
    """
    by_irsa = equals(given.cluster.identity, "irsa")
    return maker(only_when)(
        EksAddon,
        scope,
        part_id("addon", id),
        cluster_name=given.cluster.name,
        addon_name=name,
        addon_version=version,
        configuration_values=None if configuration is None else jsonencode(configuration),
        service_account_role_arn=None if role is None else choose(by_irsa, role.arn, None),
        resolve_conflicts_on_create="OVERWRITE",
        resolve_conflicts_on_update="OVERWRITE",
        preserve=preserve,
        tags=tags(scope, given),
        depends_on=[dependable(element) for element in after] or None,
    )


def ebs_values(replicas: Any) -> dict[str, Any]:
    """What the EBS CSI driver's add-on is told.

    https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html
    https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/v1.64.0/charts/aws-ebs-csi-driver/values.yaml
    """
    return {
        "controller": {"replicaCount": replicas},
        # the module's own classes are encrypted with its key, the add-on's is not
        "defaultStorageClass": {"enabled": False},
    }
