"""What may be set of Kiali: who may look at the mesh, and where it finds what it shows."""

from __future__ import annotations

from typing import Annotated

from groundplan.framework import Inputs, Rule, field, is_set, unset
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.types import (
    CpuQuantity,
    DnsName,
    HttpsUrl,
    KubernetesName,
    MemoryQuantity,
    NamespaceName,
)

__all__ = ["Kiali", "KialiIngress"]

Url = Annotated[str, Pattern("https?://[!-~]+", "a URL that begins with http:// or https:// and has no spaces")]
StoreKind = Annotated[str, Pattern("(Cluster)?SecretStore", "ClusterSecretStore or SecretStore")]


class KialiIngress(Inputs):
    """How browsers reach Kiali."""

    domain: DnsName = field("name that people open Kiali at, which the issuer sends them back to")
    class_name: KubernetesName = field("class of the Ingress, such as alb or kong")
    annotations: dict[str, str] = field("annotations that the class's controller reads", default={})
    tls_secret_name: KubernetesName | None = field(
        "name of the Secret with the certificate; left out, the load balancer before it ends TLS", default=None
    )


class Kiali(Inputs):
    """Kiali: the mesh as a picture, for people who sign in by OpenID Connect and can change nothing by it."""

    namespace: NamespaceName = field("namespace that the module makes, for Kiali alone", default="kiali")
    replicas: int = field("how many pods", default=3, ge=1, le=9)
    issuer_url: HttpsUrl = field("issuer that people sign in at; whomever it lets in sees all of the mesh")
    client_id: str = field("id of Kiali's client at the issuer", min_length=1)
    scopes: Annotated[list[str], Unique()] = field("scopes that are asked for", default=["openid", "profile", "email"])
    username_claim: str = field("claim of the token that people are called by", default="email", min_length=1)
    secret_store: KubernetesName = field(
        "store of External Secrets that has the secret, whose kinds and controller must be there"
    )
    secret_store_kind: StoreKind = field("kind of the store", default="ClusterSecretStore")
    remote_key: str = field(
        "the secret in the store, such as its name in Secrets Manager: JSON with oidc-secret, the client's secret, and "
        "signing-key, of 16, 24 or 32 characters, which sessions are signed with; where users are named "
        "prometheus-password and tempo-password too",
        min_length=1,
    )
    prometheus_url: Url = field("address of what answers PromQL and has the proxies' metrics, such as Mimir's")
    prometheus_tenant: str | None = field("tenant that Mimir is asked for; left out, none is named", default=None)
    prometheus_user: str | None = field(
        "user that signs in there, whose password is the secret's prometheus-password; left out, nobody does",
        default=None,
        min_length=1,
    )
    tempo_url: Url | None = field("address of Tempo, for traces; left out, it shows none", default=None)
    tempo_user: str | None = field(
        "user that signs in there, whose password is the secret's tempo-password; left out, nobody does",
        default=None,
        min_length=1,
    )
    ingress: KialiIngress | None = field(
        "how browsers reach it; left out, by a forwarded port, or a gateway's host and a VirtualService", default=None
    )
    grafana_url: Url | None = field("address of Grafana, for dashboards; left out, it leads to none", default=None)
    cpu_request: CpuQuantity = field("CPU that each pod is sure of", default="50m")
    memory_request: MemoryQuantity = field("memory that each pod is sure of", default="128Mi")
    memory_limit: MemoryQuantity = field("memory that each pod may use", default="1Gi")

    rules = (
        Rule(
            "tempo_user",
            lambda v: unset(v.tempo_user) | is_set(v.tempo_url),
            "must be left out where tempo_url is: nobody is asked for traces",
            shows=("tempo_user",),
        ),
    )
