package tests.exposure.no_open_ingress

import data.testing.plans

import rego.v1

test_a_database_port_open_to_everybody_is_denied if {
	given := plans.production([plans.made("aws_vpc_security_group_ingress_rule", {"cidr_ipv4": "0.0.0.0/0", "from_port": 5432, "to_port": 5432})])
	count(data.rules.exposure.no_open_ingress.deny) == 1 with input as given
	count(data.rules.exposure.no_open_ingress.unknown) == 0 with input as given
}

test_all_ports_by_ipv6_are_denied if {
	given := plans.production([plans.made("aws_vpc_security_group_ingress_rule", {"cidr_ipv6": "::/0", "ip_protocol": "-1"})])
	count(data.rules.exposure.no_open_ingress.deny) == 1 with input as given
	count(data.rules.exposure.no_open_ingress.unknown) == 0 with input as given
}

test_an_old_style_rule_is_read if {
	given := plans.production([plans.made("aws_security_group_rule", {"type": "ingress", "cidr_blocks": ["10.0.0.0/8", "0.0.0.0/0"], "from_port": 22, "to_port": 22})])
	count(data.rules.exposure.no_open_ingress.deny) == 1 with input as given
	count(data.rules.exposure.no_open_ingress.unknown) == 0 with input as given
}

test_an_inline_rule_is_read if {
	given := plans.production([plans.made("aws_security_group", {"ingress": [{"cidr_blocks": ["0.0.0.0/0"], "ipv6_cidr_blocks": [], "from_port": 0, "to_port": 65535}]})])
	count(data.rules.exposure.no_open_ingress.deny) == 1 with input as given
	count(data.rules.exposure.no_open_ingress.unknown) == 0 with input as given
}

test_egress_may_go_anywhere if {
	given := plans.production([plans.made("aws_security_group_rule", {"type": "egress", "cidr_blocks": ["0.0.0.0/0"], "from_port": 0, "to_port": 0})])
	count(data.rules.exposure.no_open_ingress.deny) == 0 with input as given
	count(data.rules.exposure.no_open_ingress.unknown) == 0 with input as given
}

test_https_from_everybody_is_fine if {
	given := plans.production([plans.made("aws_vpc_security_group_ingress_rule", {"cidr_ipv4": "0.0.0.0/0", "from_port": 443, "to_port": 443})])
	count(data.rules.exposure.no_open_ingress.deny) == 0 with input as given
	count(data.rules.exposure.no_open_ingress.unknown) == 0 with input as given
}

test_a_network_of_ours_is_fine if {
	given := plans.production([plans.made("aws_vpc_security_group_ingress_rule", {"cidr_ipv4": "10.0.0.0/16", "from_port": 5432, "to_port": 5432})])
	count(data.rules.exposure.no_open_ingress.deny) == 0 with input as given
	count(data.rules.exposure.no_open_ingress.unknown) == 0 with input as given
}

test_a_source_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_vpc_security_group_ingress_rule", {"from_port": 22, "to_port": 22}), {"cidr_ipv4": true})])
	count(data.rules.exposure.no_open_ingress.deny) == 0 with input as given
	count(data.rules.exposure.no_open_ingress.unknown) == 1 with input as given
}

denied(resource) := number if {
	number := count(data.rules.exposure.no_open_ingress.deny) with input as plans.production([resource])
}

unknowns(resource) := number if {
	number := count(data.rules.exposure.no_open_ingress.unknown) with input as plans.production([resource])
}

ssh_from(cidrs) := plans.made("aws_security_group_rule", {"type": "ingress", "cidr_blocks": cidrs, "from_port": 22, "to_port": 22, "protocol": "tcp"})

test_everybody_has_many_spellings if {
	every cidr in ["::/0", "0::/0", "::0/0", "0:0:0:0:0:0:0:0/0", "2000::/3"] {
		denied(plans.made("aws_vpc_security_group_ingress_rule", {"cidr_ipv6": cidr, "ip_protocol": "tcp", "from_port": 22, "to_port": 22})) == 1
	}
	denied(plans.made("aws_vpc_security_group_ingress_rule", {"cidr_ipv6": "fd00::/8", "ip_protocol": "tcp", "from_port": 22, "to_port": 22})) == 0
	denied(plans.made("aws_vpc_security_group_ingress_rule", {"cidr_ipv6": "2001:db8::/32", "ip_protocol": "tcp", "from_port": 22, "to_port": 22})) == 0
}

