"""What is said of templates that cannot be filled in."""

from __future__ import annotations

from groundplan.problems import Problem

__all__ = ["template_not_known"]


def template_not_known(name: str, part: str, why: str) -> Problem:
    """A part of a template is written in what only SendGrid knows."""
    return Problem(
        f'templates["{name}"].{part}',
        f"must be written in what both ways fill in: {why}",
        "Use {{value}}, {{#if value}} ... {{else}} ... {{/if}} and {{#each list}} ... {{/each}}.",
    )
