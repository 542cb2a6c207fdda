"""What an update of a release does to its objects.

What is refused here, and what is taken, is what an API server of 1.34.4 said when each object was made and then patched
as Helm patches it.
"""

from __future__ import annotations

import json
import random as chance
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.objects import KNOWN_AFTER_APPLY, KubernetesObject
from groundplan.objects.changes import Certainty, ObjectAction, ObjectChange, object_changes
from tests.objects.documents import DELETE, GOOD, changed, made

LABELS = {"app": "web"}
CLAIM = GOOD["PersistentVolumeClaim"]["spec"]


def named(api_version: str, kind: str, **said: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "web", "labels": LABELS}, **said}


MORE = {
    "DaemonSet": {**GOOD["Deployment"], "kind": "DaemonSet", "spec": {**GOOD["Deployment"]["spec"], "strategy": None}},
    "ReplicaSet": {
        **GOOD["Deployment"],
        "kind": "ReplicaSet",
        "spec": {**GOOD["Deployment"]["spec"], "strategy": None},
    },
    "Pod": named("v1", "Pod", spec=GOOD["Deployment"]["spec"]["template"]["spec"]),
    "PersistentVolume": named(
        "v1",
        "PersistentVolume",
        spec={
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteOnce"],
            "csi": {"driver": "d", "volumeHandle": "x"},
        },
    ),
    "StorageClass": named("storage.k8s.io/v1", "StorageClass", provisioner="a.example.com", parameters={"a": "b"}),
    "CSIDriver": named("storage.k8s.io/v1", "CSIDriver", spec={}),
    "VolumeAttributesClass": named("storage.k8s.io/v1", "VolumeAttributesClass", driverName="a", parameters={"a": "b"}),
    "IngressClass": named("networking.k8s.io/v1", "IngressClass", spec={"controller": "a.example.com/x"}),
    "RuntimeClass": named("node.k8s.io/v1", "RuntimeClass", handler="runc"),
    "ResourceQuota": named("v1", "ResourceQuota", spec={"hard": {"pods": "5"}, "scopes": ["NotTerminating"]}),
    "Lease": named("coordination.k8s.io/v1", "Lease", spec={"holderIdentity": "a"}),
}
WITHOUT = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["web"]}]}


def of_kind(kind: str, path: str = "", value: Any = None) -> dict[str, Any]:
    if kind in GOOD:
        return changed(kind, path, value) if path else json.loads(json.dumps(GOOD[kind]))
    document: dict[str, Any] = json.loads(json.dumps(MORE[kind]))
    *above, last = path.split(".")
    place = document
    for step in above:
        place = place.setdefault(step, {})
    if path and value is DELETE:
        del place[last]
    elif path:
        place[last] = value
    return document


def between(before: dict[str, Any] | None, after: dict[str, Any] | None, **said: Any) -> ObjectChange:
    # another object stands beside, so that this is neither an install nor an uninstall
    beside = made(named("v1", "ServiceAccount"))
    sides = [[beside, *([made(side, **said)] if side else [])] for side in (before, after)]
    (found,) = object_changes(*sides)
    return found


