"""A wrong input is named by stack, address, attribute and line of Python, all of them in one go."""

from __future__ import annotations

import pytest

from groundplan.plan import plan_all
from groundplan.problems import BadInput, Problem
from tests.plan.conftest import write_synth
from tests.plan.wrong_inputs import WRONG, all_wrong


@pytest.fixture(scope="module")
def problems(tmp_path_factory: pytest.TempPathFactory) -> tuple[Problem, ...]:
    folder = tmp_path_factory.mktemp("wrong")
    stacks, modules = all_wrong()
    with pytest.raises(BadInput) as caught:
        plan_all(write_synth(folder / "cdktf.out", stacks, modules), folder / "out")
    return caught.value.problems


@pytest.mark.parametrize("name", sorted(WRONG))
def test_the_problem_is_named_where_it_is(name: str, problems: tuple[Problem, ...]) -> None:
    mistake = WRONG[name]
    mine = [each for each in problems if each.path.split(".")[0].split("/")[0] == name]
    assert [each for each in mine if mistake.says in each.message and each.path.endswith(mistake.where)], mine


@pytest.mark.parametrize("name", sorted(name for name, mistake in WRONG.items() if mistake.line))
def test_the_python_line_is_named(name: str, problems: tuple[Problem, ...]) -> None:
    cures = [each.cure for each in problems if each.path.split(".")[0] == name]
    assert cures
    assert all("environments/dev.py:7" in cure for cure in cures)
    if "resource" in WRONG[name].content and name != "an-unknown-input":
        assert any(f"modules/{name}/module.py:42" in cure for cure in cures)
