package tests.encryption.database_tls

import data.testing.plans

import rego.v1

test_an_engine_that_does_not_ask_for_tls_by_itself_is_denied if {
	given := plans.production([plans.made("aws_db_parameter_group", {"family": "postgres14", "parameter": []})])
	count(data.rules.encryption.database_tls.deny) == 1 with input as given
	count(data.rules.encryption.database_tls.unknown) == 0 with input as given
}

test_tls_that_is_switched_off_is_denied if {
	given := plans.production([plans.made("aws_db_parameter_group", {"family": "postgres16", "parameter": [{"name": "rds.force_ssl", "value": "0"}]})])
	count(data.rules.encryption.database_tls.deny) == 1 with input as given
	count(data.rules.encryption.database_tls.unknown) == 0 with input as given
}

test_an_engine_that_asks_for_tls_by_itself_is_fine if {
	given := plans.production([plans.made("aws_db_parameter_group", {"family": "postgres16", "parameter": [{"name": "log_statement", "value": "ddl"}]})])
	count(data.rules.encryption.database_tls.deny) == 0 with input as given
	count(data.rules.encryption.database_tls.unknown) == 0 with input as given
}

test_a_newer_aurora_asks_by_itself if {
	given := plans.production([plans.made("aws_rds_cluster_parameter_group", {"family": "aurora-postgresql17"})])
	count(data.rules.encryption.database_tls.deny) == 0 with input as given
	count(data.rules.encryption.database_tls.unknown) == 0 with input as given
}

test_an_older_aurora_does_not if {
	given := plans.production([plans.made("aws_rds_cluster_parameter_group", {"family": "aurora-postgresql16"})])
	count(data.rules.encryption.database_tls.deny) == 1 with input as given
	count(data.rules.encryption.database_tls.unknown) == 0 with input as given
}

test_mysql_takes_its_own_word_for_it if {
	given := plans.production([plans.made("aws_db_parameter_group", {"family": "mysql8.0", "parameter": [{"name": "require_secure_transport", "value": "ON"}]})])
	count(data.rules.encryption.database_tls.deny) == 0 with input as given
	count(data.rules.encryption.database_tls.unknown) == 0 with input as given
}

test_mysql_without_it_is_denied if {
	given := plans.production([plans.made("aws_rds_cluster_parameter_group", {"family": "aurora-mysql8.0"})])
	count(data.rules.encryption.database_tls.deny) == 1 with input as given
	count(data.rules.encryption.database_tls.unknown) == 0 with input as given
}

test_instances_of_aurora_leave_it_to_their_cluster if {
	given := plans.production([plans.made("aws_db_parameter_group", {"family": "aurora-postgresql16"})])
	count(data.rules.encryption.database_tls.deny) == 0 with input as given
	count(data.rules.encryption.database_tls.unknown) == 0 with input as given
}

test_a_document_database_with_tls_off_is_denied if {
	given := plans.production([plans.made("aws_docdb_cluster_parameter_group", {"family": "docdb5.0", "parameter": [{"name": "tls", "value": "disabled"}]})])
	count(data.rules.encryption.database_tls.deny) == 1 with input as given
	count(data.rules.encryption.database_tls.unknown) == 0 with input as given
}

test_a_document_database_that_says_nothing_is_fine if {
	given := plans.production([plans.made("aws_docdb_cluster_parameter_group", {"family": "docdb5.0"})])
	count(data.rules.encryption.database_tls.deny) == 0 with input as given
	count(data.rules.encryption.database_tls.unknown) == 0 with input as given
}

test_redshift_without_it_is_denied_and_its_new_family_is_fine if {
	given := plans.production([plans.made("aws_redshift_parameter_group", {"family": "redshift-1.0"}), plans.named(plans.made("aws_redshift_parameter_group", {"family": "redshift-2.0"}), "new")])
	count(data.rules.encryption.database_tls.deny) == 1 with input as given
	count(data.rules.encryption.database_tls.unknown) == 0 with input as given
}

test_parameters_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.later(plans.made("aws_db_parameter_group", {"family": "postgres14"}), {"parameter": true})])
	count(data.rules.encryption.database_tls.deny) == 0 with input as given
	count(data.rules.encryption.database_tls.unknown) == 1 with input as given
}

