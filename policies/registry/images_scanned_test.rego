package tests.registry.images_scanned

import data.testing.plans

import rego.v1

scanning(filter, frequency) := plans.made("aws_ecr_registry_scanning_configuration", {
	"scan_type": "ENHANCED",
	"rule": [{"scan_frequency": frequency, "repository_filter": [{"filter": filter, "filter_type": "WILDCARD"}]}],
})

test_a_repository_that_nobody_scans_is_denied if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"})])
	count(data.rules.registry.images_scanned.deny) == 1 with input as given
	count(data.rules.registry.images_scanned.unknown) == 0 with input as given
}

test_scan_on_push_is_fine_where_the_registry_says_nothing if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api", "image_scanning_configuration": [{"scan_on_push": true}]})])
	count(data.rules.registry.images_scanned.deny) == 0 with input as given
	count(data.rules.registry.images_scanned.unknown) == 0 with input as given
}

test_a_filter_for_everything_is_fine if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"}), scanning("*", "CONTINUOUS_SCAN")])
	count(data.rules.registry.images_scanned.deny) == 0 with input as given
	count(data.rules.registry.images_scanned.unknown) == 0 with input as given
}

test_a_filter_for_the_repository_is_fine if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"}), scanning("claims/*", "SCAN_ON_PUSH")])
	count(data.rules.registry.images_scanned.deny) == 0 with input as given
	count(data.rules.registry.images_scanned.unknown) == 0 with input as given
}

test_a_filter_without_a_wildcard_takes_in_what_contains_it if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"}), scanning("aims", "SCAN_ON_PUSH")])
	count(data.rules.registry.images_scanned.deny) == 0 with input as given
	count(data.rules.registry.images_scanned.unknown) == 0 with input as given
}

test_a_dot_in_a_filter_is_a_dot if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"}), scanning("claims.*", "SCAN_ON_PUSH")])
	count(data.rules.registry.images_scanned.deny) == 1 with input as given
	count(data.rules.registry.images_scanned.unknown) == 0 with input as given
}

test_a_filter_that_leaves_the_repository_out_is_denied_whatever_it_says_itself if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api", "image_scanning_configuration": [{"scan_on_push": true}]}), scanning("policies/*", "CONTINUOUS_SCAN")])
	count(data.rules.registry.images_scanned.deny) == 1 with input as given
	count(data.rules.registry.images_scanned.unknown) == 0 with input as given
}

test_scanning_by_hand_is_no_scanning if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"}), scanning("*", "MANUAL")])
	count(data.rules.registry.images_scanned.deny) == 1 with input as given
	count(data.rules.registry.images_scanned.unknown) == 0 with input as given
}

test_the_registry_of_another_region_does_not_count if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api", "region": "us-east-1"}), plans.made("aws_ecr_registry_scanning_configuration", {"region": "us-west-2", "rule": [{"scan_frequency": "CONTINUOUS_SCAN", "repository_filter": [{"filter": "*"}]}]})])
	count(data.rules.registry.images_scanned.deny) == 1 with input as given
	count(data.rules.registry.images_scanned.unknown) == 0 with input as given
}

test_a_scan_on_push_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("aws_ecr_repository", {"name": "claims/api", "image_scanning_configuration": [{}]}), {"image_scanning_configuration": [{"scan_on_push": true}]})])
	count(data.rules.registry.images_scanned.deny) == 0 with input as given
	count(data.rules.registry.images_scanned.unknown) == 1 with input as given
}

test_filters_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"}), plans.later(plans.made("aws_ecr_registry_scanning_configuration", {}), {"rule": true})])
	count(data.rules.registry.images_scanned.deny) == 0 with input as given
	count(data.rules.registry.images_scanned.unknown) == 1 with input as given
}

test_a_name_that_is_known_only_at_apply_is_unknown_beside_filters if {
	given := plans.production([plans.later(plans.made("aws_ecr_repository", {}), {"name": true}), scanning("claims/*", "SCAN_ON_PUSH")])
	count(data.rules.registry.images_scanned.deny) == 0 with input as given
	count(data.rules.registry.images_scanned.unknown) == 1 with input as given
}

test_a_filter_for_everything_needs_no_name if {
	given := plans.production([plans.later(plans.made("aws_ecr_repository", {}), {"name": true}), scanning("*", "SCAN_ON_PUSH")])
	count(data.rules.registry.images_scanned.deny) == 0 with input as given
	count(data.rules.registry.images_scanned.unknown) == 0 with input as given
}

test_an_empty_filter_takes_in_nothing if {
	given := plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"}), scanning("", "CONTINUOUS_SCAN")])
	count(data.rules.registry.images_scanned.deny) == 1 with input as given
}

test_a_filter_takes_in_what_it_says_and_nothing_else if {
	every filter, denials in {"policies": 1, "claims[*": 1, "claims.v2/*": 0, "claims.v2": 0} {
		given := plans.production([plans.made("aws_ecr_repository", {"name": "claims.v2/api"}), scanning(filter, "SCAN_ON_PUSH")])
		count(data.rules.registry.images_scanned.deny) == denials with input as given
	}
}

test_a_repository_that_some_filter_takes_in_is_fine_whatever_comes_at_apply if {
	own := plans.later(plans.made("aws_ecr_repository", {"name": "claims/api", "image_scanning_configuration": [{}]}), {"image_scanning_configuration": [{"scan_on_push": true}]})
	filters := plans.later(scanning("claims/*", "SCAN_ON_PUSH"), {"rule": [{"repository_filter": [{"filter_type": true}]}]})
	every resources in [[own, scanning("*", "SCAN_ON_PUSH")], [plans.made("aws_ecr_repository", {"name": "claims/api"}), filters]] {
		count(data.rules.registry.images_scanned.deny) == 0 with input as plans.production(resources)
		count(data.rules.registry.images_scanned.unknown) == 0 with input as plans.production(resources)
	}
}

test_where_not_all_stacks_are_judged_what_is_known_here_decides if {
	found := data.rules.registry.images_scanned.unknown with input as plans.without(plans.production([plans.made("aws_ecr_repository", {"name": "claims/api"}), scanning("*", "SCAN_ON_PUSH")]), ["prod-registry"])
	found == set()
	later := plans.later(plans.made("aws_ecr_repository", {"name": "claims/api", "image_scanning_configuration": [{}]}), {"image_scanning_configuration": [{"scan_on_push": true}]})
	count(data.rules.registry.images_scanned.unknown) == 1 with input as plans.without(plans.production([later]), ["prod-registry"])
}
