# METADATA
# title: Buckets are encrypted with a customer managed key
# description: |
#   S3 encrypts everything, by default with a key of its own that anyone with s3:GetObject uses without
#   asking. A customer managed key adds a second door: no read without kms:Decrypt.
# custom:
#   id: storage/bucket_customer_key
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 3.5.1"
#     - "PCI DSS 4.0: 3.6.1"
#     - "SOC 2: CC6.1"
#   fix: |
#     Add aws_s3_bucket_server_side_encryption_configuration with sse_algorithm aws:kms and
#     kms_master_key_id.
#   avoid:
#     aws_s3_bucket:
#       bucket: prod-claims
#     aws_s3_bucket_server_side_encryption_configuration:
#       bucket: ${aws_s3_bucket.example.id}
#       rule:
#       - apply_server_side_encryption_by_default:
#         - sse_algorithm: AES256
#   prefer:
#     aws_s3_bucket:
#       bucket: prod-claims
#     aws_s3_bucket_server_side_encryption_configuration:
#       bucket: ${aws_s3_bucket.example.id}
#       rule:
#       - apply_server_side_encryption_by_default:
#         - sse_algorithm: aws:kms
#           kms_master_key_id: arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000
package rules.storage.bucket_customer_key

import data.lib.finding
import data.lib.keys
import data.lib.links
import data.lib.plan

import rego.v1

rule := {"id": "storage/bucket_customer_key", "severity": "critical"}

helper_type := "aws_s3_bucket_server_side_encryption_configuration"

defaults := ["rule", 0, "apply_server_side_encryption_by_default", 0]

key := array.concat(defaults, ["kms_master_key_id"])

algorithm := array.concat(defaults, ["sse_algorithm"])

deny contains finding.on(rule, bucket, "has no encryption configuration") if {
	some bucket in plan.of("aws_s3_bucket")
	links.missing(helper_type, bucket)
}

deny contains finding.on(rule, bucket, keys.problem(kind)) if {
	some bucket in plan.of("aws_s3_bucket")
	some helper in links.of(helper_type, bucket)
	kind := keys.kind(helper, key)
	kind in {"aws", "none"}
}

deny contains finding.on(rule, bucket, "is not encrypted by KMS") if {
	some bucket in plan.of("aws_s3_bucket")
	some helper in links.of(helper_type, bucket)
	not plan.undecided(helper, algorithm)
	not startswith(plan.text(helper, algorithm), "aws:kms")
}

unknown contains finding.on(rule, bucket, "may have an encryption configuration that names it only at apply") if {
	some bucket in plan.of("aws_s3_bucket")
	links.unclear(helper_type, bucket)
}

unknown contains finding.on(rule, bucket, "gets its key or algorithm only at apply") if {
	some bucket in plan.of("aws_s3_bucket")
	some helper in links.of(helper_type, bucket)
	unclear(helper)
}

unclear(helper) if keys.kind(helper, key) == "unknown"

unclear(helper) if plan.undecided(helper, algorithm)
