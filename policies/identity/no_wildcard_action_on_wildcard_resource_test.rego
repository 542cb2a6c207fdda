package tests.identity.no_wildcard_action_on_wildcard_resource

import data.testing.plans

import rego.v1

test_an_administrator_is_denied if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_every_wide_action_of_a_statement_is_denied if {
	given := plans.production([plans.made("aws_iam_role_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": [\"s3:*\", \"iam:Pass*\", \"s3:GetObject\"], \"Resource\": [\"*\"]}]}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 2 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_everything_except_what_notaction_names_is_denied if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"NotAction\": \"iam:*\", \"Resource\": \"*\"}]}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_everything_except_what_notresource_names_is_denied if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"NotResource\": \"arn:aws:s3:::x\"}]}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_an_arn_that_ends_in_a_bare_wildcard_is_every_resource if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"arn:aws:s3:::*\"}]}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_an_inline_policy_of_a_role_is_read if {
	given := plans.production([plans.made("aws_iam_role", {"inline_policy": [{"name": "x", "policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}"}]})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_a_policy_that_is_not_json_is_denied if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "no"}), plans.made("aws_iam_role", {"inline_policy": [{"name": "empty"}]})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_reading_actions_by_prefix_are_fine if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": [\"ec2:Describe*\"], \"Resource\": \"*\"}]}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_a_denial_of_everything_is_fine if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\"}]}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_a_wide_action_on_a_named_resource_is_fine if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"arn:aws:s3:::prod-velero/*\"}]}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_a_text_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"references": ["local.policy"]})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 1 with input as given
}

test_a_written_text_with_named_actions_is_fine if {
	given := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"constant_value": "${jsonencode({Statement = [{Effect = \"Allow\", Action = [\"s3:GetObject\"], Resource = [\"*\"]}, {Effect = \"Allow\", Action = [\"s3:PutObject\"], Resource = aws_s3_bucket.this.arn}]})}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_a_written_text_without_wildcard_resources_is_fine if {
	given := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"constant_value": "${jsonencode({Statement = [{Effect = \"Allow\", Action = [\"kms:GenerateDataKey*\"], Resource = [aws_kms_key.this.arn]}]})}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_a_written_text_with_a_wide_action_and_a_wildcard_is_unknown if {
	given := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"constant_value": "${jsonencode({Statement = [{Action = [\"s3:*\"], Resource = [\"*\"]}, {Resource = aws_s3_bucket.this.arn}]})}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 1 with input as given
}

test_a_written_text_whose_actions_are_a_reference_is_unknown if {
	given := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"constant_value": "${jsonencode({Statement = [{Action = var.actions, Resource = [\"*\"]}]})}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 1 with input as given
}

test_everything_except_what_notaction_names_on_what_notresource_leaves_is_denied if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"NotAction\": \"iam:*\", \"NotResource\": \"arn:aws:s3:::x\"}]}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_every_object_of_every_bucket_is_every_resource if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"secretsmanager:*\", \"Resource\": [\"arn:aws:s3:::*/*\"]}]}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_an_arn_that_ends_early_is_every_resource if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"secretsmanager:*\", \"Resource\": [\"arn:aws:s3:*\"]}]}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_any_arn_is_every_resource if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"secretsmanager:*\", \"Resource\": [\"arn:*\"]}]}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_two_wildcards_is_every_resource if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"secretsmanager:*\", \"Resource\": [\"**\"]}]}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_everything_of_a_region_is_every_resource if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"secretsmanager:*\", \"Resource\": [\"arn:aws:secretsmanager:us-east-1:111122223333:*\"]}]}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_a_question_mark_is_a_wildcard_too if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": [\"s3:?utObject\", \"s3:GetObject\"], \"Resource\": \"*\"}]}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_reading_every_secret_by_prefix_is_denied if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": [\"secretsmanager:Get*\", \"s3:Get*\", \"secretsmanager:List*\", \"ecr:Get*\"], \"Resource\": \"*\"}]}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 2 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_a_wide_action_on_objects_of_one_bucket_by_prefix_is_fine if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:*Object\", \"Resource\": \"arn:aws:s3:::prod-velero/a*\"}]}"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_an_administrator_of_aws_own_is_denied if {
	given := plans.production([plans.made("aws_iam_role_policy_attachment", {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_full_access_among_a_role_s_policies_is_denied if {
	given := plans.production([plans.made("aws_iam_role", {"managed_policy_arns": ["arn:aws:iam::aws:policy/AmazonS3FullAccess", "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_a_service_role_of_aws_own_is_fine if {
	given := plans.production([plans.made("aws_iam_role_policy_attachment", {"policy_arn": "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_an_attachment_of_the_plan_s_own_policy_is_fine if {
	given := plans.production([plans.reads(plans.made("aws_iam_role_policy_attachment", {}), "policy_arn", {"references": ["aws_iam_policy.this.arn", "aws_iam_policy.this"]})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_an_attachment_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_iam_role_policy_attachment", {}), {"policy_arn": true})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 1 with input as given
}

test_a_written_wide_action_on_a_wide_arn_is_unknown if {
	given := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"constant_value": "${jsonencode({Statement = [{Effect = \"Allow\", Action = [\"s3:*\"], Resource = [\"arn:aws:s3:::*\", aws_s3_bucket.this.arn]}]})}", "references": ["var.resource"]})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 1 with input as given
}

test_written_statements_of_somebody_else_are_unknown if {
	given := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"constant_value": "${jsonencode({Statement = concat(var.statements, [{Effect = \"Allow\", Action = [\"s3:GetObject\"], Resource = aws_s3_bucket.this.arn}])})}", "references": ["var.resource"]})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 1 with input as given
}

test_written_statements_with_others_behind_are_unknown if {
	given := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"constant_value": "${jsonencode({Statement = [{Effect = \"Allow\", Action = [\"s3:GetObject\"], Resource = aws_s3_bucket.this.arn}, local.more]})}", "references": ["var.resource"]})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 1 with input as given
}

test_a_wildcard_that_the_caller_passes_leaves_it_unknown if {
	given := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"constant_value": "${jsonencode({Statement = [{Effect = \"Allow\", Action = [\"s3:Put*\"], Resource = [var.resource, aws_s3_bucket.this.arn]}]})}", "references": ["var.resource"]})])
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
	named := plans.called_with(given, {"resource": {"constant_value": "arn:aws:s3:::prod-claims"}})
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as named
	wide := plans.called_with(given, {"resource": {"constant_value": "*"}})
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 1 with input as wide
}

test_what_else_the_caller_passes_does_not_matter if {
	given := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"constant_value": "${jsonencode({Statement = [{Effect = \"Allow\", Action = [\"s3:Put*\"], Resource = [var.resource, aws_s3_bucket.this.arn]}]})}", "references": ["var.resource"]})])
	beside := {"resource": {"references": ["local.bucket"]}, "signing": {"constant_value": {}}, "tags": {"constant_value": null}}
	count(data.rules.identity.no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as plans.called_with(given, beside)
}

test_a_denial_of_everything_except_what_is_named_is_fine if {
	every statement in [
		{"NotAction": "iam:*", "Resource": "*"},
		{"Action": "s3:*", "NotResource": "arn:aws:s3:::x"},
		{"NotAction": "iam:*", "NotResource": "arn:aws:s3:::x"},
	] {
		every effect, denials in {"Allow": 1, "Deny": 0} {
			document := {"Version": "2012-10-17", "Statement": [object.union(statement, {"Effect": effect})]}
			given := plans.production([plans.made("aws_iam_policy", {"policy": json.marshal(document)})])
			count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == denials with input as given
		}
	}
}

test_named_resources_and_named_actions_are_fine_beside_what_is_excepted if {
	every statement in [
		{"NotAction": "iam:*", "Resource": "arn:aws:s3:::claims/*"},
		{"Action": "s3:GetObject", "NotResource": "arn:aws:s3:::x"},
	] {
		document := {"Version": "2012-10-17", "Statement": [object.union(statement, {"Effect": "Allow"})]}
		given := plans.production([plans.made("aws_iam_policy", {"policy": json.marshal(document)})])
		count(data.rules.identity.no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	}
}
