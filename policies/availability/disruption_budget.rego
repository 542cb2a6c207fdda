# METADATA
# title: Everything that serves in production limits voluntary disruption
# description: |
#   A node upgrade may otherwise evict every replica at once. A PodDisruptionBudget makes the upgrade
#   wait; one that lets no pod go makes it wait for ever. Of a release that groundplan renders, every Deployment and
#   StatefulSet is asked for a budget that selects its pods; of another, its values.
# custom:
#   id: availability/disruption_budget
#   severity: major
#   controls:
#     - "SOC 2: A1.2"
#   fix: |
#     Switch the chart's pod disruption budget on, or add a kubernetes_pod_disruption_budget_v1 whose
#     selector matches the pods.
#   avoid:
#     helm_release:
#       name: kong
#       chart: kong
#       repository: https://charts.example.com
#       version: 3.4.1
#       values:
#       - 'replicaCount: 3
#
#         '
#   prefer:
#     helm_release:
#       name: kong
#       chart: kong
#       repository: https://charts.example.com
#       version: 3.4.1
#       values:
#       - "replicaCount: 3\npodDisruptionBudget:\n  enabled: true\n"
package rules.availability.disruption_budget

import data.lib.finding
import data.lib.objects
import data.lib.plan
import data.lib.replicated
import data.lib.value
import data.lib.workloads

import rego.v1

rule := {"id": "availability/disruption_budget", "severity": "major"}

deny contains finding.on(rule, workload, "has no PodDisruptionBudget") if {
	data.lib.settings.production
	some workload in data.lib.workloads.replicated
	not covered(workload)
	not maybe_covered(workload)
}

deny contains finding.on(rule, answer.release, concat("", ["has no PodDisruptionBudget: ", answer.paths])) if {
	data.lib.settings.production
	some answer in data.lib.budgets.answers
	answer.verdict == "unset"
}

deny contains found if some found in objects.denied(rule, unlimited)

unknown contains found if {
	data.lib.settings.production
	some found in objects.unsettled(rule, unlimited)
}

unlimited := array.concat(
	[[found, "has no PodDisruptionBudget"] |
		data.lib.settings.production
		some found in data.lib.replicated.listed
		replicated.pods(found) != 0
		not replicated.covered(found)
		not covered_by_typed(found)
		not replicated.undecided_budget(found)
	],
	[[budget, concat("", ["lets no pod of ", objects.name(found), " be evicted"])] |
		data.lib.settings.production
		some found in data.lib.replicated.listed
		replicated.pods(found) != 0
		some budget in data.lib.replicated.budgets
		replicated.covers(budget, found)
		replicated.blocks(budget, found)
	],
)

unknown contains found if some found in objects.waiting(rule, unclear)

unclear := [[found, "says only at apply whether a PodDisruptionBudget is its own"] |
	data.lib.settings.production
	some found in data.lib.replicated.listed
	not replicated.covered(found)
	not covered_by_typed(found)
	replicated.undecided_budget(found)
]

# By a budget of the kubernetes provider.
covered_by_typed(found) if {
	some budget in pod_budgets
	workloads.namespace(budget) == found.namespace
	wanted := value.map(plan.known(budget, selector, {}))
	count(wanted) > 0
	every name, text in wanted {
		found.labels[name] == text
	}
}

unknown contains finding.on(rule, workload, "may have a PodDisruptionBudget whose selector is known only at apply") if {
	data.lib.settings.production
	some workload in data.lib.workloads.replicated
	not covered(workload)
	maybe_covered(workload)
}

unknown contains finding.on(rule, answer.release, concat("", ["says only at apply whether it has a PodDisruptionBudget: ", answer.paths])) if {
	data.lib.settings.production
	some answer in data.lib.budgets.answers
	answer.verdict == "unknown"
}

selector := ["spec", 0, "selector", 0, "match_labels"]

pod_budgets contains budget if {
	some type in ["kubernetes_pod_disruption_budget", "kubernetes_pod_disruption_budget_v1"]
	some budget in plan.of(type)
}

covered(workload) if {
	some budget in pod_budgets
	wanted := value.map(plan.known(budget, selector, {}))
	count(wanted) > 0
	workloads.namespace(budget) == workloads.namespace(workload)
	every name, text in wanted {
		workloads.labels(workload)[name] == text
	}
}

maybe_covered(workload) if {
	some budget in pod_budgets
	budget.module == workload.module
	plan.partly_unknown(budget, selector)
}

maybe_covered(workload) if {
	count(pod_budgets) > 0
	plan.partly_unknown(workload, ["spec", 0, "template", 0, "metadata", 0, "labels"])
}
