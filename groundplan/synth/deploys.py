"""Who works with the synthesized stacks right now: cdktf and Terraform, as the list of processes tells.

No file says so: cdktf leaves none, `cdktf deploy --skip-synth` and `terraform apply` never run main.py, and a lock
file of Terraform's outlives a Terraform that was killed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

__all__ = ["Deploy", "deploys"]

_CDKTF = {"cdktf", "cdktf.js"}
# https://developer.hashicorp.com/terraform/cdktf/cli-reference/commands: apply is an alias of deploy
_DEPLOYING = {"apply", "deploy", "destroy", "watch"}
_TERRAFORM = {"terraform", "terraform.exe", "tofu", "tofu.exe"}


@dataclass(frozen=True)
class Deploy:
    """A process that works with stacks: `stack` is empty when it may be any of them."""

    process: int
    command: str
    stack: str


def deploys(out: Path, stacks: Iterable[str]) -> list[Deploy]:
    """The cdktf commands that deploy from `out`, and the Terraforms that run in the folders of these stacks.

    The command that this process runs under does not count, nor does one that began after it: of two that begin at
    once, the first goes on. Processes of other users tell nothing, and do not count either.
    """
    import psutil  # here: only a synth that has something to write asks

    out = out.resolve()
    folders = {str(out / "stacks" / name): name for name in stacks}
    own = {process.pid: process for process in (psutil.Process(), *psutil.Process().parents())}
    since = min(((_born(each), pid) for pid, each in own.items() if _is_deploying(_words(each))), default=None)
    found = []
    for process in psutil.process_iter():
        words = [] if process.pid in own else _words(process)
        if not words:
            continue
        name = Path(words[0]).name
        if name in _TERRAFORM or name == os.environ.get("TERRAFORM_BINARY_NAME", "terraform"):
            stack = folders.get(_folder(process))
            if stack is not None:
                found.append(Deploy(process.pid, " ".join([name, *words[1:2]]), stack))
        elif (
            _is_deploying(words)
            and out in _outputs(words, _folder(process))
            and (since is None or (_born(process), process.pid) < since)
        ):
            found.append(Deploy(process.pid, " ".join(_arguments(words)), ""))
    return sorted(found, key=lambda deploy: deploy.process)


def _words(process: psutil.Process) -> list[str]:
    import psutil

    try:
        return process.cmdline()
    except (psutil.Error, OSError):  # ended meanwhile, or another user's
        return []


def _folder(process: psutil.Process) -> str:
    import psutil

    try:
        return process.cwd()
    except (psutil.Error, OSError):
        return ""


def _born(process: psutil.Process) -> float:
    import psutil

    try:
        return process.create_time()
    except (psutil.Error, OSError):
        return 0.0


def _arguments(words: Sequence[str]) -> list[str]:
    """The cdktf command in a command line, as a person writes it; nothing when there is none."""
    for index, word in enumerate(words[:4]):
        if Path(word).name in _CDKTF:
            return ["cdktf", *words[index + 1 :]]
    return []


def _is_deploying(words: Sequence[str]) -> bool:
    return bool(_DEPLOYING & set(_arguments(words)))


def _outputs(words: Sequence[str], folder: str) -> Iterator[Path]:
    """Where a cdktf command has its stacks: as its options say, else the project's cdktf.json, else cdktf.out."""
    if not folder:
        return
    arguments = _arguments(words)
    given = [
        value
        for word, after in zip(arguments, [*arguments[1:], ""], strict=True)
        for value in [after if word in ("-o", "--output") else word.partition("=")[2]]
        if word in ("-o", "--output") or word.startswith(("-o=", "--output="))
    ]
    if not given:
        try:
            settings = json.loads(Path(folder, "cdktf.json").read_bytes())
            given = [str(settings.get("output") or "cdktf.out")]
        except (OSError, ValueError, AttributeError):
            given = ["cdktf.out"]
    for each in given:
        yield Path(folder, each).resolve()
