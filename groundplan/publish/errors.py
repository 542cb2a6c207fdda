"""Every message of publishing."""

from __future__ import annotations

from collections.abc import Iterable

from groundplan.problems import BadInput, Problem, ToolFailed, nearest

__all__ = [
    "accept_and_check",
    "breaking_change",
    "call_not_fenced",
    "calls_nothing",
    "calls_once",
    "example_missing",
    "forbidden_block",
    "licence_missing",
    "lock_missing",
    "lock_stale",
    "machine_path",
    "markers_missing",
    "markers_unclosed",
    "module_missing",
    "no_modules",
    "not_a_lock",
    "not_a_registry",
    "not_a_scenario",
    "not_a_version",
    "not_uploaded",
    "outside_a_scenario",
    "readme_missing",
    "runbook_lacks",
    "runbook_missing",
    "runbook_of_nothing",
    "same_name",
    "scenario_untold",
    "scenario_without_summary",
    "section_missing",
    "several_modules",
    "tables_stale",
    "unknown_module",
    "version_too_small",
]


def no_modules(project: str) -> BadInput:
    return BadInput(
        Problem(
            "modules", f"{project} has none", "A module is a package modules/<family>/<module> with a Module class."
        )
    )


def unknown_module(name: str, allowed: Iterable[str]) -> Problem:
    names = sorted(allowed)
    guess = nearest(name, names)
    return Problem(name, "is not a module", f"Did you mean {guess}?" if guess else f"There are: {', '.join(names)}.")


def module_missing(package: str) -> Problem:
    return Problem(package, "defines no Module", "Export the class from its __init__.py.")


def several_modules(package: str, classes: Iterable[str]) -> Problem:
    found = ", ".join(sorted(classes))
    return Problem(package, f"defines several modules: {found}", "Give each a package of its own.")


def same_name(package: str, other: str) -> Problem:
    return Problem(package, f"has the name of {other}", "A registry has one module of a name: rename one of them.")


def not_a_version(version: str) -> BadInput:
    return BadInput(Problem("--version", f"must be a semantic version, got {version!r}", "Give one such as 1.4.0."))


def not_a_registry(variable: str, registry: str) -> BadInput:
    return BadInput(
        Problem(
            variable,
            "must give a source that Terraform reads: <host>/<top-level group>, the group of 1 to 64 letters, digits, "
            f'- and _ with a letter or digit at both ends, and without dots, got "{registry}"',
            "Name the top-level group alone; publish from another one, or change its path, if it has a dot.",
        )
    )


def version_too_small(module: str, version: str, released: str, needed: str, changes: Iterable[str]) -> Problem:
    told = "".join(f"\n    - {change}" for change in changes)
    return Problem("--version", f"{version} is too small for {module} after {released}", f"Release {needed}.{told}")


def accept_and_check() -> BadInput:
    return BadInput(
        Problem(
            "--accept", "writes, and --check only looks", "Leave one of them out: --accept records, --check compares."
        )
    )


def not_a_lock(path: str, detail: str) -> BadInput:
    return BadInput(
        Problem(path, f"is not an interface lock ({detail})", "Restore it from git, or remove it and publish again.")
    )


def licence_missing(module: str) -> Problem:
    return Problem(module, "has no LICENSE to carry", "Put the project's licence into a file LICENSE beside modules/.")


def lock_missing(path: str) -> Problem:
    return Problem(path, "is missing", "Run groundplan publish, and commit what it writes.")


def lock_stale(path: str, changes: Iterable[str]) -> Problem:
    return Problem(path, f"is not current: {'; '.join(changes)}", "Run groundplan publish, and commit what it writes.")


def breaking_change(path: str, what: str, cure: str, release: str) -> Problem:
    record = f"Or record it with groundplan publish --accept{release}."
    return Problem(path, what, f"{cure} {record}" if cure else record)


def forbidden_block(module: str, block: str) -> Problem:
    return Problem(
        f"{module}: main.tf.json", f"has {block}", "A module leaves providers, backends and metadata to its callers."
    )


def machine_path(module: str, file: str) -> Problem:
    return Problem(f"{module}: {file}", "names a path of this machine", "Use path.module, or ship the file.")


