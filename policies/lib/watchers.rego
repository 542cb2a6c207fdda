# METADATA
# description: Who hears of certificates that run out - alarms that act, and rules of EventBridge that have a target.
package lib.watchers

import data.lib.links
import data.lib.plan
import data.lib.value

import rego.v1

own contains watcher(alarm, "dimensions", plan.text(alarm, ["dimensions", "CertificateArn"])) if {
	some alarm in plan.of("aws_cloudwatch_metric_alarm")
	plan.text(alarm, ["namespace"]) == "AWS/CertificateManager"
	plan.text(alarm, ["metric_name"]) == "DaysToExpiry"
	plan.known(alarm, ["actions_enabled"], true) == true
	acts(alarm)
}

own contains watcher(told, "event_pattern", pattern(told)) if {
	some told in plan.of("aws_cloudwatch_event_rule")
	plan.text(told, ["state"]) != "DISABLED"
	some event in data.parameters.certificates.expiry_events
	contains(pattern(told), event)
	not links.missing("aws_cloudwatch_event_target", told)
}

# `open` where it names something that only apply will show, and no certificate of its own plan.
watcher(resource, attribute, text) := {
	"resource": resource,
	"attribute": attribute,
	"text": text,
	"certificates": [address | some address in links.referenced(resource, [attribute], "aws_acm_certificate")],
	"open": is_open(resource, attribute),
}

is_open(resource, attribute) if {
	plan.partly_unknown(resource, [attribute])
	count(links.referenced(resource, [attribute], "aws_acm_certificate")) == 0
} else := false

pattern(told) := plan.template(told, ["event_pattern"]) if {
	plan.undecided(told, ["event_pattern"])
} else := plan.text(told, ["event_pattern"])

acts(alarm) if count(value.list(plan.known(alarm, ["alarm_actions"], []))) > 0

acts(alarm) if plan.undecided(alarm, ["alarm_actions"])
