package tests.availability.hsms_multi_az

import data.testing.plans

import rego.v1

cluster(subnets) := plans.made("aws_cloudhsm_v2_cluster", {"hsm_type": "hsm2m.medium", "subnet_ids": subnets})

test_a_cluster_in_one_zone_is_denied if {
	given := plans.production([cluster(["subnet-1"])])
	count(data.rules.availability.hsms_multi_az.deny) == 1 with input as given
	count(data.rules.availability.hsms_multi_az.unknown) == 0 with input as given
}

test_a_cluster_in_two_zones_is_fine if {
	given := plans.production([cluster(["subnet-1", "subnet-2"])])
	count(data.rules.availability.hsms_multi_az.deny) == 0 with input as given
	count(data.rules.availability.hsms_multi_az.unknown) == 0 with input as given
}

test_what_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_cloudhsm_v2_cluster", {}), {"subnet_ids": true})])
	count(data.rules.availability.hsms_multi_az.deny) == 0 with input as given
	count(data.rules.availability.hsms_multi_az.unknown) == 1 with input as given
}

test_outside_production_none_of_this_is_asked if {
	every given in [
		plans.of("dev", [cluster(["subnet-1"])]),
		plans.of("dev", [plans.later(plans.made("aws_cloudhsm_v2_cluster", {}), {"subnet_ids": true})]),
	] {
		count(data.rules.availability.hsms_multi_az.deny) == 0 with input as given
		count(data.rules.availability.hsms_multi_az.unknown) == 0 with input as given
	}
}
