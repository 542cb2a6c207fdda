# METADATA
# title: Nothing that cannot be given back is bought without a permit
# description: |
#   Reserved instances and nodes are paid for one to three years from the moment of apply. Terraform
#   cannot undo that; a permit says who wanted it and until when the purchase may happen.
# custom:
#   id: protection/purchase_permitted
#   severity: blocker
#   controls:
#     - "SOC 2: CC3.1"
#     - "SOC 2: CC8.1"
#   fix: |
#     Add a permit for the address to policies/exceptions/data.yaml.
#   avoid:
#     aws_rds_reserved_instance:
#       offering_id: 438012d3-4052-4cc7-b2e3-8d3372e0e706
#       instance_count: 2
#   prefer:
#     actions:
#     - no-op
#     aws_rds_reserved_instance:
#       offering_id: 438012d3-4052-4cc7-b2e3-8d3372e0e706
#       instance_count: 2
package rules.protection.purchase_permitted

import data.lib.exceptions
import data.lib.finding

import rego.v1

rule := {"id": "protection/purchase_permitted", "severity": "blocker"}

deny contains finding.on(rule, resource, "is paid for at apply and cannot be given back") if {
	some type in data.parameters.purchases.irreversible
	some resource in data.lib.plan.by_type[type]
	"create" in resource.actions
	not exceptions.permitted(resource.address)
}

# A plan is wholly known about its own actions: there is no third verdict.
unknown := set()
