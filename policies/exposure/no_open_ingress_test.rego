package tests.exposure.no_open_ingress

import data.rules.exposure.no_open_ingress
import data.testing.plans

import rego.v1

test_a_database_port_open_to_everybody_is_denied if {
	given := plans.production([plans.made("aws_vpc_security_group_ingress_rule", {"cidr_ipv4": "0.0.0.0/0", "from_port": 5432, "to_port": 5432})])
	count(no_open_ingress.deny) == 1 with input as given
	count(no_open_ingress.unknown) == 0 with input as given
}

test_all_ports_by_ipv6_are_denied if {
	given := plans.production([plans.made("aws_vpc_security_group_ingress_rule", {"cidr_ipv6": "::/0", "ip_protocol": "-1"})])
	count(no_open_ingress.deny) == 1 with input as given
	count(no_open_ingress.unknown) == 0 with input as given
}

test_an_old_style_rule_is_read if {
	given := plans.production([plans.made("aws_security_group_rule", {"type": "ingress", "cidr_blocks": ["10.0.0.0/8", "0.0.0.0/0"], "from_port": 22, "to_port": 22})])
	count(no_open_ingress.deny) == 1 with input as given
	count(no_open_ingress.unknown) == 0 with input as given
}

test_an_inline_rule_is_read if {
	given := plans.production([plans.made("aws_security_group", {"ingress": [{"cidr_blocks": ["0.0.0.0/0"], "ipv6_cidr_blocks": [], "from_port": 0, "to_port": 65535}]})])
	count(no_open_ingress.deny) == 1 with input as given
	count(no_open_ingress.unknown) == 0 with input as given
}

test_egress_may_go_anywhere if {
	given := plans.production([plans.made("aws_security_group_rule", {"type": "egress", "cidr_blocks": ["0.0.0.0/0"], "from_port": 0, "to_port": 0})])
	count(no_open_ingress.deny) == 0 with input as given
	count(no_open_ingress.unknown) == 0 with input as given
}

test_https_from_everybody_is_fine if {
	given := plans.production([plans.made("aws_vpc_security_group_ingress_rule", {"cidr_ipv4": "0.0.0.0/0", "from_port": 443, "to_port": 443})])
	count(no_open_ingress.deny) == 0 with input as given
	count(no_open_ingress.unknown) == 0 with input as given
}

test_a_network_of_ours_is_fine if {
	given := plans.production([plans.made("aws_vpc_security_group_ingress_rule", {"cidr_ipv4": "10.0.0.0/16", "from_port": 5432, "to_port": 5432})])
	count(no_open_ingress.deny) == 0 with input as given
	count(no_open_ingress.unknown) == 0 with input as given
}

test_a_source_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_vpc_security_group_ingress_rule", {"from_port": 22, "to_port": 22}), {"cidr_ipv4": true})])
	count(no_open_ingress.deny) == 0 with input as given
	count(no_open_ingress.unknown) == 1 with input as given
}
