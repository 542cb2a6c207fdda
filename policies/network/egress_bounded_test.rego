package tests.network.egress_bounded

import data.testing.plans

import rego.v1

test_everything_to_everybody_is_denied if {
	given := plans.of("dev", [plans.made("aws_vpc_security_group_egress_rule", {"cidr_ipv4": "0.0.0.0/0", "ip_protocol": "-1"})])
	count(data.rules.network.egress_bounded.deny) == 1 with input as given
	count(data.rules.network.egress_bounded.unknown) == 0 with input as given
}

test_everything_to_everybody_by_ipv6_is_denied if {
	given := plans.production([plans.made("aws_vpc_security_group_egress_rule", {"cidr_ipv6": "::/0", "ip_protocol": "-1"})])
	count(data.rules.network.egress_bounded.deny) == 1 with input as given
	count(data.rules.network.egress_bounded.unknown) == 0 with input as given
}

test_half_of_the_internet_is_everybody if {
	given := plans.production([plans.made("aws_security_group_rule", {"type": "egress", "cidr_blocks": ["0.0.0.0/1", "128.0.0.0/1"], "protocol": "-1", "from_port": 0, "to_port": 0})])
	count(data.rules.network.egress_bounded.deny) == 2 with input as given
	count(data.rules.network.egress_bounded.unknown) == 0 with input as given
}

test_every_port_of_a_protocol_is_everything if {
	given := plans.production([plans.made("aws_security_group", {"egress": [{"cidr_blocks": ["0.0.0.0/0"], "ipv6_cidr_blocks": [], "protocol": "tcp", "from_port": 0, "to_port": 65535}]})])
	count(data.rules.network.egress_bounded.deny) == 1 with input as given
	count(data.rules.network.egress_bounded.unknown) == 0 with input as given
}

test_the_default_group_is_read if {
	given := plans.production([plans.made("aws_default_security_group", {"egress": [{"cidr_blocks": [], "ipv6_cidr_blocks": ["::/0"], "protocol": "-1", "from_port": 0, "to_port": 0}]})])
	count(data.rules.network.egress_bounded.deny) == 1 with input as given
	count(data.rules.network.egress_bounded.unknown) == 0 with input as given
}

test_https_to_everybody_is_fine if {
	given := plans.production([plans.made("aws_vpc_security_group_egress_rule", {"cidr_ipv4": "0.0.0.0/0", "ip_protocol": "tcp", "from_port": 443, "to_port": 443})])
	count(data.rules.network.egress_bounded.deny) == 0 with input as given
	count(data.rules.network.egress_bounded.unknown) == 0 with input as given
}

test_everything_to_a_network_of_ours_is_fine if {
	given := plans.production([plans.made("aws_vpc_security_group_egress_rule", {"cidr_ipv4": "10.0.0.0/8", "ip_protocol": "-1"}), plans.named(plans.made("aws_vpc_security_group_egress_rule", {"cidr_ipv6": "fd00::/8", "ip_protocol": "-1"}), "other")])
	count(data.rules.network.egress_bounded.deny) == 0 with input as given
	count(data.rules.network.egress_bounded.unknown) == 0 with input as given
}

test_everything_to_a_group_is_fine if {
	given := plans.production([plans.made("aws_vpc_security_group_egress_rule", {"referenced_security_group_id": "sg-0123456789abcdef0", "ip_protocol": "-1"})])
	count(data.rules.network.egress_bounded.deny) == 0 with input as given
	count(data.rules.network.egress_bounded.unknown) == 0 with input as given
}

test_pings_are_fine if {
	given := plans.production([plans.made("aws_vpc_security_group_egress_rule", {"cidr_ipv4": "0.0.0.0/0", "ip_protocol": "icmp", "from_port": -1, "to_port": -1})])
	count(data.rules.network.egress_bounded.deny) == 0 with input as given
	count(data.rules.network.egress_bounded.unknown) == 0 with input as given
}

test_ingress_is_not_this_rule_s if {
	given := plans.production([plans.made("aws_security_group_rule", {"type": "ingress", "cidr_blocks": ["0.0.0.0/0"], "protocol": "-1"})])
	count(data.rules.network.egress_bounded.deny) == 0 with input as given
	count(data.rules.network.egress_bounded.unknown) == 0 with input as given
}

test_what_is_no_network_is_nobody_s if {
	given := plans.production([plans.made("aws_vpc_security_group_egress_rule", {"cidr_ipv4": "nowhere", "ip_protocol": "-1"})])
	count(data.rules.network.egress_bounded.deny) == 0 with input as given
	count(data.rules.network.egress_bounded.unknown) == 0 with input as given
}

