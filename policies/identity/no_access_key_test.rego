package tests.identity.no_access_key

import data.testing.plans

import rego.v1

test_a_key_is_denied if {
	given := plans.of("dev", [plans.made("aws_iam_access_key", {"user": "gitlab"})])
	count(data.rules.identity.no_access_key.deny) == 1 with input as given
	count(data.rules.identity.no_access_key.unknown) == 0 with input as given
}

test_a_key_that_does_not_work_is_fine if {
	given := plans.production([plans.made("aws_iam_access_key", {"user": "gitlab", "status": "Inactive"})])
	count(data.rules.identity.no_access_key.deny) == 0 with input as given
	count(data.rules.identity.no_access_key.unknown) == 0 with input as given
}

test_passwords_of_services_and_people_are_denied if {
	given := plans.production([plans.made("aws_iam_service_specific_credential", {"user_name": "gitlab"}), plans.made("aws_iam_user_login_profile", {"user": "jane"})])
	count(data.rules.identity.no_access_key.deny) == 2 with input as given
	count(data.rules.identity.no_access_key.unknown) == 0 with input as given
}

test_a_key_whose_status_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_iam_access_key", {}), {"status": true})])
	count(data.rules.identity.no_access_key.deny) == 0 with input as given
	count(data.rules.identity.no_access_key.unknown) == 1 with input as given
}

test_whatever_may_be_inactive_may_be_so_only_at_apply if {
	every type in ["aws_iam_access_key", "aws_iam_service_specific_credential"] {
		given := plans.production([plans.later(plans.made(type, {}), {"status": true})])
		count(data.rules.identity.no_access_key.unknown) == 1 with input as given
	}
}

test_a_password_of_a_service_that_does_not_work_is_fine if {
	count(data.rules.identity.no_access_key.deny) == 0 with input as plans.production([plans.made("aws_iam_service_specific_credential", {"status": "Inactive"})])
}
