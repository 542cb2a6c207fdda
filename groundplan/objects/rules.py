"""What the API server refuses beyond its schemas, and what it takes although it cannot work.

Each rule is Kubernetes' own; the function that says it is named beside it, of
https://github.com/kubernetes/kubernetes/tree/v1.34.4/pkg/apis (core/validation/validation.go unless another is named)
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from groundplan.grammars import time_zones

from . import errors
from .fields import Fault, Way, is_unsure, list_at, map_at, maps_at, matches, negatives, number_of, pod_of, quantity
from .model import KubernetesObject
from .naming import (
    LABEL,
    LONGEST_LABEL,
    LONGEST_NAME,
    REFUSED_PATHS,
    SUBDOMAIN,
    label_faults,
    metadata_faults,
    port_faults,
    selector_faults,
    subdomain_faults,
)
from .pods import pod_faults
from .schedules import schedule_is_wrong

__all__ = ["faults"]


_DATA_KEY = re.compile(r"[-._a-zA-Z0-9]+")
_PERCENT = re.compile(r"[0-9]+%")
_MOST_DATA = 1_048_576
_RBAC_GROUP = "rbac.authorization.k8s.io"
_LONGEST_TIMEOUT_SECONDS = 30
_FEWEST_SEGMENTS = 3


def faults(obj: KubernetesObject, minor: int) -> Iterator[Fault]:
    """What is wrong with an object beyond its schema, for a cluster of version 1.`minor`."""
    yield from metadata_faults(obj, minor)
    for rule in _RULES.get((obj.identity[0], obj.kind), ()):
        yield from rule(obj.document)
    if found := pod_of(obj.document):
        yield from pod_faults(*found, obj.document)


def _workload(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidateDeploymentSpec, ValidateStatefulSetSpec and ValidateDaemonSetSpec, of apps/validation/validation.go."""
    spec = map_at(document, "spec")
    selector, labels = spec.get("selector"), map_at(spec, "template", "metadata", "labels")
    if isinstance(selector, Mapping) and not is_unsure(selector, labels):
        yield from selector_faults(("spec", "selector"), selector)
        if not selector.get("matchLabels") and not selector.get("matchExpressions"):
            yield Fault(("spec", "selector"), errors.empty_selector())
        elif not matches(selector, labels):
            yield Fault(("spec", "selector"), errors.selector_misses(selector, labels))
    restart = map_at(spec, "template", "spec").get("restartPolicy")
    if restart in ("OnFailure", "Never"):
        yield Fault(("spec", "template", "spec", "restartPolicy"), errors.other_restart_policy(restart, ["Always"]))
    yield from negatives(("spec",), spec, "replicas", "minReadySeconds", "revisionHistoryLimit")


