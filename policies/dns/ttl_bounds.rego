# METADATA
# title: Records are cached neither too briefly nor too long
# description: |
#   Below a minute every visitor waits for DNS and every outage of it is seen; above a day nothing can be
#   moved in time. An alias has its target's TTL. parameters/dns has the bounds, in seconds. Names that a
#   traffic policy answers for are judged like records.
# custom:
#   id: dns/ttl_bounds
#   severity: minor
#   controls:
#     - "SOC 2: A1.2"
#   fix: |
#     Set ttl between 60 and 86400; 60 for what fails over, 300 for most.
#   avoid:
#     aws_route53_record:
#       name: www.example.com
#       type: CNAME
#       ttl: 5
#       records: [web.example.com]
#   prefer:
#     aws_route53_record:
#       name: www.example.com
#       type: CNAME
#       ttl: 300
#       records: [web.example.com]
package rules.dns.ttl_bounds

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "dns/ttl_bounds", "severity": "minor"}

bounds := data.parameters.dns.ttl_seconds

deny contains finding.on(rule, record, concat("", ["has a TTL of ", format_int(ttl, 10), " seconds"])) if {
	some record in with_ttl
	ttl := plan.known(record, ["ttl"], null)
	is_number(ttl)
	outside(ttl)
}

unknown contains finding.on(rule, record, "says only at apply how long it is cached") if {
	some record in with_ttl
	plan.undecided(record, ["ttl"])
}

# An alias has no TTL of its own, and the provider takes none beside it.
with_ttl contains record if {
	some type in ["aws_route53_record", "aws_route53_traffic_policy_instance"]
	some record in plan.of(type)
}

outside(ttl) if ttl < bounds.least

outside(ttl) if ttl > bounds.most
