# METADATA
# description: |
#   Which stack and environment is judged, on which day, and what is allowed there. An environment
#   that the plan does not name, or that parameters/environments does not list, counts as production.
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
	name := value.at(input, ["groundplan", "environment"], "")
	name != ""
} else := name if {
	some name in claimed
	count(claimed) == 1
}

# The workspace and the tags of a plan must mean one environment: a tag alone makes no plan of prod one of dev.
claimed contains name if {
	name := split(stack, "-")[0]
	name in object.keys(data.parameters.environments)
}

claimed contains name if {
	some tags in data.lib.plan.default_tags
	name := value.at(tags, ["Environment"], "")
	is_string(name)
	name != ""
}

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

facts := found if {
	found := data.parameters.environments[environment]
} else := {"production": true, "allowed_regions": strictest_regions}

# Where the environment is not known, only what every environment allows is allowed.
strictest_regions := [region |
	some region in data.parameters.environments[_].allowed_regions
	every listed in data.parameters.environments {
		region in listed.allowed_regions
	}
]

production if facts.production
