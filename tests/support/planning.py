"""Plans one module by itself, with the real Terraform core and no cloud, and reads what comes out."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from groundplan.bindings import PROVIDERS
from groundplan.framework.inputs import Inputs, plain
from groundplan.framework.module import Module
from groundplan.plan import plan_all
from groundplan.plan.diagnostics import Diagnostic, to_problem
from groundplan.plan.kept import keep, kept, key_of
from groundplan.plan.report import refuse
from groundplan.plan.schema import ProviderSchema, joined, load
from groundplan.plan.seats import KeptSeats, Seats
from groundplan.plan.servable import unservable
from groundplan.plan.stacks import read_stacks
from groundplan.plan.terraform import find_program
from groundplan.plan.working import WorkingCopy
from groundplan.problems import BadInput
from groundplan.synth.definitions import Definitions
from groundplan.synth.manifest import Manifest, ModuleRecord, StackRecord
from tests.support.ending import AT_THE_END
from tests.support.schemas import every_schema

PROJECT = Path(__file__).parents[2]
DEFAULT_TAGS = {
    "CostCenter": "4711",
    "DataClassification": "restricted",
    "Environment": "test",
    "ManagedBy": "groundplan",
    "Owner": "platform",
}


# A core of tests plans small stacks one after another: it collects garbage only once it holds so much, and takes a
# tenth less processor time than with the share of its heap that the product gives it. https://go.dev/doc/gc-guide
_GARBAGE = {"GOGC": "off", "GOMEMLIMIT": "1GiB"}


class _SeatsForAll(KeptSeats):
    """Seats that serve every type that any module makes."""

    @contextmanager
    def open(
        self,
        schemas: Mapping[str, ProviderSchema],
        program: Path | None,
        jobs: int,
        *,
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> Iterator[Seats]:
        served = joined(every_schema(), schemas)
        with super().open(served, program, jobs, variables={**_GARBAGE, **variables}) as seats:
            yield seats


SEATS = _SeatsForAll()
"""A core that is started for one plan serves the next ones too, whichever modules they are of."""
AT_THE_END.callback(SEATS.close)
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DATA = re.compile(r"\bdata\.(\w+)\.(\w+)")
_READ = re.compile(r"\b(?:data|local|module|var)\.\w+")
_STACK = "stacks/test"
ANSWERS = {
    "account_id": "111122223333",
    "availability_zones": ["us-east-1a", "us-east-1b", "us-east-1c"],
    "cluster": {
        "name": "test",
        "oidc_provider_arn": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123ABCD",
    },
    "dr_region": "us-west-2",
    "organization_id": "o-exampleorg0",
    "region": "us-east-1",
    "subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"],
    "vpc_id": "vpc-0123456789abcdef0",
}


@dataclass(frozen=True)
class ModulePlan:
    """What Terraform would make of a module call. Addresses are those inside the module: `aws_kms_key.unseal[0]`."""

    json: dict[str, Any]

    @property
    def changes(self) -> dict[str, dict[str, Any]]:
        """The change of every managed resource by its address."""
        return {
            change["address"].removeprefix("module.it."): change["change"]
            for change in self.json.get("resource_changes", [])
            if change["mode"] == "managed"
        }

    @property
    def addresses(self) -> list[str]:
        """The addresses of every managed resource, sorted."""
        return sorted(self.changes)

    def resource(self, address: str) -> dict[str, Any]:
        """The planned values of one resource; what only apply will know is left out."""
        found: dict[str, Any] = self.changes[address]["after"]
        return found

    def resources(self, type_name: str) -> dict[str, dict[str, Any]]:
        """The planned values of every resource of a type, by address."""
        return {
            address: change["after"] for address, change in self.changes.items() if address.startswith(f"{type_name}.")
        }

    def unknown(self, address: str) -> dict[str, Any]:
        """Which attributes of a resource only apply will know."""
        found: dict[str, Any] = self.changes[address]["after_unknown"]
        return found

    def document(self, address: str, attribute: str) -> dict[str, Any]:
        """A JSON attribute, parsed. With `plan_module` it may still be unknown (KeyError): use `apply_module`."""
        found: dict[str, Any] = json.loads(self.resource(address)[attribute])
        return found

    def helm_values(self, address: str) -> dict[str, Any]:
        """The values of a Helm release, merged as Helm does: maps by key, anything else by the later one."""
        merged: dict[str, Any] = {}
        for text in self.resource(address)["values"]:
            merged = _merged(merged, yaml.load(text, Loader=_FAST) or {})
        return merged

    @property
    def outputs(self) -> dict[str, Any]:
        """The module's outputs that are known."""
        return {
            name: change.get("after")
            for name, change in self.json.get("output_changes", {}).items()
            if "after" in change
        }


def _merged(below: Any, above: Any) -> Any:
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return {key: _merged(below.get(key), above[key]) if key in above else below[key] for key in {**below, **above}}


