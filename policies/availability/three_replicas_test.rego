package tests.availability.three_replicas

import data.testing.plans

import rego.v1

test_one_replica_is_denied if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["replicaCount: 1"]})])
	count(data.rules.availability.three_replicas.deny) == 1 with input as given
	count(data.rules.availability.three_replicas.unknown) == 0 with input as given
}

test_replicas_that_nobody_sets_are_denied if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["x: 1"]})])
	count(data.rules.availability.three_replicas.deny) == 1 with input as given
	count(data.rules.availability.three_replicas.unknown) == 0 with input as given
}

test_three_are_fine if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["replicaCount: 3"]})])
	count(data.rules.availability.three_replicas.deny) == 0 with input as given
	count(data.rules.availability.three_replicas.unknown) == 0 with input as given
}

test_an_autoscaler_minimum_of_three_is_fine if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["autoscaling: {enabled: true, minReplicas: 3}"]})])
	count(data.rules.availability.three_replicas.deny) == 0 with input as given
	count(data.rules.availability.three_replicas.unknown) == 0 with input as given
}

test_the_minimum_of_an_autoscaler_that_is_off_says_nothing if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["autoscaling: {enabled: false, minReplicas: 3}"]})])
	count(data.rules.availability.three_replicas.deny) == 1 with input as given
	count(data.rules.availability.three_replicas.unknown) == 0 with input as given
}

test_each_part_of_a_chart_is_asked if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "cert-manager", "version": "3.4.1", "values": ["replicaCount: 3\nwebhook: {replicaCount: 1}\n"]})])
	count(data.rules.availability.three_replicas.deny) == 2 with input as given
	count(data.rules.availability.three_replicas.unknown) == 0 with input as given
}

test_a_part_that_is_switched_off_needs_none if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "loki", "version": "3.4.1", "values": ["distributor: {replicas: 3}\ningester: {replicas: 3}\nquerier: {replicas: 3}\nqueryFrontend: {replicas: 3}\ngateway: {enabled: false}\n"]})])
	count(data.rules.availability.three_replicas.deny) == 0 with input as given
	count(data.rules.availability.three_replicas.unknown) == 0 with input as given
}

test_a_chart_that_works_alone_by_design_is_exempt if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "velero", "version": "3.4.1", "values": ["x: 1"]})])
	count(data.rules.availability.three_replicas.deny) == 0 with input as given
	count(data.rules.availability.three_replicas.unknown) == 0 with input as given
}

test_a_chart_that_nobody_listed_must_set_some_replicas if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "unheard-of", "version": "3.4.1", "values": ["x: 1"]}), plans.named(plans.made("helm_release", {"name": "x", "chart": "unheard-of", "version": "3.4.1", "values": ["a: {replicas: 3}"]}), "good"), plans.named(plans.made("helm_release", {"name": "x", "chart": "unheard-of", "version": "3.4.1", "values": ["a: {replicas: 2}"]}), "few")])
	count(data.rules.availability.three_replicas.deny) == 2 with input as given
	count(data.rules.availability.three_replicas.unknown) == 0 with input as given
}

test_a_chart_inside_the_module_holds_objects_not_workloads if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "./modules/velero/charts/resources", "version": "3.4.1", "values": ["x: 1"]})])
	count(data.rules.availability.three_replicas.deny) == 0 with input as given
	count(data.rules.availability.three_replicas.unknown) == 0 with input as given
}

test_one_replica_is_fine_outside_production if {
	given := plans.of("dev", [plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["replicaCount: 1"]})])
	count(data.rules.availability.three_replicas.deny) == 0 with input as given
	count(data.rules.availability.three_replicas.unknown) == 0 with input as given
}

test_values_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.later(plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": [null]}), {"values": [true]})])
	count(data.rules.availability.three_replicas.deny) == 0 with input as given
	count(data.rules.availability.three_replicas.unknown) == 1 with input as given
}

test_a_known_count_is_believed_beside_unknown_values if {
	given := plans.production([plans.later(plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["replicaCount: 3", null]}), {"values": [false, true]})])
	count(data.rules.availability.three_replicas.deny) == 0 with input as given
	count(data.rules.availability.three_replicas.unknown) == 0 with input as given
}

