# METADATA
# title: A third party takes a role only by an id of its own, or as one of the organization
# description: |
#   A vendor takes roles in many accounts. Without an external id, whoever knows a role's ARN asks the vendor to use it
#   for them. Accounts that are ours stand in parameters/identity/accounts; the plan's own are known by its providers.
#   https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
# custom:
#   id: identity/third_party_external_id
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 8.2.7"
#     - "SOC 2: CC6.1"
#   fix: |
#     Add StringEquals on sts:ExternalId, or on aws:PrincipalOrgID when the account is of the organization; or list the
#     account in policies/parameters/identity/accounts/data.json, with a reason.
#   avoid:
#     provider:
#       aws.scanner: {allowed_account_ids: ["111122223333"]}
#     aws_iam_role:
#       name: prod-scanner
#       assume_role_policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:root"},"Action":"sts:AssumeRole"}]}'
#   prefer:
#     provider:
#       aws.scanner: {allowed_account_ids: ["111122223333"]}
#     aws_iam_role:
#       name: prod-scanner
#       assume_role_policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:root"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"example-insurance-prod"}}}]}'
package rules.identity.third_party_external_id

import data.lib.finding
import data.lib.iam
import data.lib.plan

import rego.v1

rule := {"id": "identity/third_party_external_id", "severity": "critical"}

deny contains finding.on(rule, found.role, concat("", ["trusts account ", iam.account_of(found.principal), " without sts:ExternalId or aws:PrincipalOrgID"])) if {
	some found in trusted("foreign")
}

unknown contains finding.on(rule, found.role, concat("", ["trusts ", found.principal, " without sts:ExternalId or aws:PrincipalOrgID, and the plan does not say whose account that is"])) if {
	some found in trusted("unknown")
}

unknown contains finding.on(rule, role, "has a trust policy whose text is known only at apply") if {
	some role in plan.of("aws_iam_role")
	plan.unknown_at(role, ["assume_role_policy"])
	not iam.written_for_insiders(trust(role))
	not written_without_accounts(role)
}

# Each principal of the written text is a service or comes from an identity provider.
written_without_accounts(role) if {
	text := iam.written(trust(role))
	named := regex.find_n(`\bPrincipal"?\s*=`, text, -1)
	count(named) == count(regex.find_n(`\bPrincipal"?\s*=\s*\{\s*"?(Service|Federated)"?\s*=`, text, -1))
	not regex.match(`\bAWS"?\s*=`, text)
}

# Those of a kind whom a role trusts for nothing but their name.
trusted(kind) := {{"role": role, "principal": principal} |
	some role in plan.of("aws_iam_role")
	some statement in iam.statements(iam.source(trust(role)))
	statement.effect == "Allow"
	some principal in statement.principals
	iam.who(principal) == kind
	not asks_who(statement)
}

asks_who(statement) if {
	some condition in iam.demands(statement)
	condition.key == "sts:externalid"
	every item in condition.values {
		not regex.match(`^[*?]`, item)
	}
}

asks_who(statement) if {
	some condition in iam.demands(statement)
	condition.key in {"aws:principalorgid", "aws:principalorgpaths"}
	every item in condition.values {
		iam.confines(condition.key, item)
	}
}

trust(role) := {"resource": role, "path": ["assume_role_policy"]}
