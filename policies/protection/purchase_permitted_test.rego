package tests.protection.purchase_permitted

import data.testing.plans

import rego.v1

test_a_purchase_without_a_permit_is_denied if {
	given := plans.production([plans.made("aws_rds_reserved_instance", {"offering_id": "x"})])
	count(data.rules.protection.purchase_permitted.deny) == 1 with input as given
	count(data.rules.protection.purchase_permitted.unknown) == 0 with input as given
}

test_what_is_paid_by_the_hour_needs_no_permit if {
	count(data.rules.protection.purchase_permitted.deny) == 0 with input as plans.production([plans.made("aws_db_instance", {"identifier": "claims"})])
}

test_a_purchase_that_was_made_is_fine if {
	given := plans.production([plans.planned(plans.made("aws_rds_reserved_instance", {"offering_id": "x"}), ["no-op"])])
	count(data.rules.protection.purchase_permitted.deny) == 0 with input as given
	count(data.rules.protection.purchase_permitted.unknown) == 0 with input as given
}

test_a_permit_lets_it_pass if {
	given := plans.production([plans.made("aws_rds_reserved_instance", {"offering_id": "x"})])
	count(data.rules.protection.purchase_permitted.deny) == 0 with input as given with data.exceptions as {"permits": [{"stack": "prod-service", "address": "module.service.aws_rds_reserved_instance.this", "reason": "moves", "owner": "platform", "last_day": "2026-07-15"}]}
	count(data.rules.protection.purchase_permitted.unknown) == 0 with input as given with data.exceptions as {"permits": [{"stack": "prod-service", "address": "module.service.aws_rds_reserved_instance.this", "reason": "moves", "owner": "platform", "last_day": "2026-07-15"}]}
}

test_an_expired_permit_does_not if {
	given := plans.production([plans.made("aws_rds_reserved_instance", {"offering_id": "x"})])
	count(data.rules.protection.purchase_permitted.deny) == 1 with input as given with data.exceptions as {"permits": [{"stack": "prod-service", "address": "module.service.aws_rds_reserved_instance.this", "reason": "moves", "owner": "platform", "last_day": "2026-06-29"}]}
	count(data.rules.protection.purchase_permitted.unknown) == 0 with input as given with data.exceptions as {"permits": [{"stack": "prod-service", "address": "module.service.aws_rds_reserved_instance.this", "reason": "moves", "owner": "platform", "last_day": "2026-06-29"}]}
}
