package tests.secrets.no_secret_attribute

import data.testing.plans

import rego.v1

test_a_password_is_denied if {
	given := plans.production([plans.made("aws_db_instance", {"password": "not-a-real-one"})])
	count(data.rules.secrets.no_secret_attribute.deny) == 1 with input as given
	count(data.rules.secrets.no_secret_attribute.unknown) == 0 with input as given
}

test_a_secret_text_is_denied if {
	given := plans.production([plans.made("aws_secretsmanager_secret_version", {"secret_string": "{}"})])
	count(data.rules.secrets.no_secret_attribute.deny) == 1 with input as given
	count(data.rules.secrets.no_secret_attribute.unknown) == 0 with input as given
}

test_a_list_of_passwords_is_denied if {
	given := plans.production([plans.made("aws_elasticache_user", {"passwords": ["not-a-real-one-at-all"]})])
	count(data.rules.secrets.no_secret_attribute.deny) == 1 with input as given
	count(data.rules.secrets.no_secret_attribute.unknown) == 0 with input as given
}

test_a_kubernetes_secret_with_a_value_is_denied if {
	given := plans.production([plans.made("kubernetes_secret_v1", {"data": {"a": "b"}})])
	count(data.rules.secrets.no_secret_attribute.deny) == 1 with input as given
	count(data.rules.secrets.no_secret_attribute.unknown) == 0 with input as given
}

test_a_securestring_is_denied if {
	given := plans.production([plans.made("aws_ssm_parameter", {"type": "SecureString", "value": "not-a-real-one"})])
	count(data.rules.secrets.no_secret_attribute.deny) == 1 with input as given
	count(data.rules.secrets.no_secret_attribute.unknown) == 0 with input as given
}

test_a_plain_parameter_is_fine if {
	every parameter in [plans.made("aws_ssm_parameter", {"type": "String", "value": "x"}), plans.later(plans.made("aws_ssm_parameter", {"type": "String"}), {"value": true})] {
		count(data.rules.secrets.no_secret_attribute.deny) == 0 with input as plans.production([parameter])
		count(data.rules.secrets.no_secret_attribute.unknown) == 0 with input as plans.production([parameter])
	}
}

test_a_managed_password_is_fine if {
	given := plans.production([plans.made("aws_db_instance", {"manage_master_user_password": true, "password": null}), plans.made("aws_elasticache_user", {"passwords": []})])
	count(data.rules.secrets.no_secret_attribute.deny) == 0 with input as given
	count(data.rules.secrets.no_secret_attribute.unknown) == 0 with input as given
}

test_a_secret_that_is_computed_by_nobody_writing_is_fine if {
	given := plans.production([object.union(plans.made("aws_secretsmanager_secret_version", {}), {"unknown": {"secret_string": true}})])
	count(data.rules.secrets.no_secret_attribute.deny) == 0 with input as given
	count(data.rules.secrets.no_secret_attribute.unknown) == 0 with input as given
}

test_a_password_that_is_made_at_apply_is_unknown if {
	given := plans.production([plans.reads(plans.made("aws_rds_cluster", {}), "master_password", {"references": ["random_password.this.result"]})])
	count(data.rules.secrets.no_secret_attribute.deny) == 0 with input as given
	count(data.rules.secrets.no_secret_attribute.unknown) == 1 with input as given
}

test_a_securestring_that_is_made_at_apply_is_unknown if {
	given := plans.production([plans.reads(plans.made("aws_ssm_parameter", {"type": "SecureString"}), "value", {"references": ["local.x"]})])
	count(data.rules.secrets.no_secret_attribute.deny) == 0 with input as given
	count(data.rules.secrets.no_secret_attribute.unknown) == 1 with input as given
}

test_what_makes_a_secret_and_keeps_it_in_the_state_is_denied if {
	given := plans.production([plans.made("aws_iam_access_key", {"user": "ci"}), plans.made("random_password", {"length": 32})])
	count(data.rules.secrets.no_secret_attribute.deny) == 2 with input as given
}

test_a_data_source_that_reads_a_secret_is_denied if {
	given := plans.with_data(plans.production([]), {"address": "data.aws_secretsmanager_secret_version.this", "mode": "data", "type": "aws_secretsmanager_secret_version", "name": "this", "expressions": {}})
	count(data.rules.secrets.no_secret_attribute.deny) == 1 with input as given
}

test_a_secret_among_a_chart_s_objects_is_denied if {
	objects := yaml.marshal({"objects": {"one": {"kind": "Secret", "metadata": {"name": "login"}, "stringData": {"user": "x"}}, "two": {"kind": "ConfigMap", "data": {"a": "b"}}}})
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "./charts/resources", "values": [objects]})])
	count(data.rules.secrets.no_secret_attribute.deny) == 1 with input as given
}

test_every_user_of_a_broker_is_asked if {
	given := plans.production([plans.made("aws_mq_broker", {"user": [{"username": "a", "password": ""}, {"username": "b", "password": "invented-for-a-test"}]})])
	{found.message | some found in data.rules.secrets.no_secret_attribute.deny} == {"holds a secret in user.1.password"} with input as given
}

