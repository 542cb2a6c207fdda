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
	apart := plans.production([reading(["var.key_arn"])])
	not undecided(json.patch(apart, [{"op": "add", "path": place, "value": {"references": ["local.volumes"]}}]))
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

# --- What a plan wants

existing(given) := {resource.address | some resource in data.lib.plan.existing with input as given}

bare(change) := {"format_version": "1.2", "resource_changes": [object.union({"address": "aws_ebs_volume.this", "mode": "managed", "type": "aws_ebs_volume", "name": "this"}, change)]}

test_a_plan_is_read_with_and_without_what_groundplan_says if {
	change := {"change": {"actions": ["create"], "after": {}}}
	existing(bare(change)) == {"aws_ebs_volume.this"}
	existing({"plan": bare(change)}) == {"aws_ebs_volume.this"}
	data.lib.plan.readable with input as bare(change)
	data.lib.plan.readable with input as {"plan": bare(change)}
	not data.lib.plan.readable with input as {"plan": "text", "format_version": 1}
	not data.lib.plan.readable with input as {}
}

test_what_stays_exists_and_a_data_source_or_what_goes_does_not if {
	existing(bare({"change": {"actions": ["delete"], "after": null}})) == set()
	existing(bare({"mode": "data", "change": {"actions": ["read"], "after": {}}})) == set()
	some resource in data.lib.plan.by_type.aws_ebs_volume with input as bare({"change": {"actions": ["delete"], "before": {"a": 1}, "after": null}})
	resource.before == {"a": 1}
	resource.stays == false
	resource.after == {}
}

test_a_resource_is_seen_whole if {
	given := bare({"index": "a", "module_address": "module.a", "provider_name": "aws", "change": {
		"actions": ["update"], "before": {"b": 1}, "after": {"a": 1}, "after_unknown": {"u": true}, "after_sensitive": {"s": true},
	}})
	seen := plan.of("aws_ebs_volume")[0] with input as given
	seen == {
		"address": "aws_ebs_volume.this", "type": "aws_ebs_volume", "name": "this", "index": "a", "module": "module.a", "provider": "aws",
		"actions": ["update"], "before": {"b": 1}, "after": {"a": 1}, "unknown": {"u": true}, "sensitive": {"s": true}, "stays": true,
	}
	plain := plan.of("aws_ebs_volume")[0] with input as bare({"change": {"actions": ["create"], "after": {}}})
	plain == {
		"address": "aws_ebs_volume.this", "type": "aws_ebs_volume", "name": "this", "index": null, "module": "", "provider": "",
		"actions": ["create"], "before": {}, "after": {}, "unknown": {}, "sensitive": {}, "stays": true,
	}
}

test_a_plan_is_taken_bare_whatever_else_it_holds if {
	given := object.union(bare({"change": {"actions": ["create"], "after": {}}}), {"plan": "prod"})
	count(plan.of("aws_ebs_volume")) == 1 with input as given
}

test_a_deposed_object_stands_beside_the_one_in_its_place if {
	one := bare({"change": {"actions": ["create"], "after": {}}})
	two := bare({"deposed": "abcd", "change": {"actions": ["delete"], "after": null}})
	given := object.union(one, {"resource_changes": array.concat(one.resource_changes, two.resource_changes)})
	found := object.keys(data.lib.plan.by_type.aws_ebs_volume) with input as given
	found == {"aws_ebs_volume.this ", "aws_ebs_volume.this abcd"}
}

# --- What an attribute says

planned(after, unknown) := {"after": after, "unknown": unknown}

test_an_attribute_is_unknown_by_itself_or_within_what_is if {
	plan.unknown_at(planned({}, {"a": true}), ["a"])
	plan.unknown_at(planned({}, {"a": true}), ["a", 0, "b"])
	plan.unknown_at(planned({}, {"a": [{"b": true}]}), ["a", 0, "b"])
	plan.unknown_at(planned({}, {"a": [true]}), ["a", 0])
	plan.unknown_at(planned({}, {"a": [{"b": [true]}]}), ["a", 0, "b", 0])
	plan.unknown_at(planned({}, {"a": [true]}), ["a", 0, "b", 0])
	not plan.unknown_at(planned({}, {"a": [{"b": true}]}), ["a"])
	not plan.unknown_at(planned({}, {"a": [{"b": true}]}), ["a", 0])
	not plan.unknown_at(planned({}, {"a": [{"b": true}]}), ["a", 0, "c"])
	not plan.unknown_at(planned({}, {"a": false}), ["a"])
	not plan.unknown_at(planned({}, {}), ["a", 0])
}

