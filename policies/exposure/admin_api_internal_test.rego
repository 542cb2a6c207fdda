package tests.exposure.admin_api_internal

import data.rules.exposure.admin_api_internal
import data.testing.plans

import rego.v1

test_a_load_balancer_for_the_admin_api_is_denied if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["admin:\n  enabled: true\n  type: LoadBalancer\n"]})])
	count(admin_api_internal.deny) == 1 with input as given
	count(admin_api_internal.unknown) == 0 with input as given
}

test_an_ingress_for_it_is_denied if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "ingress", "version": "3.4.1", "values": ["gateway:\n  admin:\n    ingress:\n      enabled: true\n"]})])
	count(admin_api_internal.deny) == 1 with input as given
	count(admin_api_internal.unknown) == 0 with input as given
}

test_an_admin_api_that_is_switched_off_may_have_any_type if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["admin:\n  enabled: false\n  type: NodePort\n"]})])
	count(admin_api_internal.deny) == 0 with input as given
	count(admin_api_internal.unknown) == 0 with input as given
}

test_a_later_document_decides if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": ["admin: {enabled: true, type: LoadBalancer}", "admin: {type: ClusterIP}"]})])
	count(admin_api_internal.deny) == 0 with input as given
	count(admin_api_internal.unknown) == 0 with input as given
}

test_another_chart_is_not_kong if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "grafana", "version": "3.4.1", "values": ["admin: {enabled: true, type: LoadBalancer}"]})])
	count(admin_api_internal.deny) == 0 with input as given
	count(admin_api_internal.unknown) == 0 with input as given
}

test_values_that_are_known_only_at_apply_are_unknown if {
	given := plans.production([plans.later(plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": [null]}), {"values": [true]})])
	count(admin_api_internal.deny) == 0 with input as given
	count(admin_api_internal.unknown) == 1 with input as given
}

test_a_known_type_is_believed_beside_unknown_values if {
	every chart, known in {"kong": "admin: {type: ClusterIP}", "ingress": "gateway: {admin: {type: ClusterIP}}"} {
		given := plans.production([plans.later(plans.made("helm_release", {"name": "x", "chart": chart, "version": "3.4.1", "values": [known, null]}), {"values": [false, true]})])
		count(admin_api_internal.deny) == 0 with input as given
		count(admin_api_internal.unknown) == 0 with input as given
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
				count(admin_api_internal.deny) == denials with input as given
			}
		}
	}
}
