"""Plans one module by itself, with the real Terraform core and no cloud, and reads what comes out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from groundplan.bindings import PROVIDERS
from groundplan.framework.inputs import Inputs, plain
from groundplan.framework.module import Module
from groundplan.plan import plan_all
from groundplan.problems import BadInput
from groundplan.synth.definitions import Definitions
from groundplan.synth.manifest import Manifest, ModuleRecord, StackRecord

PROJECT = Path(__file__).parents[2]
DEFAULT_TAGS = {
    "CostCenter": "4711",
    "DataClassification": "restricted",
    "Environment": "test",
    "ManagedBy": "groundplan",
    "Owner": "platform",
}
ANSWERS = {
    "account_id": "111122223333",
    "availability_zones": ["us-east-1a", "us-east-1b", "us-east-1c"],
    "cluster": {
        "name": "test",
        "oidc_provider_arn": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123ABCD",
    },
    "dr_region": "us-west-2",
    "organization_id": "o-exampleorg0",
    "partition": "aws",
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
        return self.changes[address]["after"]

    def resources(self, type_name: str) -> dict[str, dict[str, Any]]:
        """The planned values of every resource of a type, by address."""
        return {
            address: change["after"] for address, change in self.changes.items() if address.startswith(f"{type_name}.")
        }

    def unknown(self, address: str) -> dict[str, Any]:
        """Which attributes of a resource only apply will know."""
        return self.changes[address]["after_unknown"]

    def document(self, address: str, attribute: str) -> dict[str, Any]:
        """A JSON attribute, parsed. With `plan_module` it may still be unknown (KeyError): use `apply_module`."""
        return json.loads(self.resource(address)[attribute])

    def helm_values(self, address: str) -> dict[str, Any]:
        """The values of a Helm release, merged as Helm does: maps by key, anything else by the later one."""
        merged: dict[str, Any] = {}
        for text in self.resource(address)["values"]:
            merged = _merged(merged, yaml.safe_load(text) or {})
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
    stack = folder / "stacks" / "test"
    stack.mkdir(parents=True)
    shutil.copytree(definitions.folder(kind), stack / "modules" / kind.name)
    cluster = {"host": "https://cluster.example.com", "token": "none"}
    document = {
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
        "provider": {
            "aws": [{"region": region, "default_tags": [{"tags": DEFAULT_TAGS}]}],
            "gitlab": [{"base_url": "https://gitlab.example.com/api/v4/"}],
            "helm": [{"kubernetes": cluster}],
            "kubernetes": [cluster],
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
    (stack / "cdk.tf.json").write_text(json.dumps(document), encoding="utf-8")
    Manifest(
        stacks=(
            StackRecord(
                name="test",
                environment="test",
                family=kind.family,
                folder="stacks/test",
                depends_on=(),
                calls={},
                call_modules={f"module.{call}": kind.name for call in calls},
                answers={**ANSWERS, "region": region},
            ),
        ),
        modules=(ModuleRecord(name=kind.name, family=kind.family, lines=definitions.of(kind).lines),),
    ).write(folder)


def plan_module(
    kind: type[Module[Any, Any]], inputs: Inputs, folder: Path, *, region: str = "us-east-1", applied: bool = False
) -> ModulePlan:
    """Plans a module call in `folder`; `applied`: applies it offline first, so that every value is known.

    Raises BadInput with Terraform's own messages when the inputs break the module's validation.
    """
    synthesized = folder / "synth"
    synth_module(kind, {"it": inputs}, synthesized, region=region)
    report = plan_all(synthesized, folder / "out", base=synthesized if applied else None)
    return ModulePlan(json.loads(report.plans["test"].read_bytes()))


def known(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """What is set in a mapping."""
    return {name: value for name, value in mapping.items() if value is not None}


def refusals(kind: type[Module[Any, Any]], calls: Mapping[str, Inputs], folder: Path) -> dict[str, str]:
    """What Terraform says of each call's inputs, in one line; empty where it takes them."""
    names = {call: f"call_{number}" for number, call in enumerate(calls)}
    synth_module(kind, {names[call]: inputs for call, inputs in calls.items()}, folder / "synth")
    told = dict.fromkeys(calls, "")
    try:
        plan_all(folder / "synth", folder / "out")
    except BadInput as refused:
        for problem in refused.problems:
            for call, name in names.items():
                if f"module.{name}." in f"{problem.path}.":
                    told[call] += " ".join(f"{problem.path}: {problem.message}".split()) + " "
    return told
