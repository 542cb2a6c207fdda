"""A module's README: the author's prose, with tables between markers.

<!-- groundplan:inputs -->
(written by groundplan publish)
<!-- groundplan:end -->
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from groundplan.problems import Problem

from . import errors
from .sources import local_source

__all__ = [
    "END",
    "REQUIRED_MARKERS",
    "passing_providers",
    "problems_of_readme",
    "published",
    "stale",
    "summary",
    "titles",
    "with_tables",
]

END = "<!-- groundplan:end -->"
REQUIRED_MARKERS = ("examples", "inputs", "outputs")
# what a module tells only where its author has a place for it
_WHERE_ASKED = ("crds",)
_CALL = re.compile(r'^[ \t]*module "', re.MULTILINE)
_FENCE = re.compile(r"^(```|~~~)")


def _begin(marker: str) -> str:
    return f"<!-- groundplan:{marker} -->"


def with_tables(text: str, tables: Mapping[str, str]) -> str:
    """The README with its tables as they are now; a marker that is not there or not closed is left alone."""
    for marker, table in tables.items():
        start = text.find(_begin(marker))
        end = text.find(END, start)
        if start >= 0 and end >= 0:
            text = f"{text[: start + len(_begin(marker))]}\n\n{table.strip()}\n\n{text[end:]}"
    return text


def stale(text: str, tables: Mapping[str, str]) -> list[str]:
    """The markers whose tables differ from what they would be now."""
    return [marker for marker, table in tables.items() if with_tables(text, {marker: table}) != text]


def problems_of_readme(path: str, text: str) -> list[Problem]:
    """What a README lacks: places for its tables, fences around its calls, a section about cost."""
    problems = []
    for marker in REQUIRED_MARKERS:
        if _begin(marker) not in text:
            problems.append(errors.markers_missing(path, marker, END))
    for found in re.finditer(r"<!-- groundplan:(\w+) -->", text):
        rest = text[found.end() :]
        following = re.search(r"<!-- groundplan:(\w+) -->", rest)
        if found[1] != "end" and (following is None or following[1] != "end"):
            problems.append(errors.markers_unclosed(path, found[1], END))
    if _CALL.search(_outside_of_fences(text)) is not None:
        problems.append(errors.call_not_fenced(path))
    if not any("cost" in title.lower() for title in titles(text)):
        problems.append(errors.section_missing(path, "what it costs", "## Cost, with what drives it monthly"))
    return problems


def _outside_of_fences(text: str) -> str:
    left: list[str] = []
    fence = ""
    for line in text.splitlines():
        found = _FENCE.match(line.lstrip())
        if found and fence in ("", found[1]):
            fence = "" if fence else found[1]
        elif not fence:
            left.append(line)
    return "\n".join(left)


def titles(text: str) -> list[str]:
    """What its `##` headings say, in their order."""
    return [title for title, _ in _sections(text)[1]]


def summary(text: str) -> str:
    """The first paragraph below the title, on one line; empty when the file begins otherwise."""
    title, _, rest = _sections(text)[0].strip().partition("\n")
    first = rest.strip().split("\n\n")[0]
    return " ".join(first.split()) if title.startswith("# ") else ""


_ELSEWHERE = {
    "aws": ("account", "region"),
    "gitlab": ("GitLab",),
    "helm": ("cluster",),
    "kubernetes": ("cluster",),
    "vault": ("Vault",),
}
"""What another configuration of a provider leads to."""

_PASSING = "https://developer.hashicorp.com/terraform/language/modules/develop/providers#passing-providers-explicitly"


def passing_providers(module: str, document: Mapping[str, Any]) -> str:
    """The section that says how to call a module with providers that have an alias; empty for one that needs none.

    `document` is the module's Terraform JSON.
    """
    names = sorted(document["terraform"].get("required_providers", {}))
    if not names:
        return ""
    elsewhere = list(dict.fromkeys(word for name in names for word in _ELSEWHERE.get(name, ())))
    width = max(map(len, names))
    listed = _listed([f"`{name}`" for name in names], "and")
    return "\n".join(
        [
            "## Providers",
            "",
            f"The module has no provider block. It takes one configuration of {listed}{' each' if names[1:] else ''}: "
            "the caller's without an alias, unless the call passes",
            f"another, which leads to another {_listed(elsewhere or ['place'], 'or')}. A call that passes "
            "configurations with the alias `eu`",
            f"([Terraform's documentation](<{_PASSING}>) wants every provider named there):",
            "",
            "```hcl",
            f'module "{module}" {{',
            f'  source = "{local_source(module)}"',
            "",
            "  providers = {",
            *(f"    {name:<{width}} = {name}.eu" for name in names),
            "  }",
            "",
            "  # ...",
            "}",
            "```",
            *(["", _REGIONS] if _says_regions(document) else []),
        ]
    )


# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support
_REGIONS = (
    "What it makes in further regions, it makes with the same configuration of `aws`, by the `region` of each "
    "resource: a second configuration is not needed for them."
)


def _says_regions(document: Mapping[str, Any]) -> bool:
    return any(
        "region" in block
        for type_name, named in document.get("resource", {}).items()
        if type_name.startswith("aws_")
        for block in named.values()
    )


def _listed(words: Sequence[str], last: str) -> str:
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if words[1:] else words[0]


def published(text: str, tables: Mapping[str, str], providers: str) -> str:
    """The README of the package: usage first, every table in it, no markers; the commands for crds where they are.

    `providers` is the section of `passing_providers`, which comes after the author's own.
    """
    text = with_tables(text, tables)
    for marker, table in tables.items():
        if marker not in _WHERE_ASKED and _begin(marker) not in text:
            text = f"{text.rstrip()}\n\n## {marker.capitalize()}\n\n{table.strip()}\n"
    if providers:
        text = f"{text.rstrip()}\n\n{providers}\n"
    head, sections = _sections(text)
    if _CALL.search(head) is None:
        sections.sort(key=lambda section: "usage" not in section[0].lower())
    joined = "\n\n".join(part.strip() for part in (head, *(body for _, body in sections)) if part.strip())
    return re.sub(r"<!-- groundplan:\w+ -->\n+", "", joined + "\n")


def _sections(text: str) -> tuple[str, list[tuple[str, str]]]:
    """What stands before the first `##`, and each section with its title; code blocks hold no headings."""
    head: list[str] = []
    sections: list[tuple[str, list[str]]] = []
    fence = ""
    for line in text.splitlines():
        found = _FENCE.match(line.lstrip())
        if found and fence in ("", found[1]):
            fence = "" if fence else found[1]
        if not fence and line.startswith("## "):
            sections.append((line.removeprefix("## ").strip(), [line]))
        else:
            (sections[-1][1] if sections else head).append(line)
    return "\n".join(head), [(title, "\n".join(lines)) for title, lines in sections]
