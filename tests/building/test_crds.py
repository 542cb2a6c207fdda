"""Definitions of custom resources are brought to a chart's version by a job, from the archive that the lock knows."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from groundplan.building import crd_upgrade, crds_by_hook, crds_left_out, release
from groundplan.charts import Chart, chart
from groundplan.problems import BadInput

SCRIPTS = Path(crd_upgrade.__code__.co_filename).parent / "files"
SCOPE = cast(Any, SimpleNamespace(folder=lambda: Path(__file__).parent, project=lambda: Path(__file__).parent))
KIND = "kind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\n"
# what stands for wget here answers from a folder, and tells what it was asked for
WGET = """#!/bin/sh
while [ $# -gt 1 ]; do
    case $1 in -O) out=$2; shift ;; -T) shift ;; esac
    shift
done
echo "$1" >>"$SERVED/asked"
cat "$SERVED/${1##*/}" >"$out"
"""


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """A repository with an archive, and a program that fetches from it."""
    folder = tmp_path / "served"
    folder.mkdir()
    (tmp_path / "wget").write_text(WGET, encoding="utf-8")
    (tmp_path / "wget").chmod(0o755)
    with tarfile.open(folder / "web-1.2.0.tgz", "w:gz") as archive:
        for path, text in {
            "crds/widgets.yaml": KIND,
            "charts/crds/crds/gadgets.yaml": KIND.replace("widgets", "gadgets"),
            "crds/notes.txt": "no definition",
            "templates/web.yaml": "kind: ConfigMap",
        }.items():
            entry = tarfile.TarInfo(f"web/{path}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return folder


def fetched(served: Path, index: str = "", **said: str) -> subprocess.CompletedProcess[str]:
    """What the script does with the archive in `served`, whose digest it is told; its HOME is beside it."""
    (served / "index.yaml").write_text(index, encoding="utf-8")
    (served / "asked").write_text("", encoding="utf-8")
    home = served.parent / "home"
    home.mkdir(exist_ok=True)
    environment = {
        "CHART": "web",
        "CRD_FILES": "charts/crds/crds/gadgets.yaml crds/widgets.yaml",
        "HOME": str(home),
        "PATH": f"{served.parent}:{os.environ['PATH']}",
        "REPOSITORY": "https://charts.example.com/stable",
        "SERVED": str(served),
        "SHA256": digest(served),
        **said,
    }
    script = (SCRIPTS / "fetch_crds.sh").read_text("utf-8")
    return subprocess.run(  # the script under test
        ["/bin/sh", "-c", script], env=environment, capture_output=True, text=True, check=False
    )


def digest(served: Path) -> str:
    return hashlib.sha256((served / "web-1.2.0.tgz").read_bytes()).hexdigest()


def files(served: Path) -> dict[str, str]:
    folder = served.parent / "home"
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.*")}


def asked(served: Path) -> list[str]:
    return (served / "asked").read_text("utf-8").split()


# as `helm repo index` writes it: keys by the alphabet, entries by version, the newest first
INDEX = """apiVersion: v1
entries:
  other:
  - digest: {other}
    urls:
    - https://charts.example.com/other-1.2.0.tgz
    version: 1.2.0
  web:
  - apiVersion: v2
    digest: {other}
    name: web
    urls:
    - https://charts.example.com/web-1.3.0.tgz
    version: 1.3.0
  - annotations:
      urls: none
    apiVersion: v2
    digest: {quote}{digest}{quote}
    maintainers:
    - name: platform
    name: web
    urls:
    - {url}
    - https://elsewhere.example.com/web-1.2.0.tgz
    version: 1.2.0
generated: "2026-11-30T00:00:00Z"
"""


@pytest.mark.parametrize(
    ("url", "quote", "comes_from"),
    [
        ("https://files.example.com/web-1.2.0.tgz", "", "https://files.example.com/web-1.2.0.tgz"),
        ('"https://files.example.com/web-1.2.0.tgz"', '"', "https://files.example.com/web-1.2.0.tgz"),
        ("web-1.2.0.tgz", "'", "https://charts.example.com/stable/web-1.2.0.tgz"),
    ],
)
def test_the_archive_of_the_locks_digest_is_found_in_the_index_and_its_definitions_taken(
    served: Path, url: str, quote: str, comes_from: str
) -> None:
    done = fetched(served, INDEX.format(digest=digest(served), other="0" * 64, url=url, quote=quote))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert asked(served) == ["https://charts.example.com/stable/index.yaml", comes_from]
    found = files(served)
    assert found == {"definitions/widgets.yaml": KIND, "definitions/gadgets.yaml": KIND.replace("widgets", "gadgets")}


def test_an_address_of_ones_own_needs_no_index(served: Path) -> None:
    done = fetched(served, ARCHIVE_URL="https://inside.example.com/web-1.2.0.tgz")
    assert done.returncode == 0, done.stderr
    assert asked(served) == ["https://inside.example.com/web-1.2.0.tgz"]
    assert len(files(served)) == 2


def test_another_archive_and_one_that_is_not_there_are_never_applied(served: Path) -> None:
    wrong = fetched(served, ARCHIVE_URL="https://inside.example.com/web-1.2.0.tgz", SHA256="1" * 64)
    assert (wrong.returncode != 0, (served.parent / "home/definitions").exists()) == (True, False)
    missing = fetched(served, INDEX.format(digest="2" * 64, other="0" * 64, url="x", quote=""))
    assert missing.returncode != 0
    assert (
        f"https://charts.example.com/stable has no archive of web with the SHA-256 sum {digest(served)}"
        in missing.stderr
    )
    gone = fetched(served, ARCHIVE_URL="https://inside.example.com/web-1.2.0.tgz", CRD_FILES="crds/gone.yaml")
    assert gone.returncode != 0


def test_kubernetes_expands_nothing_in_the_scripts() -> None:
    # https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Container, command
    for script in ("fetch_crds.sh", "apply_crds.sh"):
        text = (SCRIPTS / script).read_text("utf-8")
        assert not {"$(", "$$"} & {text[at : at + 2] for at in range(len(text))}, script


def told(made: Chart, values: Mapping[str, Any], **said: Any) -> str:
    with pytest.raises(BadInput) as problem:
        release(SCOPE, "web", made, name="web", namespace="web", values=values, extra={}, **said)
    return str(problem.value)


def test_a_release_of_a_chart_with_definitions_that_nobody_upgrades_is_refused() -> None:
    message = told(chart("kong"), {})
    assert "releases kong 3.4.1, which has custom resource definitions in crds/custom-resource" in message
    assert "crds=crd_upgrade(...)" in message
    # who says that a value decides must set it
    assert "upgradeCRDs, which was said to decide, is not true" in told(
        chart("velero"), {"upgradeCRDs": False}, crds=crds_by_hook("upgradeCRDs")
    )
    for values in ({}, {"crds": {}}, {"crds": {"create": True}}, {"crds": {"create": "${var.x}"}}):
        said = told(chart("alloy"), values, crds=crds_left_out("crds.create"))
        assert "crds.create, which was said to decide, is not false" in said


def test_a_job_is_refused_where_it_could_not_know_the_archive() -> None:
    kong = chart("kong")
    for other in (replace(kong, digest=""), replace(kong, crd_files={}), chart("karpenter")):
        with pytest.raises(BadInput, match=f"definitions of {other.title}: the job fetches the archive"):
            crd_upgrade(SCOPE, "crds", other, None, name="web", namespace="web", image="x:1", after=[])
