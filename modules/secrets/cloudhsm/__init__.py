"""CloudHSM: hardware security modules of one's own, in two steps with a ceremony of people between them."""

from .inputs import Ceremony, CloudhsmInputs, CloudhsmOutputs
from .module import Cloudhsm

__all__ = ["Ceremony", "Cloudhsm", "CloudhsmInputs", "CloudhsmOutputs"]
