# METADATA
# title: A permission lets only those in whom it names
# description: |
#   A permission of a Lambda function, layer, event bus, snapshot, image or endpoint service is a statement of a resource
#   policy by other means. Principal * lets any account in, and a service whoever names the function to it, unless the
#   permission says which source, account or organization. Which types are permissions is in
#   parameters/identity/permissions. Function URLs are judged by rules of their own.
# custom:
#   id: identity/permission_bounded
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 7.2.1"
#     - "SOC 2: CC6.1"
#     - "SOC 2: CC6.6"
#   fix: |
#     Set source_arn, and source_account where the ARN names no account (buckets), or principal_org_id.
#   avoid:
#     aws_lambda_permission:
#       action: lambda:InvokeFunction
#       function_name: prod-claims
#       principal: s3.amazonaws.com
#   prefer:
#     aws_lambda_permission:
#       action: lambda:InvokeFunction
#       function_name: prod-claims
#       principal: s3.amazonaws.com
#       source_arn: arn:aws:s3:::prod-claims
#       source_account: "111122223333"
package rules.identity.permission_bounded

import data.lib.accounts
import data.lib.finding
import data.lib.iam
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "identity/permission_bounded", "severity": "critical"}

deny contains finding.on(rule, permission, "lets every account in") if {
	some permission in permissions
	some name in names(permission)
	name in {"*", "all"}
	not has_url(permission)
	not bounded(permission)
}

# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-intro.html
deny contains finding.on(rule, permission, "lets every account start instances of the image") if {
	some permission in plan.of("aws_ami_launch_permission")
	plan.text(permission, ["group"]) == "all"
}

deny contains finding.on(rule, permission, concat("", ["lets account ", account, " in"])) if {
	some permission in permissions
	some name in names(permission)
	account := account_of(name)
	accounts.whose(account) == "foreign"
	not bounded(permission)
}

deny contains finding.on(rule, permission, concat("", ["lets ", name, " in for whomever it acts"])) if {
	some permission in plan.of("aws_lambda_permission")
	some name in names(permission)
	is_service(name)
	not name in data.parameters.identity.deputies.lambda.without
	not bounded(permission)
}

unknown contains finding.on(rule, permission, concat("", ["lets ", name, " in, and the plan does not say whose account that is"])) if {
	some permission in permissions
	some name in names(permission)
	account := account_of(name)
	accounts.whose(account) == "unknown"
	not bounded(permission)
}

unknown contains finding.on(rule, permission, "says only at apply whom it lets in") if {
	some permission in permissions
	path := data.parameters.identity.permissions[permission.type]
	plan.undecided(permission, path)
	not plan.comes_from(permission, path, {"aws_iam_role", "aws_caller_identity"})
	not bounded(permission)
}

permissions := [permission |
	some type, _ in data.parameters.identity.permissions
	some permission in plan.of(type)
]

names(permission) := value.strings(plan.known(permission, data.parameters.identity.permissions[permission.type], []))

# An ARN of AWS Organizations names its management account, and means the organization.
account_of(name) := account if {
	not regex.match(`^arn:[^:]*:organizations:`, name)
	account := iam.account_of(concat(":", ["AWS", name]))
	account != ""
}

is_service(name) if regex.match(`\.(amazonaws\.com(\.cn)?|amazon\.com)$`, name)

has_url(permission) if plan.text(permission, ["function_url_auth_type"]) != ""

bounded(permission) if {
	some attribute in ["principal_org_id", "organization_id"]
	given(permission, attribute)
}

bounded(permission) if accounts.may_be_own(plan.text(permission, ["source_account"]))

bounded(permission) if {
	plan.text(permission, ["source_account"]) == ""
	iam.confines("aws:sourcearn", plan.text(permission, ["source_arn"]))
}

# What is known only at apply comes from a resource: a name of one, not a wildcard. A bucket's ARN names no account.
bounded(permission) if plan.undecided(permission, ["source_account"])

bounded(permission) if {
	plan.undecided(permission, ["source_arn"])
	not plan.comes_from(permission, ["source_arn"], {"aws_s3_bucket"})
}

# An event bus names an organization in a condition.
bounded(permission) if {
	some condition in value.list(plan.known(permission, ["condition"], []))
	iam.confines(lower(value.text(value.at(condition, ["key"], ""))), value.text(value.at(condition, ["value"], "")))
}

given(permission, attribute) if plan.text(permission, [attribute]) != ""

given(permission, attribute) if plan.undecided(permission, [attribute])
