"""The sentences that every output of the review shares."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from groundplan.objects.changes import Certainty, ObjectAction
from groundplan.policy.findings import Verdict

from .model import SEVERITIES, Action, CheckStatus, EnvironmentImages, ObjectReview, Outcome, Review

__all__ = [
    "ACTION_WORDS",
    "CHECKED",
    "DRIFTED",
    "FAULTS",
    "INVOKED",
    "MAY_REPLACE",
    "OFFLINE_LIMITS",
    "ONLY_VERSION",
    "PERHAPS",
    "REASONS",
    "REMOVED",
    "Limits",
    "Standing",
    "charts_not_at_hand",
    "counted",
    "image_words",
    "limits",
    "object_summary",
    "object_words",
    "standing",
]

ACTION_WORDS = {
    Action.CREATE: "create",
    Action.UPDATE: "update",
    Action.REPLACE: "replace",
    Action.DELETE: "delete",
    Action.FORGET: "forget",
    Action.READ: "read",
}

_TYPES = 12

REMOVED = (
    "The project no longer has these stacks, and the base does. All that they hold counts as destroyed here. No "
    "deployment of what is left reaches their workspaces: destroy them from the base (cdktf destroy) before they are "
    "forgotten."
)
CHECKED = (
    "Conditions of check blocks that do not hold. Terraform warns of them and applies all the same: "
    "whether that is right is for people to say."
)
DRIFTED = "What differs from what Terraform wrote last. Where the settings say otherwise, an apply changes it back."
INVOKED = "An action does something once, on apply, and leaves nothing that a plan could show. No rule judges them."

# https://developer.hashicorp.com/terraform/internals/json-format#change-representation
REASONS = {
    "replace_because_tainted": "an earlier apply failed on it halfway",
    "replace_because_cannot_update": "what changes cannot be changed in place",
    "replace_by_request": "somebody asked for it with -replace",
    "replace_by_triggers": "something in its replace_triggered_by changes",
    "delete_because_no_resource_config": "its resource block is gone",
    "delete_because_no_module": "the call of its module is gone",
    "delete_because_wrong_repetition": "it has count or for_each no longer, or only now",
    "delete_because_count_index": "its index is beyond the count",
    "delete_because_each_key": "its key is no longer in for_each",
    "delete_because_no_move_target": "its moved block leads to nothing",
    "read_because_config_unknown": "read during apply: its arguments are known only then",
    "read_because_dependency_pending": "read during apply: what it depends on changes first",
    "read_because_check_nested": "read during apply, to check what was made",
}
"""Why Terraform does what it does, by the plan's `action_reason`."""

MAY_REPLACE = "an update, or a replacement: the provider decides at apply"
"""Of an update for which the provider's own code decides."""

PERHAPS = "Updates for which the provider's own code decides at apply whether it destroys and creates anew."
"""What leads the section of them."""

FAULTS = (
    "An apply of this fails, or does not do what the project says: the cluster or Helm sees to that, and no waiver "
    "changes it. Each of these must be fixed first."
)
"""What leads the section of what an apply will run into."""

OFFLINE_LIMITS = (
    "What exists in the account now: drift is not seen, and a name that is already taken is not noticed.",
    "What data sources find: they answered from the environment's settings, in the shape that the provider gives.",
    "What the providers themselves refuse: conflicting arguments, allowed values, lengths and patterns are checked "
    "as far as AWS's own resource schemas say them.",
    "What forces a replacement: known as far as AWS's own resource schemas say it; elsewhere an update may turn out "
    "to destroy and create anew.",
    "What providers fill in by default: it shows as absent here.",
    "Quotas, the deployer's permissions, and whether a chart's pods come up.",
)


