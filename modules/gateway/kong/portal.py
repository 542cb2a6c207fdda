"""The developer portal: Swagger UI with the APIs' documents, behind oauth2-proxy, behind this Kong.

Kong's open edition has no plugin for OpenID Connect (https://developer.konghq.com/plugins/openid-connect/ is of the
enterprise edition), and nobody may pass the sign-in: oauth2-proxy and the viewer share a pod, in which the viewer
answers 127.0.0.1 alone. docs/decisions/0045 says what else was looked at.

https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview has the flags.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_kubernetes import deployment_v1 as deployment
from cdktf_cdktf_provider_kubernetes import ingress_v1 as ingress
from cdktf_cdktf_provider_kubernetes import network_policy_v1 as policy
from cdktf_cdktf_provider_kubernetes import pod_disruption_budget_v1 as budget
from cdktf_cdktf_provider_kubernetes import service_v1 as service
from cdktf_cdktf_provider_kubernetes.config_map_v1 import ConfigMapV1, ConfigMapV1Metadata
from cdktf_cdktf_provider_kubernetes.service_account_v1 import ServiceAccountV1, ServiceAccountV1Metadata

from groundplan.building import Role, account_id, custom_resources, partition, region, service_name
from groundplan.framework import (
    Module,
    all_of,
    choose,
    concat,
    dependable,
    each,
    equals,
    is_set,
    jsonencode,
    negated,
    not_empty,
    part_id,
    present,
    text,
    texts,
    when,
)
from groundplan.iam import document

from . import access
from .chart import pod_labels
from .inputs import KongInputs
from .portal_inputs import DOCUMENT_BYTES

__all__ = ["portal", "portal_url"]

PORT, VIEWER_PORT = 4180, 8080
"""Where oauth2-proxy and the viewer listen; the latter as files/portal.nginx.conf says."""
PROXY_USER, VIEWER_USER = "65532", "101"
"""nonroot of distroless, and nginx of its own image: https://github.com/nginx/docker-nginx/blob/master/Dockerfile-alpine.template"""
SITE, DOCUMENTS, SECRETS = "/etc/portal", "/etc/portal-documents", "/etc/portal-secrets"
CLIENT_SECRET, COOKIE_SECRET = "client-secret", "cookie-secret"
"""What the files are called; the fields of the secret in Secrets Manager have _ where these have -."""


def portal_url(given: KongInputs) -> str | None:
    """Where the portal is; null without one."""
    wanted = is_set(given.portal)
    host = choose(wanted, present(given.portal).host, "")
    return choose(wanted, f"https://{host}/", None)


