# METADATA
# title: Nothing runs in the default VPC
# description: |
#   The default VPC has public subnets only, which give every instance a public address, and no flow
#   log. What names no network lands there: a security group without vpc_id, a database without a subnet
#   group.
# custom:
#   id: network/default_vpc
#   severity: major
#   controls:
#     - "CIS AWS 3.0: 5.4"
#     - "PCI DSS 4.0: 1.2.1"
#     - "PCI DSS 4.0: 1.4.1"
#     - "SOC 2: CC6.6"
#   fix: |
#     Name the VPC or its subnets. A default VPC is deleted, not managed.
#   avoid:
#     aws_security_group:
#       name: prod-gateway
#   prefer:
#     aws_security_group:
#       name: prod-gateway
#       vpc_id: vpc-0a1b2c3d4e5f60718
package rules.network.default_vpc

import data.lib.finding
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "network/default_vpc", "severity": "major"}

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/default_vpc, https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/default_subnet
deny contains finding.on(rule, network, "takes the default VPC into use") if {
	some type in ["aws_default_vpc", "aws_default_subnet"]
	some network in plan.of(type)
}

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/data-sources/vpc#default
deny contains finding.at(rule, address, "looks up the default VPC, for something to run in it") if {
	some address, source in data.lib.plan.configured
	regex.match(`(^|\.)data\.aws_vpc\.`, address)
	value.at(source, ["expressions", "default", "constant_value"], false) == true
}

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/security_group#vpc_id
deny contains finding.on(rule, resource, concat("", ["names no ", facts.attribute, ", so it is put into the default VPC"])) if {
	some type, facts in data.parameters.network.placed_by
	some resource in plan.of(type)
	not plan.undecided(resource, [facts.attribute])
	plan.known(resource, [facts.attribute], "") == ""
	every other in facts.unless {
		not says(resource, other)
	}
}

unknown contains finding.at(rule, address, "says by an expression whether it looks up the default VPC") if {
	some address, source in data.lib.plan.configured
	regex.match(`(^|\.)data\.aws_vpc\.`, address)
	count(value.list(value.at(source, ["expressions", "default", "references"], []))) > 0
}

says(resource, attribute) if count(value.list(plan.known(resource, [attribute], []))) > 0

says(resource, attribute) if plan.text(resource, [attribute]) != ""

says(resource, attribute) if plan.undecided(resource, [attribute])
