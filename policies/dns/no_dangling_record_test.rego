package tests.dns.no_dangling_record

import data.testing.plans

import rego.v1

test_a_record_of_a_deleted_load_balancer_is_denied if {
	given := plans.of("dev", [plans.planned(plans.made("aws_lb", {"dns_name": "old-1.us-east-1.elb.amazonaws.com"}), ["delete"]), plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 60, "records": ["old-1.us-east-1.elb.amazonaws.com"]})])
	count(data.rules.dns.no_dangling_record.deny) == 1 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as given
}

test_names_are_compared_as_dns_does if {
	given := plans.production([plans.planned(plans.made("aws_lb", {"dns_name": "old-1.us-east-1.elb.amazonaws.com"}), ["delete"]), plans.made("aws_route53_record", {"name": "api.example.com", "type": "A", "ttl": null, "records": null, "alias": [{"name": "dualstack.OLD-1.US-EAST-1.ELB.AMAZONAWS.COM."}]})])
	count(data.rules.dns.no_dangling_record.deny) == 1 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as given
}

test_one_that_stays_is_fine if {
	given := plans.production([plans.planned(plans.made("aws_lb", {"dns_name": "old-1.us-east-1.elb.amazonaws.com"}), ["update"]), plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 60, "records": ["old-1.us-east-1.elb.amazonaws.com"]})])
	count(data.rules.dns.no_dangling_record.deny) == 0 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as given
}

test_a_record_that_goes_along_is_fine if {
	given := plans.production([plans.planned(plans.made("aws_lb", {"dns_name": "old-1.us-east-1.elb.amazonaws.com"}), ["delete"]), plans.planned(plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 60, "records": ["old-1.us-east-1.elb.amazonaws.com"]}), ["delete"])])
	count(data.rules.dns.no_dangling_record.deny) == 0 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as given
}

test_a_record_of_something_else_is_fine if {
	given := plans.production([plans.planned(plans.made("aws_lb", {"dns_name": "old-1.us-east-1.elb.amazonaws.com"}), ["delete"]), plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 60, "records": ["east.example.com"]})])
	count(data.rules.dns.no_dangling_record.deny) == 0 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as given
}

test_a_replaced_load_balancer_has_another_name if {
	given := plans.production([plans.planned(plans.made("aws_lb", {"dns_name": "old-1.us-east-1.elb.amazonaws.com"}), ["delete", "create"]), plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 60, "records": ["old-1.us-east-1.elb.amazonaws.com"]})])
	count(data.rules.dns.no_dangling_record.deny) == 1 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as given
}

test_a_replaced_database_keeps_its_name if {
	given := plans.production([plans.planned(plans.made("aws_db_instance", {"address": "claims.x.us-east-1.rds.amazonaws.com"}), ["delete", "create"]), plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 60, "records": ["claims.x.us-east-1.rds.amazonaws.com"]})])
	count(data.rules.dns.no_dangling_record.deny) == 0 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as given
}

test_an_address_that_is_given_back_is_denied if {
	given := plans.production([plans.planned(plans.made("aws_eip", {"public_ip": "192.0.2.10"}), ["delete"]), plans.made("aws_route53_record", {"name": "api.example.com", "type": "A", "ttl": 60, "records": ["192.0.2.9", "192.0.2.10"]})])
	count(data.rules.dns.no_dangling_record.deny) == 1 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as given
}

test_a_delegation_to_a_deleted_zone_is_denied if {
	given := plans.production([plans.planned(plans.made("aws_route53_zone", {"name_servers": ["ns-1.example.net", "ns-2.example.net"]}), ["delete"]), plans.made("aws_route53_record", {"name": "api.example.com", "type": "NS", "ttl": 60, "records": ["ns-2.example.net."]})])
	count(data.rules.dns.no_dangling_record.deny) == 1 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as given
}

test_a_website_s_alias_goes_by_the_bucket_s_name if {
	given := plans.production([plans.planned(plans.made("aws_s3_bucket", {"bucket": "www.example.com", "bucket_regional_domain_name": "www.example.com.s3.us-east-1.amazonaws.com"}), ["delete"]), plans.made("aws_route53_record", {"name": "www.example.com", "type": "A", "ttl": null, "records": null, "alias": [{"name": "s3-website-us-east-1.amazonaws.com"}]})])
	count(data.rules.dns.no_dangling_record.deny) == 1 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as given
}

test_the_website_of_another_bucket_is_fine if {
	given := plans.production([plans.planned(plans.made("aws_s3_bucket", {"bucket": "www.example.com", "bucket_regional_domain_name": "www.example.com.s3.us-east-1.amazonaws.com"}), ["delete"]), plans.made("aws_route53_record", {"name": "docs.example.com", "type": "A", "ttl": null, "records": null, "alias": [{"name": "s3-website-us-east-1.amazonaws.com"}]})])
	count(data.rules.dns.no_dangling_record.deny) == 0 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as given
}

