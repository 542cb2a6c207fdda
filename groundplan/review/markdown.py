"""out/review.md: the review in GitLab's Markdown, the most important first, cut from the least important."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from urllib.parse import quote

from groundplan.policy.findings import Finding, Verdict
from groundplan.problems import Line

from .budget import Block, Rank, fitted
from .leaves import KNOWN_AFTER_APPLY
from .model import (
    Action,
    Change,
    CheckStatus,
    EnvironmentImages,
    Leaf,
    ObjectReview,
    Objects,
    Outcome,
    ReleaseReview,
    Review,
    RuleGroup,
    StackReview,
)
from .places import rule_page
from .text import cell, code, cut, fence, prose
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
    Limits,
    counted,
    image_words,
    limits,
    object_words,
    standing,
)

__all__ = ["MAXIMUM_CHARACTERS", "markdown"]

MAXIMUM_CHARACTERS = 900_000
"""Below the 1,000,000 that a GitLab note holds: https://docs.gitlab.com/administration/instance_limits/"""

_MARKS = {Outcome.MAY: "✅", Outcome.LOOK: "⚠️", Outcome.MAY_NOT: "⛔"}
_COUNTED = (Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE, Action.READ)
_VALUE_CHARACTERS = 100
_SUMMARY_CHARACTERS = 400
_NAMES = 12


def markdown(
    review: Review, *, whole: str, blob_url: str | None = None, maximum_characters: int = MAXIMUM_CHARACTERS
) -> str:
    """The review as Markdown of at most `maximum_characters`.

    `whole` names the place where nothing is cut. `blob_url` is where the project's files are shown at this commit
    (`https://gitlab.example.com/group/project/-/blob/<sha>`), None for file and line without a link.
    """
    page = _Page(review, blob_url)
    return fitted(list(page.blocks()), whole=whole, maximum_characters=maximum_characters)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _number(number: int, *, strong: bool = False) -> str:
    if not number:
        return "·"
    return f"**{number:,}**" if strong else f"{number:,}"


def _list(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMES:,} more" if len(names) > _NAMES else ""
    return ", ".join(code(name) for name in names[:_NAMES]) + more


