"""Charts that run for requests, and runtimes of functions: those that there are, by who makes them."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

from tests.policy.tables.provider import LIBRARY


def test_charts_have_the_values_that_count_their_replicas_and_budgets() -> None:
    from groundplan.charts.facts import chart, list_charts

    known: dict[str, set[str]] = {}
    for name in list_charts():
        found = known.setdefault(chart(name).chart, set())
        for path in chart(name).value_types:
            steps = path.split(".")
            found |= {".".join(steps[:length]) for length in range(1, len(steps) + 1)}
    # an umbrella chart, whose parts are charts of their own below these keys
    for part, key in (("kong", "gateway"), ("kong", "controller")):
        known["ingress"] |= {f"{key}.{path}" for path in known[part]}
    # these count the copies of a whole chart; parts that a chart can switch on are others
    counts = re.compile(r"^(replicas|replicaCount|autoscaling\.minReplicas|autoscaleMin|podDisruptionBudget|pdb)$")
    table = LIBRARY.data["parameters"]["availability"]["charts"]
    assert sorted(set(table) - set(known)) == []
    for name, facts in table.items():
        if "exempt" in facts:
            continue
        listed = {path for paths in (*facts["replicas"], *facts["budgets"]) for path in paths}
        assert sorted({*listed, *facts.get("autoscalers_on", [])} - known[name]) == [], name
        if name not in ("loki", "tempo-distributed", "mimir-distributed", "ingress"):
            assert sorted(path for path in known[name] - listed if counts.match(path)) == [], name
            assert len(facts["budgets"]) == len(facts["replicas"]), name
        for paths in facts["replicas"]:
            scaled = [path.replace("replicaCount", "replicas").rpartition("replicas")[0] for path in paths[:1]]
            scaler = f"{scaled[0]}autoscaling.minReplicas"
            assert scaler not in known[name] or scaler in paths, f"{name} {scaler}"


def test_every_chart_that_counts_no_replicas_is_exempt_for_a_reason() -> None:
    """Of the charts in the lock that have neither replicas nor a reason there are none that the rule would pass by."""
    from groundplan.charts.facts import chart, list_charts

    table = LIBRARY.data["parameters"]["availability"]["charts"]
    # nobody's requests pass through these
    tools = {"opentelemetry-operator", "tempo"}
    assert sorted({chart(name).chart for name in list_charts()} - set(table)) == sorted(tools)


def test_the_parts_of_stores_of_signals_that_stand_in_the_way_of_requests_count() -> None:
    charts = LIBRARY.data["parameters"]["availability"]["charts"]
    parts = {
        name: [paths[0].rpartition(".")[0] for paths in charts[name]["replicas"]]
        for name in charts
        if "replicas" in charts[name]
    }
    assert parts["tempo-distributed"] == ["distributor", "querier", "queryFrontend"]
    assert parts["mimir-distributed"] == [
        "distributor",
        "ingester",
        "querier",
        "query_frontend",
        "store_gateway",
        "gateway",
    ]
    assert parts["loki"] == ["distributor", "ingester", "querier", "queryFrontend", "gateway"]


def test_runtimes_have_the_days_that_cfn_lint_knows() -> None:
    # its data alone: to import it takes seconds
    (folder,) = importlib.util.find_spec("cfnlint").submodule_search_locations
    known = json.loads((Path(folder) / "data/AdditionalSpecs/LmbdRuntimeLifecycle.json").read_text())
    ours = LIBRARY.data["parameters"]["runtimes"]["deprecated"]
    assert ours == {name: facts["deprecated"] for name, facts in known.items()}
