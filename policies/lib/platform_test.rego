package tests.lib.platform

import data.lib.platform
import data.testing.plans

import rego.v1

repository := plans.made("aws_ecr_repository", {"name": "claims/api", "region": "us-east-1"})

replication := {"type": "aws_ecr_replication_configuration", "after": {"region": "us-east-1", "replication_configuration": [{"rule": [{"destination": [{"region": "us-west-2"}]}]}]}, "unknown": {}}

scanning := {"type": "aws_ecr_registry_scanning_configuration", "after": {"region": "us-east-1", "rule": [{"scan_frequency": "CONTINUOUS_SCAN", "repository_filter": [{"filter": "*"}]}]}, "unknown": {}}

registry(resources) := [plans.other("prod-registry", {"resources": resources})]

moved(resource, region) := object.union(resource, {"after": object.union(resource.after, {"region": region})})

alone := "only this plan is seen here; groundplan review judges all stacks together"

messages(found) := {finding.message | some finding in found}

test_what_a_plan_shares_is_what_others_may_ask_for if {
	certificate := plans.made("aws_acm_certificate", {"domain_name": "www.example.com"})
	hears := plans.made("aws_cloudwatch_event_rule", {"name": "expiry", "region": "us-east-1", "event_pattern": `{"detail-type":["ACM Certificate Approaching Expiration"]}`})
	target := plans.made("aws_cloudwatch_event_target", {"rule": "expiry"})
	balancer := plans.planned(plans.made("aws_lb", {"dns_name": "Old.elb.amazonaws.com."}), ["delete"])
	check := plans.planned(plans.made("aws_route53_health_check", {"id": "h-1"}), ["delete"])
	site := plans.planned(plans.made("aws_s3_bucket", {"bucket": "www.example.com"}), ["delete"])
	given := plans.production([repository, plans.made(replication.type, replication.after), certificate, hears, target, balancer, check, site])
	shared := data.lib.platform.share with input as given
	shared.stack == "prod-service"
	shared.account == "111122223333"
	[resource.type | some resource in shared.resources] == ["aws_ecr_replication_configuration"]
	[object.keys(resource) | some resource in shared.resources] == [{"address", "type", "name", "index", "module", "provider", "actions", "after", "unknown", "stays"}]
	[object.keys(watcher.resource) | some watcher in shared.watchers] == [{"after", "unknown"}]
	[[watcher.attribute, watcher.resource.after.region, watcher.open] | some watcher in shared.watchers] == [["event_pattern", "us-east-1", false]]
	{[gone.kind, gone.name] | some gone in shared.deleted} == {["name", "old.elb.amazonaws.com"], ["health check", "h-1"], ["website", "www.example.com"]}
}

test_replication_of_another_stack_of_the_account_and_region_counts if {
	given := plans.production([repository])
	count(data.rules.registry.replicated.deny) == 0 with input as given with data.others as registry([replication])
	count(data.rules.registry.replicated.unknown) == 0 with input as given with data.others as registry([replication])
	count(data.rules.registry.replicated.deny) == 1 with input as given with data.others as registry([moved(replication, "us-west-2")])
	count(data.rules.registry.replicated.deny) == 1 with input as given with data.others as registry([])
	count(data.rules.registry.replicated.deny) == 1 with input as given with data.others as [object.union(registry([replication])[0], {"account": "444455556666"})]
}

test_what_a_stack_shared_itself_is_not_another_s if {
	given := plans.production([repository])
	count(data.rules.registry.replicated.deny) == 1 with input as given with data.others as [plans.other("prod-service", {"resources": [replication]})]
}

test_where_not_all_stacks_are_judged_replication_is_unknown if {
	given := plans.without(plans.production([repository]), ["prod-registry", "prod-dns"])
	count(data.rules.registry.replicated.deny) == 0 with input as given
	found := data.rules.registry.replicated.unknown with input as given
	messages(found) == {"is copied by another stack's rules, or nowhere: judge it along with prod-dns, prod-registry"}
}

