package tests.encryption.volumes_encrypted_by_default

import data.testing.plans

import rego.v1

test_a_switch_that_is_off_is_denied if {
	given := plans.of("dev", [plans.made("aws_ebs_encryption_by_default", {"enabled": false})])
	count(data.rules.encryption.volumes_encrypted_by_default.deny) == 1 with input as given
	count(data.rules.encryption.volumes_encrypted_by_default.unknown) == 0 with input as given
}

test_a_switch_that_nobody_set_is_on if {
	given := plans.production([plans.made("aws_ebs_encryption_by_default", {})])
	count(data.rules.encryption.volumes_encrypted_by_default.deny) == 0 with input as given
	count(data.rules.encryption.volumes_encrypted_by_default.unknown) == 0 with input as given
}

test_a_switch_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_ebs_encryption_by_default", {}), {"enabled": true})])
	count(data.rules.encryption.volumes_encrypted_by_default.deny) == 0 with input as given
	count(data.rules.encryption.volumes_encrypted_by_default.unknown) == 1 with input as given
}
