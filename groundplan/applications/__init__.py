"""What passes through a chart: the applications' own configuration, held against what is known of it.

    problems = check_values(chart("loki"), values, where="values")
    judged = judge_object(service, where="object")

Helm knows nothing of `loki.limits_config`, `meshConfig` or `grafana.ini`: whatever is there reaches the program, which
refuses it when it starts, or ignores it without a word. Which keys, types and values each version takes is data, and so
is where in which chart they lie; this package reads no file before a value lies at such a place.
"""

from __future__ import annotations

from .judging import Judged, check_alloy, check_values, judge_object, judge_resource, judge_values

__all__ = ["Judged", "check_alloy", "check_values", "judge_object", "judge_resource", "judge_values"]
