"""Every literal text of settings and module calls, with the path at which its author finds it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from groundplan.problems import Problem

from . import errors
from .detector import Detector, Seen

__all__ = ["ORDINARY_WORDS", "pasted", "without_values"]

ORDINARY_WORDS = frozenset({"true", "false", "null", "none"})
"""What every message and every plan is full of: as a secret's value it hides nothing."""

_LONGER_THAN_WORDS = 8

_TOKEN = re.compile(r"\$\{TfToken\[[^\]]*\]\}")
"""What cdktf puts in place of a value that it fills in later."""


def pasted(values: Iterable[tuple[str, Any]], detector: Detector) -> tuple[list[Problem], frozenset[str]]:
    """What of `values`, each with its path, looks like a secret; and the texts themselves, for nobody to print.

    A text is reported where it stands first: settings that a composition passes on come before its calls.
    """
    places: dict[Seen, str] = {}
    for path, value in values:
        for place, name, text in _texts(value, path, path.rpartition(".")[2]):
            places.setdefault(Seen(_TOKEN.sub("", text), name), place)
    problems: list[Problem] = []
    texts: set[str] = set()
    for seen, kinds in detector.kinds(places).items():
        if seen.text not in texts:
            problems.append(errors.looks_like_a_secret(places[seen], kinds))
        texts.add(seen.text)
    return problems, frozenset(texts)


def without_values(problems: Iterable[Problem], texts: Iterable[str]) -> list[Problem]:
    """The problems without any of `texts` in their words: what else is wrong with a secret is said without it.

    A text of a word's length goes where it is a word of its own, and a word that messages are full of stays.
    """
    forms = {form for text in texts for form in (text, json.dumps(text)[1:-1], repr(text)[1:-1])} - ORDINARY_WORDS
    hidden = [re.compile(_place(form)) for form in sorted(forms, key=lambda form: (-len(form), form)) if form]

    def cleaned(said: str) -> str:
        for form in hidden:
            said = form.sub("...", said)
        return said

    return [replace(problem, message=cleaned(problem.message), cure=cleaned(problem.cure)) for problem in problems]


def _place(form: str) -> str:
    return re.escape(form) if len(form) >= _LONGER_THAN_WORDS else rf"(?<!\w){re.escape(form)}(?!\w)"


def _texts(value: Any, path: str, name: str) -> Iterator[tuple[str, str, str]]:
    # here and not above: who only reads plans needs no framework, and no kernel that starts with it
    from groundplan.framework.inputs import Declaration

    if isinstance(value, str):
        yield path, name, value
    elif isinstance(value, Declaration):
        for setting, inner in value.given().items():
            yield from _texts(inner, f"{path}.{setting}" if path else setting, setting)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(key, str):
                yield f"{path}: a name in it", "", key
            yield from _texts(inner, f"{path}[{json.dumps(key, default=str)}]", str(key))
    elif isinstance(value, (list, tuple, set, frozenset)):
        for index, inner in enumerate(sorted(value, key=str) if isinstance(value, (set, frozenset)) else value):
            yield from _texts(inner, f"{path}[{index}]", name)
