"""What all that is made has in common: names that can be, texts from templates, files written all or none."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from groundplan.files import write_atomically
from groundplan.problems import BadInput, Problem

from .. import errors

__all__ = [
    "Made",
    "already_there",
    "as_json_text",
    "camel",
    "filled",
    "title_of",
    "two_names",
    "word_problems",
    "write",
]

LINE_CHARACTERS = 120
"""Of a line of Python, as pyproject.toml has it for ruff."""

_WORD = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_READABLE_BY_ALL = 0o644


@dataclass(frozen=True)
class Made:
    """What was made: files that are new, files that were there and say more now, and what is left for a person.

    Paths are relative to the project.
    """

    name: str
    files: tuple[str, ...]
    changed: tuple[str, ...] = ()
    then: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        return asdict(self)


def two_names(name: str, form: str, such_as: str) -> tuple[str, str]:
    """Both sides of `<one>/<other>`. BadInput for what has not two, which names the form and an example of it."""
    parts = name.split("/")
    if len(parts) != 2:
        raise BadInput(errors.not_two_names(name, form, such_as))
    return parts[0], parts[1]


def word_problems(path: str, what: str, word: str) -> Iterator[Problem]:
    """Terraform, Python, Rego and file systems all take lower-case words joined by single underscores."""
    if not _WORD.fullmatch(word):
        yield errors.not_a_word(path, what, word)
    elif keyword.iskeyword(word):
        yield errors.python_keyword(path, what, word)


def already_there(project: Path, files: Collection[str] | Mapping[str, str]) -> list[Problem]:
    """A problem for each file that would be written over."""
    return [errors.file_there(path) for path in files if (project / path).exists()]


def camel(word: str) -> str:
    """The name of a class, of words joined by underscores."""
    return "".join(part.capitalize() for part in word.split("_"))


def title_of(word: str) -> str:
    """What a heading calls it."""
    return word.replace("_", " ").capitalize()


def as_json_text(value: Any) -> str:
    """The value as a literal, which JSON, Rego and HCL all read."""
    return json.dumps(value, ensure_ascii=False)


def filled(template: str, given: Mapping[str, Any]) -> str:
    """The text of a template below groundplan/cli/templates."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # what is written is Python, HCL, Rego: nothing of it is HTML
    templates = Environment(  # noqa: S701
        loader=PackageLoader("groundplan.cli", "templates"), undefined=StrictUndefined, keep_trailing_newline=True
    )
    templates.globals.update(import_of=_import_of, all_of=_all_of)
    return templates.get_template(f"{template}.j2").render(given)


def _import_of(package: str, *names: str) -> str:
    """An import as ruff writes it, whichever names it has."""
    ordered = _ordered(names)
    line = f"from {package} import {', '.join(ordered)}"
    if len(line) <= LINE_CHARACTERS:
        return line
    return f"from {package} import (\n" + "".join(f"    {name},\n" for name in ordered) + ")"


def _all_of(*names: str) -> str:
    """What a file exports."""
    return f"[{', '.join(as_json_text(name) for name in _ordered(names))}]"


def _ordered(names: Collection[str]) -> list[str]:
    return sorted(names, key=lambda name: (not (name.isupper() and len(name) > 1), name))


def write(
    project: Path,
    name: str,
    files: Mapping[str, str],
    changed: Mapping[str, str] = {},
    then: Sequence[str] = (),
) -> Made:
    """Writes all or, when one cannot be written, none."""
    before = {path: (project / path).read_bytes() for path in changed}
    folders = [
        folder
        for path in files
        for folder in (project / path).parents
        if project in folder.parents and not folder.exists()
    ]
    try:
        for path, text in {**files, **changed}.items():
            (project / path).parent.mkdir(parents=True, exist_ok=True)
            write_atomically(project / path, text.encode(), mode=_READABLE_BY_ALL)
    except BaseException:
        for path in files:
            # below a file there is nothing to remove
            with suppress(NotADirectoryError):
                (project / path).unlink(missing_ok=True)
        for path, content in before.items():
            write_atomically(project / path, content, mode=_READABLE_BY_ALL)
        for folder in sorted(set(folders), key=lambda each: len(each.parts), reverse=True):
            if folder.is_dir():
                folder.rmdir()
        raise
    return Made(name, tuple(sorted(files)), tuple(sorted(changed)), tuple(then))
