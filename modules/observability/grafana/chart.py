"""Grafana's chart, and the values of it that the module sets itself.

Source of the values: https://github.com/grafana-community/helm-charts/tree/grafana-12.11.1/charts/grafana
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from groundplan.building import TOKEN_MOUNT, TOKEN_VOLUME, Database
from groundplan.charts import chart
from groundplan.framework import (
    any_of,
    choose,
    concat,
    each_item,
    equals,
    first_set,
    is_set,
    join,
    not_empty,
    only_when,
    present,
)

from .inputs import GrafanaInputs
from .secrets import Kept, environment

__all__ = ["CHART", "DASHBOARD_LABEL", "GOSSIP_PORT", "INSTEAD", "PORT", "pod_labels", "values"]

CHART = chart("grafana")
PORT = 3000
GOSSIP_PORT = 9094
"""Of the replicas among themselves, TCP and UDP: who of them tells of an alert, and which silences there are."""
DASHBOARD_LABEL = "grafana_dashboard"
"""The label, with the value "1", of ConfigMaps with dashboards."""

INSTEAD = {
    "datasources": "data_sources",
    "envValueFrom": "data_sources",
    "grafana\\.ini.auth\\.generic_oauth": "oidc",
    "grafana\\.ini.database": "database",
    "grafana\\.ini.metrics": "metrics",
    "grafana\\.ini.server": "domain",
    "ingress": "ingress",
    "networkPolicy": "network_policies",
    "persistence": "persistence",
    "priorityClassName": "priority_class_name",
    "replicas": "replicas",
    "resources": "memory_mebibytes",
    "serviceMonitor": "metrics",
    "sidecar.dashboards.searchNamespace": "dashboard_namespaces",
}
"""The input to set instead of a value that the module keeps."""

# https://github.com/grafana/grafana/blob/v13.2.0/Dockerfile
_USER = 472
_CONFINED = {
    "allowPrivilegeEscalation": False,
    "privileged": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}
_CA_FOLDER = "/etc/grafana-database"
_DASHBOARDS = "/dashboards"


def pod_labels(given: GrafanaInputs) -> dict[str, str]:
    """What the chart labels the pods with."""
    return {"app.kubernetes.io/name": "grafana", "app.kubernetes.io/instance": given.release_name}


def values(
    given: GrafanaInputs,
    *,
    annotations: Mapping[str, str],
    database: Database,
    kept: Mapping[str, Kept],
    sources: Mapping[str, Any],
) -> dict[str, Any]:
    """The module's own values. `annotations` are those of the service account, `sources` the file of data sources."""
    per_replica = equals(given.persistence.claims, "per_replica")
    entry, scraped = present(given.ingress), present(given.metrics)
    admin = kept["admin"]
    metered = kept["metrics"]
    return {
        "fullnameOverride": given.release_name,
        "replicas": given.replicas,
        # addresses of other services are no business of its environment
        "enableServiceLinks": False,
        # a StatefulSet has it in any case
        "headlessService": choose(per_replica, cast(bool, None), True),
        # a volume that one node mounts has to be let go before the next pod can have it
        "deploymentStrategy": only_when(
            equals(given.persistence.claims, "shared"),
            {"type": choose(equals(given.persistence.access_mode, "ReadWriteMany"), "RollingUpdate", "Recreate")},
        ),
        "podDisruptionBudget": {"maxUnavailable": 1},
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": key,
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": pod_labels(given)},
            }
            for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
        ],
        "priorityClassName": given.priority_class_name,
        "resources": {
            "requests": {"cpu": given.cpu_request, "memory": f"{given.memory_mebibytes}Mi"},
            "limits": {"memory": f"{given.memory_mebibytes}Mi"},
        },
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "runAsGroup": _USER,
            "fsGroup": _USER,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containerSecurityContext": _CONFINED,
        # the volume's group is Grafana's by fsGroup: nobody has to be root for it
        "initChownData": {"enabled": False},
        "extraEmptyDirMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108  # in the container, read-only else
        "persistence": {
            "enabled": True,
            "type": choose(per_replica, "sts", "pvc"),
            "storageClassName": given.persistence.storage_class,
            "accessModes": [given.persistence.access_mode],
            "size": f"{given.persistence.size_gib}Gi",
        },
        "serviceAccount": {
            "create": True,
            "name": given.release_name,
            "annotations": annotations,
            "automountServiceAccountToken": False,
        },
        # the token is the sidecar's alone, which asks for ConfigMaps
        "automountServiceAccountToken": False,
        "extraContainerVolumes": [TOKEN_VOLUME],
        # the chart's role would let the pods read every Secret beside ConfigMaps
        "rbac": {"create": False},
        "service": {"type": "ClusterIP", "port": 80, "targetPort": PORT},
        "admin": {
            "existingSecret": admin.name,
            "userKey": admin.keys["ADMIN_USER"],
            "passwordKey": admin.keys["ADMIN_PASSWORD"],
        },
        "envValueFrom": environment(kept),
        "extraConfigmapMounts": choose(
            is_set(given.database_ca_config_map),
            [
                {
                    "name": "database-ca",
                    "configMap": given.database_ca_config_map,
                    "mountPath": _CA_FOLDER,
                    "readOnly": True,
                }
            ],
            [],
        ),
        "datasources": {"datasources.yaml": sources},
        "sidecar": {
            "resources": {"requests": {"cpu": "10m", "memory": "128Mi"}, "limits": {"memory": "128Mi"}},
            "securityContext": _CONFINED,
            "dashboards": {
                "enabled": True,
                "label": DASHBOARD_LABEL,
                "labelValue": "1",
                "resource": "configmap",
                "searchNamespace": join(",", concat([given.namespace], given.dashboard_namespaces)),
                "folder": _DASHBOARDS,
                "folderAnnotation": "grafana_folder",
                "provider": {"foldersFromFilesStructure": True, "allowUiUpdates": False},
                # Grafana looks at the files by itself, so the sidecar needs no administrator's password
                "skipReload": True,
                "extraMounts": [TOKEN_MOUNT, {"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108  # as above
            },
        },
        "serviceMonitor": only_when(
            is_set(given.metrics),
            {
                "enabled": is_set(given.metrics),
                "interval": choose(is_set(given.metrics), f"{scraped.interval_seconds}s", ""),
                "labels": choose(is_set(given.metrics), scraped.labels, {}),
                "basicAuth": only_when(
                    metered.needed,
                    {
                        "username": {"name": metered.name, "key": metered.keys["METRICS_USER"]},
                        "password": {"name": metered.name, "key": metered.keys["METRICS_PASSWORD"]},
                    },
                ),
            },
            but=["enabled"],
        ),
        "ingress": only_when(
            is_set(given.ingress),
            {
                "enabled": is_set(given.ingress),
                "ingressClassName": choose(is_set(given.ingress), entry.class_name, ""),
                "annotations": choose(is_set(given.ingress), entry.annotations, {}),
                "hosts": [given.domain],
                "path": "/",
                "pathType": "Prefix",
                "tls": choose(
                    is_set(given.ingress),
                    choose(
                        is_set(entry.tls_secret_name),
                        [{"secretName": entry.tls_secret_name, "hosts": [given.domain]}],
                        [],
                    ),
                    [],
                ),
            },
            but=["enabled"],
        ),
        # it would shut the replicas off from one another: the module has one of its own
        "networkPolicy": {"enabled": False},
        "grafana.ini": _settings(given, database, kept),
    }


def _settings(given: GrafanaInputs, database: Database, kept: Mapping[str, Kept]) -> dict[str, Any]:
    """grafana.ini. https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/"""
    existing = present(given.existing_database)
    gossip = f"$__env{{POD_IP}}:{GOSSIP_PORT}"
    return {
        "server": {"domain": given.domain, "root_url": f"https://{given.domain}"},
        "database": only_when(
            any_of(is_set(given.database), is_set(given.existing_database)),
            {
                "type": "postgres",
                "host": choose(
                    is_set(given.existing_database),
                    f"{existing.host}:{existing.port}",
                    choose(is_set(given.database), f"{database.address}:{database.port}", ""),
                ),
                "name": choose(is_set(given.existing_database), existing.name, database.name),
                "user": "$__env{DATABASE_USER}",
                "password": "$__env{DATABASE_PASSWORD}",
                "ssl_mode": choose(is_set(given.database_ca_config_map), "verify-full", "require"),
                "ca_cert_path": choose(is_set(given.database_ca_config_map), f"{_CA_FOLDER}/ca.crt", ""),
                # of each replica
                "max_open_conn": 20,
                "max_idle_conn": 5,
                # a password that was rotated is noticed within an hour
                "conn_max_lifetime": 3600,
            },
        ),
        # https://grafana.com/docs/grafana/latest/alerting/set-up/configure-high-availability/
        "unified_alerting": {
            "enabled": True,
            "ha_listen_address": gossip,
            "ha_advertise_address": gossip,
            "ha_peers": f"{given.release_name}-headless.{given.namespace}.svc:{GOSSIP_PORT}",
            "ha_peer_timeout": "15s",
            "ha_reconnect_timeout": "2m",
        },
        "security": {
            "secret_key": "$__env{GF_SECURITY_SECRET_KEY}",
            "cookie_secure": True,
            "cookie_samesite": "lax",
            "strict_transport_security": True,
            "content_security_policy": True,
            "disable_gravatar": True,
        },
        "users": {"allow_sign_up": False, "auto_assign_org_role": "Viewer"},
        "auth.anonymous": {"enabled": False},
        "auth.generic_oauth": _single_sign_on(given),
        "aws": {"allowed_auth_providers": "default", "assume_role_enabled": True},
        "metrics": only_when(
            kept["metrics"].needed,
            {
                "enabled": True,
                "basic_auth_username": "$__env{METRICS_USER}",
                "basic_auth_password": "$__env{METRICS_PASSWORD}",
            },
            but=["enabled"],
        ),
        "analytics": {"reporting_enabled": False, "check_for_updates": False, "check_for_plugin_updates": False},
        "snapshots": {"external_enabled": False},
        "plugins": {"preinstall_disabled": True},
        "log": {"mode": "console"},
        "log.console": {"format": "json"},
    }


def _single_sign_on(given: GrafanaInputs) -> dict[str, Any]:
    """https://grafana.com/docs/grafana/latest/setup-grafana/configure-access/configure-authentication/generic-oauth/"""
    sso = present(given.oidc)
    wanted = is_set(given.oidc)

    def said(setting: Any, otherwise: Any = "") -> Any:
        return choose(wanted, setting, otherwise)

    def members(groups: list[str], role: str) -> list[str]:
        return each_item(said(groups, [])).documents(
            lambda group: f"contains({said(sso.groups_claim)}[*], '{group}') && '{role}'"
        )

    roles = concat(
        members(sso.admin_groups, "Admin"),
        members(sso.editor_groups, "Editor"),
        members(sso.viewer_groups, "Viewer"),
        choose(not_empty(said(sso.viewer_groups, [])), [], ["'Viewer'"]),
    )
    return only_when(
        wanted,
        {
            "enabled": wanted,
            "name": said(sso.name),
            "client_id": said(sso.client_id),
            "client_secret": "$__env{OIDC_CLIENT_SECRET}",
            "scopes": join(" ", said(sso.scopes, [])),
            "auth_url": said(sso.auth_url),
            "token_url": said(sso.token_url),
            "api_url": said(first_set(sso.api_url, "")),
            "use_pkce": True,
            "use_refresh_token": True,
            "allow_sign_up": True,
            "auto_login": said(sso.auto_login, False),
            "role_attribute_path": join(" || ", roles),
            # who has none of the roles does not get in
            "role_attribute_strict": True,
            "allow_assign_grafana_admin": False,
        },
        but=["enabled"],
    )
