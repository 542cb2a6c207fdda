package tests.logging.detectors_on

import data.testing.plans

import rego.v1

test_a_detector_that_is_switched_off_is_denied if {
	given := plans.of("dev", [plans.made("aws_guardduty_detector", {"enable": false})])
	count(data.rules.logging.detectors_on.deny) == 1 with input as given
	count(data.rules.logging.detectors_on.unknown) == 0 with input as given
}

test_a_detector_that_nobody_switched_is_on if {
	given := plans.production([plans.made("aws_guardduty_detector", {})])
	count(data.rules.logging.detectors_on.deny) == 0 with input as given
	count(data.rules.logging.detectors_on.unknown) == 0 with input as given
}

test_a_part_of_it_that_is_switched_off_is_denied if {
	given := plans.production([plans.made("aws_guardduty_detector_feature", {"name": "EKS_AUDIT_LOGS", "status": "DISABLED"})])
	count(data.rules.logging.detectors_on.deny) == 1 with input as given
	count(data.rules.logging.detectors_on.unknown) == 0 with input as given
}

test_an_organization_whose_accounts_are_left_out_is_denied if {
	given := plans.production([plans.made("aws_guardduty_organization_configuration", {"auto_enable_organization_members": "NONE"})])
	count(data.rules.logging.detectors_on.deny) == 1 with input as given
	count(data.rules.logging.detectors_on.unknown) == 0 with input as given
}

test_recorders_and_classifiers_are_read if {
	given := plans.production([plans.made("aws_config_configuration_recorder_status", {"is_enabled": false}), plans.made("aws_macie2_account", {"status": "PAUSED"})])
	count(data.rules.logging.detectors_on.deny) == 2 with input as given
	count(data.rules.logging.detectors_on.unknown) == 0 with input as given
}

test_a_detector_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_guardduty_detector", {}), {"enable": true})])
	count(data.rules.logging.detectors_on.deny) == 0 with input as given
	count(data.rules.logging.detectors_on.unknown) == 1 with input as given
}
