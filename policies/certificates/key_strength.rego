# METADATA
# title: Certificates have keys that hold
# description: |
#   RSA below 2048 bits can be broken by those who have reason to, and what was recorded today is read
#   then. An authority's key must hold for as long as anything that it signed is trusted.
# custom:
#   id: certificates/key_strength
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 4.2.1"
#     - "PCI DSS 4.0: 12.3.3"
#     - "SOC 2: CC6.7"
#   fix: |
#     Use RSA_2048 or more, or EC_prime256v1 or more; in cert-manager a privateKey size of 2048 or more
#     for RSA, 256 or more for ECDSA.
#   avoid:
#     aws_acm_certificate:
#       domain_name: www.example.com
#       validation_method: DNS
#       key_algorithm: RSA_1024
#   prefer:
#     aws_acm_certificate:
#       domain_name: www.example.com
#       validation_method: DNS
#       key_algorithm: EC_prime256v1
package rules.certificates.key_strength

import data.lib.finding
import data.lib.objects
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "certificates/key_strength", "severity": "critical"}

paths := {
	"aws_acm_certificate": ["key_algorithm"],
	"aws_acmpca_certificate_authority": ["certificate_authority_configuration", 0, "key_algorithm"],
}

# Without a word on it, ACM makes RSA_2048.
deny contains finding.on(rule, resource, concat("", ["has a weak key: ", algorithm])) if {
	some type, path in paths
	some resource in plan.of(type)
	algorithm := plan.text(resource, path)
	algorithm != ""
	not algorithm in data.parameters.certificates.key_algorithms
}

deny contains finding.on(rule, found.resource, concat("", ["has a certificate with a weak key: ", objects.name(found)])) if {
	some found in data.lib.objects.certificates
	algorithm := value.text(value.at(found.object, ["spec", "privateKey", "algorithm"], "RSA"))
	least := data.parameters.certificates.least_bits[algorithm]
	size := value.at(found.object, ["spec", "privateKey", "size"], least)
	is_number(size)
	size < least
}

unknown contains finding.on(rule, resource, "says only at apply what keys its certificates have") if {
	some resource in objects.undecided(["spec", "privateKey"])
}

unknown contains finding.on(rule, resource, "says only at apply what kind of key it has") if {
	some type, path in paths
	some resource in plan.of(type)
	plan.undecided(resource, path)
}
