"""A program that makes much ends at once: what it made is not looked through for garbage again and again."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import gc
from groundplan.garbage import collecting_rarely

before, aside = gc.get_threshold(), gc.get_freeze_count()
for _ in range(2):
    with collecting_rarely():
        inside = gc.get_threshold()
        made = [[] for _ in range(100_000)]
        looked_through = []
        gc.callbacks.append(lambda phase, _: looked_through.append(len(gc.get_objects(generation=0))))
    more = [[] for _ in range(10_000)]
print(inside > before, gc.get_threshold() == before, gc.get_freeze_count() <= aside, max(looked_through) < 50_000)


class Kept:
    def __del__(self):
        print("looked for garbage")


kept = Kept()
kept.itself = kept
del kept
"""


def test_garbage_is_looked_for_rarely_and_not_at_the_end() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (run.stdout.splitlines(), run.stderr) == (["True True True True"], "")
