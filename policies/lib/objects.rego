# METADATA
# description: |
#   Kubernetes objects that are no resources of their own: those that a release of a chart inside the module lists by
#   name, and kubernetes_manifest.
package lib.objects

import data.lib.helm
import data.lib.plan
import data.lib.value

import rego.v1

listed contains {"resource": release, "object": object} if {
	some release in data.lib.helm.releases
	helm.local_chart(release)
	some object in value.map(value.at(data.lib.helm.values[release.address], ["objects"], {}))
	is_object(object)
}

listed contains {"resource": resource, "object": object} if {
	some resource in plan.of("kubernetes_manifest")
	object := value.map(plan.known(resource, ["manifest"], {}))
}

# The certificates of cert-manager among them.
certificates contains found if {
	some found in listed
	value.at(found.object, ["kind"], "") == "Certificate"
	startswith(value.text(value.at(found.object, ["apiVersion"], "")), "cert-manager.io/")
}

# What may be a certificate of cert-manager, or hold one, of which `path` is known only at apply.
undecided(path) := {release | some release in undecided_releases} | {resource |
	some resource in plan.of("kubernetes_manifest")
	may_be_certificate(resource)
	plan.partly_unknown(resource, array.concat(["manifest"], path))
}

undecided_releases := [release |
	some release in data.lib.helm.releases
	helm.local_chart(release)
	plan.partly_unknown(release, ["values"])
	not written_without_certificate(release)
]

written_without_certificate(release) if {
	text := helm.written(release)
	not contains(text, `"Certificate"`)
}

may_be_certificate(resource) if plan.unknown_at(resource, ["manifest", "kind"])

may_be_certificate(resource) if {
	value.at(value.map(plan.known(resource, ["manifest"], {})), ["kind"], "") == "Certificate"
}

name(found) := value.text(value.at(found.object, ["metadata", "name"], ""))
