# METADATA
# title: No security group lets the whole internet in, except for HTTPS
# description: |
#   Admin and data ports open to everybody are found by scanners within minutes. A public load balancer
#   needs 443, and 80 to redirect. Everybody is ::/0 and 0.0.0.0/0 in any spelling, and whatever a rule or its
#   prefix list takes in that is wider than a /8 of public IPv4 addresses, in one range or in many: half of the
#   internet is not a source that we know. A network ACL has to let answers back in: it is asked only for the
#   ports of remote administration. parameters/exposure holds these bounds.
# custom:
#   id: exposure/no_open_ingress
#   severity: critical
#   controls:
#     - "CIS AWS 3.0: 5.1"
#     - "CIS AWS 3.0: 5.2"
#     - "CIS AWS 3.0: 5.3"
#     - "PCI DSS 4.0: 1.3.1"
#     - "SOC 2: CC6.6"
#   fix: |
#     Name the source by security group or by a CIDR of ours.
#   avoid:
#     aws_vpc_security_group_ingress_rule:
#       security_group_id: sg-0123456789abcdef0
#       cidr_ipv4: 0.0.0.0/0
#       ip_protocol: tcp
#       from_port: 5432
#       to_port: 5432
#   prefer:
#     aws_vpc_security_group_ingress_rule:
#       security_group_id: sg-0123456789abcdef0
#       cidr_ipv4: 10.0.0.0/16
#       ip_protocol: tcp
#       from_port: 5432
#       to_port: 5432
package rules.exposure.no_open_ingress

import data.lib.finding
import data.lib.links
import data.lib.networks
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "exposure/no_open_ingress", "severity": "critical"}

deny contains finding.on(rule, opening.resource, concat("", ["lets ", cidr, " in"])) if {
	some opening in openings
	some cidr in networks.everybody(opening.cidrs)
	not web_only(opening.block)
	not undecided_ports(opening)
}

deny contains finding.on(rule, opening.resource, concat("", ["lets ", cidr, " in by its prefix list ", list.address])) if {
	some opening in openings
	some list in lists(opening)
	some cidr in networks.everybody(networks.entries(list))
	not web_only(opening.block)
	not undecided_ports(opening)
}

deny contains finding.on(rule, entry.resource, concat("", ["lets ", cidr, " in to port ", format_int(port, 10)])) if {
	some entry in acl_entries
	some cidr in networks.everybody(entry.cidrs)
	some port in data.parameters.exposure.admin_ports
	takes_in(entry.block, port)
	not refused_before(entry, port)
}

unknown contains finding.on(rule, opening.resource, "says only at apply whom it lets in") if {
	some opening in openings
	some name in source_names
	unsure(opening.resource, array.concat(opening.place, [name]))
	not settled(opening, name)
	not web_only(opening.block)
}

unknown contains finding.on(rule, opening.resource, "lets everybody in to ports that only apply will know") if {
	some opening in openings
	count(networks.everybody(opening.cidrs)) > 0
	undecided_ports(opening)
}

unknown contains finding.on(rule, opening.resource, "lets everybody in to ports that only apply will know") if {
	some opening in openings
	some list in lists(opening)
	count(networks.everybody(networks.entries(list))) > 0
	undecided_ports(opening)
}

unknown contains finding.on(rule, opening.resource, concat("", ["lets in a prefix list that this plan does not show: ", given])) if {
	some opening in openings
	some name in list_names
	some given in value.strings(object.get(opening.block, name, []))
	not web_only(opening.block)
	not of_aws(opening, name)
	count(lists(opening)) == 0
}

unknown contains finding.on(rule, resource, "says only at apply whom it lets in") if {
	some type in ["aws_security_group", "aws_default_security_group", "aws_network_acl", "aws_default_network_acl"]
	some resource in plan.of(type)
	plan.undecided(resource, ["ingress"])
}

unknown contains finding.on(rule, entry.resource, "says only at apply whom it lets in") if {
	some entry in acl_entries
	some name in ["cidr_block", "ipv6_cidr_block"]
	plan.undecided(entry.resource, array.concat(entry.place, [name]))
}

source_names := ["cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks", "prefix_list_id", "prefix_list_ids"]

