# METADATA
# title: Permits are complete, and end
# description: |
#   A permit to delete or to buy is for one change in one month. Left behind, it permits the next one
#   too.
# custom:
#   id: exceptions/permit_valid
#   severity: major
#   controls:
#     - "SOC 2: CC8.1"
#   fix: |
#     Remove the permit; add a new one when the next change needs it.
#   avoid:
#     permits:
#     - stack: prod-selftest
#       address: aws_s3_bucket.example
#       reason: scratch space
#       owner: platform
#       last_day: '2020-01-31'
#   prefer:
#     permits:
#     - stack: prod-selftest
#       address: aws_s3_bucket.example
#       reason: scratch space
#       owner: platform
#       last_day: '{in_a_month}'
package audits.exceptions.permit_valid

import data.lib.exceptions
import data.lib.finding
import data.lib.value

import rego.v1

rule := {"id": "exceptions/permit_valid", "severity": "major"}

deny contains finding.at(rule, label(permit), concat("", ["this permit does not count: ", fault])) if {
	some permit in data.lib.exceptions.permits
	some fault in exceptions.permit_faults(permit)
}

label(permit) := value.text(object.get(permit, "address", "exceptions/data.yaml"))
