# METADATA
# description: |
#   Guards around values of any type. The embedded engine stops with an error where opa leaves a
#   built-in with a wrong argument undefined, so nothing reads a plan's value without one of these.
package lib.value

import rego.v1

list(value) := value if {
	is_array(value)
} else := []

map(value) := value if {
	is_object(value)
} else := {}

text(value) := value if {
	is_string(value)
} else := ""

# An array of whatever stands where AWS takes a string or a list of strings.
strings(value) := [value] if {
	is_string(value)
} else := [item | some item in value; is_string(item)] if {
	is_array(value)
} else := []

# What stands at `path` of `value`, or `otherwise`; null counts as nothing.
at(value, path, otherwise) := found if {
	is_object(value)
	found := object.get(value, path, otherwise)
	not is_null(found)
} else := otherwise

# A document that may be JSON text, YAML text or nothing that can be read.
from_json(content) := json.unmarshal(content) if {
	is_string(content)
	json.is_valid(content)
}

from_yaml(content) := yaml.unmarshal(content) if {
	is_string(content)
	yaml.is_valid(content)
}

# Every `[path, value]` below `tree` whose last key matches `pattern`. Path items are made text.
named(tree, pattern) := {[concat(".", [key_text(key) | some key in path]), value] |
	walk(tree, [path, value])
	name := path[count(path) - 1]
	is_string(name)
	regex.match(pattern, name)
}

key_text(key) := key if {
	is_string(key)
} else := format_int(key, 10)

# The kubernetes provider writes replicas as text.
count_of(value) := value if {
	is_number(value)
} else := to_number(value) if {
	is_string(value)
	regex.match(`^[0-9]+$`, value)
} else := 1
