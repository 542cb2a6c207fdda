"""Every example is planned as a stranger would run it: plain HCL, the published modules, the real Terraform core.

All scenarios of a module are called from one root, as modules of it: one plan serves them all, and none of them sees
another. There the minimal one is once more, with a call that is repeated: what forbids that, such as a provider's
configuration inside of a module, does so whatever the module is given, and however often.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from groundplan.plan.terraform import find_program, offline_environment, open_terraform
from groundplan.policy import Finding, judge
from groundplan.publish.modules import find_modules
from groundplan.publish.scenarios import COMPLETE, MINIMAL, scenarios_of
from groundplan.remembering import Memory
from tests.support.planning import PROJECT, SEATS
from tests.support.roots import RootPlan, built, plan_root
from tests.support.schemas import every_schema

MODULES = sorted(path.parent.name for path in PROJECT.glob("modules/*/*/__init__.py"))
SCENARIOS = [
    (name, scenario.name) for name in MODULES for scenario in scenarios_of(PROJECT, name) if scenario.name != COMPLETE
]
NEEDED_TO_BE_OF_USE = {
    # of root and parent one must be given, though neither is required by itself
    "private_ca": {"root"},
    # everything but their names may be left out, and then they make nothing, or are refused
    "cert_manager": {"acme_issuers"},
    # or mimir, tempo, xray: nothing would be collected
    "collectors": {"loki"},
    # a job on a schedule, or one that is done once
    "kubernetes_jobs": {"cron_jobs"},
    # its three replicas share one
    "grafana": {"existing_database"},
    # where its nodes are, which monolithic mode alone does not ask for
    "loki": {"zones"},
    "route53": {"public_zones"},
    "service_discovery": {"external_dns"},
}
LEFT_TO_THE_AUTHOR = {
    # the tags that a company asks for are its own
    MINIMAL: {"tags/required_tags"},
    "repeated": {"tags/required_tags"},
    # judged as production, which it is not
    "development": {"availability/disruption_budget", "availability/three_replicas", "logging/log_retention"},
}
RULES = Memory()
"""The rules are read and prepared once, and judge one plan after another."""
_CALLED = re.compile(r'"(?:\.\./)+out/modules/(\w+)"')
_CALL = re.compile(r"^module\.([\w-]+)")
_OUTPUT = re.compile(r"^output .*?^}\n", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module", autouse=True)
def _one_core() -> None:
    """It stays open."""
    with SEATS.open(every_schema(), find_program(None), 1):
        pass


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], RootPlan]:
    """Plans every scenario of a module, each as a call named after it, with modules in the form that is published."""
    made: dict[str, RootPlan] = {}

    def plan(name: str) -> RootPlan:
        if name not in made:
            root = tmp_path_factory.mktemp(name)
            calls = [scenario.name for scenario in scenarios_of(PROJECT, name)]
            for scenario in calls:
                shutil.copytree(PROJECT / "examples" / name / scenario, root / scenario)
            _repeat(root / MINIMAL, root / "repeated", name)
            calls = [*calls, "repeated"]
            text = "".join(f'module "{scenario}" {{\n  source = "./{scenario}"\n}}\n' for scenario in calls)
            (root / "main.tf").write_text(text)
            made[name] = plan_root(root, _built(root), f"examples/{name}")
        return made[name]

    return plan


@pytest.fixture(scope="session")
def judged(
    tmp_path_factory: pytest.TempPathFactory, planned: Callable[[str], RootPlan]
) -> Callable[[str], list[tuple[str, Finding]]]:
    """What the rules find in the scenarios of a module, each with the scenario."""
    made: dict[str, list[tuple[str, Finding]]] = {}

    def judge_plan(name: str) -> list[tuple[str, Finding]]:
        if name not in made:
            plan = tmp_path_factory.mktemp(name) / "plan.json"
            plan.write_text(json.dumps(planned(name).json))
            policies = PROJECT / "policies"
            found = judge({name: plan}, policies=policies, manifest=None, today=date(2026, 6, 30), memory=RULES)
            made[name] = [(_CALL.findall(finding.address)[0], finding) for finding in found.findings]
        return made[name]

    return judge_plan


def _built(root: Path) -> Mapping[str, Path]:
    """The modules that are called below a root, by name."""
    return built({name for path in root.rglob("*.tf") for name in _CALLED.findall(path.read_text())})


def _repeat(scenario: Path, folder: Path, name: str) -> None:
    """A scenario whose call may be made for many; its outputs, which read a single one, are left out."""
    shutil.copytree(scenario, folder)
    text = _OUTPUT.sub("", (folder / "main.tf").read_text())
    source = re.compile(rf'source += "[./]+/out/modules/{name}"')
    (folder / "main.tf").write_text(source.sub(r'\g<0>\n  for_each = toset(["one"])', text, count=1))


def _scenario(plan: RootPlan, scenario: str) -> dict[str, Any]:
    """The configuration of a scenario, as the core read it."""
    found: dict[str, Any] = plan.json["configuration"]["root_module"]["module_calls"][scenario]["module"]
    return found


def always(resources: set[str]) -> set[str]:
    """The addresses without an index: what every call of a module makes."""
    return {address for address in resources if "[" not in address}


@pytest.mark.parametrize("name", MODULES)
def test_an_example_calls_its_module_twice_and_gets_everything_twice(
    name: str, planned: Callable[[str], RootPlan]
) -> None:
    first, second, *_ = planned(name).called(COMPLETE).instances.values()
    assert first
    assert always(first) == always(second)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_can_be_repeated_with_for_each(name: str, planned: Callable[[str], RootPlan]) -> None:
    (single,) = planned(name).called(MINIMAL).instances.values()
    ((call, repeated),) = planned(name).called("repeated").instances.items()
    assert call.endswith('["one"]')
    assert repeated == single


@pytest.mark.parametrize("name", MODULES)
def test_an_example_tells_something(name: str, planned: Callable[[str], RootPlan]) -> None:
    assert _scenario(planned(name), COMPLETE)["outputs"]


@pytest.mark.parametrize("name", MODULES)
def test_what_an_example_adds_to_its_module_passes_the_gate(
    name: str, judged: Callable[[str], list[tuple[str, Finding]]]
) -> None:
    inside = f"module.{COMPLETE}.module."
    own = [each for call, each in judged(name) if call == COMPLETE and not each.address.startswith(inside)]
    assert [f"{finding.rule}: {finding.address}: {finding.message}" for finding in own] == []


@pytest.mark.parametrize(("name", "scenario"), SCENARIOS)
def test_a_scenario_makes_something_and_tells_something(
    name: str, scenario: str, planned: Callable[[str], RootPlan]
) -> None:
    plan = planned(name)
    made = {address.partition(".")[0] for address in plan.instances[f"module.{scenario}"]}
    assert "module" in made
    assert _scenario(plan, scenario)["outputs"]


@pytest.mark.parametrize("name", MODULES)
def test_the_minimal_scenario_gives_what_is_required_and_no_more(name: str, planned: Callable[[str], RootPlan]) -> None:
    (kind,) = find_modules(PROJECT, [name])
    (call,) = _scenario(planned(name), MINIMAL)["module_calls"].values()
    required = {field.name for field in kind.inputs_type.fields() if field.required}
    assert set(call["expressions"]) == required | NEEDED_TO_BE_OF_USE.get(name, set())


@pytest.mark.parametrize("name", MODULES)
def test_scenarios_pass_the_gate(name: str, judged: Callable[[str], list[tuple[str, Finding]]]) -> None:
    told = [(call, finding) for call, finding in judged(name) if call != COMPLETE]
    denied = [finding for call, finding in told if finding.rule not in LEFT_TO_THE_AUTHOR.get(call, set())]
    assert [f"{finding.rule}: {finding.address}: {finding.message}" for finding in denied] == []


def test_every_module_has_its_scenarios_and_none_is_of_a_module_that_is_gone() -> None:
    assert sorted(path.name for path in (PROJECT / "examples").iterdir() if path.is_dir()) == MODULES
    for name in MODULES:
        first, *others, last = (scenario.name for scenario in scenarios_of(PROJECT, name))
        assert (first, last) == (MINIMAL, COMPLETE)
        assert others, f"{name}: what do its users ask for?"


def test_examples_are_formatted_as_terraform_does(tmp_path: Path) -> None:
    (tmp_path / "rc").write_text("")
    terraform = open_terraform(None, offline_environment("{}", tmp_path / "rc"))
    try:
        done = terraform.run(PROJECT / "examples", ["fmt", "-check", "-diff", "-recursive", "-no-color"])
    finally:
        terraform.close()
    assert (done.code, done.stdout) == (0, ""), done.stdout
