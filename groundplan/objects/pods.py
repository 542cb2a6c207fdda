"""What the API server refuses of pods and containers beyond its schemas, and what it takes although it cannot work.

Each rule is Kubernetes' own; the function that says it is named beside it, of
https://github.com/kubernetes/kubernetes/tree/v1.34.4/pkg/apis (core/validation/validation.go unless another is named)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from . import errors
from .fields import Fault, Way, container_lists, is_unsure, list_at, map_at, maps_at, negatives, number_of, quantity
from .naming import (
    LABEL,
    LONGEST_LABEL,
    LONGEST_PORT_NAME,
    is_port_name,
    is_qualified,
    label_faults,
    port_faults,
    selector_faults,
    subdomain_faults,
)

__all__ = ["pod_faults"]


_STANDARD_RESOURCES = ("cpu", "ephemeral-storage", "memory")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS = ("exec", "grpc", "httpGet", "tcpSocket")


def pod_faults(way: Way, template: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidatePodTemplateSpec and ValidatePodSpec."""
    spec = map_at(template, "spec")
    place = (*way, "spec")
    if way:
        yield from label_faults((*way, "metadata", "labels"), map_at(template, "metadata").get("labels"))
    yield from label_faults((*place, "nodeSelector"), spec.get("nodeSelector"))
    volumes: set[str] = set()
    for index, volume in maps_at(spec, "volumes"):
        name = volume.get("name")
        if isinstance(name, str) and not is_unsure(name):
            if not LABEL.fullmatch(name) or len(name) > LONGEST_LABEL:
                yield Fault((*place, "volumes", index, "name"), errors.no_label(name, LONGEST_LABEL))
            if name in volumes:
                yield Fault((*place, "volumes", index, "name"), errors.twice("volume", name))
        volumes.add(str(name))
        limit = map_at(volume, "emptyDir").get("sizeLimit")
        if limit is not None and not is_unsure(limit) and quantity(limit) is None:
            yield Fault((*place, "volumes", index, "emptyDir", "sizeLimit"), errors.no_quantity(limit))
    for _, claim in maps_at(document, "spec", "volumeClaimTemplates") if document.get("kind") == "StatefulSet" else ():
        volumes.add(str(map_at(claim, "metadata").get("name")))
    # where it is left out, the schema says so
    said = template.get("spec") if not spec else spec.get("containers", "left out")
    if not is_unsure(said) and said in ([], {}, None):
        yield Fault((*place, "containers"), errors.nothing_there("a container"))
    names: set[str] = set()
    for word, index, container in container_lists(template):
        name = container.get("name")
        if isinstance(name, str) and not is_unsure(name):
            if name in names:
                yield Fault((*place, word, index, "name"), errors.twice("container", name))
            names.add(name)
        yield from _container((*place, word, index), container, volumes, spec)
        if word == "initContainers" and container.get("restartPolicy") != "Always" and not is_unsure(container):
            for probe in (*_PROBES, "lifecycle"):
                if isinstance(container.get(probe), Mapping):
                    yield Fault((*place, word, index, probe), errors.probe_of_init_container())
    for word in ("serviceAccountName", "priorityClassName"):
        yield from subdomain_faults((*place, word), spec.get(word))
    yield from _tolerations(place, spec)
    yield from _spread(place, spec)


