package tests.exposure.nothing_shared_with_everybody

import data.testing.plans

import rego.v1

test_a_snapshot_for_every_account_is_denied if {
	given := plans.of("dev", [plans.made("aws_db_cluster_snapshot", {"shared_accounts": ["111122223333", "all"]})])
	count(data.rules.exposure.nothing_shared_with_everybody.deny) == 1 with input as given
	count(data.rules.exposure.nothing_shared_with_everybody.unknown) == 0 with input as given
}

test_a_snapshot_for_one_account_is_fine if {
	given := plans.production([plans.made("aws_db_snapshot", {"shared_accounts": ["111122223333"]})])
	count(data.rules.exposure.nothing_shared_with_everybody.deny) == 0 with input as given
	count(data.rules.exposure.nothing_shared_with_everybody.unknown) == 0 with input as given
}

test_an_image_for_every_account_is_denied if {
	given := plans.production([plans.made("aws_ami_launch_permission", {"group": "all"})])
	count(data.rules.exposure.nothing_shared_with_everybody.deny) == 1 with input as given
	count(data.rules.exposure.nothing_shared_with_everybody.unknown) == 0 with input as given
}

test_an_image_for_one_account_is_fine if {
	given := plans.production([plans.made("aws_ami_launch_permission", {"account_id": "111122223333"})])
	count(data.rules.exposure.nothing_shared_with_everybody.deny) == 0 with input as given
	count(data.rules.exposure.nothing_shared_with_everybody.unknown) == 0 with input as given
}

test_a_document_for_every_account_is_denied if {
	given := plans.production([plans.made("aws_ssm_document", {"permissions": {"type": "Share", "account_ids": "All"}})])
	count(data.rules.exposure.nothing_shared_with_everybody.deny) == 1 with input as given
	count(data.rules.exposure.nothing_shared_with_everybody.unknown) == 0 with input as given
}

test_a_guard_that_is_taken_down_is_denied if {
	given := plans.production([plans.made("aws_ebs_snapshot_block_public_access", {"state": "unblocked"}), plans.made("aws_ec2_image_block_public_access", {"state": "unblocked"}), plans.made("aws_emr_block_public_access_configuration", {"block_public_security_group_rules": false})])
	count(data.rules.exposure.nothing_shared_with_everybody.deny) == 3 with input as given
	count(data.rules.exposure.nothing_shared_with_everybody.unknown) == 0 with input as given
}

test_a_guard_of_buckets_that_is_written_by_half_is_denied_for_the_rest if {
	given := plans.production([plans.made("aws_s3_account_public_access_block", {"block_public_acls": true, "block_public_policy": true})])
	count(data.rules.exposure.nothing_shared_with_everybody.deny) == 2 with input as given
	count(data.rules.exposure.nothing_shared_with_everybody.unknown) == 0 with input as given
}

test_a_whole_guard_is_fine if {
	given := plans.production([plans.made("aws_s3_account_public_access_block", {"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true})])
	count(data.rules.exposure.nothing_shared_with_everybody.deny) == 0 with input as given
	count(data.rules.exposure.nothing_shared_with_everybody.unknown) == 0 with input as given
}

test_accounts_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.later(plans.made("aws_db_snapshot", {}), {"shared_accounts": true})])
	count(data.rules.exposure.nothing_shared_with_everybody.deny) == 0 with input as given
	count(data.rules.exposure.nothing_shared_with_everybody.unknown) == 1 with input as given
}
