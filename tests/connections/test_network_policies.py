"""What NetworkPolicies let through, by Kubernetes' own rules; what only an apply will tell is not called refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.connections.pods import Pods, Port
from groundplan.connections.policies import Policies, selects
from groundplan.objects import KNOWN_AFTER_APPLY, KubernetesObject
from groundplan.objects.fields import matches
from tests.connections.clusters import network_policy

NAMESPACES = {
    "shop": {"kubernetes.io/metadata.name": "shop", "team": "sales"},
    "bank": {"kubernetes.io/metadata.name": "bank", "team": "money"},
}
HTTP = Port(8080)


def some(name: str, namespace: str = "shop", **more: Any) -> Pods:
    return Pods("s", "a", f"Deployment {namespace}/{name}", namespace, {"app": name}, ports={"http": HTTP}, **more)


def way(*policies: KubernetesObject, source: Pods | None, target: Pods | None, port: Port = HTTP) -> str:
    found = Policies(policies, NAMESPACES).refusal(source, target, port)
    return "open" if found is None else found.direction


WEB, TILL, BANK = some("web"), some("till"), some("ledger", "bank")


def test_without_a_policy_everybody_reaches_everybody() -> None:
    assert way(source=WEB, target=BANK) == "open"
    assert way(network_policy("other", selects={"matchLabels": {"app": "other"}}), source=BANK, target=WEB) == "open"


def test_a_policy_that_selects_a_pod_closes_it_in_its_directions_alone() -> None:
    inward, outward = network_policy("in"), network_policy("out", policyTypes=["Egress"])
    assert way(inward, source=BANK, target=WEB) == "ingress"
    assert way(inward, source=WEB, target=BANK) == "open"
    assert way(outward, source=WEB, target=BANK) == "egress"
    assert way(outward, source=BANK, target=WEB) == "open"
    # without types: inward, and outward where there are rules for that
    both = network_policy("both", egress=[{"to": [{"podSelector": {}}]}])
    assert (way(both, source=WEB, target=BANK), way(both, source=BANK, target=WEB)) == ("egress", "ingress")


def test_what_any_policy_lets_through_is_open() -> None:
    rule = {"from": [{"namespaceSelector": {"matchLabels": {"team": "money"}}}]}
    assert way(network_policy("closed"), network_policy("bank", ingress=[rule]), source=BANK, target=WEB) == "open"
    assert way(network_policy("bank", ingress=[rule]), source=TILL, target=WEB) == "ingress"


@pytest.mark.parametrize(
    ("peer", "who"),
    [
        ({"podSelector": {}}, {"web", "till"}),
        ({"podSelector": {"matchLabels": {"app": "till"}}}, {"till"}),
        ({"namespaceSelector": {}}, {"web", "till", "ledger"}),
        ({"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "ledger"}}}, {"ledger"}),
        ({"namespaceSelector": {"matchLabels": {"team": "sales"}}}, {"web", "till"}),
        (
            {
                "namespaceSelector": {
                    "matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["bank"]}]
                }
            },
            {"ledger"},
        ),
    ],
)
def test_a_peer_is_of_the_policys_namespace_unless_it_selects_others(peer: Mapping[str, Any], who: set[str]) -> None:
    policy = network_policy("it", ingress=[{"from": [peer]}])
    found = {each.labels["app"] for each in (WEB, TILL, BANK) if way(policy, source=each, target=WEB) == "open"}
    assert found == who


def test_ports_are_numbers_names_of_the_asked_pods_and_ranges_of_one_protocol() -> None:
    def opens(port: Mapping[str, Any], asked: Port = HTTP) -> bool:
        return way(network_policy("it", ingress=[{"ports": [port]}]), source=BANK, target=WEB, port=asked) == "open"

    assert opens({"port": 8080})
    assert opens({"port": "http"})
    assert opens({"port": 8000, "endPort": 9000})
    assert opens({"protocol": "TCP"})
    assert not opens({"port": 8081})
    assert not opens({"port": "metrics"})
    assert not opens({"port": 8000, "endPort": 8079})
    assert not opens({"port": 8080, "protocol": "UDP"})
    assert not opens({"port": 53}, Port(53, "UDP"))
    assert opens({"port": 53, "protocol": "UDP"}, Port(53, "UDP"))


def test_what_is_no_pod_comes_by_its_address_or_where_nobody_is_named() -> None:
    closed = network_policy("closed")
    assert way(closed, source=None, target=WEB) == "ingress"
    for rule in ({"ports": [{"port": 8080}]}, {"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}):
        assert way(closed, network_policy("open", ingress=[rule]), source=None, target=WEB) == "open"
    pods_alone = network_policy("pods", ingress=[{"from": [{"namespaceSelector": {}}]}])
    assert way(closed, pods_alone, source=None, target=WEB) == "ingress"
    # the node's own addresses are nobody else's
    node = network_policy("node", ingress=[{"from": [{"ipBlock": {"cidr": "169.254.20.10/32"}}]}])
    assert way(closed, node, source=None, target=WEB) == "ingress"
    leaving = network_policy("leaving", policyTypes=["Egress"], egress=[{"to": [{"namespaceSelector": {}}]}])
    assert way(leaving, source=WEB, target=None) == "egress"
    world = network_policy("world", policyTypes=["Egress"], egress=[{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}])
    assert way(leaving, world, source=WEB, target=None) == "open"


def test_pods_with_their_nodes_address_are_closed_by_nobody_and_no_selector_finds_them() -> None:
    on_host = some("agent", on_host=True)
    assert way(network_policy("closed", policyTypes=["Egress", "Ingress"]), source=on_host, target=on_host) == "open"
    own = network_policy("own", ingress=[{"from": [{"podSelector": {}}]}])
    assert way(own, source=on_host, target=WEB) == "ingress"


def test_what_only_an_apply_tells_is_not_refused() -> None:
    unsure = {"matchLabels": {"app": KNOWN_AFTER_APPLY}}
    assert way(network_policy("it", selects=unsure), source=BANK, target=WEB) == "open"
    assert way(network_policy("it", ingress=[{"from": [{"podSelector": unsure}]}]), source=TILL, target=WEB) == "open"
    # a namespace that nobody makes here may have any label, and its name for sure
    other = some("it", "elsewhere")
    by_label = network_policy("it", ingress=[{"from": [{"namespaceSelector": {"matchLabels": {"team": "x"}}}]}])
    assert way(by_label, source=other, target=WEB) == "open"
    name = {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}
    by_name = network_policy("it", ingress=[{"from": [{"namespaceSelector": name}]}])
    assert way(by_name, source=other, target=WEB) == "ingress"


def test_of_pods_that_no_stack_makes_labels_may_be_more_than_are_known() -> None:
    unseen = Pods("", "", "pods of namespace shop", "shop", {}, is_whole=False)
    some_pods = network_policy("it", selects={"matchLabels": {"app": "web"}})
    assert way(some_pods, source=BANK, target=unseen) == "open"
    assert way(network_policy("all"), source=BANK, target=unseen) == "ingress"
    named = network_policy("named", ingress=[{"ports": [{"port": "http"}]}])
    assert way(named, source=BANK, target=unseen) == "open"


labels = st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz"))
expressions = st.builds(
    lambda key, operator, values: {
        "key": key,
        "operator": operator,
        **({"values": values} if operator in ("In", "NotIn") else {}),
    },
    st.sampled_from("abcd"),
    st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist"]),
    st.lists(st.sampled_from("xyz"), min_size=1),
)
selectors = st.fixed_dictionaries(
    {}, optional={"matchLabels": labels, "matchExpressions": st.lists(expressions, max_size=3)}
)


@given(selectors, labels)
def test_of_labels_that_are_all_known_a_selector_finds_what_kubernetes_finds(
    selector: dict[str, Any], known: dict[str, str]
) -> None:
    assert selects(selector, known) is matches(selector, known)


@given(selectors, labels, labels)
def test_what_is_said_of_some_labels_holds_whatever_the_others_are(
    selector: dict[str, Any], known: dict[str, str], more: dict[str, str]
) -> None:
    said = selects(selector, known, is_whole=False)
    assert said is None or said is matches(selector, {**more, **known})