test_an_attribute_is_partly_unknown_where_anything_in_it_is if {
	plan.partly_unknown(planned({}, {"a": true}), ["a"])
	plan.partly_unknown(planned({}, {"a": [{"b": true}]}), ["a"])
	plan.partly_unknown(planned({}, {"a": true}), ["a", 0])
	not plan.partly_unknown(planned({}, {"a": [{"b": false}]}), ["a"])
	not plan.partly_unknown(planned({}, {"b": true}), ["a"])
}

test_text_and_numbers_are_read_and_what_is_neither_counts_as_nothing if {
	plan.text(planned({"a": [{"b": "x"}]}, {}), ["a", 0, "b"]) == "x"
	plan.text(planned({"a": 1}, {}), ["a"]) == ""
	plan.text(planned({}, {}), ["a"]) == ""
	plan.number(planned({"a": 3}, {}), ["a"], 7) == 3
	plan.number(planned({"a": "3"}, {}), ["a"], 7) == 7
	plan.number(planned({}, {}), ["a"], 7) == 7
	plan.known(planned({"a": false}, {}), ["a"], true) == false
	plan.known(planned({"a": null}, {}), ["a"], true) == true
}

test_two_resources_are_in_one_region_unless_both_say_another if {
	east := planned({"region": "us-east-1"}, {})
	west := planned({"region": "us-west-2"}, {})
	plan.same_region(east, east)
	plan.same_region(east, planned({}, {}))
	plan.same_region(planned({}, {}), west)
	plan.same_region(planned({}, {}), planned({}, {}))
	not plan.same_region(east, west)
}

# --- Configuration

test_an_address_without_its_instance_keys_is_what_the_configuration_says if {
	plan.unindexed("module.a[\"x\"].aws_b.c[0]") == "module.a.aws_b.c"
	plan.unindexed(`module.a["x\"].y"].aws_b.c[12].d`) == "module.a.aws_b.c.d"
	plan.unindexed("aws_b.c") == "aws_b.c"
}

# An engine may read a literal once for each brace around it: one that stands this deep takes it seconds.
calling(name, called) := {"module_calls": {name: {"module": called}}}

nested_modules(levels) := {"configuration": {"root_module": calling("a", calling("b", calling("c", calling("d", volume))))}} if {
	volume := {"resources": [{"address": "aws_ebs_volume.this", "expressions": {"size": {"constant_value": levels}}}]}
}

test_a_resource_of_a_module_in_modules_is_found if {
	found := data.lib.plan.configured with input as nested_modules(4)
	found["module.a.module.b.module.c.module.d.aws_ebs_volume.this"].expressions.size.constant_value == 4
	paths := object.keys(data.lib.plan.modules) with input as nested_modules(4)
	paths == {"", "module.a", "module.a.module.b", "module.a.module.b.module.c", "module.a.module.b.module.c.module.d"}
	plan.joined("", "a") == "a"
	plan.joined("module.a", "b") == "module.a.b"
}

written_volume(expressions) := object.union(plans.made("aws_ebs_volume", {}), {"expressions": expressions})

seen(made) := {"given": given, "resource": found} if {
	given := plans.production([made])
	found := plan.of("aws_ebs_volume")[0] with input as given
}

test_what_the_author_wrote_of_an_argument_is_read if {
	at := seen(written_volume({"size": {"constant_value": "${var.size}1", "references": ["var.size"]}, "tags": {"references": ["local.a"]}}))
	plan.template(at.resource, ["size"]) == "${var.size}1" with input as at.given
	plan.template(at.resource, ["tags"]) == "" with input as at.given
	plan.written(at.resource, ["size"]) with input as at.given
	not plan.written(at.resource, ["kms_key_id"]) with input as at.given
	plan.references(at.resource, ["size"]) == {"var.size"} with input as at.given
	plan.references(at.resource, ["tags", "Owner"]) == {"local.a"} with input as at.given
	plan.references(at.resource, ["other"]) == set() with input as at.given
	plan.blocks(at.resource, "device") == [] with input as at.given
}

test_the_blocks_of_a_name_are_those_that_are_written if {
	at := seen(written_volume({"device": [{"name": {"constant_value": "a"}}, {"name": {"references": ["local.b"]}}]}))
	count(plan.blocks(at.resource, "device")) == 2 with input as at.given
	plan.references(at.resource, ["device", 0, "name"]) == {"local.b"} with input as at.given
	plan.references(at.resource, ["device", 0, "other"]) == set() with input as at.given
}

