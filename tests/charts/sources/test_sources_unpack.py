from __future__ import annotations

import tarfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from groundplan.charts.sources import unpack
from groundplan.charts.sources.unpack import unpacked
from groundplan.problems import BadInput
from tests.charts.sources.serving import chart_archive, tarred, zipped

TAR = tarred({"shop/Chart.yaml": b"name: shop\nversion: 1.2.0\n", "shop/values.yaml": b"replicas: 1\n" * 100})


def member(kind: bytes, **facts: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo()
    info.type = kind
    for name, value in facts.items():
        setattr(info, name, value)
    return info


def test_charts_inside_are_there_whether_they_are_folders_or_archives() -> None:
    inner = chart_archive("db", files={"charts/deep-1.tgz": chart_archive("deep"), "charts/_old.tgz": b"kept"})
    files = unpacked(
        chart_archive(files={"charts/db-1.tgz": inner, "charts/cache/Chart.yaml": b"", "files/data.tgz": b"data"}), "x"
    )
    assert list(files) == [
        "Chart.yaml",
        "charts/cache/Chart.yaml",
        "charts/db-1/Chart.yaml",
        "charts/db-1/charts/_old.tgz",
        "charts/db-1/charts/deep-1/Chart.yaml",
        "charts/db-1/charts/deep-1/templates/service.yaml",
        "charts/db-1/charts/deep-1/values.yaml",
        "files/data.tgz",
    ]
    assert b"name: deep" in files["charts/db-1/charts/deep-1/Chart.yaml"]


def test_a_byte_order_mark_and_the_paths_of_windows_are_read_as_helm_reads_them() -> None:
    folder = member(tarfile.DIRTYPE)
    tar = tarred(
        {"shop": folder, "shop\\templates\\a.yaml": b"\xef\xbb\xbfa: 1", "shop/a/../b/./c": b"", "shop/b//c": b"2"}
    )
    assert unpacked(zipped(tar), "x") == {"templates/a.yaml": b"a: 1", "b/c": b"2"}


UNSAFE: dict[str, tuple[Mapping[str, bytes | tarfile.TarInfo], str]] = {
    "above": ({"shop/../../etc/passwd": b""}, "no path inside"),
    "above for windows": ({"shop\\..\\..\\etc": b""}, "no path inside"),
    "the folder above": ({"shop/a/../..": b""}, "no path inside"),
    "above at first": ({"../shop/values.yaml": b""}, "no path inside"),
    "absolute": ({"/etc/passwd": b""}, "no path inside"),
    "absolute inside": ({"shop//etc/passwd": b""}, "no path inside"),
    "a drive": ({"shop/C:/Windows": b""}, "no path inside"),
    "a name that systems would end early": (
        {"shop/a": member(tarfile.REGTYPE, pax_headers={"path": "shop/Chart.yaml\0.txt"})},
        "no path inside",
    ),
    "without a folder": ({"Chart.yaml": b""}, "no path inside"),
    "a symbolic link": ({"shop/a": member(tarfile.SYMTYPE, linkname="/etc/passwd")}, "'shop/a', which is a link"),
    "a hard link": ({"shop/a": member(tarfile.LNKTYPE, linkname="shop/b")}, "a link or a device"),
    "a pipe": ({"shop/a": member(tarfile.FIFOTYPE)}, "a link or a device"),
    "a device": ({"shop/a": member(tarfile.CHRTYPE, devmajor=1, devminor=5)}, "a link or a device"),
}


@pytest.mark.parametrize("what", UNSAFE)
def test_what_leads_out_of_a_chart_is_refused(what: str) -> None:
    members, words = UNSAFE[what]
    with pytest.raises(BadInput, match=words) as raised:
        unpacked(zipped(tarred(members)), "shop.tgz")
    assert str(raised.value).startswith("shop.tgz: ")


def test_an_unsafe_archive_inside_is_refused_too_and_named() -> None:
    inner = zipped(tarred(UNSAFE["above"][0]))
    with pytest.raises(BadInput, match=r"shop.tgz: charts/db.tgz: holds a file"):
        unpacked(chart_archive(files={"charts/db.tgz": inner}), "shop.tgz")


def test_an_archive_that_is_cut_anywhere_is_refused() -> None:
    whole = zipped(TAR)
    for end in range(0, len(whole), 7):
        with pytest.raises(BadInput, match=r"ends in the middle|is no gzip|is empty"):
            unpacked(whole[:end], "x")
    # in a gzip that is whole: two headers, and the content of the first file, which is less than a block
    data_ends = 3 * 512 + len(b"replicas: 1\n" * 100)
    for end in range(1, data_ends, 61):
        with pytest.raises(BadInput, match=r"ends in the middle|no tar"):
            unpacked(zipped(TAR[:end]), "x")


def test_a_broken_header_is_not_taken_for_the_end() -> None:
    broken = bytearray(TAR)
    broken[1024 + 148 : 1024 + 156] = b"no check"
    with pytest.raises(BadInput, match="a header in it cannot be read"):
        unpacked(zipped(bytes(broken)), "x")


class TestBombs:
    """What unpacks to more than a machine has."""

    @pytest.fixture(autouse=True)
    def small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(unpack, "WHOLE_BYTES", 200_000)
        monkeypatch.setattr(unpack, "FILE_BYTES", 50_000)
        monkeypatch.setattr(unpack, "FILES", 20)

    @pytest.mark.parametrize(
        ("files", "words"),
        [
            ({"a": bytes(50_001)}, "shop/a is larger than 50,000 bytes, which Helm refuses too"),
            ({str(number): bytes(50_000) for number in range(4)}, "unpacks to more than 200,000 bytes"),
            ({str(number): b"" for number in range(20)}, "holds more than 20 files"),
            (
                {f"charts/{name}.tgz": chart_archive("db", files={"a": bytes(50_000)}) for name in "abcd"},
                "shop.tgz: unpacks to more than 200,000 bytes",
            ),
        ],
    )
    def test_is_refused(self, files: Mapping[str, bytes], words: str) -> None:
        with pytest.raises(BadInput, match=words):
            unpacked(chart_archive(files=files), "shop.tgz")

    def test_behind_the_end_is_refused_too(self) -> None:
        with pytest.raises(BadInput, match="unpacks to more than 200,000 bytes"):
            unpacked(zipped(TAR + bytes(200_000)), "x")
        assert unpacked(zipped(TAR + bytes(20_000)), "x").keys() == {"Chart.yaml", "values.yaml"}

    def test_of_charts_in_charts_is_refused(self) -> None:
        content = chart_archive(files={})
        for _ in range(9):
            content = chart_archive(files={"charts/a.tgz": content})
        with pytest.raises(BadInput, match="charts in charts more than 8 deep"):
            unpacked(content, "x")

    def test_of_holes_is_refused(self) -> None:
        """A sparse file of 40 KB without a byte in the archive (https://www.gnu.org/software/tar/manual/html_node/PAX-0.html)."""
        info = member(tarfile.REGTYPE, pax_headers={"GNU.sparse.size": "40000", "GNU.sparse.map": "0,0"})
        with pytest.raises(BadInput, match="a link or a device"):
            unpacked(zipped(tarred({"shop/a": info})), "x")


@pytest.mark.parametrize("before", [{}, {"shop/Chart.yaml": b"name: shop"}], ids=["alone", "after a file"])
def test_a_negative_size_does_not_go_on_for_ever(before: Mapping[str, bytes]) -> None:
    info = member(tarfile.REGTYPE, pax_headers={"size": "-1024"})
    with pytest.raises(BadInput, match="a negative size|a header in it cannot be read"):
        unpacked(zipped(tarred({**before, "shop/a": info})), "x")


PARTS = st.sampled_from(["..", ".", "", "a", "b.yaml", "C:", "~", "..a", "a\\b", "..\\..", "é", "\n"]) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5
)


