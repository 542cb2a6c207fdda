package tests.certificates.no_wildcard

import data.testing.plans

import rego.v1

# A release of objects that are known only at apply, as the module wrote it.
later(kind) := plans.reads(
	plans.made("helm_release", {"name": "x", "chart": "./charts/resources"}),
	"values",
	{"constant_value": [concat("", ["${yamlencode({objects = {for name, item in var.items : name => {kind = \"", kind, "\", spec = item}}})}"])]},
)

objects(names) := plans.made("helm_release", {"name": "x", "chart": "./charts/resources", "values": [concat("", [
	"objects: {www: {apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: www}, spec: {dnsNames: ",
	names,
	"}}}",
])]})

test_a_certificate_for_a_wildcard_is_denied if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "*.example.com", "validation_method": "DNS"})])
	count(data.rules.certificates.no_wildcard.deny) == 1 with input as given
	count(data.rules.certificates.no_wildcard.unknown) == 0 with input as given
}

test_an_alternative_wildcard_is_denied if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS", "subject_alternative_names": ["*.example.com", "example.com"]})])
	count(data.rules.certificates.no_wildcard.deny) == 1 with input as given
	count(data.rules.certificates.no_wildcard.unknown) == 0 with input as given
}

test_outside_production_it_is_fine if {
	given := plans.of("dev", [plans.made("aws_acm_certificate", {"domain_name": "*.example.com", "validation_method": "DNS"})])
	count(data.rules.certificates.no_wildcard.deny) == 0 with input as given
	count(data.rules.certificates.no_wildcard.unknown) == 0 with input as given
}

test_hosts_by_name_are_fine if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS", "subject_alternative_names": ["example.com"]})])
	count(data.rules.certificates.no_wildcard.deny) == 0 with input as given
	count(data.rules.certificates.no_wildcard.unknown) == 0 with input as given
}

test_names_that_nobody_gave_are_fine if {
	given := plans.production([plans.computed(plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), ["subject_alternative_names"])])
	count(data.rules.certificates.no_wildcard.deny) == 0 with input as given
	count(data.rules.certificates.no_wildcard.unknown) == 0 with input as given
}

test_names_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.later(plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), {"subject_alternative_names": true})])
	count(data.rules.certificates.no_wildcard.deny) == 0 with input as given
	count(data.rules.certificates.no_wildcard.unknown) == 1 with input as given
}

test_a_domain_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), {"domain_name": true})])
	count(data.rules.certificates.no_wildcard.deny) == 0 with input as given
	count(data.rules.certificates.no_wildcard.unknown) == 1 with input as given
}

test_a_wildcard_of_cert_manager_is_denied if {
	given := plans.production([objects("[\"*.example.com\"]")])
	count(data.rules.certificates.no_wildcard.deny) == 1 with input as given
	count(data.rules.certificates.no_wildcard.unknown) == 0 with input as given
}

test_a_wildcard_inside_the_cluster_is_fine_in_its_short_forms_too if {
	given := plans.production([objects("[\"*.vault\", \"*.vault.ns\", \"*.vault.ns.svc\", \"*.vault.ns.svc.cluster.local\"]")])
	count(data.rules.certificates.no_wildcard.deny) == 0 with input as given
	count(data.rules.certificates.no_wildcard.unknown) == 0 with input as given
}

test_a_wildcard_beside_those_of_the_cluster_is_denied if {
	given := plans.production([objects("[\"*.vault.ns.svc\", \"*.example.com\"]")])
	count(data.rules.certificates.no_wildcard.deny) == 1 with input as given
	count(data.rules.certificates.no_wildcard.unknown) == 0 with input as given
}

