"""One resource's configuration against what AWS, GitLab, Helm, Kubernetes and Vault are known to refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, cast

import yaml

from groundplan.documents.nesting import DEEPEST, is_too_deep
from groundplan.grammars import by_attribute
from groundplan.values import ConfigProblem, is_unknown

from ..schema.facts import TypeFacts, provider_facts
from . import errors, groups, limits, rules
from .mapping import TypeMapping, data, lists, mapping

__all__ = ["check_resource", "own_rules"]

Path = tuple[str | int, ...]

# in C where it can be
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_IAM_KINDS = frozenset({"identity", "resource", "trust", "scp"})


@cache
def own_rules(type_name: str) -> Mapping[str, Any]:
    """What data/extra.json says of a type; entries such as `kubernetes_*` come first, the type's own over them."""
    merged: dict[str, Any] = {}
    for name, told in data("extra").items():
        if name == type_name or (name.endswith("*") and type_name.startswith(name[:-1])):
            for key, value in told.items():
                before = merged.get(key)
                both = isinstance(before, dict) and isinstance(value, dict)
                merged[key] = {**cast(dict[str, Any], before), **value} if both else value
    return merged


def check_resource(
    provider: str, type_name: str, config: Mapping[str, Any], *, data: bool = False
) -> list[ConfigProblem]:
    """What is wrong with one resource's configuration, or with `data` a data source's, sorted by where it stands.

    `provider` is `aws`, `gitlab`, `helm`, `kubernetes` or `vault`; `config` is plain Python as Terraform evaluated it,
    in which None is absent, UNKNOWN is never a problem. Types that nobody knows have no problems: see `unchecked`.
    Paths are attribute names and list indices; for a document inside an attribute, the message says where in the
    document.

    Three sources speak: the provider's own rules, AWS's resource schemas, and what data/extra.json adds to both. Of one
    argument only one of them is heard, the first of: our own words, the provider's, AWS's.
    """
    own = {} if data else own_rules(type_name)
    known = mapping(type_name) if provider == "aws" and not data else None
    facts = provider_facts(type_name, data=data)
    listed = lists(type_name, data=data) if facts else frozenset()
    placed = provider == "aws" and bool(facts)
    found = list(_Walk(known, own, facts, listed, placed=placed).blocks((), "", config))
    between = groups.group_problems(facts, config, listed) if facts else []
    found += [problem for _, problem in between]
    # Two shared arguments make two rules one rule.
    found += [
        problem
        for names, problem in _combinations(own, config)
        if not any(len(names & told) > 1 for told, _ in between)
    ]
    if not data:
        grammar = by_attribute.check(type_name, config)
        told_of = {problem.attribute_path for problem in grammar if not problem.warning}
        found = [*(problem for problem in found if problem.attribute_path not in told_of), *grammar]
    return list(dict.fromkeys(found))


_REGION = {"region": True}


def _with_more(facts: Mapping[str, Any], own: Mapping[str, Any]) -> Mapping[str, Any]:
    """The provider's rules, with the values that a later version of it takes: those of data/extra.json."""
    more = [choice for choice in (*own.get("enum", ()), *own.get("also", ())) if choice not in facts.get("one_of", ())]
    if more and "one_of" in facts:
        facts = {**facts, "one_of": [*facts["one_of"], *more]}
    if "each" in own and "elem" in facts:
        facts = {**facts, "elem": _with_more(facts["elem"], own["each"])}
    return facts


