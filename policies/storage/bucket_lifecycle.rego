# METADATA
# title: Buckets give up old versions and abandoned uploads
# description: |
#   Versions make a delete undone, and are paid for until something ends them; so are the parts of an upload that
#   nobody completed, which no list of objects shows. Data that nobody needs any more is also data that can still
#   be stolen. A rule for a folder, a tag or a size leaves the rest of the bucket as it is, and does not count.
# custom:
#   id: storage/bucket_lifecycle
#   severity: minor
#   controls:
#     - "PCI DSS 4.0: 3.2.1"
#     - "SOC 2: C1.2"
#   fix: |
#     Add aws_s3_bucket_lifecycle_configuration with an enabled rule for the whole bucket that has
#     noncurrent_version_expiration and abort_incomplete_multipart_upload.
#   avoid:
#     aws_s3_bucket:
#       bucket: prod-claims
#   prefer:
#     aws_s3_bucket:
#       bucket: prod-claims
#     aws_s3_bucket_lifecycle_configuration:
#       bucket: ${aws_s3_bucket.example.id}
#       rule:
#       - id: clean-up
#         status: Enabled
#         filter:
#         - prefix: ""
#         noncurrent_version_expiration:
#         - noncurrent_days: 30
#         abort_incomplete_multipart_upload:
#         - days_after_initiation: 7
package rules.storage.bucket_lifecycle

import data.lib.buckets
import data.lib.finding
import data.lib.links
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "storage/bucket_lifecycle", "severity": "minor"}

helper_type := "aws_s3_bucket_lifecycle_configuration"

block := "lifecycle_rule"

# What a rule has to end, and what is said of a bucket where none does.
endings := {
	"noncurrent_version_expiration": "keeps old versions for ever",
	"abort_incomplete_multipart_upload": "keeps abandoned uploads for ever",
}

deny contains finding.on(rule, bucket, "has no lifecycle: it keeps old versions and abandoned uploads for ever") if {
	some bucket in plan.of("aws_s3_bucket")
	buckets.missing(bucket, block, helper_type)
}

deny contains finding.on(rule, bucket, problem) if {
	some bucket in plan.of("aws_s3_bucket")
	looked_at(bucket)
	not undecided(bucket)
	some ending, problem in endings
	not ends(bucket, ending)
}

unknown contains finding.on(rule, bucket, "may have a lifecycle that names it only at apply") if {
	some bucket in plan.of("aws_s3_bucket")
	buckets.unclear(bucket, block, helper_type)
}

unknown contains finding.on(rule, bucket, "says only at apply what its lifecycle ends") if {
	some bucket in plan.of("aws_s3_bucket")
	undecided(bucket)
	some ending, _ in endings
	not ends(bucket, ending)
}

looked_at(bucket) if count(links.of(helper_type, bucket)) > 0

looked_at(bucket) if buckets.inline(bucket, block)

undecided(bucket) if {
	some helper in links.of(helper_type, bucket)
	plan.partly_unknown(helper, ["rule"])
}

undecided(bucket) if plan.partly_unknown(bucket, [block])

ends(bucket, ending) if {
	some helper in links.of(helper_type, bucket)
	some each in value.list(plan.known(helper, ["rule"], []))
	value.at(each, ["status"], "") == "Enabled"
	everything(each)
	count(value.list(value.at(each, [ending], []))) > 0
}

# As written in the bucket itself, where the days of uploads are an argument.
ends(bucket, "noncurrent_version_expiration") if {
	some each in whole(bucket)
	count(value.list(value.at(each, ["noncurrent_version_expiration"], []))) > 0
}

ends(bucket, "abort_incomplete_multipart_upload") if {
	some each in whole(bucket)
	value.at(each, ["abort_incomplete_multipart_upload_days"], 0) > 0
}

whole(bucket) := [each |
	some each in value.list(plan.known(bucket, [block], []))
	value.at(each, ["enabled"], false) == true
	value.at(each, ["prefix"], "") == ""
	count(value.map(value.at(each, ["tags"], {}))) == 0
]

# Whether a rule is for all objects: without a filter, or with one that leaves nothing out.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-filters.html
everything(each) if {
	value.at(each, ["prefix"], "") == ""
	every filter in value.list(value.at(each, ["filter"], [])) {
		unbounded(filter)
	}
}

unbounded(filter) if {
	value.at(filter, ["prefix"], "") == ""
	every name in ["and", "tag"] {
		count(value.list(value.at(filter, [name], []))) == 0
	}
	every name in ["object_size_greater_than", "object_size_less_than"] {
		value.at(filter, [name], null) == null
	}
}
