"""Grafana on EKS: replicas that share a PostgreSQL database, linked data sources, dashboards, single sign-on."""

from .inputs import (
    Account,
    CloudWatchSource,
    Credentials,
    DataSources,
    ExistingDatabase,
    GrafanaInputs,
    Images,
    Ingress,
    Metrics,
    Oidc,
    Persistence,
    SecretStore,
    SecretValue,
    TenantSource,
)
from .module import Grafana, GrafanaOutputs

__all__ = [
    "Account",
    "CloudWatchSource",
    "Credentials",
    "DataSources",
    "ExistingDatabase",
    "Grafana",
    "GrafanaInputs",
    "GrafanaOutputs",
    "Images",
    "Ingress",
    "Metrics",
    "Oidc",
    "Persistence",
    "SecretStore",
    "SecretValue",
    "TenantSource",
]
