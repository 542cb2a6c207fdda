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
	whole := plans.production([plans.later(typed("kubernetes_ingress_v1"), {"metadata": [{"annotations": true}]})])
	told(whole) == {"annotations": true, "tls": false, "a": true, "b": true}
	one := plans.production([plans.later(typed("kubernetes_ingress_v1"), {"metadata": [{"annotations": {"b": true}}]})])
	told(one) == {"annotations": true, "tls": false, "a": false, "b": true}
	listeners := plans.production([plans.later(typed("kubernetes_ingress_v1"), {"spec": [{"tls": [{"hosts": true}]}]})])
	told(listeners) == {"annotations": false, "tls": true, "a": false, "b": false}
	told(plans.production([typed("kubernetes_ingress_v1")])) == {"annotations": false, "tls": false, "a": false, "b": false}
}

test_an_annotation_that_apply_brings_is_there if {
	given := plans.production([plans.later(typed("kubernetes_ingress_v1"), {"metadata": [{"annotations": {"b": true}}]})])
	[one] := data.lib.ingresses.listed with input as given
	one.object.metadata.annotations == {"a": "b", "b": "known only at apply"}
}

told(given) := {"annotations": later(given, ["metadata", "annotations"]), "tls": later(given, ["spec", "tls"]), "a": annotated(given, "a"), "b": annotated(given, "b")}

later(given, path) if {
	[one] := data.lib.ingresses.listed with input as given
	data.lib.ingresses.later(one, path) with input as given
} else := false

annotated(given, name) if {
	[one] := data.lib.ingresses.listed with input as given
	data.lib.ingresses.annotated_later(one, [name]) with input as given
} else := false
