package tests.functions.state_machine_observed

import data.testing.plans

import rego.v1

logged := [{"level": "ALL", "log_destination": "arn:aws:logs:us-east-1:111122223333:log-group:/aws/vendedlogs/states/claims:*"}]

machine(logging, tracing) := plans.production([plans.made("aws_sfn_state_machine", {"name": "claims", "logging_configuration": logging, "tracing_configuration": tracing})])

test_a_machine_that_is_logged_in_full_and_traced_is_fine if {
	given := machine(logged, [{"enabled": true}])
	count(data.rules.functions.state_machine_observed.deny) == 0 with input as given
	count(data.rules.functions.state_machine_observed.unknown) == 0 with input as given
}

test_a_machine_that_logs_its_errors_alone_is_denied if {
	given := machine([{"level": "ERROR"}], [{"enabled": true}])
	count(data.rules.functions.state_machine_observed.deny) == 1 with input as given
	count(data.rules.functions.state_machine_observed.unknown) == 0 with input as given
}

test_a_machine_without_a_trace_is_denied if {
	given := machine(logged, [{"enabled": false}])
	count(data.rules.functions.state_machine_observed.deny) == 1 with input as given
	count(data.rules.functions.state_machine_observed.unknown) == 0 with input as given
}

test_a_machine_that_says_nothing_of_either_is_denied_for_both if {
	given := plans.production([plans.computed(plans.made("aws_sfn_state_machine", {"name": "claims"}), ["logging_configuration", "tracing_configuration"])])
	count(data.rules.functions.state_machine_observed.deny) == 2 with input as given
	count(data.rules.functions.state_machine_observed.unknown) == 0 with input as given
}

test_what_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_sfn_state_machine", {"name": "claims", "logging_configuration": [{}], "tracing_configuration": [{}]}), {"logging_configuration": [{"level": true}], "tracing_configuration": [{"enabled": true}]})])
	count(data.rules.functions.state_machine_observed.deny) == 0 with input as given
	count(data.rules.functions.state_machine_observed.unknown) == 2 with input as given
}
