"""A teardown, derived from plans and objects: who goes when, what must go before, what stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from groundplan.objects import KubernetesObject
from groundplan.teardown import Teardown, teardown
from groundplan.teardown.deriving import _facts

NEEDS = {"x-cluster": [], "x-mesh": ["x-cluster"], "x-apps": ["x-mesh"]}


@dataclass
class Outcome:
    release: Any
    objects: Sequence[KubernetesObject] | None
    why: str = ""


def obj(api_version: str, kind: str, name: str = "it", namespace: str = "apps", **content: Any) -> KubernetesObject:
    metadata = {"name": name, "annotations": content.pop("annotations", {})}
    document = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **content}
    return KubernetesObject("helm_release.it", "t", namespace, document)


def release(chart: str, *objects: KubernetesObject, address: str = "") -> Outcome:
    return Outcome(SimpleNamespace(address=address or f"helm_release.{chart}", chart=chart), objects)


def resource(kind: str, name: str = "it", unknown: Mapping[str, Any] | None = None, **after: Any) -> dict[str, Any]:
    change = {"after": after, "after_unknown": unknown or {}}
    return {"address": f"{kind}.{name}", "type": kind, "mode": "managed", "change": change}


def plan(*resources: Mapping[str, Any], **depends_on: list[str]) -> dict[str, Any]:
    """`depends_on` says what each release comes after."""
    configured = [
        {"address": f"helm_release.{name}", "type": "helm_release", "name": name, "depends_on": others}
        for name, others in depends_on.items()
    ]
    return {"resource_changes": list(resources), "configuration": {"root_module": {"resources": configured}}}


SERVICE = obj("v1", "Service", spec={"type": "LoadBalancer"})
BALANCERS = release("aws-load-balancer-controller")
EBS = resource("aws_eks_addon", "ebs", addon_name="aws-ebs-csi-driver")


def storage(policy: str = "Delete", name: str = "gp3") -> dict[str, Any]:
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"}
    metadata = [{"name": name, "annotations": annotations}]
    return resource(
        "kubernetes_storage_class_v1",
        name,
        metadata=metadata,
        storage_provisioner="ebs.csi.aws.com",
        reclaim_policy=policy,
    )


def torn(plans: Mapping[str, Any], rendered: Mapping[str, Sequence[Outcome]]) -> Teardown:
    return teardown(NEEDS, plans, rendered)  # type: ignore[arg-type]


def said(made: Teardown, part: str) -> list[tuple[str, str, str]]:
    return [(step.stack, one.what, one.says) for step in made.steps for one in getattr(step, part)]


def test_stacks_go_in_the_reverse_of_their_order_and_nothing_of_nothing_is_told() -> None:
    made = torn({}, {})
    assert [step.stack for step in made.steps] == ["x-apps", "x-mesh", "x-cluster"]
    assert all(not (step.first or step.goes or step.stays or step.unknown) for step in made.steps)


def test_a_load_balancer_goes_with_its_service_as_long_as_its_controller_is_of_an_earlier_stack() -> None:
    plain = obj("v1", "Service", "inside", spec={"type": "ClusterIP"})
    made = torn({}, {"x-mesh": [BALANCERS], "x-apps": [release("app", SERVICE, plain)]})
    (found,) = said(made, "goes")
    assert found == (
        "x-apps",
        "Service apps/it: a load balancer",
        "taken away by aws-load-balancer-controller (x-mesh), which is there until later",
    )
    assert said(made, "first") == []


@pytest.mark.parametrize(
    ("rendered", "cure"),
    [
        # the controller is of a stack that goes first
        (
            {"x-mesh": [release("app", SERVICE)], "x-apps": [BALANCERS]},
            "delete Service apps/it while aws-load-balancer-controller still runs, and wait until it is gone",
        ),
        # of the same stack, and nothing says which goes first
        (
            {"x-mesh": [release("app", SERVICE), BALANCERS]},
            "delete Service apps/it while aws-load-balancer-controller still runs, and wait until it is gone",
        ),
        # of nobody
        (
            {"x-mesh": [release("app", SERVICE)]},
            "nothing in this environment takes it away: delete Service apps/it, and look that it is gone",
        ),
    ],
)
def test_what_outlives_its_controller_is_deleted_by_hand_before(
    rendered: Mapping[str, Sequence[Outcome]], cure: str
) -> None:
    made = torn({"x-mesh": plan(app=[])}, rendered)
    assert said(made, "first") == [("x-mesh", "Service apps/it: a load balancer", cure)]
    assert said(made, "goes") == []


def test_a_stack_whose_controllers_others_need_goes_after_them_where_that_is_open() -> None:
    # as they are applied, the mesh after the gateway, which does not know it
    needs = {"x-cluster": (), "x-gateway": ("x-cluster",), "x-mesh": ("x-cluster",), "x-apps": ()}
    rendered = {"x-gateway": [release("app", SERVICE)], "x-mesh": [BALANCERS]}
    made = teardown(needs, {}, rendered)  # type: ignore[arg-type]
    assert [step.stack for step in made.steps] == ["x-apps", "x-gateway", "x-mesh", "x-cluster"]
    assert said(made, "first") == []
    assert len(said(made, "goes")) == 1
    # without the Service nothing speaks against the order of the apply, turned round
    assert [step.stack for step in teardown(needs, {}, {}).steps] == ["x-apps", "x-mesh", "x-gateway", "x-cluster"]


def test_a_load_balancer_that_is_protected_is_told_whoever_takes_it_away() -> None:
    name = "service.beta.kubernetes.io/aws-load-balancer-attributes"
    asked = {name: "access_logs.s3.enabled=true,deletion_protection.enabled=true"}
    guarded = obj("v1", "Service", annotations=asked, spec={"type": "LoadBalancer"})
    made = torn({}, {"x-mesh": [BALANCERS], "x-apps": [release("app", guarded)]})
    assert [says for _, _, says in said(made, "first")] == [
        f"AWS refuses to delete it: deletion_protection.enabled=true out of {name}, applied before"
    ]
    assert len(said(made, "goes")) == 1


def test_within_a_stack_what_depends_on_its_controller_goes_before_it() -> None:
    rendered = {"x-mesh": [release("app", SERVICE), release("karpenter")]}
    pool = {"x-mesh": [release("pools", obj("karpenter.sh/v1", "NodePool", namespace="")), release("karpenter")]}
    ordered = {"x-mesh": plan(pools=["helm_release.karpenter"], karpenter=[])}
    (found,) = said(torn(ordered, pool), "goes")
    assert found[2] == "taken away by karpenter (x-mesh), which is there until later"
    # another controller's
    assert len(said(torn(ordered, rendered), "first")) == 1


def test_an_ingress_makes_a_load_balancer_if_its_class_is_of_one_and_is_asked_about_if_nobody_brings_it() -> None:
    def ingress(name: str) -> KubernetesObject:
        return obj("networking.k8s.io/v1", "Ingress", name, spec={"ingressClassName": name})

    classes = [
        obj("networking.k8s.io/v1", "IngressClass", name, "", spec={"controller": controller})
        for name, controller in (("alb", "ingress.k8s.aws/alb"), ("kong", "ingress-controllers.konghq.com/kong"))
    ]
    mesh = [release("aws-load-balancer-controller", *classes)]
    made = torn({}, {"x-mesh": mesh, "x-apps": [release("app", *map(ingress, ("alb", "kong", "mine")))]})
    assert [what for _, what, _ in said(made, "goes")] == ["Ingress apps/alb: a load balancer"]
    assert said(made, "unknown") == [
        ("x-apps", "Ingress apps/mine", "its class mine is brought by no stack: what becomes of it is not known")
    ]


@pytest.mark.parametrize(("flag", "by_hand"), [("--policy=sync", False), ("--policy=upsert-only", True)])
def test_records_go_with_their_object_unless_their_controller_deletes_none(flag: str, by_hand: bool) -> None:
    pod = {"template": {"spec": {"containers": [{"args": ["--source=ingress", flag]}]}}}
    dns = release("external-dns", obj("apps/v1", "Deployment", spec=pod))
    named = obj(
        "v1",
        "Service",
        annotations={"external-dns.alpha.kubernetes.io/hostname": "a.example.com, b.example.com"},
        spec={"type": "ClusterIP"},
    )
    made = torn({}, {"x-mesh": [dns], "x-apps": [release("app", named)]})
    assert len(said(made, "first")) == by_hand
    assert len(said(made, "goes")) == (not by_hand)
    if by_hand:
        assert said(made, "first")[0][2] == (
            "its controller deletes none (--policy=upsert-only): delete a.example.com, b.example.com and what says who "
            "owns them"
        )
    # nobody makes records of it
    assert said(torn({}, {"x-apps": [release("app", named)]}), "first") == []


STATEFUL = obj(
    "apps/v1",
    "StatefulSet",
    "vault",
    spec={"replicas": 2, "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {}}]},
)


def test_a_stateful_set_leaves_its_claims_unless_their_namespace_goes_while_the_driver_is_there() -> None:
    rendered = {"x-apps": [release("vault", STATEFUL)]}
    cluster = {"x-cluster": plan(EBS, storage())}
    assert said(torn(cluster, rendered), "first") == [
        (
            "x-apps",
            "StatefulSet apps/vault: claims data-vault: a volume",
            "after the stack: kubectl --namespace apps delete pvc data-vault-0 data-vault-1",
        )
    ]
    space = plan(resource("kubernetes_namespace", metadata=[{"name": "apps"}]))
    made = torn({**cluster, "x-apps": space}, rendered)
    assert said(made, "first") == []
    by = "taken away by aws-ebs-csi-driver (x-cluster), which is there until later"
    assert said(made, "goes")[0][2] == f"its claims go with the namespace apps; {by}"
    # with the driver's own stack nobody is left to delete what the namespace held
    together = {"x-cluster": plan(EBS, storage(), resource("kubernetes_namespace", metadata=[{"name": "apps"}]))}
    assert len(said(torn(together, rendered), "first")) == 1


def test_claims_of_a_class_that_keeps_volumes_stay_and_of_no_class_are_not_known() -> None:
    claim = obj("v1", "PersistentVolumeClaim", spec={"storageClassName": "gp3"})
    kept = torn({"x-cluster": plan(EBS, storage("Retain"))}, {"x-apps": [release("app", claim)]})
    assert [(stack, what) for stack, what, _ in said(kept, "stays")] == [
        ("x-apps", "PersistentVolumeClaim apps/it: a volume"),
        ("x-cluster", "StorageClass gp3"),
    ]
    gone = torn({"x-cluster": plan(EBS, storage())}, {"x-apps": [release("app", claim)]})
    assert [what for _, what, _ in said(gone, "goes")] == ["PersistentVolumeClaim apps/it: a volume"]
    nobody = torn({}, {"x-apps": [release("app", claim)]})
    assert said(nobody, "unknown")[0][2] == "its class gp3 is brought by no stack: what becomes of it is not known"


def test_what_terraform_makes_without_a_release_counts_like_what_a_release_makes() -> None:
    def native(kind: str, name: str, **spec: Any) -> dict[str, Any]:
        return resource(f"kubernetes_{kind}_v1", name, metadata=[{"name": name, "namespace": "apps"}], spec=[spec])

    alb = obj("networking.k8s.io/v1", "IngressClass", "alb", "", spec={"controller": "ingress.k8s.aws/alb"})
    made = torn(
        {
            "x-cluster": plan(EBS, storage()),
            "x-apps": plan(
                native("service", "door", type="LoadBalancer"),
                native("ingress", "web", ingress_class_name="alb", rule=[{"host": "a.example.com"}]),
                native("persistent_volume_claim", "data", storage_class_name="gp3"),
            ),
        },
        {"x-mesh": [release("aws-load-balancer-controller", alb), release("external-dns")]},
    )
    assert sorted(what for _, what, _ in said(made, "goes")) == [
        "Ingress apps/web: a load balancer",
        "Ingress apps/web: records of DNS",
        "PersistentVolumeClaim apps/data: a volume",
        "Service apps/door: a load balancer",
    ]


def test_what_refuses_to_go_is_told_before_and_what_waits_or_is_kept_after() -> None:
    made = torn(
        {
            "x-mesh": plan(
                resource("aws_kms_key", deletion_window_in_days=30),
                resource("aws_db_instance", deletion_protection=True, skip_final_snapshot=True),
                resource("aws_db_instance", "small", deletion_protection=False, skip_final_snapshot=False),
                resource("aws_s3_bucket", force_destroy=None),
                resource("aws_s3_bucket", "cache", force_destroy=True),
                resource("aws_lb", "late", {"enable_deletion_protection": True}),
                resource("aws_secretsmanager_secret", recovery_window_in_days=0),
            )
        },
        {"x-mesh": [release("crds", obj("v1", "ConfigMap", annotations={"helm.sh/resource-policy": "keep"}))]},
    )
    assert [(what, says) for _, what, says in said(made, "first")] == [
        ("aws_db_instance.it", "AWS refuses to delete it: deletion_protection = false, applied before"),
        (
            "aws_s3_bucket.it",
            "AWS refuses to delete it while anything is in it: empty it, all versions too",
        ),
    ]
    assert [(what, says) for _, what, says in said(made, "stays")] == [
        ("aws_kms_key.it", "waits for 30 days, until which it can be taken back, and costs nothing"),
        ("aws_db_instance.small", "a last snapshot of it stays"),
        ("crds", "1 object stays in the cluster, as Helm is told to keep them: ConfigMap"),
    ]
    assert said(made, "unknown") == [("x-mesh", "aws_lb.late", "enable_deletion_protection is known only after apply")]
    (step,) = [row for row in made.as_json() if row["stack"] == "x-mesh"]
    assert [one["bills"] for one in step["stays"]] == [False, True, False]


def test_a_release_without_objects_is_not_taken_for_one_that_makes_nothing() -> None:
    outcome = Outcome(SimpleNamespace(address="helm_release.kong", chart="kong"), None, "its chart is not at hand")
    assert said(torn({}, {"x-apps": [outcome]}), "unknown") == [
        ("x-apps", "kong", "its objects are not known: its chart is not at hand")
    ]


def test_every_fact_has_its_source_and_names_what_there_is() -> None:
    for fact in (*_facts("made")["kinds"], *_facts("staying")["resources"]):
        assert fact["source"].startswith("https://"), fact
    for fact in _facts("made")["kinds"]:
        assert ("controllers" in fact) != ("stays" in fact), fact