test_a_deployment_with_two_replicas_is_denied if {
	given := plans.production([plans.made("kubernetes_deployment_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"replicas": "2", "template": [{"metadata": [{"labels": {"app": "x"}}]}]}]})])
	count(data.rules.availability.three_replicas.deny) == 1 with input as given
	count(data.rules.availability.three_replicas.unknown) == 0 with input as given
}

test_a_deployment_with_three_is_fine if {
	given := plans.production([plans.made("kubernetes_deployment_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"replicas": "3", "template": [{"metadata": [{"labels": {"app": "x"}}]}]}]})])
	count(data.rules.availability.three_replicas.deny) == 0 with input as given
	count(data.rules.availability.three_replicas.unknown) == 0 with input as given
}

test_a_deployment_whose_count_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("kubernetes_deployment_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"template": [{"metadata": [{"labels": {"app": "x"}}]}]}]}), {"spec": [{"replicas": true}]})])
	count(data.rules.availability.three_replicas.deny) == 0 with input as given
	count(data.rules.availability.three_replicas.unknown) == 1 with input as given
}

kong(values) := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": [values]})])

test_an_autoscaler_that_goes_below_three_is_denied_whatever_the_plain_count_says if {
	count(data.rules.availability.three_replicas.deny) == 1 with input as kong("replicaCount: 3\nautoscaling: {enabled: true, minReplicas: 1}")
	count(data.rules.availability.three_replicas.deny) == 0 with input as kong("replicaCount: 3\nautoscaling: {enabled: true, minReplicas: 3}")
	count(data.rules.availability.three_replicas.deny) == 0 with input as kong("replicaCount: 3\nautoscaling: {enabled: false, minReplicas: 1}")
}

test_the_minimum_of_an_autoscaler_that_nobody_switches_on_says_nothing if {
	count(data.rules.availability.three_replicas.deny) == 1 with input as kong("autoscaling: {minReplicas: 3}")
}

test_an_autoscaler_that_its_chart_switches_on_counts if {
	istiod := plans.made("helm_release", {"name": "x", "chart": "istiod", "version": "1.27.0", "values": ["autoscaleMin: 3"]})
	count(data.rules.availability.three_replicas.deny) == 0 with input as plans.production([istiod])
	plain := object.union(istiod, {"after": {"values": ["replicaCount: 3"]}})
	count(data.rules.availability.three_replicas.deny) == 1 with input as plans.production([plain])
	off := object.union(istiod, {"after": {"values": ["replicaCount: 3\nautoscaleEnabled: false"]}})
	count(data.rules.availability.three_replicas.deny) == 0 with input as plans.production([off])
}

test_a_count_by_set_is_read_as_a_number if {
	release := plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["replicaCount: 3"], "set": [{"name": "replicaCount", "value": "1"}]})
	count(data.rules.availability.three_replicas.deny) == 1 with input as plans.production([release])
}

test_outside_production_none_of_this_is_asked if {
	every given in [
		plans.of("dev", [plans.later(plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": [null]}), {"values": [true]})]),
		plans.of("dev", [plans.later(plans.made("kubernetes_deployment_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"replicas": "3", "template": [{"metadata": [{"labels": {"app": "x"}}]}]}]}), {"spec": [{"replicas": true}]})]),
		plans.of("dev", [plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["replicaCount: 1"]})]),
		plans.of("dev", [plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["x: 1"]})]),
		plans.of("dev", [plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["autoscaling: {enabled: false, minReplicas: 3}"]})]),
		plans.of("dev", [plans.made("helm_release", {"name": "x", "chart": "cert-manager", "version": "3.4.1", "values": ["replicaCount: 3\nwebhook: {replicaCount: 1}\n"]})]),
		plans.of("dev", [plans.made("helm_release", {"name": "x", "chart": "unheard-of", "version": "3.4.1", "values": ["x: 1"]}), plans.named(plans.made("helm_release", {"name": "x", "chart": "unheard-of", "version": "3.4.1", "values": ["a: {replicas: 3}"]}), "good"), plans.named(plans.made("helm_release", {"name": "x", "chart": "unheard-of", "version": "3.4.1", "values": ["a: {replicas: 2}"]}), "few")]),
		plans.of("dev", [plans.made("kubernetes_deployment_v1", {"metadata": [{"namespace": "ns"}], "spec": [{"replicas": "2", "template": [{"metadata": [{"labels": {"app": "x"}}]}]}]})]),
	] {
		count(data.rules.availability.three_replicas.deny) == 0 with input as given
		count(data.rules.availability.three_replicas.unknown) == 0 with input as given
	}
}

test_a_workload_that_says_nothing_has_one_replica_and_one_that_is_off_has_none if {
	silent := plans.production([plans.made("kubernetes_deployment", {"spec": [{}]})])
	"has 1 replicas" in {found.message | some found in data.rules.availability.three_replicas.deny} with input as silent
	off := plans.production([plans.made("kubernetes_deployment", {"spec": [{"replicas": "0"}]})])
	count(data.rules.availability.three_replicas.deny) == 0 with input as off
}

test_every_type_of_a_replicated_workload_is_asked if {
	every type in ["kubernetes_deployment", "kubernetes_deployment_v1", "kubernetes_stateful_set", "kubernetes_stateful_set_v1"] {
		given := plans.production([plans.made(type, {"spec": [{"replicas": "2"}]})])
		count(data.rules.availability.three_replicas.deny) == 1 with input as given
	}
}
