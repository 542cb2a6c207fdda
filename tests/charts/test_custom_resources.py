from __future__ import annotations

import copy
from dataclasses import dataclass

import pytest

from groundplan.charts import custom_resource_kinds, custom_resource_problems

CLUSTER_ISSUER = {
    "apiVersion": "cert-manager.io/v1",
    "kind": "ClusterIssuer",
    "metadata": {"name": "letsencrypt", "labels": {"team": "platform"}},
    "spec": {
        "acme": {
            "server": "https://acme-v02.api.letsencrypt.org/directory",
            "email": "platform@example.com",
            "privateKeySecretRef": {"name": "letsencrypt"},
            "solvers": [
                {
                    "selector": {"dnsZones": ["example.com"]},
                    "dns01": {"route53": {"region": "us-east-1", "hostedZoneID": "${aws_route53_zone.main.zone_id}"}},
                }
            ],
        }
    },
}
OBJECTS = [
    CLUSTER_ISSUER,
    {
        "apiVersion": "configuration.konghq.com/v1",
        "kind": "KongClusterPlugin",
        "metadata": {"name": "rate-limiting", "annotations": {"kubernetes.io/ingress.class": "kong"}},
        "plugin": "rate-limiting",
        "protocols": ["http", "https"],
        "config": {"minute": 100, "policy": "local", "anything": [1, {"x": None}]},
    },
    {
        "apiVersion": "security.istio.io/v1",
        "kind": "PeerAuthentication",
        "metadata": {"name": "default", "namespace": "istio-system"},
        "spec": {"mtls": {"mode": "STRICT"}, "portLevelMtls": {"8080": {"mode": "PERMISSIVE"}}},
    },
    {
        "apiVersion": "velero.io/v1",
        "kind": "Schedule",
        "metadata": {"name": "daily", "namespace": "velero"},
        "spec": {"schedule": "0 3 * * *", "template": {"ttl": "720h", "includedNamespaces": ["orders"]}},
    },
    {
        "apiVersion": "snapshot.storage.k8s.io/v1",
        "kind": "VolumeSnapshotClass",
        "metadata": {"name": "ebs"},
        "driver": "ebs.csi.aws.com",
        "deletionPolicy": "Retain",
        "parameters": {"tagSpecification_1": "Owner=platform"},
    },
    {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ClusterSecretStore",
        "metadata": {"name": "aws"},
        "spec": {"provider": {"aws": {"service": "SecretsManager", "region": "us-east-1"}}},
    },
]


@dataclass(frozen=True)
class Reference:
    __expression__: str = ""


def changed(obj, path, value):
    """`obj` with another value at the path; the value `...` takes the field away."""
    obj = copy.deepcopy(obj)
    *above, last = path
    at = obj
    for step in above:
        at = at[step]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return obj


def told(obj):
    return [(problem.path, problem.message, problem.cure) for problem in custom_resource_problems(obj, where="object")]


@pytest.mark.parametrize("obj", OBJECTS, ids=lambda obj: obj["kind"])
def test_objects_of_the_services_documentation_pass(obj):
    assert told(obj) == []


def test_a_field_that_the_definition_does_not_have_is_found_with_the_one_that_was_meant():
    obj = changed(CLUSTER_ISSUER, ["spec", "acme", "solvers", 0, "dns01", "route53", "hostedZoneId"], "Z1")
    assert told(obj) == [
        (
            "object.spec.acme.solvers[0].dns01.route53.hostedZoneId",
            "ClusterIssuer has no field spec.acme.solvers[0].dns01.route53.hostedZoneId",
            "did you mean spec.acme.solvers[0].dns01.route53.hostedZoneID?",
        )
    ]


def test_a_field_at_the_wrong_level_is_found_with_what_is_allowed_there():
    ((path, message, cure),) = told({**OBJECTS[1], "spec": {"plugin": "x"}})
    assert (path, message) == ("object.spec", "KongClusterPlugin has no field spec")
    assert "allowed here: apiVersion, config, " in cure


