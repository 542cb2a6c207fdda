"""out/review.html: one page with nothing outside it, for a phone and a wide screen alike."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property
from hashlib import sha256
from urllib.parse import quote

from jinja2 import Environment, FileSystemBytecodeCache, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from groundplan.bindings import cache_folder
from groundplan.policy.findings import Verdict
from groundplan.problems import Line, Problem, folded

from .leaves import KNOWN_AFTER_APPLY
from .model import SEVERITIES, Action, Change, CheckStatus, Review, StackReview
from .picture import BOX_HEIGHT, BOX_WIDTH, Box, Edge, Picture, draw
from .places import rule_page
from .text import cut, visible
from .words import (
    ACTION_WORDS,
    CHECKED,
    DRIFTED,
    FAULTS,
    INVOKED,
    OFFLINE_LIMITS,
    ONLY_VERSION,
    PERHAPS,
    REMOVED,
    counted,
    image_words,
    limits,
    object_words,
    standing,
)

__all__ = ["page", "problems_page"]

_COUNTED = (Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE, Action.READ)
_BOX_LETTERS = 19
_CHARACTERS = 8_000


@dataclass(frozen=True)
class _Group:
    """Changes of one stack that are shown alike; `folded` ones are opened one by one."""

    title: str
    changes: tuple[Change, ...]
    folded: bool


@dataclass(frozen=True)
class _View:
    """A stack as the page needs it."""

    stack: StackReview
    anchor: str
    faults: int = 0

    @property
    def busy(self) -> bool:
        return self.stack.changed or bool(self.stack.findings) or bool(self.stack.blockers) or bool(self.faults)

    @cached_property
    def data_destroyed(self) -> int:
        """How many resources that hold data will be gone."""
        return sum(change.holds_data and change.destroys for change in self.stack.changes)

    @cached_property
    def state(self) -> str:
        """The worst that can be said of it, in a word that CSS and a reader share."""
        if not self.stack.planned:
            return "unplanned"
        if self.stack.blockers or self.faults or self.stack.verdicts(Verdict.DENY):
            return "denied"
        if self.data_destroyed or self.stack.removed:
            return "data"
        return "changed" if self.stack.changed else "quiet"

    @cached_property
    def numbers(self) -> str:
        """`+12 ~3 -/+1`, or what it is instead."""
        if not self.stack.planned:
            return "not planned"
        counts = self.stack.counts
        parts = [f"{a.sign}{counts[a]:,}" for a in ACTION_WORDS if counts[a] and a is not Action.READ]
        if parts:
            return " ".join(parts)
        return counted(len(self.stack.outputs), "output") if self.stack.outputs else "no change"

    @property
    def letters(self) -> str:
        """The family, short enough for its box."""
        family = visible(self.stack.family)
        return family if len(family) <= _BOX_LETTERS else f"{family[: _BOX_LETTERS - 1]}…"

    @cached_property
    def groups(self) -> tuple[_Group, ...]:
        return tuple(
            _Group(title, found, folded)
            for title, actions, folded in _GROUPS
            if (found := tuple(change for change in self.stack.changes if change.action in actions))
        )


_GROUPS = (
    ("Destroyed, replaced or forgotten", (Action.DELETE, Action.REPLACE, Action.FORGET), False),
    ("Updated or moved", (Action.UPDATE, Action.NOOP), False),
    ("Created", (Action.CREATE,), True),
    ("Read", (Action.READ,), True),
)


@dataclass(frozen=True)
class _Drawing:
    """One environment's picture."""

    environment: str
    picture: Picture
    views: dict[str, _View]
    elsewhere: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def boxes(self) -> Iterable[tuple[Box, _View]]:
        return ((box, self.views[box.name]) for box in self.picture.boxes)

    @property
    def edges(self) -> tuple[Edge, ...]:
        return self.picture.edges


def page(review: Review, *, blob_url: str | None = None) -> str:
    """The review as one HTML page.

    It asks no other host for anything, and a content security policy keeps it so: only its own style and script run,
    each allowed by its hash. Without script everything can be read; the filters then do not show.
    """
    environment = _templates()
    style = Markup(_asset(environment, "review.css"))  # noqa: S704 - both files are the package's own
    script = Markup(_asset(environment, "review.js"))  # noqa: S704
    views = _views(review)
    by_name = {view.stack.name: view for view in views}
    releases = review.objects.by_release if review.objects else {}
    beside = {(change.stack, change.address) for stack in review.stacks for change in stack.changes}
    return environment.get_template("review.html.j2").render(
        review=review,
        said=standing(review),
        limits=limits(review),
        offline_limits=OFFLINE_LIMITS,
        failed=review.checks(CheckStatus.FAIL, CheckStatus.ERROR),
        faults_lead=FAULTS,
        only_version=ONLY_VERSION,
        releases=releases,
        elsewhere=[release for key, release in releases.items() if key not in beside],
        removed_lead=REMOVED,
        checks_lead=CHECKED,
        perhaps_lead=PERHAPS,
        drift_lead=DRIFTED,
        actions_lead=INVOKED,
        views=views,
        by_name=by_name,
        environments=list(dict.fromkeys(view.stack.environment for view in views)),
        families=sorted({view.stack.family for view in views}),
        cells=_cells(views),
        drawings=_drawings(views),
        severities=[s for s in SEVERITIES if any(finding.severity is s for finding in review.findings)],
        verdicts=_verdicts(review),
        counted_actions=_COUNTED,
        shown_actions=[action for action in ACTION_WORDS if action is not Action.READ],
        Action=Action,
        Verdict=Verdict,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        box_width=BOX_WIDTH,
        box_height=BOX_HEIGHT,
        link=lambda source: _link(source, blob_url),
        rule_page=lambda rule: rule_page(rule, blob_url),
        place=lambda source: visible(f"{source.file}:{source.line}"),
    )


