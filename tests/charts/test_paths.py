from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.charts import Step, format_path, parse_path
from groundplan.problems import BadInput

keys = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8) | st.sampled_from(
    ["a.b", "*", "[]", "\\", "grafana.ini", "x[0]", "a\nb", "."]
)
ways = st.lists(keys | st.sampled_from(Step) | st.integers(0, 99), max_size=6).map(tuple)


@given(ways)
def test_a_path_that_was_written_reads_back_as_itself(way):
    assert parse_path(format_path(way)) == way


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("", ()),
        ("server.ha.replicas", ("server", "ha", "replicas")),
        (r"grafana\.ini.server", ("grafana.ini", "server")),
        ("hosts[].paths[]", ("hosts", Step.ITEMS, "paths", Step.ITEMS)),
        ("hosts[3].host", ("hosts", 3, "host")),
        ("schedules.*.template", ("schedules", Step.ANY_KEY, "template")),
    ],
)
def test_paths_read_as_they_are_written_in_the_lock(text, way):
    assert parse_path(text) == way
    assert format_path(way) == text


@pytest.mark.parametrize("text", [".a", "a.", "a..b", "a[x]", "a[]b", "a*", "a.b\\"])
def test_a_malformed_path_is_refused_with_the_way_to_write_it(text):
    with pytest.raises(BadInput) as refusal:
        parse_path(text)
    (problem,) = refusal.value.problems
    assert problem.path == text
    assert "write a.b" in problem.cure
