# METADATA
# description: |
#   The one entrypoint. It finds every rule by its place, data.rules.<category>.<rule>, so a new rule is a new
#   file and nothing else. data.audits holds the rules about the exceptions themselves, which read the verdicts.
# entrypoint: true
package main

import data.lib.value

import rego.v1

# Everything groundplan asks for.
findings contains finding if some finding in data.lib.verdicts.judged

findings contains finding if some finding in audits

findings contains unusable("plan/unreadable", "this is not a plan: format_version is missing") if {
	not data.lib.plan.readable
}

findings contains unusable("plan/errored", "planning failed: what is missing here cannot be judged") if {
	value.at(data.lib.plan.document, ["errored"], false) == true
}

# Deferred changes, or -target: https://developer.hashicorp.com/terraform/internals/json-format
findings contains unusable("plan/incomplete", partial) if value.at(data.lib.plan.document, ["complete"], true) == false

findings contains unusable("plan/incomplete", partial) if {
	count(value.list(value.at(data.lib.plan.document, ["deferred_changes"], []))) > 0
}

partial := "the plan is not whole: Terraform deferred a part of it, or -target left a part out"

audits contains object.union(found, {"verdict": "deny"}) if {
	some category, question
	some found in data.audits[category][question].deny
}

unusable(id, message) := {
	"rule": id,
	"severity": "blocker",
	"address": "plan",
	"message": message,
	"verdict": "deny",
}

# Both in one question: each question evaluates every rule anew.
answer := {"findings": findings, "evaluated": evaluated}

# Asked of each plan before the rules are, and given to all as data.others.
share := data.lib.platform.share

# The ids of all rules that were evaluated.
evaluated contains data.rules[_][_].rule.id

evaluated contains data.audits[_][_].rule.id

# What Terraform Cloud asks: five queries, an empty list means passed.
blocker contains line(finding) if some finding in denied("blocker")

critical contains line(finding) if some finding in denied("critical")

major contains line(finding) if some finding in denied("major")

minor contains line(finding) if some finding in (denied("minor") | denied("info"))

unknown contains line(finding) if {
	some finding in findings
	finding.verdict == "unknown"
}

denied(severity) := {finding |
	some finding in findings
	finding.verdict == "deny"
	finding.severity == severity
}

line(finding) := concat("", [finding.rule, ": ", finding.address, ": ", finding.message])
