"""What the next release will say: fragments that have a kind, a changelog that takes them in, and a version for it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
CONFIGURED = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["towncrier"]
KINDS = [kind["directory"] for kind in CONFIGURED["type"]]
FRAGMENTS = sorted(path for path in (PROJECT / "changes").iterdir() if path.name != "README.md")


def towncrier(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "towncrier", "build", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What a release needs of this project."""
    for name in ("pyproject.toml", "CHANGELOG.md"):
        shutil.copy(PROJECT / name, tmp_path)
    shutil.copytree(PROJECT / "changes", tmp_path / "changes")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def test_the_kinds_are_those_of_keep_a_changelog() -> None:
    assert KINDS == ["added", "changed", "deprecated", "removed", "fixed", "security"]


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=lambda path: path.name)
def test_a_fragment_has_a_name_of_words_a_known_kind_and_a_sentence(fragment: Path) -> None:
    assert re.fullmatch(rf"\+[a-z0-9-]+\.({'|'.join(KINDS)})\.md", fragment.name)
    text = fragment.read_text(encoding="utf-8")
    assert text.rstrip().endswith(".")
    assert not text.startswith(("-", "*", "#"))


def test_the_next_release_would_say_every_fragment(project: Path) -> None:
    (project / "changes" / "+something-new.fixed.md").write_text("Something was mended.\n")
    said = squeezed(towncrier(project, "--draft", "--version", "9.9.9"))
    assert "- Something was mended." in said.partition("### Fixed")[2]
    assert [path.name for path in FRAGMENTS if squeezed(path.read_text(encoding="utf-8")) not in said] == []


def test_a_release_moves_the_fragments_into_the_changelog_and_keeps_what_stood_there(project: Path) -> None:
    (project / "changes" / "+first.added.md").write_text("A first thing.\n")
    towncrier(project, "--yes", "--version", "9.9.8", "--date", "2026-01-02")
    (project / "changes" / "+second.removed.md").write_text("A second thing.\n")
    towncrier(project, "--yes", "--version", "9.9.9", "--date", "2026-02-03")
    text = (project / "CHANGELOG.md").read_text()
    assert [line for line in text.splitlines() if line.startswith("## ")][:2] == [
        "## 9.9.9 - 2026-02-03",
        "## 9.9.8 - 2026-01-02",
    ]
    assert text.startswith("# Changelog\n")
    assert text.index("### Removed\n\n- A second thing.") < text.index("- A first thing.")
    assert [path.name for path in (project / "changes").iterdir()] == ["README.md"]


def test_the_changelog_lists_releases_from_the_newest_and_no_change_outside_one() -> None:
    text = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    head, marker, releases = text.partition("<!-- towncrier release notes start -->\n")
    assert marker
    assert not re.search(r"^(##|- )", head, re.MULTILINE)
    versions = [
        tuple(map(int, found)) for found in re.findall(r"^## (\d+)\.(\d+)\.(\d+) - \d{4}-\d\d-\d\d$", releases, re.M)
    ]
    assert versions == sorted(versions, reverse=True)
    assert len(versions) == len(re.findall(r"^## ", releases, re.MULTILINE))
    assert set(re.findall(r"^### (.+)$", releases, re.MULTILINE)) <= {kind["name"] for kind in CONFIGURED["type"]}


def test_a_release_sets_the_version_everywhere(project: Path) -> None:
    """With the real make, uv and towncrier; what `groundplan publish --version` does has tests of its own."""
    shutil.copy(PROJECT / "Makefile", project)
    programs = project / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("towncrier", "uv"):
        (programs / name).symlink_to(Path(sys.executable).parent / name)
    (programs / "groundplan").write_text('#!/bin/sh\necho "$@" >asked\n')
    (programs / "groundplan").chmod(0o755)
    (project / "changes" / "+something-new.added.md").write_text("Something new.\n")

    done = subprocess.run(
        ["make", "--no-print-directory", "-o", ".venv/.made", "release", "VERSION=9.9.9"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert (project / "asked").read_text() == "publish --version 9.9.9\n"
    before, after = ((each / "pyproject.toml").read_text(encoding="utf-8") for each in (PROJECT, project))
    assert tomllib.loads(after)["project"]["version"] == "9.9.9"
    assert re.sub(r'(?m)^version = ".*"$', "", after) == re.sub(r'(?m)^version = ".*"$', "", before)
    assert "\n## 9.9.9 - " in (project / "CHANGELOG.md").read_text()
    assert not (project / "uv.lock").exists()


def test_a_release_without_a_version_is_refused_before_anything_is_written() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "-o", ".venv/.made", "release"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "VERSION must be given, such as make release VERSION=1.4.0" in done.stderr
