package tests.exceptions.permit_valid

import data.testing.plans

import rego.v1

test_a_current_permit_is_fine_even_when_nothing_needs_it if {
	given := plans.production([])
	count(data.audits.exceptions.permit_valid.deny) == 0 with input as given with data.exceptions as {"permits": [{"stack": "prod-service", "address": "module.service.aws_db_instance.this", "reason": "moves", "owner": "platform", "last_day": "2026-07-15"}]}
}

test_an_expired_permit_is_denied if {
	given := plans.production([])
	count(data.audits.exceptions.permit_valid.deny) == 1 with input as given with data.exceptions as {"permits": [{"stack": "prod-service", "address": "module.service.aws_db_instance.this", "reason": "moves", "owner": "platform", "last_day": "2026-06-29"}]}
}

test_a_permit_without_a_reason_is_denied if {
	given := plans.production([])
	count(data.audits.exceptions.permit_valid.deny) == 1 with input as given with data.exceptions as {"permits": [{"stack": "prod-service", "address": "module.service.aws_db_instance.this", "owner": "platform", "last_day": "2026-07-15"}]}
}

test_a_permit_without_an_address_is_found_in_its_file if {
	given := plans.production([])
	found := data.audits.exceptions.permit_valid.deny with input as given with data.exceptions as {"permits": [{"stack": "prod-service", "reason": "moves"}]}
	{each.address | some each in found} == {"exceptions/data.yaml"}
	named := data.audits.exceptions.permit_valid.deny with input as given with data.exceptions as {"permits": [{"stack": "prod-service", "address": "aws_s3_bucket.this"}]}
	{each.address | some each in named} == {"aws_s3_bucket.this"}
}
