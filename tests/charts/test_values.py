from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundplan.charts import chart, check_values, list_charts, value_warnings
from groundplan.charts.facts import tree_for, tree_of
from groundplan.charts.tree import Node, walk
from groundplan.problems import BadInput

ROLE = "arn:aws:iam::111122223333:role/example"

VAULT_VALUES: dict[str, Any] = {
    "global": {"enabled": True, "tlsDisable": False},
    "injector": {
        "enabled": True,
        "replicas": 2,
        "leaderElector": {"enabled": True},
        "podDisruptionBudget": {"maxUnavailable": 1},
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}},
        "webhook": {"failurePolicy": "Ignore", "namespaceSelector": {"matchLabels": {"vault": "enabled"}}},
    },
    "csi": {"enabled": True, "resources": {"requests": {"cpu": "50m"}}, "debug": False},
    "server": {
        "serviceAccount": {"create": True, "name": "vault", "annotations": {"eks.amazonaws.com/role-arn": ROLE}},
        "standalone": {"enabled": False},
        "ha": {
            "enabled": True,
            "replicas": 5,
            "disruptionBudget": {"enabled": True, "maxUnavailable": 2},
            "raft": {"enabled": True, "setNodeId": True, "config": 'storage "raft" {}\nseal "awskms" {}'},
        },
        "dataStorage": {"enabled": True, "size": "20Gi", "storageClass": "gp3"},
        "auditStorage": {"enabled": True, "size": "20Gi", "storageClass": "gp3", "mountPath": "/vault/audit"},
        "extraEnvironmentVars": {"VAULT_CACERT": "/vault/userconfig/tls/ca.crt"},
        "volumes": [{"name": "tls", "secret": {"secretName": "vault-tls"}}],
        "volumeMounts": [{"name": "tls", "mountPath": "/vault/userconfig/tls", "readOnly": True}],
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": {"matchLabels": {"component": "server"}},
            }
        ],
        "tolerations": [{"key": "dedicated", "operator": "Equal", "value": "platform", "effect": "NoSchedule"}],
        "updateStrategyType": "OnDelete",
        "networkPolicy": {"enabled": True, "ingress": [{"ports": [{"port": 8200, "protocol": "TCP"}]}]},
        "ingress": {"enabled": True, "hosts": [{"host": "vault.example.com", "paths": []}]},
    },
    "serverTelemetry": {"serviceMonitor": {"enabled": True, "interval": "30s", "selectors": {"release": "metrics"}}},
    "ui": {"enabled": True, "serviceType": "ClusterIP"},
}

VELERO_VALUES: dict[str, Any] = {
    "initContainers": [
        {
            "name": "velero-plugin-for-aws",
            "image": "velero/velero-plugin-for-aws:v1.13.1",
            "volumeMounts": [{"mountPath": "/target", "name": "plugins"}],
        }
    ],
    "configuration": {
        "backupStorageLocation": [
            {
                "name": "default",
                "provider": "aws",
                "bucket": "example-backups",
                "prefix": "prod",
                "default": True,
                "accessMode": "ReadWrite",
                "config": {"region": "us-east-1", "kmsKeyId": "alias/example"},
            }
        ],
        "volumeSnapshotLocation": [{"name": "default", "provider": "aws", "config": {"region": "us-east-1"}}],
        "features": "EnableCSI",
        "uploaderType": "kopia",
        "defaultBackupTTL": "720h",
        "defaultSnapshotMoveData": True,
        "extraArgs": ["--log-level=debug"],
    },
    "credentials": {"useSecret": False},
    "serviceAccount": {
        "server": {"create": True, "name": "velero-server", "annotations": {"eks.amazonaws.com/role-arn": ROLE}}
    },
    "deployNodeAgent": True,
    "nodeAgent": {
        "podVolumePath": "/var/lib/kubelet/pods",
        "tolerations": [{"operator": "Exists"}],
        "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}},
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "20%"}},
    },
    "schedules": {
        "daily": {
            "disabled": False,
            "schedule": "0 3 * * *",
            "useOwnerReferencesInBackup": False,
            "labels": {"tier": "gold"},
            "template": {"ttl": "720h", "includedNamespaces": ["orders"], "snapshotMoveData": True},
        }
    },
    "metrics": {"serviceMonitor": {"enabled": True, "autodetect": False}},
    "upgradeCRDs": False,
}


