package tests.encryption.customer_managed_key

import data.testing.plans

import rego.v1

test_a_queue_without_a_key_is_denied if {
	given := plans.production([plans.made("aws_sqs_queue", {"name": "orders"})])
	count(data.rules.encryption.customer_managed_key.deny) == 1 with input as given
	count(data.rules.encryption.customer_managed_key.unknown) == 0 with input as given
}

test_a_topic_with_the_key_that_aws_manages_is_denied if {
	given := plans.production([plans.made("aws_sns_topic", {"kms_master_key_id": "alias/aws/sns"})])
	count(data.rules.encryption.customer_managed_key.deny) == 1 with input as given
	count(data.rules.encryption.customer_managed_key.unknown) == 0 with input as given
}

test_a_volume_that_is_not_encrypted_is_denied_although_it_names_a_key if {
	given := plans.production([plans.made("aws_ebs_volume", {"encrypted": false, "kms_key_id": "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"})])
	count(data.rules.encryption.customer_managed_key.deny) == 1 with input as given
	count(data.rules.encryption.customer_managed_key.unknown) == 0 with input as given
}

test_a_table_with_aws_own_key_is_denied if {
	given := plans.production([plans.made("aws_dynamodb_table", {"server_side_encryption": [{"enabled": true}]})])
	count(data.rules.encryption.customer_managed_key.deny) == 1 with input as given
	count(data.rules.encryption.customer_managed_key.unknown) == 0 with input as given
}

test_a_table_without_encryption_settings_is_denied_twice if {
	given := plans.production([plans.made("aws_dynamodb_table", {"name": "orders"})])
	count(data.rules.encryption.customer_managed_key.deny) == 2 with input as given
	count(data.rules.encryption.customer_managed_key.unknown) == 0 with input as given
}

test_a_secret_with_a_key_of_ours_is_fine if {
	given := plans.production([plans.made("aws_secretsmanager_secret", {"kms_key_id": "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"})])
	count(data.rules.encryption.customer_managed_key.deny) == 0 with input as given
	count(data.rules.encryption.customer_managed_key.unknown) == 0 with input as given
}

test_a_log_group_whose_key_is_made_in_the_same_module_is_fine if {
	given := plans.production([plans.made("aws_kms_key", {}), plans.reads(plans.made("aws_cloudwatch_log_group", {}), "kms_key_id", {"references": ["aws_kms_key.this.arn", "aws_kms_key.this"]})])
	count(data.rules.encryption.customer_managed_key.deny) == 0 with input as given
	count(data.rules.encryption.customer_managed_key.unknown) == 0 with input as given
}

test_a_replica_in_the_same_region_has_the_key_of_its_source if {
	given := plans.production([plans.made("aws_db_instance", {"replicate_source_db": "prod-kong", "storage_encrypted": true})])
	count(data.rules.encryption.customer_managed_key.deny) == 0 with input as given
	count(data.rules.encryption.customer_managed_key.unknown) == 0 with input as given
}

test_a_key_that_comes_from_somewhere_unseen_is_unknown if {
	given := plans.production([plans.reads(plans.made("aws_backup_vault", {}), "kms_key_arn", {"references": ["local.key_arn"]})])
	count(data.rules.encryption.customer_managed_key.deny) == 0 with input as given
	count(data.rules.encryption.customer_managed_key.unknown) == 1 with input as given
}

test_a_switch_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_efs_file_system", {"kms_key_id": "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"}), {"encrypted": true})])
	count(data.rules.encryption.customer_managed_key.deny) == 0 with input as given
	count(data.rules.encryption.customer_managed_key.unknown) == 1 with input as given
}

test_a_key_that_the_caller_makes_is_found_through_the_module_input if {
	vault := plans.reads(plans.made("aws_backup_vault", {}), "kms_key_arn", {"references": ["var.key_arn"]})
	called := plans.called_with(plans.production([vault]), {"key_arn": {"references": ["aws_kms_key.shared.arn", "aws_kms_key.shared"]}})
	given := plans.with_root(called, "aws_kms_key", "shared")
	count(data.rules.encryption.customer_managed_key.deny) == 0 with input as given
	count(data.rules.encryption.customer_managed_key.unknown) == 0 with input as given
}

test_a_key_of_aws_that_is_looked_up_by_its_alias_is_denied if {
	found := "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"
	volume := plans.made("aws_ebs_volume", {"encrypted": true, "kms_key_id": found})
	given := plans.with_data(
		plans.production([object.union(volume, {"expressions": {"kms_key_id": {"references": ["data.aws_kms_alias.ebs.target_key_arn", "data.aws_kms_alias.ebs"]}}})]),
		{"address": "data.aws_kms_alias.ebs", "mode": "data", "type": "aws_kms_alias", "name": "ebs", "expressions": {"name": {"constant_value": "alias/aws/ebs"}}},
	)
	count(data.rules.encryption.customer_managed_key.deny) == 1 with input as given
}

