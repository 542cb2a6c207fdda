"""Stacks: an environment's part of one service family, made of module calls."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from cdktf import App, CloudBackend, NamedCloudWorkspace, TerraformHclModule, TerraformOutput

from groundplan import charts
from groundplan.applications import check_values
from groundplan.bindings import PROVIDERS
from groundplan.framework.checking import problems_of
from groundplan.framework.definition import TERRAFORM_VERSION, Definition
from groundplan.framework.hcl import expression_of, hcl
from groundplan.framework.inputs import Inputs, Outputs, holding, plain
from groundplan.framework.layers import layered, said_twice, with_removals
from groundplan.framework.lines import line_below
from groundplan.framework.module import Module, ModuleCaller
from groundplan.framework.origins import Origin, lines_of, located
from groundplan.framework.references import Reference, TextReference, is_opaque
from groundplan.framework.shapes import Field, MapOf
from groundplan.problems import Line, Problem

from . import errors
from .cloud import workspace_fault
from .definitions import Definitions
from .environment import Environment, GitLab

__all__ = ["Stack", "Stacks"]

E = TypeVar("E", bound=Environment)
In = TypeVar("In", bound=Inputs)


class Stacks(Generic[E]):
    """The stacks of one environment, made as its composition asks for them."""

    def __init__(self, app: App, name: str, environment: E, definitions: Definitions, *, sound: bool) -> None:
        """`name` is the environment's own. Unless it is `sound`, stand-ins are in place of what of its is wrong."""
        self.name = name
        self.sound = sound
        self.made: list[Stack] = []
        self.problems: list[Problem] = []
        self.project = definitions.project
        self._app = app
        self._environment = environment
        self._definitions = definitions

    def family(self, name: str) -> Stack:
        """The stack `<environment>-<name>`, in the Terraform Cloud workspace of the same name."""
        place = f"{self.name}-{name.replace('_', '-')}"
        if any(stack.family == name for stack in self.made):
            self.problems.append(errors.duplicate_stack(f"{self.name}.{name}"))
            # nothing is written any more: what the composition does with it is still checked
            place = f"{place}-{len(self.made)}"
        elif fault := workspace_fault(place):
            if not is_opaque(self._environment.name):
                self.problems.append(errors.not_a_workspace(f"{self.name}.{name}", place, fault))
            place = f"{self.name}-{len(self.made)}"
        stack = Stack(self._app, place, self.name, name, self._environment, self._definitions, self.problems)
        self.made.append(stack)
        return stack


