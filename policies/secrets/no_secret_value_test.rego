package tests.secrets.no_secret_value

import data.testing.plans

import rego.v1

url := concat("", ["https://claims:", "not-a-real-one", "@claims.example.com"])

messages(given) := {found.message | some found in data.rules.secrets.no_secret_value.deny with input as given}

addresses(given) := {found.address | some found in data.rules.secrets.no_secret_value.deny with input as given}

test_a_password_in_a_url_is_denied_wherever_it_stands if {
	messages(plans.production([plans.made("aws_sns_topic", {"policy": [{"note": {"deep": url}}]})])) == {"policy.0.note.deep looks like a password in a URL"}
}

test_a_secret_inside_json_is_denied_by_its_name if {
	metadata := json.marshal({"masterUserPassword": "not-a-real-one"})
	messages(plans.production([plans.made("aws_backup_plan", {"metadata": metadata})])) == {"metadata.masterUserPassword looks like a secret by its name"}
}

test_a_secret_under_a_telling_name_is_denied if {
	messages(plans.production([plans.made("aws_ssm_document", {"tags": {"x-api-key": "not-a-real-one"}})])) == {"tags.x-api-key looks like a secret by its name"}
}

test_the_name_of_another_secret_is_fine if {
	messages(plans.production([plans.made("aws_ssm_document", {"tags": {"database_secret": "prod/claims"}})])) == set()
}

test_json_that_says_where_a_secret_is_is_fine if {
	rings := json.marshal([{"secret": "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/key-ee764e"}])
	messages(plans.production([plans.made("aws_lambda_function", {"environment": [{"variables": {"RINGS": rings}}]})])) == set()
}

test_what_secrets_no_secret_attribute_denies_is_not_said_twice if {
	messages(plans.production([plans.made("aws_db_instance", {"password": "not-a-real-one"})])) == set()
}

test_a_secret_that_a_call_passes_is_denied_where_no_resource_shows_it if {
	given := plans.called_with(plans.production([]), {"headers": {"constant_value": {"authorization": url}}})
	messages(given) == {"headers.authorization looks like a password in a URL"}
	addresses(given) == {"module.service"}
}

test_a_secret_in_a_provider_block_is_denied if {
	given := plans.with_provider(plans.production([]), {"secret_key": {"constant_value": "not/a/real/0ne"}})
	messages(given) == {"secret_key looks like a secret by its name"}
	addresses(given) == {"provider.aws"}
}

test_an_output_that_is_a_secret_is_denied if {
	given := json.patch(plans.production([]), [{"op": "add", "path": "/plan/output_changes", "value": {"address": {"actions": ["create"], "after": url}}}])
	messages(given) == {"its value looks like a password in a URL"}
	addresses(given) == {"output.address"}
}

test_a_text_that_people_said_is_none_is_fine if {
	given := json.patch(plans.production([plans.made("aws_sns_topic", {"name": url})]), [{"op": "add", "path": "/groundplan/not_secrets", "value": [url]}])
	messages(given) == set()
}

test_what_is_known_only_at_apply_is_judged_by_what_the_author_wrote if {
	later := plans.later(plans.made("aws_sns_topic", {"policy": null}), {"policy": true})
	messages(plans.production([later])) == set()
	given := plans.called_with(plans.production([later]), {"policy": {"constant_value": url}})
	messages(given) == {"policy looks like a password in a URL"}
}

config(text) := plans.object_of("v1", "ConfigMap", "api", {"data": {"app.conf": text, "binary": 3}})

of_objects(objects) := {found.message | some found in data.rules.secrets.no_secret_value.deny with input as plans.rendered("prod", objects, [])}

test_what_a_chart_writes_into_a_config_map_is_looked_at if {
	of_objects([config("url = postgres://api:n0t-real@db.example.com/api")]) == {"ConfigMap claims/api: app.conf looks like a password in a URL"}
	of_objects([config("url = postgres://db.example.com/api")]) == set()
	of_objects([plans.object_of("v1", "ConfigMap", "api", {})]) == set()
	of_objects([plans.object_of("example.com/v1", "ConfigMap", "api", {"data": {"a": "postgres://api:n0t-real@db.example.com/api"}})]) == set()
	of_objects([config("url = postgres://api:known-after-apply@db.example.com/api")]) == set()
}

test_what_stands_in_the_values_is_told_of_these if {
	text := "url = postgres://api:n0t-real@db.example.com/api"
	given := json.patch(plans.rendered("prod", [config(text)], []), [{"op": "add", "path": "/plan/resource_changes/0/change/after/values", "value": [yaml.marshal({"config": text})]}])
	count(data.rules.secrets.no_secret_value.deny) == 1 with input as given
	open := plans.rendered("prod", [config(text)], ["document 1"])
	count(data.rules.secrets.no_secret_value.deny) == 0 with input as open
	count(data.rules.secrets.no_secret_value.unknown) == 2 with input as open
}
