package tests.alarms.alarm_acts

import data.testing.plans

import rego.v1

topic := "arn:aws:sns:us-east-1:111122223333:prod-alarms"

denied(resources) := {found.message | some found in data.rules.alarms.alarm_acts.deny with input as plans.production(resources)}

unknown(resources) := {found.message | some found in data.rules.alarms.alarm_acts.unknown with input as plans.production(resources)}

silent := plans.made("aws_cloudwatch_metric_alarm", {"alarm_name": "prod-claims-errors"})

composite(rule) := plans.made("aws_cloudwatch_composite_alarm", {"alarm_name": "prod-claims", "alarm_rule": rule, "alarm_actions": [topic]})

test_an_alarm_that_calls_nobody_is_denied if {
	every type in ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"] {
		every after in [{"alarm_name": "a"}, {"alarm_name": "a", "alarm_actions": []}, {"alarm_name": "a", "ok_actions": [topic]}] {
			denied([plans.made(type, after)]) == {"calls nobody when it rings"}
			unknown([plans.made(type, after)]) == set()
		}
	}
}

test_actions_that_are_switched_off_call_nobody if {
	given := [plans.made("aws_cloudwatch_metric_alarm", {"alarm_name": "a", "alarm_actions": [topic], "actions_enabled": false})]
	denied(given) == {"has its actions switched off"}
	unknown(given) == set()
}

test_an_alarm_with_an_action_is_fine if {
	every after in [{"alarm_actions": [topic]}, {"alarm_actions": [topic], "actions_enabled": true}, {"alarm_actions": [null]}] {
		given := [plans.made("aws_cloudwatch_metric_alarm", after)]
		denied(given) == set()
		unknown(given) == set()
	}
}

test_an_alarm_that_a_composite_one_asks_may_be_silent if {
	every rule in [`ALARM("prod-claims-errors") OR ALARM(other)`, "ALARM(prod-claims-errors)", "NOT OK('prod-claims-errors')"] {
		denied([silent, composite(rule)]) == set()
		unknown([silent, composite(rule)]) == set()
	}
	by_reference := plans.reads(composite(null), "alarm_rule", {"references": ["aws_cloudwatch_metric_alarm.this.alarm_name", "aws_cloudwatch_metric_alarm.this"]})
	denied([silent, by_reference]) == set()
	unknown([silent, by_reference]) == set()
}

test_a_composite_alarm_that_asks_another_is_no_excuse if {
	denied([silent, composite(`ALARM("prod-claims-errors-of-others")`)]) == {"calls nobody when it rings"}
}

test_what_only_apply_tells_is_unknown if {
	later := [plans.later(plans.made("aws_cloudwatch_metric_alarm", {"alarm_name": "a"}), {"alarm_actions": true})]
	denied(later) == set()
	unknown(later) == {"says only at apply whom it calls"}
	switched := [plans.later(plans.made("aws_cloudwatch_metric_alarm", {"alarm_name": "a", "alarm_actions": [topic]}), {"actions_enabled": true})]
	denied(switched) == set()
	unknown(switched) == {"says only at apply whether its actions are on"}
	open := plans.later(composite(null), {"alarm_rule": true})
	denied([silent, open]) == set()
	unknown([silent, open]) == {"calls nobody, unless a composite alarm turns out to ask it"}
}
