package tests.lib.networks

import data.lib.networks
import data.lib.plan
import data.testing.plans

import rego.v1

test_each_prefix_has_the_size_that_halves_with_every_bit if {
	every length in numbers.range(1, 32) {
		cidr := concat("/", ["8.0.0.0", format_int(length, 10)])
		wider := concat("/", ["8.0.0.0", format_int(length - 1, 10)])
		networks.size(wider) == 2 * networks.size(cidr)
	}
	networks.size("8.8.8.8/32") == 1
	networks.size("8.8.8.0/33") == 0
}

test_a_private_network_is_private_to_its_last_address_and_no_further if {
	every cidr in [
		"10.0.0.0/8", "10.255.255.255/32", "172.16.0.0/12", "172.31.255.255/32", "192.168.0.0/16", "192.168.255.0/24",
		"100.64.0.0/10", "100.127.255.255/32", "127.0.0.1/32", "169.254.169.254/32",
	] {
		networks.private(cidr)
	}
	every cidr in [
		"9.255.255.255/32", "11.0.0.0/8", "172.15.255.255/32", "172.32.0.0/16", "192.167.255.255/32", "192.169.0.0/16",
		"100.63.255.255/32", "100.128.0.0/10", "126.255.255.255/32", "128.0.0.0/8", "169.253.255.255/32", "169.255.0.0/16",
		"10.0.0.0/7", "172.16.0.0/11", "192.168.0.0/15",
	] {
		not networks.private(cidr)
	}
}

test_everybody_is_let_in_by_one_wide_network_or_by_many if {
	networks.everybody(["0.0.0.0/0", "10.0.0.0/8"]) == {"0.0.0.0/0"}
	networks.everybody(["0.0.0.0/0", "8.8.8.8/32"]) == {"0.0.0.0/0", "8.8.8.8/32"}
	networks.everybody(["0.0.0.0/1"]) == {"0.0.0.0/1"}
	networks.everybody(["8.0.0.0/7"]) == {"8.0.0.0/7"}
	networks.everybody(["8.0.0.0/8"]) == set()
	networks.everybody(["8.0.0.0/8", "9.0.0.0/32", "10.0.0.0/8"]) == {"8.0.0.0/8", "9.0.0.0/32"}
	networks.everybody(["::/0", "2001::/15", "2001::/16"]) == {"::/0", "2001::/15"}
	networks.everybody(["fc00::/7", "fd00::/8", "FC00::/7"]) == set()
	networks.everybody([]) == set()
}

test_a_network_is_wider_than_a_prefix_of_its_family_and_nobody_s_of_ours if {
	shortest := {"ipv4": 16, "ipv6": 48}
	networks.wider("8.8.0.0/15", shortest)
	networks.wider("2001:db8::/47", shortest)
	not networks.wider("8.8.0.0/16", shortest)
	not networks.wider("2001:db8::/48", shortest)
	not networks.wider("10.0.0.0/8", shortest)
	not networks.wider("fd00::/8", shortest)
}

test_a_network_of_ours_is_inside_whatever_its_family if {
	every cidr in ["10.0.0.0/8", "192.168.1.0/24", "fc00::/7", "FD12:3456::/32"] {
		networks.inside(cidr)
	}
	every cidr in ["8.8.8.0/24", "fc00::/6", "fe80::/10", "2001:fd00::/32", "fdx::/32", "10.0.0.0"] {
		not networks.inside(cidr)
	}
}

test_what_is_no_cidr_has_no_size if {
	every text in ["8.8.8.8", "8.8.8/24", "8.8.8.8.8/24", "x8.8.8.8/24", "8.8.8.8/24x", "8.8.8.8/", "2001:db8::/32", "8888.8.8.8/8", "a.b.c.d/8"] {
		networks.size(text) == 0
	}
	networks.size("008.08.8.0/24") == 256
	networks.size("8.8.8.0/08") == networks.size("8.0.0.0/8")
	networks.size("0.0.0.0/0") == 4294967296
	not networks.prefix("8.8.8.8/8/8")
	not networks.prefix("8.8.8.8/1234")
	networks.prefix("2001:db8::/128") == 128
}

test_every_private_range_counts_for_what_it_is if {
	networks.number_of("1.2.3.4/32") == 16909060
	not networks.number_of("1.2.3/32")
}

listed(entries, resources) := found if {
	given := plans.production(array.concat([plans.made("aws_ec2_managed_prefix_list", {"entry": entries})], resources))
	list := plan.of("aws_ec2_managed_prefix_list")[0] with input as given
	found := networks.entries(list) with input as given
}

entry(after, reference) := plans.reads(plans.made("aws_ec2_managed_prefix_list_entry", after), "prefix_list_id", {"references": [reference]})

test_a_prefix_list_has_the_entries_of_its_blocks_and_of_resources_of_their_own if {
	listed([{"cidr": "8.8.8.0/24"}, {"cidr": ""}, {"description": "x"}], []) == {"8.8.8.0/24"}
	listed([], [entry({"cidr": "9.9.9.0/24"}, "aws_ec2_managed_prefix_list.this.id")]) == {"9.9.9.0/24"}
	listed([{"cidr": "8.8.8.0/24"}], [entry({"cidr": "9.9.9.0/24"}, "aws_ec2_managed_prefix_list.this.id")]) == {"8.8.8.0/24", "9.9.9.0/24"}
	listed([], [entry({"cidr": "9.9.9.0/24"}, "aws_ec2_managed_prefix_list.other.id")]) == set()
	listed([], [entry({"cidr": ""}, "aws_ec2_managed_prefix_list.this.id")]) == set()
}
