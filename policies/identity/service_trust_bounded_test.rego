package tests.identity.service_trust_bounded

import data.testing.plans

import rego.v1

home := {"allowed_account_ids": {"constant_value": ["111122223333"]}}

trusting(service, condition) := plans.with_provider(
	plans.production([plans.made("aws_iam_role", {"assume_role_policy": json.marshal({"Statement": {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", "Condition": condition}})})]),
	home,
)

written(text) := plans.production([plans.reads(plans.made("aws_iam_role", {}), "assume_role_policy", {"constant_value": text})])

test_a_service_that_acts_for_anybody_is_denied if {
	given := trusting("backup.amazonaws.com", {})
	count(data.rules.identity.service_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.service_trust_bounded.unknown) == 0 with input as given
}

test_each_service_of_a_list_is_judged if {
	given := trusting(["scheduler.amazonaws.com", "ssm.amazonaws.com", "ec2.amazonaws.com"], {})
	count(data.rules.identity.service_trust_bounded.deny) == 2 with input as given
	count(data.rules.identity.service_trust_bounded.unknown) == 0 with input as given
}

test_the_account_of_the_source_is_enough if {
	given := trusting("backup.amazonaws.com", {"StringEquals": {"AWS:SourceAccount": "111122223333"}})
	count(data.rules.identity.service_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.service_trust_bounded.unknown) == 0 with input as given
}

test_the_source_is_enough_when_it_names_the_account if {
	given := trusting("transfer.amazonaws.com", {"ArnLike": {"aws:SourceArn": "arn:aws:transfer:us-east-1:111122223333:user/*"}})
	count(data.rules.identity.service_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.service_trust_bounded.unknown) == 0 with input as given
}

test_a_source_in_any_account_is_denied if {
	given := trusting("transfer.amazonaws.com", {"ArnLike": {"aws:SourceArn": "arn:aws:transfer:us-east-1:*:user/*"}})
	count(data.rules.identity.service_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.service_trust_bounded.unknown) == 0 with input as given
}

test_the_organization_of_the_source_is_enough if {
	given := trusting("batch.amazonaws.com", {"StringEquals": {"aws:SourceOrgID": "o-exampleorg0"}})
	count(data.rules.identity.service_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.service_trust_bounded.unknown) == 0 with input as given
}

test_the_account_of_somebody_else_is_denied if {
	given := trusting("backup.amazonaws.com", {"StringEquals": {"aws:SourceAccount": ["111122223333", "999988887777"]}})
	count(data.rules.identity.service_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.service_trust_bounded.unknown) == 0 with input as given
}

test_a_test_that_holds_without_its_key_is_denied if {
	given := trusting("backup.amazonaws.com", {"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}})
	count(data.rules.identity.service_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.service_trust_bounded.unknown) == 0 with input as given
}

test_such_a_test_beside_one_that_demands_the_key_is_fine if {
	given := trusting("backup.amazonaws.com", {"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}, "Null": {"aws:SourceAccount": false}})
	count(data.rules.identity.service_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.service_trust_bounded.unknown) == 0 with input as given
}

test_a_key_that_must_be_missing_demands_nothing if {
	given := trusting("backup.amazonaws.com", {"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}, "Null": {"aws:SourceAccount": true}})
	count(data.rules.identity.service_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.service_trust_bounded.unknown) == 0 with input as given
}

test_a_test_of_all_values_of_a_set_is_denied if {
	given := trusting("backup.amazonaws.com", {"ForAllValues:StringEquals": {"aws:SourceAccount": "111122223333"}})
	count(data.rules.identity.service_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.service_trust_bounded.unknown) == 0 with input as given
}

test_a_negated_test_is_denied if {
	given := trusting("backup.amazonaws.com", {"StringNotEquals": {"aws:SourceAccount": "999988887777"}})
	count(data.rules.identity.service_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.service_trust_bounded.unknown) == 0 with input as given
}

test_services_that_do_not_say_for_whom_they_act_are_fine if {
	given := trusting(["ec2.amazonaws.com", "lambda.amazonaws.com", "pods.eks.amazonaws.com", "s3.amazonaws.com"], {})
	count(data.rules.identity.service_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.service_trust_bounded.unknown) == 0 with input as given
}

test_a_denial_of_a_service_is_fine if {
	given := plans.production([plans.made("aws_iam_role", {"assume_role_policy": json.marshal({"Statement": {"Effect": "Deny", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}})})])
	count(data.rules.identity.service_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.service_trust_bounded.unknown) == 0 with input as given
}

test_a_text_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_iam_role", {}), {"assume_role_policy": true})])
	count(data.rules.identity.service_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.service_trust_bounded.unknown) == 1 with input as given
}

test_a_written_text_that_bounds_its_service_is_fine if {
	given := written("${jsonencode({Statement = [{Effect = \"Allow\", Principal = {Service = [\"backup.amazonaws.com\"]}, Action = [\"sts:AssumeRole\"], Condition = {StringEquals = {\"aws:SourceAccount\" = [data.aws_caller_identity.current.account_id]}}}]})}")
	count(data.rules.identity.service_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.service_trust_bounded.unknown) == 0 with input as given
}

test_a_written_text_that_bounds_another_statement_only_is_unknown if {
	given := written("${jsonencode({Statement = [{Effect = \"Allow\", Principal = {Service = [\"backup.amazonaws.com\"]}, Action = [\"sts:AssumeRole\"]}, {Effect = \"Allow\", Principal = {Service = [\"ssm.amazonaws.com\"]}, Condition = {StringEquals = {\"aws:SourceAccount\" = [var.account]}}}]})}")
	count(data.rules.identity.service_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.service_trust_bounded.unknown) == 1 with input as given
}

test_a_written_text_with_a_service_that_says_nothing_is_fine if {
	given := written("${jsonencode({Statement = [{Effect = \"Allow\", Principal = {Service = [\"ec2.amazonaws.com\"]}, Action = [\"sts:AssumeRole\"], Resource = var.x}]})}")
	count(data.rules.identity.service_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.service_trust_bounded.unknown) == 0 with input as given
}

test_demanding_another_key_demands_nothing_of_this_one if {
	given := trusting("backup.amazonaws.com", {"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}, "Null": {"aws:SourceArn": false}})
	count(data.rules.identity.service_trust_bounded.deny) == 1 with input as given
}

test_another_test_of_the_same_key_demands_nothing if {
	given := trusting("backup.amazonaws.com", {"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}, "StringNotEquals": {"aws:SourceAccount": "false"}})
	count(data.rules.identity.service_trust_bounded.deny) == 1 with input as given
}

test_every_service_that_the_table_names_is_asked if {
	every name, _ in data.parameters.identity.deputies.trust {
		open := trusting(name, {})
		count(data.rules.identity.service_trust_bounded.deny) == 1 with input as open
		asking := trusting(name, {"StringEquals": {"aws:SourceAccount": "111122223333"}})
		count(data.rules.identity.service_trust_bounded.deny) == 0 with input as asking
	}
}

test_a_monitoring_role_and_one_of_flow_logs_are_asked if {
	given := trusting(["monitoring.rds.amazonaws.com", "vpc-flow-logs.amazonaws.com", "states.amazonaws.com", "config.amazonaws.com"], {})
	count(data.rules.identity.service_trust_bounded.deny) == 4 with input as given
}

# Their pages show the condition for one kind of their roles only, or for none.
test_services_that_may_not_say_for_whom_are_not_asked if {
	given := trusting(["ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "elasticmapreduce.amazonaws.com", "firehose.amazonaws.com", "cloudtrail.amazonaws.com"], {})
	count(data.rules.identity.service_trust_bounded.deny) == 0 with input as given
}

# Services whose own documentation asks for a source in the trust policy of their role.
deputies := {
	"airflow-env.amazonaws.com", "airflow.amazonaws.com", "appstream.amazonaws.com", "backup.amazonaws.com",
	"batch.amazonaws.com", "bedrock.amazonaws.com", "cloudfront.amazonaws.com", "codebuild.amazonaws.com",
	"config.amazonaws.com", "datasync.amazonaws.com", "directoryservice.rds.amazonaws.com", "dms.amazonaws.com",
	"eks-fargate-pods.amazonaws.com", "es.amazonaws.com", "kafkaconnect.amazonaws.com",
	"kinesisanalytics.amazonaws.com", "logs.amazonaws.com", "monitoring.rds.amazonaws.com", "personalize.amazonaws.com",
	"rds.amazonaws.com", "sagemaker.amazonaws.com", "scheduler.amazonaws.com", "ses.amazonaws.com",
	"ssm-incidents.amazonaws.com", "ssm.amazonaws.com", "states.amazonaws.com", "transfer.amazonaws.com",
	"vpc-flow-logs.amazonaws.com",
}

test_each_deputy_is_asked_for_the_source if {
	every service in deputies {
		count(data.rules.identity.service_trust_bounded.deny) == 1 with input as trusting(service, {})
		count(data.rules.identity.service_trust_bounded.deny) == 0 with input as trusting(service, {"StringEquals": {"aws:SourceAccount": "111122223333"}})
	}
	object.keys(data.parameters.identity.deputies.trust) == deputies
}