class _Page:
    def __init__(self, review: Review, blob_url: str | None) -> None:
        self._review = review
        self._blob_url = blob_url.rstrip("/") if blob_url else None

    def blocks(self) -> Iterator[Block]:
        """The page from top to bottom."""
        known = limits(self._review)
        yield Block(Rank.ALWAYS, self._summary(known))
        yield from self._findings(
            "What stops the merge",
            Verdict.DENY,
            Rank.DENIED,
            lead="Each of these must be fixed, or waived with a reason and a last day.",
        )
        yield from self._blockers()
        yield from self._faults()
        yield from self._removed()
        yield from self._destructive()
        yield from self._perhaps()
        yield from self._told()
        yield from self._findings(
            "What cannot be told yet",
            Verdict.UNKNOWN,
            Rank.UNKNOWN,
            lead="These rules ask for a value that is known only after apply. Nobody may call them fine yet.",
        )
        yield from self._findings("Waived", Verdict.WAIVED, Rank.WAIVED, lead="Denied, and accepted for a time.")
        yield from self._stacks()
        if self._review.objects:
            yield from _objects(self._review.objects)
        yield from self._limits(known)

    def _summary(self, known: Limits) -> str:
        said = standing(self._review)
        lines = [
            "# Review",
            "",
            f"**{_MARKS[said.outcome]} {said.headline}:** {prose(said.reason)}.",
            "",
            said.changes,
            "",
        ]
        if said.unread:
            lines += [f"{prose(said.unread)}", ""]
        busy = [stack for stack in self._review.stacks if _busy(stack)]
        if busy:
            lines += self._table(busy)
        quiet = [stack.name for stack in self._review.stacks if stack.planned and not _busy(stack)]
        if quiet:
            lines += [f"Unchanged: {_list(quiet)}.", ""]
        if known.unplanned:
            lines += [f"Not planned, so not part of this verdict: {_list(known.unplanned)}.", ""]
        return "\n".join(lines)

    def _table(self, stacks: list[StackReview]) -> list[str]:
        titles = ["environment", "family", *(ACTION_WORDS[action] for action in _COUNTED)]
        verdicts = {"denied": Verdict.DENY, "unknown": Verdict.UNKNOWN, "waived": Verdict.WAIVED}
        rows = [_row([*titles, *verdicts]), _row(["---", "---", *["---:"] * (len(titles) + len(verdicts) - 2)])]
        for stack in stacks:
            counts = [_number(stack.counts[a], strong=a in (Action.DELETE, Action.REPLACE)) for a in _COUNTED]
            found = [_number(stack.verdicts(v), strong=v is Verdict.DENY) for v in verdicts.values()]
            gone = " removed" if stack.removed else ""
            rows.append(_row([cell(stack.environment), f"{cell(stack.family)}{gone}", *counts, *found]))
        if len(stacks) > 1:
            counts = [_number(self._review.counts[action]) for action in _COUNTED]
            found = [_number(len(self._review.by_verdict(verdict))) for verdict in verdicts.values()]
            rows.append(_row(["**all**", "", *counts, *found]))
        return [*rows, ""]

    def _findings(self, title: str, verdict: Verdict, rank: Rank, *, lead: str) -> Iterator[Block]:
        groups = self._review.groups(verdict)
        if not groups:
            return
        number = sum(len(group.findings) for group in groups)
        yield Block(Rank.ALWAYS, f"## {title} ({number:,})\n\n{lead}\n")
        for group in groups:
            head = self._rule(group)
            items = "".join(self._finding(finding) for finding in group.findings)
            short = f"{head}\n- {counted(len(group.findings), 'finding')}, not listed here.\n"
            yield Block(rank, f"{head}\n{items}", short, what="findings", number=len(group.findings))

    def _rule(self, group: RuleGroup) -> str:
        name = code(group.rule.id)
        if page := rule_page(group.rule.id, self._blob_url):
            name = f"[{name}](<{page}>)"
        lines = [f"### {group.rule.severity}: {prose(group.rule.title)}", "", f"Rule {name}."]
        if group.fix:
            lines[-1] += f" **Fix:** {prose(group.fix)}"
        controls = group.rule.controls or group.findings[0].controls
        if controls:
            lines[-1] += f" <br>Controls: {', '.join(code(control) for control in controls)}"
        return "\n".join([*lines, ""])

    def _finding(self, finding: Finding) -> str:
        removed = finding.stack in self._review.removed
        where = [self._link(finding.source, removed)] if finding.source else []
        if finding.call and finding.call != finding.source:
            where.append(f"called from {self._link(finding.call, removed)}")
        if finding.setting and finding.setting != finding.call:
            where.append(f"set at {self._link(finding.setting, removed)}")
        if where and removed:
            where.append("in the base")
        lines = [f"- {code(finding.address)} in {code(finding.stack)}: {prose(finding.message)}"]
        if where:
            lines.append(f"  <br>{', '.join(where)}")
        if finding.waiver:
            lines.append(f"  <br>Waiver: {prose(finding.waiver)}")
        return "\n".join(lines) + "\n"

    def _link(self, source: Line, removed: bool) -> str:
        text = code(f"{source.file}:{source.line}")
        # this commit may not have the file any more
        if self._blob_url is None or removed:
            return text
        # a bracket inside a code span would be fine, but a path with one is not worth the doubt
        return f"[{text}](<{self._blob_url}/{quote(source.file)}#L{source.line}>)"

    def _blockers(self) -> Iterator[Block]:
        if self._review.blockers:
            items = "\n".join(f"- {code(stack)}: {prose(reason)}" for stack, reason in self._review.blockers)
            yield Block(Rank.DENIED, f"## Plans that cannot be trusted\n\n{items}\n")

    def _faults(self) -> Iterator[Block]:
        faults = self._review.faults
        if faults:
            items = "".join(f"- {code(fault.stack)}: {prose(fault.message)}\n" for fault in faults)
            head = f"## What an apply runs into ({len(faults):,})\n\n{FAULTS}\n\n"
            short = f"{head}{counted(len(faults), 'fault')}, not listed here.\n"
            yield Block(Rank.DENIED, f"{head}{items}", short, what="faults", number=len(faults))

    def _removed(self) -> Iterator[Block]:
        stacks = [stack for stack in self._review.stacks if stack.removed]
        if stacks:
            items = "".join(
                f"- {code(stack.name)}: {counted(stack.counts[Action.DELETE], 'resource')} to delete\n"
                for stack in stacks
            )
            title = f"## Stacks that are removed ({len(stacks):,})\n\n{REMOVED}\n\n"
            short = f"{title}{counted(len(stacks), 'stack')}, not listed here.\n"
            yield Block(Rank.DESTROYED, f"{title}{items}", short, what="removed stacks", number=len(stacks))

    def _told(self) -> Iterator[Block]:
        """What a plan says beside its changes."""
        failed = self._review.checks(CheckStatus.FAIL, CheckStatus.ERROR)
        yield from _listed(
            "Checks that fail",
            CHECKED,
            [
                f"- {code(check.address)} in {code(check.stack)}: "
                f"{prose('; '.join(check.messages) or 'its condition cannot be evaluated')}\n"
                for check in failed
            ],
            "failed checks",
        )
        drift = self._review.drift
        lines = [line for change in drift for line in _change(change)]
        yield from _listed("Changed outside Terraform", DRIFTED, [f"{fence(lines, 'diff')}\n"], "drift", len(drift))
        yield from _listed(
            "Actions that an apply runs",
            INVOKED,
            [
                f"- {code(action.address)} in {code(action.stack)}, {prose(action.trigger)}"
                f"{': ' if action.leaves else ''}"
                f"{', '.join(code(cut(f'{leaf.path} = {leaf.after}', _VALUE_CHARACTERS)) for leaf in action.leaves)}\n"
                for action in self._review.invocations
            ],
            "actions",
        )

    def _destructive(self) -> Iterator[Block]:
        changes = self._review.destructive
        if not changes:
            return
        data = sum(change.holds_data for change in changes)
        title = f"## What is destroyed ({len(changes):,}{f', {data:,} with data' if data else ''})\n\n"
        items = "".join(self._destroyed(change) for change in changes)
        short = f"{title}{counted(len(changes), 'resource')}, {data:,} with data, not listed here.\n"
        yield Block(Rank.DESTROYED, f"{title}{items}", short, what="destroyed resources", number=len(changes))

    @staticmethod
    def _destroyed(change: Change) -> str:
        word = "**holds data**, " if change.holds_data else ""
        forcing = sorted({leaf.path for leaf in change.leaves if leaf.forces_replacement})
        because = f" because of {', '.join(code(path) for path in forcing[:5])}" if forcing else ""
        note = f" ({prose(change.note)})" if change.note else ""
        action = ACTION_WORDS[change.action]
        return f"- {word}{action}: {code(change.address)} in {code(change.stack)}{because}{note}\n"

    def _perhaps(self) -> Iterator[Block]:
        changes = self._review.perhaps_replaced
        items = [
            f"- {'**holds data**, ' if change.holds_data else ''}{code(change.address)} in {code(change.stack)}"
            f" because of {', '.join(code(path) for path in change.may_replace[:5])}\n"
            for change in changes
        ]
        yield from _listed("What may be replaced", PERHAPS, items, "possible replacements")

    def _stacks(self) -> Iterator[Block]:
        stacks = [stack for stack in self._review.stacks if stack.changes or stack.outputs]
        if not stacks:
            return
        yield Block(Rank.ALWAYS, "## Changes by stack\n")
        for stack in stacks:
            parts = [
                f"{stack.counts[action]:,} {word}" for action, word in ACTION_WORDS.items() if stack.counts[action]
            ]
            if stack.outputs:
                parts.append(counted(len(stack.outputs), "output"))
            summary = f"<details><summary><code>{escape(stack.name)}</code>: {', '.join(parts)}</summary>\n"
            yield Block(Rank.ALWAYS, summary)
            if stack.tags:
                tags = ", ".join(code(f"{name}={value}") for name, value in stack.tags.items())
                yield Block(Rank.ALWAYS, f"Tags of every new resource that takes tags: {tags}\n")
            for rank, actions, what in _PARTS:
                changes = [change for change in stack.changes if change.action in actions]
                if changes:
                    yield self._changes(rank, changes, what)
            if stack.outputs:
                lines = [line for leaf in stack.outputs for line in _leaf(leaf)]
                text = f"Outputs:\n\n{fence(lines, 'diff')}\n"
                short = f"{counted(len(stack.outputs), 'output')}, not listed here.\n"
                yield Block(Rank.OUTPUTS, text, short, what="outputs", number=len(stack.outputs))
            if stack.unchanged:
                yield Block(Rank.UNCHANGED, f"{counted(stack.unchanged, 'resource')} unchanged.\n", "")
            yield Block(Rank.ALWAYS, "</details>\n")

    def _changes(self, rank: Rank, changes: list[Change], what: str) -> Block:
        releases = self._review.objects.by_release if self._review.objects else {}
        lines: list[str] = []
        for change in changes:
            lines += _change(change)
            if release := releases.get((change.stack, change.address)):
                lines.append(f"      objects: {cut(release.summary, _SUMMARY_CHARACTERS)}")
        short = f"{counted(len(changes), 'resource')} to {what}, not listed here.\n"
        return Block(rank, f"{fence(lines, 'diff')}\n", short, what=f"resources to {what}", number=len(changes))

    def _limits(self, known: Limits) -> Iterator[Block]:
        lines = ["## What this review cannot know", ""]
        if known.offline:
            where = "Every plan" if not known.live and not known.unrecorded else f"{len(known.offline):,} plans"
            lines += [
                f"{where} was made offline: by Terraform itself, with no account and no provider. It cannot know:",
                "",
                *(f"- {sentence}" for sentence in OFFLINE_LIMITS),
                "",
            ]
        if known.live:
            lines += [f"Planned live, against the real account: {_list(known.live)}.", ""]
        if known.unrecorded:
            lines += [f"Nothing recorded how these were planned: {_list(known.unrecorded)}.", ""]
        if known.new:
            lines += [f"With no base to compare with, so that everything counts as new: {_list(known.new)}.", ""]
        if known.conditions:
            lines += [f"{counted(known.conditions, 'condition')} of the configuration: only apply decides them.", ""]
        for base, names in known.bases:
            lines += [f"Compared with {code(base)}: {_list(names)}.", ""]
        engine = self._review.engine
        tools = [f"planned by Terraform {code(version)}" for version in known.terraform]
        tools += [f"judged by {code(engine)}"] if engine else []
        if tools:
            lines += [f"How this was made: {', '.join(tools)}, {counted(len(self._review.rules), 'rule')}.", ""]
        yield Block(Rank.ALWAYS, "\n".join(lines))
        yield from _folded(
            "Outputs of other stacks that stood in",
            [f"- {code(stack)} reads {', '.join(map(code, outputs))}\n" for stack, outputs in known.placeholders],
            "placeholders",
        )
        yield from _folded(
            "Types of which something stays unchecked before apply",
            [f"- {code(kind)}: {'; '.join(map(prose, words))}\n" for kind, words in known.unchecked],
            "unchecked types",
        )
        yield from _folded(
            "Warnings of the plans",
            [f"- {prose(cut(text, 600))} ({_list(names)})\n" for text, names in known.warnings],
            "warnings",
        )


