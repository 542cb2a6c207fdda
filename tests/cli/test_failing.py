"""What a command says and how it ends when something other than the settings is wrong."""

from __future__ import annotations

import io
import json
import runpy
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from rich.console import Console

from groundplan import files
from groundplan.cli import launch, tables
from groundplan.cli.completing import complete_names
from groundplan.cli.steps import Run
from groundplan.plan import plan_all
from groundplan.problems import BadInput, Problem, ToolFailed
from tests.cli.conftest import Groundplan
from tests.cli.small_project import edit
from tests.plan.conftest import stack, write_synth
from tests.support import forking
from tests.synth.programs import settings

SECRET = "invented-secret-0123456789"


@pytest.mark.usefixtures("synthesized")
@pytest.mark.parametrize("place", ["out", "out/plans"])
def test_a_file_where_a_folder_must_be_ends_with_3_and_names_it(
    place: str, groundplan: Groundplan, project: Path
) -> None:
    (project / place).parent.mkdir(exist_ok=True)
    (project / place).write_text("a file")

    said = groundplan("plan", "test", "--only", "--json")

    assert said.code == said.json["exit_code"] == 3
    (problem,) = said.json["problems"]
    assert place in problem["path"]
    assert "the system refused" in problem["message"]
    assert problem["fix"].startswith("Remove ")


@pytest.mark.usefixtures("synthesized")
def test_a_full_disk_ends_with_3_and_says_what_to_move(groundplan: Groundplan, environment: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    environment.setattr("groundplan.plan.report.write_atomically", full)

    said = groundplan("plan", "test", "--only")

    assert said.code == 3
    assert "test-storage.json: the system refused: no space left on device" in said.err
    assert "GROUNDPLAN_CACHE_DIR" in said.err
    assert files.write_atomically is not full


@pytest.mark.usefixtures("planned")
@pytest.mark.parametrize(
    ("place", "content", "cure"),
    [
        ("cdktf.out/groundplan.json", "{", "groundplan synth"),
        ("cdktf.out/groundplan.json", '{"stacks": 7}', "groundplan synth"),
        ("out/plans/test-storage.meta.json", "[]", "groundplan plan"),
        ("out/plans/test-storage.json", "no JSON", "groundplan plan"),
    ],
)
def test_what_an_earlier_step_left_and_is_damaged_ends_with_2(
    place: str, content: str, cure: str, groundplan: Groundplan, project: Path
) -> None:
    (project / place).write_text(content)

    said = groundplan("check", "test", "--only", "--json")

    assert said.code == said.json["exit_code"] == 2
    assert any(cure in problem["fix"] or "plan" in problem["message"] for problem in said.json["problems"]), said.json


@pytest.mark.usefixtures("planned")
def test_a_kept_plan_that_is_damaged_is_made_again(groundplan: Groundplan, cache: Path) -> None:
    kept = sorted(cache.rglob("plans/*.json.gz"))
    assert kept
    for path in kept:
        path.write_bytes(path.read_bytes()[:40])

    said = groundplan("plan", "test", "--only")

    assert said.code == 0
    assert "unchanged since the last plan" not in said.err
    assert [path for path in kept if path.stat().st_size > 40]


def test_a_fault_of_ours_ends_with_70_and_its_report_holds_no_value(
    groundplan: Groundplan, environment: pytest.MonkeyPatch
) -> None:
    def broken(self: Run) -> None:
        raise KeyError(SECRET)

    environment.setattr(Run, "plan", broken)

    said = groundplan("plan", "test", "--base", SECRET, "--json")

    assert said.code == said.json["exit_code"] == 70
    assert SECRET not in said.err + said.out
    assert "groundplan itself failed: KeyError" in said.err
    assert "while running: groundplan plan --base --json" in said.err
    assert 'File "groundplan/cli/commands/reviewing.py", line ' in said.err


@pytest.mark.usefixtures("own_process")
def test_a_fault_of_ours_in_main_py_ends_with_70_too(groundplan: Groundplan, project: Path) -> None:
    edit(project / "main.py", 'owner="platform"', f'owner="{SECRET}"')
    # a KeyError says the whole environment that is not there
    edit(
        project / "main.py",
        "main(compose,",
        "import groundplan.synth.project as inside\ninside._name = {}.__getitem__\nmain(compose,",
    )

    said = groundplan("synth", "--json")

    assert said.json["exit_code"] == said.code == 70
    assert SECRET not in said.out + said.err


@pytest.mark.usefixtures("own_process")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("brand_new", "Run `make`, or what else installs the packages of this project"),
        ("modules.missing", "Correct this statement"),
        ("settings", "Correct this statement"),
    ],
)
def test_a_package_that_is_not_installed_is_no_wrong_statement(
    name: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "settings.py").write_text("from modules.missing import it\n", encoding="utf-8")
    (tmp_path / "main.py").write_text(f"import {name}\n", encoding="utf-8")
    failing = runpy.run_path(str(Path(launch.__file__).parents[1] / "failing.py"))

    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(SystemExit, match="2"):
        launch._run(tmp_path, failing)

    said = capsys.readouterr().err
    assert said.startswith(("main.py:1: ModuleNotFoundError", "settings.py:1: ModuleNotFoundError")), said
    assert told in said
    assert not failing["lacking"](ModuleNotFoundError("ours", name="groundplan.missing"), tmp_path)


