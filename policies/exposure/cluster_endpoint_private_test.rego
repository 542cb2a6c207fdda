package tests.exposure.cluster_endpoint_private

import data.testing.plans

import rego.v1

test_what_nobody_wrote_is_open_to_the_world if {
	given := plans.production([plans.made("aws_eks_cluster", {"vpc_config": [{"subnet_ids": ["subnet-0a1b2c3d4e5f60718"]}]})])
	count(data.rules.exposure.cluster_endpoint_private.deny) == 2 with input as given
	count(data.rules.exposure.cluster_endpoint_private.unknown) == 0 with input as given
}

test_what_nobody_wrote_is_open_also_where_the_plan_calls_it_unknown if {
	given := plans.production([json.patch(plans.made("aws_eks_cluster", {"vpc_config": [{"endpoint_private_access": true}]}), [{"op": "add", "path": "/unknown/vpc_config", "value": [{"public_access_cidrs": true}]}, {"op": "add", "path": "/expressions/vpc_config", "value": [{"endpoint_private_access": {"constant_value": true}}]}])])
	count(data.rules.exposure.cluster_endpoint_private.deny) == 1 with input as given
	count(data.rules.exposure.cluster_endpoint_private.unknown) == 0 with input as given
}

test_an_endpoint_for_everybody_is_denied_in_dev_too if {
	given := plans.of("dev", [plans.made("aws_eks_cluster", {"vpc_config": [{"endpoint_private_access": true, "public_access_cidrs": ["0.0.0.0/0"]}]})])
	count(data.rules.exposure.cluster_endpoint_private.deny) == 1 with input as given
	count(data.rules.exposure.cluster_endpoint_private.unknown) == 0 with input as given
}

test_two_halves_of_the_internet_are_the_internet if {
	given := plans.production([plans.made("aws_eks_cluster", {"vpc_config": [{"endpoint_private_access": true, "public_access_cidrs": ["0.0.0.0/1", "128.0.0.0/1"]}]})])
	count(data.rules.exposure.cluster_endpoint_private.deny) == 2 with input as given
	count(data.rules.exposure.cluster_endpoint_private.unknown) == 0 with input as given
}

test_everybody_by_ipv6_is_denied if {
	given := plans.production([plans.made("aws_eks_cluster", {"vpc_config": [{"endpoint_private_access": true, "public_access_cidrs": ["::/0"]}]})])
	count(data.rules.exposure.cluster_endpoint_private.deny) == 1 with input as given
	count(data.rules.exposure.cluster_endpoint_private.unknown) == 0 with input as given
}

test_an_empty_list_is_the_world if {
	given := plans.production([plans.made("aws_eks_cluster", {"vpc_config": [{"endpoint_private_access": true, "public_access_cidrs": []}]})])
	count(data.rules.exposure.cluster_endpoint_private.deny) == 1 with input as given
	count(data.rules.exposure.cluster_endpoint_private.unknown) == 0 with input as given
}

test_a_wide_network_is_denied_in_production if {
	given := plans.production([plans.made("aws_eks_cluster", {"vpc_config": [{"endpoint_private_access": true, "public_access_cidrs": ["203.0.0.0/16"]}]})])
	count(data.rules.exposure.cluster_endpoint_private.deny) == 1 with input as given
	count(data.rules.exposure.cluster_endpoint_private.unknown) == 0 with input as given
}

test_a_wide_network_is_fine_in_dev if {
	given := plans.of("dev", [plans.made("aws_eks_cluster", {"vpc_config": [{"endpoint_private_access": true, "public_access_cidrs": ["203.0.0.0/16"]}]})])
	count(data.rules.exposure.cluster_endpoint_private.deny) == 0 with input as given
	count(data.rules.exposure.cluster_endpoint_private.unknown) == 0 with input as given
}

test_a_narrow_network_is_fine if {
	given := plans.production([plans.made("aws_eks_cluster", {"vpc_config": [{"endpoint_private_access": true, "public_access_cidrs": ["203.0.113.0/24"]}]})])
	count(data.rules.exposure.cluster_endpoint_private.deny) == 0 with input as given
	count(data.rules.exposure.cluster_endpoint_private.unknown) == 0 with input as given
}

