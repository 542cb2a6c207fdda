package tests.releases.read_only_root

import data.testing.plans

import rego.v1

messages(objects) := {found.message | some found in data.rules.releases.read_only_root.deny with input as plans.rendered("prod", objects, [])}

unknowns(objects) := {found.message | some found in data.rules.releases.read_only_root.unknown with input as plans.rendered("prod", objects, [])}

of_manifest(object) := {found.message | some found in data.rules.releases.read_only_root.deny with input as plans.production([plans.made("kubernetes_manifest", {"manifest": object})])}

of_resource(type, after) := {found.message | some found in data.rules.releases.read_only_root.deny with input as plans.production([plans.made(type, after)])}

test_a_container_that_can_write_into_its_image_is_denied if {
	messages([plans.pod_of({}, {})]) == {"Pod claims/api: container c can write into its image"}
	messages([plans.pod_of({}, {"securityContext": {"readOnlyRootFilesystem": false}})]) == {"Pod claims/api: container c can write into its image"}
	of_manifest(plans.pod_of({}, {})) == {"container c can write into its image"}
	of_resource("kubernetes_pod_v1", {"spec": [{"init_container": [{"name": "c", "security_context": [{"read_only_root_filesystem": false}]}]}]}) == {"container c can write into its image"}
}

test_a_container_that_cannot_is_fine if {
	messages([plans.pod_of({}, {"securityContext": {"readOnlyRootFilesystem": true}})]) == set()
	of_manifest(plans.pod_of({}, {"securityContext": {"readOnlyRootFilesystem": true}})) == set()
	of_resource("kubernetes_pod_v1", {"spec": [{"container": [{"name": "c", "security_context": [{"read_only_root_filesystem": true}]}]}]}) == set()
}

test_what_only_apply_tells_is_unknown if {
	every own in [{"securityContext": "known-after-apply"}, {"securityContext": {"readOnlyRootFilesystem": "known-after-apply"}}] {
		messages([plans.pod_of({}, own)]) == set()
		unknowns([plans.pod_of({}, own)]) == {"Pod claims/api: says only at apply whether container c can write into its image"}
	}
	resource := plans.later(plans.made("kubernetes_pod_v1", {"spec": [{"container": [{"name": "c"}]}]}), {"spec": [{"container": [{"security_context": true}]}]})
	count(data.rules.releases.read_only_root.unknown) == 1 with input as plans.production([resource])
	count(data.rules.releases.read_only_root.deny) == 0 with input as plans.production([resource])
}

test_a_release_that_may_make_other_objects_is_unknown if {
	given := plans.rendered("prod", [plans.pod_of({}, {})], ["document 2 of 2 is known only after apply"])
	count(data.rules.releases.read_only_root.deny) == 0 with input as given
	{found.message | some found in data.rules.releases.read_only_root.unknown} == {
		"Pod claims/api: container c can write into its image, unless this says otherwise: document 2 of 2 is known only after apply",
		"may make other objects: document 2 of 2 is known only after apply",
	} with input as given
}

test_what_writes_into_its_image_by_design_is_listed if {
	messages([object.union(plans.pod_of({}, {}), {"metadata": {"name": "node-local-dns", "namespace": "kube-system"}})]) == set()
	count(messages([object.union(plans.pod_of({}, {}), {"metadata": {"name": "node-local-dns"}})])) == 1
}
