"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from modules.mesh.istio import (
    ControlPlane,
    Gateway,
    Istio,
    IstioInputs,
    LoadBalancer,
    MeshNamespace,
    Scale,
    Server,
    Tracing,
)
from tests.modules.istio.examples import FULL, SMALL
from tests.support.planning import refusals


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


def test_terraform_refuses_the_same_in_the_same_words(tmp_path: Path) -> None:
    wrong = WRONG | IN_TERRAFORM_ONLY
    told = refusals(Istio, {name: inputs for name, (inputs, _) in wrong.items()}, tmp_path)
    assert {name: message for name, (_, message) in wrong.items() if message not in told[name]} == {}
