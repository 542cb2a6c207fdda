# METADATA
# title: No upgrade changes what a StatefulSet keeps for good
# description: |
#   Kubernetes changes no volumeClaimTemplates of a StatefulSet, so an upgrade with another size of a volume, or
#   another storage class, fails when it is applied and is rolled back. The volumes themselves can grow, by hand and
#   first. https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#limitations
#   https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims
# custom:
#   id: releases/immutable_values
#   severity: major
#   controls:
#     - "SOC 2: CC8.1"
#     - "SOC 2: A1.1"
#   fix: |
#     To let volumes grow, patch the PersistentVolumeClaim of every pod (kubectl patch pvc), take the StatefulSet away
#     from its pods, which go on (kubectl delete statefulset --cascade=orphan), write a waiver that says so, and apply:
#     the release makes the StatefulSet anew around them. Leave whatever else changes as it is.
#   avoid:
#     helm_release:
#       name: vault
#       chart: vault
#       repository: https://helm.releases.hashicorp.com
#       version: 0.34.1
#       values:
#       - "server:\n  dataStorage:\n    size: 20Gi\n"
#     actions: [update]
#     before:
#       helm_release:
#         values:
#         - "server:\n  dataStorage:\n    size: 10Gi\n"
#   prefer:
#     helm_release:
#       name: vault
#       chart: vault
#       repository: https://helm.releases.hashicorp.com
#       version: 0.34.1
#       values:
#       - "server:\n  dataStorage:\n    size: 10Gi\n  logLevel: debug\n"
#     actions: [update]
#     before:
#       helm_release:
#         values:
#         - "server:\n  dataStorage:\n    size: 10Gi\n"
package rules.releases.immutable_values

import data.lib.finding
import data.lib.helm
import data.lib.value

import rego.v1

rule := {"id": "releases/immutable_values", "severity": "major"}

deny contains finding.on(rule, claim.release, concat("", [
	"changes ", claim.path, ".", key, " from ", shown(claim.before[key]), " to ", shown(claim.after[key]), ": ",
	cure(key, claim.before[key], claim.after[key]),
])) if {
	some claim in claims
	not claim.open
	in_use(claim)
	some key, was in claim.before
	not same(was, claim.after[key])
}

unknown contains finding.on(rule, claim.release, concat("", [
	"has values that are known only at apply, which may change ", claim.path,
])) if {
	some claim in claims
	claim.open
}

# What each upgraded release says of each template, before and after, the chart's own values where it says nothing.
claims contains {
	"release": release,
	"path": path,
	"before": object.union(defaults, stated(earlier, path, defaults)),
	"after": object.union(defaults, stated(data.lib.helm.values[release.address], path, defaults)),
	"open": open(release, path, defaults),
} if {
	some release in data.lib.helm.releases
	release.actions == ["update"]
	some path, defaults in data.parameters.releases.claims[helm.chart(release)]
	earlier := helm.merged(object.union(release, {"after": release.before}))
}

stated(values, path, defaults) := {key: found |
	some key, otherwise in defaults
	found := value.at(values, array.concat(split(path, "."), [key]), otherwise)
}

# Whether a document that is known only at apply may say what the known ones leave out.
open(release, path, defaults) if {
	release.address in data.lib.helm.partial
	some key, _ in defaults
	is_null(value.at(data.lib.helm.values[release.address], array.concat(split(path, "."), [key]), null))
	not written_without(release, path)
} else := false

written_without(release, path) if {
	steps := split(path, ".")
	not contains(helm.written(release), steps[count(steps) - 1])
	helm.written(release)
}

in_use(claim) if claim.before.enabled == true

in_use(claim) if claim.after.enabled == true

same(one, other) if one == other

# Kubernetes compares quantities, not their spelling: 10Gi is 10240Mi.
same(one, other) if bytes(one) == bytes(other)

bytes(size) := units.parse_bytes(size) if {
	is_string(size)
	regex.match(`^[0-9]+[KMGTPE]i?$`, size)
}

cure("size", was, wanted) := "let the claims grow and delete the StatefulSet with --cascade=orphan before it is applied, and waive this" if {
	bytes(wanted) > bytes(was)
} else := "no volume becomes smaller, so leave it as it is" if {
	bytes(wanted) < bytes(was)
} else := kept

cure(key, _, _) := kept if key != "size"

kept := "the StatefulSet keeps it for good, so leave it as it is"

shown(given) := given if {
	is_string(given)
} else := "nothing" if {
	is_null(given)
} else := json.marshal(given)
