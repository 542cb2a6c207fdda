package tests.releases.image_origin

import data.testing.plans

import rego.v1

messages(objects) := {found.message | some found in data.rules.releases.image_origin.deny with input as plans.rendered("prod", objects, [])}

unknowns(objects) := {found.message | some found in data.rules.releases.image_origin.unknown with input as plans.rendered("prod", objects, [])}

of_manifest(object) := {found.message | some found in data.rules.releases.image_origin.deny with input as plans.production([plans.made("kubernetes_manifest", {"manifest": object})])}

of_resource(type, after) := {found.message | some found in data.rules.releases.image_origin.deny with input as plans.production([plans.made(type, after)])}

running(image) := plans.pod_of({}, {"image": image})

test_an_image_of_a_registry_that_is_not_listed_is_denied if {
	every image in ["nginx:1.27", "somebody/api:1.4.2", "docker.io/somebody/api:1.4.2", "ghcr.io/somebody/api@sha256:aa", "docker.io/hashicorpx/vault:1", "docker.io/alpine/kubectlx:1"] {
		messages([running(image)]) == {concat("", ["Pod claims/api: container c runs ", image, ", of a registry that is not listed"])}
		of_manifest(running(image)) == {concat("", ["container c runs ", image, ", of a registry that is not listed"])}
	}
	of_resource("kubernetes_pod_v1", {"spec": [{"container": [{"name": "c", "image": "nginx:1.27"}]}]}) == {"container c runs nginx:1.27, of a registry that is not listed"}
}

test_an_image_of_a_listed_registry_is_fine if {
	every image in [
		"registry.k8s.io/pause:3.10", "hashicorp/vault:2.0.4", "docker.io/hashicorp/vault:2.0.4", "docker.io/alpine/kubectl:1.36.2", "velero/velero:v1",
		"public.ecr.aws/aws-cli/aws-cli:2.36.9", "public.ecr.aws/aws-observability/aws-for-fluent-bit:3", "public.ecr.aws/k1n1h4h4/cert-manager-aws-privateca-issuer:v1.9.0",
		"quay.io/jetstack/cert-manager-webhook:v1.21.1", "",
	] {
		messages([running(image)]) == set()
	}
	messages([plans.pod_of({}, {})]) == set()
}

by_digest := [{"prefix": "ghcr.io/somebody/", "reason": "they publish there", "digest": true}]

test_where_a_tag_is_not_enough_a_digest_is_asked_for if {
	every image, expected in {"ghcr.io/somebody/api:1.4.2": 1, "ghcr.io/somebody/api@sha256:aa": 0, "ghcr.io/somebody/api:1.4.2@sha256:aa": 0} {
		count(data.rules.releases.image_origin.deny) == expected with input as plans.rendered("prod", [running(image)], [])
			with data.parameters.images.repositories as by_digest
	}
	{found.message | some found in data.rules.releases.image_origin.deny} == {"Pod claims/api: container c runs ghcr.io/somebody/api:1.4.2, which no digest names"} with input as plans.rendered("prod", [running("ghcr.io/somebody/api:1.4.2")], [])
		with data.parameters.images.repositories as by_digest
	tagged := [object.union(by_digest[0], {"digest": false})]
	count(data.rules.releases.image_origin.deny) == 0 with input as plans.rendered("prod", [running("ghcr.io/somebody/api:1.4.2")], [])
		with data.parameters.images.repositories as tagged
}

test_an_entry_may_be_for_some_environments if {
	only := [object.union(by_digest[0], {"digest": false, "environments": ["dev"]})]
	every environment, expected in {"dev": 0, "prod": 1} {
		count(data.rules.releases.image_origin.deny) == expected with input as plans.rendered(environment, [running("ghcr.io/somebody/api:1.4.2")], [])
			with data.parameters.images.repositories as only
	}
}

ours(image) := plans.with_provider(plans.rendered("prod", [running(image)], []), {"allowed_account_ids": {"constant_value": ["444455556666"]}})

test_a_registry_of_an_account_of_ours_needs_no_entry if {
	every host in ["dkr.ecr.us-east-1.amazonaws.com", "dkr.ecr-fips.us-east-1.amazonaws.com", "dkr-ecr.us-east-1.on.aws", "dkr.ecr.cn-north-1.amazonaws.com.cn"] {
		count(data.rules.releases.image_origin.deny) == 0 with input as ours(concat("", ["444455556666.", host, "/api:1"]))
		count(data.rules.releases.image_origin.unknown) == 0 with input as ours(concat("", ["444455556666.", host, "/api:1"]))
		count(data.rules.releases.image_origin.deny) == 1 with input as ours(concat("", ["777788889999.", host, "/api:1"]))
		unknowns([running(concat("", ["777788889999.", host, "/api:1"]))]) == {concat("", ["Pod claims/api: container c runs 777788889999.", host, "/api:1, of an account of which the plan does not say whose it is"])}
	}
	count(data.rules.releases.image_origin.deny) == 1 with input as ours("444455556666.dkr.ecr.us-east-1.example.com/api:1")
}

test_an_image_that_only_apply_tells_is_unknown if {
	messages([running("known-after-apply")]) == set()
	unknowns([running("known-after-apply/api:1")]) == {"Pod claims/api: container c says only at apply which image it runs"}
	resource := plans.later(plans.made("kubernetes_pod_v1", {"spec": [{"container": [{"name": "c"}]}]}), {"spec": [{"container": [{"image": true}]}]})
	{found.message | some found in data.rules.releases.image_origin.unknown} == {"container c says only at apply which image it runs"} with input as plans.production([resource])
}

test_a_release_that_may_make_other_objects_is_unknown if {
	given := plans.rendered("prod", [running("nginx:1.27")], ["document 2 of 2 is known only after apply"])
	count(data.rules.releases.image_origin.deny) == 0 with input as given
	{found.message | some found in data.rules.releases.image_origin.unknown} == {
		"Pod claims/api: container c runs nginx:1.27, of a registry that is not listed, unless this says otherwise: document 2 of 2 is known only after apply",
		"may make other objects: document 2 of 2 is known only after apply",
	} with input as given
}
