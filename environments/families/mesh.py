"""Mesh: what leads requests into the cluster and from service to service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from environments.families.certificates import INTERNAL_ISSUER, Certificates
from environments.families.cluster import PLATFORM_STORE
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
from modules.mesh.istio import (
    Allowed,
    CircuitBreaker,
    ControlPlane,
    Gateway,
    GatewayCertificate,
    Istio,
    IstioInputs,
    Kiali,
    KialiIngress,
    LoadBalancer,
    LoadBalancing,
    MeshNamespace,
    MeshService,
    Resources,
    Retries,
    RetryBudget,
    Scale,
    Server,
    Tracing,
)
from modules.mesh.istio import Prometheus as MeshPrometheus

__all__ = ["Mesh", "MeshFamily"]

REVISION = "1-30-3"
"""The revision of the control plane, by its version."""
METRICS_ASKED = "http://mimir-gateway.mimir.svc.cluster.local:80/prometheus"
TRACES_ASKED = "http://tempo-gateway.tempo.svc.cluster.local:80"
"""What Kiali asks for the proxies' metrics and traces, as the environment's tenant."""
TRACES = "alloy-traces.monitoring.svc.cluster.local"
"""What takes the proxies' traces, and brings them to Tempo, and to X-Ray where the environment has that."""
GATEWAY_CERTIFICATE = "inside-tls"
"""The certificate that the gateway inside the VPC shows, and its secret."""


def _hosts(env: Platform) -> list[str]:
    """What the gateway inside the VPC answers for."""
    return [f"{service}.{env.private_domain}" for service in ("claims", "payments")]


@dataclass(frozen=True)
class Mesh:
    """What other families need of this one."""

    aws_load_balancer_controller: AwsLoadBalancerController
    istio: Istio


class MeshFamily(PlatformFamily):
    """How requests come in, and what stands before whoever answers them."""

    aws_load_balancer_controller: AwsLoadBalancerControllerInputs = field("load balancers for what the cluster serves")
    istio: IstioInputs = field("the mesh: who may ask whom, and how requests travel")

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
            istio=IstioInputs(
                revisions={REVISION: ControlPlane()},
                default_revision=REVISION,
                tracing=Tracing(service=TRACES),
                # the cluster's family makes them, closed
                namespaces={name: MeshNamespace(network_closed=True) for name in ("claims", "payments")},
                gateways={
                    "inside": Gateway(
                        load_balancer=LoadBalancer(),
                        servers={
                            "services": Server(hosts=_hosts(env), secret_name=GATEWAY_CERTIFICATE),
                        },
                    )
                },
                services={
                    "claims-api": MeshService(
                        namespace="claims",
                        service="claims-api",
                        gateways=["inside"],
                        hosts=[f"claims.{env.private_domain}"],
                        timeout_milliseconds=10000,
                        retries=Retries(attempts=2, per_try_milliseconds=3000),
                        retry_budget=RetryBudget(),
                        circuit_breaker=CircuitBreaker(),
                        load_balancing=LoadBalancing(algorithm="LEAST_REQUEST", local=True),
                    )
                },
                allowed={
                    "gateway-asks-claims": Allowed(
                        namespace="claims",
                        workload_labels={"app.kubernetes.io/name": "claims-api"},
                        gateways=["inside"],
                    ),
                    "claims-asks-payments": Allowed(
                        namespace="payments", callers=["claims/claims-api"], methods=["GET", "POST"]
                    ),
                },
            ),
        )

    @classmethod
    def small(cls, _env: Platform) -> Self:
        """One pod of each, and load balancers that go with what asked for them."""
        one = Scale(min_replicas=1, max_replicas=1)
        return cls(
            aws_load_balancer_controller=AwsLoadBalancerControllerInputs(
                controller=Workload(replicas=1), ingress_classes={"internal": IngressClass(deletion_protection=False)}
            ),
            istio=IstioInputs(
                revisions={REVISION: ControlPlane(scale=one, resources=Resources(memory_request="1Gi"))},
                gateways={"inside": Gateway(scale=one, load_balancer=LoadBalancer(deletion_protection=False))},
                outbound="ALLOW_ANY",
            ),
        )

    @classmethod
    def full(cls, env: Platform) -> Self:
        """A pod in each of three zones, and a picture of the mesh."""
        return cls(
            aws_load_balancer_controller=AwsLoadBalancerControllerInputs(
                controller=Workload(replicas=3),
                ingress_classes={"internal": IngressClass(deletion_protection=True)},
                prometheus=Prometheus(labels={"release": "prometheus"}),
            ),
            istio=IstioInputs(
                revisions={REVISION: ControlPlane(scale=Scale(min_replicas=3, max_replicas=6))},
                gateways={
                    "inside": Gateway(
                        scale=Scale(min_replicas=3, max_replicas=9),
                        load_balancer=LoadBalancer(deletion_protection=True),
                    ),
                    "egress": Gateway(direction="egress", scale=Scale(min_replicas=3, max_replicas=6)),
                },
                outbound="REGISTRY_ONLY",
                prometheus=MeshPrometheus(labels={"release": "prometheus"}),
                kiali=Kiali(
                    issuer_url="https://login.example.com",
                    client_id=f"kiali-{env.name}",
                    secret_store=PLATFORM_STORE,
                    remote_key=f"{env.name}/kiali",
                    prometheus_url=METRICS_ASKED,
                    prometheus_user=env.name,
                    tempo_url=TRACES_ASKED,
                    tempo_user=env.name,
                    ingress=KialiIngress(
                        domain=f"kiali.{env.private_domain}",
                        class_name="kong",
                        annotations={"cert-manager.io/cluster-issuer": INTERNAL_ISSUER},
                        tls_secret_name="kiali-tls",  # a Secret's name
                    ),
                ),
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
        inside = IstioInputs(
            load_balancer_class=controller.outputs.load_balancer_class,
            certificates={
                GATEWAY_CERTIFICATE: GatewayCertificate(
                    hosts=_hosts(env),
                    issuer_name=INTERNAL_ISSUER,
                    issuer_kind="AWSPCAClusterIssuer",
                    issuer_group="awspca.cert-manager.io",
                    days=certificates.internal_days,
                )
            },
        )
        mesh = Istio(stack, "istio", stack.wired(self.istio, inside))
        stack.tell(controller.outputs, "ingress_class_names", "load_balancer_class")
        stack.tell(mesh.outputs, "gateway_services", "namespace_revisions")
        return Mesh(controller, mesh)
