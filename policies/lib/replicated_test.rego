package tests.lib.replicated

import data.testing.plans

import rego.v1

deployment(replicas) := plans.object_of("apps/v1", "Deployment", "api", {"spec": {"replicas": replicas, "template": {"metadata": {"labels": {"app": "api", "tier": "web"}}, "spec": {"containers": [{"name": "c"}]}}}})

budget(spec) := plans.object_of("policy/v1", "PodDisruptionBudget", "b", {"spec": spec})

own := {"matchLabels": {"app": "api"}}

few(objects) := {found.message | some found in data.rules.availability.three_replicas.deny with input as plans.rendered("prod", objects, [])}

unclear(objects) := {found.message | some found in data.rules.availability.three_replicas.unknown with input as plans.rendered("prod", objects, [])}

unlimited(objects) := {found.message | some found in data.rules.availability.disruption_budget.deny with input as plans.rendered("prod", objects, [])}

undecided(objects) := {found.message | some found in data.rules.availability.disruption_budget.unknown with input as plans.rendered("prod", objects, [])}

test_every_deployment_and_stateful_set_has_three_replicas if {
	few([deployment(2)]) == {"Deployment claims/api: has 2 replicas"}
	few([object.union(deployment(2), {"kind": "StatefulSet"})]) == {"StatefulSet claims/api: has 2 replicas"}
	few([object.union(deployment(2), {"kind": "ReplicaSet"})]) == set()
	few([deployment(3)]) == set()
	few([deployment(0)]) == set()
	few([json.patch(deployment(3), [{"op": "remove", "path": "/spec/replicas"}])]) == {"Deployment claims/api: has 1 replicas"}
	count(data.rules.availability.three_replicas.deny) == 1 with input as plans.production([plans.made("kubernetes_manifest", {"manifest": deployment(1)})])
}

scaler(version, kind, spec) := plans.object_of(version, kind, "s", {"spec": object.union({"scaleTargetRef": {"kind": "Deployment", "name": "api"}}, spec)})

test_an_autoscaler_s_least_number_counts_before_the_workload_s if {
	few([deployment(1), scaler("autoscaling/v2", "HorizontalPodAutoscaler", {"minReplicas": 3})]) == set()
	few([deployment(5), scaler("autoscaling/v2", "HorizontalPodAutoscaler", {"minReplicas": 2})]) == {"Deployment claims/api: has 2 replicas"}
	few([deployment(5), scaler("autoscaling/v2", "HorizontalPodAutoscaler", {})]) == {"Deployment claims/api: has 1 replicas"}
	few([deployment(1), scaler("keda.sh/v1alpha1", "ScaledObject", {"minReplicaCount": 3})]) == set()
	few([deployment(5), scaler("keda.sh/v1alpha1", "ScaledObject", {"minReplicaCount": 1})]) == {"Deployment claims/api: has 1 replicas"}
	few([deployment(5), scaler("keda.sh/v1alpha1", "ScaledObject", {"minReplicaCount": 3, "scaleTargetRef": {"kind": null, "name": "api"}})]) == set()
	few([deployment(1), scaler("keda.sh/v1alpha1", "ScaledObject", {"minReplicaCount": 3, "scaleTargetRef": {"kind": null, "name": "api"}})]) == set()
}

test_an_autoscaler_of_something_else_does_not_count if {
	every other in [
		{"kind": "Deployment", "name": "other"}, {"kind": "StatefulSet", "name": "api"},
	] {
		few([deployment(3), scaler("autoscaling/v2", "HorizontalPodAutoscaler", {"minReplicas": 1, "scaleTargetRef": other})]) == set()
	}
	elsewhere := object.union(scaler("autoscaling/v2", "HorizontalPodAutoscaler", {"minReplicas": 1}), {"metadata": {"namespace": "other"}})
	few([deployment(3), elsewhere]) == set()
}

test_a_number_that_only_apply_tells_is_unknown if {
	few([deployment("known-after-apply")]) == set()
	unclear([deployment("known-after-apply")]) == {"Deployment claims/api: says only at apply how many replicas it has"}
	unclear([deployment(5), scaler("autoscaling/v2", "HorizontalPodAutoscaler", {"minReplicas": "known-after-apply"})]) == {"Deployment claims/api: says only at apply how many replicas it has"}
	unclear([deployment(5), scaler("autoscaling/v2", "HorizontalPodAutoscaler", {"minReplicas": "known-after-apply", "scaleTargetRef": {"kind": "Deployment", "name": "other"}})]) == set()
	unclear([deployment(5)]) == set()
}

in_zone(name, group, zone) := json.patch(object.union(deployment(1), {"kind": "StatefulSet", "metadata": {"name": name}}), [
	{"op": "add", "path": "/spec/template/metadata/labels/rollout-group", "value": group},
	{"op": "add", "path": "/spec/template/spec/nodeSelector", "value": {"topology.kubernetes.io/zone": zone}},
])

