# METADATA
# title: People get permissions from groups or roles, never by themselves
# description: |
#   Permissions of single users are forgotten when somebody changes teams: nobody reads them when access
#   is reviewed.
# custom:
#   id: identity/no_policy_on_users
#   severity: major
#   controls:
#     - "CIS AWS 3.0: 1.15"
#     - "PCI DSS 4.0: 7.2.2"
#     - "SOC 2: CC6.3"
#   fix: |
#     Attach the policy to a role that people assume, or to a group.
#   avoid:
#     aws_iam_user_policy_attachment:
#       user: jane
#       policy_arn: arn:aws:iam::111122223333:policy/prod-velero
#   prefer:
#     aws_iam_role_policy_attachment:
#       role: prod-velero
#       policy_arn: arn:aws:iam::111122223333:policy/prod-velero
package rules.identity.no_policy_on_users

import data.lib.finding
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "identity/no_policy_on_users", "severity": "major"}

deny contains finding.on(rule, resource, "gives permissions to a single user") if {
	some type in ["aws_iam_user_policy", "aws_iam_user_policy_attachment"]
	some resource in plan.of(type)
}

deny contains finding.on(rule, resource, "gives permissions to a single user") if {
	some type, attribute in lists
	some resource in plan.of(type)
	count(value.list(plan.known(resource, [attribute], []))) > 0
}

unknown contains finding.on(rule, resource, "says only at apply whether it gives permissions to a single user") if {
	some type, attribute in lists
	some resource in plan.of(type)
	plan.unknown_at(resource, [attribute])
}

# An empty list takes permissions away from a user.
lists := {
	"aws_iam_policy_attachment": "users",
	"aws_iam_user_policies_exclusive": "policy_names",
	"aws_iam_user_policy_attachments_exclusive": "policy_arns",
}
