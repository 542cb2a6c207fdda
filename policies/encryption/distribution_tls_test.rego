package tests.encryption.distribution_tls

import data.testing.plans

import rego.v1

test_a_distribution_of_tls_alone_is_fine if {
	given := plans.production([plans.made("aws_cloudfront_distribution", {"default_cache_behavior": [{"viewer_protocol_policy": "redirect-to-https"}], "viewer_certificate": [{"acm_certificate_arn": "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000000", "minimum_protocol_version": "TLSv1.2_2021"}]})])
	count(data.rules.encryption.distribution_tls.deny) == 0 with input as given
	count(data.rules.encryption.distribution_tls.unknown) == 0 with input as given
}

test_a_distribution_that_answers_in_clear_is_denied if {
	given := plans.of("dev", [plans.made("aws_cloudfront_distribution", {"default_cache_behavior": [{"viewer_protocol_policy": "allow-all"}], "viewer_certificate": [{"acm_certificate_arn": "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000000", "minimum_protocol_version": "TLSv1.2_2021"}]})])
	count(data.rules.encryption.distribution_tls.deny) == 1 with input as given
	count(data.rules.encryption.distribution_tls.unknown) == 0 with input as given
}

test_one_path_in_clear_is_denied if {
	given := plans.production([plans.made("aws_cloudfront_distribution", {"default_cache_behavior": [{"viewer_protocol_policy": "redirect-to-https"}], "viewer_certificate": [{"acm_certificate_arn": "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000000", "minimum_protocol_version": "TLSv1.2_2021"}], "ordered_cache_behavior": [{"viewer_protocol_policy": "https-only"}, {"viewer_protocol_policy": "allow-all"}]})])
	count(data.rules.encryption.distribution_tls.deny) == 1 with input as given
	count(data.rules.encryption.distribution_tls.unknown) == 0 with input as given
}

test_the_certificate_of_cloudfront_itself_takes_old_versions if {
	given := plans.production([plans.made("aws_cloudfront_distribution", {"default_cache_behavior": [{"viewer_protocol_policy": "redirect-to-https"}], "viewer_certificate": [{"cloudfront_default_certificate": true}]})])
	count(data.rules.encryption.distribution_tls.deny) == 1 with input as given
	count(data.rules.encryption.distribution_tls.unknown) == 0 with input as given
}

test_a_certificate_without_a_version_takes_old_ones if {
	given := plans.production([plans.made("aws_cloudfront_distribution", {"default_cache_behavior": [{"viewer_protocol_policy": "redirect-to-https"}], "viewer_certificate": [{"acm_certificate_arn": "arn:aws:acm:us-east-1:111122223333:certificate/x"}]})])
	count(data.rules.encryption.distribution_tls.deny) == 1 with input as given
	count(data.rules.encryption.distribution_tls.unknown) == 0 with input as given
}

test_an_origin_in_clear_is_denied if {
	given := plans.production([plans.made("aws_cloudfront_distribution", {"default_cache_behavior": [{"viewer_protocol_policy": "redirect-to-https"}], "viewer_certificate": [{"acm_certificate_arn": "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000000", "minimum_protocol_version": "TLSv1.2_2021"}], "origin": [{"custom_origin_config": [{"origin_protocol_policy": "http-only", "origin_ssl_protocols": ["TLSv1.2"]}]}]})])
	count(data.rules.encryption.distribution_tls.deny) == 1 with input as given
	count(data.rules.encryption.distribution_tls.unknown) == 0 with input as given
}

test_an_origin_by_old_versions_is_denied if {
	given := plans.production([plans.made("aws_cloudfront_distribution", {"default_cache_behavior": [{"viewer_protocol_policy": "redirect-to-https"}], "viewer_certificate": [{"acm_certificate_arn": "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000000", "minimum_protocol_version": "TLSv1.2_2021"}], "origin": [{"custom_origin_config": [{"origin_protocol_policy": "https-only", "origin_ssl_protocols": ["TLSv1", "TLSv1.2"]}]}]})])
	count(data.rules.encryption.distribution_tls.deny) == 1 with input as given
	count(data.rules.encryption.distribution_tls.unknown) == 0 with input as given
}

test_an_origin_by_tls_and_one_in_s3_are_fine if {
	given := plans.production([plans.made("aws_cloudfront_distribution", {"default_cache_behavior": [{"viewer_protocol_policy": "redirect-to-https"}], "viewer_certificate": [{"acm_certificate_arn": "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000000", "minimum_protocol_version": "TLSv1.2_2021"}], "origin": [{"custom_origin_config": []}, {"custom_origin_config": [{"origin_protocol_policy": "https-only", "origin_ssl_protocols": ["TLSv1.2"]}]}]})])
	count(data.rules.encryption.distribution_tls.deny) == 0 with input as given
	count(data.rules.encryption.distribution_tls.unknown) == 0 with input as given
}