def readme_missing(path: str) -> Problem:
    return Problem(
        path,
        "is missing",
        "Say what the module does, how it is used and what it costs; the tables go between the lines "
        "<!-- groundplan:inputs --> and <!-- groundplan:end -->; so too outputs, requirements and resources.",
    )


def markers_missing(path: str, marker: str, end: str) -> Problem:
    return Problem(
        path, f"has no place for its {marker} table", f"Add the lines <!-- groundplan:{marker} --> and {end}."
    )


def markers_unclosed(path: str, marker: str, end: str) -> Problem:
    return Problem(path, f"opens <!-- groundplan:{marker} --> and never closes it", f"Add the line {end}.")


def tables_stale(path: str, markers: Iterable[str]) -> Problem:
    return Problem(
        path,
        f"its {' and '.join(markers)} no longer say what the module is",
        "Run groundplan publish, and commit what it writes.",
    )


def section_missing(path: str, section: str, sentence: str) -> Problem:
    return Problem(path, f"has no section about {section}", f"Add one: {sentence}.")


def example_missing(path: str, wanted: str) -> Problem:
    return Problem(path, "is missing", f"Write {wanted} as plain HCL: examples are what others copy.")


def outside_a_scenario(path: str, scenario: str) -> Problem:
    return Problem(
        path, "is in no scenario, so that no package carries it", f"Move it into the folder of one, such as {scenario}."
    )


def not_a_scenario(path: str) -> Problem:
    return Problem(
        path,
        "has a name that is none for a scenario",
        "Name it in lower-case letters, digits and hyphens, such as disaster-recovery: it is a part of links.",
    )


def scenario_untold(path: str) -> Problem:
    return Problem(
        path,
        "is missing",
        "Say what the scenario shows in one paragraph below the title, then in the sections ## When, ## Before and "
        "## Commands who wants it, what must exist already, and how it is run.",
    )


def scenario_without_summary(path: str) -> Problem:
    return Problem(
        path,
        "does not say what the scenario shows",
        "Begin it with a title and one paragraph, which the table in the module's README repeats.",
    )


def runbook_missing(path: str, sections: Iterable[str]) -> Problem:
    return Problem(
        path,
        "is missing, and an alarm of the module leads to it",
        f"Write it for somebody who was woken: {', '.join(f'## {section}' for section in sections)}.",
    )


def runbook_of_nothing(path: str, without_page: Iterable[str]) -> Problem:
    others = nearest(path.rpartition("/")[2].removesuffix(".md"), without_page)
    return Problem(
        path,
        "is a page that no alarm of the module leads to",
        f"Name it {others}.md, which an alarm leads to." if others else "Remove it, or name it as the alarm's id.",
    )


def runbook_lacks(path: str, sections: Iterable[str]) -> Problem:
    return Problem(
        path,
        f"has no section {' and none '.join(f'## {section}' for section in sections)}",
        "Write each for somebody who was woken and does not know the module.",
    )


def calls_nothing(path: str, source: str) -> Problem:
    return Problem(
        path,
        "does not call the module",
        f'Give a module block source = "{source}": publishing puts the registry there.',
    )


def calls_once(path: str) -> Problem:
    return Problem(
        path,
        "calls the module once, which shows nothing of what two calls in one account would share",
        "Call it twice, by two blocks or by for_each: a role, an alias or a log group whose name does not come from an "
        "input collides only with a second call, and real Terraform says so in the middle of its apply.",
    )


def not_uploaded(package: str, status: int | None, answer: str) -> ToolFailed:
    reason = f"GitLab answered {status}" if status else "GitLab could not be reached"
    cures = {
        401: "The token is not valid, or of another kind than said.",
        403: "The version may exist already, which GitLab never overwrites; or the token may not write packages.",
        404: "Check the project's id and that its package registry is switched on.",
    }
    cure = cures.get(status or 0, "Try again later.")
    return ToolFailed(f"{package} was not uploaded: {reason}", cure=cure, output=answer[:500])


def call_not_fenced(path: str) -> Problem:
    """A call that a registry shows without colours, and that nobody can copy with one click."""
    return Problem(
        path, "shows a call of a module outside of a fence", "Put ```hcl above it and ``` below, unindented."
    )