test_passwords_in_blocks_are_asked if {
	given := plans.production([
		plans.made("aws_elasticache_user", {"authentication_mode": [{"type": "password", "passwords": ["invented-for-a-test"]}]}),
		plans.made("aws_dms_endpoint", {"kafka_settings": [{"sasl_password": "invented-for-a-test"}], "redis_settings": [{"auth_password": "invented-for-a-test"}]}),
	])
	count(data.rules.secrets.no_secret_attribute.deny) == 3 with input as given
}

# Where the provider takes a password in the clear: those of most use to whoever reads a state.
test_passwords_of_every_kind_of_service_are_asked if {
	every type, names in {
		"aws_cognito_user": ["password", "temporary_password"], "aws_db_instance": ["password"],
		"aws_directory_service_directory": ["password"], "aws_dms_endpoint": ["password"],
		"aws_docdb_cluster": ["master_password"], "aws_docdbelastic_cluster": ["admin_user_password"],
		"aws_elasticache_replication_group": ["auth_token"], "aws_elasticache_user": ["passwords"],
		"aws_fsx_ontap_file_system": ["fsx_admin_password"], "aws_kms_custom_key_store": ["key_store_password"],
		"aws_lightsail_database": ["master_password"], "aws_rds_cluster": ["master_password"],
		"aws_redshift_cluster": ["master_password"], "aws_redshiftserverless_namespace": ["admin_user_password"],
		"aws_secretsmanager_secret_version": ["secret_string", "secret_binary"], "helm_release": ["repository_password"],
		"kubernetes_secret": ["data", "binary_data"], "kubernetes_secret_v1": ["data", "binary_data"],
		"kubernetes_secret_v1_data": ["data"],
	} {
		every name in names {
			count(data.rules.secrets.no_secret_attribute.deny) == 1 with input as plans.production([plans.made(type, {name: ["invented-for-a-test"]})])
		}
	}
}

test_a_kubernetes_secret_of_empty_values_is_fine if {
	every values in [{"a": ""}, {}, {"a": 7}] {
		given := plans.production([plans.made("kubernetes_secret_v1", {"data": values})])
		count(data.rules.secrets.no_secret_attribute.deny) == 0 with input as given
	}
	count(data.rules.secrets.no_secret_attribute.deny) == 1 with input as plans.production([plans.made("kubernetes_secret_v1", {"data": {"a": "", "b": "x"}})])
}

test_a_secret_among_a_chart_s_objects_that_is_empty_is_fine if {
	every attribute in ["data", "stringData"] {
		every values, denials in {{}: 0, {"user": ""}: 0, {"user": "x"}: 1} {
			objects := yaml.marshal({"objects": {"one": {"kind": "Secret", "metadata": {"name": "login"}, attribute: values}}})
			given := plans.production([plans.made("helm_release", {"name": "x", "chart": "./charts/resources", "values": [objects]})])
			count(data.rules.secrets.no_secret_attribute.deny) == denials with input as given
		}
	}
}

test_a_securestring_whose_value_nobody_wrote_is_fine if {
	given := plans.production([plans.computed(plans.made("aws_ssm_parameter", {"type": "SecureString"}), ["value"])])
	count(data.rules.secrets.no_secret_attribute.deny) == 0 with input as given
	count(data.rules.secrets.no_secret_attribute.unknown) == 0 with input as given
}

# The same inside blocks, as their provider nests them.
test_passwords_inside_blocks_of_every_kind_of_service_are_asked if {
	every pair in [
		["aws_dms_endpoint", {"kafka_settings": [{"ssl_client_key_password": "invented-for-a-test"}]}],
		["aws_dms_endpoint", {"kafka_settings": [{"sasl_password": "invented-for-a-test"}]}],
		["aws_dms_endpoint", {"redis_settings": [{"auth_password": "invented-for-a-test"}]}],
		["aws_elasticache_user", {"authentication_mode": [{"passwords": ["invented-for-a-test"]}]}],
		["aws_fsx_windows_file_system", {"self_managed_active_directory": [{"password": "invented-for-a-test"}]}],
		["aws_memorydb_user", {"authentication_mode": [{"passwords": ["invented-for-a-test"]}]}],
		["aws_mq_broker", {"user": [{"password": "invented-for-a-test"}]}],
		["aws_mq_broker", {"ldap_server_metadata": [{"service_account_password": "invented-for-a-test"}]}],
		["aws_opensearch_domain", {"advanced_security_options": [{"master_user_options": [{"master_user_password": "invented-for-a-test"}]}]}],
	] {
		count(data.rules.secrets.no_secret_attribute.deny) == 1 with input as plans.production([plans.made(pair[0], pair[1])])
	}
}

# A plan shows nothing of a call that reads nothing.
test_a_secret_that_a_call_such_as_uuid_makes_is_unknown if {
	every resource in [
		plans.reads(plans.made("aws_rds_cluster", {}), "master_password", {}),
		plans.reads(plans.made("aws_ssm_parameter", {"type": "SecureString"}), "value", {}),
	] {
		given := plans.production([resource])
		count(data.rules.secrets.no_secret_attribute.deny) == 0 with input as given
		count(data.rules.secrets.no_secret_attribute.unknown) == 1 with input as given
	}
}

