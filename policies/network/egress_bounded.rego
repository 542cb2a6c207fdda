# METADATA
# title: Security groups do not let everything out to everybody
# description: |
#   Whoever gets in wants to get data out, and to fetch the next tool. A group that lets out HTTPS only,
#   or what it names, leaves a proxy or a firewall something to look at. Nodes of EKS reach AWS by
#   HTTPS, or by endpoints of the VPC.
# custom:
#   id: network/egress_bounded
#   severity: minor
#   controls:
#     - "PCI DSS 4.0: 1.3.2"
#     - "SOC 2: CC6.6"
#   fix: |
#     Let out port 443, and other ports to the security groups, prefix lists and networks that are needed.
#   avoid:
#     aws_vpc_security_group_egress_rule:
#       security_group_id: sg-0123456789abcdef0
#       cidr_ipv4: 0.0.0.0/0
#       ip_protocol: "-1"
#   prefer:
#     aws_vpc_security_group_egress_rule:
#       security_group_id: sg-0123456789abcdef0
#       cidr_ipv4: 0.0.0.0/0
#       ip_protocol: tcp
#       from_port: 443
#       to_port: 443
package rules.network.egress_bounded

import data.lib.finding
import data.lib.networks
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "network/egress_bounded", "severity": "minor"}

# Terraform removes the rule that AWS gives a new group, which lets everything out: nothing written lets nothing out.
# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/security_group
deny contains finding.on(rule, found.resource, concat("", ["lets everything out to ", cidr])) if {
	some found in exits
	some cidr in found.cidrs
	networks.wider(cidr, data.parameters.network.widest_egress_prefix)
	not bounded(found.exit, found.protocol)
}

unknown contains finding.on(rule, resource, "says only at apply what it lets out") if {
	some type in ["aws_vpc_security_group_egress_rule", "aws_security_group_rule"]
	some resource in plan.of(type)
	plan.known(resource, ["type"], "egress") == "egress"
	not bounded(resource.after, protocol(resource.after))
	some attribute in ["cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks", "ip_protocol", "protocol"]
	plan.undecided(resource, [attribute])
}

exits contains {"resource": resource, "exit": resource.after, "protocol": kind, "cidrs": cidrs} if {
	some resource in plan.of("aws_vpc_security_group_egress_rule")
	kind := protocol(resource.after)
	cidrs := [plan.text(resource, [attribute]) | some attribute in ["cidr_ipv4", "cidr_ipv6"]]
}

exits contains {"resource": resource, "exit": resource.after, "protocol": kind, "cidrs": cidrs} if {
	some resource in plan.of("aws_security_group_rule")
	plan.text(resource, ["type"]) == "egress"
	kind := protocol(resource.after)
	cidrs := listed(resource.after)
}

exits contains {"resource": resource, "exit": exit, "protocol": kind, "cidrs": cidrs} if {
	some type in ["aws_security_group", "aws_default_security_group"]
	some resource in plan.of(type)
	some exit in value.list(plan.known(resource, ["egress"], []))
	kind := protocol(exit)
	cidrs := listed(exit)
}

listed(exit) := array.concat(value.strings(value.at(exit, ["cidr_blocks"], [])), value.strings(value.at(exit, ["ipv6_cidr_blocks"], [])))

protocol(exit) := found if {
	found := value.text(value.at(exit, ["ip_protocol"], ""))
	found != ""
} else := value.text(value.at(exit, ["protocol"], ""))

# One protocol with ports, and not all of them.
bounded(exit, kind) if {
	kind in {"tcp", "udp", "6", "17"}
	from := value.at(exit, ["from_port"], 0)
	to := value.at(exit, ["to_port"], 65535)
	is_number(from)
	is_number(to)
	to - from < 1024
}

bounded(_, kind) if kind in {"icmp", "icmpv6", "1", "58"}
