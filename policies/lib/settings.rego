# METADATA
# description: |
#   Which stack and environment is judged, on which day, and what is allowed there. An environment
#   that the plan does not name, or that parameters/environments does not list, counts as production;
#   where several fit, the strictest rules of all count.
package lib.settings

import data.lib.value

import rego.v1

default stack := ""

# groundplan says it; Terraform Cloud says it by the workspace's name, which is the stack's.
stack := name if {
	name := value.at(input, ["groundplan", "stack"], "")
	name != ""
} else := name if {
	name := value.at(input, ["run", "workspace", "name"], "")
	is_string(name)
}

default environment := ""

environment := name if {
	some name in environments
	count(environments) == 1
	name != "?"
}

# The environments that the plan may be one of. groundplan says which it is. Terraform Cloud gives the workspace's
# name, which is the stack's, <environment>-<family>; both halves may hold hyphens, so that name alone may leave several.
environments := {name} if {
	name := value.at(input, ["groundplan", "environment"], "")
	name != ""
} else := tagged if {
	stack == ""
	count(tagged) == 1
} else := tagged | longer if {
	# The tag and the workspace must mean one environment: a tag alone makes no plan of prod one of dev.
	count(tagged) == 1
	some tag in tagged
	begins_with(tag)
	longer := {name | some name in fitting; count(name) > count(tag)}
} else := fitting | perhaps if {
	stack != ""
	count(tagged) == 0
} else := set()

fitting := {name |
	some name, _ in data.parameters.environments
	begins_with(name)
}

begins_with(name) if startswith(stack, concat("", [name, "-"]))

# dev-eu-backup may be eu-backup of dev, or backup of a dev-eu that nobody listed. The unlisted one is called "?".
perhaps := {"?"} if {
	every name in fitting {
		contains(trim_prefix(stack, concat("", [name, "-"])), "-")
	}
} else := set()

tagged contains name if {
	some tags in data.lib.plan.default_tags
	name := value.at(tags, ["Environment"], "")
	is_string(name)
	name != ""
}

# Whether main.py has this stack no more: its plan deletes what is left of it.
removed if value.at(input, ["groundplan", "removed"], false) == true

# Days are text, `2026-06-30`: they compare as they sort.
today := said if {
	said := value.at(input, ["groundplan", "today"], "")
	said != ""
} else := day_of(time.now_ns())

day_of(nanoseconds) := concat("-", [year, padded(month), padded(day)]) if {
	[year_number, month, day] := time.date(nanoseconds)
	year := format_int(year_number, 10)
}

padded(number) := concat("", ["0", format_int(number, 10)]) if {
	number < 10
} else := format_int(number, 10)

# Whether `day` is a day that exists, written as `2026-06-30`.
is_day(day) if {
	is_string(day)
	regex.match(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$`, day)
}

is_day(day) if {
	is_string(day)
	regex.match(`^[0-9]{4}-((0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)$`, day)
}

is_day(day) if {
	is_string(day)
	regex.match(`^[0-9]{2}([02468][048]|[13579][26])-02-29$`, day)
}

# The same day one year on, so that 29 February becomes a day that sorts after the 28th.
year_after(day) := concat("", [format_int(to_number(substring(day, 0, 4)) + 1, 10), substring(day, 4, -1)])

# What all environments that the plan may be one of allow. An unlisted one, or none, counts as production.
facts := {"production": strict, "allowed_regions": [region | some region in regions]}

default strict := true

strict := false if {
	count(environments) > 0
	every name in environments {
		data.parameters.environments[name].production == false
	}
}

regions := {region |
	some region in candidates[_].allowed_regions
	every listed in candidates {
		region in listed.allowed_regions
	}
}

# Where one of them is not known, only what every environment allows is allowed.
candidates := [listed | some name in environments; listed := data.parameters.environments[name]] if {
	count(environments) > 0
	every name in environments {
		data.parameters.environments[name]
	}
} else := [listed | some listed in data.parameters.environments]

production if facts.production
