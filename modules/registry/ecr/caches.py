"""Copies of other registries' images, fetched by ECR when they are pulled."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.ecr_pull_through_cache_rule import EcrPullThroughCacheRule

from groundplan.building import event_alarm
from groundplan.framework import Module, dependable, each, not_empty, text

from .inputs import EcrInputs

__all__ = ["caches", "failed_fetches"]

UPSTREAM_URLS = {
    "docker-hub": "registry-1.docker.io",
    "ecr-public": "public.ecr.aws",
    "github": "ghcr.io",
    "kubernetes": "registry.k8s.io",
    "quay": "quay.io",
}
"""https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html"""


def caches(scope: Module[Any, Any], given: EcrInputs, after: Any) -> Any:
    """One rule for each cache, after its template; gives the repeated resource."""
    entries = each(given.caches)
    return entries(
        EcrPullThroughCacheRule,
        scope,
        "cache",
        ecr_repository_prefix=entries.key,
        upstream_registry_url=text("lookup", UPSTREAM_URLS, entries.value.upstream),
        credential_arn=entries.value.credentials_secret_arn,
        depends_on=[dependable(after)],
    )


def failed_fetches(scope: Module[Any, Any], given: EcrInputs) -> Any:
    """Tells when an upstream refuses or does not answer; gives the event rule.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
    """
    return event_alarm(
        scope,
        "cache_failed",
        given,
        name=f"{given.name}-cache-failed",
        description="ECR could not fetch a cached image: look at the upstream, its limits and its credentials",
        pattern={
            "source": ["aws.ecr"],
            "detail-type": ["ECR Pull Through Cache Action"],
            "detail": {
                "sync-status": [{"anything-but": ["SUCCESS"]}],
                "ecr-repository-prefix": each(given.caches).documents(lambda prefix, _: prefix),
            },
        },
        only_when=not_empty(given.caches),
    )
