"""Runs of main.py in processes that are started before they are needed, and have imported what does not change."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from groundplan import children

__all__ = ["Standby"]

_LAUNCHER = Path(__file__).with_name("launch.py")
# as launch.py ends when what it has imported is no longer what is there
_STALE = 75
_OUTPUT = "output"
_IMPORTED = "imported.json"


class Standby:
    """Runs main.py again and again, each time in a process of its own: its jsii kernel is as new as any.

    While one run is planned and judged, and while nothing happens, the process of the next one waits: cdktf, groundplan
    and the project's modules are imported in it, and its kernel has loaded. When a file of these changes, it is of no
    use, and another one is started that imports everything.
    """

    def __init__(self, project: Path) -> None:
        self._project = project
        self._waiting: _Process | None = None
        self._ending: _Process | None = None
        self._imports: Sequence[str] = ()
        self._first = True
        self.output = ""
        """What the last run has printed."""

    def run(self, environment: Mapping[str, str]) -> int:
        """Runs main.py with this much more in its environment; its return code."""
        self._end()
        process, self._waiting = self._waiting, None
        code = _STALE
        if process is not None:
            code = self._done(process, environment)
        if code == _STALE:
            code = self._done(_Process(self._project, (), writes_bytecode=self._first), environment)
        if self._first:
            # that of settings is soon made, and may be of what they were a moment ago: see `prepare`
            for folder in list((self._project / "environments").rglob("__pycache__")):
                shutil.rmtree(folder, ignore_errors=True)
        self._first = False
        return code

    def prepare(self) -> None:
        """Has the process of the next run begin to wait, and that of the last one be gone."""
        self._end()
        if self._waiting is None and self._imports:
            # Python knows bytecode by the second and the size of its source, and two edits may be closer than that
            self._waiting = _Process(self._project, self._imports, writes_bytecode=False)

    def close(self) -> None:
        """Ends the process that waits, and the one that has run."""
        self._end()
        process, self._waiting = self._waiting, None
        if process is not None:
            process.close()

    def _end(self) -> None:
        process, self._ending = self._ending, None
        if process is not None:
            process.close()

    def _done(self, process: _Process, environment: Mapping[str, str]) -> int:
        # an older one that was of no use
        self._end()
        self._ending = process
        code = process.go(environment)
        self.output = process.output()
        self._imports = process.imported() or self._imports
        return code


class _Process:
    """One run of main.py, which waits until it may go on."""

    def __init__(self, project: Path, imports: Sequence[str], *, writes_bytecode: bool) -> None:
        # what it leaves when it is ended, the kernel's files too, goes with the folder
        self._folder = tempfile.TemporaryDirectory(prefix="groundplan-synth-", ignore_cleanup_errors=True)
        self._output = Path(self._folder.name, _OUTPUT)
        self._imported = Path(self._folder.name, _IMPORTED)
        more = {"TMPDIR": self._folder.name, "GROUNDPLAN_IMPORTED": str(self._imported)}
        more |= {} if writes_bytecode else {"PYTHONDONTWRITEBYTECODE": "1"}
        with self._output.open("wb") as output:
            self._process: subprocess.Popen[Any] = children.start(
                [sys.executable, str(_LAUNCHER), "--standby"],
                cwd=project,
                env={**os.environ, **more},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
            )
        self._say({"imports": list(imports)})

    def go(self, environment: Mapping[str, str]) -> int:
        """Lets it run main.py, and waits for how that ends: the process may end a moment later."""
        self._say(environment)
        answer = self._process.stdout
        line = answer.readline() if answer is not None else b""
        # one that was ended has said nothing, and one that was cut off not all
        return int(line) if line.endswith(b"\n") else self._process.wait()

    def output(self) -> str:
        """What it has printed."""
        return self._output.read_text(encoding="utf-8", errors="replace")

    def imported(self) -> list[str]:
        """What another one may import ahead; nothing when main.py did not come so far."""
        try:
            return [str(name) for name in json.loads(self._imported.read_bytes())]
        except (OSError, ValueError):
            return []

    def close(self) -> None:
        """Ends it, if it has not ended, and removes what it left."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        # without a word to go on it ends by itself, once it has imported what it imports
        children.end(self._process)
        self._folder.cleanup()

    def _say(self, words: Any) -> None:
        pipe = self._process.stdin
        # one that has ended already says so by its return code
        with suppress(OSError):
            if pipe is not None:
                pipe.write(json.dumps(words).encode() + b"\n")
                pipe.flush()
