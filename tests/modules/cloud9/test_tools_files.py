"""The script of an instance: each tool from its project's own server, and none that is not what it must be."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.support.shell import Shell

SCRIPT = Path(__file__).parents[3] / "modules/devtools/cloud9/files/tools.sh"
PROGRAM = b"#!/bin/sh\necho here\n"
# the word after --output, and the last one
ASKED = 'while [ $# -gt 0 ]; do case "$1" in --output) to="$2" ;; esac; from="$1"; shift; done'


def tar() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo("linux-amd64/helm")
        member.size = len(PROGRAM)
        archive.addfile(member, io.BytesIO(PROGRAM))
    return packed.getvalue()


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("terraform", PROGRAM)
    return packed.getvalue()


FILES = {
    "KUBECTL": ("kubectl", PROGRAM),
    "HELM": ("helm-v3.19.0-linux-amd64.tar.gz", tar()),
    "TERRAFORM": ("terraform_1.14.3_linux_amd64.zip", zipped()),
}
VERSIONS = {"KUBECTL_VERSION": "1.34.11", "HELM_VERSION": "3.19.0", "TERRAFORM_VERSION": "1.14.3"}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """An instance, and servers that have what `served` has."""
    (tmp_path / "served").mkdir()
    for name, content in FILES.values():
        (tmp_path / "served" / name).write_bytes(content)
    made = Shell(tmp_path)
    made.fake("curl", f'{ASKED}; cp "$HERE/served/${{from##*/}}" "$to"')
    return made


def run(shell: Shell) -> subprocess.CompletedProcess[str]:
    sums = {f"{name}_SHA256": hashlib.sha256(content).hexdigest() for name, (_, content) in FILES.items()}
    return shell.run(SCRIPT, BIN=str(shell.folder / "local"), SUMS=str(shell.folder / "sums"), **VERSIONS, **sums)


def installed(shell: Shell) -> set[str]:
    return {path.name for path in (shell.folder / "local").iterdir() if os.access(path, os.X_OK)}


def test_it_installs_all_three_and_a_second_run_downloads_nothing(shell: Shell) -> None:
    first = run(shell)
    assert first.returncode == 0, first.stderr
    assert installed(shell) == {"helm", "kubectl", "terraform"}
    asked = len(shell.calls)
    assert run(shell).returncode == 0
    assert len(shell.calls) == asked == len(FILES)


def test_each_comes_by_tls_from_its_own_project(shell: Shell) -> None:
    run(shell)
    assert [call.strip().rpartition(" ")[2] for call in shell.calls] == [
        "https://dl.k8s.io/release/v1.34.11/bin/linux/amd64/kubectl",
        "https://get.helm.sh/helm-v3.19.0-linux-amd64.tar.gz",
        "https://releases.hashicorp.com/terraform/1.14.3/terraform_1.14.3_linux_amd64.zip",
    ]
    assert all("--proto =https --tlsv1.2 --fail" in call for call in shell.calls)


@pytest.mark.parametrize(
    ("name", "before"), [("KUBECTL", set()), ("HELM", {"kubectl"}), ("TERRAFORM", {"helm", "kubectl"})]
)
def test_a_file_that_is_not_what_it_must_be_fails_the_run_and_is_not_installed(
    shell: Shell, name: str, before: set[str]
) -> None:
    file, content = FILES[name]
    (shell.folder / "served" / file).write_bytes(b"another")
    told = run(shell)
    assert told.returncode == 1
    assert installed(shell) == before
    assert hashlib.sha256(content).hexdigest() in told.stderr
    assert hashlib.sha256(b"another").hexdigest() in told.stderr


def test_without_a_way_to_the_internet_it_says_so(shell: Shell) -> None:
    (shell.folder / "served" / "kubectl").unlink()
    told = run(shell)
    assert told.returncode == 1
    assert "the subnet must have a way to the internet" in told.stderr
