package tests.secrets.no_secret_attribute

import data.rules.secrets.no_secret_attribute
import data.testing.plans

import rego.v1

test_a_password_is_denied if {
	given := plans.production([plans.made("aws_db_instance", {"password": "not-a-real-one"})])
	count(no_secret_attribute.deny) == 1 with input as given
	count(no_secret_attribute.unknown) == 0 with input as given
}

test_a_secret_text_is_denied if {
	given := plans.production([plans.made("aws_secretsmanager_secret_version", {"secret_string": "{}"})])
	count(no_secret_attribute.deny) == 1 with input as given
	count(no_secret_attribute.unknown) == 0 with input as given
}

test_a_list_of_passwords_is_denied if {
	given := plans.production([plans.made("aws_elasticache_user", {"passwords": ["not-a-real-one-at-all"]})])
	count(no_secret_attribute.deny) == 1 with input as given
	count(no_secret_attribute.unknown) == 0 with input as given
}

test_a_kubernetes_secret_with_a_value_is_denied if {
	given := plans.production([plans.made("kubernetes_secret_v1", {"data": {"a": "b"}})])
	count(no_secret_attribute.deny) == 1 with input as given
	count(no_secret_attribute.unknown) == 0 with input as given
}

test_a_securestring_is_denied if {
	given := plans.production([plans.made("aws_ssm_parameter", {"type": "SecureString", "value": "not-a-real-one"})])
	count(no_secret_attribute.deny) == 1 with input as given
	count(no_secret_attribute.unknown) == 0 with input as given
}

test_a_plain_parameter_is_fine if {
	given := plans.production([plans.made("aws_ssm_parameter", {"type": "String", "value": "x"})])
	count(no_secret_attribute.deny) == 0 with input as given
	count(no_secret_attribute.unknown) == 0 with input as given
}

test_a_managed_password_is_fine if {
	given := plans.production([plans.made("aws_db_instance", {"manage_master_user_password": true, "password": null})])
	count(no_secret_attribute.deny) == 0 with input as given
	count(no_secret_attribute.unknown) == 0 with input as given
}

test_a_secret_that_is_computed_by_nobody_writing_is_fine if {
	given := plans.production([object.union(plans.made("aws_secretsmanager_secret_version", {}), {"unknown": {"secret_string": true}})])
	count(no_secret_attribute.deny) == 0 with input as given
	count(no_secret_attribute.unknown) == 0 with input as given
}

test_a_password_that_is_made_at_apply_is_unknown if {
	given := plans.production([plans.reads(plans.made("aws_rds_cluster", {}), "master_password", {"references": ["random_password.this.result"]})])
	count(no_secret_attribute.deny) == 0 with input as given
	count(no_secret_attribute.unknown) == 1 with input as given
}

test_a_securestring_that_is_made_at_apply_is_unknown if {
	given := plans.production([plans.reads(plans.made("aws_ssm_parameter", {"type": "SecureString"}), "value", {"references": ["local.x"]})])
	count(no_secret_attribute.deny) == 0 with input as given
	count(no_secret_attribute.unknown) == 1 with input as given
}
