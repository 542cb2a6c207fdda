package tests.protection.database_backup_retention

import data.testing.plans

import rego.v1

denied(given) := messages if {
	found := data.rules.protection.database_backup_retention.deny with input as given
	messages := {finding.message | some finding in found}
}

open(given) := messages if {
	found := data.rules.protection.database_backup_retention.unknown with input as given
	messages := {finding.message | some finding in found}
}

instance(after) := plans.made("aws_db_instance", object.union({"engine": "postgres"}, after))

test_no_backups_at_all_are_denied_in_every_environment if {
	denied(plans.production([instance({"backup_retention_period": 0})])) == {"keeps its backups for 0 days, fewer than 14: backup_retention_period"}
	denied(plans.of("dev", [instance({"backup_retention_period": 0})])) == {"keeps its backups for 0 days, fewer than 1: backup_retention_period"}
}

test_production_keeps_them_longer if {
	count(denied(plans.production([instance({"backup_retention_period": 13})]))) == 1
	count(denied(plans.production([instance({"backup_retention_period": 14})]))) == 0
	count(denied(plans.of("dev", [instance({"backup_retention_period": 1})]))) == 0
}

test_what_nobody_wrote_is_the_provider_s_default if {
	denied(plans.of("dev", [plans.computed(instance({}), ["backup_retention_period"])])) == {"keeps its backups for 0 days, fewer than 1: backup_retention_period"}
	count(open(plans.of("dev", [plans.computed(instance({}), ["backup_retention_period"])]))) == 0
	count(denied(plans.of("dev", [plans.computed(plans.made("aws_rds_cluster", {}), ["backup_retention_period"])]))) == 0
	count(denied(plans.production([plans.computed(plans.made("aws_rds_cluster", {}), ["backup_retention_period"])]))) == 1
	count(denied(plans.of("dev", [plans.made("aws_elasticache_replication_group", {})]))) == 1
}

test_days_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.later(instance({}), {"backup_retention_period": true})])
	count(denied(given)) == 0
	open(given) == {"says only at apply how long it keeps its backups: backup_retention_period"}
}

test_each_kind_of_database_is_asked if {
	every kind, attribute in {
		"aws_docdb_cluster": "backup_retention_period",
		"aws_docdbelastic_cluster": "backup_retention_period",
		"aws_elasticache_serverless_cache": "snapshot_retention_limit",
		"aws_memorydb_cluster": "snapshot_retention_limit",
		"aws_neptune_cluster": "backup_retention_period",
		"aws_rds_cluster": "backup_retention_period",
	} {
		count(denied(plans.production([plans.made(kind, {attribute: 13})]))) == 1
		count(denied(plans.production([plans.made(kind, {attribute: 14})]))) == 0
	}
}

test_redshift_without_automated_snapshots_is_denied if {
	denied(plans.of("dev", [plans.made("aws_redshift_cluster", {"automated_snapshot_retention_period": 0})])) == {"keeps its backups for 0 days, fewer than 1: automated_snapshot_retention_period"}
}

test_a_read_replica_leaves_its_backups_to_its_source if {
	count(denied(plans.production([instance({"replicate_source_db": "prod-claims", "backup_retention_period": 0})]))) == 0
	later := plans.production([
		plans.reads(instance({"backup_retention_period": 0}), "replicate_source_db", {"references": ["aws_db_instance.source.identifier"]}),
		plans.named(instance({"backup_retention_period": 35}), "source"),
	])
	count(denied(later)) == 0
	count(open(later)) == 0
}

test_a_source_that_nobody_wrote_makes_no_replica if {
	given := plans.production([plans.computed(instance({"backup_retention_period": 0}), ["replicate_source_db"])])
	count(denied(given)) == 1
}

test_members_leave_their_backups_to_their_group if {
	count(denied(plans.production([plans.made("aws_elasticache_cluster", {"replication_group_id": "prod-claims"})]))) == 0
	count(denied(plans.of("dev", [plans.made("aws_elasticache_cluster", {"engine": "redis"})]))) == 1
	count(denied(plans.production([plans.made("aws_elasticache_replication_group", {"global_replication_group_id": "virxk-prod-claims"})]))) == 0
	count(denied(plans.production([plans.made("aws_elasticache_replication_group", {})]))) == 1
	count(denied(plans.production([instance({"engine": "aurora-postgresql", "backup_retention_period": 0})]))) == 0
}

test_an_engine_that_has_no_backups_is_asked_for_none if {
	count(denied(plans.production([plans.made("aws_elasticache_cluster", {"engine": "memcached"})]))) == 0
	count(denied(plans.production([plans.made("aws_elasticache_serverless_cache", {"engine": "memcached"})]))) == 0
}
