"""Whether requests inside a cluster come through: NetworkPolicies against who asks whom.

    found = judge(objects, plans, seen)      objects and plans of an environment by stack, its signals
    found.problems      by stack: what is refused, for sure
    found.warnings      by stack: what is refused unless something opens it that was not looked at

A request that leads to nobody whose pods are known is not judged: who is asked may be outside of all stacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from groundplan.objects import KubernetesObject
from groundplan.problems import Problem
from groundplan.signals import Environment, Judged, Running

from . import errors
from .asked import Asked, asked
from .cluster import Cluster
from .collected import collected
from .policies import Policies
from .proxies import asked_by_proxies, meshes_of

__all__ = ["judge"]


def judge(
    objects: Mapping[str, Sequence[KubernetesObject]],
    running: Sequence[Running],
    plans: Mapping[str, Mapping[str, Any]],
    signals: Environment,
) -> Judged:
    """Looks at every request of an environment.

    `objects` are those of its stacks that are looked at, of releases and of resources; `running` are its releases.
    """
    cluster = Cluster.of(objects, running, plans, signals)
    policies = Policies([one for _, one in cluster.of_kind("networking.k8s.io", "NetworkPolicy")], cluster.namespaces)
    found: dict[str, dict[Problem, None]] = {}
    meshes = list(meshes_of(cluster))
    unseen = [pods for mesh in meshes for pods in mesh.unseen]
    for request in (*asked(cluster), *collected(cluster, unseen), *asked_by_proxies(cluster, meshes)):
        for problem in _refused(request, policies):
            found.setdefault(request.stack, {}).setdefault(problem)
    told = {stack: tuple(sorted(problems)) for stack, problems in sorted(found.items())}
    # what was not looked at may let it through
    return Judged(told, {}, ()) if signals.sees_all_objects else Judged({}, told, ())


def _refused(request: Asked, policies: Policies) -> Iterator[Problem]:
    refusals = {
        (pods and pods.title, port): policies.refusal(request.source, pods, port) for pods, port in request.targets
    }
    if request.one_is_enough and None in refusals.values():
        return
    by_reason: dict[tuple[str, tuple[str, ...]], dict[str, None]] = {}
    for (_, port), refusal in refusals.items():
        if refusal is not None:
            by_reason.setdefault((refusal.direction, refusal.policies), {}).setdefault(str(port))
    path = f"{request.stack}: {request.address}"
    for (direction, names), ports in sorted(by_reason.items()):
        yield errors.refused(path, request.who, request.what, request.why, list(ports), direction, names)