test_two_halves_of_the_internet_are_everybody if {
	denied(ssh_from(["0.0.0.0/1", "128.0.0.0/1"])) == 2
	denied(ssh_from(["128.0.0.0/1"])) == 1
	denied(plans.later(ssh_from(["0.0.0.0/0"]), {"type": true})) == 1
	unknowns(object.union(ssh_from(["10.0.0.0/8"]), {"unknown": {"cidr_blocks": [false]}})) == 0
}

test_many_public_ranges_together_are_everybody_and_private_ones_are_not if {
	denied(ssh_from(["3.0.0.0/8"])) == 0
	denied(ssh_from(["3.0.0.0/8", "4.0.0.0/8"])) == 2
	denied(ssh_from(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "203.0.113.7/32"])) == 0
	denied(ssh_from(["172.32.0.0/12", "3.0.0.0/8"])) == 2
}

test_ports_of_all_protocols_mean_nothing if {
	denied(plans.made("aws_security_group_rule", {"type": "ingress", "cidr_blocks": ["0.0.0.0/0"], "from_port": 443, "to_port": 443, "protocol": "-1"})) == 1
	denied(plans.made("aws_vpc_security_group_ingress_rule", {"cidr_ipv4": "0.0.0.0/0", "from_port": 443, "to_port": 443, "ip_protocol": "-1"})) == 1
	denied(plans.made("aws_vpc_security_group_ingress_rule", {"cidr_ipv4": "0.0.0.0/0", "from_port": 443, "to_port": 443, "ip_protocol": "udp"})) == 0
}

test_a_range_that_starts_at_a_web_port_is_not_the_web if {
	denied(plans.made("aws_security_group_rule", {"type": "ingress", "cidr_blocks": ["0.0.0.0/0"], "from_port": 80, "to_port": 443, "protocol": "tcp"})) == 1
}

test_the_default_security_group_is_asked_too if {
	denied(plans.made("aws_default_security_group", {"ingress": [{"cidr_blocks": ["0.0.0.0/0"], "from_port": 0, "to_port": 0, "protocol": "-1"}]})) == 1
	denied(plans.made("aws_default_security_group", {"ingress": [{"self": true, "from_port": 0, "to_port": 0, "protocol": "-1"}]})) == 0
}

test_an_inline_source_that_is_known_only_at_apply_is_unknown if {
	every type in ["aws_security_group", "aws_default_security_group"] {
		unknowns(plans.later(plans.made(type, {"ingress": [{"cidr_blocks": [null], "from_port": 22, "to_port": 22}]}), {"ingress": [{"cidr_blocks": [true]}]})) == 1
	}
	every type in ["aws_security_group", "aws_default_security_group", "aws_network_acl", "aws_default_network_acl"] {
		unknowns(plans.later(plans.made(type, {}), {"ingress": true})) == 1
	}
	every type in ["aws_security_group"] {
		unknowns(plans.computed(plans.made(type, {}), ["ingress"])) == 0
	}
}

test_ports_that_are_known_only_at_apply_are_unknown if {
	given := plans.later(plans.made("aws_vpc_security_group_ingress_rule", {"cidr_ipv4": "0.0.0.0/0", "ip_protocol": "tcp"}), {"from_port": true, "to_port": true})
	denied(given) == 0
	unknowns(given) == 1
}

# --- Network ACLs

acl(entries) := plans.made("aws_network_acl", {"ingress": entries})

anybody(fields) := object.union({"rule_no": 100, "action": "allow", "cidr_block": "0.0.0.0/0", "protocol": "tcp", "from_port": 22, "to_port": 22}, fields)

test_a_network_acl_opens_no_port_of_remote_administration if {
	denied(acl([anybody({})])) == 1
	denied(acl([anybody({"from_port": 0, "to_port": 65535})])) == 2
	denied(acl([anybody({"protocol": "-1", "from_port": 0, "to_port": 0})])) == 2
	denied(acl([anybody({"cidr_block": null, "ipv6_cidr_block": "::/0"})])) == 1
	denied(acl([anybody({"cidr_block": "10.0.0.0/8"})])) == 0
	denied(acl([anybody({"action": "deny"})])) == 0
	denied(acl([anybody({"from_port": 1024, "to_port": 3388})])) == 0
	denied(acl([anybody({"protocol": "udp"})])) == 0
	denied(object.union(acl([anybody({})]), {"type": "aws_default_network_acl"})) == 1
}

