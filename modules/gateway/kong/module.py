"""What the module makes, in the order in which one would explain it."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.data_aws_lb import DataAwsLb
from cdktf_cdktf_provider_kubernetes.config_map_v1 import ConfigMapV1, ConfigMapV1Metadata

from groundplan.building import (
    account_id,
    crd_upgrade,
    encryption_key,
    logs_use,
    name_of,
    namespace,
    partition,
    postgres_key_use,
    region,
    release,
)
from groundplan.framework import Module, Outputs, choose, dependable, is_set, output, part_id, present, text

from . import access
from .balancer import access_logs, access_logs_name, application_balancer, balancer_name
from .certificates import ISSUER, certificates
from .chart import ADMIN_PORT, CHART, INSTEAD, values
from .credentials import gateway_role, password, reader
from .database import kong_database, trusted_authorities
from .inputs import KongInputs
from .metrics import prometheus_objects
from .network import admin_allow_list, network_policies
from .plugins import consumers, plugin_names, plugins
from .portal import portal, portal_url
from .request_logs import log_group_arn, request_log_group, request_log_plugin
from .web_acl import log_name, web_acl_arn

__all__ = ["Kong", "KongOutputs"]


class KongOutputs(Outputs):
    """What others need of the gateway."""

    proxy_endpoint: str = output("DNS name of the load balancer, which the names of APIs are aliases of")
    proxy_hosted_zone_id: str = output("hosted zone of that name, for alias records")
    load_balancer_arn: str = output("ARN of the load balancer")
    access_logs_bucket_name: str = output("name of the bucket of the load balancer's access logs")
    web_acl_arn: str | None = output("ARN of the web ACL before it; null of a network load balancer, which has none")
    namespace: str = output("namespace that Kong runs in")
    ingress_class: str = output("IngressClass by which Ingresses choose this Kong")
    admin_address: str = output("URL of the admin API inside the cluster; it asks for a certificate of admin_issuer")
    admin_issuer: str = output("cert-manager issuer, in the namespace, of certificates for clients of the admin API")
    database_arn: str = output("ARN of the database")
    database_address: str = output("host name of the database")
    database_secret_arn: str = output("ARN of the secret with the database's password, which RDS rotates")
    database_security_group_id: str = output("security group of the database, to let others reach it")
    kms_key_arn: str = output("ARN of the key of the database, its password, its logs and the access logs")
    role_arn: str = output("ARN of the role of Kong's pods")
    plugin_names: dict[str, str] = output("what the annotation konghq.com/plugins takes, by the names of plugins here")
    request_log_group_name: str | None = output("name of the log group with every request; null without request_logs")
    portal_url: str | None = output("where the developer portal is; null without portal")


class Kong(Module[KongInputs, KongOutputs]):
    """An API gateway in an EKS cluster: Kong with a database of its own, behind a Network Load Balancer.

    It serves Ingresses of its class. TLS ends at the load balancer and begins anew there; the admin API is inside the
    cluster, and asks every client for a certificate of an authority of its own.
    """

    def build(self, given: KongInputs) -> KongOutputs:
        """Makes the database and what brings its password, then Kong, then what watches over them."""
        key = encryption_key(
            self,
            "kong",
            given,
            existing=given.kms_key,
            name=given.name,
            purpose=f"database, its password and logs, and access logs of the API gateway {given.name}",
            statements=[
                postgres_key_use(self, given.name),
                logs_use(self, f"/kong/{given.name}/"),
                logs_use(self, log_name(given)),
                *access.encrypts_access_logs(partition(self), region(self), account_id(self)),
            ],
        )
        database = kong_database(self, given, key)
        logs = access_logs(self, given, key)

        home = namespace(
            self,
            "kong",
            name=given.namespace,
            labels={
                "pod-security.kubernetes.io/enforce": "restricted",
                # a replica is ready when the load balancer says so
                # https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate/
                "elbv2.k8s.aws/pod-readiness-gate-inject": "enabled",
            },
        )
        files = {
            "admin.conf": admin_allow_list(given),
            "rds.pem": trusted_authorities(self, given),
            "reload.sh": self.shipped_text("reload.sh"),
            "fluent-bit.yaml": self.shipped_text("fluent-bit.yaml"),
        }
        mounted = ConfigMapV1(
            self,
            part_id("files", "kong"),
            metadata=ConfigMapV1Metadata(name=f"{given.release_name}-files", namespace=given.namespace),
            data=files,
            depends_on=[dependable(home)],
        )
        network_policies(self, given, after=[home])
        signed = certificates(self, given, after=[home])
        role = reader(self, given, database, key.arn)
        requests = request_log_group(self, given, key)
        own_role = gateway_role(self, given, database, key.arn, log_group_arn(self, given))
        brought = password(self, given, database, role, after=[home])
        upgrade = crd_upgrade(
            self,
            "crds",
            CHART,
            given.crd_upgrade,
            name=f"{given.release_name}-crds",
            namespace=given.namespace,
            image=given.images.kubectl,
            after=[home],
        )
        gateway = release(
            self,
            "kong",
            CHART,
            name=given.release_name,
            namespace=given.namespace,
            values=values(
                given,
                database=database,
                log_bucket=access_logs_name(self, given),
                files={
                    "name": f"{given.release_name}-files",
                    "checksum": text("sha256", text("jsonencode", files)),
                },
                account=own_role.annotations,
                log_group_name=f"/kong/{given.name}/requests",
                region=region(self),
            ),
            extra=given.extra_values,
            instead=INSTEAD,
            timeout_seconds=900,
            crds=upgrade,
            after=[home, mounted, signed, database.resource, logs.policy, *brought, requests, *own_role.ready],
        )
        prometheus_objects(self, given, after=[gateway])
        request_log_plugin(self, given, after=[gateway])
        made = plugins(self, given, after=[gateway])
        consumers(self, given, after=[gateway, *made], store=brought)
        portal(self, given, role, after=[home, gateway], store=[home, *brought])

        acl = web_acl_arn(self, given, key)
        application = application_balancer(self, given, acl, after=[gateway])
        balancer = DataAwsLb(
            self,
            part_id("balancer", "proxy"),
            name=balancer_name(given),
            depends_on=[gateway, dependable(application)],
        )
        return KongOutputs(
            proxy_endpoint=balancer.dns_name,
            proxy_hosted_zone_id=balancer.zone_id,
            load_balancer_arn=balancer.arn,
            access_logs_bucket_name=choose(
                is_set(given.load_balancer.application),
                present(given.load_balancer.application).access_logs_bucket_name,
                logs.name,
            ),
            web_acl_arn=acl,
            namespace=name_of(home, given.namespace),
            ingress_class=given.ingress_class,
            admin_address=f"https://{given.release_name}-admin.{given.namespace}.svc:{ADMIN_PORT}",
            admin_issuer=f"{given.release_name}-{ISSUER}",
            database_arn=database.arn,
            database_address=database.address,
            database_secret_arn=database.secret_arn,
            database_security_group_id=database.security_group_id,
            kms_key_arn=key.arn,
            role_arn=own_role.arn,
            plugin_names=plugin_names(given),
            request_log_group_name=requests.name,
            portal_url=portal_url(given),
        )
