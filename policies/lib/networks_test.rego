package tests.lib.networks

import data.lib.networks

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
