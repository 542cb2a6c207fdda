"""A folder of policies as text and data, the way Terraform Cloud loads it.

Terraform Cloud runs opa with --bundle: of JSON and YAML it loads only files called data.json and data.yaml, and roots
each at its folder. https://support.hashicorp.com/hc/en-us/articles/43655986989203
"""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from groundplan.documents import SCHEMA, Document, read_document, reading
from groundplan.problems import BadInput, Problem
from groundplan.remembering import digest
from groundplan.secrets.allowed import EXCEPTIONS
from groundplan.shelf import Shelf, code_digest

from . import errors

__all__ = ["Library", "load_library"]


@dataclass(frozen=True)
class Library:
    """`sources` maps paths relative to the policies' folder to Rego; `data` is the data document beside it.

    `documents` are the data files, by the folder that each is rooted at (`parameters/retention`).
    """

    sources: dict[str, str]
    data: dict[str, Any]
    documents: dict[str, Document] = field(default_factory=dict)

    @property
    def exceptions(self) -> dict[str, Any]:
        """Waivers and permits."""
        found = self.data.get(EXCEPTIONS)
        return found if isinstance(found, dict) else {}

    @cached_property
    def parameters(self) -> str:
        """The data as JSON, exceptions apart: these are told with each question."""
        return json.dumps({name: content for name, content in self.data.items() if name != EXCEPTIONS})

    @cached_property
    def key(self) -> str:
        """Stands for the rules and the parameters."""
        return digest(self.parameters, json.dumps(self.sources, sort_keys=True))


def load_library(policies: Path, *, tests: bool = False) -> Library:
    """Reads the rules, their libraries and their data; with `tests` also what only tests need.

    Raises BadInput when there is no main.rego, or naming every data file that cannot be read.
    """
    if not (policies / "main.rego").is_file():
        raise errors.no_policies(policies)
    sources: dict[str, str] = {}
    for path in sorted(policies.rglob("*.rego")):
        relative = path.relative_to(policies)
        if tests or not (path.name.endswith("_test.rego") or relative.parts[0] == "testing"):
            sources[relative.as_posix()] = path.read_text(encoding="utf-8")
    found = sorted([*policies.rglob("data.json"), *policies.rglob("data.yaml")])
    # data that was held to these schemas before is not held to them again: all of it at once, or else a file
    key = _digest(policies, [*found, *policies.rglob(SCHEMA)])
    fits = not tests and _FITTING.kept(key, {}) is not None
    data, documents, problems = _read_data(policies, found, fits=fits, check_schemas=tests)
    if not problems and not fits:
        _FITTING.keep(key, {})
    problems += _duplicates(documents.get(EXCEPTIONS))
    if problems:
        raise BadInput(problems)
    return Library(sources, data, documents)


_FITTING = Shelf("parameters", most=1000)


def _digest(policies: Path, files: Iterable[Path]) -> str:
    """Stands for these files and for what checks them."""
    read = (part for path in sorted(files) for part in (path.relative_to(policies).as_posix(), path.read_bytes()))
    return digest(_checks(), *read)


@cache
def _checks() -> str:
    """Stands for what checks them."""
    code = code_digest([*Path(__file__).parent.glob("*.py"), *Path(reading.__file__).parent.glob("*.py")])
    return digest(code, importlib.metadata.version("jsonschema"))


def _read_data(
    policies: Path, files: Sequence[Path], *, fits: bool, check_schemas: bool
) -> tuple[dict[str, Any], dict[str, Document], list[Problem]]:
    data: dict[str, Any] = {}
    documents: dict[str, Document] = {}
    problems: list[Problem] = []
    for path in files:
        relative = path.relative_to(policies)
        home = relative.parent.as_posix()
        name = f"{policies.name}/{relative.as_posix()}"
        if home in documents:
            problems.append(errors.two_data_files(name, documents[home].name))
            continue
        key = "" if fits or check_schemas else _digest(policies, [path, *path.parent.glob(SCHEMA)])
        known = fits or (key and _FITTING.kept(key, {}) is not None)
        document, wrong = read_document(path, name, fits=bool(known), check_schema=check_schemas)
        problems += wrong
        if key and not known and not wrong:
            _FITTING.keep(key, {})
        if document is None:
            continue
        documents[home] = document
        place = data
        for part in relative.parent.parts:
            place = place.setdefault(part, {})
        place.update(document.content)
    return data, documents, problems


def _duplicates(exceptions: Document | None) -> list[Problem]:
    """Entries for the same thing: each could say another reason and another last day."""
    said: dict[str, Callable[[dict[str, Any]], tuple[Any, ...]]] = {
        "waivers": lambda entry: (entry["rule"], entry["stack"], entry["address"], entry.get("object", "")),
        "permits": lambda entry: (entry["stack"], entry["address"]),
    }
    problems = []
    for kind, what in said.items() if exceptions else ():
        first: dict[tuple[Any, ...], int] = {}
        for index, entry in enumerate(exceptions.content.get(kind, []) if exceptions else ()):
            earlier = first.setdefault(what(entry), index)
            if earlier != index and exceptions:
                places = exceptions.place((kind, index)), exceptions.place((kind, earlier))
                problems.append(errors.duplicate_exception(places[0], f"{kind}[{index}]", places[1]))
    return problems
