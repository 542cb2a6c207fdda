# METADATA
# title: What runs has no public address
# description: |
#   A public address is one open port away from everybody. Load balancers and NAT gateways are what the
#   internet talks to, and they need no public addresses on launch: a subnet that gives one to whatever
#   starts in it does so to the next debugging instance as well. Databases have a rule of their own,
#   exposure/database_private.
# custom:
#   id: exposure/no_public_address
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 1.3.1"
#     - "PCI DSS 4.0: 1.4.4"
#     - "SOC 2: CC6.6"
#   fix: |
#     Leave the public address out and put a load balancer in front; reach machines by Systems Manager
#     instead of SSH.
#   avoid:
#     aws_subnet:
#       vpc_id: vpc-0a1b2c3d4e5f60718
#       cidr_block: 10.0.0.0/24
#       map_public_ip_on_launch: true
#   prefer:
#     aws_subnet:
#       vpc_id: vpc-0a1b2c3d4e5f60718
#       cidr_block: 10.0.0.0/24
#       map_public_ip_on_launch: false
package rules.exposure.no_public_address

import data.lib.finding
import data.lib.plan
import data.lib.switches
import data.lib.value

import rego.v1

rule := {"id": "exposure/no_public_address", "severity": "critical"}

deny contains finding.on(rule, found.resource, found.fault) if {
	some found in switches.wrong(data.parameters.exposure.public_addresses)
}

unknown contains finding.on(rule, found.resource, found.fault) if {
	some found in switches.open(data.parameters.exposure.public_addresses)
}

# With a key and no source, EKS opens port 22 of every node to 0.0.0.0/0.
# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/eks_node_group#remote_access-configuration-block
deny contains finding.on(rule, group, "lets everybody try SSH on its nodes") if {
	some group in plan.of("aws_eks_node_group")
	some position, access in value.list(plan.known(group, ["remote_access"], []))
	with_key(group, position, access)
	not plan.undecided(group, ["remote_access", position, "source_security_group_ids"])
	count(value.list(value.at(access, ["source_security_group_ids"], []))) == 0
}

unknown contains finding.on(rule, group, "says only at apply whose SSH its nodes take") if {
	some group in plan.of("aws_eks_node_group")
	some position, access in value.list(plan.known(group, ["remote_access"], []))
	with_key(group, position, access)
	plan.undecided(group, ["remote_access", position, "source_security_group_ids"])
}

with_key(_, _, access) if value.text(value.at(access, ["ec2_ssh_key"], "")) != ""

with_key(group, position, _) if plan.undecided(group, ["remote_access", position, "ec2_ssh_key"])
