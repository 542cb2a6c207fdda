package tests.identity.pass_role_bounded

import data.testing.plans

import rego.v1

test_passing_any_role_is_denied if {
	given := plans.of("dev", [plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"iam:PassRole\", \"Resource\": \"*\"}]}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 1 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_passing_any_role_to_a_service_is_denied_too if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"iam:PassRole\", \"Resource\": \"*\", \"Condition\": {\"StringEquals\": {\"iam:PassedToService\": \"ec2.amazonaws.com\"}}}]}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 1 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_every_action_passes_roles_on if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": [\"s3:GetObject\", \"*\"], \"Resource\": [\"*\"]}]}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 1 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_every_action_of_iam_passes_roles_on if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": [\"s3:GetObject\", \"iam:*\"], \"Resource\": [\"*\"]}]}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 1 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_a_prefix_passes_roles_on if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": [\"s3:GetObject\", \"iam:Pass*\"], \"Resource\": [\"*\"]}]}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 1 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_a_question_mark_passes_roles_on if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": [\"s3:GetObject\", \"IAM:passRol?\"], \"Resource\": [\"*\"]}]}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 1 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_everything_except_something_else_passes_roles_on if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"NotAction\": [\"s3:*\"], \"Resource\": \"*\"}]}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 1 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_everything_except_iam_does_not if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"NotAction\": [\"iam:*\"], \"Resource\": \"*\"}]}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 0 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_every_role_except_one_is_denied if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"iam:PassRole\", \"NotResource\": \"arn:aws:iam::111122223333:role/prod-nodes\"}]}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 1 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_all_roles_of_an_account_to_any_service_are_denied if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"iam:PassRole\", \"Resource\": \"arn:aws:iam::111122223333:role/*\"}]}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 1 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_all_roles_of_an_account_to_one_service_are_fine if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"iam:PassRole\", \"Resource\": \"arn:aws:iam::111122223333:role/*\", \"Condition\": {\"StringEquals\": {\"iam:PassedToService\": \"ec2.amazonaws.com\"}}}]}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 0 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_all_roles_of_an_account_to_a_wildcard_are_denied if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"iam:PassRole\", \"Resource\": \"arn:aws:iam::111122223333:role/*\", \"Condition\": {\"StringLike\": {\"iam:PassedToService\": \"*\"}}}]}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 1 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_all_roles_of_an_account_except_to_one_service_are_denied if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"iam:PassRole\", \"Resource\": \"arn:aws:iam::111122223333:role/*\", \"Condition\": {\"StringNotEquals\": {\"iam:PassedToService\": \"ec2.amazonaws.com\"}}}]}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 1 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_all_roles_of_an_account_under_another_condition_are_denied if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"iam:PassRole\", \"Resource\": \"arn:aws:iam::111122223333:role/*\", \"Condition\": {\"StringEquals\": {\"aws:RequestedRegion\": \"us-east-1\"}}}]}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 1 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_one_role_is_fine if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"iam:PassRole\", \"Resource\": \"arn:aws:iam::111122223333:role/prod-nodes\"}]}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 0 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_roles_of_a_prefix_are_fine if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"iam:PassRole\", \"Resource\": \"arn:aws:iam::111122223333:role/prod-*\"}]}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 0 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_other_actions_of_iam_are_not_this_rule_s if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": [\"iam:GetRole\", \"iam:List*\"], \"Resource\": \"*\"}]}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 0 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_a_denial_passes_nothing if {
	given := plans.production([plans.made("aws_iam_policy", {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Deny\", \"Action\": \"iam:PassRole\", \"Resource\": \"*\"}]}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 0 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_an_inline_policy_of_a_role_is_read if {
	given := plans.production([plans.made("aws_iam_role", {"inline_policy": [{"name": "x", "policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"iam:PassRole\", \"Resource\": \"*\"}]}"}]})])
	count(data.rules.identity.pass_role_bounded.deny) == 1 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_a_text_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"references": ["local.policy"]})])
	count(data.rules.identity.pass_role_bounded.deny) == 0 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 1 with input as given
}

test_a_written_text_of_other_actions_is_fine if {
	given := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"constant_value": "${jsonencode({Statement = [{Effect = \"Allow\", Action = [\"s3:GetObject\"], Resource = [\"*\"]}, {Effect = \"Allow\", Action = [\"s3:PutObject\"], Resource = aws_s3_bucket.this.arn}]})}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 0 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_a_written_text_that_passes_a_role_of_the_plan_is_fine if {
	given := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"constant_value": "${jsonencode({Statement = [{Effect = \"Allow\", Action = [\"iam:PassRole\"], Resource = aws_iam_role.this.arn}]})}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 0 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 0 with input as given
}

test_a_written_text_that_passes_roles_beside_a_wildcard_is_unknown if {
	given := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"constant_value": "${jsonencode({Statement = [{Effect = \"Allow\", Action = [\"iam:PassRole\"], Resource = [\"*\"]}, {Effect = \"Allow\", Action = [\"s3:PutObject\"], Resource = aws_s3_bucket.this.arn}]})}"})])
	count(data.rules.identity.pass_role_bounded.deny) == 0 with input as given
	count(data.rules.identity.pass_role_bounded.unknown) == 1 with input as given
}

allowing(statement) := plans.production([plans.made("aws_iam_policy", {"policy": json.marshal({"Statement": [object.union({"Effect": "Allow", "Action": "iam:PassRole"}, statement)]})})])

test_a_denial_of_everything_but_one_action_passes_no_role if {
	every effect, denials in {"Allow": 1, "Deny": 0} {
		given := plans.production([plans.made("aws_iam_policy", {"policy": json.marshal({"Statement": [{"Effect": effect, "NotAction": "s3:*", "Resource": "*"}]})})])
		count(data.rules.identity.pass_role_bounded.deny) == denials with input as given
	}
}

# Several roles may be passed where the services are named.
test_services_may_be_named_in_every_way_that_compares_texts if {
	several := {"Resource": "arn:aws:iam::111122223333:role/*"}
	every operator in ["StringEquals", "StringEqualsIgnoreCase", "StringLike"] {
		count(data.rules.identity.pass_role_bounded.deny) == 0 with input as allowing(object.union(several, {"Condition": {operator: {"iam:PassedToService": "ec2.amazonaws.com"}}}))
		count(data.rules.identity.pass_role_bounded.deny) == 1 with input as allowing(object.union(several, {"Condition": {operator: {"iam:PassedToService": []}}}))
	}
	count(data.rules.identity.pass_role_bounded.deny) == 1 with input as allowing(object.union(several, {"Condition": {"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}))
}

said(statement) := {found.message | some found in data.rules.identity.pass_role_bounded.deny with input as allowing(statement)}

test_a_finding_says_what_is_passed_on_and_by_what if {
	said({"Resource": "*"}) == {"passes on * by iam:PassRole"}
	everything := plans.production([plans.made("aws_iam_policy", {"policy": json.marshal({"Statement": [{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}]})})])
	found := data.rules.identity.pass_role_bounded.deny with input as everything
	{finding.message | some finding in found} == {"passes on * by NotAction"}
}

test_whatever_ends_before_it_names_a_role_is_any_role if {
	to_one := {"Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}
	said(object.union(to_one, {"Resource": "arn:aws:iam::*"})) == {"passes on arn:aws:iam::* by iam:PassRole"}
	said({"Resource": "arn:aws:iam:*:*:*"}) == {"passes on arn:aws:iam:*:*:* by iam:PassRole"}
}

test_what_iam_does_not_take_for_an_action_passes_nothing if {
	every action in ["iam.PassRole", "iam:Pass[Role", "iam:(PassRole"] {
		said({"Action": action, "Resource": "*"}) == set()
	}
}
