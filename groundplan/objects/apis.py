"""Which versions of Kubernetes serve which of its own kinds.

    lifecycle("policy/v1beta1", "PodDisruptionBudget")     removed in 1.25, in its place policy/v1

The facts and their sources are in data/api_versions.json; where a version's own OpenAPI definitions say otherwise than
what was planned, they count.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["Lifecycle", "lifecycle", "lifecycles"]

_UNSTABLE = re.compile(r"(?:.+/)?v[0-9]+(alpha|beta)[0-9]+")
# https://github.com/kubernetes/enhancements/tree/master/keps/sig-architecture/3136-beta-apis-off-by-default
_BETA_OFF_SINCE = 24
# a new version of a beta that was on stays on: https://github.com/kubernetes/kubernetes/blob/v1.29.0/pkg/controlplane/instance.go
_BETA_STILL_ON = frozenset({"flowcontrol.apiserver.k8s.io"})


@dataclass(frozen=True)
class Lifecycle:
    """The minor versions of Kubernetes in which a kind of one API version came, was deprecated and went.

    `removed` may lie ahead, as Kubernetes plans it. `instead` is what to write in its place: an apiVersion, or an
    apiVersion and kind; empty where there is nothing.
    """

    api_version: str
    kind: str
    introduced: int | None = None
    deprecated: int | None = None
    removed: int | None = None
    instead: str = ""

    def is_removed(self, minor: int) -> bool:
        """Whether a cluster of version 1.`minor` does not have it any more."""
        return self.removed is not None and minor >= self.removed

    def is_deprecated(self, minor: int) -> bool:
        """Whether a cluster of version 1.`minor` warns of it."""
        return self.deprecated is not None and minor >= self.deprecated

    @property
    def stage(self) -> str:
        """`alpha`, `beta`, or nothing for what is stable."""
        match = _UNSTABLE.fullmatch(self.api_version)
        return match[1] if match else ""

    @property
    def is_off_by_default(self) -> bool:
        """Whether a cluster serves it only where `--runtime-config` says so, which no managed cluster lets one say."""
        if self.api_version.partition("/")[0] in _BETA_STILL_ON:
            return self.stage == "alpha"
        return self.stage == "alpha" or (self.stage == "beta" and (self.introduced or 0) >= _BETA_OFF_SINCE)


@cache
def lifecycles() -> dict[tuple[str, str], Lifecycle]:
    """Everything that was deprecated or removed, or is no stable API, by apiVersion and kind."""
    text = resources.files(__package__).joinpath("data", "api_versions.json").read_text("utf-8")
    found = {}
    for key, said in json.loads(text)["kinds"].items():
        api_version, _, kind = key.partition(" ")
        found[api_version, kind] = Lifecycle(api_version, kind, **_read(said))
    return found


def _read(said: dict[str, str]) -> dict[str, Any]:
    return {word: value if word == "instead" else int(value.partition(".")[2]) for word, value in said.items()}


def lifecycle(api_version: str, kind: str) -> Lifecycle | None:
    """What is known of one kind; None for a stable one that nobody deprecated, and for a custom one."""
    return lifecycles().get((api_version, kind))
