# METADATA
# title: Everything that AWS Backup can protect says how
# description: |
#   The backup plans select by tag: a database, volume, file system or table without the tag is never
#   backed up, and nobody notices until it is needed. `none` is a decision too, and a visible one.
# custom:
#   id: tags/backup_tier
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 9.4.1"
#     - "SOC 2: A1.2"
#   fix: |
#     Set the tag BackupTier to critical, standard, archive or none.
#   avoid:
#     aws_dynamodb_table:
#       name: prod-orders
#       tags_all:
#         Service: orders
#   prefer:
#     aws_dynamodb_table:
#       name: prod-orders
#       tags_all:
#         Service: orders
#         BackupTier: standard
package rules.tags.backup_tier

import data.lib.finding
import data.lib.plan
import data.lib.tags

import rego.v1

rule := {"id": "tags/backup_tier", "severity": "critical"}

facts := data.parameters.stores.backup_tier

deny contains finding.on(rule, resource, concat("", ["has no ", facts.tag, " tag"])) if {
	some type in facts.types
	some resource in plan.of(type)
	tags.lacks(resource, facts.tag)
}

deny contains finding.on(rule, resource, concat("", ["has ", facts.tag, " ", tier, ", which is none of ", concat(", ", facts.tiers)])) if {
	some type in facts.types
	some resource in plan.of(type)
	tier := tags.value(resource, facts.tag)
	is_string(tier)
	not tier in facts.tiers
}

unknown contains finding.on(rule, resource, concat("", ["says its ", facts.tag, " only at apply"])) if {
	some type in facts.types
	some resource in plan.of(type)
	tags.unclear(resource, facts.tag)
}
