# METADATA
# title: Kong's admin API is not a public service
# description: |
#   Whoever reaches the admin API owns the gateway: every route, plugin and credential. It stays inside
#   the cluster, and asks whoever comes for a certificate. Of a release that groundplan renders, its objects
#   are judged, the chart's defaults among them (a port on every node for the web interface); otherwise its values.
# custom:
#   id: exposure/admin_api_internal
#   severity: blocker
#   controls:
#     - "PCI DSS 4.0: 1.3.1"
#     - "PCI DSS 4.0: 1.4.1"
#     - "SOC 2: CC6.6"
#   fix: |
#     Set admin.type to ClusterIP, manager.enabled to false, and leave admin.ingress off. Listen with TLS alone, and
#     set nginx_admin_ssl_verify_client to on with the authority in nginx_admin_ssl_client_certificate.
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
import data.lib.objects
import data.lib.value

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

deny contains found if some found in objects.denied(rule, faulty)

unknown contains finding.on(rule, found.resource, concat("", [objects.told(found, fault), ", unless this says otherwise: ", found.open])) if {
	some [found, fault] in faulty
	found.open != ""
}

gateways contains release if {
	some release in data.lib.helm.releases
	helm.chart(release) in {"kong", "ingress"}
	not objects.rendering(release)
}

faulty := array.concat(
	[[found, concat("", ["is a ", type, " of Kong's administrators"])] |
		some found in doors
		type := value.text(value.at(found.object, ["spec", "type"], ""))
		type in {"LoadBalancer", "NodePort"}
	],
	array.concat(
		[[found, concat("", ["leads to ", name, " of Kong's administrators"])] |
			some found in objects.of_kinds({"networking.k8s.io/Ingress"})
			some name in led_to(found)
		],
		array.concat(
			[[found, "answers administrators of Kong without TLS"] |
				some [found, environment] in servers
				some listen in open_listens(environment)
				not regex.match(` ssl( |$)`, listen)
			],
			[[found, "asks administrators of Kong for no certificate"] |
				some [found, environment] in servers
				count(open_listens(environment)) > 0
				not object.get(environment, "KONG_NGINX_ADMIN_SSL_VERIFY_CLIENT", "off") == "on"
			],
		),
	),
)

# The chart names the ports of its Services for what they are.
doors := [found |
	some found in objects.of_kinds({"Service"})
	some port in value.list(value.at(found.object, ["spec", "ports"], []))
	regex.match(`^kong-(admin|manager)(-tls)?$`, value.text(value.at(port, ["name"], "")))
]

led_to(found) := {name |
	walk(value.at(found.object, ["spec"], {}), [_, part])
	is_object(part)
	name := value.text(value.at(part, ["service", "name"], ""))
	some door in doors
	name == value.text(value.at(door.object, ["metadata", "name"], ""))
	door.namespace == found.namespace
}

# What runs Kong, with the variables that are said in it.
servers := [[found, environment] |
	some found in objects.of_kinds({"apps/DaemonSet", "apps/Deployment", "apps/StatefulSet"})
	some container in value.list(value.at(found.object, ["spec", "template", "spec", "containers"], []))
	environment := {name: text |
		some variable in value.list(value.at(container, ["env"], []))
		name := value.text(value.at(variable, ["name"], ""))
		text := value.text(value.at(variable, ["value"], ""))
	}
	environment.KONG_ADMIN_LISTEN
]

# 127.0.0.1:8001 http2 ssl, 0.0.0.0:8444 ssl: those that more than the pod itself reaches
open_listens(environment) := {listen |
	some part in split(environment.KONG_ADMIN_LISTEN, ",")
	listen := trim_space(part)
	not regex.match(`^(off$|127\.|\[::1\]|localhost:)`, listen)
}
