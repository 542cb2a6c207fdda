package tests.identity.federated_trust_bounded

import data.testing.plans

import rego.v1

trusting(provider, condition) := plans.production([plans.made("aws_iam_role", {"assume_role_policy": json.marshal({"Statement": [{"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition}]})})])

gitlab(test, sub) := trusting("arn:aws:iam::111122223333:oidc-provider/gitlab.com", object.union({"StringEquals": {"gitlab.com:aud": "https://gitlab.com"}}, {test: object.union({"gitlab.com:sub": sub}, {"gitlab.com:aud": "https://gitlab.com"})}))

github(sub) := trusting("arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com", {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}, "StringLike": {"token.actions.githubusercontent.com:sub": sub}})

eks(sub) := trusting("arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE", {"StringLike": {"oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE:sub": sub, "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE:aud": "sts.amazonaws.com"}})

issuer(name, sub) := trusting(concat("", ["arn:aws:iam::111122223333:oidc-provider/", name]), {"StringLike": {concat("", [name, ":sub"]): sub, concat("", [name, ":aud"]): "aws"}})

saml := "arn:aws:iam::111122223333:saml-provider/portal"

test_neither_sub_nor_aud_is_two_denials if {
	given := trusting("arn:aws:iam::111122223333:oidc-provider/gitlab.com", {})
	count(data.rules.identity.federated_trust_bounded.deny) == 2 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_aud_alone_is_denied if {
	given := trusting("arn:aws:iam::111122223333:oidc-provider/gitlab.com", {"StringEquals": {"gitlab.com:aud": "https://gitlab.com"}})
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_sub_alone_is_denied if {
	given := trusting("arn:aws:iam::111122223333:oidc-provider/gitlab.com", {"StringEquals": {"gitlab.com:sub": "project_path:a/b:ref_type:branch:ref:main"}})
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_another_issuers_keys_ask_for_nothing if {
	given := trusting("arn:aws:iam::111122223333:oidc-provider/gitlab.example.com", {"StringEquals": {"gitlab.com:aud": "x", "gitlab.com:sub": "y"}})
	count(data.rules.identity.federated_trust_bounded.deny) == 2 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_project_and_its_branch_are_fine if {
	given := gitlab("StringLike", ["project_path:example/claims:ref_type:branch:ref:main", "project_path:example/team/claims:ref_type:tag:ref:v*"])
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_any_branch_of_a_project_is_denied if {
	given := gitlab("StringLike", "project_path:example/claims:ref_type:branch:ref:*")
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_any_project_of_a_group_is_denied if {
	given := gitlab("StringLike", "project_path:example/*:ref_type:branch:ref:main")
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_one_loose_value_of_two_is_denied if {
	given := gitlab("StringLike", ["project_path:example/claims:ref_type:branch:ref:main", "project_path:example/claims:*"])
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_star_that_is_no_wildcard_is_fine if {
	given := gitlab("StringEquals", "project_path:example/*")
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_subject_if_there_is_one_is_denied if {
	given := gitlab("StringLikeIfExists", "project_path:example/claims:ref_type:branch:ref:main")
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_subject_of_all_of_none_is_denied if {
	given := gitlab("ForAllValues:StringEquals", "project_path:example/claims:ref_type:branch:ref:main")
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_subject_of_any_of_some_is_fine if {
	given := gitlab("ForAnyValue:StringLike", "project_path:example/claims:ref_type:branch:ref:main")
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_subject_that_must_be_another_is_denied if {
	given := gitlab("StringNotLike", "project_path:example/claims:ref_type:branch:ref:main")
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_branch_of_a_repository_is_fine if {
	given := github(["repo:example/claims:ref:refs/heads/main", "repo:example/claims:environment:prod", "repo:example/claims:ref:refs/tags/v*"])
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_anything_of_a_repository_is_denied if {
	given := github("repo:example/claims:*")
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_any_branch_of_a_repository_is_denied if {
	given := github("repo:example/claims:ref:refs/heads/*")
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_any_repository_is_denied if {
	given := github("repo:example/*:ref:refs/heads/main")
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_repository_of_anybody_is_denied if {
	given := github("*")
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

# Repositories made since July 2026 carry the ids of their owner and their own behind the names.
# https://github.com/github/docs/pull/45221
test_a_subject_with_ids_names_the_repository if {
	given := github(["repo:example@123456/claims@456789:ref:refs/heads/main", "repo:example@123456/claims@456789:ref:refs/tags/v*"])
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_an_id_that_may_be_any_names_no_repository if {
	given := github("repo:example@*/claims@*:ref:refs/heads/main")
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
}

test_a_namespace_of_a_cluster_is_fine if {
	given := eks(["system:serviceaccount:velero:server", "system:serviceaccount:velero:*"])
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_any_namespace_is_denied if {
	given := eks("system:serviceaccount:*:velero")
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_namespaces_by_a_start_are_denied if {
	given := eks("system:serviceaccount:team-*:velero")
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_every_service_account_is_denied if {
	given := eks("system:serviceaccount:*:*")
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_workspace_in_any_phase_is_fine if {
	given := issuer("app.terraform.io", "organization:example:project:platform:workspace:prod-dns:run_phase:*")
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_any_workspace_is_denied if {
	given := issuer("app.terraform.io", "organization:example:project:platform:workspace:*:run_phase:*")
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_repository_of_bitbucket_is_fine if {
	given := issuer("api.bitbucket.org/2.0/workspaces/example/pipelines-config/identity/oidc", "{0a1b2c3d-0000-4000-8000-000000000000}:*")
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_any_repository_of_bitbucket_is_denied if {
	given := issuer("api.bitbucket.org/2.0/workspaces/example/pipelines-config/identity/oidc", "{*}:*")
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_pipeline_and_its_branch_are_fine if {
	given := issuer("agent.buildkite.com", "organization:example:pipeline:deploy:ref:refs/heads/main:commit:*")
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_project_of_circleci_is_fine if {
	given := issuer("oidc.circleci.com/org/example", "org/example/project/claims/user/*")
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_gitlab_of_ones_own_is_read_as_one if {
	given := issuer("git.example.com", "project_path:example/*")
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_wildcard_of_an_issuer_that_nobody_listed_is_unknown if {
	given := issuer("login.example.com", "team-claims-*")
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 1 with input as given
}

test_nothing_but_a_wildcard_is_denied_of_any_issuer if {
	given := issuer("login.example.com", "*")
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_any_audience_is_denied if {
	given := trusting("arn:aws:iam::111122223333:oidc-provider/login.example.com", {"StringLike": {"login.example.com:aud": "*"}, "StringEquals": {"login.example.com:sub": "claims"}})
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_pool_of_cognito_asks_for_its_own_claims if {
	given := trusting("cognito-identity.amazonaws.com", {"StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:0a1b2c3d"}, "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}})
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
test_an_app_that_people_sign_in_to_by_another_s_account_is_named if {
	every provider, claims in {
		"accounts.google.com": {"aud", "sub"},
		"graph.facebook.com": {"app_id"},
		"www.amazon.com": {"app_id"},
	} {
		asked := {key: "1234567890" | some claim in claims; key := concat(":", [provider, claim])}
		count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as trusting(provider, {"StringEquals": asked})
		found := {finding.message | some finding in data.rules.identity.federated_trust_bounded.deny} with input as trusting(provider, {})
		found == {concat("", ["trusts ", provider, " without asking for ", claim]) | some claim in claims}
	}
}

test_any_pool_of_cognito_is_denied if {
	given := trusting("cognito-identity.amazonaws.com", {})
	count(data.rules.identity.federated_trust_bounded.deny) == 2 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_portal_without_an_audience_is_denied if {
	given := trusting(saml, {})
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_portal_with_an_audience_is_fine if {
	given := trusting(saml, {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}})
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_portal_with_sign_in_of_any_region_is_fine if {
	given := trusting(saml, {"StringLike": {"SAML:aud": "https://*.signin.aws.amazon.com/saml"}})
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_portal_with_any_audience_is_denied if {
	given := trusting(saml, {"StringLike": {"SAML:aud": "*"}})
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_text_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_iam_role", {}), {"assume_role_policy": true})])
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 1 with input as given
}

test_a_written_text_without_federation_is_fine if {
	given := plans.production([plans.reads(plans.made("aws_iam_role", {}), "assume_role_policy", {"constant_value": "${jsonencode({Statement = [{Effect = \"Allow\", Principal = {Service = \"ec2.amazonaws.com\"}}]})}"})])
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_written_text_with_federation_is_unknown if {
	given := plans.production([plans.reads(plans.made("aws_iam_role", {}), "assume_role_policy", {"constant_value": "${jsonencode({Statement = [{Effect = \"Allow\", Principal = {Federated = var.provider}}]})}"})])
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 1 with input as given
}

test_a_denial_of_federated_principals_is_no_trust if {
	policy := {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}]}
	given := plans.production([plans.made("aws_iam_role", {"assume_role_policy": json.marshal(policy)})])
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as given
}

test_a_principal_of_the_account_is_no_federated_one if {
	policy := {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}]}
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as plans.production([plans.made("aws_iam_role", {"assume_role_policy": json.marshal(policy)})])
}

test_one_condition_that_names_a_subject_is_enough if {
	given := trusting("arn:aws:iam::111122223333:oidc-provider/gitlab.com", {
		"StringEquals": {"gitlab.com:aud": "https://gitlab.com", "gitlab.com:sub": "project_path:example/claims:ref_type:branch:ref:main"},
		"StringLike": {"gitlab.com:sub": "project_path:example/*"},
	})
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as given
	count(data.rules.identity.federated_trust_bounded.deny) == 0 with input as gitlab("StringEqualsIgnoreCase", "project_path:example/*")
}

test_a_pattern_of_one_issuer_names_nobody_of_another if {
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as gitlab("StringLike", "system:serviceaccount:velero:*")
	sign_in := trusting("arn:aws:iam::111122223333:oidc-provider/gitlab.com", {"StringLike": {"gitlab.com:aud": "https://*.signin.aws.amazon.com/saml"}, "StringEquals": {"gitlab.com:sub": "claims"}})
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as sign_in
	elsewhere := trusting(saml, {"StringLike": {"SAML:aud": "https://*.example.com/saml"}})
	count(data.rules.identity.federated_trust_bounded.deny) == 1 with input as elsewhere
	count(data.rules.identity.federated_trust_bounded.unknown) == 0 with input as elsewhere
}
