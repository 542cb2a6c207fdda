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

waivers_for(rule, address) := {waiver |
	some waiver in waivers
	waiver.rule == rule
	waiver.address == address
	count(waiver_faults(waiver)) == 0
}

permitted(address) if {
	some permit in permits
	permit.address == address
	count(permit_faults(permit)) == 0
}