test_an_origin_is_found_through_inputs_and_outputs if {
	inner := json.patch(plans.production([reading(["module.key.arn"])]), [{
		"op": "add",
		"path": "/plan/configuration/root_module/module_calls/service/module/module_calls",
		"value": {"key": {"expressions": {"name": {"references": ["var.name"]}}, "module": {"outputs": {"arn": {"expression": {"references": ["aws_kms_key.this.arn", "var.name"]}}}}}},
	}])
	given := plans.called_with(inner, {"name": {"references": ["aws_ssm_parameter.name.value"]}})
	volume := plan.of("aws_ebs_volume")[0] with input as given
	found := plan.origins(volume, ["kms_key_id"]) with input as given
	found == {
		"module.service|module.key.arn", "module.service.module.key|aws_kms_key.this.arn", "module.service.module.key|var.name",
		"module.service|var.name", "|aws_ssm_parameter.name.value",
	}
	plan.comes_from(volume, ["kms_key_id"], {"aws_kms_key"}) with input as given
	plan.comes_from(volume, ["kms_key_id"], {"aws_ssm_parameter"}) with input as given
	not plan.comes_from(volume, ["kms_key_id"], {"aws_iam_policy"}) with input as given
}

test_an_output_of_an_instance_of_a_module_is_the_module_s if {
	plan.same_output("module.store[\"a\"].arn") == {"module.store[\"a\"].arn", "module.store.arn"}
	plan.same_output("aws_b.c[0]") == {"aws_b.c[0]"}
	plan.looped({"for_each_expression": {"references": ["var.all"]}}, "each.value.name") == {"each.value.name", "var.all"}
	plan.looped({"for_each_expression": {"references": ["var.all"]}}, "var.name") == {"var.name"}
	plan.looped({}, "each.key") == {"each.key"}
}

test_a_value_of_a_data_source_comes_from_its_type if {
	given := plans.production([reading(["data.aws_kms_key.this.arn"])])
	volume := plan.of("aws_ebs_volume")[0] with input as given
	plan.comes_from(volume, ["kms_key_id"], {"aws_kms_key"}) with input as given
	plan.origin_type(["data", "aws_kms_key", "this"]) == "aws_kms_key"
	plan.origin_type(["aws_kms_key", "this"]) == "aws_kms_key"
	plan.reads_existing(volume, {"references": ["data.aws_kms_key.this.arn"]}, {"aws_kms_key"}) with input as given
	not plan.reads_existing(volume, {"references": ["aws_kms_key.this.arn"]}, {"aws_kms_key"}) with input as given
	not plan.reads_existing(volume, {"references": ["data.aws_kms_key.this.arn"]}, {"aws_kms_alias"}) with input as given
}

test_what_a_caller_passes_as_it_stands_is_known_wherever_it_is_read if {
	given := plans.called_with(plans.production([reading(["var.key"])]), {"key": {"constant_value": {"deep": ["*"]}}})
	volume := plan.of("aws_ebs_volume")[0] with input as given
	plan.passes(volume, ["kms_key_id"], "*") with input as given
	not plan.passes(volume, ["kms_key_id"], "?") with input as given
	not plan.passes(volume, ["size"], "*") with input as given
	passed := data.lib.plan.literals with input as given
	passed == {"module.service|var.key": {"deep": ["*"]}}
}

# --- Expressions

test_an_expression_is_one_by_what_it_has if {
	plan.is_expression({})
	plan.is_expression({"references": []})
	plan.is_expression({"constant_value": null})
	not plan.is_expression({"name": {"constant_value": "a"}})
	not plan.is_expression([])
	plan.in_list(["a", 0])
	not plan.in_list(["a", 0, "b"])
}

test_steps_lead_to_a_path_however_blocks_are_numbered if {
	plan.leads([0, "name"], [3, "name"])
	plan.leads(["a"], ["a", "b"])
	plan.leads([], ["a"])
	not plan.leads(["a", "b"], ["a"])
	not plan.leads([0, "name"], [0, "other"])
	plan.names([0, "a", 1, "b"]) == ["a", "b"]
}