def _container(way: Way, container: Mapping[str, Any], volumes: set[str], pod: Mapping[str, Any]) -> Iterator[Fault]:
    """As validateContainerCommon has it."""
    name = container.get("name")
    if isinstance(name, str) and not is_unsure(name) and (not LABEL.fullmatch(name) or len(name) > LONGEST_LABEL):
        yield Fault((*way, "name"), errors.no_label(name, LONGEST_LABEL))
    if not container.get("image"):
        yield Fault((*way, "image"), errors.nothing_there("an image"))
    yield from _container_ports(way, container, is_host_network=pod.get("hostNetwork") is True)
    yield from _repeated(way, container)
    paths: set[str] = set()
    for index, mount in maps_at(container, "volumeMounts"):
        place, volume, path = (*way, "volumeMounts", index), mount.get("name"), mount.get("mountPath")
        if isinstance(volume, str) and not is_unsure(volume, list(volumes)) and volume not in volumes:
            yield Fault((*place, "name"), errors.no_volume(volume, volumes))
        if path == "":
            yield Fault((*place, "mountPath"), errors.nothing_there("a path"))
        if isinstance(path, str) and path in paths and not is_unsure(path):
            yield Fault((*place, "mountPath"), errors.twice("mount", path))
        paths.add(str(path))
    yield from _resources((*way, "resources"), map_at(container, "resources"))
    ports = {str(port.get("name")) for _, port in maps_at(container, "ports")}
    for probe in _PROBES:
        yield from _probe((*way, probe), container.get(probe), ports, is_once=probe != "readinessProbe")
    for moment in ("postStart", "preStop"):
        yield from _handler(
            (*way, "lifecycle", moment), map_at(container, "lifecycle").get(moment), "sleep", *_HANDLERS
        )
    security = map_at(container, "securityContext")
    if security.get("allowPrivilegeEscalation") is False:
        if security.get("privileged") is True:
            yield Fault((*way, "securityContext", "allowPrivilegeEscalation"), errors.escalates("privileged: true"))
        if "CAP_SYS_ADMIN" in list_at(security, "capabilities", "add"):
            said = errors.escalates("capabilities.add: [CAP_SYS_ADMIN]")
            yield Fault((*way, "securityContext", "allowPrivilegeEscalation"), said)


def _container_ports(way: Way, container: Mapping[str, Any], *, is_host_network: bool) -> Iterator[Fault]:
    """As validateContainerPorts has it; the API server warns of what is taken twice and may stand."""
    names: set[str] = set()
    numbers: set[tuple[Any, Any, Any]] = set()
    for index, port in maps_at(container, "ports"):
        place, name = (*way, "ports", index), port.get("name")
        number, host = number_of(port.get("containerPort")), number_of(port.get("hostPort"))
        if isinstance(name, str) and name and not is_unsure(name):
            if not is_port_name(name):
                yield Fault((*place, "name"), errors.no_port_name(name, LONGEST_PORT_NAME))
            elif name in names:
                yield Fault((*place, "name"), errors.twice("port", name))
            names.add(name)
        for word in ("containerPort", "hostPort"):
            if number_of(port.get(word)) != 0 or word == "containerPort":
                yield from port_faults((*place, word), port.get(word))
        if is_host_network and host and number and host != number:
            yield Fault((*place, "hostPort"), errors.other_host_port(host, number))
        key = (number, str(port.get("protocol") or "TCP"), str(port.get("hostIP") or ""))
        if number is not None and not is_unsure(*key):
            if key in numbers:
                yield Fault((*place, "containerPort"), errors.twice("port", f"{number}/{key[1]}"), is_warning=True)
            numbers.add(key)


def _repeated(way: Way, container: Mapping[str, Any]) -> Iterator[Fault]:
    """The later one counts, and the API server warns: pkg/api/pod/warnings.go."""
    seen: set[str] = set()
    for index, variable in maps_at(container, "env"):
        name = variable.get("name")
        if name == "":
            yield Fault((*way, "env", index, "name"), errors.nothing_there("the name of a variable"))
        if isinstance(name, str) and name and not is_unsure(name):
            if name in seen:
                yield Fault((*way, "env", index, "name"), errors.variable_twice(name), is_warning=True)
            seen.add(name)
        source = map_at(variable, "valueFrom")
        if source and variable.get("value") and not is_unsure(variable):
            yield Fault((*way, "env", index), errors.value_and_source(str(name)))


