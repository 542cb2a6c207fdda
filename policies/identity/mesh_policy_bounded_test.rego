package tests.identity.mesh_policy_bounded

import data.testing.plans

import rego.v1

denied(objects) := {found.message | some found in data.rules.identity.mesh_policy_bounded.deny with input as plans.rendered("prod", objects, [])}

unknowns(objects) := {found.message | some found in data.rules.identity.mesh_policy_bounded.unknown with input as plans.rendered("prod", objects, [])}

policy(spec) := plans.object_of("security.istio.io/v1", "AuthorizationPolicy", "api", {"spec": spec})

portal := {"from": [{"source": {"principals": ["cluster.local/ns/portal/sa/portal"]}}]}

reading := {"to": [{"operation": {"methods": ["GET"]}}]}

test_a_rule_that_asks_for_nothing_is_denied if {
	every given in [
		{}, {"from": [], "to": []}, {"from": [{"source": {}}]}, {"to": [{"operation": {"methods": ["GET"]}}, {"operation": {}}]},
		{"from": [{"source": {"principals": ["*"]}}]}, {"to": [{"operation": {"paths": ["*"], "methods": ["*"]}}]},
	] {
		every spec in [{"rules": [portal, given]}, {"action": "ALLOW", "rules": [given]}] {
			denied([policy(spec)]) == {"AuthorizationPolicy claims/api: allows everything to everybody"}
			unknowns([policy(spec)]) == set()
		}
	}
}

test_rules_that_ask_for_something_are_fine if {
	every given in [
		portal, reading, object.union(portal, reading), {"when": [{"key": "connection.sni", "values": ["a.example.com"]}]},
		{"from": [{"source": {"principals": ["*"], "namespaces": ["portal"]}}]},
	] {
		denied([policy({"rules": [given]})]) == set()
		unknowns([policy({"rules": [given]})]) == set()
	}
}

test_a_policy_without_rules_allows_nothing if {
	every spec in [{}, {"action": "ALLOW"}, {"rules": []}] {
		denied([policy(spec)]) == set()
	}
}

test_what_refuses_or_asks_somebody_else_may_do_so_for_everything if {
	every action in ["DENY", "CUSTOM", "AUDIT"] {
		denied([policy({"action": action, "rules": [{}]})]) == set()
	}
}

test_what_only_apply_tells_is_unknown if {
	given := policy({"rules": [{"from": [{"source": {"principals": ["known-after-apply"]}}]}]})
	denied([given]) == set()
	unknowns([given]) == {"AuthorizationPolicy claims/api: says only at apply what it allows"}
}

test_a_release_that_may_make_others_is_unknown if {
	given := plans.rendered("prod", [policy({"rules": [{}]})], ["values that only apply knows"])
	count(data.rules.identity.mesh_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.mesh_policy_bounded.unknown) == 2 with input as given
}
