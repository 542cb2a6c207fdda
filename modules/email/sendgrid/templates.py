"""Templates as files, a folder each: read for the module's input, and filled in as a page that one can look at.

mails/claim-received@1/subject.txt, mail.html, mail.txt
mails/claim-received@1/examples.json        data by the name of the case: {"urgent": {"name": "Ann"}}

python -m modules.email.sendgrid.templates environments/mails out/mails.html
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundplan.problems import BadInput, ExitCode, Problem

from . import errors
from .files.dispatcher.dispatcher.rendering import BadTemplate, Missing, render
from .inputs import Template

if TYPE_CHECKING:
    import jinja2

__all__ = ["preview", "templates_in"]

PARTS = {"subject": "subject.txt", "html": "mail.html", "text": "mail.txt"}
EXAMPLES = "examples.json"
_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Mails</title>
<style>
  :root { color-scheme: light dark; --line: light-dark(#d0d5dd, #475467); }
  body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; }
  h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; }
  dd { margin: 0; overflow-wrap: anywhere; }
  div { display: flex; flex-wrap: wrap; gap: 1rem; align-items: start; }
  iframe { border: 1px solid var(--line); background: #fff; height: 34rem; }
  pre { border: 1px solid var(--line); padding: 1rem; white-space: pre-wrap; }
</style>
</head>
<body>
<h1>Mails</h1>
<nav><ul>
{% for name in mails %}<li><a href="#{{ name }}">{{ name }}</a></li>
{% endfor %}</ul></nav>
{% for name, cases in mails.items() %}<h2 id="{{ name }}">{{ name }}</h2>
{% for case, mail in cases.items() %}<h3>{{ case }}</h3>
<dl><dt>Subject</dt><dd>{{ mail.subject }}</dd></dl>
<div>
<iframe sandbox title="{{ name }}, {{ case }}, wide" style="width: 40rem" srcdoc="{{ mail.html }}"></iframe>
<iframe sandbox title="{{ name }}, {{ case }}, on a phone" style="width: 22.5rem" srcdoc="{{ mail.html }}"></iframe>
</div>
<details><summary>Text</summary><pre>{{ mail.text }}</pre></details>
{% endfor %}{% endfor %}</body>
</html>
"""


def templates_in(folder: Path) -> dict[str, Template]:
    """Each template below `folder`, by the name of its own folder, for the input `templates`.

    Whether they are written in what is known, the input itself says. Raises BadInput for files that are not there or
    are no text.
    """
    problems: list[Problem] = []
    found = {}
    for place in sorted(each for each in folder.glob("*") if each.is_dir()):
        parts = {part: _text(folder, f"{place.name}/{name}", problems) for part, name in PARTS.items()}
        # whoever edits it ends the line, which no subject has
        found[place.name] = Template(**{**parts, "subject": parts["subject"].removesuffix("\n")})
        if "\n" in found[place.name].subject:
            problems.append(errors.subject_of_lines(f"{folder.name}/{place.name}/{PARTS['subject']}"))
    if not found:
        problems.append(errors.no_templates(folder.name))
    if problems:
        raise BadInput(problems)
    return found


def preview(folder: Path) -> str:
    """A page, as HTML, of each template below `folder` filled in with each of its examples, as SES is given it.

    HTML of mails is shown without scripts and without anything of the network's own. Raises BadInput for a template
    without examples, or one that asks for what an example does not have.
    """
    problems: list[Problem] = []
    mails = {
        name: {
            case: _filled(name, template, data, f"{folder.name}/{name}/{EXAMPLES}: {case}", problems)
            for case, data in _examples(folder, name, problems).items()
        }
        for name, template in templates_in(folder).items()
    }
    if problems:
        raise BadInput(problems)
    return _page().render(mails=mails)


@cache
def _page() -> jinja2.Template:
    from jinja2 import Environment, StrictUndefined  # here: a synth draws no page

    return Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(_PAGE)


def _text(folder: Path, path: str, problems: list[Problem]) -> str:
    try:
        return (folder / path).read_text(encoding="utf-8")
    except FileNotFoundError:
        problems.append(errors.no_file_of_template(f"{folder.name}/{path}"))
    except UnicodeDecodeError:
        problems.append(errors.not_utf8(f"{folder.name}/{path}"))
    return ""


def _examples(folder: Path, name: str, problems: list[Problem]) -> dict[str, Mapping[str, Any]]:
    path, before = f"{name}/{EXAMPLES}", len(problems)
    text = _text(folder, path, problems)
    if len(problems) > before:
        return {}
    try:
        cases = json.loads(text)
    except ValueError as error:
        problems.append(errors.no_examples(f"{folder.name}/{path}", str(error)))
        return {}
    if not isinstance(cases, dict) or not cases or not all(isinstance(case, dict) for case in cases.values()):
        problems.append(errors.no_examples(f"{folder.name}/{path}", "its members are not one object or more"))
        return {}
    return cases


def _filled(
    name: str, template: Template, data: Mapping[str, Any], where: str, problems: list[Problem]
) -> dict[str, str]:
    filled = {}
    for part in PARTS:
        try:
            filled[part] = render(getattr(template, part), data, escaped=part == "html")
        except Missing as missing:
            problems.append(errors.example_lacks(where, part, str(missing.args[0])))
        except BadTemplate as bad:
            problems.append(errors.template_not_known(name, part, str(bad)))
    return filled


def _main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return int(ExitCode.BAD_INPUT)
    folder, page = map(Path, arguments)
    try:
        content = preview(folder)
    except BadInput as bad:
        for problem in bad.problems:
            print(problem, file=sys.stderr)
        return int(ExitCode.BAD_INPUT)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(content, encoding="utf-8")
    print(f"The mails are in {page}.")
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
