"""Objects that a plan's own resources make, and what they take from those of releases."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from groundplan.objects import KNOWN_AFTER_APPLY, KubernetesObject, collisions, planned_objects
from groundplan.objects.schemas import served_kinds, versions_at_hand


def plan(type_name: str, name: str | None = "claims", mode: str = "managed", **after: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {key: after.pop(key) for key in ("namespace", "annotations") if key in after}
    change = {"after": {"metadata": [{"name": name, **metadata}], **after}}
    return {"resource_changes": [{"address": f"{type_name}.it", "type": type_name, "mode": mode, "change": change}]}


def of(*plans: dict[str, Any]) -> list[KubernetesObject]:
    return [found for each in plans for found in planned_objects(each)]


def told(**stacks: list[KubernetesObject]) -> list[str]:
    return [f"{problem.path}: {problem.message}" for problem in collisions(stacks)]


def test_a_namespace_that_two_stacks_make_is_told_at_the_later_one() -> None:
    both = told(cluster=of(plan("kubernetes_namespace")), mesh=of(plan("kubernetes_namespace_v1")))
    assert both == [
        "mesh: kubernetes_namespace_v1.it: makes Namespace claims, which cluster: kubernetes_namespace.it makes too:"
        " the second is refused, since it is there already"
    ]


def test_a_resource_and_a_release_of_one_object_are_told() -> None:
    document = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "it"}}
    release = KubernetesObject("helm_release.a", "a/templates/map.yaml", "web", document)
    made = of(plan("kubernetes_config_map_v1", "it", namespace="web"))
    assert len(told(a=[release], b=made)) == 1
    assert told(a=[release], b=of(plan("kubernetes_config_map_v1", "it"))) == []  # in the namespace default


def test_what_labels_or_fills_what_another_stack_makes_is_no_object_of_its_own() -> None:
    others = [plan(f"kubernetes_{each}") for each in ("labels", "annotations", "config_map_v1_data")]
    assert of(*others, plan("kubernetes_default_service_account_v1")) == []


def test_what_is_not_made_or_has_no_name_yet_is_left_out() -> None:
    gone = plan("kubernetes_namespace")
    gone["resource_changes"][0]["change"]["after"] = None
    assert of(gone, plan("kubernetes_namespace", None), plan("kubernetes_namespace", mode="data"), {}) == []
    assert of(plan("helm_release"), plan("aws_s3_bucket")) == []


def test_defaults_ports_and_addresses_are_there_once_too() -> None:
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"}
    classes = [plan("kubernetes_storage_class_v1", name, annotations=annotations) for name in ("gp3", "io2")]
    assert "is the default, and so is StorageClass gp3" in told(a=of(*classes))[0]
    priorities = [plan("kubernetes_priority_class_v1", name, global_default=True) for name in ("one", "two")]
    assert "the API server refuses the second one" in told(a=of(*priorities))[0]
    ports = [
        plan("kubernetes_service_v1", name, namespace="web", spec=[{"port": [{"node_port": 30443}]}])
        for name in ("one", "two")
    ]
    assert "asks for port 30443 of the nodes" in told(a=of(*ports))[0]
    addresses = [plan("kubernetes_service", name, spec=[{"cluster_ip": "172.20.0.10"}]) for name in ("one", "two")]
    assert "172.20.0.10" in told(a=of(*addresses))[0]


def test_a_manifest_is_the_object_that_it_holds() -> None:
    manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "claims"}}
    (made,) = of(plan("kubernetes_manifest", manifest=manifest))
    assert made.identity == ("", "Namespace", "", "claims")
    assert len(told(a=[made], b=of(plan("kubernetes_namespace")))) == 1
    assert of(plan("kubernetes_manifest")) == []


def types() -> list[str]:
    """The types of the provider, without the prefix that all have."""
    found = importlib.util.find_spec("cdktf_cdktf_provider_kubernetes")
    assert found is not None
    (place,) = found.submodule_search_locations or [""]
    folders = [each.name for each in Path(place).iterdir() if each.is_dir()]
    return [each.replace("_beta", "beta") for each in folders if not each.startswith(("_", "data_", "provider"))]


@pytest.mark.skipif(not versions_at_hand(), reason="the package kubernetes-validate is missing")
def test_every_object_is_of_a_kind_that_the_api_server_has() -> None:
    made = [one for name in types() for one in of(plan(f"kubernetes_{name}"))]
    assert {(one.api_version, one.kind) for one in made} - served_kinds(34) == set()


def test_every_type_of_the_provider_is_an_object_or_changes_what_another_made() -> None:
    silent = {name for name in types() if not of(plan(f"kubernetes_{name}"))}
    assert silent == {
        *("annotations", "labels", "config_map_v1_data", "secret_v1_data", "env", "node_taint"),
        *("default_service_account", "default_service_account_v1", "token_request_v1", "manifest"),
        # a request is answered under the name of whoever asks, and of policies the API server knows nothing any more
        *("certificate_signing_request", "certificate_signing_request_v1"),
        *("pod_security_policy", "pod_security_policy_v1beta1"),
    }


def test_a_resource_is_the_object_that_the_api_server_gets() -> None:
    """As https://registry.terraform.io/providers/hashicorp/kubernetes/2.38.0/docs says what stands for what."""
    name = "kubernetes.io/metadata.name"
    selected = {"match_expressions": [{"key": name, "operator": "In", "values": ["monitoring"]}], "match_labels": None}
    rule = {
        "from": [{"ip_block": [], "namespace_selector": [selected], "pod_selector": []}],
        "ports": [{"end_port": None, "port": "9150", "protocol": "TCP"}, {"port": "http", "protocol": "TCP"}],
    }
    out = {"to": [{"ip_block": [{"cidr": "10.0.0.0/16", "except": None}]}], "ports": []}
    spec = {"egress": [out], "ingress": [rule], "pod_selector": [None], "policy_types": ["Ingress"]}
    (made,) = of(plan("kubernetes_network_policy_v1", namespace="shop", spec=[spec]))
    assert made.document == {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "claims", "namespace": "shop"},
        "spec": {
            "podSelector": {},
            "policyTypes": ["Ingress"],
            "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/16"}}]}],
            "ingress": [
                {
                    "from": [
                        {
                            "namespaceSelector": {
                                "matchExpressions": [{"key": name, "operator": "In", "values": ["monitoring"]}]
                            }
                        }
                    ],
                    "ports": [{"port": 9150, "protocol": "TCP"}, {"port": "http", "protocol": "TCP"}],
                }
            ],
        },
    }


