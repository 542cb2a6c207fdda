package tests.dns.zone_signed

import data.testing.plans

import rego.v1

test_a_public_zone_without_a_signature_is_denied_for_both_parts if {
	given := plans.production([plans.made("aws_route53_zone", {"name": "example.com", "vpc": []})])
	count(data.rules.dns.zone_signed.deny) == 2 with input as given
	count(data.rules.dns.zone_signed.unknown) == 0 with input as given
}

test_outside_production_it_is_fine if {
	given := plans.of("staging", [plans.made("aws_route53_zone", {"name": "example.com", "vpc": []})])
	count(data.rules.dns.zone_signed.deny) == 0 with input as given
	count(data.rules.dns.zone_signed.unknown) == 0 with input as given
}

test_in_china_route_53_signs_nothing if {
	given := plans.of("shanghai", [plans.made("aws_route53_zone", {"name": "example.com", "vpc": []})])
	china := {"shanghai": {"production": true, "allowed_regions": ["cn-north-1", "cn-northwest-1"]}}
	count(data.rules.dns.zone_signed.deny) == 0 with input as given with data.parameters.environments as china
	count(data.rules.dns.zone_signed.unknown) == 0 with input as given with data.parameters.environments as china
	abroad := {"shanghai": {"production": true, "allowed_regions": ["cn-north-1", "eu-west-1"]}}
	count(data.rules.dns.zone_signed.deny) == 2 with input as given with data.parameters.environments as abroad
}

test_a_private_zone_needs_none if {
	given := plans.production([plans.made("aws_route53_zone", {"name": "example.internal", "vpc": [{"vpc_id": "vpc-0"}]})])
	count(data.rules.dns.zone_signed.deny) == 0 with input as given
	count(data.rules.dns.zone_signed.unknown) == 0 with input as given
}

test_a_signed_zone_is_fine if {
	given := plans.production([plans.made("aws_route53_zone", {"name": "example.com", "vpc": []}), plans.reads(plans.made("aws_route53_key_signing_key", {"name": "k", "status": "ACTIVE"}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]}), plans.reads(plans.made("aws_route53_hosted_zone_dnssec", {"signing_status": "SIGNING"}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]})])
	count(data.rules.dns.zone_signed.deny) == 0 with input as given
	count(data.rules.dns.zone_signed.unknown) == 0 with input as given
}

test_signing_by_way_of_the_key_s_zone_is_fine if {
	given := plans.production([plans.made("aws_route53_zone", {"name": "example.com", "vpc": []}), plans.reads(plans.made("aws_route53_key_signing_key", {"name": "k", "status": "ACTIVE"}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]}), plans.reads(plans.made("aws_route53_hosted_zone_dnssec", {}), "hosted_zone_id", {"references": ["aws_route53_key_signing_key.this.hosted_zone_id", "aws_route53_key_signing_key.this"]})])
	count(data.rules.dns.zone_signed.deny) == 0 with input as given
	count(data.rules.dns.zone_signed.unknown) == 0 with input as given
}

test_a_key_alone_signs_nothing if {
	given := plans.production([plans.made("aws_route53_zone", {"name": "example.com", "vpc": []}), plans.reads(plans.made("aws_route53_key_signing_key", {"name": "k", "status": "ACTIVE"}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]})])
	count(data.rules.dns.zone_signed.deny) == 1 with input as given
	count(data.rules.dns.zone_signed.unknown) == 0 with input as given
}

test_signing_that_is_off_is_denied if {
	given := plans.production([plans.made("aws_route53_zone", {"name": "example.com", "vpc": []}), plans.reads(plans.made("aws_route53_key_signing_key", {"name": "k", "status": "ACTIVE"}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]}), plans.reads(plans.made("aws_route53_hosted_zone_dnssec", {"signing_status": "NOT_SIGNING"}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]})])
	count(data.rules.dns.zone_signed.deny) == 1 with input as given
	count(data.rules.dns.zone_signed.unknown) == 0 with input as given
}

test_a_key_that_is_off_is_denied if {
	given := plans.production([plans.made("aws_route53_zone", {"name": "example.com", "vpc": []}), plans.reads(plans.made("aws_route53_hosted_zone_dnssec", {"signing_status": "SIGNING"}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]}), plans.reads(plans.made("aws_route53_key_signing_key", {"status": "INACTIVE"}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]})])
	count(data.rules.dns.zone_signed.deny) == 1 with input as given
	count(data.rules.dns.zone_signed.unknown) == 0 with input as given
}

