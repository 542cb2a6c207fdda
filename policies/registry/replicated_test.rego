package tests.registry.replicated

import data.testing.plans

import rego.v1

test_a_repository_that_is_copied_nowhere_is_denied if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"})])
	count(data.rules.registry.replicated.deny) == 1 with input as given
	count(data.rules.registry.replicated.unknown) == 0 with input as given
}

test_outside_production_it_need_not_be if {
	given := plans.of("dev", [plans.made("aws_ecr_repository", {"name": "claims/api"})])
	count(data.rules.registry.replicated.deny) == 0 with input as given
	count(data.rules.registry.replicated.unknown) == 0 with input as given
}

test_a_rule_without_filters_copies_it if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"}), plans.made("aws_ecr_replication_configuration", {"replication_configuration": [{"rule": [{"destination": [{"region": "us-west-2", "registry_id": "111122223333"}], "repository_filter": []}]}]})])
	count(data.rules.registry.replicated.deny) == 0 with input as given
	count(data.rules.registry.replicated.unknown) == 0 with input as given
}

test_a_rule_for_its_prefix_copies_it if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"}), plans.made("aws_ecr_replication_configuration", {"replication_configuration": [{"rule": [{"destination": [{"region": "us-west-2", "registry_id": "111122223333"}], "repository_filter": [{"filter": "policies/"}, {"filter": "claims/"}]}]}]})])
	count(data.rules.registry.replicated.deny) == 0 with input as given
	count(data.rules.registry.replicated.unknown) == 0 with input as given
}

test_a_rule_for_another_prefix_does_not if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"}), plans.made("aws_ecr_replication_configuration", {"replication_configuration": [{"rule": [{"destination": [{"region": "us-west-2", "registry_id": "111122223333"}], "repository_filter": [{"filter": "policies/"}]}]}]})])
	count(data.rules.registry.replicated.deny) == 1 with input as given
	count(data.rules.registry.replicated.unknown) == 0 with input as given
}

test_a_rule_without_a_destination_copies_nothing if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"}), plans.made("aws_ecr_replication_configuration", {"replication_configuration": [{"rule": [{"destination": []}]}]})])
	count(data.rules.registry.replicated.deny) == 1 with input as given
	count(data.rules.registry.replicated.unknown) == 0 with input as given
}

test_whose_account_takes_the_copies_does_not_matter if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"}), plans.later(plans.made("aws_ecr_replication_configuration", {"replication_configuration": [{"rule": [{"destination": [{"region": "us-west-2"}]}]}]}), {"replication_configuration": [{"rule": [{"destination": [{"registry_id": true}]}]}]})])
	count(data.rules.registry.replicated.deny) == 0 with input as given
	count(data.rules.registry.replicated.unknown) == 0 with input as given
}

test_a_repository_that_no_rule_takes_in_is_copied_nowhere_whoever_takes_the_others if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"}), plans.later(plans.made("aws_ecr_replication_configuration", {"replication_configuration": [{"rule": [{"destination": [{"region": "us-west-2"}], "repository_filter": [{"filter": "policies/"}]}]}]}), {"replication_configuration": [{"rule": [{"destination": [{"registry_id": true}]}]}]})])
	count(data.rules.registry.replicated.deny) == 1 with input as given
	count(data.rules.registry.replicated.unknown) == 0 with input as given
}

test_rules_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"}), plans.later(plans.made("aws_ecr_replication_configuration", {}), {"replication_configuration": true})])
	count(data.rules.registry.replicated.deny) == 0 with input as given
	count(data.rules.registry.replicated.unknown) == 1 with input as given
}

test_a_prefix_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"}), plans.later(plans.made("aws_ecr_replication_configuration", {"replication_configuration": [{"rule": [{"destination": [{"region": "us-west-2", "registry_id": "111122223333"}], "repository_filter": [{}]}]}]}), {"replication_configuration": [{"rule": [{"repository_filter": [{"filter": true}]}]}]})])
	count(data.rules.registry.replicated.deny) == 0 with input as given
	count(data.rules.registry.replicated.unknown) == 1 with input as given
}

