package tests.lib.plan

import data.lib.plan
import data.testing.plans

import rego.v1

undecided(given) if {
	resource := plan.of("aws_ebs_volume")[0] with input as given
	plan.undecided(resource, ["kms_key_id"]) with input as given
}

reading(references) := plans.reads(plans.made("aws_ebs_volume", {}), "kms_key_id", {"references": references})

test_what_nobody_wrote_is_not_the_author_s if {
	not undecided(plans.production([plans.computed(plans.made("aws_ebs_volume", {}), ["kms_key_id"])]))
}

test_an_unknown_value_of_a_resource_that_no_configuration_shows_stays_unknown if {
	given := plans.production([plans.computed(plans.made("aws_ebs_volume", {}), ["kms_key_id"])])
	undecided({"plan": object.remove(given.plan, ["configuration"])})
}

test_a_literal_null_is_not_the_author_s_value if {
	not undecided(plans.production([plans.reads(plans.made("aws_ebs_volume", {}), "kms_key_id", {"constant_value": null})]))
}

test_an_input_that_the_caller_leaves_out_is_known_and_null if {
	given := plans.production([reading(["var.key_arn"])])
	not undecided(given)
	not undecided(plans.called_with(given, {"key_arn": {"constant_value": null}}))
}

test_an_input_that_the_root_module_hands_on_is_known if {
	not undecided(plans.called_with(plans.production([reading(["var.key_arn"])]), {"key_arn": {"references": ["var.key_arn"]}}))
}

test_an_input_that_a_resource_fills_is_known_only_at_apply if {
	called := plans.called_with(plans.production([reading(["var.key_arn"])]), {"key_arn": {"references": ["aws_ssm_parameter.key.value", "aws_ssm_parameter.key"]}})
	undecided(plans.with_root(called, "aws_ssm_parameter", "key"))
}

test_a_resource_of_count_zero_gives_nothing if {
	given := plans.production([reading(["var.create", "aws_kms_key.this[0].arn", "aws_kms_key.this[0]", "aws_kms_key.this"])])
	not undecided(given)
}

test_a_local_value_is_in_no_plan_and_may_be_anything if {
	undecided(plans.production([reading(["local.key_arn"])]))
}

test_a_call_without_references_is_known_only_at_apply if {
	undecided(plans.production([plans.reads(plans.made("aws_ebs_volume", {}), "kms_key_id", {})]))
	undecided(plans.production([plans.reads(plans.made("aws_ebs_volume", {}), "kms_key_id", {"constant_value": "${uuid()}"})]))
}

test_a_value_of_a_loop_is_what_the_loop_reads if {
	looped := reading(["each.value.kms_key_id", "each.value", "each.key"])
	given := plans.production([looped])
	place := "/plan/configuration/root_module/module_calls/service/module/resources/0/for_each_expression"
	not undecided(json.patch(given, [{"op": "add", "path": place, "value": {"references": ["var.volumes"]}}]))
	undecided(json.patch(given, [{"op": "add", "path": place, "value": {"references": ["local.volumes"]}}]))
}

test_an_output_of_an_inner_module_is_what_that_module_reads if {
	with_call := json.patch(plans.production([reading(["module.key.arn", "module.key"])]), [{
		"op": "add",
		"path": "/plan/configuration/root_module/module_calls/service/module/module_calls",
		"value": {"key": {"module": {"outputs": {"arn": {"expression": {"references": ["var.arn"]}}}}}},
	}])
	not undecided(with_call)
	opened := json.patch(with_call, [{
		"op": "add",
		"path": "/plan/configuration/root_module/module_calls/service/module/module_calls/key/expressions",
		"value": {"arn": {"references": ["local.arn"]}},
	}])
	undecided(opened)
}

# --- Blocks

key := ["block_device", 0, "kms_key_id"]

written_in(blocks, planned, unknown) := plans.production([plans.blocks(plans.made("aws_ebs_volume", {"block_device": planned}), "block_device", blocks, unknown)])

block_undecided(given, path) if {
	resource := plan.of("aws_ebs_volume")[0] with input as given
	plan.undecided(resource, path) with input as given
}

test_an_attribute_that_its_block_leaves_out_is_not_the_author_s if {
	not block_undecided(written_in([{"name": {"constant_value": "a"}}], [{"name": "a"}], [{"kms_key_id": true}]), key)
}

test_an_attribute_that_its_block_reads_from_elsewhere_is_known_only_at_apply if {
	block_undecided(written_in([{"kms_key_id": {"references": ["local.key"]}}], [{}], [{"kms_key_id": true}]), key)
}

test_blocks_of_a_set_are_told_apart_by_their_literals if {
	written := [{"name": {"constant_value": "b"}, "kms_key_id": {"references": ["local.key"]}}, {"name": {"constant_value": "a"}}]
	given := written_in(written, [{"name": "a"}, {"name": "b"}], [{"kms_key_id": true}, {"kms_key_id": true}])
	not block_undecided(given, key)
	block_undecided(given, ["block_device", 1, "kms_key_id"])
}

test_what_a_dynamic_block_holds_is_unseen if {
	resource := object.union(plans.made("aws_ebs_volume", {}), {"after": {"block_device": [{"name": "a"}]}, "unknown": {"block_device": [{"kms_key_id": true}]}})
	block_undecided(plans.production([resource]), key)
	block_undecided(written_in([{"name": {"constant_value": "a"}}], [{"name": "a"}, {"name": "b"}], [{"kms_key_id": true}, {}]), key)
}

test_a_dynamic_block_inside_a_block_is_unseen if {
	path := ["rule", 0, "inner", 0, "kms_key_id"]
	resource := plans.made("aws_ebs_volume", {"rule": [{"inner": [{}]}]})
	unknown := [{"inner": [{"kms_key_id": true}]}]
	block_undecided(plans.production([plans.blocks(resource, "rule", [{}], unknown)]), path)
	not block_undecided(plans.production([plans.blocks(resource, "rule", [{"inner": [{"name": {"constant_value": "a"}}]}], unknown)]), path)
}

test_a_block_that_is_unknown_as_a_whole_is_a_dynamic_one_unless_the_provider_fills_it if {
	dynamic_block := object.union(plans.made("aws_ebs_volume", {}), {"unknown": {"block_device": true}})
	block_undecided(plans.production([dynamic_block]), key)
	table := plans.production([object.union(plans.made("aws_dynamodb_table", {}), {"unknown": {"server_side_encryption": true}})])
	resource := plan.of("aws_dynamodb_table")[0] with input as table
	not plan.undecided(resource, ["server_side_encryption", 0, "kms_key_arn"]) with input as table
}
