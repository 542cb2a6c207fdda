package tests.dns.failover_checked

import data.testing.plans

import rego.v1

test_a_primary_without_a_health_check_is_denied if {
	given := plans.of("dev", [plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 60, "records": ["east.example.com"], "failover_routing_policy": [{"type": "PRIMARY"}]})])
	count(data.rules.dns.failover_checked.deny) == 1 with input as given
	count(data.rules.dns.failover_checked.unknown) == 0 with input as given
}

test_a_primary_with_one_is_fine if {
	given := plans.production([plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 60, "records": ["east.example.com"], "failover_routing_policy": [{"type": "PRIMARY"}], "health_check_id": "0a1b2c3d-0000-4000-8000-000000000000"})])
	count(data.rules.dns.failover_checked.deny) == 0 with input as given
	count(data.rules.dns.failover_checked.unknown) == 0 with input as given
}

test_a_primary_with_one_that_this_plan_makes_is_fine if {
	given := plans.production([plans.later(plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 60, "records": ["east.example.com"], "failover_routing_policy": [{"type": "PRIMARY"}]}), {"health_check_id": true})])
	count(data.rules.dns.failover_checked.deny) == 0 with input as given
	count(data.rules.dns.failover_checked.unknown) == 0 with input as given
}

test_an_alias_that_evaluates_its_target_is_fine if {
	given := plans.production([plans.made("aws_route53_record", {"name": "api.example.com", "type": "A", "ttl": null, "records": null, "alias": [{"name": "x.elb.amazonaws.com", "evaluate_target_health": true}], "failover_routing_policy": [{"type": "PRIMARY"}]})])
	count(data.rules.dns.failover_checked.deny) == 0 with input as given
	count(data.rules.dns.failover_checked.unknown) == 0 with input as given
}

test_an_alias_that_does_not_is_denied if {
	given := plans.production([plans.made("aws_route53_record", {"name": "api.example.com", "type": "A", "ttl": null, "records": null, "alias": [{"name": "x.elb.amazonaws.com", "evaluate_target_health": false}], "failover_routing_policy": [{"type": "PRIMARY"}]})])
	count(data.rules.dns.failover_checked.deny) == 1 with input as given
	count(data.rules.dns.failover_checked.unknown) == 0 with input as given
}

test_an_alias_that_is_no_primary_may_tell_at_apply if {
	given := plans.production([plans.later(plans.made("aws_route53_record", {"name": "api.example.com", "type": "A", "alias": [{"name": "x.elb.amazonaws.com"}]}), {"alias": [{"evaluate_target_health": true}]})])
	count(data.rules.dns.failover_checked.deny) == 0 with input as given
	count(data.rules.dns.failover_checked.unknown) == 0 with input as given
}

test_a_secondary_needs_none if {
	given := plans.production([plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 60, "records": ["east.example.com"], "failover_routing_policy": [{"type": "SECONDARY"}]})])
	count(data.rules.dns.failover_checked.deny) == 0 with input as given
	count(data.rules.dns.failover_checked.unknown) == 0 with input as given
}

test_a_record_without_failover_needs_none if {
	given := plans.production([plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 60, "records": ["east.example.com"]})])
	count(data.rules.dns.failover_checked.deny) == 0 with input as given
	count(data.rules.dns.failover_checked.unknown) == 0 with input as given
}

test_an_alias_that_tells_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_route53_record", {"name": "api.example.com", "type": "A", "ttl": null, "records": null, "alias": [{"name": "x.elb.amazonaws.com"}], "failover_routing_policy": [{"type": "PRIMARY"}]}), {"alias": [{"evaluate_target_health": true}]})])
	count(data.rules.dns.failover_checked.deny) == 0 with input as given
	count(data.rules.dns.failover_checked.unknown) == 1 with input as given
}

test_a_record_that_may_be_a_primary_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 60, "records": ["east.example.com"], "failover_routing_policy": [{}]}), {"failover_routing_policy": [{"type": true}]})])
	count(data.rules.dns.failover_checked.deny) == 0 with input as given
	count(data.rules.dns.failover_checked.unknown) == 1 with input as given
}

test_a_primary_with_a_health_check_is_fine_whatever_its_alias_says_at_apply if {
	given := plans.production([plans.later(plans.made("aws_route53_record", {"name": "api.example.com", "type": "A", "health_check_id": "0a1b2c3d", "alias": [{"name": "x.elb.amazonaws.com"}], "failover_routing_policy": [{"type": "PRIMARY"}]}), {"alias": [{"evaluate_target_health": true}]})])
	count(data.rules.dns.failover_checked.deny) == 0 with input as given
	count(data.rules.dns.failover_checked.unknown) == 0 with input as given
}

test_a_record_that_may_be_a_primary_and_has_a_health_check_is_fine if {
	given := plans.production([plans.later(plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "health_check_id": "0a1b2c3d", "failover_routing_policy": [{}]}), {"failover_routing_policy": [{"type": true}]})])
	count(data.rules.dns.failover_checked.unknown) == 0 with input as given
}
