"""The cluster's own DNS: CoreDNS as the EKS add-on, and the cache on every node in front of it."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.eks_addon import EksAddon
from cdktf_cdktf_provider_kubernetes import daemon_set_v1 as daemon
from cdktf_cdktf_provider_kubernetes.config_map_v1 import ConfigMapV1, ConfigMapV1Metadata
from cdktf_cdktf_provider_kubernetes.service_account_v1 import ServiceAccountV1, ServiceAccountV1Metadata
from cdktf_cdktf_provider_kubernetes.service_v1 import ServiceV1, ServiceV1Metadata, ServiceV1Spec, ServiceV1SpecPort

from groundplan.building import tags
from groundplan.framework import (
    Module,
    choose,
    concat,
    dependable,
    each,
    equals,
    is_set,
    join,
    jsonencode,
    merged,
    not_empty,
    part_id,
    present,
    text,
    texts,
    when,
)

from .inputs import CoreDns, Rewrite, ServiceDiscoveryInputs, StubDomain

__all__ = ["KUBE_SYSTEM", "LOCAL_ADDRESS", "NODE_LOCAL", "coredns", "corefile", "node_local"]

KUBE_SYSTEM = "kube-system"
NODE_LOCAL = "node-local-dns"
LOCAL_ADDRESS = "169.254.20.10"
"""Where the cache listens on every node: https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/"""

RESOLVER = "/etc/resolv.conf"
"""The node's own way to names outside of the cluster: the VPC's resolver."""

_COREDNS_PODS = {"k8s-app": "kube-dns"}
_CACHE_PODS = {"k8s-app": NODE_LOCAL}
_LOG_CLASSES = {"errors": "error", "denials": "denial", "all": "all"}


def corefile(scope: Module[Any, Any], settings: CoreDns) -> str:
    """CoreDNS's configuration: that of EKS, with the domains, names and times that are given.

    https://coredns.io/manual/configuration/ and the pages of its plugins
    """
    log_class = ""
    for given, told in _LOG_CLASSES.items():
        log_class = choose(equals(settings.query_log, given), told, log_class)
    return _rendered(
        scope,
        "Corefile.tftpl",
        {
            "log_class": log_class,
            "rewrites": each(settings.rewrites).documents(_rewrite),
            "upstreams": _upstreams(settings.upstream_servers),
            "success_seconds": settings.cache.success_seconds,
            "denial_seconds": settings.cache.denial_seconds,
            "serve_stale_seconds": settings.cache.serve_stale_seconds,
            "stub_domains": each(settings.stub_domains).documents(_stub_domain),
        },
    )


def coredns(scope: Module[Any, Any], given: ServiceDiscoveryInputs) -> Any:
    """The add-on. It takes over what a new cluster has already, and stays in the cluster when the module goes.

    The values are those of the add-on's schema, which refuses all others:
    `aws eks describe-addon-configuration --addon-name coredns --addon-version <version>`.
    https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html
    https://docs.aws.amazon.com/eks/latest/userguide/coredns-autoscaling.html
    """
    settings = present(given.coredns)
    scaled = is_set(settings.auto_scaling)
    scaling = present(settings.auto_scaling)
    values = {
        "autoScaling": {
            "enabled": scaled,
            "minReplicas": choose(scaled, scaling.min_replicas, settings.replicas),
            "maxReplicas": choose(scaled, scaling.max_replicas, settings.replicas),
        },
        "corefile": corefile(scope, settings),
        "nodeSelector": settings.node_selector,
        "podDisruptionBudget": {"enabled": True, "maxUnavailable": settings.max_unavailable},
        "resources": {
            "requests": {"cpu": settings.cpu_request, "memory": settings.memory_request},
            "limits": {"memory": settings.memory_limit},
        },
        "topologySpreadConstraints": [
            _spread("topology.kubernetes.io/zone", settings.zone_spread),
            _spread("kubernetes.io/hostname", "ScheduleAnyway"),
        ],
    }
    return when(is_set(given.coredns))(
        EksAddon,
        scope,
        part_id("addon", "coredns"),
        cluster_name=given.cluster.name,
        addon_name="coredns",
        addon_version=settings.addon_version,
        # a number of replicas beside the scaling would be set again with every change of the add-on
        configuration_values=jsonencode(merged(values, choose(scaled, {}, {"replicaCount": settings.replicas}))),
        resolve_conflicts_on_create="OVERWRITE",
        resolve_conflicts_on_update="OVERWRITE",
        preserve=True,
        tags=tags(scope, given),
    )


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
        metadata=ServiceV1Metadata(name="kube-dns-upstream", namespace=KUBE_SYSTEM, labels=_COREDNS_PODS),
        spec=ServiceV1Spec(
            type="ClusterIP",
            selector=_COREDNS_PODS,
            port=[
                ServiceV1SpecPort(name="dns", port=53, target_port="53", protocol="UDP"),
                ServiceV1SpecPort(name="dns-tcp", port=53, target_port="53", protocol="TCP"),
            ],
        ),
        wait_for_load_balancer=False,
    )
    configuration = _rendered(
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
            "upstreams": choose(is_set(given.coredns), _upstreams(present(given.coredns).upstream_servers), RESOLVER),
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
        # it makes an interface for its address, and rules that keep queries out of connection tracking
        security_context=daemon.DaemonSetV1SpecTemplateSpecContainerSecurityContext(
            capabilities=daemon.DaemonSetV1SpecTemplateSpecContainerSecurityContextCapabilities(add=["NET_ADMIN"])
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
        concat(texts("keys", told.stub_domains), texts("keys", told.rewrites)),
        texts("tolist", []),
    )
    return texts("distinct", concat(["cluster.local", "in-addr.arpa", "ip6.arpa"], further))


def _rendered(scope: Module[Any, Any], name: str, settings: dict[str, Any]) -> str:
    template = scope.ship(f"files/{name}", (scope.folder() / "files" / name).read_bytes())
    return text("templatefile", template, settings)


def _upstreams(servers: list[str]) -> str:
    return choose(not_empty(servers), join(" ", servers), RESOLVER)


def _rewrite(name: str, rewrite: Rewrite) -> dict[str, Any]:
    return {"name": name, "match": rewrite.match, "to": rewrite.to}


def _stub_domain(name: str, stub: StubDomain) -> dict[str, Any]:
    return {
        "name": name,
        "servers": stub.servers,
        "force_tcp": stub.force_tcp,
        "cache_seconds": stub.cache_seconds,
    }


def _spread(topology_key: str, otherwise: str) -> dict[str, Any]:
    return {
        "maxSkew": 1,
        "topologyKey": topology_key,
        "whenUnsatisfiable": otherwise,
        "labelSelector": {"matchLabels": _COREDNS_PODS},
        # counts replicas of one rollout only, or the last one's would keep the next one's from their places
        "matchLabelKeys": ["pod-template-hash"],
    }
