# METADATA
# title: Waivers are removed when nothing needs them
# description: |
#   A waiver that waives nothing hides the next finding at its address.
# custom:
#   id: exceptions/waiver_used
#   severity: minor
#   controls:
#     - "SOC 2: CC8.1"
#   fix: |
#     Remove the waiver from policies/exceptions/data.yaml.
#   avoid:
#     waivers:
#     - rule: storage/bucket_versioned
#       stack: prod-selftest
#       address: aws_s3_bucket.gone
#       reason: scratch space
#       owner: platform
#       last_day: '{in_a_month}'
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
package audits.exceptions.waiver_used

import data.lib.exceptions
import data.lib.finding

import rego.v1

rule := {"id": "exceptions/waiver_used", "severity": "minor"}

deny contains finding.at(rule, waiver.address, concat("", [waiver.rule, why(waiver)])) if {
	some waiver in data.lib.exceptions.waivers
	count(exceptions.waiver_faults(waiver)) == 0
	not used(waiver)
}

why(waiver) := ": nothing breaks it any more, for the stack is removed; the waiver goes with it" if {
	data.lib.settings.removed
} else := concat("", [": nothing of ", waiver.object, " breaks it any more"]) if {
	waiver.object != ""
} else := ": nothing here breaks it any more"

used(waiver) if {
	some found in data.lib.verdicts.raw
	exceptions.meets(waiver, found)
}

# Which objects there are nobody knows.
used(waiver) if {
	object.get(waiver, "object", "") != ""
	some release in data.lib.helm.releases
	release.address == waiver.address
	not exceptions.rendered(release.address)
}
