# METADATA
# title: Kong's admin API is not a public service
# description: |
#   Whoever reaches the admin API owns the gateway: every route, plugin and credential. It stays inside
#   the cluster.
# custom:
#   id: exposure/admin_api_internal
#   severity: blocker
#   controls:
#     - "PCI DSS 4.0: 1.3.1"
#     - "PCI DSS 4.0: 1.4.1"
#     - "SOC 2: CC6.6"
#   fix: |
#     Leave admin.type ClusterIP, and admin.ingress off.
#   avoid:
#     helm_release:
#       name: kong
#       chart: kong
#       values:
#       - "admin:\n  enabled: true\n  type: LoadBalancer\n"
#   prefer:
#     helm_release:
#       name: kong
#       chart: kong
#       values:
#       - "admin:\n  enabled: true\n  type: ClusterIP\n"
package rules.exposure.admin_api_internal

import data.lib.finding
import data.lib.helm

import rego.v1

rule := {"id": "exposure/admin_api_internal", "severity": "blocker"}

admin_paths := {"admin", "gateway.admin", "manager", "gateway.manager"}

deny contains finding.on(rule, release, concat("", [path, ".type is ", type])) if {
	some release in gateways
	some path in admin_paths
	type := helm.at(release, concat(".", [path, "type"]))
	type in {"LoadBalancer", "NodePort"}
	helm.at(release, concat(".", [path, "enabled"])) == true
}

deny contains finding.on(rule, release, concat("", [path, ".ingress is enabled"])) if {
	some release in gateways
	some path in admin_paths
	helm.at(release, concat(".", [path, "ingress.enabled"])) == true
}

unknown contains finding.on(rule, release, "has values that are known only at apply, and none that set admin.type") if {
	some release in gateways
	release.address in data.lib.helm.partial
	every path in {"admin", "gateway.admin"} {
		not helm.at(release, concat(".", [path, "type"]))
	}
}

gateways contains release if {
	some release in data.lib.helm.releases
	helm.chart(release) in {"kong", "ingress"}
}
