package tests.functions.tracing

import data.testing.plans

import rego.v1

test_a_function_without_tracing_is_denied if {
	given := plans.production([plans.made("aws_lambda_function", {"function_name": "f", "runtime": "python3.13"})])
	count(data.rules.functions.tracing.deny) == 1 with input as given
	count(data.rules.functions.tracing.unknown) == 0 with input as given
}

test_passthrough_is_denied if {
	given := plans.production([plans.made("aws_lambda_function", {"function_name": "f", "runtime": "python3.13", "tracing_config": [{"mode": "PassThrough"}]})])
	count(data.rules.functions.tracing.deny) == 1 with input as given
	count(data.rules.functions.tracing.unknown) == 0 with input as given
}

test_active_is_fine if {
	given := plans.production([plans.made("aws_lambda_function", {"function_name": "f", "runtime": "python3.13", "tracing_config": [{"mode": "Active"}]})])
	count(data.rules.functions.tracing.deny) == 0 with input as given
	count(data.rules.functions.tracing.unknown) == 0 with input as given
}

test_a_mode_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_lambda_function", {"function_name": "f", "runtime": "python3.13", "tracing_config": [{}]}), {"tracing_config": [{"mode": true}]})])
	count(data.rules.functions.tracing.deny) == 0 with input as given
	count(data.rules.functions.tracing.unknown) == 1 with input as given
}

test_a_function_that_says_nothing_of_tracing_is_not_traced if {
	given := plans.production([plans.computed(plans.made("aws_lambda_function", {}), ["tracing_config"])])
	count(data.rules.functions.tracing.deny) == 1 with input as given
	count(data.rules.functions.tracing.unknown) == 0 with input as given
}
