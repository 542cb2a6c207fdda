package tests.protection.minor_version_upgrades

import data.testing.plans

import rego.v1

test_a_database_that_refuses_them_is_denied if {
	given := plans.of("dev", [plans.made("aws_db_instance", {"auto_minor_version_upgrade": false})])
	count(data.rules.protection.minor_version_upgrades.deny) == 1 with input as given
	count(data.rules.protection.minor_version_upgrades.unknown) == 0 with input as given
}

test_a_database_that_says_nothing_takes_them if {
	given := plans.production([plans.made("aws_rds_cluster_instance", {"engine": "aurora-postgresql"})])
	count(data.rules.protection.minor_version_upgrades.deny) == 0 with input as given
	count(data.rules.protection.minor_version_upgrades.unknown) == 0 with input as given
}

test_a_broker_that_says_nothing_does_not if {
	given := plans.production([plans.made("aws_mq_broker", {"broker_name": "claims"})])
	count(data.rules.protection.minor_version_upgrades.deny) == 1 with input as given
	count(data.rules.protection.minor_version_upgrades.unknown) == 0 with input as given
}

test_a_cache_says_it_in_text if {
	given := plans.production([plans.made("aws_elasticache_replication_group", {"auto_minor_version_upgrade": "false"}), plans.named(plans.made("aws_elasticache_replication_group", {"auto_minor_version_upgrade": "true"}), "other")])
	count(data.rules.protection.minor_version_upgrades.deny) == 1 with input as given
	count(data.rules.protection.minor_version_upgrades.unknown) == 0 with input as given
}

test_what_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_redshift_cluster", {}), {"allow_version_upgrade": true})])
	count(data.rules.protection.minor_version_upgrades.deny) == 0 with input as given
	count(data.rules.protection.minor_version_upgrades.unknown) == 1 with input as given
}
