# METADATA
# title: Nothing that runs reaches into its node
# description: |
#   A pod that shares its node's network, processes or files sees those of every other pod there. parameters/workloads
#   lists what has to: agents that work on the node itself.
#   https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   id: releases/host_access
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 2.2.6"
#     - "SOC 2: CC6.1"
#   fields: [hostIPC, hostNetwork, hostPID, hostPath, hostPort, volume]
#   fix: |
#     Take hostNetwork, hostPID, hostIPC, hostPath volumes and hostPort away, by the chart's values, or list the workload
#     in parameters/workloads with the reason.
#   avoid:
#     kubernetes_manifest:
#       manifest:
#         apiVersion: v1
#         kind: Pod
#         metadata:
#           name: api
#           namespace: claims
#         spec:
#           hostNetwork: true
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
#           hostNetwork: false
#           containers:
#           - name: api
#             image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/api:1.4.2
package rules.releases.host_access

import data.lib.objects
import data.lib.value
import data.lib.workloads

import rego.v1

rule := {"id": "releases/host_access", "severity": "critical"}

deny contains found if some found in objects.denied(rule, faulty)

unknown contains found if some found in objects.unsettled(rule, faulty)

unknown contains found if some found in objects.waiting(rule, unclear)

faulty := array.concat(
	[[found, concat("", ["shares its node's ", what])] |
		some found in data.lib.workloads.found_pods
		some [of_provider, of_kubernetes, what] in namespaces
		workloads.pick(found.pod, of_provider, of_kubernetes) == true
		not permitted(found, of_kubernetes)
	],
	array.concat(
		[[found, concat("", ["mounts ", path, " of its node"])] |
			some found in data.lib.workloads.found_pods
			some volume in value.list(workloads.pick(found.pod, "volume", "volumes"))
			path := value.text(value.at(workloads.block(volume, "host_path", "hostPath"), ["path"], ""))
			path != ""
			not contains(path, data.lib.rendered.marker)
			not permitted(found, path)
		],
		[[found, concat("", ["container ", workloads.name(found), " takes port ", format_int(number, 10), " of its node"])] |
			some found in data.lib.workloads.containers
			some port in value.list(workloads.pick(found.container, "port", "ports"))
			number := workloads.pick(port, "host_port", "hostPort")
			is_number(number)
			number > 0
			not permitted(found, format_int(number, 10))
		],
	),
)

namespaces := [
	["host_network", "hostNetwork", "network"],
	["host_pid", "hostPID", "processes"],
	["host_ipc", "hostIPC", "memory between processes"],
]

permitted(found, what) if what in data.parameters.workloads.node_access[found.home].may

unclear := array.concat(
	[[found, "says only at apply what it shares with its node"] |
		some found in data.lib.workloads.found_pods
		undecided(found, found.path, ["host_network", "hostNetwork", "host_pid", "hostPID", "host_ipc", "hostIPC", "volume", "volumes"])
	],
	[[found, concat("", ["says only at apply which ports of its node container ", workloads.name(found), " takes"])] |
		some found in data.lib.workloads.containers
		undecided(found, found.path, ["port", "ports"])
	],
)

undecided(found, path, words) if workloads.undecided(found, [path], words)
