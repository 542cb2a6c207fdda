# METADATA
# description: |
#   What a plan takes away that a DNS record may still point at. Names are compared as DNS does: in any case, without
#   the last dot, and without the prefix that makes a load balancer answer for both families of addresses.
package lib.dangling

import data.lib.plan
import data.lib.platform
import data.lib.value

import rego.v1

types := data.parameters.dns.targets

# Where a record says what it points at.
pointing := [["records"], ["alias", 0, "name"]]

# What goes: deleted, or replaced by something that AWS gives another name.
removed contains resource if {
	some type, facts in types
	some resource in data.lib.plan.by_type[type]
	"delete" in resource.actions
	not keeps_its_name(resource, facts)
}

keeps_its_name(resource, facts) if {
	"create" in resource.actions
	not facts.renamed
}

# Name or address of old to the addresses of what had it.
addresses_by_name[name] contains resource.address if {
	some resource in removed
	some path in types[resource.type].attributes
	some given in value.strings(value.at(resource.before, path, ""))
	name := normal(given)
	name != ""
}

# A website's record is an alias of the region's, and has the bucket's name.
websites[name] contains resource.address if {
	some resource in removed
	resource.type == "aws_s3_bucket"
	name := normal(value.text(value.at(resource.before, ["bucket"], "")))
	name != ""
}

# The same for the records of other stacks, with the health checks that go.
deleted contains {"kind": "name", "name": name, "address": address} if {
	some name, addresses in addresses_by_name
	some address in addresses
}

deleted contains {"kind": "website", "name": name, "address": address} if {
	some name, addresses in websites
	some address in addresses
}

deleted contains {"kind": "health check", "name": name, "address": check.address} if {
	some check in data.lib.plan.by_type.aws_route53_health_check
	"delete" in check.actions
	name := value.text(value.at(check.before, ["id"], ""))
	name != ""
}

# What a record points at that goes with this plan, and with another plan of the run.
targets(record) := ((by_name(record) | by_website(record)) | by_reference(record)) | by_health_check(record)

targets_elsewhere(record) := ({address |
	some name in names(record)
	some address in platform.deleted("name", name)
} | {address |
	asks_website(record)
	some address in platform.deleted("website", normal(plan.text(record, ["name"])))
}) | {address |
	asked := plan.text(record, ["health_check_id"])
	asked != ""
	some address in platform.deleted("health check", asked)
}

by_name(record) := {address |
	some name in names(record)
	some address in addresses_by_name[name]
}

by_website(record) := {address |
	asks_website(record)
	some address in websites[normal(plan.text(record, ["name"]))]
}

asks_website(record) if startswith(normal(plan.text(record, ["alias", 0, "name"])), "s3-website")

# Nobody can tell what Route 53 answers when the health check of an answer is gone.
by_health_check(record) := {address |
	some address in health_checks_by_id[plan.text(record, ["health_check_id"])]
}

# Tables are made once: a search among all targets for each of many records would take a time that grows with both.
health_checks_by_id[id] contains check.address if {
	some check in data.lib.plan.by_type.aws_route53_health_check
	"delete" in check.actions
	id := value.text(value.at(check.before, ["id"], ""))
	id != ""
}

# A record that points at something which this plan neither has nor deletes: another stack may have it.
points_elsewhere(record) if {
	plan.text(record, ["type"]) in {"A", "AAAA", "CNAME", "HTTPS", "MX", "NS", "SRV", "SVCB"}
	count(staying(record)) == 0
	some name in names(record)
	not name in names_that_stay
	not endswith(name, ".acm-validations.aws")
}

names_that_stay contains name if {
	some type, facts in types
	some resource in plan.of(type)
	some path in facts.attributes
	some given in value.strings(value.at(resource.after, path, ""))
	name := normal(given)
}

# Where a record has no value, or none yet, and nothing stays of all that its expression names.
by_reference(record) := {address |
	some reference in read(record)
	some address in removed_by_reference[reference]
} if {
	count(names(record)) == 0
	count(staying(record)) == 0
} else := set()

staying(record) := {address |
	some reference in read(record)
	some address in staying_by_reference[reference]
}

# The instances of what stays, and of what goes, by the address that an expression names: that of all of them.
staying_by_reference[reference] contains resource.address if {
	some type, _ in types
	some resource in plan.of(type)
	reference := plan.unindexed(resource.address)
}

removed_by_reference[reference] contains resource.address if {
	some resource in removed
	reference := plan.unindexed(resource.address)
}

# What the record's own expression names: through for_each and module inputs it would seem to read what its neighbours do.
read(record) := {address |
	some path in pointing
	some origin in plan.origins_of(record, {reference |
		some reference in plan.references(record, path)
		not startswith(reference, "var.")
	})
	[home, reference] := split(origin, "|")
	parts := split(plan.unindexed(reference), ".")
	address := plan.joined(home, concat(".", array.slice(parts, 0, 2)))
}

names(record) := {name |
	some given in array.concat(
		[plan.text(record, ["alias", 0, "name"])],
		value.strings(plan.known(record, ["records"], [])),
	)
	name := normal(given)
	name != ""
}

normal(given) := trim_prefix(trim_suffix(lower(given), "."), "dualstack.")

# A record whose value comes at apply from something that this plan does not show.
unclear(record) if {
	some path in pointing
	plan.unknown_at(record, path)
	every origin in plan.origins(record, path) {
		regex.match(`\|(var|each|local|path|count)\.`, origin)
	}
}
