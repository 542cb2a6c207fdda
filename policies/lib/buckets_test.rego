package tests.lib.buckets

import data.lib.buckets
import data.lib.plan
import data.testing.plans

import rego.v1

this(given, type) := resource if {
	some resource in plan.of(type) with input as given
	resource.name == "this"
}

bucket(after) := plans.made("aws_s3_bucket", after)

inline(made) if {
	given := plans.production([made])
	buckets.inline(this(given, "aws_s3_bucket"), "logging") with input as given
}

test_a_block_or_argument_of_the_bucket_s_own_is_inline if {
	inline(bucket({"logging": [{"target_bucket": "logs"}]}))
	inline(bucket({"logging": "as text"}))
	inline(plans.later(bucket({}), {"logging": true}))
	not inline(bucket({}))
	not inline(bucket({"logging": []}))
	not inline(bucket({"logging": ""}))
}

test_what_nobody_wrote_or_is_unknown_only_inside_is_not_inline if {
	not inline(plans.computed(bucket({}), ["logging"]))
	not inline(plans.later(bucket({}), {"logging": [{"target_prefix": true}]}))
}

versioning(reference) := plans.reads(plans.made("aws_s3_bucket_versioning", {}), "bucket", {"references": [reference]})

verdict(resources) := {name |
	given := plans.production(resources)
	some name in ["missing", "unclear"]
	told(name, given)
}

told("missing", given) if {
	buckets.missing(this(given, "aws_s3_bucket"), "versioning", "aws_s3_bucket_versioning") with input as given
}

told("unclear", given) if {
	buckets.unclear(this(given, "aws_s3_bucket"), "versioning", "aws_s3_bucket_versioning") with input as given
}

test_a_helper_is_missing_unclear_or_there if {
	verdict([bucket({})]) == {"missing"}
	verdict([bucket({}), versioning("aws_s3_bucket.this.id")]) == set()
	verdict([bucket({}), versioning("local.bucket")]) == {"unclear"}
}

test_nothing_is_missing_or_unclear_where_the_bucket_itself_says_it if {
	said := bucket({"versioning": [{"enabled": true}]})
	verdict([said]) == set()
	verdict([said, versioning("local.bucket")]) == set()
}

# --- Targets of logs

logs := plans.named(plans.made("aws_s3_bucket", {"bucket": "logs"}), "logs")

targets(resources) := {address | some address in data.lib.buckets.log_targets with input as plans.production(resources)}

target := {"module.service.aws_s3_bucket.logs"}

balancer(type, after) := plans.made(type, after)

test_the_bucket_of_each_kind_of_log_of_an_application_balancer_is_a_target if {
	every type in ["aws_lb", "aws_alb"] {
		every block in ["access_logs", "connection_logs", "health_check_logs"] {
			targets([logs, balancer(type, {block: [{"bucket": "logs"}]})]) == target
			targets([logs, balancer(type, {"load_balancer_type": "application", block: [{"bucket": "logs"}]})]) == target
			targets([logs, balancer(type, {"load_balancer_type": null, block: [{"bucket": "logs"}]})]) == target
			targets([logs, balancer(type, {"load_balancer_type": "network", block: [{"bucket": "logs"}]})]) == set()
			targets([logs, balancer(type, {block: [{"bucket": "others"}]})]) == set()
		}
		targets([logs, balancer(type, {"other_logs": [{"bucket": "logs"}]})]) == set()
	}
}

test_the_bucket_of_a_classic_balancer_and_of_another_bucket_is_a_target if {
	targets([logs, balancer("aws_elb", {"access_logs": [{"bucket": "logs"}]})]) == target
	targets([logs, balancer("aws_elb", {"connection_logs": [{"bucket": "logs"}]})]) == set()
	targets([logs, plans.made("aws_s3_bucket_logging", {"target_bucket": "logs"})]) == target
	targets([logs, plans.made("aws_s3_bucket_logging", {"bucket": "logs"})]) == set()
	targets([logs, bucket({"logging": [{"target_bucket": "logs"}]})]) == target
	targets([logs, bucket({"logging": [{"target_prefix": "logs"}]})]) == set()
}

