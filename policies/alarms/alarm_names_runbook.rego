# METADATA
# title: Every alarm leads to a runbook
# description: |
#   Whoever is woken may never have seen the service. What the alarm means, what to look at and what to do
#   must be one click away, in the alarm's own text.
# custom:
#   id: alarms/alarm_names_runbook
#   severity: minor
#   controls:
#     - "PCI DSS 4.0: 12.10.1"
#     - "SOC 2: CC7.4"
#   fix: |
#     Name the page about the alarm in alarm_description, with its address; in the annotation runbook_url of an alert
#     of Prometheus.
#   avoid:
#     aws_cloudwatch_metric_alarm:
#       alarm_name: prod-claims-errors
#       alarm_description: Claims fail.
#       alarm_actions:
#       - arn:aws:sns:us-east-1:111122223333:prod-alarms
#   prefer:
#     aws_cloudwatch_metric_alarm:
#       alarm_name: prod-claims-errors
#       alarm_description: "Claims fail. Runbook: https://example.com/runbooks/claims/errors.md"
#       alarm_actions:
#       - arn:aws:sns:us-east-1:111122223333:prod-alarms
package rules.alarms.alarm_names_runbook

import data.lib.finding
import data.lib.objects
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "alarms/alarm_names_runbook", "severity": "minor"}

types := ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"]

deny contains finding.on(rule, alarm, "does not say where its runbook is") if {
	some type in types
	some alarm in plan.of(type)
	not plan.undecided(alarm, ["alarm_description"])
	not leads(plan.text(alarm, ["alarm_description"]))
}

unknown contains finding.on(rule, alarm, "says only at apply where its runbook is") if {
	some type in types
	some alarm in plan.of(type)
	plan.undecided(alarm, ["alarm_description"])
}

leads(description) if regex.match(`(?i)\brunbooks?\b`, description)

leads(description) if contains(description, "https://")

# --- Prometheus: https://github.com/prometheus-operator/runbooks

annotation(path) := array.concat(path, ["annotations", "runbook_url"])

deny contains found if some found in objects.denied(rule, faulty)

unknown contains found if some found in objects.unsettled(rule, faulty)

unknown contains found if some found in objects.waiting(rule, unclear)

faulty contains [found, concat("", ["alert ", name, " has no runbook_url"])] if {
	some [found, path, name] in alerts
	value.text(value.at(found.object, annotation(path), "")) == ""
	not objects.later(found, annotation(path))
}

unclear contains [found, concat("", ["alert ", name, " says only at apply where its runbook is"])] if {
	some [found, path, name] in alerts
	found.resource.type == "kubernetes_manifest"
	objects.later(found, annotation(path))
}

# Rules that record have no alert.
alerts contains [found, path, name] if {
	some found in objects.of_kinds({"monitoring.coreos.com/PrometheusRule"})
	some i, group in value.list(value.at(found.object, ["spec", "groups"], []))
	some j, entry in value.list(value.at(group, ["rules"], []))
	name := value.text(value.at(entry, ["alert"], ""))
	name != ""
	path := ["spec", "groups", i, "rules", j]
}