test_a_password_in_a_block_that_is_made_at_apply_is_unknown if {
	broker := plans.made("aws_mq_broker", {"user": [{}]})
	made := plans.blocks(broker, "user", [{"password": {"references": ["random_password.this.result"]}}], [{"password": true}])
	{found.message | some found in data.rules.secrets.no_secret_attribute.unknown} == {"gets a secret at apply, and would keep it in the state, in user.0.password"} with input as plans.production([made])
	unwritten := object.union(plans.made("aws_mq_broker", {}), {"after": {"user": [{}]}, "unknown": {"user": [{"password": true}]}})
	count(data.rules.secrets.no_secret_attribute.unknown) == 0 with input as plans.production([unwritten])
}

# A list of its own, for a type that the parameters lose would be lost to a test that reads them.
test_whatever_makes_or_reads_a_secret_is_known if {
	every type in [
		"aws_iam_access_key", "aws_iam_service_specific_credential", "aws_iam_user_login_profile", "aws_lightsail_key_pair",
		"kubernetes_token_request_v1", "random_password", "tls_private_key",
	] {
		count(data.rules.secrets.no_secret_attribute.deny) == 1 with input as plans.production([plans.made(type, {})])
	}
	every type in [
		"aws_kms_secrets", "aws_secretsmanager_random_password", "aws_secretsmanager_secret_version", "kubernetes_secret",
		"kubernetes_secret_v1",
	] {
		source := {"address": concat(".", ["data", type, "this"]), "mode": "data", "type": type, "name": "this", "expressions": {}}
		count(data.rules.secrets.no_secret_attribute.deny) == 1 with input as plans.with_data(plans.production([]), source)
	}
	source := {"address": "data.aws_caller_identity.this", "mode": "data", "type": "aws_caller_identity", "name": "this", "expressions": {}}
	count(data.rules.secrets.no_secret_attribute.deny) == 0 with input as plans.with_data(plans.production([]), source)
}

secret(rest) := plans.object_of("v1", "Secret", "api", rest)

test_a_secret_that_helm_makes_with_a_value_is_denied if {
	every rest in [{"data": {"a": "bm90LWEtcmVhbC1vbmU="}}, {"stringData": {"a": "not-a-real-one"}}, {"data": {"a": "x"}}, {"data": {"a": "not-base64-text!"}}] {
		given := plans.rendered("prod", [secret(rest)], [])
		{found.message | some found in data.rules.secrets.no_secret_attribute.deny} == {"Secret claims/api: holds a secret in the Secret api"} with input as given
		count(data.rules.secrets.no_secret_attribute.unknown) == 0 with input as given
	}
	every rest in [{}, {"data": {}}, {"data": null}, {"data": {"a": ""}}] {
		count(data.rules.secrets.no_secret_attribute.deny) == 0 with input as plans.rendered("prod", [secret(rest)], [])
	}
	open := plans.rendered("prod", [secret({"stringData": {"a": "x"}})], ["document 1"])
	count(data.rules.secrets.no_secret_attribute.deny) == 0 with input as open
	count(data.rules.secrets.no_secret_attribute.unknown) == 2 with input as open
}

test_a_secret_that_only_apply_fills_is_unknown if {
	every rest in [
		{"stringData": {"a": "known-after-apply"}}, {"data": {"a": "known-after-apply"}},
		{"data": {"a": base64.encode("known-after-apply")}}, {"data": {"a": base64.encode("postgres://u:known-after-apply@db")}},
	] {
		given := plans.rendered("prod", [secret(rest)], [])
		{found.message | some found in data.rules.secrets.no_secret_attribute.unknown} == {"Secret claims/api: gets a secret at apply, and would keep it in the Secret api"} with input as given
		count(data.rules.secrets.no_secret_attribute.deny) == 0 with input as given
	}
}

test_secrets_that_are_given_to_vault_are_denied if {
	every made in [
		plans.made("vault_database_secret_backend_connection", {"name": "claims", "postgresql": [{"username": "vault", "password": "not-a-real-one"}]}),
		plans.made("vault_kv_secret_v2", {"name": "claims", "data_json": "{\"key\": \"value\"}"}),
		plans.made("vault_aws_secret_backend", {"path": "aws", "secret_key": "not-a-real-one"}),
		plans.made("vault_token", {"policies": ["claims"]}),
	] {
		given := plans.production([made])
		count(data.rules.secrets.no_secret_attribute.deny) == 1 with input as given
	}
}

test_a_database_whose_password_vault_was_told_by_somebody_is_fine if {
	given := plans.production([plans.made("vault_database_secret_backend_connection", {"name": "claims", "postgresql": [{"username": "vault", "password_wo_version": 1}]})])
	count(data.rules.secrets.no_secret_attribute.deny) == 0 with input as given
	count(data.rules.secrets.no_secret_attribute.unknown) == 0 with input as given
}
