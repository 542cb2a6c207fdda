# METADATA
# description: |
#   Helm releases and their values. A release's `values` are YAML documents, later ones over earlier ones, and `set`
#   over them all; one that
#   holds something which only apply will tell is unknown as a whole. Known documents are believed: the modules guard
#   what they own against later documents.
package lib.helm

import data.lib.plan
import data.lib.value

import rego.v1

releases contains resource if some resource in plan.of("helm_release")

values[release.address] := merged(release) if some release in releases

merged(release) := object.union_n(array.concat(documents(release), array.concat(settings(release, "set"), settings(release, "set_sensitive"))))

documents(release) := [document |
	some content in value.list(plan.known(release, ["values"], []))
	document := value.from_yaml(content)
	is_object(document)
]

# They come after all documents: image.tag becomes {image: {tag: ...}}.
settings(release, attribute) := [nested(entry) |
	some entry in value.list(plan.known(release, [attribute], []))
	is_string(value.at(entry, ["name"], null))
	is_string(value.at(entry, ["value"], null))
]

nested(entry) := json.unmarshal(concat("", array.concat(
	[concat("", ["{", json.marshal(step), ":"]) | some step in split(entry.name, ".")],
	array.concat([scalar(entry)], ["}" | some _ in split(entry.name, ".")]),
)))

# Helm reads 3 as a number and true as a flag, unless the type says string.
scalar(entry) := text if {
	text := value.text(value.at(entry, ["value"], ""))
	value.at(entry, ["type"], "auto") != "string"
	regex.match(`^(true|false|null|0|[1-9][0-9]*)$`, text)
} else := json.marshal(value.text(value.at(entry, ["value"], "")))

settings_unknown(release) if {
	some name in ["set", "set_sensitive", "set_list"]
	plan.partly_unknown(release, [name])
}

# Releases with a document that is not known, or not YAML.
partial contains release.address if {
	some release in releases
	plan.partly_unknown(release, ["values"])
}

partial contains release.address if {
	some release in releases
	settings_unknown(release)
}

partial contains release.address if {
	some release in releases
	some content in value.list(plan.known(release, ["values"], []))
	is_string(content)
	not yaml.is_valid(content)
}

# A chart's own name: oci://registry.example.com/charts/kong and ./charts/kong are both kong.
chart(release) := parts[count(parts) - 1] if {
	parts := split(plan.text(release, ["chart"]), "/")
}

# Charts that lie in the module's own folder have no repository to pull another version from.
local_chart(release) if regex.match(`^(\.{0,2}/|[A-Za-z]:\\)`, plan.text(release, ["chart"]))

local_chart(release) if contains(plan.template(release, ["chart"]), "path.module")

# The value at a dotted path, undefined when no known document has it.
at(release, path) := found if {
	found := object.get(values[release.address], split(path, "."), null)
	not is_null(found)
}

# Documents that are known only at apply, as the module wrote them: yamlencode({replicaCount = 3, ...}). Known ones
# are judged by their values and need no text. Undefined where the text of an unknown document is not its own.
written(release) := text if {
	not settings_unknown(release)
	parts := unknown_parts(release)
	count(parts) > 0
	every part in parts {
		regex.match(`^\$\{(yamlencode|jsonencode)\(\{.*\}\)\}$`, part)
	}
	text := concat("\n", parts)
}

# The plan marks documents one by one where the module wrote a list of them.
unknown_parts(release) := [value.text(part) |
	some position, part in written_parts(release)
	plan.unknown_at(release, ["values", position])
] if {
	count(written_parts(release)) == count(value.list(value.at(release.after, ["values"], [])))
} else := [value.text(part) | some part in written_parts(release)]

written_parts(release) := value.list(object.get(plan.expression(release, ["values"]), "constant_value", []))

# Whether every `key = ...` of the written values is a literal that matches `harmless`.
written_literally(release, key_pattern, harmless) if {
	every found in assignments(release, key_pattern) {
		regex.match(harmless, trim_space(regex.replace(found, `^[^=]*=`, "")))
	}
}

# Whether the written values have no key that matches `pattern` with a text or a reference behind it.
written_without(release, pattern) if {
	every found in assignments(release, `[A-Za-z0-9_.-]+`) {
		not regex.match(pattern, trim(regex.replace(found, `\s*=.*$`, ""), `"`))
	}
}

assignments(release, key_pattern) := regex.find_n(
	concat("", [`"?\b(`, key_pattern, `)"? = ("[^"]*"|[^",{\[}\]][^",}\]]*)`]),
	written(release),
	-1,
)
