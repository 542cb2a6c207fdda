"""One run: search everywhere, remember, decide, delete what may go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .findings import Finding, Seen, Told, decide, remembered
from .kinds import KINDS
from .region import Region
from .settings import Settings

__all__ = ["Run", "search"]


@dataclass(frozen=True)
class Run:
    """What came of a run: `news` are keys that no run before found, `unsearched` says what could not be looked at."""

    told: tuple[Told, ...]
    seen: Mapping[str, Seen]
    news: frozenset[str]
    unsearched: Mapping[str, str]


def search(settings: Settings, before: Mapping[str, Seen], client: Callable[[str, str], Any], now: datetime) -> Run:
    """Looks for every kind in every region; `client(service, region)` makes a client of boto3.

    A kind that cannot be looked at leaves what was known of it as it was: nothing is forgotten for that, and nothing of
    it is deleted.
    """
    today = now.date()
    unsearched: dict[str, str] = {}
    told: list[Told] = []
    seen: dict[str, Seen] = {}
    left = settings.deletion.most if settings.deletion else 0
    for name in settings.regions:
        region = Region(name, settings, now, lambda service, name=name: client(service, name))  # type: ignore[misc]
        for kind in settings.kinds:
            try:
                found = list(KINDS[kind].find(region))
            except (BotoCoreError, ClientError) as error:
                place = f"{name}/{kind}"
                unsearched[place] = str(error)
                seen |= {key: one for key, one in before.items() if key.startswith(f"{place}/")}
                continue
            for finding in found:
                seen[finding.key] = remembered(finding, before.get(finding.key), settings.deletion, today)
                decided = decide(finding, seen[finding.key], settings.deletion, today)
                if decided.action == "delete" and left > 0:
                    left -= 1
                    decided = decided.done(_delete(region, finding))
                elif decided.action == "delete":
                    decided = decided.done("left for the next run: enough was deleted in this one")
                told.append(decided)
    return Run(tuple(told), seen, frozenset(seen) - frozenset(before), unsearched)


def _delete(region: Region, finding: Finding) -> str:
    try:
        KINDS[finding.kind].delete(region, finding)
    except (BotoCoreError, ClientError, RuntimeError) as error:
        return f"not deleted: {error}"
    return "deleted"