test_a_private_endpoint_alone_is_fine if {
	given := plans.production([plans.made("aws_eks_cluster", {"vpc_config": [{"endpoint_private_access": true, "endpoint_public_access": false, "public_access_cidrs": ["0.0.0.0/0"]}]})])
	count(data.rules.exposure.cluster_endpoint_private.deny) == 0 with input as given
	count(data.rules.exposure.cluster_endpoint_private.unknown) == 0 with input as given
}

test_a_cluster_without_a_private_endpoint_is_denied_in_production if {
	given := plans.production([plans.made("aws_eks_cluster", {"vpc_config": [{"endpoint_public_access": true, "public_access_cidrs": ["203.0.113.0/24"]}]})])
	count(data.rules.exposure.cluster_endpoint_private.deny) == 1 with input as given
	count(data.rules.exposure.cluster_endpoint_private.unknown) == 0 with input as given
}

test_a_cluster_without_a_private_endpoint_is_fine_in_dev if {
	given := plans.of("dev", [plans.made("aws_eks_cluster", {"vpc_config": [{"endpoint_public_access": true, "public_access_cidrs": ["203.0.113.0/24"]}]})])
	count(data.rules.exposure.cluster_endpoint_private.deny) == 0 with input as given
	count(data.rules.exposure.cluster_endpoint_private.unknown) == 0 with input as given
}

test_networks_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([json.patch(plans.made("aws_eks_cluster", {"vpc_config": [{"endpoint_private_access": true}]}), [{"op": "add", "path": "/unknown/vpc_config", "value": [{"public_access_cidrs": true}]}, {"op": "add", "path": "/expressions/vpc_config", "value": [{"public_access_cidrs": {"references": ["local.public_access_cidrs"]}}]}])])
	count(data.rules.exposure.cluster_endpoint_private.deny) == 0 with input as given
	count(data.rules.exposure.cluster_endpoint_private.unknown) == 1 with input as given
}

test_networks_of_an_endpoint_that_is_not_public_let_nobody_in if {
	cluster := plans.made("aws_eks_cluster", {"vpc_config": [{"endpoint_private_access": true, "endpoint_public_access": false}]})
	given := plans.production([plans.blocks(cluster, "vpc_config", [{"public_access_cidrs": {"references": ["local.cidrs"]}}], [{"public_access_cidrs": true}])])
	count(data.rules.exposure.cluster_endpoint_private.deny) == 0 with input as given
	count(data.rules.exposure.cluster_endpoint_private.unknown) == 0 with input as given
}

test_access_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([json.patch(plans.made("aws_eks_cluster", {"vpc_config": [{"endpoint_private_access": true}]}), [{"op": "add", "path": "/unknown/vpc_config", "value": [{"endpoint_public_access": true}]}, {"op": "add", "path": "/expressions/vpc_config", "value": [{"endpoint_public_access": {"references": ["local.endpoint_public_access"]}}]}])])
	count(data.rules.exposure.cluster_endpoint_private.deny) == 0 with input as given
	count(data.rules.exposure.cluster_endpoint_private.unknown) == 1 with input as given
}

test_private_access_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([json.patch(plans.made("aws_eks_cluster", {"vpc_config": [{"endpoint_public_access": false}]}), [{"op": "add", "path": "/unknown/vpc_config", "value": [{"endpoint_private_access": true}]}, {"op": "add", "path": "/expressions/vpc_config", "value": [{"endpoint_private_access": {"references": ["local.endpoint_private_access"]}}]}])])
	count(data.rules.exposure.cluster_endpoint_private.deny) == 0 with input as given
	count(data.rules.exposure.cluster_endpoint_private.unknown) == 1 with input as given
}

test_only_production_needs_a_private_endpoint if {
	cluster := plans.made("aws_eks_cluster", {"vpc_config": [{"public_access_cidrs": ["203.0.113.0/24"]}]})
	later := plans.blocks(cluster, "vpc_config", [{"endpoint_private_access": {"references": ["local.private"]}}], [{"endpoint_private_access": true}])
	every environment, unknowns in {"dev": 0, "prod": 1} {
		count(data.rules.exposure.cluster_endpoint_private.deny) == 0 with input as plans.of(environment, [later])
		count(data.rules.exposure.cluster_endpoint_private.unknown) == unknowns with input as plans.of(environment, [later])
	}
}
