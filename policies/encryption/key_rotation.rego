# METADATA
# title: KMS keys rotate every year by themselves
# description: |
#   A key that never rotates protects ever more data with one secret. Rotation costs nothing, keeps the
#   key's ARN, and old data stays readable. Asymmetric and HMAC keys cannot rotate by themselves and are
#   left out.
# custom:
#   id: encryption/key_rotation
#   severity: major
#   controls:
#     - "CIS AWS 3.0: 3.6"
#     - "PCI DSS 4.0: 3.7.4"
#     - "SOC 2: CC6.1"
#   fix: |
#     Set enable_key_rotation = true.
#   avoid:
#     aws_kms_key:
#       description: backups
#   prefer:
#     aws_kms_key:
#       description: backups
#       enable_key_rotation: true
package rules.encryption.key_rotation

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "encryption/key_rotation", "severity": "major"}

deny contains finding.on(rule, key, "does not rotate") if {
	some key in rotating
	not plan.unknown_at(key, ["enable_key_rotation"])
	plan.known(key, ["enable_key_rotation"], false) != true
}

unknown contains finding.on(rule, key, "says only at apply whether it rotates") if {
	some key in rotating
	plan.unknown_at(key, ["enable_key_rotation"])
}

rotating contains key if {
	some key in plan.of("aws_kms_key")
	plan.known(key, ["customer_master_key_spec"], "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
	plan.known(key, ["key_usage"], "ENCRYPT_DECRYPT") == "ENCRYPT_DECRYPT"
}
