# METADATA
# title: Log groups keep their logs long enough, and not for ever
# description: |
#   A log group keeps everything for ever unless told otherwise, at a price that only grows; one that
#   forgets too soon is missing when an incident is investigated. PCI DSS wants twelve months.
# custom:
#   id: logging/log_retention
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 10.5.1"
#     - "SOC 2: CC7.2"
#   fix: |
#     Set retention_in_days; in production at least 365.
#   avoid:
#     aws_cloudwatch_log_group:
#       name: /prod/kong
#   prefer:
#     aws_cloudwatch_log_group:
#       name: /prod/kong
#       retention_in_days: 400
package rules.logging.log_retention

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "logging/log_retention", "severity": "major"}

deny contains finding.on(rule, group, "keeps its logs for ever") if {
	some group in plan.of("aws_cloudwatch_log_group")
	not plan.undecided(group, ["retention_in_days"])
	plan.known(group, ["retention_in_days"], 0) == 0
}

deny contains finding.on(rule, group, concat("", ["keeps its logs for ", format_int(days, 10), " days, fewer than ", format_int(least, 10)])) if {
	some group in plan.of("aws_cloudwatch_log_group")
	days := plan.number(group, ["retention_in_days"], 0)
	days > 0
	days < least
}

unknown contains finding.on(rule, group, "says only at apply how long it keeps its logs") if {
	some group in plan.of("aws_cloudwatch_log_group")
	plan.undecided(group, ["retention_in_days"])
}

least := data.parameters.retention.log_group_days.production if {
	data.lib.settings.production
} else := data.parameters.retention.log_group_days.other
