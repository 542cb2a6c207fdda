package tests.identity.no_wildcard_action_on_wildcard_resource

import data.rules.identity.no_wildcard_action_on_wildcard_resource
import data.testing.plans

import rego.v1

test_an_administrator_is_denied if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}"})])
	count(no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_every_wide_action_of_a_statement_is_denied if {
	given := plans.production([plans.made("aws_iam_role_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": [\"s3:*\", \"iam:Pass*\", \"s3:GetObject\"], \"Resource\": [\"*\"]}]}"})])
	count(no_wildcard_action_on_wildcard_resource.deny) == 2 with input as given
	count(no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_everything_except_what_notaction_names_is_denied if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"NotAction\": \"iam:*\", \"Resource\": \"*\"}]}"})])
	count(no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_everything_except_what_notresource_names_is_denied if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"NotResource\": \"arn:aws:s3:::x\"}]}"})])
	count(no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_an_arn_that_ends_in_a_bare_wildcard_is_every_resource if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"arn:aws:s3:::*\"}]}"})])
	count(no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_an_inline_policy_of_a_role_is_read if {
	given := plans.production([plans.made("aws_iam_role", {"inline_policy": [{"name": "x", "policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}"}]})])
	count(no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_a_policy_that_is_not_json_is_denied if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "no"})])
	count(no_wildcard_action_on_wildcard_resource.deny) == 1 with input as given
	count(no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_reading_actions_by_prefix_are_fine if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": [\"ec2:Describe*\"], \"Resource\": \"*\"}]}"})])
	count(no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_a_denial_of_everything_is_fine if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\"}]}"})])
	count(no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_a_wide_action_on_a_named_resource_is_fine if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"arn:aws:s3:::prod-velero/*\"}]}"})])
	count(no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_a_text_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"references": ["local.policy"]})])
	count(no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(no_wildcard_action_on_wildcard_resource.unknown) == 1 with input as given
}

test_a_written_text_with_named_actions_is_fine if {
	given := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"constant_value": "${jsonencode({Statement = [{Effect = \"Allow\", Action = [\"s3:GetObject\"], Resource = [\"*\"]}, {Effect = \"Allow\", Action = [\"s3:PutObject\"], Resource = aws_s3_bucket.this.arn}]})}"})])
	count(no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_a_written_text_without_wildcard_resources_is_fine if {
	given := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"constant_value": "${jsonencode({Statement = [{Effect = \"Allow\", Action = [\"kms:GenerateDataKey*\"], Resource = [aws_kms_key.this.arn]}]})}"})])
	count(no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(no_wildcard_action_on_wildcard_resource.unknown) == 0 with input as given
}

test_a_written_text_with_a_wide_action_and_a_wildcard_is_unknown if {
	given := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"constant_value": "${jsonencode({Statement = [{Action = [\"s3:*\"], Resource = [\"*\"]}, {Resource = aws_s3_bucket.this.arn}]})}"})])
	count(no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(no_wildcard_action_on_wildcard_resource.unknown) == 1 with input as given
}

test_a_written_text_whose_actions_are_a_reference_is_unknown if {
	given := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"constant_value": "${jsonencode({Statement = [{Action = var.actions, Resource = [\"*\"]}]})}"})])
	count(no_wildcard_action_on_wildcard_resource.deny) == 0 with input as given
	count(no_wildcard_action_on_wildcard_resource.unknown) == 1 with input as given
}
