package tests.registry.lifecycle_policy

import data.testing.plans

import rego.v1

test_a_repository_without_a_policy_is_denied if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"})])
	count(data.rules.registry.lifecycle_policy.deny) == 1 with input as given
	count(data.rules.registry.lifecycle_policy.unknown) == 0 with input as given
}

test_a_policy_that_names_the_repository_is_fine if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"}), plans.made("aws_ecr_lifecycle_policy", {"repository": "claims/api", "policy": "{}"})])
	count(data.rules.registry.lifecycle_policy.deny) == 0 with input as given
	count(data.rules.registry.lifecycle_policy.unknown) == 0 with input as given
}

test_a_policy_that_refers_to_the_repository_is_fine if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"}), plans.reads(plans.made("aws_ecr_lifecycle_policy", {}), "repository", {"references": ["aws_ecr_repository.this.name", "aws_ecr_repository.this"]})])
	count(data.rules.registry.lifecycle_policy.deny) == 0 with input as given
	count(data.rules.registry.lifecycle_policy.unknown) == 0 with input as given
}

test_each_repository_needs_its_own if {
	given := plans.production([plans.keyed(plans.made("aws_ecr_repository", {"name": "claims/api"}), "api"), plans.keyed(plans.made("aws_ecr_repository", {"name": "claims/api"}), "web"), plans.keyed(plans.reads(plans.made("aws_ecr_lifecycle_policy", {}), "repository", {"references": ["aws_ecr_repository.this", "each.key"]}), "api")])
	count(data.rules.registry.lifecycle_policy.deny) == 1 with input as given
	count(data.rules.registry.lifecycle_policy.unknown) == 0 with input as given
}

test_a_policy_that_names_its_repository_only_at_apply_leaves_it_unknown if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"}), plans.reads(plans.made("aws_ecr_lifecycle_policy", {}), "repository", {"references": ["local.name"]})])
	count(data.rules.registry.lifecycle_policy.deny) == 0 with input as given
	count(data.rules.registry.lifecycle_policy.unknown) == 1 with input as given
}

test_a_template_without_one_is_denied if {
	given := plans.production([plans.made("aws_ecr_repository_creation_template", {"prefix": "ROOT"})])
	count(data.rules.registry.lifecycle_policy.deny) == 1 with input as given
	count(data.rules.registry.lifecycle_policy.unknown) == 0 with input as given
}

test_a_template_with_one_is_fine if {
	given := plans.production([plans.made("aws_ecr_repository_creation_template", {"prefix": "ROOT", "lifecycle_policy": "{}"})])
	count(data.rules.registry.lifecycle_policy.deny) == 0 with input as given
	count(data.rules.registry.lifecycle_policy.unknown) == 0 with input as given
}

test_a_template_whose_policy_is_written_out_is_fine if {
	given := plans.production([plans.reads(plans.made("aws_ecr_repository_creation_template", {"prefix": "ROOT"}), "lifecycle_policy", {"constant_value": "${jsonencode({rules = []})}"})])
	count(data.rules.registry.lifecycle_policy.deny) == 0 with input as given
	count(data.rules.registry.lifecycle_policy.unknown) == 0 with input as given
}

test_a_template_whose_policy_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_ecr_repository_creation_template", {"prefix": "ROOT"}), {"lifecycle_policy": true})])
	count(data.rules.registry.lifecycle_policy.deny) == 0 with input as given
	count(data.rules.registry.lifecycle_policy.unknown) == 1 with input as given
}
