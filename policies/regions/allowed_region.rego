# METADATA
# title: Everything stays in the environment's regions
# description: |
#   Where data lies is a promise to customers and regulators, and what nobody looks for in another
#   region is not found. parameters/environments lists the regions of each environment. Copies count
#   too: parameters/regions lists the types that copy, and the attribute that says to which region.
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
	region != ""
	not region in data.lib.settings.facts.allowed_regions
}

deny contains finding.on(rule, resource, concat("", ["would copy to ", region, ", which ", named, " may not"])) if {
	some type, name in data.parameters.regions.copies
	some resource in plan.of(type)
	walk(resource.after, [path, text])
	below(path, name)
	region := region_of(text)
	not region in data.lib.settings.facts.allowed_regions
}

# An ARN that comes at apply is of something that the plan makes, and that is asked itself.
unknown contains finding.on(rule, resource, "says only at apply which region it copies to") if {
	some type, name in data.parameters.regions.copies
	some resource in plan.of(type)
	walk(resource.unknown, [path, true])
	below(path, name)
	not endswith(name, "_arn")
}

unknown contains finding.on(rule, resource, "gets its region only at apply") if {
	some resource in data.lib.plan.existing
	startswith(resource.type, "aws_")
	plan.undecided(resource, ["region"])
}

# The attribute `name` of a block, at any depth; a resource's own region is asked for above, and a tag says nothing.
below(path, name) if {
	count(path) > 2
	path[count(path) - 1] == name
}

region_of(text) := split(text, ":")[3] if {
	is_string(text)
	count(split(text, ":")) > 5
} else := text if {
	is_string(text)
	text != ""
	not startswith(text, "arn:")
}

default named := "an unnamed environment"

named := data.lib.settings.environment if data.lib.settings.environment != ""
