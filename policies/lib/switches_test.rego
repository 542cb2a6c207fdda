package tests.lib.switches

import data.lib.switches
import data.testing.plans

import rego.v1

faults(table, type, after) := number if {
	number := count(switches.wrong(table)) with input as plans.production([plans.made(type, after)])
}

conditional := {"aws_x": [{"path": ["box", "*", "lid"], "wanted": ["shut"], "default": "open", "fault": "stands open", "when": {"path": ["kind"], "values": ["crate"], "default": "bag"}}]}

only_at_apply(after, unknown) := {found.fault |
	some found in switches.open(conditional) with input as plans.production([plans.later(plans.made("aws_x", after), unknown)])
}

test_what_a_switch_says_only_at_apply_is_asked_of_those_that_it_concerns if {
	lid := {"box": [{"lid": true}]}
	only_at_apply({"kind": "crate", "box": [{}]}, lid) == {"says box.lid only at apply"}
	only_at_apply({"kind": "crate"}, {"box": true}) == {"says box.lid only at apply"}
	only_at_apply({"box": [{}]}, object.union(lid, {"kind": true})) == {"says box.lid only at apply"}
	only_at_apply({"kind": "bag", "box": [{}]}, lid) == set()
	only_at_apply({"box": [{}]}, lid) == set()
	only_at_apply({"kind": "crate", "box": [{}]}, {}) == set()
}

