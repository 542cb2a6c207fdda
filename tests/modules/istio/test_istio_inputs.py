"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from modules.mesh.istio import (
    Allowed,
    ControlPlane,
    ExternalAuthorizer,
    ExternalCheck,
    Gateway,
    HeaderRoute,
    Istio,
    IstioInputs,
    LoadBalancer,
    LoadBalancing,
    MeshNamespace,
    MeshService,
    Retries,
    Scale,
    Server,
    Subset,
    Tracing,
)
from tests.modules.istio.examples import FULL, SMALL
from tests.support.planning import refusals

API = MeshService(namespace="claims", service="api")


def asked(**settings: object) -> IstioInputs:
    return SMALL.but(services={"api": API.but(**settings)})


def served(**settings: object) -> IstioInputs:
    claims = Server(hosts=["claims.example.com"], secret_name="claims-tls").but(**settings)
    return SMALL.but(gateways={"inside": Gateway(servers={"claims": claims})})


WRONG: dict[str, tuple[IstioInputs, str]] = {
    "a default that there is not": (
        SMALL.but(default_revision="1-31-0"),
        'default_revision: must be a name in revisions, got default_revision = "1-31-0"',
    ),
    "a namespace of a revision that there is not": (
        SMALL.but(namespaces={"claims": MeshNamespace(revision="1-31-0")}),
        'namespaces["claims"].revision: must be a name in revisions, got revision = "1-31-0"',
    ),
    "a revision by no name": (
        SMALL.but(revisions={"default": ControlPlane(), "1-30-3": ControlPlane()}),
        'revisions["default"]: must have another name: the chart takes default for no revision at all',
    ),
    "no control plane": (SMALL.but(revisions={}), "revisions: must have 1 or more entries, got 0"),
    "a version that can move": (
        SMALL.but(revisions={"1-30-3": ControlPlane(version="1.30")}),
        'revisions["1-30-3"].version: must be an exact version of Istio, such as 1.30.3, got "1.30"',
    ),
    "gateways beside istiod": (
        SMALL.but(gateway_namespace="istio-system"),
        "gateway_namespace: must be another one than namespace",
    ),
    "the mesh's own namespace in the mesh": (
        SMALL.but(namespaces={"istio-system": MeshNamespace()}),
        "namespaces: must not name namespace or gateway_namespace, which the module makes and labels itself",
    ),
    "fewer pods at most than always": (
        SMALL.but(gateways={"inside": Gateway(scale=Scale(min_replicas=3, max_replicas=2))}),
        'gateways["inside"].scale.max_replicas: must be min_replicas at least, got max_replicas = 2, min_replicas = 3',
    ),
    "a load balancer before a way out": (
        SMALL.but(gateways={"out": Gateway(direction="egress", load_balancer=LoadBalancer())}),
        'gateways["out"].load_balancer: must be left out with direction egress: nobody comes in there, got direction = '
        '"egress"',
    ),
    "TLS without a certificate": (
        served(secret_name=None),
        'gateways["inside"].servers["claims"].secret_name: must be left out with mode PASSTHROUGH, and only then',
    ),
    "a certificate that is never shown": (
        served(mode="PASSTHROUGH"),
        'gateways["inside"].servers["claims"].secret_name: must be left out with mode PASSTHROUGH, and only then',
    ),
    "a host twice": (
        SMALL.but(
            gateways={
                "inside": Gateway(
                    servers={
                        "a": Server(hosts=["a.example.com"], secret_name="a"),
                        "b": Server(hosts=["b.example.com", "a.example.com"], secret_name="b"),
                    }
                )
            }
        ),
        'gateways["inside"].servers["a"].hosts: must name hosts that no other server of the gateway has',
    ),
    "no host": (served(hosts=[]), 'gateways["inside"].servers["claims"].hosts: must have 1 or more items, got 0'),
    "weights that do not add up": (
        asked(subsets={"v1": Subset(labels={"v": "1"}, weight=90), "v2": Subset(labels={"v": "2"}, weight=20)}),
        'services["api"].subsets: must have weights that add up to 100, got ["v1","v2"]',
    ),
    "a subset of no pods": (
        asked(subsets={"v1": Subset(labels={}, weight=100)}),
        'services["api"].subsets["v1"].labels: must have 1 or more entries, got 0',
    ),
    "a tester's subset that there is not": (
        asked(header_routes={"x-canary": HeaderRoute(value="yes", subset="v3")}),
        'services["api"].header_routes["x-canary"].subset: must be a name in subsets, got subset = "v3"',
    ),
    "retries that never happen": (
        asked(timeout_milliseconds=2999, retries=Retries(attempts=2, per_try_milliseconds=1000)),
        'services["api"].retries: must all have their time',
    ),
    "a host at no gateway": (
        asked(hosts=["claims.example.com"]),
        'services["api"].hosts: must be given with gateways, and only then',
    ),
    "a service at a gateway that there is not": (
        asked(hosts=["claims.example.com"], gateways=["outside"]),
        'services["api"].gateways: must be names in gateways, got gateways = ["outside"]',
    ),
    "a zone that nothing leaves": (
        asked(load_balancing=LoadBalancing(algorithm="RANDOM", local=True)),
        'services["api"].load_balancing: must not be local without circuit_breaker',
    ),
    "two ways to choose a pod": (
        asked(load_balancing=LoadBalancing(algorithm="RANDOM", hash_source_ip=True)),
        'services["api"].load_balancing.algorithm: must be set, or else one of hash_header',
    ),
    "no way to choose a pod": (
        asked(load_balancing=LoadBalancing()),
        'services["api"].load_balancing.algorithm: must be set, or else one of hash_header',
    ),
    "a service twice": (
        SMALL.but(services={"a": API, "b": API}),
        'services["a"]: must be the only one of its namespace and service',
    ),
    "leave for nobody by name": (
        SMALL.but(allowed={"all": Allowed(namespace="claims", methods=["GET"])}),
        'allowed["all"].callers: must be given, or caller_namespaces, gateways or token_identities',
    ),
    "leave for a gateway that there is not": (
        SMALL.but(allowed={"all": Allowed(namespace="claims", gateways=["outside"])}),
        'allowed["all"].gateways: must be names in gateways, got gateways = ["outside"]',
    ),
    "a caller without a namespace": (
        SMALL.but(allowed={"all": Allowed(namespace="claims", callers=["portal"])}),
        'allowed["all"].callers[0]: must be a namespace and a service account in it, such as claims/portal',
    ),
    "a check by whom nobody knows": (
        SMALL.but(external_checks={"all": ExternalCheck(namespace="claims", authorizer="opa")}),
        'external_checks["all"].authorizer: must be a name in external_authorizers, got authorizer = "opa"',
    ),
    "headers by grpc": (
        SMALL.but(
            external_authorizers={"opa": ExternalAuthorizer(service="opa.id.svc", port=1, headers_upstream=["x-user"])}
        ),
        'external_authorizers["opa"].request_headers: must be empty with protocol grpc, and headers_upstream too',
    ),
    "an authorizer by the collector's name": (
        SMALL.but(external_authorizers={"opentelemetry": ExternalAuthorizer(service="opa.id.svc", port=1)}),
        'external_authorizers["opentelemetry"]: must have another name: the collector of traces has this one',
    ),
    "a user for traces that nobody is asked for": (
        FULL.but(kiali=FULL.kiali.but(tempo_url=None) if FULL.kiali else None),
        "kiali.tempo_user: must be left out where tempo_url is: nobody is asked for traces, got "
        'tempo_user = "platform"',
    ),
    "Kiali beside istiod": (
        FULL.but(kiali=FULL.kiali.but(namespace="istio-system") if FULL.kiali else None),
        "kiali: must have a namespace of its own",
    ),
    "more traces than requests": (
        SMALL.but(tracing=Tracing(service="collector.observability.svc", sampling_percent=101)),
        "tracing.sampling_percent: must be 0 to 100, got 101",
    ),
}
IN_TERRAFORM_ONLY = {
    "a value that the module keeps": (
        FULL.but(extra_values={"meshConfig": {"outboundTrafficPolicy": {"mode": "ALLOW_ANY"}}}),
        "outbound",
    ),
    "a gateway's service": (FULL.but(gateway_extra_values={"service": {"type": "NodePort"}}), "gateways"),
}


@pytest.mark.parametrize("inputs", [FULL, SMALL])
def test_what_is_right_is_taken(inputs: IstioInputs) -> None:
    assert problems_of(inputs) == []


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    told = [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)]
    assert any(each.startswith(message) for each in told), told


def test_versions_of_no_service_are_refused() -> None:
    versions = MeshService(namespace="claims", subsets={"v1": Subset(labels={"version": "v1"}, weight=100)})
    assert [(each.path, each.message) for each in problems_of(SMALL.but(services={"api": versions}))] == [
        ('services["api"].service', "is required and missing")
    ]


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    wrong = WRONG | IN_TERRAFORM_ONLY
    told = refusals(Istio, {name: inputs for name, (inputs, _) in wrong.items()}, tmp_path)
    assert {name: message for name, (_, message) in wrong.items() if message not in told[name]} == {}
