package tests.protection.final_snapshot

import data.testing.plans

import rego.v1

test_a_database_without_a_final_snapshot_is_denied if {
	given := plans.production([plans.made("aws_db_instance", {"skip_final_snapshot": true})])
	count(data.rules.protection.final_snapshot.deny) == 1 with input as given
	count(data.rules.protection.final_snapshot.unknown) == 0 with input as given
}

test_a_replica_leaves_none_behind if {
	given := plans.production([plans.made("aws_db_instance", {"skip_final_snapshot": true, "replicate_source_db": "prod-kong"})])
	count(data.rules.protection.final_snapshot.deny) == 0 with input as given
	count(data.rules.protection.final_snapshot.unknown) == 0 with input as given
}

test_a_database_that_leaves_one_is_fine if {
	given := plans.production([plans.made("aws_db_instance", {"skip_final_snapshot": false})])
	count(data.rules.protection.final_snapshot.deny) == 0 with input as given
	count(data.rules.protection.final_snapshot.unknown) == 0 with input as given
}

test_what_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_rds_cluster", {}), {"skip_final_snapshot": true})])
	count(data.rules.protection.final_snapshot.deny) == 0 with input as given
	count(data.rules.protection.final_snapshot.unknown) == 1 with input as given
}

test_outside_production_none_of_this_is_asked if {
	every given in [
		plans.of("dev", [plans.later(plans.made("aws_rds_cluster", {}), {"skip_final_snapshot": true})]),
		plans.of("dev", [plans.made("aws_db_instance", {"skip_final_snapshot": true})]),
	] {
		count(data.rules.protection.final_snapshot.deny) == 0 with input as given
		count(data.rules.protection.final_snapshot.unknown) == 0 with input as given
	}
}

test_every_type_of_a_database_that_can_leave_a_snapshot_is_asked if {
	every type in ["aws_db_instance", "aws_docdb_cluster", "aws_neptune_cluster", "aws_rds_cluster", "aws_redshift_cluster"] {
		given := plans.production([plans.made(type, {"skip_final_snapshot": true})])
		count(data.rules.protection.final_snapshot.deny) == 1 with input as given
		sound := plans.production([plans.made(type, {"skip_final_snapshot": false})])
		count(data.rules.protection.final_snapshot.deny) == 0 with input as sound
	}
}
