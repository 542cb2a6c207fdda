"""Derives a teardown from what was planned and rendered; no cloud and no cluster is asked.

    teardown({"prod-cluster": [], "prod-gateway": ["prod-cluster"]}, plans, outcomes)

Stacks go before those that they read. What a controller made of an object, it takes away when the object goes, as long
as it still runs by then: so its stack goes later where that is open, and where it does not, that is told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import networkx

from groundplan.objects import KubernetesObject
from groundplan.objects.fields import pod_of
from groundplan.rendering.order import installed_before, without_keys

from . import words

if TYPE_CHECKING:
    from groundplan.rendering.rendering import Outcome

__all__ = ["Found", "Step", "Teardown", "teardown"]


@dataclass(frozen=True)
class Found:
    """One thing: where it is from, what it is, what becomes of it, and the page that says so."""

    address: str
    what: str
    says: str
    bills: bool
    source: str


@dataclass
class Step:
    """A stack that goes: what must go or be changed before it, what goes with it, what stays, and what is not known."""

    stack: str
    first: list[Found] = field(default_factory=list)
    goes: list[Found] = field(default_factory=list)
    stays: list[Found] = field(default_factory=list)
    unknown: list[Found] = field(default_factory=list)


@dataclass(frozen=True)
class Teardown:
    """The steps, in the order in which stacks go."""

    steps: tuple[Step, ...]

    def as_json(self) -> list[dict[str, Any]]:
        """For machines: a row a stack."""
        return [asdict(step) for step in self.steps]


@cache
def _facts(name: str) -> dict[str, Any]:
    return dict(json.loads((files("groundplan.teardown") / "data" / f"{name}.json").read_text("utf-8")))


@dataclass(frozen=True)
class _Object:
    stack: str
    address: str
    chart: str
    one: KubernetesObject


def teardown(
    needs: Mapping[str, Sequence[str]],
    plans: Mapping[str, Mapping[str, Any]],
    rendered: Mapping[str, Sequence[Outcome]],
) -> Teardown:
    """The teardown of an environment.

    `needs` has the environment's stacks in the order in which they are applied, each with those whose outputs it reads.
    `plans` and `rendered` are theirs by name: planned as JSON, and what became of their releases.
    """
    steps, asked = _steps(_order(needs, ()), plans, rendered)
    return Teardown(tuple(_steps(_order(needs, asked), plans, rendered)[0] if asked else steps))


def _order(needs: Mapping[str, Sequence[str]], asked: Iterable[tuple[str, str]]) -> list[str]:
    """The order in which stacks go: each before those that it reads.

    `asked` are pairs of a stack that should go before another, whose controllers take away what theirs made. That of
    which the stacks' own dependencies say the opposite is not heard.
    """
    applied = {stack: index for index, stack in enumerate(needs)}
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_nodes_from(needs)
    graph.add_edges_from((stack, other) for stack, others in needs.items() for other in others if other in applied)
    for stack, other in sorted(set(asked)):
        if not networkx.has_path(graph, other, stack):
            graph.add_edge(stack, other)
    return list(networkx.lexicographical_topological_sort(graph, key=lambda stack: -applied[stack]))


def _steps(
    order: Sequence[str], plans: Mapping[str, Mapping[str, Any]], rendered: Mapping[str, Sequence[Outcome]]
) -> tuple[list[Step], set[tuple[str, str]]]:
    """What becomes of the stacks in this order, and which stacks should go before which others."""
    steps = {stack: Step(stack) for stack in order}
    here = _Environment(order, plans, rendered)
    for each in here.objects:
        for fact in _facts("made")["kinds"]:
            _made(here, steps, each, fact)
        _names(here, steps[each.stack], each)
        _claims(here, steps, each)
    for stack in order:
        _staying(steps[stack], plans.get(stack, {}))
        for outcome in rendered.get(stack, ()):
            if outcome.objects is None:
                told = Found(outcome.release.address, outcome.release.chart, words.not_rendered(outcome.why), False, "")
                steps[stack].unknown.append(told)
            else:
                _kept(steps[stack], outcome)
    return list(steps.values()), here.asked


class _Environment:
    """What is there, and when it goes."""

    def __init__(
        self,
        order: Sequence[str],
        plans: Mapping[str, Mapping[str, Any]],
        rendered: Mapping[str, Sequence[Outcome]],
    ) -> None:
        self.asked: set[tuple[str, str]] = set()
        self.when = {stack: index for index, stack in enumerate(order)}
        self.objects = [
            _Object(stack, outcome.release.address, outcome.release.chart, one)
            for stack in order
            for outcome in rendered.get(stack, ())
            for one in outcome.objects or ()
            if not one.is_hook
        ]
        self._before = {stack: installed_before(plans.get(stack, {})) for stack in order}
        self._controllers: dict[str, list[tuple[str, str]]] = {}
        self.namespaces: dict[str, str] = {}
        native: list[_Object] = []
        for stack in order:
            for outcome in rendered.get(stack, ()):
                self._controllers.setdefault(outcome.release.chart, []).append((stack, outcome.release.address))
            for resource, after, _ in _managed(plans.get(stack, {})):
                kind, address = str(resource.get("type")), str(resource.get("address"))
                if kind == "aws_eks_addon":
                    self._controllers.setdefault(str(after.get("addon_name")), []).append((stack, address))
                elif kind in ("kubernetes_namespace", "kubernetes_namespace_v1"):
                    self.namespaces[str(_first(after.get("metadata")).get("name"))] = stack
                native += _native(stack, address, kind, after)
        self.objects += native
        self.classes = {
            each.one.name: each
            for each in self.objects
            if each.one.kind == "StorageClass" and each.one.identity[0] == "storage.k8s.io"
        }

    def running(self, names: Iterable[str]) -> list[tuple[str, str, str]]:
        """Controllers of these names that the environment brings: name, stack, address."""
        return [(name, *place) for name in names for place in self._controllers.get(name, ())]

    def outlives(self, controller: tuple[str, str, str], stack: str, address: str) -> bool:
        """Whether a controller goes after an object of a release."""
        _, where, its_own = controller
        if where != stack:
            return self.when[where] > self.when[stack]
        return without_keys(its_own) in self._before[stack].get(without_keys(address), frozenset())

    def class_of(self, name: str) -> _Object | None:
        """The class of volumes of that name, or the default."""
        if name:
            return self.classes.get(name)
        default = _facts("made")["volumes"]["default"]
        return next((each for each in self.classes.values() if each.one.annotations.get(default) == "true"), None)


def _made(here: _Environment, steps: Mapping[str, Step], each: _Object, fact: Mapping[str, Any]) -> None:
    """What a controller makes of one object."""
    one, step = each.one, steps[each.stack]
    if one.kind != fact["kind"] or one.identity[0] != fact.get("group", ""):
        return
    if any(_at(one.document, path) not in values for path, values in fact.get("where", {}).items()):
        return
    if wanted := fact.get("class"):
        name = str(_at(one.document, wanted["at"]) or "")
        found = next(
            (other.one for other in here.objects if (other.one.kind, other.one.name) == (wanted["kind"], name)), None
        )
        if found is None:
            step.unknown.append(Found(each.address, one.title, words.class_unknown(name), True, fact["source"]))
            return
        if _at(found.document, wanted["controller"]) not in wanted["among"]:
            return
    if stays := fact.get("stays"):
        step.stays.append(Found(each.address, f"{one.title}: {fact['makes']}", stays, True, fact["source"]))
        return
    what = f"{one.title}: {fact['makes']}"
    guard = fact.get("refuses", {})
    if guard and guard["holds"] in str(one.annotations.get(guard["annotation"]) or ""):
        says = words.protected(guard["holds"], guard["annotation"])
        step.first.append(Found(each.address, what, says, True, fact["source"]))
    _by_controllers(here, step, each, what, fact["controllers"], fact["source"])


def _by_controllers(
    here: _Environment, step: Step, each: _Object, what: str, names: Sequence[str], source: str
) -> None:
    """Notes whether those who take it away are there by then."""
    running = here.running(names)
    here.asked.update((each.stack, stack) for _, stack, _ in running if stack != each.stack)
    late = [one for one in running if here.outlives(one, each.stack, each.address)]
    if late:
        told = [f"{name} ({stack})" for name, stack, _ in late]
        step.goes.append(Found(each.address, what, words.goes_with(told), True, source))
    else:
        told = sorted({name for name, _, _ in running})
        step.first.append(Found(each.address, what, words.remove_while_there(each.one.title, told), True, source))


def _names(here: _Environment, step: Step, each: _Object) -> None:
    """Records that are made of an object's names."""
    fact = _facts("made")["names"]
    said = str(each.one.annotations.get(fact["annotation"]) or "")
    hosts = [host.strip() for host in said.split(",") if host.strip()]
    group = each.one.identity[0]
    rules = _at(each.one.document, fact["hosts"].get(f"{group} {each.one.kind}".strip(), ""))
    hosts += [str(rule["host"]) for rule in rules or () if isinstance(rule, Mapping) and rule.get("host")]
    if not hosts or not here.running(fact["controllers"]):
        return
    what = f"{each.one.title}: {fact['makes']}"
    flags = sorted({flag for flag in fact["left_by"] if _runs_with(here, fact["controllers"], flag)})
    if flags:
        step.first.append(Found(each.address, what, words.delete_records(flags, hosts), False, fact["source"]))
    else:
        _by_controllers(here, step, each, what, fact["controllers"], fact["source"])


