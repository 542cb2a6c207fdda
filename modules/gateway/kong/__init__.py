"""Kong: the gateway in front of the platform's APIs, with a database of its own."""

from .inputs import Admin, Autoscaling, BackupCopy, Images, KongInputs, LoadBalancer, Metrics, RequestScaling
from .module import Kong, KongOutputs
from .plugin_inputs import (
    Consumer,
    Credential,
    HttpLog,
    Jwt,
    NamespacePlugin,
    Plugin,
    RateLimiting,
    Redis,
    RequestNames,
    RequestTransformer,
    RequestValues,
    ResponseNames,
    ResponseTransformer,
    ResponseValues,
    SecretKey,
)
from .portal_inputs import Portal, PortalOidc

__all__ = [
    "Admin",
    "Autoscaling",
    "BackupCopy",
    "Consumer",
    "Credential",
    "HttpLog",
    "Images",
    "Jwt",
    "Kong",
    "KongInputs",
    "KongOutputs",
    "LoadBalancer",
    "Metrics",
    "NamespacePlugin",
    "Plugin",
    "Portal",
    "PortalOidc",
    "RateLimiting",
    "Redis",
    "RequestNames",
    "RequestScaling",
    "RequestTransformer",
    "RequestValues",
    "ResponseNames",
    "ResponseTransformer",
    "ResponseValues",
    "SecretKey",
]
