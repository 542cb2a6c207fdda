package tests.releases.resources_bounded

import data.testing.plans

import rego.v1

messages(objects) := {found.message | some found in data.rules.releases.resources_bounded.deny with input as plans.rendered("prod", objects, [])}

unknowns(objects) := {found.message | some found in data.rules.releases.resources_bounded.unknown with input as plans.rendered("prod", objects, [])}

of_manifest(object) := {found.message | some found in data.rules.releases.resources_bounded.deny with input as plans.production([plans.made("kubernetes_manifest", {"manifest": object})])}

of_resource(type, after) := {found.message | some found in data.rules.releases.resources_bounded.deny with input as plans.production([plans.made(type, after)])}

amounts := {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}}

bounded(resources) := plans.pod_of({}, {"resources": resources})

test_what_a_container_does_not_say_is_denied if {
	all := {"container c requests no CPU", "container c requests no memory", "container c has no limit of memory"}
	of_manifest(plans.pod_of({}, {})) == all
	of_manifest(bounded({})) == all
	of_manifest(bounded({"requests": {"memory": "64Mi"}, "limits": {"memory": "64Mi"}})) == {"container c requests no CPU"}
	of_manifest(bounded({"requests": {"cpu": "50m", "memory": "64Mi"}})) == {"container c has no limit of memory"}
	of_manifest(bounded({"requests": {"cpu": "50m"}})) == {"container c requests no memory", "container c has no limit of memory"}
	messages([bounded({"requests": {"cpu": "50m", "memory": "64Mi"}})]) == {"Pod claims/api: container c has no limit of memory"}
	of_resource("kubernetes_pod_v1", {"spec": [{"init_container": [{"name": "c", "resources": [{"requests": {"cpu": "50m", "memory": "64Mi"}}]}]}]}) == {"container c has no limit of memory"}
}

test_a_container_that_says_all_is_fine if {
	messages([bounded(amounts)]) == set()
	of_manifest(bounded(amounts)) == set()
	of_resource("kubernetes_pod_v1", {"spec": [{"container": [{"name": "c", "resources": [amounts]}]}]}) == set()
}

test_a_limit_stands_for_a_request if {
	of_manifest(bounded({"limits": {"cpu": "1", "memory": "64Mi"}})) == set()
}

test_what_the_pod_says_as_a_whole_counts if {
	of_manifest(plans.pod_of({"resources": amounts}, {})) == set()
	of_manifest(plans.pod_of({"resources": {"limits": {"memory": "64Mi"}}}, {"resources": {"requests": {"cpu": "50m"}}})) == set()
}

test_what_only_apply_tells_is_unknown if {
	every object in [
		plans.pod_of({}, {"resources": "known-after-apply"}),
		bounded({"limits": {"memory": "known-after-apply"}}),
		plans.pod_of({"resources": {"limits": {"memory": "known-after-apply"}}}, {}),
	] {
		messages([object]) == set()
		unknowns([object]) == {"Pod claims/api: says only at apply what container c may take"}
	}
	resource := plans.later(plans.made("kubernetes_pod_v1", {"spec": [{"container": [{"name": "c"}]}]}), {"spec": [{"container": [{"resources": true}]}]})
	count(data.rules.releases.resources_bounded.unknown) == 1 with input as plans.production([resource])
	count(data.rules.releases.resources_bounded.deny) == 0 with input as plans.production([resource])
}

test_a_release_that_may_make_other_objects_is_unknown if {
	given := plans.rendered("prod", [bounded({"requests": {"cpu": "50m", "memory": "64Mi"}})], ["document 2 of 2 is known only after apply"])
	count(data.rules.releases.resources_bounded.deny) == 0 with input as given
	{found.message | some found in data.rules.releases.resources_bounded.unknown} == {
		"Pod claims/api: container c has no limit of memory, unless this says otherwise: document 2 of 2 is known only after apply",
		"may make other objects: document 2 of 2 is known only after apply",
	} with input as given
}
