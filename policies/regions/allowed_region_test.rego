package tests.regions.allowed_region

import data.testing.plans

import rego.v1

test_a_resource_elsewhere_is_denied if {
	given := plans.production([plans.made("aws_sns_topic", {"region": "eu-west-3"})])
	count(data.rules.regions.allowed_region.deny) == 1 with input as given
	count(data.rules.regions.allowed_region.unknown) == 0 with input as given
}

test_a_provider_elsewhere_is_denied if {
	given := plans.with_provider(plans.production([]), {"region": {"constant_value": "eu-west-3"}})
	count(data.rules.regions.allowed_region.deny) == 1 with input as given
	count(data.rules.regions.allowed_region.unknown) == 0 with input as given
}

test_the_environment_regions_are_fine if {
	given := plans.production([plans.made("aws_sns_topic", {"region": "us-west-2"})])
	count(data.rules.regions.allowed_region.deny) == 0 with input as given
	count(data.rules.regions.allowed_region.unknown) == 0 with input as given
}

test_an_environment_that_nobody_listed_may_only_use_what_all_allow if {
	given := plans.of("sandbox", [plans.made("aws_sns_topic", {"region": "us-east-1"}), plans.named(plans.made("aws_sns_topic", {"region": "eu-west-3"}), "other")])
	count(data.rules.regions.allowed_region.deny) == 1 with input as given
	count(data.rules.regions.allowed_region.unknown) == 0 with input as given
}

test_a_region_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_sns_topic", {}), {"region": true})])
	count(data.rules.regions.allowed_region.deny) == 0 with input as given
	count(data.rules.regions.allowed_region.unknown) == 1 with input as given
}

test_a_copy_elsewhere_is_denied if {
	given := plans.production([plans.made("aws_secretsmanager_secret", {"region": "us-east-1", "replica": [{"region": "us-west-2"}, {"region": "eu-west-3"}]})])
	count(data.rules.regions.allowed_region.deny) == 1 with input as given
	count(data.rules.regions.allowed_region.unknown) == 0 with input as given
}

test_a_copy_to_a_vault_elsewhere_is_denied if {
	given := plans.production([plans.made("aws_backup_plan", {"rule": [{"copy_action": [{"destination_vault_arn": "arn:aws:backup:eu-west-3:111122223333:backup-vault:x"}]}]})])
	count(data.rules.regions.allowed_region.deny) == 1 with input as given
	count(data.rules.regions.allowed_region.unknown) == 0 with input as given
}

test_a_copy_that_names_no_region_is_fine if {
	given := plans.production([plans.made("aws_efs_replication_configuration", {"destination": [{"region": null, "availability_zone_name": "us-west-2a"}]})])
	count(data.rules.regions.allowed_region.deny) == 0 with input as given
	count(data.rules.regions.allowed_region.unknown) == 0 with input as given
}

test_a_copy_to_an_allowed_region_is_fine if {
	given := plans.production([plans.made("aws_dynamodb_table", {"replica": [{"region_name": "us-west-2"}]}), plans.made("aws_backup_plan", {"rule": [{"copy_action": [{"destination_vault_arn": "arn:aws:backup:us-west-2:111122223333:backup-vault:x"}]}]})])
	count(data.rules.regions.allowed_region.deny) == 0 with input as given
	count(data.rules.regions.allowed_region.unknown) == 0 with input as given
}

test_a_copy_whose_region_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_dynamodb_table", {"replica": [{"region_name": "us-west-2"}, {}]}), {"replica": [{}, {"region_name": true}]})])
	count(data.rules.regions.allowed_region.deny) == 0 with input as given
	count(data.rules.regions.allowed_region.unknown) == 1 with input as given
}

test_a_finding_names_the_environment_or_says_that_it_has_none if {
	elsewhere := plans.made("aws_sns_topic", {"region": "eu-west-3"})
	named := {found.message | some found in data.rules.regions.allowed_region.deny with input as plans.production([elsewhere])}
	every message in named {
		contains(message, "prod")
	}
	count(named) == 1
	bare := {found.message | some found in data.rules.regions.allowed_region.deny with input as plans.production([elsewhere]).plan}
	every message in bare {
		contains(message, "an unnamed environment")
	}
	count(bare) == 1
}

