package tests.functions.supported_runtime

import data.testing.plans

import rego.v1

test_a_runtime_past_its_end_is_denied if {
	given := plans.production([plans.made("aws_lambda_function", {"runtime": "nodejs18.x"})])
	count(data.rules.functions.supported_runtime.deny) == 1 with input as given
	count(data.rules.functions.supported_runtime.unknown) == 0 with input as given
}

test_a_runtime_that_nobody_heard_of_is_denied if {
	given := plans.production([plans.made("aws_lambda_function", {"runtime": "python4.0"})])
	count(data.rules.functions.supported_runtime.deny) == 1 with input as given
	count(data.rules.functions.supported_runtime.unknown) == 0 with input as given
}

test_a_supported_runtime_is_fine if {
	given := plans.production([plans.made("aws_lambda_function", {"function_name": "f", "runtime": "python3.13"})])
	count(data.rules.functions.supported_runtime.deny) == 0 with input as given
	count(data.rules.functions.supported_runtime.unknown) == 0 with input as given
}

test_a_container_image_brings_its_own if {
	given := plans.production([plans.made("aws_lambda_function", {"package_type": "Image"})])
	count(data.rules.functions.supported_runtime.deny) == 0 with input as given
	count(data.rules.functions.supported_runtime.unknown) == 0 with input as given
}

test_a_runtime_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_lambda_function", {}), {"runtime": true})])
	count(data.rules.functions.supported_runtime.deny) == 0 with input as given
	count(data.rules.functions.supported_runtime.unknown) == 1 with input as given
}

test_a_runtime_is_unsupported_from_its_last_day_on if {
	given := plans.production([plans.made("aws_lambda_function", {"runtime": "invented1.0"})])
	every last_day, denials in {"2026-06-29": 1, "2026-06-30": 1, "2026-07-01": 0} {
		count(data.rules.functions.supported_runtime.deny) == denials with input as given with data.parameters.runtimes.deprecated as {"invented1.0": last_day}
	}
}
