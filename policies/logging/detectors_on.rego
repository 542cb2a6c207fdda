# METADATA
# title: GuardDuty, Config and Macie stay on
# description: |
#   What detects an intruder is the first thing an intruder switches off. A plan that does so is read by
#   somebody before it is applied.
# custom:
#   id: logging/detectors_on
#   severity: critical
#   controls:
#     - "CIS AWS 3.0: 3.3"
#     - "PCI DSS 4.0: 10.7.2"
#     - "PCI DSS 4.0: 11.5.1"
#     - "SOC 2: CC7.1"
#     - "SOC 2: CC7.2"
#   fix: |
#     Leave the detector on; to leave a service for good, remove its resources in a change of its own.
#   avoid:
#     aws_guardduty_detector:
#       enable: false
#   prefer:
#     aws_guardduty_detector:
#       enable: true
package rules.logging.detectors_on

import data.lib.finding
import data.lib.switches

import rego.v1

rule := {"id": "logging/detectors_on", "severity": "critical"}

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/guardduty_detector#enable
deny contains finding.on(rule, found.resource, found.fault) if {
	some found in switches.wrong(data.parameters.logging.detectors)
}

unknown contains finding.on(rule, found.resource, found.fault) if {
	some found in switches.open(data.parameters.logging.detectors)
}
