"""What a new resource says that was said already: tags of its whole stack, and attributes that apply fills in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .sensitive import child_mask

__all__ = ["known_later", "shared_tags", "without_repeats"]


def shared_tags(resources: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The tags that all new resources of a plan have in common, as the provider's `default_tags` makes them.

    Resources that take no tags do not count. A tag that one of them marks sensitive is in no list.
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs#default_tags-configuration-block
    """
    shared: dict[str, str] | None = None
    for resource in resources:
        change = resource.get("change") or {}
        if list(change.get("actions") or ()) != ["create"]:
            continue
        tags = _tags(change.get("after"), "tags_all")
        if not tags:
            continue
        masked = child_mask(change.get("after_sensitive"), "tags_all")
        shown = {name: value for name, value in tags.items() if child_mask(masked, name) is not True}
        shared = (
            shown if shared is None else {name: value for name, value in shared.items() if shown.get(name) == value}
        )
    return shared or {}


def without_repeats(after: Any, shared: Mapping[str, str]) -> Any:
    """A new resource's attributes without the `tags_all` that its `tags` or the `shared` ones say."""
    repeated = _tags(after, "tags_all")
    if not repeated:
        return after
    said = {**shared, **_tags(after, "tags")}
    return after | {"tags_all": {name: value for name, value in repeated.items() if said.get(name) != value}}


def known_later(unknown: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What is unknown in part of a new resource, and the names of the attributes that are unknown as a whole."""
    if not isinstance(unknown, dict):
        return {}, ()
    whole = tuple(sorted(name for name, said in unknown.items() if said is True))
    return {name: said for name, said in unknown.items() if said is not True}, whole


def _tags(after: Any, attribute: str) -> dict[str, str]:
    tags = after.get(attribute) if isinstance(after, dict) else None
    return tags if isinstance(tags, dict) else {}
