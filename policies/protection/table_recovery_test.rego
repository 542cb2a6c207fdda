package tests.protection.table_recovery

import data.testing.plans

import rego.v1

test_a_table_that_nobody_told_cannot_be_put_back if {
	given := plans.production([plans.made("aws_dynamodb_table", {"name": "claims"})])
	count(data.rules.protection.table_recovery.deny) == 1 with input as given
	count(data.rules.protection.table_recovery.unknown) == 0 with input as given
}

test_a_table_that_can_is_fine if {
	given := plans.production([plans.made("aws_dynamodb_table", {"point_in_time_recovery": [{"enabled": true}]})])
	count(data.rules.protection.table_recovery.deny) == 0 with input as given
	count(data.rules.protection.table_recovery.unknown) == 0 with input as given
}

test_outside_production_nobody_asks if {
	given := plans.of("dev", [plans.made("aws_dynamodb_table", {"name": "claims"})])
	count(data.rules.protection.table_recovery.deny) == 0 with input as given
	count(data.rules.protection.table_recovery.unknown) == 0 with input as given
}

test_a_replica_that_cannot_is_denied if {
	given := plans.production([plans.made("aws_dynamodb_table", {"point_in_time_recovery": [{"enabled": true}], "replica": [{"region_name": "us-west-2", "point_in_time_recovery": true}, {"region_name": "eu-west-1"}]}), plans.made("aws_dynamodb_table_replica", {"global_table_arn": "arn:aws:dynamodb:us-east-1:111122223333:table/claims"})])
	count(data.rules.protection.table_recovery.deny) == 2 with input as given
	count(data.rules.protection.table_recovery.unknown) == 0 with input as given
}

test_a_keyspace_s_table_is_read if {
	given := plans.production([plans.made("aws_keyspaces_table", {"point_in_time_recovery": [{"status": "DISABLED"}]})])
	count(data.rules.protection.table_recovery.deny) == 1 with input as given
	count(data.rules.protection.table_recovery.unknown) == 0 with input as given
}

test_recovery_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_dynamodb_table", {}), {"point_in_time_recovery": true})])
	count(data.rules.protection.table_recovery.deny) == 0 with input as given
	count(data.rules.protection.table_recovery.unknown) == 1 with input as given
}

test_outside_production_none_of_this_is_asked if {
	every given in [
		plans.of("dev", [plans.later(plans.made("aws_dynamodb_table", {}), {"point_in_time_recovery": true})]),
		plans.of("dev", [plans.made("aws_dynamodb_table", {"name": "claims"})]),
		plans.of("dev", [plans.made("aws_dynamodb_table", {"point_in_time_recovery": [{"enabled": true}], "replica": [{"region_name": "us-west-2", "point_in_time_recovery": true}, {"region_name": "eu-west-1"}]}), plans.made("aws_dynamodb_table_replica", {"global_table_arn": "arn:aws:dynamodb:us-east-1:111122223333:table/claims"})]),
		plans.of("dev", [plans.made("aws_keyspaces_table", {"point_in_time_recovery": [{"status": "DISABLED"}]})]),
	] {
		count(data.rules.protection.table_recovery.deny) == 0 with input as given
		count(data.rules.protection.table_recovery.unknown) == 0 with input as given
	}
}
