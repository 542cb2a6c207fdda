package tests.availability.disruption_budget

import data.testing.plans

import rego.v1

test_a_release_without_a_budget_is_denied if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["replicaCount: 3"]})])
	count(data.rules.availability.disruption_budget.deny) == 1 with input as given
	count(data.rules.availability.disruption_budget.unknown) == 0 with input as given
}

test_a_budget_that_is_switched_off_is_denied if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["podDisruptionBudget: {enabled: false}"]})])
	count(data.rules.availability.disruption_budget.deny) == 1 with input as given
	count(data.rules.availability.disruption_budget.unknown) == 0 with input as given
}

test_a_budget_is_fine if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["podDisruptionBudget: {enabled: true}"]})])
	count(data.rules.availability.disruption_budget.deny) == 0 with input as given
	count(data.rules.availability.disruption_budget.unknown) == 0 with input as given
}

test_a_chart_that_nobody_listed_needs_one_too if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "unheard-of", "version": "3.4.1", "values": ["x: 1"]}), plans.named(plans.made("helm_release", {"name": "x", "chart": "unheard-of", "version": "3.4.1", "values": ["a: {pdb: {create: true}}"]}), "good")])
	count(data.rules.availability.disruption_budget.deny) == 1 with input as given
	count(data.rules.availability.disruption_budget.unknown) == 0 with input as given
}

test_values_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.later(plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": [null]}), {"values": [true]})])
	count(data.rules.availability.disruption_budget.deny) == 0 with input as given
	count(data.rules.availability.disruption_budget.unknown) == 1 with input as given
}

test_a_deployment_without_a_budget_is_denied if {
	given := plans.production([plans.made("kubernetes_deployment_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"replicas": "3", "template": [{"metadata": [{"labels": {"app": "x"}}]}]}]})])
	count(data.rules.availability.disruption_budget.deny) == 1 with input as given
	count(data.rules.availability.disruption_budget.unknown) == 0 with input as given
}

test_a_deployment_with_the_budget_of_other_pods_is_denied if {
	given := plans.production([plans.made("kubernetes_deployment_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"replicas": "3", "template": [{"metadata": [{"labels": {"app": "x"}}]}]}]}), plans.made("kubernetes_pod_disruption_budget_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"selector": [{"match_labels": {"app": "y"}}]}]})])
	count(data.rules.availability.disruption_budget.deny) == 1 with input as given
	count(data.rules.availability.disruption_budget.unknown) == 0 with input as given
}

test_a_deployment_with_a_budget_of_its_own_is_fine if {
	given := plans.production([plans.made("kubernetes_deployment_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"replicas": "3", "template": [{"metadata": [{"labels": {"app": "x"}}]}]}]}), plans.made("kubernetes_pod_disruption_budget_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"selector": [{"match_labels": {"app": "x"}}]}]})])
	count(data.rules.availability.disruption_budget.deny) == 0 with input as given
	count(data.rules.availability.disruption_budget.unknown) == 0 with input as given
}

test_a_selector_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.made("kubernetes_deployment_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"replicas": "3", "template": [{"metadata": [{"labels": {"app": "x"}}]}]}]}), plans.later(plans.made("kubernetes_pod_disruption_budget_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"selector": [{"match_labels": {}}]}]}), {"spec": [{"selector": [{"match_labels": true}]}]})])
	count(data.rules.availability.disruption_budget.deny) == 0 with input as given
	count(data.rules.availability.disruption_budget.unknown) == 1 with input as given
}

