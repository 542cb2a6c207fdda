# METADATA
# title: Every alarm calls somebody
# description: |
#   An alarm without an action turns red on a page that nobody has open. One that a composite alarm asks
#   may be silent by itself: the composite one calls.
# custom:
#   id: alarms/alarm_acts
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 10.7.2"
#     - "SOC 2: CC7.2"
#   fix: |
#     Set alarm_actions to the SNS topic of the alarm's region, and leave actions_enabled alone.
#   avoid:
#     aws_cloudwatch_metric_alarm:
#       alarm_name: prod-claims-errors
#       alarm_actions: []
#   prefer:
#     aws_cloudwatch_metric_alarm:
#       alarm_name: prod-claims-errors
#       alarm_actions:
#       - arn:aws:sns:us-east-1:111122223333:prod-alarms
package rules.alarms.alarm_acts

import data.lib.finding
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "alarms/alarm_acts", "severity": "major"}

types := ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"]

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cloudwatch_metric_alarm#actions_enabled
deny contains finding.on(rule, alarm, "has its actions switched off") if {
	some alarm in alarms
	plan.known(alarm, ["actions_enabled"], true) == false
	not asked(alarm)
}

deny contains finding.on(rule, alarm, "calls nobody when it rings") if {
	some alarm in alarms
	not plan.undecided(alarm, ["alarm_actions"])
	count(value.list(plan.known(alarm, ["alarm_actions"], []))) == 0
	not asked(alarm)
	not may_be_asked
}

unknown contains finding.on(rule, alarm, "says only at apply whom it calls") if {
	some alarm in alarms
	plan.undecided(alarm, ["alarm_actions"])
	not asked(alarm)
}

unknown contains finding.on(rule, alarm, "says only at apply whether its actions are on") if {
	some alarm in alarms
	plan.undecided(alarm, ["actions_enabled"])
	not asked(alarm)
}

unknown contains finding.on(rule, alarm, "calls nobody, unless a composite alarm turns out to ask it") if {
	some alarm in alarms
	not plan.undecided(alarm, ["alarm_actions"])
	count(value.list(plan.known(alarm, ["alarm_actions"], []))) == 0
	not asked(alarm)
	may_be_asked
}

alarms := [alarm | some type in types; some alarm in plan.of(type)]

composites := plan.of("aws_cloudwatch_composite_alarm")

# ALARM("prod-claims-errors"): https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
asked(alarm) if {
	name := plan.text(alarm, ["alarm_name"])
	name != ""
	some composite in composites
	some written in [name, concat("", [`"`, name, `"`]), concat("", ["'", name, "'"])]
	contains(plan.text(composite, ["alarm_rule"]), concat("", ["(", written, ")"]))
}

asked(alarm) if {
	some composite in composites
	alarm.address in data.lib.links.referenced(composite, ["alarm_rule"], alarm.type)
}

may_be_asked if {
	some composite in composites
	plan.undecided(composite, ["alarm_rule"])
}