def _objects(objects: Objects) -> Iterator[Block]:
    """What the releases make in the cluster."""
    lines = [
        f"## Objects\n\n{counted(objects.rendered, 'release')} rendered into {counted(objects.count, 'object')}.",
        "",
        *(f"Not rendered: {prose(why)} ({_list(places)})." for why, places in objects.not_rendered),
    ]
    yield Block(Rank.ALWAYS, "\n".join([*lines, ""]))
    for release in objects.releases:
        yield _release(release)
    if objects.images:
        items = [item for each in objects.images for item in _images(each)]
        head = "### Images\n\n"
        short = f"{head}{counted(len(objects.images), 'environment')}, not listed here.\n"
        yield Block(Rank.OBJECTS, f"{head}{''.join(items)}", short, what="environments' images", number=len(items))
    yield from _folded(
        "What the cluster must have already",
        [
            f"- {code(each.environment)} takes {code(each.chart)} for granted: "
            f"{f'used by {_list(each.used_by)}' if each.used_by else 'nobody needs it'}\n"
            for each in objects.assumptions
        ],
        "assumptions",
    )
    yield from _folded(
        "Warnings about objects",
        [f"- {code(stack)}: {prose(cut(text, 600))}\n" for stack, text in objects.warnings],
        "warnings about objects",
    )
    yield from _folded(
        "What of the objects only an apply tells",
        [f"- {code(place)}: {'; '.join(map(prose, words))}\n" for place, words in objects.left_out],
        "releases that are known in part",
    )
    yield from _folded(
        "What of the objects nobody looked at",
        [
            *(f"- {prose(words)}\n" for words in objects.unknown),
            *(f"- {code(place)}: whether it brings or needs a kind\n" for place in objects.not_looked_at),
        ],
        "unknown objects",
    )


