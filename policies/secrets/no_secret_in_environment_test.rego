package tests.secrets.no_secret_in_environment

import data.testing.plans

import rego.v1

test_a_function_token_is_denied if {
	given := plans.production([plans.made("aws_lambda_function", {"environment": [{"variables": {"SLACK_TOKEN": "not-a-real-one"}}]})])
	count(data.rules.secrets.no_secret_in_environment.deny) == 1 with input as given
	count(data.rules.secrets.no_secret_in_environment.unknown) == 0 with input as given
}

test_the_arn_of_a_secret_is_fine if {
	given := plans.production([plans.made("aws_lambda_function", {"environment": [{"variables": {"API_KEY": "arn:aws:secretsmanager:us-east-1:111122223333:secret:x", "TOKEN_ARN": "x"}}]})])
	count(data.rules.secrets.no_secret_in_environment.deny) == 0 with input as given
	count(data.rules.secrets.no_secret_in_environment.unknown) == 0 with input as given
}

test_a_container_password_is_denied if {
	pod := {"container": [{"name": "c", "image": "a:1.0", "env": [{"name": "DB_PASSWORD", "value": "not-a-real-one"}]}], "init_container": []}
	given := plans.production([plans.made("kubernetes_deployment_v1", {"spec": [{"template": [{"spec": [pod]}]}]})])
	count(data.rules.secrets.no_secret_in_environment.deny) == 1 with input as given
	count(data.rules.secrets.no_secret_in_environment.unknown) == 0 with input as given
}

test_a_container_that_reads_a_secret_is_fine if {
	every text in ["", null] {
		variable := {"name": "DB_PASSWORD", "value": text, "value_from": [{"secret_key_ref": [{"name": "x"}]}]}
		pod := {"container": [{"name": "c", "image": "a:1.0", "env": [variable]}], "init_container": []}
		given := plans.production([plans.made("kubernetes_deployment_v1", {"spec": [{"template": [{"spec": [pod]}]}]})])
		count(data.rules.secrets.no_secret_in_environment.deny) == 0 with input as given
		count(data.rules.secrets.no_secret_in_environment.unknown) == 0 with input as given
	}
}

test_a_variable_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_lambda_function", {"environment": [{"variables": {}}]}), {"environment": [{"variables": {"API_KEY": true}}]})])
	count(data.rules.secrets.no_secret_in_environment.deny) == 0 with input as given
	count(data.rules.secrets.no_secret_in_environment.unknown) == 1 with input as given
}

test_an_environment_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_lambda_function", {}), {"environment": true})])
	count(data.rules.secrets.no_secret_in_environment.deny) == 0 with input as given
	count(data.rules.secrets.no_secret_in_environment.unknown) == 1 with input as given
}

denied(resource) := number if {
	number := count(data.rules.secrets.no_secret_in_environment.deny) with input as plans.production([resource])
}

unknowns(resource) := number if {
	number := count(data.rules.secrets.no_secret_in_environment.unknown) with input as plans.production([resource])
}

variables := {"DB_PASSWORD": "not-a-real-one", "DB_HOST": "db.example.com"}

reading := {"DB_PASSWORD": "arn:aws:secretsmanager:us-east-1:111122223333:secret:x", "DB_HOST": "db.example.com"}

test_maps_of_variables_are_read_at_any_depth if {
	every pair in [[1, variables], [0, reading]] {
		denied(plans.made("aws_apprunner_service", {"source_configuration": [{"image_repository": [{"image_configuration": [{"runtime_environment_variables": pair[1]}]}]}]})) == pair[0]
		denied(plans.made("aws_amplify_app", {"environment_variables": pair[1]})) == pair[0]
		denied(plans.made("aws_lightsail_container_service_deployment_version", {"container": [{"environment": pair[1]}]})) == pair[0]
		denied(plans.made("aws_sagemaker_model", {"primary_container": [{"environment": pair[1]}]})) == pair[0]
		denied(plans.made("aws_glue_job", {"default_arguments": {concat("", ["--", name]): text | some name, text in pair[1]}})) == pair[0]
	}
}

