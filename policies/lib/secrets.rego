# METADATA
# description: |
#   Whether a text under a telling name is a secret, or only says where one is, and whether a text looks like a secret
#   whatever its name. What people said is none, by its hash, groundplan passes on as text.
package lib.secrets

import data.lib.value

import rego.v1

is_secret(name, text) if {
	is_string(text)
	text != ""
	not regex.match(data.parameters.secrets.name_of_a_secret_pattern, name)
	not regex.match(data.parameters.secrets.reference_pattern, text)
}

# What a text looks like: a set of words such as "an AWS access key", empty for most.
kinds(text) := {shape.kind |
	is_string(text)
	not text in allowed
	some shape in data.parameters.secrets.values
	some part in regex.find_n(shape.pattern, text, -1)
	regex.match(object.get(shape, "with", ""), part)
	not refers(shape, part)
}

# "secret": "arn:..." says where it is.
refers(shape, part) if regex.match(shape.without, part)

allowed := {text | some text in value.list(value.at(input, ["groundplan", "not_secrets"], []))}

# One question of a whole document, so that its texts are asked one by one only where the answer is yes. In JSON, and in
# JSON inside a text, a name is followed by quotes.
suspicious(document) if {
	text := json.marshal(document)
	some pattern in hints
	regex.match(pattern, text)
}

# The same of a resource of the plan: most patterns are nowhere in it, which is one question for all resources.
suspicious_resource(resource) if {
	count(data.lib.secrets.hinted) > 0
	text := json.marshal(resource.after)
	some pattern in data.lib.secrets.hinted
	regex.match(pattern, text)
}

hinted := [pattern | some pattern in hints; regex.match(pattern, data.lib.secrets.everything)]

everything := json.marshal([resource.after | some resource in data.lib.plan.existing])

hints := array.concat(
	[shape.pattern | some shape in data.parameters.secrets.values],
	[concat("", [trim_suffix(data.parameters.secrets.name_pattern, "$"), `\\*"\s*:\s*\\*"[^"\\]`])],
)

# Each text of a document that is a secret by its looks or by the name that it has: its path, and what it is.
places(document) := by_looks(document) | by_name(document, [])

by_looks(document) := {[path, kind] |
	walk(document, [steps, text])
	some kind in kinds(text)
	path := concat(".", [value.key_text(step) | some step in steps])
}

by_name(document, prefix) := {[path, "a secret by its name"] |
	some [path, text] in named_texts(document, prefix)
	name := last(path)
	is_secret(name, text)
	not says_which(name, text)
	not text in allowed
}

# database_secret: claims-database says which secret, not what it is.
says_which(name, text) if {
	endswith(lower(name), "secret")
	regex.match(`^[a-z][a-z0-9/_.-]*$`, text)
}

named_texts(document, prefix) := {[path, text] |
	some [place, text] in value.named(document, data.parameters.secrets.name_pattern)
	path := concat(".", array.concat(prefix, [place]))
} | {[path, text] |
	walk(document, [steps, inner])
	tree := value.from_json(inner)
	some [place, text] in value.named(tree, data.parameters.secrets.name_pattern)
	path := concat(".", array.concat([value.key_text(step) | some step in steps], [place]))
}

last(path) := parts[count(parts) - 1] if parts := split(path, ".")