test_no_budget_is_fine_outside_production if {
	given := plans.of("dev", [plans.made("kubernetes_deployment_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"replicas": "3", "template": [{"metadata": [{"labels": {"app": "x"}}]}]}]}), plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["x: 1"]})])
	count(data.rules.availability.disruption_budget.deny) == 0 with input as given
	count(data.rules.availability.disruption_budget.unknown) == 0 with input as given
}

test_outside_production_none_of_this_is_asked if {
	every given in [
		plans.of("dev", [plans.later(plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": [null]}), {"values": [true]})]),
		plans.of("dev", [plans.made("kubernetes_deployment_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"replicas": "3", "template": [{"metadata": [{"labels": {"app": "x"}}]}]}]}), plans.later(plans.made("kubernetes_pod_disruption_budget_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"selector": [{"match_labels": {}}]}]}), {"spec": [{"selector": [{"match_labels": true}]}]})]),
		plans.of("dev", [plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["replicaCount: 3"]})]),
		plans.of("dev", [plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["podDisruptionBudget: {enabled: false}"]})]),
		plans.of("dev", [plans.made("helm_release", {"name": "x", "chart": "unheard-of", "version": "3.4.1", "values": ["x: 1"]}), plans.named(plans.made("helm_release", {"name": "x", "chart": "unheard-of", "version": "3.4.1", "values": ["a: {pdb: {create: true}}"]}), "good")]),
		plans.of("dev", [plans.made("kubernetes_deployment_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"replicas": "3", "template": [{"metadata": [{"labels": {"app": "x"}}]}]}]})]),
		plans.of("dev", [plans.made("kubernetes_deployment_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"replicas": "3", "template": [{"metadata": [{"labels": {"app": "x"}}]}]}]}), plans.made("kubernetes_pod_disruption_budget_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"selector": [{"match_labels": {"app": "y"}}]}]})]),
	] {
		count(data.rules.availability.disruption_budget.deny) == 0 with input as given
		count(data.rules.availability.disruption_budget.unknown) == 0 with input as given
	}
}

labelled(resource, unknown) := object.union(resource, {"unknown": unknown})

test_labels_that_are_known_only_at_apply_are_unknown_beside_a_budget if {
	workload := plans.made("kubernetes_deployment_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"replicas": "3", "template": [{"metadata": [{}]}]}]})
	budget := plans.made("kubernetes_pod_disruption_budget_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"selector": [{"match_labels": {"app": "x"}}]}]})
	open := labelled(workload, {"spec": [{"template": [{"metadata": [{"labels": true}]}]}]})
	count(data.rules.availability.disruption_budget.unknown) == 1 with input as plans.production([open, budget])
	count(data.rules.availability.disruption_budget.deny) == 0 with input as plans.production([open, budget])
	count(data.rules.availability.disruption_budget.deny) == 1 with input as plans.production([open])
	other := labelled(workload, {"spec": [{"template": [{"metadata": [{"annotations": true}]}]}]})
	count(data.rules.availability.disruption_budget.deny) == 1 with input as plans.production([other, budget])
	count(data.rules.availability.disruption_budget.unknown) == 0 with input as plans.production([other, budget])
}

test_a_budget_may_be_called_by_either_of_its_names if {
	workload := plans.made("kubernetes_deployment_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"replicas": "3", "template": [{"metadata": [{"labels": {"app": "x"}}]}]}]})
	every type in ["kubernetes_pod_disruption_budget", "kubernetes_pod_disruption_budget_v1"] {
		budget := plans.made(type, {"metadata": [{"namespace": "ns"}], "spec": [{"selector": [{"match_labels": {"app": "x"}}]}]})
		count(data.rules.availability.disruption_budget.deny) == 0 with input as plans.production([workload, budget])
	}
	count(data.rules.availability.disruption_budget.deny) == 1 with input as plans.production([workload])
}

test_only_a_budget_that_can_reach_the_pods_counts if {
	workload := plans.made("kubernetes_deployment_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"template": [{"metadata": [{"labels": {"app": "x"}}]}]}]})
	own := plans.made("kubernetes_pod_disruption_budget_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"selector": [{"match_labels": {"app": "x"}}]}]})
	elsewhere := json.patch(own, [{"op": "replace", "path": "/after/metadata", "value": [{"namespace": "other"}]}])
	count(data.rules.availability.disruption_budget.deny) == 1 with input as plans.production([workload, elsewhere])
	open := plans.named(plans.later(plans.made("kubernetes_pod_disruption_budget_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"selector": [{}]}]}), {"spec": [{"selector": [{"match_labels": true}]}]}), "open")
	count(data.rules.availability.disruption_budget.unknown) == 0 with input as plans.production([workload, own, open])
	of_another_module := json.patch(plans.production([workload, open]), [{"op": "replace", "path": "/plan/resource_changes/1/module_address", "value": "module.other"}])
	count(data.rules.availability.disruption_budget.deny) == 1 with input as of_another_module
	count(data.rules.availability.disruption_budget.unknown) == 0 with input as of_another_module
}