test_lists_of_names_and_values_are_read if {
	listed := [{"name": name, "value": text} | some name, text in variables]
	denied(plans.made("aws_elastic_beanstalk_environment", {"setting": listed})) == 1
	denied(plans.made("aws_codebuild_project", {"environment": [{"environment_variable": listed}]})) == 1
	stored := [object.union(pair, {"type": "PARAMETER_STORE"}) | some pair in listed]
	denied(plans.made("aws_codebuild_project", {"environment": [{"environment_variable": stored}]})) == 0
}

test_json_documents_are_read if {
	container := {"name": "c", "environment": [{"name": "DB_PASSWORD", "value": "not-a-real-one"}]}
	denied(plans.made("aws_ecs_task_definition", {"container_definitions": json.marshal([container])})) == 1
	denied(plans.made("aws_batch_job_definition", {"container_properties": json.marshal(container)})) == 1
	sound := {"name": "c", "secrets": [{"name": "DB_PASSWORD", "valueFrom": "arn:aws:ssm:us-east-1:111122223333:parameter/x"}]}
	denied(plans.made("aws_ecs_task_definition", {"container_definitions": json.marshal([sound])})) == 0
	denied(plans.made("aws_ecs_task_definition", {"container_definitions": "no json"})) == 0
	unknowns(plans.later(plans.made("aws_ecs_task_definition", {}), {"container_definitions": true})) == 1
}

test_a_chart_s_lists_of_variables_are_read if {
	release := {"name": "x", "chart": "kong", "version": "3.4.1"}
	denied(plans.made("helm_release", object.union(release, {"values": ["deployment: {extra: {env: [{name: DB_PASSWORD, value: not-a-real-one}]}}"]}))) == 1
	denied(plans.made("helm_release", object.union(release, {"values": ["env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: x}}}]"]}))) == 0
	denied(plans.made("helm_release", object.union(release, {"values": ["ports: [{name: 80, value: http}]"]}))) == 0
}

script := "#!/bin/sh\nexport DB_PASSWORD='not-a-real-one'\nDB_HOST=db.example.com\n./run\n"

test_user_data_is_read_in_base64_and_not if {
	denied(plans.made("aws_instance", {"user_data": script})) == 1
	denied(plans.made("aws_instance", {"user_data_base64": base64.encode(script)})) == 1
	denied(plans.made("aws_launch_template", {"user_data": base64.encode(script)})) == 1
	denied(plans.made("aws_instance", {"user_data": "#cloud-config\nwrite_files:\n- content: |\n    api_key: not-a-real-one\n"})) == 1
	denied(plans.made("aws_instance", {"user_data": "export DB_PASSWORD=$(aws secretsmanager get-secret-value --secret-id x)\nTOKEN=\"$(cat /run/token)\"\n"})) == 0
	denied(plans.made("aws_launch_template", {"user_data": "H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA=="})) == 0
	every text in ["/////////////////w==", "abcdefghi"] {
		denied(plans.made("aws_launch_template", {"user_data": text})) == 0
	}
}

test_a_listed_value_that_is_known_only_at_apply_is_unknown if {
	open := [{"name": "DB_PASSWORD", "type": "PLAINTEXT"}, {"name": "DB_HOST", "type": "PLAINTEXT"}]
	project := object.union(plans.made("aws_codebuild_project", {"environment": [{"environment_variable": open}]}), {"unknown": {"environment": [{"environment_variable": [{"value": true}, {"value": true}]}]}})
	unknowns(project) == 1
	stored := json.patch(project, [{"op": "replace", "path": "/after/environment/0/environment_variable/0/type", "value": "SECRETS_MANAGER"}])
	unknowns(stored) == 0
	typed := json.patch(project, [{"op": "replace", "path": "/unknown/environment/0/environment_variable", "value": [{"type": true}, {}]}])
	unknowns(typed) == 0
}

