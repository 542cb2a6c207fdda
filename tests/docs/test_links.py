"""Documentation leads somewhere: its links, and the commands that it shows."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from groundplan.cli.app import app

PROJECT = Path(__file__).parents[2]
NOT_OURS = {"node_modules", "out", "cdktf.out"}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|^\[[^\]]+\]: +(\S+)", re.MULTILINE)
FENCE = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:^ {4}|`)groundplan((?: +(?:--)?[\w|-]+)+)", re.MULTILINE)


def documents() -> Iterator[Path]:
    for folder, folders, names in os.walk(PROJECT):
        folders[:] = sorted(name for name in folders if name not in NOT_OURS and not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(names) if name.endswith(".md"))


def anchors(document: Path) -> set[str]:
    """What GitLab makes of headings: lower case, words joined by hyphens, other signs gone."""
    headings = re.findall(r"^#+ +(.+)$", FENCE.sub("", document.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def broken(document: Path) -> list[str]:
    """Its links that lead nowhere."""
    found = []
    for inline, reference in LINK.findall(FENCE.sub("", document.read_text(encoding="utf-8"))):
        link = inline or reference
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = document.parent / file if file else document
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            found.append(link)
    return found


FOLDERS = sorted({path.parent for path in documents()})


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_every_relative_link_leads_to_a_file_and_a_heading_that_are_there(folder: Path) -> None:
    found = {path.name: broken(path) for path in folder.glob("*.md")}
    assert {name: links for name, links in found.items() if links} == {}


def test_a_link_that_leads_nowhere_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "# One two\n[x](b.md) [y](#one-two) [z](#three) ![p](p.png) [w](https://example.com)\n"
    )
    assert broken(tmp_path / "a.md") == ["b.md", "#three", "p.png"]


def options(command: Any) -> Iterator[str]:
    """The options of a command, and of those below it."""
    for option in command.params:
        yield from option.opts
    for below in getattr(command, "commands", {}).values():
        yield from options(below)


def test_every_command_line_that_is_shown_exists_with_its_options() -> None:
    command = get_command(app)
    known = {name: set(options(sub)) for name, sub in command.commands.items()}
    shown = [line for path in documents() for line in COMMAND.findall(path.read_text(encoding="utf-8"))]
    wrong = []
    for line in shown:
        names = [word for word in line.split() if word in known]
        flags = {word for word in line.split() if word.startswith("--")}
        if line.split()[0] not in known or not flags <= {"--help"}.union(*(known[name] for name in names)):
            wrong.append(line)
    assert len(shown) > 10
    assert wrong == []


def test_every_option_that_the_projects_own_documents_name_exists() -> None:
    known = set(options(get_command(app)))
    own = [PROJECT / "README.md", PROJECT / "policies" / "README.md", *(PROJECT / "docs").rglob("*.md")]
    named = {flag for path in own for flag in re.findall(r"`(--[\w-]+)", path.read_text(encoding="utf-8"))}
    assert len(named) > 3
    assert named <= known
