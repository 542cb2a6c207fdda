# METADATA
# title: The account's passwords are long and not used again
# description: |
#   Where people still sign in with a password, its length is what keeps a guess from working.
# custom:
#   id: identity/password_policy
#   severity: minor
#   controls:
#     - "CIS AWS 3.0: 1.8"
#     - "CIS AWS 3.0: 1.9"
#     - "PCI DSS 4.0: 8.3.6"
#     - "PCI DSS 4.0: 8.3.7"
#     - "SOC 2: CC6.1"
#   fix: |
#     Set minimum_password_length to at least 14 and password_reuse_prevention to 24.
#   avoid:
#     aws_iam_account_password_policy:
#       minimum_password_length: 8
#   prefer:
#     aws_iam_account_password_policy:
#       minimum_password_length: 14
#       password_reuse_prevention: 24
package rules.identity.password_policy

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "identity/password_policy", "severity": "minor"}

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/iam_account_password_policy, https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
# Nobody wrote it: six characters, and any old password again.
unwritten := {"minimum_password_length": 6, "password_reuse_prevention": 0}

deny contains finding.on(rule, policy, concat("", ["sets ", attribute, " to ", format_int(got, 10), ", less than ", format_int(least, 10)])) if {
	some policy in plan.of("aws_iam_account_password_policy")
	some attribute, least in data.parameters.passwords
	not plan.undecided(policy, [attribute])
	got := plan.number(policy, [attribute], unwritten[attribute])
	got < least
}

unknown contains finding.on(rule, policy, concat("", ["says its ", attribute, " only at apply"])) if {
	some policy in plan.of("aws_iam_account_password_policy")
	some attribute, _ in data.parameters.passwords
	plan.undecided(policy, [attribute])
}
