package tests.tags.backup_tier

import data.testing.plans

import rego.v1

test_a_volume_without_a_tier_is_denied if {
	given := plans.production([plans.made("aws_ebs_volume", {"tags_all": {"Environment": "prod", "Service": "kong", "Owner": "platform", "CostCenter": "4711", "DataClassification": "internal", "ManagedBy": "groundplan"}})])
	count(data.rules.tags.backup_tier.deny) == 1 with input as given
	count(data.rules.tags.backup_tier.unknown) == 0 with input as given
}

test_whatever_a_backup_plan_selects_by_its_tag_is_asked_for_a_tier if {
	every type in ["aws_db_instance", "aws_dynamodb_table", "aws_ebs_volume", "aws_efs_file_system", "aws_rds_cluster"] {
		count(data.rules.tags.backup_tier.deny) == 1 with input as plans.production([plans.made(type, {"tags_all": {"Environment": "prod"}})])
	}
}

test_a_tier_that_no_plan_selects_is_denied if {
	given := plans.production([plans.made("aws_ebs_volume", {"tags_all": {"BackupTier": "gold"}})])
	count(data.rules.tags.backup_tier.deny) == 1 with input as given
	count(data.rules.tags.backup_tier.unknown) == 0 with input as given
}

test_a_table_with_a_tier_is_fine if {
	given := plans.production([plans.made("aws_dynamodb_table", {"tags_all": {"BackupTier": "critical"}})])
	count(data.rules.tags.backup_tier.deny) == 0 with input as given
	count(data.rules.tags.backup_tier.unknown) == 0 with input as given
}

test_no_backup_is_a_decision_that_may_be_made if {
	given := plans.production([plans.made("aws_dynamodb_table", {"tags_all": {"BackupTier": "none"}})])
	count(data.rules.tags.backup_tier.deny) == 0 with input as given
	count(data.rules.tags.backup_tier.unknown) == 0 with input as given
}

test_tags_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.later(plans.made("aws_db_instance", {}), {"tags": true, "tags_all": true})])
	count(data.rules.tags.backup_tier.deny) == 0 with input as given
	count(data.rules.tags.backup_tier.unknown) == 1 with input as given
}

test_a_tier_that_is_null_stops_nothing if {
	given := plans.production([plans.made("aws_dynamodb_table", {"tags_all": {"BackupTier": null}}), plans.made("aws_ebs_volume", {"tags_all": {}})])
	{found.address | some found in data.rules.tags.backup_tier.deny} & {"module.service.aws_ebs_volume.this"} != set() with input as given
}
