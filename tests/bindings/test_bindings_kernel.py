"""The kernel is one process, and prints, fails and ends as jsii's two do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from jsii._kernel.providers import ProcessProvider

from groundplan.bindings.kernel import direct

Run = Callable[..., CompletedProcess[str]]
START = "import groundplan\nimport cdktf\n"
APP = f"{START}cdktf.App()\n"
BELOW = f"{APP}import psutil\nfrom pathlib import Path\nbelow = psutil.Process().children(recursive=True)\n"


def test_a_program_has_one_process_of_node_js(run: Run) -> None:
    done = run(f"{BELOW}print([Path(each.exe()).name for each in below])\n")

    assert done.stdout == "['node']\n", done.stderr


def test_what_the_kernel_prints_comes_out_where_it_belongs(run: Run, tmp_path: Path) -> None:
    (tmp_path / "loud.js").write_text("console.log('a word');console.error('a complaint')")

    done = run(APP, NODE_OPTIONS=f"--require {tmp_path / 'loud.js'}")

    assert (done.returncode, done.stdout, done.stderr) == (0, "a word\n", "a complaint\n")


def test_a_kernel_that_ends_early_is_no_second_failure_at_the_end(run: Run) -> None:
    done = run(f"{BELOW}for each in below:\n    each.kill()\npsutil.wait_procs(below)\n")

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("node", ["/nowhere/node", "/bin/false"])
def test_a_node_that_does_not_run_is_told_each_time(run: Run, node: str) -> None:
    twice = (
        "for _ in range(2):\n    try:\n        cdktf.App()\n    except Exception as error:\n        print('refused')\n"
    )

    done = run(START + twice, JSII_NODE=node)

    assert done.stdout == "refused\nrefused\n", done.stderr


def test_another_kernel_that_is_named_is_started_as_jsii_does(monkeypatch: pytest.MonkeyPatch) -> None:
    stock: Any = ProcessProvider()
    other = object()

    assert type(direct(stock)) is not ProcessProvider
    assert direct(other) is other
    monkeypatch.setenv("JSII_RUNTIME", "/somewhere/kernel.js")
    assert direct(stock) is stock


def test_it_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    done = run(APP, TMPDIR=str(scratch))

    assert done.returncode == 0, done.stderr
    assert [*scratch.iterdir()] == []


def test_what_is_not_waited_for_is_done_in_its_order_and_its_failure_is_told_by_what_is_asked_next(run: Run) -> None:
    program = (
        "from groundplan.bindings import unanswered\n"
        "app = cdktf.App(skip_validation=True)\n"
        "one, two = cdktf.TerraformStack(app, 'one'), cdktf.TerraformStack(app, 'two')\n"
        "with unanswered():\n"
        "    for number in range(500):\n"
        "        one.add_override('locals.number', number)\n"
        "print(one.to_terraform()['locals'])\n"
        "with unanswered():\n"
        "    one.add_dependency(two)\n"
        "    two.add_dependency(one)\n"
        "    one.add_override('locals.after', True)\n"
        "try:\n"
        "    two.to_terraform()\n"
        "except RuntimeError as error:\n"
        "    print('circular' in str(error).lower() or 'depend' in str(error), 'at ' in str(error.__cause__))\n"
        "print(one.to_terraform()['locals'])\n"
    )

    done = run(START + program)

    assert done.stdout == "{'number': 499}\nTrue True\n{'number': 499, 'after': True}\n", done.stderr


def test_a_kernel_of_jsii_s_own_is_waited_for(run: Run) -> None:
    program = (
        "import jsii\n"
        "from groundplan.bindings import unanswered\n"
        "jsii.kernel.provider = object()\n"
        "with unanswered():\n"
        "    print('went on')\n"
    )

    assert run(START + program).stdout == "went on\n"
