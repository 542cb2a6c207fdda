package tests.lib.replicas

import data.testing.plans

import rego.v1

charts := {
	"plain": {"replicas": [["replicaCount"]]},
	"scaled": {"replicas": [["replicaCount", "autoscaling.minReplicas"]]},
	"scaled-by-default": {"replicas": [["replicaCount", "autoscaling.minReplicas"]], "autoscalers_on": ["autoscaling.enabled"]},
	"control": {"replicas": [["autoscaleMin", "replicaCount"]]},
	"part": {"replicas": [["proxy.replicas"]]},
	"agent": {"exempt": "runs on every node"},
}

release(chart, values) := plans.made("helm_release", {"chart": chart, "values": [yaml.marshal(values)]})

answers(made) := {[answer.verdict, answer.paths] |
	some answer in data.lib.replicas.answers with input as plans.production([made])
		with data.parameters.availability.charts as charts
		with data.parameters.availability.replicas as 3
}

test_a_listed_chart_needs_as_many_as_the_parameters_say if {
	answers(release("plain", {"replicaCount": 3})) == set()
	answers(release("plain", {"replicaCount": 4})) == set()
	answers(release("plain", {"replicaCount": 2})) == {["few", "replicaCount"]}
	answers(release("plain", {"replicaCount": "3"})) == {["unset", "replicaCount"]}
	answers(release("plain", {})) == {["unset", "replicaCount"]}
}

both := "replicaCount or autoscaling.minReplicas"

test_an_autoscaler_s_minimum_counts_while_it_is_on if {
	answers(release("scaled", {"replicaCount": 1, "autoscaling": {"enabled": true, "minReplicas": 3}})) == set()
	answers(release("scaled", {"replicaCount": 1, "autoscaling": {"enabled": true, "minReplicas": 2}})) == {["few", both]}
	answers(release("scaled", {"replicaCount": 1, "autoscaling": {"enabled": false, "minReplicas": 3}})) == {["few", both]}
	answers(release("scaled", {"autoscaling": {"minReplicas": 3}})) == {["few", both]}
}

test_a_plain_count_counts_while_no_autoscaler_takes_its_place if {
	answers(release("scaled", {"replicaCount": 3})) == set()
	answers(release("scaled", {"replicaCount": 3, "autoscaling": {"enabled": false, "minReplicas": 1}})) == set()
	answers(release("scaled", {"replicaCount": 3, "autoscaling": {"enabled": true, "minReplicas": 1}})) == {["few", both]}
}

test_an_autoscaler_that_a_chart_brings_is_on_until_it_is_said_off if {
	answers(release("scaled-by-default", {"autoscaling": {"minReplicas": 3}})) == set()
	answers(release("scaled-by-default", {"replicaCount": 3})) == {["few", both]}
	answers(release("scaled-by-default", {"replicaCount": 3, "autoscaling": {"enabled": false}})) == set()
	answers(release("scaled-by-default", {"autoscaling": {"enabled": false, "minReplicas": 3}})) == {["few", both]}
}

test_a_minimum_beside_its_switch_counts_as_well if {
	answers(release("control", {"autoscaleEnabled": true, "autoscaleMin": 3})) == set()
	answers(release("control", {"autoscaleMin": 3})) == {["few", "autoscaleMin or replicaCount"]}
	answers(release("control", {"autoscaleEnabled": false, "replicaCount": 3})) == set()
}

test_a_part_that_is_switched_off_or_has_none_needs_none if {
	answers(release("part", {})) == {["unset", "proxy.replicas"]}
	answers(release("part", {"proxy": {"enabled": false}})) == set()
	answers(release("part", {"proxy": {"enabled": true}})) == {["unset", "proxy.replicas"]}
	answers(release("part", {"proxy": {"replicas": 0}})) == set()
	answers(release("part", {"proxy": {"replicas": 1}})) == {["few", "proxy.replicas"]}
	answers(release("plain", {"replicaCount": {"enabled": false}})) == {["unset", "replicaCount"]}
}

test_what_only_apply_will_tell_is_unknown if {
	answers(plans.later(release("plain", {}), {"values": true})) == {["unknown", "replicaCount"]}
	answers(plans.later(release("other", {}), {"values": true})) == {["unknown", "no replica count in its values"]}
}

test_any_count_of_a_chart_of_no_list_is_read if {
	every name in ["replicas", "replicaCount", "minReplicas", "autoscaleMin"] {
		answers(release("other", {"proxy": {name: 1}})) == {["few", concat("", ["proxy.", name])]}
		answers(release("other", {"proxy": {name: 2}})) == {["few", concat("", ["proxy.", name])]}
		answers(release("other", {"proxy": {name: 3}})) == set()
		answers(release("other", {"proxy": {name: 0}})) == {["unset", "no replica count in its values"]}
		answers(release("other", {"proxy": {name: "1"}})) == {["unset", "no replica count in its values"]}
	}
	answers(release("other", {"maxreplicas": 1})) == {["unset", "no replica count in its values"]}
	answers(release("other", {})) == {["unset", "no replica count in its values"]}
}

test_no_count_is_asked_of_a_chart_of_the_module_s_own_or_exempt_or_not_known if {
	answers(release("./charts/other", {"replicas": 1})) == set()
	answers(release("agent", {"replicas": 1})) == set()
	answers(plans.later(release("other", {"replicas": 1}), {"chart": true})) == set()
}
