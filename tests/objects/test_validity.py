"""Whether an API server takes what releases make."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.objects import KNOWN_AFTER_APPLY, KubernetesObject, Validity, collisions, schemas, validity
from tests.objects.documents import DELETE, GOOD, changed, made

needs_schemas = pytest.mark.skipif(not schemas.versions_at_hand(), reason="the package kubernetes-validate is missing")


def judged(*documents: dict[str, Any], version: str = "1.34") -> Validity:
    return validity([made(document) for document in documents], kubernetes_version=version, where="prod-web")


def messages(found: Validity) -> list[str]:
    assert {problem.path for problem in found.problems} <= {"prod-web: module.web.helm_release.web"}
    return [problem.message for problem in found.problems]


@needs_schemas
@pytest.mark.parametrize("minor", schemas.versions_at_hand()[::6])
def test_what_every_version_of_kubernetes_takes_has_no_finding(minor: int) -> None:
    found = judged(*GOOD.values(), version=f"v1.{minor}.2-eks-0a1b2c3")
    assert (found.problems, found.warnings, found.unknown) == ((), (), ())


IN_SCHEMAS = [
    ("Deployment", "spec.replica", 2, "spec.replica is no field of Kubernetes 1.34"),
    ("Deployment", "spec.template.spec.containers.0.imagePullPolcy", "Always", "imagePullPolcy is no field"),
    ("Deployment", "spec.template.spec.nope", None, "spec.template.spec.nope is no field"),
    ("Deployment", "spec.replicas", "two", "spec.replicas must be a whole number, got 'two'"),
    ("Deployment", "spec.paused", "yes", "spec.paused must be true or false, got 'yes'"),
    (
        "Deployment",
        "spec.template.spec.containers.0.imagePullPolicy",
        "Allways",
        "must be Always, Never or IfNotPresent",
    ),
    ("Deployment", "spec.template.spec.containers.0.env.0.value", 5, "env[0].value must be text, got 5"),
    ("Deployment", "spec.template.spec.containers.0.name", DELETE, "containers[0].name is missing"),
    ("Deployment", "spec.template.spec.containers.0.ports.0.containerPort", [80], "must be a whole number"),
    ("Deployment", "spec.strategy.rollingUpdate.maxSurge", True, "must be a whole number or text, got true"),
    ("ConfigMap", "data.level", 5, "data.level must be text, got 5"),
    ("ConfigMap", "metadata.labels", ["app"], "metadata.labels must be a map"),
    ("NetworkPolicy", "spec.ingress.0.ports.0.protocol", "HTTP", "protocol must be TCP, UDP or SCTP, got 'HTTP'"),
    ("Deployment", "spec.template.spec.containers.0.resources.limits.memory", [1], "must be a number or text, got [1]"),
]

BESIDE_SCHEMAS = [
    ("Deployment", "spec.selector", None, "spec.selector is missing"),
    ("Deployment", "spec.template.spec.containers.0.name", None, "containers[0].name is missing"),
    ("Deployment", "spec.template.spec.containers.0.env.0", None, "env[0].name is missing"),
    ("Deployment", "spec.template.spec.containers.0.livenessProbe.tcpSocket.port", None, "tcpSocket.port is missing"),
    ("Deployment", "spec.template.spec.containers.0.args", [None], None),
    ("Deployment", "spec.replicas", None, None),
    # taken for 0, which is below what is asked for
    ("Deployment", "spec.template.spec.containers.0.resources.limits.cpu", None, "requests.cpu must be at most"),
    ("Deployment", "spec.template.spec.containers.0.resources.requests.cpu", None, None),
    ("Service", "spec.ports.0", None, "ports[0].port is missing"),
    ("Ingress", "spec.rules.0.http.paths.0.backend", None, "paths[0].backend is missing"),
    ("NetworkPolicy", "spec.ingress.0.from.1", None, "from[1] must have a podSelector"),
    ("HorizontalPodAutoscaler", "spec.minReplicas", 0, "spec.minReplicas must be above 0"),
    ("PersistentVolumeClaim", "spec.accessModes.0", "", "accessModes must have an access mode in each"),
    ("Deployment", "metadata.name", "Web_1", "metadata.name must be a DNS subdomain of at most 253"),
    ("Deployment", "metadata.name", DELETE, "metadata.name is missing"),
    ("Service", "metadata.name", "1-web", "must be a DNS label that begins with a letter, got '1-web'"),
    ("StatefulSet", "metadata.name", "web.one", "must be a DNS label, got 'web.one'"),
    ("CronJob", "metadata.name", "w" * 53, "must be a DNS subdomain of at most 52"),
    ("Role", "metadata.name", "web/reader", "must have no / and no %"),
    ("CustomResourceDefinition", "metadata.name", "widget", "must be widgets.example.com, as the spec has it"),
    ("ConfigMap", "metadata.labels.app", "-web", "metadata.labels.app must be the value of a label, got '-web'"),
    ("ConfigMap", "metadata.labels.a b", "web", "must be a name of at most 63 characters"),
    ("ConfigMap", "metadata.annotations", {"a/b/c": ""}, "must be a name of at most 63 characters"),
    ("ConfigMap", "metadata.annotations", {"note": "x" * 262_145}, "is larger than the 262,144 bytes"),
    ("Deployment", "spec.selector.matchLabels.app", "api", "does not find the pods of its own template"),
    ("StatefulSet", "spec.selector.matchExpressions.0.values", [], "must have a value or more for In"),
    ("StatefulSet", "spec.selector.matchExpressions.0.operator", "NotIn", "does not find the pods"),
    ("Deployment", "spec.selector", {}, "spec.selector is empty"),
    ("Deployment", "spec.template.spec.restartPolicy", "Never", "must be Always for this kind, got Never"),
    ("Deployment", "spec.strategy.type", "Recreate", "must not be set where the type is Recreate"),
    ("Deployment", "spec.strategy.rollingUpdate.maxSurge", 0, "must not be 0 where maxSurge is 0"),
    ("Deployment", "spec.strategy.rollingUpdate.maxSurge", "a quarter", "must be a whole number or a percentage"),
    ("Deployment", "spec.replicas", -1, "spec.replicas must not be below 0, got -1"),
    ("Deployment", "spec.template.spec.containers", [], "spec.containers must have a container"),
    ("Deployment", "spec.template.spec.containers.0.image", DELETE, "image must have an image"),
    ("Deployment", "spec.template.spec.initContainers.0.name", "web", "has the same container twice, got 'web'"),
    (
        "Deployment",
        "spec.template.spec.initContainers.0.livenessProbe",
        {"exec": {}},
        "must not be set for a container",
    ),
    ("Deployment", "spec.template.spec.containers.0.name", "Web", "must be a DNS label, got 'Web'"),
    ("Deployment", "spec.template.spec.containers.0.ports.1.name", "http", "has the same port twice, got 'http'"),
    (
        "Deployment",
        "spec.template.spec.containers.0.ports.1.name",
        "metrics-of-the-server",
        "must be the name of a port",
    ),
    ("Deployment", "spec.template.spec.containers.0.ports.1.containerPort", 70000, "must be a port from 1 to 65535"),
    ("Deployment", "spec.template.spec.containers.0.volumeMounts.0.name", "scrach", "must be a volume of the pod"),
    (
        "Deployment",
        "spec.template.spec.containers.0.volumeMounts.1",
        {"name": "scratch", "mountPath": "/tmp"},
        "has the same mount twice, got '/tmp'",
    ),
    (
        "Deployment",
        "spec.template.spec.containers.0.resources.requests.memory",
        "1Gi",
        "at most its limit of 134217728",
    ),
    ("Deployment", "spec.template.spec.containers.0.resources.requests.cpu", "100 m", "must be an amount, got '100 m'"),
    ("Deployment", "spec.template.spec.containers.0.resources.requests.cpu", "-1", "must not be below 0"),
    ("Deployment", "spec.template.spec.containers.0.resources.limits.memmory", "1Gi", "is no resource of a container"),
    ("Deployment", "spec.template.spec.containers.0.livenessProbe", {}, "must have exactly one of"),
    ("Deployment", "spec.template.spec.containers.0.livenessProbe.exec", {}, "exec and tcpSocket are set"),
    ("Deployment", "spec.template.spec.containers.0.livenessProbe.successThreshold", 2, "must be 1, got 2"),
    ("Deployment", "spec.template.spec.containers.0.livenessProbe.tcpSocket.port", 0, "must be a port from 1"),
    (
        "Deployment",
        "spec.template.spec.containers.0.securityContext.privileged",
        True,
        "not be false beside privileged",
    ),
    (
        "Deployment",
        "spec.template.spec.containers.0.env.0.valueFrom",
        {"fieldRef": {}},
        "has both a value and valueFrom",
    ),
    ("Deployment", "spec.template.spec.tolerations.0.operator", "Equal", None),
    ("Deployment", "spec.template.spec.tolerations.0", {"operator": "Exists"}, None),
    ("Deployment", "spec.template.spec.tolerations.0.value", "a", "must be left out where the operator is Exists"),
    (
        "Deployment",
        "spec.template.spec.tolerations.0.effect",
        "NoSchedule",
        "must be NoExecute where tolerationSeconds",
    ),
    ("Deployment", "spec.template.spec.tolerations.0", {"operator": "Equal"}, "must be Exists where there is no key"),
    ("Deployment", "spec.template.spec.topologySpreadConstraints.0.maxSkew", 0, "must be above 0, got 0"),
    ("Deployment", "spec.template.spec.volumes.0.emptyDir.sizeLimit", "1GB", "must be an amount, got '1GB'"),
    ("Deployment", "spec.template.spec.volumes.1", {"name": "scratch"}, "has the same volume twice"),
    ("Deployment", "spec.template.spec.serviceAccountName", "Web", "must be a DNS subdomain"),
    ("StatefulSet", "spec.volumeClaimTemplates.0.metadata.name", "other", "must be a volume of the pod, got 'data'"),
    ("StatefulSet", "spec.volumeClaimTemplates.0.spec.accessModes", [], "must have an access mode"),
    ("PersistentVolumeClaim", "spec.resources.requests.storage", "0", "must be above 0, got 0"),
    ("PersistentVolumeClaim", "spec.resources.requests", {}, "must have an amount of storage"),
    ("Job", "spec.template.spec.restartPolicy", DELETE, "must be OnFailure or Never for this kind, got Always"),
    ("CronJob", "spec.schedule", "0 2 * *", "must be a cron schedule: it has 4 fields, not 5"),
    ("CronJob", "spec.schedule", "0 24 * * *", "24 is no hour"),
    ("CronJob", "spec.schedule", "0 2 * * 5-1", "5-1 is no day of the week"),
    ("CronJob", "spec.schedule", "0 2 * * 7", "7 is no day of the week"),
    ("CronJob", "spec.schedule", "@fortnightly", "there is no @fortnightly"),
    ("CronJob", "spec.schedule", "TZ=UTC 0 2 * * *", "must not say a time zone"),
    ("CronJob", "spec.timeZone", "Europe/Berlim", "must be a time zone of the IANA database"),
    ("Service", "spec.ports", [], "must have a port, or clusterIP: None"),
    ("Service", "spec.ports.1.name", DELETE, "is missing, and a service of 2 ports must name each"),
    ("Service", "spec.ports.1.name", "http", "has the same port twice, got 'http'"),
    ("Service", "spec.ports.1.port", 80, "has the same port twice, got '80/TCP'"),
    ("Service", "spec.ports.0.targetPort", "HTTP", "must be the name of a port, got 'HTTP'"),
    ("Service", "spec.ports.0.nodePort", 30080, "must be left out for a service of type ClusterIP, got 30080"),
    ("Service", "spec.selector.app", "a b", "must be the value of a label"),
    ("PodDisruptionBudget", "spec.maxUnavailable", 1, "must have one of minAvailable and maxUnavailable"),
    ("PodDisruptionBudget", "spec.minAvailable", "150%", "must be at most 100%, got '150%'"),
    ("HorizontalPodAutoscaler", "spec.maxReplicas", 1, "must be at least minReplicas, 2, got 1"),
    ("NetworkPolicy", "spec.ingress.0.from.0.ipBlock.cidr", "10.0.0.0", "must be a network in CIDR notation"),
    ("NetworkPolicy", "spec.ingress.0.from.0.ipBlock.cidr", "10.0.7.1/16", None),
    ("NetworkPolicy", "spec.ingress.0.from.0.ipBlock.except.0", "10.1.0.0/24", "must be a part of 10.0.0.0/16"),
    ("Ingress", "spec.rules.0.http.paths.0.path", "app", "must begin with / for this pathType, got 'app'"),
    ("Ingress", "spec.rules.0.host", "Web_1.example.com", "host must be a DNS subdomain of at most 253 characters"),
    ("Ingress", "spec.rules.0.host", "192.0.2.7", "must be a name and no address, got '192.0.2.7'"),
    ("Ingress", "spec.rules.0.host", "*.example.com", None),
    ("Ingress", "spec.rules.0.host", "", None),
    ("Ingress", "spec.rules.0.http.paths", [], "http.paths must have a path"),
    ("Ingress", "spec.rules.0.http.paths.0.pathType", "", "must be Exact, ImplementationSpecific or Prefix, got ''"),
    ("Ingress", "spec.rules.0.http.paths.0.backend", {}, "backend must have exactly one of service and resource"),
    ("Ingress", "spec.rules.0.http.paths.0.backend.service.name", "Web", "service.name must be a DNS label, got 'Web'"),
    (
        "Ingress",
        "spec.rules.0.http.paths.0.backend.service.port",
        DELETE,
        "port must have exactly one of name and number",
    ),
    (
        "Ingress",
        "spec.rules.0.http.paths.0.backend.service.port.name",
        "http",
        "must have exactly one of name and number",
    ),
    ("Ingress", "spec.rules.0.http.paths.0.backend.service.port", {"name": "http"}, None),
    ("Ingress", "spec.rules.0.http.paths.0.backend.service.port", {"number": 0}, "exactly one of name and number"),
    ("Ingress", "spec.rules.0.http.paths.0.backend.service.port.number", 70_000, "].backend.service.port.number must"),
    ("Ingress", "spec.defaultBackend", {"service": {"name": "web"}}, "defaultBackend.service.port must have exactly"),
    ("Deployment", "spec.template.spec.containers.0.env.0.name", "", "env[0].name must have the name of a variable"),
    ("StatefulSet", "spec.template.spec.containers.0.volumeMounts.0.mountPath", "", "mountPath must have a path"),
    (
        "Deployment",
        "spec.template.spec.topologySpreadConstraints.0.whenUnsatisfiable",
        "",
        "must be DoNotSchedule or ScheduleAnyway, got ''",
    ),
    ("Deployment", "spec.template.spec.topologySpreadConstraints.0.topologyKey", "", "must have a label of nodes"),
    ("StatefulSet", "spec.selector.matchExpressions.0.operator", "", "must be DoesNotExist, Exists, In or NotIn"),
    ("PersistentVolumeClaim", "spec", DELETE, "spec.accessModes must have an access mode"),
    ("HorizontalPodAutoscaler", "spec.scaleTargetRef.name", "", "name must have the name of what is scaled"),
    ("ClusterRoleBinding", "roleRef.name", "", "roleRef.name must have the name of a role"),
    ("ValidatingWebhookConfiguration", "webhooks.0.clientConfig", {}, "exactly one of url"),
    ("ValidatingWebhookConfiguration", "webhooks.0.rules.0.resources.0", "", "resources must have a value in each"),
    ("ValidatingWebhookConfiguration", "webhooks.0.rules.0.apiGroups.0", "", None),
    ("Role", "rules.0.verbs", [], "rules[0].verbs must have a verb"),
    ("Role", "rules.0.apiGroups", DELETE, "must have an API group"),
    ("Role", "rules.0", {"nonResourceURLs": ["/metrics"], "verbs": ["get"]}, "must not be in a Role"),
    ("ClusterRoleBinding", "roleRef.kind", "Role", "roleRef.kind must be ClusterRole, got 'Role'"),
    ("ClusterRoleBinding", "subjects.0.namespace", DELETE, "must have the namespace of the service account"),
    ("ClusterRoleBinding", "subjects.0.kind", "Serviceaccount", "must be Group, ServiceAccount or User"),
    ("MutatingWebhookConfiguration", "webhooks.0.name", "pods", "must be a domain name of three parts or more"),
    ("ValidatingWebhookConfiguration", "webhooks.0.name", "pods", "must be a domain name of three parts or more"),
    ("ValidatingWebhookConfiguration", "webhooks.0.timeoutSeconds", 31, "must be from 1 to 30, got 31"),
    ("ValidatingWebhookConfiguration", "webhooks.0.clientConfig.url", "https://a.example.com", "exactly one of url"),
    ("ValidatingWebhookConfiguration", "webhooks.0.rules.0.operations", [], "operations must have a value"),
    ("Secret", "data.tls!key", "not base64", "must be text in base64"),
    ("Secret", "data.tls!key", DELETE, "a secret of type kubernetes.io/tls must have it"),
    ("ConfigMap", "data.a/b", "", "must be a key that can be a file's name, got 'a/b'"),
    ("ConfigMap", "data.logo!png", "", "is in data and in binaryData"),
    ("ConfigMap", "data.large", "x" * 1_048_577, "is larger than the 1,048,576 bytes"),
    ("Widget", "spec.size", "medium", "spec.size"),
    ("Widget", "spec.size", DELETE, "spec"),
    ("Widget", "spec.sise", "small", "sise"),
]


def _case(case: tuple[str, str, Any, str | None]) -> str:
    return f"{case[0]}.{case[1]}"


@pytest.mark.parametrize("case", BESIDE_SCHEMAS, ids=_case)
def test_what_the_api_server_refuses_is_told_at_its_field(case: tuple[str, str, Any, str | None]) -> None:
    kind, path, value, message = case
    found = messages(judged(changed(kind, path, value), GOOD["CustomResourceDefinition"]))
    if message is None:
        assert found == []
    else:
        assert len([said for said in found if message in said]) == 1, found


@needs_schemas
@pytest.mark.parametrize("case", IN_SCHEMAS, ids=_case)
def test_what_the_schema_refuses_is_told_at_its_field(case: tuple[str, str, Any, str | None]) -> None:
    kind, path, value, message = case
    (said,) = messages(judged(changed(kind, path, value)))
    assert said.startswith(f"{kind} web/web of web/templates/web.yaml: ")
    assert message in said


def test_what_the_definitions_ask_for_and_the_api_server_does_not_may_be_left_out() -> None:
    for kind, path in (
        ("ClusterRoleBinding", "roleRef.apiGroup"),
        ("CustomResourceDefinition", "spec.versions.0.served"),
        ("NetworkPolicy", "spec.podSelector"),
        ("Role", "rules"),
    ):
        assert (kind, messages(judged(changed(kind, path, DELETE)))) == (kind, [])
    probe = changed("Deployment", "spec.template.spec.containers.0.readinessProbe.httpGet.httpHeaders", [{"name": "A"}])
    assert messages(judged(probe)) == []


def test_the_name_of_a_service_may_begin_with_a_digit_where_the_version_takes_it() -> None:
    service = changed("Service", "metadata.name", "1-web")
    found = {version: messages(judged(service, version=version)) for version in ("1.35", "1.36")}
    assert [len(said) for said in found.values()] == [1, 0]
    assert "must be a DNS label that begins with a letter, got '1-web'" in found["1.35"][0]


@needs_schemas
def test_a_misspelt_field_names_the_one_that_is_meant() -> None:
    (problem,) = judged(changed("Deployment", "spec.template.spec.containers.0.imagePullPolcy", "Always")).problems
    assert problem.cure == "Did you mean imagePullPolicy?"
    (problem,) = judged(changed("Deployment", "spec.template.spec.containers.0.imagePullPolicy", "Allways")).problems
    assert problem.cure == "Did you mean Always?"


@pytest.mark.parametrize(
    ("kind", "path", "value", "message"),
    [
        ("Deployment", "spec.template.spec.containers.0.env.1", {"name": "LEVEL"}, "sets the same variable twice"),
        ("Deployment", "spec.template.spec.containers.0.readinessProbe.httpGet.port", "htp", "names no port of its"),
        ("Deployment", "spec.template.spec.containers.0.ports.1.containerPort", 8080, "has the same port twice"),
    ],
)
def test_what_the_api_server_takes_and_does_not_work_is_a_warning(
    kind: str, path: str, value: Any, message: str
) -> None:
    found = judged(changed(kind, path, value))
    assert found.problems == ()
    assert [warning.message for warning in found.warnings if message in warning.message]


def test_a_service_of_a_port_that_its_pods_do_not_have_is_a_warning() -> None:
    wrong = changed("Service", "spec.ports.0.targetPort", "web")
    (warning,) = judged(wrong, GOOD["Deployment"]).warnings
    assert "spec.ports[0].targetPort names no port of the pods that the service finds, got 'web'" in warning.message
    assert warning.cure == "There are: http, metrics."
    # pods that something else makes may have it
    assert judged(wrong).warnings == ()


def test_null_is_what_is_left_out() -> None:
    for path in ("spec.replicas", "spec.template.spec.containers.0.resources.requests.memory", "spec.strategy"):
        assert judged(changed("Deployment", path, None)).problems == ()


def _is_there(kind: str, path: str) -> bool:
    place: Any = GOOD[kind]
    for step in path.split("."):
        try:
            place = place[int(step) if step.isdecimal() else step.replace("!", ".")]
        except LookupError:
            return False
    return True


def test_what_only_an_apply_tells_is_no_finding() -> None:
    places = sorted({case[:2] for case in (*IN_SCHEMAS, *BESIDE_SCHEMAS) if _is_there(*case[:2])})
    assert len(places) > 50
    for kind, path in places:
        found = judged(changed(kind, path, f"x-{KNOWN_AFTER_APPLY}-x"), GOOD["CustomResourceDefinition"])
        assert (path, messages(found)) == (path, [])


def test_a_kind_that_no_definition_describes_is_said_and_not_refused() -> None:
    gadget = {"apiVersion": "example.org/v1", "kind": "Gadget", "metadata": {"name": "a"}}
    found = judged(gadget, {**gadget, "metadata": {"name": "b"}}, GOOD["Widget"])
    assert found.problems == ()
    (said,) = [text for text in found.unknown if "no definition" in text]
    assert said.startswith("3 objects are of kinds that no definition here describes")
    assert said.endswith("example.com/v1 Widget (1), example.org/v1 Gadget (2)")


def test_a_definition_of_another_stack_of_the_cluster_counts() -> None:
    wrong = changed("Widget", "spec.size", "medium")
    found = validity(
        [made(wrong)],
        kubernetes_version="1.34",
        where="prod-web",
        definitions=[made(GOOD["CustomResourceDefinition"])],
    )
    assert len(found.problems) == 1
    assert not any("no definition" in text for text in found.unknown)


def test_a_definition_that_cannot_be_read_is_said() -> None:
    broken = changed("CustomResourceDefinition", "spec.versions.0.schema.openAPIV3Schema.properties.spec.type", "text")
    found = judged(GOOD["Widget"], broken)
    assert any("the definition of Widget of example.com cannot be read" in text for text in found.unknown)


def test_what_a_definition_of_the_cluster_says_beyond_our_checks_is_counted_once_for_its_kind() -> None:
    rules = [{"rule": "self.size != 'small'"}, {"rule": "self == oldSelf"}]
    ruled = changed(
        "CustomResourceDefinition",
        "spec.versions.0.schema.openAPIV3Schema.properties.spec.x-kubernetes-validations",
        rules,
    )
    assert judged(GOOD["Widget"], ruled).cel_rules == judged(GOOD["Widget"], GOOD["Widget"], ruled).cel_rules == 2
    # nobody makes an object that they would be asked for
    assert judged(ruled).cel_rules == 0


def test_a_custom_resource_of_the_projects_own_facts_is_judged_and_what_is_left_is_counted() -> None:
    issuer = {
        "apiVersion": "cert-manager.io/v1",
        "kind": "ClusterIssuer",
        "metadata": {"name": "web"},
        "spec": {"ca": {"secretNme": "web"}},
    }
    found = judged(issuer)
    assert any("ClusterIssuer web/web of web/templates/web.yaml: spec.ca.secretNme" in said for said in messages(found))
    assert (found.cel_rules, found.not_compared, found.patterns) == (1, 0, 0)
    # charts write one for what stands in none, and the API server takes it away
    placed = {**issuer, "metadata": {"name": "web", "namespace": "web"}, "spec": {"ca": {"secretName": "web"}}}
    assert messages(judged(placed)) == []
    wrong = messages(judged({**placed, "metadata": {"name": "web", "namespace": 5}}))
    assert any("metadata.namespace must be a string, got 5" in said for said in wrong)


@needs_schemas
def test_versions_of_apis_are_told_by_the_version_of_the_cluster() -> None:
    budget = {**GOOD["PodDisruptionBudget"], "apiVersion": "policy/v1beta1"}
    (problem,) = judged(budget).problems
    assert "apiVersion is policy/v1beta1, which Kubernetes serves no longer since 1.25" in problem.message
    assert problem.cure == "Take a version of the chart that makes policy/v1."
    flow = {"apiVersion": "flowcontrol.apiserver.k8s.io/v1beta3", "kind": "FlowSchema", "metadata": {"name": "a"}}
    by_version = {version: judged(flow, version=version) for version in ("1.27", "1.30", "1.32")}
    assert "will be deprecated in Kubernetes 1.29 and removed in 1.32" in by_version["1.27"].warnings[0].message
    assert "is deprecated since Kubernetes 1.29 and goes with 1.32" in by_version["1.30"].warnings[0].message
    assert "serves no longer since 1.32" in by_version["1.32"].problems[0].message
    beta = {"apiVersion": "networking.k8s.io/v1beta1", "kind": "IPAddress", "metadata": {"name": "10.0.0.1"}}
    assert "which is beta: a cluster serves it only where" in judged(beta, version="1.33").warnings[0].message


@needs_schemas
def test_a_kind_that_a_group_of_kubernetes_does_not_have_is_refused() -> None:
    (problem,) = judged({**GOOD["Deployment"], "apiVersion": "extensions/v2"}).problems
    assert "is extensions/v2, of which Kubernetes 1.34 has no Deployment" in problem.message
    assert problem.cure == "It is served as apps/v1."


@needs_schemas
def test_what_no_schema_is_there_for_is_said_in_words() -> None:
    (said,) = judged(GOOD["Deployment"], version="1.2").unknown
    assert said.startswith("there are no schemas of Kubernetes 1.2, only of 1.25 to 1.")
    (said,) = judged(GOOD["Deployment"], version=KNOWN_AFTER_APPLY).unknown
    assert said.startswith("the cluster's version of Kubernetes is not known")


def test_without_the_package_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "_folders", dict)
    found = judged(changed("Deployment", "spec.selector", {}), changed("Service", "spec.prts", 1))
    assert [text for text in found.unknown if "install the extra groundplan[charts]" in text]
    (said,) = messages(found)
    assert "spec.selector is empty" in said


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 70_000) | st.floats() | st.sampled_from(["", "a", "5%", "1Gi", "A_"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "port", "a"]), inner),
    max_leaves=4,
)


def _ways(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [above, *(way for step, item in steps for way in _ways(item, (*above, step)))]


@settings(max_examples=150)
@given(st.data())
def test_whatever_is_in_an_object_there_is_an_answer(data: st.DataObject) -> None:
    document = json.loads(json.dumps(data.draw(st.sampled_from(list(GOOD.values())))))
    way = data.draw(st.sampled_from([way for way in _ways(document) if way]))
    place: Any = document
    for step in way[:-1]:
        place = place[step]
    place[way[-1]] = data.draw(_VALUES)
    objects = [made(document), KubernetesObject("module.b.helm_release.b", "b.yaml", "web", document)]
    found = validity(objects, kubernetes_version="1.34", where="prod-web", definitions=[made(GOOD["Deployment"])])
    for problem in (*found.problems, *found.warnings, *collisions({"prod-web": objects})):
        assert problem.message
        assert problem.path.startswith("prod-web: module.")
