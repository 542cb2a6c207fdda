"""A run in which nothing changed looks at nothing again, and one in which anything did looks at everything."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundplan import shelf
from groundplan.charts import write_local_chart
from groundplan.problems import Line, Problem
from groundplan.remembering import Memory
from groundplan.rendering import Renders, kept, render_all, run, write_objects
from groundplan.rendering.kept import Rendered
from groundplan.rendering.rendering import Outcome
from groundplan.synth.manifest import ClusterFacts, Manifest, ModuleRecord, StackRecord

from .charts import release

MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}, "data": {"a": "1"}}
WRONG = {**MAP, "data": {"a": 1}}
KIND = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "names": {"kind": "Widget", "plural": "widgets"},
        "scope": "Namespaced",
        "versions": [
            {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
        ],
    },
}
STACK = "prod-web"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GROUNDPLAN_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("GROUNDPLAN_CHARTS", raising=False)
    return tmp_path / "cache"


def _plan(after: Mapping[str, Any], before: Mapping[str, Any] | None = None, **change: Any) -> dict[str, Any]:
    said = {
        "address": "module.web.helm_release.web",
        "mode": "managed",
        "type": "helm_release",
        "change": {"before": before, "after": after, "after_unknown": {}, **change},
    }
    return {"resource_changes": [said]}


def _after(*objects: Mapping[str, Any]) -> dict[str, Any]:
    made = {str(number): each for number, each in enumerate(objects)}
    values = [yaml.safe_dump({"objects": made})]
    return {"name": "web", "namespace": "web", "chart": "modules/web/charts/resources", "values": values}


def _written(folder: Path, plan: Mapping[str, Any]) -> tuple[dict[str, Path], dict[str, Path]]:
    write_local_chart(folder / "stack/modules/web/charts/resources")
    path = folder / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    return {STACK: path}, {STACK: folder / "stack"}


def _render(folder: Path, plan: Mapping[str, Any], **said: Any) -> Renders:
    plans, folders = _written(folder, plan)
    return render_all(plans, folders, None, **{"supposed_by": "", **said})


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often a run looked at what it was given."""
    seen: list[int] = []
    look = run._Run.look

    def counting(self: Any) -> None:
        seen.append(1)
        look(self)

    monkeypatch.setattr(run._Run, "look", counting)
    return seen


def test_the_second_run_answers_as_the_first_one_from_wherever_its_folders_are(
    tmp_path: Path, looked: list[int]
) -> None:
    plan = _plan(_after(WRONG, KIND), before=_after({**MAP, "data": {"a": "2"}}, KIND))
    first = _render(tmp_path / "one", plan)
    second = _render(tmp_path / "other", plan)
    assert len(looked) == 1
    (made,) = second.stacks[STACK]
    assert made.release.folder == tmp_path / "other/stack/modules/web/charts/resources"
    (was,) = first.stacks[STACK]
    same = replace(second, stacks={STACK: (replace(made, release=replace(made.release, folder=was.release.folder)),)})
    assert same == first
    assert (len(made.objects or ()), len(first.problems[STACK])) == (2, 1)
    assert [one.title for one in second.changes[STACK][0].objects] == ["ConfigMap web/web"]
    assert second.for_rules(STACK) == first.for_rules(STACK)
    assert second.signals.keys() == first.signals.keys() == {""}
    assert second.signals[""].published == first.signals[""].published
    # whoever asks for it anew gets it anew, and so does who gives nothing that stands for what is made up
    assert _render(tmp_path / "one", plan, fresh=True) == first
    assert _render(tmp_path / "one", plan, supposed_by=None) == replace(first, made_of="")
    assert len(looked) == 3


def _environments(*names: str) -> Manifest:
    line = Line("environments/families/web.py", 3)
    return Manifest(
        stacks=tuple(
            StackRecord(
                name=f"{name}-web",
                environment=name,
                family="web",
                folder=f"stacks/{name}-web",
                depends_on=(),
                calls={"module.web": line},
                call_modules={"module.web": "web"},
                answers={},
            )
            for name in names
        ),
        modules=(ModuleRecord(name="web", family="web", lines={}),),
        environments=names,
        clusters={name: ClusterFacts(kubernetes_version="1.34") for name in names},
    )