def problems_page(problems: Sequence[Problem], output: str = "") -> str:
    """What is wrong, as a page that stands where the review would stand; `output` is what was printed meanwhile."""
    environment = _templates()
    style = Markup(_asset(environment, "review.css"))  # noqa: S704 - the package's own
    shown = [
        replace(
            each,
            path=cut(each.path, _CHARACTERS),
            message=cut(each.message, _CHARACTERS),
            cure=cut(each.cure, _CHARACTERS),
        )
        for each in folded(problems)
    ]
    return environment.get_template("problems.html.j2").render(
        problems=shown, output=cut(output, _CHARACTERS), style=style, style_hash=_hash(style)
    )


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("groundplan.review", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=_compiled(),
    )
    environment.filters.update(
        visible=visible,
        attributes=_attributes,
        cut=cut,
        counted=counted,
        image_words=image_words,
        object_words=object_words,
        word=lambda action: ACTION_WORDS[action],
    )
    return environment


class _Compiled(FileSystemBytecodeCache):
    """Templates as Python has compiled them: a cache saves time, and that it is full stops nobody."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _compiled() -> _Compiled | None:
    folder = cache_folder() / "templates"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return _Compiled(str(folder))


def _asset(environment: Environment, name: str) -> str:
    loader = environment.loader
    assert loader is not None  # noqa: S101 - set above
    return loader.get_source(environment, name)[0]


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(sha256(str(text).encode()).digest()).decode("ascii")


def _link(source: Line, blob_url: str | None) -> str | None:
    return f"{blob_url.rstrip('/')}/{quote(source.file)}#L{source.line}" if blob_url else None


def _attributes(change: Change) -> str:
    """What a created or read resource is given, a line each."""
    lines = [f"{leaf.path} = {leaf.after if leaf.after is not None else leaf.before}" for leaf in change.leaves]
    if change.hidden:
        lines.append(f"… and {change.hidden:,} more attributes")
    if change.later:
        lines.append(f"{KNOWN_AFTER_APPLY}: {', '.join(change.later)}")
    return "\n".join(lines) or "(no attributes)"


def _views(review: Review) -> list[_View]:
    used: Counter[str] = Counter()
    views = []
    faults = Counter(fault.stack for fault in review.faults)
    for stack in review.stacks:
        anchor = "stack-" + (re.sub(r"[^a-z0-9]+", "-", stack.name.lower()).strip("-") or "x")
        used[anchor] += 1
        views.append(_View(stack, anchor if used[anchor] == 1 else f"{anchor}--{used[anchor]}", faults[stack.name]))
    return views


def _cells(views: Iterable[_View]) -> dict[tuple[str, str], list[_View]]:
    cells: dict[tuple[str, str], list[_View]] = {}
    for view in views:
        cells.setdefault((view.stack.family, view.stack.environment), []).append(view)
    return cells


def _verdicts(review: Review) -> list[tuple[str, str, str, object]]:
    """(anchor, title, lead, groups) of each kind of finding that there is."""
    kinds = (
        ("denied", "What stops the merge", "Each must be fixed, or waived with a reason and a last day.", Verdict.DENY),
        (
            "unknown",
            "What cannot be told yet",
            "These rules ask for a value that is known only after apply. Nobody may call them fine yet.",
            Verdict.UNKNOWN,
        ),
        ("waived", "Waived", "Denied, and accepted for a time.", Verdict.WAIVED),
    )
    return [
        (anchor, title, lead, groups) for anchor, title, lead, verdict in kinds if (groups := review.groups(verdict))
    ]


def _drawings(views: list[_View]) -> list[_Drawing]:
    drawings = []
    for environment in dict.fromkeys(view.stack.environment for view in views):
        inside = {view.stack.name: view for view in views if view.stack.environment == environment}
        elsewhere = tuple(
            (name, others)
            for name, view in sorted(inside.items())
            if (others := tuple(sorted(set(view.stack.depends_on) - inside.keys())))
        )
        picture = draw({name: view.stack.depends_on for name, view in inside.items()})
        drawings.append(_Drawing(environment, picture, inside, elsewhere))
    return drawings
