"""Templates as files: what is read of them, what is told of those that are wrong, and the page that shows them."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.framework.checking import problems_of
from groundplan.problems import BadInput
from modules.email.sendgrid.templates import preview, templates_in
from tests.modules.sendgrid.examples import SMALL

MAILS = Path(__file__).parents[3] / "environments" / "mails"
GOOD = {
    "subject.txt": "Claim {{number}}\n",
    "mail.html": "<p>Dear {{name}}</p><script>alert(1)</script>",
    "mail.txt": "Dear {{name}}",
    "examples.json": '{"one": {"number": "4711", "name": "Bo & Cy <Partners>"}}',
}


def written(folder: Path, **changes: str | bytes | None) -> Path:
    """A folder `mails` with one template: GOOD but for `changes`, by a file's name with _ for its dot."""
    place = folder / "mails" / "claim@1"
    place.mkdir(parents=True)
    for name, content in (GOOD | {name.replace("_", "."): content for name, content in changes.items()}).items():
        if isinstance(content, bytes):
            (place / name).write_bytes(content)
        elif content is not None:
            (place / name).write_text(content, encoding="utf-8")
    return folder / "mails"


class Frames(HTMLParser):
    """The frames of a page, as a browser reads them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "iframe":
            self.found.append(dict(attrs))


def test_a_template_is_what_its_files_say(tmp_path: Path) -> None:
    (name, template), *others = templates_in(written(tmp_path)).items()
    assert (name, others) == ("claim@1", [])
    assert (template.subject, template.html, template.text) == ("Claim {{number}}", GOOD["mail.html"], GOOD["mail.txt"])


def test_a_page_shows_mail_as_it_arrives_wide_and_on_a_phone_and_runs_nothing_of_it(tmp_path: Path) -> None:
    page = preview(written(tmp_path))
    frames = Frames(page)
    shown = "<p>Dear Bo &amp; Cy &lt;Partners&gt;</p><script>alert(1)</script>"
    assert [frame["srcdoc"] for frame in frames.found] == [shown, shown]
    assert all(frame["sandbox"] is None and "sandbox" in frame for frame in frames.found)
    assert "script" not in frames.tags
    assert "<dd>Claim 4711</dd>" in page
    (text,) = re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)
    assert unescape(text) == "Dear Bo & Cy <Partners>"


@settings(max_examples=25, deadline=None)
@given(name=st.text(min_size=1))
def test_what_somebody_is_called_never_becomes_a_part_of_the_page(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    folder = written(tmp_path_factory.mktemp("mails"), examples_json=json.dumps({name: {"number": name, "name": name}}))
    frames = Frames(preview(folder))
    assert len(frames.found) == 2
    assert not frames.tags & {"script", "p"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"mail_txt": None, "mail_html": b"\xff"},
            [
                "mails/claim@1/mail.html: must be text in UTF-8",
                "mails/claim@1/mail.txt: must be there: it is a part of the template",
            ],
        ),
        ({"subject_txt": "Claim\n{{number}}\n"}, ["mails/claim@1/subject.txt: must be one line"]),
        ({"examples_json": None}, ["mails/claim@1/examples.json: must be there: it is a part of the template"]),
        (
            {"examples_json": "{"},
            [
                "mails/claim@1/examples.json: must be a JSON object with an object of data for each case: Expecting "
                "property name enclosed in double quotes: line 1 column 2 (char 1)"
            ],
        ),
        (
            {"examples_json": '{"one": []}'},
            [
                "mails/claim@1/examples.json: must be a JSON object with an object of data for each case: its members "
                "are not one object or more"
            ],
        ),
        (
            {"examples_json": '{"one": {"number": "1"}, "two": {"name": "Ann"}}'},
            [
                "mails/claim@1/examples.json: one: must have name, which the template's html asks for",
                "mails/claim@1/examples.json: one: must have name, which the template's text asks for",
                "mails/claim@1/examples.json: two: must have number, which the template's subject asks for",
            ],
        ),
        (
            {"mail_txt": "{{#unless x}}{{/unless}}"},
            [
                'templates["claim@1"].text: must be written in what both ways fill in: {{#unless}} is not known here: '
                "only #if and #each are"
            ],
        ),
    ],
    ids=lambda value: "" if isinstance(value, list) else ", ".join(value),
)
def test_what_is_wrong_with_files_is_told_at_once(
    tmp_path: Path, changes: dict[str, str | bytes | None], expected: list[str]
) -> None:
    with pytest.raises(BadInput) as told:
        preview(written(tmp_path, **changes))
    assert [f"{problem.path}: {problem.message}" for problem in told.value.problems] == expected
    assert all(problem.cure for problem in told.value.problems)


def test_a_folder_without_templates_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="must have a folder for each template, and has none"):
        templates_in(tmp_path)


def test_the_mails_of_the_environments_are_taken_by_the_module_and_every_example_fills_them() -> None:
    templates = templates_in(MAILS)
    assert len(templates) >= 2
    assert problems_of(SMALL.but(templates=templates)) == []
    assert len(Frames(preview(MAILS)).found) >= 2 * 2 * len(templates)
