"""GitLab's container registry of one project: cleanup, protection, access, and promotion of its images to ECR."""

from .inputs import (
    Cleanup,
    DeployToken,
    GitlabRegistryInputs,
    GitlabRegistryOutputs,
    OwnProject,
    Promotion,
    ProtectedRepository,
    ProtectedTag,
    SharedGroup,
    TemplateFile,
)
from .module import GitlabRegistry

__all__ = [
    "Cleanup",
    "DeployToken",
    "GitlabRegistry",
    "GitlabRegistryInputs",
    "GitlabRegistryOutputs",
    "OwnProject",
    "Promotion",
    "ProtectedRepository",
    "ProtectedTag",
    "SharedGroup",
    "TemplateFile",
]
