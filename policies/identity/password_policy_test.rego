package tests.identity.password_policy

import data.testing.plans

import rego.v1

test_short_passwords_are_denied if {
	given := plans.production([plans.made("aws_iam_account_password_policy", {"minimum_password_length": 13, "password_reuse_prevention": 24})])
	count(data.rules.identity.password_policy.deny) == 1 with input as given
	count(data.rules.identity.password_policy.unknown) == 0 with input as given
}

test_what_nobody_wrote_is_short_and_used_again if {
	given := plans.production([plans.computed(plans.made("aws_iam_account_password_policy", {}), ["password_reuse_prevention"])])
	count(data.rules.identity.password_policy.deny) == 2 with input as given
	count(data.rules.identity.password_policy.unknown) == 0 with input as given
}

test_long_passwords_that_are_not_used_again_are_fine if {
	given := plans.production([plans.made("aws_iam_account_password_policy", {"minimum_password_length": 14, "password_reuse_prevention": 24})])
	count(data.rules.identity.password_policy.deny) == 0 with input as given
	count(data.rules.identity.password_policy.unknown) == 0 with input as given
}

test_a_length_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_iam_account_password_policy", {"password_reuse_prevention": 24}), {"minimum_password_length": true})])
	count(data.rules.identity.password_policy.deny) == 0 with input as given
	count(data.rules.identity.password_policy.unknown) == 1 with input as given
}

test_a_finding_says_what_aws_does_where_nobody_wrote_it if {
	given := plans.production([plans.made("aws_iam_account_password_policy", {})])
	messages := {found.message | some found in data.rules.identity.password_policy.deny with input as given}
	messages == {
		"sets minimum_password_length to 6, less than 14",
		"sets password_reuse_prevention to 0, less than 24",
	}
}
