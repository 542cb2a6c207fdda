"""The ways into the mesh and out of it: their pods, their hosts, their certificates, and who may ask them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundplan.building import custom_resources, namespace, release
from groundplan.framework import (
    Module,
    all_of,
    calculated,
    choose,
    concat,
    each,
    equals,
    negated,
    not_empty,
    texts,
    without_nulls,
)

from .chart import GATEWAY, GATEWAY_INSTEAD, gateway_labels, gateway_values
from .gateway_inputs import Gateway, GatewayCertificate, Server
from .inputs import IstioInputs

__all__ = ["gateway_policies", "gateways"]

PASSTHROUGH = "PASSTHROUGH"


def gateways(scope: Module[Any, Any], given: IstioInputs, *, after: Sequence[Any]) -> Any:
    """The gateways' pods and load balancers, their certificates, and what they listen for; gives their namespace."""
    home = namespace(
        scope,
        "gateways",
        name=given.gateway_namespace,
        labels={"pod-security.kubernetes.io/enforce": "restricted"},
    )
    every = each(given.gateways)
    release(
        scope,
        "gateway",
        GATEWAY,
        name=every.key,
        namespace=given.gateway_namespace,
        values=gateway_values(given, every.key, every.value),
        extra=given.gateway_extra_values,
        instead=GATEWAY_INSTEAD,
        # istiod puts the image in place of the one that the chart leaves open
        after=[home, *after],
        only_when=every,
    )
    custom_resources(
        scope,
        "gateway_certificates",
        name="istio-gateway-certificates",
        namespace=given.gateway_namespace,
        after=[home],
        entries=given.certificates,
        make=lambda name, wanted: _certificate(given, name, wanted),
    )
    custom_resources(
        scope,
        "gateway_servers",
        name="istio-gateway-servers",
        namespace=given.gateway_namespace,
        after=[home, *after],
        entries=_serving(given),
        make=lambda name, gateway: _gateway(given, name, gateway),
    )
    return home


def gateway_policies(scope: Module[Any, Any], given: IstioInputs, *, after: Sequence[Any]) -> None:
    """What gateways may be asked for while everything else is refused: the hosts of their servers."""
    custom_resources(
        scope,
        "gateway_policies",
        name="istio-gateway-policies",
        namespace=given.gateway_namespace,
        after=after,
        entries=_serving(given),
        make=lambda name, gateway: _allowed(given, name, gateway),
        only_when=all_of(given.default_deny, not_empty(_serving(given))),
    )


def _serving(given: IstioInputs) -> dict[str, Gateway]:
    """Gateways that answer for some host."""
    return each(given.gateways).where(lambda gateway: not_empty(gateway.servers)).entries()


def _gateway(given: IstioInputs, name: str, gateway: Gateway) -> dict[str, Any]:
    """What one listens for. https://istio.io/latest/docs/reference/config/networking/gateway/"""
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "Gateway",
        "metadata": {"name": name, "namespace": given.gateway_namespace},
        "spec": {
            "selector": gateway_labels(name),
            "servers": concat(
                [
                    {
                        "port": {"number": 80, "name": "http", "protocol": "HTTP"},
                        "hosts": ["*"],
                        # whoever asks in clear is sent to 443
                        "tls": {"httpsRedirect": True},
                    }
                ],
                each(gateway.servers).documents(_server),
            ),
        },
    }


def _server(name: str, server: Server) -> dict[str, Any]:
    passed = equals(server.mode, PASSTHROUGH)
    return {
        "name": name,
        "port": {"number": 443, "name": f"https-{name}", "protocol": choose(passed, "TLS", "HTTPS")},
        "hosts": server.hosts,
        "tls": without_nulls(
            {
                "mode": server.mode,
                "credentialName": server.secret_name,
                "minProtocolVersion": choose(passed, None, "TLSV1_2"),
            }
        ),
    }


def _certificate(given: IstioInputs, name: str, wanted: GatewayCertificate) -> dict[str, Any]:
    """https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.Certificate"""
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"name": name, "namespace": given.gateway_namespace},
        "spec": {
            "secretName": name,
            "dnsNames": wanted.hosts,
            "duration": f"{calculated('{days} * 24', days=wanted.days)}h",
            "renewBefore": f"{calculated('{days} * 8', days=wanted.days)}h",
            "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
            "usages": ["digital signature", "server auth"],
            "issuerRef": {"name": wanted.issuer_name, "kind": wanted.issuer_kind, "group": wanted.issuer_group},
        },
    }


def _allowed(given: IstioInputs, name: str, gateway: Gateway) -> dict[str, Any]:
    """https://istio.io/latest/docs/reference/config/security/authorization-policy/"""
    ended = each(gateway.servers).where(lambda server: negated(equals(server.mode, PASSTHROUGH)))
    passed = each(gateway.servers).where(lambda server: equals(server.mode, PASSTHROUGH))
    hosts = texts("flatten", ended.documents(lambda _, server: server.hosts))
    names = texts("flatten", passed.documents(lambda _, server: server.hosts))
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": {"name": f"{name}-hosts", "namespace": given.gateway_namespace},
        "spec": {
            "selector": {"matchLabels": gateway_labels(name)},
            "action": "ALLOW",
            "rules": concat(
                choose(not_empty(hosts), [{"to": [{"operation": {"hosts": hosts}}]}], []),
                # of TLS that goes on behind it only the name is seen
                choose(not_empty(names), [{"when": [{"key": "connection.sni", "values": names}]}], []),
            ),
        },
    }
