"""A namespace is there before what stands in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from groundplan.objects import KNOWN_AFTER_APPLY, KubernetesObject, planned_objects
from groundplan.rendering.namespaces import late_namespaces
from groundplan.synth.manifest import StackRecord

HOME = "kubernetes_namespace.web"


def record(name: str, *waits: str) -> StackRecord:
    return StackRecord(
        name=name,
        environment="prod",
        family=name,
        folder=name,
        depends_on=waits,
        calls={},
        call_modules={},
        answers={},
    )


def resource(address: str, name: str, namespace: str | None = None, **after: Any) -> dict[str, Any]:
    said = {"name": name, "namespace": namespace}
    block = said if address.startswith("helm_release") else {"metadata": [said]}
    change = {"after": {**block, **after}}
    return {"address": address, "type": address.split(".")[0], "mode": "managed", "change": change}


def plan(*resources: dict[str, Any], waits: Mapping[str, Sequence[str]] | None = None) -> dict[str, Any]:
    found = [
        {"address": each["address"], "depends_on": list((waits or {}).get(each["address"], ()))} for each in resources
    ]
    return {"resource_changes": list(resources), "configuration": {"root_module": {"resources": found}}}


def told(
    plans: Mapping[str, dict[str, Any]], waits: Mapping[str, Sequence[str]] | None = None, *more: KubernetesObject
) -> list[str]:
    made = {name: [*planned_objects(each), *(more if name == "a" else ())] for name, each in plans.items()}
    records = [record(name, *(waits or {}).get(name, ())) for name in plans]
    return [f"{each.path}: {each.message}" for each in late_namespaces(made, records, plans)]


WEB = resource(HOME, "web")
MAP = resource("kubernetes_config_map_v1.it", "it", "web")


def test_what_does_not_wait_for_its_namespace_is_told_and_what_waits_is_not() -> None:
    assert told({"a": plan(WEB, MAP)}) == [
        "a: kubernetes_config_map_v1.it: makes ConfigMap web/it, and the namespace comes too late:"
        f" a: {HOME} makes it, and nothing here waits for {HOME}; the API server answers namespaces"
        ' "web" not found'
    ]
    between = resource("kubernetes_service_account_v1.between", "it", "web")
    waits = {MAP["address"]: [between["address"]], between["address"]: [HOME]}
    assert told({"a": plan(WEB, MAP, between, waits=waits)}) == []


def test_a_release_and_the_objects_that_it_makes_elsewhere_wait_too() -> None:
    release = resource("helm_release.it", "it", "web")
    (said,) = told({"a": plan(WEB, release)})
    assert said.startswith("a: helm_release.it: makes the release web/it, and the namespace comes too late")
    assert told({"a": plan(WEB, resource("helm_release.it", "it", "web", create_namespace=True))}) == []
    elsewhere = KubernetesObject("helm_release.it", "it/templates/role.yaml", "web", {"kind": "Role", "metadata": {}})
    homeless = resource("helm_release.it", "it", "kube-system")
    assert "makes Role web/" in told({"a": plan(WEB, homeless)}, {}, elsewhere)[0]
    assert told({"a": plan(WEB, homeless, waits={"helm_release.it": [HOME]})}, {}, elsewhere) == []


def test_another_stack_makes_the_namespace_where_this_one_waits_for_it() -> None:
    plans = {"a": plan(MAP), "b": plan(WEB), "c": plan()}
    assert told(plans, {"a": ["c"], "c": ["b"]}) == []
    (said,) = told(plans)
    assert f"b: {HOME} makes it, and a does not wait for b" in said


def test_a_namespace_that_nobody_plans_is_there_and_one_of_apply_is_not_judged() -> None:
    assert told({"a": plan(MAP)}) == []
    unknown = {"kind": "Role", "metadata": {"name": "it"}}
    assert told({"a": plan(WEB)}, {}, KubernetesObject("helm_release.it", "t", KNOWN_AFTER_APPLY, unknown)) == []


def test_a_plan_without_its_configuration_does_not_tell_the_order() -> None:
    assert told({"a": {"resource_changes": [WEB, MAP]}}) == []


def test_a_place_is_told_once_however_often_it_is_repeated() -> None:
    maps = [resource(f'kubernetes_config_map_v1.it["{name}"]', name, "web") for name in ("one", "two")]
    bare = plan(WEB, resource("kubernetes_config_map_v1.it", "it"))
    assert len(told({"a": {**bare, "resource_changes": [WEB, *maps]}})) == 1


def test_a_release_that_brings_its_own_namespace_needs_no_other() -> None:
    home = KubernetesObject(
        "helm_release.it",
        "it/templates/n.yaml",
        "",
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "web"}},
    )
    inside = KubernetesObject("helm_release.it", "it/templates/r.yaml", "web", {"kind": "Role", "metadata": {}})
    assert told({"a": plan(resource("helm_release.it", "it", "kube-system"))}, {}, home, inside) == []
