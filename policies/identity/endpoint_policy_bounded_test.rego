package tests.identity.endpoint_policy_bounded

import data.testing.plans

import rego.v1

home := {"allowed_account_ids": {"constant_value": ["111122223333"]}}

endpoint(attributes) := plans.with_provider(plans.production([plans.made("aws_vpc_endpoint", object.union({"service_name": "com.amazonaws.us-east-1.s3"}, attributes))]), home)

allowing(statement) := endpoint({"policy": json.marshal({"Statement": [object.union({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}, statement)]})})

bare := plans.made("aws_vpc_endpoint", {"service_name": "com.amazonaws.us-east-1.s3"})

test_no_policy_is_denied if {
	given := endpoint({})
	count(data.rules.identity.endpoint_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as given
}

test_no_policy_is_fine_where_none_is_taken if {
	given := endpoint({"service_name": "com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d"})
	count(data.rules.identity.endpoint_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as given
}

test_the_policy_of_aws_is_denied if {
	given := allowing({})
	count(data.rules.identity.endpoint_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as given
}

test_resources_of_the_organization_are_fine if {
	given := allowing({"Condition": {"StringEquals": {"aws:ResourceOrgID": "o-exampleorg0"}}})
	count(data.rules.identity.endpoint_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as given
}

test_resources_of_the_account_are_fine if {
	given := allowing({"Condition": {"StringEquals": {"aws:ResourceAccount": "111122223333"}}})
	count(data.rules.identity.endpoint_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as given
}

test_resources_of_somebody_else_are_denied if {
	given := allowing({"Condition": {"StringEquals": {"aws:ResourceAccount": "999988887777"}}})
	count(data.rules.identity.endpoint_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as given
}

test_resources_of_any_organization_are_denied if {
	given := allowing({"Condition": {"StringLike": {"aws:ResourceOrgID": "*"}}})
	count(data.rules.identity.endpoint_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as given
}

test_resources_if_they_have_one_are_denied if {
	given := allowing({"Condition": {"StringEqualsIfExists": {"aws:ResourceOrgID": "o-exampleorg0"}}})
	count(data.rules.identity.endpoint_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as given
}

test_credentials_of_the_organization_are_fine if {
	given := allowing({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg0"}}})
	count(data.rules.identity.endpoint_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as given
}

test_a_principal_of_the_account_is_fine if {
	given := allowing({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}})
	count(data.rules.identity.endpoint_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as given
}

test_a_named_bucket_is_fine if {
	given := allowing({"Resource": ["arn:aws:s3:::prod-claims", "arn:aws:s3:::prod-claims/*"]})
	count(data.rules.identity.endpoint_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as given
}

test_any_bucket_is_denied if {
	given := allowing({"Resource": ["arn:aws:s3:::prod-claims", "arn:aws:s3:::*"]})
	count(data.rules.identity.endpoint_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as given
}

test_a_denial_of_all_others_is_fine if {
	given := endpoint({"policy": json.marshal({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:ResourceOrgID": "o-exampleorg0"}}}]})})
	count(data.rules.identity.endpoint_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as given
}

test_a_denial_of_some_is_no_bound if {
	given := endpoint({"policy": json.marshal({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:ResourceOrgID": "o-exampleorg0"}, "Bool": {"aws:SecureTransport": "false"}}}]})})
	count(data.rules.identity.endpoint_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as given
}

test_a_policy_that_is_not_json_is_denied if {
	given := endpoint({"policy": "no"})
	count(data.rules.identity.endpoint_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as given
}

test_a_policy_of_its_own_is_read if {
	given := plans.production([bare, plans.reads(plans.made("aws_vpc_endpoint_policy", {"policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"s3:*\", \"Resource\": \"*\"}]}"}), "vpc_endpoint_id", {"references": ["aws_vpc_endpoint.this.id"]})])
	count(data.rules.identity.endpoint_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as given
}

test_a_policy_that_names_its_endpoint_at_apply_is_unknown if {
	given := plans.production([bare, plans.later(plans.made("aws_vpc_endpoint_policy", {"policy": "{\"Statement\": []}"}), {"vpc_endpoint_id": true})])
	count(data.rules.identity.endpoint_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 1 with input as given
}

test_a_text_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(bare, {"policy": true})])
	count(data.rules.identity.endpoint_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 1 with input as given
}

test_a_written_text_that_names_whose_resources_is_fine if {
	given := plans.production([plans.reads(bare, "policy", {"constant_value": "${jsonencode({Statement = [{Effect = \"Allow\", Principal = \"*\", Action = \"*\", Resource = \"*\", Condition = {StringEquals = {\"aws:ResourceAccount\" = data.aws_caller_identity.current.account_id}}}]})}"})])
	count(data.rules.identity.endpoint_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as given
}

# Services whose endpoints take a policy, by the names that AWS gives their endpoints.
test_the_endpoint_of_each_service_that_takes_policies_is_asked_for_one if {
	every service in [
		"s3", "dynamodb", "ecr.api", "ecr.dkr", "secretsmanager", "kms", "sts", "sqs", "sns", "logs", "monitoring",
		"events", "lambda", "execute-api", "ssm", "ec2", "elasticfilesystem", "glue", "kinesis-streams", "backup",
		"acm-pca",
	] {
		every start in ["com.amazonaws.us-east-1.", "cn.com.amazonaws.cn-north-1."] {
			given := plans.production([plans.made("aws_vpc_endpoint", {"service_name": concat("", [start, service])})])
			count(data.rules.identity.endpoint_policy_bounded.deny) == 1 with input as given
		}
	}
	every service in ["com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0", "com.amazonaws.us-east-1.s3-outposts"] {
		given := plans.production([plans.made("aws_vpc_endpoint", {"service_name": service})])
		count(data.rules.identity.endpoint_policy_bounded.deny) == 0 with input as given
	}
}

test_resources_of_whatever_account_are_not_named if {
	every target in ["*", "?", "arn:aws:sqs:us-east-1:*:claims", "arn:aws:sqs:*:*:claims", "arn:aws:sqs:us-east-1:?:claims", "arn:aws:s3:::*", "arn:aws:s3:::?laims"] {
		count(data.rules.identity.endpoint_policy_bounded.deny) == 1 with input as allowing({"Resource": ["arn:aws:s3:::claims/*", target]})
	}
	every target in ["arn:aws:s3:::claims", "arn:aws:sqs:us-east-1:111122223333:claims"] {
		count(data.rules.identity.endpoint_policy_bounded.deny) == 0 with input as allowing({"Resource": target})
	}
}

nameless := plans.later(plans.named(plans.made("aws_vpc_endpoint_policy", {"policy": "{\"Statement\": []}"}), "nameless"), {"vpc_endpoint_id": true})

test_an_endpoint_with_a_policy_is_fine_beside_one_that_names_its_endpoint_at_apply if {
	written := plans.made("aws_vpc_endpoint", {"service_name": "com.amazonaws.us-east-1.s3", "policy": "{\"Statement\": []}"})
	attached := plans.reads(plans.made("aws_vpc_endpoint_policy", {"policy": "{\"Statement\": []}"}), "vpc_endpoint_id", {"references": ["aws_vpc_endpoint.this.id"]})
	every resources in [[written, nameless], [bare, attached, nameless]] {
		given := plans.production(resources)
		count(data.rules.identity.endpoint_policy_bounded.deny) == 0 with input as given
		count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as given
	}
}

test_a_denial_of_all_others_may_be_spelled_as_a_pattern if {
	every test, denials in {"StringNotEquals": 0, "StringNotLike": 0, "StringLike": 1, "StringNotEqualsIfExists": 0} {
		shut := {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {test: {"aws:ResourceOrgID": "o-exampleorg0"}}}
		document := {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}, shut]}
		count(data.rules.identity.endpoint_policy_bounded.deny) == denials with input as endpoint({"policy": json.marshal(document)})
	}
}

everything := {"Principal": "*", "Action": "*", "Resource": "*"}

shutting(statement) := object.union(
	object.union(everything, {"Effect": "Deny"}),
	object.union({"Condition": {"StringNotEquals": {"aws:ResourceOrgID": "o-exampleorg0"}}}, statement),
)

denials(statements) := number if {
	given := endpoint({"policy": json.marshal({"Statement": array.concat([object.union(everything, {"Effect": "Allow"})], statements)})})
	number := count(data.rules.identity.endpoint_policy_bounded.deny) with input as given
}

test_only_a_denial_of_everything_to_everybody_else_is_a_bound if {
	denials([shutting({})]) == 0
	every weaker in [
		{"Effect": "Allow"},
		{"Principal": {"AWS": "arn:aws:iam::111122223333:root"}},
		{"Action": "s3:*"},
		{"Resource": "arn:aws:s3:::claims/*"},
	] {
		denials([shutting(weaker)]) == 1
	}
	denials([object.union(everything, {"Effect": "Deny"})]) == 1
	every test, by_test in {
		"StringNotEquals": {{"aws:ResourceOrgPaths": "o-exampleorg0/*"}: 0, {"aws:RequestedRegion": "us-east-1"}: 1, {"aws:ResourceAccount": "999988887777"}: 1, {"aws:ResourceAccount": "111122223333"}: 0},
		"ForAnyValue:StringNotEquals": {{"aws:ResourceOrgPaths": "o-exampleorg0/*"}: 1},
	} {
		every key, number in by_test {
			denials([object.union(object.union(everything, {"Effect": "Deny"}), {"Condition": {test: key}})]) == number
		}
	}
}

test_a_denial_leads_nobody_anywhere if {
	count(data.rules.identity.endpoint_policy_bounded.deny) == 0 with input as endpoint({"policy": json.marshal({"Statement": [object.union(everything, {"Effect": "Deny"})]})})
}

test_what_names_neither_whom_nor_what_is_no_bound if {
	every statement in [
		{"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::999988887777:root"}, "Action": "*", "Resource": "*"},
		{"Effect": "Allow", "Principal": "*", "Action": "*", "NotResource": "arn:aws:s3:::claims/*"},
		{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:username": "111122223333"}}},
	] {
		count(data.rules.identity.endpoint_policy_bounded.deny) == 1 with input as endpoint({"policy": json.marshal({"Statement": [statement]})})
	}
}

test_an_endpoint_that_takes_no_policy_is_fine_beside_one_that_names_its_endpoint_at_apply if {
	other := plans.made("aws_vpc_endpoint", {"service_name": "com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d"})
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as plans.production([other, nameless])
}

test_the_policy_of_another_endpoint_leaves_one_without if {
	other := plans.named(plans.made("aws_vpc_endpoint", {"service_name": "com.amazonaws.us-east-1.s3"}), "other")
	policy := plans.made("aws_vpc_endpoint_policy", {"policy": "{\"Statement\": []}"})
	by_reference := plans.reads(policy, "vpc_endpoint_id", {"references": ["aws_vpc_endpoint.other.id", "aws_vpc_endpoint.other"]})
	by_id := object.union(policy, {"after": object.union(policy.after, {"vpc_endpoint_id": "vpce-0a1b2c3d4e5f60718"})})
	every resources in [[bare, other, by_reference], [bare, by_id]] {
		found := data.rules.identity.endpoint_policy_bounded.deny with input as plans.production(resources)
		{finding.address | some finding in found} == {"module.service.aws_vpc_endpoint.this"}
		count(data.rules.identity.endpoint_policy_bounded.unknown) == 0 with input as plans.production(resources)
	}
}

test_a_written_text_that_names_nobody_is_unknown if {
	given := plans.production([plans.reads(bare, "policy", {"constant_value": "${jsonencode({Statement = [{Effect = \"Allow\", Principal = \"*\", Action = \"s3:*\", Resource = local.targets}]})}"})])
	count(data.rules.identity.endpoint_policy_bounded.unknown) == 1 with input as given
}

test_an_account_is_a_bound_where_the_plan_does_not_say_which_is_its_own if {
	endpoint_for := plans.made("aws_vpc_endpoint", {"service_name": "com.amazonaws.us-east-1.s3", "policy": json.marshal({"Statement": [object.union(everything, {"Effect": "Allow", "Principal": {"AWS": "999988887777"}})]})})
	count(data.rules.identity.endpoint_policy_bounded.deny) == 0 with input as plans.production([endpoint_for])
	count(data.rules.identity.endpoint_policy_bounded.deny) == 1 with input as plans.with_provider(plans.production([endpoint_for]), home)
}
