"""The real `cdktf deploy`, with the real terraform command, creates what is synthesized, in order.

The providers are the local ones and the state is in files, since neither an account nor Terraform Cloud is here.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from environments.dev import DEV
from environments.platform import Platform
from groundplan.cli.deploying import Deployment, cdktf_command, order
from groundplan.cli.deploying import deploy as deploy_stacks
from groundplan.plan.schema import load
from groundplan.plan.server import ProviderServer
from groundplan.plan.stacks import read_stacks
from groundplan.problems import BadInput
from groundplan.synth.manifest import Manifest
from groundplan.synth.project import synth
from groundplan.synth.stack import Stacks
from modules.certificates.acm import Acm, AcmInputs, Certificate
from modules.dns.route53 import PublicZone, Route53, Route53Inputs
from tests.synth.programs import PROJECT, content, run_main, settings_of_cdktf

# the first reads the second's zones
STACKS = ("dev-certificates", "dev-dns")

pytestmark = pytest.mark.skipif(shutil.which("terraform") is None, reason="cdktf deploy runs the terraform command")


def state_file(folder: Path, stack: str) -> Path:
    return folder / f"{stack}.tfstate"


def resources(folder: Path, stack: str) -> list[dict[str, Any]]:
    """What the state holds, data sources aside."""
    held = json.loads(state_file(folder, stack).read_text())["resources"]
    return [each for each in held if each["mode"] == "managed"]


def take_off_the_cloud(stack: Path, folder: Path) -> list[str]:
    """Puts the stack's state, and those that it reads, into files; the names of the stacks that it reads."""
    reads = json.loads((stack / "cdk.tf.json").read_text()).get("data", {}).get("terraform_remote_state", {})
    workspaces = {name: read["config"]["workspaces"]["name"] for name, read in reads.items()}
    override: dict[str, Any] = {"terraform": {"backend": {"local": {"path": str(state_file(folder, stack.name))}}}}
    for name, workspace in workspaces.items():
        state = {"backend": "local", "config": {"path": str(state_file(folder, workspace))}}
        override.setdefault("data", {}).setdefault("terraform_remote_state", {})[name] = state
    (stack / "offline_override.tf.json").write_text(json.dumps(override))
    return list(workspaces.values())


def compose(stacks: Stacks[Platform], env: Platform) -> None:
    """Two stacks with what one reads of the other, and little else: what is applied is what costs."""
    dns = stacks.family("dns")
    zone = PublicZone(domain=env.public_domain, dnssec=False, query_logging=False)
    inputs = Route53Inputs(name=f"{env.name}-dns", alarm_topic_arn=env.alarm_topic_arn, public_zones={"public": zone})
    route53 = Route53(dns, "route53", inputs)
    certificates = stacks.family("certificates")
    certificates.add_dependency(dns)
    public = AcmInputs(
        name=f"{env.name}-certificates",
        region=env.region,
        alarm_topic_arn=env.alarm_topic_arn,
        zones={env.public_domain: route53.outputs.zone_ids["public"]},
        certificates={"claims": Certificate(domain=f"claims.{env.public_domain}")},
    )
    Acm(certificates, "acm", public)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """These two, synthesized."""
    synth(compose, [DEV], project=PROJECT, out=tmp_path / "small")
    return tmp_path / "small"