def synth_module(
    kind: type[Module[Any, Any]], calls: Mapping[str, Inputs], folder: Path, *, region: str = "us-east-1"
) -> None:
    """Writes a stack that calls a module under each name, without checking the inputs in Python."""
    definitions = Definitions(PROJECT)
    shutil.copytree(definitions.folder(kind), folder / _STACK / "modules" / kind.name)
    cluster = {"host": "https://cluster.example.com", "token": "none"}
    document: dict[str, Any] = {
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
        "provider": {
            "aws": [{"region": region, "default_tags": [{"tags": DEFAULT_TAGS}]}],
            "gitlab": [{"base_url": "https://gitlab.example.com/api/v4/"}],
            "helm": [{"kubernetes": cluster}],
            "kubernetes": [cluster],
            "vault": [{"address": "https://vault.example.com:8200"}],
        },
        "module": {name: {"source": f"./modules/{kind.name}", **plain(inputs)} for name, inputs in calls.items()},
    }
    if "it" in calls:
        document["output"] = {
            field.name: {"value": f"${{module.it.{field.name}}}", "sensitive": field.sensitive}
            for field in kind.outputs_type.fields()
        }
    needed = definitions.of(kind).providers
    document["provider"] = {name: block for name, block in document["provider"].items() if name in needed}
    document["terraform"]["required_providers"] = {name: {"source": PROVIDERS[name].source} for name in needed}
    _write_stack(document, kind, folder, region)


def _write_stack(document: Mapping[str, Any], kind: type[Module[Any, Any]], folder: Path, region: str) -> None:
    """Writes a stack's configuration, and the manifest that says where its calls of a module come from."""
    (folder / _STACK).mkdir(parents=True, exist_ok=True)
    (folder / _STACK / "cdk.tf.json").write_text(json.dumps(document), encoding="utf-8")
    Manifest(
        stacks=(
            StackRecord(
                name="test",
                environment="test",
                family=kind.family,
                folder=_STACK,
                depends_on=(),
                calls={},
                call_modules={f"module.{call}": kind.name for call in document["module"]},
                answers={**ANSWERS, "region": region},
            ),
        ),
        modules=(ModuleRecord(name=kind.name, family=kind.family, lines=Definitions(PROJECT).of(kind).lines),),
    ).write(folder)


def plan_module(kind: type[Module[Any, Any]], inputs: Inputs, folder: Path, *, region: str = "us-east-1") -> ModulePlan:
    """Plans a module call in `folder`.

    Raises BadInput with Terraform's own messages when the inputs break the module's validation.
    """
    synthesized = folder / "synth"
    synth_module(kind, {"it": inputs}, synthesized, region=region)
    report = plan_all(synthesized, folder / "out", seats=SEATS)
    return ModulePlan(json.loads(report.plans["test"].read_bytes()))


def apply_module(
    kind: type[Module[Any, Any]], inputs: Inputs, folder: Path, *, region: str = "us-east-1"
) -> ModulePlan:
    """Applies a module call offline: what then is there, every value known.

    Raises BadInput with Terraform's own messages when the inputs break the module's validation.
    """
    synth_module(kind, {"it": inputs}, folder, region=region)
    stacks, manifest = read_stacks(folder)
    stack = stacks["test"]
    schemas = load({"resources": stack.types("resource"), "data_sources": stack.types("data")})
    refuse(unservable(stack, schemas, manifest))
    said: list[Diagnostic] = []
    with SEATS.open(schemas, find_program(None), 1) as seats:
        key = key_of("applied module", stack.digest, stack.answers, seats.version)
        found = kept(key, {"state": dict})
        if found is None:
            with seats.take(stack) as (seat, scratch):
                copy = WorkingCopy(stack, scratch, seat.terraform, schemas)
                copy.take_offline({})
                said = copy.init()
                state, more = copy.apply() if not said else ({}, [])
            found = {"state": state}
            said += more
            if not said:
                keep(key, found)
    refuse([to_problem(each, stack, manifest) for each in said])
    return ModulePlan(_as_plan(found["state"], [field.name for field in kind.outputs_type.fields()]))


def _as_plan(state: dict[str, Any], outputs: list[str]) -> dict[str, Any]:
    """A state as the plan that changes nothing in it; the state leaves out outputs that are null."""
    changes = []
    for resource in state.get("resources", ()):
        for instance in resource["instances"]:
            parts = (resource.get("module"), resource["type"], resource["name"])
            index = f"[{json.dumps(instance['index_key'])}]" if "index_key" in instance else ""
            changes.append(
                {
                    "address": f"{'.'.join(part for part in parts if part)}{index}",
                    "mode": resource["mode"],
                    "type": resource["type"],
                    "change": {"actions": ["no-op"], "after": instance["attributes"], "after_unknown": {}},
                }
            )
    made = state.get("outputs", {})
    return {
        "resource_changes": changes,
        "output_changes": {name: {"after": made.get(name, {}).get("value")} for name in outputs},
    }


