package tests.logging.database_logs_exported

import data.testing.plans

import rego.v1

test_a_database_that_exports_nothing_is_denied if {
	given := plans.production([plans.made("aws_db_instance", {"engine": "postgres"})])
	count(data.rules.logging.database_logs_exported.deny) == 1 with input as given
	count(data.rules.logging.database_logs_exported.unknown) == 0 with input as given
}

test_the_log_that_matters_is_named if {
	given := plans.production([plans.made("aws_db_instance", {"engine": "mysql", "enabled_cloudwatch_logs_exports": ["error", "slowquery"]})])
	count(data.rules.logging.database_logs_exported.deny) == 1 with input as given
	count(data.rules.logging.database_logs_exported.unknown) == 0 with input as given
}

test_a_database_that_exports_it_is_fine if {
	given := plans.production([plans.made("aws_rds_cluster", {"engine": "aurora-postgresql", "enabled_cloudwatch_logs_exports": ["postgresql"]})])
	count(data.rules.logging.database_logs_exported.deny) == 0 with input as given
	count(data.rules.logging.database_logs_exported.unknown) == 0 with input as given
}

test_outside_production_nobody_asks if {
	given := plans.of("dev", [plans.made("aws_db_instance", {"engine": "postgres"})])
	count(data.rules.logging.database_logs_exported.deny) == 0 with input as given
	count(data.rules.logging.database_logs_exported.unknown) == 0 with input as given
}

test_a_copy_has_the_engine_of_its_source_and_exports_something if {
	given := plans.production([plans.computed(plans.made("aws_db_instance", {"replicate_source_db": "claims"}), ["engine"]), plans.named(plans.computed(plans.made("aws_db_instance", {"replicate_source_db": "claims", "enabled_cloudwatch_logs_exports": ["postgresql"]}), ["engine"]), "other")])
	count(data.rules.logging.database_logs_exported.deny) == 1 with input as given
	count(data.rules.logging.database_logs_exported.unknown) == 0 with input as given
}

test_documents_and_graphs_have_names_of_their_own if {
	given := plans.production([plans.made("aws_docdb_cluster", {"enabled_cloudwatch_logs_exports": ["profiler"]}), plans.made("aws_neptune_cluster", {"enable_cloudwatch_logs_exports": ["audit"]})])
	count(data.rules.logging.database_logs_exported.deny) == 1 with input as given
	count(data.rules.logging.database_logs_exported.unknown) == 0 with input as given
}

test_a_search_without_its_audit_log_is_denied if {
	given := plans.production([plans.made("aws_opensearch_domain", {"log_publishing_options": [{"log_type": "ES_APPLICATION_LOGS"}]})])
	count(data.rules.logging.database_logs_exported.deny) == 1 with input as given
	count(data.rules.logging.database_logs_exported.unknown) == 0 with input as given
}

test_an_audit_log_that_is_switched_off_is_none if {
	given := plans.production([plans.made("aws_elasticsearch_domain", {"log_publishing_options": [{"log_type": "AUDIT_LOGS", "enabled": false}]})])
	count(data.rules.logging.database_logs_exported.deny) == 1 with input as given
	count(data.rules.logging.database_logs_exported.unknown) == 0 with input as given
}

test_a_search_whose_log_group_comes_at_apply_is_fine if {
	given := plans.production([json.patch(plans.made("aws_opensearch_domain", {"log_publishing_options": [{"log_type": "AUDIT_LOGS"}]}), [{"op": "add", "path": "/unknown/log_publishing_options", "value": [{"cloudwatch_log_group_arn": true}]}])])
	count(data.rules.logging.database_logs_exported.deny) == 0 with input as given
	count(data.rules.logging.database_logs_exported.unknown) == 0 with input as given
}

test_a_search_whose_logs_are_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_opensearch_domain", {}), {"log_publishing_options": true}), json.patch(plans.made("aws_elasticsearch_domain", {"log_publishing_options": [{"log_type": "AUDIT_LOGS"}]}), [{"op": "add", "path": "/unknown/log_publishing_options", "value": [{"enabled": true}]}])])
	count(data.rules.logging.database_logs_exported.deny) == 0 with input as given
	count(data.rules.logging.database_logs_exported.unknown) == 1 with input as given
}

test_a_warehouse_without_logs_is_denied if {
	given := plans.production([plans.made("aws_redshift_cluster", {"cluster_identifier": "claims"})])
	count(data.rules.logging.database_logs_exported.deny) == 1 with input as given
	count(data.rules.logging.database_logs_exported.unknown) == 0 with input as given
}

