# METADATA
# title: No record points at what is deleted
# description: |
#   A name that still points at a load balancer, bucket, address or zone that is gone belongs to whoever
#   gets that address next: they serve our name, with a valid certificate. What a record says is compared
#   with what the resources that a plan of this run deletes or replaces were called, whichever stack they
#   are in; parameters/dns lists where each type has its names. The health check of an answer is looked for in the same way: when it is gone,
#   nobody can tell whether the answer is given.
# custom:
#   id: dns/no_dangling_record
#   severity: blocker
#   controls:
#     - "PCI DSS 4.0: 6.4.1"
#     - "SOC 2: CC6.6"
#   fix: |
#     Delete the record, or point it elsewhere, before or together with its target; refer to the target's
#     attribute instead of writing its name out.
#   avoid:
#     actions:
#     - delete
#     - create
#     aws_lb:
#       name: prod-gateway
#       dns_name: prod-gateway-0123456789.us-east-1.elb.amazonaws.com
#     aws_route53_record:
#       name: api.example.com
#       type: CNAME
#       ttl: 300
#       records: [prod-gateway-0123456789.us-east-1.elb.amazonaws.com]
#   prefer:
#     actions:
#     - delete
#     - create
#     aws_lb:
#       name: prod-gateway
#     aws_route53_record:
#       name: api.example.com
#       type: CNAME
#       ttl: 300
#       records: ['${aws_lb.example.dns_name}']
package rules.dns.no_dangling_record

import data.lib.dangling
import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "dns/no_dangling_record", "severity": "blocker"}

deny contains finding.on(rule, record, concat("", ["points at ", target, ", which this plan deletes"])) if {
	some record in plan.of("aws_route53_record")
	some target in dangling.targets(record)
}

deny contains finding.on(rule, record, concat("", ["points at ", target, ", which that stack's plan deletes"])) if {
	some record in plan.of("aws_route53_record")
	some target in dangling.targets_elsewhere(record)
}

unknown contains finding.on(rule, record, concat("", ["points at something that another stack may delete: ", data.lib.platform.open])) if {
	some record in plan.of("aws_route53_record")
	dangling.points_elsewhere(record)
	count(dangling.targets(record)) == 0
	count(dangling.targets_elsewhere(record)) == 0
}

unknown contains finding.on(rule, record, "says only at apply where it points, while this plan deletes what it may mean") if {
	some record in plan.of("aws_route53_record")
	count(data.lib.dangling.removed) > 0
	dangling.unclear(record)
}
