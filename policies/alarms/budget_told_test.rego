package tests.alarms.budget_told

import data.testing.plans

import rego.v1

notification := {
	"notification_type": "ACTUAL",
	"threshold": 80,
	"threshold_type": "PERCENTAGE",
	"subscriber_email_addresses": ["platform@example.com"],
	"subscriber_sns_topic_arns": [],
}

messages(notifications) := {found.message | some found in data.rules.alarms.budget_told.deny with input as plans.production([plans.made("aws_budgets_budget", {"notification": notifications})])}

test_a_budget_that_tells_nobody_is_denied if {
	messages([]) == {"tells nobody"}
	messages([object.union(notification, {"subscriber_email_addresses": []})]) == {"tells nobody"}
	messages([object.remove(notification, ["subscriber_email_addresses", "subscriber_sns_topic_arns"])]) == {"tells nobody"}
	messages(null) == {"tells nobody"}
}

test_a_budget_that_tells_too_late_is_denied if {
	messages([object.union(notification, {"threshold": 101})]) == {"tells only when its limit is passed"}
}

test_one_notification_in_time_is_enough if {
	late := object.union(notification, {"threshold": 150})
	messages([notification]) == set()
	messages([late, notification]) == set()
	messages([object.union(notification, {"threshold": 100})]) == set()
	messages([object.union(late, {"notification_type": "FORECASTED"})]) == set()
	messages([object.union(late, {"threshold_type": "ABSOLUTE_VALUE", "threshold": 9000})]) == set()
}

test_one_in_time_that_nobody_hears_is_not if {
	unheard := object.union(notification, {"subscriber_email_addresses": []})
	messages([unheard, object.union(notification, {"threshold": 150})]) == {"tells only when its limit is passed"}
}

test_a_topic_hears_it_and_so_does_one_that_is_made_in_the_same_plan if {
	no_mail := object.remove(notification, ["subscriber_email_addresses", "subscriber_sns_topic_arns"])
	topic := object.union(no_mail, {"subscriber_sns_topic_arns": ["arn:aws:sns:us-east-1:111122223333:costs"]})
	messages([topic]) == set()
	made := plans.blocks(plans.made("aws_budgets_budget", {"notification": [no_mail]}), "notification", [{"subscriber_sns_topic_arns": {"references": ["aws_sns_topic.costs.arn", "aws_sns_topic.costs"]}}], [{"subscriber_sns_topic_arns": true}])
	count(data.rules.alarms.budget_told.deny) == 0 with input as plans.production([made])
	count(data.rules.alarms.budget_told.unknown) == 0 with input as plans.production([made])
}

test_whom_it_tells_may_be_known_only_at_apply if {
	given := plans.production([plans.later(plans.made("aws_budgets_budget", {}), {"notification": true})])
	count(data.rules.alarms.budget_told.deny) == 0 with input as given
	count(data.rules.alarms.budget_told.unknown) == 1 with input as given
}
