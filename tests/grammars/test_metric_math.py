"""Metric math is read as CloudWatch reads it, and what it would refuse is refused with a reason."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.grammars.metric_math import MetricMath, MetricMathFault

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
READ = {
    "m1": {"m1"},
    "100 * errors / FILL(requests, 1)": {"errors", "requests"},
    "IF(m1 > 10 AND m2 != 0, m1 / m2, 0)": {"m1", "m2"},
    "IF(m1 >= 1 || m2 <= 2 && m3 == 3, 1)": {"m1", "m2", "m3"},
    "SUM([m1, m2, -m3]) ^ 2": {"m1", "m2", "m3"},
    "SUM(METRICS('errors'))": set(),
    "SUM(METRICS())": set(),
    "FILL(m1, REPEAT)": {"m1"},
    "ANOMALY_DETECTION_BAND(m1, 1.5e1)": {"m1"},
    "SLICE(SORT(SEARCH('{AWS/EC2,InstanceId} CPUUtilization', 'Average', 300), MAX, DESC), 0, 3)": set(),
    "(a + (b))": {"a", "b"},
}
REFUSED = {
    "": "must not end where a number, an id or a function is due",
    "m1 +": "must not end where a number, an id or a function is due",
    "(m1": "must have ) before its end",
    "[m1 m2]": "must have ] before m2",
    "m1 m2": "must end before m2, or go on with an operator",
    "RAET(m1)": "must call functions of metric math, which RAET is none of",
    "sum(m1)": "must call functions of metric math, which sum is none of",
    "Errors / m1": "must have a number, an id in lower case or a function in place of Errors",
    "m1 / ) 2": "must have a number, an id in lower case or a function in place of )",
    "m1 % 2": "must be metric math, which % 2 cannot stand in",
    "(" * 60 + "m1" + ")" * 60: "must not nest deeper than 50 brackets",
}


@pytest.mark.parametrize("expression", sorted(READ))
def test_an_expression_names_its_queries(expression: str) -> None:
    assert MetricMath.read(expression).names == READ[expression]


@pytest.mark.parametrize("expression", sorted(REFUSED))
def test_what_cloudwatch_would_refuse_is_refused_with_a_reason(expression: str) -> None:
    with pytest.raises(MetricMathFault) as refused:
        MetricMath.read(expression)
    assert str(refused.value) == REFUSED[expression]


NAMES = st.sampled_from(["m1", "errors", "e_2"])
EXPRESSIONS = st.recursive(
    NAMES | st.integers(0, 99).map(str),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "^", "<", ">=", "AND", "||"]), inner).map(" ".join),
        inner.map("({})".format),
        inner.map("-{}".format),
        st.tuples(st.sampled_from(["SUM", "RATE", "FILL"]), st.lists(inner, min_size=1, max_size=3)).map(
            lambda call: f"{call[0]}({', '.join(call[1])})"
        ),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_whatever_is_put_together_by_the_rules_is_read(expression: str) -> None:
    names = MetricMath.read(expression).names
    assert names == {name for name in ("m1", "errors", "e_2") if name in expression}


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(MetricMathFault):
        assert all(name[0].islower() for name in MetricMath.read(text).names)