class Stack(ModuleCaller):
    """One family of services in one environment: providers, a Terraform Cloud workspace, and module calls."""

    def __init__(
        self,
        app: App,
        place: str,
        within: str,
        family: str,
        environment: Environment,
        definitions: Definitions,
        problems: list[Problem],
    ) -> None:
        super().__init__(app, place)
        self.name = f"{within}-{family.replace('_', '-')}"
        self.within = within
        """The name of the environment."""
        self.family = family
        self.environment = environment
        self.settings: Inputs | None = None
        """What the environment wants of the family, where it is composed of layers."""
        self.calls: dict[str, Line] = {}
        self.inputs: dict[str, Inputs] = {}
        self.said: dict[str, dict[str, Line]] = {}
        self.called: dict[str, type[Module[Any, Any]]] = {}
        self._definitions = definitions
        self._problems = problems
        self._providers: set[str] = set()
        self._places = 0
        CloudBackend(
            self,
            organization=environment.terraform_cloud.organization,
            hostname=environment.terraform_cloud.hostname,
            workspaces=NamedCloudWorkspace(self.name),
        )

    def wired(self, settings: In, own: In | None = None) -> In:
        """A module's inputs: what the environment's layers say, what only the composition knows, and the wiring.

        The wiring is what a module takes from the environment by the same name (see `Environment.wired`), and its own
        name, <environment>-<call>; `own` may say either otherwise. What two of the three say is a problem: one of them
        would be lost.
        """
        family = self.settings
        call = next((name for name, value in family.given().items() if value is settings), None) if family else None
        if family is None or call is None:
            raise errors.not_settings_of_the_family(self.name)
        own = own if own is not None else holding(type(settings), {}, Origin())
        path = f"{self.within}.{self.family}.{call}"
        asked = with_removals(family).given()[call]
        kept = said_twice(own, settings)
        found = [errors.said_by_the_composition(f"{path}.{inner}") for inner in kept]
        found += [
            errors.removed_from_the_composition(f"{path}.{inner}")
            for inner in said_twice(own, asked)
            if inner not in kept
        ]
        declared = {field.name for field in type(settings).fields()}
        borrowed = [name for name in type(self.environment).wired if name in declared and name not in own.given()]
        found += [
            errors.filled_by_the_environment(f"{path}.{name}", self.environment.steps_to(name), self.within)
            for name in borrowed
            if name in asked.given()
        ]
        self._problems += located(found, family, f"{self.within}.{self.family}", self._definitions.project)
        wiring = holding(
            type(settings),
            {name: getattr(self.environment, name) for name in borrowed},
            Origin(borrowed={name: (self.environment, self.environment.steps_to(name)) for name in borrowed}),
        )
        named = holding(type(settings), {"name": f"{self.environment.name}-{call.replace('_', '-')}"}, Origin())
        return layered(*([named] if "name" in declared else []), wiring, settings, own)

    def refuse(self, problem: Problem) -> None:
        """Notes what a composition finds wrong with the environment, whose settings the problem's path goes into.

        Nothing is written then; the composition goes on, so that whatever else is wrong is told with it.
        """
        path = self.within
        self._problems += located([problem.below(path)], self.environment, path, self._definitions.project)

    def place_of(self, name: str) -> str:
        """Apart from the ids of the stack's own constructs, and from those of earlier calls of the same name."""
        self._places += 1
        return f"module.{name}" if name not in self.calls else f"module.{name}.{self._places}"

    def call_module(self, module: Module[Any, Any], name: str, inputs: Inputs) -> Outputs:
        """Adds the call `module.<name>` with the inputs' values, once they are known to be right."""
        kind = type(module)
        path = f"{self.within}.{self.family}.{name}"
        if name in self.calls:
            self._problems.append(errors.duplicate_call(path))
            return cast(Outputs, CalledOutputs(kind, None, name))
        definition = self._definitions.of(kind)
        found = problems_of(inputs, path) or _chart_problems(definition, inputs, path)
        self._problems.extend(located(found, inputs, path, self._definitions.project))
        self._note(kind, definition, name, path, inputs)
        if kind.notice:
            print(errors.notice(path, kind.notice), file=sys.stderr, flush=True)
        call = self._written(module, name, {} if found else plain(inputs))
        return cast(Outputs, CalledOutputs(kind, call, name))

    def _note(self, kind: type[Module[Any, Any]], definition: Definition, name: str, path: str, inputs: Inputs) -> None:
        """Remembers of a call what the manifest, the review and `configure` ask for."""
        project = self._definitions.project
        self.inputs[path] = inputs
        self.calls[name] = line_below(project / "environments", project) or Line(file="main.py", line=1)
        self.said[name] = lines_of(inputs, project)
        self.called[name] = kind
        if "vault" in definition.providers and not self._providers & {"vault"} and self.environment.vault is None:
            self._problems.append(errors.no_vault(self.within, self.family))
        self._providers.update(definition.providers)

    @staticmethod
    def _written(module: Module[Any, Any], name: str, values: dict[str, Any]) -> TerraformHclModule:
        """The module call in Terraform's words."""
        call = TerraformHclModule(
            module,
            "call",
            source=f"./modules/{type(module).name}",
            variables=_literal(values),
            skip_asset_creation_from_local_modules=True,
        )
        call.override_logical_id(name)
        return call

    def tell(self, outputs: Outputs, *names: str) -> None:
        """Makes outputs of a called module outputs of the workspace, for people: `terraform output <call>_<name>`.

        What another stack takes of a module needs no telling.
        """
        called = cast(CalledOutputs, outputs)
        for name in names:
            field = called._declared(name)
            TerraformOutput(
                self,
                # an id of one part is the output's name as it stands; no other construct's id has an underscore
                f"{called._call_name}_{name}",
                value=f"${{module.{called._call_name}.{name}}}",
                description=field.sentence,
                sensitive=field.sensitive or None,
            )

    def configure(self) -> None:
        """States the providers that the calls need, once all calls are there.

        In Terraform's words and at once: the classes of the bindings would have every run load the bindings, when it
        needs nothing else of them, and each block asked of cdktf alone takes as long as a module call.
        """
        environment = self.environment
        blocks: dict[str, Any] = {
            "aws": {
                # a plan against another account's credentials stops here
                "allowed_account_ids": [environment.account_id],
                "default_tags": [{"tags": environment.default_tags()}],
                "region": environment.region,
            }
        }
        if {"helm", "kubernetes"} & self._providers:
            name = environment.cluster.name
            data = {
                "aws_eks_cluster": {"cluster": {"name": name}},
                "aws_eks_cluster_auth": {"cluster_auth": {"name": name}},
            }
            self.add_override("data", data)
            blocks["kubernetes"] = _CLUSTER | _OTHERS_KEEP_THEIRS
            blocks["helm"] = {"kubernetes": dict(_CLUSTER)}
        if "gitlab" in self._providers:
            # its token is in GITLAB_TOKEN, a variable of the workspace
            blocks["gitlab"] = {"base_url": (environment.gitlab or GitLab()).base_url}
        if "vault" in self._providers and environment.vault is not None:
            blocks["vault"] = environment.vault.provider_block(environment.region)
        self.add_override("provider", {name: [block] for name, block in blocks.items()})
        required = {name: {"source": PROVIDERS[name].source, "version": PROVIDERS[name].version} for name in blocks}
        # what its modules need: a workspace that is set to an older one is told so, not what it does not understand
        self.add_override("terraform", {"required_providers": required, "required_version": self.terraform_version()})

    def terraform_version(self) -> str:
        """The versions of Terraform that read the stack: those of the most demanding of its modules."""
        wanted = [self._definitions.of(kind).terraform_version for kind in self.called.values()]
        return max(
            [TERRAFORM_VERSION, *wanted], key=lambda version: [int(part) for part in re.findall("[0-9]+", version)]
        )

    def folder(self) -> Path:
        """The stack's folder inside the synthesized one."""
        return Path("stacks") / self.name