test_an_earlier_entry_that_refuses_everybody_comes_first if {
	refusing := anybody({"rule_no": 90, "action": "deny"})
	denied(acl([refusing, anybody({"from_port": 0, "to_port": 1000})])) == 0
	denied(acl([object.union(refusing, {"rule_no": 110}), anybody({})])) == 1
	denied(acl([object.union(refusing, {"cidr_block": "203.0.113.0/24"}), anybody({})])) == 1
	denied(acl([refusing, anybody({"cidr_block": "", "ipv6_cidr_block": "::/0"})])) == 1
	denied(acl([anybody({"rule_no": 90}), anybody({"cidr_block": "128.0.0.0/1"})])) == 2
}

test_an_acl_rule_of_its_own_is_asked if {
	entry := {"egress": false, "rule_action": "allow", "cidr_block": "0.0.0.0/0", "protocol": "6", "from_port": 3389, "to_port": 3389}
	denied(plans.made("aws_network_acl_rule", entry)) == 1
	denied(plans.made("aws_network_acl_rule", object.union(entry, {"egress": true}))) == 0
	unknowns(plans.later(plans.made("aws_network_acl_rule", object.remove(entry, ["cidr_block"])), {"cidr_block": true})) == 1
}

# --- Prefix lists

list_of(entries) := plans.made("aws_ec2_managed_prefix_list", {"name": "ours", "entry": entries})

by_list := plans.reads(
	plans.made("aws_vpc_security_group_ingress_rule", {"ip_protocol": "tcp", "from_port": 22, "to_port": 22}),
	"prefix_list_id",
	{"references": ["aws_ec2_managed_prefix_list.this.id", "aws_ec2_managed_prefix_list.this"]},
)

test_a_prefix_list_is_what_it_holds if {
	wide := plans.production([by_list, list_of([{"cidr": "0.0.0.0/1"}, {"cidr": "10.0.0.0/8"}])])
	count(data.rules.exposure.no_open_ingress.deny) == 1 with input as wide
	narrow := plans.production([by_list, list_of([{"cidr": "203.0.113.0/24"}])])
	count(data.rules.exposure.no_open_ingress.deny) == 0 with input as narrow
	count(data.rules.exposure.no_open_ingress.unknown) == 0 with input as narrow
	known := json.patch(by_list, [{"op": "remove", "path": "/unknown/prefix_list_id"}, {"op": "add", "path": "/after/prefix_list_id", "value": "pl-0123456789abcdef0"}])
	count(data.rules.exposure.no_open_ingress.unknown) == 0 with input as plans.production([known, list_of([{"cidr": "203.0.113.0/24"}])])
}

# AWS takes no such name for a list of ours, so the list is not one of its services' all the same.
test_a_list_that_says_only_at_apply_what_it_holds_is_unknown if {
	open := plans.later(plans.made("aws_ec2_managed_prefix_list", {"name": "com.amazonaws.ours"}), {"entry": true})
	count(data.rules.exposure.no_open_ingress.unknown) == 1 with input as plans.production([by_list, open])
}

test_an_entry_of_its_own_belongs_to_its_list if {
	entry := plans.reads(plans.made("aws_ec2_managed_prefix_list_entry", {"cidr": "0.0.0.0/0"}), "prefix_list_id", {"references": ["aws_ec2_managed_prefix_list.this.id", "aws_ec2_managed_prefix_list.this"]})
	given := plans.production([by_list, list_of([]), entry])
	count(data.rules.exposure.no_open_ingress.deny) == 1 with input as given
}

test_a_list_that_no_plan_shows_is_unknown if {
	unknowns(plans.made("aws_vpc_security_group_ingress_rule", {"prefix_list_id": "pl-0123456789abcdef0", "ip_protocol": "tcp", "from_port": 22, "to_port": 22})) == 1
	unknowns(plans.made("aws_vpc_security_group_ingress_rule", {"prefix_list_id": "pl-0123456789abcdef0", "ip_protocol": "tcp", "from_port": 443, "to_port": 443})) == 0
}

