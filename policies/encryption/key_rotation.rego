# METADATA
# title: KMS keys rotate every year by themselves
# description: |
#   A key that never rotates protects ever more data with one secret. Rotation costs nothing, keeps the
#   key's ARN, and old data stays readable. Keys that cannot rotate by themselves are left out:
#   asymmetric ones, such as the key that signs a DNS zone, HMAC keys, and keys of a custom key store. A
#   replica rotates with its primary.
# custom:
#   id: encryption/key_rotation
#   severity: major
#   controls:
#     - "CIS AWS 3.0: 3.6"
#     - "PCI DSS 4.0: 3.7.4"
#     - "SOC 2: CC6.1"
#   fix: |
#     Set enable_key_rotation = true; of a multi-region key, on the primary.
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

# What decides whether a key can rotate, and what it is when nobody says so.
kinds := {"customer_master_key_spec": "SYMMETRIC_DEFAULT", "key_usage": "ENCRYPT_DECRYPT", "custom_key_store_id": ""}

deny contains finding.on(rule, key, "does not rotate") if {
	some key in plan.of("aws_kms_key")
	every attribute, default_value in kinds {
		not plan.undecided(key, [attribute])
		plan.known(key, [attribute], default_value) == default_value
	}
	not plan.undecided(key, ["enable_key_rotation"])
	plan.known(key, ["enable_key_rotation"], false) != true
}

unknown contains finding.on(rule, key, "says only at apply whether it rotates") if {
	some key in may_rotate
	plan.undecided(key, ["enable_key_rotation"])
}

unknown contains finding.on(rule, key, "says only at apply whether it is a key that can rotate, and does not") if {
	some key in may_rotate
	some attribute, _ in kinds
	plan.undecided(key, [attribute])
	not plan.undecided(key, ["enable_key_rotation"])
	plan.known(key, ["enable_key_rotation"], false) != true
}

may_rotate contains key if {
	some key in plan.of("aws_kms_key")
	every attribute, default_value in kinds {
		plan.known(key, [attribute], default_value) == default_value
	}
}