REFUSED = [
    ("Deployment", "spec.selector", WITHOUT, "spec.selector"),
    ("DaemonSet", "spec.selector", WITHOUT, "spec.selector"),
    ("ReplicaSet", "spec.selector", WITHOUT, "spec.selector"),
    ("StatefulSet", "spec.serviceName", "other", "spec.serviceName"),
    ("StatefulSet", "spec.podManagementPolicy", "Parallel", "spec.podManagementPolicy"),
    ("StatefulSet", "spec.selector", {"matchLabels": LABELS}, "spec.selector"),
    ("StatefulSet", "spec.volumeClaimTemplates", DELETE, "spec.volumeClaimTemplates"),
    ("StatefulSet", "spec.volumeClaimTemplates.0.spec.resources.requests.storage", "20Gi", "volumeClaimTemplates"),
    ("StatefulSet", "spec.volumeClaimTemplates.0.metadata.labels", {"helm.sh/chart": "web-2"}, "volumeClaimTemplates"),
    ("Job", "spec.template.spec.containers.0.image", "job:2", "spec.template"),
    ("Job", "spec.template.metadata", {"labels": {"helm.sh/chart": "web-2"}}, "spec.template"),
    ("Job", "spec.completionMode", "Indexed", "spec.completionMode"),
    ("Job", "spec.completions", 2, "spec.completions"),
    ("PersistentVolumeClaim", "spec.storageClassName", "gp2", "spec.storageClassName"),
    ("PersistentVolumeClaim", "spec.accessModes", ["ReadWriteMany"], "spec.accessModes"),
    ("PersistentVolumeClaim", "spec.volumeMode", "Block", "spec.volumeMode"),
    ("PersistentVolume", "spec.csi", {"driver": "d", "volumeHandle": "y"}, "spec.csi"),
    ("PersistentVolume", "spec.volumeMode", "Block", "spec.volumeMode"),
    ("Secret", "type", "Opaque", "type"),
    ("StorageClass", "provisioner", "b.example.com", "provisioner"),
    ("StorageClass", "parameters", DELETE, "parameters"),
    ("StorageClass", "reclaimPolicy", "Retain", "reclaimPolicy"),
    ("StorageClass", "volumeBindingMode", "WaitForFirstConsumer", "volumeBindingMode"),
    ("CSIDriver", "spec.attachRequired", False, "spec.attachRequired"),
    ("CSIDriver", "spec.volumeLifecycleModes", ["Ephemeral"], "spec.volumeLifecycleModes"),
    ("VolumeAttributesClass", "parameters", {"a": "c"}, "parameters"),
    ("ClusterRoleBinding", "roleRef.name", "web:writer", "roleRef.name"),
    ("PriorityClass", "value", 5, "value"),
    ("PriorityClass", "preemptionPolicy", "Never", "preemptionPolicy"),
    ("IngressClass", "spec.controller", "b.example.com/x", "spec.controller"),
    ("RuntimeClass", "handler", "gvisor", "handler"),
    ("ResourceQuota", "spec.scopes", ["BestEffort"], "spec.scopes"),
    ("CustomResourceDefinition", "spec.scope", "Cluster", "spec.scope"),
    ("CustomResourceDefinition", "spec.names.kind", "Gadget", "spec.names.kind"),
    ("CustomResourceDefinition", "spec.versions.0.name", "v2", "status.storedVersions"),
    ("Pod", "spec.nodeSelector", DELETE, "spec.nodeSelector"),
]


@pytest.mark.parametrize(("kind", "path", "value", "said"), REFUSED)
def test_what_the_api_server_refuses_is_said_in_both_directions(kind: str, path: str, value: Any, said: str) -> None:
    good, other = of_kind(kind), of_kind(kind, path, value)
    for before, after in ((good, other), (other, good)):
        assert any(said in reason for reason in between(before, after).refused)


TAKEN = [
    ("Deployment", "spec.strategy", {"type": "Recreate"}),
    ("Deployment", "spec.replicas", 5),
    ("Deployment", "metadata.labels", {"app": "x"}),
    ("DaemonSet", "spec.updateStrategy", {"type": "OnDelete"}),
    ("StatefulSet", "spec.podManagementPolicy", "OrderedReady"),
    ("StatefulSet", "spec.volumeClaimTemplates.0.spec.resources.requests.storage", "10240Mi"),
    ("StatefulSet", "spec.volumeClaimTemplates.0.spec.volumeMode", "Filesystem"),
    ("StatefulSet", "spec.volumeClaimTemplates.0.kind", "PersistentVolumeClaim"),
    ("StatefulSet", "spec.minReadySeconds", 5),
    ("StatefulSet", "spec.persistentVolumeClaimRetentionPolicy", {"whenDeleted": "Delete"}),
    ("StatefulSet", "spec.updateStrategy", {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}),
    ("Job", "spec.completionMode", "NonIndexed"),
    ("Job", "spec.backoffLimit", 5),
    ("Job", "spec.template.spec.terminationGracePeriodSeconds", 30),
    ("Job", "spec.template.spec.containers.0.imagePullPolicy", "IfNotPresent"),
    ("CronJob", "spec.jobTemplate.spec.template.spec.containers.0.image", "job:2"),
    ("Service", "spec.type", "NodePort"),
    ("Service", "spec.selector", {"app": "x"}),
    ("ConfigMap", "data", {"config.yaml": "a: 2"}),
    ("PersistentVolumeClaim", "spec.resources.requests.storage", "10240Mi"),
    ("PersistentVolumeClaim", "spec.volumeMode", "Filesystem"),
    ("PersistentVolume", "spec.capacity", {"storage": "2Gi"}),
    ("StorageClass", "reclaimPolicy", "Delete"),
    ("StorageClass", "volumeBindingMode", "Immediate"),
    ("StorageClass", "allowVolumeExpansion", True),
    ("CSIDriver", "spec.attachRequired", True),
    ("CSIDriver", "spec.volumeLifecycleModes", ["Persistent"]),
    ("ClusterRoleBinding", "subjects", []),
    ("PriorityClass", "value", 0),
    ("PriorityClass", "preemptionPolicy", "PreemptLowerPriority"),
    ("ResourceQuota", "spec.hard", {"pods": "6"}),
    ("CustomResourceDefinition", "spec.names.shortNames", ["w"]),
    ("PodDisruptionBudget", "spec.minAvailable", 2),
    ("Lease", "spec.holderIdentity", "b"),
]


