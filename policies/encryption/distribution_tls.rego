# METADATA
# title: Distributions speak TLS 1.2 or later, on both sides
# description: |
#   A distribution without a certificate of ours takes TLS 1.0, and one that allows every protocol
#   answers in clear. Behind it, the way to the origin crosses the internet too. Lists of revoked
#   certificates are the exception: they are signed, and have to be read without TLS.
# custom:
#   id: encryption/distribution_tls
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 4.2.1"
#     - "SOC 2: CC6.7"
#   fix: |
#     Set viewer_protocol_policy redirect-to-https, a certificate with minimum_protocol_version
#     TLSv1.2_2021, and origin_protocol_policy https-only with TLSv1.2.
#   avoid:
#     aws_cloudfront_distribution:
#       enabled: true
#       default_cache_behavior:
#       - target_origin_id: claims
#         viewer_protocol_policy: allow-all
#       viewer_certificate:
#       - acm_certificate_arn: arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000000
#         minimum_protocol_version: TLSv1.2_2021
#         ssl_support_method: sni-only
#   prefer:
#     aws_cloudfront_distribution:
#       enabled: true
#       default_cache_behavior:
#       - target_origin_id: claims
#         viewer_protocol_policy: redirect-to-https
#       viewer_certificate:
#       - acm_certificate_arn: arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000000
#         minimum_protocol_version: TLSv1.2_2021
#         ssl_support_method: sni-only
#       logging_config:
#       - bucket: prod-access-logs.s3.amazonaws.com
#       web_acl_id: arn:aws:wafv2:us-east-1:111122223333:global/webacl/prod/0a1b2c3d-0000-4000-8000-000000000000
package rules.encryption.distribution_tls

import data.lib.finding
import data.lib.revocation
import data.lib.switches

import rego.v1

rule := {"id": "encryption/distribution_tls", "severity": "critical"}

# With the default certificate the policy is TLSv1, whatever is written.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cloudfront_distribution#minimum_protocol_version
deny contains finding.on(rule, found.resource, found.fault) if {
	some found in switches.wrong(data.parameters.transit.distribution)
	not revocation.serves(found.resource)
}

unknown contains finding.on(rule, found.resource, found.fault) if {
	some found in switches.open(data.parameters.transit.distribution)
	not revocation.serves(found.resource)
}
