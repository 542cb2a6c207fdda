# METADATA
# description: |
#   Deployments and StatefulSets in Kubernetes' own words, those that Helm makes among them: how many pods they have, what
#   limits the eviction of these, and how they are spread. A chart that parameters/availability exempts is left out.
package lib.replicated

import data.lib.helm
import data.lib.objects
import data.lib.value

import rego.v1

listed := [found |
	some found in data.lib.workloads.found_pods
	found.kind in {"apps/Deployment", "apps/StatefulSet"}
	not exempt(found)
]

exempt(found) if {
	data.parameters.availability.charts[helm.chart(found.resource)].exempt
}

# A component that works alone, whatever the chart's others do.
exempt(found) if {
	data.parameters.availability.charts[helm.chart(found.resource)].alone[found.labels["app.kubernetes.io/component"]]
}

# The number of pods, of all zones together where a workload is one of several.
pods(found) := sum(numbers) if {
	numbers := [number |
		some other in zones_of(found)
		number := own_pods(other)
		is_number(number)
	]
	count(numbers) > 0
} else := own_pods(found)

# Workloads that Grafana's rollout operator replaces one after the other, each in a zone of its own: they are one.
# https://github.com/grafana/rollout-operator/blob/main/README.md
zones_of(found) := array.concat([found], [other |
	zone(found) != ""
	some other in data.lib.replicated.listed
	other.namespace == found.namespace
	other.labels["rollout-group"] == found.labels["rollout-group"]
	objects.name(other) != objects.name(found)
	zone(other) != ""
])

zone(found) := value.text(value.at(found.pod, ["nodeSelector", "topology.kubernetes.io/zone"], ""))

# An autoscaler's least number before the workload's own, and 1 where nobody says it:
# https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/
own_pods(found) := min(minimums(found)) if {
	count(minimums(found)) > 0
} else := value.at(found.object, ["spec", "replicas"], 1)

minimums(found) := [number |
	some [scaler, path] in data.lib.replicated.scalers
	scales(scaler, found)
	number := value.at(scaler.object, path, 1)
]

# https://keda.sh/docs/2.17/reference/scaledobject-spec/: without minReplicaCount it may come down to none.
scalers := array.concat(
	[[found, ["spec", "minReplicas"]] | some found in objects.of_kinds({"autoscaling/HorizontalPodAutoscaler"})],
	[[found, ["spec", "minReplicaCount"]] | some found in objects.of_kinds({"keda.sh/ScaledObject"})],
)

scales(scaler, found) if {
	scaler.namespace == found.namespace
	target := value.map(value.at(scaler.object, ["spec", "scaleTargetRef"], {}))
	value.at(target, ["name"], "") == objects.name(found)
	value.at(target, ["kind"], "Deployment") == value.at(found.object, ["kind"], "")
}

# Whether only apply tells the number.
undecided(found) if {
	some other in zones_of(found)
	objects.later(other, ["spec", "replicas"])
}

undecided(found) if {
	some [scaler, path] in data.lib.replicated.scalers
	scales(scaler, found)
	objects.later(scaler, path)
}

# --- Budgets

budgets := objects.of_kinds({"policy/PodDisruptionBudget"})

covered(found) if {
	some budget in data.lib.replicated.budgets
	covers(budget, found)
}

# A selector that says nothing means every pod of the namespace:
# https://kubernetes.io/docs/tasks/run-application/configure-pdb/
covers(budget, found) if {
	budget.namespace == found.namespace
	selects(value.at(budget.object, ["spec", "selector"], null), found.labels)
}

selects(selector, labels) if {
	is_object(selector)
	every name, text in value.map(value.at(selector, ["matchLabels"], {})) {
		labels[name] == text
	}
	every wanted in value.list(value.at(selector, ["matchExpressions"], [])) {
		fulfils(labels, wanted)
	}
}

fulfils(labels, wanted) if {
	wanted.operator == "In"
	labels[wanted.key] in wanted.values
}

fulfils(labels, wanted) if {
	wanted.operator == "NotIn"
	not object.get(labels, wanted.key, null) in wanted.values
}

fulfils(labels, wanted) if {
	wanted.operator == "Exists"
	_ = labels[wanted.key]
}

fulfils(labels, wanted) if {
	wanted.operator == "DoesNotExist"
	object.get(labels, wanted.key, null) == null
}

# Whether a budget of the namespace may be the workload's, which only apply tells.
undecided_budget(found) if {
	some budget in data.lib.replicated.budgets
	budget.namespace == found.namespace
	objects.later(budget, ["spec", "selector"])
}

undecided_budget(found) if {
	count(data.lib.replicated.budgets) > 0
	contains(json.marshal(found.labels), data.lib.rendered.marker)
}

# Whether a budget lets none of a workload's pods go.
blocks(budget, _) if budget.object.spec.maxUnavailable in {0, "0%"}

blocks(budget, _) if budget.object.spec.minAvailable == "100%"

blocks(budget, found) if {
	least := budget.object.spec.minAvailable
	is_number(least)
	least >= pods(found)
}

# --- Spread

spread(found) if count({zone(other) | some other in zones_of(found)}) > 1

# Over zones, or away from each other: a constraint that does not select the workload's own pods spreads nothing.
spread(found) if {
	some rule in value.list(value.at(found.pod, ["topologySpreadConstraints"], []))
	value.at(rule, ["topologyKey"], "") == "topology.kubernetes.io/zone"
	selects(value.at(rule, ["labelSelector"], null), found.labels)
}

spread(found) if {
	anti := value.map(value.at(found.pod, ["affinity", "podAntiAffinity"], {}))
	some term in array.concat(
		value.list(value.at(anti, ["requiredDuringSchedulingIgnoredDuringExecution"], [])),
		[value.at(weighted, ["podAffinityTerm"], {}) |
			some weighted in value.list(value.at(anti, ["preferredDuringSchedulingIgnoredDuringExecution"], []))
		],
	)
	value.at(term, ["topologyKey"], "") in {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}
	selects(value.at(term, ["labelSelector"], null), found.labels)
}
