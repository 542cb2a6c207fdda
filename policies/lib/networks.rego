# METADATA
# description: |
#   How much of the internet a list of CIDRs lets in. More than a /8 of public IPv4 addresses, or a /15 and wider of
#   IPv6, belongs to nobody in particular: 0.0.0.0/1 with 128.0.0.0/1 is everybody as much as 0.0.0.0/0 is.
package lib.networks

import data.lib.plan
import data.lib.value

import rego.v1

# The CIDRs of a list that let everybody in, by themselves or all together.
everybody(cidrs) := wide | {cidr |
	size_of(cidrs) > 16777216
	some cidr in cidrs
	size(cidr) > 0
} if {
	wide := {cidr | some cidr in cidrs; is_wide(cidr)}
}

is_wide(cidr) if {
	contains(cidr, ":")
	prefix(cidr) <= data.parameters.exposure.longest_ipv6_prefix_of_everybody
	not regex.match(`(?i)^f[cd]`, cidr)
}

# Whether a CIDR is wider than the prefix that `shortest` says for its family, and not a network of ours.
wider(cidr, shortest) if {
	prefix(cidr) < shortest[family(cidr)]
	not inside(cidr)
}

family(cidr) := "ipv6" if {
	contains(cidr, ":")
} else := "ipv4"

# Networks that nobody on the internet has: RFC 1918 and its like, RFC 4193.
inside(cidr) if {
	not contains(cidr, ":")
	private(cidr)
}

inside(cidr) if {
	regex.match(`(?i)^f[cd][0-9a-f]{2}:`, cidr)
	prefix(cidr) >= 7
}

size_of(cidrs) := sum([size(cidr) | some cidr in cidrs])

# Public IPv4 addresses in a CIDR.
size(cidr) := powers[32 - prefix(cidr)] if {
	regex.match(`^[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}$`, cidr)
	prefix(cidr) <= 32
	not private(cidr)
} else := 0

private(cidr) if {
	some range in data.parameters.exposure.private_ranges
	prefix(cidr) >= prefix(range)
	bits := prefix(range)
	floor(number_of(cidr) / powers[32 - bits]) == floor(number_of(range) / powers[32 - bits])
}

number_of(cidr) := (((((octets[0] * 256) + octets[1]) * 256) + octets[2]) * 256) + octets[3] if {
	octets := [to_number(trimmed(octet)) | some octet in split(split(cidr, "/")[0], ".")]
}

prefix(cidr) := to_number(trimmed(found[1])) if {
	found := split(cidr, "/")
	count(found) == 2
	regex.match(`^[0-9]{1,3}$`, found[1])
}

# No engine takes 08 for a number.
trimmed(digits) := regex.replace(digits, `^0+([0-9])`, "$1")

powers := [
	1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072, 262144, 524288, 1048576,
	2097152, 4194304, 8388608, 16777216, 33554432, 67108864, 134217728, 268435456, 536870912, 1073741824, 2147483648, 4294967296,
]

# --- Prefix lists of this plan

list_type := "aws_ec2_managed_prefix_list"

entry_type := "aws_ec2_managed_prefix_list_entry"

# The entries of a list: blocks of its own and resources of their own.
entries(list) := {cidr |
	some entry in value.list(plan.known(list, ["entry"], []))
	cidr := value.text(value.at(entry, ["cidr"], ""))
	cidr != ""
} | {cidr |
	some entry in plan.of(entry_type)
	list.address in data.lib.links.referenced(entry, ["prefix_list_id"], list_type)
	cidr := plan.text(entry, ["cidr"])
	cidr != ""
}
