package tests.encryption.service_tls

import data.testing.plans

import rego.v1

test_a_cache_that_answers_in_clear_is_denied if {
	given := plans.production([plans.made("aws_elasticache_replication_group", {"transit_encryption_enabled": false})])
	count(data.rules.encryption.service_tls.deny) == 1 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_a_cache_that_nobody_told_answers_in_clear if {
	given := plans.production([plans.computed(plans.made("aws_elasticache_replication_group", {"engine": "redis"}), ["transit_encryption_enabled", "transit_encryption_mode"])])
	count(data.rules.encryption.service_tls.deny) == 1 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_a_cache_whose_clients_choose_is_denied if {
	given := plans.production([plans.made("aws_elasticache_replication_group", {"transit_encryption_enabled": true, "transit_encryption_mode": "preferred"})])
	count(data.rules.encryption.service_tls.deny) == 1 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_a_cache_of_tls_is_fine if {
	given := plans.production([plans.made("aws_elasticache_replication_group", {"transit_encryption_enabled": true})])
	count(data.rules.encryption.service_tls.deny) == 0 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_a_cluster_of_a_replication_group_is_the_group_s_business if {
	given := plans.production([plans.made("aws_elasticache_cluster", {"replication_group_id": "prod-sessions"})])
	count(data.rules.encryption.service_tls.deny) == 0 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_a_cluster_by_itself_is_judged if {
	given := plans.production([plans.made("aws_elasticache_cluster", {"engine": "memcached"})])
	count(data.rules.encryption.service_tls.deny) == 1 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_a_search_that_nobody_told_is_denied_for_both_ways if {
	given := plans.production([plans.computed(plans.made("aws_opensearch_domain", {"domain_name": "claims"}), ["domain_endpoint_options"])])
	count(data.rules.encryption.service_tls.deny) == 2 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_a_search_of_tls_is_fine if {
	given := plans.production([plans.made("aws_opensearch_domain", {"domain_endpoint_options": [{"enforce_https": true, "tls_security_policy": "Policy-Min-TLS-1-2-PFS-2023-10"}], "node_to_node_encryption": [{"enabled": true}]})])
	count(data.rules.encryption.service_tls.deny) == 0 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_a_search_that_does_not_enforce_it_is_denied if {
	given := plans.production([plans.made("aws_elasticsearch_domain", {"domain_endpoint_options": [{"enforce_https": false, "tls_security_policy": "Policy-Min-TLS-1-2-2019-07"}], "node_to_node_encryption": [{"enabled": true}]})])
	count(data.rules.encryption.service_tls.deny) == 1 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_brokers_that_take_both_are_denied if {
	given := plans.production([plans.made("aws_msk_cluster", {"encryption_info": [{"encryption_in_transit": [{"client_broker": "TLS_PLAINTEXT", "in_cluster": true}]}]})])
	count(data.rules.encryption.service_tls.deny) == 1 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_brokers_speak_tls_when_nobody_wrote_it if {
	given := plans.production([plans.made("aws_msk_cluster", {"cluster_name": "claims"})])
	count(data.rules.encryption.service_tls.deny) == 0 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_an_accelerator_answers_in_clear_when_nobody_wrote_it if {
	given := plans.production([plans.made("aws_dax_cluster", {"cluster_name": "claims"})])
	count(data.rules.encryption.service_tls.deny) == 1 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_a_memory_database_with_tls_off_is_denied if {
	given := plans.production([plans.made("aws_memorydb_cluster", {"tls_enabled": false})])
	count(data.rules.encryption.service_tls.deny) == 1 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_a_proxy_that_does_not_require_tls_is_denied if {
	given := plans.production([plans.made("aws_db_proxy", {"name": "claims"})])
	count(data.rules.encryption.service_tls.deny) == 1 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_an_api_of_tls_1_0_is_denied if {
	given := plans.production([plans.made("aws_api_gateway_domain_name", {"security_policy": "TLS_1_0"})])
	count(data.rules.encryption.service_tls.deny) == 1 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_an_api_of_tls_1_2_is_fine if {
	given := plans.production([plans.made("aws_api_gateway_domain_name", {"security_policy": "TLS_1_2"})])
	count(data.rules.encryption.service_tls.deny) == 0 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_a_task_that_reads_a_file_system_in_clear_is_denied if {
	given := plans.production([plans.made("aws_ecs_task_definition", {"volume": [{"efs_volume_configuration": []}, {"efs_volume_configuration": [{"file_system_id": "fs-0a1b2c3d"}]}]})])
	count(data.rules.encryption.service_tls.deny) == 1 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_a_task_without_a_file_system_is_fine if {
	given := plans.production([plans.made("aws_ecs_task_definition", {"volume": [{"efs_volume_configuration": []}]})])
	count(data.rules.encryption.service_tls.deny) == 0 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_files_by_ftp_are_denied if {
	given := plans.production([plans.made("aws_transfer_server", {"protocols": ["FTP"]})])
	count(data.rules.encryption.service_tls.deny) == 1 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_files_by_sftp_are_fine if {
	given := plans.production([plans.made("aws_transfer_server", {"protocols": ["SFTP"]})])
	count(data.rules.encryption.service_tls.deny) == 0 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_mail_that_may_go_in_clear_is_denied if {
	given := plans.production([plans.made("aws_sesv2_configuration_set", {"configuration_set_name": "claims"})])
	count(data.rules.encryption.service_tls.deny) == 1 with input as given
	count(data.rules.encryption.service_tls.unknown) == 0 with input as given
}

test_what_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_elasticache_replication_group", {}), {"transit_encryption_enabled": true})])
	count(data.rules.encryption.service_tls.deny) == 0 with input as given
	count(data.rules.encryption.service_tls.unknown) == 1 with input as given
}

test_a_group_that_is_known_only_at_apply_may_be_the_group_s_business if {
	given := plans.production([plans.later(plans.made("aws_elasticache_cluster", {}), {"replication_group_id": true, "transit_encryption_enabled": true})])
	count(data.rules.encryption.service_tls.deny) == 0 with input as given
	count(data.rules.encryption.service_tls.unknown) == 1 with input as given
}
