"""A jsii assembly cut down to some of its submodules.

An assembly is a gzipped tar of an npm package: `.jsii` describes every type in JSON, `lib/<folder>/` holds the code of
one submodule, and `lib/index.js` loads them all (`exports.s3Bucket = require("./s3-bucket");`). The kernel reads what
is there and checks neither fingerprint nor completeness, so a smaller one that is complete in itself serves as well.
Source of the layout: https://aws.github.io/jsii/specification/2-type-system/
"""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
import zlib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["UnexpectedLayout", "write_cut"]

_KEPT = ("package/LICENSE", "package/package.json")
_REQUIRE = re.compile(r'exports\.(\w+) = require\("\./([^"/]+)"\);')
_UPWARDS = re.compile(rb'require\("\.\./([^"/.]+)')
_TYPES_START = '\n  "types": {\n'
_TYPES_END = "\n  },\n"


class UnexpectedLayout(Exception):
    """The assembly is not laid out as this module knows it: load it whole."""


def write_cut(stock: Path, submodules: Collection[str], target: Path) -> int:
    """Writes to `target` the part of the assembly `stock` that the Python `submodules` need; returns its type count.

    The same input gives the same bytes. Raises UnexpectedLayout when `stock` holds something else than expected, and
    OSError when a file cannot be read or written.
    """
    wanted = {_folded(name) for name in submodules}
    files: dict[str, bytes] = {}
    try:
        # One pass: unpacking takes most of the time, and the whole of it would take 400 MB.
        with tarfile.open(stock, "r|gz") as archive:
            for member in archive:
                name = member.name
                if name == "package/.jsii":
                    specification, wanted = _cut_specification(_content(archive, member).decode(), wanted)
                    files[name] = json.dumps(specification, ensure_ascii=False).encode()
                elif name == "package/lib/index.js" or name in _KEPT or _is_code_of(name, wanted):
                    files[name] = _content(archive, member)
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error, UnicodeDecodeError) as broken:
        raise UnexpectedLayout(f"{stock.name} cannot be read: {broken}") from broken
    for name in ("package/.jsii", "package/lib/index.js", *_KEPT[1:]):
        if name not in files:
            raise UnexpectedLayout(f"it has no {name}")
    files["package/lib/index.js"] = _cut_index(files["package/lib/index.js"].decode(), wanted, files)
    _write(files, target)
    return len(specification["types"])


def _folded(name: str) -> str:
    """`s3_control_bucket`, `s3ControlBucket` and `s3control-bucket` are one submodule's three names."""
    return name.replace("_", "").replace("-", "").lower()


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    if file is None:
        raise UnexpectedLayout(f"{member.name} is not a file")
    return file.read()


def _is_code_of(name: str, wanted: Collection[str]) -> bool:
    parts = name.split("/")
    return len(parts) > 3 and parts[1] == "lib" and name.endswith(".js") and _folded(parts[2]) in wanted


def _cut_specification(text: str, wanted: Collection[str]) -> tuple[dict[str, Any], set[str]]:
    """The `.jsii` with the wanted submodules' types, and the submodules with those that their types refer to.

    Only the wanted types are parsed: parsing all 131 MB takes seconds and a gigabyte of memory.
    """
    start = text.find(_TYPES_START)
    # The lines of a type are indented further, so the first such line closes the block.
    end = text.find(_TYPES_END, start + len(_TYPES_START) - 1)
    if not 0 <= start < end:
        raise UnexpectedLayout("its .jsii has no block of types")
    try:
        specification: dict[str, Any] = json.loads(text[: start + len(_TYPES_START)] + text[end + 1 :])
        assembly, all_submodules = specification["name"], specification["submodules"]
    except (ValueError, KeyError) as broken:
        raise UnexpectedLayout(f"its .jsii is not laid out line by line: {broken!r}") from broken
    places = _places(text, assembly, start, end)
    kept: set[str] = set()
    missing = set(wanted)
    types: dict[str, Any] = {}
    reference = re.compile(rf'"{re.escape(assembly)}\.([\w.]+)"')
    while missing:
        unknown = missing - places.keys()
        if unknown:
            raise UnexpectedLayout(f"its .jsii has no types of {', '.join(sorted(unknown))}")
        named: set[str] = set()
        for submodule in sorted(missing):
            for first, last in places[submodule]:
                block = text[first:last].rstrip().removesuffix(",")
                types.update(_parsed(block))
                named.update(_submodule_of(name) for name in reference.findall(block))
        kept |= missing
        missing = named - kept
    specification["types"] = dict(sorted(types.items()))
    specification["submodules"] = {
        name: value for name, value in all_submodules.items() if _folded(name.rpartition(".")[2]) in kept
    }
    specification["fingerprint"] = "*" * 10  # what jsii itself writes into an assembly that was changed
    return specification, kept


