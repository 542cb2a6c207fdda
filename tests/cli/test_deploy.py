"""`groundplan deploy`: judged as of today, in the order that stacks need each other, with a way on when one fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.cli.deploying import deploy, order
from groundplan.cli.errors import deploy_failed
from groundplan.cli.steps import Run
from groundplan.problems import BadInput
from groundplan.synth.manifest import Manifest, StackRecord
from tests.cli.conftest import Groundplan
from tests.cli.small_project import edit, open_a_bucket, own_rules
from tests.synth.programs import settings

EXPIRED = """
waivers: []
permits:
  - stack: test-storage
    address: module.archive.aws_s3_bucket.archive
    reason: the archive moves to another account
    owner: platform
    last_day: "2020-01-31"
"""

OWN_TERMINAL = f"""exec "{sys.executable}" -c 'import os, pty, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
pid, terminal = pty.fork()
if not pid: os.execvp("sh", ["sh", sys.argv[1]])
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))' "$0.sh"
"""


def stack(name: str, *needs: str, environment: str = "dev") -> StackRecord:
    return StackRecord(
        name=name,
        environment=environment,
        family=name,
        folder=f"stacks/{name}",
        depends_on=needs,
        calls={},
        call_modules={},
        answers={},
    )


# the second as the real cdktf: Terraform in a terminal of its own, and nothing of it left after cdktf
CDKTFS = {"in_its_own_session": 'exec sh "$0.sh"', "in_a_session_of_terraform": OWN_TERMINAL}

Stopped = tuple[list[str], bytes]
"""What a run that was stopped has done and said."""


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> dict[str, Stopped]:
    """Runs that were stopped while a stack was being deployed, by their cdktf: side by side, as each takes its time."""
    folders = {cdktf: tmp_path_factory.mktemp(cdktf) for cdktf in CDKTFS}
    running = {cdktf: deploying(folders[cdktf], cache, body) for cdktf, body in CDKTFS.items()}
    waiting, end = set(running), time.monotonic() + 20
    while waiting and time.monotonic() < end:
        time.sleep(0.05)
        applying = {each for each in waiting if "apply" in written(folders[each])}
        for cdktf in applying:
            running[cdktf].send_signal(signal.SIGTERM)
        waiting -= applying
    said = {cdktf: process.communicate(timeout=20)[1] for cdktf, process in running.items()}
    return {cdktf: (written(folders[cdktf]), said[cdktf]) for cdktf in CDKTFS}


def written(folder: Path) -> list[str]:
    """What the programs of a test have written down."""
    log = folder / "calls"
    return log.read_text().splitlines() if log.exists() else []


def deploying(folder: Path, cache: Path, body: str) -> subprocess.Popen[bytes]:
    """A run that deploys two stacks by a cdktf which applies for seconds, and for seconds ends when it is told to."""
    program = folder / "cdktf"
    program.write_text(f'#!/bin/sh\necho "deploy $2" >> "{folder}/calls"\n{body}\n')
    program.chmod(0o755)
    (folder / "cdktf.sh").write_text(
        f'trap \'sleep 2.5; echo "state written" >> "{folder}/calls"; exit 1\' INT\n'
        f'echo apply >> "{folder}/calls"\nfor i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.5; done\n'
    )
    code = (
        "from pathlib import Path; from groundplan import children; from groundplan.cli.deploying import deploy\n"
        "from tests.cli.test_deploy import stack\n"
        "with children.stoppable():\n"
        f"  deploy([stack('a'), stack('b')], [{str(program)!r}], project=Path({str(folder)!r}), progress=print)"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code], env=settings(cache), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    )


@pytest.fixture
def programs(tmp_path: Path, environment: pytest.MonkeyPatch) -> Path:
    """A cdktf in front of the PATH that writes its arguments down, and fails for the stack that $FAILS names."""
    folder = tmp_path / "programs"
    folder.mkdir()
    fakes = {
        "cdktf": f'echo "$@" >> "{tmp_path}/calls"\necho "Terraform said so"\ntest "$2" != "$FAILS"\n',
        "terraform": "",
    }
    for name, body in fakes.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}")
        (folder / name).chmod(0o755)
    environment.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def calls(tmp_path: Path) -> list[str]:
    """The stacks that cdktf was called with."""
    return [line.split()[1] for line in written(tmp_path)]


class TestOrder:
    """Which stack comes after which."""

    @given(st.permutations(range(6)), st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
    def test_every_stack_comes_behind_those_that_it_needs(
        self, shuffled: list[int], pairs: set[tuple[int, int]]
    ) -> None:
        # a stack needs stacks of lower numbers only, so there is no circle
        needs = {n: sorted({f"s{low}" for high, low in pairs if high == n and low < n}) for n in range(6)}
        manifest = Manifest(stacks=tuple(stack(f"s{n}", *needs[n]) for n in shuffled), modules=())

        names = [each.name for each in order(manifest, "dev")]

        assert sorted(names) == [f"s{n}" for n in range(6)]
        assert all(names.index(needed) < names.index(f"s{n}") for n in range(6) for needed in needs[n])
        assert names == [each.name for each in order(manifest, "dev")]

    def test_stacks_of_other_environments_are_neither_deployed_nor_waited_for(self) -> None:
        manifest = Manifest(stacks=(stack("p", environment="prod"), stack("d", "p")), modules=())

        assert [each.name for each in order(manifest, "dev")] == ["d"]

    def test_a_stack_is_no_environment(self) -> None:
        with pytest.raises(BadInput, match="takes one environment whole"):
            order(Manifest(stacks=(stack("dev-dns"),), modules=()), "dev-dns")


class TestFailures:
    """A stack that cannot be deployed."""

    def test_those_that_need_it_are_not_started_and_the_others_are(
        self, programs: Path, tmp_path: Path, environment: pytest.MonkeyPatch
    ) -> None:
        environment.setenv("FAILS", "certificates")
        stacks = [
            stack("dns"),
            stack("certificates", "dns"),
            stack("secrets", "certificates"),
            stack("backup", "secrets"),
            stack("registry"),
        ]

        made = deploy(stacks, [str(programs / "cdktf")], project=tmp_path, progress=lambda _: None)

        assert calls(tmp_path) == ["dns", "certificates", "registry"]
        assert made.deployed == ("dns", "registry")
        assert made.failed == ("certificates",)
        assert made.not_started == ("secrets", "backup")

    def test_the_message_names_them_and_how_to_go_on(self) -> None:
        said = str(deploy_failed("dev", ["dev-dns"], ["dev-certificates"], ["dev-secrets"]))

        assert "dev-certificates could not be deployed; not started, since they need it: dev-secrets" in said
        assert "groundplan deploy dev" in said
        assert "terraform state push" in said

    @pytest.mark.parametrize("cdktf", CDKTFS)
    def test_a_run_that_is_stopped_lets_the_stack_end_in_order_and_starts_no_other(
        self, stopped: dict[str, Stopped], cdktf: str
    ) -> None:
        log, said = stopped[cdktf]

        assert log == ["deploy a", "apply", "state written"]
        assert b"stopped by SIGTERM while a stack was being deployed" in said


class TestCommand:
    """The command as a person or a job calls it."""

    @pytest.mark.usefixtures("programs")
    def test_what_may_merge_is_deployed_and_the_review_lies_beside_it(
        self, groundplan: Groundplan, project: Path, tmp_path: Path
    ) -> None:
        said = groundplan("deploy", "test")

        assert said.code == 0
        assert (tmp_path / "calls").read_text().split() == [
            *("deploy", "test-storage", "--skip-synth", "--auto-approve", "--ignore-missing-stack-dependencies")
        ]
        assert "May merge" in said.out
        assert "test-storage  deployed" in said.out
        assert "Terraform said so" in said.err
        assert (project / "out" / "review.html").stat().st_size

    @pytest.mark.usefixtures("programs")
    def test_what_is_denied_is_not_deployed(self, groundplan: Groundplan, project: Path, tmp_path: Path) -> None:
        open_a_bucket(project)

        said = groundplan("deploy", "test")

        assert said.code == 1
        assert calls(tmp_path) == []
        assert "storage/bucket_public_access_blocked" in said.out
        assert "Nothing of test is deployed" in said.err

    @pytest.mark.usefixtures("programs")
    def test_a_permit_that_has_run_out_since_the_merge_stops_it(
        self, groundplan: Groundplan, project: Path, tmp_path: Path
    ) -> None:
        (own_rules(project) / "exceptions" / "data.yaml").write_text(EXPIRED)

        said = groundplan("deploy", "test")

        assert said.code == 1
        assert calls(tmp_path) == []
        assert "renew it in policies/exceptions" in said.err

    def test_what_somebody_synthesized_since_the_review_is_not_deployed(
        self, programs: Path, groundplan: Groundplan, project: Path, tmp_path: Path, environment: pytest.MonkeyPatch
    ) -> None:
        reviewed = Run.review

        def review(run: Run) -> Any:
            found = reviewed(run)
            edit(project / "cdktf.out/stacks/test-storage/cdk.tf.json", "us-east-1", "us-east-2")
            return found

        environment.setattr(Run, "review", review)

        said = groundplan("deploy", "test", "--json")

        assert programs.is_dir()
        assert said.code == said.json["exit_code"] == 2
        assert said.json["problems"][0]["path"] == "test-storage"
        assert "differently now than when it was judged" in said.err
        assert calls(tmp_path) == []

    def test_nobody_synthesizes_while_it_deploys(
        self, programs: Path, groundplan: Groundplan, project: Path, tmp_path: Path
    ) -> None:
        waits = (
            f"GROUNDPLAN_LOCK_SECONDS=0 {sys.executable} -c 'from pathlib import Path; "
            'from groundplan.synth.locks import holding\nwith holding(Path("cdktf.out"), "a synth"): pass\''
        )
        (programs / "cdktf").write_text(f'#!/bin/sh\n{waits} >"{tmp_path}/waited" 2>&1 && exit 1; exit 0\n')

        said = groundplan("deploy", "test")

        assert said.code == 0, said.err
        assert "groundplan deploy" in (tmp_path / "waited").read_text()
        assert (project / "cdktf.out").is_dir()

    @pytest.mark.usefixtures("programs")
    def test_a_stack_that_fails_ends_with_3_and_json_tells_which(
        self, groundplan: Groundplan, environment: pytest.MonkeyPatch
    ) -> None:
        environment.setenv("FAILS", "test-storage")

        said = groundplan("deploy", "test", "--json")

        assert said.code == 3
        assert said.json["failed"] == ["test-storage"]
        assert "test-storage could not be deployed" in said.err
        assert "groundplan deploy test" in said.err

    @pytest.mark.usefixtures("programs")
    def test_a_stack_or_a_misspelled_environment_ends_with_2(self, groundplan: Groundplan, tmp_path: Path) -> None:
        assert groundplan("deploy", "test-storage").code == 2
        assert groundplan("deploy", "tset").code == 2
        assert calls(tmp_path) == []

    def test_without_the_terraform_command_it_ends_with_3_before_anything_else(
        self, groundplan: Groundplan, environment: pytest.MonkeyPatch, tmp_path: Path, project: Path
    ) -> None:
        environment.setenv("PATH", str(tmp_path))

        said = groundplan("deploy", "test")

        assert said.code == 3
        assert "the terraform command is not on PATH" in said.err
        assert not (project / "cdktf.out").exists()


class TestWorkspaces:
    """What each workspace must be set to."""

    def test_each_stack_says_where_it_is_and_what_its_runs_are_given(self, groundplan: Groundplan) -> None:
        (row,) = groundplan("workspaces", "test", "--json").json

        assert row["name"] == "test-storage"
        assert row["organization"] == "example"
        assert row["folder"] == "cdktf.out/stacks/test-storage"
        assert row["terraform"] == ">= 1.9.0"
        assert row["reads"] == row["shared_with"] == []
        assert row["variables"]["TFC_AWS_PROVIDER_AUTH"] == "true"
        assert "account 111122223333" in row["variables"]["TFC_AWS_RUN_ROLE_ARN"]
        assert "workspace:test-storage:" in row["variables"]["TFC_AWS_RUN_ROLE_ARN"]
        assert "GITLAB_TOKEN" not in row["variables"]

    def test_people_read_the_same(self, groundplan: Groundplan) -> None:
        said = groundplan("workspaces")

        assert said.code == 0
        assert "app.terraform.io/app/example/workspaces/live-storage" in said.out
        assert "shares its state with: no other" in said.out
