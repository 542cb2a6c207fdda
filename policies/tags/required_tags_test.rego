package tests.tags.required_tags

import data.testing.plans

import rego.v1

test_missing_tags_are_denied_in_one_finding if {
	given := plans.production([plans.made("aws_sns_topic", {"tags_all": {"Environment": "prod", "Service": ""}})])
	count(data.rules.tags.required_tags.deny) == 1 with input as given
	count(data.rules.tags.required_tags.unknown) == 0 with input as given
}

test_no_tags_at_all_are_denied if {
	given := plans.production([plans.later(plans.made("aws_sns_topic", {"tags": null}), {"tags_all": true})])
	count(data.rules.tags.required_tags.deny) == 1 with input as given
	count(data.rules.tags.required_tags.unknown) == 0 with input as given
}

test_all_tags_are_fine if {
	given := plans.production([plans.made("aws_sns_topic", {"tags_all": {"Environment": "prod", "Service": "kong", "Owner": "platform", "CostCenter": "4711", "DataClassification": "internal", "ManagedBy": "groundplan"}})])
	count(data.rules.tags.required_tags.deny) == 0 with input as given
	count(data.rules.tags.required_tags.unknown) == 0 with input as given
}

test_what_takes_no_tags_needs_none if {
	given := plans.production([plans.made("aws_iam_role_policy", {"name": "x"})])
	count(data.rules.tags.required_tags.deny) == 0 with input as given
	count(data.rules.tags.required_tags.unknown) == 0 with input as given
}

test_the_provider_default_tags_count_while_tags_all_is_unknown if {
	given := plans.with_provider(plans.production([plans.later(plans.made("aws_sns_topic", {"tags": null}), {"tags_all": true})]), {"default_tags": [{"tags": {"constant_value": {"Environment": "prod", "Service": "kong", "Owner": "platform", "CostCenter": "4711", "DataClassification": "internal", "ManagedBy": "groundplan"}}}]})
	count(data.rules.tags.required_tags.deny) == 0 with input as given
	count(data.rules.tags.required_tags.unknown) == 0 with input as given
}

test_a_tag_whose_value_is_known_only_at_apply_is_there if {
	given := plans.production([plans.later(plans.made("aws_sns_topic", {"tags_all": {"Environment": "prod", "Service": "kong", "CostCenter": "4711", "DataClassification": "internal", "ManagedBy": "groundplan"}}), {"tags_all": {"Owner": true}})])
	count(data.rules.tags.required_tags.deny) == 0 with input as given
	count(data.rules.tags.required_tags.unknown) == 0 with input as given
}

test_tags_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.later(plans.made("aws_sns_topic", {}), {"tags": true, "tags_all": true})])
	count(data.rules.tags.required_tags.deny) == 0 with input as given
	count(data.rules.tags.required_tags.unknown) == 1 with input as given
}

test_default_tags_by_reference_are_unknown if {
	given := plans.with_provider(plans.production([plans.later(plans.made("aws_sns_topic", {"tags": null}), {"tags_all": true})]), {"default_tags": [{"tags": {"references": ["local.tags"]}}]})
	count(data.rules.tags.required_tags.deny) == 0 with input as given
	count(data.rules.tags.required_tags.unknown) == 1 with input as given
}

test_a_tag_of_blanks_is_no_tag if {
	every_tag := {"Environment": "prod", "Service": "x", "Owner": "platform", "CostCenter": "1", "DataClassification": "internal", "ManagedBy": "groundplan"}
	sound := plans.production([plans.made("aws_sns_topic", {"tags_all": every_tag})])
	count(data.rules.tags.required_tags.deny) == 0 with input as sound
	blank := plans.production([plans.made("aws_sns_topic", {"tags_all": object.union(every_tag, {"Owner": "  "})})])
	count(data.rules.tags.required_tags.deny) == 1 with input as blank
}

test_one_tag_that_comes_only_at_apply_is_unknown if {
	tags := {"Environment": "prod", "Service": "kong", "CostCenter": "4711", "DataClassification": "internal", "ManagedBy": "groundplan"}
	given := plans.production([plans.later(plans.made("aws_sns_topic", {"tags_all": tags}), {"tags": true})])
	{found.message | some found in data.rules.tags.required_tags.unknown} == {"gets its tags only at apply: Owner"} with input as given
	count(data.rules.tags.required_tags.deny) == 0 with input as given
}