def test_the_pods_of_a_resource_have_the_names_of_the_api() -> None:
    container = {
        "name": "it",
        "image": "example.com/it:1",
        "env": [{"name": "BANK", "value": "ledger.bank.svc", "value_from": []}],
        "port": [{"container_port": 8080, "host_ip": None, "name": "http", "protocol": "TCP"}],
        "volume_mount": [{"mount_path": "/etc/it", "name": "it", "read_only": True}],
    }
    volume = {"name": "it", "config_map": [{"name": "it", "default_mode": "0644", "items": []}], "secret": []}
    pod = {"container": [container], "volume": [volume], "host_network": False, "service_account_name": "it"}
    template = {"metadata": [{"labels": {"app_of": "it"}, "annotations": {}}], "spec": [pod]}
    (made,) = of(plan("kubernetes_deployment_v1", spec=[{"replicas": "2", "template": [template]}]))
    found = made.document["spec"]["template"]
    assert found["metadata"]["labels"] == {"app_of": "it"}
    assert found["spec"] == {
        "containers": [
            {
                "name": "it",
                "image": "example.com/it:1",
                "env": [{"name": "BANK", "value": "ledger.bank.svc"}],
                "ports": [{"containerPort": 8080, "name": "http", "protocol": "TCP"}],
                "volumeMounts": [{"mountPath": "/etc/it", "name": "it", "readOnly": True}],
            }
        ],
        "volumes": [{"name": "it", "configMap": {"name": "it", "defaultMode": "0644"}}],
        "hostNetwork": False,
        "serviceAccountName": "it",
    }


def test_what_only_an_apply_tells_stands_in_the_object_as_such() -> None:
    one = plan("kubernetes_config_map_v1", namespace="shop", data={"known": "a", "later": None})
    change = one["resource_changes"][0]["change"]
    change["after_unknown"] = {"data": {"later": True}, "metadata": [{"uid": True}], "id": True}
    (made,) = of(one)
    assert made.document["data"] == {"known": "a", "later": KNOWN_AFTER_APPLY}
    assert made.document["metadata"] == {"name": "claims", "namespace": "shop"}
    change["after_unknown"]["metadata"] = [{"namespace": True}]
    del change["after"]["metadata"][0]["namespace"]
    (made,) = of(one)
    assert made.namespace == KNOWN_AFTER_APPLY
    change["after_unknown"]["metadata"] = [{"name": True}]
    assert of(one) == []
