package tests.logging.log_retention

import data.testing.plans

import rego.v1

test_logs_that_are_kept_for_ever_are_denied if {
	given := plans.production([plans.made("aws_cloudwatch_log_group", {"name": "x", "retention_in_days": 0})])
	count(data.rules.logging.log_retention.deny) == 1 with input as given
	count(data.rules.logging.log_retention.unknown) == 0 with input as given
}

test_logs_that_are_forgotten_too_soon_are_denied if {
	given := plans.production([plans.made("aws_cloudwatch_log_group", {"name": "x", "retention_in_days": 30})])
	count(data.rules.logging.log_retention.deny) == 1 with input as given
	count(data.rules.logging.log_retention.unknown) == 0 with input as given
}

test_a_year_of_logs_is_fine if {
	given := plans.production([plans.made("aws_cloudwatch_log_group", {"name": "x", "retention_in_days": 365})])
	count(data.rules.logging.log_retention.deny) == 0 with input as given
	count(data.rules.logging.log_retention.unknown) == 0 with input as given
}

test_a_month_is_fine_outside_production if {
	given := plans.of("dev", [plans.made("aws_cloudwatch_log_group", {"name": "x", "retention_in_days": 30})])
	count(data.rules.logging.log_retention.deny) == 0 with input as given
	count(data.rules.logging.log_retention.unknown) == 0 with input as given
}

test_a_retention_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_cloudwatch_log_group", {"name": "x"}), {"retention_in_days": true})])
	count(data.rules.logging.log_retention.deny) == 0 with input as given
	count(data.rules.logging.log_retention.unknown) == 1 with input as given
}

test_logs_of_one_day_are_kept_too_short_and_those_of_nobody_s_word_for_ever if {
	{found.message | some found in data.rules.logging.log_retention.deny with input as plans.production([plans.made("aws_cloudwatch_log_group", {})])} == {"keeps its logs for ever"}
	count(data.rules.logging.log_retention.deny) == 1 with input as plans.production([plans.made("aws_cloudwatch_log_group", {"retention_in_days": 1})])
}

# Twelve months are what PCI DSS asks for; elsewhere a week is enough to find out what went wrong.
test_a_day_less_than_the_least_is_too_short_in_every_environment if {
	every environment, least in {"prod": 365, "dev": 7} {
		count(data.rules.logging.log_retention.deny) == 1 with input as plans.of(environment, [plans.made("aws_cloudwatch_log_group", {"retention_in_days": least - 1})])
		count(data.rules.logging.log_retention.deny) == 0 with input as plans.of(environment, [plans.made("aws_cloudwatch_log_group", {"retention_in_days": least})])
	}
}