test_a_list_of_aws_s_own_services_is_not_everybody if {
	rule := object.union(
		plans.made("aws_vpc_security_group_ingress_rule", {"prefix_list_id": "pl-0123456789abcdef0", "ip_protocol": "tcp", "from_port": 8080, "to_port": 8080}),
		{"expressions": {"prefix_list_id": {"references": ["data.aws_ec2_managed_prefix_list.edge.id", "data.aws_ec2_managed_prefix_list.edge"]}}},
	)
	source := {"address": "data.aws_ec2_managed_prefix_list.edge", "mode": "data", "type": "aws_ec2_managed_prefix_list", "name": "edge", "expressions": {"name": {"constant_value": "com.amazonaws.global.cloudfront.origin-facing"}}}
	given := plans.with_data(plans.production([rule]), source)
	count(data.rules.exposure.no_open_ingress.unknown) == 0 with input as given
	ours := plans.with_data(plans.production([rule]), object.union(source, {"expressions": {"name": {"constant_value": "offices"}}}))
	count(data.rules.exposure.no_open_ingress.unknown) == 1 with input as ours
}

test_web_ports_may_be_open_in_every_spelling_of_their_protocol if {
	every protocol in ["tcp", "TCP", "6", "udp", "17"] {
		given := plans.production([plans.later(plans.made("aws_vpc_security_group_ingress_rule", {"ip_protocol": protocol, "from_port": 443, "to_port": 443}), {"cidr_ipv4": true})])
		count(data.rules.exposure.no_open_ingress.unknown) == 0 with input as given
	}
	every protocol in ["-1", "icmp"] {
		given := plans.production([plans.later(plans.made("aws_vpc_security_group_ingress_rule", {"ip_protocol": protocol, "from_port": 443, "to_port": 443}), {"cidr_ipv4": true})])
		count(data.rules.exposure.no_open_ingress.unknown) == 1 with input as given
	}
}

test_whoever_is_let_in_only_at_apply_is_unknown_however_he_is_named if {
	every name in ["cidr_ipv4", "cidr_ipv6", "prefix_list_id"] {
		given := plans.production([plans.later(plans.made("aws_vpc_security_group_ingress_rule", {"ip_protocol": "tcp", "from_port": 22, "to_port": 22}), {name: true})])
		count(data.rules.exposure.no_open_ingress.unknown) == 1 with input as given
	}
	every name in ["cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids"] {
		given := plans.production([plans.later(plans.made("aws_security_group_rule", {"type": "ingress", "protocol": "tcp", "from_port": 22, "to_port": 22}), {name: true})])
		count(data.rules.exposure.no_open_ingress.unknown) == 1 with input as given
	}
}

test_an_acl_that_lets_everybody_in_to_the_administrators_ports_is_denied_in_every_spelling if {
	every protocol in ["-1", "all", "tcp", "6"] {
		given := plans.production([plans.made("aws_network_acl_rule", {"rule_action": "allow", "egress": false, "protocol": protocol, "from_port": 22, "to_port": 22, "cidr_block": "0.0.0.0/0"})])
		count(data.rules.exposure.no_open_ingress.deny) > 0 with input as given
	}
	given := plans.production([plans.made("aws_network_acl_rule", {"rule_action": "allow", "egress": false, "protocol": "udp", "from_port": 22, "to_port": 22, "cidr_block": "0.0.0.0/0"})])
	count(data.rules.exposure.no_open_ingress.deny) == 0 with input as given
}

test_an_acl_whose_network_only_apply_will_know_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_network_acl_rule", {"rule_action": "allow", "egress": false, "protocol": "tcp", "from_port": 22, "to_port": 22}), {"cidr_block": true})])
	count(data.rules.exposure.no_open_ingress.unknown) == 1 with input as given
	known := plans.production([plans.made("aws_network_acl_rule", {"rule_action": "allow", "egress": false, "protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_block": "10.0.0.0/8"})])
	count(data.rules.exposure.no_open_ingress.unknown) == 0 with input as known
}

by_lists := plans.reads(
	plans.made("aws_security_group_rule", {"type": "ingress", "protocol": "tcp", "from_port": 22, "to_port": 22}),
	"prefix_list_ids",
	{"references": ["aws_ec2_managed_prefix_list.this.id", "aws_ec2_managed_prefix_list.this"]},
)

test_the_lists_of_an_old_style_rule_are_what_they_hold if {
	count(data.rules.exposure.no_open_ingress.deny) == 1 with input as plans.production([by_lists, list_of([{"cidr": "0.0.0.0/0"}])])
	narrow := plans.production([by_lists, list_of([{"cidr": "203.0.113.0/24"}])])
	count(data.rules.exposure.no_open_ingress.deny) == 0 with input as narrow
	count(data.rules.exposure.no_open_ingress.unknown) == 0 with input as narrow
}

