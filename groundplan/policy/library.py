"""A folder of policies as text and data, the way Terraform Cloud loads it.

Terraform Cloud runs opa with --bundle: of JSON and YAML it loads only files called data.json and data.yaml, and roots
each at its folder. https://support.hashicorp.com/hc/en-us/articles/43655986989203
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from groundplan.problems import BadInput, Problem

from . import errors

__all__ = ["Library", "allowed_digests", "load_library", "read_yaml"]

EXCEPTIONS = Path("exceptions", "data.yaml")


class _Loader(yaml.SafeLoader):
    """YAML in which a day stays the text it is written as, as in opa."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(text: str) -> Any:
    """`text` as plain data; days stay text."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 (a SafeLoader without timestamps)


@dataclass(frozen=True)
class Library:
    """`sources` maps paths relative to the policies' folder to Rego; `data` is the data document beside it."""

    sources: dict[str, str]
    data: dict[str, Any]

    @property
    def exceptions(self) -> dict[str, Any]:
        """Waivers and permits."""
        found = self.data.get("exceptions")
        return found if isinstance(found, dict) else {}


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
    data: dict[str, Any] = {}
    problems: list[Problem] = []
    for path in sorted([*policies.rglob("data.json"), *policies.rglob("data.yaml")]):
        relative = path.relative_to(policies)
        text = path.read_text(encoding="utf-8")
        try:
            content = json.loads(text) if path.suffix == ".json" else read_yaml(text)
        except (ValueError, yaml.YAMLError) as error:
            problems.append(errors.unreadable_data(relative.as_posix(), str(error)))
            continue
        if not isinstance(content, dict):
            problems.append(errors.unreadable_data(relative.as_posix(), "it must be a mapping"))
            continue
        place = data
        for part in relative.parent.parts:
            place = place.setdefault(part, {})
        place.update(content)
    if problems:
        raise BadInput(problems)
    return Library(sources, data)


def allowed_digests(policies: Path) -> frozenset[str]:
    """The SHA-256 of every text that people said is no secret, though it looks like one.

    Raises BadInput when the file of exceptions cannot be read.
    """
    path = policies / EXCEPTIONS
    if not path.is_file():
        return frozenset()
    try:
        content = read_yaml(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise BadInput(errors.unreadable_data(EXCEPTIONS.as_posix(), str(error))) from error
    entries = content.get("not_secrets") if isinstance(content, dict) else None
    found = [entry.get("sha256") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return frozenset(digest.lower() for digest in found if isinstance(digest, str))
