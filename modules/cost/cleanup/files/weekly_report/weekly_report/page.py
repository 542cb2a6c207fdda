"""The report as a page that mail programs show as browsers do: tables, styles at each thing, no script, no image."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from .costs import Change, Costs
from .savings import Recommended, Waste

__all__ = ["Report", "page", "summary"]

INK, QUIET, LINE, PAPER, BAR, BEFORE = "#1d2733", "#5d6b7a", "#e3e8ee", "#f5f7fa", "#2f6fde", "#b9c6d6"
MORE, LESS = "#b3261e", "#1b7f4b"
MOVERS, LEAST_MOVED = 8, 1.0
KINDS = {
    "idle_load_balancer": "load balancers that nothing comes through",
    "idle_nat_gateway": "NAT gateways that nothing goes through",
    "log_group_without_retention": "log groups kept for ever",
    "old_snapshot": "old snapshots that no image uses",
    "stale_image": "images that nobody pulls",
    "unassociated_address": "addresses that belong to nothing",
    "unattached_volume": "volumes attached to nothing",
}
"""What the other function finds, for people."""


@dataclass(frozen=True)
class Report:
    """What a page is made of."""

    account: str
    costs: Costs
    families: Sequence[Change]
    environments: Sequence[Change]
    recommended: Recommended
    waste: Waste | None

    @property
    def saved(self) -> float:
        """What could be saved in a month: recommendations and waste, which are counted apart and may overlap."""
        return self.recommended.monthly + (self.waste.monthly if self.waste else 0.0)


def summary(report: Report) -> str:
    """The report in three lines, for mail programs that show no pages."""
    whole = report.costs.whole()
    return (
        f"{_period(report)}: {_money(whole.now, report)}, {_percent(whole)} against the week before.\n"
        f"Dearest families: {_named(report.families[:3], report)}.\n"
        f"Could be saved in a month: up to {_money(report.saved, report)}.\n"
    )


def page(report: Report) -> str:
    """The whole page."""
    whole = report.costs.whole()
    tiles = (
        ("This week", _money(whole.now, report), _period(report)),
        ("Against the week before", _signed(whole, report), _percent(whole)),
        ("Could be saved in a month", f"up to {_money(report.saved, report)}", "by what is said below"),
    )
    movers = report.costs.movers(MOVERS, LEAST_MOVED)
    parts = [
        _tiles(tiles),
        _section("By family", "of the tag Service", _changes(report.families, report, bars=True)),
        _section("By environment", "of the tag Environment", _changes(report.environments, report, bars=True)),
        _section(
            "Top movers",
            "services of AWS that changed most",
            _changes(movers, report) if movers else _none("Nothing moved by more than a unit of the currency."),
        ),
        _section("Waste", _waste_of(report), _waste(report)),
        _section("Recommended by AWS", "of Cost Optimization Hub, a month", _recommended(report)),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Costs of {escape(report.account)}, {_period(report)}</title></head>"
        f'<body style="margin:0;background:{PAPER};color:{INK};font:15px/1.45 -apple-system,Segoe UI,Roboto,Helvetica,'
        'Arial,sans-serif"><table role="presentation" width="100%" cellspacing="0" cellpadding="0"><tr>'
        '<td align="center" style="padding:28px 12px"><table role="presentation" cellspacing="0" cellpadding="0" '
        'style="width:100%;max-width:760px;text-align:left"><tr><td>'
        f'<h1 style="margin:0 0 2px;font-size:24px">Costs of {escape(report.account)}</h1>'
        f'<p style="margin:0 0 20px;color:{QUIET}">{_period(report)}, against the seven days before. '
        "Credits and refunds are left out.</p>"
        f"{''.join(parts)}"
        f'<p style="margin:24px 0 0;color:{QUIET};font-size:13px">A tag counts from the day on which it was activated '
        "as a cost allocation tag. Waste is priced by the list of us-east-1, so it costs no more than that; what AWS "
        "recommends may name the same resources.</p>"
        "</td></tr></table></td></tr></table></body></html>\n"
    )


def _period(report: Report) -> str:
    return f"{report.costs.first:%d %b} to {report.costs.last:%d %b %Y}"


def _money(amount: float, report: Report) -> str:
    return f"{amount:,.2f} {escape(report.costs.currency)}"


def _signed(change: Change, report: Report) -> str:
    return f"{change.difference:+,.2f} {escape(report.costs.currency)}"


def _percent(change: Change) -> str:
    return "new" if change.percent is None else f"{change.percent:+.1f} %"


def _named(some: Iterable[Change], report: Report) -> str:
    return ", ".join(f"{each.name} {_money(each.now, report)}" for each in some) or "none"


def _colour(change: Change) -> str:
    if abs(change.difference) < 0.005:
        return QUIET
    return MORE if change.difference > 0 else LESS


def _tiles(tiles: Sequence[tuple[str, str, str]]) -> str:
    cells = "".join(
        f'<td width="33%" valign="top" style="padding:14px 16px;background:#fff;border:1px solid {LINE}">'
        f'<div style="color:{QUIET};font-size:13px">{title}</div>'
        f'<div style="font-size:20px;font-weight:600;margin:3px 0">{value}</div>'
        f'<div style="color:{QUIET};font-size:13px">{note}</div></td>'
        for title, value, note in tiles
    )
    return (
        '<table role="presentation" width="100%" cellspacing="0" cellpadding="0" style="border-collapse:collapse">'
        f"<tr>{cells}</tr></table>"
    )


def _section(title: str, note: str, body: str) -> str:
    return (
        f'<h2 style="margin:26px 0 8px;font-size:17px">{title} '
        f'<span style="font-weight:400;color:{QUIET};font-size:13px">{note}</span></h2>{body}'
    )


def _none(said: str) -> str:
    return f'<p style="margin:0;padding:12px 16px;background:#fff;border:1px solid {LINE};color:{QUIET}">{said}</p>'


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """`rows` are HTML; all but the first column are numbers, or else begin with `<td`."""
    side = ["left", *["right"] * (len(heads) - 1)]
    wide = f' width="{38 if len(heads) > 3 else 68}%"'
    head = "".join(
        f'<th scope="col" align="{at}"{wide if at == "left" else ""} '
        f'style="padding:8px 12px;font-size:13px;font-weight:600;color:{QUIET};'
        f'border-bottom:1px solid {LINE};white-space:nowrap">{title}</th>'
        for at, title in zip(side, heads, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td align="{at}" valign="top" style="padding:7px 12px;border-bottom:1px solid {LINE}">{cell}</td>'
            for at, cell in zip(side, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<table width="100%" cellspacing="0" cellpadding="0" style="background:#fff;border:1px solid {LINE};'
        f'border-collapse:collapse"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    )


def _bar(change: Change, most: float) -> str:
    return "".join(
        f'<div style="height:{height}px;width:{100 * max(amount, 0) / most:.1f}%;background:{colour};'
        'border-radius:2px;margin-top:2px"></div>'
        for amount, height, colour in ((change.now, 6, BAR), (change.before, 3, BEFORE))
    )


def _changes(some: Sequence[Change], report: Report, *, bars: bool = False) -> str:
    most = max((max(each.now, each.before) for each in some), default=0.0) or 1.0
    rows = [
        (
            f"{escape(each.name)}{_bar(each, most) if bars else ''}",
            f'<span style="white-space:nowrap">{_money(each.now, report)}</span>',
            f'<span style="white-space:nowrap;color:{QUIET}">{_money(each.before, report)}</span>',
            f'<span style="white-space:nowrap;color:{_colour(each)}">{_signed(each, report)}</span>',
            f'<span style="white-space:nowrap;color:{_colour(each)}">{_percent(each)}</span>',
        )
        for each in some
    ]
    if not rows:
        return _none("Cost Explorer says nothing of it yet.")
    return _table(("", "this week", "the week before", "difference", ""), rows)


def _waste_of(report: Report) -> str:
    return f"found on {escape(report.waste.day)}, a month at most" if report.waste else ""


def _waste(report: Report) -> str:
    if report.waste is None:
        return _none("Nobody has looked yet.")
    if not report.waste.by_kind:
        return _none("Nothing is paid for and not used.")
    kinds = sorted(report.waste.by_kind.items(), key=lambda kind: (-kind[1][1], kind[0]))
    rows = [(escape(KINDS.get(kind, kind)), str(count), f"{cost:,.2f} USD") for kind, (count, cost) in kinds]
    return _table(("", "how many", "a month"), rows)


def _recommended(report: Report) -> str:
    said = report.recommended
    if said.missing:
        return _none(escape(said.missing))
    if not said.greatest:
        return _none("AWS recommends nothing.")
    rows = [
        (
            f"{escape(each.action)} <b>{escape(each.resource)}</b>"
            f'<div style="color:{QUIET};font-size:13px">{escape(each.now)}'
            f"{' to ' + escape(each.then) if each.then else ''}</div>",
            f'<span style="white-space:nowrap">{_money(each.monthly, report)}</span>',
        )
        for each in said.greatest
    ]
    shown = len(said.greatest)
    count = sum(number for number, _ in said.by_action.values())
    rest = (f"all {count}" if count > shown else "all", f"<b>{_money(said.monthly, report)}</b>")
    return _table(("", "saves"), [*rows, rest])
