package tests.dns.ttl_bounds

import data.rules.dns.ttl_bounds
import data.testing.plans

import rego.v1

test_a_second_is_too_brief if {
	given := plans.production([plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 1, "records": ["east.example.com"]})])
	count(ttl_bounds.deny) == 1 with input as given
	count(ttl_bounds.unknown) == 0 with input as given
}

test_a_week_is_too_long if {
	given := plans.of("dev", [plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 604800, "records": ["east.example.com"]})])
	count(ttl_bounds.deny) == 1 with input as given
	count(ttl_bounds.unknown) == 0 with input as given
}

test_the_bounds_themselves_are_fine if {
	given := plans.production([plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 60, "records": ["east.example.com"]}), plans.named(plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 86400, "records": ["east.example.com"]}), "long")])
	count(ttl_bounds.deny) == 0 with input as given
	count(ttl_bounds.unknown) == 0 with input as given
}

test_an_alias_has_none if {
	given := plans.production([plans.made("aws_route53_record", {"name": "api.example.com", "type": "A", "ttl": null, "records": null, "alias": [{"name": "x.elb.amazonaws.com"}]})])
	count(ttl_bounds.deny) == 0 with input as given
	count(ttl_bounds.unknown) == 0 with input as given
}

test_one_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 60, "records": ["east.example.com"]}), {"ttl": true})])
	count(ttl_bounds.deny) == 0 with input as given
	count(ttl_bounds.unknown) == 1 with input as given
}
