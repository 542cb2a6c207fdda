package tests.lib.dangling

import data.lib.dangling
import data.lib.plan
import data.testing.plans

import rego.v1

balancer := plans.made("aws_lb", {"dns_name": "Old.elb.amazonaws.com."})

gone := plans.planned(balancer, ["delete"])

record(after) := plans.named(plans.made("aws_route53_record", object.union({"name": "www.example.com", "type": "CNAME"}, after)), "record")

found(question, resources) := {pointed |
	given := plans.production(resources)
	resource := plan.of("aws_route53_record")[0] with input as given
	some pointed in asked(question, resource) with input as given
}

asked("targets", resource) := dangling.targets(resource)

asked("elsewhere", resource) := dangling.targets_elsewhere(resource)

asked("staying", resource) := dangling.staying(resource)

address := "module.service.aws_lb.this"

test_a_record_of_the_name_of_what_goes_dangles if {
	every name in ["old.elb.amazonaws.com", "OLD.elb.amazonaws.com.", "dualstack.old.elb.amazonaws.com"] {
		found("targets", [gone, record({"records": [name]})]) == {address}
		found("targets", [gone, record({"alias": [{"name": name}]})]) == {address}
	}
	found("targets", [gone, record({"records": ["other.example.com"]})]) == set()
	found("targets", [balancer, record({"records": ["old.elb.amazonaws.com"]})]) == set()
	found("targets", [plans.planned(plans.made("aws_vpc", {"dns_name": "old.elb.amazonaws.com"}), ["delete"]), record({"records": ["old.elb.amazonaws.com"]})]) == set()
}

test_what_has_no_name_is_the_target_of_no_record if {
	found("targets", [plans.planned(plans.made("aws_lb", {"dns_name": ""}), ["delete"]), record({"records": [""]})]) == set()
	found("targets", [plans.planned(plans.made("aws_lb", {}), ["delete"]), record({})]) == set()
}

test_what_is_replaced_dangles_where_it_gets_another_name if {
	database := plans.made("aws_db_instance", {"address": "old.elb.amazonaws.com"})
	pointing := record({"records": ["old.elb.amazonaws.com"]})
	every actions in [["delete", "create"], ["create", "delete"]] {
		found("targets", [plans.planned(balancer, actions), pointing]) == {address}
		found("targets", [plans.planned(database, actions), pointing]) == set()
	}
	found("targets", [plans.planned(database, ["delete"]), pointing]) == {"module.service.aws_db_instance.this"}
	found("targets", [plans.planned(balancer, ["update"]), pointing]) == set()
	found("targets", [plans.planned(balancer, ["forget"]), pointing]) == set()
}

test_each_name_of_an_endpoint_that_goes_dangles if {
	endpoint := plans.made("aws_vpc_endpoint", {"dns_entry": [{"dns_name": "vpce-1.example.com"}, {"dns_name": "vpce-1-a.example.com"}]})
	every name in ["vpce-1.example.com", "vpce-1-a.example.com"] {
		found("targets", [plans.planned(endpoint, ["delete"]), record({"records": [name]})]) == {"module.service.aws_vpc_endpoint.this"}
	}
}

site := plans.planned(plans.made("aws_s3_bucket", {"bucket": "www.example.com"}), ["delete"])

test_an_alias_of_websites_dangles_when_the_bucket_of_its_name_goes if {
	website := "s3-website-us-east-1.amazonaws.com"
	found("targets", [site, record({"alias": [{"name": website}]})]) == {"module.service.aws_s3_bucket.this"}
	found("targets", [site, record({"alias": [{"name": "d1.cloudfront.net"}]})]) == set()
	found("targets", [site, record({"name": "docs.example.com", "alias": [{"name": website}]})]) == set()
	other := plans.planned(plans.made("aws_s3_bucket_website_configuration", {"bucket": "www.example.com"}), ["delete"])
	found("targets", [other, record({"alias": [{"name": website}]})]) == set()
	found("targets", [plans.planned(plans.made("aws_s3_bucket", {"bucket": ""}), ["delete"]), record({"name": "", "alias": [{"name": website}]})]) == set()
}

check := plans.planned(plans.made("aws_route53_health_check", {"id": "h-1"}), ["delete"])

test_a_record_whose_health_check_goes_dangles if {
	found("targets", [check, record({"health_check_id": "h-1"})]) == {"module.service.aws_route53_health_check.this"}
	found("targets", [check, record({"health_check_id": "h-2"})]) == set()
	found("targets", [plans.planned(check, ["update"]), record({"health_check_id": "h-1"})]) == set()
	found("targets", [plans.planned(plans.made("aws_route53_health_check", {"id": ""}), ["delete"]), record({"health_check_id": ""})]) == set()
}

gone_kinds(resources) := {[entry.kind, entry.name, entry.address] |
	some entry in data.lib.dangling.deleted with input as plans.production(resources)
}

test_what_goes_is_told_to_other_stacks_by_its_kind if {
	gone_kinds([gone]) == {["name", "old.elb.amazonaws.com", address]}
	gone_kinds([site]) == {["website", "www.example.com", "module.service.aws_s3_bucket.this"]}
	gone_kinds([check]) == {["health check", "h-1", "module.service.aws_route53_health_check.this"]}
	gone_kinds([plans.planned(check, ["update"])]) == set()
	gone_kinds([plans.planned(plans.made("aws_route53_health_check", {"id": ""}), ["delete"])]) == set()
	gone_kinds([plans.planned(plans.made("aws_s3_bucket", {"bucket": ""}), ["delete"])]) == set()
	gone_kinds([balancer]) == set()
}

