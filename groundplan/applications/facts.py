"""What is known of an application's configuration: its keys, their types and values, by version.

A file of `data` holds one application. `about` says which version, where that was read and how exact it is. `parts` are
facts by name, the whole configuration under the empty one; `shapes` are facts that several places share. A fact is the
name of a type, `@` and the name of a shape, or a map:

- `type`: one or more of `map`, `list`, `any` and the names of `forms`, joined by `|`;
- `keys`, `each` (any other key), `items`: what is inside; `open` lets any key be, `prefixes` those that begin so;
  `numbered` and `named` have facts on keys that begin so and end with a number, or with any name;
- `typed`, facts by the kind that a key begins with: `otlp/frontend` is an `otlp`;
- `also`, a fact with further keys, for what holds the same again;
- `block`, whether a block is written there, or an attribute, and `takes`, what a reference must give;
- `json`, the part whose JSON a text is, `yaml`, the application and the part whose YAML it is;
- `filled`, for a map that is there with its defaults when it is left out;
- `one_of`, `none_of`, `minimum`, `maximum`, `above`, `shortest`, `longest`, `begins`, `pattern`: what holds of a value;
- `domains`, by a domain the names in it that there are: others in it, or below it, are refused;
- `variants`: further facts on keys, by the value `by` of a key beside;
- `required`, `exactly_one_of`, `at_most_one_of`, `at_least_one_of`, `together`, `ascending`, `rules`: what holds
  between keys, which are paths, where all of them are there to see;
- `on`, the kinds of objects on which an annotation does something;
- `default`, which is always taken, and `deprecated`: true, what to do instead (`use ...`), or why it may do nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["Application", "Fact", "application", "list_applications", "places_file"]

Fact = str | Mapping[str, Any]

_PLACES = "places.json"


@dataclass(frozen=True)
class Application:
    """The configuration of one application in one version.

    `scalars` says how values are read: `yaml` as Go's YAML does, where a text may be written as a number; `json` as
    protobuf does, where a number may be written as a text; `loose`, where both may; `strict`, where neither may;
    `text`, where all are texts. `has_blocks` when blocks and attributes are two things.
    `words` are those of a flag that is a text. `unknown` tells what the application does with a key that it does not
    know, and `assumption` what is not sure, empty where all is exact. `spelling` is another way to write every key:
    `snake_case`, or `any_case`.
    `versions` are those that the facts hold for as well, in their first two numbers.
    `exports` are what components give to others, by their names, and `functions` those that expressions may call.
    Of a Corefile, `plugins` are what a server block may have, with the number of words after each (`least`, `most`),
    facts on these `words` and on `directives`; `schemes` are those of its addresses.
    `wiring` are the places, `at`, of names that must be keys of the maps `in` the configuration.
    """

    name: str
    title: str
    version: str
    source: str
    is_exact: bool
    unknown: str
    assumption: str = ""
    scalars: str = "yaml"
    spelling: str = ""
    has_blocks: bool = False
    versions: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    parts: Mapping[str, Fact] = field(default_factory=dict, hash=False, repr=False)
    shapes: Mapping[str, Fact] = field(default_factory=dict, hash=False, repr=False)
    spellings: Mapping[str, str] = field(default_factory=dict, hash=False, repr=False)
    exports: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False, repr=False)
    functions: tuple[str, ...] = field(default=(), hash=False, repr=False)
    plugins: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False, repr=False)
    schemes: tuple[str, ...] = field(default=(), hash=False, repr=False)
    wiring: tuple[Mapping[str, Any], ...] = field(default=(), hash=False, repr=False)

    def of(self, fact: Fact) -> Mapping[str, Any]:
        """A fact as a map."""
        while isinstance(fact, str):
            if not fact.startswith("@"):
                return {"type": fact}
            fact = self.shapes[fact[1:]]
        return fact

    def part(self, name: str) -> Mapping[str, Any] | None:
        """The facts of a part: the name of one of `parts` and a colon, if not of the whole, and a path of keys in it.

        None where this version has no such part.
        """
        root, _, path = name.rpartition(":")
        found = self.of(self.parts[root])
        for key in path.split(".") if path else ():
            if key not in found.get("keys", {}):
                return None
            found = self.of(found["keys"][key])
        return found

    def part_names(self) -> frozenset[str]:
        """The names of `parts` as `part` takes them."""
        return frozenset(f"{name}:" for name in self.parts)

    def below(self, fact: Mapping[str, Any]) -> Iterator[tuple[str, Fact]]:
        """The named keys of a fact, in the order of their names."""
        yield from sorted(fact.get("keys", {}).items())

    @property
    def is_text(self) -> bool:
        """Whether every value comes to be a text."""
        return self.scalars == "text"


def _folder() -> Any:
    return files(__package__).joinpath("data")


@cache
def list_applications() -> tuple[str, ...]:
    """The names of the applications whose configuration is known, sorted."""
    names = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in names if name.endswith(".json") and name != _PLACES))


@cache
def application(name: str) -> Application:
    """What is known of an application; its file is only read when it is asked for."""
    read = json.loads(_folder().joinpath(f"{name}.json").read_text("utf-8"))
    about = read.pop("about")
    return Application(
        name=name,
        title=about["title"],
        version=about["version"],
        source=about["source"],
        is_exact=about["exact"],
        unknown=about.get("unknown", ""),
        assumption=about.get("assumption", ""),
        scalars=about.get("scalars", "yaml"),
        spelling=about.get("spelling", ""),
        has_blocks=about.get("blocks", False),
        versions=tuple(about.get("versions", ())),
        words={word: tuple(spellings) for word, spellings in about.get("words", {}).items()},
        parts=read.pop("parts"),
        shapes=read.pop("shapes", {}),
        spellings=read.pop("spellings", {}),
        exports=read.pop("exports", {}),
        functions=tuple(read.pop("functions", ())),
        plugins=read.pop("plugins", {}),
        schemes=tuple(read.pop("schemes", ())),
        wiring=tuple(read.pop("wiring", ())),
    )


@cache
def places_file() -> Mapping[str, Any]:
    """Which configuration lies where: `places` reads it."""
    found: Mapping[str, Any] = json.loads(_folder().joinpath(_PLACES).read_text("utf-8"))
    return found