def test_an_environment_is_looked_at_again_only_where_something_of_it_changed(
    tmp_path: Path, looked: list[int]
) -> None:
    manifest = _environments("dev", "prod")
    plans, folders = {}, {}
    for name in ("dev", "prod"):
        plan, folder = _written(tmp_path / name, _plan(_after(WRONG, KIND)))
        plans[f"{name}-web"], folders[f"{name}-web"] = plan[STACK], folder[STACK]

    def render(**said: Any) -> Renders:
        return render_all(plans, folders, manifest, supposed_by="", **said)

    memory = Memory()
    first = render(memory=memory)
    assert len(looked) == 2
    assert render() == render(memory=memory) == first
    assert len(looked) == 2
    plans["prod-web"].write_text(json.dumps(_plan(_after(MAP))), encoding="utf-8")
    for number, again in enumerate((render(memory=memory), render())):
        # the one that is kept, in memory or in the cache, is as good as the one that is made
        assert len(looked) == 3
        assert (again.made_of != first.made_of, list(again.problems)) == (True, ["dev-web"]), number
        assert again.stacks["dev-web"] == first.stacks["dev-web"]
    assert replace(render(fresh=True), made_of=again.made_of) == again
    assert len(looked) == 5
    assert again.signals.keys() == {"dev", "prod"}
    # what a stack reads of others is part of what is made up for it
    render(made_of={"prod-web": "another zone"})
    assert len(looked) == 6


SECRET = {"after_sensitive": {"values": [True]}}
WAS_SECRET = {"before_sensitive": {"values": [True]}}


@pytest.mark.parametrize("marked", [SECRET, WAS_SECRET])
def test_nothing_is_kept_of_what_is_or_was_secret(
    tmp_path: Path, cache: Path, looked: list[int], marked: dict[str, Any]
) -> None:
    plan = _plan(_after({**MAP, "data": {"a": "swordfish"}}), before=_after(MAP), **marked)
    assert _render(tmp_path, plan) == _render(tmp_path, plan)
    assert (len(looked), list((cache / "rendered").glob("*"))) == (2, [])


# What the answer depends on, each changed by itself

Change = Callable[[Path, pytest.MonkeyPatch], dict[str, Any] | None]


def _text(path: str, text: str) -> Change:
    def change(folder: Path, _: pytest.MonkeyPatch) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")

    return change


def _other(**said: Any) -> Change:
    return lambda _, __: said


