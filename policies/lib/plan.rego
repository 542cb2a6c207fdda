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
	count(path) >= 2
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

# Everything that the author's expressions for `path` name.
references(resource, path) := {reference |
	some maker in makers(resource, path)
	some reference in value.list(object.get(maker, "references", []))
}

# The expressions that may have made the value at `path`: one for an argument. A plan does not say which block of the
# configuration became which planned block (a set has no order), so blocks count whose literals are the planned ones.
makers(resource, path) := {argument} if {
	argument := written_arguments(resource)[path[0]]
	is_object(argument)
	is_expression(argument)
} else := {maker |
	arguments := written_arguments(resource)
	walk(object.get(arguments, path[0], null), [steps, maker])
	is_expression(maker)
	not in_list(steps)
	leads(steps, array.slice(path, 1, count(path)))
	possible(arguments, steps, resource, path)
}

is_expression(maker) if {
	some key in ["references", "constant_value"]
	_ = maker[key]
}

# An empty block is no expression.
in_list(steps) if is_number(steps[count(steps) - 1])

# A call such as timestamp() has neither a literal nor references.
is_expression(maker) if maker == {}

# Whether the configuration's steps into a block are those of the path, however the blocks are numbered: an argument
# that holds a map is written as a whole.
leads(steps, path) if {
	wanted := names(path)
	found := names(steps)
	array.slice(wanted, 0, count(found)) == found
}

names(steps) := [step | some step in steps; is_string(step)]

possible(_, steps, _, _) if not numbered(steps)

possible(arguments, steps, resource, path) if {
	not other_block(arguments[path[0]][steps[0]], value.at(resource.after, array.slice(path, 0, 2), {}))
}

numbered(steps) if is_number(steps[0])

other_block(written_block, planned) if {
	some name, argument in written_block
	literal_value := argument.constant_value
	found := object.get(planned, name, null)
	type_name(literal_value) == type_name(found)
	literal_value != found
	not is_template(literal_value)
}

is_template(literal_value) if contains(value.text(literal_value), "${")

# The text that a module written in Terraform JSON has at `path`, references and all; "" for HCL, which shows only references.
template(resource, path) := value.text(object.get(expression(resource, path), "constant_value", ""))

# Whether the author wrote the argument.
written(resource, path) if count(expression(resource, path)) > 0

# Whether what the author wrote at `path` is known only at apply. What is unknown although nobody wrote it, or wrote
# what comes out as null (a module's input that the caller leaves out), is the provider's default instead.
undecided(resource, path) if {
	unknown_at(resource, path)
	not defaulted(resource, path)
}

# Whether the provider decides what is unknown at `path`, since the author does not.
defaulted(resource, path) if {
	_ = configured[unindexed(resource.address)]
	not unseen(resource, path)
	every maker in makers(resource, path) {
		not open(resource, maker)
	}
}

# A `dynamic` block is in no configuration that a plan shows: what it holds is unseen. A block that is unknown as a
# whole is such a block, or one that the provider fills when nobody writes it.
unseen(resource, path) if {
	count(path) > 2
	resource.unknown[path[0]] == true
	not path[0] in value.list(object.get(data.parameters.provider.computed_blocks, resource.type, []))
	object.get(written_arguments(resource), path[0], null) == null
}

unseen(resource, path) if {
	not is_object(object.get(written_arguments(resource), path[0], null))
	count(value.list(value.at(resource.after, [path[0]], []))) > count(blocks(resource, path[0]))
}

# The same one level further in.
unseen(resource, path) if {
	inner := names(array.slice(path, 1, count(path) - 2))
	blocks_written := blocks(resource, path[0])
	count(blocks_written) > 0
	not leads_into(blocks_written, inner)
}

leads_into(blocks_written, inner) if {
	walk(blocks_written, [steps, _])
	names(steps) == inner
}

written_arguments(resource) := value.map(value.at(value.map(object.get(configured, unindexed(resource.address), {})), ["expressions"], {}))

# Whether an expression can come out as something that is known only at apply.
open(_, maker) if maker == {}

# Terraform JSON keeps the text of such a call: "${timestamp()}".
open(_, maker) if {
	is_template(maker.constant_value)
	count(value.list(object.get(maker, "references", []))) == 0
}