@dataclass(frozen=True)
class Reference:
    __expression__: str = ""


def nested(path: str, value: Any) -> dict[str, Any]:
    for key in reversed(path.split(".")):
        value = {key: value}
    return value


def told(name: str, values: Any) -> list[tuple[str, str]]:
    return [(problem.path, problem.cure) for problem in check_values(chart(name), values, where="values")]


@pytest.mark.parametrize(("name", "values"), [("vault", VAULT_VALUES), ("velero", VELERO_VALUES)])
def test_a_production_installation_passes(name, values):
    assert check_values(chart(name), values, where="values") == []


@pytest.mark.parametrize(
    ("name", "wrong", "meant"),
    [
        ("vault", "server.ha.replica", "server.ha.replicas"),
        ("vault", "server.replicas", "server.ha.replicas"),
        ("vault", "injector.leaderElection", "injector.leaderElector"),
        ("velero", "credentials.useSecrets", "credentials.useSecret"),
        ("velero", "serviceAccount.annotations", "serviceAccount.server.annotations"),
        ("kong", "admin.tls.client.caBundel", "admin.tls.client.caBundle"),
        ("grafana", "persistence.storageClass", "persistence.storageClassName"),
        ("loki", "loki.limit_config", "loki.limits_config"),
        ("loki", "ingester.replica", "ingester.replicas"),
        ("karpenter", "settings.interuptionQueue", "settings.interruptionQueue"),
        ("cert-manager", "crds.enable", "crds.enabled"),
        ("external-dns", "txtOwnerID", "txtOwnerId"),
        ("aws-load-balancer-controller", "clustername", "clusterName"),
        ("opentelemetry-collector", "presets.hostMetric", "presets.hostMetrics"),
        ("istio-gateway", "autoscaling.minReplica", "autoscaling.minReplicas"),
    ],
)
def test_a_value_that_the_chart_does_not_read_is_found_and_the_right_one_named(name, wrong, meant):
    assert told(name, nested(wrong, 1)) == [(f"values.{wrong}", f"did you mean {meant}?")]


def test_a_misspelled_key_inside_a_list_of_maps_is_found_at_its_place():
    values = {"configuration": {"backupStorageLocation": [{"name": "a"}, {"name": "b", "buckets": "x"}]}}
    assert told("velero", values) == [
        (
            "values.configuration.backupStorageLocation[1].buckets",
            "did you mean configuration.backupStorageLocation[1].bucket?",
        )
    ]


def test_a_misspelled_key_below_a_name_that_the_user_gives_is_found():
    values = {"schedules": {"daily": {"schedule": "0 3 * * *", "tempate": {}}}}
    assert told("velero", values) == [("values.schedules.daily.tempate", "did you mean schedules.daily.template?")]


def test_a_misspelled_field_of_a_kubernetes_type_is_found():
    assert told("vault", {"server": {"resources": {"limit": {"memory": "1Gi"}}}}) == [
        ("values.server.resources.limit", "did you mean server.resources.limits?")
    ]


