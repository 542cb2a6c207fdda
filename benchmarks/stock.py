"""Runs a main.py with the bindings as they are installed: everything else is the same program.

python -m benchmarks.stock main.py
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import groundplan.bindings.imports as loader


def uninstall() -> None:
    """Takes groundplan's loader out of Python's import again, before anything was imported through it."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != loader.__name__]
    for name in [name for name in sys.modules if name.startswith("cdktf_cdktf_provider_")]:
        del sys.modules[name]


if __name__ == "__main__":
    uninstall()
    sys.path.insert(0, str(Path(sys.argv[1]).resolve().parent))
    runpy.run_path(sys.argv[1], run_name="__main__")
