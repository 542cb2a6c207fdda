# METADATA
# description: |
#   Entries of parameters/ that the rules' own tests do not come to: what a resource may say that its table calls sound,
#   and what it may not.
package tests.lib.parameters

import data.testing.plans

import rego.v1

ours := "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"

desktop := {"root_volume_encryption_enabled": true, "user_volume_encryption_enabled": true, "volume_encryption_key": ours}

reached_by(cidr) := {"vpc_config": [{"endpoint_private_access": true, "endpoint_public_access": true, "public_access_cidrs": [cidr]}]}

# Question, type, what it says, and how many findings it gets.
cases := array.concat(
	[
		["purchase", "aws_ec2_capacity_block_reservation", {}, 1],
		["purchase", "aws_elasticache_reserved_cache_node", {}, 1],
		["purchase", "aws_rds_reserved_instance", {}, 1],
		["purchase", "aws_shield_subscription", {}, 1],
		["ttl", "aws_route53_record", {"ttl": 59}, 1],
		["ttl", "aws_route53_record", {"ttl": 60}, 0],
		["ttl", "aws_route53_record", {"ttl": 86400}, 0],
		["ttl", "aws_route53_record", {"ttl": 86401}, 1],
		["key", "aws_s3tables_table_bucket", {"encryption_configuration": {"sse_algorithm": "aws:kms", "kms_key_arn": ours}}, 0],
		["key", "aws_s3tables_table_bucket", {"encryption_configuration": {"sse_algorithm": "aws:kms"}}, 1],
		["key", "aws_s3tables_table_bucket", {"encryption_configuration": {"sse_algorithm": "AES256", "kms_key_arn": ours}}, 1],
		["key", "aws_s3vectors_vector_bucket", {"encryption_configuration": [{"sse_type": "aws:kms", "kms_key_arn": ours}]}, 0],
		["key", "aws_s3vectors_vector_bucket", {"encryption_configuration": [{"sse_type": "aws:kms"}]}, 1],
		["key", "aws_securitylake_data_lake", {"configuration": [{"encryption_configuration": [{"kms_key_id": ours}]}]}, 0],
		["key", "aws_securitylake_data_lake", {"configuration": [{}]}, 1],
		["key", "aws_docdb_cluster_instance", {"enable_performance_insights": false}, 0],
		["key", "aws_docdb_cluster_instance", {"enable_performance_insights": true}, 1],
		["key", "aws_eks_cluster", {"encryption_config": [{"provider": [{}]}]}, 1],
		["key", "aws_kinesis_firehose_delivery_stream", {"server_side_encryption": [{"enabled": false, "key_arn": ours}]}, 1],
		["key", "aws_kinesis_firehose_delivery_stream", {"msk_source_configuration": [{"msk_cluster_arn": "x"}]}, 0],
		["key", "aws_spot_instance_request", {"launch_template": [{"id": "lt-0123456789abcdef0"}]}, 0],
		["key", "aws_spot_instance_request", {}, 1],
		["key", "aws_rds_cluster_instance", {}, 0],
		["key", "aws_rds_cluster_instance", {"performance_insights_enabled": true}, 1],
		["key", "aws_redshiftserverless_namespace", {"kms_key_id": ours}, 0],
		["key", "aws_redshiftserverless_namespace", {"kms_key_id": ours, "manage_admin_password": true}, 1],
		["key", "aws_workspaces_workspace", desktop, 0],
		["later key", "aws_workspaces_workspace", desktop, 0],
		["key", "aws_workspaces_workspace", object.union(desktop, {"root_volume_encryption_enabled": false}), 1],
		["key", "aws_workspaces_workspace", object.union(desktop, {"user_volume_encryption_enabled": false}), 1],
		["cluster", "aws_eks_cluster", reached_by("203.0.113.0/24"), 0],
		["cluster", "aws_eks_cluster", reached_by("203.0.112.0/23"), 1],
		["cluster", "aws_eks_cluster", reached_by("2001:db8:2::/48"), 0],
		["cluster", "aws_eks_cluster", reached_by("2001:db8:2::/47"), 1],
	],
	[["algorithm", "aws_acm_certificate", {"key_algorithm": algorithm}, 0] |
		some algorithm in ["EC_prime256v1", "EC_secp384r1", "EC_secp521r1", "RSA_2048", "RSA_3072", "RSA_4096"]
	],
)

findings("purchase") := data.rules.protection.purchase_permitted.deny

findings("ttl") := data.rules.dns.ttl_bounds.deny

findings("key") := data.rules.encryption.customer_managed_key.deny

findings("later key") := data.rules.encryption.customer_managed_key.unknown

