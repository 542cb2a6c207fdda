package tests.exposure.no_public_address

import data.testing.plans

import rego.v1

test_a_subnet_that_gives_addresses_is_denied if {
	given := plans.production([plans.made("aws_subnet", {"map_public_ip_on_launch": true})])
	count(data.rules.exposure.no_public_address.deny) == 1 with input as given
	count(data.rules.exposure.no_public_address.unknown) == 0 with input as given
}

test_a_subnet_that_says_nothing_is_fine if {
	given := plans.production([plans.made("aws_subnet", {"cidr_block": "10.0.0.0/24"})])
	count(data.rules.exposure.no_public_address.deny) == 0 with input as given
	count(data.rules.exposure.no_public_address.unknown) == 0 with input as given
}

test_an_instance_with_an_address_is_denied if {
	given := plans.of("dev", [plans.made("aws_instance", {"associate_public_ip_address": true})])
	count(data.rules.exposure.no_public_address.deny) == 1 with input as given
	count(data.rules.exposure.no_public_address.unknown) == 0 with input as given
}

test_an_instance_that_leaves_it_to_its_subnet_is_fine if {
	given := plans.production([plans.computed(plans.made("aws_instance", {"instance_type": "m7i.large"}), ["associate_public_ip_address"])])
	count(data.rules.exposure.no_public_address.deny) == 0 with input as given
	count(data.rules.exposure.no_public_address.unknown) == 0 with input as given
}

test_one_interface_of_a_template_is_enough if {
	given := plans.production([plans.made("aws_launch_template", {"network_interfaces": [{"associate_public_ip_address": "false"}, {"associate_public_ip_address": "true"}]})])
	count(data.rules.exposure.no_public_address.deny) == 1 with input as given
	count(data.rules.exposure.no_public_address.unknown) == 0 with input as given
}

test_a_template_without_interfaces_is_fine if {
	given := plans.production([plans.made("aws_launch_template", {"network_interfaces": []})])
	count(data.rules.exposure.no_public_address.deny) == 0 with input as given
	count(data.rules.exposure.no_public_address.unknown) == 0 with input as given
}

test_tasks_with_addresses_are_denied if {
	given := plans.production([plans.made("aws_ecs_service", {"network_configuration": [{"assign_public_ip": true}]})])
	count(data.rules.exposure.no_public_address.deny) == 1 with input as given
	count(data.rules.exposure.no_public_address.unknown) == 0 with input as given
}

test_brokers_with_addresses_are_denied if {
	given := plans.production([plans.made("aws_msk_cluster", {"broker_node_group_info": [{"connectivity_info": [{"public_access": [{"type": "SERVICE_PROVIDED_EIPS"}]}]}]})])
	count(data.rules.exposure.no_public_address.deny) == 1 with input as given
	count(data.rules.exposure.no_public_address.unknown) == 0 with input as given
}

test_a_notebook_that_nobody_told_reaches_the_internet if {
	given := plans.production([plans.made("aws_sagemaker_notebook_instance", {"name": "claims"})])
	count(data.rules.exposure.no_public_address.deny) == 1 with input as given
	count(data.rules.exposure.no_public_address.unknown) == 0 with input as given
}

test_a_file_server_that_nobody_told_is_public if {
	given := plans.production([plans.made("aws_transfer_server", {"protocols": ["SFTP"]})])
	count(data.rules.exposure.no_public_address.deny) == 1 with input as given
	count(data.rules.exposure.no_public_address.unknown) == 0 with input as given
}

test_nodes_with_a_key_and_no_source_take_ssh_from_everybody if {
	given := plans.production([plans.made("aws_eks_node_group", {"remote_access": [{"ec2_ssh_key": "ops"}]})])
	count(data.rules.exposure.no_public_address.deny) == 1 with input as given
	count(data.rules.exposure.no_public_address.unknown) == 0 with input as given
}

test_nodes_with_a_source_are_fine if {
	given := plans.production([plans.made("aws_eks_node_group", {"remote_access": [{"ec2_ssh_key": "ops", "source_security_group_ids": ["sg-0123456789abcdef0"]}]})])
	count(data.rules.exposure.no_public_address.deny) == 0 with input as given
	count(data.rules.exposure.no_public_address.unknown) == 0 with input as given
}

test_nodes_without_a_key_are_fine if {
	open := plans.blocks(plans.made("aws_eks_node_group", {"remote_access": [{}]}), "remote_access", [{"source_security_group_ids": {"references": ["local.sources"]}}], [{"source_security_group_ids": true}])
	every group in [plans.made("aws_eks_node_group", {"remote_access": []}), plans.made("aws_eks_node_group", {"remote_access": [{}]}), open] {
		count(data.rules.exposure.no_public_address.deny) == 0 with input as plans.production([group])
		count(data.rules.exposure.no_public_address.unknown) == 0 with input as plans.production([group])
	}
}

test_nodes_whose_source_is_known_only_at_apply_are_unknown if {
	given := plans.production([json.patch(plans.made("aws_eks_node_group", {"remote_access": [{"ec2_ssh_key": "ops"}]}), [{"op": "add", "path": "/unknown/remote_access", "value": [{"source_security_group_ids": true}]}, {"op": "add", "path": "/expressions/remote_access", "value": [{"source_security_group_ids": {"references": ["local.sources"]}}]}])])
	count(data.rules.exposure.no_public_address.deny) == 0 with input as given
	count(data.rules.exposure.no_public_address.unknown) == 1 with input as given
}

test_a_key_that_is_known_only_at_apply_is_a_key if {
	given := plans.production([json.patch(plans.made("aws_eks_node_group", {"remote_access": [{}]}), [{"op": "add", "path": "/unknown/remote_access", "value": [{"ec2_ssh_key": true}]}, {"op": "add", "path": "/expressions/remote_access", "value": [{"ec2_ssh_key": {"references": ["aws_key_pair.this.key_name"]}}]}]), plans.made("aws_key_pair", {})])
	count(data.rules.exposure.no_public_address.deny) == 1 with input as given
	count(data.rules.exposure.no_public_address.unknown) == 0 with input as given
}

test_an_address_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_instance", {}), {"associate_public_ip_address": true})])
	count(data.rules.exposure.no_public_address.deny) == 0 with input as given
	count(data.rules.exposure.no_public_address.unknown) == 1 with input as given
}

test_a_dynamic_interface_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([json.patch(plans.made("aws_launch_template", {"network_interfaces": [{"device_index": 0}]}), [{"op": "add", "path": "/unknown/network_interfaces", "value": [{"associate_public_ip_address": true}]}, {"op": "remove", "path": "/expressions/network_interfaces"}])])
	count(data.rules.exposure.no_public_address.deny) == 0 with input as given
	count(data.rules.exposure.no_public_address.unknown) == 1 with input as given
}
