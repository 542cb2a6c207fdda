"""Amazon ECR: repositories, scanning, replication, caches of other registries, signing, and who pushes and pulls."""

from .inputs import (
    EcrInputs,
    EcrOutputs,
    GitLab,
    Lifecycle,
    Pipeline,
    PullRole,
    PullThroughCache,
    Registry,
    ReplicaRegion,
    ReplicationDestination,
    ReplicationRule,
    ReplicationSource,
    Repository,
    RepositoryTemplate,
    Signing,
    TaggedImages,
    Verification,
)
from .module import Ecr

__all__ = [
    "Ecr",
    "EcrInputs",
    "EcrOutputs",
    "GitLab",
    "Lifecycle",
    "Pipeline",
    "PullRole",
    "PullThroughCache",
    "Registry",
    "ReplicaRegion",
    "ReplicationDestination",
    "ReplicationRule",
    "ReplicationSource",
    "Repository",
    "RepositoryTemplate",
    "Signing",
    "TaggedImages",
    "Verification",
]
