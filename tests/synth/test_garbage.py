"""A program that makes much ends at once: nothing that it made is looked through for garbage."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import gc
from groundplan.garbage import collecting_rarely

before = gc.get_threshold()
for _ in range(2):
    with collecting_rarely():
        inside = gc.get_threshold()
print(inside > before, gc.get_threshold() == before, gc.get_freeze_count() == 0)


class Kept:
    def __del__(self):
        print("looked for garbage")


kept = Kept()
kept.itself = kept
del kept
"""


def test_garbage_is_looked_for_rarely_and_not_at_the_end() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (run.stdout.splitlines(), run.stderr) == (["True True True"], "")
