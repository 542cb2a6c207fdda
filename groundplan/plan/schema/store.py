"""Schemas by type, derived once per version of the bindings and kept in the user's cache."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import re
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from groundplan import bindings
from groundplan.bindings import PROVIDERS
from groundplan.files import write_atomically
from groundplan.problems import nearest

from .. import errors
from .javascript import read_block
from .model import Block
from .overlay import facts_bytes, with_facts

__all__ = [
    "Kind",
    "ProviderSchema",
    "cache_folder",
    "joined",
    "load",
    "nearest_type",
    "provider_of",
    "schema_for",
]

Kind: TypeAlias = Literal["resources", "data_sources", "provider"]
# Only these have types on the plugin framework, whose object attributes are made of attributes.
_NESTED_TYPES = ("gitlab", "helm")
_STRUCTS = re.compile(r"index-structs/structs\d+\.(?:js|d\.ts)")


@dataclass(frozen=True)
class ProviderSchema:
    """What one provider serves: its own configuration, and the types that a run asked for."""

    name: str
    provider: Block
    resources: dict[str, Block] = field(default_factory=dict)
    data_sources: dict[str, Block] = field(default_factory=dict)


def joined(ones: Mapping[str, ProviderSchema], others: Mapping[str, ProviderSchema]) -> dict[str, ProviderSchema]:
    """What serves all that either serves: of one version of the bindings, the same type has the same schema."""
    found = dict(ones)
    for name, other in others.items():
        one = found.get(name, other)
        resources, data_sources = one.resources | other.resources, one.data_sources | other.data_sources
        found[name] = replace(one, resources=resources, data_sources=data_sources)
    return found


def cache_folder() -> Path:
    """Where derived things are kept: what the bindings use, a temporary folder when the configured one is of no use."""
    return bindings.cache_folder()


def provider_of(type_name: str) -> str:
    """The local name of the provider that a type belongs to: `aws` for `aws_s3_bucket`."""
    return type_name.split("_", 1)[0]


def schema_for(type_name: str, *, data: bool = False) -> Block:
    """The schema of one resource type, or of one data source.

    Raises BadInput when the pinned bindings have no such type.
    """
    kind: Kind = "data_sources" if data else "resources"
    provider = provider_of(type_name)
    found = load({kind: [type_name]})[provider] if provider in PROVIDERS else None
    blocks = getattr(found, kind) if found else {}
    if type_name not in blocks:
        raise errors.no_such_type(type_name, data=data, suggestion=nearest_type(type_name, data=data))
    block: Block = blocks[type_name]
    return block


def load(wanted: Mapping[Kind, Iterable[str]]) -> dict[str, ProviderSchema]:
    """The schemas of all providers, with the wanted types as far as the bindings have them."""
    found = {}
    for provider in PROVIDERS:
        keys: list[tuple[Kind, str]] = [("provider", provider)]
        for kind in ("resources", "data_sources"):
            keys += [(kind, name) for name in sorted(set(wanted.get(kind, ()))) if provider_of(name) == provider]
        blocks = _blocks(provider, keys)
        found[provider] = ProviderSchema(
            provider,
            blocks["provider", provider],
            {name: block for (kind, name), block in blocks.items() if kind == "resources"},
            {name: block for (kind, name), block in blocks.items() if kind == "data_sources"},
        )
    return found


def nearest_type(type_name: str, *, data: bool) -> str | None:
    """The type that the bindings do have and that `type_name` most likely meant."""
    provider = provider_of(type_name)
    if provider not in PROVIDERS:
        return None
    prefix = f"data_{provider}_" if data else ""
    folders = [path.name for path in _package(provider).iterdir() if path.is_dir() and not path.name.startswith("_")]
    names = [name for name in folders if name.startswith("data_") == data]
    short = nearest(prefix + type_name.removeprefix(f"{provider}_"), names)
    return f"{provider}_{short.removeprefix(prefix)}" if short else None


def version_key(provider: str) -> str:
    """What a derived schema depends on: the bindings' version, the facts and the code that reads them."""
    return f"{provider}-{_distribution(provider)}-{_code_digest()}"


@cache
def _distribution(provider: str) -> str:
    return importlib.metadata.version(f"cdktf-cdktf-provider-{provider}")


@cache
def _code_digest() -> str:
    digest = hashlib.sha256(facts_bytes())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def _package(provider: str) -> Path:
    """The bindings' folder, found without importing them: that takes up to 50 seconds."""
    name = f"cdktf_cdktf_provider_{provider}"
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise errors.no_bindings(name)
    return Path(next(iter(spec.submodule_search_locations)))


def _blocks(provider: str, keys: list[tuple[Kind, str]]) -> dict[tuple[Kind, str], Block]:
    folder = cache_folder() / "schemas" / version_key(provider)
    found: dict[tuple[Kind, str], Block] = {}
    missing: list[tuple[Kind, str]] = []
    for key in keys:
        kept = folder / f"{key[0]}.{key[1]}.json"
        try:
            found[key] = Block.from_json(json.loads(kept.read_bytes()))
        except (OSError, ValueError, KeyError):
            missing.append(key)
    if not missing:
        return found
    for key, block in _derive(provider, missing).items():
        found[key] = block
        text = json.dumps(block.to_json(), sort_keys=True, separators=(",", ":"))
        write_atomically(folder / f"{key[0]}.{key[1]}.json", text.encode())
    return found


def _derive(provider: str, keys: list[tuple[Kind, str]]) -> dict[tuple[Kind, str], Block]:
    folders = {_folder(provider, kind, name): (kind, name) for kind, name in keys}
    # the package has a folder for each of them, and to find in its archive that there is none takes a second
    there = {folder for folder in folders if folder.replace("-", "") in _types_there(provider)}
    sources = _sources(provider, there) if there else {}
    found = {}
    for folder, (kind, name) in folders.items():
        if folder not in sources:
            continue
        javascript, declarations = sources[folder]
        block = read_block(
            javascript, declarations, nested_types=provider in _NESTED_TYPES, provider=kind == "provider"
        )
        found[kind, name] = with_facts(block, provider, kind, name)
    return found


@cache
def _types_there(provider: str) -> frozenset[str]:
    """The names of the package's folders without their dashes: jsii puts further ones around numbers."""
    return frozenset(path.name.replace("_", "") for path in _package(provider).iterdir() if path.is_dir())


def _folder(provider: str, kind: Kind, name: str) -> str:
    if kind == "provider":
        return "provider"
    prefix = f"data-{provider}-" if kind == "data_sources" else ""
    return prefix + name.removeprefix(f"{provider}_").replace("_", "-")


def _sources(provider: str, folders: set[str]) -> dict[str, tuple[str, str]]:
    """The JavaScript and the declarations of each folder that the archive has, in one pass over it."""
    texts: dict[str, dict[str, str]] = {}
    for archive in sorted((_package(provider) / "_jsii").glob("*.jsii.tgz")):
        with tarfile.open(archive, "r|gz") as members:
            for member in members:
                parts = member.name.split("/", 3)
                if len(parts) < 4 or parts[1] != "lib" or parts[2] not in folders:
                    continue
                if parts[3] in ("index.js", "index.d.ts") or _STRUCTS.fullmatch(parts[3]):
                    content = members.extractfile(member)
                    if content is not None:
                        texts.setdefault(parts[2], {})[parts[3]] = content.read().decode()
    return {
        folder: (
            "\n".join(text for name, text in sorted(files.items()) if name.endswith(".js")),
            "\n".join(text for name, text in sorted(files.items()) if name.endswith(".d.ts")),
        )
        for folder, files in texts.items()
    }