test_a_warehouse_with_logs_by_name_or_reference_is_fine if {
	given := plans.production([plans.made("aws_redshift_cluster", {"cluster_identifier": "claims"}), plans.made("aws_redshift_logging", {"cluster_identifier": "claims"}), plans.named(plans.made("aws_redshift_cluster", {"cluster_identifier": "other"}), "other"), plans.named(plans.reads(plans.made("aws_redshift_logging", {}), "cluster_identifier", {"references": ["aws_redshift_cluster.other.id", "aws_redshift_cluster.other"]}), "other")])
	count(data.rules.logging.database_logs_exported.deny) == 0 with input as given
	count(data.rules.logging.database_logs_exported.unknown) == 0 with input as given
}

test_a_warehouse_whose_logs_are_known_only_at_apply_is_unknown if {
	given := plans.production([plans.made("aws_redshift_cluster", {"cluster_identifier": "claims"}), plans.later(plans.made("aws_redshift_logging", {}), {"cluster_identifier": true})])
	count(data.rules.logging.database_logs_exported.deny) == 0 with input as given
	count(data.rules.logging.database_logs_exported.unknown) == 1 with input as given
}

test_exports_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.later(plans.made("aws_db_instance", {"engine": "postgres"}), {"enabled_cloudwatch_logs_exports": true})])
	count(data.rules.logging.database_logs_exported.deny) == 0 with input as given
	count(data.rules.logging.database_logs_exported.unknown) == 1 with input as given
}

test_outside_production_none_of_this_is_asked if {
	every given in [
		plans.of("dev", [plans.later(plans.made("aws_opensearch_domain", {}), {"log_publishing_options": true}), json.patch(plans.made("aws_elasticsearch_domain", {"log_publishing_options": [{"log_type": "AUDIT_LOGS"}]}), [{"op": "add", "path": "/unknown/log_publishing_options", "value": [{"enabled": true}]}])]),
		plans.of("dev", [plans.made("aws_redshift_cluster", {"cluster_identifier": "claims"}), plans.later(plans.made("aws_redshift_logging", {}), {"cluster_identifier": true})]),
		plans.of("dev", [plans.later(plans.made("aws_db_instance", {"engine": "postgres"}), {"enabled_cloudwatch_logs_exports": true})]),
		plans.of("dev", [plans.made("aws_db_instance", {"engine": "postgres"})]),
		plans.of("dev", [plans.made("aws_db_instance", {"engine": "mysql", "enabled_cloudwatch_logs_exports": ["error", "slowquery"]})]),
		plans.of("dev", [plans.computed(plans.made("aws_db_instance", {"replicate_source_db": "claims"}), ["engine"]), plans.named(plans.computed(plans.made("aws_db_instance", {"replicate_source_db": "claims", "enabled_cloudwatch_logs_exports": ["postgresql"]}), ["engine"]), "other")]),
		plans.of("dev", [plans.made("aws_docdb_cluster", {"enabled_cloudwatch_logs_exports": ["profiler"]}), plans.made("aws_neptune_cluster", {"enable_cloudwatch_logs_exports": ["audit"]})]),
		plans.of("dev", [plans.made("aws_opensearch_domain", {"log_publishing_options": [{"log_type": "ES_APPLICATION_LOGS"}]})]),
		plans.of("dev", [plans.made("aws_elasticsearch_domain", {"log_publishing_options": [{"log_type": "AUDIT_LOGS", "enabled": false}]})]),
		plans.of("dev", [plans.made("aws_redshift_cluster", {"cluster_identifier": "claims"})]),
	] {
		count(data.rules.logging.database_logs_exported.deny) == 0 with input as given
		count(data.rules.logging.database_logs_exported.unknown) == 0 with input as given
	}
}

