"""dev keeps GitLab's rules of the project that images are built in, for all environments that promote from it."""

from environments.families.registry import PROMOTION, RegistryFamily
from modules.registry.ecr import EcrInputs, Lifecycle, Pipeline, TaggedImages
from modules.registry.gitlab_registry import GitlabRegistryInputs, ProtectedBranch, ProtectedTag

REGISTRY = RegistryFamily(
    ecr=EcrInputs(
        default_lifecycle=Lifecycle(
            untagged_after_days=3, tagged={"main": TaggedImages(tag_prefix="main-", priority=10, expire_after_days=14)}
        ),
        # what is built for a version is signed here, and promoted by the other environments
        pipelines={PROMOTION: Pipeline(branches=["main", "release/*"])},
    ),
    gitlab_registry=GitlabRegistryInputs(
        protects_images=True,
        protected_branches={
            "main": ProtectedBranch(branch="main", push_access_level="no one"),
            "releases": ProtectedBranch(branch="release/*"),
        },
        protected_tags={"versions": ProtectedTag(tag="v*")},
    ),
)
