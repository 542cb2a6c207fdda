"""A second opinion, where GROUNDPLAN_API_SERVER is the kubeconfig of a cluster for trials: does its API server agree?

What a chart of our own makes is sent to it, with a dry run, beside what our checks say of it. The cluster gets a
namespace and a definition for as long as the tests run, and in it a few objects that are then changed; no node and no
pod are needed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundplan.objects import KubernetesObject, validity
from groundplan.objects.refusals import refusals
from groundplan.rendering.engines import Target
from tests.modules.complete import built
from tests.support.api_server import Server, needs_api_server, serving

from .charts import needs_helm, release, rendering_for, write_chart

pytestmark = [needs_api_server, needs_helm]

DEFINITION = """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: tills.second-opinion.example.com
    spec:
      group: second-opinion.example.com
      scope: Namespaced
      names: {kind: Till, plural: tills, singular: till, listKind: TillList}
      versions:
      - name: v1
        served: true
        storage: true
        schema:
          openAPIV3Schema:
            type: object
            required: [spec]
            properties:
              spec:
                type: object
                required: [currency]
                x-kubernetes-validations:
                - rule: "!has(self.most) || self.most >= self.least"
                properties:
                  currency: {type: string, enum: [EUR, USD]}
                  code: {type: string, pattern: "^[A-Z]{2}$"}
                  least: {type: integer, minimum: 0, default: 0}
                  most: {type: integer}
    """
CHART = {
    "Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
    "values.yaml": "till: {currency: EUR}\n",
    "crds/tills.yaml": DEFINITION,
    "templates/deployment.yaml": """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: {{ .Values.name | default "shop" }}
          labels: {app: {{ .Values.label | default "shop" | quote }}}
        spec:
          replicas: {{ .Values.replicas | default 2 }}
          {{- with .Values.more }}
          {{- toYaml . | nindent 2 }}
          {{- end }}
          {{- if not .Values.bare }}
          selector: {matchLabels: {app: shop}}
          {{- end }}
          template:
            metadata:
              labels: {app: shop}
            spec:
              containers:
              - {{ if not .Values.nameless }}name: shop{{ end }}
                image: registry.example.com/shop:1.0.0
                ports:
                - containerPort: {{ .Values.port | default 8080 }}
                resources:
                  requests: {memory: {{ .Values.memory | default "64Mi" }}}
                {{- with .Values.container }}
                {{- toYaml . | nindent 8 }}
                {{- end }}
        """,
    "templates/service.yaml": """
        apiVersion: v1
        kind: Service
        metadata:
          name: shop
        spec:
          type: {{ .Values.type | default "ClusterIP" }}
          selector: {app: shop}
          ports:
          {{- range .Values.ports | default (list (dict "port" 80)) }}
          - {{ toJson . }}
          {{- end }}
        """,
    "templates/till.yaml": """
        apiVersion: second-opinion.example.com/v1
        kind: Till
        metadata:
          name: first
        spec:
          {{- toYaml .Values.till | nindent 2 }}
        """,
    "templates/budget.yaml": """
        apiVersion: {{ .Values.budgets | default "policy/v1" }}
        kind: PodDisruptionBudget
        metadata:
          name: shop
        spec:
          maxUnavailable: {{ .Values.unavailable | default 1 }}
          selector: {matchLabels: {app: shop}}
        """,
}
WEB, SERVICE, TILL, BUDGET = "Deployment", "Service", "Till", "PodDisruptionBudget"
# what is said in the values, and the kind of the object that it spoils; none of what is right
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "all is right": ({}, ""),
    "a number of pods as a percentage": ({"unavailable": "50%"}, ""),
    "a kind of its own with all fields": ({"till": {"currency": "USD", "code": "DE", "least": 1, "most": 2}}, ""),
    "an unknown field": ({"more": {"replica": 3}}, WEB),
    "an unknown field of a container": ({"container": {"imagePullpolicy": "Always"}}, WEB),
    "a text for a number": ({"replicas": "two"}, WEB),
    "a number for a list": ({"container": {"args": 1}}, WEB),
    "a negative number": ({"replicas": -1}, WEB),
    "a word that is none of those": ({"type": "Public"}, SERVICE),
    "a policy that is none": ({"container": {"imagePullPolicy": "Sometimes"}}, WEB),
    "no selector": ({"bare": True}, WEB),
    "no name of a container": ({"nameless": True}, WEB),
    "a port that is none": ({"port": 70000}, WEB),
    "a quantity that is none": ({"memory": "lots"}, WEB),
    "a label that is none": ({"label": "a b"}, WEB),
    "a name that is none": ({"name": "Shop_1"}, WEB),
    "two ports without names": ({"ports": [{"port": 80}, {"port": 81}]}, SERVICE),
    "a probe of two kinds": (
        {"container": {"livenessProbe": {"tcpSocket": {"port": 1}, "httpGet": {"port": 1, "path": "/"}}}},
        WEB,
    ),
    "a version that is served no more": ({"budgets": "policy/v1beta1"}, BUDGET),
    "an unknown field of a kind of its own": ({"till": {"currency": "EUR", "colour": "red"}}, TILL),
    "a missing field of a kind of its own": ({"till": {"currency": None, "code": "DE"}}, TILL),
    "a wrong type in a kind of its own": ({"till": {"currency": "EUR", "most": "many"}}, TILL),
    "a word that is none of a kind's own": ({"till": {"currency": "CHF"}}, TILL),
    "a text that does not fit": ({"till": {"currency": "EUR", "code": "deu"}}, TILL),
    "a number out of bounds": ({"till": {"currency": "EUR", "least": -1}}, TILL),
    "what only a rule in CEL refuses": ({"till": {"currency": "EUR", "least": 3, "most": 2}}, TILL),
}
# what the server alone can say: validity counts it among what nobody looked at
NOT_OURS = {"what only a rule in CEL refuses"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server"), yaml.safe_load(DEFINITION)) as found:
        yield found


def test_the_api_server_refuses_what_is_told_and_takes_all_else(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    version = server.version()
    chart = write_chart(tmp_path / "shop", CHART)
    disagreed, compared = [], 0
    with rendering_for(Target(version)) as rendering:
        for name, (values, spoilt) in CASES.items():
            outcome = rendering.outcome(release(chart, values, chart="shop", namespace=server.namespace))
            assert outcome.objects is not None, (name, outcome)
            for one in outcome.objects:
                wanted = one.kind == spoilt
                alone = validity([one], kubernetes_version=version, where="test", definitions=outcome.objects)
                ours = [problem.message for problem in alone.problems]
                theirs = server.apply(_placed(one))
                compared += 1
                if bool(theirs) is not wanted or (bool(ours) is not wanted and name not in NOT_OURS):
                    disagreed.append((name, one.title, ours, theirs))
                if wanted and name in NOT_OURS:
                    assert (ours, alone.cel_rules > 0) == ([], True)
    with capsys.disabled():
        print(f"{compared} objects compared with Kubernetes {version}")
    assert disagreed == []


def _placed(one: KubernetesObject) -> dict[str, Any]:
    metadata = {**one.document["metadata"], **({"namespace": one.namespace} if one.namespace else {})}
    return {**one.document, "metadata": metadata}


A = {"name": "a", "image": "registry.example.com/a:1"}
POD: dict[str, Any] = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [A]}}
ONCE = {**POD, "spec": {**POD["spec"], "restartPolicy": "Never"}}
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
SELECTS = {"matchLabels": {"app": "a"}}
STATEFUL = {"selector": SELECTS, "serviceName": "a", "template": POD}
# what is there, and what it shall become; whether the server refuses that is for both to say
CHANGED: dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]] = {
    "a deployment's replicas": ("apps/v1", "Deployment", {"selector": SELECTS, "template": POD}, {"replicas": 3}),
    "a deployment's selector": (
        "apps/v1",
        "Deployment",
        {"selector": SELECTS, "template": POD},
        {
            "selector": {"matchLabels": {"app": "a", "tier": "b"}},
            "template": {**POD, "metadata": {"labels": {"app": "a", "tier": "b"}}},
        },
    ),
    "a stateful set's replicas": ("apps/v1", "StatefulSet", STATEFUL, {"replicas": 3}),
    "a stateful set's service": ("apps/v1", "StatefulSet", STATEFUL, {"serviceName": "b"}),
    "a stateful set's volumes": (
        "apps/v1",
        "StatefulSet",
        STATEFUL,
        {"volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": CLAIM}]},
    ),
    "a stateful set's pod management": ("apps/v1", "StatefulSet", STATEFUL, {"podManagementPolicy": "Parallel"}),
    "a job's template": (
        "batch/v1",
        "Job",
        {"template": ONCE},
        {
            "template": {
                **ONCE,
                "spec": {**ONCE["spec"], "containers": [{"name": "a", "image": "registry.example.com/a:2"}]},
            }
        },
    ),
    "a job's deadline": ("batch/v1", "Job", {"template": ONCE}, {"activeDeadlineSeconds": 60}),
    "a claim's class": ("v1", "PersistentVolumeClaim", {**CLAIM, "storageClassName": "a"}, {"storageClassName": "b"}),
    "a claim's ways of access": ("v1", "PersistentVolumeClaim", CLAIM, {"accessModes": ["ReadWriteMany"]}),
    "a daemon set's selector": (
        "apps/v1",
        "DaemonSet",
        {"selector": SELECTS, "template": POD},
        {
            "selector": {"matchLabels": {"app": "a", "tier": "b"}},
            "template": {**POD, "metadata": {"labels": {"app": "a", "tier": "b"}}},
        },
    ),
    "a service's ports": ("v1", "Service", {"ports": [{"port": 80}]}, {"ports": [{"port": 81}]}),
}


def test_the_api_server_refuses_the_updates_of_which_we_say_so(server: Server) -> None:
    disagreed, refused = [], set()
    for number, (name, (api_version, kind, spec, change)) in enumerate(CHANGED.items()):
        head = {"apiVersion": api_version, "kind": kind, "metadata": {"name": f"changed-{number}"}}
        before, after = {**head, "spec": spec}, {**head, "spec": {**spec, **change}}
        assert server.apply(before, dry=False) == "", name
        one, other = (KubernetesObject("a", "a/templates/a.yaml", server.namespace, each) for each in (before, after))
        ours = [refusal.words for refusal in refusals(one, other) if refusal.is_sure]
        theirs = server.apply(after)
        refused |= {name} if theirs else set()
        if bool(ours) is not bool(theirs):
            disagreed.append((name, ours, theirs))
    assert disagreed == []
    assert {"a deployment's selector", "a stateful set's volumes", "a job's template", "a claim's class"} <= refused


def test_whoever_upgrades_definitions_may_make_and_change_those_that_the_role_names_and_no_other(
    server: Server,
) -> None:
    """Of the role that a module makes, with the names of definitions of ours."""
    ((rule,),) = (role["rule"] for role in built("kong")[1]["resource"]["kubernetes_cluster_role_v1"].values())
    new = yaml.safe_load(DEFINITION.replace("till", "counter").replace("Till", "Counter"))
    other = yaml.safe_load(DEFINITION.replace("till", "shelf").replace("Till", "Shelf"))
    there = yaml.safe_load(DEFINITION)
    named = [each["metadata"]["name"] for each in (new, there)]
    head = {"apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": server.namespace}}
    group = {"apiGroup": "rbac.authorization.k8s.io"}
    words = {"apiGroups": rule["api_groups"], "resources": rule["resources"], "verbs": rule["verbs"]}
    role = {**head, "kind": "ClusterRole", "rules": [{**words, "resourceNames": named}]}
    user = {"kind": "User", "name": f"{server.namespace}-upgrades", **group}
    bound = {"kind": "ClusterRole", "name": server.namespace, **group}
    binding = {**head, "kind": "ClusterRoleBinding", "roleRef": bound, "subjects": [user]}
    try:
        for document in (role, binding):
            assert server.apply(document, dry=False) == ""
        with server.as_user(user["name"]):
            # the API server hears of new roles in a moment
            for _ in range(50):
                if not (said := server.apply(new)):
                    break
                time.sleep(0.1)
            assert (said, server.apply(there)) == ("", "")
            assert "is forbidden" in server.apply(other)
    finally:
        for document in (binding, role):
            server.remove(document)
