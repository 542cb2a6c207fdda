"""What each stack's Terraform Cloud workspace must be set to, as far as what is synthesized tells it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from groundplan.synth.manifest import Manifest

__all__ = ["Workspace", "workspaces"]

# https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/aws-configuration
_AWS = {
    "TFC_AWS_PROVIDER_AUTH": "true",
    "TFC_AWS_RUN_ROLE_ARN": "ARN of a role in account {account} that trusts {subject}",
}
_GITLAB = {"GITLAB_TOKEN": "sensitive; scope api in the projects that the stack writes to"}
_VAULT = {"VAULT_CACERT": "file of the worker with the CA of Vault's certificate; none where it trusts it"}
_VAULT_LOGINS = {"auth_login_jwt": {"TERRAFORM_VAULT_AUTH_JWT": "sensitive; token of the service account of the run"}}


@dataclass(frozen=True)
class Workspace:
    """One workspace: where it is, what it runs, whose state it reads and who reads its own, what its runs are given.

    `folder` is what is uploaded: the workspace's own working directory stays empty. `terraform` are the versions that
    it may be set to. `reaches_cluster`: its runs talk to the cluster's API, or to Vault in it, so a private endpoint
    asks for an agent.
    """

    name: str
    environment: str
    hostname: str
    organization: str
    folder: str
    terraform: str
    reaches_cluster: bool
    reads: tuple[str, ...]
    shared_with: tuple[str, ...]
    variables: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self)


def workspaces(manifest: Manifest, synthesized: Path, stacks: list[str]) -> list[Workspace]:
    """The workspaces of `stacks`, in the manifest's order."""
    roots = {
        stack.name: json.loads((synthesized / stack.folder / "cdk.tf.json").read_bytes()) for stack in manifest.stacks
    }
    # a stack may come after another whose state it does not read
    reads = {name: _read(root) for name, root in roots.items()}
    found = []
    for stack in manifest.stacks:
        if stack.name not in stacks:
            continue
        root = roots[stack.name]
        terraform, providers = root["terraform"], root["provider"]
        cloud = terraform["cloud"]
        subject = f"organization:{cloud['organization']}:project:*:workspace:{stack.name}:run_phase:*"
        account = providers["aws"][0]["allowed_account_ids"][0]
        variables = {name: text.format(account=account, subject=subject) for name, text in _AWS.items()}
        variables |= _GITLAB if "gitlab" in providers else {}
        for block in providers.get("vault", ()):
            variables |= _VAULT
            variables |= {name: text for login in block for name, text in _VAULT_LOGINS.get(login, {}).items()}
        found.append(
            Workspace(
                name=cloud["workspaces"]["name"],
                environment=stack.environment,
                hostname=cloud["hostname"],
                organization=cloud["organization"],
                folder=f"{synthesized.name}/{stack.folder}",
                terraform=terraform["required_version"],
                reaches_cluster=bool({"helm", "kubernetes", "vault"} & set(providers)),
                reads=reads[stack.name],
                shared_with=tuple(sorted(other for other, read in reads.items() if stack.name in read)),
                variables=variables,
            )
        )
    return found


def _read(root: dict[str, Any]) -> tuple[str, ...]:
    """The workspaces whose outputs a root reads."""
    states = root.get("data", {}).get("terraform_remote_state", {}).values()
    return tuple(sorted(state["config"]["workspaces"]["name"] for state in states))