test_a_bucket_without_a_name_is_not_the_target_of_a_writer_without_one if {
	targets([bucket({}), plans.made("aws_s3_bucket_logging", {})]) == set()
}

test_a_bucket_is_a_target_by_what_the_writer_s_expression_reads if {
	nameless := plans.named(plans.made("aws_s3_bucket", {}), "logs")
	reading := plans.reads(plans.made("aws_s3_bucket_logging", {}), "target_bucket", {"references": ["aws_s3_bucket.logs.id", "aws_s3_bucket.logs"]})
	targets([nameless, reading]) == target
	unknown := {"access_logs": [{"bucket": true}]}
	written := [{"bucket": {"references": ["aws_s3_bucket.logs.id", "aws_s3_bucket.logs"]}}]
	blocked := plans.blocks(plans.made("aws_lb", {"access_logs": [{}]}), "access_logs", written, unknown.access_logs)
	targets([nameless, blocked]) == target
}

test_a_bucket_takes_logs_where_its_acl_says_so if {
	targets([object.union(logs, plans.named(bucket({"acl": "log-delivery-write"}), "logs"))]) == target
	targets([plans.named(bucket({"acl": "private"}), "logs")]) == set()
	acl := plans.made("aws_s3_bucket_acl", {"acl": "log-delivery-write", "bucket": "logs"})
	targets([logs, acl]) == target
	targets([logs, plans.made("aws_s3_bucket_acl", {"acl": "private", "bucket": "logs"})]) == set()
	targets([logs, plans.made("aws_s3_bucket_acl", {"acl": "log-delivery-write", "target": "logs"})]) == set()
}

letting(effect, principal) := json.marshal({"Statement": [{"Effect": effect, "Principal": {"Service": principal}, "Action": "s3:PutObject"}]})

test_a_bucket_takes_logs_where_its_policy_lets_their_service_in if {
	every name in ["logging.s3.amazonaws.com", "logdelivery.elasticloadbalancing.amazonaws.com"] {
		targets([plans.named(bucket({"policy": letting("Allow", name)}), "logs")]) == target
		targets([plans.named(bucket({"policy": letting("Deny", name)}), "logs")]) == set()
		targets([logs, plans.made("aws_s3_bucket_policy", {"bucket": "logs", "policy": letting("Allow", name)})]) == target
	}
	targets([plans.named(bucket({"policy": letting("Allow", "cloudtrail.amazonaws.com")}), "logs")]) == set()
}

test_a_bucket_takes_logs_when_it_is_a_target if {
	given := plans.production([bucket({"bucket": "claims"}), logs, plans.made("aws_s3_bucket_logging", {"target_bucket": "logs"})])
	some found in plan.of("aws_s3_bucket") with input as given
	found.name == "logs"
	buckets.takes_logs(found) with input as given
	not buckets.takes_logs(this(given, "aws_s3_bucket")) with input as given
}

may_take(resources) if data.lib.buckets.may_take_logs with input as plans.production(resources)

test_a_writer_whose_bucket_cannot_be_told_may_mean_any if {
	may_take([plans.reads(plans.made("aws_s3_bucket_logging", {}), "target_bucket", {"references": ["local.logs"]})])
	may_take([plans.later(plans.made("aws_lb", {}), {"access_logs": true})])
	may_take([plans.later(plans.made("aws_elb", {}), {"access_logs": true})])
	may_take([plans.later(bucket({}), {"logging": true})])
}

test_a_writer_whose_bucket_is_told_means_that_one if {
	not may_take([logs, plans.made("aws_s3_bucket_logging", {"target_bucket": "logs"})])
	not may_take([logs, plans.reads(plans.made("aws_s3_bucket_logging", {}), "target_bucket", {"references": ["aws_s3_bucket.logs.id"]})])
	not may_take([logs, plans.made("aws_s3_bucket_logging", {"target_bucket": "elsewhere"})])
	not may_take([bucket({})])
}
