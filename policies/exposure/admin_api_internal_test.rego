package tests.exposure.admin_api_internal

import data.testing.plans

import rego.v1

test_a_load_balancer_for_the_admin_api_is_denied if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["admin:\n  enabled: true\n  type: LoadBalancer\n"]})])
	count(data.rules.exposure.admin_api_internal.deny) == 1 with input as given
	count(data.rules.exposure.admin_api_internal.unknown) == 0 with input as given
}

test_an_ingress_for_it_is_denied if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "ingress", "version": "3.4.1", "values": ["gateway:\n  admin:\n    ingress:\n      enabled: true\n"]})])
	count(data.rules.exposure.admin_api_internal.deny) == 1 with input as given
	count(data.rules.exposure.admin_api_internal.unknown) == 0 with input as given
}

test_an_admin_api_that_is_switched_off_may_have_any_type if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["admin:\n  enabled: false\n  type: NodePort\n"]})])
	count(data.rules.exposure.admin_api_internal.deny) == 0 with input as given
	count(data.rules.exposure.admin_api_internal.unknown) == 0 with input as given
}

test_a_later_document_decides if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["admin: {enabled: true, type: LoadBalancer}", "admin: {type: ClusterIP}"]})])
	count(data.rules.exposure.admin_api_internal.deny) == 0 with input as given
	count(data.rules.exposure.admin_api_internal.unknown) == 0 with input as given
}

test_another_chart_is_not_kong if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "grafana", "version": "3.4.1", "values": ["admin: {enabled: true, type: LoadBalancer}"]})])
	count(data.rules.exposure.admin_api_internal.deny) == 0 with input as given
	count(data.rules.exposure.admin_api_internal.unknown) == 0 with input as given
}

test_values_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.later(plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": [null]}), {"values": [true]})])
	count(data.rules.exposure.admin_api_internal.deny) == 0 with input as given
	count(data.rules.exposure.admin_api_internal.unknown) == 1 with input as given
}

test_a_known_type_is_believed_beside_unknown_values if {
	every chart, known in {"kong": "admin: {type: ClusterIP}", "ingress": "gateway: {admin: {type: ClusterIP}}"} {
		given := plans.production([plans.later(plans.made("helm_release", {"name": "x", "chart": chart, "version": "3.4.1", "values": [known, null]}), {"values": [false, true]})])
		count(data.rules.exposure.admin_api_internal.deny) == 0 with input as given
		count(data.rules.exposure.admin_api_internal.unknown) == 0 with input as given
	}
}

test_each_way_out_of_the_cluster_is_denied_to_each_part_for_administrators if {
	every chart, parts in {"kong": ["admin", "manager"], "ingress": ["gateway.admin", "gateway.manager"]} {
		every part in parts {
			every type, denials in {"LoadBalancer": 1, "NodePort": 1, "ClusterIP": 0} {
				steps := array.concat(split(part, "."), [""])
				service := {"enabled": true, "type": type}
				values := [{steps[0]: {steps[1]: service}} | steps[1] != ""]
				plain := [{steps[0]: service} | steps[1] == ""]
				texts := [yaml.marshal(value) | some value in array.concat(values, plain)]
				given := plans.production([plans.made("helm_release", {"name": "x", "chart": chart, "version": "3.4.1", "values": texts})])
				count(data.rules.exposure.admin_api_internal.deny) == denials with input as given
			}
		}
	}
}

denials(objects) := {found.message | some found in data.rules.exposure.admin_api_internal.deny with input as plans.rendered("prod", objects, [])}

service(port, type) := plans.object_of("v1", "Service", "kong-admin", {"spec": {"type": type, "ports": [{"name": port, "port": 8444}]}})

leading_to(name) := plans.object_of("networking.k8s.io/v1", "Ingress", "way", {"spec": {"rules": [{"http": {"paths": [{"path": "/", "backend": {"service": {"name": name, "port": {"number": 8444}}}}]}}]}})

running(environment) := plans.object_of("apps/v1", "Deployment", "kong", {"spec": {"template": {"spec": {"containers": [{"name": "proxy", "env": [{"name": name, "value": text} | some name, text in environment]}]}}}})

test_a_rendered_service_for_administrators_is_denied_outside_of_the_cluster if {
	every port in ["kong-admin", "kong-admin-tls", "kong-manager", "kong-manager-tls"] {
		denials([service(port, "NodePort")]) == {"Service claims/kong-admin: is a NodePort of Kong's administrators"}
		denials([service(port, "LoadBalancer")]) == {"Service claims/kong-admin: is a LoadBalancer of Kong's administrators"}
		denials([service(port, "ClusterIP")]) == set()
	}
	denials([service("kong-proxy-tls", "LoadBalancer")]) == set()
}

test_a_rendered_ingress_to_it_is_denied if {
	inside := service("kong-admin-tls", "ClusterIP")
	denials([inside, leading_to("kong-admin")]) == {"Ingress claims/way: leads to kong-admin of Kong's administrators"}
	denials([inside, leading_to("kong-proxy")]) == set()
	denials([leading_to("kong-admin")]) == set()
}

test_an_admin_api_without_tls_or_certificates_of_clients_is_denied if {
	both := {"Deployment claims/kong: answers administrators of Kong without TLS", "Deployment claims/kong: asks administrators of Kong for no certificate"}
	denials([running({"KONG_ADMIN_LISTEN": "0.0.0.0:8001"})]) == both
	denials([running({"KONG_ADMIN_LISTEN": "127.0.0.1:8444 ssl, 0.0.0.0:8001 http2"})]) == both
	denials([running({"KONG_ADMIN_LISTEN": "0.0.0.0:8444 http2 ssl, [::]:8444 http2 ssl"})]) == {"Deployment claims/kong: asks administrators of Kong for no certificate"}
	denials([running({"KONG_ADMIN_LISTEN": "0.0.0.0:8444 ssl", "KONG_NGINX_ADMIN_SSL_VERIFY_CLIENT": "optional"})]) == {"Deployment claims/kong: asks administrators of Kong for no certificate"}
}

test_an_admin_api_of_the_pod_alone_or_with_certificates_is_fine if {
	every environment in [
		{"KONG_ADMIN_LISTEN": "off"},
		{"KONG_ADMIN_LISTEN": "127.0.0.1:8001, [::1]:8001"},
		{"KONG_ADMIN_LISTEN": "0.0.0.0:8444 http2 ssl", "KONG_NGINX_ADMIN_SSL_VERIFY_CLIENT": "on"},
		{"KONG_PROXY_LISTEN": "0.0.0.0:8000"},
	] {
		denials([running(environment)]) == set()
	}
}

test_objects_of_values_that_only_apply_knows_are_unknown if {
	given := plans.rendered("prod", [service("kong-admin-tls", "NodePort")], ["values"])
	count(data.rules.exposure.admin_api_internal.deny) == 0 with input as given
	{found.message | some found in data.rules.exposure.admin_api_internal.unknown with input as given} == {"Service claims/kong-admin: is a NodePort of Kong's administrators, unless this says otherwise: values"}
}
