"""The two Helms that can render: PyPI's library, the default, and the command on PATH."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Protocol, cast

from groundplan import children
from groundplan.objects import read_yaml
from groundplan.problems import ToolFailed

from . import errors

__all__ = ["Helm", "Made", "Manifest", "Opened", "Refused", "Session", "Target", "helm"]


_NEEDS_GLIBC = {"0.2.2": (2, 34)}
"""What the library of a version of helm-python-sdk needs on Linux, where its packages say 2.28."""


@dataclass(frozen=True)
class Target:
    """The cluster that is rendered for: its version of Kubernetes, such as 1.33, and the API versions beside Helm's.

    `api_versions` are sorted, `group/version` and `group/version/kind`, as `.Capabilities.APIVersions.Has` takes them.
    Helm takes those of its own list to be there as well, which has versions that Kubernetes serves no more.
    """

    kubernetes_version: str
    api_versions: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class Manifest:
    """What Helm made of a template, or what a file of a folder `crds` holds: `path` begins with the chart's name."""

    path: str
    text: str


@dataclass(frozen=True)
class Made:
    """What Helm made, sorted, without NOTES.txt, and what it said meanwhile, a line each."""

    manifests: tuple[Manifest, ...]
    said: tuple[str, ...] = ()


class Refused(Exception):
    """Helm does not render this: its own words."""


class Opened(Protocol):
    """A chart that was read once and is rendered often."""

    @property
    def defaults(self) -> Mapping[str, Any]:
        """Its own values.yaml, without those of the charts inside it."""

    def render(self, values: Mapping[str, Any], *, name: str, namespace: str, target: Target) -> Made:
        """What Helm makes of these values. Raises Refused, and ToolFailed when Helm breaks."""


class Session(Protocol):
    """Something that renders one thing after the other. Two sessions render at the same time."""

    def open(self, chart: Path) -> Opened:
        """Reads a chart, an archive or a folder. Raises Refused, and ToolFailed when Helm breaks."""

    def is_over(self) -> bool:
        """Whether it cannot go on: it was closed, or its process has ended."""

    def close(self) -> None:
        """Ends what it started."""


class Helm(Protocol):
    """What renders."""

    @property
    def name(self) -> str:
        """Which Helm it is, with its version: what another one makes may differ."""

    def session(self) -> Session:
        """Starts one. Raises ToolFailed."""


def helm() -> Helm | None:
    """The library where it is installed and can be loaded, else the command on PATH; None without either.

    GROUNDPLAN_HELM, a path or a name on PATH, puts the command first.
    """
    named = os.environ.get("GROUNDPLAN_HELM", "")
    if not named:
        with suppress(importlib.metadata.PackageNotFoundError):
            version = importlib.metadata.version("helm-python-sdk")
            if _glibc_is_new_enough(_NEEDS_GLIBC.get(version, ())):
                return _Library(version)
    path = shutil.which(named or "helm")
    if named and not path:
        raise errors.no_such_helm(named)
    return _Command(path) if path else None


def _glibc_is_new_enough(oldest: tuple[int, ...]) -> bool:
    """Whether the C library is as new as that, or is no glibc at all, as on macOS."""
    try:
        name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    except (AttributeError, ValueError, OSError):
        return True
    return name != "glibc" or tuple(map(int, re.findall(r"\d+", version))) >= oldest


@dataclass(frozen=True)
class _Library:
    version: str

    @property
    def name(self) -> str:
        return f"helm-python-sdk {self.version}"

    def session(self) -> Session:
        return _Worker()