test_a_key_of_ours_that_is_looked_up_by_its_alias_is_fine if {
	found := "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"
	volume := plans.made("aws_ebs_volume", {"encrypted": true, "kms_key_id": found})
	given := plans.with_data(
		plans.production([object.union(volume, {"expressions": {"kms_key_id": {"references": ["data.aws_kms_alias.ours.target_key_arn", "data.aws_kms_alias.ours"]}}})]),
		{"address": "data.aws_kms_alias.ours", "mode": "data", "type": "aws_kms_alias", "name": "ours", "expressions": {"name": {"constant_value": "alias/prod-claims"}}},
	)
	count(data.rules.encryption.customer_managed_key.deny) == 0 with input as given
}

test_a_stream_with_a_key_that_it_does_not_use_is_denied if {
	given := plans.production([plans.made("aws_kinesis_stream", {"encryption_type": "NONE", "kms_key_id": "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"})])
	count(data.rules.encryption.customer_managed_key.deny) == 1 with input as given
	sound := plans.production([plans.made("aws_kinesis_stream", {"encryption_type": "KMS", "kms_key_id": "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"})])
	count(data.rules.encryption.customer_managed_key.deny) == 0 with input as sound
}

test_a_key_and_a_switch_that_nobody_wrote_are_not_unknown_but_denied if {
	given := plans.production([plans.computed(plans.made("aws_ebs_volume", {"size": 1}), ["encrypted", "kms_key_id"])])
	count(data.rules.encryption.customer_managed_key.deny) == 2 with input as given
	count(data.rules.encryption.customer_managed_key.unknown) == 0 with input as given
}

test_a_key_that_will_not_exist_is_none if {
	given := plans.production([plans.reads(plans.made("aws_backup_vault", {}), "kms_key_arn", {"references": ["var.make_key", "aws_kms_key.this[0].arn", "aws_kms_key.this[0]", "aws_kms_key.this"]})])
	count(data.rules.encryption.customer_managed_key.deny) == 1 with input as given
	count(data.rules.encryption.customer_managed_key.unknown) == 0 with input as given
}

# --- Blocks and features with a key of their own

ours := "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"

denials(resource) := number if {
	number := count(data.rules.encryption.customer_managed_key.deny) with input as plans.production([resource])
}

unknowns(resource) := number if {
	number := count(data.rules.encryption.customer_managed_key.unknown) with input as plans.production([resource])
}

test_every_volume_of_an_instance_is_asked if {
	encrypted := {"encrypted": true, "kms_key_id": ours}
	denials(plans.made("aws_instance", {"root_block_device": [encrypted], "ebs_block_device": [encrypted]})) == 0
	denials(plans.made("aws_instance", {"root_block_device": [encrypted], "ebs_block_device": [encrypted, {"encrypted": false}]})) == 2
	denials(plans.made("aws_instance", {"root_block_device": [{"encrypted": true}], "ebs_block_device": []})) == 1
}

test_an_instance_that_says_nothing_of_its_root_volume_is_denied if {
	denials(plans.made("aws_instance", {"root_block_device": []})) == 1
	denials(plans.computed(plans.made("aws_instance", {}), ["root_block_device", "ebs_block_device"])) == 1
}

test_an_instance_of_a_launch_template_has_the_template_s_volumes if {
	denials(plans.made("aws_instance", {"launch_template": [{"id": "lt-0123456789abcdef0"}]})) == 0
	denials(plans.later(plans.made("aws_instance", {}), {"launch_template": true})) == 0
}

test_a_launch_template_is_asked_for_each_mapping if {
	mapping := {"device_name": "/dev/xvda", "ebs": [{"encrypted": "true", "kms_key_id": ours}]}
	denials(plans.made("aws_launch_template", {"block_device_mappings": [mapping]})) == 0
	denials(plans.made("aws_launch_template", {"block_device_mappings": [mapping, {"device_name": "/dev/xvdb", "ebs": [{"volume_size": 20}]}]})) == 2
	denials(plans.made("aws_launch_template", {"block_device_mappings": []})) == 1
}

test_a_mapping_whose_blocks_only_apply_will_know_is_unknown if {
	template := object.union(plans.made("aws_launch_template", {}), {"unknown": {"block_device_mappings": true}})
	denials(template) == 0
	found := data.rules.encryption.customer_managed_key.unknown with input as plans.production([template])
	{finding.message | some finding in found} == {"says only at apply what its block_device_mappings.ebs holds"}
}

test_a_launch_configuration_takes_the_account_s_key if {
	volume := [{"encrypted": true}]
	denials(plans.made("aws_launch_configuration", {"root_block_device": volume})) == 0
	unknowns(plans.made("aws_launch_configuration", {"root_block_device": volume})) == 1
	every device in [{"encrypted": false}, {"volume_size": 20}] {
		denials(plans.made("aws_launch_configuration", {"root_block_device": [device]})) == 1
		unknowns(plans.made("aws_launch_configuration", {"root_block_device": [device]})) == 0
	}
}

