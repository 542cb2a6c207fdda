"""What a package tells about its versions: CHANGELOG.md lists every change, UPGRADE.md what callers must look at."""

from __future__ import annotations

from collections.abc import Sequence

from .interface import Noted, Release

__all__ = ["changelog", "upgrade"]

_GROUPS = {
    "input": ("Inputs", "Change the module call before you plan."),
    "output": ("Outputs", "Change what reads it, or marks it as sensitive, in the same commit."),
    "resource": (
        "Resources",
        "Plan first: what Terraform would destroy needs a `moved` block in your root, or must be let go.",
    ),
    "version": ("Terraform and providers", "Raise or configure it in your root first, and apply that by itself."),
}


def changelog(module: str, releases: Sequence[Release]) -> str:
    """Every change of the interface by version, from the newest."""
    parts = [f"# Changelog of {module}\n\nWhat changed for callers, from the module's locked interface.\n"]
    for release in releases:
        parts.append(f"\n## {release.version}\n")
        if not release.changes:
            parts.append("\nThe interface did not change.\n" if release.since else "\nThe first version.\n")
        for bump, title in (("major", "May break callers"), ("minor", "New or wider"), ("patch", "Else")):
            items = [each for each in release.changes if each.bump == bump]
            if items:
                parts.append(f"\n### {title}\n\n" + "".join(f"- {_line(each)}\n" for each in items))
    if not releases:
        parts.append("\nNo version was released yet.\n")
    return "".join(parts)


def upgrade(module: str, releases: Sequence[Release]) -> str:
    """What may break a caller that moves from one version to the next, and what to do about it, from the newest."""
    parts = [
        f"# Upgrading {module}\n\nRead every section between your version and the one that you go to, from the lower "
        "to the higher. What is not named here asks for nothing; CHANGELOG.md has all of it.\n"
    ]
    breaking = [
        (release, [each for each in release.changes if each.bump == "major"]) for release in releases if release.since
    ]
    for release, items in breaking:
        if not items:
            continue
        parts.append(f"\n## From {release.since} to {release.version}\n")
        for about, (title, advice) in _GROUPS.items():
            named = [each for each in items if each.about == about]
            if named:
                parts.append(f"\n### {title}\n\n{advice}\n\n" + "".join(f"- {_line(each)}\n" for each in named))
    if not any(items for _, items in breaking):
        parts.append("\nNo version so far asks for anything.\n")
    return "".join(parts)


def _line(noted: Noted) -> str:
    """A change whose names and conditions Markdown leaves alone."""
    path, _, what = noted.change.partition(": ")
    return f"`{path}` {what.replace('<', '&lt;').replace('*', '&ast;')}"
