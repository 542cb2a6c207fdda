package tests.lib.links

import data.lib.links
import data.lib.plan
import data.testing.plans

import rego.v1

store_types := {
	"aws_s3_bucket": "bucket",
	"aws_lambda_function": "function_name",
	"aws_backup_vault": "name",
	"aws_cloudwatch_event_rule": "name",
	"aws_ecr_repository": "name",
	"aws_route53_zone": "zone_id",
}

# Written from the provider's documentation of each helper: the type, its argument that names the store, the store.
pairs := {
	["aws_s3_bucket_server_side_encryption_configuration", "bucket", "aws_s3_bucket"],
	["aws_s3_bucket_public_access_block", "bucket", "aws_s3_bucket"],
	["aws_s3_bucket_policy", "bucket", "aws_s3_bucket"],
	["aws_s3_bucket_versioning", "bucket", "aws_s3_bucket"],
	["aws_lambda_function_event_invoke_config", "function_name", "aws_lambda_function"],
	["aws_backup_vault_lock_configuration", "backup_vault_name", "aws_backup_vault"],
	["aws_cloudwatch_event_target", "rule", "aws_cloudwatch_event_rule"],
	["aws_ecr_lifecycle_policy", "repository", "aws_ecr_repository"],
	["aws_route53_hosted_zone_dnssec", "hosted_zone_id", "aws_route53_zone"],
	["aws_route53_key_signing_key", "hosted_zone_id", "aws_route53_zone"],
	["aws_route53_query_log", "zone_id", "aws_route53_zone"],
}

first(given, type) := resource if {
	some resource in plan.of(type) with input as given
	resource.name == "this"
}

found(type, store, resources) := {helper.name |
	given := plans.production(resources)
	some helper in links.of(type, first(given, store)) with input as given
}

state(type, store, resources) := {name |
	given := plans.production(resources)
	some name in ["missing", "unclear"]
	said(name, type, first(given, store), given)
}

said("missing", type, store, given) if {
	links.missing(type, store) with input as given
}

said("unclear", type, store, given) if {
	links.unclear(type, store) with input as given
}

test_every_kind_of_helper_finds_its_store_by_name if {
	every pair in pairs {
		[type, argument, store] := pair
		made := plans.made(store, {store_types[store]: "claims"})
		found(type, store, [made, plans.made(type, {argument: "claims"})]) == {"this"}
		found(type, store, [made, plans.made(type, {argument: "other"})]) == set()
		found(type, store, [made, plans.made(type, {"id": "claims"})]) == set()
		state(type, store, [made, plans.made(type, {argument: "claims"})]) == set()
		state(type, store, [made, plans.made(type, {argument: "other"})]) == {"missing"}
	}
}

test_every_kind_of_helper_finds_its_store_by_reference if {
	every pair in pairs {
		[type, argument, store] := pair
		reading := plans.reads(plans.made(type, {}), argument, {"references": [concat("", [store, ".this.id"]), concat("", [store, ".this"])]})
		found(type, store, [plans.made(store, {}), reading]) == {"this"}
		open := plans.reads(plans.made(type, {}), argument, {"references": ["local.store"]})
		found(type, store, [plans.made(store, {}), open]) == set()
		state(type, store, [plans.made(store, {}), open]) == {"unclear"}
	}
}

test_a_store_without_a_name_is_no_helper_s_without_one if {
	state("aws_s3_bucket_policy", "aws_s3_bucket", [plans.made("aws_s3_bucket", {}), plans.made("aws_s3_bucket_policy", {})]) == {"missing"}
}

test_a_zone_is_found_through_the_key_that_signs_it if {
	key := plans.reads(plans.made("aws_route53_key_signing_key", {}), "hosted_zone_id", {"references": ["aws_route53_zone.this.zone_id"]})
	signed := plans.reads(plans.made("aws_route53_hosted_zone_dnssec", {}), "hosted_zone_id", {"references": ["aws_route53_key_signing_key.this.hosted_zone_id"]})
	zone := plans.made("aws_route53_zone", {})
	found("aws_route53_hosted_zone_dnssec", "aws_route53_zone", [zone, key, signed]) == {"this"}
	known := plans.made("aws_route53_key_signing_key", {"hosted_zone_id": "Z1"})
	found("aws_route53_hosted_zone_dnssec", "aws_route53_zone", [plans.made("aws_route53_zone", {"zone_id": "Z1"}), known, signed]) == {"this"}
	found("aws_route53_hosted_zone_dnssec", "aws_route53_zone", [zone, signed]) == set()
	found("aws_route53_query_log", "aws_route53_zone", [zone, key, plans.reads(plans.made("aws_route53_query_log", {}), "zone_id", {"references": ["aws_route53_key_signing_key.this.hosted_zone_id"]})]) == set()
}

