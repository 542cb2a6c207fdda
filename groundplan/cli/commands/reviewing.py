"""groundplan plan, check and review: each step runs those before it, and takes their options."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundplan import children
from groundplan.plan.shards import Shard
from groundplan.problems import ExitCode, GroundplanError
from groundplan.review import Outcome

from .. import errors, saying, tables
from ..ending import failure_of
from ..opening import Foreign, opened
from ..options import (
    Base,
    Engine,
    Fresh,
    Jobs,
    Json,
    Live,
    Names,
    Of,
    Only,
    PlanFiles,
    Project,
    RootFolder,
    Share,
    Terraform,
    VarFiles,
    Vars,
)
from ..steps import Run, find_project

if TYPE_CHECKING:
    from groundplan.review import PostedNote

__all__ = ["check", "plan", "review"]


def plan(
    names: Names = None,
    project: Project = None,
    live: Live = False,
    base: Base = None,
    terraform: Terraform = None,
    jobs: Jobs = None,
    fresh: Fresh = False,
    only: Only = False,
    shard: Share = None,
    root: RootFolder = None,
    var_file: VarFiles = None,
    var: Vars = None,
    as_json: Json = False,
) -> None:
    """Plan the stacks with the real Terraform core into out/plans: offline, unless --live."""
    share = Shard.read(shard) if shard is not None else None
    foreign = Foreign(root, var_file, var)
    if share is not None and names:
        raise errors.shard_with_names(str(share), names)
    options = {"live": live, "base": base, "terraform": terraform, "jobs": jobs, "fresh": fresh, "only": only}
    with opened(project, names, foreign, shard=share, **options) as run:
        run.plan()
        rows = tables.plan_rows(run._plans, run._metas)
    if share is not None and not rows:
        saying.line(errors.shard_without_stacks(str(share)))
    if as_json:
        saying.answer(rows)
    elif rows:
        saying.out.print(tables.plans(rows))


def check(
    names: Names = None,
    project: Project = None,
    engine: Engine = None,
    live: Live = False,
    base: Base = None,
    terraform: Terraform = None,
    jobs: Jobs = None,
    fresh: Fresh = False,
    only: Only = False,
    root: RootFolder = None,
    var_file: VarFiles = None,
    var: Vars = None,
    plan: PlanFiles = None,
    environment: Of = None,
    as_json: Json = False,
) -> None:
    """Judge the plans by the rules in policies/ into out/findings.json."""
    foreign = Foreign(root, var_file, var, plan, environment)
    options = {"live": live, "base": base, "terraform": terraform, "jobs": jobs, "fresh": fresh, "only": only}
    with opened(project, names, foreign, engine=engine, **options) as run:
        findings, _, _, _ = run.check()
    if as_json:
        saying.answer(findings.model_dump(mode="json"))
    else:
        saying.out.print(tables.findings(findings))
    raise typer.Exit(int(ExitCode.DENIED if findings.denied else ExitCode.FINE))


def review(
    names: Names = None,
    project: Project = None,
    engine: Engine = None,
    live: Live = False,
    base: Base = None,
    terraform: Terraform = None,
    jobs: Jobs = None,
    fresh: Fresh = False,
    only: Only = False,
    note: Annotated[bool, typer.Option(help="Post the review into the merge request of this GitLab pipeline.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Review again after every edit; the page in a browser reloads by itself.")
    ] = False,
    root: RootFolder = None,
    var_file: VarFiles = None,
    var: Vars = None,
    plan: PlanFiles = None,
    environment: Of = None,
    as_json: Json = False,
) -> None:
    """Write out/review.md, out/review.html and GitLab's reports; runs synth, plan and check first."""
    foreign = Foreign(root, var_file, var, plan, environment)
    options = {"live": live, "base": base, "terraform": terraform, "jobs": jobs, "fresh": fresh, "only": only}
    if watch:
        given = {"--live": live, "--fresh": fresh, "--only": only, "--note": note, "--json": as_json, **foreign.given}
        if wrong := [name for name, said in given.items() if said]:
            raise errors.watch_with(wrong)
        _watch(project, names, engine=engine, base=base, terraform=terraform, jobs=jobs)
    with opened(project, names, foreign, engine=engine, **options) as run:
        findings, files = run.review()
        posted, not_posted = _post(files.note, run) if note else (None, None)
    if as_json:
        shown = {name: str(getattr(files, name)) for name in ("markdown", "html", "terraform", "codequality", "junit")}
        said = {"verdict": files.verdict, "outcome": files.outcome.value, "denied": findings.denied}
        saying.answer({**said, **shown, "note": asdict(posted) if posted else None})
    else:
        saying.out.print(tables.findings(findings))
        saying.out.print(tables.review_files(files, run.project))
    if not_posted:
        raise not_posted
    # a plan that nobody could judge stops the merge as well as a finding does
    raise typer.Exit(int(ExitCode.DENIED if files.outcome is Outcome.MAY_NOT else ExitCode.FINE))


def _watch(project: Path | None, names: list[str] | None, **options: Any) -> None:
    from ..watching import watch

    folder = find_project(project)
    # on a terminal alone: a log has the line of each run
    with saying.spinner("starting") if saying.said.is_terminal else nullcontext(lambda _: None) as progress:
        try:
            watch(
                folder,
                {"names": tuple(names or ()), **options},
                say=saying.line,
                progress=progress,
                failure_of=failure_of,
            )
        except children.Stopped as stopped:
            # as meant: nobody waits for anything
            raise typer.Exit(stopped.exit_code) from None


def _post(note: Path, run: Run) -> tuple[PostedNote | None, GroundplanError | None]:
    """The note as it was posted, or why it was not: the review is written all the same, and says its verdict first."""
    from ..note import post

    run.progress("posting the note")
    try:
        posted = post(note)
    except GroundplanError as error:
        return None, error
    for remark in posted.remarks:
        saying.said.print(remark, markup=False, soft_wrap=True)
    return posted, None
