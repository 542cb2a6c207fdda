# METADATA
# title: Trails see every region, and prove that nobody touched them
# description: |
#   A trail of one region misses whoever works in another; one without validation cannot show that its
#   files are what CloudTrail wrote, which is what an investigator asks first.
# custom:
#   id: logging/trail_complete
#   severity: critical
#   controls:
#     - "CIS AWS 3.0: 3.1"
#     - "CIS AWS 3.0: 3.2"
#     - "PCI DSS 4.0: 10.2.1"
#     - "PCI DSS 4.0: 10.3.4"
#     - "SOC 2: CC7.2"
#   fix: |
#     Set is_multi_region_trail and enable_log_file_validation, and leave enable_logging and
#     include_global_service_events on.
#   avoid:
#     aws_cloudtrail:
#       name: prod
#       s3_bucket_name: prod-trail
#       kms_key_id: arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000
#   prefer:
#     aws_cloudtrail:
#       name: prod
#       s3_bucket_name: prod-trail
#       kms_key_id: arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000
#       is_multi_region_trail: true
#       enable_log_file_validation: true
package rules.logging.trail_complete

import data.lib.finding
import data.lib.switches

import rego.v1

rule := {"id": "logging/trail_complete", "severity": "critical"}

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cloudtrail#argument-reference
deny contains finding.on(rule, found.resource, found.fault) if {
	some found in switches.wrong(data.parameters.logging.trail)
}

unknown contains finding.on(rule, found.resource, found.fault) if {
	some found in switches.open(data.parameters.logging.trail)
}
