# METADATA
# title: A cluster's API server is not open to the world
# description: |
#   Whoever reaches the API server may try every credential that leaks, and every fault that Kubernetes
#   has before it asks for one. A new cluster's endpoint is public, and open to 0.0.0.0/0, unless
#   somebody writes otherwise. Networks of ours may be let in by their CIDRs; in production these are
#   narrow, and what runs inside the VPC uses the private endpoint.
# custom:
#   id: exposure/cluster_endpoint_private
#   severity: blocker
#   controls:
#     - "PCI DSS 4.0: 1.3.1"
#     - "PCI DSS 4.0: 1.4.4"
#     - "SOC 2: CC6.6"
#   fix: |
#     Set endpoint_private_access = true and endpoint_public_access = false, or name the networks that
#     need it in public_access_cidrs.
#   avoid:
#     aws_eks_cluster:
#       name: prod
#       vpc_config:
#       - subnet_ids: [subnet-0a1b2c3d4e5f60718, subnet-0a1b2c3d4e5f60719]
#   prefer:
#     aws_eks_cluster:
#       name: prod
#       vpc_config:
#       - subnet_ids: [subnet-0a1b2c3d4e5f60718, subnet-0a1b2c3d4e5f60719]
#         endpoint_private_access: true
#         endpoint_public_access: false
package rules.exposure.cluster_endpoint_private

import data.lib.finding
import data.lib.networks
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "exposure/cluster_endpoint_private", "severity": "blocker"}

# Nobody wrote it: the endpoint is public, for 0.0.0.0/0, and there is no private one.
# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/eks_cluster#vpc_config-arguments
public(cluster) if {
	not plan.undecided(cluster, ["vpc_config", 0, "endpoint_public_access"])
	plan.known(cluster, ["vpc_config", 0, "endpoint_public_access"], true) == true
}

let_in(cluster) := cidrs if {
	cidrs := value.strings(plan.known(cluster, ["vpc_config", 0, "public_access_cidrs"], ["0.0.0.0/0"]))
	count(cidrs) > 0
} else := ["0.0.0.0/0"]

deny contains finding.on(rule, cluster, concat("", ["lets ", cidr, " reach its API server"])) if {
	some cluster in plan.of("aws_eks_cluster")
	public(cluster)
	not plan.undecided(cluster, ["vpc_config", 0, "public_access_cidrs"])
	some cidr in let_in(cluster)
	networks.wider(cidr, data.parameters.exposure.cluster_endpoint[place].shortest_prefix)
}

deny contains finding.on(rule, cluster, "has no private endpoint: its own nodes come from outside") if {
	data.lib.settings.production
	some cluster in plan.of("aws_eks_cluster")
	not plan.undecided(cluster, ["vpc_config", 0, "endpoint_private_access"])
	plan.known(cluster, ["vpc_config", 0, "endpoint_private_access"], false) != true
}

unknown contains finding.on(rule, cluster, "says only at apply whether its endpoint is public") if {
	some cluster in plan.of("aws_eks_cluster")
	plan.undecided(cluster, ["vpc_config", 0, "endpoint_public_access"])
}

unknown contains finding.on(rule, cluster, "says only at apply whom it lets reach its API server") if {
	some cluster in plan.of("aws_eks_cluster")
	public(cluster)
	plan.undecided(cluster, ["vpc_config", 0, "public_access_cidrs"])
}

unknown contains finding.on(rule, cluster, "says only at apply whether it has a private endpoint") if {
	data.lib.settings.production
	some cluster in plan.of("aws_eks_cluster")
	plan.undecided(cluster, ["vpc_config", 0, "endpoint_private_access"])
}

place := "production" if {
	data.lib.settings.production
} else := "other"
