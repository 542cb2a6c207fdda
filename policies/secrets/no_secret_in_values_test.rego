package tests.secrets.no_secret_in_values

import data.testing.plans

import rego.v1

test_a_password_is_denied if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["adminPassword: not-a-real-one"]})])
	count(data.rules.secrets.no_secret_in_values.deny) == 1 with input as given
	count(data.rules.secrets.no_secret_in_values.unknown) == 0 with input as given
}

test_a_token_deep_inside_is_denied if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["a:\n  b:\n  - auth_token: not-a-real-one\n"]})])
	count(data.rules.secrets.no_secret_in_values.deny) == 1 with input as given
	count(data.rules.secrets.no_secret_in_values.unknown) == 0 with input as given
}

test_the_name_of_a_secret_is_fine if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["admin: {existingSecret: grafana-admin}\nsecretName: x\n"]})])
	count(data.rules.secrets.no_secret_in_values.deny) == 0 with input as given
	count(data.rules.secrets.no_secret_in_values.unknown) == 0 with input as given
}

test_the_key_that_an_external_secret_makes_is_fine_and_another_of_that_name_is_not if {
	made := plans.made("helm_release", {"name": "x", "chart": "x", "values": ["objects: {users: {spec: {data: [{secretKey: htpasswd}]}}}"]})
	count(data.rules.secrets.no_secret_in_values.deny) == 0 with input as plans.production([made])
	other := plans.made("helm_release", {"name": "x", "chart": "x", "values": ["storage: {data: [{secretKey: not-a-real-one}]}"]})
	count(data.rules.secrets.no_secret_in_values.deny) == 1 with input as plans.production([other])
}

test_an_empty_password_is_fine if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["adminPassword: \"\""]})])
	count(data.rules.secrets.no_secret_in_values.deny) == 0 with input as given
	count(data.rules.secrets.no_secret_in_values.unknown) == 0 with input as given
}

test_a_reference_that_the_application_resolves_is_fine if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["password: ${DB_PASSWORD}\nclient_secret: $__env{X}\n"]})])
	count(data.rules.secrets.no_secret_in_values.deny) == 0 with input as given
	count(data.rules.secrets.no_secret_in_values.unknown) == 0 with input as given
}

test_values_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.later(plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": [null]}), {"values": [true]})])
	count(data.rules.secrets.no_secret_in_values.deny) == 0 with input as given
	count(data.rules.secrets.no_secret_in_values.unknown) == 1 with input as given
}

test_values_that_are_written_without_a_telling_key_are_fine if {
	given := plans.production([plans.reads(plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1"}), "values", {"constant_value": ["${yamlencode({role = aws_iam_role.this.arn})}"], "references": ["aws_iam_role.this.arn"]})])
	count(data.rules.secrets.no_secret_in_values.deny) == 0 with input as given
	count(data.rules.secrets.no_secret_in_values.unknown) == 0 with input as given
}

test_values_that_are_written_with_one_are_unknown if {
	given := plans.production([plans.reads(plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1"}), "values", {"constant_value": ["${yamlencode({adminPassword = var.x})}"], "references": ["var.x"]})])
	count(data.rules.secrets.no_secret_in_values.deny) == 0 with input as given
	count(data.rules.secrets.no_secret_in_values.unknown) == 1 with input as given
}

test_a_secret_by_set_is_denied if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": [], "set_sensitive": [{"name": "admin.password", "value": "not-a-real-one"}]})])
	count(data.rules.secrets.no_secret_in_values.deny) == 1 with input as given
	count(data.rules.secrets.no_secret_in_values.unknown) == 0 with input as given
}
