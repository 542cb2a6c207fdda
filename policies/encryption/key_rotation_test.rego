package tests.encryption.key_rotation

import data.testing.plans

import rego.v1

test_a_key_that_does_not_rotate_is_denied if {
	given := plans.production([plans.made("aws_kms_key", {"enable_key_rotation": false})])
	count(data.rules.encryption.key_rotation.deny) == 1 with input as given
	count(data.rules.encryption.key_rotation.unknown) == 0 with input as given
}

test_a_key_that_rotates_is_fine if {
	given := plans.production([plans.made("aws_kms_key", {"enable_key_rotation": true})])
	count(data.rules.encryption.key_rotation.deny) == 0 with input as given
	count(data.rules.encryption.key_rotation.unknown) == 0 with input as given
}

test_an_asymmetric_key_cannot_rotate_and_is_left_out if {
	given := plans.production([plans.made("aws_kms_key", {"customer_master_key_spec": "RSA_4096", "key_usage": "SIGN_VERIFY"})])
	count(data.rules.encryption.key_rotation.deny) == 0 with input as given
	count(data.rules.encryption.key_rotation.unknown) == 0 with input as given
}

test_a_rotation_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_kms_key", {}), {"enable_key_rotation": true})])
	count(data.rules.encryption.key_rotation.deny) == 0 with input as given
	count(data.rules.encryption.key_rotation.unknown) == 1 with input as given
}

test_the_key_that_signs_a_zone_cannot_rotate_and_is_left_out if {
	given := plans.production([plans.made("aws_kms_key", {"customer_master_key_spec": "ECC_NIST_P256", "key_usage": "SIGN_VERIFY", "enable_key_rotation": false})])
	count(data.rules.encryption.key_rotation.deny) == 0 with input as given
	count(data.rules.encryption.key_rotation.unknown) == 0 with input as given
}

test_a_key_for_codes_cannot_rotate_and_is_left_out if {
	given := plans.production([plans.made("aws_kms_key", {"customer_master_key_spec": "HMAC_256", "key_usage": "GENERATE_VERIFY_MAC"})])
	count(data.rules.encryption.key_rotation.deny) == 0 with input as given
	count(data.rules.encryption.key_rotation.unknown) == 0 with input as given
}

test_a_key_of_a_custom_store_cannot_rotate_and_is_left_out if {
	given := plans.production([plans.made("aws_kms_key", {"custom_key_store_id": "cks-0123456789abcdef0"})])
	count(data.rules.encryption.key_rotation.deny) == 0 with input as given
	count(data.rules.encryption.key_rotation.unknown) == 0 with input as given
}

test_a_replica_rotates_with_its_primary if {
	given := plans.production([plans.made("aws_kms_replica_key", {"primary_key_arn": "arn:aws:kms:us-east-1:111122223333:key/mrk-0a1b2c3d0000400080000000000000aa"})])
	count(data.rules.encryption.key_rotation.deny) == 0 with input as given
	count(data.rules.encryption.key_rotation.unknown) == 0 with input as given
}

test_a_primary_in_more_than_one_region_rotates_itself if {
	given := plans.production([plans.made("aws_kms_key", {"multi_region": true, "enable_key_rotation": false})])
	count(data.rules.encryption.key_rotation.deny) == 1 with input as given
	count(data.rules.encryption.key_rotation.unknown) == 0 with input as given
}

test_a_key_that_may_be_asymmetric_is_unknown_while_it_does_not_rotate if {
	given := plans.production([plans.later(plans.made("aws_kms_key", {"enable_key_rotation": false}), {"customer_master_key_spec": true})])
	count(data.rules.encryption.key_rotation.deny) == 0 with input as given
	count(data.rules.encryption.key_rotation.unknown) == 1 with input as given
}

test_a_key_that_rotates_is_fine_whatever_it_is if {
	given := plans.production([plans.later(plans.made("aws_kms_key", {"enable_key_rotation": true}), {"customer_master_key_spec": true})])
	count(data.rules.encryption.key_rotation.deny) == 0 with input as given
	count(data.rules.encryption.key_rotation.unknown) == 0 with input as given
}

test_a_rotation_that_nobody_wrote_is_off if {
	given := plans.production([plans.computed(plans.made("aws_kms_key", {}), ["enable_key_rotation", "custom_key_store_id"])])
	count(data.rules.encryption.key_rotation.deny) == 1 with input as given
	count(data.rules.encryption.key_rotation.unknown) == 0 with input as given
}

test_a_key_may_be_said_to_be_what_it_is_without_being_told if {
	every attribute, value in {"customer_master_key_spec": "SYMMETRIC_DEFAULT", "key_usage": "ENCRYPT_DECRYPT", "custom_key_store_id": ""} {
		count(data.rules.encryption.key_rotation.deny) == 1 with input as plans.production([plans.made("aws_kms_key", {attribute: value})])
	}
	every attribute, value in {"customer_master_key_spec": "RSA_4096", "key_usage": "SIGN_VERIFY", "custom_key_store_id": "cks-0123456789abcdef0"} {
		count(data.rules.encryption.key_rotation.deny) == 0 with input as plans.production([plans.made("aws_kms_key", {attribute: value})])
		later := plans.later(plans.made("aws_kms_key", {attribute: value}), {"enable_key_rotation": true})
		count(data.rules.encryption.key_rotation.unknown) == 0 with input as plans.production([later])
	}
}

test_what_a_key_is_and_whether_it_rotates_are_each_known_only_at_apply if {
	every attribute in ["customer_master_key_spec", "key_usage", "custom_key_store_id"] {
		count(data.rules.encryption.key_rotation.unknown) == 1 with input as plans.production([plans.later(plans.made("aws_kms_key", {}), {attribute: true})])
		both := plans.later(plans.made("aws_kms_key", {}), {attribute: true, "enable_key_rotation": true})
		count(data.rules.encryption.key_rotation.unknown) == 1 with input as plans.production([both])
		count(data.rules.encryption.key_rotation.deny) == 0 with input as plans.production([both])
	}
}