class _Worker:
    def __init__(self) -> None:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the worker)
        self._process = children.start(
            [sys.executable, "-P", str(Path(__file__).with_name("_worker.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
        )
        self._to, self._from = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)
        answer = self._read()
        if "broken" in answer:
            self.close()
            raise errors.helm_does_not_load(answer["broken"])

    def open(self, chart: Path) -> Opened:
        answer = self.ask({"open": str(chart)})
        return _Loaded(self, answer["chart"], answer["defaults"])

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of the library."""
        try:
            self._to.write(json.dumps(request).encode() + b"\n")
            self._to.flush()
        except OSError:
            raise self._broken() from None
        answer = self._read()
        if "refused" in answer:
            raise Refused(answer["refused"])
        return answer

    def _read(self) -> dict[str, Any]:
        line = self._from.readline()
        if not line.endswith(b"\n"):
            raise self._broken()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _broken(self) -> ToolFailed:
        children.end(self._process)
        self._said.seek(0)
        said = self._said.read().decode(errors="replace")
        self.close()
        return errors.helm_broke(self._process.returncode, said)

    def is_over(self) -> bool:
        return self._process.poll() is not None

    def close(self) -> None:
        for pipe in (self._to, self._from, self._said):
            with suppress(OSError):
                pipe.close()
        children.end(self._process)


class _Loaded:
    def __init__(self, worker: _Worker, chart: int, defaults: Mapping[str, Any]) -> None:
        self.defaults = defaults
        self._worker = worker
        self._chart = chart
        self._first: Mapping[str, str] | None = None

    def render(self, values: Mapping[str, Any], *, name: str, namespace: str, target: Target) -> Made:
        options = {
            "name": name,
            "namespace": namespace,
            "kube_version": f"v{target.kubernetes_version}.0",
            "api_versions": list(target.api_versions),
        }
        answer = self._worker.ask({"render": self._chart, "values": json.dumps(values), "options": json.dumps(options)})
        made: dict[str, str] = answer["templates"]
        if self._first is None:
            self._first = made
        else:
            made |= {path: self._first[path] for path in answer["same"]}
        return Made(_manifests(made), _lines(answer["said"]))


@dataclass(frozen=True)
class _Command:
    path: str

    @cached_property
    def name(self) -> str:
        try:
            done = children.run([self.path, "version", "--short"])
        except OSError as error:
            raise errors.helm_does_not_load(str(error)) from None
        if done.returncode:
            raise errors.helm_does_not_load(done.stderr.decode(errors="replace"))
        return f"helm {done.stdout.decode(errors='replace').strip()}"

    def session(self) -> Session:
        return _Calls(self.path)


@dataclass(frozen=True)
class _Calls:
    helm: str

    def open(self, chart: Path) -> Opened:
        defaults, _ = self.run("show", "values", str(chart))
        try:
            values = read_yaml(defaults)
        except ValueError as error:
            raise Refused(f"values.yaml: {error}") from None
        return _Named(self, chart, values if isinstance(values, Mapping) else {})

    def run(self, *arguments: str) -> tuple[str, str]:
        """What the command prints, and what it complains of."""
        done = children.run([self.helm, *arguments])
        complaint = done.stderr.decode(errors="replace")
        if done.returncode:
            raise Refused(complaint.strip().removeprefix("Error: "))
        return done.stdout.decode(errors="replace"), complaint

    def is_over(self) -> bool:
        """Each call is a process of its own."""
        return False

    def close(self) -> None:
        """Nothing was started."""


@dataclass(frozen=True)
class _Named:
    calls: _Calls
    chart: Path
    defaults: Mapping[str, Any]

    def render(self, values: Mapping[str, Any], *, name: str, namespace: str, target: Target) -> Made:
        arguments = ["--kube-version", f"v{target.kubernetes_version}.0", "--namespace", namespace]
        for version in target.api_versions:
            arguments += ["--api-versions", version]
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
            json.dump(values, file)
            file.flush()
            text, said = self.calls.run("template", name, str(self.chart), "--values", file.name, *arguments)
        return Made(_by_source(text), _lines(said))


# https://github.com/helm/helm/blob/v3.19.0/cmd/helm/template.go
_SOURCE = re.compile(r"^---\n# Source: ", re.MULTILINE)


def _by_source(text: str) -> tuple[Manifest, ...]:
    """What `helm template` prints, put together again by the template that each document is from."""
    made: dict[str, list[str]] = {}
    for document in _SOURCE.split(text)[1:]:
        path, _, content = document.partition("\n")
        made.setdefault(path.strip(), []).append(content)
    return _manifests({path: "\n---\n".join(parts) for path, parts in made.items()})


def _manifests(made: Mapping[str, str]) -> tuple[Manifest, ...]:
    return tuple(sorted(Manifest(path, text) for path, text in made.items() if not path.endswith("NOTES.txt")))


def _lines(said: str) -> tuple[str, ...]:
    return tuple(line for line in said.splitlines() if line.strip())