test_a_cluster_without_a_key_for_its_secrets_is_denied if {
	denials(plans.made("aws_eks_cluster", {"encryption_config": []})) == 1
	denials(plans.made("aws_eks_cluster", {"encryption_config": [{"resources": ["secrets"], "provider": [{"key_arn": ours}]}]})) == 0
}

test_nodes_have_disks_of_a_launch_template if {
	denials(plans.made("aws_eks_node_group", {"launch_template": []})) == 1
	denials(plans.made("aws_eks_node_group", {"launch_template": [{"id": "lt-0123456789abcdef0", "version": "1"}]})) == 0
}

test_a_feature_that_is_on_needs_a_key if {
	sound := {"storage_encrypted": true, "kms_key_id": ours}
	denials(plans.made("aws_db_instance", sound)) == 0
	denials(plans.made("aws_db_instance", object.union(sound, {"performance_insights_enabled": true}))) == 1
	denials(plans.made("aws_db_instance", object.union(sound, {"manage_master_user_password": true, "master_user_secret_kms_key_id": ours}))) == 0
	undecided := plans.later(plans.made("aws_db_instance", sound), {"performance_insights_enabled": true})
	denials(undecided) == 0
	unknowns(undecided) == 1
}

test_a_delivery_stream_needs_a_key_unless_it_reads_another_stream if {
	denials(plans.made("aws_kinesis_firehose_delivery_stream", {"server_side_encryption": []})) == 1
	denials(plans.made("aws_kinesis_firehose_delivery_stream", {"kinesis_source_configuration": [{"role_arn": "x"}]})) == 0
	denials(plans.made("aws_kinesis_firehose_delivery_stream", {"server_side_encryption": [{"enabled": true, "key_type": "CUSTOMER_MANAGED_CMK", "key_arn": ours}]})) == 0
	denials(plans.made("aws_kinesis_firehose_delivery_stream", {"server_side_encryption": [{"enabled": true, "key_type": "AWS_OWNED_CMK"}]})) == 1
}

test_a_replica_of_what_only_apply_will_know_is_unknown_and_never_denied if {
	replica := plans.later(plans.made("aws_db_instance", {}), {"replicate_source_db": true})
	denials(replica) == 0
	unknowns(replica) == 1
	cluster := plans.later(plans.made("aws_rds_cluster", {"storage_encrypted": true, "kms_key_id": ours}), {"replication_source_identifier": true})
	denials(cluster) == 0
	unknowns(cluster) == 0
	unknowns(plans.later(plans.made("aws_rds_cluster", {"kms_key_id": ours}), {"replication_source_identifier": true, "storage_encrypted": true})) == 1
}

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/redshift_cluster#encrypted
test_a_warehouse_is_encrypted_unless_somebody_switched_it_off if {
	denials(plans.made("aws_redshift_cluster", {"kms_key_id": ours})) == 0
	denials(plans.made("aws_redshift_cluster", {"kms_key_id": ours, "encrypted": "true"})) == 0
	denials(plans.made("aws_redshift_cluster", {"kms_key_id": ours, "encrypted": "false"})) == 1
}

# A switch that is one already says it; a key that is none already says it.
test_a_switch_that_only_apply_will_know_is_not_denied if {
	undecided := plans.later(plans.made("aws_ebs_volume", {"kms_key_id": ours}), {"encrypted": true})
	denials(undecided) == 0
	unknowns(undecided) == 1
}

test_every_kind_of_key_that_is_made_beside_a_store_is_ours if {
	every type in ["aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key", "aws_kms_alias"] {
		reference := concat(".", [type, "this"])
		vault := plans.reads(plans.made("aws_backup_vault", {}), "kms_key_arn", {"references": [concat("", [reference, ".arn"]), reference]})
		given := plans.production([plans.made(type, {}), vault])
		count(data.rules.encryption.customer_managed_key.deny) == 0 with input as given
		count(data.rules.encryption.customer_managed_key.unknown) == 0 with input as given
	}
}

said(resource) := {found.message | some found in data.rules.encryption.customer_managed_key.deny with input as plans.production([resource])}

test_a_finding_names_the_part_that_it_means if {
	said(plans.made("aws_sqs_queue", {"name": "orders"})) == {"has no customer managed key"}
	said(plans.made("aws_imagebuilder_image_recipe", {"block_device_mapping": [{"ebs": [{"encrypted": true}]}]})) == {"block_device_mapping.0.ebs.0 has no customer managed key"}
}

test_a_replica_of_another_region_s_source_has_a_key_of_its_own if {
	source := "arn:aws:rds:us-west-2:111122223333:db:prod-kong"
	denials(plans.made("aws_db_instance", {"replicate_source_db": source, "storage_encrypted": true})) == 1
	denials(plans.made("aws_db_instance", {"replicate_source_db": source, "storage_encrypted": true, "kms_key_id": ours})) == 0
	denials(plans.made("aws_rds_cluster", {"replication_source_identifier": source, "storage_encrypted": true})) == 1
}
