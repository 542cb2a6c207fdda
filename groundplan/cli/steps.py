"""The steps from settings to a review, each running what it needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from groundplan.plan.meta import PlanMeta, plan_paths
from groundplan.plan.removed import removed_manifest, removed_metas
from groundplan.policy.findings import Findings
from groundplan.problems import ExitCode, GroundplanError
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

    def __init__(self, exit_code: int) -> None:
        super().__init__("")
        self.exit_code = ExitCode(exit_code)


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

    def synth(self, elsewhere: Collection[str] = ()) -> Manifest:
        """Runs main.py in a process of its own, so that the memory of the jsii kernel is gone when it ends.

        A name that is one of `elsewhere`, those that the base knows, may be gone here.
        """
        self.progress("synthesizing")
        _run_main(self.project, self.synthesized, self.names, elsewhere=elsewhere, fresh=self.fresh)
        return self.manifest()

    def manifest(self) -> Manifest:
        """What synth left."""
        if not (self.synthesized / MANIFEST).is_file():
            raise errors.not_made_yet("cdktf.out", "groundplan synth")
        return Manifest.read(self.synthesized)

    def selected(self, manifest: Manifest, elsewhere: Collection[str] = ()) -> list[str]:
        """The stacks that the names stand for; all when there are none. `elsewhere` is what only the base may know."""
        known = _names(manifest)
        unknown = [name for name in self.names if name not in known and name not in elsewhere]
        if unknown:
            raise errors.unknown_names(unknown, known)
        wanted = set(self.names)
        return [
            stack.name for stack in manifest.stacks if not wanted or stack.name in wanted or stack.environment in wanted
        ]

    def plan(self) -> Manifest:
        """Plans the selected stacks into out/plans."""
        from groundplan.plan import plan_all

        with _base_folder(self.base, self.project, self.progress) as base:
            elsewhere = _names(Manifest.read(base)) if base is not None else set()
            manifest = self.manifest() if self.only else self.synth(elsewhere)
            stacks = self.selected(manifest, elsewhere)
            self.progress("planning")
            report = plan_all(
                self.synthesized,
                self.out,
                stacks,
                terraform=self.terraform,
                live=self.live,
                jobs=self.jobs,
                base=base,
                names=self.names,
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
        metas = removed_metas(self.out, self.names)
        plans = {stack: plan_paths(self.out, stack)[0] for stack in metas}
        for stack in self.selected(
            manifest, {name for meta in metas.values() for name in (meta.environment, meta.stack)}
        ):
            plan, meta = plan_paths(self.out, stack)
            if not plan.is_file() or not meta.is_file():
                raise errors.not_made_yet(f"the plan of {stack}", "groundplan plan")
            plans[stack], metas[stack] = plan, PlanMeta.model_validate_json(meta.read_bytes())
        return manifest, plans, metas

    def check(self) -> tuple[Findings, Manifest, dict[str, Path], dict[str, PlanMeta]]:
        """Judges the plans by policies/ into out/findings.json."""
        from groundplan.policy import judge
        from groundplan.review import without_secrets

        manifest, plans, metas = self.planned()
        self.progress("judging")
        findings = judge(
            plans,
            policies=self.project / "policies",
            manifest=manifest,
            removed=removed_manifest(metas.values()),
            engine=self.engine,
            today=date.today(),
            progress=self.progress,
        )
        # a rule may quote the value that it denies
        findings = without_secrets(findings, plans)
        self.out.mkdir(parents=True, exist_ok=True)
        (self.out / "findings.json").write_text(findings.model_dump_json(indent=2) + "\n", encoding="utf-8")
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


def _names(manifest: Manifest) -> set[str]:
    """The names that a selection may have: of stacks and of environments."""
    return {stack.name for stack in manifest.stacks} | {stack.environment for stack in manifest.stacks}


def _run_main(project: Path, out: Path, names: Sequence[str], *, elsewhere: Collection[str] = (), fresh: bool) -> None:
    environment = {
        **os.environ,
        "CDKTF_OUTDIR": str(out),
        "GROUNDPLAN_SELECT": ",".join(names),
        "GROUNDPLAN_ELSEWHERE": ",".join(sorted(elsewhere)),
        "GROUNDPLAN_FRESH": "1" if fresh else "",
    }
    launcher = str(Path(__file__).with_name("launch.py"))
    done = subprocess.run([sys.executable, launcher], cwd=project, env=environment, check=False)
    if done.returncode in (2, 3):
        raise Synthesized(done.returncode)
    if done.returncode:
        raise errors.synth_broke(done.returncode)


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
