"""A new module: its package, its examples, its tests, and its family where there is none yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from groundplan.problems import BadInput, Problem

from .. import errors
from .files import Made, already_there, camel, filled, title_of, two_names, word_problems, write

__all__ = ["new_module"]

MODULE_CHARACTERS = 23
"""So that `<environment>-<module>` is at most 40 characters, which is what a module's `name` may have."""

# names that the templates give to something else
_MODULE_NAMES_IN_USE = frozenset({"log", "module", "platform", "stack"})
# what a family of a platform has beside its modules' settings
_FAMILY_ATTRIBUTES = frozenset({"compose", "everywhere", "full", "small"})
_FAMILY_NAMES_IN_USE = frozenset({"platform"})


def new_module(project: Path, name: str) -> Made:
    """The package modules/<family>/<module> with its examples, its tests, and its family where there is none yet.

    Raises BadInput for a name that Python, Terraform or this project cannot take, and for files that are there.
    """
    family, module = two_names(name, "<family>/<module>", "notify/topics")
    problems = [*word_problems(name, "family", family), *word_problems(name, "module", module)]
    problems += _module_problems(project, name, family, module)
    given = {
        "family": family,
        "family_kind": camel(family),
        "family_title": title_of(family),
        "kind": camel(module),
        "module": module,
        "service": module.replace("_", "-"),
        "title": title_of(module),
    }
    room, tests, examples = f"modules/{family}/{module}", f"tests/modules/{module}", f"examples/{module}"
    wanted = {
        f"{room}/__init__.py": "__init__.py",
        f"{room}/inputs.py": "inputs.py",
        f"{room}/module.py": "module.py",
        f"{room}/README.md": "README.md",
        f"{examples}/minimal/main.tf": "minimal.tf",
        f"{examples}/minimal/README.md": "minimal.md",
        f"{examples}/complete/main.tf": "complete.tf",
        f"{examples}/complete/README.md": "complete.md",
        f"docs/runbooks/{module}/silent.md": "silent.md",
        f"{tests}/examples.py": "example.py",
        f"{tests}/uses.py": "uses.py",
        f"{tests}/test_{module}.py": "test.py",
        f"{tests}/test_{module}_inputs.py": "test_inputs.py",
        f"{tests}/__snapshots__/test_{module}.ambr": "addresses.ambr",
    }
    files = {path: filled(f"module/{template}", given) for path, template in wanted.items()}
    problems = problems or already_there(project, files)
    if problems:
        raise BadInput(problems)
    if not (project / f"modules/{family}/__init__.py").is_file():
        files[f"modules/{family}/__init__.py"] = filled("module/package.py", given)
    composition = f"environments/families/{family}.py"
    then = [
        f"groundplan publish {module}",
        f"pytest {tests}",
        "pytest tests/modules/test_planned_values.py --snapshot-update   # and read what its complete example makes",
        f"a row for docs/runbooks/{module}/silent.md in the table of docs/runbooks/README.md",
    ]
    if (project / composition).exists():
        then.insert(0, _lines_for_family(composition, given))
    else:
        files[composition] = filled("module/family.py", given)
    return write(project, name, files, then=then)


def _lines_for_family(composition: str, given: Mapping[str, str]) -> str:
    kind, module = given["kind"], given["module"]
    return (
        f"add to {composition}:\n"
        f"    from modules.{given['family']}.{module} import {kind}, {kind}Inputs\n"
        f'    {module}: {kind}Inputs = field("{module}, by its own inputs")   # in the family\'s class\n'
        f'    {kind}(stack, "{module}", stack.wired(self.{module}))   # in compose'
    )


def _module_problems(project: Path, path: str, family: str, module: str) -> Iterator[Problem]:
    from groundplan.synth.families import Family

    if len(module) > MODULE_CHARACTERS:
        yield errors.name_too_long(path, "module", module, MODULE_CHARACTERS)
    if module in _MODULE_NAMES_IN_USE | _FAMILY_ATTRIBUTES or hasattr(Family, module):
        yield errors.name_in_use(path, "module", module)
    if len(family) > MODULE_CHARACTERS:
        yield errors.name_too_long(path, "family", family, MODULE_CHARACTERS)
    if family in _FAMILY_NAMES_IN_USE:
        yield errors.name_in_use(path, "family", family)
    for package in sorted(project.glob(f"modules/*/{module}/__init__.py")):
        yield errors.name_taken(path, "module", package.parent.relative_to(project).as_posix())
