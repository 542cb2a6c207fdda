package tests.availability.spread_over_zones

import data.testing.plans

import rego.v1

messages(objects) := {found.message | some found in data.rules.availability.spread_over_zones.deny with input as plans.rendered("prod", objects, [])}

unknowns(objects) := {found.message | some found in data.rules.availability.spread_over_zones.unknown with input as plans.rendered("prod", objects, [])}

of_manifest(object) := {found.message | some found in data.rules.availability.spread_over_zones.deny with input as plans.production([plans.made("kubernetes_manifest", {"manifest": object})])}

zone := "topology.kubernetes.io/zone"

deployment(spec, pod) := plans.object_of("apps/v1", "Deployment", "api", {"spec": object.union(spec, {"template": {"metadata": {"labels": {"app": "api"}}, "spec": object.union({"containers": [{"name": "c"}]}, pod)}})})

own := {"matchLabels": {"app": "api"}}

over(key, selector) := {"topologySpreadConstraints": [{"topologyKey": key, "labelSelector": selector}]}

apart(key, selector) := {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": key, "labelSelector": selector}]}}}

rather_apart(key, selector) := {"affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": {"topologyKey": key, "labelSelector": selector}}]}}}

test_pods_that_may_all_be_in_one_zone_are_denied if {
	every pod in [
		{}, over("kubernetes.io/hostname", own), over(zone, {"matchLabels": {"app": "other"}}), over(zone, null),
		apart("example.com/rack", own), apart(zone, {"matchLabels": {"app": "other"}}), rather_apart("example.com/rack", own),
		{"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": zone, "labelSelector": own}]}}},
	] {
		messages([deployment({"replicas": 3}, pod)]) == {"Deployment claims/api: may have all its pods in one zone"}
	}
	of_manifest(deployment({}, {})) == {"may have all its pods in one zone"}
	of_manifest(object.union(deployment({}, {}), {"kind": "StatefulSet"})) == {"may have all its pods in one zone"}
}

test_pods_that_are_spread_are_fine if {
	every pod in [
		over(zone, own), apart(zone, own), apart("kubernetes.io/hostname", own), rather_apart(zone, own), rather_apart("kubernetes.io/hostname", own), over(zone, {}),
	] {
		messages([deployment({"replicas": 3}, pod)]) == set()
	}
	messages([deployment({"replicas": 0}, {})]) == set()
	messages([object.union(deployment({}, {}), {"kind": "DaemonSet"})]) == set()
}

test_nothing_is_asked_outside_production_or_of_a_chart_that_is_exempt if {
	count(data.rules.availability.spread_over_zones.deny) == 0 with input as plans.rendered("dev", [deployment({}, {})], [])
	count(data.rules.availability.spread_over_zones.unknown) == 0 with input as plans.rendered("dev", [deployment({}, over(zone, {"matchLabels": {"app": "known-after-apply"}}))], ["document 1"])
	count(data.rules.availability.spread_over_zones.deny) == 0 with input as plans.rendered("prod", [deployment({}, {})], [])
		with data.parameters.availability.charts as {"api": {"exempt": "one at a time"}}
}

test_what_only_apply_tells_is_unknown if {
	every pod in [over(zone, {"matchLabels": {"app": "known-after-apply"}}), apart("known-after-apply", own)] {
		messages([deployment({}, pod)]) == set()
		unknowns([deployment({}, pod)]) == {"Deployment claims/api: says only at apply how its pods are spread"}
	}
	labels := json.patch(deployment({}, {}), [{"op": "replace", "path": "/spec/template/metadata/labels/app", "value": "known-after-apply"}])
	unknowns([labels]) == {"Deployment claims/api: says only at apply how its pods are spread"}
	unknowns([deployment({"replicas": "known-after-apply"}, {})]) == set()
}

test_a_release_that_may_make_other_objects_is_unknown if {
	given := plans.rendered("prod", [deployment({}, {})], ["document 2 of 2 is known only after apply"])
	count(data.rules.availability.spread_over_zones.deny) == 0 with input as given
	{found.message | some found in data.rules.availability.spread_over_zones.unknown} == {
		"Deployment claims/api: may have all its pods in one zone, unless this says otherwise: document 2 of 2 is known only after apply",
		"may make other objects: document 2 of 2 is known only after apply",
	} with input as given
}
