# METADATA
# title: Everything that serves in production is spread over zones
# description: |
#   Replicas that share a zone or a node fail together. What the scheduler does by itself is a wish without weight where
#   nodes are few.
#   https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
# custom:
#   id: availability/spread_over_zones
#   severity: major
#   controls:
#     - "SOC 2: A1.2"
#   fields: [affinity, topologySpread]
#   fix: |
#     Set topologySpreadConstraints over topology.kubernetes.io/zone, or a podAntiAffinity, that selects the pods' own labels,
#     by the chart's values.
#   avoid:
#     kubernetes_manifest:
#       manifest:
#         apiVersion: apps/v1
#         kind: Deployment
#         metadata:
#           name: api
#           namespace: claims
#         spec:
#           replicas: 3
#           template:
#             metadata:
#               labels:
#                 app: api
#             spec:
#               containers:
#               - name: api
#   prefer:
#     kubernetes_manifest:
#       manifest:
#         apiVersion: apps/v1
#         kind: Deployment
#         metadata:
#           name: api
#           namespace: claims
#         spec:
#           replicas: 3
#           template:
#             metadata:
#               labels:
#                 app: api
#             spec:
#               topologySpreadConstraints:
#               - maxSkew: 1
#                 topologyKey: topology.kubernetes.io/zone
#                 whenUnsatisfiable: ScheduleAnyway
#                 labelSelector:
#                   matchLabels:
#                     app: api
#               containers:
#               - name: api
package rules.availability.spread_over_zones

import data.lib.objects
import data.lib.replicated
import data.lib.workloads

import rego.v1

rule := {"id": "availability/spread_over_zones", "severity": "major"}

deny contains found if some found in objects.denied(rule, faulty)

unknown contains found if {
	data.lib.settings.production
	some found in objects.unsettled(rule, faulty)
}

unknown contains found if some found in objects.waiting(rule, unclear)

faulty := [[found, "may have all its pods in one zone"] |
	data.lib.settings.production
	some found in data.lib.replicated.listed
	not undecided(found)
	replicated.pods(found) != 0
	not replicated.spread(found)
]

unclear := [[found, "says only at apply how its pods are spread"] |
	data.lib.settings.production
	some found in data.lib.replicated.listed
	undecided(found)
]

undecided(found) if workloads.undecided(found, [found.path], ["topologySpreadConstraints", "affinity"])

undecided(found) if {
	contains(json.marshal(found.labels), data.lib.rendered.marker)
}