test_each_zone_is_signed_by_its_own if {
	given := plans.production([plans.keyed(plans.made("aws_route53_zone", {"name": "example.com", "vpc": []}), "a"), plans.keyed(plans.made("aws_route53_zone", {"name": "example.com", "vpc": []}), "b"), plans.keyed(plans.reads(plans.made("aws_route53_key_signing_key", {}), "hosted_zone_id", {"references": ["aws_route53_zone.this", "each.key"]}), "a"), plans.keyed(plans.reads(plans.made("aws_route53_hosted_zone_dnssec", {}), "hosted_zone_id", {"references": ["aws_route53_zone.this", "each.key"]}), "a")])
	count(data.rules.dns.zone_signed.deny) == 2 with input as given
	count(data.rules.dns.zone_signed.unknown) == 0 with input as given
}

test_signing_of_what_is_known_only_at_apply_leaves_it_unknown if {
	given := plans.production([plans.made("aws_route53_zone", {"name": "example.com", "vpc": []}), plans.reads(plans.made("aws_route53_key_signing_key", {"name": "k", "status": "ACTIVE"}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]}), plans.reads(plans.made("aws_route53_hosted_zone_dnssec", {}), "hosted_zone_id", {"references": ["local.id"]})])
	count(data.rules.dns.zone_signed.deny) == 0 with input as given
	count(data.rules.dns.zone_signed.unknown) == 1 with input as given
}

test_a_status_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.made("aws_route53_zone", {"name": "example.com", "vpc": []}), plans.reads(plans.made("aws_route53_hosted_zone_dnssec", {"signing_status": "SIGNING"}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]}), plans.later(plans.reads(plans.made("aws_route53_key_signing_key", {}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]}), {"status": true})])
	count(data.rules.dns.zone_signed.deny) == 0 with input as given
	count(data.rules.dns.zone_signed.unknown) == 1 with input as given
}

test_a_zone_that_may_be_private_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_route53_zone", {"name": "example.com"}), {"vpc": true})])
	count(data.rules.dns.zone_signed.deny) == 0 with input as given
	count(data.rules.dns.zone_signed.unknown) == 1 with input as given
}

test_outside_production_none_of_this_is_asked if {
	every given in [
		plans.of("dev", [plans.made("aws_route53_zone", {"name": "example.com", "vpc": []}), plans.reads(plans.made("aws_route53_key_signing_key", {"name": "k", "status": "ACTIVE"}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]}), plans.reads(plans.made("aws_route53_hosted_zone_dnssec", {}), "hosted_zone_id", {"references": ["local.id"]})]),
		plans.of("dev", [plans.made("aws_route53_zone", {"name": "example.com", "vpc": []}), plans.reads(plans.made("aws_route53_hosted_zone_dnssec", {"signing_status": "SIGNING"}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]}), plans.later(plans.reads(plans.made("aws_route53_key_signing_key", {}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]}), {"status": true})]),
		plans.of("dev", [plans.later(plans.made("aws_route53_zone", {"name": "example.com"}), {"vpc": true})]),
		plans.of("dev", [plans.made("aws_route53_zone", {"name": "example.com", "vpc": []})]),
		plans.of("dev", [plans.made("aws_route53_zone", {"name": "example.com", "vpc": []}), plans.reads(plans.made("aws_route53_key_signing_key", {"name": "k", "status": "ACTIVE"}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]})]),
		plans.of("dev", [plans.made("aws_route53_zone", {"name": "example.com", "vpc": []}), plans.reads(plans.made("aws_route53_key_signing_key", {"name": "k", "status": "ACTIVE"}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]}), plans.reads(plans.made("aws_route53_hosted_zone_dnssec", {"signing_status": "NOT_SIGNING"}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]})]),
		plans.of("dev", [plans.made("aws_route53_zone", {"name": "example.com", "vpc": []}), plans.reads(plans.made("aws_route53_hosted_zone_dnssec", {"signing_status": "SIGNING"}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]}), plans.reads(plans.made("aws_route53_key_signing_key", {"status": "INACTIVE"}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]})]),
		plans.of("dev", [plans.keyed(plans.made("aws_route53_zone", {"name": "example.com", "vpc": []}), "a"), plans.keyed(plans.made("aws_route53_zone", {"name": "example.com", "vpc": []}), "b"), plans.keyed(plans.reads(plans.made("aws_route53_key_signing_key", {}), "hosted_zone_id", {"references": ["aws_route53_zone.this", "each.key"]}), "a"), plans.keyed(plans.reads(plans.made("aws_route53_hosted_zone_dnssec", {}), "hosted_zone_id", {"references": ["aws_route53_zone.this", "each.key"]}), "a")]),
	] {
		count(data.rules.dns.zone_signed.deny) == 0 with input as given
		count(data.rules.dns.zone_signed.unknown) == 0 with input as given
	}
}
