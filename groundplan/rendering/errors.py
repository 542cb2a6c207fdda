"""Everything this package says to a person, one function a message."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from groundplan.problems import BadInput, Problem, ToolFailed, cut

__all__ = [
    "HOW_TO_GET_HELM",
    "chart_not_at_hand",
    "document_no_map",
    "document_unknown",
    "document_unreadable",
    "helm_broke",
    "helm_does_not_load",
    "helm_refuses",
    "kind_comes_late",
    "kind_without_bringer",
    "left_out",
    "made_up",
    "namespace_comes_late",
    "no_environment",
    "no_helm",
    "no_object",
    "no_such_helm",
    "no_table",
    "not_yaml",
    "other_archives",
    "passed_unchecked",
    "place_unknown",
    "release_comes_later",
    "resource_comes_later",
    "same_release_brings_it",
    "setting_not_read",
    "settings_unknown",
    "stack_comes_later",
    "switched",
    "value_without_effect",
    "values_unknown",
]

HOW_TO_GET_HELM = "Install the extra groundplan[charts] (on Linux with glibc 2.34 or newer), or put helm on PATH."


def no_environment() -> str:
    """Why nobody knows what else is in a cluster: a root of others."""
    return "what else is in the cluster"


def place_unknown(words: Sequence[str]) -> str:
    """Why a release cannot be rendered: what is asked for first is not known."""
    return f"its {' and '.join(words)} {'is' if len(words) == 1 else 'are'} known only after apply"


def document_unknown(number: int, count: int) -> str:
    """A document of `values` that is left out of a render."""
    return f"document {number} of {count} of its values is known only after apply"


def made_up() -> str:
    """What stands for what only an apply will tell."""
    return "and made up here"


def left_out() -> str:
    """What stands for what only an apply will tell."""
    return "and left out here"


def passed_unchecked(stack: str, title: str, count: int) -> str:
    """Settings of an application that were not compared with what it takes."""
    each = "a setting" if count == 1 else f"{count} settings"
    return f"{stack}: {each} for {title}, known only after apply, printed by a template or free by name"


def values_unknown() -> str:
    """No document of `values` is known."""
    return "its values are known only after apply"


def settings_unknown(word: str) -> str:
    """A `set` block that is left out of a render."""
    return f"a part of {word} is known only after apply"


def document_unreadable(number: int, reason: str) -> str:
    """A document of `values` that Helm cannot read."""
    return f"document {number} of its values is no YAML: {reason}"


def document_no_map(number: int) -> str:
    """A document of `values` that is a list or a scalar."""
    return f"document {number} of its values is no map"


def setting_not_read(name: str) -> str:
    """A `set` block in the part of Helm's language that is not read here."""
    return f"{name} is set in a way that only Helm itself reads; say it in values"


def no_helm() -> str:
    """Nothing can be rendered on this machine."""
    return f"there is no Helm here. {HOW_TO_GET_HELM}"


def chart_not_at_hand(title: str, repository: str, name: str) -> str:
    """A chart whose archive is not on this machine."""
    if name:
        return f"{title} of {repository} is not at hand. Pull it: groundplan charts pull {name}"
    return f"{title} of {repository} is not at hand, and no chart of the lock"


def helm_refuses(path: str, title: str, name: str, said: str) -> Problem:
    """A release that Helm does not render."""
    return Problem(
        path,
        f"cannot be rendered: Helm says of {title} as {name}: {cut(' '.join(said.split()))}",
        "Change the values that it names; an apply would fail on the same.",
    )


def not_yaml(path: str, title: str, template: str, reason: str) -> Problem:
    """What a template made is no YAML."""
    return Problem(
        path,
        f"cannot be applied: {template} of {title} makes what is no YAML with these values: {reason}",
        "A value with a line break, a quote or a colon often does that where the template does not quote it.",
    )


def no_table(path: str, title: str) -> Problem:
    """A scalar or a list where the chart has a map, of which Helm only warns."""
    return Problem(
        path,
        f"must be a map, as {title} has it: Helm only warns, and drops every default of the part",
        "Set the values inside it, or null to take the part away.",
    )


