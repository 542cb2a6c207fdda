# METADATA
# title: New volumes are encrypted, whoever makes them
# description: |
#   The account's own switch covers what no plan shows: volumes that Kubernetes, an autoscaling group or
#   somebody in the console makes.
# custom:
#   id: encryption/volumes_encrypted_by_default
#   severity: critical
#   controls:
#     - "CIS AWS 3.0: 2.2.1"
#     - "PCI DSS 4.0: 3.5.1"
#     - "SOC 2: CC6.1"
#   fix: |
#     Leave aws_ebs_encryption_by_default enabled.
#   avoid:
#     aws_ebs_encryption_by_default:
#       enabled: false
#   prefer:
#     aws_ebs_encryption_by_default:
#       enabled: true
package rules.encryption.volumes_encrypted_by_default

import data.lib.finding
import data.lib.switches

import rego.v1

rule := {"id": "encryption/volumes_encrypted_by_default", "severity": "critical"}

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/ebs_encryption_by_default
deny contains finding.on(rule, found.resource, found.fault) if {
	some found in switches.wrong(data.parameters.compute.volumes_by_default)
}

unknown contains finding.on(rule, found.resource, found.fault) if {
	some found in switches.open(data.parameters.compute.volumes_by_default)
}
