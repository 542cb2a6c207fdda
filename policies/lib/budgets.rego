# METADATA
# description: |
#   Whether a release's values ask for pod disruption budgets, at the paths that parameters/availability lists for its
#   chart. A budget is there when its object says anything but `enabled: false` or `create: false`. A release whose
#   objects groundplan rendered is asked for these instead, in replicated.rego.
package lib.budgets

import data.lib.helm
import data.lib.plan
import data.lib.value

import rego.v1

charts := data.parameters.availability.charts

names := `^(pdb|podDisruptionBudget|poddisruptionbudget|disruptionBudget)$`

answers contains {"release": release, "verdict": silence(release), "paths": concat(" or ", group)} if {
	some release in data.lib.helm.releases
	not data.lib.rendered.releases[release.address]
	some group in charts[helm.chart(release)].budgets
	not asked_for(release, group)
	not switched_off(release, group)
}

answers contains {"release": release, "verdict": silence(release), "paths": "no budget in its values"} if {
	some release in unlisted
	every pair in value.named(data.lib.helm.values[release.address], names) {
		not budget(pair[1])
	}
}

unlisted contains release if {
	some release in data.lib.helm.releases
	not helm.local_chart(release)
	not data.lib.rendered.releases[release.address]
	not charts[helm.chart(release)]
	not plan.unknown_at(release, ["chart"])
}

silence(release) := "unknown" if {
	release.address in data.lib.helm.partial
} else := "unset"

asked_for(release, group) if {
	some path in group
	budget(helm.at(release, path))
}

budget(given) if {
	is_object(given)
	count(given) > 0
	object.get(given, "enabled", true) != false
	object.get(given, "create", true) != false
}

switched_off(release, group) if {
	parts := split(group[0], ".")
	count(parts) > 1
	helm.at(release, concat(".", [parts[0], "enabled"])) == false
}
