package tests.exceptions.waiver_used

import data.testing.plans

import rego.v1

test_a_waiver_that_something_needs_is_fine if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"})])
	count(data.audits.exceptions.waiver_used.deny) == 0 with input as given with data.exceptions as {"waivers": [{"rule": "storage/bucket_versioned", "stack": "prod-service", "address": "module.service.aws_s3_bucket.this", "reason": "scratch", "owner": "platform", "last_day": "2026-12-31"}]}
}

test_a_waiver_that_nothing_needs_is_denied if {
	every resources in [[], [plans.named(plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), "other")]] {
		found := data.audits.exceptions.waiver_used.deny with input as plans.production(resources) with data.exceptions as {"waivers": [bucket_waiver]}
		{finding.message | some finding in found} == {"storage/bucket_versioned: nothing here breaks it any more"}
	}
}

test_an_expired_waiver_is_the_other_rule_finding if {
	given := plans.production([])
	count(data.audits.exceptions.waiver_used.deny) == 0 with input as given with data.exceptions as {"waivers": [{"rule": "storage/bucket_versioned", "stack": "prod-service", "address": "module.service.aws_s3_bucket.this", "reason": "scratch", "owner": "platform", "last_day": "2026-01-01"}]}
}

bucket_waiver := {"rule": "storage/bucket_versioned", "stack": "prod-service", "address": "module.service.aws_s3_bucket.this", "reason": "scratch", "owner": "platform", "last_day": "2026-12-31"}

object_waiver := {"rule": "releases/read_only_root", "stack": "prod-service", "address": "module.service.helm_release.this", "object": "Pod claims/api", "reason": "scratch", "owner": "platform", "last_day": "2026-12-31"}

test_a_waiver_of_an_object_is_used_by_that_object_alone if {
	given := plans.rendered("prod", [plans.pod_of({}, {})], [])
	count(data.audits.exceptions.waiver_used.deny) == 0 with input as given with data.exceptions as {"waivers": [object_waiver]}
	other := object.union(object_waiver, {"object": "Pod claims/web"})
	{finding.message | some finding in data.audits.exceptions.waiver_used.deny} == {"releases/read_only_root: nothing of Pod claims/web breaks it any more"} with input as given
		with data.exceptions as {"waivers": [other]}
}

test_a_waiver_of_an_object_that_nobody_rendered_is_let_be if {
	release := plans.made("helm_release", {"name": "api", "chart": "api", "version": "1.0.0"})
	count(data.audits.exceptions.waiver_used.deny) == 0 with input as plans.production([release]) with data.exceptions as {"waivers": [object_waiver]}
	count(data.audits.exceptions.waiver_used.deny) == 1 with input as plans.production([]) with data.exceptions as {"waivers": [object_waiver]}
}

test_the_waiver_of_a_stack_that_is_removed_must_go_with_it if {
	given := plans.production([plans.planned(plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), ["delete"])])
	removed := object.union(given, {"groundplan": object.union(given.groundplan, {"removed": true})})
	found := data.audits.exceptions.waiver_used.deny with input as removed with data.exceptions as {"waivers": [bucket_waiver]}
	{finding.message | some finding in found} == {"storage/bucket_versioned: nothing breaks it any more, for the stack is removed; the waiver goes with it"}
}

test_the_waiver_of_a_stack_that_is_not_judged_here_is_not_asked if {
	given := plans.production([])
	elsewhere := object.union(bucket_waiver, {"stack": "prod-claims"})
	count(data.audits.exceptions.waiver_used.deny) == 0 with input as given with data.exceptions as {"waivers": [elsewhere]}
}
