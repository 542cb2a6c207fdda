"""The two engines that can judge: regorus, embedded and the default, and opa, the standard.

Where regorus has no package for the machine, opa on PATH takes its place.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol

from groundplan import children
from groundplan.remembering import Memory
from groundplan.secrets.allowed import EXCEPTIONS
from groundplan.shelf import Shelf, code_digest

from . import errors
from .embedded import NAME, Embedded, is_installed
from .library import Library

__all__ = [
    "Answer",
    "Engine",
    "EngineName",
    "Question",
    "available_engines",
    "engine_called",
    "opa_path",
]

EngineName = Literal["regorus", "opa"]


@dataclass(frozen=True)
class Question:
    """One plan to judge. `document` is the JSON text of the input; `label` names it in errors.

    Plans that are judged `together`, those of one run, know of each other what main.rego's `share` says of each.
    """

    label: str
    document: str
    exceptions: dict[str, Any]
    together: bool = False


@dataclass(frozen=True)
class Answer:
    """The raw findings of main.rego, and the ids of the rules that were evaluated."""

    findings: tuple[dict[str, Any], ...]
    evaluated: frozenset[str]


class Engine(Protocol):
    """What judges. Raises ToolFailed rather than leaving a question unanswered."""

    @property
    def name(self) -> str:
        """What Findings.engine says."""

    def ask(self, library: Library, questions: Sequence[Question]) -> list[Answer]:
        """An answer to each question, in order."""

    def get_ready(self, library: Library) -> None:
        """Does what has nothing to do with questions."""


class _Regorus:
    """The embedded engine. What it was asked before, of the same rules, data and plan, it does not evaluate again."""

    name = NAME

    def __init__(self, *, fresh: bool = False, memory: Memory | None = None) -> None:
        self._fresh = fresh
        self._memory = memory or Memory()

    def get_ready(self, library: Library) -> None:
        session = self._session(library)
        session.alone().engine(library.exceptions)
        # most edits change nothing of what plans share
        before = _SHARED.kept(session.key, {"others": str})
        if before is not None:
            session.beside(before["others"]).engine(library.exceptions)

    def _session(self, library: Library) -> _Session:
        key = _key_of(library)
        return self._memory.of(("session", key), lambda: _Session(library, key))

    def ask(self, library: Library, questions: Sequence[Question]) -> list[Answer]:
        session = self._session(library)
        shared = [
            self._remembered(session, "share", question, "", session.alone)
            for question in questions
            if question.together
        ]
        others = f'{{"others":[{",".join(_shared(self.name, shared))}]}}'
        if shared:
            _SHARED.keep(session.key, {"others": others})
        answers = []
        for question in questions:
            if question.together:
                text = self._remembered(session, "answer", question, others, lambda: session.beside(others))
            else:
                text = self._remembered(session, "answer", question, "", session.alone)
            answers.append(_answer(self.name, text))
        return answers

    def _remembered(
        self, session: _Session, rule: str, question: Question, others: str, prepared: Callable[[], _Prepared]
    ) -> str:
        key = _digest(session.key, rule, question.document, json.dumps(question.exceptions, sort_keys=True), others)

        def said() -> str:
            found = None if self._fresh else _ANSWERS.kept(key, {"text": str})
            if found is None:
                engine = prepared().engine(question.exceptions)
                found = {"text": engine.ask(f"data.main.{rule}", of=question.document, label=question.label)}
                _ANSWERS.keep(key, found)
            return str(found["text"])

        return said() if self._fresh else self._memory.of(("answer", key), said)


_ANSWERS = Shelf("verdicts", most=2_000)
_SHARED = Shelf("shared", most=20)
"""What the plans that were judged last share with each other: it saves time, and decides nothing."""


class _Session:
    """One library of rules, of which engines are prepared when somebody has something to ask."""

    def __init__(self, library: Library, key: str) -> None:
        self.key = key
        """Stands for the rules, their data, and the engine."""
        self._library = library
        self._others: dict[str, _Prepared] = {}

    def alone(self) -> _Prepared:
        """For a plan that knows of no other."""
        return self.beside("{}")

    def beside(self, others: str) -> _Prepared:
        """For plans of one run, which share what is in `others`."""
        if others not in self._others:
            self._others[others] = _Prepared(self._rules, others)
        return self._others[others]

    @cached_property
    def _rules(self) -> Embedded:
        rules = Embedded()
        for path, text in self._library.sources.items():
            rules.add_policy(path, text)
        rules.add_data(self._library.parameters)
        return rules


def _key_of(library: Library) -> str:
    code = code_digest(Path(__file__).parent.glob("*.py"))
    version = importlib.metadata.version("gordon-to-regorus")
    return _digest(code, version, library.key)


def _digest(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part.encode(errors="surrogatepass")).digest())
    return digest.hexdigest()


class _Prepared:
    """Engines that are ready to be asked. Whatever data is added makes an engine analyze every rule anew."""

    def __init__(self, rules: Embedded, data: str = "{}") -> None:
        self._rules, self._data = rules, data
        self._ready: dict[str, Embedded] = {}

    def engine(self, exceptions: dict[str, Any]) -> Embedded:
        """One of its own for every question."""
        text = json.dumps({EXCEPTIONS: exceptions})
        if text not in self._ready:
            engine = self._rules.clone()
            engine.add_data(self._data)
            engine.add_data(text)
            engine.get_ready()
            self._ready[text] = engine
        return self._ready[text].clone()


class _Opa:
    name = "opa"

    def __init__(self, program: str) -> None:
        self.program = program

    def get_ready(self, library: Library) -> None:
        """A process of its own reads all of it."""

    def ask(self, library: Library, questions: Sequence[Question]) -> list[Answer]:
        with children.scratch("groundplan-policy-") as bundle:
            for path, text in library.sources.items():
                target = bundle / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
            (bundle / "data.json").write_text(json.dumps(library.data), encoding="utf-8")
            documents = ",".join(
                f'{{"document":{question.document},"exceptions":{json.dumps(question.exceptions)},'
                f'"together":{json.dumps(question.together)}}}'
                for question in questions
            )
            # One process for all plans: its start costs more than its work.
            query = (
                # Named first: opa would look for question.document inside the new input.
                "shared := [share | some question in input.questions; question.together; "
                "document := question.document; share := data.main.share with input as document]; "
                "answers := [answer | some question in input.questions; "
                "document := question.document; exceptions := question.exceptions; "
                "others := {true: shared, false: []}[question.together]; "
                "answer := data.main.answer with input as document with data.exceptions as exceptions "
                "with data.others as others]"
            )
            try:
                done = children.run(
                    [
                        self.program,
                        "eval",
                        "--bundle",
                        str(bundle),
                        "--stdin-input",
                        "--strict-builtin-errors",
                        "--format",
                        "json",
                        query,
                    ],
                    stdin=f'{{"questions":[{documents}]}}'.encode(),
                )
            except OSError as error:
                raise errors.engine_failed(self.name, "starting", str(error)) from error
        stdout, stderr = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        if done.returncode != 0:
            raise errors.engine_failed(self.name, "the plans", (stderr + stdout).replace(f"{bundle}/", ""))
        try:
            bindings = json.loads(stdout)["result"][0]["bindings"]
            answers, shared = bindings["answers"], bindings["shared"]
        except (ValueError, KeyError, IndexError) as error:
            raise errors.unreadable_verdict(self.name, stdout) from error
        if len(answers) != len(questions):
            raise errors.unreadable_verdict(self.name, f"{len(answers)} answers to {len(questions)} questions")
        if len(shared) != sum(question.together for question in questions):
            raise errors.unreadable_verdict(self.name, f"{len(shared)} plans share what they have")
        return [_answer(self.name, json.dumps(item)) for item in answers]


def _shared(name: str, texts: Sequence[str]) -> Sequence[str]:
    """What plans share: nothing is fine, undefined is not, for a rule would then miss a stack in silence."""
    for text in texts:
        if not text.lstrip().startswith("{"):
            raise errors.unreadable_verdict(name, text)
    return texts


def _answer(name: str, text: str) -> Answer:
    """Reads what data.main.answer said. An undefined document must not pass for "no findings"."""
    try:
        said = json.loads(text)
        return Answer(tuple(dict(found) for found in said["findings"]), frozenset(said["evaluated"]))
    except (ValueError, KeyError, TypeError) as error:
        raise errors.unreadable_verdict(name, text) from error


def opa_path() -> str | None:
    """Where opa is: GROUNDPLAN_OPA, else PATH."""
    return shutil.which(os.environ.get("GROUNDPLAN_OPA") or "opa")


def available_engines() -> tuple[EngineName, ...]:
    """The engines that can judge on this machine, the default one first."""
    others: tuple[EngineName, ...] = ("opa",) if opa_path() else ()
    return (NAME, *others) if is_installed() else others


def engine_called(name: EngineName | None, *, fresh: bool = False, memory: Memory | None = None) -> Engine:
    """The engine of that name; None for the embedded one, and for opa where that is not installed.

    With `fresh`, the embedded one evaluates what it was asked before too. Raises ToolFailed when the engine that is
    asked for is absent, or both are.
    """
    there = available_engines()
    if not there:
        raise errors.no_engine()
    chosen = name or there[0]
    if chosen == NAME:
        if not is_installed():
            raise errors.regorus_missing()
        return _Regorus(fresh=fresh, memory=memory)
    program = opa_path()
    if program is None:
        raise errors.opa_missing()
    return _Opa(program)
