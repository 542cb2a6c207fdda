"""What Cost Explorer says of two weeks, one after the other.

https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

__all__ = ["Change", "Costs", "changes", "read"]

LATE_DAYS = 1
"""Cost Explorer has a day's costs up to 24 hours late: https://docs.aws.amazon.com/cost-management/latest/userguide/ce-what-is.html"""
WEEK = timedelta(days=7)
USED = {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit", "Refund"]}}}
"""What is used, whoever pays for it: credits would hide it until they end."""
METRIC = "UnblendedCost"


@dataclass(frozen=True)
class Change:
    """What something cost in the week and in the one before."""

    name: str
    now: float
    before: float

    @property
    def difference(self) -> float:
        """What it costs more, or less."""
        return self.now - self.before

    @property
    def percent(self) -> float | None:
        """The same of what it cost before; None where that was nothing."""
        return None if self.before < 0.005 else 100 * self.difference / self.before


@dataclass(frozen=True)
class Costs:
    """The costs of a week that begins on `first`, and of the one before: by tags, and by AWS's own services."""

    first: date
    last: date
    currency: str
    by_tags: Mapping[tuple[str, str], tuple[float, float]]
    by_service: Mapping[str, tuple[float, float]]

    def whole(self) -> Change:
        """All of it."""
        return Change("all", *_summed(self.by_service.values()))

    def grouped(self, group: Callable[[str, str], str]) -> list[Change]:
        """By what `group` makes of the tags Environment and Service, the dearest first."""
        sums: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for (environment, service), pair in self.by_tags.items():
            sums[group(environment, service)].append(pair)
        return changes({name: _summed(pairs) for name, pairs in sums.items()})

    def movers(self, most: int, least: float) -> list[Change]:
        """The services of AWS whose costs changed most, up or down, by `least` at least."""
        moved = [each for each in changes(self.by_service) if abs(each.difference) >= least]
        return sorted(moved, key=lambda each: (-abs(each.difference), each.name))[:most]


def changes(pairs: Mapping[str, tuple[float, float]]) -> list[Change]:
    """As changes, the dearest first; what cost nothing in both weeks is left out."""
    made = [Change(name, *pair) for name, pair in pairs.items()]
    return sorted((each for each in made if each.now or each.before), key=lambda each: (-each.now, each.name))


def _summed(pairs: Any) -> tuple[float, float]:
    nows, befores = zip(*pairs, strict=True) if pairs else ((), ())
    return sum(nows), sum(befores)


def read(ce: Any, today: date) -> Costs:
    """The last week that Cost Explorer knows whole, and the one before."""
    end = today - timedelta(days=LATE_DAYS)
    middle = end - WEEK
    asked = {"TimePeriod": {"Start": (middle - WEEK).isoformat(), "End": end.isoformat()}}
    tags = [{"Type": "TAG", "Key": "Environment"}, {"Type": "TAG", "Key": "Service"}]
    by_tags, units = _asked(ce, {**asked, "GroupBy": tags}, middle, lambda keys: (_value(keys[0]), _value(keys[1])))
    services = [{"Type": "DIMENSION", "Key": "SERVICE"}]
    by_service, more = _asked(ce, {**asked, "GroupBy": services}, middle, lambda keys: keys[0])
    currencies = sorted(units | more)
    return Costs(middle, end - timedelta(days=1), currencies[0] if currencies else "USD", by_tags, by_service)


def _value(key: str) -> str:
    """Of a tag's group, which is called Environment$prod, and Environment$ without one."""
    return key.partition("$")[2]


def _asked(
    ce: Any, question: Mapping[str, Any], middle: date, name: Callable[[list[str]], Any]
) -> tuple[dict[Any, tuple[float, float]], set[str]]:
    nows: dict[Any, float] = defaultdict(float)
    befores: dict[Any, float] = defaultdict(float)
    units: set[str] = set()
    for day in _days(ce, question):
        week = nows if date.fromisoformat(day["TimePeriod"]["Start"]) >= middle else befores
        for group in day["Groups"]:
            cost = group["Metrics"][METRIC]
            week[name(group["Keys"])] += float(cost["Amount"])
            units.add(cost["Unit"])
    return {key: (nows.get(key, 0.0), befores.get(key, 0.0)) for key in {**nows, **befores}}, units


def _days(ce: Any, question: Mapping[str, Any]) -> Iterator[Any]:
    more: dict[str, str] = {}
    while True:
        answer = ce.get_cost_and_usage(Granularity="DAILY", Metrics=[METRIC], Filter=USED, **question, **more)
        yield from answer["ResultsByTime"]
        if "NextPageToken" not in answer:
            return
        more = {"NextPageToken": answer["NextPageToken"]}
