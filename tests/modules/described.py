"""What a module makes, written so that a person can read how it differs from before.

Left out is what says nothing about the module: what is null or empty, and what only the made-up cloud gave. What the
module takes from another resource is written as that resource's address, as in `<aws_kms_key.backups[0].arn>`: made-up
ids depend on every setting of what they belong to, so that one change would be seen in a hundred places.

In words is what differs from day to day, and the hash of a function's archive, whose files have tests of their own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from groundplan import building
from tests.support.planning import ANSWERS, ModulePlan

__all__ = ["described"]

_BLOCK_META = ("count", "depends_on", "for_each", "lifecycle", "provider", "provisioner")
_BESIDE_RESOURCES = ("check", "data", "import", "moved", "removed")
_GIVEN_BY_KUBERNETES = frozenset({"generation", "resource_version", "uid"})
# six characters end the ARN of a secret, which any other word may have as well
_MADE_UP = re.compile(r"(?=[a-zA-Z]*\d)[0-9A-Za-z]{8,}|^arn:.*:secret:.*-[0-9A-Za-z]{6}$")
_SMALLEST_MADE_UP_NUMBER = 100_000
_ARCHIVE_HASH = "source_code_hash"
_SHORTEST_FILE_LINES = 4
_DAYS_BEFORE = 400
_SHARED = Path(building.__file__).parent


def described(plan: ModulePlan, document: Mapping[str, Any], folder: Path, *, counted_from: date | None = None) -> str:
    """YAML of everything that is planned and how Terraform treats it. `document` is the module's main.tf.json.

    A text that a file in `folder` holds, or one that modules share, is written as the file's path: files have tests of
    their own. `counted_from` is a day of the example that is another one tomorrow.
    """
    blocks = document.get("resource", {})
    names = _Names(plan, document, folder, counted_from)
    whole = {
        "resources": {
            address: names.written(_configured(values, blocks[kind][name]))
            for address, kind, name, values in _instances(plan)
        },
        "blocks": {
            f"{kind}.{name}": meta
            for kind, items in blocks.items()
            for name, block in items.items()
            if (meta := {key: block[key] for key in _BLOCK_META if block.get(key)})
        },
        "beside": {key: document[key] for key in _BESIDE_RESOURCES if document.get(key)},
        "outputs": names.written(plan.outputs),
    }
    text: str = yaml.dump(whole, Dumper=_Dumper, sort_keys=True, allow_unicode=True, width=10_000)
    return text


def _instances(plan: ModulePlan, mode: str = "managed") -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for change in plan.json["resource_changes"]:
        if change["mode"] == mode:
            address = change["address"].removeprefix("module.it.")
            name = address.partition("[")[0].rpartition(".")[2]
            yield address, change["type"], name, change["change"]["after"]


def _configured(values: Mapping[str, Any], block: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key in block or key in block.get("dynamic", {})}


class _Names:
    """What values are called."""

    def __init__(self, plan: ModulePlan, document: Mapping[str, Any], folder: Path, counted_from: date | None) -> None:
        made: dict[str, str] = {}
        self._numbers: dict[int, str] = {}
        for mode, blocks in (("managed", document.get("resource", {})), ("data", document.get("data", {}))):
            for address, kind, name, values in _instances(plan, mode):
                configured = _configured(values, blocks[kind][name])
                given = {key: values[key] for key in sorted(set(values) - set(configured))}
                for path, value in _leaves(given):
                    if isinstance(value, str) and _MADE_UP.search(value.replace(ANSWERS["account_id"], "")):
                        made.setdefault(value, f"<{address}.{path}>")
                    if str(value).isdecimal() and int(value) >= _SMALLEST_MADE_UP_NUMBER:
                        self._numbers.setdefault(int(value), f"<{address}.{path}>")
        if counted_from:
            for days in range(_DAYS_BEFORE):
                day = counted_from - timedelta(days)
                made[day.isoformat()] = f"<its day - {days}>" if days else "<its day>"
                made[f"{day.day} {day.month} ? {day.year}"] = made[day.isoformat()]  # of a schedule in AWS
                self._numbers[int(day.strftime("%Y%m%d"))] = made[day.isoformat()]
        self._made = made
        self._any = re.compile("|".join(map(re.escape, sorted(made, key=lambda text: (-len(text), text)))) or r"(?!)")
        # a module's own file may be called as a shared one is
        self._files = [
            (f"<{path.relative_to(home).as_posix()}>", _lines(path.read_text(encoding="utf-8").rstrip("\n")))
            for home in (folder, _SHARED)
            for path in sorted(home.rglob("files/**/*"))
            if path.is_file() and "__pycache__" not in path.parts
        ]

    def written(self, value: Any) -> Any:
        """A value without what is empty in it, documents in texts parsed."""
        if isinstance(value, Mapping):
            inner = {
                self._text(key): "<hash of the archive>" if key == _ARCHIVE_HASH else self.written(item)
                for key, item in value.items()
                if not (key in _GIVEN_BY_KUBERNETES and "name" in value)
            }
            return {key: item for key, item in inner.items() if not _empty(item)}
        if isinstance(value, list):
            return [item for item in map(self.written, value) if not _empty(item)]
        if isinstance(value, str):
            document = _parsed(value)
            return self._text(value) if document is None else self.written(document)
        if isinstance(value, int) and not isinstance(value, bool):
            return self._numbers.get(value, value)
        return value

    def _text(self, text: str) -> str:
        if "\n" in text:
            # a blank at a line's end says nothing, and YAML could not show the lines as lines
            text = "\n".join(_lines(text))
            for name, lines in self._files:
                text = _with_name(text, name, lines)
        return self._any.sub(lambda found: self._made[found[0]], text)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n")]


def _with_name(text: str, name: str, lines: list[str]) -> str:
    """The text with the file's name where the file's lines stand in it, indented or not."""
    start = (
        re.search(rf"^( *){re.escape(lines[0])}$", text, re.MULTILINE) if len(lines) >= _SHORTEST_FILE_LINES else None
    )
    if start is None:
        return text
    return text.replace("\n".join(f"{start[1]}{line}".rstrip() for line in lines), f"{start[1]}{name}")


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if entries is None:
        yield path, value
    else:
        for key, inner in entries:
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))


def _empty(value: Any) -> bool:
    return value is None or value in ([], {})


def _parsed(text: str) -> Any:
    """The JSON or YAML mapping or list that a text is; None when it is but a text."""
    stripped = text.lstrip()
    try:
        if stripped[:1] in ("{", "["):
            found = json.loads(text)
        elif re.match(r"\"?[\w./-]+\"?:(\s|$)", stripped) and "\n" in text:
            found = yaml.load(text, Loader=yaml.CSafeLoader)
        else:
            return None
    except (ValueError, yaml.YAMLError):
        return None
    return found if isinstance(found, (dict, list)) else None


class _Dumper(yaml.CSafeDumper):
    """Texts of several lines as they are."""


def _several_lines(dumper: yaml.CSafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _several_lines)
