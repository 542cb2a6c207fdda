package tests.lib.keys

import data.lib.keys
import data.lib.plan
import data.testing.plans

import rego.v1

kind(given) := found if {
	resource := plan.of("aws_ebs_volume")[0] with input as given
	found := keys.kind(resource, ["kms_key_id"]) with input as given
}

volume(after) := plans.made("aws_ebs_volume", after)

reading(references) := plans.reads(volume({}), "kms_key_id", {"references": references})

test_what_the_attribute_says_tells_whose_key_it_is if {
	kind(plans.production([volume({})])) == "none"
	kind(plans.production([volume({"kms_key_id": ""})])) == "none"
	kind(plans.production([volume({"kms_key_id": "alias/aws/ebs"})])) == "aws"
	kind(plans.production([volume({"kms_key_id": "arn:aws:kms:us-east-1:111122223333:alias/aws/ebs"})])) == "aws"
	kind(plans.production([volume({"kms_key_id": "alias/claims"})])) == "customer"
	kind(plans.production([plans.computed(volume({}), ["kms_key_id"])])) == "none"
	perhaps := object.union(reading(["var.own", "aws_kms_key.this.arn"]), {"after": {"kms_key_id": ""}, "unknown": {"kms_key_id": false}})
	kind(plans.production([perhaps, plans.made("aws_kms_key", {})])) == "none"
}

test_a_key_that_the_plan_makes_is_a_customer_s if {
	every type in ["aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key", "aws_kms_alias"] {
		kind(plans.production([reading([concat("", [type, ".this.arn"])]), plans.made(type, {})])) == "customer"
	}
	kind(plans.production([reading(["aws_ssm_parameter.this.value"]), plans.made("aws_ssm_parameter", {})])) == "unknown"
}

test_a_key_that_comes_from_elsewhere_at_apply_is_unknown if {
	kind(plans.production([reading(["local.key"])])) == "unknown"
	kind(plans.production([plans.reads(volume({}), "kms_key_id", {})])) == "unknown"
}

# The same places in two blocks, of which one reads a key and one does not.
test_each_block_s_key_must_be_one_that_the_plan_makes if {
	disk := plans.blocks(
		plans.made("aws_instance", {"ebs_block_device": [{}, {}]}), "ebs_block_device",
		[{"kms_key_id": {"references": ["aws_kms_key.this.arn"]}}, {"kms_key_id": {"references": ["local.key"]}}],
		[{"kms_key_id": true}, {"kms_key_id": true}],
	)
	given := plans.production([disk, plans.made("aws_kms_key", {})])
	resource := plan.of("aws_instance")[0] with input as given
	keys.kind(resource, ["ebs_block_device", 0, "kms_key_id"]) == "unknown" with input as given
}

looking_up(type, argument, name) := plans.with_data(plans.production([reading([concat("", ["data.", type, ".this.arn"]), concat("", ["data.", type, ".this"])])]), {
	"address": concat("", ["data.", type, ".this"]),
	"mode": "data",
	"type": type,
	"name": "this",
	"expressions": {argument: {"constant_value": name}},
})

test_a_key_of_aws_s_that_is_looked_up_is_aws_s if {
	kind(looking_up("aws_kms_alias", "name", "alias/aws/ebs")) == "aws"
	kind(looking_up("aws_kms_key", "key_id", "alias/aws/ebs")) == "aws"
	kind(looking_up("aws_kms_alias", "name", "alias/claims")) == "customer"
	kind(looking_up("aws_kms_alias", "region", "alias/aws/ebs")) == "customer"
	kind(looking_up("aws_ssm_parameter", "name", "alias/aws/ebs")) == "unknown"
}

test_a_key_of_aws_s_that_something_else_looks_up_is_not_this_one if {
	found := looking_up("aws_kms_alias", "name", "alias/aws/ebs")
	replaced := json.patch(found, [{"op": "replace", "path": "/plan/configuration/root_module/module_calls/service/module/resources/0/expressions/kms_key_id/references", "value": ["local.key"]}])
	kind(replaced) == "unknown"
}

test_only_two_kinds_have_a_problem if {
	keys.problem("aws") == "is encrypted with a key that AWS manages and shares"
	keys.problem("none") == "has no customer managed key"
	not keys.problem("customer")
	not keys.problem("unknown")
}

test_a_key_in_a_block_that_no_configuration_shows_is_unknown if {
	table := object.union(plans.made("aws_dynamodb_table", {}), {
		"after": {"server_side_encryption": [{}]},
		"unknown": {"server_side_encryption": [{"kms_key_arn": true}]},
	})
	given := plans.production([table])
	resource := plan.of("aws_dynamodb_table")[0] with input as given
	keys.kind(resource, ["server_side_encryption", 0, "kms_key_arn"]) == "unknown" with input as given
}