@pytest.mark.parametrize(("kind", "path", "value"), TAKEN)
def test_what_the_api_server_takes_is_not_refused_in_either_direction(kind: str, path: str, value: Any) -> None:
    good, other = of_kind(kind), of_kind(kind, path, value)
    for before, after in ((good, other), (other, good)):
        found = between(before, after)
        assert (found.action, found.refused) == (ObjectAction.UPDATE, ())


def service(**spec: Any) -> dict[str, Any]:
    return named("v1", "Service", spec={"ports": [{"port": 80}], **spec})


ONE_WAY = [
    (service(), service(clusterIP="None"), "spec.clusterIP cannot be changed", ""),
    (service(clusterIP="None"), service(), "", "stays headless"),
    (service(clusterIP="None"), service(type="LoadBalancer"), "a service of type LoadBalancer may not have", ""),
    (service(clusterIP="None"), service(type="ExternalName", externalName="a.example.com"), "", ""),
    (service(), service(clusterIP="10.96.7.7"), "", "unless spec.clusterIP is the address"),
    (
        service(type="LoadBalancer", loadBalancerClass="a.example.com/x"),
        service(type="LoadBalancer"),
        "spec.loadBalancerClass",
        "",
    ),
    (service(type="LoadBalancer", loadBalancerClass="a.example.com/x"), service(), "", ""),
    (service(ipFamilies=["IPv4"]), service(ipFamilies=["IPv6"]), "the first of spec.ipFamilies", ""),
    (service(ipFamilies=["IPv4"]), service(ipFamilies=["IPv4", "IPv6"]), "", ""),
    (
        of_kind("PersistentVolumeClaim"),
        of_kind("PersistentVolumeClaim", "spec.resources.requests.storage", "5Gi"),
        "cannot shrink",
        "",
    ),
    (
        of_kind("PersistentVolumeClaim"),
        of_kind("PersistentVolumeClaim", "spec.resources.requests.storage", "20Gi"),
        "",
        "allowVolumeExpansion",
    ),
    (
        of_kind("PersistentVolumeClaim", "spec.storageClassName", DELETE),
        of_kind("PersistentVolumeClaim"),
        "",
        "unless spec.storageClassName is the class",
    ),
    (
        of_kind("PersistentVolumeClaim", "spec.dataSource", {"kind": "VolumeSnapshot", "name": "x"}),
        of_kind("PersistentVolumeClaim"),
        "",
        "",
    ),
    # the API server fills in a partition, which OnDelete may not have
    (
        of_kind("StatefulSet"),
        of_kind("StatefulSet", "spec.updateStrategy", {"type": "OnDelete"}),
        "only allowed with RollingUpdate",
        "",
    ),
    (
        named("v1", "ConfigMap", immutable=True, data={"a": "1"}),
        named("v1", "ConfigMap", immutable=True, data={"a": "2"}),
        "data of what is immutable",
        "",
    ),
    (
        named("v1", "Secret", immutable=True, stringData={"a": "1"}),
        named("v1", "Secret", stringData={"a": "1"}),
        "immutable cannot be taken back",
        "",
    ),
    (named("v1", "ConfigMap", data={"a": "1"}), named("v1", "ConfigMap", immutable=True, data={"a": "2"}), "", ""),
    (
        of_kind("Job", "spec.template.spec.serviceAccountName", "x"),
        of_kind("Job"),
        "",
        "",
    ),
    (of_kind("Job", "spec.completions", 1), of_kind("Job"), "spec.completions", ""),
    (of_kind("Job"), of_kind("Job", "spec.completions", 1), "", ""),
    # both become 1 where neither is said, and nothing where the other one is
    (of_kind("Job"), of_kind("Job", "spec.parallelism", 2), "", ""),
    (of_kind("Job", "spec.parallelism", 2), of_kind("Job"), "spec.completions", ""),
    (
        of_kind("Job", "spec.suspend", True),
        changed("Job", "spec.template.spec.nodeSelector", {"a": "b"}),
        "",
        "where the job has started",
    ),
    (
        of_kind("CustomResourceDefinition"),
        of_kind("CustomResourceDefinition", "spec.preserveUnknownFields", True),
        "spec.preserveUnknownFields",
        "",
    ),
    (of_kind("Pod"), of_kind("Pod", "spec.tolerations", DELETE), "spec.tolerations", ""),
    (of_kind("Pod", "spec.activeDeadlineSeconds", 5), of_kind("Pod"), "spec.activeDeadlineSeconds", ""),
    (of_kind("Pod"), of_kind("Pod", "spec.activeDeadlineSeconds", 5), "", ""),
    (
        of_kind("Deployment"),
        of_kind("Deployment", "spec.selector", {"matchLabels": {"app": f"x-{KNOWN_AFTER_APPLY}"}}),
        "",
        "refused where spec.selector turns out to change",
    ),
]


