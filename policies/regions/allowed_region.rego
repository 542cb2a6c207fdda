# METADATA
# title: Everything stays in the environment's regions
# description: |
#   Where data lies is a promise to customers and regulators, and what nobody looks for in another
#   region is not found. parameters/environments lists the regions of each environment.
# custom:
#   id: regions/allowed_region
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 12.5.2"
#     - "SOC 2: CC6.1"
#     - "SOC 2: CC3.2"
#   fix: |
#     Use a region that parameters/environments lists for the environment, or have it added there.
#   avoid:
#     provider:
#       aws:
#         region: eu-west-3
#     aws_sns_topic:
#       name: prod-alarms
#       region: eu-west-3
#   prefer:
#     provider:
#       aws:
#         region: us-east-1
#     aws_sns_topic:
#       name: prod-alarms
#       region: us-east-1
package rules.regions.allowed_region

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "regions/allowed_region", "severity": "critical"}

deny contains finding.at(rule, concat("", ["provider.", key]), concat("", ["works in ", region, ", which ", named, " may not"])) if {
	some key, provider in data.lib.plan.providers
	region := plan.literal(provider.expressions.region)
	is_string(region)
	not region in data.lib.settings.facts.allowed_regions
}

deny contains finding.on(rule, resource, concat("", ["would lie in ", region, ", which ", named, " may not"])) if {
	some resource in data.lib.plan.existing
	startswith(resource.type, "aws_")
	region := plan.text(resource, ["region"])
	is_string(region)
	region != ""
	not region in data.lib.settings.facts.allowed_regions
}

unknown contains finding.on(rule, resource, "gets its region only at apply") if {
	some resource in data.lib.plan.existing
	startswith(resource.type, "aws_")
	plan.unknown_at(resource, ["region"])
}

default named := "an unnamed environment"

named := data.lib.settings.environment if data.lib.settings.environment != ""
