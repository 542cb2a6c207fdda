"""How many releases staging keeps, and that it takes what main builds too."""

from environments.families.registry import PROMOTION, RegistryFamily
from modules.registry.ecr import EcrInputs, Lifecycle, Pipeline, TaggedImages

REGISTRY = RegistryFamily(
    ecr=EcrInputs(
        default_lifecycle=Lifecycle(tagged={"releases": TaggedImages(keep_last=30)}),
        pipelines={PROMOTION: Pipeline(branches=["main"])},
    ),
)