def _environment(name: str, value: str) -> Change:
    def change(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(name, value.format(folder=folder))

    return change


def _gone(folder: Path, _: pytest.MonkeyPatch) -> None:
    (folder / "stack/cdk.tf.json").unlink()


def _installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "site/jsonschema-99.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(str(folder / "site"))


CHANGES: dict[str, Change] = {
    "the plan": _text("plan.json", '{"resource_changes": []}'),
    "a file of the stack": _text("stack/cdk.tf.json", "{ }"),
    "another file of the stack": _text("stack/modules/web/files/board.json", "{}"),
    "a file that is gone": _gone,
    "the manifest": _other(manifest=Manifest(stacks=(), modules=(), environments=("prod",))),
    "Helm": _other(helm="helm 4.1.0"),
    "whether values are proven": _other(prove=False),
    "what stands for what is made up": _other(supposed_by="terraform"),
    "our own code": _text("package/rendering/run.py", "x = 2\n"),
    "a fact of ours": _text("package/charts/data/charts/kong.json", "{}"),
    "a library": _installed,
    "a chart in the cache": _text("cache/charts/sha256-1.tgz", "x"),
    "a folder of charts": _environment("GROUNDPLAN_CHARTS", "{folder}/carried"),
    "which archives are taken": _environment("GROUNDPLAN_CHARTS_UNPINNED", "1"),
}


def _key(folder: Path, **said: Any) -> str:
    shelf.own_code.cache_clear()
    shelf.installed.cache_clear()
    settings = {"manifest": None, "helm": "helm 4.0.0", "prove": True, "supposed_by": "", **said}
    manifest = settings.pop("manifest")
    texts = {STACK: (folder / "plan.json").read_bytes()}
    return kept.key_of(texts, {STACK: folder / "stack"}, manifest, **settings)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plan, a stack, and a package that stands for ours."""
    for path in ("plan.json", "stack/cdk.tf.json", "package/rendering/run.py", "carried/index.json"):
        _text(path, "{}")(tmp_path, monkeypatch)
    monkeypatch.setattr(shelf, "_PACKAGE", tmp_path / "package")
    return tmp_path


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_whatever_the_answer_depends_on_changes_the_key(
    place: Path, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    before = _key(place)
    assert _key(place) == before
    assert _key(place, **(change(place, monkeypatch) or {})) != before


def test_an_archive_that_was_written_anew_under_its_name_changes_the_key(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDPLAN_CHARTS", str(place / "carried"))
    before = _key(place)
    (place / "new").write_text("()", encoding="utf-8")
    (place / "new").replace(place / "carried/index.json")
    assert _key(place) != before


def test_what_terraform_and_python_leave_beside_changes_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _key(place)
    for path in ("stack/.terraform/providers/x", "stack/.terraform.lock.hcl", "package/__pycache__/run.pyc"):
        _text(path, "x")(place, monkeypatch)
    assert _key(place) == before


# What is kept is what was there, or nothing

FOLDERS = {STACK: Path("/stacks/prod-web")}


def _rendered(values: Any, **changes: Any) -> Rendered:
    made = release(FOLDERS[STACK] / "charts/web", {"a": values}, stack=STACK)
    problem = Problem("prod-web: x", "is wrong", "Mend it.").said_at(Line("environments/prod.py", 3))
    told = {STACK: (problem,)}
    return Rendered(
        **{"helm": "helm", "stacks": {STACK: (Outcome(made, ()),)}, "problems": told, "warnings": {}, **changes}
    )


def test_what_json_has_no_word_for_and_what_names_a_place_is_not_kept() -> None:
    for number, values in enumerate([1, "x", None, [1.5, {"b": [True]}], "ü\u2028"]):
        kept.keep(str(number), _rendered(values), FOLDERS, Memory())
        assert kept.kept(str(number), FOLDERS, Memory()) == _rendered(values)
    found = kept.kept("0", FOLDERS, Memory())
    assert found is not None
    assert found.problems[STACK][0].line == Line("environments/prod.py", 3)
    elsewhere = _rendered(1, stacks={STACK: (Outcome(release(Path("/other"), stack=STACK), ()),)})
    quoting = _rendered(1, unknown=("no file /stacks/prod-web/charts/x",))
    memory = Memory()
    for key, wrong in {
        "number": _rendered(float("nan")),
        "keys": _rendered({1: "a"}),
        "pair": _rendered((1, 2)),
        "elsewhere": elsewhere,
        "quoting": quoting,
    }.items():
        kept.keep(key, wrong, FOLDERS, memory)
        assert kept.kept(key, FOLDERS, memory) is None, key


def test_files_that_are_what_they_would_be_are_left_alone_and_others_written_again(tmp_path: Path) -> None:
    renders, out = _render(tmp_path, _plan(_after(MAP))), tmp_path / "out"
    told: list[str] = []

    def redact(_: str, text: str) -> str:
        told.append(text)
        return text

    (path,) = write_objects(renders, out, redact)
    text = path.read_text("utf-8")
    assert write_objects(renders, out, redact) == [path]
    assert (len(told), "kind: ConfigMap" in text) == (1, True)
    for spoil in (lambda: path.write_text("x"), path.unlink, lambda: (path.parent / "old.yaml").write_text("x")):
        spoil()
        assert write_objects(renders, out, redact) == [path]
        assert {each.name: each.read_text("utf-8") for each in path.parent.iterdir()} == {path.name: text}
    assert len(told) == 4
    # what depends on nothing that is known is written whenever it is asked for
    for _ in range(2):
        write_objects(replace(renders, made_of=""), out, redact)
    assert len(told) == 6
