package tests.storage.bucket_public_access_blocked

import data.testing.plans

import rego.v1

test_a_bucket_without_a_public_access_block_is_denied if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"})])
	count(data.rules.storage.bucket_public_access_blocked.deny) == 1 with input as given
	count(data.rules.storage.bucket_public_access_blocked.unknown) == 0 with input as given
}

test_a_bucket_that_blocks_only_some_forms_is_denied_for_each_other if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.reads(plans.made("aws_s3_bucket_public_access_block", {"block_public_acls": false, "block_public_policy": true, "ignore_public_acls": null, "restrict_public_buckets": true}), "bucket", {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]})])
	count(data.rules.storage.bucket_public_access_blocked.deny) == 2 with input as given
	count(data.rules.storage.bucket_public_access_blocked.unknown) == 0 with input as given
}

test_a_bucket_that_blocks_every_form_is_fine if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.reads(plans.made("aws_s3_bucket_public_access_block", {"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true}), "bucket", {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]})])
	count(data.rules.storage.bucket_public_access_blocked.deny) == 0 with input as given
	count(data.rules.storage.bucket_public_access_blocked.unknown) == 0 with input as given
}

test_a_setting_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.later(plans.reads(plans.made("aws_s3_bucket_public_access_block", {"block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true}), "bucket", {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]}), {"block_public_acls": true})])
	count(data.rules.storage.bucket_public_access_blocked.deny) == 0 with input as given
	count(data.rules.storage.bucket_public_access_blocked.unknown) == 1 with input as given
}

test_a_block_that_names_its_bucket_only_at_apply_leaves_it_unknown if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.reads(plans.made("aws_s3_bucket_public_access_block", {"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true}), "bucket", {"references": ["local.bucket"]})])
	count(data.rules.storage.bucket_public_access_blocked.deny) == 0 with input as given
	count(data.rules.storage.bucket_public_access_blocked.unknown) == 1 with input as given
}
