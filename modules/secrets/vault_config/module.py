"""What the module makes: audit devices, policies, logins, and the engines with what each hands out."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_vault.audit import Audit
from cdktf_cdktf_provider_vault.auth_backend import AuthBackend
from cdktf_cdktf_provider_vault.aws_secret_backend import AwsSecretBackend
from cdktf_cdktf_provider_vault.aws_secret_backend_role import AwsSecretBackendRole
from cdktf_cdktf_provider_vault.kubernetes_auth_backend_config import KubernetesAuthBackendConfig
from cdktf_cdktf_provider_vault.kubernetes_auth_backend_role import KubernetesAuthBackendRole
from cdktf_cdktf_provider_vault.mount import Mount
from cdktf_cdktf_provider_vault.policy import Policy
from cdktf_cdktf_provider_vault.transit_secret_backend_key import TransitSecretBackendKey

from groundplan.building import dns_suffix
from groundplan.framework import (
    Module,
    all_of,
    choose,
    each,
    equals,
    first_set,
    is_set,
    jsonencode,
    part_id,
    present,
    text,
    texts,
    unrepeated,
    when,
)
from groundplan.framework.references import MapReference
from groundplan.framework.shapes import Text
from groundplan.iam import document

from .access import take_roles
from .alarms import failure_alarms
from .database import database
from .inputs import DAY, VaultConfigInputs, VaultConfigOutputs
from .pki import pki

__all__ = ["VaultConfig"]


class VaultConfig(Module[VaultConfigInputs, VaultConfigOutputs]):
    """Configures a Vault that runs: what it writes down, who gets in, what they may do and what they are given.

    Nothing of it is a secret: passwords, keys and tokens are made in Vault and stay there.
    """

    def build(self, given: VaultConfigInputs) -> VaultConfigOutputs:
        """The audit devices, who gets in, the engines, the alarms."""
        self._audit(given)
        policies = self._policies(given)
        login_path = self._kubernetes(given)
        database_paths = database(self, given)
        aws_paths = self._aws(given)
        certificates = pki(self, given)
        transit_paths = self._transit(given)
        failure_alarms(self, given)
        return VaultConfigOutputs(
            policy_names=policies,
            kubernetes_auth_path=login_path,
            database_paths=database_paths,
            aws_paths=aws_paths,
            pki_paths=certificates.paths,
            ca_certificates=certificates.certificates,
            transit_paths=transit_paths,
        )

    def _audit(self, given: VaultConfigInputs) -> None:
        """The devices: Vault goes on as long as one of them can be written.

        https://developer.hashicorp.com/vault/docs/audit/file
        """
        when(given.audit.enabled)(
            Audit,
            self,
            part_id("device", "file"),
            type="file",
            path="file",
            description="Shipped to CloudWatch",
            # the group reads it too: the sidecar that ships it
            options={"file_path": given.audit.file_path, "mode": "0640"},
        )
        when(all_of(given.audit.enabled, given.audit.stdout))(
            Audit,
            self,
            part_id("device", "stdout"),
            type="file",
            path="stdout",
            description="The container's log, for when the file cannot be written",
            options={"file_path": "stdout"},
        )

    def _policies(self, given: VaultConfigInputs) -> list[str]:
        """ACL policies, as JSON: what is read in a plan is what Vault reads."""
        policies = each(given.policies)
        made = policies(
            Policy,
            self,
            "policy",
            name=policies.key,
            policy=jsonencode(
                {"path": each(policies.value.paths).document(lambda _, rule: {"capabilities": rule.capabilities})}
            ),
        )
        return made.list("name")

    def _kubernetes(self, given: VaultConfigInputs) -> str:
        """The method by which pods log in, and its roles."""
        wanted, asked = is_set(given.kubernetes), present(given.kubernetes)
        method = when(wanted)(
            AuthBackend,
            self,
            "kubernetes",
            type="kubernetes",
            path=asked.path,
            description=f"{given.name}: service accounts",
        )
        when(wanted)(
            KubernetesAuthBackendConfig,
            self,
            part_id("config", "kubernetes"),
            backend=method.one.path,
            kubernetes_host=asked.kubernetes_host,
            kubernetes_ca_cert=asked.kubernetes_ca_certificate,
        )
        roles = each(choose(wanted, asked.roles, {}))
        role = roles.value
        roles(
            KubernetesAuthBackendRole,
            self,
            part_id("role", "logins"),
            backend=method.one.path,
            role_name=roles.key,
            bound_service_account_names=role.service_accounts,
            bound_service_account_namespaces=role.namespaces,
            audience=role.audience,
            token_policies=role.policies,
            token_ttl=role.token_ttl_seconds,
            token_max_ttl=role.token_max_ttl_seconds,
        )
        return method.one.path

    def _aws(self, given: VaultConfigInputs) -> dict[str, str]:
        """The AWS engine, which takes roles, and the right of the servers' role to take them."""
        wanted, asked = is_set(given.aws), present(given.aws)
        engine = when(wanted)(
            AwsSecretBackend,
            self,
            "aws",
            path=asked.path,
            description=f"{given.name}: credentials of AWS roles",
            region=asked.region,
            sts_region=asked.region,
            sts_endpoint=f"https://sts.{asked.region}.{dns_suffix(self)}",
        )
        roles = each(choose(wanted, asked.roles, {}))
        role, role_arns = roles.value, roles.documents(lambda _, role: role.role_arns)
        made = roles(
            AwsSecretBackendRole,
            self,
            part_id("role", "credentials"),
            backend=engine.one.path,
            name=roles.key,
            # never iam_user, whose keys outlive a lost lease
            credential_type="assumed_role",
            role_arns=role.role_arns,
            external_id=role.external_id,
            default_sts_ttl=role.default_ttl_seconds,
            max_sts_ttl=role.max_ttl_seconds,
        )
        when(wanted)(
            IamRolePolicy,
            self,
            "credentials",
            name=f"{given.name}-credentials",
            role=text("element", texts("split", "/", asked.server_role_arn), -1),
            policy=jsonencode(document(*take_roles(unrepeated(texts("flatten", role_arns))))),
        )
        return MapReference(
            f'{{for name, role in {made.address} : name => "${{role.backend}}/sts/${{role.name}}"}}', Text()
        )

    def _transit(self, given: VaultConfigInputs) -> dict[str, str]:
        """Keys that encrypt and sign."""
        wanted, asked = is_set(given.transit), present(given.transit)
        engine = when(wanted)(
            Mount,
            self,
            part_id("mount", "transit"),
            path=asked.path,
            type="transit",
            description=f"{given.name}: encryption as a service",
        )
        keys = each(choose(wanted, asked.keys, {}))
        key = keys.value
        made = keys(
            TransitSecretBackendKey,
            self,
            part_id("key", "transit"),
            backend=engine.one.path,
            name=keys.key,
            type=key.type,
            auto_rotate_period=key.rotation_days * DAY,
            min_decryption_version=key.min_decryption_version,
            key_size=first_set(key.key_bytes, choose(equals(key.type, "hmac"), 32, 0)),
            deletion_allowed=key.deletion_allowed,
            # once on, neither can be switched off
            exportable=False,
            allow_plaintext_backup=False,
        )
        return MapReference(
            f'{{for name, key in {made.address} : name => "${{key.backend}}/keys/${{key.name}}"}}', Text()
        )
