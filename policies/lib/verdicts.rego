# METADATA
# description: What the rules say, with the waivers laid over it.
package lib.verdicts

import data.lib.exceptions

import rego.v1

raw contains object.union(found, {"verdict": "deny"}) if {
	some category, question
	some found in data.rules[category][question].deny
}

raw contains object.union(found, {"verdict": "unknown"}) if {
	some category, question
	some found in data.rules[category][question].unknown
}

judged contains finding if {
	some found in raw
	finding := waived(found)
}

waived(found) := object.union(found, {"verdict": "waived", "waiver": waiver.reason}) if {
	some waiver in exceptions.waivers_for(found)
} else := found
