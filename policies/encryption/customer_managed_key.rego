# METADATA
# title: Everything that stores data is encrypted with a customer managed key
# description: |
#   A key that AWS manages cannot be denied, audited or revoked by us: its policy is AWS's. With a key
#   of our own, who may read the data is decided by a policy that we review. parameters/encryption lists
#   the types, where each names its key, and which switch must be on besides (`on` when that is not true).
# custom:
#   id: encryption/customer_managed_key
#   severity: critical
#   controls:
#     - "CIS AWS 3.0: 2.2.1"
#     - "CIS AWS 3.0: 2.3.1"
#     - "CIS AWS 3.0: 2.4.1"
#     - "PCI DSS 4.0: 3.5.1"
#     - "PCI DSS 4.0: 3.6.1"
#     - "SOC 2: CC6.1"
#   fix: |
#     Give the module the ARN of a customer managed key (kms_key_arn), or let it make its own.
#   avoid:
#     aws_sqs_queue:
#       name: prod-orders
#       sqs_managed_sse_enabled: true
#   prefer:
#     aws_sqs_queue:
#       name: prod-orders
#       kms_master_key_id: arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000
package rules.encryption.customer_managed_key

import data.lib.finding
import data.lib.keys
import data.lib.plan

import rego.v1

rule := {"id": "encryption/customer_managed_key", "severity": "critical"}

deny contains finding.on(rule, store.resource, keys.problem(kind)) if {
	some store in stores
	kind := keys.kind(store.resource, store.facts.key)
	kind in {"aws", "none"}
}

deny contains finding.on(rule, store.resource, "does not switch encryption on") if {
	some store in stores
	switch := store.facts.switch
	not plan.undecided(store.resource, switch)
	not plan.known(store.resource, switch, false) in object.get(store.facts, "on", [true, "true"])
}

unknown contains finding.on(rule, store.resource, "gets its key, or its encryption switch, only at apply") if {
	some store in stores
	unclear(store)
}

unclear(store) if keys.kind(store.resource, store.facts.key) == "unknown"

unclear(store) if plan.undecided(store.resource, store.facts.switch)

stores contains {"resource": resource, "facts": facts} if {
	some type, facts in data.parameters.encryption.stores
	some resource in plan.of(type)
	not inherits(resource, facts)
}

# A replica in the same region has its source's key and may not name one.
inherits(resource, facts) if {
	source := plan.text(resource, [facts.inherits])
	source != ""
	not startswith(source, "arn:")
}