def _runs_with(here: _Environment, charts: Sequence[str], flag: str) -> bool:
    """Whether a container of one of these charts has the argument."""
    return any(
        flag in (*(container.get("args") or ()), *(container.get("command") or ()))
        for each in here.objects
        if each.chart in charts
        for _, pod in filter(None, [pod_of(each.one.document)])
        for container in _at(pod, "spec.containers") or ()
        if isinstance(container, Mapping)
    )


def _claims(here: _Environment, steps: Mapping[str, Step], each: _Object) -> None:
    """Volumes of claims: those that a release has, those that a StatefulSet makes, and classes that keep them."""
    fact, one, step = _facts("made")["volumes"], each.one, steps[each.stack]
    if one.kind == "StorageClass" and _at(one.document, "reclaimPolicy") == "Retain":
        step.stays.append(Found(each.address, one.title, words.volumes_stay(one.name), True, fact["source"]))
    elif one.kind == "PersistentVolumeClaim":
        _volume(here, steps, each, one.title, str(_at(one.document, "spec.storageClassName") or ""), None)
    elif one.kind == "StatefulSet":
        deleted = _at(one.document, "spec.persistentVolumeClaimRetentionPolicy.whenDeleted") == "Delete"
        count = _at(one.document, "spec.replicas")
        for template in _at(one.document, "spec.volumeClaimTemplates") or ():
            name = f"{_at(template, 'metadata.name')}-{one.name}"
            claims = [f"{name}-{index}" for index in range(count if isinstance(count, int) else 1)]
            kind = str(_at(template, "spec.storageClassName") or "")
            _volume(here, steps, each, f"{one.title}: claims {name}", kind, None if deleted else claims)