test_a_network_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_vpc_security_group_egress_rule", {"ip_protocol": "-1"}), {"cidr_ipv4": true})])
	count(data.rules.network.egress_bounded.deny) == 0 with input as given
	count(data.rules.network.egress_bounded.unknown) == 1 with input as given
}

test_a_group_without_rules_lets_nothing_out if {
	given := plans.production([plans.computed(plans.made("aws_security_group", {"name": "gateway"}), ["egress"])])
	count(data.rules.network.egress_bounded.deny) == 0 with input as given
	count(data.rules.network.egress_bounded.unknown) == 0 with input as given
}

everywhere(settings) := plans.production([plans.made("aws_security_group_rule", object.union({"type": "egress", "cidr_blocks": ["0.0.0.0/0"]}, settings))])

test_one_protocol_with_ports_is_bounded_and_others_are_not if {
	every protocol in ["tcp", "udp", "6", "17"] {
		count(data.rules.network.egress_bounded.deny) == 0 with input as everywhere({"protocol": protocol, "from_port": 443, "to_port": 443})
		count(data.rules.network.egress_bounded.deny) == 0 with input as everywhere({"protocol": protocol, "from_port": 1000, "to_port": 2023})
		count(data.rules.network.egress_bounded.deny) == 1 with input as everywhere({"protocol": protocol, "from_port": 1000, "to_port": 2024})
		count(data.rules.network.egress_bounded.deny) == 1 with input as everywhere({"protocol": protocol})
	}
	every protocol in ["icmp", "icmpv6", "1", "58"] {
		count(data.rules.network.egress_bounded.deny) == 0 with input as everywhere({"protocol": protocol})
	}
	every protocol in ["-1", "all", "50"] {
		count(data.rules.network.egress_bounded.deny) == 1 with input as everywhere({"protocol": protocol, "from_port": 443, "to_port": 443})
	}
}

test_whatever_only_apply_will_know_of_a_way_out_is_unknown if {
	every name in ["cidr_ipv4", "cidr_ipv6", "ip_protocol"] {
		count(data.rules.network.egress_bounded.unknown) == 1 with input as plans.production([plans.later(plans.made("aws_vpc_security_group_egress_rule", {}), {name: true})])
	}
	every name in ["cidr_blocks", "ipv6_cidr_blocks", "protocol"] {
		count(data.rules.network.egress_bounded.unknown) == 1 with input as plans.production([plans.later(plans.made("aws_security_group_rule", {"type": "egress"}), {name: true})])
	}
}

test_a_port_that_is_not_said_is_the_first_or_the_last_one if {
	every settings, denials in {
		{"to_port": 1023}: 0,
		{"to_port": 1024}: 1,
		{"from_port": 64512}: 0,
		{"from_port": 64511}: 1,
		{"from_port": "443", "to_port": 443}: 1,
		{"from_port": 443, "to_port": "443"}: 1,
	} {
		count(data.rules.network.egress_bounded.deny) == denials with input as everywhere(object.union({"protocol": "tcp"}, settings))
	}
}

test_what_lets_in_or_is_bounded_lets_nothing_out_at_apply if {
	every attributes, unknowns in {
		{"type": "ingress", "protocol": "-1"}: 0,
		{"type": "egress", "protocol": "-1"}: 1,
		{"type": "egress", "protocol": "tcp", "from_port": 443, "to_port": 443}: 0,
	} {
		given := plans.production([plans.later(plans.made("aws_security_group_rule", attributes), {"cidr_blocks": true})])
		count(data.rules.network.egress_bounded.unknown) == unknowns with input as given
	}
}

test_https_to_everybody_is_fine_inside_a_group_too if {
	every type in ["aws_security_group", "aws_default_security_group"] {
		exit := {"cidr_blocks": ["0.0.0.0/0"], "ipv6_cidr_blocks": [], "protocol": "tcp", "from_port": 443, "to_port": 443}
		count(data.rules.network.egress_bounded.deny) == 0 with input as plans.production([plans.made(type, {"egress": [exit]})])
	}
}

# A company has a /8 of IPv4 or a /16 of IPv6 at most; whatever is wider is not one network.
test_the_widest_network_is_fine_and_one_twice_as_wide_is_not if {
	every attribute, denials in {
		"cidr_ipv4": {"8.0.0.0/8": 0, "8.0.0.0/7": 1},
		"cidr_ipv6": {"2600::/16": 0, "2600::/15": 1},
	} {
		every cidr, denied in denials {
			count(data.rules.network.egress_bounded.deny) == denied with input as plans.production([plans.made("aws_vpc_security_group_egress_rule", {attribute: cidr, "ip_protocol": "-1"})])
		}
	}
}
