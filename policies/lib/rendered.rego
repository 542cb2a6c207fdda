# METADATA
# description: |
#   The objects that Helm makes of a plan's releases. groundplan renders them and passes them on as
#   input.groundplan.rendered: release address -> {objects: [{template, namespace, object}], unknown: [reasons]}. A release
#   that is missing there was not rendered, and Terraform Cloud renders none. What only apply will tell stands in an object
#   as a text that contains `marker`; `unknown` says which of the release's values are not in it at all.
package lib.rendered

import data.lib.value

import rego.v1

marker := "known-after-apply"

releases := value.map(value.at(input, ["groundplan", "rendered"], {}))

# Releases of which every value is in their objects: nothing needs to be guessed from their values.
whole contains release.address if {
	some release in data.lib.helm.releases
	rendering := value.map(releases[release.address])
	count(value.list(value.at(rendering, ["unknown"], []))) == 0
}

# Releases that may make other objects than these, and why.
partial contains [release, reason] if {
	some release in data.lib.helm.releases
	reason := open(release)
	reason != ""
}

open(release) := concat("; ", [reason |
	some reason in value.list(value.at(releases, [release.address, "unknown"], []))
])

# Objects that only `helm test` makes are left out: https://helm.sh/docs/topics/chart_tests/
listed := [found |
	some release in data.lib.helm.releases
	reasons := open(release)
	some entry in value.list(value.at(releases, [release.address, "objects"], []))
	object := value.map(value.at(entry, ["object"], {}))
	not only_tested(object)
	found := {
		"resource": release,
		"object": object,
		"kind": kind(object),
		"rendered": true,
		"namespace": namespace(object, value.text(value.at(entry, ["namespace"], ""))),
		"open": reasons,
		"later": waiting(object),
	}
]

only_tested(object) if {
	hooks := object.metadata.annotations["helm.sh/hook"]
	is_string(hooks)
	every hook in split(hooks, ",") {
		trim_space(hook) in {"test", "test-success", "test-failure"}
	}
}

# With its API group, which tells a Service of Knative from Kubernetes' own: Service, apps/Deployment.
kind(object) := concat("/", [parts[0], name]) if {
	name := value.text(value.at(object, ["kind"], ""))
	parts := split(value.text(value.at(object, ["apiVersion"], "")), "/")
	count(parts) == 2
} else := value.text(value.at(object, ["kind"], ""))

namespace(object, of_release) := value.text(value.at(object, ["metadata", "namespace"], of_release))

# StatefulSet vault/vault, ClusterRole vault: an object in messages.
place(found) := concat(" ", [value.text(value.at(found.object, ["kind"], "")), named(found)])

named(found) := value.text(value.at(found.object, ["metadata", "name"], "")) if {
	# of the cluster, not of a namespace
	regex.match(`^(Cluster|CustomResource|(Mutating|Validating)Webhook|StorageClass$|PriorityClass$|IngressClass$|Namespace$)`, value.text(value.at(found.object, ["kind"], "")))
} else := concat("/", [found.namespace, value.text(value.at(found.object, ["metadata", "name"], ""))])

waiting(object) if {
	data.lib.rendered.any_waits
	contains(json.marshal(object), marker)
} else := false

# One question of them all: mostly there is nothing.
any_waits if contains(json.marshal(releases), marker)

# Whether some of `parts`, which are of the object, is known only at apply.
waits(found, parts) if {
	found.later
	contains(json.marshal(parts), marker)
}
