# METADATA
# description: How much of the internet a CIDR is.
package lib.networks

import rego.v1

# Whether a CIDR has a shorter prefix than `shortest` says for its family; what is no CIDR is no network.
wider(cidr, shortest) if {
	length := prefix(cidr)
	length < shortest[family(cidr)]
	not inside(cidr)
}

prefix(cidr) := to_number(length) if {
	[_, length] := split(cidr, "/")
	regex.match(`^[0-9]{1,3}$`, length)
}

family(cidr) := "ipv6" if {
	contains(cidr, ":")
} else := "ipv4"

# Networks that nobody on the internet has: RFC 1918, RFC 4193.
inside(cidr) if {
	some start, least in own
	regex.match(start, lower(cidr))
	prefix(cidr) >= least
}

own := {
	`^10\.`: 8,
	`^172\.(1[6-9]|2[0-9]|3[01])\.`: 12,
	`^192\.168\.`: 16,
	`^f[cd][0-9a-f]{2}:`: 7,
}
