# METADATA
# title: Everything that serves in production has three replicas
# description: |
#   Two replicas are one while the other is being replaced, and none when its zone fails.
#   parameters/availability says, for each chart we use, where its replicas are set, and which charts
#   have none; a chart that it does not list must set some replica count to three and none to less.
#   Of a release that groundplan renders, every Deployment and StatefulSet is counted instead.
# custom:
#   id: availability/three_replicas
#   severity: major
#   controls:
#     - "SOC 2: A1.2"
#   fields: [autoscaling, replica]
#   fix: |
#     Set the replicas, or the autoscaler's minimum, to 3.
#   avoid:
#     helm_release:
#       name: kong
#       chart: kong
#       repository: https://charts.example.com
#       version: 3.4.1
#       values:
#       - 'replicaCount: 1
#
#         '
#   prefer:
#     helm_release:
#       name: kong
#       chart: kong
#       repository: https://charts.example.com
#       version: 3.4.1
#       values:
#       - 'replicaCount: 3
#
#         '
package rules.availability.three_replicas

import data.lib.finding
import data.lib.objects
import data.lib.plan
import data.lib.replicated
import data.lib.value

import rego.v1

rule := {"id": "availability/three_replicas", "severity": "major"}

deny contains finding.on(rule, workload, concat("", ["has ", format_int(number, 10), " replicas"])) if {
	data.lib.settings.production
	some workload in data.lib.workloads.replicated
	not plan.undecided(workload, ["spec", 0, "replicas"])
	number := value.count_of(plan.known(workload, ["spec", 0, "replicas"], 1))
	number < least
	number != 0
}

deny contains finding.on(rule, answer.release, concat("", ["has too few replicas: ", answer.paths])) if {
	data.lib.settings.production
	some answer in data.lib.replicas.answers
	answer.verdict == "few"
}

deny contains finding.on(rule, answer.release, concat("", ["does not set its replicas: ", answer.paths])) if {
	data.lib.settings.production
	some answer in data.lib.replicas.answers
	answer.verdict == "unset"
}

deny contains found if some found in objects.denied(rule, few)

unknown contains found if {
	data.lib.settings.production
	some found in objects.unsettled(rule, few)
}

few := [[found, concat("", ["has ", format_int(number, 10), " replicas"])] |
	data.lib.settings.production
	some found in data.lib.replicated.listed
	not replicated.undecided(found)
	number := replicated.pods(found)
	number < least
	number != 0
]

unknown contains found if some found in objects.waiting(rule, unclear)

unclear := [[found, "says only at apply how many replicas it has"] |
	data.lib.settings.production
	some found in data.lib.replicated.listed
	replicated.undecided(found)
]

unknown contains finding.on(rule, workload, "says only at apply how many replicas it has") if {
	data.lib.settings.production
	some workload in data.lib.workloads.replicated
	plan.undecided(workload, ["spec", 0, "replicas"])
}

unknown contains finding.on(rule, answer.release, concat("", ["says only at apply how many replicas it has: ", answer.paths])) if {
	data.lib.settings.production
	some answer in data.lib.replicas.answers
	answer.verdict == "unknown"
}

least := data.parameters.availability.replicas
