# METADATA
# description: |
#   The tags a resource will carry: its own over the provider's default_tags. The provider says them in tags_all,
#   which is unknown as a whole when there is none at all.
package lib.tags

import data.lib.plan
import data.lib.value as values

import rego.v1

takes(resource) if {
	startswith(resource.type, "aws_")
	has_attribute(resource, "tags_all")
}

has_attribute(resource, name) if name in object.keys(resource.after)

has_attribute(resource, name) if name in object.keys(resource.unknown)

# What the tag says; a tag that is there, and unknown, is null.
value(resource, name) := found if {
	found := values.map(plan.known(resource, ["tags_all"], {}))[name]
} else := found if {
	found := values.map(plan.known(resource, ["tags"], {}))[name]
} else := null if {
	some attribute in ["tags", "tags_all"]
	object.get(values.map(object.get(resource.unknown, attribute, {})), name, false) == true
} else := found if {
	plan.unknown_at(resource, ["tags_all"])
	some defaults in data.lib.plan.default_tags
	found := defaults[name]
}

# A tag that is there and says nothing is not there.
carries(resource, name) if {
	found := value(resource, name)
	not blank(found)
}

blank(found) if {
	is_string(found)
	trim_space(found) == ""
}

# It is not there, and nothing that is unknown could bring it.
lacks(resource, name) if {
	not carries(resource, name)
	not open(resource)
}

unclear(resource, name) if {
	not carries(resource, name)
	open(resource)
}

open(resource) if plan.unknown_at(resource, ["tags"])

open(resource) if {
	plan.unknown_at(resource, ["tags_all"])
	some provider in data.lib.plan.providers
	tags := values.at(provider, ["expressions", "default_tags"], [{}])[0].tags
	count(values.list(object.get(tags, "references", []))) > 0
}

# Whether all of `names` are known to be there, and not empty.
complete(resource, names) if {
	found := values.map(object.get(resource.after, "tags_all", {}))
	every name in names {
		trim_space(values.text(found[name])) != ""
	}
}
