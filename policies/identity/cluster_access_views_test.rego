package tests.identity.cluster_access_views

import data.testing.plans

import rego.v1

association(policy) := plans.made("aws_eks_access_policy_association", {
	"cluster_name": "prod",
	"policy_arn": concat("", ["arn:aws:eks::aws:cluster-access-policy/", policy]),
})

test_hands_on_production_are_denied_by_name if {
	every policy in ["AmazonEKSAdminPolicy", "AmazonEKSClusterAdminPolicy", "AmazonEKSEditPolicy"] {
		found := data.rules.identity.cluster_access_views.deny with input as plans.production([association(policy)])
		{finding.message | some finding in found} == {concat("", ["gives ", policy, " in production"])}
	}
}

test_eyes_on_production_are_fine if {
	every policy in ["AmazonEKSAdminViewPolicy", "AmazonEKSViewPolicy"] {
		given := plans.production([association(policy)])
		count(data.rules.identity.cluster_access_views.deny) == 0 with input as given
		count(data.rules.identity.cluster_access_views.unknown) == 0 with input as given
	}
}

test_other_environments_are_changed_by_hand if {
	given := plans.of("dev", [association("AmazonEKSEditPolicy")])
	count(data.rules.identity.cluster_access_views.deny) == 0 with input as given
}

test_what_is_known_only_at_apply_is_unknown_in_production_alone if {
	later := plans.later(plans.made("aws_eks_access_policy_association", {"cluster_name": "prod"}), {"policy_arn": true})
	count(data.rules.identity.cluster_access_views.deny) == 0 with input as plans.production([later])
	count(data.rules.identity.cluster_access_views.unknown) == 1 with input as plans.production([later])
	count(data.rules.identity.cluster_access_views.unknown) == 0 with input as plans.of("dev", [later])
}
