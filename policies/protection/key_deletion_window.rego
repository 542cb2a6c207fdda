# METADATA
# title: Deleted keys and authorities of production can be brought back for 30 days
# description: |
#   A deleted key makes everything it encrypted unreadable for ever, backups included; a deleted
#   certificate authority takes the trust in all that it signed along. Thirty days is the longest that
#   AWS waits, and its default.
# custom:
#   id: protection/key_deletion_window
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 3.7.5"
#     - "SOC 2: A1.2"
#   fix: |
#     Leave deletion_window_in_days (permanent_deletion_time_in_days for an authority) out, or set it to
#     30.
#   avoid:
#     aws_kms_key:
#       description: claims
#       deletion_window_in_days: 7
#   prefer:
#     aws_kms_key:
#       description: claims
#       deletion_window_in_days: 30
package rules.protection.key_deletion_window

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "protection/key_deletion_window", "severity": "critical"}

least := data.parameters.retention.key_deletion_days

deny contains finding.on(rule, resource, concat("", ["could be gone for good after ", format_int(days, 10), " days, fewer than ", format_int(least, 10)])) if {
	data.lib.settings.production
	some type, attribute in data.parameters.stores.deletion_window
	some resource in plan.of(type)
	days := plan.number(resource, [attribute], 30)
	days < least
}

unknown contains finding.on(rule, resource, "says only at apply how long its deletion can be taken back") if {
	data.lib.settings.production
	some type, attribute in data.parameters.stores.deletion_window
	some resource in plan.of(type)
	plan.undecided(resource, [attribute])
}
