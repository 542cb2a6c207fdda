"""CoreDNS, as the EKS add-on: its configuration, its size, where its pods are."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.eks_addon import EksAddon

from groundplan.building import tags
from groundplan.framework import (
    Module,
    choose,
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
    when,
)

from .coredns_inputs import CoreDns, Rewrite, StubDomain
from .inputs import ServiceDiscoveryInputs

__all__ = ["COREDNS_PODS", "KUBE_SYSTEM", "RESOLVER", "coredns", "corefile", "rendered", "upstreams"]

KUBE_SYSTEM = "kube-system"
RESOLVER = "/etc/resolv.conf"
"""The node's own way to names outside of the cluster: the VPC's resolver."""

COREDNS_PODS = {"k8s-app": "kube-dns"}
_LOG_CLASSES = {"errors": "error", "denials": "denial", "all": "all"}


def corefile(scope: Module[Any, Any], settings: CoreDns) -> str:
    """CoreDNS's configuration: that of EKS, with the domains, names and times that are given.

    https://coredns.io/manual/configuration/ and the pages of its plugins
    """
    log_class = ""
    for given, told in _LOG_CLASSES.items():
        log_class = choose(equals(settings.query_log, given), told, log_class)
    return rendered(
        scope,
        "Corefile.tftpl",
        {
            "log_class": log_class,
            "rewrites": each(settings.rewrites).documents(_rewrite),
            "upstreams": upstreams(settings.upstream_servers),
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


def rendered(scope: Module[Any, Any], name: str, settings: dict[str, Any]) -> str:
    """The text of a file of the module, with what the settings say in it."""
    template = scope.ship(f"files/{name}", (scope.folder() / "files" / name).read_bytes())
    return text("templatefile", template, settings)


def upstreams(servers: list[str]) -> str:
    """Where names outside of the cluster are asked for: at servers that are given, else as the node does."""
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
        "labelSelector": {"matchLabels": COREDNS_PODS},
        # counts replicas of one rollout only, or the last one's would keep the next one's from their places
        "matchLabelKeys": ["pod-template-hash"],
    }