def _volume(
    here: _Environment,
    steps: Mapping[str, Step],
    each: _Object,
    title: str,
    kind: str,
    left: Sequence[str] | None,
) -> None:
    """What becomes of the volumes of claims; `left` are those that their owner leaves."""
    fact, step = _facts("made")["volumes"], steps[each.stack]
    what = f"{title}: {fact['makes']}"
    storage = here.class_of(kind)
    if storage is None:
        step.unknown.append(Found(each.address, title, words.class_unknown(kind), True, fact["source"]))
        return
    if _at(storage.one.document, "reclaimPolicy") == "Retain":
        step.stays.append(Found(each.address, what, words.delete_volumes(title), True, fact["source"]))
        return
    drivers = fact["drivers"].get(str(_at(storage.one.document, "provisioner")), [])
    owner = here.namespaces.get(each.one.namespace)
    if left is None:
        _by_controllers(here, step, each, what, drivers, fact["source"])
        return
    last = steps[owner].stack if owner else each.stack
    running = [one for one in here.running(drivers) if one[1] != last]
    here.asked.update((last, stack) for _, stack, _ in running)
    there = [one for one in running if here.when[one[1]] > here.when[last]]
    if owner and there:
        told = [f"{name} ({stack})" for name, stack, _ in there]
        says = words.goes_with_namespace(each.one.namespace, told)
        step.goes.append(Found(each.address, what, says, True, fact["source"]))
    else:
        says = words.delete_claims(each.one.namespace, left)
        step.first.append(Found(each.address, what, says, True, fact["source"]))


