package tests.lib.verdicts

import data.lib.verdicts
import data.testing.plans

import rego.v1

found := {"rule": "storage/bucket_versioned", "address": "aws_s3_bucket.this", "verdict": "deny"}

waivers := [{
	"rule": "storage/bucket_versioned",
	"stack": "prod-service",
	"address": "aws_s3_bucket.this",
	"reason": "a scratch bucket",
	"owner": "platform",
	"last_day": "2026-12-31",
}]

test_a_waived_finding_says_why if {
	expected := object.union(found, {"verdict": "waived", "waiver": "a scratch bucket"})
	verdicts.waived(found) == expected with input as plans.production([]) with data.exceptions as {"waivers": waivers}
	verdicts.waived(found) == found with input as plans.production([]) with data.exceptions as {"waivers": []}
}
