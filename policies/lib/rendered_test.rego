package tests.lib.rendered

import data.lib.objects
import data.lib.rendered
import data.testing.plans

import rego.v1

of(objects) := [found | some found in data.lib.rendered.listed with input as plans.rendered("prod", objects, [])]

service(metadata) := {"apiVersion": "v1", "kind": "Service", "metadata": metadata}

test_an_object_names_itself_with_its_own_namespace_or_the_release_s if {
	places := {rendered.place(found) | some found in of([
		service({"name": "a"}),
		service({"name": "b", "namespace": "other"}),
		plans.object_of("rbac.authorization.k8s.io/v1", "ClusterRole", "c", {}),
		plans.object_of("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "d", {}),
		plans.object_of("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "e", {}),
		plans.object_of("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "f", {}),
		plans.object_of("v1", "Namespace", "g", {}),
		plans.object_of("storage.k8s.io/v1", "StorageClass", "h", {}),
		plans.object_of("scheduling.k8s.io/v1", "PriorityClass", "i", {}),
		plans.object_of("networking.k8s.io/v1", "IngressClass", "j", {}),
		plans.object_of("apiextensions.k8s.io/v1", "CustomResourceDefinition", "k", {}),
		{"kind": "Service"},
	])}
	places == {
		"Service claims/a", "Service other/b", "ClusterRole c", "ClusterRoleBinding d", "MutatingWebhookConfiguration e",
		"ValidatingWebhookConfiguration f", "Namespace g", "StorageClass h", "PriorityClass i", "IngressClass j",
		"CustomResourceDefinition k", "Service claims/",
	}
	{found.namespace | some found in of([service({"name": "a"}), service({"name": "b", "namespace": "other"})])} == {"claims", "other"}
}

test_a_kind_is_told_from_its_namesake_by_its_group if {
	[rendered.kind(object) |
		some object in [service({}), plans.object_of("serving.knative.dev/v1", "Service", "a", {}), {"kind": "Pod"}, {}]
	] == ["Service", "serving.knative.dev/Service", "Pod", ""]
}

hooked(hooks) := count(of([service({"name": "a", "annotations": {"helm.sh/hook": hooks}})]))

test_what_only_helm_test_makes_is_left_out if {
	every hooks, expected in {"test": 0, "test-success": 0, "test-failure": 0, "test, test-success": 0, "pre-install": 1, "test,post-install": 1, "": 1} {
		hooked(hooks) == expected
	}
	hooked(3) == 1
	hooked(null) == 1
	count(of([service({"name": "a"}), service({"name": "b", "annotations": null}), {}])) == 3
}

test_what_waits_for_apply_is_found_in_its_part if {
	[found] := of([service({"name": "a", "annotations": {"role": "arn:known-after-apply"}})])
	found.later
	rendered.waits(found, [found.object.metadata])
	rendered.waits(found, ["a", {"b": ["x-known-after-apply"]}])
	not rendered.waits(found, [found.object.kind])
	[known] := of([service({"name": "a"})])
	not known.later
	not rendered.waits(known, ["known-after-apply"])
	[first, second] := of([service({"name": "known-after-apply"}), service({"name": "b"})])
	first.later
	not second.later
}

addresses(set_of) := {address | some address in set_of}

test_a_release_that_may_make_other_objects_is_not_whole if {
	open := plans.rendered("prod", [service({"name": "a"})], ["document 2 of 2", "set.x"])
	closed := plans.rendered("prod", [service({"name": "a"})], [])
	addresses(data.lib.rendered.whole) == {"module.service.helm_release.this"} with input as closed
	addresses(data.lib.rendered.whole) == set() with input as open
	addresses(data.lib.rendered.whole) == set() with input as plans.production([plans.made("helm_release", {"chart": "api"})])
	{reason | some [_, reason] in data.lib.rendered.partial} == {"document 2 of 2; set.x"} with input as open
	count(data.lib.rendered.partial) == 0 with input as closed
	{found.open | some found in data.lib.rendered.listed} == {"document 2 of 2; set.x"} with input as open
}

test_what_belongs_to_no_release_of_the_plan_or_is_no_object_is_not_listed if {
	other := json.patch(plans.rendered("prod", [service({"name": "a"})], []), [{"op": "replace", "path": "/plan/resource_changes/0/address", "value": "helm_release.other"}])
	count(data.lib.rendered.listed) == 0 with input as other
	count(data.lib.rendered.listed) == 0 with input as plans.production([])
	count(data.lib.rendered.listed) == 0 with input as plans.alone(plans.production([plans.made("helm_release", {"chart": "api"})]))
	text := json.patch(plans.rendered("prod", [], []), [{"op": "add", "path": "/groundplan/rendered/module.service.helm_release.this/objects/-", "value": {"object": "text"}}])
	[found.object | some found in data.lib.rendered.listed] == [{}] with input as text
}

certificate := plans.object_of("cert-manager.io/v1", "Certificate", "a", {"spec": {"dnsNames": ["known-after-apply"]}})

local(rendering) := object.union(plans.production([plans.later(plans.made("helm_release", {"chart": "./charts/objects", "values": ["objects: {a: {kind: Pod}}"]}), {"values": [true]})]), {"groundplan": rendering})

rendering(objects, unknown) := {"rendered": {"module.service.helm_release.this": {"objects": plans.entries(objects), "unknown": unknown}}}

test_a_chart_inside_the_module_that_was_rendered_is_not_read_by_its_values if {
	[found.kind | some found in data.lib.objects.listed] == ["Pod"] with input as local({})
	[found.kind | some found in data.lib.objects.listed] == ["cert-manager.io/Certificate"] with input as local(rendering([certificate], []))
	count(data.lib.objects.undecided_releases) == 1 with input as local({})
	count(data.lib.objects.undecided_releases) == 0 with input as local(rendering([certificate], []))
	count(data.lib.objects.undecided_releases) == 1 with input as local(rendering([certificate], ["document 1"]))
}

test_a_rendered_certificate_s_waiting_part_is_undecided if {
	count(objects.undecided(["spec", "dnsNames"])) == 1 with input as plans.rendered("prod", [certificate], [])
	count(objects.undecided(["spec", "commonName"])) == 0 with input as plans.rendered("prod", [certificate], [])
	other := object.union(certificate, {"apiVersion": "networking.internal.knative.dev/v1"})
	count(objects.undecided(["spec", "dnsNames"])) == 0 with input as plans.rendered("prod", [other], [])
}

rule := {"id": "a/b", "severity": "minor"}

test_faults_of_a_release_that_may_make_other_objects_are_unknown if {
	closed := plans.rendered("prod", [service({"name": "a"})], [])
	open := plans.rendered("prod", [service({"name": "a"})], ["document 2 of 2 is known only after apply"])
	{found.message | some found in objects.denied(rule, faults(closed))} == {"Service claims/a: is wrong"}
	count(objects.unsettled(rule, faults(closed))) == 0 with input as closed
	count(objects.denied(rule, faults(open))) == 0
	messages := {found.message | some found in objects.unsettled(rule, faults(open))} with input as open
	messages == {
		"Service claims/a: is wrong, unless this says otherwise: document 2 of 2 is known only after apply",
		"may make other objects: document 2 of 2 is known only after apply",
	}
}

faults(given) := [[found, "is wrong"] | some found in listed_of(given)]

listed_of(given) := [found | some found in data.lib.rendered.listed with input as given]

test_an_object_alone_at_its_address_is_not_named if {
	given := plans.production([plans.made("kubernetes_manifest", {"manifest": service({"name": "a"})})])
	found := data.lib.objects.listed[0] with input as given
	objects.told(found, "is wrong") == "is wrong"
	found.namespace == "default"
	not objects.later(found, ["metadata"])
	unknown := plans.production([plans.later(plans.made("kubernetes_manifest", {"manifest": {}}), {"manifest": {"spec": {"type": true}}})])
	later := data.lib.objects.listed[0] with input as json.patch(unknown, [{"op": "add", "path": "/plan/resource_changes/0/change/after", "value": {"manifest": service({"name": "a"})}}])
	objects.later(later, ["spec", "type"])
	objects.later(later, ["spec"])
	not objects.later(later, ["metadata"])
}

# A plan shows what the provider keeps of a release as unknown.
test_what_the_provider_will_know_of_a_release_is_not_of_its_objects if {
	given := json.patch(plans.rendered("prod", [service({"name": "a"})], []), [{"op": "add", "path": "/plan/resource_changes/0/change/after_unknown/manifest", "value": true}])
	[found] := listed_of(given)
	not objects.later(found, ["metadata"])
}
