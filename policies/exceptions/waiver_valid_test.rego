package tests.exceptions.waiver_valid

import data.testing.plans

import rego.v1

test_a_current_waiver_is_fine if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"})])
	count(data.audits.exceptions.waiver_valid.deny) == 0 with input as given with data.exceptions as {"waivers": [{"rule": "storage/bucket_versioned", "stack": "prod-service", "address": "module.service.aws_s3_bucket.this", "reason": "scratch", "owner": "platform", "last_day": "2026-12-31"}]}
}

test_its_last_day_still_counts if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"})])
	count(data.audits.exceptions.waiver_valid.deny) == 0 with input as given with data.exceptions as {"waivers": [{"rule": "storage/bucket_versioned", "stack": "prod-service", "address": "module.service.aws_s3_bucket.this", "reason": "scratch", "owner": "platform", "last_day": "2026-06-30"}]}
}

test_the_day_after_is_denied if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"})])
	count(data.audits.exceptions.waiver_valid.deny) == 1 with input as given with data.exceptions as {"waivers": [{"rule": "storage/bucket_versioned", "stack": "prod-service", "address": "module.service.aws_s3_bucket.this", "reason": "scratch", "owner": "platform", "last_day": "2026-06-29"}]}
}

test_more_than_a_year_is_denied if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"})])
	count(data.audits.exceptions.waiver_valid.deny) == 1 with input as given with data.exceptions as {"waivers": [{"rule": "storage/bucket_versioned", "stack": "prod-service", "address": "module.service.aws_s3_bucket.this", "reason": "scratch", "owner": "platform", "last_day": "2027-07-01"}]}
}

test_a_day_that_does_not_exist_is_denied if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"})])
	count(data.audits.exceptions.waiver_valid.deny) == 1 with input as given with data.exceptions as {"waivers": [{"rule": "storage/bucket_versioned", "stack": "prod-service", "address": "module.service.aws_s3_bucket.this", "reason": "scratch", "owner": "platform", "last_day": "2026-02-30"}]}
}

test_a_leap_day_exists_in_a_leap_year if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"})])
	count(data.audits.exceptions.waiver_valid.deny) == 1 with input as given with data.exceptions as {"waivers": [{"rule": "storage/bucket_versioned", "stack": "prod-service", "address": "module.service.aws_s3_bucket.this", "reason": "scratch", "owner": "platform", "last_day": "2028-02-29"}]}
}

test_a_waiver_without_an_owner_is_denied if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"})])
	count(data.audits.exceptions.waiver_valid.deny) == 1 with input as given with data.exceptions as {"waivers": [{"rule": "storage/bucket_versioned", "stack": "prod-service", "address": "module.service.aws_s3_bucket.this", "reason": "scratch", "last_day": "2026-12-31"}]}
}

test_the_waiver_of_another_stack_is_not_judged_here if {
	given := plans.of("dev", [plans.made("aws_s3_bucket", {"bucket": "prod-claims"})])
	count(data.audits.exceptions.waiver_valid.deny) == 0 with input as given with data.exceptions as {"waivers": [{"rule": "storage/bucket_versioned", "stack": "prod-service", "address": "module.service.aws_s3_bucket.this", "reason": "scratch", "owner": "platform", "last_day": "2020-01-01"}]}
}

test_a_waiver_without_an_address_is_found_in_its_file if {
	given := plans.production([])
	found := data.audits.exceptions.waiver_valid.deny with input as given with data.exceptions as {"waivers": [{"rule": "storage/bucket_versioned", "stack": "prod-service", "reason": "scratch"}]}
	{each.address | some each in found} == {"exceptions/data.yaml"}
	named := data.audits.exceptions.waiver_valid.deny with input as given with data.exceptions as {"waivers": [{"rule": "storage/bucket_versioned", "stack": "prod-service", "address": "aws_s3_bucket.this"}]}
	{each.address | some each in named} == {"aws_s3_bucket.this"}
}