@pytest.mark.parametrize(
    ("name", "path", "value", "cure"),
    [
        ("vault", "server.ha.replicas", "three", "write it without quotes"),
        ("vault", "server.ha.raft.enabled", "true", "write it without quotes"),
        ("vault", "server.dataStorage.size", 10, 'write it as text: "10"'),
        ("vault", "server.volumes", {"name": "tls"}, "give a list"),
        ("velero", "credentials", "none", "give a map"),
        ("velero", "deployNodeAgent", 1, "give true or false"),
        ("grafana", "replicas", 2.5, "give a whole number"),
        ("vault", "server.annotations", 5, None),
    ],
)
def test_a_value_of_a_wrong_type_is_found(name, path, value, cure):
    (problem,) = check_values(chart(name), nested(path, value), where="")
    assert problem.path == path
    assert problem.message.startswith("must be ")
    assert cure is None or problem.cure == cure


def test_an_annotation_that_is_not_text_is_found():
    (problem,) = check_values(chart("velero"), {"podAnnotations": {"example.com/scrape": True}}, where="values")
    assert problem.path == r"values.podAnnotations.example\.com/scrape"
    assert "must be a string, got True" in problem.message


@pytest.mark.parametrize("given_value", [None, "${var.replicas}", Reference("var.replicas"), -1.8881545897087503e289])
def test_null_and_what_only_terraform_knows_fit_everywhere(given_value):
    for path in ("server.ha.replicas", "server.ha", "server.volumes", "server.ha.raft.enabled"):
        assert check_values(chart("vault"), nested(path, given_value), where="values") == []


def test_a_python_object_that_is_no_yaml_is_refused():
    assert told("vault", {"server": {"volumes": {"a", "b"}}})[0][0] == "values.server.volumes"
    assert told("vault", ["server"])[0][0] == "values"


def test_below_an_open_path_anything_goes():
    values = {"config": {"receivers": {"otlp": {"protocols": {"grpc": {}}}}, "anything": [1, {"x": None}]}}
    assert check_values(chart("opentelemetry-collector"), values, where="values") == []
    assert check_values(chart("istiod"), {"meshConfig": {"enableTracing": True}}, where="values") == []


def test_where_the_facts_are_incomplete_a_miss_is_a_warning_and_a_wrong_type_still_a_problem():
    mimir = chart("mimir-distributed")
    values = {"ingester": {"replica": 3, "replicas": "3"}}
    assert [problem.path for problem in check_values(mimir, values, where="values")] == ["values.ingester.replicas"]
    (warning,) = value_warnings(mimir, values, where="values")
    assert (warning.path, warning.cure) == ("values.ingester.replica", "did you mean ingester.replicas?")
    assert warning.message.endswith("and perhaps one does: only values.yaml was read, near this version")
    assert value_warnings(chart("vault"), {"nothing": 1}, where="values") == []


def test_values_of_a_sub_chart_are_checked_with_its_own_facts():
    ingress = chart("kong-ingress")
    fine = {"gateway": {"proxy": {"type": "LoadBalancer"}}, "controller": {"ingressController": {"enabled": True}}}
    assert check_values(ingress, fine, where="values") == []
    assert value_warnings(ingress, fine, where="values") == []
    # the sub-chart is another version than the one that the lock has facts on
    (warning,) = value_warnings(ingress, {"gateway": {"proxy": {"tipe": "LoadBalancer"}}}, where="values")
    assert warning.cure == "did you mean gateway.proxy.type?"
    (part,) = (each for each in ingress.dependencies if each.key == "gateway")
    kong = chart("kong").version
    assert warning.message.endswith(
        f"the chart at gateway is version {part.version}, and what is known of it is of {kong}"
    )
    assert told("kong-ingress", {"gatway": {}}) == [("values.gatway", "did you mean gateway?")]


def test_values_for_all_sub_charts_are_taken_by_a_chart_that_has_some():
    for name in ("kong", "kong-ingress", "loki"):
        assert told(name, {"global": {"storageClass": "gp3"}}) == []
    assert told("kong", {"global": "gp3"}) == [("values.global", "give a map")]


def places(node: Node) -> list[Node]:
    below = [*node.children.values(), node.items, node.any_key]
    return [node] + [place for child in below if child is not None for place in places(child)]


