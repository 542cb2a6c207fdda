package tests.lib.revocation

import data.lib.plan
import data.lib.revocation
import data.testing.plans

import rego.v1

distribution(origins) := plans.made("aws_cloudfront_distribution", {"origin": origins})

reading(references) := plans.blocks(
	plans.made("aws_acmpca_certificate_authority", {"revocation_configuration": [{"crl_configuration": [{}]}]}),
	"revocation_configuration",
	[{"crl_configuration": [{"custom_cname": {"references": references}}]}],
	[{"crl_configuration": [{"custom_cname": true}]}],
)

authority := reading(["aws_cloudfront_distribution.this.domain_name", "aws_cloudfront_distribution.this"])

serves(resources) if {
	given := plans.production(resources)
	resource := plan.of("aws_cloudfront_distribution")[0] with input as given
	revocation.serves(resource) with input as given
}

bucket_origin := {"domain_name": "lists.s3.amazonaws.com", "origin_id": "lists"}

other_origin := object.union(bucket_origin, {"custom_origin_config": [{"http_port": 80}]})

test_a_distribution_that_an_authority_names_serves_lists if {
	serves([distribution([bucket_origin]), authority])
	serves([plans.keyed(distribution([bucket_origin]), "a"), reading(["aws_cloudfront_distribution.this[\"a\"].domain_name"])])
}

test_a_distribution_that_no_authority_names_does_not if {
	not serves([distribution([bucket_origin])])
	not serves([distribution([bucket_origin]), reading(["aws_cloudfront_distribution.other.domain_name"])])
	not serves([distribution([bucket_origin]), reading(["aws_cloudfront_distribution_tenant.this.domain_name"])])
}

test_a_distribution_with_another_origin_or_none_serves_more_than_lists if {
	not serves([distribution([bucket_origin, other_origin]), authority])
	not serves([distribution([]), authority])
}
