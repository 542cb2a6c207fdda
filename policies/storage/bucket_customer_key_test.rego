package tests.storage.bucket_customer_key

import data.testing.plans

import rego.v1

test_a_bucket_without_an_encryption_configuration_is_denied if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"})])
	count(data.rules.storage.bucket_customer_key.deny) == 1 with input as given
	count(data.rules.storage.bucket_customer_key.unknown) == 0 with input as given
}

test_a_bucket_with_s3_own_key_is_denied if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.reads(plans.made("aws_s3_bucket_server_side_encryption_configuration", {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256", "kms_master_key_id": null}]}]}), "bucket", {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]})])
	count(data.rules.storage.bucket_customer_key.deny) == 2 with input as given
	count(data.rules.storage.bucket_customer_key.unknown) == 0 with input as given
}

test_a_bucket_with_a_key_of_ours_is_fine if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.reads(plans.made("aws_s3_bucket_server_side_encryption_configuration", {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms", "kms_master_key_id": "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"}]}]}), "bucket", {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]})])
	count(data.rules.storage.bucket_customer_key.deny) == 0 with input as given
	count(data.rules.storage.bucket_customer_key.unknown) == 0 with input as given
}

test_each_instance_of_a_bucket_is_linked_to_the_configuration_of_its_own_key if {
	given := plans.production([plans.keyed(plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), "logs"), plans.keyed(plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), "data"), plans.keyed(plans.reads(plans.made("aws_s3_bucket_server_side_encryption_configuration", {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms", "kms_master_key_id": "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"}]}]}), "bucket", {"references": ["aws_s3_bucket.this", "each.key"]}), "logs")])
	count(data.rules.storage.bucket_customer_key.deny) == 1 with input as given
	count(data.rules.storage.bucket_customer_key.unknown) == 0 with input as given
}

test_a_bucket_named_by_its_known_name_is_linked_by_it if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.made("aws_s3_bucket_server_side_encryption_configuration", {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms", "kms_master_key_id": "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"}]}], "bucket": "prod-claims"})])
	count(data.rules.storage.bucket_customer_key.deny) == 0 with input as given
	count(data.rules.storage.bucket_customer_key.unknown) == 0 with input as given
}

test_a_configuration_of_another_bucket_does_not_count if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.named(plans.made("aws_s3_bucket", {"bucket": "other"}), "other"), plans.reads(plans.made("aws_s3_bucket_server_side_encryption_configuration", {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms", "kms_master_key_id": "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"}]}]}), "bucket", {"references": ["aws_s3_bucket.other.id", "aws_s3_bucket.other"]})])
	count(data.rules.storage.bucket_customer_key.deny) == 1 with input as given
	count(data.rules.storage.bucket_customer_key.unknown) == 0 with input as given
}

test_a_configuration_that_names_its_bucket_only_at_apply_leaves_it_unknown if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.reads(plans.made("aws_s3_bucket_server_side_encryption_configuration", {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms", "kms_master_key_id": "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"}]}]}), "bucket", {"references": ["local.bucket"]})])
	count(data.rules.storage.bucket_customer_key.deny) == 0 with input as given
	count(data.rules.storage.bucket_customer_key.unknown) == 1 with input as given
}

test_a_key_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), plans.later(plans.reads(plans.made("aws_s3_bucket_server_side_encryption_configuration", {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms", "kms_master_key_id": null}]}]}), "bucket", {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]}), {"rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": true}]}]})])
	count(data.rules.storage.bucket_customer_key.deny) == 0 with input as given
	count(data.rules.storage.bucket_customer_key.unknown) == 1 with input as given
}

# --- As written in the bucket itself

inline_bucket(defaults) := plans.made("aws_s3_bucket", {"bucket": "prod-claims", "server_side_encryption_configuration": [{"rule": [{"apply_server_side_encryption_by_default": [defaults]}]}]})

denied(resources) := number if {
	number := count(data.rules.storage.bucket_customer_key.deny) with input as plans.production(resources)
}

test_a_key_in_the_bucket_itself_counts if {
	denied([inline_bucket({"sse_algorithm": "aws:kms", "kms_master_key_id": "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"})]) == 0
	denied([inline_bucket({"sse_algorithm": "AES256"})]) == 2
	denied([inline_bucket({"sse_algorithm": "aws:kms"})]) == 1
}

test_a_block_that_the_provider_fills_is_no_configuration if {
	denied([plans.computed(plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), ["server_side_encryption_configuration"])]) == 1
}

# --- Targets of logs

target := plans.made("aws_s3_bucket", {"bucket": "prod-logs"})

test_what_takes_a_load_balancer_s_logs_has_s3_s_own_key if {
	denied([target, plans.made("aws_lb", {"access_logs": [{"bucket": "prod-logs", "enabled": true}]})]) == 0
	denied([target, plans.made("aws_lb", {"load_balancer_type": "application", "connection_logs": [{"bucket": "prod-logs"}]})]) == 0
	denied([target, plans.made("aws_elb", {"access_logs": [{"bucket": "prod-logs"}]})]) == 0
	denied([target, plans.made("aws_alb", {"access_logs": [{"bucket": "prod-logs"}]})]) == 0
	denied([target, plans.made("aws_s3_bucket_logging", {"target_bucket": "prod-logs"})]) == 0
	denied([target, plans.named(plans.made("aws_s3_bucket", {"bucket": "other", "logging": [{"target_bucket": "prod-logs"}]}), "other")]) == 1
}

test_what_takes_the_logs_of_a_network_load_balancer_or_of_cloudfront_needs_a_key if {
	denied([target, plans.made("aws_lb", {"load_balancer_type": "network", "access_logs": [{"bucket": "prod-logs"}]})]) == 1
	denied([target, plans.made("aws_cloudfront_distribution", {"logging_config": [{"bucket": "prod-logs.s3.amazonaws.com"}]})]) == 1
}

test_a_target_is_found_by_what_the_load_balancer_reads if {
	logs := [{"bucket": {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]}}]
	balancer := plans.blocks(plans.made("aws_lb", {"access_logs": [{"enabled": true}]}), "access_logs", logs, [{"bucket": true}])
	denied([plans.made("aws_s3_bucket", {}), balancer]) == 0
}

test_a_load_balancer_whose_bucket_cannot_be_told_leaves_every_bucket_unknown if {
	given := plans.production([target, plans.blocks(plans.made("aws_lb", {"access_logs": [{"enabled": true}]}), "access_logs", [{"bucket": {"references": ["local.logs"]}}], [{"bucket": true}])])
	count(data.rules.storage.bucket_customer_key.deny) == 0 with input as given
	count(data.rules.storage.bucket_customer_key.unknown) == 1 with input as given
}

test_a_target_of_another_stack_s_logs_shows_in_whom_it_lets_in if {
	denied([plans.made("aws_s3_bucket", {"bucket": "prod-logs", "acl": "log-delivery-write"})]) == 0
	denied([target, plans.made("aws_s3_bucket_acl", {"bucket": "prod-logs", "acl": "log-delivery-write"})]) == 0
	denied([target, plans.made("aws_s3_bucket_acl", {"bucket": "prod-logs", "acl": "private"})]) == 1
	every pair in [[0, "logging.s3.amazonaws.com"], [0, "logdelivery.elasticloadbalancing.amazonaws.com"], [1, "delivery.logs.amazonaws.com"]] {
		policy := json.marshal({"Statement": [{"Effect": "Allow", "Principal": {"Service": pair[1]}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::prod-logs/*"}]})
		denied([target, plans.made("aws_s3_bucket_policy", {"bucket": "prod-logs", "policy": policy})]) == pair[0]
	}
}

test_a_key_that_aws_shares_is_denied_and_an_algorithm_that_comes_at_apply_is_unknown if {
	denied([inline_bucket({"sse_algorithm": "aws:kms", "kms_master_key_id": "alias/aws/s3"})]) == 1
	ours := "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"
	rule := [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": ours}]}]
	open := plans.blocks(
		plans.made("aws_s3_bucket_server_side_encryption_configuration", {"bucket": "prod-claims", "rule": rule}), "rule",
		[{"apply_server_side_encryption_by_default": [{"sse_algorithm": {"references": ["local.algorithm"]}}]}],
		[{"apply_server_side_encryption_by_default": [{"sse_algorithm": true}]}],
	)
	given := plans.production([plans.made("aws_s3_bucket", {"bucket": "prod-claims"}), open])
	count(data.rules.storage.bucket_customer_key.deny) == 0 with input as given
	count(data.rules.storage.bucket_customer_key.unknown) == 1 with input as given
}
