"""What a plan holds never becomes markup, a mention, a reference or a command of the merge request."""

from __future__ import annotations

import json
import re
import tempfile
from html.parser import HTMLParser
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from sample_plans import change, finding, findings, meta, outputs, plan, review

from groundplan.review.text import code, fence, one_line, prose, visible

NASTY = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "@all", "#12", "!34", "$5", "%6", "~bug", "&7", "/close", "\n/assign @me", "```", "`", "``", "|", "\\|",
                "<script>alert(1)</script>", "<!--", "-->", "</details>", "<img src=x onerror=y>", "[a](http://b.example)",
                "![a](b)", "**b**", "_i_", "# h", "\n---\n", "\n\n", "1. x", "> q", "&lt;", "\u202e", "\x00",
                "\x1b[31m", "\ud800", "::", ":smile:", "ABC-123", "deadbeef1", "http://example.com", "${x}",
                "{{ y }}", "{% z %}",
            ]
        ),
        st.text(max_size=12),
    ),
    max_size=6,
).map(" ".join)  # fmt: skip

GITLAB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def inline(markdown: str) -> list[Token]:
    """The tokens of the text, which must be one list item with one paragraph."""
    tokens = GITLAB.parse(f"- item {markdown}\n")
    assert [token.type for token in tokens] == [
        "bullet_list_open",
        "list_item_open",
        "paragraph_open",
        "inline",
        "paragraph_close",
        "list_item_close",
        "bullet_list_close",
    ]
    return tokens[3].children or []


def words(text: str) -> str:
    return "".join(text.replace("`", "").split())


@given(NASTY)
def test_a_sentence_is_only_words_and_code_and_loses_nothing(text: str) -> None:
    children = inline(prose(text))
    assert {token.type for token in children} <= {"text", "code_inline"}
    assert words("".join(token.content for token in children)) == words("item" + one_line(text))


@given(NASTY)
def test_plain_text_of_a_sentence_holds_no_sign_that_gitlab_resolves(text: str) -> None:
    for token in inline(prose(text)):
        if token.type == "text":
            assert not re.search(r"[@#!$%~&/\\<>\[\]{}|*_`^+=]", token.content)
            assert not re.search(r"\b([A-Z]+-\d+|[0-9a-f]{7,40})\b", token.content)


@given(NASTY)
def test_a_code_span_shows_its_text_exactly(text: str) -> None:
    shown = visible(text).replace("\n", " ")
    children = inline(code(text))
    if shown.strip():
        spans = [token for token in children if token.type == "code_inline"]
        assert [span.content for span in spans] == [shown]


@given(st.lists(NASTY, min_size=1, max_size=4))
def test_a_fenced_block_ends_only_where_it_should(texts: list[str]) -> None:
    lines = ["+ " + visible(text).replace("\n", " ") for text in texts]
    tokens = GITLAB.parse(fence(lines, "diff") + "\n\nafter\n")
    assert [token.type for token in tokens] == ["fence", "paragraph_open", "inline", "paragraph_close"]
    assert tokens[0].content == "".join(line + "\n" for line in lines)


class Tags(HTMLParser):
    """Every tag and every handler attribute of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attributes:
            if name.startswith("on") or name in ("src", "style", "action") or (name == "href" and value[:1] != "#"):
                self.loads.append(f"{name}={value}")


def nasty_outputs(text: str) -> dict[str, str]:
    value = change(
        "module.a.aws_x.y", ["update"], {"v": "old", "d": "{}"}, {"v": text, text: 1, "d": json.dumps([text])}
    )
    created = change(f"module.a.aws_x.z[{json.dumps(text)}]", ["create"], None, {"v": text, "lines": f"{text}\n{text}"})
    gone = change("module.a.aws_dynamodb_table.z", ["delete"], {"v": text, "lines": f"{text}\n{text}"})
    said = findings(finding("a/b", "prod-a", "module.a.aws_x.y", message=text, fix=text, controls=(text,)))
    told = meta("prod-a", warnings=(text,), unchecked={"aws_x": (text,)})
    with tempfile.TemporaryDirectory() as folder:
        return outputs(review(Path(folder), {"prod-a": plan(value, created, gone)}, said, metas={"prod-a": told}))


TAGS_OF_OUR_OWN = ("<br>", "<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>")


@settings(max_examples=60, deadline=None)
@given(NASTY)
def test_the_markdown_holds_no_markup_but_its_own(text: str) -> None:
    written = nasty_outputs(text)["review.md"]
    plain = ""
    for token in GITLAB.parse(written):
        if token.type == "html_block":
            plain += token.content
        for child in token.children or []:
            assert child.type in ("text", "code_inline", "softbreak", "strong_open", "strong_close", "html_inline")
            if child.type == "html_inline":
                plain += child.content
            elif child.type == "text":
                assert not re.search(r"[@#!$~&<>]\w", child.content), child.content
    for tag in TAGS_OF_OUR_OWN:
        plain = plain.replace(tag, "")
    assert "<" not in plain
    outside = re.sub(r"^(`{3,})diff\n.*?^\1$", "", written, flags=re.DOTALL | re.MULTILINE)
    assert not re.search(r"^\s*/", outside, re.MULTILINE)
    assert not re.search(r"^\s*/", written, re.MULTILINE)


@settings(max_examples=60, deadline=None)
@given(NASTY)
def test_the_page_holds_no_markup_but_its_own_and_loads_nothing(text: str) -> None:
    tags, plain = Tags(), Tags()
    tags.feed(nasty_outputs(text)["review.html"])
    plain.feed(nasty_outputs("plain")["review.html"])
    assert not tags.loads
    assert set(tags.tags) <= set(plain.tags) | {"pre", "span"}
    assert tags.tags.count("script") == 1


@settings(max_examples=60, deadline=None)
@given(NASTY)
def test_reports_stay_readable_for_machines(text: str) -> None:
    from xml.etree import ElementTree

    written = nasty_outputs(text)
    assert json.loads(written["codequality.json"])
    assert ElementTree.fromstring(written["junit.xml"].encode()).find(".//failure") is not None


def test_what_does_not_show_is_spelled_out() -> None:
    assert visible("a\u202eb\x00c\ud800\u2028é") == "a\\u202eb\\x00c\\ud800\\u2028é"


def test_technical_words_of_a_message_become_code() -> None:
    assert prose("set force_destroy = false; see #12, @all.") == "set `force_destroy = false`; see `#12`, `@all`."