def test_what_settings_print_is_no_part_of_an_answer(groundplan: Groundplan, project: Path) -> None:
    edit(project / "main.py", "main(compose,", "print('said by settings')\nmain(compose,")

    said = groundplan("plan", "test", "--json")

    assert [row["stack"] for row in said.json] == ["test-storage"]
    assert "said by settings" in said.err


@pytest.mark.parametrize(
    "arguments", [("plan", "--nothing", "--json"), ("nothing", "--json"), ("plan", "--jobs", "none", "--json")]
)
def test_arguments_that_nobody_knows_are_told_in_json_as_well(arguments: Any, groundplan: Groundplan) -> None:
    said = groundplan(*arguments)

    assert said.code == said.json["exit_code"] == 2
    assert said.json["problems"][0]["message"]


def test_wrong_settings_are_told_in_json_with_their_paths(groundplan: Groundplan, project: Path) -> None:
    edit(project / "main.py", "noncurrent_days=30,", "noncurrent_days=3000,")
    line = (project / "main.py").read_text().partition("noncurrent_days=3000")[0].count("\n") + 1

    said = groundplan("synth", "live", "--json")

    assert said.code == 2
    assert said.json["problems"] == [
        {
            "path": "live.noncurrent_days",
            "message": "must be 1 to 365, got 3000",
            "fix": "",
            "file": "main.py",
            "line": line,
        }
    ]


def test_the_version_is_told(groundplan: Groundplan) -> None:
    said = groundplan("--version")

    assert (said.code, said.out.split()[0]) == (0, "groundplan")


