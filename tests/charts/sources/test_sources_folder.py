from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from groundplan.charts.sources.folder import folder_files, packed
from groundplan.charts.sources.ignore import Ignored
from groundplan.charts.sources.unpack import unpacked
from groundplan.problems import BadInput

HELM = os.environ.get("GROUNDPLAN_HELM") or shutil.which("helm")

Chart = Callable[[Mapping[str, bytes]], Path]


@pytest.fixture
def chart(tmp_path: Path) -> Chart:
    def write(files: Mapping[str, bytes]) -> Path:
        base = {"Chart.yaml": b"apiVersion: v2\nname: shop\nversion: 1.2.0\n", "values.yaml": b"{}\n"}
        for path, content in {**base, **files}.items():
            (tmp_path / "shop" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "shop" / path).write_bytes(content)
        return tmp_path / "shop"

    return write


PATHS = ("a.txt", "ab.txt", "ac.yaml", "d/a.txt", "d/e/ab.txt", "e", "templates/.x", "templates/x", "d/templates/.x")


@pytest.mark.parametrize(
    ("rules", "left"),
    [
        ("", {*PATHS} - {"templates/.x"}),
        ("# a.txt\n\n  e  ", {*PATHS} - {"e", "templates/.x", "d/e/ab.txt"}),
        ("*.txt", {"ac.yaml", "e", "templates/x", "d/templates/.x"}),
        ("/*.txt", {*PATHS} - {"a.txt", "ab.txt", "templates/.x"}),
        ("e/", {*PATHS} - {"d/e/ab.txt", "templates/.x"}),
        ("a[b-d].*", {"a.txt", "d/a.txt", "e", "templates/x", "d/templates/.x"}),
        ("a[^b-d].*\na?.txt", {*PATHS} - {"ab.txt", "d/e/ab.txt", "templates/.x"}),
        ("*/a.txt", {*PATHS} - {"d/a.txt", "templates/.x"}),
        ("a*b*", {*PATHS} - {"ab.txt", "d/e/ab.txt", "templates/.x"}),
        ("d/*/ab.txt", {*PATHS} - {"d/e/ab.txt", "templates/.x"}),
        (r"\a.txt", {*PATHS} - {"a.txt", "d/a.txt", "templates/.x"}),
        # for Helm a rule with ! leaves out all that it does not match
        ("!*.txt", {"a.txt", "ab.txt"}),
        ("a.txt\n!*", {*PATHS} - {"a.txt", "d/a.txt", "templates/.x"}),
    ],
)
def test_a_helmignore_leaves_out_what_helm_leaves_out(rules: str, left: set[str]) -> None:
    ignored = Ignored(rules, "shop")
    folders = {path[:at] for path in PATHS for at in range(len(path)) if path[at] == "/"}
    found = {
        path
        for path in PATHS
        if not ignored.has(path, folder=False)
        and not any(ignored.has(folder, folder=True) for folder in folders if path.startswith(f"{folder}/"))
    }
    assert found == left


@pytest.mark.parametrize("rule", ["a/**/b", "[", "[]", "[a", "[a-]", "[-a]", "a\\", "[a-\\"])
def test_a_rule_that_helm_refuses_is_refused_with_its_line(rule: str) -> None:
    with pytest.raises(BadInput) as raised:
        Ignored(f"# first\n{rule}\n", "shop")
    assert str(raised.value).startswith(f"shop: .helmignore, line 2: {rule!r}")


def test_a_folder_is_read_and_packed_alike_every_time(chart: Chart) -> None:
    folder = chart({".helmignore": b"\xef\xbb\xbf*.bak\n", "a.bak": b"1", "templates/x.yaml": b"\xef\xbb\xbfx: 1"})
    files = folder_files(folder)
    assert list(files) == [".helmignore", "Chart.yaml", "templates/x.yaml", "values.yaml"]
    assert files["templates/x.yaml"] == b"x: 1"
    os.utime(folder / "values.yaml", (1, 1))
    assert packed(folder_files(folder), "shop") == packed(files, "shop")
    assert unpacked(packed(files, "shop"), "x") == {**files, ".helmignore": b"*.bak\n"}


def test_links_are_followed_inside_the_folder_and_refused_out_of_it(chart: Chart, tmp_path: Path) -> None:
    folder = chart({"files/a": b"a"})
    (folder / "b").symlink_to("files/a")
    (folder / "more").symlink_to("files")
    assert {"b", "more/a"} <= folder_files(folder).keys()
    (tmp_path / "secret").write_text("invented")
    (tmp_path / "shop-2").mkdir()
    (folder / ".helmignore").symlink_to("../secret")
    with pytest.raises(BadInput, match=".helmignore is a link that leads out"):
        folder_files(folder)
    (folder / ".helmignore").unlink()
    for target, words in (
        ("../secret", "templates is a link that leads out"),
        (str(tmp_path / "shop-2"), "templates is a link that leads out"),
        (".", "templates is a link that leads back to itself"),
        ("templates", "templates is a link that leads back to itself"),
        ("nowhere", "templates is a link that leads nowhere"),
    ):
        (folder / "templates").symlink_to(target)
        with pytest.raises(BadInput, match=words):
            folder_files(folder)
        (folder / "templates").unlink()
    os.mkfifo(folder / "pipe")
    with pytest.raises(BadInput, match="'pipe', which is a link or a device"):
        folder_files(folder)


def test_links_in_a_circle_end(chart: Chart) -> None:
    folder = chart({"a/x": b"", "b/y": b""})
    (folder / "a/b").symlink_to("../b")
    (folder / "b/a").symlink_to("../a")
    with pytest.raises(BadInput, match="leads back to itself"):
        folder_files(folder)


def test_a_file_larger_than_helm_takes_is_refused(chart: Chart, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = chart({"files/a": b""})
    os.truncate(folder / "files/a", 6 << 20)
    with pytest.raises(BadInput, match="files/a is larger than 5 MiB"):
        folder_files(folder)


if HELM:  # a second opinion where there is one: a user needs no helm

    def test_helm_packs_the_same_files(chart: Chart, tmp_path: Path) -> None:
        rules = b"*.bak\n/docs\nd/e/\nk?[^a-c].txt\n"
        names = ("a.bak", "docs/a", "d/docs/b", "d/e/f", "e", "k1d.txt", "k1a.txt", "templates/.y", "templates/x.yaml")
        folder = chart({".helmignore": rules, **dict.fromkeys(names, b"")})
        done = subprocess.run([HELM, "package", folder, "--destination", tmp_path], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        theirs = unpacked((tmp_path / "shop-1.2.0.tgz").read_bytes(), "x")
        # helm writes Chart.yaml anew
        assert theirs.keys() == folder_files(folder).keys()
