# METADATA
# title: Caches, brokers, searches, proxies and APIs speak TLS
# description: |
#   A cache or a broker holds what the database behind it holds. Several of them answer in clear unless
#   told otherwise when they are made, and cannot be told later without a new one.
# custom:
#   id: encryption/service_tls
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 4.2.1"
#     - "SOC 2: CC6.7"
#   fix: |
#     Set what the finding names: transit_encryption_enabled, tls_enabled, require_tls, client_broker TLS,
#     node_to_node_encryption, or the policy that starts at TLS 1.2.
#   avoid:
#     aws_elasticache_replication_group:
#       replication_group_id: prod-sessions
#       description: Sessions
#   prefer:
#     aws_elasticache_replication_group:
#       replication_group_id: prod-sessions
#       description: Sessions
#       at_rest_encryption_enabled: true
#       kms_key_id: arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000
#       transit_encryption_enabled: true
package rules.encryption.service_tls

import data.lib.finding
import data.lib.switches

import rego.v1

rule := {"id": "encryption/service_tls", "severity": "critical"}

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/elasticache_replication_group#transit_encryption_enabled,
# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/opensearch_domain#domain_endpoint_options,
# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/msk_cluster#encryption_info-argument-reference,
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html
deny contains finding.on(rule, found.resource, found.fault) if {
	some found in switches.wrong(data.parameters.transit.services)
}

unknown contains finding.on(rule, found.resource, found.fault) if {
	some found in switches.open(data.parameters.transit.services)
}
