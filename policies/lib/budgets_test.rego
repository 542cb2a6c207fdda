package tests.lib.budgets

import data.testing.plans

import rego.v1

charts := {
	"one": {"budgets": [["podDisruptionBudget", "global.pdb"]]},
	"part": {"budgets": [["proxy.podDisruptionBudget"]]},
	"agent": {"exempt": "runs on every node"},
}

release(chart, values) := plans.made("helm_release", {"chart": chart, "values": [yaml.marshal(values)]})

answers(made) := {[answer.verdict, answer.paths] |
	some answer in data.lib.budgets.answers with input as plans.production([made])
		with data.parameters.availability.charts as charts
}

test_a_listed_chart_is_asked_for_a_budget_at_any_of_its_paths if {
	answers(release("one", {})) == {["unset", "podDisruptionBudget or global.pdb"]}
	answers(release("one", {"podDisruptionBudget": {"minAvailable": 1}})) == set()
	answers(release("one", {"global": {"pdb": {"maxUnavailable": 1}}})) == set()
	answers(release("one", {"pdb": {"maxUnavailable": 1}})) == {["unset", "podDisruptionBudget or global.pdb"]}
}

test_a_budget_that_is_empty_or_switched_off_is_none if {
	every given in [{}, "minAvailable", {"enabled": false}, {"create": false}, {"enabled": false, "minAvailable": 1}, {"create": false, "minAvailable": 1}] {
		answers(release("one", {"podDisruptionBudget": given})) == {["unset", "podDisruptionBudget or global.pdb"]}
	}
	answers(release("one", {"podDisruptionBudget": {"enabled": true}})) == set()
	answers(release("one", {"podDisruptionBudget": {"create": true}})) == set()
}

test_a_part_that_is_switched_off_needs_no_budget if {
	answers(release("part", {})) == {["unset", "proxy.podDisruptionBudget"]}
	answers(release("part", {"proxy": {"enabled": true}})) == {["unset", "proxy.podDisruptionBudget"]}
	answers(release("part", {"proxy": {"enabled": false}})) == set()
	answers(release("one", {"podDisruptionBudget": {"enabled": false}})) == {["unset", "podDisruptionBudget or global.pdb"]}
}

test_what_only_apply_will_tell_is_unknown if {
	answers(plans.later(release("one", {}), {"values": true})) == {["unknown", "podDisruptionBudget or global.pdb"]}
	answers(plans.later(release("other", {}), {"values": true})) == {["unknown", "no budget in its values"]}
}

test_a_chart_of_no_list_is_asked_for_any_budget if {
	answers(release("other", {})) == {["unset", "no budget in its values"]}
	every name in ["pdb", "podDisruptionBudget", "poddisruptionbudget", "disruptionBudget"] {
		answers(release("other", {"proxy": {name: {"minAvailable": 1}}})) == set()
		answers(release("other", {"proxy": {name: {"enabled": false}}})) == {["unset", "no budget in its values"]}
	}
	answers(release("other", {"mypdb": {"minAvailable": 1}})) == {["unset", "no budget in its values"]}
	answers(release("other", {"pdbs": {"minAvailable": 1}})) == {["unset", "no budget in its values"]}
}

test_no_budget_is_asked_of_a_chart_of_the_module_s_own_or_exempt_or_not_known if {
	answers(release("./charts/other", {})) == set()
	answers(release("agent", {})) == set()
	answers(plans.later(release("other", {}), {"chart": true})) == set()
}
