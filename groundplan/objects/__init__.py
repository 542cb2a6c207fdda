"""Kubernetes objects as facts of a plan: what the releases of an environment make, read from what Helm renders."""

# under this name for whoever keeps what was made of manifests for as long as the code that reads them is the same
from groundplan.documents.kubernetes import read_manifest, read_yaml

from .apis import Lifecycle, lifecycle
from .collisions import collisions
from .images import ImageUse, image_uses
from .kinds import is_cluster_wide, is_own_group
from .model import KNOWN_AFTER_APPLY, KubernetesObject, holds_unknown, unknown_as_references
from .planned import planned_objects
from .validity import Validity, validity

__all__ = [
    "KNOWN_AFTER_APPLY",
    "ImageUse",
    "KubernetesObject",
    "Lifecycle",
    "Validity",
    "collisions",
    "holds_unknown",
    "image_uses",
    "is_cluster_wide",
    "is_own_group",
    "lifecycle",
    "planned_objects",
    "read_manifest",
    "read_yaml",
    "unknown_as_references",
    "validity",
]
