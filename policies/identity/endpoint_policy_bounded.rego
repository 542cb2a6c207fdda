# METADATA
# title: An endpoint of a VPC leads to our accounts only
# description: |
#   Without a policy, or with AWS's default, an endpoint carries requests of any credentials to any account's bucket or
#   queue: the way data leaves a network without internet. Principal * is fine here, for the network is the door; what
#   must be named is whose credentials (aws:PrincipalOrgID, aws:PrincipalAccount) or whose resources
#   (aws:ResourceOrgID, aws:ResourceAccount, or their ARNs) may be at its ends.
# custom:
#   id: identity/endpoint_policy_bounded
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 1.3.2"
#     - "SOC 2: CC6.6"
#     - "SOC 2: CC6.7"
#   fix: |
#     Write a policy whose Allow has StringEquals on aws:ResourceOrgID or aws:PrincipalOrgID, or names resources.
#   avoid:
#     aws_vpc_endpoint:
#       vpc_id: vpc-0a1b2c3d
#       service_name: com.amazonaws.us-east-1.s3
#   prefer:
#     aws_vpc_endpoint:
#       vpc_id: vpc-0a1b2c3d
#       service_name: com.amazonaws.us-east-1.s3
#       policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceOrgID":"o-exampleorg0"}}}]}'
package rules.identity.endpoint_policy_bounded

import data.lib.accounts
import data.lib.finding
import data.lib.iam
import data.lib.links
import data.lib.plan

import rego.v1

rule := {"id": "identity/endpoint_policy_bounded", "severity": "major"}

deny contains finding.on(rule, endpoint, "has no policy: it leads any credentials to any account") if {
	some endpoint in plan.of("aws_vpc_endpoint")
	takes_policies(endpoint)
	not iam.stated(endpoint, ["policy"])
	count(own_policies(endpoint)) == 0
	not may_have_one
}

deny contains finding.on(rule, policy.resource, concat("", ["leads any credentials to any account: ", concat(", ", array.concat(statement.actions, statement.not_actions))])) if {
	some policy in policies
	document := iam.statements(iam.source(policy))
	some statement in document
	statement.effect == "Allow"
	not bounded(statement)
	not denies_others(document)
}

deny contains finding.on(rule, policy.resource, "has a policy that is not JSON") if {
	some policy in policies
	not plan.unknown_at(policy.resource, policy.path)
	not iam.statements(plan.text(policy.resource, policy.path))
}

unknown contains finding.on(rule, policy.resource, "has a policy whose text is known only at apply") if {
	some policy in policies
	plan.unknown_at(policy.resource, policy.path)
	not names_ends(policy)
}

unknown contains finding.on(rule, endpoint, "may have a policy that names it only at apply") if {
	some endpoint in plan.of("aws_vpc_endpoint")
	takes_policies(endpoint)
	not iam.stated(endpoint, ["policy"])
	count(own_policies(endpoint)) == 0
	may_have_one
}

policies := [{"resource": resource, "path": ["policy"]} |
	some type in ["aws_vpc_endpoint", "aws_vpc_endpoint_policy"]
	some resource in plan.of(type)
	iam.stated(resource, ["policy"])
]

own_policies(endpoint) := [policy |
	some policy in plan.of("aws_vpc_endpoint_policy")
	endpoint.address in links.referenced(policy, ["vpc_endpoint_id"], "aws_vpc_endpoint")
]

# A policy whose endpoint cannot be told.
may_have_one if {
	some policy in plan.of("aws_vpc_endpoint_policy")
	plan.unknown_at(policy, ["vpc_endpoint_id"])
	count(links.referenced(policy, ["vpc_endpoint_id"], "aws_vpc_endpoint")) == 0
}

# A service of somebody else, com.amazonaws.vpce, takes none.
takes_policies(endpoint) if {
	name := plan.text(endpoint, ["service_name"])
	some service in data.parameters.identity.endpoints.services
	regex.match(concat("", [`^(com|cn\.com)\.amazonaws\.[a-z0-9-]+\.`, service, "$"]), name)
}

bounded(statement) if iam.bounded(statement)

bounded(statement) if {
	some condition in iam.demands(statement)
	ours(condition)
}

bounded(statement) if {
	count(statement.principals) > 0
	every principal in statement.principals {
		iam.who(principal) in {"own", "unknown"}
	}
}

# Resources that are named, by more than their service.
bounded(statement) if {
	count(statement.resources) > 0
	every target in statement.resources {
		not regex.match(`^[*?]+$|^arn:[^:]*:[^:]*:[^:]*:[^:]*:[*?]|^arn:[^:]*:[^:*]*:[^:]*:[*?]`, target)
	}
}

denies_others(document) if {
	some statement in document
	statement.effect == "Deny"
	"AWS:*" in statement.principals
	"*" in statement.actions
	"*" in statement.resources
	count(statement.conditions) > 0
	every condition in statement.conditions {
		shuts_out(condition)
	}
}

shuts_out(condition) if iam.keeps_out_or_spares_services(condition)

shuts_out(condition) if {
	condition.test in {"stringnotequals", "stringnotlike"}
	not condition.of_any
	ours(condition)
}

ours(condition) if {
	condition.key in {"aws:resourceorgid", "aws:resourceorgpaths"}
	every item in condition.values {
		not regex.match(`^[*?]`, item)
	}
}

ours(condition) if {
	condition.key == "aws:resourceaccount"
	every item in condition.values {
		accounts.may_be_own(item)
	}
}

names_ends(policy) if {
	text := iam.written(policy)
	regex.match(`"(?i:aws:(Resource|Principal)(OrgID|Account))"\s*=\s*\[?"?[^"*\]]`, text)
}

names_ends(policy) if iam.written_without_wildcard(policy)