def _staying(step: Step, plan: Mapping[str, Any]) -> None:
    """Resources that stay, or refuse to go."""
    facts: dict[str, list[Mapping[str, Any]]] = {}
    for fact in _facts("staying")["resources"]:
        facts.setdefault(fact["type"], []).append(fact)
    for resource, after, unknown in _managed(plan):
        for fact in facts.get(str(resource.get("type")), ()):
            address, argument = str(resource.get("address")), fact["at"]
            bills, source = bool(fact.get("bills")), str(fact["source"])
            if unknown.get(argument):
                if "is" not in fact:
                    # whatever it will be, it is set
                    continue
                step.unknown.append(Found(address, address, words.said_at_apply(argument), bills, source))
                continue
            value = after.get(argument)
            if value not in fact["is"] if "is" in fact else not value:
                continue
            says = str(fact["says"]).format(value=value)
            if cure := fact.get("refuses"):
                step.first.append(Found(address, address, f"{says}: {cure}", bills, source))
            else:
                step.stays.append(Found(address, address, says, bills, source))


def _kept(step: Step, outcome: Outcome) -> None:
    fact = _facts("made")["kept"]
    kept = [one for one in outcome.objects or () if one.annotations.get(fact["annotation"]) == fact["value"]]
    if kept:
        says = words.helm_keeps(len(kept), sorted({one.kind for one in kept}))
        step.stays.append(Found(outcome.release.address, outcome.release.chart, says, False, fact["source"]))


_NATIVE: Mapping[str, tuple[str, str, Callable[[Mapping[str, Any]], Mapping[str, Any]]]] = {
    "kubernetes_service": ("v1", "Service", lambda said: {"spec": _first(said.get("spec"))}),
    "kubernetes_storage_class": (
        "storage.k8s.io/v1",
        "StorageClass",
        lambda said: {"provisioner": said.get("storage_provisioner"), "reclaimPolicy": said.get("reclaim_policy")},
    ),
    "kubernetes_persistent_volume_claim": (
        "v1",
        "PersistentVolumeClaim",
        lambda said: {"spec": {"storageClassName": _first(said.get("spec")).get("storage_class_name")}},
    ),
    "kubernetes_ingress": (
        "networking.k8s.io/v1",
        "Ingress",
        lambda said: {
            "spec": {
                "ingressClassName": _first(said.get("spec")).get("ingress_class_name"),
                "rules": _first(said.get("spec")).get("rule"),
            }
        },
    ),
}
"""Objects that Terraform makes without a release, as the API has them: https://registry.terraform.io/providers/hashicorp/kubernetes/"""


def _native(stack: str, address: str, kind: str, after: Mapping[str, Any]) -> Iterator[_Object]:
    if (known := _NATIVE.get(kind.removesuffix("_v1"))) is None:
        return
    version, name, made = known
    metadata = {key: value for key, value in _first(after.get("metadata")).items() if value is not None}
    document = {"apiVersion": version, "kind": name, "metadata": metadata, **made(after)}
    place = "" if name == "StorageClass" else str(metadata.get("namespace") or "default")
    yield _Object(stack, address, "", KubernetesObject(address, kind, place, document))


def _managed(plan: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]]:
    """The resources that will be there, with what is known of them and what is not."""
    for resource in plan.get("resource_changes") or ():
        change = resource.get("change") or {}
        after, unknown = change.get("after"), change.get("after_unknown")
        if resource.get("mode") == "managed" and isinstance(after, Mapping):
            yield resource, after, unknown if isinstance(unknown, Mapping) else {}


def _first(blocks: Any) -> Mapping[str, Any]:
    """The one block of a list."""
    found = blocks[0] if isinstance(blocks, list) and blocks else {}
    return found if isinstance(found, Mapping) else {}


def _at(value: Any, path: str) -> Any:
    """What stands below maps; None where nothing does, or the path is empty."""
    for key in path.split(".") if path else ("",):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