open(resource, maker) if {
	named := {reference | some reference in value.list(object.get(maker, "references", []))}
	found := origins_of(resource, widened(resource, named))
	plain := {unindexed(origin) | some origin in found}
	some origin in found
	not settled(origin, plain)
}

# Inputs and loops are what their callers pass, which is looked at instead. Terraform itself is always known.
settled(origin, _) if regex.match(`\|(var|each|count|path|terraform)\.`, origin)

settled(origin, _) if unindexed(origin) in module_outputs

settled(origin, plain) if {
	inside := concat("", [unindexed(origin), "."])
	some other in plain
	startswith(other, inside)
}

settled(origin, _) if {
	[home, reference] := split(origin, "|")
	managed(reference)
	absent(home, split(unindexed(reference), "."))
}

managed(reference) if regex.match(`^[a-z0-9]+_[a-z0-9_]+\.`, reference)

# What will exist, without instance keys: a resource of count 0 gives nothing to anyone.
planned_addresses := {unindexed(resource.address) | some resource in existing}

module_outputs := {concat("", [path, "|module.", name, ".", output]) |
	some path, module in modules
	some name, call in value.map(object.get(module, "module_calls", {}))
	some output, _ in value.map(value.at(call, ["module", "outputs"], {}))
}

# Edges from a module's input to what the caller passes, and from a module's output to what it reads.
# A node is `<module path>|<reference>`.
flows[node] contains origin if {
	some path, module in modules
	some name, call in value.map(object.get(module, "module_calls", {}))
	some argument, passed in value.map(object.get(call, "expressions", {}))
	node := concat("", [joined(path, concat("", ["module.", name])), "|var.", argument])
	some reference in value.list(value.at(passed, ["references"], []))
	some read in looped(call, reference)
	origin := concat("|", [path, read])
}

flows[node] contains origin if {
	some path, module in modules
	some name, call in value.map(object.get(module, "module_calls", {}))
	inner := joined(path, concat("", ["module.", name]))
	some output, given in value.map(value.at(call, ["module", "outputs"], {}))
	node := concat("", [path, "|module.", name, ".", output])
	some reference in value.list(value.at(given, ["expression", "references"], []))
	some read in same_output(reference)
	origin := concat("|", [inner, read])
}

# What for_each reads stands behind each.value, in a call as in a resource.
looped(call, reference) := same_output(reference) | {read |
	startswith(reference, "each.")
	some read in value.list(value.at(call, ["for_each_expression", "references"], []))
}

# An output of an instance of a module is the module's output: module.store["a"].arn.
same_output(reference) := {reference, unindexed(reference)} if {
	startswith(reference, "module.")
} else := {reference}

# The embedded engine leaves a rule such as flows undefined, not empty, while nothing is in it.
known_flows := {node: from | some node, from in flows}

# Everything that the expression at `path` reads, through module inputs and outputs.
origins(resource, path) := origins_of(resource, widened(resource, references(resource, path)))

origins_of(resource, named) := start | {origin | some node in reached; some origin in flows[node]} if {
	here := unindexed(resource.module)
	start := {concat("|", [here, read]) | some reference in named; some read in same_output(reference)}
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

# Whether an expression reads a resource of one of `types` that will exist, or a data source of one.
reads_existing(resource, maker, types) if {
	named := {reference | some reference in value.list(object.get(maker, "references", []))}
	some origin in origins_of(resource, widened(resource, named))
	[home, reference] := split(origin, "|")
	parts := split(unindexed(reference), ".")
	origin_type(parts) in types
	not absent(home, parts)
}

absent(home, parts) if {
	parts[0] != "data"
	not joined(home, concat(".", [parts[0], parts[1]])) in planned_addresses
}

origin_type(parts) := parts[1] if {
	parts[0] == "data"
} else := parts[0]

# What a caller passes as it stands: `module.store|var.principals` holds the literal.
literals[node] := passed if {
	some path, module in modules
	some name, call in value.map(object.get(module, "module_calls", {}))
	some argument, given in value.map(object.get(call, "expressions", {}))
	passed := given.constant_value
	node := concat("", [joined(path, concat("", ["module.", name])), "|var.", argument])
}

# Whether the expression at `path` reads a module's input in which the caller passes `literal`, deep inside or not.
passes(resource, path, literal) if {
	some origin in origins(resource, path)
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