test_a_block_is_another_when_a_literal_of_it_differs if {
	plan.other_block({"name": {"constant_value": "a"}}, {"name": "b"})
	not plan.other_block({"name": {"constant_value": "a"}}, {"name": "a"})
	not plan.other_block({"name": {"constant_value": "a"}}, {"name": 1})
	not plan.other_block({"name": {"constant_value": "a"}}, {})
	not plan.other_block({"name": {"constant_value": "${var.a}"}}, {"name": "b"})
	not plan.other_block({"name": {"references": ["var.a"]}}, {"name": "b"})
	not plan.other_block({"name": [{"constant_value": "a"}]}, {"name": "b"})
	plan.other_block({"same": {"constant_value": 1}, "name": {"constant_value": 1}}, {"same": 1, "name": 2})
}

# --- Providers and answers

test_a_provider_s_literals_and_tags_are_read if {
	plan.literal({"constant_value": 1}) == 1
	plan.literal({"constant_value": 1, "references": []}) == 1
	not plan.literal({"constant_value": 1, "references": ["var.a"]})
	not plan.literal({"references": ["var.a"]})
	not plan.literal(null)
	tags := data.lib.plan.default_tags with input as plans.with_provider(plans.production([]), {"default_tags": [{"tags": {"constant_value": {"Owner": "a"}}}]})
	tags == {{"Owner": "a"}}
	found := data.lib.plan.providers with input as plans.with_provider(plans.production([]), {})
	found == {"aws": {"name": "aws", "expressions": {}}}
}

data_source(mode, account) := {"mode": mode, "type": "aws_caller_identity", "values": {"account_id": account}}

test_what_data_sources_answered_is_read_from_two_modules_deep if {
	given := {"prior_state": {"values": {"root_module": {
		"resources": [data_source("data", "1"), data_source("managed", "9")],
		"child_modules": [{"resources": [data_source("data", "2")], "child_modules": [{"resources": [data_source("data", "3")]}]}],
	}}}}
	found := {answer.account_id | some answer in data.lib.plan.answers.aws_caller_identity with input as given}
	found == {"1", "2", "3"}
}

test_what_is_written_of_a_block_that_stands_alone_is_told_by_its_argument if {
	at := seen(written_volume({"timeouts": {"create": {"references": ["local.a"]}, "delete": {"references": ["local.b"]}}}))
	plan.references(at.resource, ["timeouts", "create"]) == {"local.a"} with input as at.given
	plan.references(at.resource, ["timeouts", "delete"]) == {"local.b"} with input as at.given
}

# --- Whether the author or the provider decides what is unknown

decided_by_provider(expressions, after, unknown, path) if {
	at := seen(object.union(written_volume(expressions), {"after": after, "unknown": unknown}))
	not plan.undecided(at.resource, path) with input as at.given
}

test_what_nobody_wrote_is_the_provider_s if {
	decided_by_provider({}, {}, {"tags_all": true}, ["tags_all", "Owner"])
	decided_by_provider({}, {"facts": {"of": {}}}, {"facts": {"of": {"name": true}}}, ["facts", "of", "name"])
	decided_by_provider({"device": [{}]}, {"device": [{}]}, {"device": [{"name": true}]}, ["device", 0, "name"])
	decided_by_provider({"device": [{"name": {"constant_value": "a"}}]}, {"device": [{"labels": {}}]}, {"device": [{"labels": {"a": true}}]}, ["device", 0, "labels", "a"])
}

test_an_argument_that_the_caller_leaves_out_is_the_provider_s if {
	input_left_out := {"device": {"references": ["var.device"]}}
	decided_by_provider(input_left_out, {}, {"device": true}, ["device", 0, "name"])
	decided_by_provider({"size": {"constant_value": "${var.size}", "references": ["var.size"]}}, {}, {"size": true}, ["size"])
	decided_by_provider(input_left_out, {"device": [{}]}, {"device": [{"name": true}]}, ["device", 0, "name"])
	decided_by_provider(input_left_out, {"device": [{"ebs": [{}]}]}, {"device": [{"ebs": [{"key": true}]}]}, ["device", 0, "ebs", 0, "key"])
}

test_a_block_that_the_configuration_does_not_show_is_the_author_s if {
	not decided_by_provider({}, {}, {"device": true}, ["device", 0, "name"])
	not decided_by_provider({}, {"device": [{}]}, {"device": [{"name": true}]}, ["device", 0, "name"])
	shown := {"device": [{"name": {"constant_value": "a"}}]}
	not decided_by_provider(shown, {"device": [{"name": "a", "ebs": [{}]}]}, {"device": [{"ebs": [{"key": true}]}]}, ["device", 0, "ebs", 0, "key"])
}
