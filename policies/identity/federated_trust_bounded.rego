# METADATA
# title: Roles that an identity provider vouches for name whom
# description: |
#   A token of GitLab, GitHub, an EKS cluster or a SAML portal says who runs, in sub, and for whom it was made, in aud.
#   A role that does not ask for both is taken by any project, branch or namespace that the provider knows; so is one
#   that asks with a wildcard for what anybody may name. A test that passes without the key (IfExists, ForAllValues)
#   asks for nothing. How far a wildcard may reach is in parameters/identity/issuers, by issuer: a branch or tag needs a
#   fixed start, an EKS namespace must be named, all its service accounts may be meant.
# custom:
#   id: identity/federated_trust_bounded
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 7.2.5"
#     - "SOC 2: CC6.1"
#   fix: |
#     Add StringEquals on <issuer>:aud, and StringEquals or StringLike on <issuer>:sub that names project and branch, or
#     namespace; StringEquals on SAML:aud for a SAML provider.
#   avoid:
#     aws_iam_role:
#       name: prod-push
#       assume_role_policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/gitlab.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"gitlab.com:aud":"https://gitlab.com"},"StringLike":{"gitlab.com:sub":"project_path:example-insurance/*"}}}]}'
#   prefer:
#     aws_iam_role:
#       name: prod-push
#       assume_role_policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/gitlab.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"gitlab.com:aud":"https://gitlab.com","gitlab.com:sub":"project_path:example-insurance/claims:ref_type:branch:ref:main"}}}]}'
package rules.identity.federated_trust_bounded

import data.lib.finding
import data.lib.iam
import data.lib.plan

import rego.v1

rule := {"id": "identity/federated_trust_bounded", "severity": "critical"}

deny contains finding.on(rule, role, concat("", ["trusts ", provider, " without asking for ", claim])) if {
	some role in plan.of("aws_iam_role")
	some statement in iam.statements(iam.source(trust(role)))
	some provider in federated(statement)
	some claim in claims(provider)
	key := concat(":", [prefix(provider), claim])
	every condition in iam.demands(statement) {
		condition.key != lower(key)
	}
}

deny contains finding.on(rule, role, concat("", ["trusts whoever ", provider, " calls ", item])) if {
	some role in plan.of("aws_iam_role")
	some statement in iam.statements(iam.source(trust(role)))
	some provider in federated(statement)
	some item in loose(statement, provider)
	not reads_unlisted(provider, item)
}

unknown contains finding.on(rule, role, concat("", ["trusts whoever ", provider, " calls ", item, ", and nobody listed what that issuer's subjects look like"])) if {
	some role in plan.of("aws_iam_role")
	some statement in iam.statements(iam.source(trust(role)))
	some provider in federated(statement)
	some item in loose(statement, provider)
	reads_unlisted(provider, item)
}

unknown contains finding.on(rule, role, "has a trust policy whose text is known only at apply") if {
	some role in plan.of("aws_iam_role")
	plan.unknown_at(role, ["assume_role_policy"])
	not written_without_federation(role)
}

trust(role) := {"resource": role, "path": ["assume_role_policy"]}

# Statements that let by what they except trust everybody: that is another rule.
federated(statement) := {trim_prefix(principal, "Federated:") |
	statement.effect == "Allow"
	some principal in statement.principals
	startswith(principal, "Federated:")
}

# The name that the provider's keys begin with: `saml`, or the issuer's URL without its scheme.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
prefix(provider) := "saml" if {
	contains(provider, ":saml-provider/")
} else := split(provider, ":oidc-provider/")[1] if {
	contains(provider, ":oidc-provider/")
} else := provider

claims(provider) := ["aud"] if {
	prefix(provider) == "saml"
} else := object.get(data.parameters.identity.issuers.claims, prefix(provider), data.parameters.identity.issuers.claims_of_others)

# Values by which anybody's token might pass: those of a condition, when no other condition on the same claim confines.
loose(statement, provider) := {item |
	some claim in claims(provider)
	key := lower(concat(":", [prefix(provider), claim]))
	asked := [condition | some condition in iam.demands(statement); condition.key == key]
	count([condition | some condition in asked; confined(condition, provider, claim)]) == 0
	some condition in asked
	some item in condition.values
	not named(condition, item, provider, claim)
}

confined(condition, provider, claim) if {
	every item in condition.values {
		named(condition, item, provider, claim)
	}
}

# Only the tests that are called like take `*` for anything.
named(condition, _, _, _) if condition.test in {"stringequals", "stringequalsignorecase"}

named(_, item, _, _) if not regex.match(`[*?]`, item)

named(_, item, provider, "sub") if {
	some known in data.parameters.identity.issuers.subjects
	regex.match(known.issuer, prefix(provider))
	regex.match(known.subject, item)
}

# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
named(_, item, provider, "aud") if {
	prefix(provider) == "saml"
	regex.match(`^https://[a-z0-9*-]+\.signin\.aws\.amazon\.com/saml`, item)
}

reads_unlisted(provider, item) if {
	prefix(provider) != "saml"
	not regex.match(data.parameters.identity.issuers.listed, prefix(provider))
	not startswith(item, "*")
	not regex.match(`^(project_path|repo|system:serviceaccount):`, item)
}

written_without_federation(role) if {
	text := iam.written(trust(role))
	not contains(text, "Federated")
}
