package tests.identity.no_policy_on_users

import data.testing.plans

import rego.v1

test_a_policy_on_a_user_is_denied if {
	given := plans.of("dev", [plans.made("aws_iam_user_policy", {"user": "jane"}), plans.made("aws_iam_user_policy_attachment", {"user": "jane"})])
	count(data.rules.identity.no_policy_on_users.deny) == 2 with input as given
	count(data.rules.identity.no_policy_on_users.unknown) == 0 with input as given
}

test_an_attachment_to_users_among_others_is_denied if {
	given := plans.production([plans.made("aws_iam_policy_attachment", {"users": ["jane"], "roles": ["velero"]})])
	count(data.rules.identity.no_policy_on_users.deny) == 1 with input as given
	count(data.rules.identity.no_policy_on_users.unknown) == 0 with input as given
}

test_an_attachment_to_roles_is_fine if {
	given := plans.production([plans.made("aws_iam_policy_attachment", {"users": [], "roles": ["velero"]})])
	count(data.rules.identity.no_policy_on_users.deny) == 0 with input as given
	count(data.rules.identity.no_policy_on_users.unknown) == 0 with input as given
}

test_an_exclusive_list_is_denied_unless_it_is_empty if {
	given := plans.production([plans.made("aws_iam_user_policy_attachments_exclusive", {"policy_arns": ["arn:aws:iam::111122223333:policy/x"]}), plans.made("aws_iam_user_policies_exclusive", {"policy_names": []}), plans.named(plans.made("aws_iam_user_policies_exclusive", {"policy_names": ["x"]}), "other")])
	count(data.rules.identity.no_policy_on_users.deny) == 2 with input as given
	count(data.rules.identity.no_policy_on_users.unknown) == 0 with input as given
}

test_users_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.later(plans.made("aws_iam_policy_attachment", {}), {"users": true})])
	count(data.rules.identity.no_policy_on_users.deny) == 0 with input as given
	count(data.rules.identity.no_policy_on_users.unknown) == 1 with input as given
}
