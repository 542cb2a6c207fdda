"""A project's families and environments, found where they stand, and put together in the order of their types.

environments/
  __init__.py        what is found here: `project_of(__name__, Platform)`
  platform.py        the facts of an environment
  families/<family>.py
                     a class derived from Family: settings, what is common, how the modules are called
  <environment>/
    __init__.py      the facts of this one
    <family>.py      what is different here; no file where nothing is
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, get_type_hints

from groundplan.bindings import unanswered
from groundplan.framework.arns import arns_of
from groundplan.framework.checking import checked, problems_of
from groundplan.framework.inputs import Inputs
from groundplan.framework.layers import layered, removed_in_vain
from groundplan.framework.origins import located
from groundplan.framework.references import is_opaque
from groundplan.framework.shapes import ObjectOf
from groundplan.garbage import collecting_rarely
from groundplan.problems import BadInput, Problem

from . import errors
from .environment import Environment, misplaced
from .project import main, told
from .stack import Stack, Stacks

__all__ = ["Family", "Once", "Project", "project_of", "synthesize"]

E = TypeVar("E", bound=Environment)
T = TypeVar("T")

FAMILIES = "families"


class Family(Inputs):
    """One family of services: a stack in every environment, made of module calls.

    Its settings are the inputs of its modules, partly filled, each named as its call. `compose` calls the modules:

        def compose(self, stack: Stack, env: Platform, secrets: Secrets) -> Backup:
            Velero(stack, "velero", stack.wired(self.velero))

    What it asks for beyond the stack and the environment is what other families return, told apart by their types: so
    the order follows, and the stacks' dependencies with it.
    """

    if TYPE_CHECKING:
        compose: ClassVar[Callable[..., Any]]

    @classmethod
    def layers(cls, _environment: Any, /) -> Iterable[Self]:
        """What is common to environments such as this one, the lowest layer first; its own file lies above them."""
        return ()

    def unfit(self, _environment: Any, /) -> Iterable[Problem]:
        """What of the settings does not go with the facts of the environment, with paths inside the family."""
        return ()

    def made_once(self, _environment: Any, /) -> Iterable[Once]:
        """What these settings make that an account has once: another environment there must not make it too."""
        return ()

    @classmethod
    def name(cls) -> str:
        """The name of its file, which is part of the name of its stacks."""
        return cls.__module__.rpartition(".")[2]


@dataclass(frozen=True)
class Once:
    """Something that an account has once, in each region or, without one, altogether.

    `setting` is the family's that decides whether it is made, `cure` how another environment does without.
    """

    what: str
    region: str
    setting: str
    cure: str


@dataclass(frozen=True)
class _Needs:
    """What a family asks of others and gives to them, by type."""

    wanted: Mapping[str, Any]
    given: Any


class Project(Generic[E]):
    """Environments, families, and what each environment says of each family beyond what is common."""

    def __init__(
        self,
        environments: Iterable[E],
        families: Iterable[type[Family]],
        differences: Mapping[str, Sequence[Family]],
    ) -> None:
        """Puts the families in order.

        Raises BadInput when one asks for what none gives, two give the same, or some wait for each other.
        """
        self.environments = tuple(environments)
        self._differences = {name: tuple(layers) for name, layers in differences.items()}
        self._needs = {family: _needs(family) for family in families}
        self.families = _in_order(self._needs)

    def with_layers(self, environment: E, *layers: Family) -> Project[E]:
        """The same project in which an environment, in place of the one of its name, says this beyond all else."""
        others = [each for each in self.environments if each.given().get("name") != environment.name]
        said = {**self._differences, environment.name: (*self._differences.get(environment.name, ()), *layers)}
        return Project((*others, environment), self.families, said)

    def settings(self, environment: E, family: type[Family], name: str) -> Family:
        """What the environment called `name` wants of a family: its layers over each other."""
        empty = {
            declared.name: declared.shape.declaration()
            for declared in family.fields()
            if isinstance(declared.shape, ObjectOf)
        }
        own = [each for below in self._chain(environment, name) for each in self._differences.get(below, ())]
        common = family.layers(environment)
        return layered(family(**empty), *common, *(each for each in own if type(each) is family))

    def compose(self, stacks: Stacks[E], environment: E) -> None:
        """Every family of an environment, one after the other, each with what it asks of those before it."""
        chosen = [family for family in self.families if family.name() not in environment.without]
        wanted = {family: self.settings(environment, family, stacks.name) for family in chosen}
        stacks.problems += self._unsound(stacks.name, environment, chosen)
        for family, settings in wanted.items():
            path = f"{stacks.name}.{family.name()}"
            found = problems_of(settings, path, partly=True) or list(checked(settings, path))
            if stacks.sound and not found:
                found = self._contradictions(stacks.name, environment, settings)
            stacks.problems += located(found, settings, path, stacks.project)
        made: dict[Any, tuple[Stack, Any]] = {}
        for family, settings in wanted.items():
            needs = self._needs[family]
            if any(kind not in made for kind in needs.wanted.values()):
                continue
            stack = stacks.family(family.name())
            stack.settings = settings
            with unanswered():
                for kind in needs.wanted.values():
                    stack.add_dependency(made[kind][0])
            try:
                given = settings.compose(
                    stack, environment, **{name: made[kind][1] for name, kind in needs.wanted.items()}
                )
            except Exception:
                # settings that are known to be wrong may break a composition in any way; sound ones may not
                if not stacks.problems:
                    raise
                continue
            made[needs.given] = (stack, given)
        for settings in wanted.values():
            stacks.problems += self._removed_in_vain(stacks, settings)

    def _removed_in_vain(self, stacks: Stacks[E], settings: Family) -> list[Problem]:
        """What the layers of a family remove and none of them has, but for what is told of as something else."""
        path = f"{stacks.name}.{settings.name()}"
        told = {problem.path for problem in stacks.problems}
        found = [
            errors.removed_in_vain(f"{path}.{inner}", name, said) for inner, name, said in removed_in_vain(settings)
        ]
        return located([each for each in found if each.path not in told], settings, path, stacks.project)

    def _contradictions(self, name: str, environment: E, settings: Family) -> list[Problem]:
        """What of sound settings does not go with the environment, or with another one in its account."""
        found = list(_asked(settings.unfit, environment))
        for written in arns_of(settings):
            found += misplaced(environment, written)
        own = _asked(settings.made_once, environment)
        for other in self.environments:
            facts = other.given()
            if facts.get("name") == name or facts.get("account_id") != environment.account_id or problems_of(other):
                continue
            if settings.name() not in other.without:
                its_own = _asked(self.settings(other, type(settings), other.name).made_once, other)
                both = {(one.what, one.region) for one in its_own}
                found += [
                    errors.made_by_both(one.setting, one.what, one.region, other.name, one.cure)
                    for one in own
                    if (one.what, one.region) in both
                ]
        return [problem.below(f"{name}.{settings.name()}") for problem in found]

    def _chain(self, environment: E, name: str) -> list[str]:
        """The names whose differences count, the most general first: of what it is a twin of, and its own."""
        found = [name]
        by_name = {each.given().get("name"): each for each in self.environments}
        while (twin := by_name.get(found[0], environment).twin_of) and twin not in found:
            found.insert(0, twin)
        return found

    def _unsound(self, own_name: str, environment: E, chosen: Sequence[type[Family]]) -> list[Problem]:
        names = [str(each.given().get("name")) for each in self.environments]
        problems = []
        twin = environment.twin_of
        if twin is not None and not is_opaque(twin) and (twin not in names or twin == own_name):
            problems.append(errors.twin_of_nobody(f"{own_name}.twin_of", twin, names))
        known = [family.name() for family in self.families]
        for index, name in enumerate(environment.without):
            if name not in known:
                problems.append(errors.unknown_family(f"{own_name}.without[{index}]", name, known))
        givers = {needs.given: family for family, needs in self._needs.items()}
        for family in chosen:
            for kind in self._needs[family].wanted.values():
                if givers[kind] not in chosen:
                    problems.append(
                        errors.needed_family_left_out(f"{own_name}.without", givers[kind].name(), family.name())
                    )
        return problems


def synthesize(place: str, *, project: Path) -> None:
    """What main.py calls: `place` is where the project's `Project` is, such as environments:PLATFORM.

    It is imported here, so that a mistake in a file of an environment or a family is told with its place, and ends with
    an exit code that says of what kind. See `groundplan.synth.project.main` for all that the environment may ask.
    """
    package, _, name = place.partition(":")
    with collecting_rarely():
        with told(project):
            found: Project[Any] = getattr(importlib.import_module(package), name)
        main(found.compose, found.environments, project=project)


def project_of(package: str, environment: type[E]) -> Project[E]:
    """What stands in the folders of a package: its families and its environments, those of production last.

    `environment` is the class that the environments are values of. Raises BadInput for a file that says nothing, or
    says it of a family that is not there.
    """
    folder = importlib.import_module(package)
    names = [found.name for found in pkgutil.iter_modules(folder.__path__) if found.ispkg]
    families = [
        _family_of(importlib.import_module(f"{package}.{FAMILIES}.{name}"))
        for name in _modules(f"{package}.{FAMILIES}")
        if not name.startswith("_")
    ]
    by_name = {family.name(): family for family in families}
    environments: list[E] = []
    differences: dict[str, list[Family]] = {}
    problems: list[Problem] = []
    for name in names:
        if name == FAMILIES:
            continue
        facts = _said_by(importlib.import_module(f"{package}.{name}"), environment)
        environments.append(facts)
        for file in _modules(f"{package}.{name}"):
            place = f"{package}/{name}/{file}.py"
            if file not in by_name:
                problems.append(errors.file_of_no_family(place, file, by_name))
                continue
            said = _said_by(importlib.import_module(f"{package}.{name}.{file}"), by_name[file])
            differences.setdefault(str(facts.given().get("name")), []).append(said)
    if problems:
        raise BadInput(problems)
    environments.sort(key=lambda each: (each.production is True, str(each.given().get("name"))))
    return Project(environments, families, differences)


def _modules(package: str) -> list[str]:
    return [found.name for found in pkgutil.iter_modules(importlib.import_module(package).__path__)]


def _family_of(module: Any) -> type[Family]:
    """The one family that a file is."""
    found = [
        each
        for each in vars(module).values()
        if inspect.isclass(each) and issubclass(each, Family) and each.__module__ == module.__name__
    ]
    if len(found) != 1:
        raise BadInput(errors.not_one_family(module.__name__.replace(".", "/"), len(found)))
    return found[0]


def _said_by(module: Any, kind: type[Any]) -> Any:
    """What a file says: its value that is named as the file is."""
    place = module.__name__.replace(".", "/")
    name = place.rpartition("/")[2].upper()
    found = vars(module).get(name)
    if not isinstance(found, kind):
        raise BadInput(errors.says_nothing(place, name, kind.__name__, found))
    return found


def _needs(family: type[Family]) -> _Needs:
    names = list(inspect.signature(family.compose).parameters)
    hints = get_type_hints(family.compose)
    return _Needs({name: hints.get(name) for name in names[3:]}, hints.get("return"))


def _in_order(needs: Mapping[type[Family], _Needs]) -> tuple[type[Family], ...]:
    givers: dict[Any, type[Family]] = {}
    problems = []
    for family in sorted(needs, key=lambda each: each.name()):
        given = needs[family].given
        if given in givers and given is not type(None):
            problems.append(errors.given_twice(_word(given), givers[given].name(), family.name()))
        givers[given] = family
    sorter: TopologicalSorter[type[Family]] = TopologicalSorter()
    for family in sorted(needs, key=lambda each: each.name()):
        sorter.add(family)
        for name, kind in needs[family].wanted.items():
            if kind is None or kind is type(None) or kind not in givers:
                problems.append(errors.nobody_gives(family.name(), name, _word(kind), [_word(each) for each in givers]))
            else:
                sorter.add(family, givers[kind])
    if problems:
        raise BadInput(problems)
    try:
        sorter.prepare()
    except CycleError as ring:
        raise BadInput(errors.families_in_a_ring([family.name() for family in ring.args[1]])) from None
    order: list[type[Family]] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=lambda each: each.name())
        order += ready
        sorter.done(*ready)
    return tuple(order)


def _asked(question: Callable[[Any], Iterable[T]], environment: Environment) -> list[T]:
    """What a family says of an environment; nothing while a setting is missing, which its module's call tells."""
    try:
        return list(question(environment))
    except BadInput:
        return []


def _word(kind: Any) -> str:
    return getattr(kind, "__name__", str(kind))
