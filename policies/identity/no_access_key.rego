# METADATA
# title: Nobody gets a key that never expires
# description: |
#   An access key works from anywhere until somebody deletes it, and Terraform writes its secret into
#   the state. Roles give credentials for an hour: to people by single sign-on, to pods by their
#   identity, to pipelines by OIDC.
# custom:
#   id: identity/no_access_key
#   severity: critical
#   controls:
#     - "CIS AWS 3.0: 1.14"
#     - "PCI DSS 4.0: 8.6.3"
#     - "SOC 2: CC6.1"
#   fix: |
#     Use a role: IAM Identity Center for people, EKS Pod Identity for pods, OIDC for pipelines.
#   avoid:
#     aws_iam_access_key:
#       user: gitlab
#       status: Active
#   prefer:
#     aws_iam_access_key:
#       user: gitlab
#       status: Inactive
package rules.identity.no_access_key

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "identity/no_access_key", "severity": "critical"}

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/iam_access_key#status: Active unless written
deny contains finding.on(rule, key, "is a key that never expires") if {
	some key in plan.of("aws_iam_access_key")
	not plan.undecided(key, ["status"])
	plan.known(key, ["status"], "Active") == "Active"
}

deny contains finding.on(rule, credential, "is a password that never expires") if {
	some type in ["aws_iam_service_specific_credential", "aws_iam_user_login_profile"]
	some credential in plan.of(type)
	plan.known(credential, ["status"], "Active") == "Active"
}

unknown contains finding.on(rule, key, "says only at apply whether it works") if {
	some type in ["aws_iam_access_key", "aws_iam_service_specific_credential"]
	some key in plan.of(type)
	plan.undecided(key, ["status"])
}
