from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from groundplan import charts
from groundplan.charts.sources import Sources, archive_at_hand, pull_locked
from groundplan.cli import main
from groundplan.problems import BadInput, ToolFailed
from tests.charts.sources.serving import Said, Served, chart_archive, sha256

SHOP = chart_archive()
CART = chart_archive("cart", "2.0.0")
VAULT = charts.chart("vault")

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def lock(served: Served, monkeypatch: pytest.MonkeyPatch) -> dict[str, charts.Chart]:
    """A lock of two charts, one of the repository and one of the registry on this machine."""
    served.has_release(CART, name="cart", version="2.0.0")
    served.has_tag(SHOP)
    known = {
        "cart": replace(VAULT, name="cart", chart="cart", version="2.0.0", repository=served.repository),
        "shop": replace(VAULT, name="shop", chart="shop", version="1.2.0", repository=served.registry),
    }
    monkeypatch.setattr(charts, "list_charts", lambda: tuple(known))
    monkeypatch.setattr(charts, "chart", known.__getitem__)
    return known


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["groundplan", "charts", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capfd.readouterr()
        assert "Traceback" not in said.err
        return int(ended.value.code or 0), said.out, said.err

    return run


@pytest.mark.usefixtures("lock")
def test_what_was_pulled_into_a_folder_serves_where_there_is_no_network(
    run: Run, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "carried"
    code, out, err = run("pull", "cart", "--to", str(folder), "--json")
    assert code == 0
    (row,) = json.loads(out)
    assert row == {
        "name": "cart",
        "chart": "cart",
        "version": "2.0.0",
        "repository": served.repository,
        "digest": sha256(CART),
        "path": str(folder / f"sha256-{sha256(CART).removeprefix('sha256:')}.tgz"),
        "pinned": False,
        "error": "",
    }
    assert "A chart has no digest in the lock" in err
    code, out, err = run("pull", "--to", str(folder))
    assert code == 0
    # a digest that is wider than the terminal goes on in lines of its own
    rows = [line.split()[:2] for line in out.splitlines()[1:]]
    assert [row for row in rows if len(row) == 2] == [["cart", "2.0.0"], ["shop", "1.2.0"]]
    assert "2 charts have no digest in the lock" in err
    index = json.loads((folder / "index.json").read_bytes())
    assert [(one["chart"], one["digest"]) for one in index["charts"]] == [
        ("cart", sha256(CART)),
        ("shop", sha256(SHOP)),
    ]
    assert {path.name for path in folder.iterdir()} == {
        "index.json",
        *(f"{digest.replace(':', '-')}.tgz" for digest in (sha256(CART), sha256(SHOP))),
    }

    served.answers.clear()
    served.asked.clear()
    monkeypatch.setenv("GROUNDPLAN_CACHE_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GROUNDPLAN_CHARTS", str(folder))
    code, out, _ = run("pull", "--json")
    assert code == 0
    assert [Path(row["path"]).parent for row in json.loads(out)] == [folder, folder]
    assert served.asked == []
    assert not (tmp_path / "elsewhere" / "charts").exists()


def test_the_index_is_the_same_whatever_the_order(lock: dict[str, charts.Chart], tmp_path: Path) -> None:
    pull_locked(lock.values(), to=tmp_path / "one")
    pull_locked(reversed(lock.values()), to=tmp_path / "two")
    assert (tmp_path / "one/index.json").read_bytes() == (tmp_path / "two/index.json").read_bytes()


def test_a_password_in_an_address_is_not_carried_and_a_digest_is_found_under_any_address(
    lock: dict[str, charts.Chart], served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "carried"
    source = f"http://ci:invented@{served.host}/charts/"
    pull_locked([replace(lock["cart"], repository=source)], to=folder)
    assert "invented" not in (folder / "index.json").read_text()
    served.asked.clear()
    monkeypatch.setenv("GROUNDPLAN_CHARTS", str(folder))
    monkeypatch.setenv("GROUNDPLAN_CACHE_DIR", str(tmp_path / "elsewhere"))
    with Sources() as sources:
        for repository, digest in ((source, ""), (served.repository, ""), ("https://mirror.example.com", sha256(CART))):
            assert sources.pull(repository, "cart", "2.0.0", digest=digest).path.parent == folder
    assert served.asked == []


def test_what_is_wrong_with_a_carried_folder_is_said(
    lock: dict[str, charts.Chart], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "carried"
    (pulled,) = pull_locked([lock["shop"]], to=folder)
    assert pulled.archive
    shop = lock["shop"]
    monkeypatch.setenv("GROUNDPLAN_CHARTS", str(folder))
    with Sources() as sources:
        with pytest.raises(BadInput, match=f"must be {sha256(CART)}, got {sha256(SHOP)}"):
            sources.pull(shop.repository, "shop", "1.2.0", digest=sha256(CART))
        # to try one out it is rendered, and never taken for what was asked for
        with pytest.raises(BadInput, match="GROUNDPLAN_CHARTS_UNPINNED=1"):
            archive_at_hand(shop.repository, "shop", "1.2.0", digest=sha256(CART))
        monkeypatch.setenv("GROUNDPLAN_CHARTS_UNPINNED", "1")
        tried = archive_at_hand(shop.repository, "shop", "1.2.0", digest=sha256(CART))
        assert tried
        assert tried.digest == sha256(SHOP)
        with pytest.raises(BadInput, match=f"must be {sha256(CART)}, got {sha256(SHOP)}"):
            sources.pull(shop.repository, "shop", "1.2.0", digest=sha256(CART))
        pulled.archive.path.write_bytes(SHOP[:-9])
        with pytest.raises(ToolFailed, match="is not there or not whole"):
            sources.pull(shop.repository, "shop", "1.2.0")
        for text in ("", "{}", "[]", '{"charts": [{"chart": "shop"}]}', '{"charts": 5}'):
            (folder / "index.json").write_text(text)
            with pytest.raises(BadInput, match="is not the index that"):
                sources.pull(shop.repository, "shop", "1.2.0")
        escape = {"chart": "shop", "version": "1.2.0", "repository": shop.repository, "digest": "../../etc/passwd"}
        (folder / "index.json").write_text(json.dumps({"charts": [escape]}))
        with pytest.raises(BadInput, match="is not the index that"):
            sources.pull(shop.repository, "shop", "1.2.0")
        monkeypatch.setenv("GROUNDPLAN_CHARTS", str(tmp_path / "nowhere"))
        with pytest.raises(BadInput, match=r"GROUNDPLAN_CHARTS: names .*nowhere, where no index.json is"):
            sources.pull(shop.repository, "shop", "1.2.0")


def test_what_a_carried_folder_does_not_have_is_asked_for(
    lock: dict[str, charts.Chart], served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull_locked([lock["shop"]], to=tmp_path / "carried")
    monkeypatch.setenv("GROUNDPLAN_CHARTS", str(tmp_path / "carried"))
    served.asked.clear()
    (cart,) = pull_locked([lock["cart"]], digests={"cart": sha256(CART)})
    assert cart.pinned
    assert cart.archive
    assert served.paths() == ["/charts/index.yaml", "/charts/cart-2.0.0.tgz"]
    # what another digest was pinned to does not come, though the repository has it
    (other,) = pull_locked([lock["cart"]], digests={"cart": sha256(b"another archive")})
    assert (other.archive, other.pinned, other.exit_code) == (None, True, 2)
    assert sha256(b"another archive") in other.error


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"/charts/index.yaml": Said(status=503)}, 3),
        ({"/charts/cart-2.0.0.tgz": Said(CART[:-9])}, 2),
        ({"/charts/cart-2.0.0.tgz": Said(CART[:-9]), "/v2/team/shop/manifests/1.2.0": Said(status=403)}, 3),
    ],
)
@pytest.mark.usefixtures("lock")
def test_a_chart_that_fails_stops_no_other_and_decides_the_exit_code(
    answers: dict[str, Said], code: int, run: Run, served: Served, tmp_path: Path
) -> None:
    served.answers.update(answers)
    ended, out, _ = run("pull", "--to", str(tmp_path / "carried"), "--json")
    assert ended == code
    rows = {row["name"]: row for row in json.loads(out)}
    assert rows["cart"]["error"]
    assert rows["cart"]["digest"] == rows["cart"]["path"] == ""
    shop_failed = len(answers) == 2
    assert bool(rows["shop"]["error"]) is shop_failed
    index = json.loads((tmp_path / "carried/index.json").read_bytes())
    assert [one["chart"] for one in index["charts"]] == ([] if shop_failed else ["shop"])
    assert run("pull", "cart")[0] in (2, 3)


@pytest.mark.usefixtures("lock")
def test_a_group_that_is_named_alone_lists(run: Run, served: Served) -> None:
    assert run("--json") == run("list", "--json")
    assert run() == run("list")
    code, out, _ = run("--newer", "--json")
    assert code == 0
    assert [(row["newest"], row["deprecated"]) for row in json.loads(out)] == [("2.0.0", False), ("1.2.0", None)]
    index = json.loads(served.answers["/charts/index.yaml"].body)
    index["entries"]["cart"][0]["deprecated"] = True
    served.answers["/charts/index.yaml"] = Said(json.dumps(index).encode())
    assert {"2.0.0", "(chart", "is", "deprecated)"} <= set(run("list", "cart", "--newer")[1].split())
    code, out, _ = run("pul", "--json")
    assert code == 2
    assert json.loads(out)["problems"][0]["message"].startswith("No such command 'pul'.")
    for words in (("--help",), ("list", "--help"), ("pull", "--help")):
        assert run(*words)[0] == 0
