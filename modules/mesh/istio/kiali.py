"""Kiali: its chart, and the secret that it is given.

Source of the values, which are the configuration of Kiali itself:
https://github.com/kiali/helm-charts/tree/v2.29.0/kiali-server, https://kiali.io/docs/configuration/kialis.kiali.io/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundplan.building import custom_resources, namespace, release
from groundplan.charts import chart
from groundplan.framework import Module, all_of, choose, equals, is_set, negated, only_when, present, without_nulls

from .inputs import IstioInputs
from .kiali_inputs import KialiIngress

__all__ = ["CHART", "NAME", "kiali"]

CHART = chart("kiali-server")
NAME = "kiali"
"""The name of the release, of the Deployment and of its secret."""
PORT = 20001
"""What its Service serves."""
_LABELS = {"app.kubernetes.io/name": NAME, "app.kubernetes.io/instance": NAME}

INSTEAD = {
    "auth": "kiali",
    "deployment.ingress": "kiali.ingress",
    "deployment.replicas": "kiali",
    "deployment.resources": "kiali",
    "external_services": "kiali",
    "login_token.signing_key": "kiali",
    "server.web_fqdn": "kiali.ingress",
}
"""The input to set instead of a value that the module keeps."""


def kiali(scope: Module[Any, Any], given: IstioInputs, *, after: Sequence[Any]) -> None:
    """Makes its namespace, the secret that External Secrets fills, and the release."""
    wanted = is_set(given.kiali)
    settings = present(given.kiali)
    home = namespace(
        scope,
        "kiali",
        name=settings.namespace,
        labels={"pod-security.kubernetes.io/enforce": "restricted"},
        only_when=wanted,
    )
    secret = custom_resources(
        scope,
        "kiali_secret",
        name="kiali-secret",
        namespace=settings.namespace,
        after=[home],
        objects={"secret": _secret(given)},
        only_when=wanted,
    )
    release(
        scope,
        "kiali",
        CHART,
        name=NAME,
        namespace=settings.namespace,
        values=_values(given),
        extra=given.kiali_extra_values,
        instead=INSTEAD,
        after=[home, secret, *after],
        only_when=wanted,
    )


def _secret(given: IstioInputs) -> dict[str, Any]:
    """https://external-secrets.io/latest/api/externalsecret/"""
    settings = present(given.kiali)
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": {"name": NAME, "namespace": settings.namespace},
        "spec": {
            "refreshInterval": "1h0m0s",
            "secretStoreRef": {"name": settings.secret_store, "kind": settings.secret_store_kind},
            "target": {"name": NAME},
            # each property of it is a key of the Secret
            "dataFrom": [{"extract": {"key": settings.remote_key}}],
        },
    }


def _values(given: IstioInputs) -> dict[str, Any]:
    settings = present(given.kiali)
    several = negated(equals(settings.replicas, 1))
    return {
        "fullnameOverride": NAME,
        "auth": {
            "strategy": "openid",
            "openid": {
                "client_id": settings.client_id,
                "issuer_uri": settings.issuer_url,
                "scopes": settings.scopes,
                "username_claim": settings.username_claim,
                # the API server of EKS does not know the issuer: all see what Kiali itself may see
                "disable_rbac": True,
            },
        },
        "deployment": {
            "replicas": settings.replicas,
            "view_only_mode": True,
            "image_version": CHART.app_version,
            "version_label": CHART.app_version,
            "image_pull_policy": "IfNotPresent",
            "secret_name": NAME,
            "logger": {"log_format": "json"},
            "network_policy": {"enabled": given.network_policies},
            "pod_disruption_budget": {"spec": only_when(several, {"maxUnavailable": 1})},
            "ingress": _ingress(settings.ingress),
            "resources": {
                "requests": {"cpu": settings.cpu_request, "memory": settings.memory_request},
                "limits": {"memory": settings.memory_limit},
            },
            "topology_spread_constraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": key,
                    "whenUnsatisfiable": "ScheduleAnyway",
                    "labelSelector": {"matchLabels": _LABELS},
                }
                for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
            ],
        },
        "external_services": {
            "istio": {"root_namespace": given.namespace},
            "prometheus": without_nulls(
                {
                    "url": settings.prometheus_url,
                    "custom_headers": choose(
                        is_set(settings.prometheus_tenant), {"X-Scope-OrgID": present(settings.prometheus_tenant)}, None
                    ),
                    "auth": _login(settings.prometheus_user, "prometheus-password"),
                }
            ),
            "tracing": without_nulls(
                {
                    "enabled": is_set(settings.tempo_url),
                    "provider": "tempo",
                    "internal_url": choose(is_set(settings.tempo_url), present(settings.tempo_url), ""),
                    "use_grpc": False,
                    "auth": _login(settings.tempo_user, "tempo-password"),
                }
            ),
            "grafana": {
                "enabled": is_set(settings.grafana_url),
                "internal_url": choose(is_set(settings.grafana_url), present(settings.grafana_url), ""),
            },
        },
        # of the secret, or the chart makes another one each time that it is rendered
        "login_token": {"signing_key": f"secret:{NAME}:signing-key"},
        "server": only_when(
            is_set(settings.ingress),
            {
                "web_fqdn": choose(is_set(settings.ingress), present(settings.ingress).domain, ""),
                # TLS ends before it, and the issuer sends people back to this address
                "web_schema": "https",
                "web_port": "443",
                "web_root": "/",
            },
        ),
    }


def _login(user: str | None, key: str) -> Any:
    """Who signs in; the password is a key of the Secret, which the chart mounts."""
    return choose(
        is_set(user),
        {"type": "basic", "username": present(user), "password": f"secret:{NAME}:{key}"},
        None,
    )


def _ingress(wanted: KialiIngress | None) -> dict[str, Any]:
    """https://kubernetes.io/docs/concepts/services-networking/ingress/"""
    is_wanted, ingress = is_set(wanted), present(wanted)
    backend = {"service": {"name": NAME, "port": {"number": PORT}}}
    return only_when(
        is_wanted,
        {
            "enabled": is_wanted,
            "override_yaml": {
                "metadata": {"annotations": choose(is_wanted, ingress.annotations, {})},
                "spec": {
                    "ingressClassName": choose(is_wanted, ingress.class_name, ""),
                    "rules": [
                        {
                            "host": choose(is_wanted, ingress.domain, ""),
                            "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]},
                        }
                    ],
                    "tls": choose(
                        all_of(is_wanted, is_set(ingress.tls_secret_name)),
                        [{"hosts": [ingress.domain], "secretName": present(ingress.tls_secret_name)}],
                        [],
                    ),
                },
            },
        },
        but=["enabled"],
    )