def test_an_unknown_way_to_load_the_bindings_ends_with_2(
    groundplan: Groundplan, environment: pytest.MonkeyPatch
) -> None:
    environment.setattr("groundplan.unusable", BadInput(Problem("GROUNDPLAN_BINDINGS", "is wrong")))

    assert groundplan("doctor").code == 2


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo rubbish", "does not say its version as Terraform does"),
        ("echo no >&2; exit 4", "version failed"),
        ('echo \'{"terraform_version": "1.5.7"}\'', "too old"),
        ('echo \'{"terraform_version": "new"}\'', "does not say its version"),
        ("sleep 60", "gave no answer in 0.5 seconds"),
    ],
)
def test_a_terraform_that_does_not_work_is_told_by_doctor_and_by_plan(
    script: str, told: str, groundplan: Groundplan, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "terraform"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    environment.setenv("GROUNDPLAN_TERRAFORM", str(program))
    environment.setattr("groundplan.plan.terraform._SECONDS_TO_SAY_ITS_VERSION", 0.5)

    said = groundplan("doctor", "--json")

    assert said.code == 3
    (row,) = [row for row in said.json if not row["fine"]]
    assert row["what"] == "GROUNDPLAN_TERRAFORM"
    assert told in row["found"]
    # planned is what lies there already: synthesizing it again would tell nothing
    with pytest.raises(ToolFailed, match=told):
        plan_all(write_synth(tmp_path / "cdktf.out", {"test-storage": stack("test-storage")}), tmp_path / "out")


@pytest.mark.usefixtures("synthesized")
def test_a_long_plan_tells_how_far_it_is(groundplan: Groundplan) -> None:
    said = groundplan("plan", "--only", "--jobs", "1")

    lines = [line for line in said.err.splitlines() if " to add" in line]
    assert [line.rpartition("(")[2] for line in lines] == ["1 of 2)", "2 of 2)"]
    assert {line.partition(":")[0] for line in lines} == {"test-storage", "live-storage"}


def test_a_file_that_the_system_lets_nobody_finish_is_not_left_half_written(planned: Path, cache: Path) -> None:
    # a library's own bytecode would be cut short too, and stay so
    full = "import resource, sys\nsys.argv = ['groundplan', 'review', 'test', '--only', '--json']\n"
    small = "sys.dont_write_bytecode = True\nresource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
    start = "from groundplan.cli import main\nmain()"

    done = forking.run([sys.executable, "-c", full + small + start], cwd=planned, env=settings(cache), timeout=120)

    said = json.loads(done.stdout)
    assert done.returncode == said["exit_code"] == 3, done.stderr
    assert "file too large" in said["problems"][0]["message"]
    assert "ulimit -f" in said["problems"][0]["fix"]
    for path in (planned / "out").rglob("*"):
        assert not path.name.startswith("."), path
        # each file that is there is whole: none ends at the limit
        assert path.is_dir() or path.stat().st_size != 20_000


@pytest.mark.usefixtures("own_process")
def test_a_node_that_is_not_there_ends_with_3_and_is_told_by_doctor(
    groundplan: Groundplan, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("JSII_NODE", "/nowhere/node")

    made = groundplan("synth", "--json")
    said = groundplan("doctor", "--json")

    assert made.code == made.json["exit_code"] == 3
    assert "there is no program /nowhere/node" in str(made.json["problems"])

    assert said.code == 3
    assert "there is no program /nowhere/node" in next(row["found"] for row in said.json if row["what"] == "Node.js")


def test_what_is_planned_is_judged_and_shown_without_node_js(planned: Path, cache: Path) -> None:
    done = forking.run(
        [sys.executable, "-m", "groundplan", "review", "test", "--only", "--json"],
        cwd=planned,
        env=settings(cache, JSII_NODE="/nowhere/node"),
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outcome"] == "may"


def test_no_network_is_not_no_news(groundplan: Groundplan, environment: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise requests.ConnectionError

    environment.setattr(requests.Session, "get", refused)

    said = groundplan("charts", "list", "velero", "--newer", "--json")

    assert said.code == 3
    assert "no connection" in said.json[0]["error"]


@pytest.mark.parametrize(
    ("line", "completed"),
    [("groundplan de", {"deploy"}), ("groundplan new ru", {"rule"}), ("groundplan review --wa", {"--watch"})],
)
def test_a_shell_is_given_what_completes_a_word_and_nothing_else(
    line: str, completed: set[str], groundplan: Groundplan, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("_GROUNDPLAN_COMPLETE", "complete_bash")
    environment.setenv("COMP_WORDS", line)
    environment.setenv("COMP_CWORD", str(line.count(" ")))

    said = groundplan()

    assert (said.code, set(said.out.split()), said.err) == (0, completed, "")


def test_names_are_completed_with_what_was_synthesized_and_silently_without(
    project: Path, environment: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    environment.chdir(project / "modules")
    assert complete_names("") == []
    (project / "cdktf.out").mkdir()
    manifest = project / "cdktf.out" / "groundplan.json"
    manifest.write_text(json.dumps({"stacks": [{"environment": "test", "name": "test-storage"}]}))
    assert complete_names("te") == ["test", "test-storage"]
    assert complete_names("test-") == ["test-storage"]
    for damaged in ("{", "[]", '{"stacks": 7}', '{"stacks": [7]}'):
        manifest.write_text(damaged)
        assert complete_names("") == []
    assert capfd.readouterr() == ("", "")


def test_a_table_is_read_at_60_columns() -> None:
    rows = [{"stack": "staging-certificates", "create": 120, "update": 3, "replace": 0, "delete": 1, "placeholders": 4}]
    console = Console(width=60, record=True, file=io.StringIO())

    console.print(tables.plans(rows))

    lines = console.export_text().splitlines()
    assert lines == [
        "staging-certificates",
        "  create: 120",
        "  update: 3",
        "  delete: 1",
        "  unknown from upstream: 4",
    ]


def test_ten_thousand_problems_of_a_kind_are_told_by_the_first_and_their_number() -> None:
    problems = [
        Problem(f'prod.records["r{i}"].ttl', f"must be 1 or more, got {-i}", "Raise it.") for i in range(10_000)
    ]

    lines = str(BadInput([*problems, Problem("prod.name", "is required and missing")])).splitlines()

    assert len(lines) == 8
    assert lines[-2] == 'prod.records[...].ttl: 9,997 more like these, the last at prod.records["r9999"].ttl'
    assert lines[-1] == "prod.name: is required and missing"


def test_a_message_never_prints_a_megabyte() -> None:
    huge = "x" * 1_000_000

    assert len(str(Problem(huge, huge, huge))) < 7_000
    assert len(json.dumps(Problem(huge, huge, huge).as_json())) < 7_000
    assert len(str(ToolFailed(huge, cure=huge, output=f"{huge} the end"))) < 14_000
    assert str(ToolFailed("failed", output=f"{huge} the end")).endswith("the end")
