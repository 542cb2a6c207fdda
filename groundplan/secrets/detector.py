"""What a text looks like: asked of detect-secrets, and of the shapes that the project's own rules deny.

detect-secrets knows what its maintainers collect: https://github.com/Yelp/detect-secrets. The shapes stand in
policies/parameters/secrets/data.json, so that settings are refused for what the rule about plans would deny.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import json
import pkgutil
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from groundplan.problems import BadInput

from . import errors

__all__ = ["Detector", "Seen"]

PARAMETERS = Path("parameters", "secrets", "data.json")
_SHORTEST = 6
_KEPT_MOST = 200_000

_NOT_ASKED = {
    # addresses are no secrets
    "IPPublicDetector",
    # any word that begins with AP and a letter of A to F counts as one
    "ArtifactoryDetector",
    # the last digits of an account id and the name behind them, in any ARN, count as one
    "TelegramBotTokenDetector",
    # they judge by entropy or by the words of a line of code: digests, ids and public keys would all be secrets
    "Base64HighEntropyString",
    "HexHighEntropyString",
    "KeywordDetector",
}

_NAME_BESIDE = re.compile(r"^[a-z][a-z0-9/_.-]*$")


_PARTS = ("pattern", "with", "without")


@dataclass(frozen=True)
class _Shape:
    """What secrets of a kind look like: what fits `pattern` holds `more`, and nothing of `less` where that says any."""

    kind: str
    pattern: re.Pattern[str]
    more: re.Pattern[str]
    less: re.Pattern[str]

    def fits(self, text: str) -> bool:
        found = (match[0] for match in self.pattern.finditer(text))
        return any(self.more.search(part) and not (self.less.pattern and self.less.search(part)) for part in found)


@dataclass(frozen=True)
class Seen:
    """A text, and the name that it has: the last setting or key on its way."""

    text: str
    name: str = ""

    @property
    def digest(self) -> str:
        """Stands for the text where the text must not."""
        return hashlib.blake2b(f"{self.name}\0{self.text}".encode(errors="replace"), digest_size=16).hexdigest()


class Detector:
    """Asks once of every text: what turned out harmless is remembered in the user's cache, by digest.

    `policies` is the project's folder of rules, `shelf` the folder of the cache.
    """

    def __init__(self, policies: Path, shelf: Path) -> None:
        self._policies = policies
        self._shelf = shelf

    def kinds(self, seen: Iterable[Seen]) -> dict[Seen, tuple[str, ...]]:
        """What looks like a secret, each with what it looks like, in words. Raises BadInput for a broken pattern."""
        asked = {item: item.digest for item in seen if len(item.text) >= _SHORTEST}
        harmless = self._remembered()
        new = {item: digest for item, digest in asked.items() if digest not in harmless}
        if not new:
            return {}
        found = {item: kinds for item in new if (kinds := self._kinds(item))}
        self._remember(harmless, asked, {digest for item, digest in new.items() if item not in found})
        allowed = self._allowed if found else frozenset()
        return {item: kinds for item, kinds in found.items() if _sha256(item.text) not in allowed}

    def _kinds(self, seen: Seen) -> tuple[str, ...]:
        kinds = [shape.kind for shape in self._shapes if shape.fits(seen.text)]
        if not kinds:
            kinds = [
                f"a secret ({plugin.secret_type})" for plugin in _plugins() if any(plugin.analyze_string(seen.text))
            ]
        if not kinds and self._named_so(seen):
            kinds = ["a secret by its name"]
        return tuple(dict.fromkeys(kinds))

    def _named_so(self, seen: Seen) -> bool:
        names = self._parameters
        if not (seen.name and names) or not re.search(names["name_pattern"], seen.name):
            return False
        if re.search(names["name_of_a_secret_pattern"], seen.name) or re.search(names["reference_pattern"], seen.text):
            return False
        # database_secret: claims-database says which secret, not what it is
        return not (seen.name.lower().endswith("secret") and _NAME_BESIDE.match(seen.text))

    @cached_property
    def _shapes(self) -> list[_Shape]:
        made, problems = [], []
        for index, shape in enumerate(self._parameters.get("values", [])):
            try:
                made.append(_Shape(shape["kind"], *(re.compile(shape.get(part, "")) for part in _PARTS)))
            except re.error as error:
                problems.append(errors.unreadable_pattern(f"policies/{PARAMETERS}: values[{index}]", str(error)))
        if problems:
            raise BadInput(problems)
        return made

    @cached_property
    def _parameters(self) -> dict[str, Any]:
        path = self._policies / PARAMETERS
        found: dict[str, Any] = json.loads(path.read_bytes()) if path.is_file() else {}
        return found

    @cached_property
    def _allowed(self) -> frozenset[str]:
        # here and not above: most texts are plain, and need no YAML
        from .allowed import allowed_digests

        return allowed_digests(self._policies)

    # --- What was asked before

    @cached_property
    def _path(self) -> Path:
        """Another file for other patterns, another detect-secrets or another version of this code."""
        digest = hashlib.sha256(importlib.metadata.version("detect-secrets").encode())
        digest.update(Path(__file__).read_bytes())
        if (parameters := self._policies / PARAMETERS).is_file():
            digest.update(parameters.read_bytes())
        return self._shelf / f"{digest.hexdigest()[:32]}.txt"

    def _remembered(self) -> set[str]:
        try:
            return set(self._path.read_text(encoding="ascii").split())
        except (OSError, UnicodeDecodeError):
            return set()

    def _remember(self, before: set[str], asked: dict[Seen, str], harmless: set[str]) -> None:
        from groundplan.files import write_atomically

        # a file that grew for years begins anew with what is there today
        kept = before if len(before) < _KEPT_MOST else before & set(asked.values())
        try:
            write_atomically(self._path, ("\n".join(sorted(kept | harmless)) + "\n").encode())
        except OSError:
            # a cache that cannot be written costs time, nothing else
            return


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _plugins() -> Iterator[Any]:
    if not _made:
        _made.extend(_every_plugin())
    yield from _made


_made: list[Any] = []


def _every_plugin() -> Iterator[Any]:
    """The detectors of the installed release, so that a newer one brings what it learned."""
    # here: their import takes longer than a whole synth of settings that were seen before
    from detect_secrets import plugins
    from detect_secrets.plugins.base import BasePlugin

    for module in sorted(item.name for item in pkgutil.iter_modules(plugins.__path__)):
        loaded = importlib.import_module(f"{plugins.__name__}.{module}")
        for name, kind in sorted(vars(loaded).items()):
            if (
                isinstance(kind, type)
                and issubclass(kind, BasePlugin)
                and kind.__module__ == loaded.__name__
                and not getattr(kind, "__abstractmethods__", None)
                and name not in _NOT_ASKED
            ):
                yield kind()
