# METADATA
# title: Everything that runs asks for what it needs and has a bound of memory
# description: |
#   Without requests the scheduler packs a node until it starves, and without a memory limit one leak takes its
#   neighbours along. A limit stands for a request that is not said. A limit of CPU is not asked for: it slows a process
#   down while its node is idle.
#   https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
# custom:
#   id: releases/resources_bounded
#   severity: major
#   controls:
#     - "SOC 2: A1.1"
#   fields: [resources]
#   fix: |
#     Set requests of cpu and memory and a limit of memory, by the chart's values of the container's resources.
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
#           containers:
#           - name: api
#             image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/api:1.4.2
#             resources:
#               requests:
#                 cpu: 50m
#                 memory: 64Mi
#               limits:
#                 memory: 64Mi
package rules.releases.resources_bounded

import data.lib.objects
import data.lib.value
import data.lib.workloads

import rego.v1

rule := {"id": "releases/resources_bounded", "severity": "major"}

deny contains found if some found in objects.denied(rule, faulty)

unknown contains found if some found in objects.unsettled(rule, faulty)

unknown contains found if some found in objects.waiting(rule, unclear)

faulty := [[found, concat("", ["container ", workloads.name(found), " ", fault])] |
	some found in data.lib.workloads.containers
	some fault in missing(found)
	not undecided(found)
]

# A limit stands for a request. Both are of the container, or of its pod as a whole:
# https://kubernetes.io/docs/tasks/configure-pod-container/assign-pod-level-resources/
missing(found) := {fault |
	own := workloads.inner(value.at(found.container, ["resources"], null))
	around := workloads.inner(value.at(found.pod, ["resources"], null))
	some [fault, name, kinds] in bounds
	count([kind |
		some kind in kinds
		some holder in [own, around]
		value.at(holder, [kind, name], "") != ""
	]) == 0
}

bounds := [
	["requests no CPU", "cpu", ["requests", "limits"]],
	["requests no memory", "memory", ["requests", "limits"]],
	["has no limit of memory", "memory", ["limits"]],
]

unclear := [[found, concat("", ["says only at apply what container ", workloads.name(found), " may take"])] |
	some found in data.lib.workloads.containers
	undecided(found)
]

undecided(found) if workloads.undecided(found, [found.path, array.slice(found.path, 0, count(found.path) - 2)], ["resources"])
