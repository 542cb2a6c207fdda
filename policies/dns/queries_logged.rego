# METADATA
# title: Queries of public zones of production are logged
# description: |
#   Who looked a name up, and which names were tried, is the first thing an investigation asks for, and
#   nobody can answer it afterwards.
# custom:
#   id: dns/queries_logged
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 10.2.1"
#     - "SOC 2: CC7.2"
#   fix: |
#     Add an aws_route53_query_log for the zone; its log group must be in us-east-1.
#   avoid:
#     aws_route53_zone:
#       name: example.com
#   prefer:
#     aws_route53_zone:
#       name: example.com
#     aws_route53_query_log:
#       zone_id: ${aws_route53_zone.example.zone_id}
#       cloudwatch_log_group_arn: arn:aws:logs:us-east-1:111122223333:log-group:/aws/route53/example.com
package rules.dns.queries_logged

import data.lib.finding
import data.lib.links

import rego.v1

rule := {"id": "dns/queries_logged", "severity": "major"}

helper_type := "aws_route53_query_log"

deny contains finding.on(rule, zone, "logs no queries") if {
	data.lib.settings.production
	some zone in data.lib.zones.public
	links.missing(helper_type, zone)
}

unknown contains finding.on(rule, zone, "may have a query log that names it only at apply") if {
	data.lib.settings.production
	some zone in data.lib.zones.public
	links.unclear(helper_type, zone)
}

unknown contains finding.on(rule, zone, "says only at apply whether it is public") if {
	data.lib.settings.production
	some zone in data.lib.zones.unclear
}
