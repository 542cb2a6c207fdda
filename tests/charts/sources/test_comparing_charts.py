"""A newer version of a chart is compared with the values that are set."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from groundplan.charts import Chart, chart
from groundplan.charts.comparing import differences
from groundplan.charts.locks import lock_anew, unlocked_chart
from groundplan.charts.reading import ReadChart, read_chart
from groundplan.cli import main
from groundplan.cli.commands import charts as command
from groundplan.problems import BadInput
from groundplan.rendering.releases import Release
from tests.charts.sources.serving import Said, Served, basic, chart_archive

HOME = "https://charts.example.com"
OLD = {
    "values.yaml": "web: {replicas: 1, colour: red, size: 3, note: x, log: info, extra: {}, port: '80'}\n"
    "kept: {a: 1}\n",
    "templates/all.yaml": "{{ with .Values.web }}{{ .replicas }}{{ .colour }}{{ .size }}{{ .note }}{{ .log }}"
    "{{ .port }}{{ toYaml .extra }}{{ end }}{{ .Values.kept.a }}",
}
NEW = {
    "values.yaml": "web: {size: '3', note: y, log: info, extra: null, port: '80'}\n"
    "api: {web: {replicas: 1}}\nkept: {a: 2}\nleft: {colour: a}\nright: {colour: b}\n",
    "templates/all.yaml": "{{ with .Values.web }}{{ .size }}{{ .log }}{{ .port }}{{ toYaml .extra }}{{ end }}"
    "{{ .Values.kept.a }}"
    "{{ .Values.api.web.replicas }}{{ .Values.left.colour }}{{ .Values.right.colour }}",
    "values.schema.json": json.dumps(
        {"properties": {"web": {"properties": {"log": {"enum": ["warn", "error"]}, "port": {"type": "string"}}}}}
    ),
}


def read(files: dict[str, str], version: str = "1.2.0") -> ReadChart:
    about = f"apiVersion: v2\nname: shop\nversion: {version}\nsources: [https://example.com/shop]\n"
    return read_chart({path: text.encode() for path, text in {"Chart.yaml": about, **files}.items()}, name="shop")


def locked(files: dict[str, str] = OLD) -> Chart:
    like = replace(chart("vault"), name="shop", settled={})
    return replace(unlocked_chart(read(files), like, repository=HOME), version="1.2.0")


def told(
    values: dict[str, Any], files: dict[str, str] = NEW, *, before: bool = True
) -> list[tuple[str, str, str, str]]:
    newer = read(files, "2.0.0")
    found = differences(locked(), values, newer, repository=HOME, before=read(OLD).defaults if before else None)
    return [(each.what, each.problem.path, each.problem.message, each.problem.cure) for each in found]


def test_each_value_that_is_set_is_told_with_what_becomes_of_it() -> None:
    values = {
        "kept": {"a": 5},
        "web": {
            "replicas": 3,
            "colour": "secret",
            "size": 4,
            "note": "z",
            "log": "secret",
            "extra": {"any": "thing"},
            "port": "80",
        },
    }
    found = told(values)
    assert found == [
        (
            "other default",
            "kept.a",
            "the default of shop 2.0.0 is 2, and was 1",
            "look whether what is set here is still meant",
        ),
        (
            "gone",
            "web.replicas",
            "shop 2.0.0 takes this value no more",
            "a guess, by its name: it may be api.web.replicas now; what the chart reads is listed at https://example.com/shop",
        ),
        (
            "gone",
            "web.colour",
            "shop 2.0.0 takes this value no more",
            "what the chart reads is listed at https://example.com/shop",
        ),
        ("other type", "web.size", "shop 2.0.0 takes a string here, and a whole number is set", "give a string"),
        (
            "unread",
            "web.note",
            "shop 2.0.0 shows this value still, and no template of it reads it",
            "setting it will do nothing; what the chart reads is listed at https://example.com/shop",
        ),
        ("refused", "web.log", "the schema of shop 2.0.0 refuses what is set here", "give 'warn' or 'error'"),
    ]
    assert "secret" not in str(found), "what is set may be one"


def test_what_has_gone_as_a_whole_is_told_once_and_its_defaults_are_not() -> None:
    nothing = {**NEW, "values.yaml": "kept: {a: 1}", "templates/all.yaml": "{{ .Values.kept.a }}"}
    nothing.pop("values.schema.json")
    found = told({"web": {"size": 4, "log": "x", "extra": {"a": {"b": 1}}}}, nothing)
    assert [(what, path) for what, path, *_ in found] == [("gone", "web")]
    apart = {**nothing, "templates/all.yaml": "{{ .Values.kept.a }}{{ .Values.other.log }}"}
    assert [(path, cure.partition(";")[0]) for _, path, _, cure in told({"web": {"size": 4, "log": "x"}}, apart)] == [
        ("web.size", "what the chart reads is listed at https://example.com/shop"),
        ("web.log", "a guess, by its name: it may be other.log now"),
    ]


def test_a_default_that_became_what_is_set_need_not_be_set() -> None:
    ((what, path, _, cure),) = told({"kept": {"a": 2}})
    assert (what, path, cure) == ("other default", "kept.a", "which is what is set here: it may be left out")
    assert told({"kept": {"a": 2}}, before=False) == []


def test_what_is_the_same_and_what_was_wrong_before_is_not_told() -> None:
    assert told({}, OLD) == []
    assert told({"web": {"replicas": "x", "typo": 1, "extra": {"a": 1}}, "kept": None}, OLD) == []
    unknown = told({"web": {"typo": 1, "size": "${var.x}", "port": None}})
    assert [(what, path) for what, path, *_ in unknown] == [("other default", "web.size")]


def test_a_miss_below_what_reading_could_not_follow_is_no_certain_one() -> None:
    doubtful = {**NEW, "templates/all.yaml": '{{ include (printf "%s.x" .Values.which) .Values.web }}'}
    found = told({"web": {"replicas": 3}, "kept": {"a": 1}}, doubtful, before=False)
    assert [(what, path, "perhaps" in message) for what, path, message, _ in found] == [
        ("gone", "web.replicas", True),
        ("unread", "kept", False),
    ]


def test_a_schema_that_is_none_is_told() -> None:
    with pytest.raises(BadInput, match=r"values\.schema\.json is no JSON Schema"):
        told({"kept": {"a": 1}}, {**NEW, "values.schema.json": '{"type": "nothing"}'})


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["groundplan", "charts", "list", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capfd.readouterr()
        assert "Traceback" not in said.err
        return int(ended.value.code or 0), " ".join((said.out or said.err).split())

    return run


def archive(files: dict[str, str], version: str) -> bytes:
    return chart_archive(version=version, files={path: text.encode() for path, text in files.items()})


def lock_shop(data: Path, name: str, repository: str) -> None:
    about = b"apiVersion: v2\nname: shop\nversion: 1.2.0\nsources: [https://example.com/shop]\n"
    files = {"Chart.yaml": about, **{path: text.encode() for path, text in OLD.items()}}
    lock_anew(data, name, files, repository=repository, digest="")


def release(stack: str, repository: str, version: str, values: dict[str, Any]) -> Release:
    return Release(stack, "helm_release.shop", "shop", "shop", repository, "shop", version, None, (values,), {})


def test_what_several_servers_offer_is_told_whatever_each_asks_for_and_whatever_passes_by_itself(
    run: Run, served: Served, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a repository that has given the chart up, another one that goes on with it, and a registry that wants a token
    other = served.repository.replace("charts", "other")
    sources: dict[str, Any] = {"sources": ["https://example.com/shop.git"]}
    lock_shop(data, "given-up", served.repository)
    lock_shop(data, "in-a-registry", served.registry)
    lock_shop(data, "elsewhere", other)
    offered = {
        "charts": [{"version": "1.2.0", **sources}, {"version": "1.2.1", "deprecated": "true", **sources}],
        "other": [
            {"version": "1.2.0", "urls": ["shop-1.2.0.tgz"], **sources},
            {"version": "3.0.0", "urls": ["shop-3.0.0.tgz"], **sources},
        ],
    }
    served.has_release(archive(OLD, "1.2.0"))
    for folder, entries in offered.items():
        index = Said(json.dumps({"entries": {"shop": entries}}).encode(), needs=basic("ci", "invented"))
        index.before = [Said(status=503), Said(b"cut", missing_bytes=5)]
        served.answers[f"/{folder}/index.yaml"] = index
    served.answers["/other/shop-3.0.0.tgz"] = Said(archive(NEW, "3.0.0"), needs=basic("ci", "invented"))
    served.answers["/other/shop-1.2.0.tgz"] = Said(archive(OLD, "1.2.0"), before=[Said(status=0)])
    for version, files in (("1.2.0", OLD), ("1.10.0", NEW), ("2.0.0-rc.1", NEW)):
        served.has_tag(archive(files, version), tag=version)
    served.asks_for("Bearer given", f'Bearer realm="http://{served.host}/token",service="registry",scope="pull"')
    served.answers["/token"] = Said(b'{"token": "given"}', needs=basic("ci", "invented"))
    releases = [
        release("one", served.repository, "1.2.0", {"web": {"replicas": 3}}),
        release("two", served.registry, "1.2.0", {"web": {"colour": "red"}}),
    ]
    monkeypatch.setattr(command, "_planned_releases", lambda _: releases)

    code, said = run("--newer", "--json")
    assert code == 3
    assert "Set GROUNDPLAN_CHARTS_HOST=127.0.0.1:" in said
    monkeypatch.setenv("GROUNDPLAN_CHARTS_HOST", served.host)
    monkeypatch.setenv("GROUNDPLAN_CHARTS_USERNAME", "ci")
    monkeypatch.setenv("GROUNDPLAN_CHARTS_PASSWORD", "invented")
    code, said = run("--newer", "--compare", "--json")
    rows = {row["name"]: row for row in json.loads(said)}

    assert code == 0, said
    assert "invented" not in said
    given_up, registry, elsewhere = (rows[name] for name in ("given-up", "in-a-registry", "elsewhere"))
    assert (given_up["newest"], given_up["deprecated"]) == ("1.2.1", True)
    assert (given_up["moved_to"], given_up["moved_version"]) == (other, "3.0.0")
    assert (registry["newest"], registry["is_newer"], registry["is_major"]) == ("1.10.0", True, False)
    assert (elsewhere["newest"], elsewhere["is_major"], elsewhere["deprecated"]) == ("3.0.0", True, False)
    assert [each["path"] for each in given_up["releases"]["one: helm_release.shop"]] == ["web.replicas"]
    assert [each["path"] for each in registry["releases"]["two: helm_release.shop"]] == ["web.colour"]


def test_the_command_pulls_what_is_newer_and_tells_by_value_and_release(
    run: Run, served: Served, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_shop(data, "shop", served.repository)
    served.has_release(archive(OLD, "1.2.0"))
    served.has_release(archive(NEW, "2.0.0"), version="2.0.0")
    releases = [
        release(stack, f"{served.repository}/", version, values)
        for stack, version, values in (
            ("dev", "v1.2.0", {"web": {"replicas": 3}}),
            ("prod", "1.2.0", {"web": {"replicas": 4}}),
            ("old", "1.1.0", {"web": {"colour": "red"}}),
        )
    ]
    monkeypatch.setattr(command, "_planned_releases", lambda _: releases)
    code, said = run("--newer", "--compare")
    assert code == 0
    assert "2.0.0 (major)" in said
    assert "shop 1.2.0 -> shop 2.0.0: what is different for the values of 2 releases" in said
    assert said.count("web.replicas: shop 2.0.0 takes this value no more") == 1
    assert "dev: helm_release.shop, prod: helm_release.shop" in said
    assert "web.colour" not in said, "a release of another version is compared with nothing"
    code, said = run("--newer", "--compare", "--json")
    (row,) = json.loads(said)
    assert [each["what"] for each in row["releases"]["prod: helm_release.shop"]] == ["gone"]
    served.answers["/charts/shop-2.0.0.tgz"].body = b"cut"
    for path in (data.parent / "cache" / "charts").glob("*.tgz"):
        path.unlink()
    code, said = run("--newer", "--compare")
    assert code == 3
    assert "is not the archive that was meant" in said
    assert run("--compare")[0] == 2
