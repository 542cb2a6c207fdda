# METADATA
# description: |
#   Ingresses in Kubernetes' own words and of the kubernetes provider, the latter as if somebody had written the object.
package lib.ingresses

import data.lib.objects
import data.lib.plan
import data.lib.value
import data.lib.workloads

import rego.v1

kind := "networking.k8s.io/Ingress"

listed := array.concat(
	objects.of_kinds({kind}),
	[of_provider(resource) |
		some type in ["kubernetes_ingress", "kubernetes_ingress_v1"]
		some resource in plan.of(type)
	],
)

of_provider(resource) := {
	"resource": resource,
	"object": {
		"metadata": {
			"name": plan.text(resource, ["metadata", 0, "name"]),
			"annotations": value.map(plan.known(resource, ["metadata", 0, "annotations"], {})),
		},
		"spec": {
			"ingressClassName": plan.text(resource, ["spec", 0, "ingress_class_name"]),
			"tls": value.list(plan.known(resource, ["spec", 0, "tls"], [])),
		},
	},
	"kind": kind,
	"namespace": workloads.namespace(resource),
	"open": "",
}

# Whether what stands at `path` of the object is known only at apply, or something in it.
later(found, path) if objects.later(found, path)

later(found, path) if {
	found.resource.type in {"kubernetes_ingress", "kubernetes_ingress_v1"}
	plan.partly_unknown(found.resource, array.concat([path[0], 0], array.slice(path, 1, count(path))))
}
