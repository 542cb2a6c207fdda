# METADATA
# description: |
#   Kubernetes objects in Kubernetes' own words: those that Helm makes of a release, of a chart inside the module that
#   was not rendered those that its values list by name, and kubernetes_manifest.
package lib.objects

import data.lib.finding
import data.lib.helm
import data.lib.plan
import data.lib.rendered
import data.lib.value

import rego.v1

# An array: the objects are large, and a set would compare them. What was rendered names itself in messages; the others
# are alone at their address.
listed := array.concat(data.lib.rendered.listed, array.concat(
	[alone(release, object) |
		some release in data.lib.helm.releases
		helm.local_chart(release)
		not rendering(release)
		some object in value.map(value.at(data.lib.helm.values[release.address], ["objects"], {}))
		is_object(object)
	],
	[alone(resource, value.map(plan.known(resource, ["manifest"], {}))) | some resource in plan.of("kubernetes_manifest")],
))

rendering(release) if is_object(data.lib.rendered.releases[release.address])

alone(resource, object) := {
	"resource": resource,
	"object": object,
	"kind": rendered.kind(object),
	"namespace": rendered.namespace(object, "default"),
	"open": "",
}

# A fault in the words of a message.
told(found, fault) := concat(": ", [rendered.place(found), fault]) if {
	found.rendered
} else := fault

# A finding on what was found: of a release that was rendered with the object, so that a waiver can name just that, and
# the place in it, which leads to the value that can change it.
on(rule, found, message) := object.union(finding.on(rule, found.resource, message), {
	"object": rendered.place(found),
	# behind the word under which the provider holds an object
	"field": array.slice(value.list(value.at(found, ["path"], [])), 1, 100),
}) if {
	found.rendered
} else := finding.on(rule, found.resource, message)

# The findings of a rule's faults, pairs of what was found and the words for it, where all values are in the objects.
denied(rule, faulty) := {on(rule, found, told(found, fault)) |
	some [found, fault] in faulty
	found.open == ""
}

# Those of releases that may make other objects, when what only apply knows of their values is in them.
unsettled(rule, faulty) := {on(rule, found, concat("", [told(found, fault), ", unless this says otherwise: ", found.open])) |
	some [found, fault] in faulty
	found.open != ""
} | {finding.on(rule, release, concat("", ["may make other objects: ", reason])) |
	some [release, reason] in data.lib.rendered.partial
}

# What a rule cannot ask, since only apply tells.
waiting(rule, unclear) := {on(rule, found, told(found, what)) | some [found, what] in unclear}

of_kinds(kinds) := [found | some found in data.lib.objects.listed; found.kind in kinds]

# Whether what stands at `path` of the object is known only at apply, or something in it.
later(found, path) if rendered.waits(found, [value.at(found.object, path, "")])

later(found, path) if {
	found.resource.type == "kubernetes_manifest"
	plan.partly_unknown(found.resource, array.concat(["manifest"], path))
}

# The certificates of cert-manager among them.
certificates contains found if {
	some found in listed
	value.at(found.object, ["kind"], "") == "Certificate"
	startswith(value.text(value.at(found.object, ["apiVersion"], "")), "cert-manager.io/")
}

# What may be a certificate of cert-manager, or hold one, of which `path` is known only at apply.
undecided(path) := ({release | some release in undecided_releases} | {resource |
	some resource in plan.of("kubernetes_manifest")
	may_be_certificate(resource)
	plan.partly_unknown(resource, array.concat(["manifest"], path))
}) | {found.resource |
	some found in data.lib.rendered.listed
	found.kind == "cert-manager.io/Certificate"
	later(found, path)
}

undecided_releases := [release |
	some release in data.lib.helm.releases
	helm.local_chart(release)
	not release.address in data.lib.rendered.whole
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
