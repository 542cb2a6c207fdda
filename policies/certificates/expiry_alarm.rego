# METADATA
# title: Somebody is told before a certificate runs out
# description: |
#   ACM renews by itself until it cannot: a record is gone, or nobody uses the certificate. A certificate
#   counts as watched when, in its region, an alarm on its DaysToExpiry has an action, or a rule for
#   "ACM Certificate Approaching Expiration" has a target, and takes it in.
# custom:
#   id: certificates/expiry_alarm
#   severity: major
#   controls:
#     - "SOC 2: A1.1"
#     - "SOC 2: CC7.2"
#   fix: |
#     Add an aws_cloudwatch_metric_alarm on AWS/CertificateManager DaysToExpiry of the certificate, or an
#     aws_cloudwatch_event_rule for the event, with an aws_cloudwatch_event_target.
#   avoid:
#     aws_acm_certificate:
#       domain_name: www.example.com
#       validation_method: DNS
#   prefer:
#     aws_acm_certificate:
#       domain_name: www.example.com
#       validation_method: DNS
#     aws_cloudwatch_event_rule:
#       name: prod-certificates-expiry
#       event_pattern: '{"source":["aws.acm"],"detail-type":["ACM Certificate Approaching Expiration"]}'
#     aws_cloudwatch_event_target:
#       rule: prod-certificates-expiry
#       arn: arn:aws:sns:us-east-1:111122223333:prod-alarms
package rules.certificates.expiry_alarm

import data.lib.finding
import data.lib.links
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "certificates/expiry_alarm", "severity": "major"}

deny contains finding.on(rule, certificate, "runs out without anybody being told") if {
	some certificate in plan.of("aws_acm_certificate")
	not watched(certificate)
	not may_be_watched(certificate)
}

unknown contains finding.on(rule, certificate, "is watched only if an alarm turns out to be its own") if {
	some certificate in plan.of("aws_acm_certificate")
	not watched(certificate)
	may_be_watched(certificate)
}

watched(certificate) if {
	some watcher in watchers
	plan.same_region(certificate, watcher.resource)
	takes_in(watcher, certificate)
}

# A watcher that names no certificate which this plan shows may mean any.
may_be_watched(certificate) if {
	some watcher in watchers
	plan.same_region(certificate, watcher.resource)
	plan.partly_unknown(watcher.resource, [watcher.attribute])
	count(links.referenced(watcher.resource, [watcher.attribute], "aws_acm_certificate")) == 0
}

takes_in(watcher, _) if {
	watcher.attribute == "event_pattern"
	not regex.match(`"resources"\s*:|\bresources"?\s*=`, watcher.text)
	watcher.text != ""
}

takes_in(watcher, certificate) if {
	certificate.address in links.referenced(watcher.resource, [watcher.attribute], "aws_acm_certificate")
}

takes_in(watcher, certificate) if {
	plan.text(certificate, ["arn"]) != ""
	contains(watcher.text, plan.text(certificate, ["arn"]))
}

watchers contains {"resource": alarm, "attribute": "dimensions", "text": plan.text(alarm, ["dimensions", "CertificateArn"])} if {
	some alarm in plan.of("aws_cloudwatch_metric_alarm")
	plan.text(alarm, ["namespace"]) == "AWS/CertificateManager"
	plan.text(alarm, ["metric_name"]) == "DaysToExpiry"
	plan.known(alarm, ["actions_enabled"], true) == true
	acts(alarm)
}

watchers contains {"resource": told, "attribute": "event_pattern", "text": pattern(told)} if {
	some told in plan.of("aws_cloudwatch_event_rule")
	plan.text(told, ["state"]) != "DISABLED"
	some event in data.parameters.certificates.expiry_events
	contains(pattern(told), event)
	not links.missing("aws_cloudwatch_event_target", told)
}

pattern(told) := plan.template(told, ["event_pattern"]) if {
	plan.undecided(told, ["event_pattern"])
} else := plan.text(told, ["event_pattern"])

acts(alarm) if count(value.list(plan.known(alarm, ["alarm_actions"], []))) > 0

acts(alarm) if plan.undecided(alarm, ["alarm_actions"])
