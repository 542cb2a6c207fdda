package tests.availability.database_multi_az

import data.testing.plans

import rego.v1

test_a_database_in_one_zone_is_denied if {
	given := plans.production([plans.made("aws_db_instance", {"multi_az": false})])
	count(data.rules.availability.database_multi_az.deny) == 1 with input as given
	count(data.rules.availability.database_multi_az.unknown) == 0 with input as given
}

test_a_database_in_two_zones_is_fine if {
	given := plans.production([plans.made("aws_db_instance", {"multi_az": true})])
	count(data.rules.availability.database_multi_az.deny) == 0 with input as given
	count(data.rules.availability.database_multi_az.unknown) == 0 with input as given
}

test_a_replica_may_stand_in_one_zone if {
	given := plans.production([plans.made("aws_db_instance", {"multi_az": false, "replicate_source_db": "x"})])
	count(data.rules.availability.database_multi_az.deny) == 0 with input as given
	count(data.rules.availability.database_multi_az.unknown) == 0 with input as given
}

test_one_zone_is_fine_outside_production if {
	given := plans.of("dev", [plans.made("aws_db_instance", {"multi_az": false})])
	count(data.rules.availability.database_multi_az.deny) == 0 with input as given
	count(data.rules.availability.database_multi_az.unknown) == 0 with input as given
}

test_what_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_db_instance", {}), {"multi_az": true})])
	count(data.rules.availability.database_multi_az.deny) == 0 with input as given
	count(data.rules.availability.database_multi_az.unknown) == 1 with input as given
}

test_a_database_of_which_nobody_says_so_stands_in_one_zone if {
	given := plans.production([plans.computed(plans.made("aws_db_instance", {}), ["multi_az"])])
	count(data.rules.availability.database_multi_az.deny) == 1 with input as given
	count(data.rules.availability.database_multi_az.unknown) == 0 with input as given
}

test_outside_production_none_of_this_is_asked if {
	every given in [
		plans.of("dev", [plans.later(plans.made("aws_db_instance", {}), {"multi_az": true})]),
		plans.of("dev", [plans.made("aws_db_instance", {"multi_az": false})]),
		plans.of("dev", [plans.computed(plans.made("aws_db_instance", {}), ["multi_az"])]),
	] {
		count(data.rules.availability.database_multi_az.deny) == 0 with input as given
		count(data.rules.availability.database_multi_az.unknown) == 0 with input as given
	}
}

test_a_replica_of_what_only_apply_will_know_may_stand_in_one_zone if {
	given := plans.production([plans.later(plans.made("aws_db_instance", {"multi_az": false}), {"replicate_source_db": true})])
	count(data.rules.availability.database_multi_az.deny) == 0 with input as given
	count(data.rules.availability.database_multi_az.unknown) == 0 with input as given
}
