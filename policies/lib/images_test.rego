package tests.lib.images

import data.lib.images

import rego.v1

digest := concat("", ["sha256:", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"])

test_a_reference_without_a_tag_or_with_a_moving_one_moves if {
	every reference in [
		"nginx", "library/nginx", "registry.example.com:5000/nginx", "nginx:", "nginx:latest", "nginx:LATEST", "nginx:stable",
		"nginx:main", "nginx:master", "nginx:edge", "nginx:nightly", "nginx:dev", "nginx:develop", "registry.example.com:5000/nginx:latest",
	] {
		images.moving(reference)
	}
}

test_a_reference_with_a_version_or_a_digest_does_not_move if {
	every reference in [
		"nginx:1.27.1", "registry.example.com:5000/nginx:1.27.1", "registry.example.com/latest/nginx:1.27.1",
		concat("@", ["nginx", digest]), concat("@", ["nginx:latest", digest]), concat("@", ["registry.example.com:5000/nginx", digest]),
	] {
		not images.moving(reference)
	}
}

test_only_a_tag_moves_where_one_is_asked_for if {
	not images.tagged_moving("nginx")
	not images.tagged_moving("latest")
	not images.tagged_moving(concat("@", ["nginx:latest", digest]))
	images.tagged_moving("nginx:latest")
	images.tagged_moving("nginx:")
}

test_an_empty_tag_is_called_so if {
	images.shown("") == "empty"
	images.shown("latest") == "latest"
}

test_a_digest_beside_the_tag_pins_the_image if {
	images.pinned_beside({"image": {"tag": "latest", "digest": digest}}, "image.tag")
	images.pinned_beside({"tag": "latest", "digest": digest}, "tag")
	not images.pinned_beside({"image": {"tag": "latest"}, "digest": digest}, "image.tag")
	not images.pinned_beside({"image": {"tag": "latest", "digest": "latest"}}, "image.tag")
	not images.pinned_beside({}, "image.tag")
}

test_a_literal_with_a_number_is_harmless_and_one_that_refers_is_not if {
	every text in [`"1.27.1"`, `"v2"`] {
		regex.match(data.lib.images.harmless_pattern, text)
	}
	every text in [`"latest"`, `"${var.tag}1"`, `var.tag_1`, `"1" + "latest"`, `""`] {
		not regex.match(data.lib.images.harmless_pattern, text)
	}
}

test_a_name_without_a_registry_is_of_docker_hub if {
	every reference, full in {
		"nginx": "docker.io/library/nginx", "nginx:1.27": "docker.io/library/nginx:1.27", "library/nginx": "docker.io/library/nginx",
		"hashicorp/vault:1": "docker.io/hashicorp/vault:1", "docker.io/hashicorp/vault": "docker.io/hashicorp/vault",
		"localhost/api": "localhost/api", "registry:5000/api": "registry:5000/api", "ghcr.io/a/b/c:1": "ghcr.io/a/b/c:1",
		"localhosts/api": "docker.io/localhosts/api", "a/b/c.d:1": "docker.io/a/b/c.d:1",
	} {
		images.full(reference) == full
	}
}

test_istio_puts_its_proxy_in_the_place_of_auto_where_it_is_asked_to if {
	asked := {"sidecar.istio.io/inject": "true"}
	images.injected({"container": {"image": "auto"}, "labels": asked})
	not images.injected({"container": {"image": "auto"}, "labels": {}})
	not images.injected({"container": {"image": "nginx"}, "labels": asked})
}
