package tests.releases.immutable_image_tags

import data.testing.plans

import rego.v1

test_latest_in_a_release_values_is_denied if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["image: {tag: latest}"]})])
	count(data.rules.releases.immutable_image_tags.deny) == 1 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 0 with input as given
}

test_an_empty_tag_is_denied if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["a: {image: {tag: \"\"}}"]})])
	count(data.rules.releases.immutable_image_tags.deny) == 1 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 0 with input as given
}

test_an_image_that_carries_a_moving_tag_is_denied if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["image: registry.example.com/a:main"]})])
	count(data.rules.releases.immutable_image_tags.deny) == 1 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 0 with input as given
}

test_a_digest_beside_the_tag_pins_it if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["image: {tag: latest, digest: \"sha256:aa\"}"]})])
	count(data.rules.releases.immutable_image_tags.deny) == 0 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 0 with input as given
}

test_an_exact_tag_is_fine if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["image: {tag: 3.9.1}"]})])
	count(data.rules.releases.immutable_image_tags.deny) == 0 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 0 with input as given
}

test_a_chart_own_tag_is_fine if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["image: {repository: x}"]})])
	count(data.rules.releases.immutable_image_tags.deny) == 0 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 0 with input as given
}

test_values_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.later(plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": [null]}), {"values": [true]})])
	count(data.rules.releases.immutable_image_tags.deny) == 0 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 1 with input as given
}

test_values_that_are_written_with_an_exact_tag_are_fine if {
	given := plans.production([plans.reads(plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1"}), "values", {"constant_value": ["${yamlencode({image = {tag = \"3.9.1\"}, role = aws_iam_role.this.arn})}"], "references": ["aws_iam_role.this.arn"]})])
	count(data.rules.releases.immutable_image_tags.deny) == 0 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 0 with input as given
}

test_values_that_are_written_with_a_tag_by_reference_are_unknown if {
	given := plans.production([plans.reads(plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1"}), "values", {"constant_value": ["${yamlencode({image = {tag = var.tag}})}"], "references": ["var.tag"]})])
	count(data.rules.releases.immutable_image_tags.deny) == 0 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 1 with input as given
}

test_a_container_without_a_tag_is_denied if {
	given := plans.production([plans.made("kubernetes_deployment_v1", {"spec": [{"template": [{"spec": [{"container": [{"name": "c", "image": "registry.example.com:5000/a"}], "init_container": []}]}]}]})])
	count(data.rules.releases.immutable_image_tags.deny) == 1 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 0 with input as given
}

test_a_container_by_digest_is_fine if {
	given := plans.production([plans.made("kubernetes_deployment_v1", {"spec": [{"template": [{"spec": [{"container": [{"name": "c", "image": "registry.example.com/a@sha256:aa"}], "init_container": []}]}]}]})])
	count(data.rules.releases.immutable_image_tags.deny) == 0 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 0 with input as given
}

test_a_cron_job_container_is_read if {
	job := {"template": [{"spec": [{"container": [{"image": "a:latest"}]}]}]}
	given := plans.production([plans.made("kubernetes_cron_job_v1", {"spec": [{"job_template": [{"spec": [job]}]}]})])
	count(data.rules.releases.immutable_image_tags.deny) == 1 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 0 with input as given
}

test_a_container_whose_image_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("kubernetes_deployment_v1", {"spec": [{"template": [{"spec": [{"container": [{"name": "c", "image": null}], "init_container": []}]}]}]}), {"spec": [{"template": [{"spec": [{"container": [{"image": true}]}]}]}]})])
	count(data.rules.releases.immutable_image_tags.deny) == 0 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 1 with input as given
}

test_a_function_image_is_read if {
	given := plans.production([plans.made("aws_lambda_function", {"package_type": "Image", "image_uri": "111122223333.dkr.ecr.us-east-1.amazonaws.com/a:latest"})])
	count(data.rules.releases.immutable_image_tags.deny) == 1 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 0 with input as given
}

test_a_function_whose_image_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_lambda_function", {"package_type": "Image"}), {"image_uri": true})])
	count(data.rules.releases.immutable_image_tags.deny) == 0 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 1 with input as given
}

