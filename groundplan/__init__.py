"""groundplan: Terraform modules in typed Python, planned by the real Terraform core, judged by Rego."""

from groundplan.bindings import install
from groundplan.problems import GroundplanError

unusable: GroundplanError | None = None
"""Why nothing can run here; whoever imports this package is not stopped, and the commands say it."""

# Before anything imports cdktf or its provider bindings: from then on only what is used is loaded.
try:
    install()
except GroundplanError as error:
    unusable = error