test_a_value_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_db_parameter_group", {"family": "postgres14", "parameter": [{"name": "rds.force_ssl"}]}), {"parameter": [{"value": true}]})])
	count(data.rules.encryption.database_tls.deny) == 0 with input as given
	count(data.rules.encryption.database_tls.unknown) == 1 with input as given
}

test_a_family_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_docdb_cluster_parameter_group", {}), {"family": true})])
	count(data.rules.encryption.database_tls.deny) == 0 with input as given
	count(data.rules.encryption.database_tls.unknown) == 1 with input as given
}

test_mysql_and_mariadb_ask_by_themselves_since_the_versions_that_aws_names if {
	every family in ["mysql8.0", "mysql8.4", "mariadb10.11", "mariadb11.4"] {
		silent := plans.production([plans.made("aws_db_parameter_group", {"family": family})])
		count(data.rules.encryption.database_tls.deny) == 1 with input as silent
	}
	every family in ["mysql9.7", "mariadb11.8", "mariadb12.3"] {
		asking := plans.production([plans.made("aws_db_parameter_group", {"family": family})])
		count(data.rules.encryption.database_tls.deny) == 0 with input as asking
		off := plans.production([plans.made("aws_db_parameter_group", {"family": family, "parameter": [{"name": "require_secure_transport", "value": "0"}]})])
		count(data.rules.encryption.database_tls.deny) == 1 with input as off
	}
}

parameter(type, family, name, given) := plans.production([plans.made(type, {"family": family, "parameter": [{"name": name, "value": given}]})])

# What each engine calls it, by its documentation.
families := {
	"aws_db_parameter_group": {
		"postgres13": ["rds.force_ssl", ["1"], "0"], "postgres16": ["rds.force_ssl", ["1"], "0"],
		"sqlserver-ee-15.0": ["rds.force_ssl", ["1"], "0"], "mysql8.0": ["require_secure_transport", ["1", "ON", "on"], "0"],
		"mariadb10.11": ["require_secure_transport", ["1", "ON", "on"], "OFF"], "mysql9.7": ["require_secure_transport", ["1", "ON", "on"], "OFF"],
	},
	"aws_rds_cluster_parameter_group": {
		"aurora-postgresql15": ["rds.force_ssl", ["1"], "0"], "aurora-postgresql17": ["rds.force_ssl", ["1"], "0"],
		"aurora-mysql8.0": ["require_secure_transport", ["1", "ON", "on"], "OFF"],
	},
	"aws_docdb_cluster_parameter_group": {"docdb5.0": ["tls", ["enabled", "tls1.2+", "tls1.3+", "fips-140-3"], "disabled"]},
	"aws_redshift_parameter_group": {"redshift-1.0": ["require_ssl", ["true"], "false"], "redshift-2.0": ["require_ssl", ["true"], "false"]},
}

test_each_engine_has_its_own_word_for_tls if {
	every type, engines in families {
		every family, facts in engines {
			[name, sound, faulty] := facts
			every given in sound {
				count(data.rules.encryption.database_tls.deny) == 0 with input as parameter(type, family, name, given)
			}
			count(data.rules.encryption.database_tls.deny) == 1 with input as parameter(type, family, name, faulty)
		}
	}
}

# What stands where nobody says it, by the same documentation.
test_what_an_engine_does_by_itself_is_told if {
	every type, engines in {
		"aws_db_parameter_group": {
			"postgres14": "rds.force_ssl is 0",
			"sqlserver-ee-15.0": "rds.force_ssl is 0",
			"mariadb11.4": "require_secure_transport is 0",
		},
		"aws_rds_cluster_parameter_group": {
			"aurora-postgresql16": "rds.force_ssl is 0",
			"aurora-mysql8.0": "require_secure_transport is 0",
		},
		"aws_redshift_parameter_group": {"redshift-1.0": "require_ssl is false"},
	} {
		every family, said in engines {
			told := {found.message | some found in data.rules.encryption.database_tls.deny} with input as plans.production([plans.made(type, {"family": family})])
			told == {concat("", ["takes clients without TLS: ", said])}
		}
	}
}
