# METADATA
# title: Nobody in particular has a role of Kubernetes, and nobody is made administrator of the cluster
# description: |
#   A role for system:authenticated is one for every pod of every tenant, and one for system:anonymous for whoever reaches
#   the endpoint. cluster-admin leaves nothing that RBAC could still refuse; parameters/identity/kubernetes lists the
#   operators that have to have it.
#   https://kubernetes.io/docs/concepts/security/rbac-good-practices/
# custom:
#   id: identity/kubernetes_binding_bounded
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 7.2.2"
#     - "SOC 2: CC6.3"
#   fix: |
#     Bind the role to the service accounts that need it, and a role of one's own in place of cluster-admin.
#   avoid:
#     kubernetes_manifest:
#       manifest:
#         apiVersion: rbac.authorization.k8s.io/v1
#         kind: ClusterRoleBinding
#         metadata:
#           name: claims
#         roleRef:
#           apiGroup: rbac.authorization.k8s.io
#           kind: ClusterRole
#           name: cluster-admin
#         subjects:
#         - kind: ServiceAccount
#           name: claims
#           namespace: claims
#   prefer:
#     kubernetes_manifest:
#       manifest:
#         apiVersion: rbac.authorization.k8s.io/v1
#         kind: ClusterRoleBinding
#         metadata:
#           name: claims
#         roleRef:
#           apiGroup: rbac.authorization.k8s.io
#           kind: ClusterRole
#           name: claims
#         subjects:
#         - kind: ServiceAccount
#           name: claims
#           namespace: claims
package rules.identity.kubernetes_binding_bounded

import data.lib.grants
import data.lib.objects

import rego.v1

rule := {"id": "identity/kubernetes_binding_bounded", "severity": "critical"}

deny contains found if some found in objects.denied(rule, faulty)

unknown contains found if some found in objects.unsettled(rule, faulty)

unknown contains found if some found in objects.waiting(rule, unclear)

faulty := array.concat(
	[[found, "makes its subjects administrators of the cluster"] |
		some found in data.lib.grants.bindings
		not undecided(found)
		found.type == "ClusterRoleBinding"
		found.role == {"kind": "ClusterRole", "name": "cluster-admin"}
		not grants.permitted(found, "everything")
	],
	[[found, concat(" ", ["gives", found.role.name, "to", subject.name])] |
		some found in data.lib.grants.bindings
		not undecided(found)
		some subject in found.subjects
		subject in data.parameters.identity.kubernetes.anybody
	],
)

unclear := [[found, "says only at apply what it grants to whom"] |
	some found in data.lib.grants.bindings
	undecided(found)
]

undecided(found) if grants.undecided(found, ["roleRef", "subjects", "role_ref", "subject"])
