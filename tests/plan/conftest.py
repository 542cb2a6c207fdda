"""Synthesized folders, written by hand: no bindings are imported and no app is run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from groundplan.problems import Line
from groundplan.synth.manifest import Manifest, ModuleRecord, StackRecord
from tests.support.filling import fill_with_schemas

Json = dict[str, Any]

ANSWERS: Json = {
    "account_id": "111122223333",
    "region": "eu-west-1",
    "dr_region": "eu-central-1",
    "organization_id": "o-example1234",
    "cluster": {
        "name": "dev",
        "endpoint": "https://0123.gr7.eu-west-1.eks.amazonaws.com",
        "oidc_issuer_url": "https://oidc.eks.eu-west-1.amazonaws.com/id/0123",
        "version": "1.33",
    },
    "vpc_id": "vpc-0123456789abcdef0",
    "subnet_ids": ["subnet-0a", "subnet-0b"],
    "availability_zones": ["eu-west-1a", "eu-west-1b"],
}
PROVIDERS: Json = {name: {"source": f"hashicorp/{name}"} for name in ("aws", "helm", "kubernetes")}


def stack(workspace: str, **parts: Any) -> Json:
    """A root module with a Terraform Cloud backend and an aws provider."""
    return {
        "terraform": {
            "required_providers": PROVIDERS,
            "cloud": {"organization": "example", "workspaces": {"name": workspace}},
        },
        "provider": {"aws": [{"region": "eu-west-1"}]},
        **parts,
    }


def module(**parts: Any) -> Json:
    """A child module."""
    return {"terraform": {"required_providers": PROVIDERS}, **parts}


def write_synth(folder: Path, stacks: Mapping[str, Json], modules: Mapping[str, Json] | None = None) -> Path:
    """Writes `cdktf.out`: each stack's root, the modules that it calls, and a manifest that knows their lines."""
    shutil.rmtree(folder, ignore_errors=True)
    modules = modules or {}
    records = []
    for name, root in stacks.items():
        place = folder / "stacks" / name
        place.mkdir(parents=True)
        (place / "cdk.tf.json").write_text(json.dumps(root, indent=2))
        calls = {call: block["source"].rsplit("/", 1)[-1] for call, block in root.get("module", {}).items()}
        for used in calls.values():
            if used in modules:
                (place / "modules" / used).mkdir(parents=True, exist_ok=True)
                (place / "modules" / used / "main.tf.json").write_text(json.dumps(modules[used], indent=2))
        records.append(
            StackRecord(
                name=name,
                environment="dev",
                family=name.removeprefix("dev-"),
                folder=f"stacks/{name}",
                depends_on=(),
                calls={f"module.{call}": Line(file="environments/dev.py", line=7) for call in calls},
                call_modules={f"module.{call}": used for call, used in calls.items()},
                answers=ANSWERS,
            )
        )
    lines = {
        name: {
            f"{'data.' if word == 'data' else ''}{kind}.{label}": Line(file=f"modules/{name}/module.py", line=42)
            for word in ("resource", "data")
            for kind, labels in content.get(word, {}).items()
            for label in labels
        }
        for name, content in modules.items()
    }
    Manifest(
        stacks=tuple(records),
        modules=tuple(ModuleRecord(name=name, family="x", lines=each) for name, each in lines.items()),
    ).write(folder)
    return folder


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test reads what an earlier run kept, and none leaves anything behind."""
    folder = tmp_path_factory.mktemp("plan") / "cache"
    fill_with_schemas(tmp_path_factory, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GROUNDPLAN_CACHE_DIR", str(folder))
        patch.delenv("GROUNDPLAN_TERRAFORM", raising=False)
        yield folder


@pytest.fixture
def synth(tmp_path: Path) -> Callable[..., Path]:
    """Writes a synthesized folder below the test's own."""

    def write(stacks: Mapping[str, Json], modules: Mapping[str, Json] | None = None, name: str = "cdktf.out") -> Path:
        return write_synth(tmp_path / name, stacks, modules)

    return write


def changes(plan: Path) -> dict[str, Json]:
    """The resource changes of a written plan, by address."""
    found = json.loads(plan.read_bytes())["resource_changes"]
    return {change["address"]: change["change"] for change in found}
