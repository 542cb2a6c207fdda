package tests.protection.data_deletion_permitted

import data.testing.plans

import rego.v1

test_deleting_a_database_without_a_permit_is_denied if {
	given := plans.production([plans.planned(plans.made("aws_db_instance", {"identifier": "prod-kong"}), ["delete"])])
	{found.message | some found in data.rules.protection.data_deletion_permitted.deny} == {"holds data and would be deleted"} with input as given
	count(data.rules.protection.data_deletion_permitted.unknown) == 0 with input as given
}

test_replacing_it_is_denied_in_any_environment if {
	given := plans.of("dev", [plans.planned(plans.made("aws_db_instance", {"identifier": "prod-kong"}), ["create", "delete"])])
	{found.message | some found in data.rules.protection.data_deletion_permitted.deny} == {"holds data and would be replaced"} with input as given
	count(data.rules.protection.data_deletion_permitted.unknown) == 0 with input as given
}

test_changing_it_is_fine if {
	given := plans.production([plans.planned(plans.made("aws_db_instance", {"identifier": "prod-kong"}), ["update"])])
	count(data.rules.protection.data_deletion_permitted.deny) == 0 with input as given
	count(data.rules.protection.data_deletion_permitted.unknown) == 0 with input as given
}

test_deleting_what_holds_no_data_is_fine if {
	given := plans.production([plans.planned(plans.made("aws_iam_role", {}), ["delete"])])
	count(data.rules.protection.data_deletion_permitted.deny) == 0 with input as given
	count(data.rules.protection.data_deletion_permitted.unknown) == 0 with input as given
}

test_a_permit_lets_it_pass if {
	given := plans.production([plans.planned(plans.made("aws_db_instance", {"identifier": "prod-kong"}), ["delete"])])
	count(data.rules.protection.data_deletion_permitted.deny) == 0 with input as given with data.exceptions as {"permits": [{"stack": "prod-service", "address": "module.service.aws_db_instance.this", "reason": "moves", "owner": "platform", "last_day": "2026-07-15"}]}
	count(data.rules.protection.data_deletion_permitted.unknown) == 0 with input as given with data.exceptions as {"permits": [{"stack": "prod-service", "address": "module.service.aws_db_instance.this", "reason": "moves", "owner": "platform", "last_day": "2026-07-15"}]}
}

test_an_expired_permit_does_not if {
	given := plans.production([plans.planned(plans.made("aws_db_instance", {"identifier": "prod-kong"}), ["delete"])])
	count(data.rules.protection.data_deletion_permitted.deny) == 1 with input as given with data.exceptions as {"permits": [{"stack": "prod-service", "address": "module.service.aws_db_instance.this", "reason": "moves", "owner": "platform", "last_day": "2026-06-29"}]}
	count(data.rules.protection.data_deletion_permitted.unknown) == 0 with input as given with data.exceptions as {"permits": [{"stack": "prod-service", "address": "module.service.aws_db_instance.this", "reason": "moves", "owner": "platform", "last_day": "2026-06-29"}]}
}

test_a_permit_of_another_stack_does_not if {
	given := plans.production([plans.planned(plans.made("aws_db_instance", {"identifier": "prod-kong"}), ["delete"])])
	count(data.rules.protection.data_deletion_permitted.deny) == 1 with input as given with data.exceptions as {"permits": [{"stack": "prod-gateway", "address": "module.service.aws_db_instance.this", "reason": "moves", "owner": "platform", "last_day": "2026-07-15"}]}
	count(data.rules.protection.data_deletion_permitted.unknown) == 0 with input as given with data.exceptions as {"permits": [{"stack": "prod-gateway", "address": "module.service.aws_db_instance.this", "reason": "moves", "owner": "platform", "last_day": "2026-07-15"}]}
}

test_destroying_a_private_authority_without_a_permit_is_denied if {
	given := plans.production([plans.planned(plans.made("aws_acmpca_certificate_authority", {"type": "ROOT"}), ["delete"])])
	count(data.rules.protection.data_deletion_permitted.deny) == 1 with input as given
	count(data.rules.protection.data_deletion_permitted.unknown) == 0 with input as given
}

test_a_permit_lets_an_authority_go if {
	given := plans.production([plans.planned(plans.made("aws_acmpca_certificate_authority", {"type": "SUBORDINATE"}), ["delete"])])
	count(data.rules.protection.data_deletion_permitted.deny) == 0 with input as given with data.exceptions as {"permits": [{"stack": "prod-service", "address": "module.service.aws_acmpca_certificate_authority.this", "reason": "its successor issues", "owner": "platform", "last_day": "2026-07-15"}]}
	count(data.rules.protection.data_deletion_permitted.unknown) == 0 with input as given with data.exceptions as {"permits": [{"stack": "prod-service", "address": "module.service.aws_acmpca_certificate_authority.this", "reason": "its successor issues", "owner": "platform", "last_day": "2026-07-15"}]}
}
