package tests.secrets.no_secret_in_environment

import data.rules.secrets.no_secret_in_environment
import data.testing.plans

import rego.v1

test_a_function_token_is_denied if {
	given := plans.production([plans.made("aws_lambda_function", {"environment": [{"variables": {"SLACK_TOKEN": "not-a-real-one"}}]})])
	count(no_secret_in_environment.deny) == 1 with input as given
	count(no_secret_in_environment.unknown) == 0 with input as given
}

test_the_arn_of_a_secret_is_fine if {
	given := plans.production([plans.made("aws_lambda_function", {"environment": [{"variables": {"API_KEY": "arn:aws:secretsmanager:us-east-1:111122223333:secret:x", "TOKEN_ARN": "x"}}]})])
	count(no_secret_in_environment.deny) == 0 with input as given
	count(no_secret_in_environment.unknown) == 0 with input as given
}

test_a_container_password_is_denied if {
	given := plans.production([plans.made("kubernetes_deployment_v1", {"spec": [{"template": [{"spec": [{"container": [{"name": "c", "image": "a:1.0", "env": [{"name": "DB_PASSWORD", "value": "not-a-real-one"}]}], "init_container": []}]}]}]})])
	count(no_secret_in_environment.deny) == 1 with input as given
	count(no_secret_in_environment.unknown) == 0 with input as given
}

test_a_container_that_reads_a_secret_is_fine if {
	given := plans.production([plans.made("kubernetes_deployment_v1", {"spec": [{"template": [{"spec": [{"container": [{"name": "c", "image": "a:1.0", "env": [{"name": "DB_PASSWORD", "value": "", "value_from": [{"secret_key_ref": [{"name": "x"}]}]}]}], "init_container": []}]}]}]})])
	count(no_secret_in_environment.deny) == 0 with input as given
	count(no_secret_in_environment.unknown) == 0 with input as given
}

test_a_variable_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_lambda_function", {"environment": [{"variables": {}}]}), {"environment": [{"variables": {"API_KEY": true}}]})])
	count(no_secret_in_environment.deny) == 0 with input as given
	count(no_secret_in_environment.unknown) == 1 with input as given
}

test_an_environment_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_lambda_function", {}), {"environment": true})])
	count(no_secret_in_environment.deny) == 0 with input as given
	count(no_secret_in_environment.unknown) == 1 with input as given
}
