package tests.functions.dead_letter_target

import data.testing.plans

import rego.v1

test_a_function_that_loses_events_is_denied if {
	given := plans.production([plans.made("aws_lambda_function", {"function_name": "f", "runtime": "python3.13"})])
	count(data.rules.functions.dead_letter_target.deny) == 1 with input as given
	count(data.rules.functions.dead_letter_target.unknown) == 0 with input as given
}

test_a_dead_letter_queue_is_fine if {
	given := plans.production([plans.made("aws_lambda_function", {"function_name": "f", "runtime": "python3.13", "dead_letter_config": [{"target_arn": "arn:aws:sqs:us-east-1:111122223333:q"}]})])
	count(data.rules.functions.dead_letter_target.deny) == 0 with input as given
	count(data.rules.functions.dead_letter_target.unknown) == 0 with input as given
}

test_a_queue_that_is_made_in_the_same_plan_is_fine if {
	given := plans.production([plans.later(plans.made("aws_lambda_function", {"function_name": "f", "runtime": "python3.13", "dead_letter_config": [{}]}), {"dead_letter_config": [{"target_arn": true}]})])
	count(data.rules.functions.dead_letter_target.deny) == 0 with input as given
	count(data.rules.functions.dead_letter_target.unknown) == 0 with input as given
}

test_an_on_failure_destination_is_fine if {
	given := plans.production([plans.made("aws_lambda_function", {"function_name": "f", "runtime": "python3.13"}), plans.made("aws_lambda_function_event_invoke_config", {"function_name": "f", "destination_config": [{"on_failure": [{"destination": "arn:aws:sqs:us-east-1:111122223333:q"}]}]})])
	count(data.rules.functions.dead_letter_target.deny) == 0 with input as given
	count(data.rules.functions.dead_letter_target.unknown) == 0 with input as given
}

test_an_invoke_configuration_without_a_destination_is_denied if {
	given := plans.production([plans.made("aws_lambda_function", {"function_name": "f", "runtime": "python3.13"}), plans.made("aws_lambda_function_event_invoke_config", {"function_name": "f", "maximum_retry_attempts": 1})])
	count(data.rules.functions.dead_letter_target.deny) == 1 with input as given
	count(data.rules.functions.dead_letter_target.unknown) == 0 with input as given
}

test_a_configuration_that_names_its_function_only_at_apply_leaves_it_unknown if {
	given := plans.production([plans.made("aws_lambda_function", {"function_name": "f", "runtime": "python3.13"}), plans.reads(plans.made("aws_lambda_function_event_invoke_config", {}), "function_name", {"references": ["local.f"]})])
	count(data.rules.functions.dead_letter_target.deny) == 0 with input as given
	count(data.rules.functions.dead_letter_target.unknown) == 1 with input as given
}

test_a_function_with_a_target_of_its_own_needs_no_other if {
	function := plans.made("aws_lambda_function", {"function_name": "f", "runtime": "python3.13", "dead_letter_config": [{"target_arn": "arn:aws:sqs:us-east-1:111122223333:lost"}]})
	every helper in [
		plans.made("aws_lambda_function_event_invoke_config", {"function_name": "f"}),
		plans.reads(plans.made("aws_lambda_function_event_invoke_config", {}), "function_name", {"references": ["local.f"]}),
	] {
		count(data.rules.functions.dead_letter_target.deny) == 0 with input as plans.production([function, helper])
		count(data.rules.functions.dead_letter_target.unknown) == 0 with input as plans.production([function, helper])
	}
}
