"""Every example is planned as a stranger would run it: plain HCL, the published modules, the real Terraform core."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from groundplan.plan.terraform import offline_environment, open_terraform
from groundplan.policy import judge
from groundplan.publish.modules import find_modules
from groundplan.synth.definitions import Definitions
from tests.support.planning import PROJECT
from tests.support.roots import RootPlan, plan_root

EXAMPLES = sorted(path.parent.name for path in PROJECT.glob("examples/*/main.tf"))
_CALLED = re.compile(r'"\.\./\.\./out/modules/(\w+)"')
_OUTPUT = re.compile(r"^output .*?^}\n", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="session")
def plans() -> dict[Path, RootPlan]:
    """The plans that were made already."""
    return {}


@pytest.fixture
def planned(plans: dict[Path, RootPlan]) -> Callable[[Path], RootPlan]:
    """Plans a root with the modules that it calls, in the form that is published."""

    def plan(root: Path) -> RootPlan:
        if root not in plans:
            names = sorted(set(_CALLED.findall((root / "main.tf").read_text())))
            definitions = Definitions(PROJECT)
            folders = {kind.name: definitions.folder(kind) for kind in find_modules(PROJECT, names)}
            plans[root] = plan_root(root, folders)
        return plans[root]

    return plan


def always(resources: set[str]) -> set[str]:
    """The addresses without an index: what every call of a module makes."""
    return {address for address in resources if "[" not in address}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_calls_its_module_twice_and_gets_everything_twice(
    name: str, planned: Callable[[Path], RootPlan]
) -> None:
    plan = planned(PROJECT / "examples" / name)
    first, second, *_ = plan.instances.values()
    assert first
    assert always(first) == always(second)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_module_can_be_repeated_with_for_each(name: str, planned: Callable[[Path], RootPlan], tmp_path: Path) -> None:
    plan = planned(PROJECT / "examples" / name)
    if not any("[" in call for call in plan.instances):
        plan = planned(_repeated(PROJECT / "examples" / name, tmp_path / name, name))
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
def test_an_example_tells_something(name: str, planned: Callable[[Path], RootPlan]) -> None:
    assert planned(PROJECT / "examples" / name).outputs


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_an_example_adds_to_its_module_passes_the_gate(
    name: str, planned: Callable[[Path], RootPlan], tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(planned(PROJECT / "examples" / name).json))
    found = judge({name: plan}, policies=PROJECT / "policies", manifest=None, today=date(2026, 6, 30))
    own = [finding for finding in found.findings if not finding.address.startswith("module.")]
    assert [f"{finding.rule}: {finding.address}: {finding.message}" for finding in own] == []


def test_every_module_has_an_example() -> None:
    assert {path.parent.name for path in PROJECT.glob("modules/*/*/__init__.py")} == set(EXAMPLES)


def test_examples_are_formatted_as_terraform_does(tmp_path: Path) -> None:
    (tmp_path / "rc").write_text("")
    terraform = open_terraform(None, offline_environment("{}", tmp_path / "rc"))
    try:
        done = terraform.run(PROJECT / "examples", ["fmt", "-check", "-diff", "-recursive", "-no-color"])
    finally:
        terraform.close()
    assert (done.code, done.stdout) == (0, ""), done.stdout
