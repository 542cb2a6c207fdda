package tests.lib.zones

import data.testing.plans

import rego.v1

zone(after) := plans.made("aws_route53_zone", after)

test_a_zone_without_a_network_is_public if {
	count(data.lib.zones.public) == 1 with input as plans.production([zone({"name": "example.com"})])
	count(data.lib.zones.public) == 1 with input as plans.production([zone({"name": "example.com", "vpc": []})])
	count(data.lib.zones.public) == 0 with input as plans.production([zone({"name": "example.com", "vpc": [{"vpc_id": "vpc-1"}]})])
	count(data.lib.zones.public) == 0 with input as plans.production([plans.made("aws_vpc", {})])
}

test_a_zone_whose_networks_are_unknown_is_unclear_and_not_public if {
	given := plans.production([plans.later(zone({"name": "example.com"}), {"vpc": true})])
	count(data.lib.zones.public) == 0 with input as given
	count(data.lib.zones.unclear) == 1 with input as given
	count(data.lib.zones.unclear) == 0 with input as plans.production([zone({"name": "example.com"})])
	count(data.lib.zones.unclear) == 0 with input as plans.production([zone({"name": "example.com", "vpc": [{"vpc_id": "vpc-1"}]})])
}