def no_object(path: str, title: str, template: str) -> Problem:
    """What a template made is YAML without apiVersion or kind."""
    return Problem(
        path,
        f"cannot be applied: {template} of {title} makes something without apiVersion and kind",
        "Change the values that the template is made from.",
    )


def switched(path: str, now: Any) -> str:
    """What switches a part off."""
    return f"{path} is {json.dumps(now)}"


def other_archives(titles: Sequence[str]) -> str:
    """Charts that were tried out, GROUNDPLAN_CHARTS_UNPINNED."""
    which = "the archive" if len(titles) == 1 else "the archives"
    return (
        f"{which} that the lock means of {', '.join(titles)}: what GROUNDPLAN_CHARTS has was rendered instead, as "
        "GROUNDPLAN_CHARTS_UNPINNED asks for"
    )


def value_without_effect(path: str, title: str, switch: str, names: Sequence[str]) -> Problem:
    """Values that change no object, whatever they are: one, or all that one switch switches off."""
    what = (
        "has no effect" if len(names) == 1 else f"has {len(names)} values without effect ({cut(', '.join(names), 400)})"
    )
    if switch:
        return Problem(
            path,
            f"{what}: {title} makes the same objects with and without, because {switch}",
            "Leave it out while that is so, or switch its part on.",
        )
    return Problem(
        path,
        f"{what}: {title} makes the same objects with it, without it and with another value",
        "Leave it out, or find out what the chart reads instead: its templates decide, not its values.yaml.",
    )


def no_such_helm(named: str) -> BadInput:
    """GROUNDPLAN_HELM names nothing that can be run."""
    return BadInput(
        Problem("GROUNDPLAN_HELM", f"names no command, got {named!r}", "Give the path of helm, or leave it out.")
    )


def helm_does_not_load(reason: str) -> ToolFailed:
    """Helm is installed, and this machine cannot use it."""
    return ToolFailed(
        f"Helm does not start here: {cut(reason.strip())}",
        cure="Name a helm that does in GROUNDPLAN_HELM, or remove the package helm-python-sdk to go on without one.",
    )


def helm_broke(code: int | None, said: str) -> ToolFailed:
    """Helm's process ended in the middle."""
    return ToolFailed(
        f"Helm ended in the middle of a render, with {code}",
        cure="Name a helm in GROUNDPLAN_HELM: a command that fails leaves no process behind.",
        output=said,
    )


def kind_without_bringer(path: str, title: str, api_version: str, kind: str, charts: Sequence[str]) -> Problem:
    """An object of a kind that the cluster does not know."""
    known = f"The chart {' or '.join(charts)} of the lock brings it. " if charts else ""
    return Problem(
        path,
        f"makes {title} of {api_version}, and nothing brings {kind} to the cluster: the API server would say "
        f'no matches for kind "{kind}" in version "{api_version}"',
        f"{known}Install what brings it in an earlier stack, or, if it is there without any stack, name its chart in "
        "the environment's kubernetes.provides.",
    )


def kind_comes_late(path: str, title: str, api_version: str, kind: str, bringer: str, order: str) -> Problem:
    """An object of a kind that comes after it."""
    return Problem(
        path,
        f"makes {title} of {api_version}, and {kind} comes too late: {bringer} brings it, {order}",
        "Install what brings the kind first: in a stack that this one reads from, or by depends_on in the same one.",
    )


def namespace_comes_late(path: str, title: str, namespace: str, maker: str, order: str) -> Problem:
    """An object in a namespace that comes after it."""
    return Problem(
        path,
        f"makes {title}, and the namespace comes too late: {maker} makes it, {order}; the API server answers namespaces"
        f' "{namespace}" not found',
        "Let it take the namespace from what makes that, by an output or by depends_on, or from a stack that it reads.",
    )


def stack_comes_later(stack: str, other: str) -> str:
    """Why a kind is late."""
    return f"and {stack} does not wait for {other}"


def resource_comes_later(address: str) -> str:
    """Why a namespace is late."""
    return f"and nothing here waits for {address}"


def release_comes_later(address: str) -> str:
    """Why a kind is late."""
    return f"and the release does not wait for {address}"


def same_release_brings_it() -> str:
    """Why a kind is late."""
    return "from a template of the same release, which Helm looks up before it installs any of them"
