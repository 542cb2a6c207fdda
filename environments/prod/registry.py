"""How many releases prod keeps."""

from environments.families.registry import RegistryFamily
from modules.registry.ecr import EcrInputs, Lifecycle, TaggedImages

REGISTRY = RegistryFamily(
    ecr=EcrInputs(
        default_lifecycle=Lifecycle(tagged={"releases": TaggedImages(keep_last=100)}),
    ),
)
