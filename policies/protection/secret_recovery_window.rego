# METADATA
# title: Deleted secrets of production can be brought back for 30 days
# description: |
#   A secret with a short recovery window, or none, is gone before the first failing login is
#   understood. AWS's default is 30 days.
# custom:
#   id: protection/secret_recovery_window
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 3.7.5"
#     - "SOC 2: A1.2"
#   fix: |
#     Leave recovery_window_in_days out, or set it to 30.
#   avoid:
#     aws_secretsmanager_secret:
#       name: claims
#       recovery_window_in_days: 7
#   prefer:
#     aws_secretsmanager_secret:
#       name: claims
#       recovery_window_in_days: 30
package rules.protection.secret_recovery_window

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "protection/secret_recovery_window", "severity": "major"}

attribute := ["recovery_window_in_days"]

least := data.parameters.retention.secret_recovery_days

deny contains finding.on(rule, resource, concat("", ["could be gone for good after ", format_int(days, 10), " days, fewer than ", format_int(least, 10)])) if {
	data.lib.settings.production
	some resource in plan.of("aws_secretsmanager_secret")
	not plan.undecided(resource, attribute)
	days := plan.number(resource, attribute, 30)
	days < least
}

unknown contains finding.on(rule, resource, "says only at apply how long its deletion can be taken back") if {
	data.lib.settings.production
	some resource in plan.of("aws_secretsmanager_secret")
	plan.undecided(resource, attribute)
}
