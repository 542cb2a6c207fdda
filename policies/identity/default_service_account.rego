# METADATA
# title: Nothing runs with a token of its namespace's default service account
# description: |
#   Whatever is granted to the default account is granted to every pod of the namespace that names none. A pod that needs
#   the API gets an account of its own; one that does not gets no token.
#   https://kubernetes.io/docs/concepts/security/rbac-good-practices/
# custom:
#   id: identity/default_service_account
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 7.2.5"
#     - "SOC 2: CC6.3"
#   fields: [automount, serviceAccount]
#   fix: |
#     Give the pod a service account of its own, or set automountServiceAccountToken = false.
#   avoid:
#     kubernetes_manifest:
#       manifest:
#         apiVersion: v1
#         kind: Pod
#         metadata:
#           name: api
#           namespace: claims
#         spec:
#           containers:
#           - name: api
#             image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/api:1.4.2
#   prefer:
#     kubernetes_manifest:
#       manifest:
#         apiVersion: v1
#         kind: Pod
#         metadata:
#           name: api
#           namespace: claims
#         spec:
#           automountServiceAccountToken: false
#           containers:
#           - name: api
#             image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/api:1.4.2
package rules.identity.default_service_account

import data.lib.objects
import data.lib.plan
import data.lib.value
import data.lib.workloads

import rego.v1

rule := {"id": "identity/default_service_account", "severity": "major"}

deny contains found if some found in objects.denied(rule, faulty)

unknown contains found if some found in objects.unsettled(rule, faulty)

unknown contains found if some found in objects.waiting(rule, unclear)

faulty := [[found, "runs with a token of the default service account"] |
	some found in data.lib.workloads.found_pods
	not undecided(found)
	value.text(workloads.pick(found.pod, "service_account_name", "serviceAccountName")) in {"", "default"}
	workloads.pick(found.pod, "automount_service_account_token", "automountServiceAccountToken") != false
	not without_token(split(found.home, "/")[0])
]

# Whether the namespace's default account mounts no token.
without_token(namespace) if {
	some type in ["kubernetes_default_service_account", "kubernetes_default_service_account_v1"]
	some account in plan.of(type)
	workloads.namespace(account) == namespace
	plan.known(account, ["automount_service_account_token"], true) == false
}

without_token(namespace) if {
	some found in objects.of_kinds({"ServiceAccount"})
	found.namespace == namespace
	objects.name(found) == "default"
	value.at(found.object, ["automountServiceAccountToken"], true) == false
}

unclear := [[found, "says only at apply which service account it has"] |
	some found in data.lib.workloads.found_pods
	undecided(found)
]

undecided(found) if {
	workloads.undecided(found, [found.path], ["service_account_name", "serviceAccountName", "automount_service_account_token", "automountServiceAccountToken"])
}
