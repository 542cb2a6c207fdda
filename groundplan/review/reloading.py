"""The page while somebody works: it reloads by itself when the next one is written, and only then holds how.

The page is opened from disk, where a script cannot read another file; it can load one as a script. So a tiny one beside
the page says which page is the newest, and the page asks it several times a second. No port is opened, and nothing has
to be served.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from importlib import resources
from pathlib import Path

from groundplan.files import write_atomically
from groundplan.problems import Problem

from .page import problems_page

__all__ = ["READABLE", "leave_page", "version_file", "without_reloading", "write_page", "write_problems"]

# GitLab and whoever opens the page may be another user
READABLE = 0o644
_POLICY = "script-src "
_ALLOWED = re.compile(rf"{_POLICY}'nonce-[^']*' ")
_SCRIPT = "<script nonce="
_END = "</body>"


def version_file(page: Path) -> Path:
    """What says which page is the newest."""
    return page.with_name("review.version.js")


def write_page(path: Path, text: str, *, watched: bool) -> None:
    """Writes the page as it is, or one that reloads by itself when the next one is written and differs."""
    if not watched:
        write_atomically(path, text.encode(), mode=READABLE)
        return
    version = sha256(text.encode()).hexdigest()[:16]
    write_atomically(path, _reloading(text, version).encode(), mode=READABLE)
    # last: who reads it finds the page that it names
    write_atomically(version_file(path), f"groundplanNewest({json.dumps(version)});\n".encode(), mode=READABLE)


def write_problems(path: Path, problems: Sequence[Problem], output: str = "") -> None:
    """Writes a watched page of what is wrong in place of the review, and what main.py has printed when that says it."""
    write_page(path, problems_page(problems, output), watched=True)


def leave_page(path: Path) -> None:
    """Makes of a watched page one like any other, when nobody writes the next one any more."""
    version_file(path).unlink(missing_ok=True)
    # a page that was never written, or that somebody else has taken away
    with suppress(FileNotFoundError):
        write_atomically(path, without_reloading(path.read_text(encoding="utf-8")).encode(), mode=READABLE)


def without_reloading(text: str) -> str:
    """A page as it was before it was made to reload; any other page as it is."""
    head, begun, rest = text.rpartition(_SCRIPT)
    if not begun:
        return text
    return _ALLOWED.sub(_POLICY, head, count=1) + rest.partition("</script>")[2]


def _reloading(text: str, version: str) -> str:
    """The page with the script, which its security policy lets run and load the other one."""
    nonce = secrets.token_urlsafe(16)
    head, policy, rest = text.partition(_POLICY)
    body, end, after = rest.rpartition(_END)
    script = resources.files(__package__).joinpath("templates", "reload.js").read_text(encoding="utf-8")
    added = f'{_SCRIPT}"{nonce}" data-version="{version}">{script}</script>'
    return f"{head}{policy}'nonce-{nonce}' {body}{added}{end}{after}"
