# METADATA
# title: No security group lets the whole internet in, except for HTTPS
# description: |
#   Admin and data ports open to everybody are found by scanners within minutes. A public load balancer
#   needs 443, and 80 to redirect.
# custom:
#   id: exposure/no_open_ingress
#   severity: critical
#   controls:
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
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "exposure/no_open_ingress", "severity": "critical"}

everybody := {"0.0.0.0/0", "::/0"}

web_ports := {80, 443}

deny contains finding.on(rule, resource, concat("", ["lets ", cidr, " in"])) if {
	some resource in plan.of("aws_vpc_security_group_ingress_rule")
	some attribute in ["cidr_ipv4", "cidr_ipv6"]
	cidr := plan.text(resource, [attribute])
	cidr in everybody
	not web_only(resource.after)
}

deny contains finding.on(rule, resource, concat("", ["lets ", cidr, " in"])) if {
	some resource in plan.of("aws_security_group_rule")
	plan.text(resource, ["type"]) == "ingress"
	some cidr in cidrs(resource.after)
	cidr in everybody
	not web_only(resource.after)
}

deny contains finding.on(rule, resource, concat("", ["lets ", cidr, " in"])) if {
	some resource in plan.of("aws_security_group")
	some ingress in value.list(plan.known(resource, ["ingress"], []))
	some cidr in cidrs(ingress)
	cidr in everybody
	not web_only(ingress)
}

unknown contains finding.on(rule, resource, "says only at apply whom it lets in") if {
	some type in ["aws_vpc_security_group_ingress_rule", "aws_security_group_rule"]
	some resource in plan.of(type)
	some attribute in ["cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks"]
	plan.partly_unknown(resource, [attribute])
	plan.known(resource, ["type"], "ingress") == "ingress"
	not web_only(resource.after)
}

cidrs(ingress) := array.concat(
	value.strings(object.get(ingress, "cidr_blocks", [])),
	value.strings(object.get(ingress, "ipv6_cidr_blocks", [])),
)

web_only(ingress) if {
	ingress.from_port == ingress.to_port
	ingress.from_port in web_ports
}
