"""Whether a text of YAML is nested so deep that reading it may end the process."""

from __future__ import annotations

import re

__all__ = ["DEEPEST", "is_too_deep"]

DEEPEST = 1_000
"""No document of Kubernetes, Helm or Terraform comes near it. libyaml composes recursively, in C: beyond some 20,000
levels it writes past its stack, which no exception tells."""

_BRACKET = re.compile(rb"[][{}]")
# lists in lists on one line, and blocks that are indented as far
_ROW = re.compile(rb"(?:[-?:][ \t]+){%d}|\n[ ]{%d}" % (DEEPEST, DEEPEST))


def is_too_deep(text: str | bytes) -> bool:
    """Whether it may be. Brackets inside of texts count too, as far as more of them open than close."""
    content = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    if content.count(b"[") + content.count(b"{") > DEEPEST:
        depth = 0
        for match in _BRACKET.finditer(content):
            depth = depth + 1 if match[0] in (b"[", b"{") else max(depth - 1, 0)
            if depth > DEEPEST:
                return True
    return _ROW.search(content) is not None