test_a_list_that_is_known_leaves_other_sources_unknown if {
	mixed := plans.reads(by_list, "cidr_ipv4", {"references": ["local.cidr"]})
	count(data.rules.exposure.no_open_ingress.unknown) == 1 with input as plans.production([mixed, list_of([{"cidr": "203.0.113.0/24"}])])
}

test_addresses_that_a_list_of_aws_s_gives_are_known_only_at_apply if {
	rule := plans.reads(
		plans.made("aws_security_group_rule", {"type": "ingress", "protocol": "tcp", "from_port": 8080, "to_port": 8080}),
		"cidr_blocks",
		{"references": ["data.aws_prefix_list.s3.cidr_blocks", "data.aws_prefix_list.s3"]},
	)
	source := {"address": "data.aws_prefix_list.s3", "mode": "data", "type": "aws_prefix_list", "name": "s3", "expressions": {"name": {"constant_value": "com.amazonaws.us-east-1.s3"}}}
	given := plans.with_data(plans.production([rule]), source)
	count(data.rules.exposure.no_open_ingress.unknown) == 1 with input as given
}

test_the_web_may_be_open_to_whatever_a_prefix_list_holds if {
	wide := list_of([{"cidr": "0.0.0.0/0"}])
	every port, denials in {443: 0, 8080: 1} {
		rule := json.patch(by_list, [{"op": "replace", "path": "/after/from_port", "value": port}, {"op": "replace", "path": "/after/to_port", "value": port}])
		count(data.rules.exposure.no_open_ingress.deny) == denials with input as plans.production([rule, wide])
		count(data.rules.exposure.no_open_ingress.unknown) == 0 with input as plans.production([rule, wide])
	}
}

test_each_of_a_rule_s_ports_and_its_protocol_may_come_only_at_apply if {
	wide := list_of([{"cidr": "0.0.0.0/0"}])
	narrow := list_of([{"cidr": "203.0.113.0/24"}])
	every name in ["from_port", "to_port", "ip_protocol"] {
		reading := plans.reads(by_list, name, {"references": ["local.later"]})
		count(data.rules.exposure.no_open_ingress.deny) == 0 with input as plans.production([reading, wide])
		count(data.rules.exposure.no_open_ingress.unknown) == 1 with input as plans.production([reading, wide])
		count(data.rules.exposure.no_open_ingress.unknown) == 0 with input as plans.production([reading, narrow])
	}
	every name in ["from_port", "to_port", "protocol"] {
		reading := plans.reads(ssh_from(["0.0.0.0/0"]), name, {"references": ["local.later"]})
		denied(reading) == 0
		unknowns(reading) == 1
	}
}

test_everybody_by_ipv6_is_read_in_every_way_that_rules_are_written if {
	ssh := {"from_port": 22, "to_port": 22, "protocol": "tcp", "ipv6_cidr_blocks": ["::/0"]}
	denied(plans.made("aws_security_group_rule", object.union(ssh, {"type": "ingress"}))) == 1
	denied(plans.made("aws_security_group", {"ingress": [ssh]})) == 1
	entry := plans.made("aws_network_acl_rule", {"egress": false, "rule_action": "allow", "protocol": "6", "from_port": 22, "to_port": 22})
	unknowns(plans.later(entry, {"ipv6_cidr_block": true})) == 1
}

test_only_an_entry_that_allows_opens_an_acl if {
	entry := {"egress": false, "cidr_block": "0.0.0.0/0", "protocol": "6", "from_port": 22, "to_port": 22}
	every action, denials in {"allow": 1, "deny": 0} {
		denied(plans.made("aws_network_acl_rule", object.union(entry, {"rule_action": action}))) == denials
		denied(plans.made("aws_network_acl_rule", object.remove(object.union(entry, {"rule_action": action}), ["egress"]))) == denials
	}
}

test_only_an_earlier_entry_that_refuses_that_port_comes_first if {
	every refusing, denials in {
		{"rule_no": 90, "action": "deny"}: 0,
		{"rule_no": 90, "action": "deny", "from_port": 80, "to_port": 80}: 1,
		{"rule_no": 90, "action": "deny", "cidr_block": null, "ipv6_cidr_block": "::/0"}: 1,
	} {
		denied(acl([anybody(refusing), anybody({})])) == denials
	}
}
