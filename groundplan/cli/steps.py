"""The steps from settings to a review, each running what it needs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from groundplan import children
from groundplan.files import write_atomically
from groundplan.plan.meta import PlanMeta, plan_paths
from groundplan.policy.findings import Findings
from groundplan.problems import ExitCode, GroundplanError, Problem
from groundplan.review import ReviewFiles
from groundplan.synth.manifest import MANIFEST, Manifest

from . import errors

__all__ = ["Run", "find_project"]

Progress = Callable[[str], None]


def find_project(given: Path | None) -> Path:
    """The folder of main.py: the given one, or the current one, or the nearest above it."""
    here = (given or Path.cwd()).resolve()
    if given is None:
        for folder in (here, *here.parents):
            if (folder / "main.py").is_file() and (folder / "cdktf.json").is_file():
                return folder
    if not (here / "main.py").is_file():
        raise errors.no_project(here)
    return here


class Synthesized(GroundplanError):
    """main.py has already told what is wrong."""

    def __init__(self, exit_code: int, problems: Sequence[Problem] = ()) -> None:
        super().__init__("")
        self.exit_code = ExitCode(exit_code)
        self.problems = tuple(problems)


@dataclass
class Run:
    """One invocation: the project, the names it is about, and how to plan and judge.

    `only` takes what the earlier steps left in cdktf.out and out instead of running them again.
    """

    project: Path
    names: Sequence[str] = ()
    progress: Progress = lambda _: None
    only: bool = False
    fresh: bool = False
    terraform: str | None = None
    live: bool = False
    base: str | None = None
    jobs: int | None = None
    engine: Literal["regorus", "opa"] | None = None
    _plans: dict[str, Path] = field(default_factory=dict)
    _metas: dict[str, PlanMeta] = field(default_factory=dict)

    @property
    def synthesized(self) -> Path:
        """Where synth writes."""
        return self.project / "cdktf.out"

    @property
    def out(self) -> Path:
        """Where plans, findings and reviews go."""
        return self.project / "out"

    def synth(self) -> Manifest:
        """Runs main.py in a process of its own, so that the memory of the jsii kernel is gone when it ends."""
        self.progress("synthesizing")
        _run_main(self.project, self.synthesized, self.names, fresh=self.fresh)
        return self.manifest()

    def manifest(self) -> Manifest:
        """What synth left."""
        if not (self.synthesized / MANIFEST).is_file():
            raise errors.not_made_yet("cdktf.out", "groundplan synth")
        return Manifest.read(self.synthesized)

    def selected(self, manifest: Manifest) -> list[str]:
        """The stacks that the names stand for; all when there are none."""
        known = {stack.name for stack in manifest.stacks} | {stack.environment for stack in manifest.stacks}
        unknown = [name for name in self.names if name not in known]
        if unknown:
            raise errors.unknown_names(unknown, known)
        wanted = set(self.names)
        return [
            stack.name for stack in manifest.stacks if not wanted or stack.name in wanted or stack.environment in wanted
        ]

    def plan(self) -> Manifest:
        """Plans the selected stacks into out/plans."""
        from groundplan.plan import plan_all

        manifest = self.manifest() if self.only else self.synth()
        stacks = self.selected(manifest)
        with _base_folder(self.base, self.project, self.progress) as base:
            self.progress("planning")
            report = plan_all(
                self.synthesized,
                self.out,
                stacks,
                terraform=self.terraform,
                live=self.live,
                jobs=self.jobs,
                base=base,
                fresh=self.fresh,
                progress=self.progress,
            )
        self._plans = dict(report.plans)
        self._metas = dict(report.metas)
        return manifest

    def planned(self) -> tuple[Manifest, dict[str, Path], dict[str, PlanMeta]]:
        """The plans of the selected stacks: made now, or with `only` those of the last time."""
        if not self.only:
            manifest = self.plan()
            return manifest, self._plans, self._metas
        manifest = self.manifest()
        plans, metas = {}, {}
        for stack in self.selected(manifest):
            plan, meta = plan_paths(self.out, stack)
            if not plan.is_file() or not meta.is_file():
                raise errors.not_made_yet(f"the plan of {stack}", "groundplan plan")
            plans[stack], metas[stack] = plan, PlanMeta.read(meta)
        return manifest, plans, metas

    def check(self) -> tuple[Findings, Manifest, dict[str, Path], dict[str, PlanMeta]]:
        """Judges the plans by policies/ into out/findings.json."""
        from groundplan.policy import judge

        manifest, plans, metas = self.planned()
        self.progress("judging")
        findings = judge(
            plans,
            policies=self.project / "policies",
            manifest=manifest,
            engine=self.engine,
            today=date.today(),
            progress=self.progress,
        )
        write_atomically(self.out / "findings.json", (findings.model_dump_json(indent=2) + "\n").encode())
        return findings, manifest, plans, metas

    def review(self) -> tuple[Findings, ReviewFiles]:
        """Writes out/review.md, out/review.html and GitLab's reports."""
        from groundplan.review import write_review

        findings, manifest, plans, metas = self.check()
        self.progress("writing the review")
        files = write_review(
            self.out,
            manifest=manifest,
            findings=findings,
            plans=plans,
            metas=metas,
            project=self.project,
            blob_url=_blob_url(),
        )
        return findings, files


