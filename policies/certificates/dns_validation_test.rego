package tests.certificates.dns_validation

import data.testing.plans

import rego.v1

test_a_proof_by_mail_is_denied if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "EMAIL"})])
	count(data.rules.certificates.dns_validation.deny) == 1 with input as given
	count(data.rules.certificates.dns_validation.unknown) == 0 with input as given
}

test_no_proof_at_all_is_denied if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "NONE"})])
	count(data.rules.certificates.dns_validation.deny) == 1 with input as given
	count(data.rules.certificates.dns_validation.unknown) == 0 with input as given
}

test_a_proof_by_dns_is_fine if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "validation_method": "DNS"})])
	count(data.rules.certificates.dns_validation.deny) == 0 with input as given
	count(data.rules.certificates.dns_validation.unknown) == 0 with input as given
}

test_an_imported_certificate_is_not_proved if {
	given := plans.production([plans.made("aws_acm_certificate", {"private_key": "x", "certificate_body": "x"})])
	count(data.rules.certificates.dns_validation.deny) == 0 with input as given
	count(data.rules.certificates.dns_validation.unknown) == 0 with input as given
}

test_one_of_a_private_authority_is_not_proved if {
	given := plans.production([plans.later(plans.made("aws_acm_certificate", {"domain_name": "www.example.com"}), {"certificate_authority_arn": true})])
	count(data.rules.certificates.dns_validation.deny) == 0 with input as given
	count(data.rules.certificates.dns_validation.unknown) == 0 with input as given
}

test_a_method_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_acm_certificate", {"domain_name": "www.example.com"}), {"validation_method": true})])
	count(data.rules.certificates.dns_validation.deny) == 0 with input as given
	count(data.rules.certificates.dns_validation.unknown) == 1 with input as given
}

test_whatever_makes_a_certificate_another_s_leaves_its_proof_to_others if {
	every attribute in ["certificate_authority_arn", "certificate_body", "private_key"] {
		certificate := plans.made("aws_acm_certificate", {"validation_method": "EMAIL", attribute: "invented-for-a-test"})
		count(data.rules.certificates.dns_validation.deny) == 0 with input as plans.production([certificate])
	}
	count(data.rules.certificates.dns_validation.deny) == 1 with input as plans.production([plans.made("aws_acm_certificate", {"validation_method": "EMAIL"})])
}