def _release(release: ReleaseReview) -> Block:
    summary = (
        f"<details><summary><code>{escape(release.address)}</code> in <code>{escape(release.stack)}</code>, "
        f"{escape(release.chart)}: {escape(cut(release.summary, _SUMMARY_CHARACTERS))}</summary>\n\n"
    )
    lines = [line for one in release.told for line in _object(one)]
    if release.only_version:
        lines.append(f"~ {ONLY_VERSION}: {', '.join(one.title for one in release.only_version)}")
    body = f"{fence(lines, 'diff')}\n" if lines else ""
    unknown = f"\nOnly an apply tells: {'; '.join(map(prose, release.unknown))}.\n" if release.unknown else ""
    short = f"- {code(release.address)} in {code(release.stack)}: {prose(cut(release.summary, _SUMMARY_CHARACTERS))}\n"
    return Block(
        Rank.OBJECTS,
        f"{summary}{body}{unknown}\n</details>\n",
        short,
        what="objects",
        number=len(release.objects),
    )


def _object(one: ObjectReview) -> Iterator[str]:
    words = "; ".join(object_words(one))
    yield f"{one.sign} {one.title}{f' ({words})' if words else ''}"
    for leaf in one.leaves:
        yield from _leaf(leaf)
    if one.hidden:
        yield f"      … and {one.hidden:,} more fields"


