"""The test in a package is run as a stranger would: `terraform init`, `terraform test`, without an account.

Init reads the package as it is published. The test itself then has the module as the same in HCL, of whose
expressions each is parsed once instead of with every evaluation: half of the time. tests/plan/test_native.py holds that
both mean the same. The smallest package is tested as it is, too.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from groundplan.plan.native import in_hcl, read_exactly
from groundplan.plan.stacks import Stack
from groundplan.plan.terraform import find_program
from groundplan.publish.modules import find_modules
from groundplan.publish.scenarios import COMPLETE, scenarios_of
from groundplan.publish.trial import TEST_ROOT, trial_of, write_trial
from groundplan.synth.definitions import Definitions
from tests.support.planning import SEATS
from tests.support.schemas import every_schema

PROJECT = Path(__file__).parents[2]
MODULES = sorted(path.parent.name for path in PROJECT.glob("modules/*/*/__init__.py"))


PASSED = "Success! 1 passed, 0 failed."
SMALLEST = "acm"


def in_other_words(package: Path) -> None:
    """Puts HCL in the place of a package's JSON."""
    content = (package / "main.tf.json").read_bytes()
    (package / "main.tf.json").unlink()
    (package / "main.tf").write_text(in_hcl(read_exactly(content), every_schema()), encoding="utf-8")


def tried(
    name: str,
    spoil: Callable[[Path], None] = lambda package: None,
    after_init: Callable[[Path], None] = lambda package: None,
) -> tuple[int, str]:
    """How `terraform test` ended in the package of a module, and what it said."""
    (kind,) = find_modules(PROJECT, [name])
    built = Definitions(PROJECT).folder(kind)
    (complete,) = (each for each in scenarios_of(PROJECT, name) if each.name == COMPLETE)
    document = json.loads((built / "main.tf.json").read_bytes())
    stack = Stack(name, built)
    with SEATS.open(every_schema(), find_program(None), 1) as seats, seats.take(stack) as (seat, scratch):
        package = scratch / "package"
        shutil.copytree(built, package)
        write_trial(package, name, document, complete, document["output"])
        formatted = seat.terraform.run(package, ["fmt", "-check", "-diff", "-recursive", "tests"])
        assert (formatted.code, formatted.stdout) == (0, "")
        spoil(package)
        done = seat.terraform.run(package, ["init", "-backend=false", "-no-color"])
        assert done.code == 0, done.stdout + done.stderr
        after_init(package)
        done = seat.terraform.run(package, ["test", "-no-color"])
    return done.code, done.stdout + done.stderr


@pytest.mark.parametrize("name", MODULES)
def test_the_packages_own_test_passes_without_an_account(name: str) -> None:
    code, said = tried(name, after_init=in_other_words)
    assert (code, PASSED in said) == (0, True), said


def test_it_passes_in_the_words_that_are_published() -> None:
    code, said = tried(SMALLEST)
    assert (code, PASSED in said) == (0, True), said


def test_it_fails_when_the_module_no_longer_tells_an_output() -> None:
    def forget(package: Path) -> None:
        document = json.loads((package / "main.tf.json").read_bytes())
        del document["output"]["event_rule_arns"]
        (package / "main.tf.json").write_text(json.dumps(document))
        root = package / TEST_ROOT / "main.tf"
        root.write_text(re.sub(r"^output .*?^}\n", "", root.read_text(), flags=re.MULTILINE | re.DOTALL))

    code, said = tried("acm", forget)
    assert code != 0
    assert "each module.certificates must tell every output" in said


def test_it_fails_when_the_module_refuses_what_its_example_gives() -> None:
    def refuse(package: Path) -> None:
        document = json.loads((package / "main.tf.json").read_bytes())
        document["variable"]["name"]["validation"] = [{"condition": '${var.name == ""}', "error_message": "Not that."}]
        (package / "main.tf.json").write_text(json.dumps(document))

    code, said = tried("acm", refuse)
    assert code != 0
    assert "Not that." in said


@pytest.mark.parametrize(
    ("argument", "instances"),
    [
        ("", "alltrue([for it in [module.store] "),
        ("  for_each = local.teams\n", "length(values(module.store)) > 0 && alltrue([for it in values(module.store) "),
        ("  count = 2\n", "length(module.store) > 0 && alltrue([for it in module.store "),
    ],
)
def test_a_call_is_asked_for_its_outputs_however_often_it_is_made(argument: str, instances: str) -> None:
    example = f'module "store" {{\n{argument}  source = "../../../out/modules/store"\n}}\n'
    text = trial_of("store", {"terraform": {"required_providers": {"aws": {}}}}, example, ["b", "a"])
    assert f'condition     = {instances}: length(setsubtract(["a", "b"], keys(it))) == 0])' in text
    assert text.count("assert {") == 1
    assert 'mock_provider "aws" {}' in text


def test_only_calls_of_the_module_are_asked_and_every_alias_of_a_provider_is_mocked() -> None:
    example = (
        'provider "helm" {\n  alias = "claims"\n}\n\nmodule "other" {\n  source = "./other"\n}\n\n'
        'module "store" {\n  source = "../../../out/modules/store"\n}\n'
    )
    text = trial_of("store", {"terraform": {"required_providers": {"helm": {}}}}, example, ["a"])
    assert 'mock_provider "helm" {\n  alias = "claims"\n}' in text
    assert "module.other" not in text
