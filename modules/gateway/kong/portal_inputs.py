"""What may be set of the developer portal: which APIs it describes, under which name, and who may read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from groundplan.framework import Inputs, field
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.references import is_opaque
from groundplan.framework.types import CertifiedName, HttpsUrl, KmsKeyArn
from groundplan.problems import Problem

from . import errors
from .grammar import openapi_faults
from .plugin_inputs import PluginName

__all__ = ["DOCUMENT_BYTES", "Portal", "PortalOidc"]

DOCUMENT_BYTES = 1048576
"""Of all documents together: a ConfigMap holds 1 MiB, https://kubernetes.io/docs/concepts/configuration/configmap/"""

# https://www.rfc-editor.org/rfc/rfc6749#section-3.3, without the comma that oauth2-proxy splits lists at
Word = Annotated[
    str, Pattern(r"[!#-+.-\[\]-~-]+", "printable characters without spaces, quotes, commas and backslashes")
]
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html (Name)
SecretName = Annotated[
    str,
    Pattern(
        "[A-Za-z0-9/_+=.@-]{1,512}",
        "the name of a secret: at most 512 letters, digits and /_+=.@-, such as prod/portal",
    ),
]
EmailDomain = Annotated[
    str,
    Pattern(
        r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?",
        "a domain in lower case, such as example.com",
    ),
]


class PortalOidc(Inputs):
    """Who signs readers in, by OpenID Connect."""

    issuer_url: HttpsUrl = field(
        "issuer, as its own discovery document writes it, with or without a / at its end; the pods reach it"
    )
    client_id: Word = field("id of the portal as a client of the issuer")
    secret_name: SecretName = field(
        "name of the secret in Secrets Manager, of the module's own account and region, as JSON: client_secret, and "
        "cookie_secret of 32 random characters, which sessions are encrypted with"
    )
    kms_key_arn: KmsKeyArn | None = field(
        "key that encrypts the secret; left out, the module's own or AWS's own does", default=None
    )
    scopes: Annotated[list[Word], Unique()] = field(
        "what is asked for: email must come of it", default=["openid", "email", "profile"], min_length=1
    )
    groups_claim: Word = field("claim that names the groups of who signs in", default="groups")
    allowed_groups: Annotated[list[Word], Unique()] = field(
        "groups whose members may read; empty: everybody whom the issuer lets in", default=[]
    )
    allowed_email_domains: Annotated[list[EmailDomain], Unique()] = field(
        "domains whose mail addresses may read; empty: all of them", default=[]
    )


def _readable(given: Portal) -> Iterator[Problem]:
    known = {name: text for name, text in given.documents.items() if not is_opaque(text)}
    for name, text in known.items():
        for where, fault in openapi_faults(text):
            yield errors.no_openapi(f'documents["{name}"]', where, fault)
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in known.values())
    if size > DOCUMENT_BYTES:
        yield errors.documents_too_large("documents", size, DOCUMENT_BYTES)


class Portal(Inputs):
    """A website that describes the APIs behind the gateway, for whoever signs in."""

    host: CertifiedName = field(
        "name that browsers ask for: one of the load balancer's certificates has it, and an alias record leads to "
        "the load balancer"
    )
    documents: dict[PluginName, str] = field(
        "OpenAPI documents of version 3.0 or 3.1, each as YAML or JSON, by the name of the API", min_length=1
    )
    oidc: PortalOidc = field("who signs readers in")
    session_hours: int = field("after how many hours one signs in anew", default=8, ge=1, le=168)
    replicas: int = field("how many there are", default=3, ge=1, le=30)

    checks = (lambda v: _readable(v),)