def portal(
    scope: Module[Any, Any], given: KongInputs, role: Role, *, after: Sequence[Any], store: Sequence[Any]
) -> None:
    """Everything of the portal, when it is asked for.

    `role` is that of the account that External Secrets reads by; its SecretStore is among `store`, which brings the
    database's password. The Ingress comes after `after`: Kong, whose webhook looks at it.
    """
    _refuse_other_documents(scope)
    wanted = is_set(given.portal)
    part = when(wanted)
    name, given_portal = f"{given.release_name}-portal", present(given.portal)
    head: dict[str, Any] = {"name": name, "namespace": given.namespace, "labels": _labels(given)}
    secret = _secret(scope, given, role, store)
    account = part(
        ServiceAccountV1,
        scope,
        part_id("account", "portal"),
        metadata=ServiceAccountV1Metadata(**head),
        automount_service_account_token=False,
        depends_on=[dependable(element) for element in after],
    )
    site = {
        "nginx.conf": scope.shipped_text("portal.nginx.conf"),
        "swagger-initializer.js": f"const documents = {jsonencode(_listed(given))};\n{scope.shipped_text('portal.js')}",
    }
    served = part(
        ConfigMapV1,
        scope,
        part_id("files", "portal"),
        metadata=ConfigMapV1Metadata(**head),
        data=site,
        depends_on=[dependable(element) for element in after],
    )
    described = part(
        ConfigMapV1,
        scope,
        part_id("files", "portal_documents"),
        metadata=ConfigMapV1Metadata(**{**head, "name": f"{name}-documents"}),
        data=given_portal.documents,
        depends_on=[dependable(element) for element in after],
    )
    fenced = _network_policy(scope, given, after)
    checksum = text("sha256", text("jsonencode", [site, given_portal.documents]))
    pods = part(
        deployment.DeploymentV1,
        scope,
        part_id("deployment", "portal"),
        metadata=deployment.DeploymentV1Metadata(**head),
        spec=deployment.DeploymentV1Spec(
            replicas=text("tostring", given_portal.replicas),
            selector=deployment.DeploymentV1SpecSelector(match_labels=_labels(given)),
            strategy=deployment.DeploymentV1SpecStrategy(
                type="RollingUpdate",
                rolling_update=deployment.DeploymentV1SpecStrategyRollingUpdate(max_surge="1", max_unavailable="0"),
            ),
            template=deployment.DeploymentV1SpecTemplate(
                metadata=deployment.DeploymentV1SpecTemplateMetadata(
                    labels=_labels(given), annotations={"checksum/site": checksum}
                ),
                spec=_pod(given),
            ),
        ),
        depends_on=[dependable(element) for element in (secret, account, served, described, fenced)],
    )
    several = negated(equals(choose(wanted, given_portal.replicas, 1), 1))
    # of a single replica a budget would stop every drain of its node
    when(all_of(wanted, several))(
        budget.PodDisruptionBudgetV1,
        scope,
        part_id("budget", "portal"),
        metadata=budget.PodDisruptionBudgetV1Metadata(**head),
        spec=budget.PodDisruptionBudgetV1Spec(
            max_unavailable="1",
            selector=budget.PodDisruptionBudgetV1SpecSelector(match_labels=_labels(given)),
        ),
        depends_on=[dependable(element) for element in after],
    )
    reached = part(
        service.ServiceV1,
        scope,
        part_id("service", "portal"),
        metadata=service.ServiceV1Metadata(**head),
        spec=service.ServiceV1Spec(
            type="ClusterIP",
            selector=_labels(given),
            port=[service.ServiceV1SpecPort(name="http", port=PORT, target_port="http", protocol="TCP")],
        ),
        wait_for_load_balancer=False,
        depends_on=[dependable(pods)],
    )
    part(
        ingress.IngressV1,
        scope,
        part_id("ingress", "portal"),
        metadata=ingress.IngressV1Metadata(**head, annotations={"konghq.com/protocols": "https"}),
        spec=ingress.IngressV1Spec(
            ingress_class_name=given.ingress_class,
            # without a secret Kong shows the certificate that it has for the load balancer, which shows ACM's
            tls=[ingress.IngressV1SpecTls(hosts=[given_portal.host])],
            rule=[
                ingress.IngressV1SpecRule(
                    host=given_portal.host,
                    http=ingress.IngressV1SpecRuleHttp(
                        path=[
                            ingress.IngressV1SpecRuleHttpPath(
                                path="/",
                                path_type="Prefix",
                                backend=ingress.IngressV1SpecRuleHttpPathBackend(
                                    service=ingress.IngressV1SpecRuleHttpPathBackendService(
                                        name=name,
                                        port=ingress.IngressV1SpecRuleHttpPathBackendServicePort(name="http"),
                                    )
                                ),
                            )
                        ]
                    ),
                )
            ],
        ),
        depends_on=[dependable(reached)],
    )


def _labels(given: KongInputs) -> dict[str, str]:
    return {
        "app.kubernetes.io/name": "kong-portal",
        "app.kubernetes.io/component": "portal",
        "app.kubernetes.io/instance": given.release_name,
    }


def _listed(given: KongInputs) -> list[Any]:
    """The documents as the viewer's list takes them, in the order of their names."""
    listed: list[Any] = each(present(given.portal).documents).documents(
        lambda name, _: {"name": name, "url": f"documents/{name}"}
    )
    return listed


def _secret(scope: Module[Any, Any], given: KongInputs, role: Role, store: Sequence[Any]) -> Any:
    """The client's secret and that of the cookies, from Secrets Manager into files of the pods."""
    wanted, sign_in = is_set(given.portal), present(given.portal).oidc
    name = f"{given.release_name}-portal"
    # AWS adds six characters: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
    arn = (
        f"arn:{partition(scope)}:secretsmanager:{region(scope)}:{account_id(scope)}:secret:{sign_in.secret_name}-??????"
    )
    when(wanted)(
        IamRolePolicy,
        scope,
        part_id("policy", "portal"),
        name="read-portal",
        role=role.name,
        policy=jsonencode(document(*access.reads_credential(arn))),
    )
    own_key = choose(wanted, sign_in.kms_key_arn, None)
    when(all_of(wanted, is_set(own_key)))(
        IamRolePolicy,
        scope,
        part_id("policy", "portal_key"),
        name="decrypt-portal",
        role=role.name,
        policy=jsonencode(
            document(
                *access.decrypts_credential(arn, present(sign_in.kms_key_arn), service_name(scope, "secretsmanager"))
            )
        ),
    )
    return custom_resources(
        scope,
        "portal_secret",
        name=f"{name}-secret",
        namespace=given.namespace,
        after=store,
        objects={
            "copy": {
                "apiVersion": "external-secrets.io/v1",
                "kind": "ExternalSecret",
                "metadata": {"name": name, "namespace": given.namespace},
                "spec": {
                    "refreshInterval": "5m",
                    "secretStoreRef": {"kind": "SecretStore", "name": f"{given.release_name}-database"},
                    "target": {"name": name, "creationPolicy": "Owner", "deletionPolicy": "Retain"},
                    "data": [
                        {
                            "secretKey": file,
                            "remoteRef": {"key": sign_in.secret_name, "property": file.replace("-", "_")},
                        }
                        for file in (CLIENT_SECRET, COOKIE_SECRET)
                    ],
                },
            }
        },
        only_when=wanted,
    )


