"""Where the project's own files are shown."""

from __future__ import annotations

import re
from urllib.parse import quote

__all__ = ["rule_page"]

_RULE = re.compile(r"[a-z0-9_]+/[a-z0-9_]+")


def rule_page(rule: str, blob_url: str | None) -> str | None:
    """Where a rule's own page is shown, `<blob_url>/docs/rules/<category>/<rule>.md`.

    None when nobody said where the project's files are shown, and for an id that is no rule's.
    """
    if blob_url is None or not _RULE.fullmatch(rule):
        return None
    return f"{blob_url.rstrip('/')}/docs/rules/{quote(rule)}.md"
