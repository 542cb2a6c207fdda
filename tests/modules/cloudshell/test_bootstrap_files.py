"""The script: it installs what it is told to and nothing else, and says what to do where it cannot."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.support.shell import Shell

SCRIPT = Path(__file__).parents[3] / "modules/devtools/cloudshell/files/bootstrap.sh"
KUBECTL = b"#!/bin/sh\necho a kubectl\n"
# where a fake puts what it was asked for: the word after --output, or the last one
DOWNLOAD = 'while [ $# -gt 0 ]; do case "$1" in --output) to="$2" ;; esac; from="$1"; shift; done'
AWS = (
    'case "$1" in s3) for to; do :; done; cp "$HERE/served/${4##*/}" "$to" ;; eks) [ ! -f "$HERE/no-cluster" ] ;; esac'
)


def archive() -> bytes:
    """As Helm's: one program in a folder, beside what nobody wants."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in {"linux-amd64/helm": b"#!/bin/sh\necho a helm\n", "../outside": b"evil"}.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o755
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


HELM = archive()


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A home, and a server and a bucket that have what `served` has."""
    served = tmp_path / "served"
    served.mkdir()
    (tmp_path / "home").mkdir()
    for name in ("kubectl", "kubectl-v1.34.11-linux-amd64"):
        (served / name).write_bytes(KUBECTL)
    (served / "helm-v3.19.0-linux-amd64.tar.gz").write_bytes(HELM)
    made = Shell(tmp_path)
    made.fake("curl", f'{DOWNLOAD}; [ -f "$HERE/served/${{from##*/}}" ] && cp "$HERE/served/${{from##*/}}" "$to"')
    made.fake("aws", AWS)
    return made


def run(shell: Shell, downloads: str = "internet", kubectl: bytes = KUBECTL) -> subprocess.CompletedProcess[str]:
    said = {
        "KUBECTL_VERSION": "1.34.11",
        "KUBECTL_SHA256": hashlib.sha256(kubectl).hexdigest(),
        "HELM_VERSION": "3.19.0",
        "HELM_SHA256": hashlib.sha256(HELM).hexdigest(),
        "DOWNLOADS": downloads,
        "BUCKET": "prod-cloudshell",
        "CLUSTER": "prod",
        "CLUSTER_REGION": "us-east-1",
        "POLICY": "prod-cloudshell-use",
    }
    return subprocess.run(
        ["bash", str(SCRIPT)],
        env={
            "PATH": f"{shell.folder / 'bin'}:{os.environ['PATH']}",
            "HERE": str(shell.folder),
            "HOME": str(shell.folder / "home"),
            **said,
        },
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )


def installed(shell: Shell) -> set[str]:
    return {path.name for path in (shell.folder / "home/.local/bin").glob("[a-z]*")}


def test_it_installs_both_and_writes_the_kubeconfig_and_a_second_run_downloads_nothing(shell: Shell) -> None:
    first = run(shell)
    assert first.returncode == 0, first.stderr
    assert installed(shell) == {"helm", "kubectl"}
    assert os.access(shell.folder / "home/.local/bin/helm", os.X_OK)
    assert shell.calls[-1].strip() == "aws eks update-kubeconfig --name prod --region us-east-1 --alias prod"
    assert "kubectl is set up for prod" in first.stdout
    assert first.stderr == ""
    profile = (shell.folder / "home/.bashrc").read_text()
    asked = len(shell.calls)
    assert run(shell).returncode == 0
    assert [call.split()[0] for call in shell.calls[asked:]] == ["aws"]
    assert (shell.folder / "home/.bashrc").read_text() == profile


def test_every_download_is_by_tls_from_the_project_itself(shell: Shell) -> None:
    run(shell)
    kubectl, helm = (call for call in shell.calls if call.startswith("curl"))
    assert kubectl.strip().endswith("https://dl.k8s.io/release/v1.34.11/bin/linux/amd64/kubectl")
    assert helm.strip().endswith("https://get.helm.sh/helm-v3.19.0-linux-amd64.tar.gz")
    for call in (kubectl, helm):
        assert "--proto =https --tlsv1.2 --fail" in call


def test_without_the_internet_they_come_out_of_the_bucket_by_their_versions(shell: Shell) -> None:
    assert run(shell, "bucket").returncode == 0
    assert installed(shell) == {"helm", "kubectl"}
    asked = [call.split()[4] for call in shell.calls if call.startswith("aws s3")]
    assert asked == [
        "s3://prod-cloudshell/tools/kubectl-v1.34.11-linux-amd64",
        "s3://prod-cloudshell/tools/helm-v3.19.0-linux-amd64.tar.gz",
    ]


def test_a_file_that_is_not_what_it_must_be_is_not_installed_and_both_sums_are_told(shell: Shell) -> None:
    (shell.folder / "served/kubectl").write_bytes(b"another program")
    told = run(shell)
    assert told.returncode == 1
    assert installed(shell) == set()
    wanted, got = (hashlib.sha256(content).hexdigest() for content in (KUBECTL, b"another program"))
    assert f"kubectl 1.34.11 is not what it must be: its sum is {got}, and {wanted} is wanted" in told.stderr


def test_another_version_takes_the_place_of_what_was_there(shell: Shell) -> None:
    run(shell)
    newer = b"#!/bin/sh\necho a newer kubectl\n"
    (shell.folder / "served/kubectl").write_bytes(newer)
    assert run(shell, kubectl=newer).returncode == 0
    assert (shell.folder / "home/.local/bin/kubectl").read_bytes() == newer


def test_what_it_cannot_get_it_says_with_what_to_do(shell: Shell) -> None:
    (shell.folder / "served/kubectl").unlink()
    (shell.folder / "served/kubectl-v1.34.11-linux-amd64").unlink()
    offline, empty = run(shell), run(shell, "bucket")
    assert offline.returncode == empty.returncode == 1
    assert "set the module's input downloads to bucket" in offline.stderr
    assert "s3://prod-cloudshell/tools/kubectl-v1.34.11-linux-amd64: somebody has to put it there" in empty.stderr


def test_a_cluster_that_does_not_answer_is_told_and_the_tools_are_there(shell: Shell) -> None:
    silent = b"#!/bin/sh\nexit 1\n"
    (shell.folder / "served/kubectl").write_bytes(silent)
    told = run(shell, kubectl=silent)
    assert told.returncode == 0
    assert installed(shell) == {"helm", "kubectl"}
    assert "the cluster prod does not answer: an endpoint that is private answers in its VPC alone" in told.stderr


def test_a_role_without_the_policy_is_told_its_name(shell: Shell) -> None:
    (shell.folder / "no-cluster").touch()
    told = run(shell)
    assert told.returncode == 1
    assert "the role needs the policy prod-cloudshell-use" in told.stderr
