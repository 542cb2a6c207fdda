# METADATA
# description: |
#   The view that every rule reads: what a plan wants, indexed. Nothing else touches the raw plan.
#   Takes a bare `terraform show -json` and Terraform Cloud's `{plan, run}` alike.
package lib.plan

import data.lib.value

import rego.v1

document := input.plan if {
	is_object(input.plan)
} else := input

readable if is_string(document.format_version)

# Managed resources as the plan leaves or removes them, by type, then by address (a deposed object keeps its key).
by_type[type][key] := resource if {
	some change in value.list(value.at(document, ["resource_changes"], []))
	change.mode == "managed"
	type := change.type
	key := concat(" ", [change.address, value.text(object.get(change, "deposed", ""))])
	resource := view(change)
}

view(change) := {
	"address": change.address,
	"type": change.type,
	"name": change.name,
	"index": object.get(change, "index", null),
	"module": value.text(object.get(change, "module_address", "")),
	"provider": value.text(object.get(change, "provider_name", "")),
	"actions": value.list(change.change.actions),
	"before": value.map(object.get(change.change, "before", {})),
	"after": value.map(object.get(change.change, "after", {})),
	"unknown": value.map(object.get(change.change, "after_unknown", {})),
	"sensitive": value.map(object.get(change.change, "after_sensitive", {})),
	"stays": stays(object.get(change.change, "after", null)),
}

stays(after) if {
	is_object(after)
} else := false

# Resources of a type that will exist after apply.
of(type) := [resource | some resource in by_type[type]; resource.stays]

existing := [resource |
	some type
	some resource in by_type[type]
	resource.stays
]

# --- What an attribute says: a value, nothing, or not yet

unknown_at(resource, path) if resource.unknown[path[0]] == true

unknown_at(resource, path) if {
	count(path) > 1
	some length in numbers.range(2, count(path))
	value.at(resource.unknown, array.slice(path, 0, length), false) == true
}

# Whether two resources may be in one region: a region that is not said is the provider's.
same_region(one, other) if text(one, ["region"]) == text(other, ["region"])

same_region(one, _) if text(one, ["region"]) == ""

same_region(_, other) if text(other, ["region"]) == ""

# The value at `path`, or `otherwise` when it is absent, null or unknown: ask unknown_at first where that matters.
known(resource, path, otherwise) := value.at(resource.after, path, otherwise)

# The text at `path`; "" when there is none. What is not text where AWS takes text counts as nothing.
text(resource, path) := value.text(value.at(resource.after, path, ""))

number(resource, path, otherwise) := found if {
	found := value.at(resource.after, path, otherwise)
	is_number(found)
} else := otherwise

# Whether anything at or below `path` is unknown.
partly_unknown(resource, path) if unknown_at(resource, path)

partly_unknown(resource, path) if {
	walk(value.at(resource.unknown, path, false), [_, true])
}

# --- Configuration: what the author wrote, for references that have no value yet

# Address without instance keys: module.store.aws_s3_bucket.logs
unindexed(address) := regex.replace(address, `\[("([^"\\]|\\.)*"|[0-9]+)\]`, "")

modules[path] := module if {
	some level in [level_0, level_1, level_2, level_3, level_4]
	some path, module in level
}

level_0 := {"": value.map(value.at(document, ["configuration", "root_module"], {}))}

level_1 := below(level_0)

level_2 := below(level_1)

level_3 := below(level_2)

level_4 := below(level_3)

below(level) := {joined(path, concat("", ["module.", name])): value.map(object.get(call, "module", {})) |
	some path, module in level
	some name, call in value.map(object.get(module, "module_calls", {}))
}

joined(path, rest) := rest if {
	path == ""
} else := concat(".", [path, rest])

configured[address] := resource if {
	some path, module in modules
	some resource in value.list(object.get(module, "resources", []))
	address := joined(path, resource.address)
}

expression(resource, path) := value.map(value.at(
	value.map(object.get(configured, unindexed(resource.address), {})),
	array.concat(["expressions"], path),
	{},
))

# Nested blocks of a name as written, an array; empty when there is none.
blocks(resource, name) := value.list(object.get(
	value.map(value.at(value.map(object.get(configured, unindexed(resource.address), {})), ["expressions"], {})),
	name,
	[],
))

references(resource, path) := {reference |
	some reference in value.list(object.get(expression(resource, path), "references", []))
}

