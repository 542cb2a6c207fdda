package tests.storage.bucket_lifecycle

import data.testing.plans

import rego.v1

bucket := plans.made("aws_s3_bucket", {"bucket": "prod-claims"})

clean_up := {
	"id": "clean-up",
	"status": "Enabled",
	"filter": [{"prefix": "", "and": [], "tag": []}],
	"noncurrent_version_expiration": [{"noncurrent_days": 30}],
	"abort_incomplete_multipart_upload": [{"days_after_initiation": 7}],
}

lifecycle(rules) := plans.reads(
	plans.made("aws_s3_bucket_lifecycle_configuration", {"rule": rules}),
	"bucket",
	{"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]},
)

denied(resources) := number if {
	number := count(data.rules.storage.bucket_lifecycle.deny) with input as plans.production(resources)
}

open(resources) := number if {
	number := count(data.rules.storage.bucket_lifecycle.unknown) with input as plans.production(resources)
}

test_a_bucket_without_a_lifecycle_is_denied if {
	denied([bucket]) == 1
	open([bucket]) == 0
}

test_a_lifecycle_that_ends_both_is_fine if {
	denied([bucket, lifecycle([clean_up])]) == 0
	open([bucket, lifecycle([clean_up])]) == 0
	denied([bucket, lifecycle([object.remove(clean_up, ["filter"])])]) == 0
}

test_two_rules_may_end_one_each if {
	versions := object.remove(clean_up, ["abort_incomplete_multipart_upload"])
	uploads := object.remove(clean_up, ["noncurrent_version_expiration"])
	denied([bucket, lifecycle([versions, uploads])]) == 0
	denied([bucket, lifecycle([versions])]) == 1
	denied([bucket, lifecycle([uploads])]) == 1
	open([bucket, lifecycle([uploads])]) == 0
}

test_a_rule_that_is_off_or_for_some_objects_alone_does_not_count if {
	every changed in [
		{"status": "Disabled"},
		{"prefix": "tmp/"},
		{"filter": [{"prefix": "tmp/"}]},
		{"filter": [{"tag": [{"key": "keep", "value": "no"}]}]},
		{"filter": [{"and": [{"prefix": "tmp/"}]}]},
		{"filter": [{"object_size_greater_than": 1024}]},
		{"filter": [{"object_size_less_than": 1024}]},
	] {
		rules := [object.union(clean_up, changed)]
		denied([bucket, lifecycle(rules)]) == 2
	}
}

test_a_lifecycle_that_names_its_bucket_only_at_apply_leaves_it_unknown if {
	other := plans.reads(lifecycle([clean_up]), "bucket", {"references": ["local.bucket"]})
	denied([bucket, other]) == 0
	open([bucket, other]) == 1
}

test_rules_that_are_known_only_at_apply_are_unknown_unless_others_end_both if {
	later := plans.later(lifecycle([]), {"rule": true})
	denied([bucket, later]) == 0
	open([bucket, later]) == 1
	partly := plans.later(lifecycle([clean_up]), {"rule": [{}, {"expiration": [{"days": true}]}]})
	denied([bucket, partly]) == 0
	open([bucket, partly]) == 0
}

# --- As written in the bucket itself

inline(rule) := plans.made("aws_s3_bucket", {"bucket": "prod-claims", "lifecycle_rule": [rule]})

inline_rule := {
	"enabled": true,
	"prefix": null,
	"noncurrent_version_expiration": [{"days": 30}],
	"abort_incomplete_multipart_upload_days": 1,
}

test_rules_in_the_bucket_itself_count if {
	denied([inline(inline_rule)]) == 0
	open([inline(inline_rule)]) == 0
	denied([inline(object.union(inline_rule, {"enabled": false}))]) == 2
	denied([inline(object.remove(inline_rule, ["enabled"]))]) == 2
	denied([inline(object.union(inline_rule, {"prefix": "tmp/"}))]) == 2
	denied([inline(object.union(inline_rule, {"tags": {"keep": "no"}}))]) == 2
	denied([inline(object.union(inline_rule, {"noncurrent_version_expiration": []}))]) == 1
	denied([inline(object.union(inline_rule, {"abort_incomplete_multipart_upload_days": null}))]) == 1
	denied([plans.later(inline(inline_rule), {"lifecycle_rule": true})]) == 0
	open([plans.later(inline(inline_rule), {"lifecycle_rule": true})]) == 1
}