@pytest.mark.parametrize(("before", "after", "refused", "remark"), ONE_WAY)
def test_what_hangs_on_the_direction_or_on_the_cluster_is_told_apart(
    before: dict[str, Any], after: dict[str, Any], refused: str, remark: str
) -> None:
    found = between(before, after)
    assert (len(found.refused), len(found.remarks)) == (bool(refused), bool(remark))
    assert refused in "".join(found.refused)
    assert remark in "".join(found.remarks)


RESTARTS = [
    ("Deployment", {}, "restarts step by step"),
    ("Deployment", {"strategy": {"type": "Recreate"}}, "restarts all at once"),
    ("Deployment", {"paused": True}, "is paused"),
    ("StatefulSet", {}, "restarts one by one"),
    ("StatefulSet", {"updateStrategy": {"type": "OnDelete"}}, "restarts only when somebody deletes its pods"),
    ("StatefulSet", {"updateStrategy": {"rollingUpdate": {"partition": 2}}}, "from number 2 on"),
    ("ReplicaSet", {}, "those that run stay"),
    ("DaemonSet", {}, "restarts node by node"),
    ("DaemonSet", {"updateStrategy": {"type": "OnDelete"}}, "restarts only when somebody deletes its pods"),
]


def changed_image(document: dict[str, Any], tag: str = "2") -> dict[str, Any]:
    after: dict[str, Any] = json.loads(json.dumps(document))
    after["spec"]["template"]["spec"]["containers"][0]["image"] = f"web:{tag}"
    return after


@pytest.mark.parametrize(("kind", "spec", "said"), RESTARTS)
def test_a_new_pod_template_says_how_its_pods_are_replaced(kind: str, spec: dict[str, Any], said: str) -> None:
    before = of_kind(kind)
    before["spec"] |= spec
    assert said in between(before, changed_image(before)).restarts
    unsure = between(before, changed_image(before, KNOWN_AFTER_APPLY))
    assert unsure.certainty is Certainty.MAY
    assert unsure.restarts == between(before, changed_image(before)).restarts.replace("restarts", "may restart", 1)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("spec.replicas", 4),
        ("metadata.annotations", {"note": "x"}),
        ("spec.template.spec.restartPolicy", "Always"),
        ("spec.template.spec.containers.0.terminationMessagePolicy", "File"),
        ("spec.template.spec.containers.0.resources.limits.memory", "128Mi"),
        ("spec.template.spec.containers.0.resources.requests.cpu", 0.1),
        ("spec.template.spec.containers.0.readinessProbe.failureThreshold", 3),
        ("spec.template.spec.containers.0.ports.0.protocol", "TCP"),
        ("spec.template.spec.serviceAccountName", DELETE),
    ],
)
def test_what_the_api_server_fills_in_anyway_restarts_nothing(path: str, value: Any) -> None:
    found = between(of_kind("Deployment"), of_kind("Deployment", path, value))
    assert (found.action, found.restarts) == (ObjectAction.UPDATE, "")


