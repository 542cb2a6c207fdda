package tests.registry.immutable_tags

import data.testing.plans

import rego.v1

test_mutable_tags_are_denied if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api", "image_tag_mutability": "MUTABLE"})])
	count(data.rules.registry.immutable_tags.deny) == 1 with input as given
	count(data.rules.registry.immutable_tags.unknown) == 0 with input as given
}

test_tags_are_mutable_when_nobody_says_otherwise if {
	given := plans.of("dev", [plans.made("aws_ecr_repository", {"name": "claims/api"})])
	count(data.rules.registry.immutable_tags.deny) == 1 with input as given
	count(data.rules.registry.immutable_tags.unknown) == 0 with input as given
}

test_mutable_with_exclusions_is_still_mutable if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api", "image_tag_mutability": "MUTABLE_WITH_EXCLUSION"})])
	count(data.rules.registry.immutable_tags.deny) == 1 with input as given
	count(data.rules.registry.immutable_tags.unknown) == 0 with input as given
}

test_immutable_tags_are_fine if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api", "image_tag_mutability": "IMMUTABLE"})])
	count(data.rules.registry.immutable_tags.deny) == 0 with input as given
	count(data.rules.registry.immutable_tags.unknown) == 0 with input as given
}

test_an_exclusion_of_named_tags_is_fine if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api", "image_tag_mutability": "IMMUTABLE_WITH_EXCLUSION", "image_tag_mutability_exclusion_filter": [{"filter": "dev-*", "filter_type": "WILDCARD"}]})])
	count(data.rules.registry.immutable_tags.deny) == 0 with input as given
	count(data.rules.registry.immutable_tags.unknown) == 0 with input as given
}

test_an_exclusion_of_one_tag_is_fine if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api", "image_tag_mutability": "IMMUTABLE_WITH_EXCLUSION", "image_tag_mutability_exclusion_filter": [{"filter": "edge", "filter_type": "WILDCARD"}]})])
	count(data.rules.registry.immutable_tags.deny) == 0 with input as given
	count(data.rules.registry.immutable_tags.unknown) == 0 with input as given
}

test_an_exclusion_of_everything_is_denied if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api", "image_tag_mutability": "IMMUTABLE_WITH_EXCLUSION", "image_tag_mutability_exclusion_filter": [{"filter": "*", "filter_type": "WILDCARD"}]})])
	count(data.rules.registry.immutable_tags.deny) == 1 with input as given
	count(data.rules.registry.immutable_tags.unknown) == 0 with input as given
}

test_an_exclusion_with_too_few_characters_is_denied if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api", "image_tag_mutability": "IMMUTABLE_WITH_EXCLUSION", "image_tag_mutability_exclusion_filter": [{"filter": "a*b", "filter_type": "WILDCARD"}]})])
	count(data.rules.registry.immutable_tags.deny) == 1 with input as given
	count(data.rules.registry.immutable_tags.unknown) == 0 with input as given
}

test_an_exclusion_of_versions_is_denied if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api", "image_tag_mutability": "IMMUTABLE_WITH_EXCLUSION", "image_tag_mutability_exclusion_filter": [{"filter": "1.2.*", "filter_type": "WILDCARD"}]})])
	count(data.rules.registry.immutable_tags.deny) == 1 with input as given
	count(data.rules.registry.immutable_tags.unknown) == 0 with input as given
}

test_an_exclusion_of_commits_is_denied if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api", "image_tag_mutability": "IMMUTABLE_WITH_EXCLUSION", "image_tag_mutability_exclusion_filter": [{"filter": "sha-*", "filter_type": "WILDCARD"}]})])
	count(data.rules.registry.immutable_tags.deny) == 1 with input as given
	count(data.rules.registry.immutable_tags.unknown) == 0 with input as given
}

test_a_template_is_held_to_the_same if {
	given := plans.production([plans.made("aws_ecr_repository_creation_template", {"prefix": "ROOT", "image_tag_mutability": "MUTABLE"})])
	count(data.rules.registry.immutable_tags.deny) == 1 with input as given
	count(data.rules.registry.immutable_tags.unknown) == 0 with input as given
}

test_a_mutability_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_ecr_repository", {"name": "claims/api"}), {"image_tag_mutability": true})])
	count(data.rules.registry.immutable_tags.deny) == 0 with input as given
	count(data.rules.registry.immutable_tags.unknown) == 1 with input as given
}

test_a_filter_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_ecr_repository", {"name": "claims/api", "image_tag_mutability": "IMMUTABLE_WITH_EXCLUSION", "image_tag_mutability_exclusion_filter": [{"filter_type": "WILDCARD"}]}), {"image_tag_mutability_exclusion_filter": [{"filter": true}]})])
	count(data.rules.registry.immutable_tags.deny) == 0 with input as given
	count(data.rules.registry.immutable_tags.unknown) == 1 with input as given
}

test_an_exclusion_says_nothing_where_all_tags_can_be_moved if {
	wide := plans.made("aws_ecr_repository", {"name": "claims/api", "image_tag_mutability": "MUTABLE_WITH_EXCLUSION", "image_tag_mutability_exclusion_filter": [{"filter": "*", "filter_type": "WILDCARD"}]})
	count(data.rules.registry.immutable_tags.deny) == 1 with input as plans.production([wide])
	open := plans.later(wide, {"image_tag_mutability_exclusion_filter": [{"filter": true}]})
	count(data.rules.registry.immutable_tags.unknown) == 0 with input as plans.production([open])
}

test_an_exclusion_with_just_enough_characters_is_fine if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api", "image_tag_mutability": "IMMUTABLE_WITH_EXCLUSION", "image_tag_mutability_exclusion_filter": [{"filter": "pr-*", "filter_type": "WILDCARD"}]})])
	count(data.rules.registry.immutable_tags.deny) == 0 with input as given
}
