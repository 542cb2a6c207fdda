package tests.logging.trail_complete

import data.testing.plans

import rego.v1

test_a_trail_that_nobody_told_sees_one_region_and_proves_nothing if {
	given := plans.of("dev", [plans.made("aws_cloudtrail", {"name": "prod"})])
	count(data.rules.logging.trail_complete.deny) == 2 with input as given
	count(data.rules.logging.trail_complete.unknown) == 0 with input as given
}

test_a_trail_that_is_off_or_misses_global_events_is_denied if {
	given := plans.production([plans.made("aws_cloudtrail", {"is_multi_region_trail": true, "enable_log_file_validation": true, "enable_logging": false, "include_global_service_events": false})])
	count(data.rules.logging.trail_complete.deny) == 2 with input as given
	count(data.rules.logging.trail_complete.unknown) == 0 with input as given
}

test_a_whole_trail_is_fine if {
	given := plans.production([plans.made("aws_cloudtrail", {"is_multi_region_trail": true, "enable_log_file_validation": true})])
	count(data.rules.logging.trail_complete.deny) == 0 with input as given
	count(data.rules.logging.trail_complete.unknown) == 0 with input as given
}

test_a_trail_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_cloudtrail", {"is_multi_region_trail": true}), {"enable_log_file_validation": true})])
	count(data.rules.logging.trail_complete.deny) == 0 with input as given
	count(data.rules.logging.trail_complete.unknown) == 1 with input as given
}
