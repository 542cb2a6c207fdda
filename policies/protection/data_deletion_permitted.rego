# METADATA
# title: Nothing that holds data is deleted or replaced without a permit
# description: |
#   A plan that deletes or replaces a store looks like any other plan. Here it needs a permit: a line in
#   exceptions/data.yaml that names the address, the reason, an owner and a last day, and that somebody
#   reviewed.
# custom:
#   id: protection/data_deletion_permitted
#   severity: blocker
#   controls:
#     - "PCI DSS 4.0: 6.5.1"
#     - "SOC 2: A1.2"
#     - "SOC 2: CC8.1"
#   fix: |
#     If it is meant, add a permit to policies/exceptions/data.yaml. If it was a rename, ship a moved
#     block. If it must leave Terraform only, use a removed block with destroy = false.
#   avoid:
#     actions:
#     - delete
#     - create
#     aws_efs_file_system:
#       creation_token: prod-grafana
#   prefer:
#     actions:
#     - update
#     aws_efs_file_system:
#       creation_token: prod-grafana
package rules.protection.data_deletion_permitted

import data.lib.exceptions
import data.lib.finding

import rego.v1

rule := {"id": "protection/data_deletion_permitted", "severity": "blocker"}

deny contains finding.on(rule, resource, concat("", ["holds data and would be ", deed(resource)])) if {
	some type in data.parameters.stores.holds_data
	some resource in data.lib.plan.by_type[type]
	"delete" in resource.actions
	not exceptions.permitted(resource.address)
}

# A plan is wholly known about its own actions: there is no third verdict.
unknown := set()

deed(resource) := "replaced" if {
	"create" in resource.actions
} else := "deleted"
