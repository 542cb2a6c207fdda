"""The page: whole in itself, navigable, readable in both colour schemes; and its picture."""

from __future__ import annotations

import base64
import re
import resource
import time
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment
from sample_plans import change, finding, findings, manifest, meta, outputs, plan, record, review

from groundplan.policy.findings import Severity, Verdict
from groundplan.review.page import _Compiled, _compiled
from groundplan.review.picture import BOX_HEIGHT, BOX_WIDTH, WIDTH, draw


class Page(HTMLParser):
    """What a browser would find: ids, links, headings and elements with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attributes}))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def text(tmp_path: Path) -> str:
    plans = {
        "dev-data": plan(
            change("aws_x.a", ["create"], None, {"a": 1}), change("data.aws_z.r", ["read"], None, {"a": 1})
        ),
        "prod-data": plan(
            change(
                "module.m.aws_dynamodb_table.t", ["delete", "create"], {"n": "a"}, {"n": "b"}, replace_paths=[["n"]]
            ),
            change("module.m.aws_x.b", ["update"], {"s": "a\nb\n"}, {"s": "a\nc\n"}),
            output_changes={"o": {"actions": ["update"], "before": "x", "after": "y", "after_unknown": False}},
        ),
        "prod-edge": plan(),
    }
    said = findings(
        finding("a/b", "prod-data", "module.m.aws_x.b"),
        finding("a/c", "prod-data", "module.m.aws_x.b", severity=Severity.MINOR),
        finding("a/d", "dev-data", "aws_x.a", verdict=Verdict.UNKNOWN),
        finding("a/e", "prod-edge", "aws_x.a", verdict=Verdict.WAIVED, waiver="for now"),
        stacks=tuple(plans),
    )
    made = manifest(
        record("dev-data"),
        record("prod-data"),
        record("prod-edge", depends_on=("prod-data", "dev-data")),
        record("prod-z"),
    )
    metas = {name: meta(name, warnings=("odd",), unchecked={"aws_x": ("quotas",)}) for name in plans}
    return outputs(review(tmp_path, plans, said, made=made, metas=metas))["review.html"]


def test_nothing_outside_is_asked_for(text: str) -> None:
    for _, attributes in Page(text).elements:
        assert not attributes.keys() & {"src", "srcset", "style", "onclick"}
        assert attributes.get("href", "#").startswith("#")
    assert "@import" not in text
    assert "url(" not in text


def test_the_content_security_policy_allows_just_this_style_and_this_script(text: str) -> None:
    (policy,) = [meta["content"] for meta in Page(text).all("meta") if "http-equiv" in meta]
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_every_link_leads_somewhere_and_every_id_is_used_once(text: str) -> None:
    page = Page(text)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {attributes["href"] for attributes in page.all("a")}
    assert links
    assert {link.removeprefix("#") for link in links} <= set(ids)
    labels = {value for _, attributes in page.elements for key, value in attributes.items() if key == "aria-labelledby"}
    assert labels <= set(ids)


def test_a_screen_reader_finds_its_way(text: str) -> None:
    page = Page(text)
    tags = [tag for tag, _ in page.elements]
    for landmark in ("header", "nav", "main", "footer", "h1"):
        assert tags.count(landmark) == 1, landmark
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    assert page.all("html")[0]["lang"] == "en"
    assert page.all("meta")[1]["content"] == "width=device-width, initial-scale=1"
    assert all("scope" in cell for cell in page.all("th"))
    assert all(svg["aria-label"] for svg in page.all("svg"))


def test_what_the_filters_hide_is_marked_with_environment_and_severity(text: str) -> None:
    page = Page(text)
    items = [attributes for tag, attributes in page.elements if tag == "li" and "data-severity" in attributes]
    assert {(item["data-environment"], item["data-severity"]) for item in items} == {
        ("prod", "critical"),
        ("prod", "minor"),
        ("dev", "critical"),
    }
    assert [item for item in page.all("form") if "hidden" in item], "without script, filters that do nothing stay away"
    stacks = [item for item in page.all("details") if item.get("class", "").startswith("stack")]
    assert [item["data-environment"] for item in stacks] == ["dev", "prod", "prod"]


def test_every_stack_is_in_the_picture_with_its_state(text: str) -> None:
    boxes = {box["data-box"]: box["class"] for box in Page(text).all("a") if "data-box" in box}
    assert boxes == {
        "stack-dev-data": "box s-changed",
        "stack-prod-data": "box s-denied",
        "stack-prod-edge": "box s-quiet",
        "stack-prod-z": "box s-unplanned",
    }
    edges = [(edge["data-source"], edge["data-target"]) for edge in Page(text).all("path")]
    assert edges == [("stack-prod-data", "stack-prod-edge")]
    assert "prod-edge also reads dev-data." in text


def _luminance(colour: str) -> float:
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


PAIRS = [
    *((ink, ground) for ink in ("ink", "soft", "link") for ground in ("paper", "card")),
    *((ink, "wash") for ink in ("ink", "read", "soft")),
    *((tone, f"{tone}-wash") for tone in ("deny", "data", "update", "create")),
    *((tone, "card") for tone in ("deny", "data", "update", "create")),
]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_has_the_contrast_that_wcag_asks_for(text: str, scheme: int, ink: str, ground: str) -> None:
    roots = re.findall(r":root \{(.*?)\}", text, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", roots[scheme]))
    assert _contrast(colours[ink], colours[ground]) >= 4.5


NAMES = st.sampled_from([f"s{number}" for number in range(14)])


@given(st.dictionaries(NAMES, st.lists(NAMES, max_size=4), max_size=14))
def test_boxes_never_overlap_and_stay_inside(depends_on: dict[str, list[str]]) -> None:
    picture = draw(depends_on)
    assert {box.name for box in picture.boxes} == set(depends_on)
    for box in picture.boxes:
        assert 0 <= box.x <= WIDTH - BOX_WIDTH
        assert 0 <= box.y <= picture.height - BOX_HEIGHT
        for other in picture.boxes:
            apart = abs(box.x - other.x) >= BOX_WIDTH or abs(box.y - other.y) >= BOX_HEIGHT
            assert box is other or apart


@given(st.lists(st.lists(st.integers(0, 12), max_size=4), max_size=12))
def test_what_is_read_stands_above_its_reader(reads: list[list[int]]) -> None:
    depends_on = {f"s{i}": [f"s{j}" for j in upstream if j < i] for i, upstream in enumerate(reads)}
    picture = draw(depends_on)
    at = {box.name: box.y for box in picture.boxes}
    assert all(at[upstream] < at[name] for name, upstreams in depends_on.items() for upstream in upstreams)
    assert all(at[edge.source] < at[edge.target] for edge in picture.edges)


def test_stacks_that_read_each_other_still_give_a_picture() -> None:
    picture = draw({"a": ["b"], "b": ["a"], "c": ["a", "c"]})
    assert len(picture.boxes) == 3


def test_a_thousand_changes_are_reviewed_in_seconds_and_little_memory(tmp_path: Path) -> None:
    given_values = {f"attribute_{index}": f"value {index}" for index in range(15)} | {"tags": {"A": "b"}}
    plans = {
        f"prod-s{stack:02}": plan(
            *(
                change(f"module.m.aws_x.r{index}", ["create"], None, given_values | {"n": index}, unknown={"arn": True})
                for index in range(100)
            )
        )
        for stack in range(10)
    }
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    review(tmp_path, plans)
    assert time.process_time() - start < 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000


def test_the_page_is_written_where_nothing_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # in the place of the folder
    (tmp_path / "templates").touch()
    monkeypatch.setattr("groundplan.review.page.cache_folder", lambda: tmp_path)
    assert _compiled() is None

    gone = _Compiled(str(tmp_path / "gone"))
    templates = Environment(loader=DictLoader({"one": "{{ word }}"}), bytecode_cache=gone, autoescape=True)
    assert templates.get_template("one").render(word="said") == "said"
