# METADATA
# description: |
#   How many replicas a release's values ask for. parameters/availability lists for each chart groups of value paths;
#   one path of each group must be large enough. A component that is switched off (`enabled: false`, or 0 replicas)
#   needs none. A release whose objects groundplan rendered is asked for these instead, in replicated.rego.
package lib.replicas

import data.lib.helm
import data.lib.plan
import data.lib.value

import rego.v1

least := data.parameters.availability.replicas

charts := data.parameters.availability.charts

# One answer a group: release, verdict (few, unset, unknown) and the paths asked. Groups that are fine give none.
answers contains {"release": release, "verdict": verdict, "paths": concat(" or ", group)} if {
	some release in data.lib.helm.releases
	not data.lib.rendered.releases[release.address]
	some group in charts[helm.chart(release)].replicas
	not enough(release, group)
	not switched_off(release, group)
	verdict := shortfall(release, group)
}

answers contains {"release": release, "verdict": "few", "paths": path} if {
	some release in unlisted
	some [path, count] in counts(release)
	count > 0
	count < least
}

answers contains {"release": release, "verdict": verdict, "paths": "no replica count in its values"} if {
	some release in unlisted
	every pair in counts(release) {
		pair[1] == 0
	}
	verdict := silence(release)
}

shortfall(release, group) := "few" if {
	some path in group
	is_number(helm.at(release, path))
} else := silence(release)

silence(release) := "unknown" if {
	release.address in data.lib.helm.partial
} else := "unset"

enough(release, group) if {
	some path in group
	count := helm.at(release, path)
	is_number(count)
	count >= least
	counts_there(release, group, path)
}

# An autoscaler's minimum counts while the autoscaler is on; a plain count while no autoscaler takes its place.
counts_there(release, _, path) if autoscaled(release, path)

counts_there(release, group, path) if {
	not is_minimum(path)
	every other in group {
		not autoscaled(release, other)
	}
}

is_minimum(path) if switch(path)

# The path that switches the autoscaler of a minimum on; undefined for a plain count.
switch(path) := found if {
	contains(lower(path), "autoscaling.")
	parts := split(path, ".")
	found := concat(".", array.concat(array.slice(parts, 0, count(parts) - 1), ["enabled"]))
}

switch(path) := "autoscaleEnabled" if path == "autoscaleMin"

autoscaled(release, path) if helm.at(release, switch(path)) == true

autoscaled(release, path) if {
	switch(path) in charts[helm.chart(release)].autoscalers_on
	not said_off(release, path)
}

said_off(release, path) if helm.at(release, switch(path)) == false

switched_off(release, group) if {
	parts := split(group[0], ".")
	count(parts) > 1
	helm.at(release, concat(".", [parts[0], "enabled"])) == false
}

switched_off(release, group) if helm.at(release, group[0]) == 0

unlisted contains release if {
	some release in data.lib.helm.releases
	not helm.local_chart(release)
	not data.lib.rendered.releases[release.address]
	not charts[helm.chart(release)]
	not plan.unknown_at(release, ["chart"])
}

counts(release) := {pair |
	some pair in value.named(data.lib.helm.values[release.address], `^(replicas|replicaCount|minReplicas|autoscaleMin)$`)
	is_number(pair[1])
}
