# METADATA
# title: Buckets are encrypted with a customer managed key
# description: |
#   S3 encrypts everything, by default with a key of its own that anyone with s3:GetObject uses without
#   asking. A customer managed key adds a second door: no read without kms:Decrypt. Buckets that take the logs
#   of application and classic load balancers, or the access logs of other buckets, are left out: these services
#   write only with S3's own key. Network load balancers and CloudFront take a key of ours.
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

import data.lib.buckets
import data.lib.finding
import data.lib.keys
import data.lib.links
import data.lib.plan

import rego.v1

rule := {"id": "storage/bucket_customer_key", "severity": "critical"}

helper_type := "aws_s3_bucket_server_side_encryption_configuration"

block := "server_side_encryption_configuration"

defaults := ["rule", 0, "apply_server_side_encryption_by_default", 0]

problems[bucket.address] contains "has no encryption configuration" if {
	some bucket in asked
	buckets.missing(bucket, block, helper_type)
}

problems[bucket.address] contains problem if {
	some bucket in asked
	some configuration in configurations(bucket)
	problem := keys.problem(keys.kind(configuration.resource, array.concat(configuration.place, ["kms_master_key_id"])))
}

problems[bucket.address] contains "is not encrypted by KMS" if {
	some bucket in asked
	some configuration in configurations(bucket)
	algorithm := array.concat(configuration.place, ["sse_algorithm"])
	not plan.undecided(configuration.resource, algorithm)
	not startswith(plan.text(configuration.resource, algorithm), "aws:kms")
}

deny contains finding.on(rule, bucket, problem) if {
	not data.lib.buckets.may_take_logs
	some bucket in asked
	some problem in problems[bucket.address]
}

unknown contains finding.on(rule, bucket, concat("", [problem, "; it may take logs of a service that writes only with S3's own key"])) if {
	data.lib.buckets.may_take_logs
	some bucket in asked
	some problem in problems[bucket.address]
}

unknown contains finding.on(rule, bucket, "may have an encryption configuration that names it only at apply") if {
	some bucket in asked
	buckets.unclear(bucket, block, helper_type)
}

unknown contains finding.on(rule, bucket, "gets its key or algorithm only at apply") if {
	some bucket in asked
	some configuration in configurations(bucket)
	unclear(configuration)
}

unclear(configuration) if keys.kind(configuration.resource, array.concat(configuration.place, ["kms_master_key_id"])) == "unknown"

unclear(configuration) if plan.undecided(configuration.resource, array.concat(configuration.place, ["sse_algorithm"]))

asked contains bucket if {
	some bucket in plan.of("aws_s3_bucket")
	not buckets.takes_logs(bucket)
}

# Where the key and the algorithm stand: in the bucket itself or in a resource of their own.
configurations(bucket) := {{"resource": helper, "place": defaults} | some helper in links.of(helper_type, bucket)} | {{"resource": bucket, "place": array.concat([block, 0], defaults)} |
	buckets.inline(bucket, block)
}
