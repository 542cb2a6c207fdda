# METADATA
# description: |
#   Attributes that must say one of a few values, by tables in parameters/: type to facts of `path` (a `*` stands for
#   every block there is), `wanted` values, `default` (what the provider does where nobody wrote the attribute), `fault`
#   (what is wrong with any other value), and `when` (`path`, `values`, `default`: whom the fact is about). For a list,
#   `never` names what must not stand in it.
package lib.switches

import data.lib.plan
import data.lib.value

import rego.v1

# Resources that say, or leave to the provider, what `table` does not want.
wrong(table) := {{"resource": resource, "fault": fault} |
	some type, facts in table
	some resource in plan.of(type)
	some fact in facts
	concerns(resource, fact)
	some path in places(resource, fact.path)
	not plan.undecided(resource, path)
	refused(resource, path, fact)
	fault := fact.fault
}

refused(resource, path, fact) if {
	wanted := fact.wanted
	not plan.known(resource, path, fact.default) in wanted
}

refused(resource, path, fact) if {
	never := fact.never
	some item in value.strings(plan.known(resource, path, []))
	item in never
}

# Resources that say only at apply what `table` asks.
open(table) := {{"resource": resource, "fault": concat("", ["says ", dotted(path), " only at apply"])} |
	some type, facts in table
	some resource in plan.of(type)
	some fact in facts
	concerns(resource, fact)
	some path in places(resource, fact.path)
	plan.undecided(resource, path)
}

concerns(_, fact) if not fact.when

concerns(resource, fact) if plan.undecided(resource, fact.when.path)

concerns(resource, fact) if {
	plan.known(resource, fact.when.path, fact.when.default) in fact.when.values
}

# Where a path with at most two stars leads, block by block.
places(resource, path) := [place |
	some halfway in expanded(resource, path)
	some place in expanded(resource, halfway)
]

# Blocks that come only at apply are one place that is not known.
expanded(resource, path) := [path] if {
	not "*" in path
} else := [path] if {
	plan.undecided(resource, leading(path))
} else := [array.concat(array.concat(leading(path), [position]), array.slice(path, star(path) + 1, count(path))) |
	some position, _ in value.list(plan.known(resource, leading(path), []))
]

leading(path) := array.slice(path, 0, star(path))

star(path) := min({position | some position, step in path; step == "*"})

dotted(path) := concat(".", [step | some step in path; is_string(step); step != "*"])