test_a_manifest_is_an_object_too if {
	given := plans.production([plans.made("kubernetes_manifest", {"manifest": {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": {"name": "www"}, "spec": {"dnsNames": ["*.example.com"]}}})])
	count(data.rules.certificates.no_wildcard.deny) == 1 with input as given
	count(data.rules.certificates.no_wildcard.unknown) == 0 with input as given
}

test_an_object_of_another_kind_has_no_names if {
	given := plans.production([plans.made("kubernetes_manifest", {"manifest": {"apiVersion": "v1", "kind": "Certificate", "spec": {"dnsNames": ["*.example.com"]}}})])
	count(data.rules.certificates.no_wildcard.deny) == 0 with input as given
	count(data.rules.certificates.no_wildcard.unknown) == 0 with input as given
}

test_certificates_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([later("Certificate")])
	count(data.rules.certificates.no_wildcard.deny) == 0 with input as given
	count(data.rules.certificates.no_wildcard.unknown) == 1 with input as given
}

test_other_objects_that_are_known_only_at_apply_are_fine if {
	given := plans.production([later("ClusterIssuer")])
	count(data.rules.certificates.no_wildcard.deny) == 0 with input as given
	count(data.rules.certificates.no_wildcard.unknown) == 0 with input as given
}

test_a_manifest_of_which_nothing_is_known_is_unknown if {
	given := plans.production([plans.later(plans.made("kubernetes_manifest", {}), {"manifest": true})])
	count(data.rules.certificates.no_wildcard.deny) == 0 with input as given
	count(data.rules.certificates.no_wildcard.unknown) == 1 with input as given
}

test_a_manifest_of_another_kind_is_fine_whatever_else_is_not_known if {
	given := plans.production([plans.later(plans.made("kubernetes_manifest", {"manifest": {"kind": "Gateway"}}), {"manifest": {"spec": true}})])
	count(data.rules.certificates.no_wildcard.deny) == 0 with input as given
	count(data.rules.certificates.no_wildcard.unknown) == 0 with input as given
}

test_a_wildcard_as_the_common_name_of_cert_manager_is_denied if {
	given := plans.production([plans.made("kubernetes_manifest", {"manifest": {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": {"name": "www"}, "spec": {"commonName": "*.example.com"}}})])
	count(data.rules.certificates.no_wildcard.deny) == 1 with input as given
	count(data.rules.certificates.no_wildcard.unknown) == 0 with input as given
}

test_a_release_whose_text_says_nothing_is_unknown if {
	given := plans.production([plans.later(plans.made("helm_release", {"name": "x", "chart": "./charts/resources"}), {"values": true})])
	count(data.rules.certificates.no_wildcard.deny) == 0 with input as given
	count(data.rules.certificates.no_wildcard.unknown) == 1 with input as given
}

test_outside_production_none_of_this_is_asked if {
	every given in [
		plans.of("dev", [plans.later(plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), {"subject_alternative_names": true})]),
		plans.of("dev", [plans.later(plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"}), {"domain_name": true})]),
		plans.of("dev", [later("Certificate")]),
		plans.of("dev", [plans.later(plans.made("kubernetes_manifest", {}), {"manifest": true})]),
		plans.of("dev", [plans.later(plans.made("helm_release", {"name": "x", "chart": "./charts/resources"}), {"values": true})]),
		plans.of("dev", [plans.made("aws_acm_certificate", {"domain_name": "*.example.com", "validation_method": "DNS"})]),
		plans.of("dev", [plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS", "subject_alternative_names": ["*.example.com", "example.com"]})]),
		plans.of("dev", [objects("[\"*.example.com\"]")]),
		plans.of("dev", [objects("[\"*.vault.ns.svc\", \"*.example.com\"]")]),
		plans.of("dev", [plans.made("kubernetes_manifest", {"manifest": {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": {"name": "www"}, "spec": {"dnsNames": ["*.example.com"]}}})]),
		plans.of("dev", [plans.made("kubernetes_manifest", {"manifest": {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": {"name": "www"}, "spec": {"commonName": "*.example.com"}}})]),
	] {
		count(data.rules.certificates.no_wildcard.deny) == 0 with input as given
		count(data.rules.certificates.no_wildcard.unknown) == 0 with input as given
	}
}

test_names_of_a_manifest_that_are_known_only_at_apply_are_unknown if {
	certificate := {"apiVersion": "cert-manager.io/v1", "kind": "Certificate"}
	every name in ["dnsNames", "commonName"] {
		given := plans.production([object.union(plans.made("kubernetes_manifest", {"manifest": certificate}), {"unknown": {"manifest": {"spec": {name: true}}}})])
		count(data.rules.certificates.no_wildcard.deny) == 0 with input as given
		count(data.rules.certificates.no_wildcard.unknown) == 1 with input as given
	}
}