list_names := ["prefix_list_id", "prefix_list_ids"]

# --- Security groups: every rule that lets somebody in, with where it stands

openings contains opened(resource, []) if {
	some resource in plan.of("aws_vpc_security_group_ingress_rule")
}

openings contains opened(resource, []) if {
	some resource in plan.of("aws_security_group_rule")
	plan.known(resource, ["type"], "ingress") == "ingress"
}

openings contains opened(resource, ["ingress", position]) if {
	some type in ["aws_security_group", "aws_default_security_group"]
	some resource in plan.of(type)
	some position, _ in value.list(plan.known(resource, ["ingress"], []))
}

opened(resource, place) := {"resource": resource, "place": place, "block": block, "cidrs": cidrs(block)} if {
	block := value.map(value.at(resource.after, place, {}))
}

cidrs(block) := {cidr |
	some name in ["cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks", "cidr_block", "ipv6_cidr_block"]
	some cidr in value.strings(object.get(block, name, []))
	cidr != ""
}

# The prefix lists of this plan that a rule reads.
lists(opening) := [list |
	some name in list_names
	some address in links.referenced(opening.resource, array.concat(opening.place, [name]), "aws_ec2_managed_prefix_list")
	list := links.at("aws_ec2_managed_prefix_list", address)
]

# A list whose entries are all known, or one of AWS's own services, looked up by its name.
settled(opening, name) if {
	name in list_names
	count(lists(opening)) > 0
	every list in lists(opening) {
		not plan.partly_unknown(list, ["entry"])
	}
}

settled(opening, name) if of_aws(opening, name)

of_aws(opening, name) if {
	name in list_names
	some origin in plan.origins(opening.resource, array.concat(opening.place, [name]))
	[home, reference] := split(origin, "|")
	regex.match(`^data\.aws_(ec2_managed_)?prefix_list\.[A-Za-z0-9_-]+$`, reference)
	source := object.get(data.lib.plan.configured, plan.joined(home, reference), {})
	startswith(value.text(value.at(source, ["expressions", "name", "constant_value"], "")), "com.amazonaws.")
}

unsure(resource, path) if plan.undecided(resource, path)

unsure(resource, path) if {
	some position, _ in value.list(value.at(resource.unknown, path, []))
	plan.undecided(resource, array.concat(path, [position]))
}

undecided_ports(opening) if {
	some name in ["from_port", "to_port", "protocol", "ip_protocol"]
	plan.undecided(opening.resource, array.concat(opening.place, [name]))
}

# With protocol -1 a security group takes no notice of ports.
web_only(block) if {
	block.from_port == block.to_port
	block.from_port in data.parameters.exposure.web_ports
	protocol(block) in {"", "tcp", "6", "udp", "17"}
}

protocol(block) := lower(found[0]) if {
	found := [text | some name in ["ip_protocol", "protocol"]; text := value.text(object.get(block, name, "")); text != ""]
	count(found) > 0
} else := ""

# --- Network ACLs

acl_entries contains opened(resource, ["ingress", position]) if {
	some type in ["aws_network_acl", "aws_default_network_acl"]
	some resource in plan.of(type)
	some position, _ in value.list(plan.known(resource, ["ingress"], []))
	lower(value.text(value.at(resource.after, ["ingress", position, "action"], ""))) == "allow"
}

acl_entries contains opened(resource, []) if {
	some resource in plan.of("aws_network_acl_rule")
	plan.known(resource, ["egress"], false) != true
	lower(plan.text(resource, ["rule_action"])) == "allow"
}

takes_in(block, _) if protocol(block) in {"-1", "all"}

takes_in(block, port) if {
	protocol(block) in {"tcp", "6"}
	block.from_port <= port
	port <= block.to_port
}

# An entry of the same ACL with a lower number that refuses everybody the port comes first.
refused_before(entry, port) if {
	some other in value.list(plan.known(entry.resource, ["ingress"], []))
	lower(value.text(value.at(other, ["action"], ""))) == "deny"
	takes_in(other, port)
	other.rule_no < entry.block.rule_no
	some cidr in cidrs(entry.block)
	some refused in cidrs(other)
	networks.prefix(refused) == 0
	contains(refused, ":") == contains(cidr, ":")
}
