package tests.lib.ingresses

import data.testing.plans

import rego.v1

typed(type) := plans.made(type, {
	"metadata": [{"name": "api", "namespace": "claims", "annotations": {"a": "b"}}],
	"spec": [{"ingress_class_name": "kong", "tls": [{"hosts": ["api.example.com"]}]}],
})

test_an_ingress_of_the_provider_reads_like_the_object if {
	every type in ["kubernetes_ingress", "kubernetes_ingress_v1"] {
		found := data.lib.ingresses.listed with input as plans.production([typed(type)])
		[[one.kind, one.namespace, one.object] | some one in found] == [["networking.k8s.io/Ingress", "claims", {
			"metadata": {"name": "api", "annotations": {"a": "b"}},
			"spec": {"ingressClassName": "kong", "tls": [{"hosts": ["api.example.com"]}]},
		}]]
	}
}

test_so_does_the_object_itself_and_nothing_else if {
	object := plans.object_of("networking.k8s.io/v1", "Ingress", "api", {})
	found := data.lib.ingresses.listed with input as plans.production([plans.made("kubernetes_manifest", {"manifest": object}), plans.made("kubernetes_service_v1", {})])
	[one.object.metadata.name | some one in found] == ["api"]
}

test_what_only_apply_tells_is_told_by_its_place if {
	given := plans.production([plans.later(typed("kubernetes_ingress_v1"), {"metadata": [{"annotations": true}]})])
	[one] := data.lib.ingresses.listed with input as given
	data.lib.ingresses.later(one, ["metadata", "annotations"]) with input as given
	not tls_later(one, given)
}

tls_later(one, given) if data.lib.ingresses.later(one, ["spec", "tls"]) with input as given
