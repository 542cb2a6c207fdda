"""Gateway: Kong, before the APIs that the environment serves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from environments.families.certificates import Certificates
from environments.platform import Platform, PlatformFamily
from groundplan.building import PostgresInstance
from groundplan.framework import field
from groundplan.grammars.availability import offers
from groundplan.problems import Problem
from groundplan.synth.stack import Stack
from modules.gateway.kong import (
    Autoscaling,
    BackupCopy,
    Jwt,
    Kong,
    KongInputs,
    LoadBalancer,
    Metrics,
    Plugin,
    Portal,
    PortalOidc,
    RateLimiting,
    ResponseNames,
    ResponseTransformer,
    ResponseValues,
)

__all__ = ["APIS", "Gateway", "GatewayFamily"]

SERVED, DESCRIBED = "claims", "developers"
"""The public certificates that the load balancer shows: of what is served, and of the portal that describes it."""
APIS = Path(__file__).parents[1] / "apis"
"""The OpenAPI documents of what is served, as <name>.yaml."""


def _described(env: Platform) -> Portal:
    """The portal; its secret is made by hand, with what the identity provider gave out."""
    return Portal(
        host=f"developers.{env.public_domain}",
        documents={path.stem: path.read_text("utf-8") for path in sorted(APIS.glob("*.yaml"))},
        oidc=PortalOidc(
            issuer_url="https://login.example.com",
            client_id=f"developers-{env.name}",
            secret_name=f"{env.name}/gateway/portal",
            allowed_groups=["engineers", "partners"],
        ),
    )


@dataclass(frozen=True)
class Gateway:
    """What other families need of this one."""

    kong: Kong


class GatewayFamily(PlatformFamily):
    """What stands between the clients of the environment's APIs and the APIs."""

    kong: KongInputs = field("the API gateway, with its database and its load balancer")

    @classmethod
    def everywhere(cls, _env: Platform) -> Self:
        """Limits for every client, and tokens and narrower limits for what names them."""
        return cls(
            kong=KongInputs(
                plugins={
                    "limits": Plugin(rate_limiting=RateLimiting(minute=1200), everywhere=True),
                    "claims-limits": Plugin(rate_limiting=RateLimiting(second=20, minute=300)),
                    "tokens": Plugin(jwt=Jwt(maximum_expiration_seconds=900)),
                    "browser-headers": Plugin(
                        response_transformer=ResponseTransformer(
                            remove=ResponseNames(headers=["Server", "X-Powered-By"]),
                            add=ResponseValues(headers={"Strict-Transport-Security": "max-age=31536000"}),
                        ),
                        everywhere=True,
                    ),
                }
            )
        )

    @classmethod
    def small(cls, _env: Platform) -> Self:
        """One replica, and a database in one zone that can be thrown away."""
        return cls(
            kong=KongInputs(
                zones=1,
                autoscaling=Autoscaling(min_replicas=1, max_replicas=2),
                cpu_millicores=250,
                memory_mebibytes=1024,
                database=PostgresInstance(
                    instance_class="db.t4g.micro",
                    multi_az=False,
                    backup_retention_days=7,
                    deletion_protection=False,
                    # a gibibyte of memory
                    connections_alarm=60,
                    free_memory_alarm_mib=96,
                ),
                load_balancer=LoadBalancer(deletion_protection=False, access_log_days=30, keep_logs=False),
            )
        )

    @classmethod
    def full(cls, env: Platform) -> Self:
        """A replica a zone at least, a database with a standby, its backups in the other region too, and a portal."""
        return cls(
            kong=KongInputs(
                zones=3,
                autoscaling=Autoscaling(min_replicas=3, max_replicas=12),
                database=PostgresInstance(instance_class="db.t4g.medium"),
                backup_copy=BackupCopy(region=env.dr_region),
                metrics=Metrics(),
                # where no public name can be proved it has none to be asked for by
                portal=_described(env) if offers(env.region, "route53_public_zone") else None,
            )
        )

    def unfit(self, env: Platform) -> Iterable[Problem]:
        """Replicas that wait for zones which the environment does not have."""
        there = env.network.availability_zones
        if self.kong.zones > len(there):
            yield Problem(
                "kong.zones",
                f"must be at most {len(there)}, as many as network.availability_zones ({', '.join(there)}), "
                f"got {self.kong.zones}",
                "Spread over fewer zones, or give the network another one: a replica without a zone never starts.",
            )

    def compose(self, stack: Stack, env: Platform, certificates: Certificates) -> Gateway:
        """The stack `<environment>-gateway`."""
        placed = KongInputs(
            database=PostgresInstance(vpc_id=env.network.vpc_id, subnet_ids=env.network.private_subnet_ids)
        )
        # where no public name can be proved there is no such certificate: the environment has to name one
        if offers(env.region, "route53_public_zone"):
            arns = certificates.acm.outputs.certificate_arns
            names = [SERVED, DESCRIBED] if self.kong.portal is not None else [SERVED]
            placed = placed.but(load_balancer=LoadBalancer(certificate_arns=[arns[name] for name in names]))
        kong = Kong(stack, "kong", stack.wired(self.kong, placed))
        stack.tell(
            kong.outputs, "proxy_endpoint", "proxy_hosted_zone_id", "admin_address", "plugin_names", "portal_url"
        )
        return Gateway(kong)