test_a_known_document_needs_no_text_beside_one_that_is_written_out if {
	given := plans.production([some_unknown(["tag: 1.2.3\n", null], [false, true], [
		"${yamlencode(var.extra_values)}",
		"${yamlencode({image = {tag = \"3.9.1\"}, role = aws_iam_role.this.arn})}",
	])])
	count(data.rules.releases.immutable_image_tags.deny) == 0 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 0 with input as given
}

test_a_known_document_is_judged_by_its_values_beside_one_that_is_written_out if {
	given := plans.production([some_unknown(["tag: latest\n", null], [false, true], [
		"${yamlencode(var.extra_values)}",
		"${yamlencode({image = {tag = \"3.9.1\"}, role = aws_iam_role.this.arn})}",
	])])
	count(data.rules.releases.immutable_image_tags.deny) == 1 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 0 with input as given
}

test_an_unknown_document_that_is_not_written_out_is_unknown_beside_one_that_is if {
	given := plans.production([some_unknown([null, null], [true, true], [
		"${yamlencode(var.extra_values)}",
		"${yamlencode({image = {tag = \"3.9.1\"}, role = aws_iam_role.this.arn})}",
	])])
	count(data.rules.releases.immutable_image_tags.deny) == 0 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 1 with input as given
}

test_documents_whose_number_is_known_only_at_apply_all_need_their_text if {
	given := plans.production([some_unknown([], true, ["${yamlencode(var.extra_values)}"])])
	count(data.rules.releases.immutable_image_tags.deny) == 0 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 1 with input as given
}

some_unknown(after, unknown, texts) := object.union(
	plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": after}),
	{"unknown": {"values": unknown}, "expressions": {"values": {"constant_value": texts, "references": ["var.extra_values"]}}},
)

release(attributes) := plans.made("helm_release", object.union({"name": "x", "chart": "kong", "version": "3.4.1"}, attributes))

test_a_moving_tag_by_set_is_denied if {
	given := plans.production([release({"values": ["image: {tag: 3.9.1}"], "set": [{"name": "image.tag", "value": "latest"}]})])
	count(data.rules.releases.immutable_image_tags.deny) == 1 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 0 with input as given
}

test_a_set_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(release({"values": ["image: {tag: 3.9.1}"], "set": [{"name": "image.tag"}]}), {"set": [{"value": true}]})])
	count(data.rules.releases.immutable_image_tags.deny) == 0 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 1 with input as given
}

test_a_moving_tag_in_a_repository_or_under_another_name_is_denied if {
	given := plans.production([release({"values": ["image: {repository: \"kong:latest\"}\nproxy: {sidecarImage: \"registry.example.com:5000/a:main\"}\nsidecarImageTag: edge\n"]})])
	count(data.rules.releases.immutable_image_tags.deny) == 3 with input as given
}

test_a_repository_with_a_port_is_no_image_without_a_tag if {
	given := plans.production([release({"values": ["image: {repository: \"registry.example.com:5000/kong\", tag: 3.9.1}"]})])
	count(data.rules.releases.immutable_image_tags.deny) == 0 with input as given
}