test_terraform_cloud_sees_one_plan_and_says_so if {
	given := plans.alone(plans.production([repository, plans.made("aws_acm_certificate", {"domain_name": "www.example.com"})]))
	count(data.rules.registry.replicated.deny | (data.rules.registry.images_scanned.deny | data.rules.certificates.expiry_alarm.deny)) == 0 with input as given
	found := (data.rules.registry.replicated.unknown | data.rules.registry.images_scanned.unknown) | data.rules.certificates.expiry_alarm.unknown with input as given
	messages(found) == {
		concat("", ["is copied by another stack's rules, or nowhere: ", alone]),
		concat("", ["is scanned by the settings of its registry in another stack, or not at all: ", alone]),
		concat("", ["is watched by another stack, or by nothing: ", alone]),
	}
}

test_scanning_of_another_stack_of_the_account_and_region_decides if {
	given := plans.production([repository])
	count(data.rules.registry.images_scanned.deny) == 0 with input as given with data.others as registry([scanning])
	count(data.rules.registry.images_scanned.deny) == 1 with input as given with data.others as registry([moved(scanning, "us-west-2")])
	leaving_out := object.union(scanning, {"after": {"region": "us-east-1", "rule": []}})
	own := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api", "region": "us-east-1", "image_scanning_configuration": [{"scan_on_push": true}]})])
	count(data.rules.registry.images_scanned.deny) == 1 with input as own with data.others as registry([leaving_out])
	count(data.rules.registry.images_scanned.deny) == 0 with input as own with data.others as []
}

test_scan_on_push_alone_is_no_answer_while_the_registry_is_not_seen if {
	given := plans.without(plans.production([plans.made("aws_ecr_repository", {"name": "claims/api", "image_scanning_configuration": [{"scan_on_push": true}]})]), ["prod-registry"])
	count(data.rules.registry.images_scanned.deny) == 0 with input as given
	count(data.rules.registry.images_scanned.unknown) == 1 with input as given
}

hearing := {"resource": {"after": {"region": "us-east-1"}, "unknown": {}}, "attribute": "event_pattern", "text": `{"detail-type":["ACM Certificate Approaching Expiration"]}`, "certificates": [], "open": false}

test_a_rule_of_another_stack_hears_of_every_certificate_of_its_region if {
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "region": "us-east-1"})])
	count(data.rules.certificates.expiry_alarm.deny) == 0 with input as given with data.others as [plans.other("prod-alarms", {"watchers": [hearing]})]
	elsewhere := object.union(hearing, {"resource": {"after": {"region": "us-west-2"}}})
	count(data.rules.certificates.expiry_alarm.deny) == 1 with input as given with data.others as [plans.other("prod-alarms", {"watchers": [elsewhere]})]
}

test_an_alarm_of_another_stack_is_for_the_certificate_that_it_names if {
	alarm := object.union(hearing, {"attribute": "dimensions", "text": "arn:aws:acm:us-east-1:111122223333:certificate/a"})
	given := plans.production([plans.made("aws_acm_certificate", {"domain_name": "www.example.com", "arn": alarm.text})])
	count(data.rules.certificates.expiry_alarm.deny) == 0 with input as given with data.others as [plans.other("prod-alarms", {"watchers": [alarm]})]
	same_address := object.union(alarm, {"text": "", "certificates": ["module.service.aws_acm_certificate.this"]})
	count(data.rules.certificates.expiry_alarm.deny) == 1 with input as given with data.others as [plans.other("prod-alarms", {"watchers": [same_address]})]
	open := object.union(alarm, {"text": "", "open": true})
	count(data.rules.certificates.expiry_alarm.unknown) == 1 with input as given with data.others as [plans.other("prod-alarms", {"watchers": [open]})]
}

record(after) := plans.made("aws_route53_record", object.union({"name": "www.example.com", "type": "CNAME"}, after))

deleting(kind, name) := [object.union(
	plans.other("dev-gateway", {"deleted": [{"kind": kind, "name": name, "address": "module.kong.aws_lb.this"}]}),
	{"account": "444455556666"},
)]

test_a_record_that_points_at_what_any_other_stack_deletes_dangles if {
	given := plans.production([record({"records": ["Old.elb.amazonaws.com"]})])
	found := data.rules.dns.no_dangling_record.deny with input as given with data.others as deleting("name", "old.elb.amazonaws.com")
	messages(found) == {"points at dev-gateway: module.kong.aws_lb.this, which that stack's plan deletes"}
	count(data.rules.dns.no_dangling_record.deny) == 0 with input as given with data.others as deleting("name", "other.elb.amazonaws.com")
	count(data.rules.dns.no_dangling_record.deny) == 0 with input as given with data.others as deleting("website", "old.elb.amazonaws.com")
}

