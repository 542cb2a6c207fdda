package tests.compute.instance_metadata_v2

import data.testing.plans

import rego.v1

test_an_instance_that_answers_without_a_token_is_denied if {
	given := plans.production([plans.made("aws_instance", {"metadata_options": [{"http_tokens": "optional"}]})])
	count(data.rules.compute.instance_metadata_v2.deny) == 1 with input as given
	count(data.rules.compute.instance_metadata_v2.unknown) == 0 with input as given
}

test_what_nobody_wrote_answers_without_a_token if {
	given := plans.production([plans.computed(plans.made("aws_instance", {"instance_type": "m7i.large"}), ["metadata_options"])])
	count(data.rules.compute.instance_metadata_v2.deny) == 1 with input as given
	count(data.rules.compute.instance_metadata_v2.unknown) == 0 with input as given
}

test_options_without_tokens_answer_without_a_token if {
	given := plans.production([plans.made("aws_launch_template", {"metadata_options": [{"http_endpoint": "enabled"}]})])
	count(data.rules.compute.instance_metadata_v2.deny) == 1 with input as given
	count(data.rules.compute.instance_metadata_v2.unknown) == 0 with input as given
}

test_a_launch_configuration_is_read if {
	given := plans.of("dev", [plans.made("aws_launch_configuration", {"image_id": "ami-0a1b2c3d4e5f60718"})])
	count(data.rules.compute.instance_metadata_v2.deny) == 1 with input as given
	count(data.rules.compute.instance_metadata_v2.unknown) == 0 with input as given
}

test_three_hops_are_too_far if {
	given := plans.production([plans.made("aws_launch_template", {"metadata_options": [{"http_tokens": "required", "http_put_response_hop_limit": 3}]})])
	count(data.rules.compute.instance_metadata_v2.deny) == 1 with input as given
	count(data.rules.compute.instance_metadata_v2.unknown) == 0 with input as given
}

test_two_hops_are_what_a_container_needs if {
	given := plans.production([plans.made("aws_launch_template", {"metadata_options": [{"http_tokens": "required", "http_put_response_hop_limit": 2}]})])
	count(data.rules.compute.instance_metadata_v2.deny) == 0 with input as given
	count(data.rules.compute.instance_metadata_v2.unknown) == 0 with input as given
}

test_a_service_that_is_off_needs_no_token if {
	given := plans.production([plans.made("aws_instance", {"metadata_options": [{"http_endpoint": "disabled"}]})])
	count(data.rules.compute.instance_metadata_v2.deny) == 0 with input as given
	count(data.rules.compute.instance_metadata_v2.unknown) == 0 with input as given
}

test_a_notebook_of_version_one_is_denied if {
	given := plans.production([plans.made("aws_sagemaker_notebook_instance", {"instance_metadata_service_configuration": [{"minimum_instance_metadata_service_version": "1"}]})])
	count(data.rules.compute.instance_metadata_v2.deny) == 1 with input as given
	count(data.rules.compute.instance_metadata_v2.unknown) == 0 with input as given
}

test_an_account_that_asks_for_no_token_is_denied if {
	given := plans.production([plans.made("aws_ec2_instance_metadata_defaults", {"http_tokens": "optional"})])
	count(data.rules.compute.instance_metadata_v2.deny) == 1 with input as given
	count(data.rules.compute.instance_metadata_v2.unknown) == 0 with input as given
}

test_an_instance_of_a_template_in_the_plan_is_judged_by_the_template if {
	given := plans.production([json.patch(plans.made("aws_instance", {"launch_template": [{"version": "1"}]}), [{"op": "add", "path": "/unknown/launch_template", "value": [{"id": true}]}, {"op": "add", "path": "/expressions/launch_template", "value": [{"id": {"references": ["aws_launch_template.this.id", "aws_launch_template.this"]}}]}]), plans.made("aws_launch_template", {"metadata_options": [{"http_tokens": "required", "http_put_response_hop_limit": 1}]})])
	count(data.rules.compute.instance_metadata_v2.deny) == 0 with input as given
	count(data.rules.compute.instance_metadata_v2.unknown) == 0 with input as given
}

test_an_instance_of_a_template_by_name_is_judged_by_the_template if {
	given := plans.production([plans.made("aws_instance", {"launch_template": [{"name": "prod-nodes"}]}), plans.made("aws_launch_template", {"name": "prod-nodes", "metadata_options": [{"http_tokens": "required", "http_put_response_hop_limit": 1}]})])
	count(data.rules.compute.instance_metadata_v2.deny) == 0 with input as given
	count(data.rules.compute.instance_metadata_v2.unknown) == 0 with input as given
}

test_an_instance_of_a_template_elsewhere_is_unknown if {
	given := plans.production([plans.made("aws_instance", {"launch_template": [{"id": "lt-0a1b2c3d4e5f60718"}]})])
	count(data.rules.compute.instance_metadata_v2.deny) == 0 with input as given
	count(data.rules.compute.instance_metadata_v2.unknown) == 1 with input as given
}

test_tokens_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([json.patch(plans.made("aws_launch_template", {"metadata_options": [{"http_put_response_hop_limit": 1}]}), [{"op": "add", "path": "/unknown/metadata_options", "value": [{"http_tokens": true}]}, {"op": "add", "path": "/expressions/metadata_options", "value": [{"http_tokens": {"references": ["local.tokens"]}}]}])])
	count(data.rules.compute.instance_metadata_v2.deny) == 0 with input as given
	count(data.rules.compute.instance_metadata_v2.unknown) == 1 with input as given
}

test_options_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.later(plans.made("aws_launch_template", {}), {"metadata_options": true})])
	count(data.rules.compute.instance_metadata_v2.deny) == 0 with input as given
	count(data.rules.compute.instance_metadata_v2.unknown) == 2 with input as given
}

test_a_template_elsewhere_is_unknown_beside_a_template_of_this_plan if {
	elsewhere := plans.made("aws_instance", {"launch_template": [{"id": "lt-0a1b2c3d4e5f60718"}]})
	sound := plans.made("aws_launch_template", {"metadata_options": [{"http_tokens": "required"}]})
	count(data.rules.compute.instance_metadata_v2.unknown) == 1 with input as plans.production([elsewhere, sound])
	by_name := plans.blocks(plans.made("aws_instance", {"launch_template": [{}]}), "launch_template", [{"name": {"references": ["aws_launch_template.this.name", "aws_launch_template.this"]}}], [{"name": true}])
	count(data.rules.compute.instance_metadata_v2.unknown) == 0 with input as plans.production([by_name, sound])
	count(data.rules.compute.instance_metadata_v2.deny) == 0 with input as plans.production([by_name, sound])
}

test_an_instance_s_own_options_count_beside_its_template if {
	sound := plans.made("aws_launch_template", {"name": "prod-nodes", "metadata_options": [{"http_tokens": "required"}]})
	instance := plans.made("aws_instance", {"launch_template": [{"name": "prod-nodes"}], "metadata_options": [{"http_tokens": "optional"}]})
	count(data.rules.compute.instance_metadata_v2.deny) == 1 with input as plans.production([instance, sound])
}

test_a_service_that_is_off_needs_no_token_that_comes_at_apply if {
	off := plans.blocks(plans.made("aws_instance", {"metadata_options": [{"http_endpoint": "disabled"}]}), "metadata_options", [{"http_tokens": {"references": ["local.tokens"]}}], [{"http_tokens": true}])
	count(data.rules.compute.instance_metadata_v2.deny) == 0 with input as plans.production([off])
	count(data.rules.compute.instance_metadata_v2.unknown) == 0 with input as plans.production([off])
}