unspread(objects) := {found.message | some found in data.rules.availability.spread_over_zones.deny with input as plans.rendered("prod", objects, [])}

test_what_is_replaced_zone_by_zone_counts_together if {
	three := [in_zone("a", "g", "us-east-1a"), in_zone("b", "g", "us-east-1b"), in_zone("c", "g", "us-east-1c")]
	few(three) == set()
	unspread(three) == set()
	few([three[0], three[1]]) == {"StatefulSet claims/a: has 2 replicas", "StatefulSet claims/b: has 2 replicas"}
	few([three[0], in_zone("b", "other", "us-east-1b")]) == {"StatefulSet claims/a: has 1 replicas", "StatefulSet claims/b: has 1 replicas"}
	one_zone := [in_zone(name, "g", "us-east-1a") | some name in ["a", "b", "c"]]
	few(one_zone) == set()
	count(unspread(one_zone)) == 3
	elsewhere := object.union(three[1], {"metadata": {"namespace": "other"}})
	count(few([three[0], elsewhere, three[2]])) == 3
	few([in_zone("a", "g", ""), three[1], three[2]]) == {"StatefulSet claims/a: has 1 replicas", "StatefulSet claims/b: has 2 replicas", "StatefulSet claims/c: has 2 replicas"}
	count(unspread([in_zone("a", "g", ""), three[1]])) == 2
	unspread([three[0], three[1]]) == set()
	later := json.patch(three[2], [{"op": "replace", "path": "/spec/replicas", "value": "known-after-apply"}])
	few([three[0], three[1], later]) == set()
	count(unclear([three[0], three[1], later])) == 3
}

test_a_component_that_works_alone_is_asked_for_nothing_and_its_neighbours_are if {
	alone := {"api": {"replicas": [], "budgets": [], "alone": {"compactor": "one at a time"}}}
	compactor := json.patch(deployment(1), [{"op": "add", "path": "/spec/template/metadata/labels/app.kubernetes.io~1component", "value": "compactor"}])
	count(data.rules.availability.three_replicas.deny) == 0 with input as plans.rendered("prod", [compactor], []) with data.parameters.availability.charts as alone
	count(data.rules.availability.three_replicas.deny) == 1 with input as plans.rendered("prod", [deployment(1)], []) with data.parameters.availability.charts as alone
}

exempt := {"api": {"exempt": "one at a time"}}

test_nothing_is_asked_of_a_chart_that_is_exempt_or_outside_production if {
	count(data.rules.availability.three_replicas.deny) == 0 with input as plans.rendered("prod", [deployment(1)], []) with data.parameters.availability.charts as exempt
	count(data.rules.availability.disruption_budget.deny) == 0 with input as plans.rendered("prod", [deployment(1)], []) with data.parameters.availability.charts as exempt
	every object in [deployment(1), deployment("known-after-apply"), budget({"selector": {"matchLabels": {"app": "known-after-apply"}}})] {
		given := plans.rendered("dev", [deployment(1), object], ["document 1"])
		count(data.rules.availability.three_replicas.deny) == 0 with input as given
		count(data.rules.availability.three_replicas.unknown) == 0 with input as given
		count(data.rules.availability.disruption_budget.deny) == 0 with input as given
		count(data.rules.availability.disruption_budget.unknown) == 0 with input as given
	}
}

test_a_release_that_may_make_other_objects_is_unknown if {
	given := plans.rendered("prod", [deployment(1)], ["document 1"])
	count(data.rules.availability.three_replicas.deny) == 0 with input as given
	count(data.rules.availability.disruption_budget.deny) == 0 with input as given
	{found.message | some found in data.rules.availability.three_replicas.unknown} == {"may make other objects: document 1", "Deployment claims/api: has 1 replicas, unless this says otherwise: document 1"} with input as given
	{found.message | some found in data.rules.availability.disruption_budget.unknown} == {"may make other objects: document 1", "Deployment claims/api: has no PodDisruptionBudget, unless this says otherwise: document 1"} with input as given
}

test_values_of_a_release_that_was_rendered_are_not_asked if {
	every chart in ["kong", "unheard-of"] {
		given := json.patch(plans.rendered("prod", [deployment(3), budget({"maxUnavailable": 1, "selector": own})], []), [
			{"op": "replace", "path": "/plan/resource_changes/0/change/after/chart", "value": chart},
			{"op": "add", "path": "/plan/resource_changes/0/change/after/values", "value": ["replicaCount: 1"]},
		])
		count(data.rules.availability.three_replicas.deny) == 0 with input as given
		count(data.rules.availability.disruption_budget.deny) == 0 with input as given
	}
}

none := {"Deployment claims/api: has no PodDisruptionBudget"}