versioning(reference) := plans.reads(plans.made("aws_s3_bucket_versioning", {}), "bucket", {"references": [reference]})

bucket := plans.made("aws_s3_bucket", {})

test_a_helper_belongs_to_the_instance_that_it_names if {
	other := plans.keyed(bucket, "b")
	found("aws_s3_bucket_versioning", "aws_s3_bucket", [plans.keyed(bucket, "a"), versioning("aws_s3_bucket.this[\"a\"].id")]) == {"this"}
	found("aws_s3_bucket_versioning", "aws_s3_bucket", [other, versioning("aws_s3_bucket.this[\"a\"].id")]) == set()
	found("aws_s3_bucket_versioning", "aws_s3_bucket", [other, plans.keyed(versioning("aws_s3_bucket.this"), "b")]) == {"this"}
	found("aws_s3_bucket_versioning", "aws_s3_bucket", [other, plans.keyed(versioning("aws_s3_bucket.this"), "c")]) == set()
	found("aws_s3_bucket_versioning", "aws_s3_bucket", [bucket, plans.keyed(versioning("aws_s3_bucket.this"), "b")]) == {"this"}
}

test_a_store_that_goes_has_no_helper if {
	given := plans.production([plans.planned(bucket, ["delete"]), versioning("aws_s3_bucket.this.id")])
	helper := plan.of("aws_s3_bucket_versioning")[0] with input as given
	links.referenced(helper, ["bucket"], "aws_s3_bucket") == set() with input as given
	links.maybe("aws_s3_bucket_versioning") with input as given
}

test_an_expression_refers_to_resources_of_the_type_alone if {
	given := plans.production([bucket, plans.made("aws_s3_bucket_object", {}), versioning("aws_s3_bucket_object.this.id")])
	helper := plan.of("aws_s3_bucket_versioning")[0] with input as given
	links.referenced(helper, ["bucket"], "aws_s3_bucket") == set() with input as given
	links.referenced(helper, ["bucket"], "aws_s3_bucket_object") == {"module.service.aws_s3_bucket_object.this"} with input as given
}

test_only_an_unknown_name_may_be_any_store_s if {
	not maybe([plans.made("aws_s3_bucket_versioning", {"bucket": "elsewhere"})])
	maybe([versioning("local.bucket")])
	not maybe([bucket, versioning("aws_s3_bucket.this.id")])
	not maybe([])
}

maybe(resources) if {
	links.maybe("aws_s3_bucket_versioning") with input as plans.production(resources)
}

test_an_instance_key_stands_right_behind_the_name if {
	links.instance_key("aws_s3_bucket.this[\"a\"].id") == "[\"a\"]"
	links.instance_key("aws_s3_bucket.this[\"a\\\"]b\"]") == "[\"a\\\"]b\"]"
	links.instance_key("aws_s3_bucket.this[12].id") == "[12]"
	links.instance_key("aws_s3_bucket.This-1_x[0]") == "[0]"
	links.instance_key("aws_s3_bucket.this.tags[\"a\"]") == ""
	links.instance_key("aws_s3_bucket.this[each.key].id") == ""
	links.instance_key("aws_s3_bucket.this") == ""
	links.base("aws_s3_bucket.this[\"a\"].id") == "aws_s3_bucket.this"
	links.index_text(null) == ""
	links.index_text(0) == "[0]"
	links.index_text("a") == "[\"a\"]"
}

test_a_helper_inside_an_instance_of_a_module_means_its_neighbours if {
	helper := {"module": "module.store[\"a\"]", "index": null}
	links.instances(helper, "module.store", "aws_s3_bucket.this.id") == {"module.store[\"a\"].aws_s3_bucket.this"}
	links.instances(helper, "", "aws_s3_bucket.this.id") == {"aws_s3_bucket.this"}
	links.instances(helper, "module.store", "aws_s3_bucket.this[0].id") == {"module.store[\"a\"].aws_s3_bucket.this[0]"}
	links.instances(object.union(helper, {"index": "x"}), "", "aws_s3_bucket.this") == {"aws_s3_bucket.this", "aws_s3_bucket.this[\"x\"]"}
}

test_a_store_with_a_helper_is_clear_beside_one_that_may_be_any_store_s if {
	open := plans.named(versioning("local.bucket"), "open")
	state("aws_s3_bucket_versioning", "aws_s3_bucket", [bucket, versioning("aws_s3_bucket.this.id"), open]) == set()
	state("aws_s3_bucket_versioning", "aws_s3_bucket", [bucket, open]) == {"unclear"}
}
