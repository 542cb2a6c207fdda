package tests.exceptions.waiver_used

import data.audits.exceptions.waiver_used
import data.testing.plans

import rego.v1

test_a_waiver_that_something_needs_is_fine if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"})])
	count(waiver_used.deny) == 0 with input as given with data.exceptions as {"waivers": [{"rule": "storage/bucket_versioned", "stack": "prod-service", "address": "module.service.aws_s3_bucket.this", "reason": "scratch", "owner": "platform", "last_day": "2026-12-31"}]}
}

test_a_waiver_that_nothing_needs_is_denied if {
	given := plans.production([])
	count(waiver_used.deny) == 1 with input as given with data.exceptions as {"waivers": [{"rule": "storage/bucket_versioned", "stack": "prod-service", "address": "module.service.aws_s3_bucket.this", "reason": "scratch", "owner": "platform", "last_day": "2026-12-31"}]}
}

test_an_expired_waiver_is_the_other_rule_finding if {
	given := plans.production([])
	count(waiver_used.deny) == 0 with input as given with data.exceptions as {"waivers": [{"rule": "storage/bucket_versioned", "stack": "prod-service", "address": "module.service.aws_s3_bucket.this", "reason": "scratch", "owner": "platform", "last_day": "2026-01-01"}]}
}
