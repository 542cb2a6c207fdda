"""The objects behind Helm releases: real Helm renders what a plan wants, without a cluster.

    renders = render_all(plans, folders, manifest)
    for outcome in renders.stacks["prod-secrets"]:
        print(outcome.release.address, len(outcome.objects))

Helm comes as a library, the extra `groundplan[charts]`, or as `helm` on PATH. Without either nothing is rendered, and
whoever asked is told what is not known then.
"""

from .engines import helm
from .errors import HOW_TO_GET_HELM
from .rendering import Outcome, Sessions
from .run import Renders, render_all
from .writing import images_json, write_definitions, write_objects

__all__ = [
    "HOW_TO_GET_HELM",
    "Outcome",
    "Renders",
    "Sessions",
    "helm",
    "images_json",
    "render_all",
    "write_definitions",
    "write_objects",
]
