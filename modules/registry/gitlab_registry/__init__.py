"""GitLab's container registry of one project: cleanup, protection, access, and promotion of its images to ECR."""

from .inputs import (
    Cleanup,
    DeployToken,
    DigestedImage,
    GitlabRegistryInputs,
    GitlabRegistryOutputs,
    ImagePath,
    OwnProject,
    Promotion,
    ProtectedBranch,
    ProtectedRepository,
    ProtectedTag,
    SharedGroup,
    SigningProfileArn,
    TemplateFile,
)
from .module import GitlabRegistry

__all__ = [
    "Cleanup",
    "DeployToken",
    "DigestedImage",
    "GitlabRegistry",
    "GitlabRegistryInputs",
    "GitlabRegistryOutputs",
    "ImagePath",
    "OwnProject",
    "Promotion",
    "ProtectedBranch",
    "ProtectedRepository",
    "ProtectedTag",
    "SharedGroup",
    "SigningProfileArn",
    "TemplateFile",
]
