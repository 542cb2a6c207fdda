# METADATA
# title: Nothing of production is destroyed together with what it holds
# description: |
#   force_destroy empties a bucket, vault, registry or zone in order to delete it: one wrong apply takes
#   the data along.
# custom:
#   id: protection/not_destroyed_with_contents
#   severity: critical
#   controls:
#     - "SOC 2: A1.2"
#     - "SOC 2: CC8.1"
#   fix: |
#     Leave force_destroy (force_delete for registries) out. To remove the thing, empty it first, by
#     hand and on purpose.
#   avoid:
#     aws_s3_bucket:
#       bucket: prod-claims
#       force_destroy: true
#   prefer:
#     aws_s3_bucket:
#       bucket: prod-claims
package rules.protection.not_destroyed_with_contents

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "protection/not_destroyed_with_contents", "severity": "critical"}

deny contains finding.on(rule, resource, concat("", ["sets ", attribute])) if {
	data.lib.settings.production
	some type, attribute in data.parameters.stores.force_destroy
	some resource in plan.of(type)
	plan.known(resource, [attribute], false) == true
}

unknown contains finding.on(rule, resource, concat("", ["says only at apply whether it sets ", attribute])) if {
	data.lib.settings.production
	some type, attribute in data.parameters.stores.force_destroy
	some resource in plan.of(type)
	plan.undecided(resource, [attribute])
}
