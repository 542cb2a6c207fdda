"""Judges plans by the Rego rules of a folder of policies, and knows none of them."""

from __future__ import annotations

from .docs import policies_hcl, render_docs, selftest_json, write_generated
from .engines import EngineName, available_engines
from .findings import Finding, Findings, Rule, Severity, Verdict
from .judging import ENVIRONMENTS_FILE, environments_json, get_ready, judge, rules
from .metadata import RuleFile, read_rules
from .testing import RegoTest, TestReport, run_rego_tests

__all__ = [
    "ENVIRONMENTS_FILE",
    "EngineName",
    "Finding",
    "Findings",
    "RegoTest",
    "Rule",
    "RuleFile",
    "Severity",
    "TestReport",
    "Verdict",
    "available_engines",
    "environments_json",
    "get_ready",
    "judge",
    "policies_hcl",
    "read_rules",
    "render_docs",
    "rules",
    "run_rego_tests",
    "selftest_json",
    "write_generated",
]
