"""The pages that alarms lead to: whoever is woken finds the same three sections, commands and no dead end on each.

That every alarm has a page, and every page an alarm, is publishing's to tell: tests/publish.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from groundplan.publish.runbooks import SECTIONS

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
PAGES = sorted(RUNBOOKS.glob("*/*.md"))
PROGRAMS = {"aws", "cmctl", "curl", "dig", "kubectl", "terraform", "vault", "velero"}
"""What whoever is on call has at hand."""
URGENCY = ("look now", "look today", "can wait for the morning")
LINES = range(15, 36)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


def first_sentence(text: str) -> str:
    """What rang and how bad it is, which the list of pages has too."""
    return " ".join(text.split("\n\n")[1].split())


def faults(text: str, beside: set[str]) -> list[str]:
    """What is wrong with a page; `beside` are the names of its module's pages, the only ones that its package has."""
    lines = text.splitlines()
    found = [] if re.fullmatch(r"# \S.*[^.]", lines[0]) else ["no title"]
    if tuple(re.findall(r"^##+ (.+)$", BLOCK.sub("", text), re.MULTILINE)) != SECTIONS:
        found.append(f"not the sections {', '.join(SECTIONS)}")
    sentence = first_sentence(text)
    if not sentence.endswith(".") or ". " in sentence or not any(told in sentence for told in URGENCY):
        found.append("not one sentence that says how bad it is")
    if len(lines) not in LINES:
        found.append(f"{len(lines)} lines")
    found += [f"a link to {to}" for to in LINK.findall(text) if not to.startswith("https://") and to not in beside]
    blocks = BLOCK.findall(text)
    if not blocks:
        found.append("no commands")
    for language, commands in blocks:
        found += [] if language == "sh" else [f"a block of {language or 'nothing'}"]
        for command in commands.splitlines():
            if command.split(" ")[0] not in PROGRAMS:
                found.append(f"a command that is not known: {command}")
            found += [f"a placeholder {name}" for name in re.findall(r"<[^>]*>|\$\w+", command) if not _lower(name)]
    return found


def _lower(name: str) -> bool:
    # a field of CloudWatch's patterns, such as $.request.path, is no placeholder
    return re.fullmatch(r"<[a-z][a-z_-]*>", name) is not None


GOOD = """# A thing is down

The thing has been down for an hour: it can wait for the morning.

## What it means

It is down, see [another](another.md).

## What to look at

```sh
kubectl --namespace <namespace> get pods
```

## What to do

Wake it, and do not kick it.

It is over when it says so.
"""


def test_every_page_is_as_whoever_is_woken_expects_it() -> None:
    names = {page: {other.name for other in page.parent.glob("*.md")} for page in PAGES}
    wrong = {str(page): faults(page.read_text("utf-8"), names[page]) for page in PAGES}
    assert len(PAGES) > 50
    assert {page: found for page, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("# A thing is down", "A thing is down", "no title"),
        ("## What it means", "## What it is", "not the sections What it means, What to look at, What to do"),
        ("it can wait for the morning", "it is bad", "not one sentence that says how bad it is"),
        ("morning.", "morning. Or not.", "not one sentence that says how bad it is"),
        ("do not kick it.", "do not kick it.\n" + "Really.\n" * 20, "40 lines"),
        ("another.md", "../other/another.md", "a link to ../other/another.md"),
        ("another.md", "missing.md", "a link to missing.md"),
        ("kubectl --n", "kubctl --n", "a command that is not known: kubctl --namespace <namespace> get pods"),
        ("<namespace>", "<NAMESPACE>", "a placeholder <NAMESPACE>"),
        ("<namespace>", "$NAMESPACE", "a placeholder $NAMESPACE"),
        ("```sh", "```yaml", "a block of yaml"),
    ],
)
def test_a_page_that_is_otherwise_is_told(old: str, new: str, fault: str) -> None:
    assert faults(GOOD, {"another.md"}) == []
    assert faults(GOOD.replace(old, new), {"another.md"}) == [fault]


def test_the_list_of_pages_has_every_page_with_its_title_and_first_sentence() -> None:
    rows = []
    for page in PAGES:
        text = page.read_text("utf-8")
        title = text.splitlines()[0].removeprefix("# ")
        link = f"[{title}]({page.relative_to(RUNBOOKS).as_posix()})"
        rows.append(f"| {page.parent.name} | {link} | {first_sentence(text)} |")
    listed = (RUNBOOKS / "README.md").read_text("utf-8").splitlines()
    assert [line for line in listed if re.match(r"\| \w+ \| \[", line)] == rows