test_lists_of_revoked_certificates_are_read_in_clear if {
	given := plans.production([plans.reads(plans.made("aws_acmpca_certificate_authority", {}), "revocation_configuration", [{"crl_configuration": [{"custom_cname": {"references": ["aws_cloudfront_distribution.this.domain_name", "aws_cloudfront_distribution.this"]}}]}]), plans.made("aws_cloudfront_distribution", {"default_cache_behavior": [{"viewer_protocol_policy": "allow-all"}], "viewer_certificate": [{"cloudfront_default_certificate": true}], "origin": [{"custom_origin_config": []}]})])
	count(data.rules.encryption.distribution_tls.deny) == 0 with input as given
	count(data.rules.encryption.distribution_tls.unknown) == 0 with input as given
}

test_a_distribution_of_lists_with_another_origin_is_judged if {
	given := plans.production([plans.reads(plans.made("aws_acmpca_certificate_authority", {}), "revocation_configuration", [{"crl_configuration": [{"custom_cname": {"references": ["aws_cloudfront_distribution.this.domain_name", "aws_cloudfront_distribution.this"]}}]}]), plans.made("aws_cloudfront_distribution", {"default_cache_behavior": [{"viewer_protocol_policy": "allow-all"}], "viewer_certificate": [{"cloudfront_default_certificate": true}], "origin": [{"custom_origin_config": [{"origin_protocol_policy": "https-only", "origin_ssl_protocols": ["TLSv1.2"]}]}]})])
	count(data.rules.encryption.distribution_tls.deny) == 2 with input as given
	count(data.rules.encryption.distribution_tls.unknown) == 0 with input as given
}

test_another_distribution_beside_the_lists_is_judged if {
	given := plans.production([plans.reads(plans.made("aws_acmpca_certificate_authority", {}), "revocation_configuration", [{"crl_configuration": [{"custom_cname": {"references": ["aws_cloudfront_distribution.this.domain_name", "aws_cloudfront_distribution.this"]}}]}]), plans.named(plans.made("aws_cloudfront_distribution", {"default_cache_behavior": [{"viewer_protocol_policy": "allow-all"}], "viewer_certificate": [{"cloudfront_default_certificate": true}], "origin": [{"custom_origin_config": []}]}), "other")])
	count(data.rules.encryption.distribution_tls.deny) == 2 with input as given
	count(data.rules.encryption.distribution_tls.unknown) == 0 with input as given
}

test_a_version_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([json.patch(plans.made("aws_cloudfront_distribution", {"default_cache_behavior": [{"viewer_protocol_policy": "redirect-to-https"}], "viewer_certificate": [{"acm_certificate_arn": "arn:aws:acm:us-east-1:111122223333:certificate/x"}]}), [{"op": "add", "path": "/unknown/viewer_certificate", "value": [{"minimum_protocol_version": true}]}, {"op": "add", "path": "/expressions/viewer_certificate", "value": [{"minimum_protocol_version": {"references": ["local.version"]}}]}])])
	count(data.rules.encryption.distribution_tls.deny) == 0 with input as given
	count(data.rules.encryption.distribution_tls.unknown) == 1 with input as given
}

test_behaviors_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.later(plans.made("aws_cloudfront_distribution", {"default_cache_behavior": [{"viewer_protocol_policy": "redirect-to-https"}], "viewer_certificate": [{"acm_certificate_arn": "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000000", "minimum_protocol_version": "TLSv1.2_2021"}]}), {"ordered_cache_behavior": true})])
	count(data.rules.encryption.distribution_tls.deny) == 0 with input as given
	count(data.rules.encryption.distribution_tls.unknown) == 1 with input as given
}

test_lists_of_revoked_certificates_may_say_at_apply_how_they_are_read if {
	authority := plans.reads(plans.made("aws_acmpca_certificate_authority", {}), "revocation_configuration", [{"crl_configuration": [{"custom_cname": {"references": ["aws_cloudfront_distribution.this.domain_name", "aws_cloudfront_distribution.this"]}}]}])
	lists := plans.later(plans.made("aws_cloudfront_distribution", {"origin": [{"custom_origin_config": []}]}), {"ordered_cache_behavior": true})
	count(data.rules.encryption.distribution_tls.unknown) == 0 with input as plans.production([authority, lists])
	count(data.rules.encryption.distribution_tls.unknown) == 1 with input as plans.production([lists])
}
