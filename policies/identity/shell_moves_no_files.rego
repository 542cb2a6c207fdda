# METADATA
# title: Nobody carries files out of production through CloudShell
# description: |
#   The console downloads from a shell what its user can read, to any computer that has a browser, and uploads programs
#   as easily; neither passes a network that somebody watches. A policy that denies both may allow the rest of CloudShell.
#   AWSCloudShellFullAccess is denied by no_wildcard_action_on_wildcard_resource.
#   https://docs.aws.amazon.com/cloudshell/latest/userguide/sec-auth-with-identities.html
# custom:
#   id: identity/shell_moves_no_files
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 7.2.2"
#     - "SOC 2: CC6.7"
#   fix: |
#     Take cloudshell:GetFileDownloadUrls and cloudshell:GetFileUploadUrls out of what is allowed, or deny both in the same
#     policy. A file that a shell needs comes by a bucket that its role may read.
#   avoid:
#     aws_iam_policy:
#       name: prod-developers
#       policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"cloudshell:*","Resource":"arn:aws:cloudshell:us-east-1:111122223333:environment/*"}]}'
#   prefer:
#     aws_iam_policy:
#       name: prod-developers
#       policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["cloudshell:CreateSession","cloudshell:PutCredentials"],"Resource":"arn:aws:cloudshell:us-east-1:111122223333:environment/*"}]}'
package rules.identity.shell_moves_no_files

import data.lib.finding
import data.lib.iam
import data.lib.plan

import rego.v1

rule := {"id": "identity/shell_moves_no_files", "severity": "major"}

transfers := {"cloudshell:getfiledownloadurls", "cloudshell:getfileuploadurls"}

deny contains finding.on(rule, document.resource, concat("", ["allows ", action, " in production"])) if {
	data.lib.settings.production
	some document in data.lib.iam.documents
	statements := iam.statements(iam.source(document))
	some action in transfers
	allowed(statements, action)
	not denied(statements, action)
}

unknown contains finding.on(rule, document.resource, "holds a policy whose text is known only at apply, and may move files of shells") if {
	data.lib.settings.production
	some document in data.lib.iam.documents
	plan.unknown_at(document.resource, document.path)
	not written_without_shells(document)
}

allowed(statements, action) if {
	some statement in statements
	statement.effect == "Allow"
	names(statement, action)
}

# A denial counts that holds for every shell, whoever asks.
denied(statements, action) if {
	some statement in statements
	statement.effect == "Deny"
	count(statement.conditions) == 0
	"*" in statement.resources
	names(statement, action)
}

names(statement, action) if {
	some given in statement.actions
	iam.names_action(given, action)
}

names(statement, action) if {
	count(statement.not_actions) > 0
	count([given | some given in statement.not_actions; iam.names_action(given, action)]) == 0
}

# Every action is spelled out as far as its service, and none is CloudShell's.
written_without_shells(document) if {
	text := iam.written(document)
	not contains(lower(text), "cloudshell:")
	not contains(text, "NotAction")
	not regex.match(`\bAction"?\s*=\s*[^\["\s]`, text)
	not regex.match(`\bAction"?\s*=\s*(\[[^\]]*)?"[^":,\]]*[*?]`, text)
}
