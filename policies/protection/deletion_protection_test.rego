package tests.protection.deletion_protection

import data.testing.plans

import rego.v1

test_an_unprotected_database_is_denied if {
	given := plans.production([plans.made("aws_rds_cluster", {"deletion_protection": false}), plans.made("aws_db_instance", {})])
	count(data.rules.protection.deletion_protection.deny) == 2 with input as given
	count(data.rules.protection.deletion_protection.unknown) == 0 with input as given
}

test_a_user_pool_says_active_not_true if {
	given := plans.production([plans.made("aws_cognito_user_pool", {"deletion_protection": "INACTIVE"}), plans.named(plans.made("aws_cognito_user_pool", {"deletion_protection": "ACTIVE"}), "other")])
	count(data.rules.protection.deletion_protection.deny) == 1 with input as given
	count(data.rules.protection.deletion_protection.unknown) == 0 with input as given
}

test_a_protected_database_is_fine if {
	given := plans.production([plans.made("aws_db_instance", {"deletion_protection": true})])
	count(data.rules.protection.deletion_protection.deny) == 0 with input as given
	count(data.rules.protection.deletion_protection.unknown) == 0 with input as given
}

test_an_unprotected_database_is_fine_outside_production if {
	given := plans.of("dev", [plans.made("aws_rds_cluster", {"deletion_protection": false})])
	count(data.rules.protection.deletion_protection.deny) == 0 with input as given
	count(data.rules.protection.deletion_protection.unknown) == 0 with input as given
}

test_a_protection_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_dynamodb_table", {}), {"deletion_protection_enabled": true})])
	count(data.rules.protection.deletion_protection.deny) == 0 with input as given
	count(data.rules.protection.deletion_protection.unknown) == 1 with input as given
}

test_outside_production_none_of_this_is_asked if {
	every given in [
		plans.of("dev", [plans.later(plans.made("aws_dynamodb_table", {}), {"deletion_protection_enabled": true})]),
		plans.of("dev", [plans.made("aws_rds_cluster", {"deletion_protection": false})]),
		plans.of("dev", [plans.made("aws_cognito_user_pool", {"deletion_protection": "INACTIVE"}), plans.named(plans.made("aws_cognito_user_pool", {"deletion_protection": "ACTIVE"}), "other")]),
	] {
		count(data.rules.protection.deletion_protection.deny) == 0 with input as given
		count(data.rules.protection.deletion_protection.unknown) == 0 with input as given
	}
}

test_a_key_of_vault_that_may_be_deleted_is_denied_and_one_of_which_nothing_is_said_is_not if {
	given := plans.production([plans.made("vault_transit_secret_backend_key", {"name": "claims", "deletion_allowed": true})])
	count(data.rules.protection.deletion_protection.deny) == 1 with input as given
	every values in [{"name": "claims", "deletion_allowed": false}, {"name": "claims"}] {
		fine := plans.production([plans.made("vault_transit_secret_backend_key", values)])
		count(data.rules.protection.deletion_protection.deny) == 0 with input as fine
		count(data.rules.protection.deletion_protection.unknown) == 0 with input as fine
	}
}