def test_a_deletion_says_what_goes_with_it() -> None:
    words = {
        "PersistentVolumeClaim": "its volume goes too",
        "CustomResourceDefinition": "every Widget in the cluster goes too",
        "Deployment": "",
    }
    for kind, said in words.items():
        gone = between(of_kind(kind), None)
        assert gone.action is ObjectAction.DELETE
        assert said in gone.lost
        assert bool(said) == bool(gone.lost)
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "web"}}
    assert "everything in the namespace" in between(namespace, None).lost
    keeping = of_kind("PersistentVolumeClaim", "metadata.annotations", {"helm.sh/resource-policy": "keep"})
    assert (between(keeping, None).lost, "Helm leaves it" in between(keeping, None).not_upgraded) == ("", True)


def test_volumes_of_a_stateful_set_go_with_it_only_where_it_says_so() -> None:
    stays = of_kind("StatefulSet")
    goes = of_kind("StatefulSet", "spec.persistentVolumeClaimRetentionPolicy", {"whenDeleted": "Delete"})
    assert between(stays, None).lost == ""
    assert "the volumes of its pods go too" in between(goes, None).lost


def test_helm_leaves_definitions_of_the_crds_folder_as_they_are() -> None:
    before = of_kind("CustomResourceDefinition")
    after = of_kind("CustomResourceDefinition", "spec.scope", "Cluster")
    for template in ("web/crds/widgets.yaml", "web/charts/crds/crds/widgets.yaml"):
        updated = between(before, after, template=template)
        command = "before the upgrade run kubectl apply --server-side --force-conflicts -f out/definitions"
        assert (updated.not_upgraded, updated.refused) == (f"Helm does not upgrade it: {command}", ())
        assert "stays in the cluster" in between(before, None, template=template).not_upgraded
        assert between(before, None, template=template).lost == ""
        assert between(None, before, template=template).not_upgraded.endswith(f"with a new release alone: {command}")
        (installed,) = object_changes((), [made(before, template=template)])
        assert installed.not_upgraded == ""
    for template in ("web/templates/crds/widgets.yaml", "web/charts/crds/templates/widgets.yaml"):
        assert between(before, after, template=template).refused


def test_definitions_that_a_job_applies_are_left_to_it() -> None:
    before = of_kind("CustomResourceDefinition")
    after = of_kind("CustomResourceDefinition", "spec.scope", "Cluster")
    added = of_kind("CustomResourceDefinition", "metadata.name", "gadgets.example.com")
    old, *new = (made(each, template="web/crds/all.yaml") for each in (before, after, added))
    job = "module.web.kubernetes_job_v1.crds[0]"
    found = object_changes([old], new, crds_applied_by=job)
    assert [one.action for one in found] == [ObjectAction.CREATE, ObjectAction.UPDATE]
    for one in found:
        assert (one.not_upgraded, one.remarks) == ("", (f"{job} applies it before the release: Helm does not",))
    # what goes, no job takes away
    (gone,) = object_changes([old], [], crds_applied_by=job)
    assert "stays in the cluster" in gone.not_upgraded
    told = object_changes([old], new, crds_written_to="out/definitions/prod-web/web.yaml")
    assert all(one.not_upgraded.endswith(" -f out/definitions/prod-web/web.yaml") for one in told)


def test_hooks_are_made_anew_and_never_refused() -> None:
    annotations = {"helm.sh/hook": "pre-upgrade"}
    before = of_kind("Job", "metadata.annotations", annotations)
    after = json.loads(json.dumps(before).replace("job:1", "job:2"))
    found = between(before, after)
    assert (found.refused, found.remarks) == ((), ("a hook: Helm makes it anew",))
    assert "own policy" in between(before, None).not_upgraded


def test_certificates_that_each_render_makes_up_are_no_sure_change() -> None:
    before, after = (named("v1", "Secret", data={"ca.crt": text}) for text in ("AAEC", "AAED"))
    (found,) = object_changes([made(before)], [made(after)], random={"web/templates/web.yaml"})
    assert found.certainty is Certainty.EVERY_RENDER
    assert between(before, after).certainty is Certainty.SURE