# The text that a module written in Terraform JSON has at `path`, references and all; "" for HCL, which shows only references.
template(resource, path) := value.text(object.get(expression(resource, path), "constant_value", ""))

# Whether the author wrote the argument: what nobody wrote and is unknown, the provider decides by its default.
written(resource, path) if count(expression(resource, path)) > 0

# Whether what the author wrote at `path` is known only at apply.
undecided(resource, path) if {
	unknown_at(resource, path)
	written(resource, path)
}

# Edges from a module's input to what the caller passes, and from a module's output to what it reads.
# A node is `<module path>|<reference>`.
flows[node] contains origin if {
	some path, module in modules
	some name, call in value.map(object.get(module, "module_calls", {}))
	some argument, passed in value.map(object.get(call, "expressions", {}))
	is_object(passed)
	node := concat("", [joined(path, concat("", ["module.", name])), "|var.", argument])
	some reference in value.list(object.get(passed, "references", []))
	origin := concat("|", [path, reference])
}

flows[node] contains origin if {
	some path, module in modules
	some name, call in value.map(object.get(module, "module_calls", {}))
	inner := joined(path, concat("", ["module.", name]))
	some output, given in value.map(value.at(call, ["module", "outputs"], {}))
	node := concat("", [path, "|module.", name, ".", output])
	some reference in value.list(value.at(given, ["expression", "references"], []))
	origin := concat("|", [inner, reference])
}

# The embedded engine leaves a rule such as flows undefined, not empty, while nothing is in it.
known_flows := flows if {
	is_object(flows)
} else := {}

# Everything that the expression at `path` reads, through module inputs and outputs.
origins(resource, path) := origins_of(resource, widened(resource, references(resource, path)))

origins_of(resource, named) := start | {origin | some node in reached; some origin in flows[node]} if {
	here := unindexed(resource.module)
	start := {concat("|", [here, reference]) | some reference in named}
	reached := graph.reachable(known_flows, start)
}

# each.key and each.value stand for what for_each reads.
widened(resource, named) := named | {reference |
	some name in named
	startswith(name, "each.")
	some reference in value.list(value.at(
		value.map(object.get(configured, unindexed(resource.address), {})),
		["for_each_expression", "references"],
		[],
	))
}

# Whether the value at `path` comes from a resource or data source of one of `types`.
comes_from(resource, path, types) if {
	some origin in origins(resource, path)
	parts := split(split(origin, "|")[1], ".")
	origin_type(parts) in types
}

origin_type(parts) := parts[1] if {
	parts[0] == "data"
} else := parts[0]

# What a caller passes as it stands: `module.store|var.principals` holds the literal.
literals[node] := passed if {
	some path, module in modules
	some name, call in value.map(object.get(module, "module_calls", {}))
	some argument, given in value.map(object.get(call, "expressions", {}))
	is_object(given)
	passed := given.constant_value
	node := concat("", [joined(path, concat("", ["module.", name])), "|var.", argument])
}

# Whether the expression at `path` reads a module's input in which the caller passes `literal`, deep inside or not.
passes(resource, path, literal) if {
	some origin in origins(resource, path)
	contains(origin, "|var.")
	walk(literals[origin], [_, literal])
}

# --- What data sources had answered when the plan was made

answers[type] contains answer if {
	some home in array.concat(homes_2, array.concat(homes_1, homes_0))
	some resource in value.list(value.at(home, ["resources"], []))
	value.at(resource, ["mode"], "") == "data"
	type := resource.type
	answer := value.map(value.at(resource, ["values"], {}))
}

homes_0 := [value.map(value.at(document, ["prior_state", "values", "root_module"], {}))]

homes_1 := [inner | some home in homes_0; some inner in value.list(value.at(home, ["child_modules"], []))]

homes_2 := [inner | some home in homes_1; some inner in value.list(value.at(home, ["child_modules"], []))]

# --- Providers

providers[key] := provider if {
	some key, provider in value.map(value.at(document, ["configuration", "provider_config"], {}))
}

# The literal that a provider block sets, undefined when it is a reference or absent.
literal(given) := found if {
	is_object(given)
	count(value.list(object.get(given, "references", []))) == 0
	found := given.constant_value
}

default_tags contains tags if {
	some provider in providers
	tags := value.map(literal(value.at(provider, ["expressions", "default_tags"], [{}])[0].tags))
}
