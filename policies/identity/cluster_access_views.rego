# METADATA
# title: People look at production's cluster, and change it by a plan
# description: |
#   An access policy of EKS that edits lets a role change workloads and read every Secret, past the plan, the review and
#   the rules that everything else goes by. Who is on call has a role of their own for emergencies, with a waiver that says
#   who looks after it. Which policies of EKS change something is in parameters/identity.
#   https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
# custom:
#   id: identity/cluster_access_views
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 7.2.5"
#     - "SOC 2: CC6.3"
#     - "SOC 2: CC8.1"
#   fix: |
#     Give AmazonEKSViewPolicy, or AmazonEKSAdminViewPolicy to whoever must read Secrets. What a pipeline changes, it changes
#     by a role that Kubernetes bounds: a group in the access entry's kubernetes_groups.
#   avoid:
#     aws_eks_access_policy_association:
#       cluster_name: prod
#       principal_arn: arn:aws:iam::111122223333:role/developers
#       policy_arn: arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy
#   prefer:
#     aws_eks_access_policy_association:
#       cluster_name: prod
#       principal_arn: arn:aws:iam::111122223333:role/developers
#       policy_arn: arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy
package rules.identity.cluster_access_views

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "identity/cluster_access_views", "severity": "major"}

deny contains finding.on(rule, association, concat("", ["gives ", name, " in production"])) if {
	data.lib.settings.production
	some association in plan.of("aws_eks_access_policy_association")
	parts := split(plan.text(association, ["policy_arn"]), "/")
	name := parts[count(parts) - 1]
	name in data.parameters.identity.cluster_policies_that_change
}

unknown contains finding.on(rule, association, "says only at apply which access policy it gives") if {
	data.lib.settings.production
	some association in plan.of("aws_eks_access_policy_association")
	plan.unknown_at(association, ["policy_arn"])
}
