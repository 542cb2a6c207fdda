"""Findings on what Helm made of a release lead to the value of the chart that can change it, and to who sets it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from groundplan.charts import Way, format_path, parse_path
from groundplan.policy.findings import Finding, Findings, Verdict
from groundplan.rendering import Renders, Sessions, helm
from groundplan.rendering.places import Places
from groundplan.rendering.releases import Release
from groundplan.rendering.rendering import Rendering
from groundplan.synth.manifest import Manifest

from . import errors

__all__ = ["with_leads"]


def with_leads(
    findings: Findings,
    renders: Renders,
    plans: Mapping[str, Path],
    manifest: Manifest | None,
    *,
    sessions: Sessions | None,
    fresh: bool,
) -> Findings:
    """The same findings, each denied one on an object with the values that change what its rule asks for.

    Where one of them was said by whoever calls the module, that line is the finding's `setting`. Renders the releases
    with other values, for which `sessions` are used where there are some. Raises ToolFailed for a Helm that breaks.
    """
    fields = {rule.id: rule.fields for rule in findings.rules}
    wanted = [
        each for each in findings.findings if each.verdict is Verdict.DENY and each.object and fields.get(each.rule)
    ]
    if not wanted:
        return findings
    releases = {
        (stack, outcome.release.address): outcome.release
        for stack, outcomes in renders.stacks.items()
        for outcome in outcomes
        if outcome.objects is not None
    }
    with ExitStack() as held:
        if sessions is None and (found := helm()) is not None:
            sessions = held.enter_context(Sessions(found))
        led = _Leading(renders, plans, manifest, sessions, fresh)
        changed: dict[int, Finding] = {}
        for (stack, address), release in releases.items():
            here = [each for each in wanted if (each.stack, each.address) == (stack, address)]
            # fields of the same names are looked for at once
            for words in sorted({fields[each.rule] for each in here}):
                changed |= led.release(release, words, [each for each in here if fields[each.rule] == words])
    return findings.model_copy(update={"findings": tuple(changed.get(id(each), each) for each in findings.findings)})


class _Leading:
    def __init__(
        self,
        renders: Renders,
        plans: Mapping[str, Path],
        manifest: Manifest | None,
        sessions: Sessions | None,
        fresh: bool,
    ) -> None:
        self._renderings = {
            target: Rendering(target, sessions, fresh=fresh) for target in set(renders.targets.values())
        }
        self._targets = renders.targets
        self._plans = plans
        self._manifest = manifest
        self._records = {record.name: record for record in manifest.stacks} if manifest else {}
        self._configurations: dict[str, Mapping[str, Any]] = {}

    def release(self, release: Release, words: tuple[str, ...], findings: Sequence[Finding]) -> dict[int, Finding]:
        """The findings on objects of one release, each by what it was, with what leads on from it."""
        places = {id(each): (each.object or "", parse_path(each.field or "")) for each in findings}
        rendering = self._renderings[self._targets[release.stack]]
        leads = rendering.leads(release, words, set(places.values()))
        return {id(each): self._led(each, release, leads.get(places[id(each)], [])) for each in findings}

    def _led(self, finding: Finding, release: Release, ways: Sequence[Way]) -> Finding:
        if not ways:
            return finding
        places = Places(release, self._records.get(finding.stack), self._manifest, self._configuration(finding.stack))
        said, line = [], None
        for way in ways:
            path, where = places.of(way)
            if places.is_users(way):
                line = line or where
                said.append(errors.value_set_by_user(format_path(way), path))
            else:
                said.append(errors.value_set_by_module(format_path(way), is_set=release.holds(way)))
        return finding.model_copy(
            update={
                "message": errors.decided_by(finding.message, said),
                "setting": line or finding.setting,
                "values": tuple(format_path(way) for way in ways),
            }
        )

    def _configuration(self, stack: str) -> Mapping[str, Any]:
        if stack not in self._configurations:
            self._configurations[stack] = json.loads(self._plans[stack].read_bytes()).get("configuration", {})
        return self._configurations[stack]
