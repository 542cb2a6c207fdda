"""What Terraform itself writes into a folder that it runs in, by name.

https://developer.hashicorp.com/terraform/language/files/dependency-lock, .../cli/state and .../cli/init name them;
`errored.tfstate` is a state that could not be saved: https://developer.hashicorp.com/terraform/cli/commands/state/push
"""

from __future__ import annotations

import fnmatch
from pathlib import PurePath

__all__ = ["ERRORED", "is_terraforms"]

ERRORED = "errored.tfstate"
_NAMES = (".terraform", ".terraform.*", "*.tfstate", "*.tfstate.*", "*.tfplan", "crash.log", "crash.*.log")
_CDKTFS_PLAN = "plan"


def is_terraforms(path: PurePath) -> bool:
    """Whether a path inside of a stack's folder is Terraform's own: no part of a configuration, and never synth's."""
    if path.as_posix() == _CDKTFS_PLAN:
        return True
    return any(fnmatch.fnmatchcase(part, pattern) for part in path.parts for pattern in _NAMES)
