package tests.protection.secret_recovery_window

import data.testing.plans

import rego.v1

test_a_short_window_is_denied_in_production if {
	given := plans.production([plans.made("aws_secretsmanager_secret", {"recovery_window_in_days": 7})])
	count(data.rules.protection.secret_recovery_window.deny) == 1 with input as given
	count(data.rules.protection.secret_recovery_window.unknown) == 0 with input as given
}

test_the_longest_window_is_fine if {
	given := plans.production([plans.made("aws_secretsmanager_secret", {"recovery_window_in_days": 30})])
	count(data.rules.protection.secret_recovery_window.deny) == 0 with input as given
	count(data.rules.protection.secret_recovery_window.unknown) == 0 with input as given
}

test_the_default_is_fine if {
	given := plans.production([plans.made("aws_secretsmanager_secret", {"recovery_window_in_days": null})])
	count(data.rules.protection.secret_recovery_window.deny) == 0 with input as given
	count(data.rules.protection.secret_recovery_window.unknown) == 0 with input as given
}

test_a_short_window_is_fine_outside_production if {
	given := plans.of("dev", [plans.made("aws_secretsmanager_secret", {"recovery_window_in_days": 7})])
	count(data.rules.protection.secret_recovery_window.deny) == 0 with input as given
	count(data.rules.protection.secret_recovery_window.unknown) == 0 with input as given
}

test_an_environment_that_nobody_listed_counts_as_production if {
	given := plans.of("sandbox", [plans.made("aws_secretsmanager_secret", {"recovery_window_in_days": 7})])
	count(data.rules.protection.secret_recovery_window.deny) == 1 with input as given
	count(data.rules.protection.secret_recovery_window.unknown) == 0 with input as given
}

test_a_window_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_secretsmanager_secret", {}), {"recovery_window_in_days": true})])
	count(data.rules.protection.secret_recovery_window.deny) == 0 with input as given
	count(data.rules.protection.secret_recovery_window.unknown) == 1 with input as given
}

test_outside_production_none_of_this_is_asked if {
	every given in [
		plans.of("dev", [plans.later(plans.made("aws_secretsmanager_secret", {}), {"recovery_window_in_days": true})]),
		plans.of("dev", [plans.made("aws_secretsmanager_secret", {"recovery_window_in_days": 7})]),
	] {
		count(data.rules.protection.secret_recovery_window.deny) == 0 with input as given
		count(data.rules.protection.secret_recovery_window.unknown) == 0 with input as given
	}
}

# Secrets Manager waits for 30 days where nobody says how long.
test_a_window_that_nobody_wrote_has_thirty_days if {
	given := plans.production([plans.made("aws_secretsmanager_secret", {})])
	every least, denials in {30: 0, 31: 1} {
		count(data.rules.protection.secret_recovery_window.deny) == denials with input as given with data.parameters.retention.secret_recovery_days as least
		later := plans.production([plans.later(plans.made("aws_secretsmanager_secret", {}), {"recovery_window_in_days": true})])
		count(data.rules.protection.secret_recovery_window.deny) == 0 with input as later with data.parameters.retention.secret_recovery_days as least
	}
}

test_a_day_less_than_the_longest_window_is_denied if {
	count(data.rules.protection.secret_recovery_window.deny) == 1 with input as plans.production([plans.made("aws_secretsmanager_secret", {"recovery_window_in_days": 29})])
}