def evaluated_outputs(root: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """What Terraform makes of the outputs of a root module that needs no provider, and of what stands beside it."""
    stack = folder / "synth" / "stacks" / "test"
    stack.mkdir(parents=True, exist_ok=True)
    (stack / "cdk.tf.json").write_text(json.dumps(root), encoding="utf-8")
    report = plan_all(folder / "synth", folder / "out", seats=SEATS)
    changes = json.loads(report.plans["test"].read_bytes())["output_changes"]
    return {name: change["after"] for name, change in changes.items()}


def waited_for(kind: type[Module[Any, Any]]) -> dict[str, set[str]]:
    """What each resource of a module comes after by its `depends_on`, both by their addresses without an index."""
    module = json.loads((Definitions(PROJECT).folder(kind) / "main.tf.json").read_bytes())
    return {
        f"{type_name}.{name}": set(block.get("depends_on", ()))
        for type_name, blocks in module["resource"].items()
        for name, block in blocks.items()
    }


def known(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """What is set in a mapping."""
    return {name: value for name, value in mapping.items() if value is not None}


def refusals(kind: type[Module[Any, Any]], calls: Mapping[str, Inputs], folder: Path) -> dict[str, str]:
    """What Terraform says of each call's inputs, in one line; empty where the whole module takes them.

    Most wrong inputs break a rule of one variable about itself, for which Terraform needs nothing but that variable:
    every value that any call gives a variable is given to it by itself, once. Rules that read more are looked at once
    everything else is well, as Terraform does, with all variables of a call and nothing else of the module. Whatever no
    variable refused is given to the module as it is.
    """
    told = _refused_values(kind, calls, folder / "values")
    for only_variables in (True, False):
        rest = {call: inputs for call, inputs in calls.items() if not told[call]}
        if rest:
            told |= _refusals(kind, rest, folder / str(only_variables), only_variables=only_variables)
    return told


def _refused_values(kind: type[Module[Any, Any]], calls: Mapping[str, Inputs], folder: Path) -> dict[str, str]:
    """What each variable says of the values that the calls give it, by itself."""
    module = json.loads((Definitions(PROJECT).folder(kind) / "main.tf.json").read_bytes())
    stack = folder / "synth" / _STACK
    for name, variable in module["variable"].items():
        alone = {**variable, "validation": [rule for rule in _rules(variable) if _reads_only(name, rule)]}
        (stack / "modules" / name).mkdir(parents=True)
        (stack / "modules" / name / "main.tf.json").write_text(json.dumps({"variable": {name: alone}}))
    given = {call: plain(inputs) for call, inputs in calls.items()}
    values: dict[tuple[str, str], list[str]] = {}
    for call, inputs in given.items():
        for name in {**module["variable"], **inputs}:
            said = {name: inputs[name]} if name in inputs else {}
            values.setdefault((name, json.dumps(said, sort_keys=True)), []).append(call)
    blocks = {
        f"value_{number}": {"source": f"./modules/{name}", **json.loads(said)}
        for number, (name, said) in enumerate(values)
    }
    _write_stack({"module": blocks}, kind, folder / "synth", "us-east-1")
    return _told(folder, calls, {block: among for block, among in zip(blocks, values.values(), strict=True)})


def _refusals(
    kind: type[Module[Any, Any]], calls: Mapping[str, Inputs], folder: Path, *, only_variables: bool
) -> dict[str, str]:
    blocks = {f"call_{number}": call for number, call in enumerate(calls)}
    synth_module(kind, {block: calls[call] for block, call in blocks.items()}, folder / "synth")
    if only_variables:
        _leave_variables(folder / "synth" / _STACK, kind.name)
    return _told(folder, calls, {block: [call] for block, call in blocks.items()})


def _told(folder: Path, calls: Mapping[str, Inputs], blocks: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What Terraform says of the calls that each `module` block of a stack stands for."""
    told = dict.fromkeys(calls, "")
    try:
        plan_all(folder / "synth", folder / "out", seats=SEATS)
    except BadInput as refused:
        for problem in refused.problems:
            for block, among in blocks.items():
                if f"module.{block}." in f"{problem.path}.":
                    for call in among:
                        told[call] += " ".join(f"{problem.path}: {problem.message}".split()) + " "
    return told


def _rules(variable: Mapping[str, Any]) -> list[Any]:
    return list(variable.get("validation", ()))


def _reads_only(variable: str, rule: Any) -> bool:
    """Whether a variable's rule is about nothing but its own value."""
    return set(_READ.findall(json.dumps(rule))) <= {f"var.{variable}"}


def _leave_variables(stack: Path, module: str) -> None:
    """Leaves nothing of a module but its variables and their rules that read more, and what those read."""
    file = stack / "modules" / module / "main.tf.json"
    whole = json.loads(file.read_bytes())
    variables = {
        name: {**variable, "validation": [rule for rule in _rules(variable) if not _reads_only(name, rule)]}
        for name, variable in whole["variable"].items()
    }
    read = set(_DATA.findall(json.dumps(variables)))
    left = {"terraform": whole["terraform"], "variable": variables}
    if read:
        left["data"] = {kind: {name: whole["data"][kind][name] for of, name in read if of == kind} for kind, _ in read}
    else:
        root = json.loads((stack / "cdk.tf.json").read_bytes())
        for document in (left, root):
            document["terraform"].pop("required_providers", None)
        del root["provider"]
        (stack / "cdk.tf.json").write_text(json.dumps(root), encoding="utf-8")
    file.write_text(json.dumps(left), encoding="utf-8")
