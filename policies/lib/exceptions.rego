# METADATA
# description: |
#   Waivers and permits of the judged stack. Only a complete, current one counts; the audits report the others.
package lib.exceptions

import data.lib.settings
import data.lib.value

import rego.v1

waivers contains waiver if {
	some waiver in value.list(value.at(data.exceptions, ["waivers"], []))
	waiver.stack == data.lib.settings.stack
	data.lib.settings.stack != ""
}

permits contains permit if {
	some permit in value.list(value.at(data.exceptions, ["permits"], []))
	permit.stack == data.lib.settings.stack
	data.lib.settings.stack != ""
}

# Why an entry does not count; no reason means that it does.
faults(entry, fields) := array.concat(
	[concat("", [field, " is missing"]) |
		some field in fields
		value.text(object.get(entry, field, "")) == ""
	],
	[fault |
		fault := day_fault(value.text(object.get(entry, "last_day", "")))
		fault != ""
	],
)

day_fault(day) := "" if {
	day == ""
} else := concat("", ["last_day must be a day such as 2026-06-30, got ", day]) if {
	not settings.is_day(day)
} else := concat("", ["it expired: its last day was ", day]) if {
	day < data.lib.settings.today
} else := concat("", ["it lasts longer than a year: its last day is ", day]) if {
	day > settings.year_after(data.lib.settings.today)
} else := ""

waiver_faults(waiver) := faults(waiver, ["rule", "address", "reason", "owner", "last_day"])

permit_faults(permit) := faults(permit, ["address", "reason", "owner", "last_day"])

waivers_for(found) := {waiver |
	some waiver in waivers
	meets(waiver, found)
	count(waiver_faults(waiver)) == 0
}

# Whether a waiver is for a finding. One that names an object of a release is for that object alone; where nobody
# rendered the release, its rule guesses from the values, which are those of its objects.
meets(waiver, found) if {
	waiver.rule == found.rule
	waiver.address == found.address
	of_same_object(object.get(waiver, "object", ""), found)
}

of_same_object(named, _) if named == ""

of_same_object(named, found) if named == object.get(found, "object", "")

of_same_object(_, found) if not rendered(found.address)

rendered(address) if is_object(data.lib.rendered.releases[address])

permitted(address) if {
	some permit in permits
	permit.address == address
	count(permit_faults(permit)) == 0
}