# The log that tells who did what, by the engine's documentation.
test_each_engine_exports_its_own_log if {
	every engine, log in {"oracle-ee": "audit", "custom-oracle-ee": "audit", "mysql": "audit", "mariadb": "audit", "postgres": "postgresql", "sqlserver-se": "error", "db2-se": "diag.log"} {
		count(data.rules.logging.database_logs_exported.deny) == 0 with input as plans.production([plans.made("aws_db_instance", {"engine": engine, "enabled_cloudwatch_logs_exports": [log]})])
		count(data.rules.logging.database_logs_exported.deny) == 1 with input as plans.production([plans.made("aws_db_instance", {"engine": engine, "enabled_cloudwatch_logs_exports": ["other"]})])
	}
	every engine, log in {"aurora-mysql": "audit", "mysql": "audit", "aurora-postgresql": "postgresql", "postgres": "postgresql"} {
		count(data.rules.logging.database_logs_exported.deny) == 0 with input as plans.production([plans.made("aws_rds_cluster", {"engine": engine, "enabled_cloudwatch_logs_exports": [log]})])
		count(data.rules.logging.database_logs_exported.deny) == 1 with input as plans.production([plans.made("aws_rds_cluster", {"engine": engine, "enabled_cloudwatch_logs_exports": ["other"]})])
	}
	every type, attribute in {"aws_docdb_cluster": "enabled_cloudwatch_logs_exports", "aws_neptune_cluster": "enable_cloudwatch_logs_exports"} {
		count(data.rules.logging.database_logs_exported.deny) == 0 with input as plans.production([plans.made(type, {attribute: ["audit"]})])
		{found.message | some found in data.rules.logging.database_logs_exported.deny} == {"does not export its audit log"} with input as plans.production([plans.made(type, {attribute: []})])
	}
}

test_whether_and_which_log_a_search_publishes_may_be_known_only_at_apply if {
	every type in ["aws_opensearch_domain", "aws_elasticsearch_domain"] {
		every attribute in ["log_type", "enabled"] {
			domain := plans.made(type, {"log_publishing_options": [{}]})
			given := plans.production([plans.blocks(domain, "log_publishing_options", [{attribute: {"references": ["local.log"]}}], [{attribute: true}])])
			count(data.rules.logging.database_logs_exported.deny) == 0 with input as given
			count(data.rules.logging.database_logs_exported.unknown) == 1 with input as given
		}
	}
}

test_logs_of_another_warehouse_leave_none_to_this_one if {
	warehouse := plans.made("aws_redshift_cluster", {"cluster_identifier": "claims"})
	other := plans.named(plans.made("aws_redshift_cluster", {}), "other")
	every resources in [
		[warehouse, plans.made("aws_redshift_logging", {"cluster_identifier": "elsewhere"})],
		[warehouse, other, plans.reads(plans.made("aws_redshift_logging", {}), "cluster_identifier", {"references": ["aws_redshift_cluster.other.id", "aws_redshift_cluster.other"]})],
	] {
		given := plans.production(resources)
		count(data.rules.logging.database_logs_exported.deny) == 1 with input as given
		count(data.rules.logging.database_logs_exported.unknown) == 0 with input as given
	}
}

test_a_copy_exports_something_or_says_so_only_at_apply if {
	copy := plans.computed(plans.made("aws_db_instance", {"replicate_source_db": "claims"}), ["engine"])
	count(data.rules.logging.database_logs_exported.deny) == 1 with input as plans.production([copy])
	exporting := object.union(copy, {"after": {"enabled_cloudwatch_logs_exports": ["postgresql"]}})
	count(data.rules.logging.database_logs_exported.deny) == 0 with input as plans.production([exporting])
	later := plans.reads(copy, "enabled_cloudwatch_logs_exports", {"references": ["local.logs"]})
	count(data.rules.logging.database_logs_exported.deny) == 0 with input as plans.production([later])
	count(data.rules.logging.database_logs_exported.unknown) == 1 with input as plans.production([later])
}

test_a_search_that_publishes_its_audit_log_is_fine_whatever_else_comes_at_apply if {
	domain := plans.made("aws_opensearch_domain", {"log_publishing_options": [{"log_type": "AUDIT_LOGS"}, {}]})
	written := [{"log_type": {"constant_value": "AUDIT_LOGS"}}, {"log_type": {"references": ["local.log"]}}]
	given := plans.production([plans.blocks(domain, "log_publishing_options", written, [{}, {"log_type": true}])])
	count(data.rules.logging.database_logs_exported.deny) == 0 with input as given
	count(data.rules.logging.database_logs_exported.unknown) == 0 with input as given
}

test_a_warehouse_with_logs_is_fine_beside_logs_that_name_theirs_only_at_apply if {
	warehouse := plans.made("aws_redshift_cluster", {"cluster_identifier": "claims"})
	open := plans.named(plans.later(plans.made("aws_redshift_logging", {}), {"cluster_identifier": true}), "open")
	given := plans.production([warehouse, plans.made("aws_redshift_logging", {"cluster_identifier": "claims"}), open])
	count(data.rules.logging.database_logs_exported.unknown) == 0 with input as given
}

test_a_warehouse_without_a_name_has_no_logs_without_one if {
	given := plans.production([plans.made("aws_redshift_cluster", {}), plans.made("aws_redshift_logging", {})])
	count(data.rules.logging.database_logs_exported.deny) == 1 with input as given
}