def _run_main(project: Path, out: Path, names: Sequence[str], *, fresh: bool) -> None:
    environment = {
        **os.environ,
        "CDKTF_OUTDIR": str(out),
        "GROUNDPLAN_SELECT": ",".join(names),
        "GROUNDPLAN_FRESH": "1" if fresh else "",
    }
    launcher = str(Path(__file__).with_name("launch.py"))
    with children.scratch("groundplan-synth-") as temporary:
        # what it prints is for people; what it leaves when it is ended, the kernel's files too, goes with the folder
        environment |= {"TMPDIR": str(temporary), "GROUNDPLAN_PROBLEMS": str(temporary / _PROBLEMS)}
        sys.stdout.flush()
        done = children.run([sys.executable, launcher], cwd=project, env=environment, stdout=2, stderr=None)
        if done.returncode in (ExitCode.BAD_INPUT, ExitCode.TOOL_FAILED, ExitCode.BUG):
            raise Synthesized(done.returncode, _told(temporary / _PROBLEMS))
    if done.returncode:
        raise errors.synth_broke(done.returncode)


_PROBLEMS = "problems.json"


def _told(file: Path) -> list[Problem]:
    """The problems that main.py has printed, once more for machines; none when it could not leave them."""
    try:
        return [Problem(each["path"], each["message"], each["fix"]) for each in json.loads(file.read_bytes())]
    except (OSError, ValueError, KeyError, TypeError):
        return [Problem("main.py", "could not be synthesized", "What it printed to standard error says why.")]


@contextmanager
def _base_folder(base: str | None, project: Path, progress: Progress) -> Iterator[Path | None]:
    """The synthesized folder to plan against: a folder as it is, or a git revision synthesized in its own worktree."""
    if base is None:
        yield None
        return
    if (Path(base) / MANIFEST).is_file():
        yield Path(base)
        return
    top = _git(project, "rev-parse", "--show-toplevel")
    revision = _git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
    if top.returncode or revision.returncode:
        raise errors.no_such_base(base, (top.stderr if top.returncode else "").strip())
    inside = project.relative_to(Path(top.stdout.strip()).resolve())
    progress(f"synthesizing {base}")
    with tempfile.TemporaryDirectory(prefix="groundplan-base-") as scratch:
        tree, out = Path(scratch) / "tree", Path(scratch) / "cdktf.out"
        added = _git(project, "worktree", "add", "--detach", "--quiet", str(tree), revision.stdout.strip())
        if added.returncode:
            raise errors.no_such_base(base, added.stderr.strip())
        try:
            try:
                _run_main(tree / inside, out, (), fresh=False)
            except GroundplanError as error:
                raise errors.base_not_synthesized(base) from error
            yield out
        finally:
            _git(project, "worktree", "remove", "--force", str(tree))


def _git(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("git") or "git"
    return subprocess.run([program, *arguments], cwd=project, capture_output=True, text=True, check=False)


def _blob_url() -> str | None:
    """Where GitLab shows the files of this commit, when a pipeline runs."""
    project, commit = os.environ.get("CI_PROJECT_URL"), os.environ.get("CI_COMMIT_SHA")
    return f"{project}/-/blob/{commit}" if project and commit else None
