# METADATA
# title: Buckets keep versions
# description: |
#   Without versions an overwrite or a delete is final, by mistake or by ransom. Versions also are what
#   replication and object lock need.
# custom:
#   id: storage/bucket_versioned
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 10.3.3"
#     - "SOC 2: A1.2"
#   fix: |
#     Add aws_s3_bucket_versioning with status Enabled.
#   avoid:
#     aws_s3_bucket:
#       bucket: prod-claims
#     aws_s3_bucket_versioning:
#       bucket: ${aws_s3_bucket.example.id}
#       versioning_configuration:
#       - status: Suspended
#   prefer:
#     aws_s3_bucket:
#       bucket: prod-claims
#     aws_s3_bucket_versioning:
#       bucket: ${aws_s3_bucket.example.id}
#       versioning_configuration:
#       - status: Enabled
package rules.storage.bucket_versioned

import data.lib.buckets
import data.lib.finding
import data.lib.links
import data.lib.plan

import rego.v1

rule := {"id": "storage/bucket_versioned", "severity": "major"}

helper_type := "aws_s3_bucket_versioning"

status := ["versioning_configuration", 0, "status"]

deny contains finding.on(rule, bucket, "does not keep versions") if {
	some bucket in plan.of("aws_s3_bucket")
	buckets.missing(bucket, "versioning", helper_type)
}

deny contains finding.on(rule, bucket, "does not keep versions") if {
	some bucket in plan.of("aws_s3_bucket")
	some helper in links.of(helper_type, bucket)
	not plan.undecided(helper, status)
	plan.text(helper, status) != "Enabled"
}

unknown contains finding.on(rule, bucket, "may keep versions by a resource that names it only at apply") if {
	some bucket in plan.of("aws_s3_bucket")
	buckets.unclear(bucket, "versioning", helper_type)
}

unknown contains finding.on(rule, bucket, "says only at apply whether it keeps versions") if {
	some bucket in plan.of("aws_s3_bucket")
	some helper in links.of(helper_type, bucket)
	plan.undecided(helper, status)
}

# --- As written in the bucket itself

enabled := ["versioning", 0, "enabled"]

deny contains finding.on(rule, bucket, "does not keep versions") if {
	some bucket in plan.of("aws_s3_bucket")
	buckets.inline(bucket, "versioning")
	not plan.undecided(bucket, enabled)
	plan.known(bucket, enabled, false) != true
}

unknown contains finding.on(rule, bucket, "says only at apply whether it keeps versions") if {
	some bucket in plan.of("aws_s3_bucket")
	plan.undecided(bucket, enabled)
}
