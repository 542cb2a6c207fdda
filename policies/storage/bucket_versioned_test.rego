package tests.storage.bucket_versioned

import data.testing.plans

import rego.v1

test_a_bucket_without_versioning_is_denied if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"})])
	count(data.rules.storage.bucket_versioned.deny) == 1 with input as given
	count(data.rules.storage.bucket_versioned.unknown) == 0 with input as given
}

test_suspended_versioning_is_denied if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.reads(plans.made("aws_s3_bucket_versioning", {"versioning_configuration": [{"status": "Suspended"}]}), "bucket", {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]})])
	count(data.rules.storage.bucket_versioned.deny) == 1 with input as given
	count(data.rules.storage.bucket_versioned.unknown) == 0 with input as given
}

test_a_versioned_bucket_is_fine if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.reads(plans.made("aws_s3_bucket_versioning", {"versioning_configuration": [{"status": "Enabled"}]}), "bucket", {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]})])
	count(data.rules.storage.bucket_versioned.deny) == 0 with input as given
	count(data.rules.storage.bucket_versioned.unknown) == 0 with input as given
}

test_a_status_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.later(plans.reads(plans.made("aws_s3_bucket_versioning", {"versioning_configuration": [{}]}), "bucket", {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]}), {"versioning_configuration": [{"status": true}]})])
	count(data.rules.storage.bucket_versioned.deny) == 0 with input as given
	count(data.rules.storage.bucket_versioned.unknown) == 1 with input as given
}

test_versioning_that_names_its_bucket_only_at_apply_leaves_it_unknown if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.reads(plans.made("aws_s3_bucket_versioning", {"versioning_configuration": [{"status": "Enabled"}]}), "bucket", {"references": ["local.bucket"]})])
	count(data.rules.storage.bucket_versioned.deny) == 0 with input as given
	count(data.rules.storage.bucket_versioned.unknown) == 1 with input as given
}

test_versioning_in_the_bucket_itself_counts if {
	kept := plans.production([plans.made("aws_s3_bucket", {"versioning": [{"enabled": true}]})])
	count(data.rules.storage.bucket_versioned.deny) == 0 with input as kept
	open_helper := plans.reads(plans.made("aws_s3_bucket_versioning", {"versioning_configuration": [{"status": "Enabled"}]}), "bucket", {"references": ["local.bucket"]})
	count(data.rules.storage.bucket_versioned.unknown) == 0 with input as plans.production([plans.made("aws_s3_bucket", {"versioning": [{"enabled": true}]}), open_helper])
	every block in [{"enabled": false}, {"mfa_delete": false}] {
		off := plans.production([plans.made("aws_s3_bucket", {"versioning": [block]})])
		count(data.rules.storage.bucket_versioned.deny) == 1 with input as off
		count(data.rules.storage.bucket_versioned.unknown) == 0 with input as off
	}
	open := plans.production([plans.later(plans.made("aws_s3_bucket", {"versioning": [{}]}), {"versioning": [{"enabled": true}]})])
	count(data.rules.storage.bucket_versioned.deny) == 0 with input as open
	count(data.rules.storage.bucket_versioned.unknown) == 1 with input as open
}
