# METADATA
# title: Certificates are proved by DNS
# description: |
#   ACM renews a certificate by itself for as long as its DNS record stands. One that was proved by mail
#   waits, every year, for somebody to read a mailbox, and runs out when nobody does.
# custom:
#   id: certificates/dns_validation
#   severity: major
#   controls:
#     - "SOC 2: A1.2"
#     - "SOC 2: CC6.7"
#   fix: |
#     Set validation_method DNS, with the record of domain_validation_options in the zone.
#   avoid:
#     aws_acm_certificate:
#       domain_name: www.example.com
#       validation_method: EMAIL
#   prefer:
#     aws_acm_certificate:
#       domain_name: www.example.com
#       validation_method: DNS
package rules.certificates.dns_validation

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "certificates/dns_validation", "severity": "major"}

deny contains finding.on(rule, certificate, "is not proved by DNS") if {
	some certificate in requested
	not plan.undecided(certificate, ["validation_method"])
	plan.text(certificate, ["validation_method"]) != "DNS"
}

unknown contains finding.on(rule, certificate, "says only at apply how it is proved") if {
	some certificate in requested
	plan.undecided(certificate, ["validation_method"])
}

# Those that ACM proves: imported ones and those of a private authority it does not.
requested contains certificate if {
	some certificate in plan.of("aws_acm_certificate")
	every attribute in ["certificate_authority_arn", "certificate_body", "private_key"] {
		not given(certificate, attribute)
	}
}

given(certificate, attribute) if plan.text(certificate, [attribute]) != ""

given(certificate, attribute) if plan.undecided(certificate, [attribute])