def _flags(given: KongInputs) -> list[str]:
    """oauth2-proxy's. It is told its own address, and so believes no header of who asks."""
    wanted = present(given.portal)
    sign_in = wanted.oidc
    domains = choose(not_empty(sign_in.allowed_email_domains), sign_in.allowed_email_domains, ["*"])
    return concat(
        [
            f"--http-address=0.0.0.0:{PORT}",
            f"--upstream=http://127.0.0.1:{VIEWER_PORT}/",
            "--provider=oidc",
            # by default the nonce is neither asked for nor looked at
            "--insecure-oidc-skip-nonce=false",
            f"--oidc-issuer-url={sign_in.issuer_url}",
            f"--oidc-groups-claim={sign_in.groups_claim}",
            f"--client-id={sign_in.client_id}",
            f"--client-secret-file={SECRETS}/{CLIENT_SECRET}",
            f"--cookie-secret-file={SECRETS}/{COOKIE_SECRET}",
            f"--redirect-url=https://{wanted.host}/oauth2/callback",
            f"--scope={text('join', ' ', sign_in.scopes)}",
            "--code-challenge-method=S256",
            # of this host alone, by TLS alone
            "--cookie-name=__Host-portal",
            "--cookie-samesite=lax",
            f"--cookie-expire={wanted.session_hours}h",
            # who reads is all that is kept: no token is in the browser
            "--session-cookie-minimal=true",
            "--pass-basic-auth=false",
            "--pass-user-headers=false",
            "--skip-provider-button=true",
            "--silence-ping-logging=true",
        ],
        texts("formatlist", "--email-domain=%s", domains),
        texts("formatlist", "--allowed-group=%s", sign_in.allowed_groups),
    )


