# METADATA
# description: |
#   Distributions that serve lists of revoked certificates, and nothing else. Clients fetch a list without credentials
#   and over plain HTTP: it is signed, and the certificate that TLS would need might be the one in question.
#   https://docs.aws.amazon.com/privateca/latest/userguide/crl-planning.html
package lib.revocation

import data.lib.plan
import data.lib.value

import rego.v1

serves(distribution) if {
	plan.unindexed(distribution.address) in data.lib.revocation.named
	origins := value.list(plan.known(distribution, ["origin"], []))
	count(origins) > 0
	every origin in origins {
		count(value.list(value.at(origin, ["custom_origin_config"], []))) == 0
	}
}

# Where authorities say that their lists are.
named contains address if {
	some authority in plan.of("aws_acmpca_certificate_authority")
	some origin in plan.origins(authority, ["revocation_configuration", 0, "crl_configuration", 0, "custom_cname"])
	[home, reference] := split(origin, "|")
	parts := split(plan.unindexed(reference), ".")
	address := plan.joined(home, concat(".", [parts[0], parts[1]]))
}
