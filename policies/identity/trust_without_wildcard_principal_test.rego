package tests.identity.trust_without_wildcard_principal

import data.testing.plans

import rego.v1

test_a_role_that_trusts_everybody_is_denied if {
	given := plans.production([plans.made("aws_iam_role", {"assume_role_policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"sts:AssumeRole\"}]}"})])
	count(data.rules.identity.trust_without_wildcard_principal.deny) == 1 with input as given
	count(data.rules.identity.trust_without_wildcard_principal.unknown) == 0 with input as given
}

test_a_role_that_trusts_every_account_is_denied_even_with_a_condition if {
	given := plans.production([plans.made("aws_iam_role", {"assume_role_policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": [\"*\"]}, \"Action\": \"sts:AssumeRole\", \"Condition\": {\"StringEquals\": {\"aws:PrincipalOrgID\": \"o-1\"}}}]}"})])
	count(data.rules.identity.trust_without_wildcard_principal.deny) == 1 with input as given
	count(data.rules.identity.trust_without_wildcard_principal.unknown) == 0 with input as given
}

test_a_role_that_trusts_all_but_some_is_denied if {
	given := plans.production([plans.made("aws_iam_role", {"assume_role_policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"NotPrincipal\": {\"AWS\": \"arn:aws:iam::111122223333:root\"}, \"Action\": \"sts:AssumeRole\"}]}"})])
	count(data.rules.identity.trust_without_wildcard_principal.deny) == 1 with input as given
	count(data.rules.identity.trust_without_wildcard_principal.unknown) == 0 with input as given
}

test_a_trust_policy_that_is_not_json_is_denied if {
	given := plans.production([plans.made("aws_iam_role", {"assume_role_policy": "no"})])
	count(data.rules.identity.trust_without_wildcard_principal.deny) == 1 with input as given
	count(data.rules.identity.trust_without_wildcard_principal.unknown) == 0 with input as given
}

test_a_role_that_trusts_a_service_is_fine if {
	given := plans.production([plans.made("aws_iam_role", {"assume_role_policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"Service\": \"backup.amazonaws.com\"}, \"Action\": \"sts:AssumeRole\"}]}"})])
	count(data.rules.identity.trust_without_wildcard_principal.deny) == 0 with input as given
	count(data.rules.identity.trust_without_wildcard_principal.unknown) == 0 with input as given
}

test_a_text_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_iam_role", {}), {"assume_role_policy": true})])
	count(data.rules.identity.trust_without_wildcard_principal.deny) == 0 with input as given
	count(data.rules.identity.trust_without_wildcard_principal.unknown) == 1 with input as given
}

test_a_written_text_that_names_its_principals_is_fine if {
	given := plans.production([plans.reads(plans.made("aws_iam_role", {}), "assume_role_policy", {"constant_value": "${var.irsa ? jsonencode({Statement = [{Principal = {Federated = var.oidc}}]}) : jsonencode({Statement = [{Principal = {Service = \"pods.eks.amazonaws.com\"}}]})}"})])
	count(data.rules.identity.trust_without_wildcard_principal.deny) == 0 with input as given
	count(data.rules.identity.trust_without_wildcard_principal.unknown) == 0 with input as given
}

test_a_written_text_with_a_wildcard_principal_is_unknown if {
	given := plans.production([plans.reads(plans.made("aws_iam_role", {}), "assume_role_policy", {"constant_value": "${jsonencode({Statement = [{Principal = \"*\", Condition = {StringEquals = {x = var.y}}}]})}"})])
	count(data.rules.identity.trust_without_wildcard_principal.deny) == 0 with input as given
	count(data.rules.identity.trust_without_wildcard_principal.unknown) == 1 with input as given
}

test_a_wildcard_principal_that_the_caller_passes_is_unknown if {
	given := plans.production([plans.reads(plans.made("aws_iam_role", {}), "assume_role_policy", {"constant_value": "${jsonencode({Statement = [{Effect = \"Allow\", Principal = {AWS = var.trusted}, Action = [\"sts:AssumeRole\"], Condition = {ArnEquals = {x = aws_sns_topic.this.arn}}}]})}", "references": ["var.trusted", "aws_sns_topic.this.arn"]})])
	count(data.rules.identity.trust_without_wildcard_principal.unknown) == 0 with input as given
	wide := plans.called_with(given, {"trusted": {"constant_value": ["*"]}})
	count(data.rules.identity.trust_without_wildcard_principal.unknown) == 1 with input as wide
}

test_whoever_is_refused_is_not_trusted if {
	every principal in [{"Principal": "*"}, {"NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}}] {
		every effect, denials in {"Allow": 1, "Deny": 0} {
			document := {"Statement": [object.union(principal, {"Effect": effect, "Action": "sts:AssumeRole"})]}
			given := plans.production([plans.made("aws_iam_role", {"assume_role_policy": json.marshal(document)})])
			count(data.rules.identity.trust_without_wildcard_principal.deny) == denials with input as given
		}
	}
}