test_a_pod_and_an_object_of_kubernetes_own_words_are_read if {
	pod := plans.made("kubernetes_pod_v1", {"spec": [{"container": [{"image": "a:latest"}]}]})
	job := plans.made("kubernetes_manifest", {"manifest": {"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [{"image": "a:latest"}, {"image": "a:1.0"}]}}}}}}})
	given := plans.production([pod, job])
	count(data.rules.releases.immutable_image_tags.deny) == 2 with input as given
	count(data.rules.releases.immutable_image_tags.unknown) == 0 with input as given
}

test_every_type_that_has_containers_is_asked if {
	pod := [{"container": [{"name": "a", "image": "example.com/a:latest"}], "init_container": [{"name": "b", "image": "example.com/b:latest"}]}]
	templated := ["kubernetes_deployment", "kubernetes_deployment_v1", "kubernetes_stateful_set", "kubernetes_stateful_set_v1", "kubernetes_daemonset", "kubernetes_daemon_set_v1", "kubernetes_job", "kubernetes_job_v1", "kubernetes_replication_controller", "kubernetes_replication_controller_v1"]
	every type in templated {
		given := plans.production([plans.made(type, {"spec": [{"template": [{"spec": pod}]}]})])
		count(data.rules.releases.immutable_image_tags.deny) == 2 with input as given
	}
	every type in ["kubernetes_cron_job", "kubernetes_cron_job_v1"] {
		given := plans.production([plans.made(type, {"spec": [{"job_template": [{"spec": [{"template": [{"spec": pod}]}]}]}]})])
		count(data.rules.releases.immutable_image_tags.deny) == 2 with input as given
	}
	every type in ["kubernetes_pod", "kubernetes_pod_v1"] {
		given := plans.production([plans.made(type, {"spec": pod})])
		count(data.rules.releases.immutable_image_tags.deny) == 2 with input as given
	}
}

test_an_image_of_a_release_whose_tag_does_not_move_is_fine if {
	every image, denials in {"kong:3.9.1": 0, "kong:latest": 1, "registry.example.com:5000/kong": 1} {
		release := plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": [yaml.marshal({"proxy": {"image": image}})]})
		count(data.rules.releases.immutable_image_tags.deny) == denials with input as plans.production([release])
	}
}

test_an_image_of_a_function_whose_tag_does_not_move_is_fine if {
	every tag, denials in {":3.9.1": 0, ":latest": 1} {
		uri := concat("", ["111122223333.dkr.ecr.us-east-1.amazonaws.com/claims", tag])
		given := plans.production([plans.made("aws_lambda_function", {"image_uri": uri})])
		count(data.rules.releases.immutable_image_tags.deny) == denials with input as given
	}
}

test_what_is_no_tag_of_an_image_does_not_move_it if {
	every values in [
		"image: {repository: main, tag: 3.9.1}",
		"image: {tag: 3.9}",
		"proxy: {image: kong, tag: 3.9.1}",
		"sidecarImage: {repository: kong, tag: 3.9.1}",
	] {
		count(data.rules.releases.immutable_image_tags.deny) == 0 with input as plans.production([release({"values": [values]})])
	}
}

test_values_that_are_written_with_an_image_by_reference_are_unknown if {
	every name in ["image", "sidecarImage", "proxyImageTag"] {
		text := concat("", ["${yamlencode({", name, " = var.image})}"])
		given := plans.production([plans.reads(release({}), "values", {"constant_value": [text], "references": ["var.image"]})])
		count(data.rules.releases.immutable_image_tags.unknown) == 1 with input as given
	}
}

rendered(objects) := {found.message | some found in data.rules.releases.immutable_image_tags.deny with input as plans.rendered("prod", objects, [])}

test_the_containers_that_helm_makes_are_asked_in_place_of_the_values if {
	rendered([plans.pod_of({}, {"image": "kong:latest"})]) == {"Pod claims/api: runs kong:latest"}
	rendered([plans.pod_of({}, {"image": "kong:3.9.1"})]) == set()
	rendered([plans.pod_of({}, {})]) == set()
	moving := json.patch(plans.rendered("prod", [plans.pod_of({}, {"image": "kong:3.9.1"})], []), [{"op": "add", "path": "/plan/resource_changes/0/change/after/values", "value": ["image: {tag: latest}\nproxy: {image: \"kong:latest\"}\nrepository: \"kong:latest\""]}])
	count(data.rules.releases.immutable_image_tags.deny) == 0 with input as moving
	later := json.patch(moving, [{"op": "add", "path": "/plan/resource_changes/0/change/after_unknown", "value": {"values": [true], "manifest": true}}])
	count(data.rules.releases.immutable_image_tags.unknown) == 0 with input as later
}

test_an_image_of_an_object_that_only_apply_tells_is_unknown if {
	every image in ["known-after-apply", "known-after-apply:latest"] {
		given := plans.rendered("prod", [plans.pod_of({}, {"image": image})], [])
		count(data.rules.releases.immutable_image_tags.deny) == 0 with input as given
		{found.message | some found in data.rules.releases.immutable_image_tags.unknown} == {"Pod claims/api: says only at apply which image it runs"} with input as given
	}
	given := plans.rendered("prod", [plans.pod_of({}, {"image": "kong:latest"})], ["document 1"])
	count(data.rules.releases.immutable_image_tags.deny) == 0 with input as given
	{found.message | some found in data.rules.releases.immutable_image_tags.unknown} == {"Pod claims/api: runs kong:latest, unless this says otherwise: document 1", "may make other objects: document 1"} with input as given
}
