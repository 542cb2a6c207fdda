package tests.exposure.database_private

import data.testing.plans

import rego.v1

test_a_public_database_is_denied_in_any_environment if {
	given := plans.of("dev", [plans.made("aws_db_instance", {"publicly_accessible": true})])
	count(data.rules.exposure.database_private.deny) == 1 with input as given
	count(data.rules.exposure.database_private.unknown) == 0 with input as given
}

test_a_private_one_is_fine if {
	given := plans.production([plans.made("aws_rds_cluster_instance", {"publicly_accessible": false})])
	count(data.rules.exposure.database_private.deny) == 0 with input as given
	count(data.rules.exposure.database_private.unknown) == 0 with input as given
}

test_what_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_db_instance", {}), {"publicly_accessible": true})])
	count(data.rules.exposure.database_private.deny) == 0 with input as given
	count(data.rules.exposure.database_private.unknown) == 1 with input as given
}

test_every_kind_of_database_that_can_have_a_public_address_is_asked if {
	every type in ["aws_db_instance", "aws_rds_cluster_instance", "aws_redshift_cluster"] {
		count(data.rules.exposure.database_private.deny) == 1 with input as plans.production([plans.made(type, {"publicly_accessible": true})])
		later := plans.later(plans.made(type, {}), {"publicly_accessible": true})
		count(data.rules.exposure.database_private.unknown) == 1 with input as plans.production([later])
	}
}
