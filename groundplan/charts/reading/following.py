"""Which values the templates of a chart read: each template is followed with every branch taken.

Nothing is rendered and no value is needed. A path counts as read where its value is printed, compared, handed on or
asked for; `with`, `range`, `include` with a map of its own, variables, `index`, `dig`, `get`, `merge`, `set`, `tpl` of
defaults and sub-charts are followed. Functions: https://helm.sh/docs/chart_template_guide/function_list/.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..paths import Step, Way
from . import syntax
from .errors import CannotRead
from .reads import Place, Reads, Use
from .things import NOTHING, OTHER, Atom, Given, Items, Known, Made, Other, Printed, Thing, atoms, below, print_of

__all__ = ["Following"]

_KEY_BEFORE = re.compile(r"""(?:^|\n)[ \t-]*["']?([\w./-]+)["']?:[ \t]*(?:[|>][+-]?\d*)?\s*$""")
_DEEPEST = 60
# stands for the folder of the templates: what is included from there is a file, which is followed by itself
_FILES = "\0files"
_OFTEN = 3
_MOST_ROUNDS = 100

_RANDOM = frozenset(
    "bcrypt buildCustomCert derivePassword encryptAES genCA genCAWithKey genPrivateKey genSelfSignedCert "
    "genSelfSignedCertWithKey genSignedCert genSignedCertWithKey htpasswd now randAlpha randAlphaNum randAscii randBytes "
    "randInt randNumeric shuffle uuidv4 ago".split()
)
_WHOLE = frozenset("toYaml mustToYaml toYamlPretty toJson mustToJson toPrettyJson mustToPrettyJson toRawJson mustToRawJson toToml".split())
_PARSES = frozenset("fromYaml fromYamlArray fromJson fromJsonArray mustFromJson fromToml".split())
_ASKS = frozenset("not empty kindIs kindOf typeIs typeIsLike typeOf all any".split())
_AS_IT_IS = frozenset("deepCopy mustDeepCopy omit pick sortAlpha uniq mustUniq compact mustCompact reverse mustReverse rest mustRest initial mustInitial slice mustSlice without mustWithout".split())


class Following:
    """Follows the templates of one chart and of the charts inside it."""

    def __init__(self, defaults: Mapping[str, Any]) -> None:
        self.reads = Reads()
        self.defaults = defaults
        self.missing_parts: frozenset[str] = frozenset()
        """Charts that this one is made of and that are not here; by custom, their templates are called `name.what`."""
        self.templates: dict[str, syntax.Define] = {}
        self._patches: dict[Way, Thing] = {}
        self._merged: dict[Way, Thing] = {}
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
                "Template": (Made({"BasePath": (Known(_FILES),), "Name": (Known(file.file),)}),),
                **{name: OTHER for name in ("Chart", "Release", "Files", "Subcharts")},
                "Capabilities": OTHER,
            }
        )
        self._file, self._line, self._key, self._catches = file.file, 0, "", None
        self._block(file.body, (root,), [{"$": (root,)}])

    # -- uses ----------------------------------------------------------------------------------------------------

    @property
    def _place(self) -> Place:
        return Place(self._file, self._line)

    def _use(self, thing: Thing, use: Use) -> None:
        todo: list[tuple[Atom, Use]] = [(atom, use) for atom in thing]
        done: set[tuple[Atom, Use]] = set()
        while todo:
            atom, use = todo.pop()
            if (atom, use) in done:
                continue
            done.add((atom, use))
            if isinstance(atom, Given):
                self.reads.note(atom.way, use, self._place, self._key if use == "whole" else "")
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
        for put in (self._patches, self._merged):
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
                self.reads.doubts.setdefault(atom.way, f"{self._place}: {reason}")
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
                value = self._pipeline(step.pipeline, dot, scopes)
                if not step.pipeline.variables:
                    self._print(value)
                    self._key = ""
            elif isinstance(step, syntax.Use):
                argument = self._pipeline(step.pipeline, dot, scopes) if step.pipeline else NOTHING
                self._print(self._include((Known(step.name),), argument))
            elif isinstance(step, syntax.Branch):
                inner = [*scopes, {}]
                value = self._pipeline(step.pipeline, dot, inner)
                self._use(value, "guard")
                self._block(step.body, value if step.moves_dot else dot, inner)
                self._block(step.otherwise, dot, inner)
            else:
                self._loop(step, dot, scopes)

    def _print(self, value: Thing) -> None:
        if self._catches is None:
            self._use(value, "text")
        else:
            self._catches.append(value)

    def _loop(self, step: syntax.Loop, dot: Thing, scopes: list[dict[str, Thing]]) -> None:
        names = step.pipeline.variables
        bare = syntax.Pipeline(step.pipeline.calls)
        value = self._pipeline(bare, dot, scopes)
        self._use(value, "guard")
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
                self.reads.note(atom.way, "keys", self._place)
                rounds.append((OTHER, self._elements((atom,))))
                todo += self._merged.get(atom.way, ())
            else:
                self._use((atom,), "text")
                rounds.append((OTHER, OTHER))
        return list(dict.fromkeys(rounds))

    def _elements(self, value: Thing) -> Thing:
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
        """The chart's own value at a path; of a list its first item, of a map any key's."""
        value: Any = self.defaults
        for step in way:
            if isinstance(step, str) and isinstance(value, dict):
                value = value.get(step)
            elif step is Step.ANY_KEY and isinstance(value, dict) and value:
                value = next(iter(value.values()))
            elif step is not Step.ANY_KEY and not isinstance(step, str) and isinstance(value, list) and value:
                value = value[0]
            else:
                return None
        return value

    # -- pipelines -----------------------------------------------------------------------------------------------

    def _pipeline(self, pipeline: syntax.Pipeline, dot: Thing, scopes: list[dict[str, Thing]]) -> Thing:
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
            arguments = [self._operand(each, dot, scopes) for each in call.arguments]
            if piped is not None:
                arguments.append(piped)
            return self._function(what.name, arguments)
        if isinstance(what, syntax.Chain) and what.fields[-1] == "Has":
            for atom in self._operand(call.arguments[0], dot, scopes) if call.arguments else ():
                if isinstance(atom, Known) and isinstance(atom.value, str):
                    self.reads.api_versions.setdefault(atom.value, self._place)
        value = self._operand(what, dot, scopes)
        for each in call.arguments:
            # the arguments of a method, of `.Files.Get` for one: they decide what is printed
            self._use(self._operand(each, dot, scopes), "text")
        return value

    def _operand(self, operand: syntax.Operand, dot: Thing, scopes: list[dict[str, Thing]]) -> Thing:
        if isinstance(operand, syntax.Literal):
            return (Known(operand.value),)
        if isinstance(operand, syntax.Pipeline):
            return self._pipeline(operand, dot, scopes)
        if isinstance(operand, syntax.Chain):
            value = self._operand(operand.start, dot, scopes)
            for name in operand.fields:
                value = self._field(value, name)
            return value
        if not operand.name:
            return dot
        if operand.name.startswith("$"):
            return next((scope[operand.name] for scope in reversed(scopes) if operand.name in scope), OTHER)
        return self._function(operand.name, [])

    def _field(self, value: Thing, name: str, depth: int = 0) -> Thing:
        found: list[Thing] = []
        for atom in value:
            if isinstance(atom, Given):
                way = (*atom.way, name)
                if len(way) > _DEEPEST or depth > 8:
                    continue
                if name == "global" and atom.way in self._homes:
                    found.append((Given(("global",)),))
                found += [(Given(way),), self._patches.get(way, ())]
                if merged := self._merged.get(atom.way):
                    found.append(self._field(merged, name, depth + 1))
            elif isinstance(atom, Made):
                found += [atom.fields.get(name, ()), atom.any_key]
                if atom.rest and depth <= 8 and (atom.rest_wins or name not in atom.fields):
                    found.append(self._field(atom.rest, name, depth + 1))
            elif not isinstance(atom, Known):
                if isinstance(atom, (Printed, Items)):
                    self._use((atom,), "text")
                found.append(OTHER)
        return atoms(found)

    # -- templates -----------------------------------------------------------------------------------------------

    def _include(self, name: Thing, dot: Thing) -> Thing:
        results: list[Thing] = []
        for atom in name:
            if isinstance(atom, Known) and isinstance(atom.value, str):
                if atom.value.startswith(_FILES):
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
                self._use((atom,), "text")
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
            self._use(dot, "whole")
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

    def _tpl(self, text: Thing, dot: Thing) -> Thing:
        for atom in below(text):
            if isinstance(atom, Known) and isinstance(atom.value, str):
                self._text_as_template(atom.value, dot)
            elif isinstance(atom, Given):
                self.reads.note(atom.way, "text", self._place)
                self.reads.seen[atom.way].runs_as_template = True
                for each in _texts(self.default(atom.way)):
                    self._text_as_template(each, dot)
        return print_of([text])

    # -- functions -----------------------------------------------------------------------------------------------

    def _function(self, name: str, arguments: list[Thing]) -> Thing:
        if handler := _HANDLERS.get(name):
            try:
                return handler(self, arguments)
            except (IndexError, ValueError):
                self._use(atoms(arguments), "whole")
                return OTHER
        if name in _RANDOM:
            self.reads.random.setdefault(self._place, name)
        if name in _WHOLE:
            return print_of(arguments, whole=True)
        if name in _PARSES:
            return self._parse(atoms(arguments))
        if name in _ASKS:
            self._use(atoms(arguments), "guard")
            return OTHER
        if name in _AS_IT_IS:
            return atoms(arguments)
        return print_of(arguments)

    def _parse(self, text: Thing) -> Thing:
        found: list[Thing] = []
        for atom in text:
            if isinstance(atom, Printed) and atom.whole:
                found.append(atom.of)
            elif isinstance(atom, Printed) and not any(isinstance(each, Known) for each in atom.of):
                found.append(self._parse(atom.of))
            else:
                # text and values mixed: where in the parsed tree a value stands cannot be told
                self._use((atom,), "text")
                found.append(OTHER)
        return atoms(found)

    def _and_or(self, arguments: list[Thing]) -> Thing:
        for each in arguments:
            self._use(each, "guard")
        return atoms(arguments)

    def _compare(self, arguments: list[Thing]) -> Thing:
        for each in arguments:
            self._use(each, "text")
        return OTHER

    def _ternary(self, arguments: list[Thing]) -> Thing:
        yes, no, condition = arguments
        self._use(condition, "guard")
        return atoms([yes, no])

    def _has_key(self, arguments: list[Thing]) -> Thing:
        container, key = arguments
        self._use(container, "guard")
        self._use(self._at(container, key), "guard")
        return OTHER

    def _at(self, container: Thing, key: Thing) -> Thing:
        found: list[Thing] = []
        for atom in key:
            if isinstance(atom, Known) and isinstance(atom.value, str):
                found.append(self._field(container, atom.value))
            elif isinstance(atom, Known) and type(atom.value) is int:
                lists = tuple(each for each in container if isinstance(each, Items))
                found += [each.items[atom.value] for each in lists if atom.value < len(each.items)]
                found.append(self._elements(tuple(each for each in container if each not in lists)))
            else:
                self._use((atom,), "text")
                found.append(self._elements(container))
        return atoms(found)

    def _index(self, arguments: list[Thing]) -> Thing:
        value = arguments[0]
        for key in arguments[1:]:
            value = self._at(value, key)
        return value

    def _dig(self, arguments: list[Thing]) -> Thing:
        *keys, otherwise, value = arguments
        for key in keys:
            value = self._at(value, key)
        return atoms([value, otherwise])

    def _dict(self, arguments: list[Thing]) -> Thing:
        made = Made()
        for key, value in zip(arguments[::2], arguments[1::2], strict=False):
            for atom in key:
                if isinstance(atom, Known):
                    made.fields[str(atom.value)] = value
                else:
                    made.any_key = atoms([made.any_key, value])
        return (made,)

    def _set(self, arguments: list[Thing]) -> Thing:
        container, key, value = arguments
        for atom in container:
            for name in key:
                if not (isinstance(name, Known) and isinstance(name.value, str)):
                    if isinstance(atom, Made):
                        atom.any_key = _without(atoms([atom.any_key, value]), atom)
                    else:
                        self._use(value, "whole")
                elif isinstance(atom, Made):
                    atom.fields[name.value] = atoms([atom.fields.get(name.value, ()), value])
                elif isinstance(atom, Given):
                    way = (*atom.way, name.value)
                    self._patches[way] = atoms([self._patches.get(way, ()), _without(value, Given(way))])
        return container

    def _merge_over(self, arguments: list[Thing]) -> Thing:
        for atom in arguments[0]:
            if isinstance(atom, Made):
                atom.rest_wins = True
        return self._merge(arguments)

    def _merge(self, arguments: list[Thing]) -> Thing:
        first, *others = arguments
        rest = tuple(atom for atom in atoms(others) if atom not in first)
        for atom in first:
            if isinstance(atom, Made):
                atom.rest = atoms([atom.rest, rest])
            elif isinstance(atom, Given):
                self._merged[atom.way] = atoms([self._merged.get(atom.way, ()), rest])
        return first if any(isinstance(atom, (Made, Given)) for atom in first) else atoms(arguments)

    def _printf(self, arguments: list[Thing]) -> Thing:
        if any(atom == Known(_FILES) for each in arguments for atom in each):
            return (Known(_FILES),)
        texts = _constants(arguments)
        if texts is None:
            return print_of(arguments)
        form, *values = texts
        parts = re.split(r"%[-+# 0]*\d*(?:\.\d+)?[a-zA-Z]", str(form))
        if len(parts) != len(values) + 1:
            return OTHER
        return (Known(parts[0] + "".join(f"{value}{part}" for value, part in zip(values, parts[1:], strict=True))),)

    def _printed_together(self, arguments: list[Thing]) -> Thing:
        if any(atom == Known(_FILES) for each in arguments for atom in each):
            return (Known(_FILES),)
        texts = _constants(arguments)
        return print_of(arguments) if texts is None else (Known("".join(str(text) for text in texts)),)

    def _same_text(self, arguments: list[Thing]) -> Thing:
        *_, text = arguments
        return text if all(isinstance(atom, Known) for atom in text) else print_of(arguments)

    def _list(self, arguments: list[Thing]) -> Thing:
        return (Items(tuple(arguments)),)

    def _more_items(self, arguments: list[Thing]) -> Thing:
        container, *more = arguments
        return (Items((self._elements(container), *more)),)

    def _concat(self, arguments: list[Thing]) -> Thing:
        together: list[Atom] = []
        items: list[Thing] = []
        for atom in atoms(arguments):
            if isinstance(atom, Items):
                items += atom.items
            else:
                together.append(atom)
        return (*together, Items(tuple(items))) if items else tuple(together)

    def _first(self, arguments: list[Thing]) -> Thing:
        return self._elements(arguments[0])

    def _keys(self, arguments: list[Thing]) -> Thing:
        names: list[Thing] = []
        for atom in atoms(arguments):
            if isinstance(atom, Made):
                names += [(Known(name),) for name in atom.fields]
                names += [OTHER] if atom.rest else []
            else:
                self._use((atom,), "keys")
                names.append(OTHER)
        return (Items(tuple(names)),)

    def _values(self, arguments: list[Thing]) -> Thing:
        return (Items((self._elements(atoms(arguments)),)),)

    def _pluck(self, arguments: list[Thing]) -> Thing:
        key, *containers = arguments
        return (Items(tuple(self._at(each, key) for each in containers)),)

    def _included(self, arguments: list[Thing]) -> Thing:
        name, dot = arguments
        return self._include(name, dot)

    def _rendered(self, arguments: list[Thing]) -> Thing:
        text, dot = arguments
        return self._tpl(text, dot)

    def _required(self, arguments: list[Thing]) -> Thing:
        return arguments[-1]

    def _lookup(self, arguments: list[Thing]) -> Thing:
        texts = [atom.value for each in arguments[:2] for atom in each if isinstance(atom, Known)]
        self.reads.lookups.setdefault(self._place, " ".join(str(text) for text in texts))
        self._use(atoms(arguments), "text")
        return OTHER

    def _unset(self, arguments: list[Thing]) -> Thing:
        return arguments[0]


