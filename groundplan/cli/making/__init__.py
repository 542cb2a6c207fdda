"""What `groundplan new` makes: the rooms of a module, a rule, an environment, which work as they are, to be changed.

Everything that is wrong is told at once, and then nothing is written; a file that is there is never written over.
"""

from .environment import FILL_IN, Place, new_environment, pairs
from .files import Made
from .module import new_module
from .rule import new_rule

__all__ = ["FILL_IN", "Made", "Place", "new_environment", "new_module", "new_rule", "pairs"]