def test_one_sure_difference_beside_an_unknown_one_is_a_sure_change() -> None:
    before = named("v1", "ConfigMap", data={"a": "1", "b": "1"})
    maybe = named("v1", "ConfigMap", data={"a": "1", "b": f"arn:{KNOWN_AFTER_APPLY}"})
    surely = named("v1", "ConfigMap", data={"a": "2", "b": f"arn:{KNOWN_AFTER_APPLY}"})
    assert between(before, maybe).certainty is Certainty.MAY
    assert between(before, surely).certainty is Certainty.SURE
    # whatever the text will be, it is no map
    assert between(before, {**before, "data": f"arn:{KNOWN_AFTER_APPLY}"}).certainty is Certainty.SURE
    assert between({**before, "data": f"arn:{KNOWN_AFTER_APPLY}"}, before).certainty is Certainty.SURE


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"volumes": [{"name": "a", "configMap": {"name": "web"}}]}, True),
        ({"volumes": [{"name": "a", "projected": {"sources": [{"configMap": {"name": "web"}}]}}]}, True),
        ({"containers": [{"name": "a", "envFrom": [{"configMapRef": {"name": "web"}}]}]}, True),
        (
            {"containers": [{"name": "a", "env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "web"}}}]}]},
            True,
        ),
        ({"volumes": [{"name": "a", "configMap": {"name": "other"}}]}, False),
        ({"volumes": [{"name": "a", "secret": {"secretName": "web"}}]}, False),
        ({"volumes": "nonsense", "containers": [None]}, False),
    ],
)
def test_a_configuration_that_changes_says_which_pods_run_on_with_the_old_one(
    where: dict[str, Any], said: bool
) -> None:
    reader = {**GOOD["Deployment"], "spec": {"template": {"spec": where}}}
    before, after = (named("v1", "ConfigMap", data={"a": text}) for text in "12")
    (found,) = object_changes([made(before), made(reader)], [made(after), made(reader)])
    assert found.remarks == (("read by Deployment web/web, which does not restart for it",) if said else ())
    annotated = {"metadata": {"annotations": {"checksum/config": "2"}}, "spec": where}
    restarted = {**reader, "spec": {"template": annotated}}
    config, deployment = object_changes([made(before), made(reader)], [made(after), made(restarted)])
    assert (config.remarks, deployment.restarts) == ((), "restarts step by step")


def test_labels_that_a_newer_chart_changes_everywhere_are_told_apart() -> None:
    labels = {"helm.sh/chart": "web-1", "app.kubernetes.io/version": "1"}
    before = named("v1", "ConfigMap", data={"a": "1"}) | {"metadata": {"name": "web", "labels": labels}}
    newer = json.loads(json.dumps(before).replace("web-1", "web-2"))
    assert between(before, newer).only_version
    assert not between(before, newer | {"data": {"a": "2"}}).only_version
    selected = before | {"metadata": {"name": "web", "labels": {**labels, "app": "other"}}}
    assert not between(before, selected).only_version, "a label that something may select by"


def test_another_name_or_namespace_is_another_object_and_another_version_is_not() -> None:
    document = of_kind("PodDisruptionBudget")
    older = {**document, "apiVersion": "policy/v1beta1"}
    assert between(older, document).action is ObjectAction.UPDATE
    moved = [KubernetesObject("r", "t", namespace, document) for namespace in ("a", "b")]
    assert [each.action for each in object_changes(moved[:1], moved[1:])] == [ObjectAction.DELETE, ObjectAction.CREATE]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.just(KNOWN_AFTER_APPLY),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("spec", "data", "metadata", "type", "roleRef", "immutable", "parameters")
DOCUMENTS = st.builds(
    lambda kind, said: {"apiVersion": kind["apiVersion"], "kind": kind["kind"], **said, "metadata": {"name": "x"}},
    st.sampled_from([*GOOD.values(), *MORE.values()]),
    st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=3),
)


@settings(max_examples=40)
@given(st.lists(DOCUMENTS, max_size=4), st.lists(DOCUMENTS, max_size=4), st.randoms(use_true_random=False))
def test_whatever_charts_write_is_compared_and_the_order_does_not_matter(
    before: list[dict[str, Any]], after: list[dict[str, Any]], shuffled: chance.Random
) -> None:
    old = list({made(each).identity: made(each) for each in before}.values())
    new = list({made(each).identity: made(each) for each in after}.values())
    found = object_changes(old, new)
    assert object_changes(new, new) == ()
    again = (shuffled.sample(old, len(old)), shuffled.sample(new, len(new)))
    assert object_changes(*again) == found
    back = {change.title: change for change in object_changes(new, old)}
    assert {change.title for change in found} == set(back)
    for change in found:
        assert (change.before, change.after) == (back[change.title].after, back[change.title].before)