test_a_name_that_is_known_only_at_apply_is_unknown_beside_prefixes if {
	given := plans.production([plans.later(plans.made("aws_ecr_repository", {}), {"name": true}), plans.made("aws_ecr_replication_configuration", {"replication_configuration": [{"rule": [{"destination": [{"region": "us-west-2", "registry_id": "111122223333"}], "repository_filter": [{"filter": "claims/"}]}]}]})])
	count(data.rules.registry.replicated.deny) == 0 with input as given
	count(data.rules.registry.replicated.unknown) == 1 with input as given
}

test_outside_production_none_of_this_is_asked if {
	every given in [
		plans.of("dev", [plans.made("aws_ecr_repository", {"name": "claims/api"}), plans.later(plans.made("aws_ecr_replication_configuration", {}), {"replication_configuration": true})]),
		plans.of("dev", [plans.made("aws_ecr_repository", {"name": "claims/api"}), plans.later(plans.made("aws_ecr_replication_configuration", {"replication_configuration": [{"rule": [{"destination": [{"region": "us-west-2", "registry_id": "111122223333"}], "repository_filter": [{}]}]}]}), {"replication_configuration": [{"rule": [{"repository_filter": [{"filter": true}]}]}]})]),
		plans.of("dev", [plans.later(plans.made("aws_ecr_repository", {}), {"name": true}), plans.made("aws_ecr_replication_configuration", {"replication_configuration": [{"rule": [{"destination": [{"region": "us-west-2", "registry_id": "111122223333"}], "repository_filter": [{"filter": "claims/"}]}]}]})]),
		plans.of("dev", [plans.made("aws_ecr_repository", {"name": "claims/api"})]),
		plans.of("dev", [plans.made("aws_ecr_repository", {"name": "claims/api"}), plans.made("aws_ecr_replication_configuration", {"replication_configuration": [{"rule": [{"destination": [{"region": "us-west-2", "registry_id": "111122223333"}], "repository_filter": [{"filter": "policies/"}]}]}]})]),
		plans.of("dev", [plans.made("aws_ecr_repository", {"name": "claims/api"}), plans.made("aws_ecr_replication_configuration", {"replication_configuration": [{"rule": [{"destination": []}]}]})]),
	] {
		count(data.rules.registry.replicated.deny) == 0 with input as given
		count(data.rules.registry.replicated.unknown) == 0 with input as given
	}
}

test_outside_production_the_rules_of_other_stacks_are_not_asked_either if {
	every environment, unknowns in {"dev": 0, "prod": 1} {
		given := plans.without(plans.of(environment, [plans.made("aws_ecr_repository", {"name": "claims/api"})]), ["shared-registry"])
		count(data.rules.registry.replicated.deny) == 0 with input as given
		count(data.rules.registry.replicated.unknown) == unknowns with input as given
	}
}

copying(filter) := plans.made("aws_ecr_replication_configuration", {"replication_configuration": [{"rule": [{"destination": [{"region": "us-west-2"}], "repository_filter": [{"filter": filter}]}]}]})

test_where_not_all_stacks_are_judged_what_is_known_here_decides if {
	repository := plans.made("aws_ecr_repository", {"name": "claims/api"})
	open := plans.later(plans.named(plans.made("aws_ecr_replication_configuration", {}), "open"), {"replication_configuration": true})
	every resources, unknowns in {
		{repository, copying("claims/")}: 0,
		{repository, copying("claims/"), open}: 0,
		{repository, open}: 1,
		{repository, copying("policies/")}: 1,
	} {
		found := data.rules.registry.replicated.unknown with input as plans.without(plans.production([resource | some resource in resources]), ["prod-registry"])
		count(found) == unknowns
	}
}
