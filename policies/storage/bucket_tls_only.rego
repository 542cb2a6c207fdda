# METADATA
# title: Buckets refuse requests without TLS
# description: |
#   S3 answers plain HTTP as well. Only a bucket policy that denies requests with aws:SecureTransport
#   false keeps data off the wire in clear. A policy whose text is not known yet, but is written in the
#   module as a deny on aws:SecureTransport, counts.
# custom:
#   id: storage/bucket_tls_only
#   severity: critical
#   controls:
#     - "CIS AWS 3.0: 2.1.1"
#     - "PCI DSS 4.0: 4.2.1"
#     - "SOC 2: CC6.7"
#   fix: |
#     Add a statement to the bucket's policy: Deny, Principal *, Action s3:*, Condition Bool
#     aws:SecureTransport false, on the bucket and everything in it.
#   avoid:
#     aws_s3_bucket:
#       bucket: prod-claims
#     aws_s3_bucket_policy:
#       bucket: ${aws_s3_bucket.example.id}
#       policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::prod-claims/*"}]}'
#   prefer:
#     aws_s3_bucket:
#       bucket: prod-claims
#     aws_s3_bucket_policy:
#       bucket: ${aws_s3_bucket.example.id}
#       policy: '{"Version":"2012-10-17","Statement":[{"Sid":"TlsOnly","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::prod-claims","arn:aws:s3:::prod-claims/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}'
package rules.storage.bucket_tls_only

import data.lib.buckets
import data.lib.finding
import data.lib.iam
import data.lib.links
import data.lib.plan

import rego.v1

rule := {"id": "storage/bucket_tls_only", "severity": "critical"}

helper_type := "aws_s3_bucket_policy"

deny contains finding.on(rule, bucket, "has no policy that denies requests without TLS") if {
	some bucket in plan.of("aws_s3_bucket")
	buckets.missing(bucket, "policy", helper_type)
}

deny contains finding.on(rule, bucket, "has a policy that does not deny requests without TLS") if {
	some bucket in plan.of("aws_s3_bucket")
	helpers := holders(bucket)
	count(helpers) > 0
	every helper in helpers {
		not plan.undecided(helper, ["policy"])
		not denies_plain_http(helper)
	}
}

unknown contains finding.on(rule, bucket, "may have a policy that names it only at apply") if {
	some bucket in plan.of("aws_s3_bucket")
	buckets.unclear(bucket, "policy", helper_type)
}

unknown contains finding.on(rule, bucket, "has a policy whose text is known only at apply") if {
	some bucket in plan.of("aws_s3_bucket")
	some helper in holders(bucket)
	plan.undecided(helper, ["policy"])
	not written_as_tls_only(helper)
}

# Where a policy stands: in a resource of its own or in the bucket itself, under the same names.
holders(bucket) := links.of(helper_type, bucket) | {bucket | buckets.inline(bucket, "policy")}

# Another condition beside it, or another thing than the whole bucket, would leave a way in clear.
denies_plain_http(helper) if {
	some statement in iam.statements(plan.text(helper, ["policy"]))
	statement.effect == "Deny"
	"AWS:*" in statement.principals
	everything(statement.actions)
	whole(statement.resources, plan.text(helper, ["bucket"]))
	count(statement.conditions) == 1
	condition := statement.conditions[0]
	condition.operator in {"bool", "boolifexists"}
	condition.key == "aws:securetransport"
	lower(condition.values[0]) == "false"
}

everything(actions) if "s3:*" in actions

everything(actions) if "*" in actions

# The bucket and everything in it; its name may be known only at apply.
whole(resources, _) if "*" in resources

whole(resources, bucket) if {
	some itself in resources
	regex.match(`^arn:[^:]*:s3:::[^/]+$`, itself)
	endswith(itself, bucket)
	concat("", [itself, "/*"]) in resources
}

# Terraform JSON keeps the text with its references; the unknown parts of such a policy are ARNs.
written_as_tls_only(helper) if {
	some statement in regex.find_n(written_statement, plan.template(helper, ["policy"]), -1)
	regex.match(`\bPrincipal"? = (\{"?AWS"? = )?\[?"\*"`, statement)
	regex.match(`\bAction"? = \[?"(s3:)?\*"`, statement)
	regex.match(`/\*"|Resource"? = \[?"\*"`, statement)
}

written_statement := `"?Effect"? = "Deny",([^{}]|\$?\{[^{}]*\})*"?Condition"? = \{"?Bool(IfExists)?"? = \{"aws:SecureTransport" = \[?"?false"?\]?\}\}`
