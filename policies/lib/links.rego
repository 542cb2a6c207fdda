# METADATA
# description: |
#   Which helper resource belongs to which store. A bucket's encryption, policy, versioning and public
#   access block are resources of their own that name the bucket, by an id that a first plan does not know;
#   the configuration's references say which bucket is meant, instance by instance.
package lib.links

import data.lib.plan

import rego.v1

# Helper type: the attribute that names the store, and the store's type.
# `through` is another helper type, whose same attribute may be what the helper reads.
helpers := {
	"aws_s3_bucket_server_side_encryption_configuration": {"attribute": "bucket", "store": "aws_s3_bucket"},
	"aws_s3_bucket_public_access_block": {"attribute": "bucket", "store": "aws_s3_bucket"},
	"aws_s3_bucket_policy": {"attribute": "bucket", "store": "aws_s3_bucket"},
	"aws_s3_bucket_lifecycle_configuration": {"attribute": "bucket", "store": "aws_s3_bucket"},
	"aws_s3_bucket_versioning": {"attribute": "bucket", "store": "aws_s3_bucket"},
	"aws_lambda_function_event_invoke_config": {"attribute": "function_name", "store": "aws_lambda_function"},
	"aws_backup_vault_lock_configuration": {"attribute": "backup_vault_name", "store": "aws_backup_vault"},
	"aws_cloudwatch_event_target": {"attribute": "rule", "store": "aws_cloudwatch_event_rule"},
	"aws_ecr_lifecycle_policy": {"attribute": "repository", "store": "aws_ecr_repository"},
	"aws_route53_hosted_zone_dnssec": {"attribute": "hosted_zone_id", "store": "aws_route53_zone", "through": "aws_route53_key_signing_key"},
	"aws_route53_key_signing_key": {"attribute": "hosted_zone_id", "store": "aws_route53_zone"},
	"aws_route53_query_log": {"attribute": "zone_id", "store": "aws_route53_zone"},
}

# The attribute by which a store is named.
names := {
	"aws_s3_bucket": "bucket",
	"aws_lambda_function": "function_name",
	"aws_backup_vault": "name",
	"aws_cloudwatch_event_rule": "name",
	"aws_ecr_repository": "name",
	"aws_route53_zone": "zone_id",
}

# attached[helper type][store address] holds the helpers of that store.
attached[type][address] contains helper if {
	some type
	some pair in resolved[type]
	address := pair.store
	helper := pair.helper
}

# Helpers that name a store which this plan does not show; any store may be theirs.
unresolved[type] contains helper if {
	some type, facts in helpers
	some helper in plan.of(type)
	plan.unknown_at(helper, [facts.attribute])
	count(stores_of(helper, facts)) == 0
}

resolved[type] contains {"store": store, "helper": helper} if {
	some type, facts in helpers
	some helper in plan.of(type)
	some store in stores_of(helper, facts)
}

stores_of(helper, facts) := direct_stores(helper, facts) | stores_through(helper, facts)

direct_stores(helper, facts) := named_stores(helper, facts) | referenced(helper, [facts.attribute], facts.store)

named_stores(helper, facts) := {address | some address in addresses_by_name[facts.store][plan.text(helper, [facts.attribute])]}

stores_through(helper, facts) := {address |
	some middle in referenced(helper, [facts.attribute], facts.through)
	some address in direct_stores(at(facts.through, middle), helpers[facts.through])
}

addresses_by_name[type][name] contains store.address if {
	some type, attribute in names
	some store in plan.of(type)
	name := plan.text(store, [attribute])
	name != ""
}

# The addresses of `type` that stay and that the expression at `path` of `resource` reads, instance by instance.
referenced(resource, path, type) := {address |
	some origin in plan.origins(resource, path)
	[home, reference] := split(origin, "|")
	startswith(reference, concat("", [type, "."]))
	some address in instances(resource, home, reference)
	at(type, address).stays
}

# The resource at an address that has no deposed object.
at(type, address) := data.lib.plan.by_type[type][concat("", [address, " "])]

# The addresses that `reference` can mean when read by `helper`.
instances(helper, path, reference) := {address} if {
	# an instance key that the author wrote
	key := instance_key(reference)
	key != ""
	address := concat("", [plan.joined(module_instance(helper, path), base(reference)), key])
} else := {concat("", [store, index_text(helper.index)]), store} if {
	store := plan.joined(module_instance(helper, path), base(reference))
}

module_instance(helper, path) := helper.module if {
	plan.unindexed(helper.module) == path
} else := path

base(reference) := concat(".", [parts[0], parts[1]]) if {
	parts := split(plan.unindexed(reference), ".")
}

instance_key(reference) := found if {
	matches := regex.find_n(`^[a-z0-9_]+\.[A-Za-z0-9_-]+\[("([^"\\]|\\.)*"|[0-9]+)\]`, reference, -1)
	found := trim_prefix(matches[0], base(reference))
} else := ""

index_text(index) := concat("", ["[", json.marshal(index), "]"]) if {
	not is_null(index)
} else := ""

# What a store's helpers of `type` say, for rules: the set of them; `maybe` when another helper may be its own.
of(type, store) := {helper | some helper in attached[type][store.address]}

maybe(type) if some _ in unresolved[type]

missing(type, store) if {
	count(of(type, store)) == 0
	not maybe(type)
}

unclear(type, store) if {
	count(of(type, store)) == 0
	maybe(type)
}
