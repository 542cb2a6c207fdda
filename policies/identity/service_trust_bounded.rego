# METADATA
# title: A service takes a role only in this account's name, where it says in whose name it acts
# description: |
#   AWS services work for every account. Where one is documented to say for which account and resource it takes a role,
#   the role asks, so that nobody makes the service use it for them. Which services are is in
#   parameters/identity/deputies, each with the page that says so; EC2, Lambda and replication of S3, among others,
#   are not.
# custom:
#   id: identity/service_trust_bounded
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 7.2.5"
#     - "SOC 2: CC6.1"
#   fix: |
#     Add StringEquals on aws:SourceAccount, or ArnLike on aws:SourceArn. building.service_role does.
#   avoid:
#     aws_iam_role:
#       name: prod-backup
#       assume_role_policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
#   prefer:
#     aws_iam_role:
#       name: prod-backup
#       assume_role_policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}}]}'
package rules.identity.service_trust_bounded

import data.lib.finding
import data.lib.iam
import data.lib.plan

import rego.v1

rule := {"id": "identity/service_trust_bounded", "severity": "major"}

deny contains finding.on(rule, role, concat("", ["trusts ", name, " in whoever's name it acts: neither aws:SourceArn nor aws:SourceAccount is asked for"])) if {
	some role in plan.of("aws_iam_role")
	some statement in iam.statements(iam.source(trust(role)))
	statement.effect == "Allow"
	some principal in statement.principals
	name := iam.service(principal)
	data.parameters.identity.deputies.trust[name]
	not iam.bounded(statement)
}

unknown contains finding.on(rule, role, "has a trust policy whose text is known only at apply") if {
	some role in plan.of("aws_iam_role")
	plan.unknown_at(role, ["assume_role_policy"])
	not iam.written_for_insiders(trust(role))
	not names_no_deputy(role)
}

names_no_deputy(role) if {
	text := iam.written(trust(role))
	every name, _ in data.parameters.identity.deputies.trust {
		not contains(text, name)
	}
}

trust(role) := {"resource": role, "path": ["assume_role_policy"]}
