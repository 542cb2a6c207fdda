"""The complete example of every module, applied offline once a test run, for tests that look at all modules alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from groundplan.framework.inputs import Inputs
from groundplan.framework.module import Module
from groundplan.synth.definitions import Definitions
from modules.backup.aws_backup import AwsBackup
from modules.backup.velero import Velero
from modules.certificates.acm import Acm
from modules.certificates.cert_manager import CertManager
from modules.certificates.private_ca import PrivateCa
from modules.dns.route53 import Route53
from modules.dns.service_discovery import ServiceDiscovery
from modules.registry.ecr import Ecr
from modules.registry.gitlab_registry import GitlabRegistry
from modules.secrets.secrets_manager import SecretsManager
from modules.secrets.vault import Vault
from tests.modules.acm import acm_example
from tests.modules.aws_backup import aws_backup_examples
from tests.modules.cert_manager import cert_manager_examples
from tests.modules.ecr import ecr_example
from tests.modules.gitlab_registry import examples as gitlab_registry_examples
from tests.modules.private_ca import private_ca_example
from tests.modules.route53 import route53_example
from tests.modules.secrets_manager import secrets_manager_example
from tests.modules.service_discovery import examples as service_discovery_examples
from tests.modules.vault import examples as vault_examples
from tests.modules.velero import examples as velero_examples
from tests.support.once import once
from tests.support.planning import PROJECT, ModulePlan, apply_module

__all__ = ["COMPLETE", "Complete", "applied", "built"]


@dataclass(frozen=True)
class Complete:
    """A module with everything switched on, in the region that its own tests call it in.

    `counted_from` is a day in the inputs that is another one tomorrow.
    """

    kind: type[Module[Any, Any]]
    inputs: Inputs
    region: str = "us-east-1"
    counted_from: date | None = None


COMPLETE: Mapping[str, Complete] = {
    "acm": Complete(Acm, acm_example.FULL),
    "aws_backup": Complete(AwsBackup, aws_backup_examples.FULL),
    "cert_manager": Complete(CertManager, cert_manager_examples.FULL),
    "ecr": Complete(Ecr, ecr_example.FULL),
    "gitlab_registry": Complete(
        GitlabRegistry,
        gitlab_registry_examples.FULL,
        counted_from=date.fromisoformat(gitlab_registry_examples.FULL.deploy_tokens["blue"].expires_on),
    ),
    "private_ca": Complete(PrivateCa, private_ca_example.FULL),
    "route53": Complete(Route53, route53_example.FULL, region="us-west-2"),
    "secrets_manager": Complete(SecretsManager, secrets_manager_example.FULL),
    "service_discovery": Complete(ServiceDiscovery, service_discovery_examples.FULL),
    "vault": Complete(Vault, vault_examples.FULL),
    "velero": Complete(Velero, velero_examples.FULL),
}


def applied(name: str, factory: pytest.TempPathFactory) -> ModulePlan:
    """What the complete example of a module makes, every value known."""

    def make(folder: Path) -> None:
        it = COMPLETE[name]
        plan = apply_module(it.kind, it.inputs, folder / "applied", region=it.region)
        (folder / "plan.json").write_text(json.dumps(plan.json), encoding="utf-8")

    return _read(once(factory, f"complete-{name}", make) / "plan.json")


@cache
def _read(file: Path) -> ModulePlan:
    return ModulePlan(json.loads(file.read_bytes()))


@cache
def built(name: str) -> tuple[Path, dict[str, Any]]:
    """The folder of the module's own files, and its Terraform document."""
    folder = Definitions(PROJECT).folder(COMPLETE[name].kind)
    return COMPLETE[name].kind.folder(), json.loads((folder / "main.tf.json").read_bytes())