@pytest.fixture
def offline(small: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of them, and an environment in which cdktf and terraform work with local providers and states."""
    out = tmp_path / "cdktf.out"
    shutil.copytree(small, out)
    shutil.copy(PROJECT / "cdktf.json", tmp_path)
    (tmp_path / "terraform.rc").touch()
    read = {stack: take_off_the_cloud(out / "stacks" / stack, tmp_path) for stack in STACKS}
    assert read == {"dev-certificates": ["dev-dns"], "dev-dns": []}
    stacks = [read_stacks(out)[0][name] for name in STACKS]
    schemas = load(
        {
            "resources": {name for stack in stacks for name in stack.types("resource")},
            "data_sources": {name for stack in stacks for name in stack.types("data")},
        }
    )
    with ProviderServer(schemas) as server:
        server.answers = stacks[0].answers
        more = {"TF_REATTACH_PROVIDERS": server.reattach, "TF_CLI_CONFIG_FILE": str(tmp_path / "terraform.rc")}
        for name, value in settings_of_cdktf(cache, **more).items():
            monkeypatch.setenv(name, value)
        yield out


@pytest.fixture
def deploy(offline: Path, tmp_path: Path) -> Callable[[], Deployment]:
    """What `groundplan deploy` does with the two stacks."""

    def run() -> Deployment:
        # nothing of Terraform Cloud is here, nor a registry to lock the providers of
        command = ["sh", "-c", 'exec "$@" --skip-provider-lock', "sh", *cdktf_command(PROJECT)]
        chosen = [stack for stack in order(Manifest.read(offline), "dev") if stack.name in STACKS]
        return deploy_stacks(chosen, command, project=tmp_path, progress=lambda _: None)

    return run


@pytest.fixture
def start(offline: Path, tmp_path: Path) -> Callable[[], subprocess.Popen[str]]:
    """Starts `cdktf deploy` of the two stacks, and does not wait for it."""

    def run() -> subprocess.Popen[str]:
        assert offline.is_dir()
        return subprocess.Popen(
            [*cdktf_command(PROJECT), "deploy", *STACKS, "--skip-synth", "--skip-provider-lock", "--auto-approve"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    return run


def test_cdktf_deploys_stacks_in_the_order_in_which_they_read_each_other(
    deploy: Callable[[], Deployment], small: Path, tmp_path: Path
) -> None:
    done = deploy()

    assert done.deployed == ("dev-dns", "dev-certificates")
    assert not done.failed

    made = {stack: resources(tmp_path, stack) for stack in STACKS}
    for stack in STACKS:
        calls = json.loads((small / "stacks" / stack / "cdk.tf.json").read_text())["module"]
        assert {each["module"].split(".")[1] for each in made[stack]} == set(calls)
    zones = [each for each in made["dev-dns"] if each["type"] == "aws_route53_zone"]
    zone_ids = {instance["attributes"]["zone_id"] for each in zones for instance in each["instances"]}
    records = [each for each in made["dev-certificates"] if each["type"] == "aws_route53_record"]
    proved = {instance["attributes"]["zone_id"] for each in records for instance in each["instances"]}
    assert proved, "certificates have no validation records"
    assert proved <= zone_ids, "certificates are proved in the zones that the other stack made"


def test_a_synth_beside_a_deploy_is_refused_and_after_the_deploy_was_killed_loses_nothing(
    start: Callable[[], subprocess.Popen[str]], cache: Path, tmp_path: Path
) -> None:
    out = tmp_path / "cdktf.out"
    process = start()
    until = time.monotonic() + 120
    while not state_file(tmp_path, "dev-dns").exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    # in the middle: the first stack is being made, or is made
    os.killpg(process.pid, signal.SIGSTOP)
    before = content(out)
    assert [path for path in before if "/.terraform/" in path], "Terraform has not worked here"

    # in a process that is younger than the deploy, as somebody's is
    refused = run_main(cache, out=out, GROUNDPLAN_SELECT="dev")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    (out / "stacks" / "dev-certificates" / "errored.tfstate").write_text("{}")
    with pytest.raises(BadInput, match=r"terraform state push errored\.tfstate"):
        synth(compose, [DEV], project=PROJECT, out=out)
    (out / "stacks" / "dev-certificates" / "errored.tfstate").unlink()
    synth(compose, [DEV], project=PROJECT, out=out)

    assert refused.returncode == 2
    assert f"cdktf.out: cdktf deploy {' '.join(STACKS)} --skip-synth" in refused.stderr
    assert f"(process {process.pid}) is running on what a synth would replace" in refused.stderr
    assert content(out) == before
