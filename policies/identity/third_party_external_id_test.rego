package tests.identity.third_party_external_id

import data.testing.plans

import rego.v1

home := {"allowed_account_ids": {"constant_value": ["111122223333"]}}

role(principal, condition) := plans.production([plans.made("aws_iam_role", {"assume_role_policy": json.marshal({"Statement": [{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole", "Condition": condition}]})})])

trusting(principal, condition) := plans.with_provider(role(principal, condition), home)

foreign := "arn:aws:iam::999988887777:root"

written(text) := plans.production([plans.reads(plans.made("aws_iam_role", {}), "assume_role_policy", {"constant_value": text})])

test_a_foreign_account_without_an_id_is_denied if {
	given := trusting(foreign, {})
	count(data.rules.identity.third_party_external_id.deny) == 1 with input as given
	count(data.rules.identity.third_party_external_id.unknown) == 0 with input as given
}

test_a_role_of_a_foreign_account_is_denied if {
	given := trusting("arn:aws:iam::999988887777:role/scanner", {})
	count(data.rules.identity.third_party_external_id.deny) == 1 with input as given
	count(data.rules.identity.third_party_external_id.unknown) == 0 with input as given
}

test_an_account_by_its_number_is_denied if {
	given := trusting(["999988887777", "111122223333"], {})
	count(data.rules.identity.third_party_external_id.deny) == 1 with input as given
	count(data.rules.identity.third_party_external_id.unknown) == 0 with input as given
}

test_an_external_id_is_enough if {
	given := trusting(foreign, {"StringEquals": {"sts:ExternalId": "example-insurance"}})
	count(data.rules.identity.third_party_external_id.deny) == 0 with input as given
	count(data.rules.identity.third_party_external_id.unknown) == 0 with input as given
}

test_any_external_id_is_none if {
	given := trusting(foreign, {"StringLike": {"sts:ExternalId": "*"}})
	count(data.rules.identity.third_party_external_id.deny) == 1 with input as given
	count(data.rules.identity.third_party_external_id.unknown) == 0 with input as given
}

test_an_external_id_if_there_is_one_is_none if {
	given := trusting(foreign, {"StringEqualsIfExists": {"sts:ExternalId": "example-insurance"}})
	count(data.rules.identity.third_party_external_id.deny) == 1 with input as given
	count(data.rules.identity.third_party_external_id.unknown) == 0 with input as given
}

test_an_external_id_that_must_be_another_is_none if {
	given := trusting(foreign, {"StringNotEquals": {"sts:ExternalId": "example-insurance"}})
	count(data.rules.identity.third_party_external_id.deny) == 1 with input as given
	count(data.rules.identity.third_party_external_id.unknown) == 0 with input as given
}

test_an_account_of_the_organization_is_fine if {
	given := trusting(foreign, {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg0"}})
	count(data.rules.identity.third_party_external_id.deny) == 0 with input as given
	count(data.rules.identity.third_party_external_id.unknown) == 0 with input as given
}

test_a_path_in_the_organization_is_fine if {
	given := trusting(foreign, {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorg0/r-abcd/*"}})
	count(data.rules.identity.third_party_external_id.deny) == 0 with input as given
	count(data.rules.identity.third_party_external_id.unknown) == 0 with input as given
}

test_any_organization_is_none if {
	given := trusting(foreign, {"StringLike": {"aws:PrincipalOrgID": "o-*"}})
	count(data.rules.identity.third_party_external_id.deny) == 1 with input as given
	count(data.rules.identity.third_party_external_id.unknown) == 0 with input as given
}

test_the_account_itself_is_fine if {
	given := trusting("arn:aws:iam::111122223333:root", {})
	count(data.rules.identity.third_party_external_id.deny) == 0 with input as given
	count(data.rules.identity.third_party_external_id.unknown) == 0 with input as given
}

test_an_account_that_parameters_list_is_fine if {
	given := trusting(foreign, {})
	listed := {"999988887777": "the backup account"}
	count(data.rules.identity.third_party_external_id.deny) == 0 with input as given with data.parameters.identity.accounts.trusted as listed
	count(data.rules.identity.third_party_external_id.unknown) == 0 with input as given with data.parameters.identity.accounts.trusted as listed
}

test_the_account_is_known_by_the_role_that_the_provider_takes if {
	given := plans.with_provider(role("arn:aws:iam::111122223333:root", {}), {"assume_role": [{"role_arn": {"constant_value": "arn:aws:iam::111122223333:role/deploy"}}]})
	count(data.rules.identity.third_party_external_id.deny) == 0 with input as given
	count(data.rules.identity.third_party_external_id.unknown) == 0 with input as given
}

test_the_account_is_known_by_what_its_data_source_read if {
	read := {"mode": "data", "type": "aws_caller_identity", "values": {"account_id": "111122223333"}}
	values := {"root_module": {"child_modules": [{"child_modules": [{"resources": [read]}]}]}}
	given := json.patch(role(foreign, {}), [{"op": "add", "path": "/plan/prior_state", "value": {"values": values}}])
	count(data.rules.identity.third_party_external_id.deny) == 1 with input as given
	count(data.rules.identity.third_party_external_id.unknown) == 0 with input as given
}

test_without_knowing_the_account_it_is_unknown if {
	given := role(foreign, {})
	count(data.rules.identity.third_party_external_id.deny) == 0 with input as given
	count(data.rules.identity.third_party_external_id.unknown) == 1 with input as given
}

test_an_id_of_nobody_is_unknown if {
	given := trusting("AROAEXAMPLEEXAMPLE01", {})
	count(data.rules.identity.third_party_external_id.deny) == 0 with input as given
	count(data.rules.identity.third_party_external_id.unknown) == 1 with input as given
}

test_a_text_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_iam_role", {}), {"assume_role_policy": true})])
	count(data.rules.identity.third_party_external_id.deny) == 0 with input as given
	count(data.rules.identity.third_party_external_id.unknown) == 1 with input as given
}

test_a_written_text_with_roles_of_its_own_is_fine if {
	given := written("${jsonencode({Statement = [{Effect = \"Allow\", Principal = {AWS = [aws_iam_role.a[0].arn, \"arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root\"]}, Action = [\"sts:AssumeRole\"]}]})}")
	count(data.rules.identity.third_party_external_id.deny) == 0 with input as given
	count(data.rules.identity.third_party_external_id.unknown) == 0 with input as given
}

test_a_network_says_nothing_of_who_somebody_is if {
	given := trusting(foreign, {"StringEquals": {"aws:SourceVpc": "vpc-0a1b2c3d"}})
	count(data.rules.identity.third_party_external_id.deny) == 1 with input as given
}

test_whoever_is_refused_is_not_trusted if {
	every effect, denials in {"Allow": 1, "Deny": 0} {
		document := {"Statement": [{"Effect": effect, "Principal": {"AWS": foreign}, "Action": "sts:AssumeRole"}]}
		given := plans.with_provider(plans.production([plans.made("aws_iam_role", {"assume_role_policy": json.marshal(document)})]), home)
		count(data.rules.identity.third_party_external_id.deny) == denials with input as given
	}
}

test_a_written_text_for_a_role_of_the_module_is_fine_whatever_it_may_do if {
	given := written("${jsonencode({Statement = [{Effect = \"Allow\", Principal = {AWS = aws_iam_role.this.arn}, Action = \"*\"}]})}")
	count(data.rules.identity.third_party_external_id.unknown) == 0 with input as given
}

test_a_written_text_is_unknown_unless_no_account_is_among_its_principals if {
	every principal, unknowns in {
		"{Service = \"backup.amazonaws.com\"}": 0,
		"{\"Federated\" = aws_iam_openid_connect_provider.this.arn}": 0,
		"{AWS = var.partner}": 1,
		"{Service = \"backup.amazonaws.com\", AWS = var.partner}": 1,
		"local.principal": 1,
	} {
		given := written(concat("", ["${jsonencode({Statement = [{Effect = \"Allow\", Principal = ", principal, ", Action = \"sts:AssumeRole\"}]})}"]))
		count(data.rules.identity.third_party_external_id.unknown) == unknowns with input as given
	}
}
