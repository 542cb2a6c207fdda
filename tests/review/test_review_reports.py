"""The reports that GitLab reads, and what is cut when there is too much."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
from sample_plans import change, finding, findings, manifest, meta, outputs, plan, record, review

from groundplan.plan.meta import PlanMeta, Replacement
from groundplan.policy.findings import Severity, Verdict
from groundplan.problems import Line
from groundplan.remembering import Memory
from groundplan.review.markdown import markdown
from groundplan.review.reading import read_review

# GitLab's documented format: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
CODE_QUALITY: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./|/)."},
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"minimum": 1}}},
                },
            },
        },
    },
}

BUCKET = change("module.store.aws_s3_bucket.logs", ["create"], None, {"bucket": "prod-logs"})


def issues(files: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(files["codequality.json"])
    jsonschema.validate(found, CODE_QUALITY)
    return found


def test_terraforms_counts_are_those_of_its_actions(tmp_path: Path) -> None:
    changes = plan(
        change("aws_a.a", ["create"], None, {}),
        change("aws_a.b", ["create"], None, {}),
        change("aws_a.c", ["update"], {"x": 1}, {"x": 2}),
        change("aws_a.d", ["delete", "create"], {"x": 1}, {"x": 2}),
        change("aws_a.e", ["create", "delete"], {"x": 1}, {"x": 2}),
        change("aws_a.f", ["delete"], {"x": 1}),
        change("data.aws_b.g", ["read"], None, {}),
        change("aws_a.h", ["no-op"], {}, {}),
    )
    report = json.loads(outputs(review(tmp_path, {"prod-a": changes, "dev-a": plan(BUCKET)}))["terraform.json"])
    assert report == {"create": 5, "update": 1, "delete": 3}


def test_findings_point_at_the_python_that_made_the_resource(tmp_path: Path) -> None:
    (issue,) = issues(
        outputs(review(tmp_path, {"prod-a": plan(BUCKET)}, findings(finding("a/b", "prod-a", "aws_x.y"))))
    )
    assert issue["location"] == {"path": "modules/storage/store/module.py", "lines": {"begin": 31}}
    assert (issue["check_name"], issue["severity"]) == ("a/b", "critical")
    assert issue["description"] == "it is wrong Fix: make it right (prod-a: aws_x.y)"


def test_a_finding_points_rather_at_the_line_that_said_its_entry(tmp_path: Path) -> None:
    said = finding("a/b", "prod-a", "aws_x.y", setting=Line(file="environments/prod/storage.py", line=9))
    files = outputs(review(tmp_path, {"prod-a": plan(BUCKET)}, findings(said)))
    assert issues(files)[0]["location"] == {"path": "environments/prod/storage.py", "lines": {"begin": 9}}
    for name in ("review.md", "review.html"):
        shown = re.sub("<[^>]*>|`", "", files[name])
        assert "called from environments/storage.py:12, set at environments/prod/storage.py:9" in shown


def test_a_finding_without_a_line_points_at_the_call_else_at_the_stack_else_at_the_start(tmp_path: Path) -> None:
    called = finding("a/b", "prod-a", "aws_x.a", source=None, call=Line(file="environments/a.py", line=3))
    stray = finding("a/b", "prod-a", "aws_x.b", source=None, call=None)
    lost = finding("a/b", "prod-z", "aws_x.c", source=None, call=None)
    made = manifest(record("prod-a"))
    found = issues(outputs(review(tmp_path, {"prod-a": plan(BUCKET)}, findings(called, stray, lost), made=made)))
    places = {issue["description"].split(": ")[-1]: issue["location"] for issue in found}
    assert places["aws_x.a)"] == {"path": "environments/a.py", "lines": {"begin": 3}}
    assert places["aws_x.b)"] == {"path": "environments/a.py", "lines": {"begin": 7}}
    assert places["aws_x.c)"] == {"path": "main.py", "lines": {"begin": 1}}


def test_an_unknown_verdict_never_shouts(tmp_path: Path) -> None:
    said = [
        finding("a/b", "prod-a", f"aws_x.{severity}", severity=severity, verdict=Verdict.UNKNOWN)
        for severity in Severity
    ]
    found = issues(outputs(review(tmp_path, {"prod-a": plan(BUCKET)}, findings(*said))))
    assert len(found) == len(said)
    assert {issue["severity"] for issue in found} == {"minor", "info"}
    assert all(issue["description"].startswith("Not known before apply: ") for issue in found)


def test_fingerprints_are_distinct_and_outlive_a_moved_line_and_another_message(tmp_path: Path) -> None:
    twice = (finding("a/b", "prod-a", "aws_x.y"), finding("a/b", "prod-a", "aws_x.y", message="also wrong"))
    first = issues(outputs(review(tmp_path, {"prod-a": plan(BUCKET)}, findings(*twice))))
    moved = finding("a/b", "prod-a", "aws_x.y", message="new words", source=Line(file="b.py", line=9))
    second = issues(outputs(review(tmp_path, {"prod-a": plan(BUCKET)}, findings(moved))))
    prints = {issue["fingerprint"] for issue in first}
    assert len(prints) == 2
    assert second[0]["fingerprint"] in prints


def test_junit_has_a_suite_a_stack_and_a_case_a_rule(tmp_path: Path) -> None:
    said = findings(
        finding("a/denied", "prod-a", "aws_x.y"),
        finding("a/unknown", "prod-a", "aws_x.y", verdict=Verdict.UNKNOWN),
        finding("a/waived", "prod-a", "aws_x.y", verdict=Verdict.WAIVED, waiver="until 2027-01-31"),
        stacks=("prod-a", "prod-b"),
    )
    written = outputs(review(tmp_path, {"prod-a": plan(BUCKET), "prod-b": plan(BUCKET)}, said))["junit.xml"]
    root = ElementTree.fromstring(written)
    assert root.tag == "testsuites"
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "6",
        "failures": "1",
        "errors": "0",
        "skipped": "1",
    }
    suites = {suite.get("name"): suite for suite in root.findall("testsuite")}
    assert list(suites) == ["prod-a", "prod-b"]
    cases = {case.get("name"): case for case in suites["prod-a"].findall("testcase")}
    assert list(cases) == ["a/denied", "a/unknown", "a/waived"]
    assert "modules/storage/store/module.py:31" in (cases["a/denied"].findtext("failure") or "")
    assert cases["a/unknown"].find("skipped") is not None
    assert "until 2027-01-31" in (cases["a/waived"].findtext("system-out") or "")
    assert all(len(case) == 0 for case in suites["prod-b"].findall("testcase"))
    for suite in suites.values():
        for name, tag in (("tests", ""), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            number = len(suite.findall("testcase" if not tag else f"testcase/{tag}"))
            assert suite.get(name) == str(number)


def many(folder: Path, stacks: int, creates: int) -> tuple[dict[str, Path], dict[str, PlanMeta]]:
    paths, metas = {}, {}
    for number in range(stacks):
        name = f"prod-s{number:02}"
        made = [
            change(
                f'module.m.aws_iam_role.r["{index}"]', ["create"], None, {"name": f"{name}-{index}", "path": "/x/" * 20}
            )
            for index in range(creates)
        ]
        made.append(change("module.m.aws_iam_role.changed", ["update"], {"name": "a"}, {"name": "b"}))
        made.append(change("module.m.aws_s3_bucket.gone", ["delete"], {"bucket": "c"}))
        paths[name] = folder / f"{name}.json"
        paths[name].write_text(json.dumps(plan(*made)))
        metas[name] = meta(name, warnings=("odd",))
    return paths, metas


def test_what_matters_least_is_cut_first_and_it_is_said(tmp_path: Path) -> None:
    paths, metas = many(tmp_path, stacks=6, creates=40)
    said = findings(
        *(finding("a/b", name, f"aws_x.{index}") for name in paths for index in range(10)), stacks=tuple(paths)
    )
    whole = read_review(paths, metas, said, None, project=tmp_path, holds_data="aws_s3_bucket".__eq__)
    full = markdown(whole, whole="out/review.html")
    assert "This is cut to fit" not in full

    creates_gone = markdown(whole, whole="out/review.html", maximum_characters=len(full) - 5_000)
    assert len(creates_gone) <= len(full) - 5_000
    assert "> This is cut to fit. Not listed: " in creates_gone
    assert "The whole review: `out/review.html`." in creates_gone
    assert "40 resources to create, not listed here." in creates_gone
    assert creates_gone.count("~     name:") == 6
    assert creates_gone.count("it is wrong") == 60

    lengths = {}
    for maximum in range(1_500, len(full), 1_500):
        text = markdown(whole, whole="out/review.html", maximum_characters=maximum)
        assert len(text) <= maximum
        assert "May not merge" in text
        assert "out/review.html" in text
        lengths[maximum] = (text.count("it is wrong"), text.count("r["), text.count("~     name:"))
    for denied, creates, updates in lengths.values():
        assert not creates or updates == 6
        assert not updates or denied == 60
    assert text.count("```") % 2 == 0


def test_a_review_that_remembers_an_earlier_one_shows_what_one_that_does_not_would(tmp_path: Path) -> None:
    def resources(value: object, tag: str, secret: str) -> list[dict[str, object]]:
        tags = {"tags_all": {"team": tag}}
        return [
            change("aws_a.same", ["create"], None, {"name": "same", **tags}),
            change("aws_a.same_too", ["create"], None, {"name": "same", **tags}),
            change("aws_a.edited", ["create"], None, {"value": value, **tags}),
            change("aws_a.told", ["create"], None, {"text": f"a {secret}", **tags}),
            change("aws_a.secret", ["create"], None, {"text": secret, **tags}, after_sensitive={"text": True}),
        ]

    path, memory, said = tmp_path / "prod-a.json", Memory(), findings(stacks=("prod-a",))
    before: dict[str, Any] = {}
    steps = [(True, "t", "hidden-one"), (1, "t", "hidden-one"), (1.0, "t", "hidden-one"), ("1", "u", "hidden-one")]
    for replaced in ((), ("aws_a.same",)):
        for value, tag, secret in [*steps, (1, "u", "hidden-two")]:
            path.write_text(json.dumps(plan(*resources(value, tag, secret))))
            given = [Replacement(address=name, attributes=("name",), holds_data=False) for name in replaced]
            metas = {"prod-a": meta("prod-a", replacements=tuple(given))}
            holds, folder = "aws_a".__eq__, tmp_path
            found = read_review({"prod-a": path}, metas, said, None, project=folder, holds_data=holds, memory=memory)
            assert found == read_review({"prod-a": path}, metas, said, None, project=folder, holds_data=holds)
            shown = {each.address: each for each in found.stacks[0].changes}
            if value == 1 and value is not True and tag == "t":
                assert shown["aws_a.same"] is before["aws_a.same"]
                assert shown["aws_a.edited"] is not before["aws_a.edited"]
            before = shown
            memory.turn()


def test_the_note_is_the_review_with_a_mark_that_nobody_sees(tmp_path: Path) -> None:
    written = outputs(review(tmp_path, {"prod-a": plan(BUCKET)}))
    assert written["note.md"].startswith("<!-- groundplan review")
    assert written["note.md"].endswith(written["review.md"])
    assert len(written["note.md"]) <= 1_000_000
