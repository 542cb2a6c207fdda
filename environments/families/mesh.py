"""Mesh: what leads requests into the cluster and from service to service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from environments.families.certificates import INTERNAL_ISSUER, Certificates
from environments.platform import Platform, PlatformFamily
from groundplan.framework import field
from groundplan.synth.stack import Stack
from modules.mesh.aws_load_balancer_controller import (
    AwsLoadBalancerController,
    AwsLoadBalancerControllerInputs,
    IngressClass,
    Issuer,
    Prometheus,
    Workload,
)

__all__ = ["Mesh", "MeshFamily"]


@dataclass(frozen=True)
class Mesh:
    """What other families need of this one."""

    aws_load_balancer_controller: AwsLoadBalancerController


class MeshFamily(PlatformFamily):
    """How requests come in, and what stands before whoever answers them."""

    aws_load_balancer_controller: AwsLoadBalancerControllerInputs = field("load balancers for what the cluster serves")

    @classmethod
    def everywhere(cls, env: Platform) -> Self:
        """Load balancers that the VPC alone reaches; what faces the internet, an environment says for itself."""
        return cls(
            aws_load_balancer_controller=AwsLoadBalancerControllerInputs(
                vpc_id=env.network.vpc_id,
                load_balancer_tags=env.default_tags(),
                ingress_classes={"internal": IngressClass(is_default=True)},
                # the webhooks' certificate comes from there: it must be able to come back first
                unclassed_services_left_in=["cert-manager"],
            ),
        )

    @classmethod
    def small(cls, _env: Platform) -> Self:
        """One pod, and load balancers that go with their Ingresses."""
        return cls(
            aws_load_balancer_controller=AwsLoadBalancerControllerInputs(
                controller=Workload(replicas=1), ingress_classes={"internal": IngressClass(deletion_protection=False)}
            ),
        )

    @classmethod
    def full(cls, _env: Platform) -> Self:
        """A pod in each of three zones."""
        return cls(
            aws_load_balancer_controller=AwsLoadBalancerControllerInputs(
                controller=Workload(replicas=3),
                ingress_classes={"internal": IngressClass(deletion_protection=True)},
                prometheus=Prometheus(labels={"release": "prometheus"}),
            ),
        )

    def compose(self, stack: Stack, env: Platform, certificates: Certificates) -> Mesh:
        """The stack `<environment>-mesh`."""
        balancers = AwsLoadBalancerControllerInputs(
            # its own name is longer than that of a role may be with what some of them add
            name=f"{env.name}-load-balancers",
            issuer=Issuer(name=INTERNAL_ISSUER, kind="AWSPCAClusterIssuer", group="awspca.cert-manager.io"),
            certificate_days=certificates.internal_days,
        )
        controller = AwsLoadBalancerController(
            stack, "aws_load_balancer_controller", stack.wired(self.aws_load_balancer_controller, balancers)
        )
        stack.tell(controller.outputs, "ingress_class_names", "load_balancer_class")
        return Mesh(controller)
