package tests.encryption.key_rotation

import data.rules.encryption.key_rotation
import data.testing.plans

import rego.v1

test_a_key_that_does_not_rotate_is_denied if {
	given := plans.production([plans.made("aws_kms_key", {"enable_key_rotation": false})])
	count(key_rotation.deny) == 1 with input as given
	count(key_rotation.unknown) == 0 with input as given
}

test_a_key_that_rotates_is_fine if {
	given := plans.production([plans.made("aws_kms_key", {"enable_key_rotation": true})])
	count(key_rotation.deny) == 0 with input as given
	count(key_rotation.unknown) == 0 with input as given
}

test_an_asymmetric_key_cannot_rotate_and_is_left_out if {
	given := plans.production([plans.made("aws_kms_key", {"customer_master_key_spec": "RSA_4096", "key_usage": "SIGN_VERIFY"})])
	count(key_rotation.deny) == 0 with input as given
	count(key_rotation.unknown) == 0 with input as given
}

test_a_rotation_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_kms_key", {}), {"enable_key_rotation": true})])
	count(key_rotation.deny) == 0 with input as given
	count(key_rotation.unknown) == 1 with input as given
}