# Where each type takes variables, as its provider documents it.
holding(secret) := {
	"aws_amplify_app": [{"environment_variables": {"DB_PASSWORD": secret}}],
	"aws_amplify_branch": [{"environment_variables": {"DB_PASSWORD": secret}}],
	"aws_apprunner_service": [{"source_configuration": [{"image_repository": [{"image_configuration": [{"runtime_environment_variables": {"DB_PASSWORD": secret}}]}]}]}],
	"aws_bedrockagentcore_agent_runtime": [{"environment_variables": {"DB_PASSWORD": secret}}],
	"aws_cloudformation_stack": [{"parameters": {"DB_PASSWORD": secret}}],
	"aws_glue_job": [{"default_arguments": {"DB_PASSWORD": secret}}, {"non_overridable_arguments": {"DB_PASSWORD": secret}}],
	"aws_kinesisanalyticsv2_application": [{"application_configuration": [{"environment_properties": [{"property_group": [{"property_map": {"DB_PASSWORD": secret}}]}]}]}],
	"aws_lambda_function": [{"environment": [{"variables": {"DB_PASSWORD": secret}}]}],
	"aws_lightsail_container_service_deployment_version": [{"container": [{"environment": {"DB_PASSWORD": secret}}]}],
	"aws_sagemaker_model": [{"primary_container": [{"environment": {"DB_PASSWORD": secret}}]}],
	"aws_synthetics_canary": [{"run_config": [{"environment_variables": {"DB_PASSWORD": secret}}]}],
	"aws_batch_job_definition": [
		{"container_properties": json.marshal({"environment": [{"name": "DB_PASSWORD", "value": secret}]})},
		{"ecs_properties": json.marshal({"taskProperties": [{"containers": [{"environment": [{"name": "DB_PASSWORD", "value": secret}]}]}]})},
		{"node_properties": json.marshal({"nodeRangeProperties": [{"container": {"environment": [{"name": "DB_PASSWORD", "value": secret}]}}]})},
		{"eks_properties": [{"pod_properties": [{"containers": [{"env": [{"name": "DB_PASSWORD", "value": secret}]}]}]}]},
	],
	"aws_codebuild_project": [{"environment": [{"environment_variable": [{"name": "DB_PASSWORD", "value": secret}]}]}],
	"aws_codepipeline": [{"stage": [{"action": [{"environment_variable": [{"name": "DB_PASSWORD", "value": secret}]}]}]}],
	"aws_elastic_beanstalk_configuration_template": [{"setting": [{"namespace": "aws:elasticbeanstalk:application:environment", "name": "DB_PASSWORD", "value": secret}]}],
	"aws_elastic_beanstalk_environment": [{"setting": [{"namespace": "aws:elasticbeanstalk:application:environment", "name": "DB_PASSWORD", "value": secret}]}],
	"aws_ecs_task_definition": [{"container_definitions": json.marshal([{"name": "a", "environment": [{"name": "DB_PASSWORD", "value": secret}]}])}],
	"aws_instance": scripts(secret),
	"aws_launch_configuration": scripts(secret),
	"aws_launch_template": [{"user_data": base64.encode(exported(secret))}],
	"aws_lightsail_instance": [{"user_data": exported(secret)}],
	"aws_spot_fleet_request": [{"launch_specification": [{"user_data": exported(secret)}]}],
	"aws_spot_instance_request": scripts(secret),
}

exported(secret) := concat("", ["#!/bin/sh\nexport DB_PASSWORD='", secret, "'\n"])

scripts(secret) := [{"user_data": exported(secret)}, {"user_data_base64": base64.encode(exported(secret))}]

overlooked contains [type, settings] if {
	some type, places in holding("not-a-real-one")
	some settings in places
	denied(plans.made(type, settings)) != 1
}

test_every_type_that_takes_variables_is_read_where_it_takes_them if overlooked == set()

test_every_listed_type_has_such_a_place if {
	listed := {type | some _, types in data.parameters.variables; some type, _ in types}
	listed == object.keys(holding("x"))
}

test_a_script_is_judged_by_what_it_assigns if {
	denied(plans.made("aws_instance", {"user_data": "export DB_PASSWORD=arn:aws:secretsmanager:us-east-1:111122223333:secret:x\n"})) == 0
	denied(plans.made("aws_instance", {"user_data": "export DB_HOST=not-a-real-one\n"})) == 0
}

test_a_variable_of_no_telling_name_may_come_at_apply if {
	every pair in [["DB_PASSWORD", 1], ["DB_HOST", 0]] {
		function := object.union(plans.made("aws_lambda_function", {"environment": [{"variables": {}}]}), {"unknown": {"environment": [{"variables": {pair[0]: true}}]}})
		unknowns(function) == pair[1]
	}
}

