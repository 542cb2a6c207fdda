# METADATA
# title: Everything that serves in production limits voluntary disruption
# description: |
#   A node upgrade may otherwise evict every replica at once. A PodDisruptionBudget makes the upgrade
#   wait.
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
import data.lib.plan
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
