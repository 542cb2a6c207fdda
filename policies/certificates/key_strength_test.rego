package tests.certificates.key_strength

import data.testing.plans

import rego.v1

# A release of objects that are known only at apply, as the module wrote it.
later(kind) := plans.reads(
	plans.made("helm_release", {"name": "x", "chart": "./charts/resources"}),
	"values",
	{"constant_value": [concat("", ["${yamlencode({objects = {for name, item in var.items : name => {kind = \"", kind, "\", spec = item}}})}"])]},
)

object(key) := plans.made("kubernetes_manifest", {"manifest": {
	"apiVersion": "cert-manager.io/v1",
	"kind": "Certificate",
	"metadata": {"name": "www"},
	"spec": {"privateKey": key},
}})

test_a_short_rsa_key_is_denied if {
	given := plans.of("dev", [plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS", "key_algorithm": "RSA_1024"})])
	count(data.rules.certificates.key_strength.deny) == 1 with input as given
	count(data.rules.certificates.key_strength.unknown) == 0 with input as given
}

test_rsa_of_2048_is_fine if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS", "key_algorithm": "RSA_2048"})])
	count(data.rules.certificates.key_strength.deny) == 0 with input as given
	count(data.rules.certificates.key_strength.unknown) == 0 with input as given
}

test_an_elliptic_curve_is_fine if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS", "key_algorithm": "EC_secp384r1"})])
	count(data.rules.certificates.key_strength.deny) == 0 with input as given
	count(data.rules.certificates.key_strength.unknown) == 0 with input as given
}

test_what_acm_makes_by_itself_is_fine if {
	given := plans.production([plans.computed(plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), ["key_algorithm"])])
	count(data.rules.certificates.key_strength.deny) == 0 with input as given
	count(data.rules.certificates.key_strength.unknown) == 0 with input as given
}

test_a_kind_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), {"key_algorithm": true})])
	count(data.rules.certificates.key_strength.deny) == 0 with input as given
	count(data.rules.certificates.key_strength.unknown) == 1 with input as given
}

test_an_authority_with_a_weak_key_is_denied if {
	given := plans.production([plans.made("aws_acmpca_certificate_authority", {"certificate_authority_configuration": [{"key_algorithm": "RSA_1024"}]})])
	count(data.rules.certificates.key_strength.deny) == 1 with input as given
	count(data.rules.certificates.key_strength.unknown) == 0 with input as given
}

test_an_authority_with_a_strong_key_is_fine if {
	given := plans.production([plans.made("aws_acmpca_certificate_authority", {"certificate_authority_configuration": [{"key_algorithm": "RSA_4096"}]})])
	count(data.rules.certificates.key_strength.deny) == 0 with input as given
	count(data.rules.certificates.key_strength.unknown) == 0 with input as given
}

test_an_authority_whose_key_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.reads(plans.made("aws_acmpca_certificate_authority", {}), "certificate_authority_configuration", [{"key_algorithm": {"references": ["local.later"]}}])])
	count(data.rules.certificates.key_strength.deny) == 0 with input as given
	count(data.rules.certificates.key_strength.unknown) == 1 with input as given
}

test_a_short_key_of_cert_manager_is_denied if {
	given := plans.production([object({"algorithm": "RSA", "size": 1024})])
	count(data.rules.certificates.key_strength.deny) == 1 with input as given
	count(data.rules.certificates.key_strength.unknown) == 0 with input as given
}

test_a_small_curve_of_cert_manager_is_fine if {
	given := plans.production([object({"algorithm": "ECDSA", "size": 256})])
	count(data.rules.certificates.key_strength.deny) == 0 with input as given
	count(data.rules.certificates.key_strength.unknown) == 0 with input as given
}

test_what_cert_manager_makes_by_itself_is_fine if {
	given := plans.production([object({})])
	count(data.rules.certificates.key_strength.deny) == 0 with input as given
	count(data.rules.certificates.key_strength.unknown) == 0 with input as given
}

test_a_kind_of_one_size_is_fine if {
	given := plans.production([object({"algorithm": "Ed25519"})])
	count(data.rules.certificates.key_strength.deny) == 0 with input as given
	count(data.rules.certificates.key_strength.unknown) == 0 with input as given
}

test_a_size_that_is_no_number_is_left_to_cert_manager_to_refuse if {
	given := plans.production([object({"algorithm": "RSA", "size": true})])
	count(data.rules.certificates.key_strength.deny) == 0 with input as given
}

test_a_key_of_a_certificate_that_comes_only_at_apply_is_unknown if {
	given := plans.production([plans.later(object({}), {"manifest": {"spec": {"privateKey": {"size": true}}}})])
	count(data.rules.certificates.key_strength.unknown) == 1 with input as given
	named := plans.production([plans.later(object({}), {"manifest": {"metadata": {"name": true}}})])
	count(data.rules.certificates.key_strength.unknown) == 0 with input as named
}

test_certificates_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([later("Certificate")])
	count(data.rules.certificates.key_strength.deny) == 0 with input as given
	count(data.rules.certificates.key_strength.unknown) == 1 with input as given
}

test_other_objects_that_are_known_only_at_apply_are_fine if {
	given := plans.production([later("ClusterIssuer")])
	count(data.rules.certificates.key_strength.deny) == 0 with input as given
	count(data.rules.certificates.key_strength.unknown) == 0 with input as given
}

test_a_manifest_of_which_nothing_is_known_is_unknown if {
	given := plans.production([plans.later(plans.made("kubernetes_manifest", {}), {"manifest": true})])
	count(data.rules.certificates.key_strength.deny) == 0 with input as given
	count(data.rules.certificates.key_strength.unknown) == 1 with input as given
}

test_a_manifest_of_another_kind_is_fine_whatever_else_is_not_known if {
	given := plans.production([plans.later(plans.made("kubernetes_manifest", {"manifest": {"kind": "Gateway"}}), {"manifest": {"spec": true}})])
	count(data.rules.certificates.key_strength.deny) == 0 with input as given
	count(data.rules.certificates.key_strength.unknown) == 0 with input as given
}

test_a_certificate_of_a_cluster_has_a_key_of_enough_bits if {
	every key, denials in {
		{"algorithm": "RSA", "size": 2048}: 0,
		{"algorithm": "RSA", "size": 2047}: 1,
		{"size": 2047}: 1,
		{"algorithm": "ECDSA", "size": 256}: 0,
		{"algorithm": "ECDSA", "size": 255}: 1,
		{"algorithm": "RSA"}: 0,
	} {
		count(data.rules.certificates.key_strength.deny) == denials with input as plans.production([object(key)])
	}
}
