package tests.dns.queries_logged

import data.testing.plans

import rego.v1

test_a_public_zone_without_a_log_is_denied if {
	given := plans.production([plans.made("aws_route53_zone", {"name": "example.com", "vpc": []})])
	count(data.rules.dns.queries_logged.deny) == 1 with input as given
	count(data.rules.dns.queries_logged.unknown) == 0 with input as given
}

test_outside_production_it_is_fine if {
	given := plans.of("staging", [plans.made("aws_route53_zone", {"name": "example.com", "vpc": []})])
	count(data.rules.dns.queries_logged.deny) == 0 with input as given
	count(data.rules.dns.queries_logged.unknown) == 0 with input as given
}

test_a_private_zone_needs_none if {
	given := plans.production([plans.made("aws_route53_zone", {"name": "example.internal", "vpc": [{"vpc_id": "vpc-0"}]})])
	count(data.rules.dns.queries_logged.deny) == 0 with input as given
	count(data.rules.dns.queries_logged.unknown) == 0 with input as given
}

test_a_zone_with_a_log_is_fine if {
	given := plans.production([plans.made("aws_route53_zone", {"name": "example.com", "vpc": []}), plans.reads(plans.made("aws_route53_query_log", {}), "zone_id", {"references": ["aws_route53_zone.this.zone_id", "aws_route53_zone.this"]})])
	count(data.rules.dns.queries_logged.deny) == 0 with input as given
	count(data.rules.dns.queries_logged.unknown) == 0 with input as given
}

test_a_zone_by_its_known_id_is_fine if {
	given := plans.production([plans.made("aws_route53_zone", {"name": "example.com", "zone_id": "Z0123456789"}), plans.made("aws_route53_query_log", {"zone_id": "Z0123456789"})])
	count(data.rules.dns.queries_logged.deny) == 0 with input as given
	count(data.rules.dns.queries_logged.unknown) == 0 with input as given
}

test_a_log_of_what_is_known_only_at_apply_leaves_it_unknown if {
	given := plans.production([plans.made("aws_route53_zone", {"name": "example.com", "vpc": []}), plans.reads(plans.made("aws_route53_query_log", {}), "zone_id", {"references": ["local.id"]})])
	count(data.rules.dns.queries_logged.deny) == 0 with input as given
	count(data.rules.dns.queries_logged.unknown) == 1 with input as given
}

test_a_zone_that_may_be_private_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_route53_zone", {"name": "example.com"}), {"vpc": true})])
	count(data.rules.dns.queries_logged.deny) == 0 with input as given
	count(data.rules.dns.queries_logged.unknown) == 1 with input as given
}

test_outside_production_none_of_this_is_asked if {
	every given in [
		plans.of("dev", [plans.made("aws_route53_zone", {"name": "example.com", "vpc": []}), plans.reads(plans.made("aws_route53_query_log", {}), "zone_id", {"references": ["local.id"]})]),
		plans.of("dev", [plans.later(plans.made("aws_route53_zone", {"name": "example.com"}), {"vpc": true})]),
		plans.of("dev", [plans.made("aws_route53_zone", {"name": "example.com", "vpc": []})]),
	] {
		count(data.rules.dns.queries_logged.deny) == 0 with input as given
		count(data.rules.dns.queries_logged.unknown) == 0 with input as given
	}
}
