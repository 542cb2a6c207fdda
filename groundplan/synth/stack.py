"""Stacks: an environment's part of one service family, made of module calls."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from cdktf import App, CloudBackend, NamedCloudWorkspace

from groundplan import charts
from groundplan.applications import check_values
from groundplan.bindings import PROVIDERS, unanswered
from groundplan.framework.checking import problems_of
from groundplan.framework.definition import TERRAFORM_VERSION, Definition
from groundplan.framework.inputs import Inputs, Outputs, holding, plain
from groundplan.framework.layers import layered, said_twice, with_removals
from groundplan.framework.lines import line_below
from groundplan.framework.module import Module, ModuleCaller
from groundplan.framework.origins import Origin, lines_of, located
from groundplan.framework.references import is_opaque
from groundplan.problems import Line, Problem

from . import errors
from .calls import CalledOutputs, ModuleCall, said_at_once
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
        self.called: dict[str, type[Module[Any, Any]]] = {}
        self._definitions = definitions
        self._problems = problems
        self._providers: set[str] = set()
        self._written: list[ModuleCall] = []
        self._told: dict[str, dict[str, Any]] = {}
        self._overrides: list[tuple[str, Any]] = []

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

    def call_module(self, kind: type[Module[Any, Any]], name: str, inputs: Inputs) -> Outputs:
        """Adds the call `module.<name>` with the inputs' values, once they are known to be right."""
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
        call = ModuleCall(self, name, f"./modules/{kind.name}", {} if found else plain(inputs))
        self._written.append(call)
        return cast(Outputs, CalledOutputs(kind, call, name))

    def _note(self, kind: type[Module[Any, Any]], definition: Definition, name: str, path: str, inputs: Inputs) -> None:
        """Remembers of a call what the manifest, the review and `configure` ask for."""
        project = self._definitions.project
        self.inputs[path] = inputs
        self.calls[name] = line_below(project / "environments", project) or Line(file="main.py", line=1)
        self.called[name] = kind
        if "vault" in definition.providers and not self._providers & {"vault"} and self.environment.vault is None:
            self._problems.append(errors.no_vault(self.within, self.family))
        self._providers.update(definition.providers)

    def tell(self, outputs: Outputs, *names: str) -> None:
        """Makes outputs of a called module outputs of the workspace, for people: `terraform output <call>_<name>`.

        What another stack takes of a module needs no telling.
        """
        called = cast(CalledOutputs, outputs)
        for name in names:
            field = called._declared(name)
            self._told[f"{called._call_name}_{name}"] = {
                "value": f"${{module.{called._call_name}.{name}}}",
                "description": field.sentence,
                **({"sensitive": True} if field.sensitive else {}),
            }

    def said(self) -> dict[str, dict[str, Line]]:
        """For each call the lines that said its values."""
        project, within = self._definitions.project, f"{self.within}.{self.family}"
        return {name: lines_of(self.inputs[f"{within}.{name}"], project) for name in self.calls}

    def add_override(self, path: str, value: Any) -> None:
        """Says something else at a path of the stack's JSON, whatever else is said there."""
        self._overrides.append((path, value))

    def configure(self) -> None:
        """States the workspace, the calls, what is told and the providers that are needed, once all calls are there.

        In Terraform's words and at once: the classes of the bindings would have every run load the bindings, when it
        needs nothing else of them, and each block asked of cdktf alone takes several requests to the jsii kernel.
        """
        said: dict[str, Any] = {
            "module": said_at_once(self._written),
            "output": self._told,
            # where cdktf looks for the outputs of a stack: cdktf deploy --outputs-file
            "//": {"outputs": {self.name: {name: name for name in self._told}}} if self._told else {},
        }
        environment = self.environment
        CloudBackend(
            self,
            organization=environment.terraform_cloud.organization,
            hostname=environment.terraform_cloud.hostname,
            workspaces=NamedCloudWorkspace(self.name),
        )
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
            said["data"] = {
                "aws_eks_cluster": {"cluster": {"name": name}},
                "aws_eks_cluster_auth": {"cluster_auth": {"name": name}},
            }
            blocks["kubernetes"] = _CLUSTER | _OTHERS_KEEP_THEIRS
            blocks["helm"] = {"kubernetes": dict(_CLUSTER)}
        if "gitlab" in self._providers:
            # its token is in GITLAB_TOKEN, a variable of the workspace
            blocks["gitlab"] = {"base_url": (environment.gitlab or GitLab()).base_url}
        if "vault" in self._providers and environment.vault is not None:
            blocks["vault"] = environment.vault.provider_block(environment.region)
        said["provider"] = {name: [block] for name, block in blocks.items()}
        required = {name: {"source": PROVIDERS[name].source, "version": PROVIDERS[name].version} for name in blocks}
        # what its modules need: a workspace that is set to an older one is told so, not what it does not understand
        said["terraform"] = {"required_providers": required, "required_version": self.terraform_version()}
        with unanswered():
            for path, value in (*said.items(), *self._overrides):
                if value or path not in said:
                    super().add_override(path, value)

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