def _parsed(block: str) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = json.loads("{" + block + "}")
    except ValueError as broken:
        raise UnexpectedLayout(f"a type of its .jsii is not laid out line by line: {broken}") from broken
    return parsed


def _submodule_of(type_name: str) -> str:
    submodule, _, rest = type_name.partition(".")
    if not rest or "." in rest:
        raise UnexpectedLayout(f"its type {type_name} is not directly below a submodule")
    return _folded(submodule)


def _places(text: str, assembly: str, start: int, end: int) -> Mapping[str, list[tuple[int, int]]]:
    """Where each submodule's types stand in the text: one (first, last) pair a type."""
    # A plain search for where such a line can start: a pattern that is tried at every line takes ten times as long.
    mark = f'\n    "{assembly}.'
    heading = re.compile(rf'\n    "{re.escape(assembly)}\.(\w+)\.\w+": \{{$', re.MULTILINE)
    found: list[tuple[int, str]] = []
    place = text.find(mark, start, end)
    while place >= 0:
        if match := heading.match(text, place, end):
            found.append((place + 1, match[1]))
        place = text.find(mark, place + len(mark), end)
    ends = [first for first, _ in found[1:]] + [end]
    places: dict[str, list[tuple[int, int]]] = {}
    for (first, submodule), last in zip(found, ends, strict=True):
        places.setdefault(_folded(submodule), []).append((first, last))
    return places


def _cut_index(text: str, wanted: Collection[str], files: Mapping[str, bytes]) -> bytes:
    """The `lib/index.js` that loads the wanted submodules only. Checks that their code is all there."""
    lines = ['"use strict";', 'Object.defineProperty(exports, "__esModule", { value: true });']
    found = set()
    for line in text.splitlines():
        match = _REQUIRE.fullmatch(line)
        if match and _folded(match[1]) in wanted:
            if f"package/lib/{match[2]}/index.js" not in files:
                raise UnexpectedLayout(f"it has no lib/{match[2]}/index.js")
            found.add(_folded(match[1]))
            lines.append(line)
    if found != set(wanted):
        raise UnexpectedLayout(f"its lib/index.js does not load {', '.join(sorted(set(wanted) - found))}")
    for name, content in files.items():
        depth = name.count("/") - 3
        if depth == 0 and name.endswith(".js") and (beside := _UPWARDS.search(content)):
            raise UnexpectedLayout(f"{name} loads its neighbour {beside[1].decode()}")
    return "\n".join([*lines, ""]).encode()


def _write(files: Mapping[str, bytes], target: Path) -> None:
    # Level 1: the archive is read back from a local disk, and its making is waited for.
    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=1, fileobj=raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for info, content in _members(files.items()):
            archive.addfile(info, io.BytesIO(content))


def _members(files: Iterable[tuple[str, bytes]]) -> Iterable[tuple[tarfile.TarInfo, bytes]]:
    for name, content in sorted(files):
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = len(content), 0o644, 0
        yield info, content