def test_a_missing_field_is_found_at_its_place():
    assert told(changed(CLUSTER_ISSUER, ["spec", "acme", "privateKeySecretRef"], ...)) == [
        (
            "object.spec.acme",
            "ClusterIssuer needs a field privateKeySecretRef here, and it is not set",
            "set privateKeySecretRef",
        )
    ]
    assert told(changed(CLUSTER_ISSUER, ["spec", "acme", "server"], None))[0][0] == "object.spec.acme"
    assert [path for path, _, _ in told(changed(OBJECTS[1], ["plugin"], ...))] == ["object"]
    assert [path for path, _, _ in told(changed(OBJECTS[1], ["metadata", "name"], ...))] == ["object.metadata"]
    assert [path for path, _, _ in told(changed(OBJECTS[1], ["metadata"], ...))] == ["object"]


def test_a_value_outside_of_its_enumeration_is_found_with_the_nearest_one():
    obj = changed(OBJECTS[2], ["spec", "portLevelMtls", "8080", "mode"], "PERMISIVE")
    ((path, message, cure),) = told(obj)
    assert path == "object.spec.portLevelMtls.8080.mode"
    assert "must be one of " in message
    assert "got 'PERMISIVE'" in message
    assert cure == "did you mean PERMISSIVE?"
    assert told(changed(OBJECTS[1], ["protocols", 1], "htps"))[0][0] == "object.protocols[1]"


def test_a_value_of_a_wrong_type_is_found():
    obj = changed(CLUSTER_ISSUER, ["spec", "acme", "solvers"], {"dns01": {}})
    assert told(obj) == [("object.spec.acme.solvers", "must be a list, got {'dns01': {}}", "give a list")]
    obj = changed(CLUSTER_ISSUER, ["metadata", "labels", "team"], 5)
    assert told(obj) == [("object.metadata.labels.team", "must be a string, got 5", 'write it as text: "5"')]


@pytest.mark.parametrize("given_value", ["${local.spec}", Reference("local.spec")])
def test_what_only_terraform_knows_is_taken_as_right(given_value):
    assert told({**CLUSTER_ISSUER, "spec": given_value}) == []
    assert told(changed(OBJECTS[2], ["spec", "mtls", "mode"], given_value)) == []
    assert told({**CLUSTER_ISSUER, "kind": given_value}) == []
    assert told(given_value) == []


@pytest.mark.parametrize(
    ("api_version", "kind", "meant"),
    [
        ("cert-manager.io/v1alpha2", "ClusterIssuer", "did you mean ClusterIssuer of cert-manager.io/v1?"),
        ("cert-manager.io/v1", "ClusterIsuer", "did you mean ClusterIssuer of cert-manager.io/v1?"),
        ("external-secrets.io/v1beta1", "ExternalSecret", "did you mean ExternalSecret of external-secrets.io/v1?"),
        ("telemetry.istio.io/v3", "Telemetry", "did you mean Telemetry of telemetry.istio.io/v1?"),
        ("v1", "ConfigMap", "use the Kubernetes provider for built-in kinds; "),
        (None, None, "use the Kubernetes provider for built-in kinds; "),
    ],
)
def test_a_kind_without_facts_is_refused_and_the_nearest_one_named(api_version, kind, meant):
    ((path, message, cure),) = told({"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}})
    assert path == "object"
    assert f"{kind} of {api_version}" in message
    assert cure.startswith(meant)


def test_a_namespace_on_a_cluster_wide_object_is_found():
    obj = changed(CLUSTER_ISSUER, ["metadata", "namespace"], "cert-manager")
    assert [path for path, _, _ in told(obj)] == ["object.metadata.namespace"]


def test_every_kind_of_the_facts_loads_and_wants_a_name():
    assert len(custom_resource_kinds()) == 143
    assert {("karpenter.sh/v1", "NodePool"), ("gateway.networking.k8s.io/v1", "HTTPRoute")} < set(
        custom_resource_kinds()
    )
    for api_version, kind in custom_resource_kinds():
        problems = custom_resource_problems({"apiVersion": api_version, "kind": kind, "metadata": {}}, where="")
        assert "metadata" in [problem.path for problem in problems]
