"""Everything this package says to a person, one function a message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundplan.charts.paths import parse_path
from groundplan.problems import BadInput, Problem, nearest

from .facts import Application
from .forms import FORMS
from .walking import Finding

__all__ = [
    "no_such_part",
    "of_another_chart",
    "of_another_image",
    "of_another_version",
    "of_version",
    "other_edition",
    "problem",
    "unknown_application",
]

_KINDS = {"map": "a map", "list": "a list", **{name: form.words for name, form in FORMS.items()}}
_BOUNDS = {"minimum": "at least {}", "maximum": "at most {}", "above": "more than {}", "below": "less than {}"}
_MOST_LISTED = 12
_NAMING = frozenset({"no such name", "no such component", "no such export", "other kind", "unknown part"})
"""What is found of a name that a value is, or holds."""


def _one_of(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _listed(names: Sequence[Any]) -> str:
    shown = [str(name) if name != "" else '""' for name in names]
    rest = len(shown) - _MOST_LISTED
    return ", ".join(shown[:_MOST_LISTED]) + (f" and {rest} more" if rest > 0 else "")


def _got(value: Any, is_secret: bool) -> str:
    if is_secret:
        return "something else, which is secret"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def other_edition(path: str) -> str:
    """Why a key may be known after all: another edition has more."""
    return f"{path} may bring an edition that knows more"


def of_another_chart(title: str, version: str) -> str:
    """Why facts may not fit: they were looked up for another version of the chart."""
    return f"what is known is of version {version} of the chart, and this is {title}"


def of_another_image(known: Application, path: str) -> str:
    """Why facts may not fit: another program runs."""
    return f"what is known is of {known.title} {known.version}, and {path} does not say that it runs"


def of_another_version(known: Application, version: str) -> str:
    """Why facts may not fit: they are of another version of the application."""
    return f"what is known is of {known.title} {known.version}, and the chart brings {version}"


def of_version(known: Application, version: str) -> str:
    """Why facts may not fit: another version is asked for."""
    return f"what is known is of {known.title} {_one_of(known.versions)}, and this is {version}"


def problem(known: Application, finding: Finding, path: str, *, doubt: str, is_secret: bool) -> Problem:
    """A finding in words; `doubt` says why it may be none."""
    message, cure = _said(known, finding, is_secret)
    return Problem(path, f"{message} (not sure: {doubt})" if doubt else message, cure)


def _said(known: Application, finding: Finding, is_secret: bool) -> tuple[str, str]:
    what, value, said = finding.what, finding.value, finding.said
    got = _got(value, is_secret)
    title = f"{known.title} {known.version}"
    if is_secret and what in _NAMING:
        return f"{title} finds something named here that is not there", "compare the names with what is defined"
    if what == "unknown key":
        name = finding.name or str(finding.way[-1])
        consequence = f": {known.unknown}" if known.unknown else ""
        cure = f"did you mean {finding.near}?" if finding.near else _allowed(said, known)
        return f"{title} knows no {name} here{consequence}", cure
    if what == "wrong type":
        wanted = _one_of([_flag(known) if kind == "boolean" else _KINDS[kind] for kind in said])
        return f"must be {wanted}, got {got}", _type_cure(known, value, said, wanted, is_secret)
    if what == "not allowed":
        if not said:
            return f"may not be {got}", "give another one"
        meant = nearest(str(value), [each for each in said if each != ""]) if isinstance(value, str) else None
        return f"must be one of {_listed(said)}, got {got}", f"did you mean {meant}?" if meant else "use one of these"
    if what == "out of bounds":
        wanted = " and ".join(_BOUNDS[name].format(bound) for name, bound in said)
        return f"must be {wanted}, got {got}", f"give a value that is {wanted}"
    if what == "wrong length":
        return _length(value, said, is_secret)
    if what == "wrong beginning":
        return f"must begin with {said[0]}, got {got}", f"write {said[0]} in front"
    if what == "pattern":
        cure = f"write text of that form, as {said[1]!r} is" if said[1] else "write text that this expression finds"
        return f"must be of the form {said[0]}, got {got}", cure
    if what == "missing":
        return f"{title} needs {value} here, and it is not set", f"set {value}"
    if what == "choice":
        return _choice(title, value, said)
    if what == "together":
        missing = [name for name in said[0] if name not in value]
        return f"{_listed(said[0])} go together, and {_listed(missing)} is not set", "set all of them, or none"
    if what == "order":
        than = f"the {said[0]}" if is_secret else f"the {said[0]}, which is {said[1]}"
        return f"must be at least {than}, got {got}", f"raise it, or lower the {said[0]}"
    if what == "rule":
        return _rule(finding, got)
    if what == "deprecated":
        said_of_it = said[0] if isinstance(said[0], str) else ""
        if said_of_it and not said_of_it.startswith(("use ", "removed ")):
            return f"{title} may do nothing with it: {said_of_it}", "see whether it does what is meant"
        return f"{title} calls this key deprecated", said_of_it or "look up in its documentation what takes its place"
    if what == "block":
        return "is written as a block, not as an attribute", "write it without =, and with its label if it has one"
    if what == "no block":
        return "is an attribute, and not a block; or it lacks its label", 'write it with =, or as name "label" { }'
    if what == "no such component":
        cure = f"did you mean {finding.near}?" if finding.near else "define it, or name another one"
        return f"nothing here is called {value}, and {known.title} does not start", cure
    if what == "no such export":
        cure = f"did you mean {finding.near}?" if finding.near else "name one of these"
        return f"{said[0]} exports {_listed(said[1]) or 'nothing'}, and no {value}", cure
    if what == "other kind":
        return (
            f"takes {said[0]}, and {said[1]} is {said[2]}",
            "put a component between the two that turns one into the other",
        )
    if what == "elsewhere":
        return (
            f"{title} reads it on {_one_of(said[0])}, and on {said[1]} it does nothing",
            "put it there, or leave it out",
        )
    if what == "unknown part":
        meant = nearest(str(value), said)
        cure = (
            f"did you mean {meant}?" if meant else "see that its own files are installed, since nothing of it is known"
        )
        return f"{title} itself brings no {value}", cure
    if what == "no such name":
        return _no_such_name(title, finding)
    # why a text cannot be read may quote it
    return finding.words.partition(":")[0] if is_secret else finding.words, finding.cure


def _allowed(names: Sequence[str], known: Application) -> str:
    return f"allowed here: {_listed(names)}" if names else f"nothing is allowed here; see {known.source}"


def _flag(known: Application) -> str:
    words = [word for spellings in known.words.values() for word in spellings]
    return f"one of {', '.join(words)}" if words else "true or false"


def _type_cure(known: Application, value: Any, kinds: Sequence[str], wanted: str, is_secret: bool) -> str:
    if known.is_text:
        return f"give {wanted}"
    if isinstance(value, (int, float)) and not isinstance(value, bool) and "string" in kinds and not is_secret:
        return f'write it as text: "{value}"'
    if isinstance(value, (int, float)) and not isinstance(value, bool) and "duration" in kinds:
        return f'write it with its unit: "{value}s" are {value} seconds' if not is_secret else "write it with its unit"
    if isinstance(value, str) and {"integer", "number", "boolean"} & set(kinds) and "string" not in kinds:
        return f"give {wanted}, without quotes"
    return f"give {wanted}"


def _length(value: Any, said: Sequence[Any], is_secret: bool) -> tuple[str, str]:
    length, least, most = said
    unit = "characters" if isinstance(value, str) else "items"
    bounds = [f"at least {least}"] if length < least else [f"at most {most}"]
    wanted = f"{bounds[0]} {unit}"
    found = f"{_got(value, is_secret)}, which has {length}" if isinstance(value, str) else f"{length}"
    return f"must have {wanted}, got {found}", f"give {wanted}"


def _plain(path: str) -> str:
    """A path of keys without the signs that only a reader of paths needs."""
    return ".".join(map(str, parse_path(path)))


def _choice(title: str, are: Sequence[str], said: Sequence[Any]) -> tuple[str, str]:
    how, names = said[0], [_plain(name) for name in said[1]]
    are = [_plain(name) for name in are]
    found = f"{_listed(are)} are set" if len(are) > 1 else f"{are[0]} is set" if are else "none is set"
    cure = "leave out all but one" if len(are) > 1 else f"set one of {_listed(names)}"
    return f"{title} takes {how} {_listed(names)} here, and {found}", cure


def _rule(finding: Finding, got: str) -> tuple[str, str]:
    conditions, asked = finding.said
    when = " and ".join(f"{_plain(path)} {_is(condition)}" for path, condition in conditions)
    wanted = _is(asked)
    found = "is not set" if finding.value is None else f"is {got}"
    return f"where {when}, it {_must(asked)}, and {found}", f"change it so that it {wanted}, or change what asks for it"


def _is(asked: Any) -> str:
    if "one_of" in asked:
        return f"is {_one_of([_word(each) for each in asked['one_of']])}"
    if "above" in asked:
        return f"is more than {asked['above']}"
    if "contains" in asked:
        return f"contains {asked['contains']}"
    return "is set"


def _must(asked: Any) -> str:
    return _is(asked).replace("is ", "must be ", 1).replace("contains", "must contain", 1)


def _word(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _no_such_name(title: str, finding: Finding) -> tuple[str, str]:
    kinds, names = finding.said
    meant = f"did you mean {finding.near}?" if finding.near else ""
    listed = f"defined are {_listed(names)}" if names else f"define it below {_one_of(list(kinds))}, or leave it out"
    return (
        f"{title} has no {finding.value} among its {_one_of(list(kinds))}, and does not start",
        meant or listed,
    )


def unknown_application(name: str, known: Sequence[str]) -> BadInput:
    """An application, or a chart, whose configuration is not known."""
    meant = nearest(name, known)
    cure = f"did you mean {meant}?" if meant else f"known are {', '.join(known)}"
    return BadInput(Problem("name", f"nothing is known of the configuration of {name!r}", cure))


def no_such_part(path: str, known: Application, names: Sequence[str]) -> BadInput:
    """A path that no configuration of the application has."""
    meant = nearest(path.rpartition(".")[2], names)
    above = path.rpartition(".")[0]
    cure = f"did you mean {f'{above}.' if above else ''}{meant}?" if meant else f"there are {_listed(names)}"
    return BadInput(Problem(path, f"{known.title} {known.version} has no such setting", cure))
