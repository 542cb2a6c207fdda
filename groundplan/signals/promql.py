"""PromQL as Prometheus parses it, and whether what it asks for is there.

https://prometheus.io/docs/prometheus/latest/querying/basics/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import promql_parser as promql

from groundplan.grammars.regular_expressions import runnable

from . import errors
from .emitted import Emitted
from .errors import Said

__all__ = ["LONGEST", "VARIABLE", "Found", "NotPromql", "faults", "labels_of", "metrics_of", "parse"]

VARIABLE = "grafana_variable"
"""What a variable of a dashboard is parsed as: any name and any label may stand there."""

LONGEST = 10_000
"""Characters of an expression: the parser calls itself for each bracket, and too many of them end the process."""

_NAME = "__name__"
_OF_COUNTERS = frozenset(("rate", "irate", "increase", "resets"))
_OF_GAUGES = frozenset(("delta", "idelta", "deriv", "predict_linear"))
_WITHOUT_LABELS = frozenset(("time", "vector", "scalar", "pi"))
_NEW_LABEL = {"label_replace": 1, "label_join": 1}
_KEEPING = frozenset(("topk", "bottomk", "limitk", "limit_ratio"))

Labels = frozenset[str] | None
"""Labels that something may have; None where it may have any."""


class NotPromql(ValueError):
    """What is wrong with the text, as the parser says it."""


@dataclass(frozen=True)
class Found:
    """Something wrong in an expression; a warning where the facts do not tell for sure, or where it may be meant."""

    said: Said
    is_warning: bool = False


def parse(text: str) -> Any:
    """The expression's tree, as promql-parser has it. Raises NotPromql."""
    if len(text) > LONGEST:
        raise NotPromql(f"it has more than {LONGEST:,} characters")
    try:
        return promql.parse(text)
    except ValueError as error:
        raise NotPromql(str(error)) from None


def metrics_of(tree: Any) -> list[str]:
    """The names of the metrics that an expression asks for, sorted."""
    return sorted({name for one in _selectors(tree) for name in _names(one)[0]})


def faults(tree: Any, emitted: Emitted, apart: frozenset[str] = frozenset()) -> list[Found]:
    """What of an expression finds nothing, or something else than it looks like, each said once.

    Of the metrics `apart`, which nobody emits, is said elsewhere.
    """
    found: dict[Found, None] = {}
    for one in _faults(tree, emitted, apart, ()):
        found.setdefault(one)
    return list(found)


def labels_of(tree: Any, emitted: Emitted) -> Labels:
    """The labels that what the expression gives has at most."""
    if isinstance(tree, promql.VectorSelector):
        return _labels_of_selector(tree, emitted)
    if isinstance(tree, promql.AggregateExpr):
        return _labels_of_aggregate(tree, emitted)
    if isinstance(tree, promql.BinaryExpr):
        left = labels_of(tree.lhs, emitted)
        return left if str(tree.op) in ("and", "unless") else _union(left, labels_of(tree.rhs, emitted))
    if isinstance(tree, promql.Call):
        return _labels_of_call(tree, emitted)
    inner = list(_inside(tree))
    return labels_of(inner[0], emitted) if inner else frozenset()


def _union(*several: Labels) -> Labels:
    found: frozenset[str] = frozenset()
    for one in several:
        if one is None:
            return None
        found |= one
    return found


def _inside(tree: Any) -> Iterator[Any]:
    """The expressions that an expression is made of."""
    if isinstance(tree, promql.AggregateExpr):
        yield tree.expr
        if isinstance(tree.param, promql.Expr):
            yield tree.param
    elif isinstance(tree, promql.BinaryExpr):
        yield tree.lhs
        yield tree.rhs
    elif isinstance(tree, promql.Call):
        yield from tree.args
    elif isinstance(tree, promql.MatrixSelector):
        yield tree.vector_selector
    elif isinstance(tree, (promql.ParenExpr, promql.UnaryExpr, promql.SubqueryExpr)):
        yield tree.expr


def _selectors(tree: Any) -> Iterator[Any]:
    if isinstance(tree, promql.VectorSelector):
        yield tree
    for each in _inside(tree):
        yield from _selectors(each)


def _names(selector: Any) -> tuple[list[str], list[str]]:
    """The names of metrics that a selector says, and regular expressions that it says instead."""
    names, patterns = [selector.name] if selector.name else [], []
    for matcher in selector.matchers.matchers:
        if matcher.name == _NAME and matcher.op == promql.MatchOp.Equal:
            names.append(matcher.value)
        elif matcher.name == _NAME and matcher.op == promql.MatchOp.Re:
            patterns.append(matcher.value)
    return names, patterns


def _labels_of_metric(name: str, emitted: Emitted) -> Labels:
    series = [one.labels for one, _ in emitted.series(name)]
    if name in emitted.recorded:
        series.append(emitted.recorded[name])
    return _union(*series) if series else None


def _labels_of_selector(selector: Any, emitted: Emitted) -> Labels:
    names, _ = _names(selector)
    return _union(_labels_of_metric(names[0], emitted), emitted.added_labels) if len(names) == 1 else None


def _labels_of_aggregate(tree: Any, emitted: Emitted) -> Labels:
    modifier, kept = tree.modifier, labels_of(tree.expr, emitted)
    if str(tree.op) in _KEEPING:
        return kept
    if modifier is None:
        kept = frozenset()
    elif modifier.type == promql.AggModifierType.By:
        kept = frozenset(modifier.labels)
    elif kept is not None:
        kept -= set(modifier.labels)
    if str(tree.op) == "count_values" and kept is not None:
        kept |= {_text(tree.param)}
    return kept


