# METADATA
# title: No permission allows every action on every resource
# description: |
#   A wildcard action on a wildcard resource is an administrator of that service, whatever the role is
#   called; so is the attachment of one of AWS's own policies that say the same, such as
#   AdministratorAccess. Reading actions (Describe, List, and Get where it reads no data) often take no
#   resource and may be given by prefix.
# custom:
#   id: identity/no_wildcard_action_on_wildcard_resource
#   severity: critical
#   controls:
#     - "CIS AWS 3.0: 1.16"
#     - "PCI DSS 4.0: 7.2.2"
#     - "SOC 2: CC6.3"
#   fix: |
#     Name the actions, or the resources, or both. groundplan.iam.allow(...) checks that they exist.
#   avoid:
#     aws_iam_policy:
#       name: prod-velero
#       policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
#   prefer:
#     aws_iam_policy:
#       name: prod-velero
#       policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::prod-velero/*"}]}'
package rules.identity.no_wildcard_action_on_wildcard_resource

import data.lib.finding
import data.lib.iam
import data.lib.plan

import rego.v1

rule := {"id": "identity/no_wildcard_action_on_wildcard_resource", "severity": "critical"}

deny contains finding.on(rule, document.resource, concat("", ["allows ", action, " on ", target])) if {
	some document in data.lib.iam.documents
	some statement in iam.statements(iam.source(document))
	statement.effect == "Allow"
	some target in statement.resources
	wide_resource(target)
	some action in statement.actions
	wide_action(action)
}

deny contains finding.on(rule, document.resource, "allows everything except what NotAction names, on every resource") if {
	some document in data.lib.iam.documents
	some statement in iam.statements(iam.source(document))
	statement.effect == "Allow"
	count(statement.not_actions) > 0
	some target in statement.resources
	wide_resource(target)
}

deny contains finding.on(rule, document.resource, concat("", ["allows ", action, " on everything except what NotResource names"])) if {
	some document in data.lib.iam.documents
	some statement in iam.statements(iam.source(document))
	statement.effect == "Allow"
	count(statement.not_resources) > 0
	some action in statement.actions
	wide_action(action)
}

deny contains finding.on(rule, document.resource, "allows everything except what NotAction names, on everything except what NotResource names") if {
	some document in data.lib.iam.documents
	some statement in iam.statements(iam.source(document))
	statement.effect == "Allow"
	count(statement.not_actions) > 0
	count(statement.not_resources) > 0
}

deny contains finding.on(rule, found.resource, concat("", ["attaches ", found.policy, ", which allows every action of a service on every resource"])) if {
	some found in data.lib.iam.attached
	regex.match(data.parameters.identity.administrator_policy_pattern, found.policy)
}

deny contains finding.on(rule, document.resource, "holds a policy that is not JSON") if {
	some document in data.lib.iam.documents
	content := plan.text(document.resource, document.path)
	content != ""
	not iam.statements(content)
}

unknown contains finding.on(rule, document.resource, "holds a policy whose text is known only at apply") if {
	some document in data.lib.iam.documents
	plan.unknown_at(document.resource, document.path)
	not iam.written_without_wildcard(document)
	not iam.written_with_named_actions(document)
}

unknown contains finding.on(rule, resource, "says only at apply which policy it attaches") if {
	some resource in data.lib.iam.open_attachments
}

# Nothing but wildcards, or an ARN that ends in one before it names anything: `arn:aws:s3:*`, `arn:aws:s3:::*/*`.
wide_resource(arn) if regex.match(`^[*?]+$`, arn)

wide_resource(arn) if regex.match(`^arn:([^:]*:){0,4}[*?]+$`, arn)

wide_resource(arn) if regex.match(`^arn:([^:]*:){3}[^:]*:[*?/]*[*?][*?/]*$`, arn)

wide_action(action) if {
	regex.match(`[*?]`, action)
	not iam.reading(action)
}
