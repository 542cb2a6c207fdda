"""Scripts run by the real sh, with fakes of the programs that they call in front of the PATH."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Shell"]


@dataclass
class Shell:
    """A folder to work in (`$HERE` for the fakes), fake programs, and what they were called with."""

    folder: Path

    def fake(self, program: str, body: str) -> None:
        """A program that writes its arguments down, newlines as spaces, and then does `body` in sh."""
        path = self.folder / "bin" / program
        path.parent.mkdir(exist_ok=True)
        note = f"{{ printf %s '{program}'; printf ' %s' \"$@\"; }} | tr '\\n' ' ' >>\"$HERE/calls\""
        path.write_text(f'#!/bin/sh\n{note}\necho >>"$HERE/calls"\n{body}\n')
        path.chmod(0o755)

    def run(self, script: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs `script` with nothing but `environment`, the fakes and the machine's programs."""
        return subprocess.run(
            ["sh", str(script)],
            env={"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}", "HERE": str(self.folder), **environment},
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )

    @property
    def calls(self) -> list[str]:
        """Every call of a fake, in order: the program and its arguments."""
        log = self.folder / "calls"
        return log.read_text().splitlines() if log.exists() else []
