# METADATA
# title: Tables can be put back to any minute of the last weeks
# description: |
#   A wrong deployment deletes rows within seconds, and a nightly backup loses a day. Point-in-time
#   recovery costs little and cannot be switched on for yesterday.
# custom:
#   id: protection/table_recovery
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 12.10.1"
#     - "SOC 2: A1.2"
#   fix: |
#     Add point_in_time_recovery with enabled = true, for replicas as well.
#   avoid:
#     aws_dynamodb_table:
#       name: prod-claims
#       hash_key: id
#   prefer:
#     aws_dynamodb_table:
#       name: prod-claims
#       hash_key: id
#       point_in_time_recovery:
#       - enabled: true
package rules.protection.table_recovery

import data.lib.finding
import data.lib.switches

import rego.v1

rule := {"id": "protection/table_recovery", "severity": "critical"}

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/dynamodb_table#point_in_time_recovery,
# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/keyspaces_table#point_in_time_recovery
deny contains finding.on(rule, found.resource, found.fault) if {
	data.lib.settings.production
	some found in switches.wrong(data.parameters.recovery.tables)
}

unknown contains finding.on(rule, found.resource, found.fault) if {
	data.lib.settings.production
	some found in switches.open(data.parameters.recovery.tables)
}
