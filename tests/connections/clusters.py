"""Objects of a small cluster, said briefly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from groundplan.charts import chart
from groundplan.connections import judge
from groundplan.objects import KubernetesObject
from groundplan.signals import Environment, Judged, Running

STACK = "prod-mesh"


def of(
    kind: str,
    name: str,
    content: Mapping[str, Any],
    *,
    namespace: str = "shop",
    api: str = "v1",
    release: str = "helm_release.own",
    **metadata: Any,
) -> KubernetesObject:
    document = {"apiVersion": api, "kind": kind, "metadata": {"name": name, **metadata}, **content}
    return KubernetesObject(release, "c/templates/it.yaml", namespace, document)


def pods(
    name: str,
    *,
    namespace: str = "shop",
    port: int = 8080,
    labels: Mapping[str, str] | None = None,
    kind: str = "Deployment",
    release: str = "helm_release.own",
    annotations: Mapping[str, str] | None = None,
    **spec: Any,
) -> KubernetesObject:
    container = {"name": "it", "ports": [{"name": "http", "containerPort": port}], **spec.pop("container", {})}
    template = {
        "metadata": {"labels": {"app": name, **(labels or {})}, "annotations": dict(annotations or {})},
        "spec": {"containers": [container], **spec},
    }
    api = "batch/v1" if kind == "Job" else "apps/v1"
    return of(kind, name, {"spec": {"template": template}}, namespace=namespace, api=api, release=release)


def service(
    name: str, *, namespace: str = "shop", port: int = 80, target: Any = "http", **spec: Any
) -> KubernetesObject:
    ports = [{"name": "web", "port": port, "targetPort": target}]
    return of("Service", name, {"spec": {"selector": {"app": name}, "ports": ports, **spec}}, namespace=namespace)


def namespace(name: str, **labels: str) -> KubernetesObject:
    return of("Namespace", name, {}, namespace="", labels=labels)


def network_policy(
    name: str, *, namespace: str = "shop", selects: Mapping[str, Any] | None = None, **spec: Any
) -> KubernetesObject:
    content = {"podSelector": dict(selects or {}), **spec}
    return of("NetworkPolicy", name, {"spec": content}, namespace=namespace, api="networking.k8s.io/v1")


def closed(*types: str, namespace: str = "shop") -> KubernetesObject:
    return network_policy("closed", namespace=namespace, policyTypes=list(types or ("Ingress",)))


def running(locked: str, objects: Sequence[KubernetesObject], *, address: str, known: bool = True) -> Running:
    facts = chart(locked)
    found = [one for one in objects if one.release == address]
    return Running(STACK, address, facts.chart, facts.version, False, found if known else None)


def judged(
    *objects: KubernetesObject,
    releases: Sequence[Running] = (),
    plan: Mapping[str, Any] | None = None,
    blind: Sequence[str] = (),
) -> Judged:
    own = Running(STACK, "helm_release.own", "resources", "", True, objects)
    plans = {STACK: plan or {}}
    seen = Environment.of([own, *releases], plans, blind=blind)
    return judge({STACK: objects}, [own, *releases], plans, seen)


def told(found: Judged) -> list[str]:
    return [
        f"{level}: {problem.path}: {problem.message}"
        for level, by_stack in (("error", found.problems), ("warning", found.warnings))
        for problems in by_stack.values()
        for problem in problems
    ]
