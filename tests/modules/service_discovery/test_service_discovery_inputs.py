"""What the module refuses, in Python and by Terraform, with the same words."""

from __future__ import annotations

import pytest

from groundplan.framework.checking import problems_of
from modules.dns.service_discovery import (
    AutoScaling,
    CoreDns,
    Endpoint,
    ExternalDns,
    Mesh,
    MeshPort,
    MeshService,
    NodeLocalDns,
    Rewrite,
    ServiceDiscovery,
    ServiceDiscoveryInputs,
    StubDomain,
)
from tests.modules.service_discovery.examples import FULL, IPVS, PRIVATE, PUBLIC, PUBLIC_ZONE, SMALL
from tests.support.planning import refusals

VERSION = "v1.12.4-eksbuild.1"


def instances(**changes: object) -> ServiceDiscoveryInputs:
    return SMALL.but(external_dns={"public": PUBLIC.but(**changes)})


def mesh(**changes: object) -> ServiceDiscoveryInputs:
    service = MeshService(
        namespace="claims", hosts=["api.example.com"], ports={"https": MeshPort(number=443, protocol="TLS")}
    )
    return SMALL.but(mesh=Mesh(services={"api": service.but(**changes)}))


BAD: dict[str, tuple[ServiceDiscoveryInputs, str, str]] = {
    "an upstream that is the pod itself": (
        SMALL.but(coredns=CoreDns(addon_version=VERSION, upstream_servers=["127.0.0.53"])),
        "coredns.upstream_servers[0]",
        "must be a DNS server elsewhere: at this address CoreDNS, or the cache in front of it, would ask itself",
    ),
    "an upstream of IPv6": (
        SMALL.but(coredns=CoreDns(addon_version=VERSION, upstream_servers=["::1"])),
        "coredns.upstream_servers[0]",
        "must be an IPv4 address",
    ),
    "a stub domain that the cache in front of CoreDNS answers for": (
        SMALL.but(
            coredns=CoreDns(
                addon_version=VERSION, stub_domains={"corp.example.com": StubDomain(servers=["169.254.20.10"])}
            )
        ),
        'coredns.stub_domains["corp.example.com"].servers[0]',
        "must be a DNS server elsewhere",
    ),
    "an upstream that is CoreDNS's own service": (
        SMALL.but(
            coredns=CoreDns(addon_version=VERSION, upstream_servers=["172.20.0.10"]),
            node_local_dns=NodeLocalDns(kube_proxy_mode="iptables", cluster_dns_ip="172.20.0.10"),
        ),
        "coredns",
        "must not name node_local_dns.cluster_dns_ip",
    ),
    "a stub domain that CoreDNS's own service answers for": (
        SMALL.but(
            coredns=CoreDns(
                addon_version=VERSION, stub_domains={"corp.example.com": StubDomain(servers=["172.20.0.10"])}
            ),
            node_local_dns=NodeLocalDns(kube_proxy_mode="iptables", cluster_dns_ip="172.20.0.10"),
        ),
        "coredns",
        "must not name node_local_dns.cluster_dns_ip",
    ),
    "a stub domain in place of the cluster's services": (
        SMALL.but(
            coredns=CoreDns(addon_version=VERSION, stub_domains={"svc.cluster.local": StubDomain(servers=["10.0.0.2"])})
        ),
        'coredns.stub_domains["svc.cluster.local"]',
        "must be a domain that the cluster does not answer for itself",
    ),
    "a stub domain in place of the pods' reverse names": (
        SMALL.but(
            coredns=CoreDns(addon_version=VERSION, stub_domains={"in-addr.arpa": StubDomain(servers=["10.0.0.2"])})
        ),
        'coredns.stub_domains["in-addr.arpa"]',
        "must be a domain that the cluster does not answer for itself",
    ),
    "an add-on of whatever version": (
        SMALL.but(coredns=CoreDns(addon_version="latest")),
        "coredns.addon_version",
        "must be an exact version of the add-on",
    ),
    "no zone": (instances(zone_ids=[]), 'external_dns["public"].zone_ids', "must have 1 or more items, got 0"),
    "an ARN in place of a zone's id": (
        instances(zone_ids=["arn:aws:route53:::hostedzone/Z0"]),
        'external_dns["public"].zone_ids[0]',
        "must be the id of a Route 53 hosted zone",
    ),
    "no domain": (
        instances(domain_filters=[]),
        'external_dns["public"].domain_filters',
        "must have 1 or more items, got 0",
    ),
    "a source that there is not": (
        instances(sources=["gateway"]),
        'external_dns["public"].sources[0]',
        'must be one of "service", "ingress", "istio-gateway", "istio-virtualservice", got "gateway"',
    ),
    "a policy that there is not": (
        instances(policy="delete"),
        'external_dns["public"].policy',
        'must be one of "upsert-only", "sync", "create-only", got "delete"',
    ),
    "a prefix that breaks names": (
        instances(txt_prefix="owner."),
        'external_dns["public"].txt_prefix',
        "must be one label of a DNS name",
    ),
    "two instances that own the same records": (
        SMALL.but(external_dns={"one": PUBLIC.but(owner_id="shared"), "two": PRIVATE.but(owner_id="shared")}),
        'external_dns["one"].owner_id',
        "is the owner_id of another instance too",
    ),
    "a zone that is public and private": (
        SMALL.but(external_dns={"one": PUBLIC, "two": PRIVATE.but(zone_ids=[PUBLIC_ZONE])}),
        'external_dns["one"].zone_ids',
        "a zone is public or private",
    ),
    "a scaling that cannot be": (
        SMALL.but(coredns=CoreDns(addon_version=VERSION, auto_scaling=AutoScaling(min_replicas=9, max_replicas=3))),
        "coredns.auto_scaling.max_replicas",
        "must be min_replicas at least, got min_replicas = 9, max_replicas = 3",
    ),
    "a budget that lets all replicas go": (
        SMALL.but(coredns=CoreDns(addon_version=VERSION, replicas=2, max_unavailable=2)),
        "coredns.max_unavailable",
        "must be less than replicas, or work on nodes may take all of them away, got max_unavailable = 2, replicas = 2",
    ),
    "a budget that lets the fewest replicas go": (
        SMALL.but(
            coredns=CoreDns(
                addon_version=VERSION, replicas=9, auto_scaling=AutoScaling(min_replicas=2), max_unavailable=3
            )
        ),
        "coredns.max_unavailable",
        "must be less than auto_scaling.min_replicas",
    ),
    "a rewrite that never happens": (
        SMALL.but(
            coredns=CoreDns(
                addon_version=VERSION,
                stub_domains={"corp.example.com": StubDomain(servers=["10.0.0.2"])},
                rewrites={"corp.example.com": Rewrite(to="a.b.svc.cluster.local")},
            )
        ),
        'coredns.rewrites["corp.example.com"]',
        "must have another name: stub_domains has this one",
    ),
    "a server that is a name": (
        SMALL.but(
            coredns=CoreDns(
                addon_version=VERSION, stub_domains={"corp.example.com": StubDomain(servers=["dns.example.com"])}
            )
        ),
        'coredns.stub_domains["corp.example.com"].servers[0]',
        "must be an IPv4 address",
    ),
    "a domain that would end the Corefile's line": (
        SMALL.but(coredns=CoreDns(addon_version=VERSION, rewrites={"a.example.com {": Rewrite(to="b.example.com")})),
        'coredns.rewrites["a.example.com {"]',
        "its name must be a domain in lower case",
    ),
    "an address that is none": (
        IPVS.but(node_local_dns=NodeLocalDns(kube_proxy_mode="ipvs", cluster_dns_ip="10.100.0.256")),
        "node_local_dns.cluster_dns_ip",
        "must be an IPv4 address, such as 10.20.0.2, got",
    ),
    "an image that can move": (
        IPVS.but(
            node_local_dns=NodeLocalDns(
                kube_proxy_mode="ipvs",
                cluster_dns_ip="10.100.0.10",
                image="registry.k8s.io/dns/k8s-dns-node-cache:latest",
            )
        ),
        "node_local_dns.image",
        "must be a container image with its registry and an exact version or digest",
    ),
    "a service of the mesh that is nowhere": (
        mesh(resolution="STATIC"),
        'mesh.services["api"].endpoints',
        "must not be empty with resolution STATIC",
    ),
    "a wildcard that DNS cannot resolve": (
        mesh(hosts=["*.example.com"]),
        'mesh.services["api"].hosts',
        "must have no wildcard with resolution DNS",
    ),
    "a name without a wildcard that the mesh resolves by the request": (
        mesh(resolution="DYNAMIC_DNS"),
        'mesh.services["api"].hosts',
        "must all begin with *. with resolution DYNAMIC_DNS",
    ),
    "two hosts behind a protocol that tells none": (
        mesh(hosts=["a.example.com", "b.example.com"], ports={"db": MeshPort(number=5432, protocol="TCP")}),
        'mesh.services["api"].hosts',
        'make a service for each host, got hosts = ["a.example.com","b.example.com"], ["db"]',
    ),
    "a protocol that the mesh cannot resolve by the request": (
        mesh(hosts=["*.example.com"], resolution="DYNAMIC_DNS", ports={"db": MeshPort(number=5432, protocol="TCP")}),
        'mesh.services["api"].ports["db"].protocol',
        'with resolution DYNAMIC_DNS: other protocols tell no host, got protocol = "TCP"',
    ),
    "a port's number twice": (
        mesh(ports={"a": MeshPort(number=443, protocol="TLS"), "b": MeshPort(number=443, protocol="HTTPS")}),
        'mesh.services["api"].ports',
        'must not have a number twice, got ["a","b"]',
    ),
    "an address beside a name that the request tells": (
        mesh(hosts=["*.example.com"], resolution="DYNAMIC_DNS", addresses=["10.8.0.4"]),
        'mesh.services["api"].addresses',
        'must be left out with resolution DYNAMIC_DNS, which goes by the host alone, got addresses = ["10.8.0.4"]',
    ),
    "a network that a name leads to": (
        mesh(addresses=["10.8.0.0/24"]),
        'mesh.services["api"].addresses',
        "must be single addresses, unless resolution is NONE or STATIC",
    ),
    "an address of the mesh that is a name": (
        mesh(addresses=["api.example.com"]),
        'mesh.services["api"].addresses[0]',
        "must be an IP address or a CIDR block",
    ),
    "two endpoints in turn": (
        mesh(
            resolution="DNS_ROUND_ROBIN",
            endpoints={"a": Endpoint(address="a.example.com"), "b": Endpoint(address="b.example.com")},
        ),
        'mesh.services["api"].endpoints',
        'must be one at most with resolution DNS_ROUND_ROBIN: use DNS for several, got ["a","b"]',
    ),
    "a fixed endpoint that is a name": (
        mesh(resolution="STATIC", endpoints={"a": Endpoint(address="a.example.com")}),
        'mesh.services["api"].endpoints["a"].address',
        "must be an IP address with resolution STATIC",
    ),
    "endpoints beside the address that a client has": (
        mesh(resolution="NONE", endpoints={"a": Endpoint(address="10.8.0.4")}),
        'mesh.services["api"].endpoints',
        'must be empty with resolution NONE or DYNAMIC_DNS, got resolution = "NONE", ["a"]',
    ),
    "endpoints beside pods": (
        mesh(resolution="STATIC", endpoints={"a": Endpoint(address="10.8.0.4")}, workload_selector={"app": "x"}),
        'mesh.services["api"].endpoints',
        'cannot be together with workload_selector, got workload_selector = {"app":"x"}, ["a"]',
    ),
    "everybody and one more": (
        mesh(export_to=["*", "claims"]),
        'mesh.services["api"].export_to',
        "must be * alone",
    ),
    "a value that the module keeps": (
        SMALL.but(extra_values={"policy": "sync"}),
        "extra_values",
        "policy",
    ),
    "arguments that would take the zones' place": (
        SMALL.but(extra_values={"extraArgs": ["--zone-id-filter=Z0"]}),
        "extra_values",
        "extraArgs",
    ),
}
IN_TERRAFORM_ONLY = {"a value that the module keeps", "arguments that would take the zones' place"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Terraform's answers to all of them, by one plan."""
    return refusals(ServiceDiscovery, {name: BAD[name][0] for name in sorted(BAD)}, tmp_path_factory.mktemp("refusals"))


@pytest.mark.parametrize("name", sorted(BAD))
def test_terraform_refuses_it(name: str, told: dict[str, str]) -> None:
    _, setting, words = BAD[name]
    assert setting in told[name]
    assert words in told[name]


@pytest.mark.parametrize("name", sorted(set(BAD) - IN_TERRAFORM_ONLY))
def test_python_refuses_it_before_with_the_same_words(name: str) -> None:
    inputs, setting, words = BAD[name]
    found = [problem for problem in problems_of(inputs, "prod.dns") if problem.path == f"prod.dns.{setting}"]
    assert [words in problem.message for problem in found] == [True]


@pytest.mark.parametrize("inputs", [FULL, IPVS, SMALL])
def test_what_is_right_is_taken(inputs: ServiceDiscoveryInputs) -> None:
    assert problems_of(inputs, "prod.dns") == []


def test_two_instances_whose_owner_is_left_out_own_different_records() -> None:
    both = {
        "one": PUBLIC,
        "two": ExternalDns(zone_ids=[PUBLIC_ZONE], zone_type="public", domain_filters=["shop.example.com"]),
    }
    assert problems_of(SMALL.but(external_dns=both), "prod.dns") == []
