"""What two releases of one cluster both claim."""

from __future__ import annotations

from typing import Any

import pytest

from groundplan.objects import KNOWN_AFTER_APPLY, KubernetesObject, collisions


def obj(
    kind: str,
    name: str = "web",
    *,
    release: str = "a",
    api_version: str = "v1",
    template: str = "c/templates/o.yaml",
    namespace: str = "web",
    annotations: dict[str, str] | None = None,
    **said: Any,
) -> KubernetesObject:
    metadata = {"name": name, **({"annotations": annotations} if annotations else {})}
    document = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **said}
    return KubernetesObject(f"helm_release.{release}", template, namespace, document)


def pair(kind: str, **both: Any) -> list[KubernetesObject]:
    """The same object of two releases."""
    return [obj(kind, release="a", **both), obj(kind, release="b", **both)]


def told(*objects: KubernetesObject) -> list[str]:
    return [f"{problem.path}: {problem.message}" for problem in collisions({"prod-web": objects})]


def test_an_object_of_two_stacks_is_told_once_with_both_releases() -> None:
    one, other = pair("ConfigMap")
    (problem,) = collisions({"prod-b": [one], "prod-a": [other]})
    assert problem.path == "prod-b: helm_release.a"
    assert problem.message == (
        "makes ConfigMap web/web, which prod-a: helm_release.b makes too: Helm refuses the second"
    )


def test_an_object_counts_once_in_whichever_version_it_is_written() -> None:
    old, new = (
        obj("Ingress", api_version=f"networking.k8s.io/{version}", release=version) for version in ("v1beta1", "v1")
    )
    assert len(told(old, new)) == 1


def test_other_names_namespaces_and_groups_do_not_collide() -> None:
    assert told(obj("Secret"), obj("Secret", "api", release="b"), obj("Secret", namespace="api", release="b")) == []
    assert told(obj("Service"), obj("Service", api_version="serving.knative.dev/v1", release="b")) == []
    made_up = [KubernetesObject(f"helm_release.{name}", "t", "n", {"kind": "Job", "metadata": {}}) for name in "ab"]
    assert told(*made_up) == []


def test_a_release_that_makes_an_object_twice_is_told() -> None:
    (said,) = told(obj("Secret"), obj("Secret", template="c/templates/p.yaml"))
    assert "which c/templates/o.yaml of the same release makes too" in said


def test_hooks_collide_between_releases_and_not_within_one() -> None:
    hook = {"helm.sh/hook": "pre-install,pre-upgrade"}
    (said,) = told(obj("Job", annotations=hook), obj("Job", release="b"))
    assert "Helm deletes one to make the other, since a hook is among them" in said
    assert len(told(*pair("Job", annotations={"helm.sh/hook": "post-delete"}))) == 1
    assert told(obj("Job", annotations=hook), obj("Job")) == []
    assert told(*pair("Pod", annotations={"helm.sh/hook": "test"})) == []


def test_definitions_of_the_folder_crds_may_be_brought_by_two_charts() -> None:
    kind = {"api_version": "apiextensions.k8s.io/v1", "namespace": ""}
    assert told(*pair("CustomResourceDefinition", template="c/crds/widgets.yaml", **kind)) == []
    assert len(told(*pair("CustomResourceDefinition", template="c/templates/crds/widgets.yaml", **kind))) == 1


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (
            obj("Service", spec={"ports": [{"nodePort": 30080, "protocol": "TCP"}]}),
            obj("Service", "api", release="b", spec={"ports": [{"nodePort": 30080, "protocol": "UDP"}]}),
            "Service web/api asks for port 30080 of the nodes, which a service of helm_release.a has",
        ),
        (
            obj("Service", spec={"clusterIP": "10.96.0.10"}),
            obj("Service", "api", release="b", spec={"clusterIP": "10.96.0.10"}),
            "asks for the address 10.96.0.10",
        ),
        (
            obj("StorageClass", "gp3", annotations={"storageclass.kubernetes.io/is-default-class": "true"}),
            obj(
                "StorageClass",
                "x",
                release="b",
                annotations={"storageclass.beta.kubernetes.io/is-default-class": "true"},
            ),
            "is the default, and so is StorageClass web/gp3 of helm_release.a: the newest one counts",
        ),
        (
            obj("IngressClass", "alb", annotations={"ingressclass.kubernetes.io/is-default-class": "true"}),
            obj("IngressClass", "x", release="b", annotations={"ingressclass.kubernetes.io/is-default-class": "true"}),
            "an Ingress that names no class is refused",
        ),
        (
            obj("PriorityClass", "low", globalDefault=True),
            obj("PriorityClass", "high", release="b", globalDefault=True),
            "the API server refuses the second one",
        ),
    ],
)
def test_what_a_cluster_has_once_is_told(first: KubernetesObject, second: KubernetesObject, message: str) -> None:
    (said,) = told(first, second)
    assert said.startswith("prod-web: helm_release.b: ")
    assert message in said