# Where each type says to what region it copies, as its provider documents it.
copying(region) := {
	"aws_backup_plan": {"rule": [{"copy_action": [{"destination_vault_arn": concat(":", ["arn:aws:backup", region, "111122223333:backup-vault:a"])}]}]},
	"aws_dynamodb_global_table": {"replica": [{"region_name": region}]},
	"aws_dynamodb_table": {"replica": [{"region_name": region}]},
	"aws_ecr_replication_configuration": {"replication_configuration": [{"rule": [{"destination": [{"region": region}]}]}]},
	"aws_efs_replication_configuration": {"destination": [{"region": region}]},
	"aws_secretsmanager_secret": {"replica": [{"region": region}]},
}

test_every_type_that_copies_is_asked_where_to if {
	every type, after in copying("eu-west-3") {
		count(data.rules.regions.allowed_region.deny) == 1 with input as plans.production([plans.made(type, after)])
	}
	every type, after in copying("us-west-2") {
		count(data.rules.regions.allowed_region.deny) == 0 with input as plans.production([plans.made(type, after)])
	}
}

test_each_environment_is_of_both_regions_of_the_company_and_no_other if {
	every environment in ["dev", "staging", "prod"] {
		every pair in [["us-east-1", 0], ["us-west-2", 0], ["eu-west-3", 1]] {
			count(data.rules.regions.allowed_region.deny) == pair[1] with input as plans.of(environment, [plans.made("aws_sns_topic", {"region": pair[0]})])
		}
	}
}

test_a_region_that_no_plan_shows_as_a_text_is_no_finding if {
	every region in [null, 7, ["eu-west-3"]] {
		given := plans.with_provider(plans.production([]), {"region": {"constant_value": region}})
		count(data.rules.regions.allowed_region.deny) == 0 with input as given
	}
}

test_a_region_of_a_copy_is_its_attribute_and_nothing_else if {
	secret := {"replica": [{"region": "us-west-2", "kms_key_id": "alias/prod-claims"}], "tags": {"region": "eu-west-3"}}
	count(data.rules.regions.allowed_region.deny) == 0 with input as plans.production([plans.made("aws_secretsmanager_secret", secret)])
	later := plans.later(plans.made("aws_secretsmanager_secret", {"replica": [{}]}), {"replica": [{"kms_key_id": true}], "tags": {"region": true}})
	count(data.rules.regions.allowed_region.unknown) == 0 with input as plans.production([later])
	own := plans.made("aws_secretsmanager_secret", {"region": "eu-west-3"})
	count(data.rules.regions.allowed_region.deny) == 1 with input as plans.production([own])
	count(data.rules.regions.allowed_region.unknown) == 1 with input as plans.production([plans.later(own, {"region": true})])
}

test_a_provider_in_the_environment_s_regions_is_fine_and_one_elsewhere_is_named if {
	at := {region: addresses |
		some region in ["us-east-1", "us-west-2", "eu-west-3"]
		given := plans.with_provider(plans.production([]), {"region": {"constant_value": region}})
		addresses := {found.address | some found in data.rules.regions.allowed_region.deny with input as given}
	}
	at == {"us-east-1": set(), "us-west-2": set(), "eu-west-3": {"provider.aws"}}
}

test_a_region_of_another_provider_is_not_aws_s if {
	every type in ["google_compute_network", "kubernetes_manifest"] {
		count(data.rules.regions.allowed_region.deny) == 0 with input as plans.production([plans.made(type, {"region": "eu-west-3"})])
		count(data.rules.regions.allowed_region.unknown) == 0 with input as plans.production([plans.later(plans.made(type, {}), {"region": true})])
	}
}

test_a_vault_is_in_the_region_that_its_arn_names if {
	every arn, denials in {
		"arn:aws:backup:eu-west-3:111122223333:backup-vault:a": 1,
		"arn:aws:backup:eu-west-3:111122223333:a": 1,
		"arn:aws:backup:eu-west-3:111122223333": 0,
		"arn:aws:backup:us-west-2:111122223333:backup-vault:a": 0,
		"": 0,
	} {
		after := {"rule": [{"copy_action": [{"destination_vault_arn": arn}]}]}
		count(data.rules.regions.allowed_region.deny) == denials with input as plans.production([plans.made("aws_backup_plan", after)])
	}
	later := plans.later(plans.made("aws_backup_plan", {}), {"rule": [{"copy_action": [{"destination_vault_arn": true}]}]})
	count(data.rules.regions.allowed_region.unknown) == 0 with input as plans.production([later])
}
