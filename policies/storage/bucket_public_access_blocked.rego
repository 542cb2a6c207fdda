# METADATA
# title: Buckets block every form of public access
# description: |
#   One wrong policy or ACL publishes a bucket. The public access block makes that mistake impossible,
#   whatever the policy says.
# custom:
#   id: storage/bucket_public_access_blocked
#   severity: blocker
#   controls:
#     - "CIS AWS 3.0: 2.1.4"
#     - "PCI DSS 4.0: 1.3.1"
#     - "SOC 2: CC6.1"
#     - "SOC 2: CC6.6"
#   fix: |
#     Add aws_s3_bucket_public_access_block with all four settings true.
#   avoid:
#     aws_s3_bucket:
#       bucket: prod-claims
#     aws_s3_bucket_public_access_block:
#       bucket: ${aws_s3_bucket.example.id}
#       block_public_acls: true
#       block_public_policy: false
#       ignore_public_acls: true
#       restrict_public_buckets: true
#   prefer:
#     aws_s3_bucket:
#       bucket: prod-claims
#     aws_s3_bucket_public_access_block:
#       bucket: ${aws_s3_bucket.example.id}
#       block_public_acls: true
#       block_public_policy: true
#       ignore_public_acls: true
#       restrict_public_buckets: true
package rules.storage.bucket_public_access_blocked

import data.lib.finding
import data.lib.links
import data.lib.plan

import rego.v1

rule := {"id": "storage/bucket_public_access_blocked", "severity": "blocker"}

helper_type := "aws_s3_bucket_public_access_block"

settings := {"block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"}

deny contains finding.on(rule, bucket, "has no public access block") if {
	some bucket in plan.of("aws_s3_bucket")
	links.missing(helper_type, bucket)
}

deny contains finding.on(rule, bucket, concat("", ["does not set ", setting])) if {
	some bucket in plan.of("aws_s3_bucket")
	some helper in links.of(helper_type, bucket)
	some setting in settings
	not plan.undecided(helper, [setting])
	plan.known(helper, [setting], false) != true
}

unknown contains finding.on(rule, bucket, "may have a public access block that names it only at apply") if {
	some bucket in plan.of("aws_s3_bucket")
	links.unclear(helper_type, bucket)
}

unknown contains finding.on(rule, bucket, concat("", ["says only at apply whether it sets ", setting])) if {
	some bucket in plan.of("aws_s3_bucket")
	some helper in links.of(helper_type, bucket)
	some setting in settings
	plan.undecided(helper, [setting])
}