findings("cluster") := data.rules.exposure.cluster_endpoint_private.deny

findings("later source") := data.rules.exposure.no_open_ingress.unknown

findings("algorithm") := data.rules.certificates.key_strength.deny

findings("replicas") := data.rules.availability.three_replicas.deny

findings("budgets") := data.rules.availability.disruption_budget.deny

findings("names") := data.rules.certificates.no_wildcard.deny

missed(given) := [found |
	some [question, resource, expected] in given
	count_of := count(findings(question)) with input as plans.production([resource])
	count_of != expected
	found := [question, resource, count_of]
]

test_each_case_of_a_type_gets_what_it_is_due if {
	missed([[question, plans.made(type, after), expected] | some [question, type, after, expected] in cases]) == []
}

test_a_cluster_outside_production_may_be_reached_from_wider_ranges if {
	every cidr, expected in {"203.0.0.0/16": 0, "203.0.0.0/15": 1, "2001:db8::/32": 0, "2001:db8::/31": 1} {
		count(data.rules.exposure.cluster_endpoint_private.deny) == expected with input as plans.of("dev", [plans.made("aws_eks_cluster", reached_by(cidr))])
	}
}

test_two_ports_may_be_reached_by_whoever_is_known_only_at_apply if {
	missed([["later source", plans.later(open_port, {"cidr_ipv4": true}), expected] |
		some [port, expected] in [[79, 1], [80, 0], [81, 1], [443, 0]]
		open_port := plans.made("aws_vpc_security_group_ingress_rule", {"ip_protocol": "tcp", "from_port": port, "to_port": port})
	]) == []
}

# --- Charts

release(chart, values) := plans.made("helm_release", {"name": "x", "chart": chart, "version": "1.0.0", "values": [json.marshal(values)]})

scaled := {"autoscaling": {"enabled": true, "minReplicas": 3}}

by_kubernetes_events := {"kedaAutoscaling": {"enabled": true, "minReplicaCount": 3}}

mimir := {
	"ingester": {"replicas": 3}, "store_gateway": {"replicas": 3}, "gateway": {"replicas": 3},
	"distributor": by_kubernetes_events, "querier": by_kubernetes_events, "query_frontend": by_kubernetes_events,
}

# Istio's gateway scales itself unless it is told not to.
test_each_part_of_a_chart_may_have_its_replicas_or_an_autoscaler_s_minimum if {
	missed([
		["replicas", release("ingress", {"gateway": {"replicaCount": 3}, "controller": {"replicaCount": 3}}), 0],
		["replicas", release("ingress", {"gateway": scaled, "controller": scaled}), 0],
		["replicas", release("ingress", {"gateway": {"replicaCount": 3}, "controller": {"replicaCount": 1}}), 1],
		["replicas", release("ingress", {"gateway": {"replicaCount": 1}, "controller": {"replicaCount": 3}}), 1],
		["replicas", release("gateway", {"replicaCount": 3}), 1],
		["replicas", release("gateway", {"replicaCount": 3, "autoscaling": {"enabled": false}}), 0],
		["replicas", release("gateway", {"autoscaling": {"minReplicas": 3}}), 0],
		["replicas", release("mimir-distributed", mimir), 0],
	]) == []
}

budget := {"podDisruptionBudget": {"minAvailable": 1}}

test_each_part_of_a_chart_has_a_budget_of_its_own if {
	missed([
		["budgets", release("ingress", {"gateway": budget, "controller": budget}), 0],
		["budgets", release("ingress", {"gateway": budget}), 1],
		["budgets", release("ingress", {"controller": budget}), 1],
		["budgets", release("istiod", {"global": {"defaultPodDisruptionBudget": {"enabled": true}}}), 0],
		["budgets", release("istiod", {"pdb": {"minAvailable": 1}}), 0],
		["budgets", release("istiod", {}), 1],
	]) == []
}

# --- Names inside a cluster

certificate(names) := plans.made("kubernetes_manifest", {"manifest": {
	"apiVersion": "cert-manager.io/v1",
	"kind": "Certificate",
	"metadata": {"name": "x"},
	"spec": {"dnsNames": names},
}})

test_a_wildcard_that_begins_a_service_s_name_is_of_the_cluster if {
	missed([
		["names", certificate(["*.vault", "*.vault.claims.svc"]), 0],
		["names", certificate(["*.vault", "*.vault.claims.svc.cluster.local"]), 0],
		["names", certificate(["*.vault", "*.vault.pod.cluster.local"]), 0],
		["names", certificate(["*.vault", "*.vault.example.com"]), 2],
	]) == []
}
