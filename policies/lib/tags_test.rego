package tests.lib.tags

import data.lib.tags
import data.testing.plans

import rego.v1

bucket(after) := plans.made("aws_s3_bucket", after)

given(made) := plans.with_provider(plans.production([made]), {"default_tags": [{"tags": {"constant_value": {"Owner": "platform"}}}]})

asked(plan_given, question, name) if {
	resource := data.lib.plan.existing[0] with input as plan_given
	answer(question, resource, name) with input as plan_given
}

answer("takes", resource, _) if tags.takes(resource)

answer("carries", resource, name) if tags.carries(resource, name)

answer("lacks", resource, name) if tags.lacks(resource, name)

answer("unclear", resource, name) if tags.unclear(resource, name)

verdict(plan_given) := {question |
	some question in ["carries", "lacks", "unclear"]
	asked(plan_given, question, "Owner")
}

test_only_what_has_tags_of_aws_takes_them if {
	asked(plans.production([bucket({"tags_all": {}})]), "takes", "")
	asked(plans.production([plans.computed(bucket({}), ["tags_all"])]), "takes", "")
	not asked(plans.production([bucket({"tags": {}})]), "takes", "")
	not asked(plans.production([plans.made("kubernetes_service", {"tags_all": {}})]), "takes", "")
}

test_a_tag_is_carried_by_tags_all_or_by_the_resource_s_own if {
	verdict(plans.production([bucket({"tags_all": {"Owner": "platform"}})])) == {"carries"}
	verdict(plans.production([bucket({"tags": {"Owner": "platform"}})])) == {"carries"}
	verdict(plans.production([bucket({"tags": {"Other": "platform"}, "tags_all": {"Other": "platform"}})])) == {"lacks"}
	verdict(plans.production([bucket({})])) == {"lacks"}
}

test_tags_all_is_asked_first if {
	resource := {"after": {"tags": {"Owner": "a"}, "tags_all": {"Owner": "b"}}, "unknown": {}}
	tags.value(resource, "Owner") == "b"
	tags.value(object.union(resource, {"after": {"tags_all": null}}), "Owner") == "a"
}

test_a_tag_that_says_nothing_is_not_there if {
	verdict(plans.production([bucket({"tags_all": {"Owner": ""}})])) == {"lacks"}
	verdict(plans.production([bucket({"tags_all": {"Owner": "  "}})])) == {"lacks"}
}

test_a_tag_whose_value_is_unknown_is_there if {
	verdict(plans.production([plans.later(bucket({}), {"tags": {"Owner": true}})])) == {"carries"}
	verdict(plans.production([plans.later(bucket({}), {"tags_all": {"Owner": true}})])) == {"carries"}
	verdict(plans.production([plans.later(bucket({}), {"tags": {"Other": true}})])) == {"lacks"}
	verdict(plans.production([plans.later(bucket({}), {"tags_all": {"Owner": false}})])) == {"lacks"}
}

test_tags_that_are_unknown_as_a_whole_may_bring_it if {
	verdict(plans.production([plans.later(bucket({}), {"tags": true})])) == {"unclear"}
	verdict(plans.production([plans.later(bucket({"tags_all": {"Owner": "platform"}}), {"tags": true})])) == {"carries"}
}

test_unknown_tags_of_all_are_those_of_the_provider if {
	verdict(given(plans.computed(bucket({}), ["tags_all"]))) == {"carries"}
	verdict(plans.production([plans.computed(bucket({}), ["tags_all"])])) == {"lacks"}
	verdict(given(bucket({}))) == {"lacks"}
	others := [{"tags": {"constant_value": {"Other": "a"}}}]
	verdict(plans.with_provider(plans.production([plans.computed(bucket({}), ["tags_all"])]), {"default_tags": others})) == {"lacks"}
	reading := [{"tags": {"references": ["local.tags"]}}]
	verdict(plans.with_provider(plans.production([plans.computed(bucket({}), ["tags_all"])]), {"default_tags": reading})) == {"unclear"}
	verdict(plans.with_provider(plans.production([bucket({})]), {"default_tags": reading})) == {"lacks"}
}

test_tags_are_complete_when_none_is_missing_or_empty if {
	names := ["Owner", "Team"]
	tags.complete({"after": {"tags_all": {"Owner": "a", "Team": "b"}}}, names)
	not tags.complete({"after": {"tags_all": {"Owner": "a"}}}, names)
	not tags.complete({"after": {"tags_all": {"Owner": "a", "Team": " "}}}, names)
	not tags.complete({"after": {"tags_all": {"Owner": "a", "Team": null}}}, names)
	not tags.complete({"after": {"tags": {"Owner": "a", "Team": "b"}}}, names)
}
