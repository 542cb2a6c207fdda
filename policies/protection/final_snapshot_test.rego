package tests.protection.final_snapshot

import data.rules.protection.final_snapshot
import data.testing.plans

import rego.v1

test_a_database_without_a_final_snapshot_is_denied if {
	given := plans.production([plans.made("aws_db_instance", {"skip_final_snapshot": true})])
	count(final_snapshot.deny) == 1 with input as given
	count(final_snapshot.unknown) == 0 with input as given
}

test_a_replica_leaves_none_behind if {
	given := plans.production([plans.made("aws_db_instance", {"skip_final_snapshot": true, "replicate_source_db": "prod-kong"})])
	count(final_snapshot.deny) == 0 with input as given
	count(final_snapshot.unknown) == 0 with input as given
}

test_a_database_that_leaves_one_is_fine if {
	given := plans.production([plans.made("aws_db_instance", {"skip_final_snapshot": false})])
	count(final_snapshot.deny) == 0 with input as given
	count(final_snapshot.unknown) == 0 with input as given
}

test_what_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_rds_cluster", {}), {"skip_final_snapshot": true})])
	count(final_snapshot.deny) == 0 with input as given
	count(final_snapshot.unknown) == 1 with input as given
}
