package tests.encryption.mesh_mtls_strict

import data.testing.plans

import rego.v1

denied(objects) := {found.message | some found in data.rules.encryption.mesh_mtls_strict.deny with input as plans.rendered("prod", objects, [])}

unknowns(objects) := {found.message | some found in data.rules.encryption.mesh_mtls_strict.unknown with input as plans.rendered("prod", objects, [])}

demand(spec) := plans.object_of("security.istio.io/v1", "PeerAuthentication", "default", {"spec": spec})

destination(policy) := plans.object_of("networking.istio.io/v1", "DestinationRule", "api", {"spec": object.union({"host": "api"}, policy)})

istiod := plans.object_of("apps/v1", "Deployment", "istiod", {"metadata": {"labels": {"app": "istiod"}}, "spec": {}})

strict := {"mtls": {"mode": "STRICT"}}

test_a_demand_for_less_is_denied if {
	every mode in ["DISABLE", "PERMISSIVE"] {
		every spec in [{"mtls": {"mode": mode}}, object.union(strict, {"portLevelMtls": {"8080": {"mode": mode}}})] {
			denied([demand(spec)]) == {concat("", ["PeerAuthentication claims/default: takes requests in clear: mode ", mode])}
			unknowns([demand(spec)]) == set()
		}
	}
}

test_a_destination_that_is_asked_in_clear_is_denied if {
	off := {"tls": {"mode": "DISABLE"}}
	every policy in [{"trafficPolicy": off}, {"trafficPolicy": {"portLevelSettings": [{"port": {"number": 80}}, off]}}, {"subsets": [{"name": "a"}, {"name": "b", "trafficPolicy": off}]}] {
		denied([destination(policy)]) == {"DestinationRule claims/api: asks in clear: tls mode DISABLE"}
	}
}

test_strict_and_what_says_nothing_of_its_own_are_fine if {
	every given in [demand(strict), demand({}), demand(object.union(strict, {"portLevelMtls": {"8080": {"mode": "STRICT"}}})), destination({}), destination({"trafficPolicy": {"tls": {"mode": "ISTIO_MUTUAL"}}})] {
		denied([given]) == set()
		unknowns([given]) == set()
	}
}

test_a_mesh_that_demands_nothing_of_everybody_is_denied if {
	message := "Deployment claims/istiod: is the control plane of a mesh whose namespace claims demands no mode STRICT of everybody"
	every others in [[], [demand({})], [demand(object.union(strict, {"selector": {"matchLabels": {"app": "api"}}}))]] {
		denied(array.concat([istiod], others)) == {message}
	}
	denied([istiod, demand(strict)]) == set()
	denied([plans.object_of("apps/v1", "Deployment", "api", {"spec": {}})]) == set()
}

test_what_only_apply_tells_is_unknown if {
	given := demand({"mtls": {"mode": "known-after-apply"}})
	denied([given, istiod]) == set()
	unknowns([given, istiod]) == {"PeerAuthentication claims/default: says only at apply which mode it demands"}
	denied([destination({"trafficPolicy": {"tls": {"mode": "known-after-apply"}}})]) == set()
}

test_a_release_that_may_make_others_is_unknown if {
	given := plans.rendered("prod", [demand({"mtls": {"mode": "PERMISSIVE"}})], ["values that only apply knows"])
	count(data.rules.encryption.mesh_mtls_strict.deny) == 0 with input as given
	count(data.rules.encryption.mesh_mtls_strict.unknown) == 2 with input as given
}
