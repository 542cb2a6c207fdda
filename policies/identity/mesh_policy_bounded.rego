# METADATA
# title: No policy of the mesh allows everything to everybody
# description: |
#   An AuthorizationPolicy of action ALLOW opens what its rules match. One rule without from, to and when matches every
#   request, and undoes a mesh that refuses by default for all that the policy selects. Any caller of the mesh
#   (principals *) is everybody too.
#   https://istio.io/latest/docs/reference/config/security/authorization-policy/
# custom:
#   id: identity/mesh_policy_bounded
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 7.2.1"
#     - "SOC 2: CC6.1"
#   fix: |
#     Name who may ask (from), what for (to) or under which condition (when) in every rule.
#   avoid:
#     kubernetes_manifest:
#       manifest:
#         apiVersion: security.istio.io/v1
#         kind: AuthorizationPolicy
#         metadata:
#           name: allow-all
#           namespace: claims
#         spec:
#           action: ALLOW
#           rules:
#           - {}
#   prefer:
#     kubernetes_manifest:
#       manifest:
#         apiVersion: security.istio.io/v1
#         kind: AuthorizationPolicy
#         metadata:
#           name: portal
#           namespace: claims
#         spec:
#           action: ALLOW
#           rules:
#           - from:
#             - source:
#                 principals: [cluster.local/ns/portal/sa/portal]
package rules.identity.mesh_policy_bounded

import data.lib.objects
import data.lib.value

import rego.v1

rule := {"id": "identity/mesh_policy_bounded", "severity": "critical"}

deny contains found if some found in objects.denied(rule, faulty)

unknown contains found if some found in objects.unsettled(rule, faulty)

unknown contains found if some found in objects.waiting(rule, unclear)

policies := objects.of_kinds({"security.istio.io/AuthorizationPolicy"})

faulty := [[found, "allows everything to everybody"] |
	some found in policies
	not objects.later(found, ["spec"])
	value.at(found.object, ["spec", "action"], "ALLOW") == "ALLOW"
	allows_all(found)
]

unclear := [[found, "says only at apply what it allows"] |
	some found in policies
	objects.later(found, ["spec"])
]

allows_all(found) if {
	some given in value.list(value.at(found.object, ["spec", "rules"], []))
	count(value.list(value.at(given, ["when"], []))) == 0
	open(value.at(given, ["from"], null), "source")
	open(value.at(given, ["to"], null), "operation")
}

# What is left out asks for nothing, and so does one of several that asks for nothing.
open(given, _) if is_null(given)

open(given, _) if given == []

open(given, name) if {
	some one in value.list(given)
	every _, words in value.map(value.at(one, [name], {})) {
		"*" in value.strings(words)
	}
}
