package tests.network.default_vpc

import data.testing.plans

import rego.v1

test_the_default_vpc_in_use_is_denied if {
	given := plans.of("dev", [plans.made("aws_default_vpc", {}), plans.made("aws_default_subnet", {"availability_zone": "us-east-1a"})])
	count(data.rules.network.default_vpc.deny) == 2 with input as given
	count(data.rules.network.default_vpc.unknown) == 0 with input as given
}

test_a_group_without_a_vpc_is_in_the_default_one if {
	given := plans.production([plans.computed(plans.made("aws_security_group", {"name": "gateway"}), ["vpc_id"])])
	count(data.rules.network.default_vpc.deny) == 1 with input as given
	count(data.rules.network.default_vpc.unknown) == 0 with input as given
}

test_a_group_of_a_vpc_is_fine if {
	given := plans.production([plans.made("aws_security_group", {"vpc_id": "vpc-0a1b2c3d4e5f60718"})])
	count(data.rules.network.default_vpc.deny) == 0 with input as given
	count(data.rules.network.default_vpc.unknown) == 0 with input as given
}

test_a_database_without_subnets_is_in_the_default_vpc if {
	given := plans.production([plans.computed(plans.made("aws_db_instance", {"identifier": "claims"}), ["db_subnet_group_name"])])
	count(data.rules.network.default_vpc.deny) == 1 with input as given
	count(data.rules.network.default_vpc.deny) == 1 with input as plans.production([plans.made("aws_dms_replication_instance", {"replication_instance_id": "claims"})])
	count(data.rules.network.default_vpc.unknown) == 0 with input as given
}

test_a_copy_stands_where_its_source_stands if {
	given := plans.production([plans.computed(plans.made("aws_db_instance", {"replicate_source_db": "claims"}), ["db_subnet_group_name"])])
	count(data.rules.network.default_vpc.deny) == 0 with input as given
	count(data.rules.network.default_vpc.unknown) == 0 with input as given
}

test_an_instance_without_a_subnet_is_in_the_default_vpc if {
	given := plans.production([plans.computed(plans.made("aws_instance", {"instance_type": "m7i.large"}), ["subnet_id"])])
	count(data.rules.network.default_vpc.deny) == 1 with input as given
	count(data.rules.network.default_vpc.unknown) == 0 with input as given
}

test_an_instance_of_a_template_or_an_interface_is_placed_by_it if {
	every placed in [
		{"launch_template": [{"id": "lt-0a1b2c3d4e5f60718"}]},
		{"network_interface": [{"device_index": 0}]},
		{"primary_network_interface": [{"network_interface_id": "eni-0a1b2c3d4e5f60718"}]},
	] {
		given := plans.production([plans.made("aws_instance", placed)])
		count(data.rules.network.default_vpc.deny) == 0 with input as given
		count(data.rules.network.default_vpc.unknown) == 0 with input as given
	}
}

test_a_lookup_of_the_default_vpc_is_denied if {
	given := plans.with_data(plans.production([plans.made("aws_vpc", {"cidr_block": "10.0.0.0/16"})]), {"address": "data.aws_vpc.default", "mode": "data", "type": "aws_vpc", "name": "default", "expressions": {"default": {"constant_value": true}}})
	count(data.rules.network.default_vpc.deny) == 1 with input as given
	count(data.rules.network.default_vpc.unknown) == 0 with input as given
}

test_a_lookup_of_another_vpc_is_fine if {
	given := plans.with_data(plans.production([plans.made("aws_vpc", {"cidr_block": "10.0.0.0/16"})]), {"address": "data.aws_vpc.ours", "mode": "data", "type": "aws_vpc", "name": "ours", "expressions": {"id": {"constant_value": "vpc-0a1b2c3d4e5f60718"}}})
	count(data.rules.network.default_vpc.deny) == 0 with input as given
	count(data.rules.network.default_vpc.unknown) == 0 with input as given
}

test_a_lookup_by_an_expression_is_unknown if {
	given := plans.with_data(plans.production([plans.made("aws_vpc", {"cidr_block": "10.0.0.0/16"})]), {"address": "data.aws_vpc.ours", "mode": "data", "type": "aws_vpc", "name": "ours", "expressions": {"default": {"references": ["var.default"]}}})
	count(data.rules.network.default_vpc.deny) == 0 with input as given
	count(data.rules.network.default_vpc.unknown) == 1 with input as given
}

test_a_vpc_of_the_plan_that_comes_at_apply_is_fine if {
	given := plans.production([plans.made("aws_vpc", {}), plans.reads(plans.made("aws_security_group", {}), "vpc_id", {"references": ["aws_vpc.this.id", "aws_vpc.this"]})])
	count(data.rules.network.default_vpc.deny) == 0 with input as given
	count(data.rules.network.default_vpc.unknown) == 0 with input as given
}

test_what_another_data_source_calls_default_is_no_vpc if {
	every written in [{"constant_value": true}, {"references": ["var.default"]}] {
		source := {"address": "data.example_network.ours", "mode": "data", "type": "example_network", "name": "ours", "expressions": {"default": written}}
		given := plans.with_data(plans.production([]), source)
		count(data.rules.network.default_vpc.deny) == 0 with input as given
		count(data.rules.network.default_vpc.unknown) == 0 with input as given
	}
}
