# METADATA
# title: In the mesh both sides show who they are, by TLS
# description: |
#   With PERMISSIVE, which is what Istio does when nobody says anything, a pod without a proxy may ask in clear, and nobody
#   knows who it is: policies that name callers let it through or do not see it. STRICT in the root namespace holds for
#   every workload that no other PeerAuthentication speaks of.
#   https://istio.io/latest/docs/reference/config/security/peer_authentication/
#   https://istio.io/latest/docs/concepts/security/#peer-authentication
# custom:
#   id: encryption/mesh_mtls_strict
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 4.2.1"
#     - "SOC 2: CC6.7"
#   fix: |
#     Set mtls.mode STRICT in a PeerAuthentication named default in istiod's namespace, and leave out those that say less.
#   avoid:
#     kubernetes_manifest:
#       manifest:
#         apiVersion: security.istio.io/v1
#         kind: PeerAuthentication
#         metadata:
#           name: default
#           namespace: claims
#         spec:
#           mtls:
#             mode: PERMISSIVE
#   prefer:
#     kubernetes_manifest:
#       manifest:
#         apiVersion: security.istio.io/v1
#         kind: PeerAuthentication
#         metadata:
#           name: default
#           namespace: claims
#         spec:
#           mtls:
#             mode: STRICT
package rules.encryption.mesh_mtls_strict

import data.lib.objects
import data.lib.value

import rego.v1

rule := {"id": "encryption/mesh_mtls_strict", "severity": "critical"}

deny contains found if some found in objects.denied(rule, faulty)

unknown contains found if some found in objects.unsettled(rule, faulty)

unknown contains found if some found in objects.waiting(rule, unclear)

demands := objects.of_kinds({"security.istio.io/PeerAuthentication"})

less := {"DISABLE", "PERMISSIVE"}

faulty := array.concat(
	array.concat(
		[[found, concat("", ["takes requests in clear: mode ", mode])] |
			some found in demands
			some mode in (modes(found) & less)
		],
		[[found, "asks in clear: tls mode DISABLE"] |
			some found in objects.of_kinds({"networking.istio.io/DestinationRule"})
			not objects.later(found, ["spec"])
			in_clear(found)
		],
	),
	[[found, concat("", ["is the control plane of a mesh whose namespace ", found.namespace, " demands no mode STRICT of everybody"])] |
		some found in control_planes
		count(strict_in(found.namespace)) == 0
		count(waiting_in(found.namespace)) == 0
	],
)

unclear := [[found, "says only at apply which mode it demands"] |
	some found in demands
	objects.later(found, ["spec"])
]

# Of all ports, and of some.
modes(found) := {mode |
	not objects.later(found, ["spec"])
	some mode in array.concat(
		[value.at(found.object, ["spec", "mtls", "mode"], "")],
		[value.at(port, ["mode"], "") | some port in value.map(value.at(found.object, ["spec", "portLevelMtls"], {}))],
	)
}

in_clear(found) if value.at(found.object, ["spec", "trafficPolicy", "tls", "mode"], "") == "DISABLE"

in_clear(found) if {
	some port in value.list(value.at(found.object, ["spec", "trafficPolicy", "portLevelSettings"], []))
	value.at(port, ["tls", "mode"], "") == "DISABLE"
}

in_clear(found) if {
	some subset in value.list(value.at(found.object, ["spec", "subsets"], []))
	value.at(subset, ["trafficPolicy", "tls", "mode"], "") == "DISABLE"
}

control_planes := [found |
	some found in objects.of_kinds({"apps/Deployment"})
	value.at(found.object, ["metadata", "labels", "app"], "") == "istiod"
]

strict_in(namespace) := [found |
	some found in demands
	found.namespace == namespace
	value.at(found.object, ["spec", "selector"], null) == null
	value.at(found.object, ["spec", "mtls", "mode"], "") == "STRICT"
]

waiting_in(namespace) := [found |
	some found in demands
	found.namespace == namespace
	objects.later(found, ["spec"])
]
