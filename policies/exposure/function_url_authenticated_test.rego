package tests.exposure.function_url_authenticated

import data.testing.plans

import rego.v1

test_a_url_for_anybody_is_denied if {
	given := plans.of("dev", [plans.made("aws_lambda_function_url", {"authorization_type": "NONE"})])
	count(data.rules.exposure.function_url_authenticated.deny) == 1 with input as given
	count(data.rules.exposure.function_url_authenticated.unknown) == 0 with input as given
}

test_a_url_by_iam_is_fine if {
	given := plans.production([plans.made("aws_lambda_function_url", {"authorization_type": "AWS_IAM"})])
	count(data.rules.exposure.function_url_authenticated.deny) == 0 with input as given
	count(data.rules.exposure.function_url_authenticated.unknown) == 0 with input as given
}

test_a_url_whose_caller_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_lambda_function_url", {}), {"authorization_type": true})])
	count(data.rules.exposure.function_url_authenticated.deny) == 0 with input as given
	count(data.rules.exposure.function_url_authenticated.unknown) == 1 with input as given
}
