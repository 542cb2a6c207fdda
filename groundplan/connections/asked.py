"""Who asks whom in a cluster, as its objects say it.

A pod asks the Services whose names stand in its template, and in the ConfigMaps, Secrets and ExternalSecrets that its
template names; what answers for a class of Ingresses asks their backends; the API server asks webhooks and servers of
further APIs; a load balancer asks the pods of its Service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from groundplan.objects import KubernetesObject
from groundplan.objects.fields import map_at, maps_at
from groundplan.signals.facts import emitters

from .cluster import Cluster
from .pods import Pods, Port, Service

__all__ = ["Asked", "asked", "at_port", "named_in"]

_LABEL = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_NAMED = re.compile(
    rf"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://(?:[^\s/@\"']*@)?)?(?<![a-z0-9-])"
    rf"(?P<service>{_LABEL})\.(?P<namespace>{_LABEL})(?P<svc>\.svc(?:\.cluster\.local\.?)?)?(?::(?P<port>[0-9]+))?"
    r"(?![a-z0-9.-])"
)
_DNS = "coredns"
_NAMES, _HTTPS = Port(53, "UDP"), Port(443)
_ENDING = ("CronJob ", "Job ")
"""Pods that come to an end answer for nobody."""
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Asked:
    """That `source` asks something: a Service at a port of it, or pods at one of theirs.

    `source` is None for who is no pod, whom `who` names. `stack` and `address` are of what says so, `why` the words
    for it. `targets` are the pods behind, each with the port of it, None for what is outside of the cluster; all of
    them, but where `one_is_enough`.
    """

    stack: str
    address: str
    source: Pods | None
    who: str
    what: str
    why: str
    targets: tuple[tuple[Pods | None, Port], ...]
    one_is_enough: bool = False


def asked(cluster: Cluster) -> Iterator[Asked]:
    """Every request that the objects of a cluster tell of."""
    yield from _named(cluster)
    yield from _by_everybody(cluster)
    yield from _routed(cluster)
    yield from _from_outside(cluster)


def _named(cluster: Cluster) -> Iterator[Asked]:
    """What pods are told by name."""
    for pods in cluster.pods:
        seen: set[tuple[str, str, int | None]] = set()
        for title, text in cluster.texts_of(pods):
            for host, service, number in named_in(text, cluster.by_name):
                key = service.object.namespace, service.object.name, number
                targets = tuple(cluster.behind(service, number))
                # its own name without a port is what it is called, such as in a certificate: it asks nobody
                is_its_own = number is None and all(other is pods for other, _ in targets)
                if key not in seen and not is_its_own:
                    seen.add(key)
                    yield Asked(
                        *pods.place,
                        pods,
                        pods.title,
                        at_port(service, number),
                        f"{host} stands in {title if title != pods.title else 'its template'}",
                        targets,
                        # which of its ports is asked is not said
                        one_is_enough=number is None,
                    )


def named_in(text: str, services: Mapping[tuple[str, str], Service]) -> Iterator[tuple[str, Service, int | None]]:
    """The Services that a text names, as it is written, each with the port that is asked; None where none is said."""
    if "." not in text:
        return
    for match in _NAMED.finditer(text):
        service = services.get((match["namespace"], match["service"]))
        if service is not None:
            said = match["port"]
            number = int(said) if said else _DEFAULT_PORTS.get(match["scheme"] or "")
            yield match[0], service, number


def at_port(service: Service, port: int | str | None) -> str:
    """A Service and what it is asked at, for messages."""
    return service.title if port in (None, "") else f"{service.title} at port {port}"


def _by_everybody(cluster: Cluster) -> Iterator[Asked]:
    """What every pod asks: the cluster's DNS; and AWS, whoever has a role there.

    https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
    """
    of_dns = tuple(
        (Pods("", "", f"pods {said['name']}", said["namespace"], said["labels"], is_whole=False), _NAMES)
        for said in emitters()["cluster"]["pods"]
        if said["component"] == _DNS
    )
    with_a_role = {
        (one.namespace, one.name)
        for _, one in cluster.of_kind("", "ServiceAccount")
        if one.annotations.get("eks.amazonaws.com/role-arn")
    }
    for pods in cluster.pods:
        why = "names of Services and of everything else are found there"
        yield Asked(*pods.place, pods, pods.title, f"the cluster's DNS at {_NAMES}", why, of_dns)
        if (pods.namespace, pods.service_account) in with_a_role:
            why = f"its service account {pods.service_account} has a role of AWS"
            yield Asked(*pods.place, pods, pods.title, f"AWS at {_HTTPS}", why, ((None, _HTTPS),))


def _routed(cluster: Cluster) -> Iterator[Asked]:
    """What answers for a class of Ingresses asks their backends."""
    answering: dict[str, list[Pods]] = {}
    for stack, one in cluster.of_kind("networking.k8s.io", "IngressClass"):
        answering[one.name] = [
            pods for pods in cluster.pods if pods.place == (stack, one.release) and not pods.title.startswith(_ENDING)
        ]
    for stack, one in cluster.of_kind("networking.k8s.io", "Ingress"):
        sources = answering.get(str(map_at(one.document, "spec").get("ingressClassName")), [])
        for service, number, name in _backends(cluster, one):
            targets = tuple(cluster.behind(service, number, name))
            for source in sources:
                why = f"{one.title} leads there"
                yield Asked(stack, one.release, source, source.title, at_port(service, number or name), why, targets)


def _backends(cluster: Cluster, ingress: KubernetesObject) -> Iterator[tuple[Service, int | None, str]]:
    backends = [map_at(ingress.document, "spec", "defaultBackend")]
    for _, rule in maps_at(ingress.document, "spec", "rules"):
        backends += [map_at(path, "backend") for _, path in maps_at(rule, "http", "paths")]
    for backend in backends:
        said = map_at(backend, "service")
        service = cluster.by_name.get((ingress.namespace, str(said.get("name"))))
        if service is not None:
            port = map_at(said, "port")
            number = port.get("number")
            yield service, number if isinstance(number, int) and number else None, str(port.get("name") or "")


def _from_outside(cluster: Cluster) -> Iterator[Asked]:
    """What the API server asks, and load balancers."""
    for stack, one, said in _asked_by_the_server(cluster):
        service = cluster.by_name.get((str(said.get("namespace")), str(said.get("name"))))
        if service is not None:
            number = said.get("port") if isinstance(said.get("port"), int) else 443
            targets = tuple(cluster.behind(service, number))
            what = at_port(service, number)
            yield Asked(stack, one.release, None, "the API server", what, f"{one.title} says so", targets)
    for service in cluster.services:
        if map_at(service.object.document, "spec").get("type") == "LoadBalancer":
            targets = tuple(cluster.behind(service, None))
            why = "it is of type LoadBalancer"
            stack, address = service.stack, service.object.release
            yield Asked(stack, address, None, "its load balancer", service.title, why, targets)
    for stack, one in cluster.of_kind("elbv2.k8s.aws", "TargetGroupBinding"):
        said = map_at(one.document, "spec", "serviceRef")
        service = cluster.by_name.get((one.namespace, str(said.get("name"))))
        if service is not None:
            port = said.get("port")
            number = port if isinstance(port, int) else None
            targets = tuple(cluster.behind(service, number, "" if number else str(port or "")))
            why = f"{one.title} says so"
            yield Asked(stack, one.release, None, "a load balancer", at_port(service, port), why, targets)


def _asked_by_the_server(cluster: Cluster) -> Iterator[tuple[str, KubernetesObject, Mapping[str, Any]]]:
    """https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#service-reference"""
    kinds = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
    for stack, one in cluster.of_kind("admissionregistration.k8s.io", *kinds):
        for _, hook in maps_at(one.document, "webhooks"):
            yield stack, one, map_at(hook, "clientConfig", "service")
    for stack, one in cluster.of_kind("apiextensions.k8s.io", "CustomResourceDefinition"):
        yield stack, one, map_at(one.document, "spec", "conversion", "webhook", "clientConfig", "service")
    for stack, one in cluster.of_kind("apiregistration.k8s.io", "APIService"):
        yield stack, one, map_at(one.document, "spec", "service")
