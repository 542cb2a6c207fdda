# METADATA
# title: Everything that takes tags carries the required ones
# description: |
#   Tags say who owns a thing, who pays, and how sensitive its data is: without them neither an incident
#   nor an invoice finds its owner. parameters/tags lists them; the provider's default_tags count.
# custom:
#   id: tags/required_tags
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 12.5.1"
#     - "SOC 2: CC6.1"
#     - "SOC 2: CC8.1"
#   fix: |
#     Set the tag in the environment's settings (default_tags), or in the module's tags.
#   avoid:
#     aws_sns_topic:
#       name: prod-alarms
#       tags_all:
#         Environment: prod
#   prefer:
#     aws_sns_topic:
#       name: prod-alarms
#       tags_all:
#         Environment: prod
#         Service: kong
#         Owner: platform
#         CostCenter: '4711'
#         DataClassification: internal
#         ManagedBy: groundplan
package rules.tags.required_tags

import data.lib.finding
import data.lib.tags

import rego.v1

rule := {"id": "tags/required_tags", "severity": "major"}

deny contains finding.on(rule, resource, concat("", ["has no ", concat(", ", sort(missing)), " tag"])) if {
	some resource in incomplete
	missing := {name | some name in data.parameters.tags.required; tags.lacks(resource, name)}
	count(missing) > 0
}

unknown contains finding.on(rule, resource, concat("", ["gets its tags only at apply: ", concat(", ", sort(unclear))])) if {
	some resource in incomplete
	unclear := {name | some name in data.parameters.tags.required; tags.unclear(resource, name)}
	count(unclear) > 0
}

# Most resources carry them all: asking once is what keeps a large plan fast.
incomplete := [resource |
	some resource in data.lib.plan.existing
	tags.takes(resource)
	not tags.complete(resource, data.parameters.tags.required)
]