test_an_empty_record_that_refers_to_what_goes_is_denied if {
	given := plans.production([plans.planned(plans.keyed(plans.made("aws_lb", {"dns_name": "old-1.us-east-1.elb.amazonaws.com"}), "a"), ["delete"]), plans.reads(plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 300}), "records", {"references": ["aws_lb.this"]})])
	count(data.rules.dns.no_dangling_record.deny) == 1 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as given
}

test_a_reference_to_what_is_replaced_is_fine if {
	given := plans.production([plans.planned(plans.made("aws_lb", {"dns_name": "old-1.us-east-1.elb.amazonaws.com"}), ["delete", "create"]), plans.reads(plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 300}), "records", {"references": ["aws_lb.this.dns_name", "aws_lb.this"]})])
	count(data.rules.dns.no_dangling_record.deny) == 0 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as given
}

test_a_reference_of_which_something_stays_is_fine if {
	given := plans.production([plans.planned(plans.made("aws_lb", {"dns_name": "old-1.us-east-1.elb.amazonaws.com"}), ["delete"]), plans.named(plans.made("aws_lb", {"dns_name": "old-1.us-east-1.elb.amazonaws.com"}), "new"), plans.reads(plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 300}), "records", {"references": ["aws_lb.this", "aws_lb.new"]})])
	count(data.rules.dns.no_dangling_record.deny) == 0 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as given
}

test_a_value_that_comes_from_elsewhere_at_apply_is_unknown_beside_a_deletion if {
	given := plans.production([plans.planned(plans.made("aws_lb", {"dns_name": "old-1.us-east-1.elb.amazonaws.com"}), ["delete"]), plans.reads(plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 300}), "records", {"references": ["local.name"]})])
	count(data.rules.dns.no_dangling_record.deny) == 0 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 1 with input as given
}

test_it_is_fine_where_nothing_goes if {
	given := plans.production([plans.made("aws_lb", {"dns_name": "old-1.us-east-1.elb.amazonaws.com"}), plans.reads(plans.made("aws_route53_record", {"name": "api.example.com", "type": "CNAME", "ttl": 300}), "records", {"references": ["local.name"]})])
	count(data.rules.dns.no_dangling_record.deny) == 0 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as given
}

test_an_answer_whose_health_check_is_deleted_is_denied if {
	given := plans.production([plans.planned(plans.made("aws_route53_health_check", {"id": "0a1b2c3d-0000-4000-8000-000000000000"}), ["delete"]), plans.made("aws_route53_record", {"name": "api.example.com", "type": "A", "ttl": 60, "records": ["192.0.2.1"], "health_check_id": "0a1b2c3d-0000-4000-8000-000000000000"})])
	count(data.rules.dns.no_dangling_record.deny) == 1 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as given
}

test_an_answer_that_follows_the_check_made_in_its_place_is_fine if {
	given := plans.production([plans.planned(plans.made("aws_route53_health_check", {"id": "0a1b2c3d-0000-4000-8000-000000000000"}), ["create", "delete"]), plans.later(plans.made("aws_route53_record", {"name": "api.example.com", "type": "A", "ttl": 60, "records": ["192.0.2.1"]}), {"health_check_id": true})])
	count(data.rules.dns.no_dangling_record.deny) == 0 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as given
}

test_an_answer_with_another_health_check_is_fine if {
	given := plans.production([plans.planned(plans.made("aws_route53_health_check", {"id": "0a1b2c3d-0000-4000-8000-000000000000"}), ["delete"]), plans.made("aws_route53_record", {"name": "api.example.com", "type": "A", "ttl": 60, "records": ["192.0.2.1"], "health_check_id": "0a1b2c3d-0000-4000-8000-000000000001"})])
	count(data.rules.dns.no_dangling_record.deny) == 0 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as given
}

test_what_is_denied_is_not_unknown_too if {
	record := plans.made("aws_route53_record", {"name": "api.example.com", "type": "NS", "ttl": 60, "records": ["ns-1.example.net", "ns-2.example.org"]})
	zone := plans.planned(plans.made("aws_route53_zone", {"name_servers": ["ns-1.example.net"]}), ["delete"])
	here := plans.without(plans.production([zone, record]), ["prod-dns"])
	count(data.rules.dns.no_dangling_record.deny) == 1 with input as here
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as here
	elsewhere := plans.without(plans.production([record]), ["prod-dns"])
	others := [plans.other("dev-dns", {"deleted": [{"kind": "name", "name": "ns-1.example.net", "address": "aws_route53_zone.this"}]})]
	count(data.rules.dns.no_dangling_record.deny) == 1 with input as elsewhere with data.others as others
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as elsewhere with data.others as others
	count(data.rules.dns.no_dangling_record.unknown) == 1 with input as elsewhere
}
