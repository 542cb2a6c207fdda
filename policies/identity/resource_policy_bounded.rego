# METADATA
# title: No policy of a resource lets strangers in
# description: |
#   A policy on a bucket, key, queue, secret or repository gives access without any policy of the caller's account.
#   Principal *, a foreign account, or a service that acts for anybody needs a condition that tells one account,
#   organization or network from all others; an explicit Deny of everybody else does as well. A test that passes
#   without its key (IfExists, ForAllValues) bounds nothing. Which types have such a policy is in
#   parameters/identity/resource_policies, our accounts in parameters/identity/accounts.
# custom:
#   id: identity/resource_policy_bounded
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 7.2.1"
#     - "SOC 2: CC6.1"
#     - "SOC 2: CC6.6"
#   fix: |
#     Name accounts or roles of ours, or add StringEquals on aws:PrincipalOrgID, aws:SourceAccount or aws:SourceArn; for a
#     service, on aws:SourceAccount. List another account of ours in policies/parameters/identity/accounts/data.json.
#   avoid:
#     aws_sqs_queue_policy:
#       queue_url: https://sqs.us-east-1.amazonaws.com/111122223333/prod-claims
#       policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:111122223333:prod-claims"}]}'
#   prefer:
#     aws_sqs_queue_policy:
#       queue_url: https://sqs.us-east-1.amazonaws.com/111122223333/prod-claims
#       policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:111122223333:prod-claims","Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:111122223333:prod-claims"}}}]}'
package rules.identity.resource_policy_bounded

import data.lib.finding
import data.lib.iam
import data.lib.plan

import rego.v1

rule := {"id": "identity/resource_policy_bounded", "severity": "critical"}

deny contains finding.on(rule, found.resource, concat("", ["lets everyone in: ", named(found.statement)])) if {
	some found in open_to.everyone
}

deny contains finding.on(rule, found.resource, concat("", ["lets account ", iam.account_of(found.principal), " in: ", named(found.statement)])) if {
	some found in open_to.foreign
	not delivers_logs(found)
}

deny contains finding.on(rule, policy.resource, concat("", ["lets everyone in except those that NotPrincipal names: ", named(statement)])) if {
	some policy in data.lib.iam.resource_policies
	some statement in iam.statements(iam.source(policy))
	statement.effect == "Allow"
	count(statement.not_principals) > 0
}

deny contains finding.on(rule, found.resource, concat("", ["lets ", iam.service(found.principal), " in for whomever it acts: ", named(found.statement)])) if {
	some found in open_to.service
	data.parameters.identity.deputies[found.kind][iam.service(found.principal)]
	not iam.bounded_for_services(found.statement)
}

deny contains finding.on(rule, policy.resource, "has a resource policy that is not JSON") if {
	some policy in data.lib.iam.resource_policies
	not plan.unknown_at(policy.resource, policy.path)
	not iam.statements(plan.text(policy.resource, policy.path))
}

unknown contains finding.on(rule, found.resource, concat("", ["lets ", found.principal, " in, and the plan does not say whose that is: ", named(found.statement)])) if {
	some found in open_to.unknown
}

unknown contains finding.on(rule, policy.resource, "has a resource policy whose text is known only at apply") if {
	some policy in data.lib.iam.resource_policies
	plan.unknown_at(policy.resource, policy.path)
	not iam.written_for_insiders(policy)
}

# The statements that let principals in, wherever they come from, by whose those are.
open_to[kind] contains object.union(policy, {"statement": statement, "principal": principal}) if {
	some policy in data.lib.iam.resource_policies
	document := iam.statements(iam.source(policy))
	some statement in document
	statement.effect == "Allow"
	not iam.bounded(statement)
	not iam.denied_to_outsiders(document, statement)
	some principal in statement.principals
	kind := iam.who(principal)
}

# Load balancers deliver their logs from accounts of AWS's own.
delivers_logs(found) if {
	found.kind == "s3"
	iam.account_of(found.principal) in data.parameters.identity.accounts.log_delivery.accounts
	every action in found.statement.actions {
		action in data.parameters.identity.accounts.log_delivery.actions
	}
}

named(statement) := statement.sid if {
	statement.sid != ""
} else := concat(", ", array.concat(statement.actions, statement.not_actions))
