"""What was rendered, as files for people and for other tools: out/objects, out/definitions and out/images.json."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from groundplan.files import write_atomically
from groundplan.objects import KubernetesObject, image_uses
from groundplan.shelf import Shelf, code_digest

from .releases import definitions_path, file_name
from .run import Renders

__all__ = ["images_json", "write_definitions", "write_objects"]

_FIRST = ("apiVersion", "kind", "metadata")
_TEXTS = Shelf("definitions", most=2_000)
_WRITTEN = Shelf("written", most=500)
_CODE = code_digest([Path(__file__)])
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def write_objects(renders: Renders, out: Path, redact: Callable[[str, str], str]) -> list[Path]:
    """Writes out/objects/<stack>/<release>.yaml for each release, instead of what was there of these stacks.

    `redact` takes the secrets of a stack's plan out of a text. The values of Secrets are never written. Where the files
    are already what they would be, they are left alone.
    """
    known = _WRITTEN.kept(renders.made_of, {"files": dict}) if renders.made_of else None
    if known is not None and _are_there(out, renders, known["files"]):
        return [out / path for path in known["files"]]
    written = []
    for stack, outcomes in renders.stacks.items():
        folder = out / "objects" / stack
        shutil.rmtree(folder, ignore_errors=True)
        for outcome in outcomes:
            if outcome.objects:
                path = folder / f"{file_name(outcome.release.address)}.yaml"
                texts = []
                # definitions are most of the text, and hold nothing that a plan could hide
                for is_definition, several in groupby(outcome.objects, _is_definition):
                    text = "".join(_document(one) for one in several)
                    texts.append(text if is_definition else redact(stack, text))
                write_atomically(path, "".join(texts).encode())
                written.append(path)
    if renders.made_of:
        digests = {path.relative_to(out).as_posix(): _digest(path) for path in written}
        _WRITTEN.keep(renders.made_of, {"files": digests})
    return written


def _are_there(out: Path, renders: Renders, files: Mapping[str, str]) -> bool:
    """Whether the folders of these stacks hold these files, by their digests, and nothing else."""
    there = {
        path.relative_to(out).as_posix(): _digest(path)
        for stack in renders.stacks
        for path in (out / "objects" / stack).glob("*")
    }
    return there == files


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def write_definitions(renders: Renders, out: Path) -> list[Path]:
    """Writes out/definitions/<stack>/<release>.yaml: of an upgrade what Helm leaves as it is in the cluster.

    Helm installs what is in a folder `crds` with a new release and never again
    (https://helm.sh/docs/chart_best_practices/custom_resource_definitions/), so whoever upgrades applies it first. What
    was there of these stacks is removed. A definition holds nothing secret.
    """
    written = []
    for stack in renders.stacks:
        folder = out / "definitions" / stack
        shutil.rmtree(folder, ignore_errors=True)
        for release in renders.changes.get(stack, ()):
            left = [each.after for each in release.objects if each.not_upgraded and each.after is not None]
            if left:
                path = out / definitions_path(stack, release.address)
                write_atomically(path, "".join(f"---\n{_yaml(each)}" for each in left).encode())
                written.append(path)
    return written


def images_json(renders: Renders, environments: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """The images that will run, by environment, each with where. `environments` has that of each stack."""
    found: dict[str, dict[str, list[dict[str, str]]]] = {}
    for stack, outcomes in renders.stacks.items():
        for outcome in outcomes:
            for use in image_uses(outcome.objects or ()):
                place = {
                    "stack": stack,
                    "release": use.release,
                    "object": use.object,
                    "container": use.container,
                }
                found.setdefault(environments.get(stack, stack), {}).setdefault(use.image, []).append(place)
    return {
        environment: [
            {"image": image, "has_digest": "@sha256:" in image, "used_by": places}
            for image, places in sorted(images.items())
        ]
        for environment, images in sorted(found.items())
    }


def _is_definition(one: KubernetesObject) -> bool:
    return one.kind == "CustomResourceDefinition" and one.api_version.startswith("apiextensions.k8s.io/")


def _document(one: KubernetesObject) -> str:
    if _is_definition(one):
        return f"---\n# Source: {one.template}\n{_definition(one.document)}"
    document = dict(one.document)
    if one.kind == "Secret" and not one.api_version.count("/"):
        for word in ("data", "stringData"):
            if isinstance(document.get(word), Mapping):
                document[word] = dict.fromkeys(document[word], "(sensitive)")
    return f"---\n# Source: {one.template}\n{_yaml(document)}"


def _definition(document: Mapping[str, Any]) -> str:
    """The text of a definition, which takes long to write and is the same in the next run."""
    key = hashlib.sha256(f"{_CODE}{json.dumps(document, sort_keys=True)}".encode()).hexdigest()
    kept = _TEXTS.kept(key, {"text": str})
    if kept is not None:
        return str(kept["text"])
    text = _yaml(document)
    _TEXTS.keep(key, {"text": text})
    return text


def _yaml(document: Mapping[str, Any]) -> str:
    keys = [*(key for key in _FIRST if key in document), *sorted(key for key in document if key not in _FIRST)]
    ordered = {key: json.loads(json.dumps(document[key], sort_keys=True)) for key in keys}
    text: str = yaml.dump(ordered, Dumper=_DUMPER, sort_keys=False, width=120, allow_unicode=True)
    return text
