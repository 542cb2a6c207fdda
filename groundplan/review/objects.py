"""What the releases make in the cluster, as the review tells it: which objects change and how, which images run.

Nothing is rendered here: it is read from what was. Texts lose the secrets of the plans, and of a Secret is only said
that it changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from groundplan.objects import KNOWN_AFTER_APPLY, ImageUse, KubernetesObject, image_uses
from groundplan.objects.changes import ObjectChange, ReleaseChange
from groundplan.problems import Problem

from .leaves import leaves_of
from .model import Assumed, EnvironmentImages, Fault, Leaf, ObjectReview, Objects, ReleaseReview
from .text import one_line, visible
from .words import charts_not_at_hand, object_summary

if TYPE_CHECKING:
    from groundplan.rendering import Renders
    from groundplan.rendering.releases import Release

__all__ = ["read_objects"]

LEAVES = 40
"""As many of one object are shown; the rest is counted."""

Redact = Callable[[str], str]


def read_objects(renders: Renders, redact: Redact, environments: Mapping[str, str], compared: Iterable[str]) -> Objects:
    """What is told of the objects. `environments` has that of each stack, `compared` are the stacks with a base."""
    said = _Said(redact)
    releases = tuple(
        said.release(stack, change) for stack, changes in sorted(renders.changes.items()) for change in changes
    )
    outcomes = [outcome for stack in sorted(renders.stacks) for outcome in renders.stacks[stack]]
    not_rendered: defaultdict[str, list[str]] = defaultdict(list)
    missing: defaultdict[str, list[str]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.missing:
            missing[outcome.missing].append(said.place(outcome.release))
        elif outcome.why:
            not_rendered[said.line(outcome.why)].append(said.place(outcome.release))
    if missing:
        places = sorted(place for found in missing.values() for place in found)
        not_rendered[charts_not_at_hand(sorted(missing))] = places
    return Objects(
        releases=releases,
        faults=tuple(_faults(said, renders, releases)),
        not_rendered=tuple((why, tuple(places)) for why, places in sorted(not_rendered.items())),
        left_out=tuple(
            (said.place(outcome.release), tuple(map(said.line, outcome.unknown)))
            for outcome in outcomes
            if outcome.unknown
        ),
        assumptions=tuple(
            Assumed(visible(each.environment), visible(each.chart), tuple(map(visible, each.used_by)))
            for each in renders.assumptions
        ),
        not_looked_at=tuple(map(visible, renders.not_looked_at)),
        unknown=tuple(map(said.line, renders.unknown)),
        warnings=tuple(
            # most say their stack themselves
            (stack, said.problem(problem).removeprefix(f"{stack}: "))
            for stack, found in sorted(renders.warnings.items())
            for problem in found
        ),
        images=tuple(_images(renders, environments, frozenset(compared), redact)),
        rendered=sum(outcome.objects is not None for outcome in outcomes),
        count=sum(len(outcome.objects or ()) for outcome in outcomes),
    )


_CURE = "Keep the old value, or delete the object right before the apply, which makes it anew"
# what must not be deleted in passing
_CURES = {
    "CustomResourceDefinition": "Keep the old value: with the definition every object of its kind goes",
    "PersistentVolume": "Keep the old value: the data is in it",
    "PersistentVolumeClaim": "Keep the old value, or copy the data to a claim of another name",
    "StatefulSet": (
        "Keep the old value, or delete it with kubectl delete --cascade=orphan right before the apply: its pods and "
        "their claims stay, and the new one takes them over"
    ),
}


def _faults(said: _Said, renders: Renders, releases: Sequence[ReleaseReview]) -> Iterator[Fault]:
    """What an apply will run into."""
    for stack, problems in sorted(renders.problems.items()):
        for problem in problems:
            yield Fault(stack, said.problem(problem))
    for release in releases:
        for one in release.objects:
            for reason in one.refused:
                yield Fault(
                    release.stack,
                    f"{release.address}: the API server refuses the update of {one.title}: {reason}. "
                    f"{_CURES.get(one.title.partition(' ')[0], _CURE)}",
                )


class _Said:
    """Words what changes, without secrets."""

    def __init__(self, redact: Redact) -> None:
        self._redact = redact

    def line(self, text: str) -> str:
        """A sentence that may quote a value."""
        return one_line(self._redact(text))

    def place(self, release: Release) -> str:
        """Stack and address."""
        return f"{release.stack}: {self.line(release.address)}"

    def problem(self, problem: Problem) -> str:
        """All of it, in one line."""
        parts = [f"{problem.path}: {problem.message}" if problem.path else problem.message, problem.cure]
        said = ". ".join(part.rstrip(".") for part in parts if part)
        return self.line(f"{said} (said at {problem.line})" if problem.line else said)

    def release(self, stack: str, change: ReleaseChange) -> ReleaseReview:
        """One release."""
        titles = [title for title in (change.before_title, change.after_title) if title]
        chart = " → ".join(dict.fromkeys(titles))
        if not change.before_title or not change.after_title:
            chart += " (new)" if change.after_title else " (gone)"
        objects = tuple(sorted(map(self._object, change.objects), key=lambda one: one.rank))
        return ReleaseReview(
            stack=stack,
            address=self.line(change.address),
            chart=self.line(chart),
            summary=self.line(change.why) if change.why else object_summary(objects),
            objects=objects,
            unknown=tuple(map(self.line, change.unknown)),
        )

    def _object(self, change: ObjectChange) -> ObjectReview:
        leaves: tuple[Leaf, ...] = ()
        hidden = 0
        if change.before is not None and change.after is not None:
            leaves, hidden = self._leaves(change.before, change.after)
            hidden += len(leaves[LEAVES:])
        return ObjectReview(
            title=self.line(change.title),
            action=change.action,
            certainty=change.certainty,
            restarts=self.line(change.restarts),
            refused=tuple(map(self.line, change.refused)),
            lost=self.line(change.lost),
            not_upgraded=self.line(change.not_upgraded),
            remarks=tuple(map(self.line, change.remarks)),
            leaves=leaves[:LEAVES],
            hidden=hidden,
            only_version=change.only_version,
        )

    def _leaves(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[tuple[Leaf, ...], int]:
        return leaves_of(
            before,
            after,
            unknown=_unknown(after),
            before_mask=_mask(before),
            after_mask=_mask(after),
            redact=self._redact,
        )


def _mask(document: Mapping[str, Any]) -> dict[str, Any]:
    """What of an object is never shown: the values of a Secret."""
    if document.get("kind") != "Secret":
        return {}
    held = {word: document.get(word) for word in ("data", "stringData")}
    return {word: dict.fromkeys(each, True) if isinstance(each, Mapping) else True for word, each in held.items()}


def _unknown(value: Any) -> Any:
    """Where in an object a text stands of which only an apply will tell, as a plan marks it."""
    if isinstance(value, str):
        return KNOWN_AFTER_APPLY in value
    if isinstance(value, Mapping):
        found = {key: said for key, item in value.items() if (said := _unknown(item))}
        return found or False
    if isinstance(value, list):
        items = [_unknown(item) for item in value]
        return items if any(items) else False
    return False


def _images(
    renders: Renders, environments: Mapping[str, str], compared: frozenset[str], redact: Redact
) -> Iterator[EnvironmentImages]:
    """The images that will run in each environment, and how they differ from those of the base, where there is one."""
    stacks: defaultdict[str, list[str]] = defaultdict(list)
    for stack in sorted(renders.stacks):
        stacks[environments.get(stack, stack)].append(stack)
    for environment, names in sorted(stacks.items()):
        after = {use.image: use for name in names for use in _used(renders, name)}
        if not after and not any(change.objects for name in names for change in renders.changes.get(name, ())):
            continue
        base = [name for name in names if name in compared]
        old = {image for name in base for image in _images_before(renders, name)}
        new = {use.image for name in base for use in _used(renders, name)}
        yield EnvironmentImages(
            environment=visible(environment),
            count=len(after),
            without_digest=sum(not use.is_pinned for use in after.values()),
            not_rendered=sum(outcome.objects is None for name in names for outcome in renders.stacks[name]),
            compared=bool(base),
            **_moved(old - new, new - old, redact),
        )


def _used(renders: Renders, stack: str) -> Iterator[ImageUse]:
    for outcome in renders.stacks.get(stack, ()):
        yield from image_uses(outcome.objects or ())


def _images_before(renders: Renders, stack: str) -> Iterator[str]:
    """Those of the base: of what does not change as they are now, of what changes as they were."""
    changes = [
        (release.address, one)
        for release in renders.changes.get(stack, ())
        if not release.why
        for one in release.objects
    ]
    changed = {(address, one.title) for address, one in changes}
    for outcome in renders.stacks.get(stack, ()):
        same = [one for one in outcome.objects or () if (outcome.release.address, one.title) not in changed]
        yield from (use.image for use in image_uses(same))
    for address, one in changes:
        if one.before is not None:
            yield from (use.image for use in image_uses([KubernetesObject(address, "", "", one.before)]))


def _moved(gone: set[str], new: set[str], redact: Redact) -> dict[str, Any]:
    """What is new, gone, and changed: the same repository with another tag or digest."""
    by_repository: defaultdict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, images in enumerate((gone, new)):
        for image in sorted(images):
            by_repository[_repository(image)][side].append(image)
    found: dict[str, list[Any]] = {"new": [], "gone": [], "changed": []}
    for _, (before, after) in sorted(by_repository.items()):
        shown = [tuple(one_line(redact(image)) for image in side) for side in (before, after)]
        if len(before) == len(after) == 1:
            found["changed"].append((shown[0][0], shown[1][0]))
        else:
            found["gone"] += shown[0]
            found["new"] += shown[1]
    return {name: tuple(images) for name, images in found.items()}


def _repository(image: str) -> str:
    """`registry.example.com:5000/web` of `registry.example.com:5000/web:1.2@sha256:…`."""
    path = image.partition("@")[0]
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{name.partition(':')[0]}"
