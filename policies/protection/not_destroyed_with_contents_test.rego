package tests.protection.not_destroyed_with_contents

import data.testing.plans

import rego.v1

test_a_bucket_that_is_emptied_to_be_deleted_is_denied if {
	given := plans.production([plans.made("aws_s3_bucket", {"force_destroy": true})])
	count(data.rules.protection.not_destroyed_with_contents.deny) == 1 with input as given
	count(data.rules.protection.not_destroyed_with_contents.unknown) == 0 with input as given
}

test_a_registry_calls_it_force_delete if {
	given := plans.production([plans.made("aws_ecr_repository", {"force_delete": true})])
	count(data.rules.protection.not_destroyed_with_contents.deny) == 1 with input as given
	count(data.rules.protection.not_destroyed_with_contents.unknown) == 0 with input as given
}

test_a_bucket_that_must_be_empty_is_fine if {
	given := plans.production([plans.made("aws_s3_bucket", {"force_destroy": false})])
	count(data.rules.protection.not_destroyed_with_contents.deny) == 0 with input as given
	count(data.rules.protection.not_destroyed_with_contents.unknown) == 0 with input as given
}

test_what_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_s3_bucket", {}), {"force_destroy": true})])
	count(data.rules.protection.not_destroyed_with_contents.deny) == 0 with input as given
	count(data.rules.protection.not_destroyed_with_contents.unknown) == 1 with input as given
}

test_outside_production_none_of_this_is_asked if {
	every given in [
		plans.of("dev", [plans.later(plans.made("aws_s3_bucket", {}), {"force_destroy": true})]),
		plans.of("dev", [plans.made("aws_s3_bucket", {"force_destroy": true})]),
		plans.of("dev", [plans.made("aws_ecr_repository", {"force_delete": true})]),
	] {
		count(data.rules.protection.not_destroyed_with_contents.deny) == 0 with input as given
		count(data.rules.protection.not_destroyed_with_contents.unknown) == 0 with input as given
	}
}