@given(st.lists(st.lists(PARTS, min_size=1, max_size=5).map("/".join), min_size=1, max_size=4))
@example(["shop/../../a", "/etc/passwd"])
def test_no_name_leads_out_of_a_chart(names: list[str]) -> None:
    try:
        files = unpacked(zipped(tarred(dict.fromkeys(names, b"x"))), "x")
    except BadInput:
        return
    for path in files:
        assert not path.startswith("/")
        assert ".." not in PurePosixPath(path).parts
        assert path == str(PurePosixPath(path))


@given(st.data())
def test_whatever_is_changed_in_an_archive_it_is_read_or_refused_in_words(data: st.DataObject) -> None:
    tar = bytearray(
        TAR if data.draw(st.booleans()) else tarred({"shop/a": member(tarfile.REGTYPE, pax_headers={"size": "7"})})
    )
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, min(len(tar), 2048) - 1))
        piece = data.draw(
            st.binary(min_size=1, max_size=12)
            | st.sampled_from([b"\0" * 12, b"-7", b"x", b"S", b"K", b"\x80", b"\xff" * 12])
        )
        tar[at : at + len(piece)] = piece
        if data.draw(st.booleans()):
            _mend(tar, at // 512 * 512)
    # nothing else is raised, and it ends
    with suppress(BadInput):
        assert all(isinstance(content, bytes) for content in unpacked(zipped(bytes(tar)), "x").values())


def _mend(tar: bytearray, block: int) -> None:
    """Makes the checksum of a header right again, so that what is wrong with it is read."""
    tar[block + 148 : block + 156] = b" " * 8
    tar[block + 148 : block + 156] = b"%06o\0 " % sum(tar[block : block + 512])


def test_what_is_no_tar_is_refused() -> None:
    for content in (b"", b"text", zipped(b""), zipped(b"text"), zipped(bytes(range(256)) * 4)):
        with pytest.raises(BadInput, match=r"is no archive of a chart|ends in the middle"):
            unpacked(content, "x")