def _deployment(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidateDeploymentStrategy and ValidateRollingUpdateDeployment, of apps/validation/validation.go."""
    strategy = map_at(document, "spec", "strategy")
    rolling, way = strategy.get("rollingUpdate"), ("spec", "strategy", "rollingUpdate")
    if strategy.get("type") == "Recreate" and isinstance(rolling, Mapping):
        yield Fault(way, errors.rolling_update_of_recreate())
    elif isinstance(rolling, Mapping):
        yield from _share((*way, "maxUnavailable"), rolling.get("maxUnavailable"), is_whole_at_most=True)
        yield from _share((*way, "maxSurge"), rolling.get("maxSurge"), is_whole_at_most=False)
        if all(rolling.get(word) in (0, "0%") for word in ("maxSurge", "maxUnavailable")):
            yield Fault((*way, "maxUnavailable"), errors.nothing_may_move())


def _stateful_set(document: Mapping[str, Any]) -> Iterator[Fault]:
    strategy = map_at(document, "spec", "updateStrategy")
    if strategy.get("type") == "OnDelete" and isinstance(strategy.get("rollingUpdate"), Mapping):
        yield Fault(("spec", "updateStrategy", "rollingUpdate"), errors.rolling_update_of_on_delete())
    for index, claim in maps_at(document, "spec", "volumeClaimTemplates"):
        yield from _claim(("spec", "volumeClaimTemplates", index, "spec"), claim.get("spec"))


def _share(way: Way, value: Any, *, is_whole_at_most: bool) -> Iterator[Fault]:
    """ValidatePositiveIntOrPercent and IsNotMoreThan100Percent, of apps/validation/validation.go."""
    if isinstance(value, str) and not is_unsure(value):
        if not _PERCENT.fullmatch(value):
            yield Fault(way, errors.no_share(value))
        elif is_whole_at_most and int(value[:6].rstrip("%")) > 100:
            yield Fault(way, errors.more_than_all(value))
    elif (number := number_of(value)) is not None and number < 0:
        yield Fault(way, errors.below_zero(number))


def _claim(way: Way, spec: Any) -> Iterator[Fault]:
    """ValidatePersistentVolumeClaimSpec."""
    if not isinstance(spec, Mapping) or is_unsure(spec.get("accessModes"), spec.get("resources")):
        return
    if not list_at(spec, "accessModes"):
        yield Fault((*way, "accessModes"), errors.nothing_there("an access mode, such as ReadWriteOnce"))
    elif "" in list_at(spec, "accessModes"):
        yield Fault((*way, "accessModes"), errors.nothing_there("an access mode in each of its texts"))
    yield from subdomain_faults((*way, "storageClassName"), spec.get("storageClassName"))
    requests = map_at(spec, "resources", "requests")
    place = (*way, "resources", "requests", "storage")
    if "storage" not in requests:
        yield Fault(place, errors.nothing_there("an amount of storage, such as 10Gi"))
    else:
        amount = quantity(requests["storage"])
        if amount is None:
            yield Fault(place, errors.no_quantity(requests["storage"]))
        elif amount <= 0:
            yield Fault(place, errors.not_above_zero(requests["storage"]))


def _persistent_volume_claim(document: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _claim(("spec",), document.get("spec", {}))


def _service(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidateService and validateServicePort."""
    spec = map_at(document, "spec")
    kind, ports = spec.get("type") or "ClusterIP", list_at(spec, "ports")
    if is_unsure(kind, spec.get("clusterIP"), spec.get("ports") if not ports else None):
        return
    if not ports and kind != "ExternalName" and spec.get("clusterIP") != "None":
        yield Fault(("spec", "ports"), errors.nothing_there("a port, or clusterIP: None"))
    if kind == "ExternalName" and not spec.get("externalName"):
        yield Fault(("spec", "externalName"), errors.nothing_there("the name that the service stands for"))
    if kind in ("LoadBalancer", "NodePort") and spec.get("clusterIP") == "None":
        yield Fault(("spec", "clusterIP"), errors.headless_with_ports(str(kind)))
    yield from label_faults(("spec", "selector"), spec.get("selector"))
    names: set[str] = set()
    taken: set[tuple[Any, Any]] = set()
    for index, port in maps_at(spec, "ports"):
        way = ("spec", "ports", index)
        name, number, protocol = port.get("name"), port.get("port"), str(port.get("protocol") or "TCP")
        if not name and len(ports) > 1:
            yield Fault((*way, "name"), errors.port_without_name(len(ports)))
        elif isinstance(name, str) and name and not is_unsure(name):
            if not LABEL.fullmatch(name) or len(name) > LONGEST_LABEL:
                yield Fault((*way, "name"), errors.no_label(name, LONGEST_LABEL))
            elif name in names:
                yield Fault((*way, "name"), errors.twice("port", name))
            names.add(name)
        yield from port_faults((*way, "port"), number)
        # 0 is what is left out
        yield from port_faults((*way, "targetPort"), port.get("targetPort") or None)
        if (node_port := number_of(port.get("nodePort"))) and kind == "ClusterIP":
            yield Fault((*way, "nodePort"), errors.node_port_of_cluster_ip(node_port))
        if not is_unsure(number, protocol) and isinstance(number, int):
            if (number, protocol) in taken:
                yield Fault((*way, "port"), errors.twice("port", f"{number}/{protocol}"))
            taken.add((number, protocol))


def _budget(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidatePodDisruptionBudgetSpec, of policy/validation/validation.go."""
    spec = map_at(document, "spec")
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        yield Fault(("spec",), errors.both_of_a_budget(spec["minAvailable"], spec["maxUnavailable"]))
    for word in ("minAvailable", "maxUnavailable"):
        yield from _share(("spec", word), spec.get(word), is_whole_at_most=True)
    yield from selector_faults(("spec", "selector"), spec.get("selector"))


def _autoscaler(document: Mapping[str, Any]) -> Iterator[Fault]:
    """As validateHorizontalPodAutoscalerSpec, of autoscaling/validation/validation.go, has it."""
    spec = map_at(document, "spec")
    if map_at(spec, "scaleTargetRef").get("name") == "":
        yield Fault(("spec", "scaleTargetRef", "name"), errors.nothing_there("the name of what is scaled"))
    # one, where nothing is said
    fewest, most = number_of(spec.get("minReplicas", 1)), number_of(spec.get("maxReplicas"))
    # none is for a feature that is off: HPAScaleToZero
    if fewest is not None and fewest < 1:
        yield Fault(("spec", "minReplicas"), errors.not_above_zero(fewest))
    if most is not None and most < 1:
        yield Fault(("spec", "maxReplicas"), errors.not_above_zero(most))
    elif fewest is not None and most is not None and fewest > most:
        yield Fault(("spec", "maxReplicas"), errors.most_below_fewest(most, fewest))


def _cron_job(document: Mapping[str, Any]) -> Iterator[Fault]:
    """As validateCronJobSpec, of batch/validation/validation.go, has it."""
    spec = map_at(document, "spec")
    schedule, zone = spec.get("schedule"), spec.get("timeZone")
    if isinstance(schedule, str) and not is_unsure(schedule):
        if "TZ" in schedule:
            yield Fault(("spec", "schedule"), errors.zone_in_schedule(schedule))
        elif wrong := schedule_is_wrong(schedule):
            yield Fault(("spec", "schedule"), errors.no_schedule(schedule, wrong))
    if isinstance(zone, str) and not is_unsure(zone) and (found := time_zones.problems(zone)):
        yield Fault(("spec", "timeZone"), errors.no_time_zone(zone, found[0].cure))
    yield from _job_spec(("spec", "jobTemplate", "spec"), map_at(spec, "jobTemplate", "spec"))
    yield from negatives(("spec",), spec, "startingDeadlineSeconds")


def _job(document: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _job_spec(("spec",), map_at(document, "spec"))


def _job_spec(way: Way, spec: Mapping[str, Any]) -> Iterator[Fault]:
    """As validateJobSpec, of batch/validation/validation.go, has it."""
    pod = map_at(spec, "template", "spec")
    restart = pod.get("restartPolicy") or "Always"
    if pod and restart == "Always":
        said = errors.other_restart_policy(restart, ["OnFailure", "Never"])
        yield Fault((*way, "template", "spec", "restartPolicy"), said)
    fields = ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished")
    yield from negatives(way, spec, *fields)


def _secret(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidateSecret; `data` is text in base64, which is read before anything else."""
    yield from _bytes(document, "data")
    yield from _data_keys(document, "data", "stringData")
    wanted = {
        "kubernetes.io/tls": ("tls.crt", "tls.key"),
        "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
        "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    }
    data = {**map_at(document, "data"), **map_at(document, "stringData")}
    for key in wanted.get(str(document.get("type")), ()):
        if key not in data and not is_unsure(list(data)):
            yield Fault(("data", key), errors.key_of_type_missing(key, str(document.get("type"))))


def _config_map(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidateConfigMap."""
    yield from _bytes(document, "binaryData")
    yield from _data_keys(document, "data", "binaryData")
    for key in sorted(set(map_at(document, "data")) & set(map_at(document, "binaryData"))):
        yield Fault(("data", key), errors.in_both_data(key))


def _bytes(document: Mapping[str, Any], word: str) -> Iterator[Fault]:
    for key, value in map_at(document, word).items():
        if isinstance(value, str) and not is_unsure(value):
            try:
                # line ends are passed over, https://pkg.go.dev/encoding/base64
                base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True)
            except (binascii.Error, ValueError):
                yield Fault((word, key), errors.not_base64())


def _data_keys(document: Mapping[str, Any], *words: str) -> Iterator[Fault]:
    size, in_base64 = 0, ("data",) if "stringData" in words else ("binaryData",)
    for word in words:
        for key, value in map_at(document, word).items():
            is_name = _DATA_KEY.fullmatch(key) and len(key) <= LONGEST_NAME
            if not is_unsure(key) and (not is_name or key in REFUSED_PATHS or key.startswith("..")):
                yield Fault((word, key), errors.no_data_key(key))
            if isinstance(value, str):
                length = len(value.encode("utf-8", "replace"))
                # three bytes are four letters of base64
                size += length * 3 // 4 if word in in_base64 else length
    if size > _MOST_DATA:
        yield Fault((words[0],), errors.too_large(size, _MOST_DATA))


def _role(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidatePolicyRule, of rbac/validation/validation.go."""
    for index, rule in maps_at(document, "rules"):
        way = ("rules", index)
        if is_unsure(rule):
            continue
        if "verbs" in rule and not list_at(rule, "verbs"):
            yield Fault((*way, "verbs"), errors.nothing_there("a verb"))
        if list_at(rule, "nonResourceURLs"):
            if document.get("kind") == "Role":
                yield Fault((*way, "nonResourceURLs"), errors.urls_in_a_role())
            if any(list_at(rule, word) for word in ("apiGroups", "resources", "resourceNames")):
                yield Fault((*way, "nonResourceURLs"), errors.urls_beside_resources())
            continue
        for word, what in (("apiGroups", 'an API group, "" for that of pods'), ("resources", "a resource")):
            if not list_at(rule, word):
                yield Fault((*way, word), errors.nothing_there(what))


def _binding(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidateRoleBinding, ValidateClusterRoleBinding and ValidateRoleBindingSubject, of rbac/validation/validation.go.

    What is left out has its default: rbac/v1/defaults.go.
    """
    reference, kind = map_at(document, "roleRef"), document.get("kind")
    allowed = ["ClusterRole", "Role"] if kind == "RoleBinding" else ["ClusterRole"]
    if (said := reference.get("kind")) is not None and not is_unsure(said) and said not in allowed:
        yield Fault(("roleRef", "kind"), errors.not_among(said, allowed))
    if (group := reference.get("apiGroup")) and not is_unsure(group) and group != _RBAC_GROUP:
        yield Fault(("roleRef", "apiGroup"), errors.not_among(group, [_RBAC_GROUP]))
    if reference.get("name") == "":
        yield Fault(("roleRef", "name"), errors.nothing_there("the name of a role"))
    for index, subject in maps_at(document, "subjects"):
        way, said, group = ("subjects", index), subject.get("kind"), subject.get("apiGroup") or ""
        if is_unsure(said, group):
            continue
        if said not in ("ServiceAccount", "User", "Group"):
            if said is not None:
                yield Fault((*way, "kind"), errors.not_among(said, ["Group", "ServiceAccount", "User"]))
        elif group not in ("", _RBAC_GROUP) or (said == "ServiceAccount" and group):
            groups = [""] if said == "ServiceAccount" else [_RBAC_GROUP]
            yield Fault((*way, "apiGroup"), errors.not_among(group, groups))
        if said == "ServiceAccount":
            yield from subdomain_faults((*way, "name"), subject.get("name"))
        if said == "ServiceAccount" and kind == "ClusterRoleBinding" and not subject.get("namespace"):
            yield Fault((*way, "namespace"), errors.nothing_there("the namespace of the service account"))


def _webhooks(document: Mapping[str, Any]) -> Iterator[Fault]:
    """As validateMutatingWebhook and validateRule, of admissionregistration/validation/validation.go, have it."""
    names: set[str] = set()
    for index, hook in maps_at(document, "webhooks"):
        way, name, client = ("webhooks", index), hook.get("name"), map_at(hook, "clientConfig")
        if isinstance(name, str) and not is_unsure(name):
            if not SUBDOMAIN.fullmatch(name) or name.count(".") < _FEWEST_SEGMENTS - 1:
                yield Fault((*way, "name"), errors.no_webhook_name(name))
            if name in names:
                yield Fault((*way, "name"), errors.twice("webhook", name))
            names.add(name)
        is_said = isinstance(hook.get("clientConfig"), Mapping) and not is_unsure(client)
        if is_said and (client.get("url") is None) == (client.get("service") is None):
            yield Fault((*way, "clientConfig"), errors.url_or_service())
        reviews = hook.get("admissionReviewVersions", ["v1"])
        if not is_unsure(reviews) and not {"v1", "v1beta1"} & {str(one) for one in list_at(reviews)}:
            yield Fault((*way, "admissionReviewVersions"), errors.nothing_there("v1"))
        seconds = number_of(hook.get("timeoutSeconds"))
        if seconds is not None and not 1 <= seconds <= _LONGEST_TIMEOUT_SECONDS:
            yield Fault((*way, "timeoutSeconds"), errors.out_of_range(seconds, 1, _LONGEST_TIMEOUT_SECONDS))
        for number, rule in maps_at(hook, "rules"):
            for word in ("apiGroups", "apiVersions", "operations", "resources"):
                if not list_at(rule, word) and not is_unsure(rule.get(word)):
                    yield Fault((*way, "rules", number, word), errors.nothing_there("a value, such as '*'"))
                elif word != "apiGroups" and "" in list_at(rule, word):
                    yield Fault((*way, "rules", number, word), errors.nothing_there("a value in each of its texts"))
        for word in ("namespaceSelector", "objectSelector"):
            yield from selector_faults((*way, word), hook.get(word))


def _network_policy(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidateNetworkPolicySpec and ValidateIPBlock, of networking/validation/validation.go."""
    spec = map_at(document, "spec")
    yield from selector_faults(("spec", "podSelector"), spec.get("podSelector"))
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in maps_at(spec, direction):
            for number, peer in maps_at(rule, peers):
                way = ("spec", direction, index, peers, number)
                for word in ("podSelector", "namespaceSelector"):
                    yield from selector_faults((*way, word), peer.get(word))
                yield from _block((*way, "ipBlock"), peer.get("ipBlock"))
                if not peer:
                    yield Fault(way, errors.nothing_there("a podSelector, a namespaceSelector or an ipBlock"))
            for number, port in maps_at(rule, "ports"):
                yield from port_faults(("spec", direction, index, "ports", number, "port"), port.get("port"))


def _ingress(document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidateIngressSpec and validateHTTPIngressPath, of networking/validation/validation.go."""
    spec = map_at(document, "spec")
    if not list_at(spec, "rules") and not spec.get("defaultBackend") and not is_unsure(spec.get("rules")):
        yield Fault(("spec", "rules"), errors.nothing_there("a rule, or a defaultBackend"))
    yield from _backend(("spec", "defaultBackend"), spec.get("defaultBackend"))
    for index, rule in maps_at(spec, "rules"):
        yield from _host(("spec", "rules", index, "host"), rule.get("host"))
        http = rule.get("http")
        if isinstance(http, Mapping) and not list_at(http, "paths") and not is_unsure(http):
            yield Fault(("spec", "rules", index, "http", "paths"), errors.nothing_there("a path"))
        for number, path in maps_at(rule, "http", "paths"):
            yield from _backend(("spec", "rules", index, "http", "paths", number, "backend"), path.get("backend"))
            said, kind = path.get("path") or "", path.get("pathType")
            if kind == "":
                allowed = ["Exact", "ImplementationSpecific", "Prefix"]
                yield Fault(
                    ("spec", "rules", index, "http", "paths", number, "pathType"), errors.not_among(kind, allowed)
                )
            if kind in ("Exact", "Prefix") and isinstance(said, str) and said[:1] != "/" and not is_unsure(said):
                yield Fault(("spec", "rules", index, "http", "paths", number, "path"), errors.no_absolute_path(said))


def _host(way: Way, host: Any) -> Iterator[Fault]:
    """ValidateIngressRules, of networking/validation/validation.go: a name, which may begin with `*.`."""
    if isinstance(host, str) and host and not is_unsure(host):
        if _network(f"{host}/32") is not None:
            yield Fault(way, errors.address_for_a_name(host))
        else:
            yield from subdomain_faults(way, host.removeprefix("*."))


def _backend(way: Way, backend: Any) -> Iterator[Fault]:
    """As validateIngressBackend, of networking/validation/validation.go, has it."""
    if not isinstance(backend, Mapping) or is_unsure(backend):
        return
    service, resource = backend.get("service"), backend.get("resource")
    if (service is None) == (resource is None):
        yield Fault(way, errors.service_or_resource())
    if not isinstance(service, Mapping):
        return
    name, port = service.get("name"), map_at(service, "port")
    if isinstance(name, str) and (not LABEL.fullmatch(name) or len(name) > LONGEST_LABEL):
        yield Fault((*way, "service", "name"), errors.no_label(name, LONGEST_LABEL))
    if bool(port.get("name")) == bool(port.get("number")):
        yield Fault((*way, "service", "port"), errors.name_or_number())
    yield from port_faults((*way, "service", "port", "number"), port.get("number") or None)
    yield from port_faults((*way, "service", "port", "name"), port.get("name"))


def _block(way: Way, block: Any) -> Iterator[Fault]:
    if not isinstance(block, Mapping) or is_unsure(block):
        return
    outer = _network(block.get("cidr"))
    if outer is None and isinstance(block.get("cidr"), str):
        yield Fault((*way, "cidr"), errors.no_cidr(block["cidr"]))
    for index, text in enumerate(list_at(block, "except")):
        inner = _network(text)
        if inner is None:
            yield Fault((*way, "except", index), errors.no_cidr(text))
        elif outer and (inner.version != outer.version or inner == outer or not inner.subnet_of(outer)):  # type: ignore[arg-type]
            yield Fault((*way, "except", index), errors.not_inside(text, str(block["cidr"])))


def _network(text: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        # bits behind the mask are passed over
        return ipaddress.ip_network(text, strict=False) if isinstance(text, str) and "/" in text else None
    except ValueError:
        return None


_Rule = Callable[[Mapping[str, Any]], Iterable[Fault]]
_RULES: dict[tuple[str, str], tuple[_Rule, ...]] = {
    ("", "ConfigMap"): (_config_map,),
    ("", "PersistentVolumeClaim"): (_persistent_volume_claim,),
    ("", "Secret"): (_secret,),
    ("", "Service"): (_service,),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): (_webhooks,),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): (_webhooks,),
    ("apps", "DaemonSet"): (_workload,),
    ("apps", "Deployment"): (_workload, _deployment),
    ("apps", "ReplicaSet"): (_workload,),
    ("apps", "StatefulSet"): (_workload, _stateful_set),
    ("autoscaling", "HorizontalPodAutoscaler"): (_autoscaler,),
    ("batch", "CronJob"): (_cron_job,),
    ("batch", "Job"): (_job,),
    ("networking.k8s.io", "Ingress"): (_ingress,),
    ("networking.k8s.io", "NetworkPolicy"): (_network_policy,),
    ("policy", "PodDisruptionBudget"): (_budget,),
    (_RBAC_GROUP, "ClusterRole"): (_role,),
    (_RBAC_GROUP, "ClusterRoleBinding"): (_binding,),
    (_RBAC_GROUP, "Role"): (_role,),
    (_RBAC_GROUP, "RoleBinding"): (_binding,),
}