def _text(value: Any) -> str:
    return value.val if isinstance(value, promql.StringLiteral) else str(value)


def _labels_of_call(tree: Any, emitted: Emitted) -> Labels:
    name = tree.func.name
    if name in _WITHOUT_LABELS:
        return frozenset()
    if name in ("absent", "absent_over_time"):
        return frozenset(each.name for one in _selectors(tree) for each in one.matchers.matchers)
    if name == "info":
        return None
    found = _union(*(labels_of(each, emitted) for each in tree.args))
    if name in _NEW_LABEL and found is not None:
        found |= {_text(tree.args[_NEW_LABEL[name]])}
    if name == "histogram_quantile" and found is not None:
        found -= {"le"}
    return found


def _faults(tree: Any, emitted: Emitted, apart: frozenset[str], calls: tuple[str, ...]) -> Iterator[Found]:
    """`calls` are the functions that the expression stands in, the nearest last."""
    if isinstance(tree, promql.VectorSelector):
        yield from _selector_faults(tree, emitted, apart, calls)
    elif isinstance(tree, promql.AggregateExpr) and tree.modifier is not None:
        if tree.modifier.type == promql.AggModifierType.By:
            yield from _group_faults("by", tree.modifier.labels, labels_of(tree.expr, emitted), tree, emitted)
    elif isinstance(tree, promql.BinaryExpr):
        matching = tree.modifier.matching if tree.modifier else None
        if matching is not None and matching.type == promql.LabelModifierType.Include:
            both = _union(labels_of(tree.lhs, emitted), labels_of(tree.rhs, emitted))
            yield from _group_faults("on", matching.labels, both, tree, emitted)
    elif isinstance(tree, promql.Call):
        calls = (*calls, tree.func.name)
        if tree.func.name == "histogram_quantile" and _is_without_le(tree.args[-1], emitted):
            yield Found(errors.le_missing())
    for each in _inside(tree):
        yield from _faults(each, emitted, apart, calls)


def _group_faults(word: str, said: list[str], known: Labels, tree: Any, emitted: Emitted) -> Iterator[Found]:
    if known is None:
        return
    is_sure = all(_is_sure(name, emitted) for name in metrics_of(tree))
    for label in said:
        if label not in known and label != _NAME and not _is_added(label, emitted):
            yield Found(errors.group_label_unknown(label, word, known - emitted.added_labels), not is_sure)


def _is_added(label: str, emitted: Emitted) -> bool:
    """Whether a scrape may have added it, or a variable stands for it. A name that is there already gets a prefix.

    https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config, honor_labels
    """
    return label in emitted.added_labels or label.startswith("exported_") or VARIABLE in label


def _is_sure(name: str, emitted: Emitted) -> bool:
    return all(emitter.is_exact for _, emitter in emitted.series(name))


def _is_without_le(tree: Any, emitted: Emitted) -> bool:
    """Whether buckets lost the label that says which they are. Native histograms have none, and no `_bucket`."""
    if not any(name.endswith("_bucket") for name in metrics_of(tree)):
        return False
    labels = labels_of(tree, emitted)
    return labels is not None and "le" not in labels


def _selector_faults(selector: Any, emitted: Emitted, apart: frozenset[str], calls: tuple[str, ...]) -> Iterator[Found]:
    if selector.matchers.or_matchers:
        yield Found(errors.matchers_or())
    names, patterns = _names(selector)
    for text in patterns:
        # without a runnable expression nobody knows
        pattern = runnable(f"^(?:{text})$")
        if pattern is not None and not emitted.blind and not any(map(pattern.found_in, emitted.names)):
            yield Found(errors.no_metric_like(text), is_warning=True)
    for name in names:
        if VARIABLE in name or name in apart:
            continue
        series = emitted.series(name)
        if not series and name not in emitted.recorded:
            said, is_warning = emitted.miss(name)
            yield Found(said, is_warning)
            continue
        labels = _labels_of_metric(name, emitted)
        for matcher in selector.matchers.matchers:
            if labels is None or matcher.name == _NAME or matcher.name in labels or _is_added(matcher.name, emitted):
                continue
            yield Found(errors.label_unknown(matcher.name, name, labels), not _is_sure(name, emitted))
        if name in emitted.recorded:
            continue
        types = {one.type for one, _ in series}
        yield from _type_faults(name, types, calls, _is_sure(name, emitted))
        uncollected = [emitter for _, emitter in series if emitter.is_collected is False]
        if uncollected and len(uncollected) == len(series):
            one = uncollected[0]
            yield Found(errors.not_collected(name, one.component.name, one.releases), is_warning=True)


def _type_faults(name: str, types: set[str], calls: tuple[str, ...], is_sure: bool) -> Iterator[Found]:
    if types == {"histogram"}:
        # a native histogram is asked for by its base name: whether there is one nobody says here
        is_native = any(call.startswith("histogram_") for call in calls)
        yield Found(errors.base_name(name, "histogram"), is_native or not is_sure)
    if not calls:
        return
    if calls[-1] in _OF_COUNTERS and types == {"gauge"}:
        yield Found(errors.gauge_as_counter(calls[-1], name), is_warning=True)
    elif calls[-1] in _OF_GAUGES and types == {"counter"}:
        yield Found(errors.counter_as_gauge(calls[-1], name), is_warning=True)