def test_what_is_not_claimed_twice_is_not_told() -> None:
    off = {"storageclass.kubernetes.io/is-default-class": "false"}
    on = {"storageclass.kubernetes.io/is-default-class": "true"}
    assert told(obj("StorageClass", "a", annotations=on), obj("StorageClass", "b", annotations=off)) == []
    headless = {"clusterIP": "None", "ports": [{"port": 80}]}
    assert told(obj("Service", spec=headless), obj("Service", "api", release="b", spec=headless)) == []
    snapshots = {"annotations": {"snapshot.storage.kubernetes.io/is-default-class": "true"}}
    ebs, efs = (obj("VolumeSnapshotClass", driver, driver=driver, **snapshots) for driver in ("ebs", "efs"))
    assert told(ebs, efs) == []
    unsure = {"clusterIP": KNOWN_AFTER_APPLY}
    assert told(obj("Service", spec=unsure), obj("Service", "api", release="b", spec=unsure)) == []
    assert told(*pair("Secret", name=f"{KNOWN_AFTER_APPLY}-web")) == []


def webhook(release: str, **said: Any) -> KubernetesObject:
    hook = {"name": "pods.example.com", "rules": [{"resources": ["pods"], "operations": ["CREATE"]}], **said}
    return obj("MutatingWebhookConfiguration", f"web-{release}", release=release, namespace="", webhooks=[hook])


def test_a_webhook_that_two_configurations_call_for_the_same_is_told() -> None:
    (said,) = told(webhook("a"), webhook("b"))
    assert "MutatingWebhookConfiguration web-b has the webhook pods.example.com for what" in said
    assert told(webhook("a"), webhook("b", namespaceSelector={"matchLabels": {"revision": "b"}})) == []
    assert told(webhook("a"), webhook("b", rules=[{"resources": ["services"]}])) == []
    assert told(webhook("a"), webhook("b", name="services.example.com")) == []


def workload(release: str, kind: str = "DaemonSet", port: Any = None, **pod: Any) -> KubernetesObject:
    containers = [{"name": "a", "ports": [port or {"containerPort": 9100, "hostPort": 9100}]}]
    spec = {"template": {"spec": {"containers": containers, **pod}}}
    return obj(kind, f"web-{release}", release=release, api_version="apps/v1", spec=spec)


def test_a_port_of_the_same_nodes_is_told() -> None:
    (said,) = told(workload("a"), workload("b", nodeSelector={"kubernetes.io/os": "linux"}))
    assert (
        "DaemonSet web/web-b takes port 9100/TCP of its nodes, which DaemonSet web/web-a of helm_release.a takes"
        in said
    )
    # on the network of the node each port is one of the node's
    assert len(told(workload("a"), workload("b", port={"containerPort": 9100}, hostNetwork=True))) == 1
    # where a DaemonSet is on all nodes, no pod of the other finds one
    assert len(told(workload("a"), workload("b", "Deployment"))) == 1
    assert len(told(workload("a"), workload("b", nodeSelector={"pool": "gpu"}))) == 1


def test_ports_of_other_nodes_addresses_and_protocols_are_not_told() -> None:
    assert told(workload("a"), workload("b", port={"containerPort": 9100, "hostPort": 9101})) == []
    assert told(workload("a"), workload("b", port={"containerPort": 9100})) == []
    assert told(workload("a"), workload("b", port={"hostPort": 9100, "protocol": "UDP"})) == []
    local = {"hostPort": 9100, "hostIP": "127.0.0.1"}
    assert told(workload("a", port=local), workload("b", port={**local, "hostIP": "10.0.0.1"})) == []
    assert told(workload("a", nodeSelector={"pool": "a"}), workload("b", nodeSelector={"pool": "b"})) == []
    assert told(workload("a", nodeSelector={"pool": "a"}), workload("b", "Deployment")) == []
    # the scheduler finds each pod another node
    assert told(workload("a", "Deployment"), workload("b", "Deployment")) == []
    # the second may be on nodes that keep the first away
    assert told(workload("a"), workload("b", "Deployment", tolerations=[{"operator": "Exists"}])) == []
    unsure = {"pool": KNOWN_AFTER_APPLY}
    assert told(workload("a"), workload("b", nodeSelector=unsure)) == []
