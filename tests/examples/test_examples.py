"""Every example is planned as a stranger would run it: plain HCL, the published modules, the real Terraform core."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from groundplan.plan.terraform import offline_environment, open_terraform
from groundplan.publish.modules import find_modules
from groundplan.synth.definitions import Definitions
from tests.support.planning import PROJECT
from tests.support.roots import RootPlan, plan_root

EXAMPLES = sorted(path.parent.name for path in PROJECT.glob("examples/*/main.tf"))
_OUTPUT = re.compile(r"^output .*?^}\n", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="session")
def modules() -> dict[str, Path]:
    """The published form of every module that an example is about."""
    definitions = Definitions(PROJECT)
    return {kind.name: definitions.folder(kind) for kind in find_modules(PROJECT, EXAMPLES)}


@pytest.fixture(scope="session")
def plans(modules: dict[str, Path]) -> dict[str, RootPlan]:
    """The plans that were made already."""
    return {}


@pytest.fixture
def plan(request: pytest.FixtureRequest, modules: dict[str, Path], plans: dict[str, RootPlan]) -> RootPlan:
    """The plan of the example that the test is about."""
    name = request.getfixturevalue("name")
    if name not in plans:
        plans[name] = plan_root(PROJECT / "examples" / name, {name: modules[name]})
    return plans[name]


def always(resources: set[str]) -> set[str]:
    """The addresses without an index: what every call of a module makes."""
    return {address for address in resources if "[" not in address}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_calls_its_module_twice_and_gets_everything_twice(name: str, plan: RootPlan) -> None:
    first, second, *_ = plan.instances.values()
    assert always(first)
    assert always(first) == always(second)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_module_can_be_repeated_with_for_each(
    name: str, plan: RootPlan, modules: dict[str, Path], tmp_path: Path
) -> None:
    if not any("[" in call for call in plan.instances):
        plan = plan_root(_repeated(PROJECT / "examples" / name, tmp_path / name, name), {name: modules[name]})
    instances = {call: resources for call, resources in plan.instances.items() if call.endswith('"]')}
    assert len(instances) >= 2
    assert len({frozenset(always(resources)) for resources in instances.values()}) == 1


def _repeated(example: Path, folder: Path, name: str) -> Path:
    """An example whose first call is made twice; its outputs, which read a single one, are left out."""
    shutil.copytree(example, folder)
    text = _OUTPUT.sub("", (folder / "main.tf").read_text())
    source = f'source = "../../out/modules/{name}"'
    (folder / "main.tf").write_text(text.replace(source, f'{source}\n  for_each = toset(["one", "two"])', 1))
    return folder


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_tells_something(name: str, plan: RootPlan) -> None:
    assert plan.outputs


def test_every_module_has_an_example() -> None:
    assert {kind.name for kind in find_modules(PROJECT)} == set(EXAMPLES)


def test_examples_are_formatted_as_terraform_does(tmp_path: Path) -> None:
    (tmp_path / "rc").write_text("")
    terraform = open_terraform(None, offline_environment("{}", tmp_path / "rc"))
    try:
        done = terraform.run(PROJECT / "examples", ["fmt", "-check", "-diff", "-recursive", "-no-color"])
    finally:
        terraform.close()
    assert (done.code, done.stdout) == (0, ""), done.stdout
