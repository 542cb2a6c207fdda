"""Every kind that is made has a bringer, which is there first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from groundplan.objects import KubernetesObject
from groundplan.rendering.bringers import Kinds, kinds_of
from groundplan.rendering.order import installed_before
from groundplan.rendering.rendering import Outcome
from groundplan.synth.manifest import ClusterFacts, StackRecord

from .charts import release

WIDGET = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "one"}}
DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "names": {"kind": "Widget"},
        "versions": [{"name": "v1", "served": True}, {"name": "v1beta1", "served": False}],
    },
}
MONITOR = {"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "metadata": {"name": "one"}}
DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "one"}}
BUILT_IN = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "one"}}

Objects = Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]]


def _looked_at(
    stacks: Mapping[str, Objects],
    *,
    waits: Mapping[str, Sequence[str]] | None = None,
    provides: Sequence[str] = (),
    within: Mapping[str, Sequence[str]] | None = None,
    unplanned: Sequence[str] = (),
    addons: Mapping[str, Mapping[str, str | None]] | None = None,
) -> Kinds:
    """Stacks of releases of objects, each with the folder of the chart that it is from.

    `addons` are names of add-ons by stack and address; one without a name is deleted.
    """
    records, outcomes, plans = [], {}, {}
    for name, releases in stacks.items():
        records.append(
            StackRecord(
                name=name,
                environment="prod",
                family=name,
                folder=name,
                depends_on=tuple((waits or {}).get(name, ())),
                calls={},
                call_modules={},
                answers={},
            )
        )
        if name in unplanned:
            continue
        found, resources = [], []
        for address, objects in releases.items():
            made = tuple(KubernetesObject(address, f"c/{folder}/x.yaml", "", each) for folder, each in objects)
            found.append(Outcome(release(None, {}, stack=name, address=address), made))
            resources.append(
                {"address": address, "type": "helm_release", "depends_on": list((within or {}).get(address, ()))}
            )
        outcomes[name] = found
        changes = [
            {"address": address, "type": "aws_eks_addon", "change": {"after": addon and {"addon_name": addon}}}
            for address, addon in (addons or {}).get(name, {}).items()
        ]
        plans[name] = {"configuration": {"root_module": {"resources": resources}}, "resource_changes": changes}
    facts = ClusterFacts(kubernetes_version="1.34", provides=tuple(provides))
    return kinds_of("prod", facts, records, outcomes, plans)


def _messages(kinds: Kinds) -> list[str]:
    return [f"{problem.path}: {problem.message}" for problems in kinds.problems.values() for problem in problems]


def test_kubernetes_brings_its_own_kinds() -> None:
    looked = _looked_at({"a": {"helm_release.x": [("templates", DEPLOYMENT), ("templates", BUILT_IN)]}})
    assert _messages(looked) == []


def test_a_kind_without_a_bringer_is_an_error_that_names_the_chart_of_the_lock() -> None:
    looked = _looked_at({"a": {"helm_release.x": [("templates", MONITOR)]}})
    (problem,) = looked.problems["a"]
    assert problem.path == "a: helm_release.x"
    assert 'no matches for kind "ServiceMonitor" in version "monitoring.coreos.com/v1"' in problem.message
    assert "The chart prometheus-operator-crds of the lock brings it." in problem.cure
    assert "kubernetes.provides" in problem.cure


def test_what_the_environment_says_is_there_is_an_assumption_with_who_relies_on_it() -> None:
    looked = _looked_at(
        {"a": {"helm_release.x": [("templates", MONITOR)]}},
        provides=["prometheus-operator-crds", "snapshot-controller"],
    )
    assert _messages(looked) == []
    assert {each.chart: each.used_by for each in looked.assumptions} == {
        "prometheus-operator-crds": ("a: helm_release.x",),
        "snapshot-controller": (),
    }


def test_an_earlier_stack_brings_a_kind_and_a_stack_that_is_not_waited_for_brings_it_too_late() -> None:
    stacks: dict[str, Objects] = {
        "base": {"helm_release.crds": [("templates", DEFINITION)]},
        "between": {},
        "user": {"helm_release.x": [("templates", WIDGET)]},
    }
    waits = {"between": ["base"], "user": ["between"]}
    assert _messages(_looked_at(stacks, waits=waits)) == []
    (message,) = _messages(_looked_at(stacks))
    assert "Widget comes too late: base: helm_release.crds brings it, and user does not wait for base" in message


def test_in_one_stack_the_release_that_brings_a_kind_is_waited_for() -> None:
    stacks: dict[str, Objects] = {
        "a": {"helm_release.x": [("templates", WIDGET)], "helm_release.crds": [("crds", DEFINITION)]}
    }
    assert _messages(_looked_at(stacks, within={"helm_release.x": ["helm_release.crds"]})) == []
    (message,) = _messages(_looked_at(stacks, within={"helm_release.crds": ["helm_release.x"]}))
    assert "the release does not wait for helm_release.crds" in message


def test_one_release_may_bring_its_kinds_in_the_folder_crds_alone() -> None:
    both = {
        folder: _looked_at({"a": {"helm_release.x": [(folder, DEFINITION), ("templates", WIDGET)]}})
        for folder in ("crds", "templates")
    }
    assert _messages(both["crds"]) == []
    (message,) = _messages(both["templates"])
    assert "from a template of the same release" in message


SNAPSHOT_CLASS = {
    "apiVersion": "snapshot.storage.k8s.io/v1",
    "kind": "VolumeSnapshotClass",
    "metadata": {"name": "one"},
}


def test_an_add_on_brings_its_kinds_to_later_stacks_and_to_releases_that_wait_for_it() -> None:
    addon = {"aws_eks_addon.it": "snapshot-controller"}
    both: dict[str, Objects] = {
        "base": {},
        "user": {"helm_release.x": [("templates", SNAPSHOT_CLASS)]},
    }
    assert _messages(_looked_at(both, waits={"user": ["base"]}, addons={"base": addon})) == []
    (message,) = _messages(_looked_at(both, addons={"base": addon}))
    assert "VolumeSnapshotClass comes too late: base: aws_eks_addon.it brings it" in message
    one: dict[str, Objects] = {"user": {"helm_release.x": [("templates", SNAPSHOT_CLASS)]}}
    waits = {"helm_release.x": ["aws_eks_addon.it"]}
    assert _messages(_looked_at(one, within=waits, addons={"user": addon})) == []
    (message,) = _messages(_looked_at(one, addons={"user": addon}))
    assert "the release does not wait for aws_eks_addon.it" in message


def test_an_add_on_that_is_deleted_or_brings_other_kinds_brings_nothing() -> None:
    stacks: dict[str, Objects] = {"a": {"helm_release.x": [("templates", SNAPSHOT_CLASS)]}}
    for addons in ({"aws_eks_addon.it": None}, {"aws_eks_addon.it": "metrics-server"}):
        (message,) = _messages(_looked_at(stacks, addons={"a": addons}))
        assert "nothing brings VolumeSnapshotClass" in message


def test_a_version_that_is_not_served_is_not_there() -> None:
    beta = {**WIDGET, "apiVersion": "example.com/v1beta1"}
    looked = _looked_at({"a": {"helm_release.x": [("crds", DEFINITION), ("templates", beta)]}})
    (message,) = _messages(looked)
    assert 'in version "example.com/v1beta1"' in message


def test_nothing_is_said_of_missing_kinds_while_a_stack_or_a_release_was_not_looked_at() -> None:
    stacks: dict[str, Objects] = {"a": {"helm_release.x": [("templates", WIDGET)]}, "b": {}}
    looked = _looked_at(stacks, unplanned=["b"])
    assert _messages(looked) == []
    assert looked.not_looked_at == ("b",)


def _plan(root: Mapping[str, Any]) -> dict[str, Any]:
    return {"configuration": {"root_module": root}}


def _release(address: str, *references: str, depends_on: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "address": address,
        "expressions": {"values": {"references": list(references)}},
        "depends_on": list(depends_on),
    }


def test_the_order_goes_through_resources_variables_and_outputs() -> None:
    inner = {
        "resources": [_release("helm_release.user", "var.ready", "var.ready")],
    }
    brings = {
        "resources": [
            _release("helm_release.crds"),
            {"address": "time_sleep.settle", "depends_on": ["helm_release.crds"]},
            _release("helm_release.apart"),
        ],
        "outputs": {"ready": {"expression": {"references": ["time_sleep.settle.id", "time_sleep.settle"]}}},
    }
    call = {"module": inner, "expressions": {"ready": {"references": ["module.base.ready", "module.base"]}}}
    found = installed_before(_plan({"module_calls": {"base": {"module": brings}, "user": call}}))
    assert found["module.user.helm_release.user"] == {"module.base.helm_release.crds"}


def test_a_module_that_depends_on_another_waits_for_all_of_it() -> None:
    inner = {"resources": [_release("helm_release.user")]}
    brings = {"resources": [_release("helm_release.crds"), _release("helm_release.apart")]}
    calls = {"base": {"module": brings}, "user": {"module": inner, "depends_on": ["module.base"]}}
    found = installed_before(_plan({"module_calls": calls}))
    assert found["module.user.helm_release.user"] == {"module.base.helm_release.crds", "module.base.helm_release.apart"}


def test_the_instances_of_a_release_are_one() -> None:
    found = installed_before(
        _plan({"resources": [_release("helm_release.a"), _release("helm_release.b", 'helm_release.a["x"].name')]})
    )
    assert found == {"helm_release.a": frozenset(), "helm_release.b": {"helm_release.a"}}
