package tests.identity.shell_moves_no_files

import data.testing.plans

import rego.v1

policy(environment, statements) := plans.of(environment, [plans.made("aws_iam_policy", {"policy": json.marshal({"Statement": statements})})])

written(text) := plans.production([plans.reads(plans.made("aws_iam_policy", {}), "policy", {"constant_value": text})])

allow(action) := {"Effect": "Allow", "Action": action, "Resource": "arn:aws:cloudshell:us-east-1:111122223333:environment/*"}

no_files := {"Effect": "Deny", "Action": ["cloudshell:GetFileDownloadUrls", "cloudshell:GetFileUploadUrls"], "Resource": "*"}

messages(given) := {found.message | some found in data.rules.identity.shell_moves_no_files.deny with input as given}

test_each_way_is_denied_by_its_name if {
	messages(policy("prod", [allow("cloudshell:GetFileDownloadUrls")])) == {"allows cloudshell:getfiledownloadurls in production"}
	messages(policy("prod", [allow(["s3:GetObject", "CloudShell:getFileUploadUrls"])])) == {"allows cloudshell:getfileuploadurls in production"}
}

test_wildcards_are_both_ways if {
	every action in ["cloudshell:*", "cloudshell:Get*", "cloudshell:GetFile????loadUrls", "*"] {
		count(messages(policy("prod", [allow(action)]))) > 0
	}
	count(messages(policy("prod", [allow("cloudshell:*")]))) == 2
	count(messages(policy("prod", [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]))) == 2
	count(messages(policy("prod", [{"Effect": "Allow", "NotAction": "cloudshell:*", "Resource": "*"}]))) == 0
}

test_the_rest_of_a_shell_is_fine if {
	every action in ["cloudshell:CreateSession", "cloudshell:GetEnvironmentStatus", "cloudshell.GetFileUploadUrls", "s3:*"] {
		given := policy("prod", [allow(action)])
		count(data.rules.identity.shell_moves_no_files.deny) == 0 with input as given
		count(data.rules.identity.shell_moves_no_files.unknown) == 0 with input as given
	}
}

test_what_the_same_policy_denies_it_does_not_allow if {
	count(messages(policy("prod", [allow("cloudshell:*"), no_files]))) == 0
	count(messages(policy("prod", [allow("cloudshell:*"), {"Effect": "Deny", "NotAction": "cloudshell:CreateSession", "Resource": "*"}]))) == 0
}

test_a_denial_of_some_shells_or_for_some_people_is_none if {
	count(messages(policy("prod", [allow("cloudshell:*"), object.union(no_files, {"Resource": "arn:aws:cloudshell:us-east-1:111122223333:environment/*"})]))) == 2
	count(messages(policy("prod", [allow("cloudshell:*"), object.union(no_files, {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}})]))) == 2
	count(messages(policy("prod", [allow("cloudshell:*"), object.union(no_files, {"Action": "cloudshell:GetFileUploadUrls"})]))) == 1
}

test_a_denial_of_some_shells_alone_allows_nothing if {
	count(messages(policy("prod", [object.union(no_files, {"Resource": "arn:aws:cloudshell:us-east-1:111122223333:environment/*"})]))) == 0
}

test_other_environments_move_files if {
	count(messages(policy("dev", [allow("cloudshell:*")]))) == 0
}

test_a_policy_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_iam_policy", {}), {"policy": true})])
	count(data.rules.identity.shell_moves_no_files.deny) == 0 with input as given
	count(data.rules.identity.shell_moves_no_files.unknown) == 1 with input as given
	elsewhere := plans.of("dev", [plans.later(plans.made("aws_iam_policy", {}), {"policy": true})])
	count(data.rules.identity.shell_moves_no_files.unknown) == 0 with input as elsewhere
}

test_a_written_text_of_other_services_is_fine if {
	given := written("${jsonencode({Statement = [{Effect = \"Allow\", Action = [\"kms:Encrypt*\", \"s3:GetObject\"], Resource = aws_s3_bucket.this.arn}]})}")
	count(data.rules.identity.shell_moves_no_files.unknown) == 0 with input as given
}

test_what_follows_the_actions_is_none_of_them if {
	given := written("${jsonencode({Statement = [{Effect = \"Allow\", Action = [\"sqs:SendMessage\", \"kms:Decrypt\"], Resource = [(var.key != null ? var.key : aws_kms_key.this.arn), \"*\"]}]})}")
	count(data.rules.identity.shell_moves_no_files.unknown) == 0 with input as given
}

test_a_written_text_that_may_name_shells_is_unknown if {
	every action in ["[\"cloudshell:GetFileUploadUrls\"]", "[\"s3:GetObject\", \"*\"]", "\"c*:Get\"", "local.actions"] {
		given := written(concat("", ["${jsonencode({Statement = [{Effect = \"Allow\", Action = ", action, ", Resource = aws_s3_bucket.this.arn}]})}"]))
		count(data.rules.identity.shell_moves_no_files.unknown) == 1 with input as given
	}
	apart := written("${jsonencode({Statement = [{Effect = \"Allow\", NotAction = [\"iam:PassRole\"], Resource = aws_s3_bucket.this.arn}]})}")
	count(data.rules.identity.shell_moves_no_files.unknown) == 1 with input as apart
}