elsewhere(kind, name, resource) := {there |
	given := plans.production([resource])
	others := [plans.other("dev-kong", {"deleted": [{"kind": kind, "name": name, "address": "aws_lb.x"}]})]
	pointing := plan.of("aws_route53_record")[0] with input as given
	some there in dangling.targets_elsewhere(pointing) with input as given with data.others as others
}

test_what_another_stack_deletes_is_found_by_its_kind if {
	elsewhere("name", "old.example.com", record({"records": ["old.example.com"]})) == {"dev-kong: aws_lb.x"}
	elsewhere("website", "www.example.com", record({"alias": [{"name": "s3-website-us-east-1.amazonaws.com"}]})) == {"dev-kong: aws_lb.x"}
	elsewhere("website", "www.example.com", record({"alias": [{"name": "d1.cloudfront.net"}]})) == set()
	elsewhere("health check", "h-1", record({"health_check_id": "h-1"})) == {"dev-kong: aws_lb.x"}
	elsewhere("health check", "", record({})) == set()
}

points(resources) if {
	given := plans.production(resources)
	resource := plan.of("aws_route53_record")[0] with input as given
	dangling.points_elsewhere(resource) with input as given
}

test_a_record_that_names_what_the_plan_does_not_have_points_elsewhere if {
	every type in ["A", "AAAA", "CNAME", "HTTPS", "MX", "NS", "SRV", "SVCB"] {
		points([record({"type": type, "records": ["old.example.com"]})])
	}
	every type in ["TXT", "CAA", "SOA"] {
		not points([record({"type": type, "records": ["old.example.com"]})])
	}
	not points([record({"records": []})])
	not points([record({"records": ["_a.acm-validations.aws."]})])
	not points([balancer, record({"records": ["old.elb.amazonaws.com"]})])
	points([plans.made("aws_vpc", {"dns_name": "old.elb.amazonaws.com"}), record({"records": ["old.elb.amazonaws.com"]})])
}

reading(references) := plans.named(plans.reads(plans.made("aws_route53_record", {"type": "CNAME"}), "records", {"references": references}), "record")

aliased(references) := plans.named(
	plans.blocks(
		plans.made("aws_route53_record", {"type": "A", "alias": [{}]}), "alias",
		[{"name": {"references": references}}], [{"name": true}],
	),
	"record",
)

pointer := ["aws_lb.this.dns_name", "aws_lb.this"]

test_a_record_that_reads_what_goes_dangles if {
	found("targets", [gone, reading(pointer)]) == {address}
	found("targets", [gone, aliased(pointer)]) == {address}
	found("targets", [plans.keyed(gone, "a"), reading(["aws_lb.this[\"a\"].dns_name"])]) == {concat("", [address, "[\"a\"]"])}
	found("targets", [gone, reading(["aws_lb.other.dns_name"])]) == set()
	found("targets", [plans.planned(balancer, ["delete", "create"]), reading(pointer)]) == set()
}

test_a_record_that_reads_what_stays_as_well_does_not_dangle if {
	found("staying", [balancer, reading(pointer)]) == {address}
	found("staying", [gone, reading(pointer)]) == set()
	found("targets", [plans.keyed(gone, "a"), plans.keyed(balancer, "b"), reading(["aws_lb.this"])]) == set()
	named := object.union(reading(pointer), {"after": {"records": ["x.example.com"]}, "unknown": {"records": false}})
	found("targets", [gone, named]) == set()
	found("targets", [gone, object.union(reading(pointer), {"unknown": {"records": false}})]) == {address}
	not points([balancer, named])
}

test_what_a_loop_or_an_input_reads_is_not_read_by_each_record if {
	given := plans.production([reading(["each.value.name", "var.name", "local.name"]), gone])
	place := "/plan/configuration/root_module/module_calls/service/module/resources/0/for_each_expression"
	looped := json.patch(given, [{"op": "add", "path": place, "value": {"references": pointer}}])
	resource := plan.of("aws_route53_record")[0] with input as looped
	dangling.targets(resource) == set() with input as looped
}

unclear(resource) if {
	given := plans.production([resource])
	record_planned := plan.of("aws_route53_record")[0] with input as given
	dangling.unclear(record_planned) with input as given
}

test_a_record_whose_value_comes_from_what_no_plan_shows_is_unclear if {
	every reference in ["local.name", "var.name", "each.value", "path.module", "count.index"] {
		unclear(reading([reference]))
		unclear(aliased([reference]))
	}
	not unclear(reading(["local.name", "aws_lb.this"]))
	not unclear(reading(pointer))
	not unclear(record({"records": ["x.example.com"]}))
}

test_a_record_is_asked_for_what_it_reads_itself if {
	neighbour := plans.named(plans.made("aws_lb", {"dns_name": "new.elb.amazonaws.com"}), "other")
	found("targets", [gone, neighbour, reading(pointer)]) == {address}
	given := plans.called_with(plans.production([reading(["var.name"])]), {"name": {"references": ["aws_lb.root.dns_name", "aws_lb.root"]}})
	change := {"address": "aws_lb.root", "mode": "managed", "type": "aws_lb", "name": "root", "change": {"actions": ["delete"], "before": {}, "after": null}}
	called := json.patch(given, [{"op": "add", "path": "/plan/resource_changes/-", "value": change}])
	resource := plan.of("aws_route53_record")[0] with input as called
	dangling.targets(resource) == set() with input as called
}
