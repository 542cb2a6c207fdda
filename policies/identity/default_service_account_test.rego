package tests.identity.default_service_account

import data.testing.plans

import rego.v1

messages(objects) := {found.message | some found in data.rules.identity.default_service_account.deny with input as plans.rendered("prod", objects, [])}

unknowns(objects) := {found.message | some found in data.rules.identity.default_service_account.unknown with input as plans.rendered("prod", objects, [])}

of_manifest(object) := {found.message | some found in data.rules.identity.default_service_account.deny with input as plans.production([plans.made("kubernetes_manifest", {"manifest": object})])}

of_resource(type, after) := {found.message | some found in data.rules.identity.default_service_account.deny with input as plans.production([plans.made(type, after)])}

fault := "runs with a token of the default service account"

test_a_pod_of_the_default_account_is_denied if {
	every around in [{}, {"serviceAccountName": ""}, {"serviceAccountName": "default"}, {"automountServiceAccountToken": true}] {
		messages([plans.pod_of(around, {})]) == {concat("", ["Pod claims/api: ", fault])}
		of_manifest(plans.pod_of(around, {})) == {fault}
	}
	of_resource("kubernetes_pod_v1", {"spec": [{"service_account_name": "default", "automount_service_account_token": true}]}) == {fault}
}

test_a_pod_of_its_own_account_or_without_a_token_is_fine if {
	every around in [{"serviceAccountName": "api"}, {"automountServiceAccountToken": false}] {
		messages([plans.pod_of(around, {})]) == set()
	}
	of_resource("kubernetes_pod_v1", {"spec": [{"service_account_name": "api"}]}) == set()
	of_resource("kubernetes_pod_v1", {"spec": [{"automount_service_account_token": false}]}) == set()
}

account(metadata, mounts) := {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata, "automountServiceAccountToken": mounts}

test_a_default_account_that_mounts_no_token_gives_none if {
	pod := plans.pod_of({}, {})
	messages([pod, account({"name": "default"}, false)]) == set()
	every other in [
		account({"name": "default"}, true), account({"name": "other"}, false), account({"name": "default", "namespace": "other"}, false),
		object.remove(account({"name": "default"}, false), ["automountServiceAccountToken"]),
	] {
		count(messages([pod, other])) == 1
	}
}

typed(type, namespace, mounts) := plans.production([
	plans.made("kubernetes_pod_v1", {"metadata": [{"namespace": "claims", "name": "api"}], "spec": [{}]}),
	plans.made(type, {"metadata": [{"namespace": namespace}], "automount_service_account_token": mounts}),
])

test_the_provider_s_default_account_counts_as_well if {
	every type in ["kubernetes_default_service_account", "kubernetes_default_service_account_v1"] {
		count(data.rules.identity.default_service_account.deny) == 0 with input as typed(type, "claims", false)
		count(data.rules.identity.default_service_account.deny) == 1 with input as typed(type, "claims", true)
		count(data.rules.identity.default_service_account.deny) == 1 with input as typed(type, "other", false)
		count(data.rules.identity.default_service_account.deny) == 1 with input as typed(type, "claims", null)
	}
	count(data.rules.identity.default_service_account.deny) == 1 with input as typed("kubernetes_service_account_v1", "claims", false)
}

test_what_only_apply_tells_is_unknown if {
	every around in [{"serviceAccountName": "known-after-apply"}, {"automountServiceAccountToken": "known-after-apply"}] {
		messages([plans.pod_of(around, {})]) == set()
		unknowns([plans.pod_of(around, {})]) == {"Pod claims/api: says only at apply which service account it has"}
	}
	every name in ["service_account_name", "automount_service_account_token"] {
		resource := plans.later(plans.made("kubernetes_pod_v1", {"spec": [{}]}), {"spec": [{name: true}]})
		count(data.rules.identity.default_service_account.unknown) == 1 with input as plans.production([resource])
	}
}

test_a_release_that_may_make_other_objects_is_unknown if {
	given := plans.rendered("prod", [plans.pod_of({}, {})], ["document 2 of 2 is known only after apply"])
	count(data.rules.identity.default_service_account.deny) == 0 with input as given
	{found.message | some found in data.rules.identity.default_service_account.unknown} == {
		"Pod claims/api: runs with a token of the default service account, unless this says otherwise: document 2 of 2 is known only after apply",
		"may make other objects: document 2 of 2 is known only after apply",
	} with input as given
}
