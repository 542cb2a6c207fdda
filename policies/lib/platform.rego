# METADATA
# description: |
#   What other plans of the same run have that a rule of this one asks for. Some things are one for an account and
#   region, whichever stack makes them: a registry's replication and scanning, who hears of a certificate that runs
#   out; and a DNS record may point at what any stack deletes. Each plan says once what it has to `share`; groundplan
#   gives that to all as data.others. Terraform Cloud sees one plan at a time: then `open` says so.
package lib.platform

import data.lib.plan
import data.lib.value

import rego.v1

# The types that another stack of the same account and region may have for this one.
types := {"aws_ecr_registry_scanning_configuration", "aws_ecr_replication_configuration"}

share := {
	"stack": data.lib.settings.stack,
	"account": account,
	"resources": [object.remove(resource, ["before", "sensitive"]) |
		some type in types
		some resource in plan.of(type)
	],
	"watchers": [object.union(object.remove(watcher, ["resource"]), {"resource": region_only(watcher.resource)}) |
		some watcher in data.lib.watchers.own
	],
	"deleted": [gone | some gone in data.lib.dangling.deleted],
}

region_only(resource) := {"after": {"region": plan.text(resource, ["region"])}, "unknown": {}}

account := value.text(value.at(input, ["groundplan", "account"], ""))

others contains other if {
	some other in data.others
	other.stack != data.lib.settings.stack
}

neighbours contains other if {
	some other in others
	other.account == account
}

# Resources of a type in the other stacks of this account.
of(type) := [resource |
	some other in neighbours
	some resource in other.resources
	resource.type == type
]

# Of this plan and of those.
everywhere(type) := array.concat(plan.of(type), of(type))

watchers := [watcher |
	some other in neighbours
	some watcher in other.watchers
]

# What a name, a website or a health check belonged to that another stack deletes, in whatever account: names are known
# to the whole world.
deleted(kind, name) := {address | some address in object.get(known_deletions, concat("|", [kind, name]), set())}

deletions[key] contains concat(": ", [other.stack, gone.address]) if {
	some other in others
	some gone in other.deleted
	key := concat("|", [gone.kind, gone.name])
}

# The embedded engine leaves an empty partial object undefined.
known_deletions := {key: gone | some key, gone in deletions}

# --- Which plans are missing

absent contains stack if some stack in value.list(value.at(input, ["groundplan", "absent"], []))

alone if not is_array(value.at(input, ["groundplan", "absent"], null))

# Why nobody can say what another stack has; undefined when all plans are here. It ends a sentence of a finding.
open := "only this plan is seen here; groundplan review judges all stacks together" if {
	alone
} else := concat("", ["judge it along with ", concat(", ", sort(absent))]) if {
	count(absent) > 0
}
