# METADATA
# title: No role of Kubernetes lets its holder become more than it says
# description: |
#   Whoever may do everything, grant roles, act as others, read every Secret, start pods anywhere, enter them, talk to
#   kubelets, make tokens or change webhooks is an administrator of the cluster under another name.
#   parameters/identity/kubernetes lists the operators that have to.
#   https://kubernetes.io/docs/concepts/security/rbac-good-practices/
# custom:
#   id: identity/kubernetes_role_bounded
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 7.2.2"
#     - "SOC 2: CC6.3"
#   fix: |
#     Name the verbs, resources and API groups; grant Secrets and pods in the namespaces that need them, by a Role. What an
#     operator has to do stands in parameters/identity/kubernetes, with the reason.
#   avoid:
#     kubernetes_manifest:
#       manifest:
#         apiVersion: rbac.authorization.k8s.io/v1
#         kind: ClusterRole
#         metadata:
#           name: claims
#         rules:
#         - apiGroups: [""]
#           resources: [secrets]
#           verbs: [get, list]
#   prefer:
#     kubernetes_manifest:
#       manifest:
#         apiVersion: rbac.authorization.k8s.io/v1
#         kind: ClusterRole
#         metadata:
#           name: claims
#         rules:
#         - apiGroups: [""]
#           resources: [services]
#           verbs: [get, list]
package rules.identity.kubernetes_role_bounded

import data.lib.grants
import data.lib.objects

import rego.v1

rule := {"id": "identity/kubernetes_role_bounded", "severity": "critical"}

deny contains found if some found in objects.denied(rule, faulty)

unknown contains found if some found in objects.unsettled(rule, faulty)

unknown contains found if some found in objects.waiting(rule, unclear)

faulty := [[found, fault] |
	some found in data.lib.grants.roles
	not undecided(found)
	some [fault, what] in faults(found)
	not grants.permitted(found, what)
]

unclear := [[found, "says only at apply what its role allows"] |
	some found in data.lib.grants.roles
	undecided(found)
]

undecided(found) if grants.undecided(found, ["rules", "rule"])

faults(found) := {fault |
	some given in found.rules
	some fault in (wildcards(given) | powers_of(found, given))
}

wildcards(given) := {["may do everything", "everything"]} if {
	everything(given)
} else := {[concat(" ", ["has wildcards for", name]), name] |
	some name, words in object.remove(given, ["named"])
	"*" in words
}

everything(given) if {
	every name in ["groups", "resources", "verbs"] {
		"*" in given[name]
	}
}

# A rule for resources of some names ends there; a wildcard is told as such.
powers_of(found, given) := {[power.says, power.what] |
	not given.named
	some resource in given.resources
	some power in powers[resource]
	counts(found, power)
	power.group in given.groups
	some verb in power.verbs
	verb in given.verbs
}

powers[resource] contains power if {
	some power in data.parameters.identity.kubernetes.powers
	some resource in power.resources
}

counts(_, power) if not power.everywhere

counts(found, _) if grants.everywhere(found)
