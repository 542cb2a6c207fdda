"""What is said of templates that cannot be filled in."""

from __future__ import annotations

from groundplan.problems import Problem

__all__ = [
    "example_lacks",
    "no_examples",
    "no_file_of_template",
    "no_templates",
    "not_utf8",
    "subject_of_lines",
    "template_not_known",
]


def template_not_known(name: str, part: str, why: str) -> Problem:
    """A part of a template is written in what only SendGrid knows."""
    return Problem(
        f'templates["{name}"].{part}',
        f"must be written in what both ways fill in: {why}",
        "Use {{value}}, {{#if value}} ... {{else}} ... {{/if}} and {{#each list}} ... {{/each}}.",
    )


def no_templates(path: str) -> Problem:
    """A folder of templates without any."""
    return Problem(
        path,
        "must have a folder for each template, and has none",
        "Make one such as claim-received@1, with subject.txt, mail.html, mail.txt and examples.json.",
    )


def no_file_of_template(path: str) -> Problem:
    """A template lacks one of its files."""
    return Problem(path, "must be there: it is a part of the template", "Write it, or remove the template's folder.")


def not_utf8(path: str) -> Problem:
    """A file of a template is no text."""
    return Problem(path, "must be text in UTF-8", "Save it in that encoding.")


def subject_of_lines(path: str) -> Problem:
    """A subject of several lines: the second would be a header of its own."""
    return Problem(path, "must be one line", "Join its lines.")


def no_examples(path: str, why: str) -> Problem:
    """Examples that cannot be read."""
    return Problem(
        path,
        f"must be a JSON object with an object of data for each case: {why}",
        'Write it like {"urgent": {"name": "Ann"}}.',
    )


def example_lacks(where: str, part: str, value: str) -> Problem:
    """A template asks for what an example does not have: so would a mail, which is then given up."""
    return Problem(
        where,
        f"must have {value}, which the template's {part} asks for",
        "Add it, or let the template ask for it within {{#if ...}}.",
    )
