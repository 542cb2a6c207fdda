"""Every message of the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from groundplan.failing import ended
from groundplan.plan.errors import plan_of_another_synth
from groundplan.problems import BadInput, ExitCode, GroundplanError, Problem, ToolFailed, nearest

__all__ = [
    "Bug",
    "Interrupted",
    "Misused",
    "base_not_synthesized",
    "charts_not_pinned",
    "deploy_failed",
    "does_not_go_with",
    "environment_not_listed",
    "fact_refused",
    "file_there",
    "judged_as_production",
    "name_in_use",
    "name_taken",
    "name_too_long",
    "no_cdktf_command",
    "no_merge_request",
    "no_pipeline",
    "no_project",
    "no_repository_of_chart",
    "no_rules_here",
    "no_stacks",
    "no_such_base",
    "no_such_environment",
    "no_terraform_command",
    "not_a_pair",
    "not_a_plan",
    "not_a_word",
    "not_all_judged",
    "not_an_argument",
    "not_an_environment",
    "not_an_environment_name",
    "not_deployed",
    "not_made_yet",
    "not_two_names",
    "not_what_was_judged",
    "one_region",
    "only_with",
    "other_number_of_subnets",
    "plan_has_errors",
    "plan_is_a_log",
    "plan_is_a_state",
    "plan_is_binary",
    "plan_is_cut",
    "plan_is_empty",
    "plan_is_no_json",
    "plan_is_something_else",
    "plan_is_utf16",
    "plan_of_another_format",
    "plan_unreadable",
    "plans_of_another_synth",
    "published_again",
    "python_keyword",
    "says_nothing",
    "shard_with_names",
    "shard_without_stacks",
    "synth_broke",
    "synth_wrote_nothing",
    "system_refused",
    "unknown_names",
    "value_of_another_type",
    "watch_with",
    "watching",
]


def charts_not_pinned(names: Sequence[str]) -> str:
    """What is said of archives that were taken as they came."""
    one = len(names) == 1
    return (
        f"{'A chart has' if one else f'{len(names)} charts have'} no digest in the lock, so what the "
        f"{'repository' if one else 'repositories'} sent was taken on {'its' if one else 'their'} word."
    )


def nothing_to_render() -> str:
    """What is said of plans without a Helm release."""
    return "The planned stacks have no Helm release."


def others_objects() -> str:
    """What a teardown cannot know."""
    return (
        "What others made in the cluster is not seen here: kubectl get services,ingresses,pvc,volumesnapshots "
        "--all-namespaces"
    )


def not_looked_at(what: str) -> str:
    """What of the objects nobody could look at."""
    return f"Not looked at: {what}"


def no_repository_of_chart(name: str, known: Sequence[str]) -> BadInput:
    """A chart to be locked of which nothing says where it is pulled from."""
    near = nearest(name, known)
    meant = f"; did you mean {near}, which is locked?" if near else ""
    return BadInput(
        Problem(
            name,
            "the lock does not have this chart, so nothing says which repository it is in",
            f"give --from https://... or oci://..., or --repository beside a folder or an archive{meant}",
        )
    )


def published_again(name: str, version: str, locked: str, got: str) -> BadInput:
    """A version of which the archive is not the one that was locked."""
    return BadInput(
        Problem(
            f"{name} {version}",
            f"is not the archive that was locked: its digest must be {locked}, got {got}",
            "Somebody published this version again, or changed it on its way. Compare the two; lock a newer version, "
            "or take this one as it is now with --republished.",
        )
    )


def no_project(folder: Path) -> BadInput:
    return BadInput(
        Problem(
            "--project",
            f"{folder.name or folder} has no main.py",
            "Run groundplan in the folder of main.py, or name that folder.",
        )
    )


def not_a_plan(path: Path) -> BadInput:
    """A plan that was left earlier cannot be read."""
    return BadInput(Problem(f"plans/{path.name}", "is not a plan in JSON", "plan again: groundplan plan"))


def unknown_names(names: Iterable[str], allowed: Iterable[str]) -> BadInput:
    known = sorted(allowed)
    problems = []
    for name in names:
        guess = nearest(name, known)
        problems.append(
            Problem(
                name,
                "is neither an environment nor a stack",
                f"Did you mean {guess}?" if guess else f"There are: {', '.join(known)}.",
            )
        )
    return BadInput(problems)


def synth_broke(exit_code: int) -> ToolFailed:
    if exit_code < 0:
        cure = "What it printed above are its last words."
    else:
        cure = "What it printed above names the statement that failed."
    return ToolFailed(f"main.py {ended(exit_code)}", cure=cure)


class Interrupted(GroundplanError):
    """Somebody ended the command before it was done."""

    def __init__(self, exit_code: int) -> None:
        self.exit_code = ExitCode(exit_code)
        what = "Ctrl-C" if self.exit_code is ExitCode.INTERRUPTED else "SIGTERM"
        self.problems = (
            Problem("", f"stopped by {what} before it was done", "Run it again: nothing is half-written."),
        )
        super().__init__(str(self.problems[0]))


class Bug(GroundplanError):
    """groundplan itself is wrong: the report says what to send."""

    exit_code = ExitCode.BUG

    def __init__(self, error: BaseException, report: str) -> None:
        self.problems = (
            Problem("", f"groundplan itself failed: {type(error).__name__}", f"Please report this.\n{report}"),
        )
        super().__init__(report.rstrip())


class Misused(GroundplanError):
    """Arguments that the command does not take, in the words of the library that reads them."""

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, error: Any) -> None:
        self._error = error
        context = getattr(error, "ctx", None)
        cure = f"See {context.command_path} --help." if context is not None else "See groundplan --help."
        self.problems = (Problem("", error.format_message() or "a command is missing", cure),)
        super().__init__(str(self.problems[0]))

    def show(self) -> None:
        """Prints usage and mistake to standard error, as every command line does."""
        self._error.show()


def value_set_by_user(value: str, path: str) -> str:
    """A value that whoever calls a module has set, by its path in the chart and as they wrote it."""
    return f"{value}, which {path} sets"


def value_set_by_module(value: str, *, is_set: bool) -> str:
    """A value that the module sets, or nobody."""
    return f"{value}, which {'the module sets' if is_set else 'nobody sets'}"


def decided_by(message: str, values: Sequence[str]) -> str:
    """What is wrong with an object, and which values of its chart change that."""
    return f"{message}; what changes it: {'; '.join(values)}"


def system_refused(path: str, message: str, cure: str) -> ToolFailed:
    failed = ToolFailed(f"{path}: {message}" if path else message, cure=cure)
    failed.problem = Problem(path, message, cure)
    return failed


def synth_wrote_nothing() -> BadInput:
    return BadInput(
        Problem(
            "main.py",
            "ended without an error and wrote nothing: what lies in cdktf.out is of an earlier run, and is not judged",
            "It ends with a call of synthesize(...), which nothing may skip.",
        )
    )


def no_stacks() -> BadInput:
    return BadInput(
        Problem(
            "cdktf.out", "holds no stack, so there is nothing to judge", "Run groundplan synth, and see what it says."
        )
    )


def not_all_judged(done: str, stacks: Iterable[str]) -> ToolFailed:
    return ToolFailed(
        f"not every selected stack was {done}: {', '.join(stacks)}",
        cure="Nothing is said about the others either. Run the command again with --fresh; if it stays, it is a bug.",
    )


def environment_not_listed(name: str, allowed: Iterable[str]) -> BadInput:
    known = sorted(allowed)
    guess = nearest(name, known)
    cure = f"Did you mean {guess}?" if guess else f"There are: {', '.join(known)}."
    return BadInput(Problem("--environment", f"{name} is not in policies/parameters/environments", cure))


def judged_as_production(allowed: Iterable[str]) -> str:
    """What is said where nobody named an environment."""
    return (
        "No environment is named, so it is judged as production; --environment names one of those that the rules know: "
        f"{', '.join(allowed)}."
    )


def does_not_go_with(option: str, others: Iterable[str]) -> BadInput:
    named = ", ".join(others)
    return BadInput(Problem(option, f"does not go with {named}", f"Leave {option} or {named} out."))


def only_with(options: Iterable[str], wanted: str) -> BadInput:
    return BadInput(Problem(option, f"says something of {wanted} only", f"Give {wanted} too.") for option in options)


_SHOW = "Plan with `terraform plan -out=FILE`, and give what `terraform show -json FILE` prints."


def plan_unreadable(path: str, reason: str) -> Problem:
    return Problem(path, f"cannot be read: {reason}", "Name the file that terraform show -json was written to.")


def plan_is_binary(path: str) -> Problem:
    return Problem(
        path,
        "is a plan as `terraform plan -out` writes it, which Terraform alone can read",
        f"Run `terraform show -json {path} > {path}.json` in its root, and give that file.",
    )


def plan_is_utf16(path: str) -> Problem:
    return Problem(
        path,
        "is UTF-16, as `>` of older PowerShells writes, and JSON is UTF-8",
        "Write it with `| Out-File -Encoding utf8NoBOM`, or in another shell.",
    )


def plan_is_empty(path: str) -> Problem:
    return Problem(path, "is empty", _SHOW)


def plan_is_cut(path: str) -> Problem:
    return Problem(path, "ends in the middle of a plan", f"Write it again. {_SHOW}")


def plan_is_no_json(path: str, reason: str) -> Problem:
    return Problem(path, f"is no JSON: {reason}", _SHOW)


def plan_is_a_log(path: str) -> Problem:
    return Problem(path, "is what `terraform plan -json` prints while it plans, and no plan", _SHOW)


def plan_is_a_state(path: str) -> Problem:
    return Problem(path, "is a state: what is there, and not what would change", _SHOW)


def plan_is_something_else(path: str) -> Problem:
    return Problem(path, "is JSON, and no plan", _SHOW)


def plan_of_another_format(path: str, version: str) -> Problem:
    return Problem(
        path,
        f"has format_version {version}, and 1.x is known",
        "Plan with a Terraform 1.x, or update groundplan.",
    )


def plan_has_errors(path: str) -> Problem:
    return Problem(
        path,
        "is a plan that Terraform stopped with an error: it is not whole, and not judged",
        "Mend what `terraform plan` says, and plan again.",
    )


def plans_of_another_synth(stacks: Iterable[str], shards: Mapping[str, str]) -> BadInput:
    """`shards` names the shard that planned a stack, where one did."""
    return BadInput(
        plan_of_another_synth(stack, shards[stack])
        if stack in shards
        else Problem(
            "--only",
            f"the plan of {stack} was not made of what is in cdktf.out now",
            "Run groundplan plan --only again, or leave --only out.",
        )
        for stack in stacks
    )


def shard_with_names(shard: str, names: Iterable[str]) -> BadInput:
    return BadInput(
        Problem(
            "--shard",
            f"{shard} is a share of all stacks, and cannot be combined with names: {', '.join(names)}",
            "Leave the names out, or leave --shard out.",
        )
    )


def shard_without_stacks(shard: str) -> str:
    return (
        f"Shard {shard} has nothing to plan: there are more shards than stacks, and every stack is in another one. "
        "Fewer shards would do."
    )


def not_made_yet(what: str, command: str) -> BadInput:
    return BadInput(Problem("--only", f"{what} is not there", f"Run {command} first, or leave --only out."))


def no_such_base(base: str, output: str) -> BadInput:
    return BadInput(
        Problem(
            "--base",
            f"{base!r} is neither a synthesized folder nor a git revision" + (f" ({output})" if output else ""),
            "Give a folder that synth wrote, or a revision such as origin/main.",
        )
    )


def base_not_synthesized(base: str) -> ToolFailed:
    return ToolFailed(
        f"the project at {base} could not be synthesized", cure="Leave --base out to see everything as new."
    )


def no_pipeline(option: str, missing: Iterable[str]) -> BadInput:
    return BadInput(
        Problem(
            option,
            f"needs a GitLab pipeline: {', '.join(missing)} not set",
            "Run it in a job, where GitLab sets them; elsewhere upload the packages in out/modules by hand.",
        )
    )


def no_merge_request(missing: Iterable[str]) -> BadInput:
    return BadInput(
        Problem(
            "--note",
            f"needs a merge request's pipeline: {', '.join(missing)} not set",
            "Set GROUNDPLAN_GITLAB_TOKEN (scope api) as a masked variable; GitLab sets the others in merge request "
            "pipelines.",
        )
    )


def not_an_environment(name: str, allowed: Iterable[str], command: str) -> BadInput:
    known = sorted(allowed)
    guess = nearest(name, known)
    return BadInput(
        Problem(
            name,
            f"is no environment, and {command} takes one environment whole",
            f"Did you mean {guess}?" if guess else f"There are: {', '.join(known)}.",
        )
    )


def no_terraform_command() -> ToolFailed:
    return ToolFailed(
        "the terraform command is not on PATH, and cdktf deploy runs it",
        cure="Install Terraform 1.11 or newer: https://developer.hashicorp.com/terraform/install",
    )


def no_cdktf_command() -> ToolFailed:
    return ToolFailed(
        "the cdktf command is neither in node_modules nor on PATH",
        cure="Run make node_modules/.made, or npm ci --ignore-scripts, in the project's folder.",
    )


def not_deployed(environment: str) -> str:
    return (
        f"Nothing of {environment} is deployed: the review above says what stops it. When a waiver or permit has run "
        "out since the merge, renew it in policies/exceptions by a merge request of its own."
    )


def deploy_failed(
    environment: str, deployed: Iterable[str], failed: Iterable[str], waiting: Iterable[str]
) -> ToolFailed:
    """What failed, what was not begun for it, and how to go on."""
    done, stopped = ", ".join(deployed), ", ".join(waiting)
    return ToolFailed(
        f"{', '.join(failed)} could not be deployed"
        + (f"; not started, since they need it: {stopped}" if stopped else "")
        + (f"; deployed: {done}" if done else ""),
        cure=(
            "What Terraform said is above, and in the workspace's run. Where a folder in cdktf.out/stacks holds an "
            f"errored.tfstate, first run `terraform state push errored.tfstate` there. Then run `groundplan deploy "
            f"{environment}`, or the job, again: what is deployed already stays as it is."
        ),
    )


class DeployStopped(GroundplanError):
    """Somebody ended the command while Terraform changed something."""

    def __init__(self, exit_code: int) -> None:
        self.exit_code = ExitCode(exit_code)
        what = "Ctrl-C" if self.exit_code is ExitCode.INTERRUPTED else "SIGTERM"
        cure = "Terraform was told to end in order. Look at the workspace's run before deploying again."
        self.problems = (Problem("", f"stopped by {what} while a stack was being deployed", cure),)
        super().__init__(str(self.problems[0]))


def not_what_was_judged(stacks: Sequence[str]) -> BadInput:
    """Between the review and the deployment somebody synthesized."""
    return BadInput(
        Problem(
            name,
            "is synthesized differently now than when it was judged",
            "Something else wrote cdktf.out meanwhile, so this is not deployed: run groundplan deploy again.",
        )
        for name in stacks
    )


def not_two_names(name: str, form: str, such_as: str) -> Problem:
    return Problem(name, f"must be two names, {form}", f"Give one such as {such_as}.")


def not_a_word(path: str, what: str, word: str) -> Problem:
    return Problem(
        path,
        f"its {what} must be lower-case letters and digits, words joined by one _, beginning with a letter, got "
        f"{word!r}",
        "It is a folder, a Python name and a part of addresses alike: choose one that all of them take.",
    )


def python_keyword(path: str, what: str, word: str) -> Problem:
    return Problem(path, f"its {what} must be no word of Python's own, got {word!r}", "Nothing could import it.")


def name_too_long(path: str, what: str, word: str, characters: int) -> Problem:
    return Problem(
        path,
        f"its {what} must have at most {characters} characters, got {len(word)}",
        "Names of what is made begin with <environment>-<service>, for which AWS leaves little room.",
    )


def name_in_use(path: str, what: str, word: str) -> Problem:
    return Problem(
        path, f"its {what} must not be {word!r}, which means something else where it is used", "Choose another name."
    )


def name_taken(path: str, what: str, where: str) -> Problem:
    return Problem(path, f"its {what} is taken by {where}", "Choose another name, or change what is there.")


def file_there(path: str) -> Problem:
    return Problem(path, "is there already, and nothing is written over", "Remove it, or choose another name.")


def no_rules_here() -> Problem:
    return Problem("policies", "has no main.rego, which finds the rules", "Run it in a project that has policies/.")


def says_nothing(option: str) -> Problem:
    return Problem(option, "must say something", "Whoever is stopped by the rule reads it.")


def not_an_argument(type_name: str, argument: str, writable: Iterable[str], *, known: bool) -> Problem:
    names = sorted(writable)
    guess = nearest(argument, names)
    if known:
        cure = "A rule about blocks, lists or what only AWS sets is written by hand: policies/README.md says how."
        return Problem(
            "--argument", f"{argument} of {type_name} is no text, number or flag that an author writes", cure
        )
    cure = f"Did you mean {guess}?" if guess else f"There are: {', '.join(names)}."
    return Problem("--argument", f"{type_name} has no argument {argument}", cure)


def value_of_another_type(type_name: str, argument: str, value: str, kind: str) -> Problem:
    wanted = {"bool": "true or false", "number": "a number"}[kind]
    return Problem("--value", f"must be {wanted}, as {argument} of {type_name} is, got {value!r}", f"Give {wanted}.")


def no_such_environment(option: str, name: str, allowed: Iterable[str]) -> Problem:
    known = sorted(allowed)
    guess = nearest(name, known)
    cure = f"Did you mean {guess}?" if guess else f"There are: {', '.join(known)}."
    return Problem(option, f"{name} is no folder of environments/", cure)


def not_an_environment_name(name: str) -> Problem:
    return Problem(
        name,
        "must be lower-case letters and digits, words joined by one hyphen, beginning with a letter, and no word of "
        "Python's own",
        "Give one such as qa or prod-eu: its folder is called so, with _ for the hyphen.",
    )


def fact_refused(option: str, value: str, rule: str) -> Problem:
    return Problem(option, f"{rule}, got {value!r}", "Or leave it out: synth then names each line that lacks it.")


def one_region(option: str, region: str) -> Problem:
    return Problem(
        option, f"must be another region than --region, got {region!r} for both", "Give one of them, or both."
    )


def other_number_of_subnets(option: str, given: int, wanted: int) -> Problem:
    return Problem(
        option,
        f"must be given {wanted} times, once for each subnet of the environment that it is made after, got {given}",
        "Or leave it out, and write the subnets and their zones into the new environment yourself.",
    )


def not_a_pair(option: str, given: str) -> Problem:
    return Problem(option, f"must be OLD=NEW, got {given!r}", "OLD is a text that stands in the other environment.")


def watching(page: Path) -> str:
    return f"watching: open {page} in a browser, it reloads by itself; Ctrl-C ends"


def watch_with(options: Iterable[str]) -> BadInput:
    named = ", ".join(options)
    return BadInput(Problem("--watch", f"does not go with {named}", f"Leave --watch or {named} out."))