test_a_script_that_is_known_only_at_apply_is_unknown if {
	every type in ["aws_instance", "aws_launch_configuration", "aws_launch_template", "aws_lightsail_instance", "aws_spot_fleet_request", "aws_spot_instance_request"] {
		given := plans.production([plans.later(plans.made(type, {}), {"user_data": true})])
		count(data.rules.secrets.no_secret_in_environment.unknown) == 1 with input as given
	}
}

test_only_what_is_in_the_environment_is_a_variable if {
	tagged := {"environment": [{"variables": {"DB_HOST": "db.example.com"}}], "tags": {"DB_PASSWORD": "not-a-real-one"}}
	denied(plans.made("aws_lambda_function", tagged)) == 0
	every unknown in [{"tags": {"DB_PASSWORD": true}}, {"environment": [true]}] {
		unknowns(object.union(plans.made("aws_lambda_function", {}), {"unknown": unknown})) == 0
	}
	denied(plans.made("kubernetes_manifest", {"manifest": {"kind": "Pod", "spec": {"containers": [{"env": [{"name": 80, "value": "http"}, {"name": "DB_PASSWORD", "value": "not-a-real-one"}]}]}}})) == 1
	unknowns(object.union(plans.made("aws_amplify_app", {}), {"unknown": {"environment_variables": {"DB_PASSWORD": true}}})) == 1
}

test_an_environment_inside_a_block_that_is_known_only_at_apply_is_unknown if {
	every type, unknown in {
		"aws_lambda_function": {"environment": [{"variables": true}]},
		"aws_codebuild_project": {"environment": [{"environment_variable": true}]},
		"aws_codepipeline": {"stage": [{"action": [{"environment_variable": true}]}]},
		"aws_batch_job_definition": {"eks_properties": [{"pod_properties": [{"containers": [{"env": true}]}]}]},
	} {
		unknowns(object.union(plans.made(type, {}), {"unknown": unknown})) == 1
	}
	every type in ["aws_elastic_beanstalk_configuration_template", "aws_elastic_beanstalk_environment"] {
		unknowns(plans.later(plans.made(type, {}), {"setting": true})) == 1
	}
	unknowns(plans.computed(plans.made("aws_instance", {}), ["user_data"])) == 0
}

in_object(name, text) := plans.pod_of({}, {"env": [{"name": name, "value": text}, {"name": "FROM", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}]})

test_the_variables_that_helm_makes_are_asked_in_place_of_the_values if {
	given := plans.rendered("prod", [in_object("DB_PASSWORD", "not-a-real-one")], [])
	{found.message | some found in data.rules.secrets.no_secret_in_environment.deny} == {"Pod claims/api: holds a secret in DB_PASSWORD"} with input as given
	count(data.rules.secrets.no_secret_in_environment.deny) == 0 with input as plans.rendered("prod", [in_object("DB_HOST", "db.example.com")], [])
	of_values := json.patch(plans.rendered("prod", [], []), [{"op": "add", "path": "/plan/resource_changes/0/change/after/values", "value": ["env: [{name: DB_PASSWORD, value: not-a-real-one}]"]}])
	count(data.rules.secrets.no_secret_in_environment.deny) == 0 with input as of_values
	count(data.rules.secrets.no_secret_in_environment.deny) == 1 with input as json.patch(of_values, [{"op": "remove", "path": "/groundplan/rendered"}])
}

test_a_variable_of_an_object_that_only_apply_tells_is_unknown if {
	given := plans.rendered("prod", [in_object("DB_PASSWORD", "known-after-apply")], [])
	count(data.rules.secrets.no_secret_in_environment.deny) == 0 with input as given
	{found.message | some found in data.rules.secrets.no_secret_in_environment.unknown} == {"Pod claims/api: says only at apply what is in DB_PASSWORD"} with input as given
	count(data.rules.secrets.no_secret_in_environment.unknown) == 0 with input as plans.rendered("prod", [in_object("DB_HOST", "known-after-apply")], [])
	open := plans.rendered("prod", [in_object("DB_PASSWORD", "not-a-real-one")], ["document 1"])
	count(data.rules.secrets.no_secret_in_environment.deny) == 0 with input as open
	count(data.rules.secrets.no_secret_in_environment.unknown) == 2 with input as open
}