test_a_budget_has_to_select_the_pods if {
	unlimited([deployment(3)]) == none
	unlimited([deployment(0)]) == set()
	every selector in [
		own, {}, {"matchLabels": {"app": "api", "tier": "web"}},
		{"matchExpressions": [{"key": "app", "operator": "In", "values": ["other", "api"]}]},
		{"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["other"]}]},
		{"matchExpressions": [{"key": "absent", "operator": "NotIn", "values": ["other"]}]},
		{"matchExpressions": [{"key": "app", "operator": "Exists"}]},
		{"matchExpressions": [{"key": "absent", "operator": "DoesNotExist"}]},
	] {
		unlimited([deployment(3), budget({"maxUnavailable": 1, "selector": selector})]) == set()
	}
	every selector in [
		{"matchLabels": {"app": "other"}}, {"matchLabels": {"app": "api", "absent": "x"}}, null,
		{"matchExpressions": [{"key": "app", "operator": "In", "values": ["other"]}]},
		{"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["api"]}]},
		{"matchExpressions": [{"key": "absent", "operator": "Exists"}]},
		{"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]},
		{"matchExpressions": [{"key": "app", "operator": "Exists"}, {"key": "absent", "operator": "Exists"}]},
	] {
		unlimited([deployment(3), budget({"maxUnavailable": 1, "selector": selector})]) == none
	}
	elsewhere := object.union(budget({"maxUnavailable": 1, "selector": own}), {"metadata": {"namespace": "other"}})
	unlimited([deployment(3), elsewhere]) == none
	unlimited([deployment(3), plans.object_of("example.com/v1", "PodDisruptionBudget", "b", {"spec": {"selector": own}})]) == none
}

test_a_budget_that_lets_no_pod_go_is_denied if {
	blocked := {"PodDisruptionBudget claims/b: lets no pod of api be evicted"}
	every spec in [{"maxUnavailable": 0}, {"maxUnavailable": "0%"}, {"minAvailable": "100%"}, {"minAvailable": 3}, {"minAvailable": 4}] {
		unlimited([deployment(3), budget(object.union(spec, {"selector": own}))]) == blocked
	}
	every spec in [{"maxUnavailable": 1}, {"maxUnavailable": "25%"}, {"minAvailable": "50%"}, {"minAvailable": 2}, {}] {
		unlimited([deployment(3), budget(object.union(spec, {"selector": own}))]) == set()
	}
	unlimited([deployment(0), budget({"maxUnavailable": 0, "selector": own})]) == set()
	unlimited([deployment(3), budget({"maxUnavailable": 1, "selector": own}), object.union(budget({"maxUnavailable": 0, "selector": {"matchLabels": {"app": "other"}}}), {"metadata": {"name": "c"}})]) == set()
}

typed(namespace, labels) := json.patch(plans.rendered("prod", [deployment(3)], []), [{"op": "add", "path": "/plan/resource_changes/-", "value": plans.change(plans.made("kubernetes_pod_disruption_budget_v1", {
	"metadata": [{"namespace": namespace}],
	"spec": [{"selector": [{"match_labels": labels}]}],
}))}])

test_a_budget_of_the_provider_counts_as_well if {
	every given, expected in {["claims", {"app": "api"}]: 0, ["other", {"app": "api"}]: 1, ["claims", {"app": "other"}]: 1, ["claims", {}]: 1} {
		count(data.rules.availability.disruption_budget.deny) == expected with input as typed(given[0], given[1])
	}
	waits := budget({"maxUnavailable": 1, "selector": {"matchLabels": {"app": "known-after-apply"}}})
	entry := {"template": "t", "namespace": "claims", "object": waits}
	beside := json.patch(typed("claims", {"app": "api"}), [{"op": "add", "path": "/groundplan/rendered/module.service.helm_release.this/objects/-", "value": entry}])
	count(data.rules.availability.disruption_budget.unknown) == 0 with input as beside
	count(data.rules.availability.disruption_budget.deny) == 0 with input as beside
}

test_a_budget_that_only_apply_tells_of_is_unknown if {
	message := {"Deployment claims/api: says only at apply whether a PodDisruptionBudget is its own"}
	waits := budget({"maxUnavailable": 1, "selector": {"matchLabels": {"app": "known-after-apply"}}})
	undecided([deployment(3), waits]) == message
	unlimited([deployment(3), waits]) == set()
	undecided([deployment(3), waits, object.union(budget({"maxUnavailable": 1, "selector": own}), {"metadata": {"name": "c"}})]) == set()
	undecided([deployment(3), object.union(waits, {"metadata": {"namespace": "other"}})]) == set()
	labels := json.patch(deployment(3), [{"op": "replace", "path": "/spec/template/metadata/labels/app", "value": "known-after-apply"}])
	undecided([labels, budget({"selector": own})]) == message
	undecided([labels]) == set()
	unlimited([labels]) == none
	elsewhere := json.patch(deployment(3), [{"op": "add", "path": "/metadata/annotations", "value": {"a": "known-after-apply"}}])
	unlimited([elsewhere, budget({"selector": {"matchLabels": {"app": "other"}}})]) == none
	count(undecided([deployment(3)])) == 0
}
