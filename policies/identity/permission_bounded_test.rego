package tests.identity.permission_bounded

import data.testing.plans

import rego.v1

home := {"allowed_account_ids": {"constant_value": ["111122223333"]}}

permitted(type, permission) := plans.with_provider(plans.production([plans.made(type, permission)]), home)

lambda(permission) := permitted("aws_lambda_permission", permission)

test_everybody_is_denied if {
	given := lambda({"principal": "*"})
	count(data.rules.identity.permission_bounded.deny) == 1 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_everybody_of_an_organization_is_fine if {
	given := lambda({"principal": "*", "principal_org_id": "o-exampleorg0"})
	count(data.rules.identity.permission_bounded.deny) == 0 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_a_function_url_is_another_rules_matter if {
	given := lambda({"principal": "*", "function_url_auth_type": "AWS_IAM"})
	count(data.rules.identity.permission_bounded.deny) == 0 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_a_service_without_a_source_is_denied if {
	given := lambda({"principal": "events.amazonaws.com"})
	count(data.rules.identity.permission_bounded.deny) == 1 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_a_service_with_a_source_is_fine if {
	given := lambda({"principal": "events.amazonaws.com", "source_arn": "arn:aws:events:us-east-1:111122223333:rule/claims"})
	count(data.rules.identity.permission_bounded.deny) == 0 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_a_source_of_another_account_is_denied if {
	given := lambda({"principal": "events.amazonaws.com", "source_arn": "arn:aws:events:us-east-1:999988887777:rule/claims"})
	count(data.rules.identity.permission_bounded.deny) == 1 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_a_source_in_any_account_is_denied if {
	given := lambda({"principal": "apigateway.amazonaws.com", "source_arn": "arn:aws:execute-api:us-east-1:*:*/*"})
	count(data.rules.identity.permission_bounded.deny) == 1 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_a_bucket_without_its_account_is_denied if {
	given := lambda({"principal": "s3.amazonaws.com", "source_arn": "arn:aws:s3:::prod-claims"})
	count(data.rules.identity.permission_bounded.deny) == 1 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_a_bucket_with_its_account_is_fine if {
	given := lambda({"principal": "s3.amazonaws.com", "source_arn": "arn:aws:s3:::prod-claims", "source_account": "111122223333"})
	count(data.rules.identity.permission_bounded.deny) == 0 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_another_account_is_denied_whatever_the_source if {
	given := lambda({"principal": "s3.amazonaws.com", "source_arn": "arn:aws:sns:us-east-1:111122223333:x", "source_account": "999988887777"})
	count(data.rules.identity.permission_bounded.deny) == 1 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_alexa_says_no_source if {
	every principal in ["alexa-appkit.amazon.com", "alexa-connectedhome.amazon.com"] {
		given := lambda({"principal": principal, "event_source_token": "amzn1.ask.skill.example"})
		count(data.rules.identity.permission_bounded.deny) == 0 with input as given
		count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
	}
}

test_a_foreign_account_is_denied if {
	given := lambda({"principal": "999988887777"})
	count(data.rules.identity.permission_bounded.deny) == 1 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_a_role_of_a_foreign_account_is_denied if {
	given := lambda({"principal": "arn:aws:iam::999988887777:role/scanner"})
	count(data.rules.identity.permission_bounded.deny) == 1 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_an_account_of_ours_is_fine if {
	given := lambda({"principal": "111122223333"})
	count(data.rules.identity.permission_bounded.deny) == 0 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_an_account_is_unknown_while_the_plan_names_none if {
	given := plans.production([plans.made("aws_lambda_permission", {"principal": "999988887777"})])
	count(data.rules.identity.permission_bounded.deny) == 0 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 1 with input as given
}

test_a_source_that_comes_at_apply_is_fine if {
	given := plans.production([plans.reads(plans.made("aws_lambda_permission", {"principal": "events.amazonaws.com"}), "source_arn", {"references": ["aws_cloudwatch_event_rule.this.arn"]}), plans.made("aws_cloudwatch_event_rule", {})])
	count(data.rules.identity.permission_bounded.deny) == 0 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_a_bucket_that_comes_at_apply_is_denied_without_its_account if {
	given := plans.production([plans.reads(plans.made("aws_lambda_permission", {"principal": "s3.amazonaws.com"}), "source_arn", {"references": ["aws_s3_bucket.this.arn"]}), plans.made("aws_s3_bucket", {})])
	count(data.rules.identity.permission_bounded.deny) == 1 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_a_bucket_and_account_that_come_at_apply_are_fine if {
	given := plans.production([plans.reads(plans.reads(plans.made("aws_lambda_permission", {"principal": "s3.amazonaws.com"}), "source_arn", {"references": ["aws_s3_bucket.this.arn"]}), "source_account", {"references": ["data.aws_caller_identity.this.account_id"]}), plans.made("aws_s3_bucket", {})])
	count(data.rules.identity.permission_bounded.deny) == 0 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_a_principal_that_comes_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_lambda_permission", {}), {"principal": true})])
	count(data.rules.identity.permission_bounded.deny) == 0 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 1 with input as given
}

test_a_role_of_the_module_is_fine if {
	every reference in ["aws_iam_role.this.arn", "data.aws_caller_identity.this.account_id"] {
		given := plans.production([plans.reads(plans.made("aws_lambda_permission", {}), "principal", {"references": [reference]}), plans.made("aws_iam_role", {})])
		count(data.rules.identity.permission_bounded.deny) == 0 with input as given
		count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
	}
}

test_a_layer_for_everybody_is_denied if {
	given := permitted("aws_lambda_layer_version_permission", {"principal": "*"})
	count(data.rules.identity.permission_bounded.deny) == 1 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_a_layer_for_the_organization_is_fine if {
	given := permitted("aws_lambda_layer_version_permission", {"principal": "*", "organization_id": "o-exampleorg0"})
	count(data.rules.identity.permission_bounded.deny) == 0 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_a_bus_for_everybody_is_denied if {
	given := permitted("aws_cloudwatch_event_permission", {"principal": "*"})
	count(data.rules.identity.permission_bounded.deny) == 1 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_a_bus_for_the_organization_is_fine if {
	given := permitted("aws_cloudwatch_event_permission", {"principal": "*", "condition": [{"key": "aws:PrincipalOrgID", "type": "StringEquals", "value": "o-exampleorg0"}]})
	count(data.rules.identity.permission_bounded.deny) == 0 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_a_signing_profile_for_another_account_is_denied if {
	given := permitted("aws_signer_signing_profile_permission", {"principal": "999988887777"})
	count(data.rules.identity.permission_bounded.deny) == 1 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_a_snapshot_for_everybody_is_denied if {
	every type in ["aws_db_cluster_snapshot", "aws_db_snapshot", "aws_db_snapshot_copy"] {
		count(data.rules.identity.permission_bounded.deny) == 1 with input as permitted(type, {"shared_accounts": ["111122223333", "all"]})
		count(data.rules.identity.permission_bounded.deny) == 0 with input as permitted(type, {"shared_accounts": ["111122223333"]})
	}
}

test_an_endpoint_service_for_everybody_or_another_account_is_denied if {
	every principal in ["*", "arn:aws:iam::999988887777:root"] {
		count(data.rules.identity.permission_bounded.deny) == 1 with input as permitted("aws_vpc_endpoint_service_allowed_principal", {"principal_arn": principal})
	}
	count(data.rules.identity.permission_bounded.deny) == 0 with input as permitted("aws_vpc_endpoint_service_allowed_principal", {"principal_arn": "arn:aws:iam::111122223333:root"})
}

test_a_snapshot_for_another_account_is_denied if {
	given := permitted("aws_snapshot_create_volume_permission", {"account_id": "999988887777"})
	count(data.rules.identity.permission_bounded.deny) == 1 with input as given
}

test_an_image_for_everybody_is_denied if {
	given := permitted("aws_ami_launch_permission", {"group": "all"})
	count(data.rules.identity.permission_bounded.deny) == 1 with input as given
}

test_an_image_for_the_organization_is_fine if {
	given := permitted("aws_ami_launch_permission", {"organization_arn": "arn:aws:organizations::999988887777:organization/o-exampleorg0"})
	count(data.rules.identity.permission_bounded.deny) == 0 with input as given
}

test_a_share_with_the_organization_is_fine if {
	given := permitted("aws_ram_principal_association", {"principal": "arn:aws:organizations::999988887777:organization/o-exampleorg0"})
	count(data.rules.identity.permission_bounded.deny) == 0 with input as given
}

test_a_share_with_another_account_is_denied if {
	given := permitted("aws_ram_principal_association", {"principal": "999988887777"})
	count(data.rules.identity.permission_bounded.deny) == 1 with input as given
}

test_an_endpoint_service_for_everybody_is_denied if {
	given := permitted("aws_vpc_endpoint_service", {"allowed_principals": ["*"]})
	count(data.rules.identity.permission_bounded.deny) == 1 with input as given
}

test_an_endpoint_service_that_nobody_was_let_into_is_fine if {
	given := plans.production([plans.computed(plans.made("aws_vpc_endpoint_service", {}), ["allowed_principals"])])
	count(data.rules.identity.permission_bounded.deny) == 0 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_a_principal_that_comes_at_apply_is_fine_where_its_organization_is_known if {
	given := plans.production([plans.later(plans.made("aws_lambda_permission", {"principal_org_id": "o-exampleorg0"}), {"principal": true})])
	count(data.rules.identity.permission_bounded.deny) == 0 with input as given
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as given
}

test_an_account_that_is_not_ours_or_not_known_is_fine_inside_the_organization if {
	bounded := {"principal": "999988887777", "principal_org_id": "o-exampleorg0"}
	count(data.rules.identity.permission_bounded.deny) == 0 with input as lambda(bounded)
	alone := plans.production([plans.made("aws_lambda_permission", bounded)])
	count(data.rules.identity.permission_bounded.deny) == 0 with input as alone
	count(data.rules.identity.permission_bounded.unknown) == 0 with input as alone
	count(data.rules.identity.permission_bounded.deny) == 1 with input as lambda({"principal": "999988887777"})
}

test_a_bus_for_any_organization_is_denied if {
	given := permitted("aws_cloudwatch_event_permission", {"principal": "*", "condition": [{"key": "aws:PrincipalOrgID", "type": "StringEquals", "value": "o-*"}]})
	count(data.rules.identity.permission_bounded.deny) == 1 with input as given
}
