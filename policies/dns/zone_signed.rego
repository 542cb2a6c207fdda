# METADATA
# title: Public zones of production are signed
# description: |
#   Without DNSSEC an answer about our names is whatever the network says. A zone is signed when it has a
#   key signing key that is active and signing is switched on; its parent needs the DS record then.
#   Route 53 signs no zones in China, so an environment with Chinese regions alone is not asked.
# custom:
#   id: dns/zone_signed
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 1.2.5"
#     - "SOC 2: CC6.7"
#   fix: |
#     Add an aws_route53_key_signing_key, with an ECC_NIST_P256 key of KMS in us-east-1, and an
#     aws_route53_hosted_zone_dnssec; then give the DS record to the parent zone.
#   avoid:
#     aws_route53_zone:
#       name: example.com
#   prefer:
#     aws_route53_zone:
#       name: example.com
#     aws_route53_key_signing_key:
#       name: prod_dns
#       hosted_zone_id: ${aws_route53_zone.example.zone_id}
#       key_management_service_arn: arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000
#     aws_route53_hosted_zone_dnssec:
#       hosted_zone_id: ${aws_route53_key_signing_key.example.hosted_zone_id}
package rules.dns.zone_signed

import data.lib.finding
import data.lib.links
import data.lib.plan

import rego.v1

rule := {"id": "dns/zone_signed", "severity": "major"}

# https://docs.amazonaws.cn/en_us/aws/latest/userguide/route53.html
asked if {
	data.lib.settings.production
	not in_china
}

in_china if {
	count(data.lib.settings.facts.allowed_regions) > 0
	every region in data.lib.settings.facts.allowed_regions {
		startswith(region, "cn-")
	}
}

# Helper type: the attribute that switches it on, which is on when nobody says so, and what is missing without it.
helpers := {
	"aws_route53_hosted_zone_dnssec": {"attribute": "signing_status", "on": "SIGNING", "missing": "has no signing"},
	"aws_route53_key_signing_key": {"attribute": "status", "on": "ACTIVE", "missing": "has no key signing key"},
}

deny contains finding.on(rule, zone, facts.missing) if {
	asked
	some zone in data.lib.zones.public
	some type, facts in helpers
	links.missing(type, zone)
}

deny contains finding.on(rule, zone, concat("", [facts.missing, ": ", plan.text(helper, [facts.attribute])])) if {
	asked
	some zone in data.lib.zones.public
	some type, facts in helpers
	some helper in links.of(type, zone)
	plan.known(helper, [facts.attribute], facts.on) != facts.on
}

unknown contains finding.on(rule, zone, "may be signed by what names it only at apply") if {
	asked
	some zone in data.lib.zones.public
	some type, _ in helpers
	links.unclear(type, zone)
}

unknown contains finding.on(rule, zone, "says only at apply whether it is signed") if {
	asked
	some zone in data.lib.zones.public
	some type, facts in helpers
	some helper in links.of(type, zone)
	plan.undecided(helper, [facts.attribute])
}

unknown contains finding.on(rule, zone, "says only at apply whether it is public") if {
	asked
	some zone in data.lib.zones.unclear
}
