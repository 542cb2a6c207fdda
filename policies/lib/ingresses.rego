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

# What stands for an annotation of which apply tells the value: it will be there.
at_apply := "known only at apply"

of_provider(resource) := {
	"resource": resource,
	"object": {
		"metadata": {
			"name": plan.text(resource, ["metadata", 0, "name"]),
			"annotations": object.union(
				{name: at_apply | some name, mark in value.map(value.at(resource.unknown, ["metadata", 0, "annotations"], {})); mark == true},
				value.map(plan.known(resource, ["metadata", 0, "annotations"], {})),
			),
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

# Whether only apply tells what one of these annotations says; those of the provider are known one by one.
annotated_later(found, _) if objects.later(found, ["metadata", "annotations"])

annotated_later(found, names) if {
	found.resource.type in {"kubernetes_ingress", "kubernetes_ingress_v1"}
	some name in names
	plan.unknown_at(found.resource, ["metadata", 0, "annotations", name])
}