class _Walk:
    """Goes through a configuration, with what is known beside each attribute."""

    def __init__(
        self,
        known: TypeMapping | None,
        own: Mapping[str, Any],
        facts: TypeFacts,
        listed: frozenset[str],
        *,
        placed: bool,
    ) -> None:
        """`placed` says that the provider itself adds the argument region to the type."""
        self._known = known
        self._values: Mapping[str, Any] = own.get("values", {})
        self._documents: Mapping[str, Any] = own.get("documents", {})
        self._facts = facts
        self._listed = listed
        self._placed = placed

    def blocks(self, path: Path, around: str, block: Mapping[str, Any]) -> Iterator[ConfigProblem]:
        """Every attribute of one block, and of the blocks inside it."""
        for name in sorted(block):
            value = block[name]
            if value is None or is_unknown(value):
                continue
            attribute = f"{around}.{name}" if around else name
            here = (*path, name)
            yield from self._heard(here, attribute, value, block)
            yield from self._inside(here, attribute, value)

    def _heard(self, here: Path, attribute: str, value: Any, block: Mapping[str, Any]) -> Iterator[ConfigProblem]:
        """What the first source that finds something wrong says."""
        documents = attribute in self._documents
        said = list(self._judged(here, attribute, value))
        if documents:
            said += self._document(here, attribute, value, block)
        facts = _with_more(self._facts.at(attribute), self._values.get(attribute, {}))
        if facts and not (said and (documents or attribute in self._values)):
            secret = "sensitive" in facts
            refused = list(rules.value_problems(here, value, facts, secret=secret, listed=attribute in self._listed))
            said = refused or said
        elif attribute == "region" and self._placed and not facts:
            said = said or list(rules.value_problems(here, value, _REGION, secret=False, listed=False))
        yield from said

    def _inside(self, here: Path, attribute: str, value: Any) -> Iterator[ConfigProblem]:
        if isinstance(value, (list, tuple)):
            for index, item in enumerate(value):
                if isinstance(item, Mapping):
                    yield from self.blocks((*here, index), attribute, item)
        elif isinstance(value, Mapping) and self._has_names(attribute):
            yield from self.blocks(here, attribute, value)

    def _has_names(self, attribute: str) -> bool:
        """Whether a map's keys are attribute names, and not words of the author's own, as in tags."""
        found = self._known.property(attribute) if self._known else None
        own = any(name.startswith(f"{attribute}.") for name in (*self._values, *self._documents))
        return own or self._facts.has_below(attribute) or (found is not None and "properties" in found.schema)

    def _judged(self, here: Path, attribute: str, value: Any) -> Iterator[ConfigProblem]:
        found = self._known.property(attribute) if self._known else None
        own = self._values.get(attribute, {})
        if found is None and not own:
            return
        schema = found.schema if found else {}
        required = bool(own.get("required", found.required if found else False))
        allowed = limits.limits(schema, own)
        if isinstance(value, (list, tuple)):
            yield from limits.check_value(here, value, allowed, required=required)
            items = schema.get("items") or {}
            each = limits.limits(items if isinstance(items, Mapping) else {}, own.get("each", {}))
            for index, item in enumerate(value):
                if not isinstance(item, (Mapping, list)):
                    yield from limits.check_value((*here, index), item, each, required=True)
        elif not isinstance(value, Mapping):
            yield from limits.check_value(here, value, allowed, required=required)

    def _document(self, here: Path, attribute: str, value: Any, block: Mapping[str, Any]) -> Iterator[ConfigProblem]:
        kind = self._documents[attribute]
        if isinstance(kind, Mapping):
            decides = block.get(kind["by"])
            kind = kind.get(decides, "json") if isinstance(decides, str) else "json"
        texts = value if isinstance(value, (list, tuple)) else [value]
        for index, text in enumerate(texts):
            if isinstance(text, str) and text.strip():
                place = (*here, index) if texts is value else here
                yield from _yaml(place, text) if kind == "yaml" else _json(place, text, kind)


def _json(path: Path, text: str, kind: str) -> Iterator[ConfigProblem]:
    try:
        parsed = json.loads(text)
    except ValueError as error:
        yield errors.unparsable(path, "JSON", str(error))
        return
    if kind in _IAM_KINDS:
        # Here and not above: a plan without policies need not load the IAM reference's code.
        from groundplan.iam import checks

        for problem in checks.check_document(parsed, kind=cast(checks.Kind, kind)):
            yield errors.within_document(path, problem)


def _yaml(path: Path, text: str) -> Iterator[ConfigProblem]:
    if is_too_deep(text):
        yield errors.unparsable(path, "YAML", f"it is nested deeper than {DEEPEST} levels")
        return
    with suppress(yaml.YAMLError):
        _read(text, _FAST)
        return
    # what is wrong is told in the words of the one that every machine has
    try:
        _read(text, yaml.SafeLoader)
    except yaml.YAMLError as error:
        # Not str(error): it quotes the text around the mistake, which may hold a secret.
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        yield errors.unparsable(path, "YAML", f"{getattr(error, 'problem', None) or type(error).__name__}{where}")


def _read(text: str, loader: Any) -> None:
    # a day that no calendar has, such as 2024-13-45, is a text for whoever reads it
    with suppress(ValueError):
        yaml.load(text, Loader=loader)  # noqa: S506 (a safe loader)


def _reach(config: Mapping[str, Any], block: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every block of that name; the configuration itself for the empty name."""
    if not block:
        yield (), config
        return
    head, _, rest = block.partition(".")
    inner = config.get(head)
    for index, item in enumerate(inner if isinstance(inner, (list, tuple)) else [inner]):
        if isinstance(item, Mapping):
            for path, found in _reach(item, rest):
                yield (head, index, *path), found


def _set(value: Any) -> bool | None:
    """Whether something is configured; None when only Terraform will know. A flag that is off counts as absent."""
    if is_unknown(value):
        return None
    return value is not False and value not in (None, "", [], (), {})


def _combinations(own: Mapping[str, Any], config: Mapping[str, Any]) -> Iterator[groups.Found]:
    """Attributes that exclude or need each other, in one block."""
    for key in ("exactly_one_of", "at_least_one_of", "conflicts", "together"):
        for names in own.get(key, ()):
            around = names[0].rpartition(".")[0]
            for path, block in _reach(config, around):
                inner = [name.rpartition(".")[2] for name in names]
                for problem in _combination(key, path, inner, block):
                    yield frozenset(names), problem


def _combination(key: str, path: Path, names: Sequence[str], block: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    states = {name: _set(block.get(name)) for name in names}
    present = [name for name, state in states.items() if state]
    unsure = any(state is None for state in states.values())
    where = (*path, present[0]) if present else path
    if key == "conflicts" and len(present) > 1:
        yield errors.conflict(where, present)
    elif key == "exactly_one_of" and len(present) > 1:
        yield errors.several(where, present, names)
    elif key in {"exactly_one_of", "at_least_one_of"} and not present and not unsure:
        yield errors.neither(path, names)
    # The first name is the one that needs the others.
    elif key == "together" and states[names[0]] and not unsure and len(present) < len(names):
        yield errors.not_together((*path, names[0]), [names[0]], [name for name in names if not states[name]])