def counted(number: int, singular: str, plural: str = "") -> str:
    """`1 stack`, `2 stacks`, `1,200 stacks`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


_HIGHLIGHTS = 4
ONLY_VERSION = "labels of the chart's version alone"
"""Of objects in which nothing else differs."""

_CERTAIN = {Certainty.MAY: "may change", Certainty.EVERY_RENDER: "differs in every render"}


def object_words(one: ObjectReview) -> tuple[str, ...]:
    """What is to be said of an object that changes, the worst first."""
    words = [f"the API server refuses it: {reason}" for reason in one.refused]
    words += [word for word in (one.lost, one.not_upgraded, one.restarts) if word]
    words += [_CERTAIN[one.certainty]] if one.certainty in _CERTAIN else []
    return (*words, *one.remarks)


def object_summary(objects: Sequence[ObjectReview]) -> str:
    """A release in one line: `3 objects change, 1 is new: StatefulSet vault/vault restarts one by one`."""
    sure = [one for one in objects if one.action is ObjectAction.UPDATE and one.certainty is Certainty.SURE]
    labels = sum(one.only_version for one in sure)
    kinds = (
        (len(sure) - labels, "changes", "change"),
        (sum(one.action is ObjectAction.CREATE for one in objects), "is new", "are new"),
        (sum(one.action is ObjectAction.DELETE for one in objects), "goes", "go"),
        (sum(one.certainty is Certainty.MAY for one in objects), "may change", "may change"),
        (
            sum(one.certainty is Certainty.EVERY_RENDER for one in objects),
            _CERTAIN[Certainty.EVERY_RENDER],
            "differ in every render",
        ),
        (labels, f"changes in {ONLY_VERSION}", f"change in {ONLY_VERSION}"),
    )
    parts: list[str] = []
    for number, singular, plural in kinds:
        if number:
            word = plural if number > 1 else singular
            parts.append(f"{number:,} {word}" if parts else f"{counted(number, 'object')} {word}")
    if not parts:
        return "no object changes"
    told = [
        *(f"{one.title} is refused by the API server" for one in objects if one.refused),
        *(f"{one.title} is deleted, {one.lost}" for one in objects if one.lost),
        *(f"{one.title} {one.restarts}" for one in objects if one.restarts),
    ]
    left = sum(one.is_left for one in objects)
    if left:
        told.append(f"Helm leaves {left:,} of them as {'it is' if left == 1 else 'they are'}")
    more = f"; and {counted(len(told) - _HIGHLIGHTS, 'more fact')}" if len(told) > _HIGHLIGHTS else ""
    highlights = f": {'; '.join(told[:_HIGHLIGHTS])}{more}" if told else ""
    return f"{', '.join(parts)}{highlights}"


def charts_not_at_hand(names: Sequence[str]) -> str:
    """Why releases were not rendered, with what to do."""
    listed = " ".join(names)
    one = len(names) == 1
    return f"{'the chart is' if one else f'{len(names)} charts are'} not at hand: groundplan charts pull {listed}"


def image_words(images: EnvironmentImages) -> str:
    """`runs 24 images, 12 without a digest; 2 changed, 1 new, 0 gone`."""
    said = f"runs {counted(images.count, 'image')}, {images.without_digest:,} without a digest"
    if images.not_rendered:
        said += f", and those of {counted(images.not_rendered, 'release')} that nobody rendered"
    if not images.compared:
        return said
    moved = [
        f"{len(found):,} {word}"
        for word, found in (("changed", images.changed), ("new", images.new), ("gone", images.gone))
        if found
    ]
    return f"{said}; {', '.join(moved) or 'the same as in the base'}"


@dataclass(frozen=True)
class Standing:
    """The verdict on the merge: `headline` in three words, `reason` in one line, `changes` in numbers.

    `unread` says of which resources no rule of their own reads anything, "" when there are none or nobody knows.
    """

    outcome: Outcome
    headline: str
    reason: str
    changes: str
    unread: str = ""


_HEADLINES = {
    Outcome.MAY: "May merge",
    Outcome.LOOK: "May merge, after a look",
    Outcome.MAY_NOT: "May not merge",
}


def standing(review: Review) -> Standing:
    """The verdict in words."""
    reasons = []
    denied = review.by_verdict(Verdict.DENY)
    if denied:
        severities = Counter(finding.severity for finding in denied)
        parts = ", ".join(f"{severities[severity]:,} {severity}" for severity in SEVERITIES if severities[severity])
        stacks = counted(len({finding.stack for finding in denied}), "stack")
        verb = "denies" if len(denied) == 1 else "deny"
        reasons.append(f"{counted(len(denied), 'finding')} {verb} ({parts}) in {stacks}")
    if review.blockers:
        stacks = counted(len({stack for stack, _ in review.blockers}), "plan")
        reasons.append(f"{stacks} not whole or not judged")
    if review.faults:
        stacks = counted(len({fault.stack for fault in review.faults}), "stack")
        reasons.append(f"{counted(len(review.faults), 'fault')} in the objects of releases, in {stacks}")
    if review.removed:
        verb = "is" if len(review.removed) == 1 else "are"
        reasons.append(f"{counted(len(review.removed), 'stack')} {verb} removed")
    data = sum(change.holds_data for change in review.destructive)
    if data:
        verb = "is" if data == 1 else "are"
        reasons.append(f"{counted(data, 'resource')} with data {verb} destroyed")
    if review.objects_lost:
        verb, holder = ("is", "it holds") if len(review.objects_lost) == 1 else ("are", "they hold")
        reasons.append(f"{counted(len(review.objects_lost), 'object')} of releases {verb} deleted with what {holder}")
    if review.objects and review.objects.left:
        left = review.objects.left
        reasons.append(f"{counted(left, 'definition')} of charts {'is' if left == 1 else 'are'} not upgraded by Helm")
    perhaps = sum(change.holds_data for change in review.perhaps_replaced)
    if perhaps:
        reasons.append(f"{counted(perhaps, 'resource')} with data may be destroyed, which apply decides")
    unknown = len(review.by_verdict(Verdict.UNKNOWN))
    if unknown:
        verb = "is" if unknown == 1 else "are"
        reasons.append(f"{counted(unknown, 'verdict')} {verb} not known before apply")
    failed = len(review.checks(CheckStatus.FAIL, CheckStatus.ERROR))
    if failed:
        verb = "fails" if failed == 1 else "fail"
        reasons.append(f"{counted(failed, 'check')} {verb}, which Terraform only warns of")
    if review.drift:
        verb = "was" if len(review.drift) == 1 else "were"
        reasons.append(f"{counted(len(review.drift), 'resource')} {verb} changed outside Terraform")
    if review.invocations:
        verb = "runs" if len(review.invocations) == 1 else "run"
        reasons.append(f"{counted(len(review.invocations), 'action')} {verb} on apply, which no rule judges")
    if not reasons:
        reasons.append("no policy denies anything")
    return Standing(review.outcome, _HEADLINES[review.outcome], "; ".join(reasons), _changes(review), _unread(review))


def _unread(review: Review) -> str:
    """The blind spot of the rules, by type, the most frequent first."""
    counts = sorted(review.unread.items(), key=lambda pair: (-pair[1], pair[0]))
    if not counts:
        return ""
    verb = "is" if sum(review.unread.values()) == 1 else "are"
    listed = ", ".join(f"{kind} ({number:,})" for kind, number in counts[:_TYPES])
    more = f" and {counted(len(counts) - _TYPES, 'more type')}" if len(counts) > _TYPES else ""
    return (
        f"{counted(sum(review.unread.values()), 'resource')} of {counted(len(counts), 'type')} {verb} read by no rule "
        f"of their own, only by those about every resource (tags, regions, pasted secrets, lost data): {listed}{more}."
    )


def _changes(review: Review) -> str:
    planned = sum(stack.planned for stack in review.stacks)
    changed = sum(stack.changed for stack in review.stacks)
    parts = [f"{review.counts[action]:,} to {word}" for action, word in ACTION_WORDS.items() if review.counts[action]]
    if not changed:
        reads = f" ({counted(review.counts[Action.READ], 'data source')} to read)" if parts else ""
        return f"Nothing changes in {counted(planned, 'planned stack')}{reads}."
    outputs = sum(len(stack.outputs) for stack in review.stacks)
    if outputs:
        parts.append(f"{counted(outputs, 'output')} to change")
    return f"{', '.join(parts)}, in {changed:,} of {counted(planned, 'planned stack')}."


@dataclass(frozen=True)
class Limits:
    """What the plans cannot know, gathered over all stacks; every tuple is sorted.

    `conditions` counts conditions that only apply decides. `bases` and `warnings` pair a text with the stacks that it
    is true of, `unchecked` a resource type with what nobody checked for it, `placeholders` a stack with the upstream
    outputs that stood in.
    """

    offline: tuple[str, ...]
    live: tuple[str, ...]
    unrecorded: tuple[str, ...]
    unplanned: tuple[str, ...]
    new: tuple[str, ...]
    bases: tuple[tuple[str, tuple[str, ...]], ...]
    placeholders: tuple[tuple[str, tuple[str, ...]], ...]
    unchecked: tuple[tuple[str, tuple[str, ...]], ...]
    warnings: tuple[tuple[str, tuple[str, ...]], ...]
    terraform: tuple[str, ...]
    conditions: int = 0


def limits(review: Review) -> Limits:
    """Gathers them."""
    planned = [stack for stack in review.stacks if stack.planned]
    bases: defaultdict[str, list[str]] = defaultdict(list)
    warnings: defaultdict[str, list[str]] = defaultdict(list)
    unchecked: defaultdict[str, set[str]] = defaultdict(set)
    placeholders: dict[str, tuple[str, ...]] = {}
    for stack in planned:
        if stack.base is not None:
            bases[stack.base].append(stack.name)
        for warning in stack.warnings:
            warnings[warning].append(stack.name)
        for kind, words in stack.unchecked.items():
            unchecked[kind].update(words)
        if stack.placeholders:
            placeholders[stack.name] = tuple(f"{item.stack}.{item.output}" for item in stack.placeholders)
    return Limits(
        offline=_sorted(stack.name for stack in planned if stack.mode == "offline"),
        live=_sorted(stack.name for stack in planned if stack.mode == "live"),
        unrecorded=_sorted(stack.name for stack in planned if stack.mode is None),
        unplanned=_sorted(stack.name for stack in review.stacks if not stack.planned),
        new=_sorted(stack.name for stack in planned if stack.mode == "offline" and stack.base is None),
        bases=tuple((base, _sorted(names)) for base, names in sorted(bases.items())),
        placeholders=tuple(sorted(placeholders.items())),
        unchecked=tuple((kind, _sorted(words)) for kind, words in sorted(unchecked.items())),
        warnings=tuple((text, _sorted(names)) for text, names in sorted(warnings.items())),
        terraform=_sorted(stack.terraform for stack in planned if stack.terraform),
        conditions=len(review.checks(CheckStatus.UNKNOWN)),
    )


def _sorted(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(items)))
