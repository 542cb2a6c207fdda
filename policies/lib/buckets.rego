# METADATA
# description: |
#   What is written of a bucket in the bucket itself, as before version 4 of the provider, beside its helper resources;
#   and which buckets take logs of a service that writes only with S3's own key.
#   https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
#   https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-access-logs.html
#   https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
#   Network load balancers and CloudFront write with a customer managed key as well:
#   https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html
#   https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/AccessLogs.html
package lib.buckets

import data.lib.iam
import data.lib.links
import data.lib.plan
import data.lib.value

import rego.v1

# Whether the bucket itself has the block or the argument, known or not.
inline(bucket, name) if count(value.list(plan.known(bucket, [name], []))) > 0

inline(bucket, name) if plan.text(bucket, [name]) != ""

inline(bucket, name) if plan.undecided(bucket, [name])

# No block of the bucket's own and no helper resource.
missing(bucket, name, helper_type) if {
	not inline(bucket, name)
	links.missing(helper_type, bucket)
}

unclear(bucket, name, helper_type) if {
	not inline(bucket, name)
	links.unclear(helper_type, bucket)
}

# --- Targets of logs

writers contains {"resource": balancer, "path": [block, 0, "bucket"]} if {
	some balancer in plan.of("aws_lb")
	object.get(balancer.after, "load_balancer_type", "application") in {"application", null}
	some block in ["access_logs", "connection_logs", "health_check_logs"]
	used(balancer, block)
}

writers contains {"resource": balancer, "path": [block, 0, "bucket"]} if {
	some balancer in plan.of("aws_alb")
	object.get(balancer.after, "load_balancer_type", "application") in {"application", null}
	some block in ["access_logs", "connection_logs", "health_check_logs"]
	used(balancer, block)
}

writers contains {"resource": balancer, "path": ["access_logs", 0, "bucket"]} if {
	some balancer in plan.of("aws_elb")
	used(balancer, "access_logs")
}

writers contains {"resource": logging, "path": ["target_bucket"]} if some logging in plan.of("aws_s3_bucket_logging")

writers contains {"resource": bucket, "path": ["logging", 0, "target_bucket"]} if {
	some bucket in plan.of("aws_s3_bucket")
	used(bucket, "logging")
}

used(resource, block) if count(value.list(plan.known(resource, [block], []))) > 0

used(resource, block) if plan.undecided(resource, [block, 0, "bucket"])

# Each writer's buckets, by their addresses.
written_to(writer) := links.referenced(writer.resource, writer.path, "aws_s3_bucket") | {bucket.address |
	some bucket in plan.of("aws_s3_bucket")
	plan.text(bucket, ["bucket"]) != ""
	plan.text(bucket, ["bucket"]) == plan.text(writer.resource, writer.path)
}

log_targets contains address if {
	some writer in writers
	some address in written_to(writer)
}

# A writer of another stack or account shows in what the bucket lets in: the ACL of log delivery, or the service's name.
log_targets contains bucket.address if {
	some bucket in plan.of("aws_s3_bucket")
	plan.text(bucket, ["acl"]) == "log-delivery-write"
}

log_targets contains address if {
	some helper in plan.of("aws_s3_bucket_acl")
	plan.text(helper, ["acl"]) == "log-delivery-write"
	some address in written_to({"resource": helper, "path": ["bucket"]})
}

log_targets contains bucket.address if {
	some bucket in plan.of("aws_s3_bucket")
	some holder in (links.of("aws_s3_bucket_policy", bucket) | {bucket})
	some statement in iam.statements(plan.text(holder, ["policy"]))
	statement.effect == "Allow"
	some principal in statement.principals
	principal in log_services
}

log_services := {"Service:logging.s3.amazonaws.com", "Service:logdelivery.elasticloadbalancing.amazonaws.com"}

takes_logs(bucket) if bucket.address in data.lib.buckets.log_targets

# A writer whose bucket cannot be told may mean any.
may_take_logs if {
	some writer in writers
	plan.undecided(writer.resource, writer.path)
	count(written_to(writer)) == 0
}
