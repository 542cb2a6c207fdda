package tests.logging.cluster_logs_enabled

import data.testing.plans

import rego.v1

test_a_cluster_that_says_nothing_writes_nothing if {
	given := plans.of("dev", [plans.made("aws_eks_cluster", {"name": "dev"})])
	count(data.rules.logging.cluster_logs_enabled.deny) == 3 with input as given
	count(data.rules.logging.cluster_logs_enabled.unknown) == 0 with input as given
}

test_a_missing_kind_is_named if {
	given := plans.production([plans.made("aws_eks_cluster", {"enabled_cluster_log_types": ["api", "authenticator", "scheduler"]})])
	count(data.rules.logging.cluster_logs_enabled.deny) == 1 with input as given
	count(data.rules.logging.cluster_logs_enabled.unknown) == 0 with input as given
}

test_the_three_kinds_are_enough if {
	given := plans.production([plans.made("aws_eks_cluster", {"enabled_cluster_log_types": ["api", "audit", "authenticator"]})])
	count(data.rules.logging.cluster_logs_enabled.deny) == 0 with input as given
	count(data.rules.logging.cluster_logs_enabled.unknown) == 0 with input as given
}

test_kinds_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.later(plans.made("aws_eks_cluster", {}), {"enabled_cluster_log_types": true})])
	count(data.rules.logging.cluster_logs_enabled.deny) == 0 with input as given
	count(data.rules.logging.cluster_logs_enabled.unknown) == 1 with input as given
}
