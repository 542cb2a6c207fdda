# METADATA
# title: Databases of production refuse to be deleted
# description: |
#   Deletion protection makes a delete two deliberate steps. It stops the wrong terraform destroy, the
#   wrong console tab and the wrong script alike.
# custom:
#   id: protection/deletion_protection
#   severity: critical
#   controls:
#     - "SOC 2: A1.2"
#     - "SOC 2: CC8.1"
#   fix: |
#     Set deletion_protection = true (deletion_protection_enabled for DynamoDB).
#   avoid:
#     aws_dynamodb_table:
#       name: prod-orders
#   prefer:
#     aws_dynamodb_table:
#       name: prod-orders
#       deletion_protection_enabled: true
package rules.protection.deletion_protection

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "protection/deletion_protection", "severity": "critical"}

deny contains finding.on(rule, resource, "can be deleted in one step") if {
	data.lib.settings.production
	some type, facts in data.parameters.stores.deletion_protection
	some resource in plan.of(type)
	not plan.undecided(resource, [facts.attribute])
	plan.known(resource, [facts.attribute], false) != facts.on
}

unknown contains finding.on(rule, resource, "says only at apply whether it can be deleted in one step") if {
	data.lib.settings.production
	some type, facts in data.parameters.stores.deletion_protection
	some resource in plan.of(type)
	plan.undecided(resource, [facts.attribute])
}
