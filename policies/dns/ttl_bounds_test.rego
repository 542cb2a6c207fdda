package tests.dns.ttl_bounds

import data.testing.plans

import rego.v1

test_a_second_is_too_brief if {
	given := plans.production([plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 1, "records": ["east.example.com"]})])
	count(data.rules.dns.ttl_bounds.deny) == 1 with input as given
	count(data.rules.dns.ttl_bounds.unknown) == 0 with input as given
}

test_a_week_is_too_long if {
	given := plans.of("dev", [plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 604800, "records": ["east.example.com"]})])
	count(data.rules.dns.ttl_bounds.deny) == 1 with input as given
	count(data.rules.dns.ttl_bounds.unknown) == 0 with input as given
}

test_the_bounds_themselves_are_fine if {
	given := plans.production([plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 60, "records": ["east.example.com"]}), plans.named(plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 86400, "records": ["east.example.com"]}), "long")])
	count(data.rules.dns.ttl_bounds.deny) == 0 with input as given
	count(data.rules.dns.ttl_bounds.unknown) == 0 with input as given
}

test_an_alias_has_none if {
	given := plans.production([plans.made("aws_route53_record", {"name": "api.example.com", "type": "A", "ttl": null, "records": null, "alias": [{"name": "x.elb.amazonaws.com"}]})])
	count(data.rules.dns.ttl_bounds.deny) == 0 with input as given
	count(data.rules.dns.ttl_bounds.unknown) == 0 with input as given
}

test_one_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 60, "records": ["east.example.com"]}), {"ttl": true})])
	count(data.rules.dns.ttl_bounds.deny) == 0 with input as given
	count(data.rules.dns.ttl_bounds.unknown) == 1 with input as given
}

test_a_traffic_policy_s_name_has_the_bounds_too if {
	given := plans.production([plans.made("aws_route53_traffic_policy_instance", {"name": "portal.example.com", "ttl": 1}), plans.named(plans.made("aws_route53_traffic_policy_instance", {"name": "quotes.example.com", "ttl": 60}), "quotes")])
	count(data.rules.dns.ttl_bounds.deny) == 1 with input as given
	count(data.rules.dns.ttl_bounds.unknown) == 0 with input as given
}

test_what_may_be_an_alias_is_judged_by_the_ttl_that_it_has if {
	given := plans.production([plans.later(plans.made("aws_route53_record", {"name": "api.example.com", "type": "A", "ttl": 1}), {"alias": true})])
	count(data.rules.dns.ttl_bounds.deny) == 1 with input as given
	count(data.rules.dns.ttl_bounds.unknown) == 0 with input as given
}

test_what_may_be_an_alias_and_has_no_ttl_yet_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_route53_record", {"name": "api.example.com", "type": "A", "ttl": 60}), {"alias": true, "ttl": true})])
	count(data.rules.dns.ttl_bounds.deny) == 0 with input as given
	count(data.rules.dns.ttl_bounds.unknown) == 1 with input as given
}
