"""The DNS cache on every node, in front of CoreDNS."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_kubernetes import daemon_set_v1 as daemon
from cdktf_cdktf_provider_kubernetes.config_map_v1 import ConfigMapV1, ConfigMapV1Metadata
from cdktf_cdktf_provider_kubernetes.service_account_v1 import ServiceAccountV1, ServiceAccountV1Metadata
from cdktf_cdktf_provider_kubernetes.service_v1 import ServiceV1, ServiceV1Metadata, ServiceV1Spec, ServiceV1SpecPort

from groundplan.framework import (
    Module,
    choose,
    concat,
    dependable,
    equals,
    is_set,
    keys,
    part_id,
    present,
    text,
    texts,
    when,
)

from .coredns import COREDNS_PODS, KUBE_SYSTEM, RESOLVER, rendered, upstreams
from .inputs import ServiceDiscoveryInputs

__all__ = ["LOCAL_ADDRESS", "NODE_LOCAL", "node_local"]

NODE_LOCAL = "node-local-dns"
LOCAL_ADDRESS = "169.254.20.10"
"""Where the cache listens on every node: https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/"""

_CACHE_PODS = {"k8s-app": NODE_LOCAL}


def node_local(scope: Module[Any, Any], given: ServiceDiscoveryInputs) -> Any:
    """The cache on every node. With iptables it takes over the address of CoreDNS on its node, else it cannot.

    https://github.com/kubernetes/kubernetes/tree/master/cluster/addons/dns/nodelocaldns
    """
    part = when(is_set(given.node_local_dns))
    settings = present(given.node_local_dns)
    takes_over = equals(settings.kube_proxy_mode, "iptables")
    account = part(
        ServiceAccountV1,
        scope,
        part_id("account", "node_local_dns"),
        metadata=ServiceAccountV1Metadata(name=NODE_LOCAL, namespace=KUBE_SYSTEM, labels=_CACHE_PODS),
        automount_service_account_token=False,
    )
    # another way to CoreDNS: on the nodes its own address leads to the cache
    upstream = part(
        ServiceV1,
        scope,
        part_id("service", "coredns_upstream"),
        metadata=ServiceV1Metadata(name="kube-dns-upstream", namespace=KUBE_SYSTEM, labels=COREDNS_PODS),
        spec=ServiceV1Spec(
            type="ClusterIP",
            selector=COREDNS_PODS,
            port=[
                ServiceV1SpecPort(name="dns", port=53, target_port="53", protocol="UDP"),
                ServiceV1SpecPort(name="dns-tcp", port=53, target_port="53", protocol="TCP"),
            ],
        ),
        wait_for_load_balancer=False,
    )
    configuration = rendered(
        scope,
        "node-local.Corefile.tftpl",
        {
            "cluster_zones": _cluster_zones(given),
            "success_seconds": settings.success_seconds,
            "denial_seconds": settings.denial_seconds,
            "addresses": choose(takes_over, f"{LOCAL_ADDRESS} {settings.cluster_dns_ip}", LOCAL_ADDRESS),
            "local_address": LOCAL_ADDRESS,
            # with iptables the cache itself fills in the address of kube-dns-upstream
            "cluster_dns": choose(takes_over, "__PILLAR__CLUSTER__DNS__", settings.cluster_dns_ip),
            "upstreams": choose(is_set(given.coredns), upstreams(present(given.coredns).upstream_servers), RESOLVER),
        },
    )
    config_map = part(
        ConfigMapV1,
        scope,
        part_id("config", "node_local_dns"),
        metadata=ConfigMapV1Metadata(name=NODE_LOCAL, namespace=KUBE_SYSTEM, labels=_CACHE_PODS),
        # the cache writes Corefile itself, from this
        data={"Corefile.base": configuration},
    )
    return part(
        daemon.DaemonSetV1,
        scope,
        part_id("daemon_set", "node_local_dns"),
        metadata=daemon.DaemonSetV1Metadata(name=NODE_LOCAL, namespace=KUBE_SYSTEM, labels=_CACHE_PODS),
        spec=daemon.DaemonSetV1Spec(
            selector=daemon.DaemonSetV1SpecSelector(match_labels=_CACHE_PODS),
            strategy=daemon.DaemonSetV1SpecStrategy(
                type="RollingUpdate",
                rolling_update=daemon.DaemonSetV1SpecStrategyRollingUpdate(max_unavailable="10%"),
            ),
            template=daemon.DaemonSetV1SpecTemplate(
                metadata=daemon.DaemonSetV1SpecTemplateMetadata(
                    labels=_CACHE_PODS, annotations={"checksum/corefile": text("sha256", configuration)}
                ),
                spec=_cache_pod(
                    image=settings.image,
                    memory_limit=settings.memory_limit,
                    addresses=choose(takes_over, f"{LOCAL_ADDRESS},{settings.cluster_dns_ip}", LOCAL_ADDRESS),
                ),
            ),
        ),
        depends_on=[dependable(element) for element in (account, upstream, config_map)],
    )


def _cache_pod(*, image: str, memory_limit: str, addresses: str) -> daemon.DaemonSetV1SpecTemplateSpec:
    container = daemon.DaemonSetV1SpecTemplateSpecContainer(
        name="node-cache",
        image=image,
        args=[
            *("-localip", addresses),
            *("-conf", "/etc/Corefile"),
            *("-upstreamsvc", "kube-dns-upstream"),
            *("-pidfile", "/tmp/node-cache.pid"),  # noqa: S108 - a file of the container, whose /tmp is its own
        ],
        port=[
            daemon.DaemonSetV1SpecTemplateSpecContainerPort(name="dns", container_port=53, protocol="UDP"),
            daemon.DaemonSetV1SpecTemplateSpecContainerPort(name="dns-tcp", container_port=53, protocol="TCP"),
            daemon.DaemonSetV1SpecTemplateSpecContainerPort(name="metrics", container_port=9253, protocol="TCP"),
        ],
        resources=daemon.DaemonSetV1SpecTemplateSpecContainerResources(
            requests={"cpu": "25m", "memory": "32Mi"}, limits={"memory": memory_limit}
        ),
        # It makes an interface for its address, and rules that keep queries out of connection tracking, with a program
        # that opens a raw socket; it listens on 53. The root file system stays writable: that program's wrapper finds
        # out which kind of rules the node has, and links to it.
        # https://github.com/kubernetes-sigs/iptables-wrappers
        security_context=daemon.DaemonSetV1SpecTemplateSpecContainerSecurityContext(
            allow_privilege_escalation=False,
            capabilities=daemon.DaemonSetV1SpecTemplateSpecContainerSecurityContextCapabilities(
                drop=["ALL"], add=["NET_ADMIN", "NET_BIND_SERVICE", "NET_RAW"]
            ),
            seccomp_profile=daemon.DaemonSetV1SpecTemplateSpecContainerSecurityContextSeccompProfile(
                type="RuntimeDefault"
            ),
        ),
        liveness_probe=daemon.DaemonSetV1SpecTemplateSpecContainerLivenessProbe(
            http_get=daemon.DaemonSetV1SpecTemplateSpecContainerLivenessProbeHttpGet(
                host=LOCAL_ADDRESS, path="/health", port="8080"
            ),
            initial_delay_seconds=60,
            timeout_seconds=5,
        ),
        readiness_probe=daemon.DaemonSetV1SpecTemplateSpecContainerReadinessProbe(
            http_get=daemon.DaemonSetV1SpecTemplateSpecContainerReadinessProbeHttpGet(
                host=LOCAL_ADDRESS, path="/health", port="8080"
            ),
            timeout_seconds=5,
        ),
        volume_mount=[
            daemon.DaemonSetV1SpecTemplateSpecContainerVolumeMount(
                name="xtables-lock", mount_path="/run/xtables.lock", read_only=False
            ),
            daemon.DaemonSetV1SpecTemplateSpecContainerVolumeMount(name="corefile", mount_path="/etc/coredns"),
        ],
    )
    return daemon.DaemonSetV1SpecTemplateSpec(
        service_account_name=NODE_LOCAL,
        automount_service_account_token=False,
        priority_class_name="system-node-critical",
        host_network=True,
        # the node's own resolver, not the cache that it is
        dns_policy="Default",
        # the variables that tell the address of kube-dns-upstream
        enable_service_links=True,
        node_selector={"kubernetes.io/os": "linux"},
        toleration=[daemon.DaemonSetV1SpecTemplateSpecToleration(operator="Exists")],
        container=[container],
        volume=[
            daemon.DaemonSetV1SpecTemplateSpecVolume(
                name="xtables-lock",
                host_path=daemon.DaemonSetV1SpecTemplateSpecVolumeHostPath(
                    path="/run/xtables.lock", type="FileOrCreate"
                ),
            ),
            daemon.DaemonSetV1SpecTemplateSpecVolume(
                name="corefile",
                config_map=daemon.DaemonSetV1SpecTemplateSpecVolumeConfigMap(name=NODE_LOCAL),
            ),
        ],
    )


def _cluster_zones(given: ServiceDiscoveryInputs) -> list[str]:
    """The zones that only CoreDNS knows to answer: the cluster's, stub domains, names that it rewrites."""
    told = present(given.coredns)
    further = choose(
        is_set(given.coredns),
        concat(keys(told.stub_domains), keys(told.rewrites)),
        texts("tolist", []),
    )
    return texts("distinct", concat(["cluster.local", "in-addr.arpa", "ip6.arpa"], further))
