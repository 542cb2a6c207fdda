package tests.logging.flow_logs

import data.testing.plans

import rego.v1

test_a_vpc_without_one_is_denied if {
	given := plans.of("dev", [plans.made("aws_vpc", {"cidr_block": "10.0.0.0/16"})])
	count(data.rules.logging.flow_logs.deny) == 1 with input as given
	count(data.rules.logging.flow_logs.unknown) == 0 with input as given
}

test_a_vpc_with_one_is_fine if {
	given := plans.production([plans.made("aws_vpc", {"cidr_block": "10.0.0.0/16"}), plans.named(plans.reads(plans.made("aws_flow_log", {"traffic_type": "ALL"}), "vpc_id", {"references": ["aws_vpc.this.id", "aws_vpc.this"]}), "this")])
	count(data.rules.logging.flow_logs.deny) == 0 with input as given
	count(data.rules.logging.flow_logs.unknown) == 0 with input as given
}

test_a_vpc_that_stands_already_is_found_by_its_id if {
	given := plans.production([plans.made("aws_vpc", {"id": "vpc-0a1b2c3d4e5f60718"}), plans.made("aws_flow_log", {"traffic_type": "REJECT", "vpc_id": "vpc-0a1b2c3d4e5f60718"})])
	count(data.rules.logging.flow_logs.deny) == 0 with input as given
	count(data.rules.logging.flow_logs.unknown) == 0 with input as given
}

test_the_log_of_another_vpc_is_not_its_own if {
	given := plans.production([plans.made("aws_vpc", {"cidr_block": "10.0.0.0/16"}), plans.named(plans.made("aws_vpc", {"cidr_block": "10.1.0.0/16"}), "other"), plans.named(plans.reads(plans.made("aws_flow_log", {"traffic_type": "ALL"}), "vpc_id", {"references": ["aws_vpc.other.id", "aws_vpc.other"]}), "this")])
	count(data.rules.logging.flow_logs.deny) == 1 with input as given
	count(data.rules.logging.flow_logs.unknown) == 0 with input as given
}

test_accepted_traffic_alone_is_half_of_it if {
	given := plans.production([plans.made("aws_vpc", {"cidr_block": "10.0.0.0/16"}), plans.named(plans.reads(plans.made("aws_flow_log", {"traffic_type": "ACCEPT"}), "vpc_id", {"references": ["aws_vpc.this.id", "aws_vpc.this"]}), "this")])
	count(data.rules.logging.flow_logs.deny) == 1 with input as given
	count(data.rules.logging.flow_logs.unknown) == 0 with input as given
}

test_the_log_of_a_subnet_is_not_the_vpc_s if {
	given := plans.production([plans.made("aws_vpc", {"cidr_block": "10.0.0.0/16"}), plans.made("aws_flow_log", {"subnet_id": "subnet-0a1b2c3d4e5f60718", "traffic_type": "ACCEPT"})])
	count(data.rules.logging.flow_logs.deny) == 1 with input as given
	count(data.rules.logging.flow_logs.unknown) == 0 with input as given
}

test_a_log_of_what_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.made("aws_vpc", {"cidr_block": "10.0.0.0/16"}), plans.named(plans.reads(plans.made("aws_flow_log", {"traffic_type": "ALL"}), "vpc_id", {"references": ["local.vpc.id", "local.vpc"]}), "this")])
	count(data.rules.logging.flow_logs.deny) == 0 with input as given
	count(data.rules.logging.flow_logs.unknown) == 1 with input as given
}

test_traffic_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.made("aws_vpc", {"cidr_block": "10.0.0.0/16"}), plans.reads(plans.later(plans.made("aws_flow_log", {}), {"traffic_type": true}), "vpc_id", {"references": ["aws_vpc.this.id", "aws_vpc.this"]})])
	count(data.rules.logging.flow_logs.deny) == 0 with input as given
	count(data.rules.logging.flow_logs.unknown) == 1 with input as given
}

test_a_vpc_with_a_log_is_fine_beside_one_of_what_is_known_only_at_apply if {
	own := plans.reads(plans.made("aws_flow_log", {"traffic_type": "ALL"}), "vpc_id", {"references": ["aws_vpc.this.id", "aws_vpc.this"]})
	open := plans.named(plans.reads(plans.made("aws_flow_log", {"traffic_type": "ALL"}), "vpc_id", {"references": ["local.vpc"]}), "open")
	count(data.rules.logging.flow_logs.unknown) == 0 with input as plans.production([plans.made("aws_vpc", {}), own, open])
}

test_the_log_of_a_vpc_that_stands_elsewhere_is_not_its_own_and_is_read if {
	given := plans.production([plans.made("aws_vpc", {"id": "vpc-0a1b2c3d4e5f60718"}), plans.made("aws_flow_log", {"traffic_type": "ACCEPT", "vpc_id": "vpc-00000000000000000"})])
	found := data.rules.logging.flow_logs.deny with input as given
	{finding.message | some finding in found} == {"has no flow log", "records only traffic that is ACCEPT"}
}