def _images(each: EnvironmentImages) -> Iterator[str]:
    yield f"- {code(each.environment)} {prose(image_words(each))}\n"
    for before, after in each.changed:
        yield f"  - {code(before)} becomes {code(after)}\n"
    yield from (f"  - new: {code(image)}\n" for image in each.new)
    yield from (f"  - gone: {code(image)}\n" for image in each.gone)


_PARTS = (
    (Rank.DESTRUCTIVE_DETAILS, (Action.DELETE, Action.REPLACE, Action.FORGET), "destroy or forget"),
    (Rank.UPDATES, (Action.UPDATE, Action.NOOP), "update or move"),
    (Rank.CREATES, (Action.CREATE,), "create"),
    (Rank.READS, (Action.READ,), "read"),
)


def _busy(stack: StackReview) -> bool:
    return stack.changed or bool(stack.findings) or bool(stack.blockers)


def _listed(title: str, lead: str, items: list[str], what: str, number: int | None = None) -> Iterator[Block]:
    count = len(items) if number is None else number
    if count:
        head = f"## {title} ({count:,})\n\n{lead}\n\n"
        short = f"{head}{count:,}, not listed here.\n"
        yield Block(Rank.DESTROYED, f"{head}{''.join(items)}", short, what=what, number=count)


def _folded(title: str, items: list[str], what: str) -> Iterator[Block]:
    if items:
        summary = f"<details><summary>{title} ({len(items):,})</summary>\n\n"
        short = f"{title}: {len(items):,}, not listed here.\n"
        yield Block(Rank.LIMITS, f"{summary}{''.join(items)}\n</details>\n", short, what=what, number=len(items))


def _change(change: Change) -> Iterator[str]:
    # A diff's colour hangs on the first character, and a first character there must be: see text.fence.
    sign = {"-/+": "-", "<=": " ", " ": "~", ".": "-"}.get(change.action.sign, change.action.sign)
    words = [change.action.value]
    words += ["holds data"] if change.holds_data else []
    words += [change.note] if change.note else []
    yield f"{sign} {change.address} ({'; '.join(words)})"
    for leaf in change.leaves:
        yield from _leaf(leaf)
    if change.hidden:
        yield f"      … and {change.hidden:,} more attributes"
    if change.later:
        yield f"      {KNOWN_AFTER_APPLY}: {', '.join(change.later)}"


def _leaf(leaf: Leaf) -> Iterator[str]:
    forces = "  # forces replacement" if leaf.forces_replacement else ""
    path = cut(leaf.path, 160)
    before, after = (None if value is None else cut(value, _VALUE_CHARACTERS) for value in (leaf.before, leaf.after))
    if before is None:
        yield f"      {path} = {after}{forces}"
    elif after is None:
        yield f"-     {path} = {before}{forces}"
    else:
        yield f"~     {path}: {before} -> {after}{forces}"
    for sign, line in leaf.lines:
        yield f"{sign}         {cut(line, _VALUE_CHARACTERS)}"
