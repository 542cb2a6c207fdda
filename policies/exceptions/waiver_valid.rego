# METADATA
# title: Waivers are complete, and end
# description: |
#   A waiver is a debt with a date: a rule, an address, a reason, an owner, and a last day at most a
#   year away. One that is incomplete or over counts for nothing.
# custom:
#   id: exceptions/waiver_valid
#   severity: major
#   controls:
#     - "SOC 2: CC8.1"
#   fix: |
#     Fix the finding, or renew the waiver with a new last_day and somebody's review.
#   avoid:
#     waivers:
#     - rule: storage/bucket_versioned
#       stack: prod-selftest
#       address: aws_s3_bucket.example
#       reason: scratch space
#       owner: platform
#       last_day: '2020-01-31'
#   prefer:
#     waivers:
#     - rule: storage/bucket_versioned
#       stack: prod-selftest
#       address: aws_s3_bucket.example
#       reason: scratch space
#       owner: platform
#       last_day: '{in_a_month}'
#     aws_s3_bucket:
#       bucket: scratch
package audits.exceptions.waiver_valid

import data.lib.exceptions
import data.lib.finding
import data.lib.value

import rego.v1

rule := {"id": "exceptions/waiver_valid", "severity": "major"}

deny contains finding.at(rule, label(waiver), concat("", ["this waiver does not count: ", fault])) if {
	some waiver in data.lib.exceptions.waivers
	some fault in exceptions.waiver_faults(waiver)
}

label(waiver) := value.text(object.get(waiver, "address", "exceptions/data.yaml"))