def _pod(given: KongInputs) -> deployment.DeploymentV1SpecTemplateSpec:
    """Both containers; neither is root, writes to its own file system, or has a token of the cluster."""
    prefix = "DeploymentV1SpecTemplateSpec"

    def made(kind: str, /, **settings: Any) -> Any:
        return getattr(deployment, f"{prefix}{kind}")(**settings)

    def container(name: str, user: str, memory: str, **settings: Any) -> Any:
        return made(
            "Container",
            name=name,
            resources=made("ContainerResources", requests={"cpu": "25m", "memory": memory}, limits={"memory": memory}),
            security_context=made(
                "ContainerSecurityContext",
                run_as_non_root=True,
                run_as_user=user,
                run_as_group=user,
                allow_privilege_escalation=False,
                read_only_root_filesystem=True,
                capabilities=made("ContainerSecurityContextCapabilities", drop=["ALL"]),
            ),
            **settings,
        )

    def mount(name: str, path: str, *, read_only: bool = True) -> Any:
        return made("ContainerVolumeMount", name=name, mount_path=path, read_only=read_only)

    name = f"{given.release_name}-portal"
    proxy = container(
        "oauth2-proxy",
        PROXY_USER,
        "64Mi",
        image=given.images.portal_proxy,
        args=_flags(given),
        port=[made("ContainerPort", name="http", container_port=PORT, protocol="TCP")],
        readiness_probe=made(
            "ContainerReadinessProbe", http_get=made("ContainerReadinessProbeHttpGet", path="/ready", port="http")
        ),
        liveness_probe=made(
            "ContainerLivenessProbe", http_get=made("ContainerLivenessProbeHttpGet", path="/ping", port="http")
        ),
        volume_mount=[mount("secrets", SECRETS)],
    )
    asks = ["wget", "-q", "-O", "/dev/null", f"http://127.0.0.1:{VIEWER_PORT}/"]
    viewer = container(
        "viewer",
        VIEWER_USER,
        "64Mi",
        image=given.images.portal_viewer,
        # the image's own entrypoint writes settings into the files that are served
        command=["nginx", "-e", "stderr", "-c", f"{SITE}/nginx.conf", "-g", "daemon off;"],
        readiness_probe=made("ContainerReadinessProbe", exec=made("ContainerReadinessProbeExec", command=asks)),
        liveness_probe=made("ContainerLivenessProbe", exec=made("ContainerLivenessProbeExec", command=asks)),
        volume_mount=[
            mount("site", SITE),
            mount("documents", DOCUMENTS),
            mount("tmp", "/tmp", read_only=False),  # noqa: S108  # in the container, whose own is read-only
        ],
    )

    def spread(key: str, **settings: Any) -> Any:
        return made(
            "TopologySpreadConstraint",
            max_skew=1,
            topology_key=key,
            label_selector=[made("TopologySpreadConstraintLabelSelector", match_labels=_labels(given))],
            match_label_keys=["pod-template-hash"],
            **settings,
        )

    return deployment.DeploymentV1SpecTemplateSpec(
        service_account_name=name,
        automount_service_account_token=False,
        enable_service_links=False,
        security_context=made(
            "SecurityContext",
            run_as_non_root=True,
            run_as_user=PROXY_USER,
            run_as_group=PROXY_USER,
            # of the files of secrets
            fs_group=PROXY_USER,
            seccomp_profile=made("SecurityContextSeccompProfile", type="RuntimeDefault"),
        ),
        container=[proxy, viewer],
        topology_spread_constraint=[
            spread("topology.kubernetes.io/zone", min_domains=given.zones, when_unsatisfiable="DoNotSchedule"),
            spread("kubernetes.io/hostname", when_unsatisfiable="ScheduleAnyway"),
        ],
        volume=[
            made("Volume", name="secrets", secret=made("VolumeSecret", secret_name=name, default_mode="0440")),
            made("Volume", name="site", config_map=made("VolumeConfigMap", name=name, default_mode="0444")),
            made(
                "Volume",
                name="documents",
                config_map=made("VolumeConfigMap", name=f"{name}-documents", default_mode="0444"),
            ),
            made("Volume", name="tmp", empty_dir=made("VolumeEmptyDir", size_limit="16Mi")),
        ],
    )


def _network_policy(scope: Module[Any, Any], given: KongInputs, after: Sequence[Any]) -> Any:
    """Kong reaches the portal; the portal reaches names and the issuer, by TLS."""
    prefix = "NetworkPolicyV1Spec"

    def made(kind: str, /, **settings: Any) -> Any:
        return getattr(policy, f"{prefix}{kind}")(**settings)

    return when(is_set(given.portal))(
        policy.NetworkPolicyV1,
        scope,
        part_id("network_policy", "portal"),
        metadata=policy.NetworkPolicyV1Metadata(name=f"{given.release_name}-portal", namespace=given.namespace),
        spec=policy.NetworkPolicyV1Spec(
            pod_selector=made("PodSelector", match_labels=_labels(given)),
            policy_types=["Ingress", "Egress"],
            ingress=[
                made(
                    "Ingress",
                    from_=[
                        made("IngressFrom", pod_selector=made("IngressFromPodSelector", match_labels=pod_labels(given)))
                    ],
                    ports=[made("IngressPorts", port=str(PORT), protocol="TCP")],
                )
            ],
            egress=[
                made(
                    "Egress", ports=[made("EgressPorts", port="53", protocol=protocol) for protocol in ("UDP", "TCP")]
                ),
                made("Egress", ports=[made("EgressPorts", port="443", protocol="TCP")]),
            ],
        ),
        depends_on=[dependable(element) for element in after],
    )


def _refuse_other_documents(scope: Module[Any, Any]) -> None:
    """Has Terraform refuse what is no OpenAPI, or too much; Python looks closer."""
    given = "values(var.portal.documents)"
    encoded = f'length(base64encode(join("", {given})))'
    scope.validate(
        "portal",
        condition=(
            f"${{var.portal == null ? true : alltrue([for text in {given} : "
            'can(regex("^3\\\\.[01]\\\\.[0-9]+$", yamldecode(text).openapi)) && can(yamldecode(text).info.title)])}'
        ),
        message="portal.documents: each must be an OpenAPI document of version 3.0 or 3.1, as YAML or JSON",
    )
    # three bytes become four characters
    scope.validate(
        "portal",
        condition=f"${{var.portal == null ? true : {encoded} <= {-(-DOCUMENT_BYTES // 3) * 4}}}",
        message=f"portal.documents: must have at most {DOCUMENT_BYTES} bytes together, which is what a ConfigMap holds",
    )
