# METADATA
# title: Nothing that runs can write into its own image
# description: |
#   Who breaks into a process then finds no place to put a program of his own. What has to be written goes into an
#   emptyDir. The Pod Security Standards do not ask for it, so this is minor.
#   https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
# custom:
#   id: releases/read_only_root
#   severity: minor
#   controls:
#     - "PCI DSS 4.0: 2.2.6"
#     - "SOC 2: CC6.8"
#   fields: [securityContext]
#   fix: |
#     Set readOnlyRootFilesystem = true in the container's security context, by the chart's value of that name, and mount
#     an emptyDir where it writes.
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
#             securityContext:
#               readOnlyRootFilesystem: true
package rules.releases.read_only_root

import data.lib.objects
import data.lib.workloads

import rego.v1

rule := {"id": "releases/read_only_root", "severity": "minor"}

deny contains found if some found in objects.denied(rule, faulty)

unknown contains found if some found in objects.unsettled(rule, faulty)

unknown contains found if some found in objects.waiting(rule, unclear)

faulty := [[found, concat("", ["container ", workloads.name(found), " can write into its image"])] |
	some found in data.lib.workloads.containers
	not data.parameters.workloads.writing_pods[found.home]
	not undecided(found)
	context := workloads.block(found.container, "security_context", "securityContext")
	workloads.pick(context, "read_only_root_filesystem", "readOnlyRootFilesystem") != true
]

unclear := [[found, concat("", ["says only at apply whether container ", workloads.name(found), " can write into its image"])] |
	some found in data.lib.workloads.containers
	undecided(found)
]

undecided(found) if workloads.undecided(found, [found.path], ["security_context", "securityContext"])