_HANDLERS: dict[str, Callable[[Following, list[Thing]], Thing]] = {
    "and": Following._and_or,
    "append": Following._more_items,
    "mustAppend": Following._more_items,
    "coalesce": lambda self, arguments: atoms(arguments),
    "concat": Following._concat,
    "default": lambda self, arguments: atoms(arguments),
    "dict": Following._dict,
    "dig": Following._dig,
    "first": Following._first,
    "mustFirst": Following._first,
    "last": Following._first,
    "mustLast": Following._first,
    "get": Following._index,
    "has": Following._compare,
    "hasKey": Following._has_key,
    "include": Following._included,
    "index": Following._index,
    "keys": Following._keys,
    "list": Following._list,
    "tuple": Following._list,
    "lookup": Following._lookup,
    "or": Following._and_or,
    "pluck": Following._pluck,
    "prepend": Following._more_items,
    "mustPrepend": Following._more_items,
    "print": Following._printed_together,
    "printf": Following._printf,
    "required": Following._required,
    "set": Following._set,
    "ternary": Following._ternary,
    "tpl": Following._rendered,
    "unset": Following._unset,
    "values": Following._values,
    **{name: Following._merge for name in ("merge", "mustMerge")},
    **{name: Following._merge_over for name in ("mergeOverwrite", "mustMergeOverwrite")},
    **{name: Following._compare for name in "eq ne lt le gt ge contains hasPrefix hasSuffix regexMatch mustRegexMatch semverCompare".split()},
    **{name: Following._same_text for name in "trim trimAll trimPrefix trimSuffix lower upper title quote squote trunc toString".split()},
}


def _constants(arguments: Sequence[Thing]) -> list[Any] | None:
    """The values of things that are one constant each; None when one is not."""
    values = []
    for thing in arguments:
        if len(thing) != 1 or not isinstance(thing[0], Known):
            return None
        values.append(thing[0].value)
    return values


def _without(thing: Thing, atom: Atom) -> Thing:
    return tuple(each for each in thing if each != atom)


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
