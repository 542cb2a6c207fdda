"""Which values the templates of a chart read: each template is followed with every branch taken.

Nothing is rendered and no value is needed. A path counts as read where its value is printed, compared, handed on or
asked for; `with`, `range`, `include` with a map of its own, variables, `index`, `dig`, `get`, `merge`, `set`, `tpl` of
defaults and sub-charts are followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..paths import Step, Way
from . import syntax
from .errors import CannotRead
from .functions import FILES, HANDLERS, print_all
from .reads import Place, Reads, Use
from .things import NOTHING, OTHER, Atom, Given, Items, Known, Made, Printed, Thing, atoms, below, print_of

__all__ = ["Following"]

_KEY_BEFORE = re.compile(r"""(?:^|\n)[ \t-]*["']?([\w./-]+)["']?:[ \t]*(?:[|>][+-]?\d*)?\s*$""")
_DEEPEST = 60
_OFTEN = 3
_MOST_ROUNDS = 100


class Following:
    """Follows the templates of one chart and of the charts inside it."""

    def __init__(self, defaults: Mapping[str, Any]) -> None:
        self.reads = Reads()
        self.defaults = defaults
        self.missing_parts: frozenset[str] = frozenset()
        """Charts that this one is made of and that are not here; by custom, their templates are called `name.what`."""
        self.templates: dict[str, syntax.Define] = {}
        self.patches: dict[Way, Thing] = {}
        self.merged: dict[Way, Thing] = {}
        self._homes: dict[Way, Way] = {}
        self._running: list[tuple[str, Any]] = []
        self._printed: dict[tuple[str, Any], Thing] = {}
        self._catches: list[Thing] | None = None
        self._nested = 1
        self._file, self._line = "", 0
        self._key = ""
        self._parsed: dict[str, syntax.Templates] = {}

    # -- files ---------------------------------------------------------------------------------------------------

    def define(self, files: Iterable[syntax.Templates]) -> None:
        """Makes known what files define; the last of two with one name counts, as with Helm."""
        for file in files:
            for template in file.defines:
                self.templates[template.name] = template

    def follow(self, file: syntax.Templates, *, below: Way = ()) -> None:
        """Follows one file of the chart whose values stand at `below`."""
        if below:
            self._homes[below] = below
        values = Given(below)
        root = Made(
            {
                "Values": (values,),
                "Template": (Made({"BasePath": (Known(FILES),), "Name": (Known(file.file),)}),),
                **dict.fromkeys(("Chart", "Release", "Files", "Subcharts"), OTHER),
                "Capabilities": OTHER,
            }
        )
        self._file, self._line, self._key, self._catches = file.file, 0, "", None
        self._block(file.body, (root,), [{"$": (root,)}])

    # -- uses ----------------------------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """Where in the chart is being read."""
        return Place(self._file, self._line)

    def use(self, thing: Thing, use: Use) -> None:
        """Notes that a thing is used, and everything that it is made of."""
        todo: list[tuple[Atom, Use]] = [(atom, use) for atom in thing]
        done: set[tuple[Atom, Use]] = set()
        while todo:
            atom, use = todo.pop()
            if (atom, use) in done:
                continue
            done.add((atom, use))
            if isinstance(atom, Given):
                self.reads.note(atom.way, use, self.place, self._key if use == "whole" else "")
                if use in {"text", "whole"}:
                    todo += [(each, use) for other in self._put_below(atom.way) for each in other]
            elif isinstance(atom, Printed):
                todo += [(each, "whole" if atom.whole and use == "text" else use) for each in atom.of]
            elif isinstance(atom, Items):
                todo += [(each, use) for item in atom.items for each in item]
            elif isinstance(atom, Made) and use != "guard":
                whole: Use = "whole" if use == "text" else use
                todo += [(each, whole) for item in atom.parts() for each in item]

    def _put_below(self, way: Way) -> Iterable[Thing]:
        """What the templates themselves put at a path or below it."""
        for put in (self.patches, self.merged):
            yield from [thing for at, thing in put.items() if at[: len(way)] == way]

    def _doubt(self, thing: Thing, reason: str) -> None:
        todo = list(below(thing))
        done: set[Atom] = set()
        while todo:
            atom = todo.pop()
            if atom in done:
                continue
            done.add(atom)
            if isinstance(atom, Given):
                self.reads.doubts.setdefault(atom.way, f"{self.place}: {reason}")
            elif isinstance(atom, Items):
                todo += [each for item in atom.items for each in below(item)]
            elif isinstance(atom, Made):
                todo += [each for item in atom.parts() for each in below(item)]

    # -- blocks --------------------------------------------------------------------------------------------------

    def _block(self, block: syntax.Block, dot: Thing, scopes: list[dict[str, Thing]]) -> None:
        scopes = [*scopes, {}]
        for step in block:
            if isinstance(step, syntax.Text):
                match = _KEY_BEFORE.search(step.text)
                if match or step.text.strip():
                    self._key = match[1] if match else ""
                    if self._catches is not None:
                        self._catches.append((Known(step.text.strip()),))
                continue
            self._line = step.line
            if isinstance(step, syntax.Action):
                value = self.pipeline(step.pipeline, dot, scopes)
                if not step.pipeline.variables:
                    self._print(value)
                    self._key = ""
            elif isinstance(step, syntax.Use):
                argument = self.pipeline(step.pipeline, dot, scopes) if step.pipeline else NOTHING
                self._print(self.include((Known(step.name),), argument))
            elif isinstance(step, syntax.Branch):
                inner = [*scopes, {}]
                value = self.pipeline(step.pipeline, dot, inner)
                self.use(value, "guard")
                self._block(step.body, value if step.moves_dot else dot, inner)
                self._block(step.otherwise, dot, inner)
            else:
                self._loop(step, dot, scopes)

    def _print(self, value: Thing) -> None:
        if self._catches is None:
            self.use(value, "text")
        else:
            self._catches.append(value)

    def _loop(self, step: syntax.Loop, dot: Thing, scopes: list[dict[str, Thing]]) -> None:
        names = step.pipeline.variables
        bare = syntax.Pipeline(step.pipeline.calls)
        value = self.pipeline(bare, dot, scopes)
        self.use(value, "guard")
        rounds = self._rounds(value)
        if len(rounds) * self._nested > _MOST_ROUNDS:
            # loops in loops over all that a template made: one round for all says the same, less exactly
            rounds = [(atoms(key for key, _ in rounds), atoms(element for _, element in rounds))]
        before, self._nested = self._nested, self._nested * max(len(rounds), 1)
        for key, element in rounds:
            inner: dict[str, Thing] = {}
            if len(names) == 2:
                inner = {names[0]: key, names[1]: element}
            elif names:
                inner = {names[0]: element}
            self._block(step.body, element, [*scopes, inner])
        self._nested = before
        self._block(step.otherwise, dot, scopes)

    def _rounds(self, value: Thing) -> list[tuple[Thing, Thing]]:
        """The keys and elements of a loop, a round each."""
        rounds: list[tuple[Thing, Thing]] = []
        todo = list(value)
        done: set[Atom] = set()
        while todo:
            atom = todo.pop(0)
            if atom in done:
                continue
            done.add(atom)
            if isinstance(atom, Items):
                rounds += [((Known(index),), item) for index, item in enumerate(atom.items)]
            elif isinstance(atom, Made):
                rounds += [((Known(name),), item) for name, item in list(atom.fields.items())]
                rounds += [(OTHER, (each,)) for each in atom.any_key]
                todo += atom.rest
            elif isinstance(atom, Given):
                self.reads.note(atom.way, "keys", self.place)
                rounds.append((OTHER, self.elements((atom,))))
                todo += self.merged.get(atom.way, ())
            else:
                self.use((atom,), "text")
                rounds.append((OTHER, OTHER))
        return list(dict.fromkeys(rounds))

    def elements(self, value: Thing) -> Thing:
        """What a loop over a thing, or an index that only a render knows, may give."""
        found: list[Thing] = []
        todo = list(value)
        done: set[Atom] = set()
        while todo:
            atom = todo.pop(0)
            if atom in done:
                continue
            done.add(atom)
            if isinstance(atom, Given):
                is_map = isinstance(self.default(atom.way), dict)
                found.append((Given((*atom.way, Step.ANY_KEY if is_map else Step.ITEMS)),))
            elif isinstance(atom, Items):
                found += atom.items
            elif isinstance(atom, Made):
                found += [*atom.fields.values(), atom.any_key]
                todo += atom.rest
            else:
                found.append(OTHER)
        return atoms(found)

    def default(self, way: Way) -> Any:
        """The chart's own value at a path; of a list its first item, of a map any key's where all are of one kind."""
        value: Any = self.defaults
        for step in way:
            if isinstance(step, str) and isinstance(value, dict):
                value = value.get(step)
            elif step is Step.ANY_KEY and isinstance(value, dict) and len(set(map(type, value.values()))) == 1:
                value = next(iter(value.values()))
            elif step is not Step.ANY_KEY and not isinstance(step, str) and isinstance(value, list) and value:
                value = value[0]
            else:
                return None
        return value

    # -- pipelines -----------------------------------------------------------------------------------------------

    def pipeline(self, pipeline: syntax.Pipeline, dot: Thing, scopes: list[dict[str, Thing]]) -> Thing:
        """What a pipeline gives; its variables get it too."""
        value: Thing | None = None
        for call in pipeline.calls:
            value = self._call(call, value, dot, scopes)
        result = value if value is not None else NOTHING
        for name in pipeline.variables[-1:]:
            if pipeline.declares:
                scopes[-1][name] = result
            else:
                for scope in reversed(scopes):
                    if name in scope:
                        scope[name] = atoms([scope[name], result])
                        break
        return result

    def _call(self, call: syntax.Call, piped: Thing | None, dot: Thing, scopes: list[dict[str, Thing]]) -> Thing:
        what = call.what
        if isinstance(what, syntax.Name) and what.name and not what.name.startswith("$"):
            arguments = [self.operand(each, dot, scopes) for each in call.arguments]
            if piped is not None:
                arguments.append(piped)
            return self.function(what.name, arguments)
        if isinstance(what, syntax.Chain) and what.fields[-1] == "Has":
            for atom in self.operand(call.arguments[0], dot, scopes) if call.arguments else ():
                if isinstance(atom, Known) and isinstance(atom.value, str):
                    self.reads.api_versions.setdefault(atom.value, self.place)
        value = self.operand(what, dot, scopes)
        for each in call.arguments:
            # the arguments of a method, of `.Files.Get` for one: they decide what is printed
            self.use(self.operand(each, dot, scopes), "text")
        return value

    def operand(self, operand: syntax.Operand, dot: Thing, scopes: list[dict[str, Thing]]) -> Thing:
        """What an operand stands for."""
        if isinstance(operand, syntax.Literal):
            return (Known(operand.value),)
        if isinstance(operand, syntax.Pipeline):
            return self.pipeline(operand, dot, scopes)
        if isinstance(operand, syntax.Chain):
            value = self.operand(operand.start, dot, scopes)
            for name in operand.fields:
                value = self.field(value, name)
            return value
        if not operand.name:
            return dot
        if operand.name.startswith("$"):
            return next((scope[operand.name] for scope in reversed(scopes) if operand.name in scope), OTHER)
        return self.function(operand.name, [])

    def field(self, value: Thing, name: str, depth: int = 0) -> Thing:
        """What stands at a key."""
        found: list[Thing] = []
        for atom in value:
            if isinstance(atom, Given):
                way = (*atom.way, name)
                if len(way) > _DEEPEST or depth > 8:
                    continue
                if name == "global" and atom.way in self._homes:
                    found.append((Given(("global",)),))
                found += [(Given(way),), self.patches.get(way, ())]
                if merged := self.merged.get(atom.way):
                    found.append(self.field(merged, name, depth + 1))
            elif isinstance(atom, Made):
                found += [atom.fields.get(name, ()), atom.any_key]
                if atom.rest and depth <= 8 and (atom.rest_wins or name not in atom.fields):
                    found.append(self.field(atom.rest, name, depth + 1))
            elif not isinstance(atom, Known):
                if isinstance(atom, (Printed, Items)):
                    self.use((atom,), "text")
                found.append(OTHER)
        return atoms(found)

    # -- templates -----------------------------------------------------------------------------------------------

    def include(self, name: Thing, dot: Thing) -> Thing:
        """What the template of that name prints for a dot."""
        results: list[Thing] = []
        for atom in name:
            if isinstance(atom, Known) and isinstance(atom.value, str):
                if atom.value.startswith(FILES):
                    continue
                template = self.templates.get(atom.value)
                if template is None:
                    # without a chart that is missing, rendering would fail here: nothing is read
                    if atom.value.partition(".")[0] in self.missing_parts:
                        self._doubt(dot, f"the template {atom.value} is in a chart that is not here")
                    results.append(OTHER)
                else:
                    results.append(self._run(template, dot))
            else:
                self.use((atom,), "text")
                self._doubt(dot, "a template whose name is known only when it is rendered")
                results.append(OTHER)
        return atoms(results)

    def _run(self, template: syntax.Define, dot: Thing) -> Thing:
        key = (template.name, _fingerprint(dot))
        if key in self._printed:
            return self._printed[key]
        if key in self._running or len(self._running) > _DEEPEST:
            return NOTHING
        if sum(name == template.name for name, _ in self._running) >= _OFTEN:
            # it walks down a tree by calling itself: what it is given is read whole
            self.use(dot, "whole")
            return NOTHING
        before = self._file, self._line, self._key, self._catches
        self._running.append(key)
        self._file, self._catches = template.file, []
        self._block(template.body, dot, [{"$": dot}])
        printed = atoms(self._catches)
        if len(printed) > 1:
            printed = (Printed(printed, whole=False),)
        self._running.pop()
        self._file, self._line, self._key, self._catches = before
        # a map that the template changed has another fingerprint now: it is run again for whoever passes it then
        self._printed[key] = printed
        return printed

    def _text_as_template(self, text: str, dot: Thing) -> None:
        if "{{" not in text:
            return
        key = f"\0{text}"
        if key not in self._parsed:
            try:
                self._parsed[key] = syntax.parse(self._file, text)
            except CannotRead:
                self._parsed[key] = syntax.Templates(self._file)
        parsed = self._parsed[key]
        line = self._line
        self.define([parsed])
        self._print(self._run(syntax.Define(key, parsed.body, self._file), dot))
        self._line = line

    def tpl(self, text: Thing, dot: Thing) -> Thing:
        """The text that a text becomes as a template; defaults are read as what they are, a user's text cannot be."""
        for atom in below(text):
            if isinstance(atom, Known) and isinstance(atom.value, str):
                self._text_as_template(atom.value, dot)
            elif isinstance(atom, Given):
                self.reads.note(atom.way, "text", self.place)
                self.reads.seen[atom.way].runs_as_template = True
                for each in _texts(self.default(atom.way)):
                    self._text_as_template(each, dot)
        return print_of([text])

    def at(self, container: Thing, key: Thing) -> Thing:
        """What stands at a key or an index, for every key that it may be."""
        found: list[Thing] = []
        for atom in key:
            if isinstance(atom, Known) and isinstance(atom.value, str):
                found.append(self.field(container, atom.value))
            elif isinstance(atom, Known) and type(atom.value) is int:
                lists = tuple(each for each in container if isinstance(each, Items))
                found += [each.items[atom.value] for each in lists if atom.value < len(each.items)]
                found.append(self.elements(tuple(each for each in container if each not in lists)))
            else:
                self.use((atom,), "text")
                found.append(self.elements(container))
        return atoms(found)

    # -- functions -----------------------------------------------------------------------------------------------

    def function(self, name: str, arguments: list[Thing]) -> Thing:
        """What a function gives."""
        handler = HANDLERS.get(name, print_all)
        try:
            return handler(self, arguments)
        except (IndexError, ValueError):
            # a number of arguments that Helm would refuse
            self.use(atoms(arguments), "whole")
            return OTHER

    def parse(self, text: Thing) -> Thing:
        """The tree that a text says, where the text is one thing made whole; otherwise all that is in it is used."""
        found: list[Thing] = []
        for atom in text:
            if isinstance(atom, Printed) and atom.whole:
                found.append(atom.of)
            elif isinstance(atom, Printed) and not any(isinstance(each, Known) for each in atom.of):
                found.append(self.parse(atom.of))
            else:
                # text and values mixed: where in the parsed tree a value stands cannot be told
                self.use((atom,), "text")
                found.append(OTHER)
        return atoms(found)


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _fingerprint(thing: Thing) -> Any:
    """What tells two things apart; maps that a template made are compared by what is in them."""
    numbers: dict[Made, int] = {}
    marks: list[Any] = []

    def mark(thing: Thing) -> None:
        marks.append("(")
        for atom in thing:
            if isinstance(atom, Made):
                number = numbers.get(atom)
                marks.append(("made", len(numbers) if number is None else number))
                if number is None:
                    numbers[atom] = len(numbers)
                    marks.append(tuple(sorted(atom.fields)))
                    for name in sorted(atom.fields):
                        mark(atom.fields[name])
                    mark(atom.rest)
                    mark(atom.any_key)
            elif isinstance(atom, Items):
                marks.append("items")
                for item in atom.items:
                    mark(item)
            elif isinstance(atom, Printed):
                marks.append(("printed", atom.whole))
                mark(atom.of)
            else:
                marks.append(atom)
        marks.append(")")

    mark(thing)
    return tuple(marks)
