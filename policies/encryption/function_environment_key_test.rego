package tests.encryption.function_environment_key

import data.testing.plans

import rego.v1

test_a_function_with_an_environment_and_no_key_is_denied if {
	given := plans.production([plans.made("aws_lambda_function", {"environment": [{"variables": {"A": "b"}}]})])
	count(data.rules.encryption.function_environment_key.deny) == 1 with input as given
	count(data.rules.encryption.function_environment_key.unknown) == 0 with input as given
}

test_a_function_without_an_environment_needs_no_key if {
	given := plans.production([plans.made("aws_lambda_function", {"environment": []})])
	count(data.rules.encryption.function_environment_key.deny) == 0 with input as given
	count(data.rules.encryption.function_environment_key.unknown) == 0 with input as given
}

test_a_function_with_a_key_is_fine if {
	given := plans.production([plans.made("aws_lambda_function", {"kms_key_arn": "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000", "environment": [{"variables": {"A": "b"}}]})])
	count(data.rules.encryption.function_environment_key.deny) == 0 with input as given
	count(data.rules.encryption.function_environment_key.unknown) == 0 with input as given
}

test_a_key_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_lambda_function", {"environment": [{"variables": {"A": "b"}}]}), {"kms_key_arn": true})])
	count(data.rules.encryption.function_environment_key.deny) == 0 with input as given
	count(data.rules.encryption.function_environment_key.unknown) == 1 with input as given
}

test_an_environment_that_is_known_only_at_apply_needs_a_key if {
	given := plans.production([plans.later(plans.made("aws_lambda_function", {}), {"environment": true})])
	count(data.rules.encryption.function_environment_key.deny) == 1 with input as given
	count(data.rules.encryption.function_environment_key.unknown) == 0 with input as given
}

test_a_key_that_nobody_wrote_is_none if {
	given := plans.production([plans.computed(plans.made("aws_lambda_function", {"environment": [{"variables": {"A": "b"}}]}), ["kms_key_arn"])])
	count(data.rules.encryption.function_environment_key.deny) == 1 with input as given
	count(data.rules.encryption.function_environment_key.unknown) == 0 with input as given
}

test_a_key_that_aws_manages_is_denied if {
	given := plans.production([plans.made("aws_lambda_function", {"environment": [{"variables": {"STAGE": "prod"}}], "kms_key_arn": "arn:aws:kms:us-east-1:111122223333:alias/aws/lambda"})])
	count(data.rules.encryption.function_environment_key.deny) == 1 with input as given
}