def _resources(way: Way, resources: Mapping[str, Any]) -> Iterator[Fault]:
    """As validateResourceRequirements and validateContainerResourceName have it."""
    amounts: dict[tuple[str, str], Decimal] = {}
    for side in ("limits", "requests"):
        for name, value in map_at(resources, side).items():
            place = (*way, side, name)
            if is_unsure(name, value):
                continue
            if "/" not in name and name not in _STANDARD_RESOURCES and not name.startswith("hugepages-"):
                yield Fault(place, errors.no_resource(name, _STANDARD_RESOURCES))
            amount = quantity(value)
            if amount is None:
                if isinstance(value, (str, int, float)):
                    yield Fault(place, errors.no_quantity(value))
            elif amount < 0:
                yield Fault(place, errors.below_zero(value))
            else:
                amounts[side, name] = amount
    for (side, name), amount in amounts.items():
        limit = amounts.get(("limits", name))
        if side == "requests" and limit is not None and amount > limit:
            said = errors.request_above_limit(resources["requests"][name], resources["limits"][name])
            yield Fault((*way, "requests", name), said)


def _probe(way: Way, probe: Any, ports: set[str], *, is_once: bool) -> Iterator[Fault]:
    """As validateProbe, validateLivenessProbe and validateStartupProbe have it."""
    if not isinstance(probe, Mapping):
        return
    yield from _handler(way, probe, *_HANDLERS)
    times = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
    yield from negatives(way, probe, *times)
    if is_once and (number := number_of(probe.get("successThreshold"))) is not None and number > 1:
        yield Fault((*way, "successThreshold"), errors.not_among(number, [1]))
    for word in ("httpGet", "tcpSocket"):
        name = map_at(probe, word).get("port")
        # the kubelet looks it up among the ports of the same container: pkg/probe/util.go, ResolveContainerPort
        if isinstance(name, str) and is_port_name(name) and name not in ports and not is_unsure(name, list(ports)):
            yield Fault((*way, word, "port"), errors.probe_of_no_port(name, ports), is_warning=True)


def _handler(way: Way, said: Any, *allowed: str) -> Iterator[Fault]:
    """As validateHandler has it."""
    if not isinstance(said, Mapping) or is_unsure(said):
        return
    given = [word for word in allowed if said.get(word) is not None]
    if len(given) != 1:
        yield Fault(way, errors.one_handler(given, allowed))
    for word in ("httpGet", "tcpSocket", "grpc"):
        yield from port_faults((*way, word, "port"), map_at(said, word).get("port"))


def _tolerations(way: Way, spec: Mapping[str, Any]) -> Iterator[Fault]:
    """ValidateTolerations."""
    for index, toleration in maps_at(spec, "tolerations"):
        place, operator, key = (*way, "tolerations", index), toleration.get("operator"), toleration.get("key")
        if is_unsure(toleration):
            continue
        if isinstance(key, str) and key and not is_qualified(key):
            yield Fault((*place, "key"), errors.not_qualified(key))
        if not key and operator != "Exists":
            yield Fault((*place, "operator"), errors.toleration_of_all(operator))
        if operator == "Exists" and toleration.get("value"):
            yield Fault((*place, "value"), errors.value_of_exists(toleration["value"]))
        if toleration.get("tolerationSeconds") is not None and toleration.get("effect") != "NoExecute":
            yield Fault((*place, "effect"), errors.seconds_of_another_effect(toleration.get("effect")))


def _spread(way: Way, spec: Mapping[str, Any]) -> Iterator[Fault]:
    """As validateTopologySpreadConstraints has it."""
    seen: set[tuple[Any, Any]] = set()
    for index, constraint in maps_at(spec, "topologySpreadConstraints"):
        place = (*way, "topologySpreadConstraints", index)
        key = (str(constraint.get("topologyKey")), str(constraint.get("whenUnsatisfiable")))
        if (skew := number_of(constraint.get("maxSkew"))) is not None and skew < 1:
            yield Fault((*place, "maxSkew"), errors.not_above_zero(skew))
        if constraint.get("topologyKey") == "":
            yield Fault((*place, "topologyKey"), errors.nothing_there("a label of nodes"))
        if constraint.get("whenUnsatisfiable") == "":
            allowed = ["DoNotSchedule", "ScheduleAnyway"]
            yield Fault((*place, "whenUnsatisfiable"), errors.not_among("", allowed))
        if key in seen and not is_unsure(*key):
            yield Fault(place, errors.twice("constraint", " with ".join(key)))
        seen.add(key)
        yield from selector_faults((*place, "labelSelector"), constraint.get("labelSelector"))
