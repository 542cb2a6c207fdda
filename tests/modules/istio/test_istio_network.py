"""In namespaces that NetworkPolicies close, what the mesh needs comes through, and nothing else."""

from __future__ import annotations

import pytest

from groundplan.connections.pods import Pods, Port
from groundplan.connections.policies import Policies
from groundplan.objects import KubernetesObject, planned_objects
from modules.mesh.istio import Istio
from tests.connections.clusters import network_policy
from tests.support.planning import ModulePlan, waited_for

MESH = {"istio.io/rev": "1-30-3"}
NAMESPACES = {
    name: {"kubernetes.io/metadata.name": name, **labels}
    for name, labels in (
        ("claims", MESH),
        ("payments", {"istio.io/rev": "canary"}),
        ("batch", {"istio-injection": "disabled"}),
        ("portal", {}),
        ("reporting", {}),
        ("elsewhere", {}),
        ("observability", {}),
        ("identity", {}),
        ("cert-manager", {}),
        ("istio-system", {}),
        ("istio-ingress", {}),
    )
}


def closing(namespace: str) -> KubernetesObject:
    return network_policy("default-deny", namespace=namespace, policyTypes=["Ingress", "Egress"])


def some(namespace: str, **labels: str) -> Pods:
    return Pods("s", "a", f"Deployment {namespace}/some", namespace, labels)


class Network:
    """The policies of the module, in a cluster that closes what is said to be closed."""

    def __init__(self, plan: ModulePlan) -> None:
        self.made = [one for one in planned_objects(plan.json) if one.kind == "NetworkPolicy"]
        self._policies = Policies([*map(closing, ("claims", "payments", "batch")), *self.made], NAMESPACES)

    def comes_through(self, source: Pods, target: Pods, port: int = 8080) -> bool:
        return self._policies.refusal(source, target, Port(port)) is None


@pytest.fixture(scope="module")
def network(full: ModulePlan) -> Network:
    return Network(full)


@pytest.mark.parametrize("namespace", ["claims", "payments"])
def test_proxies_reach_what_they_cannot_be_without(network: Network, namespace: str) -> None:
    proxy = some(namespace)
    assert network.comes_through(proxy, some("istio-system", app="istiod"), 15012)
    assert network.comes_through(proxy, some("observability"), 4317)
    assert network.comes_through(proxy, some("identity"), 9191)
    assert network.comes_through(proxy, some("cert-manager"), 6443)
    assert network.comes_through(proxy, some("istio-ingress", app="egress"), 443)


@pytest.mark.parametrize("namespace", ["claims", "payments"])
def test_proxies_reach_nothing_else(network: Network, namespace: str) -> None:
    proxy = some(namespace)
    assert not network.comes_through(proxy, some("istio-system", app="istiod"), 8080)
    assert not network.comes_through(proxy, some("istio-system", app="other"), 15012)
    assert not network.comes_through(proxy, some("observability"), 3000)
    assert not network.comes_through(proxy, some("elsewhere"))


def test_collectors_reach_the_metrics_of_proxies_and_no_other_port(network: Network) -> None:
    for namespace in ("claims", "payments"):
        for port in (15020, 15090):
            assert network.comes_through(some("observability"), some(namespace), port)
    assert not network.comes_through(some("elsewhere"), some("claims"), 15020)
    assert not network.comes_through(some("observability"), some("claims"), 15000)


def test_whoever_is_allowed_reaches_the_pods_that_it_may_ask(network: Network) -> None:
    api = some("claims", app="claims-api")
    for caller in ("portal", "payments", "reporting", "istio-ingress"):
        assert network.comes_through(some(caller), api)
        assert not network.comes_through(some(caller), some("claims", app="other"))
    assert not network.comes_through(some("elsewhere"), api)


def test_a_token_may_come_from_anywhere_to_where_it_is_enough(network: Network) -> None:
    assert network.comes_through(some("elsewhere"), some("payments"))


def test_a_namespace_without_proxies_or_that_is_open_gets_no_policy(full: ModulePlan, small: ModulePlan) -> None:
    made = {one.namespace for one in Network(full).made}
    assert "batch" not in made
    # a policy would close what nobody closed
    assert not {one.namespace for one in Network(small).made} & {"claims", "payments"}


def test_what_stands_in_a_namespace_comes_after_it() -> None:
    waited = waited_for(Istio)
    for name in ("authorizers", "callers", "certificates", "proxies", "tokens", "traces"):
        assert "kubernetes_namespace.namespace" in waited[f"kubernetes_network_policy_v1.{name}"]
