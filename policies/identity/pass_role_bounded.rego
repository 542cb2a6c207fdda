# METADATA
# title: Roles are passed on by name
# description: |
#   Who may pass any role to a service may start a function or an instance with the role of an
#   administrator: passing roles is every other permission at once. A wildcard over an account's roles
#   is borne only where iam:PassedToService says which service may have them.
# custom:
#   id: identity/pass_role_bounded
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 7.2.2"
#     - "PCI DSS 4.0: 7.2.5"
#     - "SOC 2: CC6.3"
#   fix: |
#     Name the role's ARN, and the service in a condition on iam:PassedToService.
#   avoid:
#     aws_iam_policy:
#       name: prod-deploy
#       policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}]}'
#   prefer:
#     aws_iam_policy:
#       name: prod-deploy
#       policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/prod-nodes"}]}'
package rules.identity.pass_role_bounded

import data.lib.finding
import data.lib.iam
import data.lib.plan

import rego.v1

rule := {"id": "identity/pass_role_bounded", "severity": "critical"}

# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
deny contains finding.on(rule, document.resource, concat("", ["passes on ", target, " by ", grant.action])) if {
	some document in data.lib.iam.documents
	some statement in iam.statements(iam.source(document))
	some grant in grants(statement)
	some target in statement.resources
	any_role(target)
}

deny contains finding.on(rule, document.resource, concat("", ["passes on ", target, " by ", grant.action, ", to any service"])) if {
	some document in data.lib.iam.documents
	some statement in iam.statements(iam.source(document))
	some grant in grants(statement)
	some target in statement.resources
	many_roles(target)
	not to_named_services(statement)
}

deny contains finding.on(rule, document.resource, concat("", ["passes on every role except what NotResource names, by ", grant.action])) if {
	some document in data.lib.iam.documents
	some statement in iam.statements(iam.source(document))
	some grant in grants(statement)
	count(statement.not_resources) > 0
}

unknown contains finding.on(rule, document.resource, "holds a policy whose text is known only at apply, and may pass on any role") if {
	some document in data.lib.iam.documents
	plan.unknown_at(document.resource, document.path)
	not iam.written_without_wildcard(document)
	not written_without_passing(document)
}

# The actions of a statement that allow iam:PassRole, wildcards and NotAction among them.
grants(statement) := {{"action": action} |
	statement.effect == "Allow"
	some action in statement.actions
	matches(action)
} | {{"action": "NotAction"} |
	statement.effect == "Allow"
	count(statement.not_actions) > 0
	count([action | some action in statement.not_actions; matches(action)]) == 0
}

matches(action) if iam.names_action(action, "iam:passrole")

any_role(arn) if regex.match(`^[*?]+$`, arn)

any_role(arn) if regex.match(`^arn:([^:]*:){0,4}[*?]+$`, arn)

# A wildcard that begins within the path or name, before anything of it is named.
many_roles(arn) if {
	not any_role(arn)
	regex.match(`^arn:[^:]*:iam:[^:]*:[^:]*:(role/|[*?])[*?/]*$`, arn)
}

to_named_services(statement) if {
	some condition in statement.conditions
	condition.key == "iam:passedtoservice"
	condition.operator in {"stringequals", "stringequalsignorecase", "stringlike"}
	count(condition.values) > 0
	every service in condition.values {
		not regex.match(`^[*?.]*$`, service)
	}
}

# Every action is spelled out, and passing roles is none of them.
written_without_passing(document) if {
	iam.written_with_named_actions(document)
	not contains(lower(iam.written(document)), "iam:passrole")
}
