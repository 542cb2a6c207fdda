# METADATA
# title: Failover has something that notices the failure
# description: |
#   A primary record without a health check is always healthy: the secondary is never answered, and
#   nobody learns it before the day it is needed. An alias that evaluates its target's health has one.
# custom:
#   id: dns/failover_checked
#   severity: critical
#   controls:
#     - "SOC 2: A1.2"
#     - "SOC 2: A1.3"
#   fix: |
#     Set health_check_id on the primary record, or evaluate_target_health on its alias.
#   avoid:
#     aws_route53_record:
#       name: api.example.com
#       type: CNAME
#       ttl: 60
#       records: [east.example.com]
#       set_identifier: primary
#       failover_routing_policy:
#       - type: PRIMARY
#   prefer:
#     aws_route53_record:
#       name: api.example.com
#       type: CNAME
#       ttl: 60
#       records: [east.example.com]
#       set_identifier: primary
#       health_check_id: 0a1b2c3d-0000-4000-8000-000000000000
#       failover_routing_policy:
#       - type: PRIMARY
package rules.dns.failover_checked

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "dns/failover_checked", "severity": "critical"}

policy := ["failover_routing_policy", 0, "type"]

evaluates := ["alias", 0, "evaluate_target_health"]

deny contains finding.on(rule, record, "is a primary that nothing finds unhealthy") if {
	some record in plan.of("aws_route53_record")
	plan.text(record, policy) == "PRIMARY"
	not checked(record)
	not plan.undecided(record, evaluates)
}

unknown contains finding.on(rule, record, "says only at apply whether it evaluates its target's health") if {
	some record in plan.of("aws_route53_record")
	plan.text(record, policy) == "PRIMARY"
	not checked(record)
	plan.undecided(record, evaluates)
}

unknown contains finding.on(rule, record, "says only at apply whether it is a primary, and has no health check") if {
	some record in plan.of("aws_route53_record")
	plan.undecided(record, policy)
	not checked(record)
}

checked(record) if plan.text(record, ["health_check_id"]) != ""

# The id of a health check that this plan makes.
checked(record) if plan.undecided(record, ["health_check_id"])

checked(record) if plan.known(record, evaluates, false) == true
