# METADATA
# title: Somebody is told before a certificate runs out
# description: |
#   ACM renews by itself until it cannot: a record is gone, or nobody uses the certificate. A certificate
#   counts as watched when, in its region, an alarm on its DaysToExpiry has an action, or a rule for
#   "ACM Certificate Approaching Expiration" has a target, and takes it in; it may be in any stack of the
#   account.
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
import data.lib.plan

import rego.v1

rule := {"id": "certificates/expiry_alarm", "severity": "major"}

deny contains finding.on(rule, certificate, "runs out without anybody being told") if {
	some certificate in plan.of("aws_acm_certificate")
	not watched(certificate)
	not may_be_watched(certificate)
	not data.lib.platform.open
}

unknown contains finding.on(rule, certificate, "is watched only if an alarm turns out to be its own") if {
	some certificate in plan.of("aws_acm_certificate")
	not watched(certificate)
	may_be_watched(certificate)
}

unknown contains finding.on(rule, certificate, concat("", ["is watched by another stack, or by nothing: ", data.lib.platform.open])) if {
	some certificate in plan.of("aws_acm_certificate")
	not watched(certificate)
	not may_be_watched(certificate)
}

# Those of this plan, and of the others of its account.
watchers := array.concat([watcher | some watcher in data.lib.watchers.own], data.lib.platform.watchers)

watched(certificate) if {
	some watcher in watchers
	plan.same_region(certificate, watcher.resource)
	takes_in(watcher, certificate)
}

# A watcher that names no certificate which its plan shows may mean any.
may_be_watched(certificate) if {
	some watcher in watchers
	plan.same_region(certificate, watcher.resource)
	watcher.open
}

takes_in(watcher, _) if {
	watcher.attribute == "event_pattern"
	not regex.match(`"resources"\s*:|\bresources"?\s*=`, watcher.text)
	watcher.text != ""
}

# An address is one of its own plan.
takes_in(watcher, certificate) if {
	watcher in data.lib.watchers.own
	certificate.address in watcher.certificates
}

takes_in(watcher, certificate) if {
	plan.text(certificate, ["arn"]) != ""
	contains(watcher.text, plan.text(certificate, ["arn"]))
}
