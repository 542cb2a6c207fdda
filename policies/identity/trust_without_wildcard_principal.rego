# METADATA
# title: No role trusts everybody
# description: |
#   A trust policy with principal * lets any AWS account in the world assume the role; a condition that
#   narrows it is one typing error away from nothing.
# custom:
#   id: identity/trust_without_wildcard_principal
#   severity: blocker
#   controls:
#     - "PCI DSS 4.0: 7.2.1"
#     - "SOC 2: CC6.1"
#     - "SOC 2: CC6.3"
#   fix: |
#     Name the principals: a service, an account's role, or the cluster's identity provider.
#   avoid:
#     aws_iam_role:
#       name: prod-velero
#       assume_role_policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'
#   prefer:
#     aws_iam_role:
#       name: prod-velero
#       assume_role_policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}'
package rules.identity.trust_without_wildcard_principal

import data.lib.finding
import data.lib.iam
import data.lib.plan

import rego.v1

rule := {"id": "identity/trust_without_wildcard_principal", "severity": "blocker"}

deny contains finding.on(rule, role, concat("", ["trusts ", principal])) if {
	some role in plan.of("aws_iam_role")
	some statement in iam.statements(iam.source(trust(role)))
	statement.effect == "Allow"
	some principal in statement.principals
	endswith(principal, ":*")
}

deny contains finding.on(rule, role, "trusts everybody except those that NotPrincipal names") if {
	some role in plan.of("aws_iam_role")
	some statement in iam.statements(iam.source(trust(role)))
	statement.effect == "Allow"
	count(statement.not_principals) > 0
}

deny contains finding.on(rule, role, "has a trust policy that is not JSON") if {
	some role in plan.of("aws_iam_role")
	not plan.unknown_at(role, ["assume_role_policy"])
	not iam.statements(plan.text(role, ["assume_role_policy"]))
}

unknown contains finding.on(rule, role, "has a trust policy whose text is known only at apply") if {
	some role in plan.of("aws_iam_role")
	plan.unknown_at(role, ["assume_role_policy"])
	not iam.written_without_wildcard(trust(role))
}

trust(role) := {"resource": role, "path": ["assume_role_policy"]}
