# METADATA
# title: Clusters write their control plane's logs
# description: |
#   Without the audit log nobody can say who did what in a cluster, and what was never written cannot be
#   had afterwards. EKS writes none of them unless told.
# custom:
#   id: logging/cluster_logs_enabled
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 10.2.1"
#     - "SOC 2: CC7.2"
#   fix: |
#     Set enabled_cluster_log_types to api, audit and authenticator, and add the log group
#     /aws/eks/<cluster>/cluster with its retention.
#   avoid:
#     aws_eks_cluster:
#       name: prod
#       enabled_cluster_log_types: [api]
#       vpc_config:
#       - endpoint_private_access: true
#         endpoint_public_access: false
#   prefer:
#     aws_eks_cluster:
#       name: prod
#       enabled_cluster_log_types: [api, audit, authenticator]
#       vpc_config:
#       - endpoint_private_access: true
#         endpoint_public_access: false
package rules.logging.cluster_logs_enabled

import data.lib.finding
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "logging/cluster_logs_enabled", "severity": "major"}

# https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
deny contains finding.on(rule, cluster, concat("", ["does not write its ", kind, " log"])) if {
	some cluster in plan.of("aws_eks_cluster")
	not plan.partly_unknown(cluster, ["enabled_cluster_log_types"])
	some kind in data.parameters.logging.cluster_log_types
	not kind in value.strings(plan.known(cluster, ["enabled_cluster_log_types"], []))
}

unknown contains finding.on(rule, cluster, "says only at apply which logs it writes") if {
	some cluster in plan.of("aws_eks_cluster")
	plan.partly_unknown(cluster, ["enabled_cluster_log_types"])
}
