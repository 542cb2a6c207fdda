"""A project of one module and one environment: small enough to be synthesized and planned in a test."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from tests.synth.programs import PROJECT, name_every_type

MODULE = '''
"""Archives."""

from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket

from groundplan.building import ServiceInputs, encryption_key, private_bucket
from groundplan.framework import Module, Outputs, field, output


class ArchiveInputs(ServiceInputs):
    """What may be set."""

    noncurrent_days: int = field("how long overwritten objects are kept, in days", default=30, ge=1, le=365)


class ArchiveOutputs(Outputs):
    """What others need."""

    bucket_arn: str = output("ARN of the bucket")


class Archive(Module[ArchiveInputs, ArchiveOutputs]):
    """Keeps things."""

    def build(self, given: ArchiveInputs) -> ArchiveOutputs:
        name = f"{given.name}-archive"
        key = encryption_key(self, "archive", given, name=name, purpose="the archive")
        bucket = private_bucket(self, "archive", given, name=name, key=key, noncurrent_days=given.noncurrent_days)
        return ArchiveOutputs(bucket_arn=bucket.arn)
'''
OPEN_BUCKET = '        S3Bucket(self, "open", bucket=f"{given.name}-open")\n'

MAIN = '''
from pathlib import Path

from groundplan.building import Cluster
from groundplan.framework import field
from groundplan.synth.environment import Environment, Kubernetes, Network, TerraformCloud
from groundplan.synth.project import main
from modules.storage.archive.module import Archive, ArchiveInputs

ACCOUNT = "111122223333"


class Platform(Environment):
    """One environment."""

    noncurrent_days: int = field("how long overwritten objects are kept, in days", ge=1, le=365)


def environment(name: str) -> Platform:
    return Platform(
        name=name,
        account_id=ACCOUNT,
        organization_id="o-exampleorg0",
        region="us-east-1",
        dr_region="us-west-2",
        terraform_cloud=TerraformCloud(organization="example"),
        owner="platform",
        cost_center="4711",
        data_classification="internal",
        cluster=Cluster(
            name=name,
            oidc_provider_arn=f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/A0B1C2D3",
        ),
        kubernetes=Kubernetes(version="1.34"),
        network=Network(
            vpc_id="vpc-0a1b2c3d4e5f60001",
            private_subnet_ids=["subnet-0a1b2c3d4e5f60001"],
            availability_zones=["us-east-1a"],
        ),
        production=name == "live",
        noncurrent_days=30,
    )


def compose(stacks, env):
    Archive(
        stacks.family("storage"),
        "archive",
        ArchiveInputs(
            name=f"{env.name}-files",
            alarm_topic_arn=f"arn:aws:sns:us-east-1:{ACCOUNT}:alarms",
            noncurrent_days=env.noncurrent_days,
        ),
    )


main(compose, [environment("test"), environment("live")], project=Path(__file__).parent)
'''


def write_project(folder: Path) -> Path:
    """Writes the project, with the policies of the real one."""
    module = folder / "modules" / "storage" / "archive"
    module.mkdir(parents=True)
    for package in (folder / "modules", module.parent, module):
        (package / "__init__.py").touch()
    (module / "module.py").write_text(MODULE)
    (folder / "main.py").write_text(MAIN)
    (folder / "cdktf.json").write_text('{"language": "python", "app": "python main.py"}\n')
    (folder / ".gitignore").write_text("cdktf.out/\nout/\n__pycache__/\n")
    shutil.copytree(PROJECT / "policies", folder / "policies")
    name_every_type(folder)
    facts = {"production": False, "allowed_regions": ["us-east-1", "us-west-2"]}
    say_environments(folder, {"test": facts, "live": {**facts, "production": True}})
    return folder


def say_environments(folder: Path, facts: dict[str, dict[str, Any]]) -> None:
    """Writes what the policies know of each environment."""
    (folder / "policies" / "parameters" / "environments" / "data.json").write_text(json.dumps(facts, indent=2))


def own_rules(project: Path) -> Path:
    """The rules of a project that shares them with others, from now on its own: their folder."""
    folder = project / "policies"
    shared = folder.resolve()
    folder.unlink()
    return Path(shutil.copytree(shared, folder))


def edit(file: Path, old: str, new: str) -> None:
    """Replaces `old`, which must be there."""
    source = file.read_text()
    assert old in source
    # it may be a file that other copies of the project have too
    file.unlink()
    file.write_text(source.replace(old, new))


def open_a_bucket(project: Path) -> None:
    """The change that no policy allows."""
    module = project / "modules" / "storage" / "archive" / "module.py"
    edit(module, "        return ArchiveOutputs(", f"{OPEN_BUCKET}        return ArchiveOutputs(")
