"""What the shell completes names with: what the last synth left, read at once; without a word when it left nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["complete_names"]


def complete_names(incomplete: str) -> list[str]:
    """The environments, then the stacks, that begin with `incomplete`."""
    records = list(_records(Path.cwd()))
    environments = sorted({record["environment"] for record in records})
    stacks = sorted({record["name"] for record in records})
    return [name for name in dict.fromkeys([*environments, *stacks]) if name.startswith(incomplete)]


def _records(here: Path) -> Iterator[dict[str, Any]]:
    for folder in (here, *here.parents):
        if (folder / "main.py").is_file():
            try:
                found = json.loads((folder / "cdktf.out" / "groundplan.json").read_bytes())["stacks"]
                yield from [
                    record
                    for record in found
                    if isinstance(record["environment"], str) and isinstance(record["name"], str)
                ]
            except (OSError, ValueError, KeyError, TypeError):
                pass  # a shell shows what a completion prints in the middle of the user's line
            return