def test_every_place_of_every_chart_takes_some_kind_of_value():
    for name in list_charts():
        assert all(place.kinds for place in places(tree_of(name))), name


def test_every_chart_of_the_lock_loads_and_is_pinned():
    assert len(list_charts()) == 40
    for name in list_charts():
        facts = chart(name)
        assert facts.name == name
        assert facts.version.lstrip("v")[0].isdigit()
        assert facts.repository.startswith(("https://", "oci://"))
        assert not facts.repository.endswith("/")
        assert facts.source.startswith("https://github.com/")
        assert list(facts.value_types) == sorted(facts.value_types)
        assert re.fullmatch("(sha256:[0-9a-f]{64})?", facts.digest)
        assert tree_of(name).children


def test_charts_are_known_by_the_digest_of_their_archive_but_those_whose_repositories_could_not_be_read():
    without = {name for name in list_charts() if not chart(name).digest}
    assert without == {
        "cert-manager",
        "cert-manager-istio-csr",
        "istio-base",
        "istio-cni",
        "istio-gateway",
        "istio-ztunnel",
        "istiod",
        "karpenter",
        "karpenter-crd",
        "kube-state-metrics",
        "prometheus-adapter",
        "prometheus-node-exporter",
        "prometheus-operator-crds",
        "vault",
    }


def test_a_chart_outside_of_the_lock_is_refused_with_the_nearest_name():
    with pytest.raises(BadInput) as refusal:
        chart("cert-manger")
    assert refusal.value.problems[0].cure == "did you mean cert-manager?"
    with pytest.raises(BadInput) as refusal:
        chart("../kubernetes")
    assert "no facts on a chart" in str(refusal.value)


SCALARS = {
    "string": st.text("abc", max_size=3),
    "integer": st.integers(0, 9),
    "number": st.floats(0, 9),
    "boolean": st.booleans(),
}


def values_of(node: Node, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values as the facts allow them."""
    options: list[st.SearchStrategy[Any]] = [st.none()]
    options += [SCALARS[kind] for kind in sorted(node.kinds & set(SCALARS))]
    if "any" in node.kinds:
        options += SCALARS.values()
    if "list" in node.kinds:
        options.append(
            st.lists(values_of(node.items, depth + 1), max_size=2) if node.items else st.just([1, {"x": "y"}])
        )
    if "object" in node.kinds:
        options.append(st.deferred(lambda: maps_of(node, depth)))
    return st.one_of(options[1:] or options)


def maps_of(node: Node, depth: int) -> st.SearchStrategy[dict[str, Any]]:
    @st.composite
    def draw_map(draw):
        known = sorted(node.children)
        keys = draw(st.lists(st.sampled_from(known), max_size=4, unique=True)) if known else []
        drawn = {key: draw(values_of(node.children[key], depth + 1)) for key in keys}
        if node.any_key is not None and draw(st.booleans()):
            drawn["example.com/own"] = draw(values_of(node.any_key, depth + 1))
        return drawn

    return draw_map()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), st.sampled_from(list_charts()))
def test_values_made_from_the_lock_itself_always_pass(data, name):
    values = data.draw(maps_of(tree_of(name), 0))
    # the chart's own schema may ask for more than the types of the lock say
    by_schema = "and so will Helm"
    problems = check_values(chart(name), values, where="values")
    assert [problem for problem in problems if by_schema not in problem.message] == []
    assert value_warnings(chart(name), values, where="values") == []


def test_where_nothing_is_known_but_a_doubt_anything_may_stand_and_what_is_below_it_is_uncertain():
    root = tree_for(replace(chart("vault"), doubts={"fresh": "a template that is not here"}))
    assert [list(walk(root, {"fresh": value})) for value in ("x", 1, True, [1], {})] == [[]] * 5
    ((finding),) = walk(root, {"fresh": {"a": 1}})
    assert (finding.what, finding.is_certain) == ("unknown key", False)