test_a_website_and_a_health_check_of_another_stack_are_looked_for_too if {
	site := plans.production([plans.made("aws_route53_record", {"name": "www.example.com", "type": "A", "alias": [{"name": "s3-website-us-east-1.amazonaws.com"}]})])
	count(data.rules.dns.no_dangling_record.deny) == 1 with input as site with data.others as deleting("website", "www.example.com")
	checked := plans.production([record({"records": ["x.example.net"], "health_check_id": "h-1"})])
	count(data.rules.dns.no_dangling_record.deny) == 1 with input as checked with data.others as deleting("health check", "h-1")
}

test_a_record_that_points_out_of_its_plan_is_unknown_while_another_may_delete_its_target if {
	given := plans.alone(plans.production([record({"records": ["x.elb.amazonaws.com"]})]))
	found := data.rules.dns.no_dangling_record.unknown with input as given
	messages(found) == {concat("", ["points at something that another stack may delete: ", alone])}
	count(data.rules.dns.no_dangling_record.deny) == 0 with input as given
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as plans.production([record({"records": ["x.elb.amazonaws.com"]})])
}

test_a_record_that_says_where_it_stays_is_fine_alone if {
	own := plans.alone(plans.production([record({"records": ["x.elb.amazonaws.com"]}), plans.made("aws_lb", {"dns_name": "x.elb.amazonaws.com"})]))
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as own
	text := plans.alone(plans.production([record({"type": "TXT", "records": ["v=spf1 -all"]})]))
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as text
	proof := plans.alone(plans.production([record({"records": ["_a.b.acm-validations.aws."]})]))
	count(data.rules.dns.no_dangling_record.unknown) == 0 with input as proof
}

# --- What is asked of others

others := [
	plan_of("prod-registry", "111122223333", [replication, scanning]),
	plan_of("prod-service", "111122223333", [replication]),
	plan_of("dev-registry", "444455556666", [replication]),
]

plan_of(stack, account, resources) := object.union(
	plans.other(stack, {"resources": resources, "watchers": [stack], "deleted": [{"kind": "name", "name": "a.example.com", "address": "aws_lb.x"}]}),
	{"account": account},
)

test_the_others_of_the_account_have_what_they_share_and_no_more if {
	given := plans.production([plans.made(replication.type, replication.after)])
	of_type := platform.of("aws_ecr_replication_configuration") with input as given with data.others as others
	of_type == [replication]
	platform.of("aws_ecr_repository") == [] with input as given with data.others as others
	all := platform.everywhere("aws_ecr_replication_configuration") with input as given with data.others as others
	count(all) == 2
	heard := data.lib.platform.watchers with input as given with data.others as others
	heard == ["prod-registry"]
}

test_what_anybody_else_deletes_is_known_in_every_account if {
	given := plans.production([])
	found := platform.deleted("name", "a.example.com") with input as given with data.others as others
	found == {"prod-registry: aws_lb.x", "dev-registry: aws_lb.x"}
	platform.deleted("website", "a.example.com") == set() with input as given with data.others as others
	platform.deleted("name", "a.example.com") == set() with input as given with data.others as []
}

test_both_settings_of_a_registry_are_shared if {
	given := plans.production([plans.made(replication.type, {}), plans.made(scanning.type, {}), repository])
	shared := data.lib.platform.share with input as given
	{resource.type | some resource in shared.resources} == {"aws_ecr_replication_configuration", "aws_ecr_registry_scanning_configuration"}
}

test_it_is_said_which_plans_are_missing if {
	alone == data.lib.platform.open with input as {"groundplan": {"stack": "prod-service"}}
	alone == data.lib.platform.open with input as {"run": {}}
	data.lib.platform.open == "judge it along with a, b" with input as {"groundplan": {"absent": ["b", "a"]}}
	not data.lib.platform.open with input as {"groundplan": {"absent": []}}
	data.lib.platform.account == "" with input as {}
}
