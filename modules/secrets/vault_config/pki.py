"""Certificates: a certificate authority whose keys never leave Vault, a root or one below AWS Private CA."""

from __future__ import annotations

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.acmpca_certificate import AcmpcaCertificate, AcmpcaCertificateValidity
from cdktf_cdktf_provider_vault.mount import Mount
from cdktf_cdktf_provider_vault.pki_secret_backend_config_auto_tidy import PkiSecretBackendConfigAutoTidy
from cdktf_cdktf_provider_vault.pki_secret_backend_config_issuers import PkiSecretBackendConfigIssuers
from cdktf_cdktf_provider_vault.pki_secret_backend_config_urls import PkiSecretBackendConfigUrls
from cdktf_cdktf_provider_vault.pki_secret_backend_crl_config import PkiSecretBackendCrlConfig
from cdktf_cdktf_provider_vault.pki_secret_backend_intermediate_cert_request import (
    PkiSecretBackendIntermediateCertRequest,
)
from cdktf_cdktf_provider_vault.pki_secret_backend_intermediate_set_signed import (
    PkiSecretBackendIntermediateSetSigned,
)
from cdktf_cdktf_provider_vault.pki_secret_backend_role import PkiSecretBackendRole
from cdktf_cdktf_provider_vault.pki_secret_backend_root_cert import PkiSecretBackendRootCert

from groundplan.building import partition
from groundplan.framework import (
    Module,
    choose,
    dependable,
    each,
    equals,
    is_set,
    merged,
    negated,
    part_id,
    present,
    text,
    when,
)
from groundplan.framework.references import MapReference
from groundplan.framework.shapes import Text

from .inputs import DAY, YEAR, VaultConfigInputs, VaultConfigOutputs

__all__ = ["Pki", "pki"]

CA_YEARS = 20


class Pki:
    """Where certificates are asked for, and those of the CA."""

    def __init__(self, paths: dict[str, str], certificates: dict[str, str]) -> None:
        self.paths = paths
        self.certificates = certificates


def pki(scope: Module[VaultConfigInputs, VaultConfigOutputs], given: VaultConfigInputs) -> Pki:
    """The engine, the generations of its CA, and a role for each domain.

    https://developer.hashicorp.com/vault/docs/secrets/pki/considerations
    """
    wanted, asked = is_set(given.pki), present(given.pki)
    engine = when(wanted)(
        Mount,
        scope,
        part_id("mount", "pki"),
        path=asked.path,
        type="pki",
        description=f"{given.name}: certificates",
        default_lease_ttl_seconds=30 * DAY,
        # a CA's certificate counts too, and what is signed ends with it at the latest
        max_lease_ttl_seconds=CA_YEARS * YEAR,
    )
    path = engine.one.path
    above = is_set(asked.private_ca)
    below = each(choose(wanted, choose(above, asked.generations, {}), {}))
    roots = each(choose(wanted, choose(negated(above), asked.generations, {}), {}))
    bits = choose(equals(asked.key_type, "ec"), 384, 4096)

    urls = when(wanted)(
        PkiSecretBackendConfigUrls,
        scope,
        part_id("urls", "pki"),
        backend=path,
        issuing_certificates=[f"{asked.address}/v1/{path}/ca"],
        crl_distribution_points=[f"{asked.address}/v1/{path}/crl"],
    )
    root = roots(
        PkiSecretBackendRootCert,
        scope,
        part_id("root", "pki"),
        backend=path,
        # the key is made in Vault and stays there
        type="internal",
        common_name=roots.value.common_name,
        organization=asked.organization,
        issuer_name=roots.key,
        key_name=roots.key,
        key_type=asked.key_type,
        key_bits=bits,
        ttl=text("format", "%dh", roots.value.validity_days * 24),
        max_path_length=0,
        exclude_cn_from_sans=True,
        depends_on=[dependable(urls)],
    )
    request = below(
        PkiSecretBackendIntermediateCertRequest,
        scope,
        part_id("request", "pki"),
        backend=path,
        type="internal",
        common_name=below.value.common_name,
        organization=asked.organization,
        key_name=below.key,
        key_type=asked.key_type,
        key_bits=bits,
        exclude_cn_from_sans=True,
    )
    signed = below(
        AcmpcaCertificate,
        scope,
        part_id("certificate", "pki"),
        certificate_authority_arn=present(asked.private_ca).authority_arn,
        certificate_signing_request=request.here.csr,
        signing_algorithm=present(asked.private_ca).signing_algorithm,
        # nobody stands below it
        # https://docs.aws.amazon.com/privateca/latest/userguide/template-definitions.html
        template_arn=f"arn:{partition(scope)}:acm-pca:::template/SubordinateCACertificate_PathLen0/V1",
        validity=AcmpcaCertificateValidity(type="DAYS", value=text("tostring", below.value.validity_days)),
        lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
    )
    # clients are given the whole way to the root; by themselves, so that of each certificate the issuer is known
    chain = below(
        PkiSecretBackendIntermediateSetSigned,
        scope,
        part_id("signed", "chain"),
        backend=path,
        certificate=signed.here.certificate_chain,
    )
    issuer = below(
        PkiSecretBackendIntermediateSetSigned,
        scope,
        part_id("signed", "issuer"),
        backend=path,
        certificate=signed.here.certificate,
        depends_on=[dependable(urls), dependable(chain)],
    )
    when(wanted)(
        PkiSecretBackendConfigIssuers,
        scope,
        part_id("signs", "pki"),
        backend=path,
        default=choose(
            is_set(asked.private_ca),
            text("one", issuer.at(asked.signs).imported_issuers),
            root.at(asked.signs).issuer_id,
        ),
    )
    when(wanted)(
        PkiSecretBackendCrlConfig,
        scope,
        part_id("crl", "pki"),
        backend=path,
        expiry="72h",
        auto_rebuild=True,
        auto_rebuild_grace_period="12h",
    )
    when(wanted)(
        PkiSecretBackendConfigAutoTidy,
        scope,
        part_id("tidy", "pki"),
        backend=path,
        enabled=True,
        tidy_cert_store=True,
        tidy_revoked_certs=True,
        interval_duration="12h",
        safety_buffer="72h",
    )
    roles = each(choose(wanted, asked.roles, {}))
    role = roles.value
    made = roles(
        PkiSecretBackendRole,
        scope,
        part_id("role", "certificates"),
        backend=path,
        name=roles.key,
        allowed_domains=[role.domain],
        allow_subdomains=role.allow_subdomains,
        allow_bare_domains=role.allow_bare_domain,
        allow_wildcard_certificates=role.allow_wildcards,
        allow_localhost=False,
        allow_ip_sans=False,
        allow_any_name=False,
        enforce_hostnames=True,
        server_flag=role.server,
        client_flag=role.client,
        key_type=role.key_type,
        key_bits=choose(equals(role.key_type, "ec"), 256, 2048),
        ttl=text("tostring", role.ttl_seconds),
        max_ttl=text("tostring", role.max_ttl_seconds),
    )
    certificates = merged(root.all("certificate"), signed.all("certificate"))
    return Pki(
        MapReference(f'{{for name, role in {made.address} : name => "${{role.backend}}/issue/${{name}}"}}', Text()),
        certificates,
    )