def _chart_problems(definition: Definition, inputs: Inputs, path: str) -> list[Problem]:
    """What is wrong with the values that pass through to charts; everything else about the inputs is well."""
    found: list[Problem] = []
    for setting, owned in definition.owned.items():
        extra = plain(getattr(inputs, setting))
        if not extra:  # most calls add nothing, and reading what a chart takes takes longer than the call
            continue
        where = f"{path}.{setting}"
        ways = [tuple(way) for way in owned["paths"]]
        found += charts.collisions(ways, extra, where=where, instead=owned["instead"])
        found += check_values(charts.chart(owned["chart"]), extra, where=where, beside=ways)
    return found


_CLUSTER = {
    "host": "${data.aws_eks_cluster.cluster.endpoint}",
    "cluster_ca_certificate": "${base64decode(data.aws_eks_cluster.cluster.certificate_authority[0].data)}",
    "token": "${data.aws_eks_cluster_auth.cluster_auth.token}",
}
"""How providers reach a cluster by the EKS data sources: Terraform Cloud's workers have no aws command to exec."""

_OTHERS_KEEP_THEIRS = {"ignore_annotations": [".*"], "ignore_labels": [".*"]}
"""What a resource does not say of its labels is somebody else's, such as that of a mesh on a namespace.

Without it each apply of the stack that made the namespace takes the label away, and each of the mesh puts it back. What
a resource says is still held: the provider passes over those keys alone that are not configured.
https://github.com/hashicorp/terraform-provider-kubernetes/blob/v2.38.0/kubernetes/structures.go (removeKeys)
"""


class MapOutput(TextReference):
    """An output that is a map: `[name]` refers to one entry of it."""

    __hash__ = TextReference.__hash__

    def __getitem__(self, name: Any) -> TextReference:
        entry = f"{expression_of(self)}[{hcl(name)}]"
        made = TextReference.of_token(f"${{{entry}}}")
        made._expression = entry
        return made


class CalledOutputs:
    """The outputs of a called module, as references."""

    def __init__(self, kind: type[Module[Any, Any]], call: TerraformHclModule | None, call_name: str) -> None:
        self._kind = kind
        self._call = call
        self._call_name = call_name
        self._tokens: dict[str, str] = {}

    def __getattr__(self, name: str) -> Reference:
        shape = self._declared(name).shape
        token = self._token(self._call, name) if self._call else "${null}"
        return MapOutput.of_token(token) if isinstance(shape, MapOf) else TextReference.of_token(token)

    def _token(self, call: TerraformHclModule, name: str) -> str:
        """A token knows the stack it comes from: in another stack cdktf makes a remote state of it. One is enough."""
        if name not in self._tokens:
            self._tokens[name] = call.get_string(name)
        return self._tokens[name]

    def _declared(self, name: str) -> Field:
        declared = {field.name: field for field in self._kind.outputs_type.fields()}
        if name not in declared:
            raise errors.unknown_output(self._kind.__name__, name, declared)
        return declared[name]


def _literal(value: Any) -> Any:
    """A composition's value as it goes into a module call: `${` in a setting means itself."""
    if isinstance(value, Reference):
        return value
    if isinstance(value, str):
        return value if "${TfToken[" in value else value.replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, dict):
        return {key: _literal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_literal(item) for item in value]
    return value