# What each type may say and what it may not, by its provider's documentation: what is written, and how many faults.
cases := {
	"metadata": {
		"aws_ec2_instance_metadata_defaults": [[{}, 1], [{"http_tokens": "optional"}, 1], [{"http_tokens": "no-preference"}, 1], [{"http_tokens": "required"}, 0]],
		"aws_instance": instances,
		"aws_launch_configuration": instances,
		"aws_launch_template": instances,
		"aws_sagemaker_notebook_instance": [
			[{}, 1],
			[{"instance_metadata_service_configuration": [{"minimum_instance_metadata_service_version": "1"}]}, 1],
			[{"instance_metadata_service_configuration": [{"minimum_instance_metadata_service_version": "2"}]}, 0],
		],
		"aws_spot_instance_request": instances,
	},
	"volumes_by_default": {"aws_ebs_encryption_by_default": [[{}, 0], [{"enabled": true}, 0], [{"enabled": false}, 1]]},
	"upgrades": {
		"aws_db_instance": minor(0),
		"aws_dms_replication_instance": minor(1),
		"aws_elasticache_replication_group": array.concat(minor(0), [[{"auto_minor_version_upgrade": "true"}, 0], [{"auto_minor_version_upgrade": "false"}, 1]]),
		"aws_memorydb_cluster": minor(0),
		"aws_mq_broker": minor(1),
		"aws_neptune_cluster_instance": minor(0),
		"aws_rds_cluster_instance": minor(0),
		"aws_redshift_cluster": switch("allow_version_upgrade", true, false, 0),
	},
	"public_addresses": {
		"aws_dms_replication_instance": switch("publicly_accessible", false, true, 0),
		"aws_ecs_service": [[{}, 0], [{"network_configuration": [{"assign_public_ip": false}]}, 0], [{"network_configuration": [{"assign_public_ip": true}]}, 1]],
		"aws_instance": switch("associate_public_ip_address", false, true, 0),
		"aws_launch_configuration": switch("associate_public_ip_address", false, true, 0),
		"aws_launch_template": [
			[{}, 0],
			[{"network_interfaces": [{}]}, 0],
			[{"network_interfaces": [{"associate_public_ip_address": ""}]}, 0],
			[{"network_interfaces": [{"associate_public_ip_address": false}]}, 0],
			[{"network_interfaces": [{"associate_public_ip_address": "false"}]}, 0],
			[{"network_interfaces": [{"associate_public_ip_address": "false"}, {"associate_public_ip_address": "true"}]}, 1],
		],
		"aws_mq_broker": switch("publicly_accessible", false, true, 0),
		"aws_msk_cluster": [
			[{}, 0],
			[{"broker_node_group_info": [{"connectivity_info": [{"public_access": [{"type": "DISABLED"}]}]}]}, 0],
			[{"broker_node_group_info": [{"connectivity_info": [{"public_access": [{"type": "SERVICE_PROVIDED_EIPS"}]}]}]}, 1],
		],
		"aws_neptune_cluster_instance": switch("publicly_accessible", false, true, 0),
		"aws_redshiftserverless_workgroup": switch("publicly_accessible", false, true, 0),
		"aws_sagemaker_notebook_instance": switch("direct_internet_access", "Disabled", "Enabled", 1),
		"aws_spot_instance_request": switch("associate_public_ip_address", false, true, 0),
		"aws_subnet": switch("map_public_ip_on_launch", false, true, 0),
		"aws_transfer_server": [[{}, 1], [{"endpoint_type": "PUBLIC"}, 1], [{"endpoint_type": "VPC"}, 0], [{"endpoint_type": "VPC_ENDPOINT"}, 0]],
	},
	"shared": {
		"aws_ami_launch_permission": [[{}, 0], [{"group": ""}, 0], [{"group": "all"}, 1]],
		"aws_db_cluster_snapshot": snapshots,
		"aws_db_snapshot": snapshots,
		"aws_ebs_snapshot_block_public_access": [[{}, 1], [{"state": "unblocked"}, 1], [{"state": "block-all-sharing"}, 0], [{"state": "block-new-sharing"}, 0]],
		"aws_ec2_image_block_public_access": switch("state", "block-new-sharing", "unblocked", 1),
		"aws_emr_block_public_access_configuration": switch("block_public_security_group_rules", true, false, 1),
		"aws_s3_account_public_access_block": [
			[{}, 4],
			[{"block_public_acls": true}, 3],
			[{"block_public_acls": true, "block_public_policy": true}, 2],
			[{"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true}, 1],
			[{"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true}, 0],
		],
		"aws_ssm_document": [[{}, 0], [{"permissions": {"account_ids": "111122223333"}}, 0], [{"permissions": {"account_ids": "All"}}, 1], [{"permissions": {"account_ids": "all"}}, 1]],
	},
	"trail": {"aws_cloudtrail": [
		[{}, 2],
		[{"enable_log_file_validation": true}, 1],
		[{"enable_log_file_validation": true, "is_multi_region_trail": true}, 0],
		[{"enable_logging": true, "include_global_service_events": true, "enable_log_file_validation": true, "is_multi_region_trail": true}, 0],
		[{"enable_logging": false, "enable_log_file_validation": true, "is_multi_region_trail": true}, 1],
		[{"include_global_service_events": false, "enable_log_file_validation": true, "is_multi_region_trail": true}, 1],
	]},
	"detectors": {
		"aws_config_configuration_recorder_status": switch("is_enabled", true, false, 1),
		"aws_guardduty_detector": switch("enable", true, false, 0),
		"aws_guardduty_detector_feature": switch("status", "ENABLED", "DISABLED", 1),
		"aws_guardduty_organization_configuration": array.concat(switch("auto_enable_organization_members", "ALL", "NONE", 1), [[{"auto_enable_organization_members": "NEW"}, 0]]),
		"aws_macie2_account": switch("status", "ENABLED", "PAUSED", 0),
	},
	"tables": {
		"aws_dynamodb_table": [
			[{}, 1],
			[{"point_in_time_recovery": [{"enabled": false}]}, 1],
			[{"point_in_time_recovery": [{"enabled": true}]}, 0],
			[{"point_in_time_recovery": [{"enabled": true}], "replica": [{"region_name": "us-west-2", "point_in_time_recovery": true}, {"region_name": "us-east-2"}]}, 1],
			[{"point_in_time_recovery": [{"enabled": true}], "replica": [{"region_name": "us-west-2", "point_in_time_recovery": true}]}, 0],
		],
		"aws_dynamodb_table_replica": switch("point_in_time_recovery", true, false, 1),
		"aws_keyspaces_table": [[{}, 1], [{"point_in_time_recovery": [{"status": "DISABLED"}]}, 1], [{"point_in_time_recovery": [{"status": "ENABLED"}]}, 0]],
	},
	"distribution": {"aws_cloudfront_distribution": [
		[{"viewer_certificate": [{"minimum_protocol_version": "TLSv1.2_2018"}]}, 0],
		[{"viewer_certificate": [{"minimum_protocol_version": "TLSv1.2_2019"}]}, 0],
		[{"viewer_certificate": [{"minimum_protocol_version": "TLSv1.2_2021"}]}, 0],
		[{"viewer_certificate": [{"minimum_protocol_version": "TLSv1.2_2025"}]}, 0],
		[{"viewer_certificate": [{"minimum_protocol_version": "TLSv1.3_2025"}]}, 0],
		[{"viewer_certificate": [{"minimum_protocol_version": "TLSv1.1_2016"}]}, 1],
		[{"viewer_certificate": [{"acm_certificate_arn": "arn:aws:acm:us-east-1:111122223333:certificate/x"}]}, 1],
		[{"viewer_certificate": [{"cloudfront_default_certificate": true}]}, 1],
		[with_viewer({"default_cache_behavior": [{"viewer_protocol_policy": "https-only"}]}), 0],
		[with_viewer({"default_cache_behavior": [{"viewer_protocol_policy": "redirect-to-https"}]}), 0],
		[with_viewer({"default_cache_behavior": [{"viewer_protocol_policy": "allow-all"}]}), 1],
		[with_viewer({"default_cache_behavior": [{}]}), 1],
		[with_viewer({"ordered_cache_behavior": [{"viewer_protocol_policy": "https-only"}, {"viewer_protocol_policy": "redirect-to-https"}]}), 0],
		[with_viewer({"ordered_cache_behavior": [{"viewer_protocol_policy": "https-only"}, {"viewer_protocol_policy": "allow-all"}]}), 1],
		[with_viewer({"origin": [{"custom_origin_config": [{"origin_protocol_policy": "https-only", "origin_ssl_protocols": ["TLSv1.2"]}]}]}), 0],
		[with_viewer({"origin": [{"custom_origin_config": [{"origin_protocol_policy": "match-viewer", "origin_ssl_protocols": ["TLSv1.2"]}]}]}), 0],
		[with_viewer({"origin": [{"custom_origin_config": [{"origin_protocol_policy": "http-only", "origin_ssl_protocols": ["TLSv1.2"]}]}]}), 1],
		[with_viewer({"origin": [{"custom_origin_config": [{"origin_protocol_policy": "https-only", "origin_ssl_protocols": ["SSLv3"]}]}]}), 1],
		[with_viewer({"origin": [{"custom_origin_config": [{"origin_protocol_policy": "https-only", "origin_ssl_protocols": ["TLSv1"]}]}]}), 1],
		[with_viewer({"origin": [{"custom_origin_config": [{"origin_protocol_policy": "https-only", "origin_ssl_protocols": ["TLSv1.1", "TLSv1.2"]}]}]}), 1],
		[with_viewer({"origin": [{"s3_origin_config": [{}]}]}), 0],
	]},
	"services": {
		"aws_api_gateway_domain_name": array.concat(
			[[{}, 1], [{"security_policy": "TLS_1_0"}, 1], [{"security_policy": "SecurityPolicy_TLS10_2021_06"}, 1]],
			[[{"security_policy": policy}, 0] | some policy in gateway_policies],
		),
		"aws_apigatewayv2_domain_name": [[{}, 0], [{"domain_name_configuration": [{"security_policy": "TLS_1_2"}]}, 0], [{"domain_name_configuration": [{"security_policy": "TLS_1_0"}]}, 1]],
		"aws_appsync_api_cache": switch("transit_encryption_enabled", true, false, 1),
		"aws_cloudsearch_domain": [
			[{}, 1],
			[{"endpoint_options": [{"enforce_https": true}]}, 0],
			[{"endpoint_options": [{"enforce_https": true, "tls_security_policy": "Policy-Min-TLS-1-2-2019-07"}]}, 0],
			[{"endpoint_options": [{"enforce_https": true, "tls_security_policy": "Policy-Min-TLS-1-0-2019-07"}]}, 1],
			[{"endpoint_options": [{"enforce_https": false}]}, 1],
		],
		"aws_dax_cluster": switch("cluster_endpoint_encryption_type", "TLS", "NONE", 1),
		"aws_db_proxy": switch("require_tls", true, false, 1),
		"aws_ecs_task_definition": [
			[{}, 0],
			[{"volume": [{"efs_volume_configuration": [{"transit_encryption": "ENABLED"}]}]}, 0],
			[{"volume": [{"efs_volume_configuration": [{"transit_encryption": "DISABLED"}]}]}, 1],
			[{"volume": [{"efs_volume_configuration": [{}]}]}, 1],
		],
		"aws_elasticache_cluster": [
			[{}, 1],
			[{"transit_encryption_enabled": false}, 1],
			[{"transit_encryption_enabled": true}, 0],
			[{"replication_group_id": ""}, 1],
			[{"replication_group_id": "prod-sessions"}, 0],
		],
		"aws_elasticache_replication_group": [
			[{}, 1],
			[{"transit_encryption_enabled": true}, 0],
			[{"transit_encryption_enabled": true, "transit_encryption_mode": "required"}, 0],
			[{"transit_encryption_enabled": true, "transit_encryption_mode": "preferred"}, 1],
			[{"global_replication_group_id": ""}, 1],
			[{"global_replication_group_id": "ldgnf-prod"}, 0],
		],
		"aws_elasticsearch_domain": domains,
		"aws_memorydb_cluster": switch("tls_enabled", true, false, 0),
		"aws_msk_cluster": [
			[{}, 0],
			[{"encryption_info": [{"encryption_in_transit": [{"client_broker": "TLS", "in_cluster": true}]}]}, 0],
			[{"encryption_info": [{"encryption_in_transit": [{"client_broker": "TLS_PLAINTEXT", "in_cluster": true}]}]}, 1],
			[{"encryption_info": [{"encryption_in_transit": [{"client_broker": "TLS", "in_cluster": false}]}]}, 1],
			[{"encryption_info": [{"encryption_in_transit": [{}]}]}, 0],
		],
		"aws_opensearch_domain": domains,
		"aws_ses_configuration_set": [[{}, 1], [{"delivery_options": [{"tls_policy": "Require"}]}, 0], [{"delivery_options": [{"tls_policy": "Optional"}]}, 1]],
		"aws_sesv2_configuration_set": [[{}, 1], [{"delivery_options": [{"tls_policy": "REQUIRE"}]}, 0], [{"delivery_options": [{"tls_policy": "OPTIONAL"}]}, 1]],
		"aws_transfer_server": [[{}, 0], [{"protocols": ["SFTP"]}, 0], [{"protocols": ["SFTP", "FTP"]}, 1]],
	},
}

switch(attribute, sound, faulty, unwritten) := [[{}, unwritten], [{attribute: sound}, 0], [{attribute: faulty}, 1]]

minor(unwritten) := switch("auto_minor_version_upgrade", true, false, unwritten)

# Those without TLS 1.0:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
gateway_policies := [
	"TLS_1_2",
	"SecurityPolicy_TLS13_1_2_2021_06",
	"SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09",
	"SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
	"SecurityPolicy_TLS13_1_2_PQ_2025_09",
	"SecurityPolicy_TLS13_1_3_2025_09",
	"SecurityPolicy_TLS13_1_3_FIPS_2025_09",
	"SecurityPolicy_TLS13_2025_EDGE",
	"SecurityPolicy_TLS12_PFS_2025_EDGE",
	"SecurityPolicy_TLS12_2018_EDGE",
]

snapshots := [[{}, 0], [{"shared_accounts": ["111122223333"]}, 0], [{"shared_accounts": ["111122223333", "all"]}, 1]]

instances := [
	[{}, 1],
	[{"metadata_options": [{"http_tokens": "optional"}]}, 1],
	[{"metadata_options": [{"http_tokens": "required"}]}, 0],
	[{"metadata_options": [{"http_tokens": "required", "http_put_response_hop_limit": 1}]}, 0],
	[{"metadata_options": [{"http_tokens": "required", "http_put_response_hop_limit": 2}]}, 0],
	[{"metadata_options": [{"http_tokens": "required", "http_put_response_hop_limit": 3}]}, 1],
]

domains := [
	[{}, 2],
	[searched({"tls_security_policy": "Policy-Min-TLS-1-2-2019-07"}), 0],
	[searched({"tls_security_policy": "Policy-Min-TLS-1-2-PFS-2023-10"}), 0],
	[searched({"tls_security_policy": "Policy-Min-TLS-1-2-RFC9151-FIPS-2024-08"}), 0],
	[searched({"tls_security_policy": "Policy-Min-TLS-1-0-2019-07"}), 1],
	[searched({}), 1],
	[searched({"tls_security_policy": "Policy-Min-TLS-1-2-2019-07", "enforce_https": true}), 0],
	[searched({"tls_security_policy": "Policy-Min-TLS-1-2-2019-07", "enforce_https": false}), 1],
	[{"domain_endpoint_options": [{"tls_security_policy": "Policy-Min-TLS-1-2-2019-07"}], "node_to_node_encryption": [{"enabled": false}]}, 1],
]

searched(options) := {"domain_endpoint_options": [options], "node_to_node_encryption": [{"enabled": true}]}

with_viewer(settings) := object.union(settings, {"viewer_certificate": [{"minimum_protocol_version": "TLSv1.2_2021"}]})

tables := {
	"metadata": data.parameters.compute.metadata,
	"volumes_by_default": data.parameters.compute.volumes_by_default,
	"upgrades": data.parameters.compute.upgrades,
	"public_addresses": data.parameters.exposure.public_addresses,
	"shared": data.parameters.exposure.shared,
	"trail": data.parameters.logging.trail,
	"detectors": data.parameters.logging.detectors,
	"tables": data.parameters.recovery.tables,
	"distribution": data.parameters.transit.distribution,
	"services": data.parameters.transit.services,
}

missed contains {"type": type, "written": after, "faults": found} if {
	some name, types in cases
	some type, written in types
	some [after, expected] in written
	found := faults(tables[name], type, after)
	found != expected
}

test_each_type_may_say_what_its_provider_documents_as_sound_and_nothing_else if missed == set()

test_each_type_of_each_table_has_cases if {
	left := {[name, type] |
		some name, table in tables
		some type, _ in table
		not cases[name][type]
	}
	left == set()
}
